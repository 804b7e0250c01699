"""What a channel may be told, by what it was told today."""

from datetime import UTC, datetime, time

import pytest

from bot.domain.allowance import Share, Told, day_of, next_turn, share_of
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Subscriber, SubscriberKind

BERLIN = Subscriber(1, SubscriberKind.GUILD, 7, timezone="Europe/Berlin", posting_time=time(9))


@pytest.mark.parametrize(
    ("told", "share"),
    [
        (Told(0, 0), Share.ALL),
        (Told(5, 0), Share.ALL),
        (Told(6, 0), Share.DIGEST),
        (Told(9, 0), Share.DIGEST),  # release days may have been told beyond the cap
        (Told(7, 1), Share.RELEASES),
        (Told(2, 1), Share.ALL),  # the cap was raised after the digest
    ],
)
def test_after_the_cap_comes_a_digest_and_then_release_days_alone(told: Told, share: Share) -> None:
    assert share_of(told, cap=6) is share


@pytest.mark.parametrize(
    ("now", "began", "ended"),
    [
        ("2025-06-01T12:00", "2025-05-31T22:00", "2025-06-01T22:00"),
        ("2025-05-31T22:00", "2025-05-31T22:00", "2025-06-01T22:00"),
        ("2025-05-31T21:59", "2025-05-30T22:00", "2025-05-31T22:00"),
        ("2025-03-30T12:00", "2025-03-29T23:00", "2025-03-30T22:00"),  # 23 hours
        ("2025-10-26T12:00", "2025-10-25T22:00", "2025-10-26T23:00"),  # 25
    ],
)
def test_a_day_is_the_servers_own(now: str, began: str, ended: str) -> None:
    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert day_of(BERLIN, utc(now)) == (utc(began), utc(ended))


@pytest.mark.parametrize(
    ("quiet", "hour"), [(None, 7), (QuietHours(time(22), time(8)), 7), (QuietHours(time(22), time(10, 30)), 8.5)]
)
def test_the_next_turn_is_tomorrows_posting_hour(quiet: QuietHours | None, hour: float) -> None:
    late = datetime(2025, 6, 1, 21, 59, tzinfo=UTC)
    subscriber = Subscriber(1, SubscriberKind.GUILD, 7, timezone="Europe/Berlin", posting_time=time(9), quiet=quiet)
    turn = next_turn(subscriber, late)
    assert (turn.day, turn.hour + turn.minute / 60) == (2, hour)
