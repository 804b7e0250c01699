"""When closed channels are looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.admin_notices import wait_before_retry
from bot.domain.destinations import Closure, Door, first_look_at, next_look_at

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHANNEL = 555_000_000_000_000_001


def about(wait: timedelta) -> tuple[timedelta, timedelta]:
    return wait * 0.9, wait * 1.1


@pytest.mark.parametrize(
    ("closure", "wait"),
    [
        (None, HOUR),
        (Closure.PERMISSION, HOUR),
        (Closure.LOCKED, HOUR),
        (Closure.CHANNEL, HOUR),
        (Closure.ACCESS, timedelta(minutes=1)),
        (Closure.SERVER, timedelta(minutes=1)),
    ],
)
def test_the_first_look(closure: Closure | None, wait: timedelta) -> None:
    at = first_look_at(closure, CHANNEL, NOW)
    assert at is not None
    least, most = about(wait)
    assert least <= at - NOW <= most


def test_nobody_looks_at_closed_direct_messages() -> None:
    assert first_look_at(Closure.DIRECT, CHANNEL, NOW) is None


@pytest.mark.parametrize(("probes", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24), (400, 24)])
def test_each_look_waits_twice_as_long_up_to_a_day(probes: int, hours: int) -> None:
    at = next_look_at(Door.SHUT, probes, CHANNEL, NOW)
    assert at is not None
    least, most = about(hours * HOUR)
    assert least <= at - NOW <= most


def test_a_deleted_channel_is_given_up_after_a_month() -> None:
    ats = [next_look_at(Door.GONE, probes, CHANNEL, NOW) for probes in (1, 2, 3, 4, 5)]
    assert [at is None for at in ats] == [False, False, False, True, True]
    least, most = about(7 * DAY)
    assert all(least <= at - NOW <= most for at in ats if at is not None)


def test_no_answer_is_no_look() -> None:
    at = next_look_at(Door.UNKNOWN, 9, CHANNEL, NOW)
    assert at is not None
    assert at - NOW < timedelta(minutes=12)


def test_channels_closed_together_are_not_looked_at_together() -> None:
    ats = {next_look_at(Door.SHUT, 1, CHANNEL + number, NOW) for number in range(100)}
    assert len(ats) > 95
    assert next_look_at(Door.SHUT, 1, CHANNEL, NOW) in ats, "the same channel always draws the same"


def test_a_notice_is_tried_less_and_less() -> None:
    assert [wait_before_retry(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 6, 7, 60)] == [
        2, 4, 8, 60, 60, 60,
    ]  # fmt: skip
