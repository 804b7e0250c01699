"""`/help` and `/about`."""

from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.ui.about_card import render_about
from bot.ui.help_card import render_help
from cogs.context import Interaction, context_of, now_of, show


class HelpCommands(commands.Cog):
    """What Marquee can do, and where its facts come from."""

    @app_commands.command(description="What Marquee can do, by task")
    async def help(self, interaction: Interaction) -> None:
        """Show all commands."""
        await show(interaction, render_help(), private=True)

    @app_commands.command(description="Where the dates and facts come from")
    async def about(self, interaction: Interaction) -> None:
        """Show version and sources."""
        context = context_of(interaction)
        sources = await context.films.list_sources()
        card = render_about(__version__, len(context.search.films), sources, now_of(interaction))
        await show(interaction, card, private=True)
