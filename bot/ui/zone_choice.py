"""The question which of a country's time zones is the server's: a line and a select, on any card."""

from collections.abc import Sequence

import discord
from discord.ui import ActionRow, LayoutView, Select

from bot.ui.card import Part, text
from bot.ui.ids import ZoneId
from bot.ui.text import small

_MAX_OPTIONS = 25  # Discord's limit


def zone_choice(zones: Sequence[str], in_force: str, custom_id: ZoneId) -> list[Part]:
    """Ask which of `zones` it is; `in_force` is the guess so far."""
    options = [
        discord.SelectOption(label=zone.replace("_", " "), value=zone, default=zone == in_force)
        for zone in zones[:_MAX_OPTIONS]
    ]
    select = Select[LayoutView](custom_id=str(custom_id), options=options)
    asked = text(small("Your country has several time zones. Which one is this server's?"))
    return [asked, ActionRow[LayoutView](select)]
