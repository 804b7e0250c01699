"""`/settings`: what is in force, and changing it by option, select or form."""

import logging
from collections.abc import Sequence
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.channels import ChannelKind
from bot.domain.delivery_preferences import read_cap, read_quiet, read_weekday
from bot.domain.errors import UserError
from bot.domain.places import distinct_zones
from bot.domain.preferences import read_country, read_hour, read_milestones, read_wanted, read_zone
from bot.domain.subscribers import Subscriber, TrackRight
from bot.services.settings import Choices
from bot.ui.access import RoleStanding, Sight, find_role_standing, look_at_channel
from bot.ui.answers import Trouble, sending_of
from bot.ui.card import Card
from bot.ui.channel_kinds import require_forum_rights
from bot.ui.setting_lines import saved_in_words
from bot.ui.settings_card import Found, greeting, render_settings
from cogs.context import (
    Interaction,
    channel_problems,
    context_of,
    get_subscriber,
    guild_of,
    now_of,
    require_manager,
    see_channel,
    show,
    take_time,
)
from cogs.options import (
    AdminChannelOption,
    PostChannelOption,
    suggest_country,
    suggest_wanted,
    suggest_weekday,
    suggest_zone,
)
from cogs.pinging import require_role_to_give

log = logging.getLogger(__name__)
ACTION = "change Marquee's settings"
OnOff = Literal["on", "off"]


class SettingsCommands(commands.Cog):
    """For those who manage the server."""

    @app_commands.command(description="Where, when, how often and about what Marquee posts in this server")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(
        time_zone="time-zone",
        quiet_hours="quiet-hours",
        countdown_style="countdown-style",
        messages_a_day="messages-a-day",
        ping_role="ping-role",
        ping_button="ping-button",
        admin_channel="admin-channel",
        who_may_track="who-may-track",
    )
    @app_commands.describe(
        channel="Where posts go",
        country="Whose release dates count",
        releases="Which releases count: cinema, digital, physical, or several of them",
        time_zone="Whose clock the hours are on, such as Berlin",
        hour="When posts appear, such as 9 or 18:30",
        quiet_hours="When nothing is sent, such as 22-8; or none",
        countdown="Days before the release, such as 30, 7, 3, 1; or none",
        countdown_style="A post for each of those days, or one live message a film that is edited daily",
        digest="The day of the weekly digest, such as Monday; or none",
        messages_a_day="How many messages a channel gets in a day, 1 to 25; what is left comes in one",
        ping_role="A role to ping on release days",
        ping_button="Whether a button on posts gives and takes that role",
        publish="Whether posts are published to followers; only in announcement channels",
        admin_channel="Where doubtful dates are asked about, and troubles told; until then where posts go",
        who_may_track="Who may use /track and /untrack",
    )
    @app_commands.autocomplete(
        country=suggest_country, releases=suggest_wanted, time_zone=suggest_zone, digest=suggest_weekday
    )
    async def settings(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[int, PostChannelOption] | None = None,
        country: str | None = None,
        releases: str | None = None,
        time_zone: str | None = None,
        hour: str | None = None,
        quiet_hours: str | None = None,
        countdown: str | None = None,
        countdown_style: Literal["posts", "live"] | None = None,
        digest: str | None = None,
        messages_a_day: int | None = None,
        ping_role: discord.Role | None = None,
        ping_button: OnOff | None = None,
        publish: OnOff | None = None,
        admin_channel: app_commands.Transform[int, AdminChannelOption] | None = None,
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
        if quiet_hours is not None:
            choices["quiet"] = read_quiet(quiet_hours)
        if countdown is not None:
            choices["milestones"] = read_milestones(countdown)
        if countdown_style is not None:
            choices["live"] = countdown_style == "live"
        if digest is not None:
            choices["digest_weekday"] = read_weekday(digest)
        if messages_a_day is not None:
            choices["daily_cap"] = read_cap(str(messages_a_day))
        if ping_role is not None:
            choices["ping_role_id"] = pingable(ping_role)
        if ping_button is not None:
            choices["role_button"] = ping_button == "on"
        if publish is not None:
            choices["crosspost"] = publish == "on"
        if admin_channel is not None:
            choices["admin_channel_id"] = admin_channel
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
    asks_more = choices.get("ping_role_id", subscriber.ping_role_id) or choices.get(
        "admin_channel_id", subscriber.admin_channel_id
    )
    if is_elsewhere or "channel_id" in choices or asks_more:
        await take_time(interaction, private=True)
    channel_id = choices.get("channel_id", subscriber.channel_id)
    sight = await see_channel(interaction, channel_id) if channel_id else Sight()
    if "channel_id" in choices:
        require_forum_rights(sight.kind, choices["channel_id"], sight.lacks)
    await require_role_to_give(interaction, subscriber, choices)
    if choices:
        subscriber = await context.preferences.change(subscriber.id, now, **choices)
    problems, trouble = sight.lacks, ""
    is_forum = sight.kind is ChannelKind.FORUM
    if "channel_id" in choices and is_forum:  # a film's post says itself what comes there
        await context.preferences.reopen(subscriber, choices["channel_id"], now)
    elif "channel_id" in choices and not problems:
        problems, trouble = await _greet(interaction, subscriber)
    closed = await context.preferences.find_destination(subscriber.channel_id) if subscriber.channel_id else None
    role = await _look_at_role(interaction, subscriber)
    zones = () if subscriber.timezone_chosen else distinct_zones(subscriber.country, now)
    admin_problems = await channel_problems(interaction, subscriber.admin_channel_id)
    found = Found(problems, trouble, closed, role, admin_problems, is_forum)
    return render_settings(subscriber, found, zones, saved_in_words(choices.keys(), subscriber))


async def _look_at_role(interaction: Interaction, subscriber: Subscriber) -> RoleStanding:
    if subscriber.ping_role_id is None:
        return RoleStanding.FINE
    where = guild_of(interaction), subscriber.ping_role_id, subscriber.channel_id
    return await find_role_standing(interaction.client, *where)


async def _greet(interaction: Interaction, subscriber: Subscriber) -> tuple[Sequence[str], str]:
    """Post the greeting in the chosen channel; if it does not arrive, what is lacking, or else why."""
    channel_id = subscriber.channel_id or 0
    destination = interaction.client.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
    try:
        await destination.send(greeting(subscriber), allowed_mentions=discord.AllowedMentions.none())
    except Trouble as error:
        log.warning("The greeting did not reach channel %s: %s", channel_id, error)
        lacking: Sequence[str] = ()
        if isinstance(error, discord.Forbidden):
            lacking = (await look_at_channel(interaction.client, guild_of(interaction), channel_id)).lacks
        return lacking, sending_of(error, ()).reason
    await context_of(interaction).preferences.reopen(subscriber, channel_id, now_of(interaction))
    return (), ""
