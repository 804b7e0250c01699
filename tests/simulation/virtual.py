"""A loop whose time is no clock's: where it would wait for a timer, that moment has come."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")
#: Seconds that a turn of the loop takes: if none passed, a limiter that lacks a rounding error would ask for ever.
_TURN = 1e-6


class VirtualLoop(asyncio.SelectorEventLoop):
    """Every sleep, time-out and limiter in it goes by its own seconds, which begin at 0."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.elapsed


class _Jumping(selectors.DefaultSelector):
    """Waits for files and other threads only where no timer is set."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        self._loop.elapsed += _TURN if ready else max(timeout, _TURN)
        return ready


def run_virtually(work: Coroutine[Any, Any, _T]) -> _T:
    """Run `work` to its end, however long it means to take."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
