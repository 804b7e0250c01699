"""How late the event loop is: what waits in it, a command for one, waits so much longer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter
from types import TracebackType

_EVERY_SECONDS = 0.005


class Lag:
    """Looks every 5 ms, as long as it is open."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Lag:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def p99(self) -> float:
        """What 99 of 100 looks were not later than, in milliseconds."""
        return percentile(self.milliseconds, 0.99)

    async def _look(self) -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(_EVERY_SECONDS)
            self.milliseconds.append(1000 * (perf_counter() - began - _EVERY_SECONDS))


def percentile(values: list[float], share: float) -> float:
    """What that share of `values` does not exceed; 0 if there are none."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0.0
