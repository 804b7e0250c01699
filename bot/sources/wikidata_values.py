"""The values in Wikidata's statements: items, dates, quantities and texts, each read with suspicion. No network.

Their form: https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import TypeVar

import msgspec

from bot.domain.dates import Precision, ReleaseDate

#: Longer is no title and no name: the longest title ever released has 246 characters.
MAX_TEXT = 300
#: Wikibase takes no number above 2^31 - 1 (ItemId.php).
_MAX_ITEM = 2**31 - 1
_ITEM = re.compile(r"Q[1-9][0-9]{0,9}", re.ASCII)
_TIME = re.compile(r"\+0*([0-9]{4})-([0-9]{2})-([0-9]{2})T00:00:00Z", re.ASCII)
#: Whatever year; months and days that are not known are zeros.
_ANY_TIME = re.compile(r"[+-][0-9]{1,16}-([0-9]{2})-([0-9]{2})T00:00:00Z", re.ASCII)
_AMOUNT = re.compile(r"\+?([0-9]{1,6}(?:\.[0-9]{1,9})?)", re.ASCII)
_GREGORIAN = "Q1985727"
T = TypeVar("T", bound=msgspec.Struct)


class _ItemValue(msgspec.Struct):
    id: str


class _TimeValue(msgspec.Struct):
    time: str
    precision: int
    calendarmodel: str


class _AmountValue(msgspec.Struct):
    amount: str
    unit: str


class _TextValue(msgspec.Struct):
    text: str
    language: str


class ValueKind(Enum):
    """What the values of a property look like, whatever they say."""

    ITEM = "item"
    TIME = "time"
    AMOUNT = "amount"
    TEXT = "text"
    STRING = "string"

    def fits(self, value: object) -> bool:
        """Whether a value is of this kind: one that Wikidata may have sent."""
        match self:
            case ValueKind.STRING:
                return isinstance(value, str)
            case ValueKind.TIME:
                read = convert(value, _TimeValue)
                written = _ANY_TIME.fullmatch(read.time) if read else None
                return bool(
                    read and written and int(written[1]) <= 12 and int(written[2]) <= 31 and read.precision <= 14
                )
            case _:
                return convert(value, _KINDS[self]) is not None


_KINDS = {ValueKind.ITEM: _ItemValue, ValueKind.AMOUNT: _AmountValue, ValueKind.TEXT: _TextValue}


def read_item(value: object) -> str | None:
    """Read a value that names an item: its id."""
    read = convert(value, _ItemValue)
    return checked_item(read.id) if read else None


def checked_item(text: str) -> str | None:
    """Give an item's id back if it can be one."""
    return text if _ITEM.fullmatch(text) and int(text[1:]) <= _MAX_ITEM else None


def read_time(value: object) -> ReleaseDate | None:
    """Read a date as far as its precision says that it is known: 9 a year, 10 a month, 11 a day, whatever the text has.

    Less than a year, before our era, in another calendar, or no day there is: None.
    """
    read = convert(value, _TimeValue)
    match = _TIME.fullmatch(read.time) if read else None
    if read is None or match is None or not read.calendarmodel.endswith(f"/{_GREGORIAN}"):
        return None
    year, month, day = match.groups()
    text = {9: year, 10: f"{year}-{month}", 11: f"{year}-{month}-{day}"}.get(read.precision)
    try:
        return ReleaseDate.parse(text) if text else None
    except ValueError:
        return None


def read_amount(value: object) -> tuple[float, str] | None:
    """Read a quantity: the number and the item of its unit."""
    read = convert(value, _AmountValue)
    match = _AMOUNT.fullmatch(read.amount) if read else None
    unit = checked_item(read.unit.rsplit("/", 1)[-1]) if read else None
    return (float(match[1]), unit) if match and unit else None


def read_text(value: object) -> tuple[str, str] | None:
    """Read a text in a language: the text and the language's code."""
    read = convert(value, _TextValue)
    text = clean_text(read.text) if read else ""
    return (text, read.language) if read and text else None


def clean_text(value: object) -> str:
    """Give a text on one line, without what cannot be seen; empty if it is none, or too long to be a name."""
    if not isinstance(value, str) or len(value) > 2 * MAX_TEXT:
        return ""
    text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return text if len(text) <= MAX_TEXT else ""


def as_year(date: ReleaseDate) -> ReleaseDate:
    """Forget all of a date but its year."""
    return ReleaseDate(Precision.YEAR, date.first.replace(month=1, day=1)) if date.first else date


def unique(values: Iterable[str | None]) -> tuple[str, ...]:
    """Each value once, in order, without the empty ones."""
    return tuple(dict.fromkeys(value for value in values if value))


def convert(raw: object, kind: type[T]) -> T | None:
    """Read what has a shape; None if it has another."""
    try:
        return msgspec.convert(raw, kind)
    except (msgspec.ValidationError, RecursionError):
        return None
