"""The client's side of trouble: faults of the next requests, the global limit, cut gateway connections."""

from __future__ import annotations

from dataclasses import dataclass

from tests.standin.calls import ControlCalls
from tests.standin.faults import FaultKind
from tests.standin.gateway import Cut
from tests.standin.limits import Scope, too_many


@dataclass(frozen=True, slots=True)
class Identify:
    """A shard that identified; `at` is in seconds of a clock that never stands still."""

    shard: int
    count: int
    at: float


class TroubleClient(ControlCalls):
    """Orders trouble. A method may be `*`; in a path `*` is one segment and `**` any number of them."""

    async def fail_next(
        self,
        method: str,
        path: str,
        status: int,
        *,
        code: int = 0,
        message: str = "",
        stored: bool = False,
        times: int = 1,
    ) -> None:
        """Answer the next `times` matching requests with an error; `stored`: after they took effect."""
        body = {"message": message or f"{status}: ordered by the test", "code": code}
        await self._order("status", method, path, stored=stored, times=times, status=status, body=body)

    async def forbid_next(self, method: str, path: str, *, code: int = 50013, times: int = 1) -> None:
        """Answer with 403: 50013 Missing Permissions, 50001 Missing Access."""
        await self.fail_next(method, path, 403, code=code, message="Missing Permissions", times=times)

    async def limit_next(
        self,
        method: str,
        path: str,
        *,
        retry_after: float = 0.1,
        is_global: bool = False,
        scope: Scope = "user",
        via: bool = True,
        times: int = 1,
    ) -> None:
        """Answer with 429; without `via` as the wall before the API does when it bans an address."""
        body, headers = too_many(retry_after, "global" if is_global else scope, via=via)
        await self._order("status", method, path, times=times, status=429, body=body, headers=headers)

    async def drop_next(self, method: str, path: str, *, stored: bool, times: int = 1, reset: bool = False) -> None:
        """End the connection without an answer, before or after the request took effect; `reset` with a TCP reset."""
        await self._order("reset" if reset else "drop", method, path, stored=stored, times=times)

    async def hang_next(self, method: str, path: str, *, stored: bool = False, times: int = 1) -> None:
        """Never answer."""
        await self._order("hang", method, path, stored=stored, times=times)

    async def delay_next(self, method: str, path: str, seconds: float, *, stored: bool = False, times: int = 1) -> None:
        """Wait before the request takes effect, or before its answer; it takes effect even if the client gave up."""
        await self._order("delay", method, path, stored=stored, times=times, seconds=seconds)

    async def clear_faults(self) -> None:
        """Forget what was ordered and not used up."""
        await self.call("clear_faults")

    async def set_global_limit(self, per_second: int | None) -> None:
        """Switch Discord's global limit on (it is 50), or off."""
        await self.call("set_global_limit", per_second=per_second)

    async def set_channel_limits(self, *, on: bool) -> None:
        """Switch the limit of messages to one channel on, five in five seconds, or off."""
        await self.call("set_channel_limits", on=on)

    async def cut_gateway(self, how: Cut = "abort", *, code: int = 4000) -> int:
        """End every gateway connection; `invalidate` makes the bot identify anew. How many there were."""
        return await self.call("cut_gateway", how=how, code=code)

    async def set_session_starts(self, **limits: float | bool) -> None:
        """Set `recommended` shards, `max_concurrency`, the `remaining` identifies, `reset_seconds` until there are more
        again, and whether it is `strict` with those that come too fast.
        """
        await self.call("set_session_starts", **limits)

    async def list_identifies(self) -> list[Identify]:
        """List the identifies that were taken, oldest first."""
        return [Identify(**record) for record in await self.call("list_identifies")]

    async def _order(self, kind: FaultKind, method: str, path: str, **more: object) -> None:
        await self.call("add_fault", kind=kind, method=method, path=path, **more)
