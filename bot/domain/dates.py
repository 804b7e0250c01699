"""Release dates with their precision, local posting hours as instants, and spans in words."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Cinema began in 1888; a date outside these years is a slip or a source's nonsense, never a release.
FIRST_YEAR, LAST_YEAR = 1888, 2200
_PLACEHOLDER_MONTHS = 6
#: So many days and instants that were just read or computed are remembered: all servers ask for the same few.
_REMEMBERED = 8192


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TBA = "tba"


@dataclass(frozen=True, slots=True)
class ReleaseDate:
    """A date as far as it is known. `first` is the first day that it may be; None when nothing is known."""

    precision: Precision
    first: date | None = None

    @classmethod
    def parse(cls, text: str) -> "ReleaseDate":
        """Read "2027-06-25", "2027-06", "2027-Q2", "2027" or "tba".

        Raises:
            ValueError: the text is none of these, or names a day that does not exist.
        """
        return _read(text.strip())

    @classmethod
    def of(cls, day: date) -> "ReleaseDate":
        """A date known to the day."""
        return cls(Precision.DAY, day)

    @property
    def day(self) -> date | None:
        """The day, if it is known to the day."""
        return self.first if self.precision is Precision.DAY else None

    @property
    def last(self) -> date | None:
        """The last day that it may be; None when nothing is known."""
        if self.first is None or self.precision is Precision.DAY:
            return self.first
        months = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.YEAR: 12}[self.precision]
        return self.first + relativedelta(months=months, days=-1)

    @property
    def sort_key(self) -> tuple[date, int]:
        """Orders by the last day that it may be, the surer first; unknown ones at the end."""
        return (self.last or date.max, _COARSENESS[self.precision])

    def is_out(self, today: date) -> bool:
        """Whether the release is certainly behind us: its last possible day has come."""
        return self.last is not None and self.last <= today

    def __str__(self) -> str:
        """The stored form; `parse` reads it back."""
        if self.first is None:
            return "tba"
        match self.precision:
            case Precision.DAY:
                return self.first.isoformat()
            case Precision.MONTH:
                return f"{self.first:%Y-%m}"
            case Precision.QUARTER:
                return f"{self.first.year:04}-Q{(self.first.month + 2) // 3}"
            case _:
                return f"{self.first.year:04}"

    def in_words(self) -> str:
        """For a person: "6 June 2025", "June 2027", "spring"-free "Q2 2027", "2027", "date to be announced"."""
        if self.first is None:
            return "date to be announced"
        match self.precision:
            case Precision.DAY:
                return f"{self.first.day} {calendar.month_name[self.first.month]} {self.first.year}"
            case Precision.MONTH:
                return f"{calendar.month_name[self.first.month]} {self.first.year}"
            case Precision.QUARTER:
                return f"Q{(self.first.month + 2) // 3} {self.first.year}"
            case _:
                return str(self.first.year)


TBA = ReleaseDate(Precision.TBA)
_COARSENESS = {precision: place for place, precision in enumerate(Precision)}


@lru_cache(_REMEMBERED)
def _read(text: str) -> ReleaseDate:
    if text.lower() == "tba":
        return TBA
    if match := _QUARTER.fullmatch(text):
        found = ReleaseDate(Precision.QUARTER, date(int(match[1]), int(match[2]) * 3 - 2, 1))
    elif match := _MONTH.fullmatch(text):
        found = ReleaseDate(Precision.MONTH, date(int(match[1]), int(match[2]), 1))
    elif _YEAR.fullmatch(text):
        found = ReleaseDate(Precision.YEAR, date(int(text), 1, 1))
    elif _DAY.fullmatch(text):
        found = ReleaseDate(Precision.DAY, date.fromisoformat(text))
    else:
        raise ValueError(f"{text!r} is not a date such as 2027-06-25, 2027-06, 2027-Q2, 2027 or tba")
    if found.first is not None and not FIRST_YEAR <= found.first.year <= LAST_YEAR:
        raise ValueError(f"{text!r} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return found


def placeholder_as_year(day: date, today: date) -> ReleaseDate:
    """Read a day that may only stand for its year: 31 December or 1 January, six months or more after `today`.

    Databases that know no precision write "some time in 2029" so. A film that does come out on a New Year's Day is
    known to the day half a year before; no other day is ever doubted.
    """
    turn_of_year = (day.month, day.day) in ((12, 31), (1, 1))
    if turn_of_year and day >= today + relativedelta(months=_PLACEHOLDER_MONTHS):
        return ReleaseDate(Precision.YEAR, date(day.year, 1, 1))
    return ReleaseDate.of(day)


@lru_cache(_REMEMBERED)
def weekday_date(day: date) -> str:
    """A day for a card: "Fri 6 June 2025"."""
    return f"{calendar.day_abbr[day.weekday()]} {day.day} {calendar.month_name[day.month]} {day.year}"


@lru_cache(_REMEMBERED)
def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (aware UTC) at which clocks in `zone` show `at` on `day`.

    An hour that comes twice means its first; an hour that a gap leaves out means the first instant after the gap.
    """
    wall = datetime.combine(day, at, tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    # In a gap, fold=1 reads the wall clock with the offset after it, so lands before it: its end lies between.
    before, after = wall.replace(fold=1).astimezone(UTC), instant
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day that `zone` has at `instant`."""
    return instant.astimezone(zone).date()


def span_in_words(start: date, end: date) -> str:
    """The distance between two days in whole months and days: "1 month 3 days", "1 year", "5 days", "0 days"."""
    delta = relativedelta(max(start, end), min(start, end))
    parts = [
        f"{count} {unit}{'' if count == 1 else 's'}"
        for count, unit in ((delta.years, "year"), (delta.months, "month"), (delta.days, "day"))
        if count
    ]
    return " ".join(parts) or "0 days"


def days_in_words(days: int) -> str:
    """How far off a day is: "today", "tomorrow", "in 7 days", "yesterday", "7 days ago"."""
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return named.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")
