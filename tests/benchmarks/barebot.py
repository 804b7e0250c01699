"""The bot that Marquee is held against: `python -m tests.standin.pointing tests.benchmarks.barebot [--sync]`.

As the first page of every guide has it: default intents, default caches, one command that answers one word.
"""

from __future__ import annotations

import os
import sys

import discord
from discord import app_commands
from discord.ext import commands

TOKEN_VARIABLE = "BAREBOT_TOKEN"
COMMAND, WORD = "ping", "pong"


class BareBot(commands.Bot):
    """Default intents, default caches, one command."""

    async def setup_hook(self) -> None:
        """Add the command; tell Discord of it if asked to: once is enough."""

        @self.tree.command(name=COMMAND, description="Answer one word")
        @app_commands.describe(text="Anything")
        async def ping(interaction: discord.Interaction, text: str = "") -> None:
            await interaction.response.send_message(WORD)

        if "--sync" in sys.argv:
            await self.tree.sync()


if __name__ == "__main__":
    BareBot(commands.when_mentioned, intents=discord.Intents.default()).run(
        os.environ[TOKEN_VARIABLE], log_handler=None
    )
