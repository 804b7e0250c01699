"""The picture of a film: a marquee with its title, how far off it is, and when and where."""

import asyncio
import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from hashlib import blake2b

from bot.domain.dates import Precision, ReleaseDate, weekday_date
from bot.domain.films import Film, Release
from bot.domain.places import country_name
from bot.ui.card import Picture
from bot.ui.phrases import TYPES

log = logging.getLogger(__name__)
#: A picture is about 130 KB.
KEEP_PICTURES = 200
#: A film is "out now" for as long as cinemas commonly show it.
_RUN = timedelta(weeks=8)
_FINER = {Precision.MONTH: "day", Precision.QUARTER: "month"}


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


class PictureShop:
    """Draws pictures off the event loop's thread, each once, and keeps the latest."""

    def __init__(self, keep: int = KEEP_PICTURES) -> None:
        self._keep = keep
        self._ready: OrderedDict[PictureSpec, Picture] = OrderedDict()
        self._drawing: dict[PictureSpec, asyncio.Task[Picture]] = {}
        # More threads draw no faster, as half of it holds the interpreter's lock; and each keeps megabytes for itself.
        self._pens = ThreadPoolExecutor(2, "pen")

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

    async def find_picture(self, spec: PictureSpec | None) -> Picture | None:
        """The same for what goes out with a picture, if it has one: a message never fails for that."""
        if spec is None:
            return None
        try:
            return await self.get_picture(spec)
        except Exception:
            log.exception("A message goes without its picture: %s", spec)
            return None

    async def warm(self) -> None:
        """Open what drawing needs: the first picture would take a little longer."""
        await asyncio.get_running_loop().run_in_executor(self._pens, _open_signs)

    async def _draw(self, spec: PictureSpec) -> Picture:
        png = await asyncio.get_running_loop().run_in_executor(self._pens, _draw_picture, spec)
        picture = Picture(f"marquee-{_digest(spec)}.png", png, spec.alt)
        self._ready[spec] = picture
        while len(self._ready) > self._keep:
            self._ready.popitem(last=False)
        return picture


def _digest(spec: PictureSpec) -> str:
    return blake2b(repr(astuple(spec)).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _draw_picture(spec: PictureSpec) -> bytes:
    from bot.ui.drawing import draw_picture  # with Pillow, which a start can do without

    return draw_picture(spec)


def _open_signs() -> None:
    from bot.ui.drawing import open_signs

    open_signs()
