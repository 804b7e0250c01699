"""The picture of a film: a marquee with its title, how far off it is, and when and where. Drawn with Pillow."""
# Pillow's own types name numpy's, which is not installed.
# pyright: reportUnknownMemberType=false

import asyncio
from collections import OrderedDict
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from bot.domain.dates import Precision, ReleaseDate, weekday_date
from bot.domain.films import Film, Release
from bot.domain.places import country_name
from bot.ui.card import Picture
from bot.ui.lettering import CAPITAL, Lettering, find_face, fit
from bot.ui.phrases import TYPES
from bot.ui.sign import DARK_BOARD, LIT_BOARD, THEMES, Box, Colour, Theme, empty_sign, theme_of

#: A picture is about 80 KB.
KEEP_PICTURES = 200
#: A film is "out now" for as long as cinemas commonly show it.
_RUN = timedelta(weeks=8)
_FINER = {Precision.MONTH: "day", Precision.QUARTER: "month"}
_CREAM: Colour = (255, 240, 208)
_GOLD: Colour = (236, 192, 108)
_GLOW: Colour = (255, 150, 50)
_BLACK: Colour = (34, 22, 24)
#: The title and its glow.
_TITLE = (DARK_BOARD[0] - 24, DARK_BOARD[1] + 14, DARK_BOARD[2] + 24, DARK_BOARD[1] + 238)


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """What a picture says; two equal ones are the same picture."""

    titles: tuple[str, ...]  #: the film's, best first; the first that our fonts can show is drawn
    big: str  #: "7", "Today", "June", "2027"
    under: str  #: "days", "in cinemas", "2027", "no day yet"
    type: str = ""  #: "in cinemas"
    when: str = ""  #: "Fri 6 June 2025"
    where: str = ""  #: "United States"

    @property
    def alt(self) -> str:
        """What the picture says, for those who cannot see it."""
        parts = (self.titles[0] if self.titles else "", f"{self.big} {self.under}", self.type, self.when, self.where)
        return f"A cinema marquee: {' · '.join(part for part in parts if part)}"


def spec_of(film: Film, release: Release | None, today: date) -> PictureSpec:
    """Say what the picture of `film` shows on `today` for the release that counts; None: no release is known."""
    titles = tuple(dict.fromkeys(name for name in (film.title, film.original_title, *film.alternative_titles) if name))
    if release is None:
        return PictureSpec(titles, "TBA", "no date yet", when="Date to be announced")
    kind, where = TYPES[release.type], country_name(release.country)
    big, under, when = _said(release.date, today)
    if not under:
        return PictureSpec(titles, big, kind, when=when, where=where)
    return PictureSpec(titles, big, under, kind, when, where)


def _said(known: ReleaseDate, today: date) -> tuple[str, str, str]:
    """The lit board's two lines, and what the dark one says of the date. No second line: the type is to stand there."""
    if known.first is None or known.last is None:
        return "TBA", "no date yet", "Date to be announced"
    when = weekday_date(known.day) if known.day else known.in_words()
    if known.day == today:
        return "Today", "", when
    if known.is_out(today):
        return "Out", "now" if today - known.last <= _RUN else f"since {known.last.year}", when
    match known.precision:
        case Precision.DAY:
            days = (known.first - today).days
            return f"{days:,}", "day" if days == 1 else "days", when
        case Precision.YEAR:
            return str(known.first.year), "no day yet", "Only the year is known"
        case precision:
            return when.split()[0], str(known.first.year), f"No {_FINER[precision]} announced yet"


def draw_picture(spec: PictureSpec) -> bytes:
    """Draw a picture as PNG. Takes some milliseconds of a processor: call it off the event loop's thread."""
    theme = theme_of(spec.titles[0] if spec.titles else "")
    sheet = _sheet(theme)
    lettered = _lettered(sheet.convert("RGB"), theme, spec)
    picture = _in_colours_of(sheet, lettered, _TITLE)
    png = BytesIO()
    picture.save(png, "PNG", compress_level=4)
    return png.getvalue()


@lru_cache(maxsize=len(THEMES))
def _sheet(theme: Theme) -> Image.Image:
    """The empty sign in 256 colours, chosen with letters on it: pictures are small then, and quickly made."""
    sample = PictureSpec(("Marquee sample " * 5,), "30", "days", "in cinemas", "Fri 6 June 2025", "United States")
    empty = empty_sign(theme)
    colours = _lettered(empty.copy(), theme, sample).quantize(256, method=Image.Quantize.MEDIANCUT)
    return _in_colours_of(colours, empty, LIT_BOARD)


def _in_colours_of(sheet: Image.Image, picture: Image.Image, soft: Box) -> Image.Image:
    """Bring a picture down to a sheet's colours, mixing them where it is `soft`: light would show steps."""
    fewer = picture.quantize(palette=sheet, dither=Image.Dither.NONE)
    fewer.paste(picture.crop(soft).quantize(palette=sheet, dither=Image.Dither.FLOYDSTEINBERG), soft)
    return fewer


def _lettered(sign: Image.Image, theme: Theme, spec: PictureSpec) -> Image.Image:
    left, top, right, _ = DARK_BOARD
    middle, wide = (left + right) // 2, right - left
    shown = next((found for title in spec.titles if (found := find_face(title))), None)
    draw = ImageDraw.Draw(sign)
    _write(draw, spec.type, middle, top + 12, (wide, 30), 40, _GOLD)
    if shown:
        _write_title(sign, fit(*shown, (wide, 166), (40, 190)))
        _rule(draw, middle, top + 238)
        _write(draw, spec.when, middle, top + 278, (wide, 42), 58, _CREAM)
        _write(draw, spec.where, middle, top + 320, (wide, 28), 40, _GOLD)
    else:
        _write(draw, spec.when, middle, top + 136, (wide, 90), 116, _CREAM)
        _rule(draw, middle, top + 222)
        _write(draw, spec.where, middle, top + 278, (wide, 40), 54, _GOLD)
    _fill_lit_board(sign, theme, spec)
    return sign


def _fill_lit_board(sign: Image.Image, theme: Theme, spec: PictureSpec) -> None:
    left, top, right, bottom = LIT_BOARD
    high, middle = bottom - top, (left + right) // 2
    shadow, draw = Image.new("L", (right - left, high)), ImageDraw.Draw(sign)
    lines = (
        (spec.big, 0.352, (right - left - 44, 160), 228, theme.ink),
        (spec.under, 0.807, (right - left - 44, 62), 88, _BLACK),
    )
    for text, place, room, largest, _ in lines:
        _write(ImageDraw.Draw(shadow), text, middle - left + 4, round(high * place) + 5, room, largest, 110)
    sign.paste((120, 84, 40), (left, top), shadow.filter(ImageFilter.GaussianBlur(3)))
    for text, place, room, largest, ink in lines:
        _write(draw, text, middle, top + round(high * place), room, largest, ink)


def _write_title(sign: Image.Image, title: Lettering) -> None:
    """Write the title where it goes, glowing."""
    size = (_TITLE[2] - _TITLE[0], _TITLE[3] - _TITLE[1])
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    first = size[1] / 2 - title.leading * (len(title.lines) - 1) / 2
    for place, line in enumerate(title.lines):
        _place(draw, title, line, size[0] / 2, first + place * title.leading, 255)
    glow = mask.reduce(4).filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BILINEAR)
    sign.paste(_GLOW, _TITLE, glow.point([level // 2 for level in range(256)]))
    sign.paste(_CREAM, _TITLE, mask)


def _write(
    draw: ImageDraw.ImageDraw, text: str, x: int, y: int, room: tuple[int, int], largest: int, ink: Colour | int
) -> None:
    """Write one line, its middle at (x, y), as large as `room` allows."""
    if found := find_face(text):
        face, wanted = found
        laid = fit(face, wanted, (room[0], max(room[1], round(largest * CAPITAL[face]))), (16, largest))
        for line in laid.lines[:1]:
            _place(draw, laid, line, x, y, ink)


def _place(draw: ImageDraw.ImageDraw, laid: Lettering, line: str, x: float, y: float, ink: Colour | int) -> None:
    """Put a line's middle, between foot and top of its capitals, at (x, y)."""
    draw.text((x, y + laid.size * CAPITAL[laid.face] / 2), line, fill=ink, font=laid.font, anchor="ms")


def _rule(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """A line with a lozenge in its middle."""
    draw.line((x - 190, y, x - 22, y), fill=_GOLD, width=2)
    draw.line((x + 22, y, x + 190, y), fill=_GOLD, width=2)
    draw.polygon([(x - 9, y), (x, y - 9), (x + 9, y), (x, y + 9)], fill=_GOLD)


class PictureShop:
    """Draws pictures off the event loop's thread, each once, and keeps the latest."""

    def __init__(self, keep: int = KEEP_PICTURES) -> None:
        self._keep = keep
        self._ready: OrderedDict[PictureSpec, Picture] = OrderedDict()
        self._drawing: dict[PictureSpec, asyncio.Task[Picture]] = {}
        self._pens = asyncio.Semaphore(2)  # more threads draw no faster: half of it holds the interpreter's lock

    async def get_picture(self, spec: PictureSpec) -> Picture:
        """Give the picture of `spec`; those who ask at once wait for the same drawing."""
        if spec in self._ready:
            self._ready.move_to_end(spec)
            return self._ready[spec]
        if spec not in self._drawing:
            task = asyncio.create_task(self._draw(spec), name="draw a picture")
            task.add_done_callback(lambda _: self._drawing.pop(spec, None))
            self._drawing[spec] = task
        return await asyncio.shield(self._drawing[spec])  # one who gives up must not spoil it for the others

    async def warm(self) -> None:
        """Draw the empty sign of every theme: the first picture of each would take half a second longer."""
        for theme in THEMES:
            async with self._pens:
                await asyncio.to_thread(_sheet, theme)

    async def _draw(self, spec: PictureSpec) -> Picture:
        async with self._pens:
            png = await asyncio.to_thread(draw_picture, spec)
        picture = Picture(f"marquee-{_digest(spec)}.png", png, spec.alt)
        self._ready[spec] = picture
        while len(self._ready) > self._keep:
            self._ready.popitem(last=False)
        return picture


def _digest(spec: PictureSpec) -> str:
    return blake2b(repr(astuple(spec)).encode("utf-8", "replace"), digest_size=6).hexdigest()
