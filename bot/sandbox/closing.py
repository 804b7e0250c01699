"""`/sandbox-channel`: takes the bot's right to write in a channel away, as a server's admin may, and gives it back."""

from typing import Any, Literal, Protocol

import discord
from discord import app_commands
from discord.ext import commands

_TAKEN = (
    "🔒 Marquee may not write here any more. `/time-travel next post` lets one fall due; then see `/schedule` and "
    "your direct messages, for the server is yours. `/sandbox-channel give` opens the channel again."
)
_GIVEN = (
    "🔓 Marquee may write here again. It looks at a closed channel by itself now and then: `/time-travel in 1 day`, or "
    "choose the channel in `/settings`."
)


class Gatekeeper(Protocol):
    """The world, as far as this command needs it."""

    def let_bot_write(self, channel_id: int, *, allowed: bool) -> None:
        """Give the bot's right to write in a channel back, or take it away."""
        ...


class Closing(commands.Cog):
    """Closes and opens channels. Never loaded outside the sandbox."""

    def __init__(self, gatekeeper: Gatekeeper) -> None:
        self._gatekeeper = gatekeeper

    @app_commands.command(
        name="sandbox-channel", description="Take Marquee’s right to write in this channel, or give it"
    )
    @app_commands.describe(right="take: Marquee may not write here any more; give: it may again")
    @app_commands.guild_only()
    async def sandbox_channel(self, interaction: discord.Interaction[Any], right: Literal["take", "give"]) -> None:
        """Change the right, and say what to do to see what follows."""
        if interaction.channel_id is None:
            return
        self._gatekeeper.let_bot_write(interaction.channel_id, allowed=right == "give")
        await interaction.response.send_message(_GIVEN if right == "give" else _TAKEN, ephemeral=True)
