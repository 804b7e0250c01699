"""The nearer a film's release, the oftener it is asked about."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import Doubt, DoubtReason, Release, ReleaseType
from bot.domain.refreshing import FAR_EVERY, NEAR_EVERY, QUARTER_EVERY, SPREAD, interval, next_check
from tests.domain.examples import cases, release, utc

NOW = utc("2027-03-01 12:00")
DAY = timedelta(days=1)

EVERY: list[tuple[object, ...]] = [
    ("nothing is known", [], FAR_EVERY),
    ("today", ["US theatrical 2027-03-01"], NEAR_EVERY),
    ("yesterday, where it may still be today", ["US theatrical 2027-02-28"], NEAR_EVERY),
    ("the day before yesterday", ["US theatrical 2027-02-27"], FAR_EVERY),
    ("in 7 days", ["US theatrical 2027-03-08"], NEAR_EVERY),
    ("in 8 days", ["US theatrical 2027-03-09"], QUARTER_EVERY),
    ("in 90 days", ["US theatrical 2027-05-30"], QUARTER_EVERY),
    ("in 91 days", ["US theatrical 2027-05-31"], FAR_EVERY),
    ("the nearest of several", ["US theatrical 2028-05-31", "DE digital 2027-03-05", "FR tv 2027-05-01"], NEAR_EVERY),
    ("out here, to come there", ["US theatrical 2026-05-31", "DE theatrical 2027-05-01"], QUARTER_EVERY),
    ("a month that is close", ["US theatrical 2027-05"], QUARTER_EVERY),
    ("a month that has begun", ["US theatrical 2027-03"], QUARTER_EVERY),
    ("a month that is far", ["US theatrical 2027-09"], FAR_EVERY),
    ("a year", ["US theatrical 2027"], FAR_EVERY),
    ("to be announced", ["US theatrical tba"], FAR_EVERY),
    ("a festival", ["US theatrical 2027-03-05 SXSW Festival"], FAR_EVERY),
    ("a premiere", ["US premiere 2027-03-05"], FAR_EVERY),
    ("a re-release", ["US theatrical 2027-03-05 Re-release"], FAR_EVERY),
]


@cases("releases, every", EVERY)
def test_how_often(releases: list[str], every: timedelta) -> None:
    assert interval(map(release, releases), NOW) == every


def doubt(first_seen_at: datetime) -> Doubt:
    to = ReleaseDate.parse("2028-06-04")
    return Doubt(1, 7, "US", ReleaseType.THEATRICAL, None, to, "tmdb", DoubtReason.JUMP, first_seen_at)


def test_a_doubt_is_looked_at_once_it_can_settle() -> None:
    far = [release("US theatrical 2028-06-04")]
    assert next_check(far, [doubt(NOW - DAY / 2)], NOW, 0.5) == NOW + DAY / 2 + timedelta(minutes=1)


def test_one_that_only_a_person_can_settle_is_not_looked_at_for_ever() -> None:
    far = [release("US theatrical 2028-06-04")]
    assert next_check(far, [doubt(NOW - 3 * DAY)], NOW, 0.0) == NOW + FAR_EVERY


def test_a_release_that_comes_near_is_not_slept_through() -> None:
    soon = [release("US theatrical 2027-03-09")]
    assert next_check(soon, [], NOW, 0.0) == utc("2027-03-02 00:00")


@given(
    st.lists(st.sampled_from([str(row[1][0]) for row in EVERY if row[1]]).map(release), max_size=3),  # type: ignore[index]
    st.floats(0, 1),
    st.booleans(),
)
def test_films_drift_apart_and_none_is_asked_later_than_its_interval(
    releases: list[Release], share: float, first: bool
) -> None:
    at = next_check(releases, [], NOW, share, first=first)
    every = interval(releases, NOW)
    assert NOW <= at <= NOW + every
    if not first and every == NEAR_EVERY:
        assert at >= NOW + every * (1 - SPREAD)
