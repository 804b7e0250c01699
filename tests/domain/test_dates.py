"""Dates keep their precision, and a posting hour is an instant through every trick that a clock plays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    TBA,
    Precision,
    ReleaseDate,
    days_in_words,
    local_day,
    local_instant,
    placeholder_as_year,
    span_in_words,
    weekday_date,
)
from tests.domain.examples import cases, day, utc

DATES = [
    # text, precision, first, last, in words
    ("2025-06-06", "day", "2025-06-06", "2025-06-06", "6 June 2025"),
    ("2024-02-29", "day", "2024-02-29", "2024-02-29", "29 February 2024"),
    ("2025-06", "month", "2025-06-01", "2025-06-30", "June 2025"),
    ("2024-02", "month", "2024-02-01", "2024-02-29", "February 2024"),
    ("2025-02", "month", "2025-02-01", "2025-02-28", "February 2025"),
    ("2025-12", "month", "2025-12-01", "2025-12-31", "December 2025"),
    ("2027-Q1", "quarter", "2027-01-01", "2027-03-31", "Q1 2027"),
    ("2027-Q2", "quarter", "2027-04-01", "2027-06-30", "Q2 2027"),
    ("2027-Q3", "quarter", "2027-07-01", "2027-09-30", "Q3 2027"),
    ("2027-Q4", "quarter", "2027-10-01", "2027-12-31", "Q4 2027"),
    ("2027", "year", "2027-01-01", "2027-12-31", "2027"),
    ("1888", "year", "1888-01-01", "1888-12-31", "1888"),
    ("2200-12-31", "day", "2200-12-31", "2200-12-31", "31 December 2200"),
]


@cases("text, precision, first, last, words", [(row[0], *row) for row in DATES])
def test_a_date_is_read_with_its_precision_and_written_back(
    text: str, precision: str, first: str, last: str, words: str
) -> None:
    found = ReleaseDate.parse(text)
    assert (found.precision, found.first, found.last) == (Precision(precision), day(first), day(last))
    assert (str(found), found.in_words()) == (text, words)
    assert found.day == (day(first) if precision == "day" else None)


@pytest.mark.parametrize("text", ["tba", "TBA", " tba "])
def test_nothing_known_is_said_so(text: str) -> None:
    found = ReleaseDate.parse(text)
    assert found == TBA
    assert (found.first, found.last, found.day, str(found)) == (None, None, None, "tba")
    assert found.in_words() == "date to be announced"


BAD = [
    "", "soon", "2025-02-29", "2025-13", "2025-00", "2025-00-01", "2025-04-31", "2027-Q0", "2027-Q5", "2027-q2", "27",
    "2025-6-6", "20250606", "2025-W23-1", "06/06/2025", "2025-06-06T00:00", "1887", "2201-01-01", "0000", "9999-12-31",
    "-2025", "2025-06-06 or so", "2025\n2026",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ReleaseDate.parse(text)


@given(st.text("0123456789-Q tba٣", max_size=12) | st.text(max_size=12))
def test_any_text_is_a_date_that_reads_back_or_a_value_error(text: str) -> None:
    try:
        found = ReleaseDate.parse(text)
    except ValueError:
        return
    assert ReleaseDate.parse(str(found)) == found


def test_dates_sort_by_their_last_day_the_surer_first_and_unknown_ones_last() -> None:
    texts = ["2026-06-06", "2026-06-30", "2026-06", "2026-Q2", "2026-12-31", "2026-12", "2026-Q4", "2026", "tba"]
    dates = [ReleaseDate.parse(text) for text in reversed(texts)]
    assert [str(found) for found in sorted(dates, key=lambda found: found.sort_key)] == texts


OUT = [
    ("2025-06-06", "2025-06-05", False), ("2025-06-06", "2025-06-06", True), ("2025-06", "2025-06-29", False),
    ("2025-06", "2025-06-30", True), ("2025-Q2", "2025-06-29", False), ("2025-Q2", "2025-06-30", True),
    ("2025", "2025-12-30", False), ("2025", "2025-12-31", True), ("tba", "2199-01-01", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "today", "out"), OUT)
def test_a_film_is_out_once_the_last_day_that_it_may_be_has_come(text: str, today: str, out: bool) -> None:
    assert ReleaseDate.parse(text).is_out(day(today)) is out


INSTANTS = [
    # zone, day, hour, the instant in UTC
    ("UTC", "2025-06-06", "09:00", "2025-06-06 09:00"),
    ("America/New_York", "2025-01-15", "09:00", "2025-01-15 14:00"),
    ("America/New_York", "2025-06-06", "09:00", "2025-06-06 13:00"),
    # Spring in New York: 02:00 becomes 03:00.
    ("America/New_York", "2025-03-09", "01:59", "2025-03-09 06:59"),
    ("America/New_York", "2025-03-09", "02:00", "2025-03-09 07:00"),
    ("America/New_York", "2025-03-09", "02:30", "2025-03-09 07:00"),
    ("America/New_York", "2025-03-09", "02:59", "2025-03-09 07:00"),
    ("America/New_York", "2025-03-09", "03:00", "2025-03-09 07:00"),
    ("America/New_York", "2025-03-09", "09:00", "2025-03-09 13:00"),
    # Autumn in New York: 01:00 to 02:00 comes twice.
    ("America/New_York", "2025-11-02", "00:59", "2025-11-02 04:59"),
    ("America/New_York", "2025-11-02", "01:00", "2025-11-02 05:00"),
    ("America/New_York", "2025-11-02", "01:30", "2025-11-02 05:30"),
    ("America/New_York", "2025-11-02", "02:00", "2025-11-02 07:00"),
    ("Europe/Berlin", "2025-03-30", "02:30", "2025-03-30 01:00"),
    ("Europe/Berlin", "2025-10-26", "02:30", "2025-10-26 00:30"),
    ("Europe/Berlin", "2025-10-26", "03:00", "2025-10-26 02:00"),
    ("Europe/Berlin", "2025-12-31", "23:59", "2025-12-31 22:59"),
    ("Europe/Berlin", "2026-01-01", "00:00", "2025-12-31 23:00"),
    # Lord Howe moves by half an hour: 02:00 becomes 02:30; 01:30 to 02:00 comes twice.
    ("Australia/Lord_Howe", "2025-10-05", "01:59", "2025-10-04 15:29"),
    ("Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-04 15:30"),
    ("Australia/Lord_Howe", "2025-10-05", "02:30", "2025-10-04 15:30"),
    ("Australia/Lord_Howe", "2025-04-06", "01:45", "2025-04-05 14:45"),
    ("Australia/Lord_Howe", "2025-04-06", "02:00", "2025-04-05 15:30"),
    # Santiago skips its midnight: the day begins at 01:00; in autumn 23:00 to 24:00 comes twice.
    ("America/Santiago", "2025-09-07", "00:00", "2025-09-07 04:00"),
    ("America/Santiago", "2025-09-07", "00:30", "2025-09-07 04:00"),
    ("America/Santiago", "2025-09-07", "01:00", "2025-09-07 04:00"),
    ("America/Santiago", "2025-04-05", "23:30", "2025-04-06 02:30"),
    ("America/Santiago", "2025-04-06", "00:00", "2025-04-06 04:00"),
    # Apia had no 30 December 2011: it went from the 29th to the 31st.
    ("Pacific/Apia", "2011-12-29", "09:00", "2011-12-29 19:00"),
    ("Pacific/Apia", "2011-12-30", "00:00", "2011-12-30 10:00"),
    ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30 10:00"),
    ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30 10:00"),
    ("Pacific/Apia", "2011-12-31", "09:00", "2011-12-30 19:00"),
    # Morocco goes back for Ramadan and forward after it.
    ("Africa/Casablanca", "2025-02-23", "02:30", "2025-02-23 01:30"),
    ("Africa/Casablanca", "2025-02-23", "03:00", "2025-02-23 03:00"),
    ("Africa/Casablanca", "2025-04-06", "02:30", "2025-04-06 02:00"),
    ("Africa/Casablanca", "2025-04-06", "03:00", "2025-04-06 02:00"),
    ("Asia/Kathmandu", "2025-06-06", "09:00", "2025-06-06 03:15"),
    ("America/New_York", "2024-02-29", "09:00", "2024-02-29 14:00"),
]


@cases("zone, on, hour, expected", [(" ".join(row[:3]), *row) for row in INSTANTS])
def test_an_hour_is_the_first_instant_at_which_the_local_clock_shows_it_or_has_passed_it(
    zone: str, on: str, hour: str, expected: str
) -> None:
    found = local_instant(day(on), time.fromisoformat(hour), ZoneInfo(zone))
    assert found == utc(expected)
    assert found.tzinfo is UTC


ZONES = sorted({row[0] for row in INSTANTS})


@given(st.sampled_from(ZONES), st.datetimes(datetime(2009, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - wall clocks
def test_no_earlier_instant_shows_the_hour_and_this_one_has_reached_it(zone: str, wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    found = local_instant(wall.date(), wall.time(), ZoneInfo(zone))
    assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= wall
    before = [found - timedelta(seconds=1), *(found - timedelta(minutes=minutes) for minutes in range(1, 24 * 60, 15))]
    assert all(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall for moment in before)


LOCAL = [
    ("2025-06-06 03:59", "America/New_York", "2025-06-05"), ("2025-06-06 04:00", "America/New_York", "2025-06-06"),
    ("2025-12-31 23:00", "Europe/Berlin", "2026-01-01"), ("2011-12-30 09:59", "Pacific/Apia", "2011-12-29"),
    ("2011-12-30 10:00", "Pacific/Apia", "2011-12-31"),
]  # fmt: skip


@pytest.mark.parametrize(("instant", "zone", "expected"), LOCAL)
def test_the_local_day_is_the_one_on_the_wall(instant: str, zone: str, expected: str) -> None:
    assert local_day(utc(instant), ZoneInfo(zone)) == day(expected)


SPANS = [
    ("2025-06-06", "2025-06-06", "0 days"), ("2025-06-06", "2025-06-07", "1 day"),
    ("2025-06-06", "2025-07-09", "1 month 3 days"), ("2025-07-09", "2025-06-06", "1 month 3 days"),
    ("2024-02-29", "2025-02-28", "1 year"), ("2024-02-29", "2025-03-01", "1 year 1 day"),
    ("2025-01-31", "2025-02-28", "1 month"), ("2024-06-07", "2025-06-06", "11 months 30 days"),
    ("2025-01-01", "2027-03-02", "2 years 2 months 1 day"), ("2025-12-31", "2026-01-01", "1 day"),
    ("2025-06-06", "2026-06-06", "1 year"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end", "words"), SPANS)
def test_spans_are_said_in_whole_months_and_days(start: str, end: str, words: str) -> None:
    assert span_in_words(day(start), day(end)) == words


DAYS = [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in 2 days"), (30, "in 30 days"), (-7, "7 days ago")]


@pytest.mark.parametrize(("days", "words"), DAYS)
def test_how_far_off_a_day_is(days: int, words: str) -> None:
    assert days_in_words(days) == words


def test_a_day_on_a_card_has_its_weekday() -> None:
    assert weekday_date(date(2025, 6, 6)) == "Fri 6 June 2025"
    assert weekday_date(date(2024, 2, 29)) == "Thu 29 February 2024"


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_every_day_lies_within_the_month_quarter_and_year_that_hold_it(on: date) -> None:
    for text in (f"{on}", f"{on:%Y-%m}", f"{on.year}-Q{(on.month + 2) // 3}", f"{on.year}"):
        found = ReleaseDate.parse(text)
        assert found.first is not None
        assert found.last is not None
        assert found.first <= on <= found.last


class TestPlaceholder:
    TODAY = day("2026-11-23")

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            pytest.param("2027-12-31", "2027", id="the end of next year"),
            pytest.param("2029-12-31", "2029", id="the end of a far year"),
            pytest.param("2028-01-01", "2028", id="the first day of the year after next"),
            pytest.param("2026-12-31", "2026-12-31", id="the end of this year is near"),
            pytest.param("2027-01-01", "2027-01-01", id="so is New Year's Day"),
            pytest.param("2027-12-30", "2027-12-30", id="the day before is a day"),
            pytest.param("2028-01-02", "2028-01-02", id="the day after is one"),
            pytest.param("2020-12-31", "2020-12-31", id="a day that is past was one"),
            pytest.param("2020-01-01", "2020-01-01", id="likewise"),
        ],
    )
    def test_the_turn_of_a_far_year_stands_for_the_year(self, text: str, meant: str) -> None:
        assert str(placeholder_as_year(day(text), self.TODAY)) == meant

    def test_half_a_year_is_far(self) -> None:
        assert str(placeholder_as_year(day("2027-01-01"), day("2026-07-01"))) == "2027"
        assert str(placeholder_as_year(day("2027-01-01"), day("2026-07-02"))) == "2027-01-01"
