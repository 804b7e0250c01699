"""How often bots may identify: one of a bucket every five seconds, and so many in all until that is reset."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum

from tests.standin.errors import Json

BUCKET_SECONDS = 5.0


class Verdict(Enum):
    """What becomes of an identify."""

    TAKEN = "taken"
    TOO_FAST = "too fast"  #: the session is invalid
    USED_UP = "used up"  #: Discord resets the token


@dataclass(slots=True)
class SessionStarts:
    """Discord's limits of identifies. Those that come too fast are counted, and refused if it is `strict`."""

    recommended: int = 1
    max_concurrency: int = 1
    remaining: int = 1_000
    reset_seconds: float = 0.0
    strict: bool = False
    too_fast: int = 0
    used_up: int = 0
    taken: list[Json] = field(default_factory=list[Json])
    _last: dict[int, float] = field(default_factory=dict[int, float])

    def judge(self, shard_id: int, count: int) -> Verdict:
        """Count an identify that came just now."""
        now = time.monotonic()
        bucket = shard_id % self.max_concurrency
        if now - self._last.get(bucket, float("-inf")) < BUCKET_SECONDS:
            self.too_fast += 1
            if self.strict:
                return Verdict.TOO_FAST
        self._last[bucket] = now
        if self.remaining < 1:
            self.used_up += 1
            return Verdict.USED_UP
        self.remaining -= 1
        self.taken.append({"shard": shard_id, "count": count, "at": now})
        return Verdict.TAKEN

    def shape(self) -> Json:
        """Render them as GET /gateway/bot does."""
        return {
            "total": 1_000,
            "remaining": self.remaining,
            "reset_after": int(self.reset_seconds * 1000),
            "max_concurrency": self.max_concurrency,
        }
