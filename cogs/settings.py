"""`/settings`: what is in force, and changing it by option, select or form."""

import logging
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.errors import UserError
from bot.domain.places import distinct_zones
from bot.domain.preferences import read_country, read_hour, read_milestones, read_wanted, read_zone
from bot.domain.subscribers import Subscriber, TrackRight
from bot.services.settings import Choices
from bot.ui.access import RoleStanding, find_missing_permissions, find_role_standing
from bot.ui.answers import Trouble, sending_of
from bot.ui.card import Card
from bot.ui.phrases import country_with_flag, wanted_in_words
from bot.ui.settings_card import Found, greeting, milestones_in_words, render_settings
from cogs.context import (
    Interaction,
    channel_problems,
    context_of,
    get_subscriber,
    guild_of,
    now_of,
    replace,
    require_manager,
    show,
    take_time,
)
from cogs.options import PostChannelOption, suggest_country, suggest_wanted, suggest_zone

log = logging.getLogger(__name__)
ACTION = "change Marquee's settings"
#: What a form asks for → its label, and an example of what to type.
FORM_TEXTS = {
    "country": ("Country", "Germany, DE, United Kingdom …"),
    "timezone": ("Time zone", "Europe/Berlin, or a city: New York"),
    "hour": ("Posting hour", "9, 18:30 or 9pm"),
    "milestones": ("Days before the release", "30, 7, 3, 1, or none"),
}


class SettingsCommands(commands.Cog):
    """For those who manage the server."""

    @app_commands.command(description="Channel, country, releases, time zone, hour, countdown and ping of this server")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(time_zone="time-zone", ping_role="ping-role", who_may_track="who-may-track")
    @app_commands.describe(
        channel="Where posts go",
        country="Whose release dates count",
        releases="Which releases count: cinema, digital, physical, or several of them",
        time_zone="Whose clock the posting hour is on, such as Berlin",
        hour="When posts appear, such as 9 or 18:30",
        countdown="Days before the release, such as 30, 7, 3, 1; or none",
        ping_role="A role to ping on release days",
        who_may_track="Who may use /track and /untrack",
    )
    @app_commands.autocomplete(country=suggest_country, releases=suggest_wanted, time_zone=suggest_zone)
    async def settings(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[int, PostChannelOption] | None = None,
        country: str | None = None,
        releases: str | None = None,
        time_zone: str | None = None,
        hour: str | None = None,
        countdown: str | None = None,
        ping_role: discord.Role | None = None,
        who_may_track: TrackRight | None = None,
    ) -> None:
        """Show the settings, after changing those that are given; all of them or, if one is wrong, none."""
        require_manager(interaction, ACTION)
        choices: Choices = {}
        if country is not None:
            choices["country"] = read_country(country)
        if releases is not None:
            choices["wanted"] = read_wanted(releases)
        if time_zone is not None:
            choices["timezone"] = read_zone(time_zone)
        if hour is not None:
            choices["posting_time"] = read_hour(hour)
        if countdown is not None:
            choices["milestones"] = read_milestones(countdown)
        if ping_role is not None:
            choices["ping_role_id"] = pingable(ping_role)
        if who_may_track is not None:
            choices["track_right"] = who_may_track
        if channel is not None:
            choices["channel_id"] = channel
        await show(interaction, await settings_card(interaction, choices), private=True)


def pingable(role: discord.Role) -> int:
    """The id of a role that may be pinged on release days.

    Raises:
        UserError: it is everyone.
    """
    if role.is_default():
        raise UserError("Marquee never pings everyone. Choose a role that people take because they want the ping.")
    return role.id


async def settings_card(interaction: Interaction, choices: Choices) -> Card:
    """Save what was chosen; the card with what is in force now."""
    context, now = context_of(interaction), now_of(interaction)
    subscriber = await get_subscriber(interaction)
    is_elsewhere = choices.get("channel_id", subscriber.channel_id) != interaction.channel_id
    if is_elsewhere or "channel_id" in choices or choices.get("ping_role_id", subscriber.ping_role_id):
        await take_time(interaction, private=True)
    if choices:
        subscriber = await context.preferences.change(subscriber.id, now, **choices)
    problems, trouble = await channel_problems(interaction, subscriber.channel_id), ""
    if "channel_id" in choices and not problems:
        problems, trouble = await _greet(interaction, subscriber)
    closed = await context.preferences.find_destination(subscriber.channel_id) if subscriber.channel_id else None
    role = await _look_at_role(interaction, subscriber)
    zones = () if subscriber.timezone_chosen else distinct_zones(subscriber.country, now)
    return render_settings(
        subscriber, Found(problems, trouble, closed, role), zones, saved_in_words(choices, subscriber)
    )


async def _look_at_role(interaction: Interaction, subscriber: Subscriber) -> RoleStanding:
    if subscriber.ping_role_id is None:
        return RoleStanding.FINE
    where = guild_of(interaction), subscriber.ping_role_id, subscriber.channel_id
    return await find_role_standing(interaction.client, *where)


async def _greet(interaction: Interaction, subscriber: Subscriber) -> tuple[list[str], str]:
    """Post the greeting in the chosen channel; if it does not arrive, what is lacking, or else why."""
    channel_id = subscriber.channel_id or 0
    destination = interaction.client.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
    try:
        await destination.send(greeting(subscriber), allowed_mentions=discord.AllowedMentions.none())
    except Trouble as error:
        log.warning("The greeting did not reach channel %s: %s", channel_id, error)
        lacking: list[str] = []
        if isinstance(error, discord.Forbidden):
            lacking = await find_missing_permissions(interaction.client, guild_of(interaction), channel_id)
        return lacking, sending_of(error, ()).reason
    await context_of(interaction).preferences.reopen(subscriber, channel_id, now_of(interaction))
    return [], ""


def saved_in_words(choices: Choices, subscriber: Subscriber) -> str:
    """What has just been changed, for the card's head; empty if nothing was."""
    named = {
        "channel_id": f"posts go to <#{subscriber.channel_id}>",
        "country": f"{country_with_flag(subscriber.country)} dates",
        "wanted": f"releases that count: {wanted_in_words(subscriber.wanted)}",
        "timezone": f"{subscriber.timezone.replace('_', ' ')} time",
        "posting_time": f"posts at {subscriber.posting_time:%H:%M}",
        "milestones": f"countdown {milestones_in_words(subscriber.milestones)}",
        "ping_role_id": f"<@&{subscriber.ping_role_id}> is pinged" if subscriber.ping_role_id else "nobody is pinged",
        "track_right": f"{'everyone' if subscriber.track_right is TrackRight.EVERYONE else 'managers only'} may track",
    }
    said = [named[name] for name in choices]
    return f"Saved: {', '.join(said)}." if said else ""


class SettingForm(discord.ui.Modal):
    """A form with one text: a country, a zone, an hour, or days."""

    def __init__(self, what: str, subscriber: Subscriber) -> None:
        label, example = FORM_TEXTS[what]
        super().__init__(title=f"Change: {label}", timeout=600)
        self._what = what
        self._typed = discord.ui.TextInput[Any](
            placeholder=example, default=_in_force(what, subscriber), max_length=100
        )
        self.add_item(discord.ui.Label[Any](text=label, component=self._typed))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Read the text, save it, and show the settings again."""
        require_manager(interaction, ACTION)
        await replace(interaction, await settings_card(interaction, _read(self._what, self._typed.value)))

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:
        """Hand errors to the one handler that all commands have."""
        await interaction.client.answer_error(interaction, error)


def _in_force(what: str, subscriber: Subscriber) -> str:
    return {
        "country": subscriber.country,
        "timezone": subscriber.timezone,
        "hour": f"{subscriber.posting_time:%H:%M}",
        "milestones": ", ".join(str(day) for day in subscriber.milestones) or "none",
    }[what]


def _read(what: str, typed: str) -> Choices:
    match what:
        case "country":
            return {"country": read_country(typed)}
        case "timezone":
            return {"timezone": read_zone(typed)}
        case "hour":
            return {"posting_time": read_hour(typed)}
        case _:
            return {"milestones": read_milestones(typed)}
