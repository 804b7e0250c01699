"""What Marquee may do in a channel, asked of Discord itself: without a guild cache nothing else knows."""

import logging

import discord

from bot.ui.permissions import missing_permissions

log = logging.getLogger(__name__)


async def find_missing_permissions(client: discord.Client, guild_id: int, channel_id: int) -> list[str]:
    """The permissions that posts need in a channel and Marquee lacks, by the names that Discord shows.

    Empty also when Discord cannot be asked: then the first post tells.
    """
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        channel = await guild.fetch_channel(channel_id)
        if not isinstance(channel, discord.Thread):
            return missing_permissions(channel.permissions_for(me))
        parent = await guild.fetch_channel(channel.parent_id)
    except discord.Forbidden:
        return ["View Channel"]
    except (discord.HTTPException, OSError) as error:
        log.warning("The permissions in channel %s cannot be read: %s", channel_id, error)
        return []
    if isinstance(parent, discord.Thread):  # a thread has no threads
        return []
    return missing_permissions(parent.permissions_for(me), thread=True)
