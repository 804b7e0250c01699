"""A film's own post in a forum: opening it, which Discord does as often as it is asked, and looking for it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, cast

import discord
from discord.http import handle_message_parameters

from bot.domain.channels import ChannelKind
from bot.domain.destinations import Closure
from bot.domain.messages import Attempt, Message, Outcome
from bot.ui.channel_kinds import KINDS
from bot.ui.components import custom_ids
from bot.ui.ids import marker_of
from bot.ui.once import never_twice
from bot.ui.posts import Rendered

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
TAG_REQUIRED = 40067
UNKNOWN_MESSAGE = 10008
#: A week without a reply, and it is listed among the older posts; the next reply brings it back.
_ARCHIVE_AFTER_MINUTES = 10_080
_PAGE = 100


async def open_post(client: discord.Client, forum_id: int, rendered: Rendered, tries: list[int]) -> int:
    """Open a post named `rendered.title`; its id, which its thread and its first message share.

    A forum that asks for a tag gets the first that is not its moderators' own. `tries`: where the requests for it are
    noted; looking at the tags is none.

    Raises:
        NotRepeated: Discord may have opened it; that and what else its answers raise.
    """
    try:
        return await _open(client, forum_id, rendered, ())
    except discord.HTTPException as error:
        if error.code != TAG_REQUIRED:
            raise
        noted = len(tries)
        try:
            forum = cast(Mapping[str, Any], await client.http.get_channel(forum_id))
        finally:
            del tries[noted:]
        tags = [tag["id"] for tag in forum.get("available_tags", ()) if not tag["moderated"]]
        if not tags:
            raise
        return await _open(client, forum_id, rendered, tags[:1])


async def find_post(client: discord.Client, message: Message, after: datetime) -> Attempt:
    """Look for the opening `message` among the forum's posts since `after`: SENT, or NOT_SENT.

    Raises:
        discord.HTTPException: they may not be read, or Discord does not answer.
    """
    me = client.user.id if client.user else 0
    after_id = discord.utils.time_snowflake(after)
    async for thread in _posts(client, message.channel_id, after):
        if int(thread.get("owner_id") or 0) != me or int(thread["id"]) < after_id:
            continue
        try:
            starter = await client.http.get_message(thread["id"], thread["id"])
        except discord.NotFound:
            continue  # somebody deleted what it began with, or all of it
        if message.message_key in map(marker_of, custom_ids(starter.get("components"))):
            return Attempt(Outcome.SENT, int(thread["id"]))
    return Attempt(Outcome.NOT_SENT, reason="It is not in the forum.")


async def kind_of(client: discord.Client, channel_id: int) -> ChannelKind | None:
    """What a channel is; None: no post can go there.

    Raises:
        discord.HTTPException: Discord does not say.
    """
    channel = cast(Mapping[str, Any], await client.http.get_channel(channel_id))
    return KINDS.get(discord.enums.try_enum(discord.ChannelType, channel["type"]))


async def other_kind(client: discord.Client, channel_id: int) -> Attempt:
    """What it means that Discord refused a channel as one without messages.

    Raises:
        discord.HTTPException: Discord does not say what it is.
    """
    kind = await kind_of(client, channel_id)
    if kind is None:
        reason = "Nobody can write posts in a channel of this kind."
        return Attempt(Outcome.CLOSED, reason=reason, closure=Closure.KIND)
    return Attempt(Outcome.NOT_SENT, reason=f"The channel is a {kind}.", kind=kind)


async def _open(client: discord.Client, forum_id: int, rendered: Rendered, tags: list[str] | tuple[()]) -> int:
    named: dict[str, Any] = {"name": rendered.title, "auto_archive_duration": _ARCHIVE_AFTER_MINUTES}
    if tags:
        named["applied_tags"] = tags
    with (
        never_twice(),
        handle_message_parameters(
            rendered.content,
            embeds=list(rendered.embeds),
            files=rendered.files(),
            view=rendered.view,
            allowed_mentions=rendered.allowed_mentions,
            channel_payload=named,
        ) as params,
    ):
        opened = await client.http.start_thread_in_forum(forum_id, params=params)
    return int(opened["id"])


async def _posts(client: discord.Client, forum_id: int, after: datetime) -> AsyncIterator[Mapping[str, Any]]:
    """The forum's posts since `after`, and perhaps others."""
    forum = cast(Mapping[str, Any], await client.http.get_channel(forum_id))
    active = await client.http.get_active_threads(forum["guild_id"])
    for thread in active["threads"]:
        if int(thread.get("parent_id") or 0) == forum_id:
            yield cast(Mapping[str, Any], thread)
    before: str | None = None
    while True:  # by the time when they were archived, the last first: those before `after` were opened before, too
        page = await client.http.get_public_archived_threads(forum_id, cast(Any, before), _PAGE)
        for thread in page["threads"]:
            yield cast(Mapping[str, Any], thread)
        if not page["threads"] or not page["has_more"]:
            return
        before = page["threads"][-1]["thread_metadata"]["archive_timestamp"]
        if datetime.fromisoformat(before) < after:
            return
