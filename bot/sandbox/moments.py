"""What a person may type as the time to travel to, read into an instant. Pure: knows neither Discord nor simcord."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.domain.dates import local_day, local_instant, weekday_date
from bot.domain.errors import UserError

NEXT_POST = "next post"
_FILM_DAY = "{title}’s release day"
_EXAMPLES = "`2025-06-06`, `6 June 2025`, `in 3 days` or `next post`"
#: Farther than any film in the catalogue; every post on the way is really sent, which takes a moment each.
MAX_YEARS = 5
#: A journey to a day ends when that day's posts are out.
_AFTER_THE_POSTS = timedelta(minutes=30)
#: Discord takes 25 choices of 100 characters; a person reads a handful.
_MAX_CHOICES, _MAX_CHOICE_LENGTH = 12, 100

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]+(\d{1,2}):(\d{2}))?")
_DAY_MONTH = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<month>[a-z]{3,9})\.?(?:,? (?P<year>\d{4}))?")
_MONTH_DAY = re.compile(r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?")
_SPAN = re.compile(r"(?:in )?(?P<count>\d{1,5}|an?|one) (?P<unit>minute|hour|day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Home:
    """Where the server's day begins and when its posts go out."""

    zone: ZoneInfo
    posting_time: time


@dataclass(frozen=True, slots=True)
class FilmDay:
    """A tracked film's release day, as the server counts it."""

    title: str
    on: date

    @property
    def label(self) -> str:
        """What the person picks and sends: "Ballerina’s release day"."""
        return _FILM_DAY.format(title=self.title)[-_MAX_CHOICE_LENGTH:]


class BadMoment(UserError):
    """A time that nobody can travel to; the sentence says why."""


def parse_moment(typed: str, now: datetime, home: Home, films: Sequence[FilmDay]) -> datetime | None:
    """Read `typed` as an instant (aware UTC) after `now`; None means the next post, whenever that is.

    A day without an hour ends half an hour after that day's posts.

    Raises:
        BadMoment: it cannot be read, lies behind `now`, or is more than `MAX_YEARS` off.
    """
    text = " ".join(typed.casefold().replace("'", "’").split())
    if text in {NEXT_POST, "next", ""}:
        return None
    for film in films:
        if text in {film.label.casefold(), film.title.casefold()}:
            return _checked(_end_of_posts(film.on, home), now, home, typed)
    return _checked(_read(text, now, home, typed), now, home, typed)


def suggest_moments(typed: str, now: datetime, home: Home, films: Sequence[FilmDay]) -> list[str]:
    """Offer what fits `typed`: the next post, tracked films' days to come, and a few days and spans."""
    today = local_day(now, home.zone)
    fixed = [NEXT_POST, *(film.label for film in films if film.on >= today)]
    spans = ["tomorrow", "in 3 days", "in 1 week", "in 1 month"]
    days = [(today + timedelta(days=7)).isoformat(), (today + timedelta(days=30)).isoformat()]
    wanted = typed.casefold().replace("'", "’").strip()
    found = [choice for choice in dict.fromkeys([*fixed, *spans, *days]) if wanted in choice.casefold()]
    if not found:
        try:
            parse_moment(typed, now, home, films)
        except BadMoment:
            return []
        found = [typed.strip()[:_MAX_CHOICE_LENGTH]]
    return found[:_MAX_CHOICES]


def _read(text: str, now: datetime, home: Home, typed: str) -> datetime:
    """The instant that a date, a weekday or a span names; raises `BadMoment` when it names none."""
    today = local_day(now, home.zone)
    try:
        if match := _ISO.fullmatch(text):
            day = date(int(match[1]), int(match[2]), int(match[3]))
            if match[4]:
                return local_instant(day, time(int(match[4]), int(match[5])), home.zone)
            return _end_of_posts(day, home)
        if match := _SPAN.fullmatch(text):
            count = int(match["count"]) if match["count"].isdigit() else 1
            if match["unit"] in {"minute", "hour"}:
                return now + timedelta(minutes=count if match["unit"] == "minute" else count * 60)
            days = {"day": 1, "week": 7}.get(match["unit"], 0) * count
            months = {"month": 1, "year": 12}.get(match["unit"], 0) * count
            return _end_of_posts(today + relativedelta(days=days, months=months), home)
        if match := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
            month = _MONTHS.index(match["month"][:3]) + 1
            if match["year"]:
                return _end_of_posts(date(int(match["year"]), month, int(match["day"])), home)
            day = date(today.year, month, int(match["day"]))
            return _end_of_posts(day if day >= today else day.replace(year=day.year + 1), home)
        if text in {"today", "tomorrow"}:
            return _end_of_posts(today + timedelta(days=int(text == "tomorrow")), home)
        if text.removeprefix("next ")[:3] in _DAYS and text.endswith("day"):
            ahead = (_DAYS.index(text.removeprefix("next ")[:3]) - today.weekday() - 1) % 7 + 1
            return _end_of_posts(today + timedelta(days=ahead), home)
    except (ValueError, OverflowError) as error:  # 31 June, month "foo", the year 0
        raise BadMoment(f"“{{typed}}” does not exist. For example: {_EXAMPLES}.", typed=_quoted(typed)) from error
    raise BadMoment(f"“{{typed}}” is not a day or a time to travel to. For example: {_EXAMPLES}.", typed=_quoted(typed))


def _end_of_posts(day: date, home: Home) -> datetime:
    """Half an hour after the posts of `day`, never on the next day."""
    return min(
        local_instant(day, home.posting_time, home.zone) + _AFTER_THE_POSTS,
        local_instant(day, time(23, 59), home.zone),
    ).astimezone(UTC)


def _checked(instant: datetime, now: datetime, home: Home, typed: str) -> datetime:
    """`instant`, if it lies ahead and not too far; raises `BadMoment` otherwise."""
    if instant <= now:
        here = now.astimezone(home.zone)
        raise BadMoment(
            f"Time goes forward only, and “{{typed}}” is over: it is {weekday_date(here.date())}, {here:%H:%M}.",
            typed=_quoted(typed),
        )
    if local_day(instant, home.zone) > local_day(now, home.zone) + relativedelta(years=MAX_YEARS):
        raise BadMoment(
            f"“{{typed}}” is more than {MAX_YEARS} years off. For example: {_EXAMPLES}.", typed=_quoted(typed)
        )
    return instant


def _quoted(typed: str) -> str:
    """What was typed, short and without markdown or mentions, for a sentence about it."""
    plain = re.sub(r"[^\w\s.,:/+-]", "", typed)
    return " ".join(plain.split())[:60] or "that"
