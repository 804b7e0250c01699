"""Drawing the picture of a film: letters on an empty sign. With Pillow."""
# Pillow's own types name numpy's, which is not installed.
# pyright: reportUnknownMemberType=false

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from bot.ui.lettering import CAPITAL, Lettering, find_face, fit
from bot.ui.pictures import PictureSpec
from bot.ui.sign import DARK_BOARD, LIT_BOARD, SIGNS, THEMES, Box, Colour, Theme, theme_of

_CREAM: Colour = (255, 240, 208)
_GOLD: Colour = (236, 192, 108)
_GLOW: Colour = (255, 150, 50)
_BLACK: Colour = (34, 22, 24)
#: The title and its glow.
_TITLE = (DARK_BOARD[0] - 24, DARK_BOARD[1] + 14, DARK_BOARD[2] + 24, DARK_BOARD[1] + 238)


def draw_picture(spec: PictureSpec) -> bytes:
    """Draw a picture as PNG. Takes some milliseconds of a processor: call it off the event loop's thread."""
    theme = theme_of(spec.titles[0] if spec.titles else "")
    sheet = _sheet(theme)
    lettered = letter(sheet.convert("RGB"), theme, spec)
    picture = in_colours_of(sheet, lettered, _TITLE)
    png = BytesIO()
    picture.save(png, "PNG", compress_level=4)
    return png.getvalue()


def open_signs() -> None:
    """Open the sign of every theme."""
    for theme in THEMES:
        _sheet(theme)


@lru_cache(maxsize=len(THEMES))
def _sheet(theme: Theme) -> Image.Image:
    """The empty sign in 256 colours."""
    with Image.open(SIGNS / f"{theme.name}.png") as sheet:
        sheet.load()
        return sheet.copy()


def in_colours_of(sheet: Image.Image, picture: Image.Image, soft: Box) -> Image.Image:
    """Bring a picture down to a sheet's colours, mixing them where it is `soft`: light would show steps."""
    fewer = picture.quantize(palette=sheet, dither=Image.Dither.NONE)
    fewer.paste(picture.crop(soft).quantize(palette=sheet, dither=Image.Dither.FLOYDSTEINBERG), soft)
    return fewer


def letter(sign: Image.Image, theme: Theme, spec: PictureSpec) -> Image.Image:
    """Put everything that `spec` says on a sign."""
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
