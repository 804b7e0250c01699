"""Threads that went to sleep: Discord wakes them for a message, not for an edit, and a locked one for nobody."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_ARCHIVED, _LOCKED = 50083, 160005
T = TypeVar("T")


class ThreadLocked(Exception):
    """A moderator locked the thread, and Marquee may not open it."""


async def awake(
    client: discord.Client, channel_id: int, request: Callable[[], Awaitable[T]], tries: list[int] | None = None
) -> T:
    """Make `request` in a thread; if that is archived, reopen it and make it once more, with the same key.

    `tries`: where the requests for it are noted; those that reopen the thread are taken out again.

    Raises:
        ThreadLocked: it may not be reopened.
    """
    try:
        return await request()
    except discord.HTTPException as error:
        if error.code not in {_ARCHIVED, _LOCKED}:
            raise
    noted = len(tries or ())
    try:
        await client.http.edit_channel(channel_id, archived=False)
    except discord.Forbidden as error:
        raise ThreadLocked from error
    finally:
        del (tries or [])[noted:]
    try:
        return await request()
    except discord.HTTPException as error:
        if error.code in {_ARCHIVED, _LOCKED}:  # locked, and not archived
            raise ThreadLocked from error
        raise
