"""The client's side of thousands of servers at once, and of the weather over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.standin.calls import ControlCalls
from tests.standin.records import Guild


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the bot's, in short. `to`: whom it was written to directly; None in a channel."""

    id: int
    channel_id: int
    to: int | None
    content: str
    last_custom_id: str
    nonce: str | None


class BulkClient(ControlCalls):
    """Builds, looks at and troubles everything at once."""

    async def add_servers(self, count: int, *, bot: Sequence[str]) -> list[tuple[Guild, int]]:
        """Add servers with a channel each, in which the bot may do what `bot` says: the server, the channel's id."""
        rows = await self.call("add_servers", count=count, bot=list(bot))
        return [(Guild(id=row[0], owner_id=row[1], bot_role_id=row[2]), row[3]) for row in rows]

    async def furnish_servers(self, *, channels: int, roles: int, emoji: int) -> None:
        """Show every server with so much in it to those who connect from now on and want to see servers."""
        await self.call("furnish_servers", channels=channels, roles=roles, emoji=emoji)

    async def say_everywhere(self, channel_ids: Sequence[int], content: str) -> None:
        """Have the owners of these channels' servers write a line there."""
        await self.call("say_everywhere", channel_ids=list(channel_ids), content=content)

    async def list_told(self) -> list[Told]:
        """List everything the bot wrote and that is still there, oldest first."""
        return [Told(**row) for row in await self.call("list_told")]

    async def set_storm(self, shares: Mapping[str, float], *, seed: int = 0, seconds: float = 0.0) -> None:
        """Have such shares of the posts meet trouble by chance (`storm.TROUBLES`); none ends it."""
        await self.call("set_storm", shares=dict(shares), seed=seed, seconds=seconds)
