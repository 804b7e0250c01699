"""A bot as small as can be, on the real discord.py, that proves the stand-in: `python -m tests.standin.pointing
tests.standin.tinybot` runs it as a process that posts once on starting."""

from __future__ import annotations

import io
import os
import re
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

TOKEN_VARIABLE = "TINYBOT_TOKEN"
CHANNEL_VARIABLE = "TINYBOT_CHANNEL"
FILMS = ("Ballerina", "Barbie", "Bambi")


class TicketButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"ticket:(?P<number>\d+)"):
    """A persistent button; it knows its number from its custom_id alone."""

    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label="Ticket", custom_id=f"ticket:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str]
    ) -> Self:
        """Rebuild the button after a restart."""
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer privately."""
        await interaction.response.send_message(f"ticket {self.number}", ephemeral=True)


class NoteModal(discord.ui.Modal, title="A note"):
    """One text field."""

    note = discord.ui.TextInput[Self](label="Note", custom_id="note", max_length=20)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say what was noted."""
        await interaction.response.send_message(f"noted: {self.note.value}")


@app_commands.command(description="Show a film")
@app_commands.describe(title="Its title", role="Who is told")
async def film(interaction: discord.Interaction, title: str, role: discord.Role | None = None) -> None:
    """Answer with a picture, a button and whom it concerns."""
    view = discord.ui.View(timeout=None)
    view.add_item(TicketButton(7))
    whom = role.name if role else "nobody"
    await interaction.response.send_message(f"{title} for {whom}", view=view)


@film.autocomplete("title")
async def complete_title(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer films; `many` offers one more than Discord takes."""
    titles = [f"film {n}" for n in range(26)] if current == "many" else [t for t in FILMS if current in t]
    return [app_commands.Choice(name=title, value=title.lower()) for title in titles]


@app_commands.command(description="Answer late")
async def slow(interaction: discord.Interaction, by_followup: bool = False) -> None:
    """Defer, fill the answer in by an edit or by the first follow-up, follow up."""
    await interaction.response.defer(thinking=True)
    if by_followup:
        await interaction.followup.send("here it is")
    else:
        await interaction.edit_original_response(content="here it is")
    await interaction.followup.send("and more", ephemeral=True)


@app_commands.command(description="Take a note")
async def note(interaction: discord.Interaction) -> None:
    """Open a modal."""
    await interaction.response.send_modal(NoteModal())


settings = app_commands.Group(
    name="settings",
    description="For those who manage the server",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@settings.command(name="channel", description="Choose a channel")
@app_commands.describe(where="The channel", days="How long before")
async def settings_channel(
    interaction: discord.Interaction,
    where: app_commands.AppCommandChannel,  # discord.TextChannel needs the guild cache, which Intents.none() has not
    days: app_commands.Range[int, 1, 30] = 7,
) -> None:
    """Repeat what was chosen, and ask by a select menu in Components V2."""
    picture = discord.ui.MediaGallery[discord.ui.LayoutView](discord.MediaGalleryItem("attachment://poster.png"))
    options = [discord.SelectOption(label=title, value=title.lower()) for title in FILMS]
    row = discord.ui.ActionRow[discord.ui.LayoutView](discord.ui.Select(custom_id="pick", options=options))
    view = discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(f"{where.name}: {days}"))
    file = discord.File(io.BytesIO(b"poster"), "poster.png")
    await interaction.response.send_message(view=view.add_item(picture).add_item(row), file=file)


class TinyBot(commands.Bot):
    """Syncs on starting, and posts once to a channel if given one."""

    def __init__(self, *, posts_to: int | None = None) -> None:
        super().__init__((), intents=discord.Intents.none(), help_command=None, allowed_mentions=None)
        self._posts_to = posts_to
        self.errors: list[Exception] = []
        self.tree.error(self._note_error)

    async def setup_hook(self) -> None:
        """Register what survives a restart, sync, post."""
        self.add_dynamic_items(TicketButton)
        for command in (film, slow, note, settings):
            self.tree.add_command(command)
        await self.tree.sync()
        if self._posts_to is not None:
            await self.get_partial_messageable(self._posts_to).send("opening night", nonce="opening-night")

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Put what was picked in the place of the menu; views of this kind need no registering."""
        data = interaction.data or {}
        if data.get("custom_id") == "pick":
            await interaction.response.defer()
            view = discord.ui.LayoutView().add_item(discord.ui.TextDisplay(f"picked {data.get('values')}"))
            await interaction.edit_original_response(view=view, attachments=[])

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the five seconds that discord.py waits before identifying again."""

    async def _note_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.append(error)


if __name__ == "__main__":
    TinyBot(posts_to=int(os.environ[CHANNEL_VARIABLE])).run(os.environ[TOKEN_VARIABLE], log_handler=None)
