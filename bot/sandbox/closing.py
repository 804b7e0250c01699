"""`/sandbox-channel`: what a server's admin, or Discord, may do to posts: no right to write, given back, refused."""

from typing import Any, Literal, Protocol

import discord
from discord import app_commands
from discord.ext import commands

_SAID = {
    "take": "🔒 Marquee may not write here any more. `/time-travel next post` lets a post fall due; then see "
    "`/schedule` and your direct messages, for the server is yours. `/sandbox-channel give` opens the channel again.",
    "give": "🔓 Marquee may write here again. It looks at a closed channel by itself now and then: "
    "`/time-travel in 1 day`, or choose the channel in `/settings`.",
    "refuse": "🧱 Discord will refuse the next post here, also as plain text. `/time-travel next post` lets one fall "
    "due; then see `/schedule`.",
}


class Gatekeeper(Protocol):
    """The world, as far as this command needs it."""

    def let_bot_write(self, channel_id: int, *, allowed: bool) -> None:
        """Give the bot's right to write in a channel back, or take it away."""
        ...

    def refuse_next_post(self, channel_id: int) -> None:
        """Refuse the next message in a channel, and what is tried in its place."""
        ...


class Closing(commands.Cog):
    """Closes and opens channels. Never loaded outside the sandbox."""

    def __init__(self, gatekeeper: Gatekeeper) -> None:
        self._gatekeeper = gatekeeper

    @app_commands.command(name="sandbox-channel", description="Keep Marquee from writing here, and see what it does")
    @app_commands.rename(what="right")
    @app_commands.describe(
        what="take: it may not write here any more; give: it may again; refuse: Discord refuses its next post"
    )
    @app_commands.guild_only()
    async def sandbox_channel(
        self, interaction: discord.Interaction[Any], what: Literal["take", "give", "refuse"]
    ) -> None:
        """Do it, and say how to see what follows."""
        if interaction.channel_id is None:
            return
        if what == "refuse":
            self._gatekeeper.refuse_next_post(interaction.channel_id)
        else:
            self._gatekeeper.let_bot_write(interaction.channel_id, allowed=what == "give")
        await interaction.response.send_message(_SAID[what], ephemeral=True)
