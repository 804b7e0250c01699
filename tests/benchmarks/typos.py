"""What people type: the beginning of a title, the whole of one, with the slips that fingers make."""

import itertools
import random

#: Who is beside whom on a keyboard; the space bar is below the bottom row.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR: dict[str, str] = {}
for _row in _ROWS:
    for _place, _key in enumerate(_row):
        _NEAR[_key] = _row[max(_place - 1, 0) : _place] + _row[_place + 1 : _place + 2]
for _upper, _lower in itertools.pairwise(_ROWS):
    for _place, _key in enumerate(_lower):
        for _other in _upper[_place : _place + 2]:
            _NEAR[_key] += _other
            _NEAR[_other] += _key
_NEAR[" "] = "cvbnm"

SLIPS = ("swap", "drop", "double", "neighbour")


def beginning(title: str, chance: random.Random) -> str:
    """The first characters of a title: any number from three to all of them, each as likely."""
    return title[: chance.randint(min(3, len(title)), len(title))]


def mistyped(typed: str, slips: int, chance: random.Random) -> str:
    """`typed` with this many slips, each of any kind and anywhere, in the space between words too."""
    for _ in range(slips):
        before = typed
        while typed == before and len(typed) > 1:
            typed = _slip(before, chance.choice(SLIPS), chance)
    return typed


def _slip(typed: str, kind: str, chance: random.Random) -> str:
    place = chance.randrange(len(typed))
    head, key, tail = typed[:place], typed[place], typed[place + 1 :]
    if kind == "swap":
        return f"{head}{tail[:1]}{key}{tail[1:]}"
    if kind == "drop":
        return head + tail
    if kind == "double":
        return f"{head}{key}{key}{tail}"
    return head + chance.choice(_NEAR.get(key.lower(), key)) + tail
