"""Discord's rate limits, off until a test switches them on: one for all requests of the bot, one for each channel.

Discord does not say where its seconds begin. Here any second counts (a sliding window), which is the stricter reading:
whoever keeps to it keeps to fixed seconds as well. A request that is refused does not count.
"""

from __future__ import annotations

import math
import re
import time
from collections import deque
from typing import Literal

from tests.standin.errors import Json

Scope = Literal["user", "global", "shared"]
_EXEMPT = re.compile(r"^/(interactions|webhooks)/")  # Discord does not count these towards the global limit
_POSTS = re.compile(r"^/channels/(\d+)/messages$")
#: As Discord's headers say of messages to a channel.
_POSTS_A_WINDOW, _WINDOW_SECONDS = 5, 5.0
_BUCKET = "80c17d2f203122d936070c88c8d10f33"


class GlobalLimit:
    """Discord's limit on all requests of one bot together."""

    def __init__(self) -> None:
        self.per_second: int | None = None
        self.refused = 0
        #: The most requests that came within one second, refused ones too.
        self.peak = 0
        self._came: deque[float] = deque()
        self._let_in: deque[float] = deque()

    def take(self, path: str) -> float | None:
        """Count a request; the seconds to wait if it is one too many."""
        if _EXEMPT.match(path):
            return None
        now = time.monotonic()
        self._came.append(now)
        _forget(self._came, now)
        self.peak = max(self.peak, len(self._came))
        if self.per_second is None:
            return None
        _forget(self._let_in, now)
        if len(self._let_in) < self.per_second:
            self._let_in.append(now)
            return None
        self.refused += 1
        return self._let_in[0] + 1 - now


class ChannelLimits:
    """The limit on messages to one channel: five in five seconds, counted from the first of them."""

    def __init__(self) -> None:
        self.is_on = False
        self.refused = 0
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, method: str, path: str) -> tuple[float | None, dict[str, str]]:
        """Count a request: the seconds to wait if it is one too many, and what the answer's headers say."""
        posts = _POSTS.match(path)
        if not self.is_on or method != "POST" or posts is None:
            return None, {}
        now = time.monotonic()
        ends, left = self._windows.get(posts[1], (0.0, 0))
        if now >= ends:
            ends, left = now + _WINDOW_SECONDS, _POSTS_A_WINDOW
        wait = None if left > 0 else ends - now
        left = max(left - 1, 0)
        self.refused += wait is not None
        self._windows[posts[1]] = ends, left
        return wait, {
            "X-RateLimit-Bucket": _BUCKET,
            "X-RateLimit-Limit": str(_POSTS_A_WINDOW),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + ends - now:.3f}",
            "X-RateLimit-Reset-After": f"{ends - now:.3f}",
        }


def too_many(retry_after: float, scope: Scope, *, via: bool = True) -> tuple[Json, dict[str, str]]:
    """Build the body and headers of a 429; without `via` it is the wall's before the API, which has no scope either."""
    is_global = scope == "global"
    body: Json = {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": is_global}
    headers = {"Retry-After": str(math.ceil(retry_after))}
    if not via:
        return body, headers | {"Via": ""}
    headers["X-RateLimit-Scope"] = scope
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    return body, headers


def _forget(times: deque[float], now: float) -> None:
    while times and times[0] <= now - 1:
        times.popleft()
