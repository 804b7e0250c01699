"""The control verbs for forums, threads and announcements."""

from __future__ import annotations

import time

from tests.standin.errors import Json
from tests.standin.state import Standin
from tests.standin.verbs import VerbTable
from tests.standin.world import FORUM, Tag

verb = VerbTable()


@verb
async def add_forum(standin: Standin, args: Json) -> Json:
    """Add a forum; its tags, those for moderators first."""
    guild = standin.world.guilds[args["guild_id"]]
    forum = standin.world.add_channel(guild, args["name"], kind=FORUM)
    forum.needs_tag = args["needs_tag"]
    for name, is_moderated in args["tags"]:
        forum.tags.append(Tag(standin.world.snowflakes.mint(), name, is_moderated))
    return {"id": forum.id, "tag_ids": [tag.id for tag in forum.tags]}


@verb
async def set_thread(standin: Standin, args: Json) -> None:
    """Archive, reopen, lock or unlock a thread as a moderator would, or Discord after a while."""
    thread = standin.world.channels[args["channel_id"]]
    thread.is_archived, thread.is_locked = args["archived"], args["locked"]
    thread.archived_at = time.time()


@verb
async def list_threads(standin: Standin, args: Json) -> list[Json]:
    """List a forum's posts, oldest first."""
    return [
        {
            "id": thread.id,
            "name": thread.name,
            "is_archived": thread.is_archived,
            "is_locked": thread.is_locked,
            "tag_ids": thread.applied_tags,
        }
        for thread in standin.world.channels.values()
        if thread.parent_id == args["channel_id"]
    ]


@verb
async def set_publish_limit(standin: Standin, args: Json) -> None:
    """Set how many messages a channel may publish an hour."""
    standin.publishing.an_hour = args["an_hour"]
