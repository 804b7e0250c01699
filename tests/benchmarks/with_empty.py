"""`python -m tests.benchmarks.with_empty run`: Marquee with one command more, which only answers a word.

What it costs is what discord.py, the sockets and Marquee's look at every command cost.
"""

from __future__ import annotations

import sys

import discord
from discord import app_commands
from discord.ext import commands

import bot.client
from bot.cli import main

COMMAND, WORD = "empty", "pong"


class Empty(commands.Cog):
    """Answers a word."""

    @app_commands.command(name=COMMAND, description="Answer one word")
    async def empty(self, interaction: discord.Interaction) -> None:
        """Answer."""
        await interaction.response.send_message(WORD)


if __name__ == "__main__":
    bot.client.COGS = (*bot.client.COGS, Empty)
    sys.exit(main())
