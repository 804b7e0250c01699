"""Quiet hours: the time of day in which nothing is sent. Pure."""

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

    def end_after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet ends that `instant` falls into, aware UTC; None if it falls into none."""
        local = instant.astimezone(zone)
        if not self.cover(local.time().replace(tzinfo=None)):
            return None
        today = local_day(instant, zone)
        end = local_instant(today, self.end, zone)
        return end if end > instant else local_instant(today + timedelta(days=1), self.end, zone)
