"""How fast requests leave for Discord: evenly, below the limit that it sets for one bot."""

from types import TracebackType

from aiolimiter import AsyncLimiter


class Pace:
    """`async with pace:` waits for a turn. `per_second`: turns a second, for all messages together."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        # One at a time: a burst of a second's worth, and another right after it, would be two within one of Discord's.
        self._turns = AsyncLimiter(1, 1 / per_second)

    async def __aenter__(self) -> None:
        await self._turns.acquire()

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        pass
