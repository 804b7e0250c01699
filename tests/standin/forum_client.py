"""The client's side of forums, threads and announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.standin.calls import ControlCalls


@dataclass(frozen=True, slots=True)
class Thread:
    """A post of a forum: its thread, whose first message has the same id."""

    id: int
    name: str
    is_archived: bool
    is_locked: bool
    tag_ids: list[int]


class ForumClient(ControlCalls):
    """Builds forums, and does to threads what moderators do."""

    async def add_forum(
        self,
        guild_id: int,
        name: str = "films",
        *,
        tags: Sequence[tuple[str, bool]] = (),
        needs_tag: bool = False,
    ) -> int:
        """Add a forum with tags (name, whether only moderators give it); its id."""
        return (await self.add_tagged_forum(guild_id, name, tags=tags, needs_tag=needs_tag))["id"]

    async def add_tagged_forum(
        self, guild_id: int, name: str = "films", *, tags: Sequence[tuple[str, bool]], needs_tag: bool = True
    ) -> dict[str, Any]:
        """The same, with the ids of its tags in order."""
        return await self.call("add_forum", guild_id=guild_id, name=name, tags=list(tags), needs_tag=needs_tag)

    async def set_thread(self, channel_id: int, *, archived: bool = False, locked: bool = False) -> None:
        """Archive, reopen, lock or unlock a thread."""
        await self.call("set_thread", channel_id=channel_id, archived=archived, locked=locked)

    async def list_threads(self, forum_id: int) -> list[Thread]:
        """List a forum's posts, oldest first."""
        return [Thread(**record) for record in await self.call("list_threads", channel_id=forum_id)]

    async def set_publish_limit(self, an_hour: int) -> None:
        """Set how many messages a channel may publish an hour; 10 at first."""
        await self.call("set_publish_limit", an_hour=an_hour)
