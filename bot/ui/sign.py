"""The marquee's sign: its size, where lettering goes, and the colours of its houses."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

#: Discord shows a card's picture about 550 pixels wide: this is twice that, for sharp screens.
WIDTH, HEIGHT = 1200, 500
#: The empty signs, drawn by `make signs`.
SIGNS = Path(__file__).parent / "signs"
#: Where lettering goes, as left, top, right, bottom.
DARK_BOARD = (92, 84, 778, 416)
LIT_BOARD = (806, 84, 1108, 416)

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one house."""

    name: str
    frame: Colour  #: the band that the bulbs sit on
    board: Colour  #: the dark board's lighter side
    ink: Colour  #: the number on the lit board


THEMES = (
    Theme("crimson", (146, 24, 38), (74, 16, 28), (166, 20, 36)),
    Theme("royal", (28, 54, 140), (18, 28, 78), (24, 54, 150)),
    Theme("emerald", (12, 98, 72), (8, 54, 44), (4, 106, 74)),
    Theme("violet", (92, 34, 132), (48, 20, 76), (96, 28, 142)),
    Theme("teal", (10, 92, 112), (8, 50, 64), (0, 96, 122)),
    Theme("copper", (150, 66, 18), (76, 34, 14), (168, 66, 8)),
    Theme("rose", (150, 26, 92), (76, 16, 50), (166, 18, 98)),
    Theme("slate", (54, 64, 88), (28, 34, 50), (170, 40, 28)),
)


def theme_of(title: str) -> Theme:
    """Choose the colours of a film: always the same for one title."""
    digest = blake2b(title.casefold().encode("utf-8", "replace"), digest_size=2).digest()
    return THEMES[int.from_bytes(digest) % len(THEMES)]
