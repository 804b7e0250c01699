"""Turning a valid answer into one that some day somebody will send: seeded, so that a finding can be found again."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Place = tuple[Any, Any]  # a container, and the key or index in it
_LONG = 5_000

NUMBERS = [0, -1, 1, 9, 2**31, 2**63, 2**64, 10**30, -(10**30), 0.5, -0.0, 1e300, 1e-300, True, False]
TEXTS = [
    "", " ", "\0", "\n\r\t", "null", "0", "-1", "true", "[]", "{}", "Q0", "Q1", "tt1", "../..", "%00", "a\x7fb",
    "2025-13-45", "2025-02-29", "0001-01-01", "9999-12-31", "2027-06-04", "2027-12-31T00:00:00.000Z", "0000-00-00",
    "+2027-06-04T00:00:00Z", "-0044-03-15T00:00:00Z", "+99999999999-01-01T00:00:00Z", "1e400",
    "٢٠٢٧-٠٦-٠٤", "\uff12\uff10\uff12\uff17-06-04",
    "\u202eevil", "\u2066x\u2069", "e\u0301" * 50, "\U0001f3ac", "\ufeff", "\u2028", "\ufffe", "\u200d\u200b", "ﷺ" * 40,
    "<script>", "'; DROP TABLE films; --", "@everyone", "||spoiler||", "**", "US", "us", "XX", "ZZ", "en", "x" * _LONG,
]  # fmt: skip
#: What json.dumps does not write.
RAW = [
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b'"\\ud800"',
    b'"\\u0000"',
    b"\xff",
    b"\xc0\x80",
    b"'a'",
]


def mutate(body: bytes, chance: Random) -> bytes:
    """Damage an answer: mostly its values, sometimes its bytes."""
    kind = chance.random()
    if kind < 0.1:
        return _damage_bytes(body, chance)
    value = json.loads(body)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8, 30))):
        value = _damage(value, chance)
    spelled = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return _damage_bytes(spelled, chance) if kind > 0.97 else spelled


def odd_value(chance: Random) -> object:
    """Anything that JSON can say."""
    match chance.randrange(7):
        case 0:
            return chance.choice(NUMBERS)
        case 1:
            return None
        case 2:
            return []
        case 3:
            return {}
        case 4:
            return [chance.choice(TEXTS), chance.choice(NUMBERS), None]
        case 5:
            return {chance.choice(TEXTS): chance.choice(NUMBERS)}
        case _:
            return chance.choice(TEXTS)


def _damage(root: Any, chance: Random) -> Any:
    places = list(_places(root))
    if not places:
        return odd_value(chance)
    if chance.random() < 0.02:
        return chance.choice([[root], {"data": root}, odd_value(chance)])
    chance.choice(_DAMAGES)(places, chance)
    return root


def _places(value: Any) -> Iterator[Place]:
    keys: Iterator[Any] = iter(())
    if isinstance(value, dict):
        keys = iter(list(value))
    elif isinstance(value, list):
        keys = iter(range(len(value)))
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _drop(places: list[Place], chance: Random) -> None:
    container, key = chance.choice(places)
    del container[key]


def _replace(places: list[Place], chance: Random) -> None:
    container, key = chance.choice(places)
    container[key] = odd_value(chance)


def _same_kind(places: list[Place], chance: Random) -> None:
    """Another value of the same type: the damage that no schema sees."""
    container, key = chance.choice(places)
    value = container[key]
    if isinstance(value, str):
        container[key] = chance.choice(TEXTS)
    elif isinstance(value, int | float):
        container[key] = chance.choice(NUMBERS)
    elif isinstance(value, list):
        container[key] = value * chance.choice((0, 2, 20))
    elif isinstance(value, dict) and value:
        container[key] = dict.fromkeys(value, chance.choice(TEXTS))


def _everywhere(places: list[Place], chance: Random) -> None:
    """One wrong value under a name, wherever that name stands: a source that changed its format."""
    _, name = chance.choice(places)
    value = odd_value(chance)
    for container, key in places:
        if key == name and isinstance(container, dict) and key in container:
            container[key] = value


def _nest(places: list[Place], chance: Random) -> None:
    container, key = chance.choice(places)
    for _ in range(chance.choice((1, 2, 50))):
        container[key] = chance.choice((lambda v: [v], lambda v: {"value": v}))(container[key])


def _swap(places: list[Place], chance: Random) -> None:
    (one, first), (other, second) = chance.choice(places), chance.choice(places)
    # Copies: a value may be the other's own container.
    a, b = copy.deepcopy(one[first]), copy.deepcopy(other[second])
    one[first] = b
    if other is not one or first != second:
        other[second] = a


def _rename(places: list[Place], chance: Random) -> None:
    container, key = chance.choice(places)
    if isinstance(container, dict):
        container[chance.choice([*TEXTS, str(key).upper(), f"{key}s"])] = container.pop(key)


def _shuffle(places: list[Place], chance: Random) -> None:
    container, _ = chance.choice(places)
    if isinstance(container, list):
        chance.shuffle(container)


_DAMAGES: list[Callable[[list[Place], Random], None]] = [
    _drop, _replace, _replace, _same_kind, _same_kind, _everywhere, _nest, _swap, _rename, _shuffle,
]  # fmt: skip


def _damage_bytes(body: bytes, chance: Random) -> bytes:
    if not body:
        return chance.randbytes(20)
    at = chance.randrange(len(body))
    match chance.randrange(8):
        case 0:
            return body[:at]
        case 1:
            return body[at:]
        case 2:
            return body[:at] + chance.randbytes(chance.randrange(1, 9)) + body[at:]
        case 3:
            return body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]
        case 4:
            return body[:at] + b"[" * chance.choice((1, 2_000, 50_000)) + body[at:]
        case 5:
            return body + body
        case 6:
            return chance.choice(
                [b"", b" ", b"null", b"[]", b"{}", b"<html>", b"\xef\xbb\xbf" + body, chance.randbytes(99)]
            )
        case _:
            start = body.find(b": ", at) + 2
            return body[:start] + chance.choice(RAW) + body[start + 1 :]
