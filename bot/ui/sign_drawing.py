"""How the empty sign is drawn: wall, frame with bulbs, dark board, lit board. `make signs` writes bot/ui/signs with it.

Marquee only opens what is there: to draw a sign takes half a second, and memory for a picture four times as large.
"""
# Pillow's own types name numpy's, which is not installed.
# pyright: reportUnknownMemberType=false

import math
from collections.abc import Callable, Iterator

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from bot.ui.drawing import in_colours_of, letter
from bot.ui.pictures import PictureSpec
from bot.ui.sign import HEIGHT, LIT_BOARD, SIGNS, THEMES, WIDTH, Box, Colour, Theme

_SMOOTH = 2  # drawn twice as large and shrunk: Pillow's shapes have no soft edges
_FRAME, _BAND, _ROUND = 14, 46, 40
_BULB_EVERY, _BULB = 44, 10
_RAYS = 36

_GOLD: Colour = (226, 178, 92)
_WARM: Colour = (255, 196, 104)
_DIM: Colour = (224, 142, 56)
_LIT: tuple[Colour, Colour] = ((255, 248, 226), (244, 216, 160))  # the middle of the lit board, and its edge


def draw_sheet(theme: Theme) -> Image.Image:
    """The empty sign in 256 colours, chosen with letters on it: pictures are small then, and quickly made."""
    sample = PictureSpec(("Marquee sample " * 5,), "30", "days", "in cinemas", "Fri 6 June 2025", "United States")
    empty = empty_sign(theme)
    colours = letter(empty.copy(), theme, sample).quantize(256, method=Image.Quantize.MEDIANCUT)
    return in_colours_of(colours, empty, LIT_BOARD)


def empty_sign(theme: Theme) -> Image.Image:
    """Draw the sign without lettering."""
    large = Image.new("RGB", (WIDTH * _SMOOTH, HEIGHT * _SMOOTH), _shade(theme.frame, 0.16))
    _draw_frame(large, theme)
    _draw_dark_board(large, theme)
    _draw_lit_board(large)
    sign = large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    return _with_bulbs(sign)


def _draw_frame(large: Image.Image, theme: Theme) -> None:
    outer = _scaled((_FRAME, _FRAME, WIDTH - _FRAME, HEIGHT - _FRAME))
    band = _fade(large.size, _shade(theme.frame, 1.12), _shade(theme.frame, 0.5))
    large.paste(band, mask=_rounded(large.size, outer, _ROUND))
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle(outer, _ROUND * _SMOOTH, outline=_GOLD, width=4 * _SMOOTH)
    draw.rounded_rectangle(_grown(outer, -7), (_ROUND - 7) * _SMOOTH, outline=_shade(theme.frame, 0.4), width=_SMOOTH)


def _draw_dark_board(large: Image.Image, theme: Theme) -> None:
    """The dark inside of the sign, with rays that rise from under the title."""
    inset = _FRAME + _BAND
    box = _scaled((inset, inset, WIDTH - inset, HEIGHT - inset))
    inside = _fade(large.size, _shade(theme.board, 0.62), _shade(theme.board, 0.3))
    rays = Image.new("L", large.size)
    draw = ImageDraw.Draw(rays)
    centre, far = (435 * _SMOOTH, 520 * _SMOOTH), 2400
    for ray in range(_RAYS):
        begin = math.pi * (1 + ray / _RAYS)
        ends = [
            (centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle))
            for angle in (begin, begin + math.pi / _RAYS / 2)
        ]
        draw.polygon([centre, *ends], fill=120)
    glow = _spot(large.size, (435 * _SMOOTH, 270 * _SMOOTH), (620 * _SMOOTH, 420 * _SMOOTH))
    inside.paste(_shade(theme.board, 1.5), mask=ImageChops.multiply(rays, glow))
    inside.paste(_shade(theme.board, 1.7), mask=_levels(glow, lambda level: level / 4))
    large.paste(inside, mask=_rounded(large.size, box, 16))
    ImageDraw.Draw(large).rounded_rectangle(box, 16 * _SMOOTH, outline=_GOLD, width=3 * _SMOOTH)


def _draw_lit_board(large: Image.Image) -> None:
    """The board that shines: opal glass, lit from behind, with the rails that hold the letters."""
    box = _scaled(LIT_BOARD)
    halo = Image.new("L", (WIDTH // 2, HEIGHT // 2))
    ImageDraw.Draw(halo).rounded_rectangle(tuple(side // 2 for side in LIT_BOARD), 8, fill=150)
    halo = halo.filter(ImageFilter.GaussianBlur(12)).resize(large.size, Image.Resampling.BICUBIC)
    large.paste(_WARM, mask=_levels(halo, lambda level: level / 1.5))
    middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
    light = _spot(large.size, middle, (280 * _SMOOTH, 300 * _SMOOTH))
    glass = ImageOps.colorize(light, black=_LIT[1], white=_LIT[0])
    large.paste(glass, mask=_rounded(large.size, box, 12))
    draw = ImageDraw.Draw(large)
    for rail in (0.065, 0.635, 0.675, 0.935):
        top = box[1] + round((box[3] - box[1]) * rail)
        draw.rectangle((box[0], top, box[2], top + 3 * _SMOOTH), fill=(214, 188, 138))
        draw.rectangle((box[0], top + 3 * _SMOOTH, box[2], top + 4 * _SMOOTH), fill=(180, 148, 96))
    draw.rounded_rectangle(box, 12 * _SMOOTH, outline=(96, 66, 34), width=5 * _SMOOTH)
    draw.rounded_rectangle(_grown(box, -5), 8 * _SMOOTH, outline=_GOLD, width=2 * _SMOOTH)


def _with_bulbs(sign: Image.Image) -> Image.Image:
    """Put bulbs on the band, every other one a little dimmer, as when a chase of lights runs round."""
    lit = sign.convert("RGBA")
    bulbs = [_bulb(1.0, _WARM, (255, 253, 244)), _bulb(0.5, _DIM, (255, 226, 166))]
    for place, (x, y) in enumerate(_round_the_band()):
        bulb = bulbs[place % 2]
        lit.alpha_composite(bulb, (round(x - bulb.width / 2), round(y - bulb.height / 2)))
    return lit.convert("RGB")


def _bulb(strength: float, glass: Colour, gleam: Colour) -> Image.Image:
    """One bulb in its light."""
    size = 108
    halo = _spot((size, size), (size // 2, size // 2), (size // 2, size // 2))
    halo = _levels(halo, lambda level: 165 * strength * (level / 255) ** 2.2)
    bulb = Image.new("RGBA", (size, size), (*_WARM, 0))
    bulb.putalpha(halo)
    big = Image.new("L", (size * 4, size * 4))
    edge = (size // 2 - _BULB) * 4
    ImageDraw.Draw(big).ellipse((edge, edge, size * 4 - edge, size * 4 - edge), fill=255)
    disc = big.resize((size, size), Image.Resampling.LANCZOS)
    light = _spot((size, size), (size // 2 - 2, size // 2 - 3), (_BULB + 4, _BULB + 4))
    core = ImageOps.colorize(light, black=glass, white=gleam)
    bulb.paste(core, mask=disc)
    alpha = ImageChops.lighter(halo, disc)
    bulb.putalpha(alpha)
    return bulb


def _round_the_band() -> Iterator[tuple[float, float]]:
    """The bulbs' places: evenly along the middle of the band, round its corners."""
    inset, corner = _FRAME + _BAND / 2 + 2, 24.0
    left, top, right, bottom = inset, inset, WIDTH - inset, HEIGHT - inset
    wide, high, arc = right - left - 2 * corner, bottom - top - 2 * corner, corner * math.pi / 2
    sides = [
        (wide, (left + corner, top), (1, 0), (right - corner, top + corner), -math.pi / 2),
        (high, (right, top + corner), (0, 1), (right - corner, bottom - corner), 0.0),
        (wide, (right - corner, bottom), (-1, 0), (left + corner, bottom - corner), math.pi / 2),
        (high, (left, bottom - corner), (0, -1), (left + corner, top + corner), math.pi),
    ]
    round_trip = 2 * (wide + high) + 4 * arc
    count = round(round_trip / _BULB_EVERY / 2) * 2  # even: bright and dim ones alternate all the way round
    for bulb in range(count):
        at = bulb * round_trip / count
        for length, start, way, turn, begin in sides:
            if at <= length:
                yield start[0] + way[0] * at, start[1] + way[1] * at
                break
            at -= length
            if at <= arc:
                angle = begin + at / corner
                yield turn[0] + corner * math.cos(angle), turn[1] + corner * math.sin(angle)
                break
            at -= arc


def _shade(colour: Colour, by: float) -> Colour:
    red, green, blue = (min(255, round(part * by)) for part in colour)
    return red, green, blue


def _scaled(box: Box) -> Box:
    left, top, right, bottom = (side * _SMOOTH for side in box)
    return left, top, right, bottom


def _grown(box: Box, by: int) -> Box:
    by *= _SMOOTH
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _fade(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """A colour that runs into another from top to bottom."""
    return ImageOps.colorize(Image.linear_gradient("L").resize(size), black=top, white=bottom)


def _spot(size: tuple[int, int], middle: tuple[int, int], reach: tuple[int, int]) -> Image.Image:
    """Light that falls off from `middle` to nothing at `reach`."""
    # Pillow's gradient ends in the corners; the circle that the sides touch lies at 181 of its 255.
    circle = _levels(Image.radial_gradient("L"), lambda level: max(0.0, 255 - level * 255 / 181))
    light = circle.resize((reach[0] * 2, reach[1] * 2), Image.Resampling.BICUBIC)
    spot = Image.new("L", size)
    spot.paste(light, (middle[0] - reach[0], middle[1] - reach[1]))
    return spot


def _levels(light: Image.Image, curve: Callable[[int], float]) -> Image.Image:
    """Change how bright each level of a one-colour picture is."""
    return light.point([round(curve(level)) for level in range(256)])


def _rounded(size: tuple[int, int], box: Box, radius: int) -> Image.Image:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * _SMOOTH, fill=255)
    return mask


def main() -> None:
    """Draw every sign, and write it where Marquee opens it."""
    for theme in THEMES:
        draw_sheet(theme).save(SIGNS / f"{theme.name}.png", optimize=True)


if __name__ == "__main__":
    main()
