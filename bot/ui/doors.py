"""Doorkeeper on discord.py: whether Marquee may write to a channel, and in which servers it is. Reads only."""

import logging

import discord

from bot.domain.destinations import Door, Look
from bot.domain.subscribers import Subscriber
from bot.ui.answers import Trouble, is_closed_by, is_unauthorised
from bot.ui.permissions import NAMES, missing_permissions

log = logging.getLogger(__name__)
_UNKNOWN_CHANNEL, _UNKNOWN_GUILD, _UNKNOWN_MEMBER, _MISSING_ACCESS = 10003, 10004, 10007, 50001
_PAGE = 200  # Discord's limit for one reading of the list of servers
#: Without these nothing can be written; what else is missing makes a post poorer.
_WRITING = frozenset(NAMES[flag] for flag in ("view_channel", "send_messages", "send_messages_in_threads"))


class DiscordDoorkeeper:
    """Looks as the bot that `client` is."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def look(self, subscriber: Subscriber, channel_id: int) -> Look:
        """Look whether messages can be written to a channel of a server."""
        try:
            guild = await self._client.fetch_guild(subscriber.discord_id, with_counts=False)
            me = await guild.fetch_member(self._client.user.id if self._client.user else 0)
        except Trouble as error:
            left = is_closed_by(error, _UNKNOWN_GUILD, _MISSING_ACCESS, _UNKNOWN_MEMBER)
            return Look(Door.LEFT) if left else _no_answer(error)
        try:
            channel = await guild.fetch_channel(channel_id)
            if not isinstance(channel, discord.Thread):
                forum = isinstance(channel, discord.ForumChannel)
                return _seen(missing_permissions(channel.permissions_for(me), forum=forum))
            parent = await guild.fetch_channel(channel.parent_id)
        except Trouble as error:
            if is_closed_by(error, _UNKNOWN_CHANNEL):
                return Look(Door.GONE)
            if is_closed_by(error, _MISSING_ACCESS):
                return Look(Door.SHUT, (NAMES["view_channel"],))
            return _no_answer(error)
        except discord.InvalidData:  # of another server: an id that was given to a new channel does not exist
            return Look(Door.GONE)
        if isinstance(parent, discord.Thread):  # a thread has no threads
            return Look(Door.UNKNOWN)
        granted = parent.permissions_for(me)
        if channel.locked and not granted.manage_threads:
            return Look(Door.SHUT)
        return _seen(missing_permissions(granted, thread=True))

    async def is_member(self, guild_id: int) -> bool | None:
        """Whether Marquee is in a server; None if Discord did not say."""
        try:
            await self._client.http.get_guild(guild_id, with_counts=False)
        except Trouble as error:
            if is_closed_by(error, _UNKNOWN_GUILD, _MISSING_ACCESS):
                return False
            log.warning("Whether Marquee is in server %s is not known: %s", guild_id, error)
            return None
        return True

    async def list_guilds(self) -> frozenset[int] | None:
        """Every server that Marquee is in; None if Discord did not say, or not all."""
        found: set[int] = set()
        after = 0
        try:
            while True:
                page = await self._client.http.get_guilds(_PAGE, after=after or None, with_counts=False)
                ids = {int(guild["id"]) for guild in page}
                found |= ids
                if len(page) < _PAGE:
                    return frozenset(found)
                if max(ids) <= after:
                    return None  # a list that does not go on
                after = max(ids)
        except (*Trouble, ValueError, KeyError, TypeError) as error:  # the last three: what cannot be read
            log.warning("The list of servers could not be read: %s", error)
            return None


def _seen(lacks: list[str]) -> Look:
    return Look(Door.SHUT if _WRITING.intersection(lacks) else Door.OPEN, tuple(lacks))


def _no_answer(error: BaseException) -> Look:
    return Look(Door.UNAUTHORISED if is_unauthorised(error) else Door.UNKNOWN)
