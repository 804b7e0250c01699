"""Quiet hours: the time of day in which nothing is sent, and what becomes of posts that fall into it. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dates import local_day, local_instant


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` by local clocks, every day; over midnight if `end` is the earlier one. Never the same."""

    start: time
    end: time

    def cover(self, at: time) -> bool:
        """Whether clocks that show `at` are in them; their end is not."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def covers(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether `instant` falls into them."""
        return self.cover(instant.astimezone(zone).time())

    def end_after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet ends that `instant` falls into, aware UTC; None if it falls into none.

        Where the clock goes back over their end, they end a second time; where it jumps over both, only the next day.
        """
        if not self.covers(instant, zone):
            return None
        today = local_day(instant, zone)
        ends: list[datetime] = []
        for days in range(3):
            day = today + timedelta(days=days)
            again = datetime.combine(day, self.end, tzinfo=zone).replace(fold=1).astimezone(instant.tzinfo)
            ends += [local_instant(day, self.end, zone), again]
        return min(end for end in ends if end > instant and not self.covers(end, zone))
