"""`/export`: the server's list as a file."""

from io import BytesIO
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.errors import UserError
from bot.services.exporting import ExportFormat
from bot.ui.follow_cards import exported_line
from bot.ui.list_cards import nothing_tracked
from cogs.context import Interaction, context_of, guild_of, now_of


class ExportCommands(commands.Cog):
    """Everyone's: it says what `/tracked` says."""

    @app_commands.command(description="What this server tracks and follows, as a file for you alone")
    @app_commands.describe(format="JSON for programs, CSV for spreadsheets")
    async def export(self, interaction: Interaction, format: Literal["json", "csv"]) -> None:
        """Hand over the list."""
        exported = await context_of(interaction).exporting.export(
            guild_of(interaction), ExportFormat(format), now_of(interaction)
        )
        if exported is None:
            raise UserError(nothing_tracked())
        await interaction.response.send_message(
            exported_line(exported.films, exported.follows, csv=format == "csv"),
            file=discord.File(BytesIO(exported.content), exported.filename),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )
