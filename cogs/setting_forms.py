"""Changing a setting from the card's last select: a form for what is typed, a turn for what is one of two."""

from collections.abc import Callable
from typing import Any

import discord

from bot.domain.delivery_preferences import read_cap, read_quiet, read_weekday
from bot.domain.preferences import read_country, read_hour, read_milestones, read_zone
from bot.domain.subscribers import Subscriber, TrackRight
from bot.services.settings import Choices
from bot.ui.setting_lines import quiet_in_words, weekday_name
from cogs.context import Interaction, replace, require_manager
from cogs.settings import ACTION, settings_card

#: What a form asks for → its label, and an example of what to type.
_TEXTS = {
    "country": ("Country", "Germany, DE, or United Kingdom"),
    "timezone": ("Time zone", "Europe/Berlin, or a city: New York"),
    "hour": ("Posting hour", "9, 18:30 or 9pm"),
    "quiet": ("Quiet hours", "22-8, 10pm to 8am, or none"),
    "milestones": ("Days before the release", "30, 7, 3, 1, or none"),
    "digest": ("Day of the weekly digest", "Monday, Fri, or none"),
    "cap": ("Messages a day in one channel", "6"),
}
_READERS: dict[str, Callable[[str], Choices]] = {
    "country": lambda typed: {"country": read_country(typed)},
    "timezone": lambda typed: {"timezone": read_zone(typed)},
    "hour": lambda typed: {"posting_time": read_hour(typed)},
    "quiet": lambda typed: {"quiet": read_quiet(typed)},
    "milestones": lambda typed: {"milestones": read_milestones(typed)},
    "digest": lambda typed: {"digest_weekday": read_weekday(typed)},
    "cap": lambda typed: {"daily_cap": read_cap(typed)},
}


class SettingForm(discord.ui.Modal):
    """A form with one text: a country, a zone, hours, days or a number."""

    def __init__(self, what: str, subscriber: Subscriber) -> None:
        label, example = _TEXTS[what]
        super().__init__(title=f"Change: {label}", timeout=600)
        self._what = what
        self._typed = discord.ui.TextInput[Any](default=_in_force(what, subscriber), max_length=100)
        self.add_item(discord.ui.Label[Any](text=label, description=f"Such as {example}", component=self._typed))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Read the text, save it, and show the settings again."""
        require_manager(interaction, ACTION)
        await replace(interaction, await settings_card(interaction, _READERS[self._what](self._typed.value)))

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:
        """Hand errors to the one handler that all commands have."""
        await interaction.client.answer_error(interaction, error)


def turned_over(what: str, subscriber: Subscriber) -> Choices | None:
    """The other of the two values that a setting has; None if it takes a form."""
    match what:
        case "who":
            everyone = subscriber.track_right is TrackRight.EVERYONE
            return {"track_right": TrackRight.MANAGERS if everyone else TrackRight.EVERYONE}
        case "live":
            return {"live": not subscriber.live}
        case "button":
            return {"role_button": not subscriber.role_button}
        case "crosspost":
            return {"crosspost": not subscriber.crosspost}
        case _:
            return None


def _in_force(what: str, subscriber: Subscriber) -> str:
    return {
        "country": subscriber.country,
        "timezone": subscriber.timezone,
        "hour": f"{subscriber.posting_time:%H:%M}",
        "quiet": quiet_in_words(subscriber),
        "milestones": ", ".join(str(day) for day in subscriber.milestones) or "none",
        "digest": weekday_name(subscriber.digest_weekday) or "none",
        "cap": str(subscriber.daily_cap),
    }[what]
