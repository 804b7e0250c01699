"""Quiet hours, the digest's day, messages a day and abbreviated zones, as people type them."""

from contextlib import suppress
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.delivery_preferences import read_cap, read_quiet, read_weekday, suggest_weekdays
from bot.domain.errors import BadSetting, NoPlace, UserError
from bot.domain.places import find_zone, suggest_zones
from bot.domain.preferences import read_zone
from bot.domain.quiet import QuietHours
from bot.domain.zone_names import likely_zones
from tests.domain.examples import cases

NIGHT = QuietHours(time(22), time(8))
QUIET = [
    "22-8", "22:00–08:00", "22:00 - 08:00", "10pm to 8am", " 10 PM until 8 AM ", "from 22 to 8", "between 10pm and 8",
    "22h—8h", "22 Uhr - 8 Uhr", "22 → 8",
]  # fmt: skip


@pytest.mark.parametrize("typed", QUIET)
def test_quiet_hours_are_read_as_people_write_them(typed: str) -> None:
    assert read_quiet(typed) == NIGHT


def test_quiet_hours_may_have_minutes_lie_within_a_day_or_be_none() -> None:
    assert read_quiet("9:30-17.45") == QuietHours(time(9, 30), time(17, 45))
    assert read_quiet("0-7") == QuietHours(time(0), time(7))
    assert [read_quiet(typed) for typed in ("none", " OFF ", "no")] == [None] * 3


@pytest.mark.parametrize(
    "typed", ["", "22", "at night", "22-25", "22-8-9", "-1-5", "22:00-8:75", "22 to", "-", "9" * 90]
)
def test_what_is_no_quiet_time_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(BadSetting, match=r"is not a quiet time .+ For example: 22-8, 10pm to 8am, or none\.$"):
        read_quiet(typed)


@pytest.mark.parametrize("typed", ["22-22", "8am to 08:00", "0-0"])
def test_a_quiet_time_of_no_length_says_so(typed: str) -> None:
    with pytest.raises(UserError, match="is no time at all, or the whole day: quiet hours need an end"):
        read_quiet(typed)


WEEKDAYS = [
    ("Monday", 0), ("mon", 0), ("Mondays", 0), ("tue", 1), ("Tues", 1), ("weds", 2), ("Thurs", 3), ("thur.", 3),
    ("fri", 4), ("on Saturdays", 5), ("every sunday", 6), ("none", None), ("Off", None),
]  # fmt: skip


@cases("typed, expected", [(typed, typed, expected) for typed, expected in WEEKDAYS])
def test_a_weekday_is_read(typed: str, expected: int | None) -> None:
    assert read_weekday(typed) == expected


@pytest.mark.parametrize("typed", ["", "s", "Funday", "8", "0", "mon tue", "every", "monday!", "x" * 200])
def test_what_is_no_weekday_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(BadSetting, match=r"is not a day of the week\. For example: Monday, Fri, or none"):
        read_weekday(typed)


def test_each_suggested_weekday_can_be_taken() -> None:
    assert len(suggest_weekdays("")) == 8
    assert suggest_weekdays("t") == ["Tuesday", "Thursday", "Saturday"]
    assert [read_weekday(name) for name in suggest_weekdays("")] == [*range(7), None]


def test_the_cap_is_one_to_twenty_five() -> None:
    assert [read_cap(typed) for typed in ("1", " 6 ", "25")] == [1, 6, 25]
    for typed in ("0", "26", "1000", "-1", "6.5", "six", "", "²", "٣", "9" * 5000):
        with pytest.raises(BadSetting, match="is not a number of messages a day, 1 to 25"):
            read_cap(typed)


PLACES = [
    ("EST", "America/New_York"), ("est5edt", "America/New_York"), ("PST8PDT", "America/Los_Angeles"),
    ("CET", "Europe/Berlin"), ("CEST", "Europe/Berlin"), ("IST", "Asia/Kolkata"), ("BST", "Europe/London"),
    ("GMT", "Europe/London"), ("AEST", "Australia/Sydney"), ("JST", "Asia/Tokyo"), ("MSK-3", "Europe/Moscow"),
    ("UTC+2", "Europe/Berlin"), ("GMT-5", "America/New_York"), ("+02:00", "America/New_York"), ("-5", "Europe/Berlin"),
]  # fmt: skip


@cases("typed, place", [(typed, typed, place) for typed, place in PLACES])
def test_an_abbreviation_or_offset_is_refused_with_the_places_it_may_mean(typed: str, place: str) -> None:
    with pytest.raises(NoPlace, match="does not follow summer time: name a place instead") as refused:
        read_zone(typed)
    assert place in str(refused.value)
    assert str(refused.value).startswith(f"“{typed}”")
    assert len(str(refused.value)) < 250


def test_abbreviations_never_hide_a_zone_and_lead_to_real_ones() -> None:
    assert read_zone("UTC") == "UTC"
    assert read_zone("Etc/GMT+5") == "Etc/GMT+5"
    for typed, _ in PLACES:
        for zone in likely_zones(typed):
            assert find_zone(zone) == zone
            assert ZoneInfo(zone).key == zone
        assert find_zone(typed) is None
    assert suggest_zones("est", "DE") == ["America/New_York", "America/Toronto"]
    assert suggest_zones("cet", "DE")[0] == "Europe/Berlin"


@pytest.mark.parametrize("reader", [read_quiet, read_weekday, read_cap, read_zone])
@given(st.text(max_size=60) | st.from_regex(r"[0-9a-z:. ]{0,9}(-|to)[0-9a-z:. ]{0,9}", fullmatch=True))
@example("9" * 5000)
@example("@everyone - **8**")
def test_only_a_refusal_ever_leaves_a_reader(reader: object, typed: str) -> None:
    with suppress(UserError):
        reader(typed)  # type: ignore[operator]
