"""What Marquee may do in a channel, asked of Discord itself: without a guild cache nothing else knows."""

import logging
from dataclasses import dataclass
from enum import Enum, auto

import discord

from bot.domain.channels import ChannelKind
from bot.ui.answers import Trouble
from bot.ui.channel_kinds import KINDS
from bot.ui.permissions import missing_permissions

log = logging.getLogger(__name__)


class RoleStanding(Enum):
    """Whether pinging a role would reach anybody."""

    FINE = auto()
    NOT_MENTIONABLE = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Sight:
    """What a channel is, and what Marquee lacks there."""

    lacks: tuple[str, ...] = ()  #: permissions that posts need, by the names that Discord shows
    kind: ChannelKind | None = None  #: None: Discord did not say


async def look_at_channel(client: discord.Client, guild_id: int, channel_id: int) -> Sight:
    """What a channel is, and which permissions Marquee lacks there.

    None also when Discord cannot be asked: then the first post tells.
    """
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        channel = await guild.fetch_channel(channel_id)
        if not isinstance(channel, discord.Thread):
            forum = isinstance(channel, discord.ForumChannel)
            lacks = missing_permissions(channel.permissions_for(me), forum=forum)
            return Sight(tuple(lacks), KINDS.get(channel.type))
        parent = await guild.fetch_channel(channel.parent_id)
    except discord.Forbidden:
        return Sight(("View Channel",))
    except Trouble as error:
        log.warning("The permissions in channel %s cannot be read: %s", channel_id, error)
        return Sight()
    if isinstance(parent, discord.Thread):  # a thread has no threads
        return Sight()
    return Sight(tuple(missing_permissions(parent.permissions_for(me), thread=True)), ChannelKind.THREAD)


async def find_role_standing(
    client: discord.Client, guild_id: int, role_id: int, channel_id: int | None
) -> RoleStanding:
    """Whether posts in a channel can ping a role.

    FINE also when Discord cannot be asked: then nothing is known against it.
    """
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        role = guild.get_role(role_id)
        if role is None:
            return RoleStanding.GONE
        if role.mentionable:
            return RoleStanding.FINE
        me = await guild.fetch_member(client.user.id if client.user else 0)
        may_mention_all = me.guild_permissions.mention_everyone
        if channel_id is not None:
            channel = await guild.fetch_channel(channel_id)
            if isinstance(channel, discord.Thread):
                channel = await guild.fetch_channel(channel.parent_id)
            if not isinstance(channel, discord.Thread):  # a thread has no threads
                may_mention_all = channel.permissions_for(me).mention_everyone
    except discord.Forbidden:
        return RoleStanding.NOT_MENTIONABLE
    except Trouble as error:
        log.warning("The role %s cannot be looked at: %s", role_id, error)
        return RoleStanding.FINE
    return RoleStanding.FINE if may_mention_all else RoleStanding.NOT_MENTIONABLE
