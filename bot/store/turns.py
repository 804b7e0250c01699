"""Whose turn it is to write: one at a time, who has somebody waiting first."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """A lock with two queues: as long as anybody stands in the first, nobody of the second gets it."""

    def __init__(self) -> None:
        self._taken = False
        self._first: deque[asyncio.Future[None]] = deque()
        self._then: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, first: bool = False) -> AsyncGenerator[None]:
        """Wait for the turn, and have it for the length of the block."""
        if self._taken:
            await self._wait(self._first if first else self._then)
        self._taken = True
        try:
            yield
        finally:
            self._hand_on()

    async def _wait(self, queue: deque[asyncio.Future[None]]) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it was handed over just then
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        """Give the turn to the next who still waits; it stays taken meanwhile, so that nobody slips in."""
        for queue in (self._first, self._then):
            while queue:
                following = queue.popleft()
                if not following.done():
                    following.set_result(None)
                    return
        self._taken = False
