"""Letters for the sign: which of our fonts can show a text, and how large it fits. Drawn with Pillow."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from bot.ui.text import ELLIPSIS, plain


class Face(StrEnum):
    """The fonts in bot/ui/fonts, the one to try first first."""

    POSTER = "BebasNeue-Bold.otf"  #: Latin and Cyrillic capitals
    BROAD = "NotoSansDisplay-ExtraCondensedBold.subset.ttf"  #: all of Latin, Cyrillic and Greek


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text that has been laid out."""

    face: Face
    size: int
    lines: tuple[str, ...]

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        """The font to draw it with."""
        return font_of(self.face, self.size)

    @property
    def leading(self) -> int:
        """From one line to the next: room for an accent on a capital."""
        return round(self.size * LEADING[self.face])


#: Heights as parts of the size, measured: of a capital, and of a line.
CAPITAL = {Face.POSTER: 0.7, Face.BROAD: 0.714}
LEADING = {Face.POSTER: 0.87, Face.BROAD: 0.93}
_TRIAL_SIZE = 100
_LONGEST = 160  # characters; more could not be read on a picture
Words = list[tuple[str, float]]  # each with its width at the trial size
_GREEK_ACCENT = re.compile("([\u0391-\u03a9])\u0301")


@lru_cache(maxsize=64)
def font_of(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Open a font at a size in pixels."""
    return ImageFont.truetype(str(files("bot.ui").joinpath("fonts", face)), size)


def capitals(text: str) -> str:
    """Set a text in capitals; Greek ones carry no accent."""
    parted = unicodedata.normalize("NFD", text.upper())
    return unicodedata.normalize("NFC", _GREEK_ACCENT.sub(r"\1", parted))


def find_face(text: str) -> tuple[Face, str] | None:
    """Find the font that can show `text`, and the text without the symbols that none has.

    None if a letter or digit is missing from every font, or nothing is left: a picture never shows boxes.
    """
    wanted = capitals(plain(text, _LONGEST))
    wanted = " ".join("".join(c for c in wanted if c.isalnum() or c.isspace() or _is_shown(c)).split())
    if not any(c.isalnum() for c in wanted):
        return None
    return next(((face, wanted) for face in Face if all(_covers(face, c) for c in wanted)), None)


def fit(face: Face, text: str, room: tuple[int, int], sizes: tuple[int, int]) -> Lettering:
    """Lay `text` out as large as `room` (width, height) allows, between `sizes`, in as many even lines as it takes.

    What does not fit at the smallest size ends in an ellipsis.
    """
    smallest, largest = sizes
    words = [(word, _width(face, word)) for word in text.split()]
    space = _width(face, " ")
    for size in range(largest, smallest - 1, -2):
        lines = _wrapped(words, space, room[0] * _TRIAL_SIZE / size)
        if lines and _height(face, size, len(lines)) <= room[1]:
            return Lettering(face, size, _evened(words, space, room[0] * _TRIAL_SIZE / size, lines))
    width, lines = room[0] * _TRIAL_SIZE / smallest, list[str]()
    for line in _wrapped(_torn(face, words, width), space, width):
        if lines and _height(face, smallest, len(lines) + 1) > room[1]:
            lines[-1] = _shortened(face, lines[-1], width)
            break
        lines.append(line)
    return Lettering(face, smallest, tuple(lines))


def _height(face: Face, size: int, lines: int) -> float:
    return size * (LEADING[face] * (lines - 1) + CAPITAL[face])


def _width(face: Face, text: str) -> float:
    return font_of(face, _TRIAL_SIZE).getlength(text)


def _wrapped(words: Words, space: float, width: float) -> tuple[str, ...]:
    """Fill lines with words; nothing if a word is wider than a line."""
    lines, used = list[str](), width
    for word, wide in words:
        if wide > width:
            return ()
        if lines and used + space + wide <= width:
            lines[-1] += f" {word}"
            used += space + wide
        else:
            lines.append(word)
            used = wide
    return tuple(lines)


def _evened(words: Words, space: float, width: float, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Wrap the words again, in as many lines, as narrow as that can be."""
    low, high = 0.0, width
    while high - low > _TRIAL_SIZE / 10:
        middle = (low + high) / 2
        tried = _wrapped(words, space, middle)
        if tried and len(tried) <= len(lines):
            high, lines = middle, tried
        else:
            low = middle
    return lines


def _torn(face: Face, words: Words, width: float) -> Words:
    """Break the words that no line is wide enough for."""
    pieces = list[tuple[str, float]]()
    for word, _ in words:
        piece, wide = "", 0.0
        for letter in word:
            more = _width(face, letter)
            if piece and wide + more > width:
                pieces.append((piece, wide))
                piece, wide = "", 0.0
            piece, wide = piece + letter, wide + more
        pieces.append((piece, wide))
    return pieces


def _shortened(face: Face, line: str, width: float) -> str:
    while line and _width(face, line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip(" .,:;–-") + ELLIPSIS


def _is_shown(character: str) -> bool:
    return any(_covers(face, character) for face in Face)


@lru_cache(maxsize=4096)
def _covers(face: Face, character: str) -> bool:
    """Whether a font has a glyph of its own for a character, and not the box that stands for a missing one."""
    return character.isspace() or _drawn(face, character) != _drawn(face, "\U0010ffff")


def _drawn(face: Face, character: str) -> bytes:
    canvas = Image.new("L", (48, 48))
    ImageDraw.Draw(canvas).text((12, 36), character, fill=255, font=font_of(face, 24), anchor="ls")
    return canvas.tobytes()
