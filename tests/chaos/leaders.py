"""Who has the lock of the process that leads, as PostgreSQL says it, all the time; and how long each change took."""

from __future__ import annotations

import asyncio
import math
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import asyncpg

from bot.store.postgres_lock import LEAD_LOCK
from tests.chaos.postgres import DurableServer
from tests.chaos.stage import Stage

_LOOK_SECONDS = 0.05
_WHO = """
SELECT a.usename AS user, a.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint << 32 | l.objid::bigint = $1
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has had the lock since then; `session` is PostgreSQL's number of the connection. None: nobody, or unknown."""

    at: float
    user: str | None
    session: int | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A leader is gone, for a reason, while so many others stood by."""

    what: str
    at: float
    session: int | None
    standing_by: int


@dataclass(frozen=True, slots=True)
class Takeover:
    """What came after a loss, in seconds; None if it never came, or somebody else was lost before."""

    loss: Loss
    lock: float | None  #: until another has the lock
    left: int  #: of those that stood by, so many lived until then
    post: float | None  #: until another has sent a post


class LeaderWatch:
    """Looks many times a second. Use it in `async with`."""

    def __init__(self, server: DurableServer) -> None:
        self._server = server
        self._task: asyncio.Task[None] | None = None
        self._is_led = asyncio.Event()
        self.holders: list[Holder] = [Holder(0, None, None)]
        self.losses: list[Loss] = []
        self.others_killed: list[float] = []  #: when who stood by was killed
        self.served_since = 0.0  #: when PostgreSQL answered first after it was away

    @property
    def holder(self) -> Holder:
        """Who has it, as of the last look."""
        return self.holders[-1]

    def lose(self, what: str, standing_by: int, *, at: float | None = None) -> None:
        """Note that the leader is gone from that moment on, which is now unless said otherwise."""
        session = self.holder.session if at is None else None
        self.losses.append(Loss(what, at or time.time(), session, standing_by))

    async def wait_for_leader(self, timeout_seconds: float = 30) -> Holder:
        """Wait until somebody leads.

        Raises:
            TimeoutError: nobody does.
        """
        async with asyncio.timeout(timeout_seconds):
            await self._is_led.wait()
        return self.holder

    async def wait_for_another(self, timeout_seconds: float = 60) -> Holder:
        """Wait until another session than the one lost last has the lock.

        Raises:
            TimeoutError: none takes it.
        """
        lost = self.losses[-1].session
        async with asyncio.timeout(timeout_seconds):
            while True:
                if self.holder.session not in {None, lost}:
                    return self.holder
                await asyncio.sleep(_LOOK_SECONDS)

    async def takeovers(self, stage: Stage) -> list[Takeover]:
        """Hold each loss against who had the lock then, and against the posts that reached Discord."""
        posts = [request.at for request in await stage.standin.list_requests("POST", "/channels/*/messages")]
        ends = [*(loss.at for loss in self.losses), float("inf")][1:]
        return [self._takeover(loss, end, posts) for loss, end in zip(self.losses, ends, strict=True)]

    def _takeover(self, loss: Loss, end: float, posts: Sequence[float]) -> Takeover:
        later = (holder for holder in self.holders if loss.at <= holder.at < end)
        taken = next((holder.at for holder in later if holder.session not in {None, loss.session}), None)
        if taken is None:
            return Takeover(loss, None, 0, None)
        first = bisect_left(posts, taken)
        posted = posts[first] - loss.at if first < len(posts) and posts[first] < end else None
        left = loss.standing_by - sum(loss.at < at < taken for at in self.others_killed)
        return Takeover(loss, taken - loss.at, max(left, 0), posted)

    async def __aenter__(self) -> Self:
        """Look from now on."""
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self._server.url(), timeout=2)
                self.served_since = time.time()
                try:
                    while True:
                        self._note(await connection.fetchrow(_WHO, LEAD_LOCK, timeout=5))
                        await asyncio.sleep(_LOOK_SECONDS)
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                self._note(None)
                await asyncio.sleep(_LOOK_SECONDS)

    def _note(self, row: asyncpg.Record | None) -> None:
        user, session = (row["user"], row["pid"]) if row is not None else (None, None)
        if (user, session) != (self.holder.user, self.holder.session):
            self.holders.append(Holder(time.time(), user, session))
        if user is None:
            self._is_led.clear()
        else:
            self._is_led.set()


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds, so many times."""

    times: int
    median: float
    p95: float
    worst: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Self | None:
        """None if there is nothing to tell."""
        if not seconds:
            return None
        ordered = sorted(seconds)
        middle, most = ordered[len(ordered) // 2], ordered[math.ceil(0.95 * len(ordered)) - 1]
        return cls(len(ordered), round(middle, 1), round(most, 1), round(ordered[-1], 1))


def spreads(takeovers: Sequence[Takeover]) -> dict[str, dict[str, Spread | None]]:
    """By what the leader was lost to: until the lock is another's, and until a post of another's is there.

    What nobody stood by for, or what the next loss overtook, is left out.
    """
    found: dict[str, dict[str, Spread | None]] = {}
    for what in dict.fromkeys(takeover.loss.what for takeover in takeovers):
        meant = [takeover for takeover in takeovers if takeover.loss.what == what and takeover.left > 0]
        found[what] = {
            "lock": Spread.of([takeover.lock for takeover in meant if takeover.lock is not None]),
            "post": Spread.of([takeover.post for takeover in meant if takeover.post is not None]),
        }
    return found
