"""How many messages an announcement channel may publish in an hour."""

from __future__ import annotations

import time
from collections import defaultdict, deque

from tests.standin.errors import Json
from tests.standin.limits import too_many

HOUR = 3600.0


class PublishLimit:
    """Ten an hour and channel, as people have seen it; Discord names no number."""

    def __init__(self) -> None:
        self.an_hour = 10
        self._times: defaultdict[int, deque[float]] = defaultdict(deque)

    def take(self, channel_id: int) -> tuple[Json, int, dict[str, str]] | None:
        """Count a message; the 429 to answer with if it is one too many."""
        times, now = self._times[channel_id], time.monotonic()
        while times and times[0] <= now - HOUR:
            times.popleft()
        if len(times) < self.an_hour:
            times.append(now)
            return None
        body, headers = too_many(times[0] + HOUR - now, "user")
        return body | {"code": 0}, 429, headers
