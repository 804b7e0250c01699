"""Reading what people type for settings: hours, zones, countries, milestones, times to pause."""

import calendar
import re
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from bot.domain.dates import FIRST_YEAR, LAST_YEAR
from bot.domain.errors import BadSetting, NoPlace, UserError
from bot.domain.places import find_country, find_zone
from bot.domain.subscribers import MAX_MILESTONE_DAYS, MAX_MILESTONES, Wanted
from bot.domain.zone_names import is_offset, likely_zones

_HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?(?:\s*(?:uhr|h))?", re.IGNORECASE)
_SPAN = re.compile(r"(?:in\s+|for\s+)?(\d{1,4}|an?|one)\s*(h|hours?|d|days?|w|weeks?|months?)", re.IGNORECASE)
_UNTYPED = 80
_MONTHS = frozenset(
    name.casefold() for names in (calendar.month_name, calendar.month_abbr) for name in names if name
) | {"sept"}
#: What else may stand in a day: its weekday, and how numbers are read out.
_BESIDE = frozenset(name.casefold() for names in (calendar.day_name, calendar.day_abbr) for name in names) | {
    "st",
    "nd",
    "rd",
    "th",
    "of",
    "the",
}
#: What people call the ways in which a film comes out.
_WAYS = {
    Wanted.CINEMA: ("cinema", "cinemas", "theater", "theaters", "theatre", "theatres", "theatrical"),
    Wanted.DIGITAL: ("digital", "digitally", "streaming", "stream", "online", "rent", "buy"),
    Wanted.PHYSICAL: ("physical", "disc", "discs", "disk", "bluray", "dvd"),
}
#: Leap years are never farther apart: 29 February comes within so many years.
_LEAP_GAP = 9


def read_hour(typed: str) -> time:
    """Read a local hour: "9", "09:00", "18.30", "9pm", "9:30 am".

    Raises:
        BadSetting: no such hour.
    """
    match = _HOUR.fullmatch(typed.strip())
    if match:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
            half = ""
        if not half and hour < 24 and minute < 60:
            return time(hour, minute)
    raise BadSetting("an hour of the day", shortened(typed), "9, 18:30 or 9pm")


def read_zone(typed: str) -> str:
    """Read a time zone by its IANA name or its city.

    Raises:
        NoPlace: an abbreviation or an offset.
        BadSetting: no such zone.
    """
    zone = find_zone(typed)
    if zone is not None:
        return zone
    if likely := likely_zones(typed):
        raise NoPlace(shortened(typed), "stands for several clocks, and does not follow summer time", likely)
    if is_offset(typed):
        raise NoPlace(shortened(typed), "does not follow summer time", ("Europe/Berlin", "America/New_York"))
    raise BadSetting("a time zone that I know", shortened(typed), "Europe/Berlin, or a city such as New York")


def read_country(typed: str) -> str:
    """Read a country by its two letters or its name.

    Raises:
        BadSetting: no such country.
    """
    country = find_country(typed)
    if country is None:
        raise BadSetting("a country that I know", shortened(typed), "DE, Germany or United Kingdom")
    return country


def read_milestones(typed: str) -> tuple[int, ...]:
    """Read the days before a release on which to count down: "30, 7, 3, 1"; "none" for no countdown. Longest first.

    Raises:
        UserError: the release day itself is among them.
        BadSetting: not such a list, a day beyond a year, or more than ten.
    """
    if typed.strip().casefold() in {"none", "off", "no"}:
        return ()
    parts = [part for part in re.split(r"[\s,;]+", typed.strip()) if part]
    if any(re.fullmatch("0{1,2}", part) for part in parts):
        advice = "List the days before it. For example: 30, 7, 3, 1, or none for no countdown."
        raise UserError(f"The release day itself is always announced, so it needs no 0. {advice}")
    days = sorted({int(part) for part in parts if re.fullmatch(r"[1-9][0-9]{0,3}", part)}, reverse=True)
    good = len(days) == len(set(parts)) and 0 < len(days) <= MAX_MILESTONES
    if not good or not all(1 <= day <= MAX_MILESTONE_DAYS for day in days):
        wanted = f"a list of at most {MAX_MILESTONES} numbers of days, 1 to {MAX_MILESTONE_DAYS}"
        raise BadSetting(wanted, shortened(typed), "30, 7, 3, 1 or none")
    return tuple(days)


def read_wanted(typed: str) -> frozenset[Wanted]:
    """Read the ways of release that count: "cinema", "cinema, digital", "streaming and disc", "all".

    Raises:
        UserError: none of them is left.
        BadSetting: something else is among them.
    """
    words = set(re.findall(r"[^\W\d_]+", typed.casefold().replace("blu-ray", "bluray"))) - {"and", "or"}
    if words and words <= {"none", "nothing"}:
        raise UserError("At least one must stay chosen: cinema, digital or physical.")
    if words and words <= {"all", "everything", "any"}:
        return frozenset(Wanted)
    named = {word: way for way, names in _WAYS.items() for word in names}
    if not words or not words <= named.keys():
        raise BadSetting("a list of ways in which a film comes out", shortened(typed), "cinema, digital or physical")
    return frozenset(named[word] for word in words)


def read_span(typed: str, now: datetime) -> datetime | None:
    """Read how long to pause: "2 days", "a week", "12 hours"; None for "until I resume".

    Raises:
        BadSetting: no such span, or longer than a year.
    """
    if typed.strip().casefold() in {"until i resume", "forever", "until resumed"}:
        return None
    until = _after_span(typed, now)
    if until is None or until > now + timedelta(days=366):
        raise BadSetting("a time to pause, a year at most", shortened(typed), "3 days, 2 weeks or “until I resume”")
    return until


def read_day(typed: str, today: date) -> date:
    """Read a day: "2025-06-06", "6 June 2025", "6 June" (the next one), "in 3 days", "today", "tomorrow".

    Numbers alone such as 06/07/2025 are refused: they are two different days in two countries.

    Raises:
        BadSetting: no such day.
    """
    text = " ".join(typed.split())[:_UNTYPED]
    named = {"today": 0, "tomorrow": 1}.get(text.casefold())
    if named is not None:
        return today + timedelta(days=named)
    span = _after_span(text, datetime.combine(today, time()))
    found = span.date() if span else _day(text, today)
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadSetting("a day", shortened(typed), f"{today.isoformat()}, “6 June {today.year}” or “in 3 days”")
    return found


def read_month(typed: str, today: date) -> date:
    """Read a month: "June", "June 2027", "2027-06", "this month", "next month"; its first day.

    Raises:
        BadSetting: no such month.
    """
    text = " ".join(typed.split())[:_UNTYPED]
    named = {"this month": 0, "next month": 1}.get(text.casefold())
    if named is not None:
        return today.replace(day=1) + relativedelta(months=named)
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        year, month = int(match[1]), int(match[2])
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
            return date(year, month, 1)
    elif re.search(r"[^\W\d]", text):
        first = _parsed(f"1 {text}", today.replace(day=1))
        if first is not None:
            return first
    raise BadSetting("a month", shortened(typed), f"June, June {today.year + 1} or {today.year + 1}-06")


def months_from(today: date) -> list[str]:
    """The names of the next twelve months, this one first: "June 2025"."""
    months = (today.replace(day=1) + relativedelta(months=number) for number in range(12))
    return [f"{month:%B %Y}" for month in months]


def _after_span(typed: str, start: datetime) -> datetime | None:
    match = _SPAN.fullmatch(typed.strip())
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else 1
    unit = match[2][0].lower()
    delta = {
        "h": relativedelta(hours=count),
        "d": relativedelta(days=count),
        "w": relativedelta(weeks=count),
        "m": relativedelta(months=count),
    }[unit]
    try:
        return start + delta if count else None
    except (OverflowError, ValueError):
        return None


def _day(text: str, today: date) -> date | None:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            return None
        return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
    if not re.search(r"\d", text):
        return None
    return _parsed(text, today)


def _parsed(text: str, earliest: date) -> date | None:
    """Parse a day that names its month; without a year the first from `earliest` on. None if it is no day.

    dateutil fills what is missing from its default: tried with two, a part that it would invent makes the two differ.
    """
    from dateutil.parser import ParserError, parse  # few people write a day: a start does without it

    words = re.findall(r"[^\W\d_]+", text.casefold())
    if not any(word in _MONTHS for word in words) or not all(word in _MONTHS | _BESIDE for word in words):
        return None
    has_year = re.search(r"\d{4}", text) is not None
    for year in range(earliest.year, earliest.year + (1 if has_year else _LEAP_GAP)):
        try:
            one, other = (
                parse(text, dayfirst=True, default=datetime.combine(date(year, month, day), time())).date()
                for month, day in ((1, 1), (2, 2))
            )
        except (ParserError, OverflowError, ValueError, TypeError):
            continue
        if one != other or not FIRST_YEAR <= one.year <= LAST_YEAR:
            return None
        if has_year or one >= earliest:
            return one
    return None


def shortened(typed: str) -> str:
    """What was typed, on one line, as far as a sentence says it back."""
    text = " ".join(typed.split())
    return text if len(text) <= 60 else text[:59] + "…"
