"""What people type for settings is read as they mean it, or refused with what was wrong and an example."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.dates import FIRST_YEAR, LAST_YEAR
from bot.domain.errors import BadSetting, UserError
from bot.domain.preferences import (
    months_from,
    read_country,
    read_day,
    read_hour,
    read_milestones,
    read_month,
    read_span,
    read_wanted,
    read_zone,
)
from bot.domain.subscribers import Wanted
from tests.domain.examples import day, utc

NOW = utc("2025-05-27 16:00")
TODAY = NOW.date()
Reader = Callable[[str], object]
READERS: dict[str, Reader] = {
    "hour": read_hour,
    "zone": read_zone,
    "country": read_country,
    "milestones": read_milestones,
    "wanted": read_wanted,
    "span": lambda typed: read_span(typed, NOW),
    "day": lambda typed: read_day(typed, TODAY),
    "month": lambda typed: read_month(typed, TODAY),
}
CINEMA, DIGITAL, PHYSICAL = Wanted
GOOD = [
    ("wanted", "cinema", {CINEMA}),
    ("wanted", "Cinema, digital", {CINEMA, DIGITAL}),
    ("wanted", "streaming and Blu-ray", {DIGITAL, PHYSICAL}),
    ("wanted", "theatrical;disc", {CINEMA, PHYSICAL}),
    ("wanted", "all", set(Wanted)),
    ("hour", "9", time(9)),
    ("hour", "09:00", time(9)),
    ("hour", " 18.30 ", time(18, 30)),
    ("hour", "18h30", time(18, 30)),
    ("hour", "9pm", time(21)),
    ("hour", "9:30 AM", time(9, 30)),
    ("hour", "12am", time(0)),
    ("hour", "12 pm", time(12)),
    ("hour", "0:00", time(0)),
    ("hour", "23:59", time(23, 59)),
    ("hour", "18 Uhr", time(18)),
    ("hour", "7h", time(7)),
    ("zone", "Europe/Berlin", "Europe/Berlin"),
    ("zone", "europe/berlin", "Europe/Berlin"),
    ("zone", "berlin", "Europe/Berlin"),
    ("zone", "New York", "America/New_York"),
    ("zone", " new_york ", "America/New_York"),
    ("zone", "utc", "UTC"),
    ("zone", "Lord Howe", "Australia/Lord_Howe"),
    ("country", "DE", "DE"),
    ("country", "de", "DE"),
    ("country", "Germany", "DE"),
    ("country", "deutschland", "DE"),
    ("country", " united kingdom ", "GB"),
    ("country", "UK", "GB"),
    ("country", "USA", "US"),
    ("country", "south korea", "KR"),
    ("milestones", "30, 7, 3, 1", (30, 7, 3, 1)),
    ("milestones", "1 3;7", (7, 3, 1)),
    ("milestones", "7", (7,)),
    ("milestones", "1,1,7", (7, 1)),
    ("milestones", "none", ()),
    ("milestones", "Off", ()),
    ("milestones", "365", (365,)),
    ("milestones", "1 2 3 4 5 6 7 8 9 10", (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)),
    ("span", "2 days", NOW + timedelta(days=2)),
    ("span", "a week", NOW + timedelta(days=7)),
    ("span", "12h", NOW + timedelta(hours=12)),
    ("span", "for 3 weeks", NOW + timedelta(days=21)),
    ("span", "1 month", utc("2025-06-27 16:00")),
    ("span", "Forever", None),
    ("span", "until I resume", None),
    ("span", "12 months", utc("2026-05-27 16:00")),
    ("day", "2025-06-06", day("2025-06-06")),
    ("day", "6 June 2025", day("2025-06-06")),
    ("day", "June 6 2025", day("2025-06-06")),
    ("day", "6 June", day("2025-06-06")),
    ("day", "6 May", day("2026-05-06")),
    ("day", "27 May", TODAY),
    ("day", "6. Jun 2027", day("2027-06-06")),
    ("day", "today", TODAY),
    ("day", "Tomorrow", day("2025-05-28")),
    ("day", "in 3 days", day("2025-05-30")),
    ("day", "a week", day("2025-06-03")),
    ("day", "29 February 2028", day("2028-02-29")),
    ("day", "Fri 6 June 2025", day("2025-06-06")),
    ("day", "6th of June", day("2025-06-06")),
    ("month", "June", day("2025-06-01")),
    ("month", "june 2027", day("2027-06-01")),
    ("month", "2027-06", day("2027-06-01")),
    ("month", "2027-6", day("2027-06-01")),
    ("month", "May", day("2025-05-01")),
    ("month", "April", day("2026-04-01")),
    ("month", "this month", day("2025-05-01")),
    ("month", "Next Month", day("2025-06-01")),
    ("month", "dec", day("2025-12-01")),
]
BAD = [
    ("wanted", ["", ",", "radio", "cinema, radio", "1", "none, cinema", "all cinema", "²"]),
    ("hour", ["", "24:00", "25", "9:60", "13pm", "0am", "9:5", "-1", "9.5", "noon", "9:00:00", "nine", "9:00 9:00"]),
    ("zone", ["", "Berlin/Europe", "Atlantis", "America", "new york city", "../etc/passwd", "/"]),
    ("country", ["", "XX", "Atlantis", "D", "DEU", "europe", "🇩🇪"]),
    (
        "milestones",
        [
            "",
            "soon",
            "-1",
            "1.5",
            "366",
            "10,000",
            "30,007",
            "000",
            "1,2,3,4,5,6,7,8,9,10,11",
            "7 days",
            "٣",
            "9" * 500,
            ",",
            "²",
        ],
    ),
    (
        "span",
        [
            "",
            "soon",
            "0 days",
            "2 years",
            "13 months",
            "367 days",
            "9999 months",
            "-1 day",
            "1.5 days",
            "5m",  # months, or minutes?
            "d",
            "9999h9999h",
        ],
    ),
    (
        "day",
        [
            "",
            "06/07/2025",
            "6.6.",
            "2025-02-30",
            "2025-13-01",
            "31 June",
            "29 February 2027",
            "June",
            "June 2025",
            "2025",
            "someday",
        ],
    ),
    (
        "day",
        [
            "6",
            "66 June",
            "0000-01-01",
            "1800-01-01",
            "9999-12-31",
            "6 June 20255",
            "in 9999 months",
            "6 June 1700",
            "yesterday",
        ],
    ),
    ("month", ["", "2027-13", "2027-0", "6", "13", "2027", "someday", "2500-01", "Juneteenth", "1800-01", "June 1700"]),
]


@pytest.mark.parametrize(("kind", "typed", "expected"), GOOD, ids=[f"{kind}: {typed}" for kind, typed, _ in GOOD])
def test_what_is_meant_is_read(kind: str, typed: str, expected: object) -> None:
    assert READERS[kind](typed) == expected


@pytest.mark.parametrize(("kind", "typed"), [(kind, typed) for kind, many in BAD for typed in many])
def test_what_does_not_exist_is_refused_with_an_example(kind: str, typed: str) -> None:
    with pytest.raises(BadSetting, match=r"^“.{0,60}” is not (a|an) .+ For example: .+\.$"):
        READERS[kind](typed)


@pytest.mark.parametrize("typed", ["none", " Nothing "])
def test_one_way_of_release_at_least_stays(typed: str) -> None:
    with pytest.raises(UserError, match="At least one must stay chosen"):
        read_wanted(typed)


@pytest.mark.parametrize("typed", ["0", " 00 ", "0, 1", "30 7 0"])
def test_the_release_day_is_no_day_before_it(typed: str) -> None:
    with pytest.raises(UserError, match=r"^The release day itself is always announced, .+ none for no countdown\.$"):
        read_milestones(typed)


@pytest.mark.parametrize("kind", READERS)
@given(st.text(max_size=80))
@example("\x00")
@example("9" * 80)
@example("1" * 5000)  # more digits than int() takes; Discord lets 6,000 through
@example("\uff16 June \uff12025")
@example("6 June 2025 XYZ")
@example("10 June 2025 10:00 +99:99")
@example("Jan 1e5 2025")
@example("00:00 00:00 June 1")
@example("@everyone ||spoiler|| **bold** \u202e")
def test_only_a_refusal_ever_leaves_a_reader(kind: str, typed: str) -> None:
    with suppress(UserError):
        READERS[kind](typed)


PIECES = (
    "0 1 6 7 12 30 31 60 2024 2025 2100 9999 1e9 june jun feb friday mon am pm utc bst est z t w y h in a the of th st "
    ": - / . , + T d days weeks months"
)


@pytest.mark.parametrize("kind", ["hour", "span", "day", "month"])
@given(st.lists(st.sampled_from(PIECES.split()), max_size=7), st.sampled_from(["", " "]))
def test_pieces_of_dates_in_any_order_are_a_good_date_or_a_bad_setting(kind: str, words: list[str], gap: str) -> None:
    try:
        found = READERS[kind](gap.join(words))
    except BadSetting:
        return
    if isinstance(found, datetime):
        assert NOW < found <= NOW + timedelta(days=366)
    elif isinstance(found, date):
        assert FIRST_YEAR <= found.year <= LAST_YEAR


@given(st.dates(date(1900, 1, 1), date(2190, 12, 31)), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_every_day_is_read_back_from_each_way_of_writing_it(on: date, today: date) -> None:
    for written in (
        f"{on}",
        f"{on.day} {on:%B} {on.year}",
        f"{on:%B} {on.day}, {on.year}",
        f"{on:%a} {on.day} {on:%b} {on.year}",
    ):
        assert read_day(written, today) == on
    assert read_month(f"{on:%B %Y}", today) == read_month(f"{on:%Y-%m}", today) == on.replace(day=1)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 12))
def test_a_day_or_month_without_a_year_is_the_next_one(today: date, month: int) -> None:
    name = date(2024, month, 1).strftime("%B")
    assert today <= read_day(f"28 {name}", today) <= today + timedelta(days=366)
    assert today.replace(day=1) <= read_month(name, today) <= today + timedelta(days=366)


def test_29_february_without_a_year_is_the_next_there_is() -> None:
    assert read_day("29 February", day("2025-05-27")) == day("2028-02-29")
    assert read_day("29 February", day("2028-02-29")) == day("2028-02-29")


def test_the_months_to_choose_from_begin_with_this_one_and_can_be_read() -> None:
    months = months_from(day("2025-05-31"))
    assert (months[0], months[-1], len(months)) == ("May 2025", "April 2026", 12)
    assert [read_month(name, TODAY).month for name in months] == [5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.integers(1, 52))  # noqa: DTZ001
def test_a_pause_ends_when_it_says(now: datetime, weeks: int) -> None:
    assert read_span(f"{weeks} weeks", now) == now + timedelta(weeks=weeks)


def test_what_was_typed_is_said_back_short_and_on_one_line() -> None:
    with pytest.raises(BadSetting) as caught:
        read_zone("no\nsuch " + "zone " * 100)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
