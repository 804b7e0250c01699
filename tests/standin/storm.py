"""Weather: of the posts that come in while a storm blows, each may meet a trouble of its own, by chance."""

from __future__ import annotations

import random
from collections.abc import Mapping

from tests.standin.faults import Fault, FaultKind, path_pattern

_POSTS = path_pattern("/channels/*/messages")
#: What each trouble does, and whether the message is stored by then.
TROUBLES: Mapping[str, tuple[FaultKind, bool]] = {
    "late": ("delay", False),
    "answered late": ("delay", True),
    "never": ("hang", False),
    "unanswered": ("hang", True),
    "dropped": ("drop", False),
    "dropped after": ("drop", True),
    "reset after": ("reset", True),
    "503": ("status", False),
    "503 after": ("status", True),
}


class Storm:
    """Takes `shares` of the messages that are sent, by the names of `TROUBLES`; delays are up to `seconds`."""

    def __init__(self, seed: int, shares: Mapping[str, float], seconds: float) -> None:
        self._chance = random.Random(seed)
        self._shares = {TROUBLES[name]: share for name, share in shares.items()}
        self._seconds = seconds

    def take(self, method: str, path: str) -> Fault | None:
        """What becomes of this request; None for most."""
        if method != "POST" or not _POSTS.fullmatch(path):
            return None
        drawn = self._chance.random()
        for (kind, stored), share in self._shares.items():
            if drawn < share:
                seconds = self._chance.uniform(0, self._seconds)
                body = {"message": "Service Unavailable", "code": 0}
                return Fault(kind, method, path, stored=stored, times=0, seconds=seconds, status=503, body=body)
            drawn -= share
        return None
