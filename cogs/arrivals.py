"""What Discord tells by the way: in which servers Marquee is, and that an admin is there to be told something."""

import logging
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.shards import Shards
from bot.domain.subscribers import SubscriberKind
from bot.ports import Clock
from bot.services.noticing import Noticing
from bot.services.presence import Presence
from bot.ui.answers import Trouble
from cogs.context import Interaction, is_manager

log = logging.getLogger(__name__)
_MAX_CONTENT = 2000  # Discord's limit


class Arrivals(commands.Cog):
    """Listens; it has no commands."""

    def __init__(self, presence: Presence, noticing: Noticing, clock: Clock) -> None:
        self._presence = presence
        self._noticing = noticing
        self._clock = clock

    @commands.Cog.listener()
    async def on_servers_named(self, shards: Shards, guild_ids: frozenset[int]) -> None:
        """Hold the servers that Discord names when shards connect against those with settings."""
        await self._presence.compare(guild_ids, self._clock.now(), shards)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, _command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu
    ) -> None:
        """After a command was answered: tell what waits for somebody like this, to them alone."""
        now = self._clock.now()
        guild_id = interaction.guild_id
        if guild_id is not None:
            await self._presence.seen(guild_id, now)
            await self._tell(interaction, SubscriberKind.GUILD, guild_id, is_manager=is_manager(interaction))
        await self._tell(interaction, SubscriberKind.USER, interaction.user.id, is_manager=True)

    @commands.Cog.listener()
    async def on_click_completion(self, interaction: Interaction) -> None:
        """After a click was answered: tell what waits for this person, to them alone."""
        await self._tell(interaction, SubscriberKind.USER, interaction.user.id, is_manager=True)

    async def _tell(self, interaction: Interaction, kind: SubscriberKind, discord_id: int, *, is_manager: bool) -> None:
        now = self._clock.now()
        waiting = await self._noticing.list_waiting(kind, discord_id, now, is_manager=is_manager)
        if not waiting or not interaction.response.is_done():
            self._noticing.not_told(waiting)
            return
        told = "\n\n".join(f"⚠️ {notice.sentence}" for notice in waiting)[:_MAX_CONTENT]
        try:
            await interaction.followup.send(told, ephemeral=True, allowed_mentions=discord.AllowedMentions.none())
        except Trouble as error:
            log.info("A notice did not arrive, and waits for another command: %s", error)
            self._noticing.not_told(waiting)
        else:
            await self._noticing.told(waiting, now)
