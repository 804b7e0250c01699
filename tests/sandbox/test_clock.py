from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.clock import VirtualClock

MORNING = datetime(2025, 5, 27, 8, 30, tzinfo=ZoneInfo("America/New_York"))


def test_stands_still_in_utc_until_it_follows_something() -> None:
    clock = VirtualClock(MORNING)
    assert clock.now() == clock.now() == datetime(2025, 5, 27, 12, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_follows() -> None:
    clock, shown = VirtualClock(MORNING), [datetime(2025, 6, 6, tzinfo=UTC), datetime(2025, 6, 7, tzinfo=UTC)]
    clock.follow(lambda: shown.pop(0))
    assert clock.now() == datetime(2025, 6, 6, tzinfo=UTC)
    assert clock.now() == datetime(2025, 6, 7, tzinfo=UTC)
