"""Waiting for the stand-in's state to change, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """A bell that rings whenever something a test may wait for has changed."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()

    def notify(self) -> None:
        """Wake everybody who waits, to look again."""
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    async def wait_until(self, holds: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until `holds()`; False when the time ran out first."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while not holds():
                    await self._bell.wait()
        except TimeoutError:
            return holds()
        return True
