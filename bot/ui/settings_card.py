"""What `/settings` shows: everything in force, and the ways to change it."""

from collections.abc import Sequence
from dataclasses import dataclass

import discord
from discord.ui import ActionRow, ChannelSelect, LayoutView, RoleSelect, Select

from bot.domain.messages import Destination
from bot.domain.places import country_name
from bot.domain.subscribers import Subscriber, TrackRight, Wanted
from bot.ui.access import RoleStanding
from bot.ui.card import Accent, Card, Part, build_card, gap, text
from bot.ui.ids import SettingId, SettingName, ZoneId
from bot.ui.phrases import channel, city, country_with_flag, wanted_in_words
from bot.ui.text import escape
from bot.ui.zone_choice import zone_choice

#: Where posts can go: what a person can write in.
POSTABLE = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
]

_WAYS = {
    Wanted.CINEMA: "The first day in cinemas, limited or wide",
    Wanted.DIGITAL: "Streaming, to rent or buy, or on TV",
    Wanted.PHYSICAL: "On disc",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the way of posts, as far as Discord told."""

    problems: Sequence[str] = ()  #: permissions lacking in the channel
    trouble: str = ""  #: why the greeting did not arrive, if no permission is lacking
    closed: Destination | None = None  #: the channel's health
    role: RoleStanding = RoleStanding.FINE


def render_settings(subscriber: Subscriber, found: Found, zones: Sequence[str], saved: str = "") -> Card:
    """The settings in force. `zones`: which of them it may be, if that is still a guess; `saved`: what has changed."""
    who = "everyone" if subscriber.track_right is TrackRight.EVERYONE else "people with Manage Server"
    lines = [
        f"**Channel** · {channel(subscriber.channel_id)}",
        f"**Country** · {country_with_flag(subscriber.country)}" + _mark(chosen=subscriber.country_chosen),
        f"**Counts** · {wanted_in_words(subscriber.wanted)}",
        f"**Time zone** · {subscriber.timezone.replace('_', ' ')}" + _mark(chosen=subscriber.timezone_chosen),
        f"**Posting hour** · {subscriber.posting_time:%H:%M}",
        f"**Countdown** · {milestones_in_words(subscriber.milestones)}",
        f"**Role to ping on release days** · {_role(subscriber)}",
        f"**Who may track** · {who}",
    ]
    parts: list[Part] = [text("## Settings", *([f"✅ {saved}"] if saved else [])), text(*lines)]
    warnings = [*_channel_warnings(subscriber, found), *_role_warnings(subscriber, found.role)]
    if warnings:
        parts.append(text(*warnings))
    parts += [gap(), *_controls(subscriber)]
    if len(zones) > 1:
        parts += zone_choice(zones, subscriber.timezone, ZoneId(0))
    return build_card(parts, Accent.REFUSED if warnings else Accent.UPCOMING)


def milestones_in_words(milestones: Sequence[int]) -> str:
    """When countdowns come: "30, 7, 3 and 1 days before, and on the day"."""
    if not milestones:
        return "only on the release day"
    days = [str(day) for day in milestones]
    joined = days[0] if len(days) == 1 else f"{', '.join(days[:-1])} and {days[-1]}"
    return f"{joined} {'day' if days == ['1'] else 'days'} before, and on the day"


def greeting(subscriber: Subscriber) -> str:
    """What Marquee posts once in a channel that was chosen."""
    place = city(subscriber.timezone)
    return (
        "🎬 Marquee will post here: countdowns, release days and moved dates. "
        f"{country_name(subscriber.country)} dates, at {subscriber.posting_time:%H:%M} {place} time."
    )


def _mark(*, chosen: bool) -> str:
    return "" if chosen else " (guessed)"


def _role(subscriber: Subscriber) -> str:
    return f"<@&{subscriber.ping_role_id}>" if subscriber.ping_role_id else "nobody"


def _channel_warnings(subscriber: Subscriber, found: Found) -> list[str]:
    where = channel(subscriber.channel_id)
    if found.problems:
        lacking = f"⚠️ I may not post in {where}: I lack **{', '.join(found.problems)}**."
        return [f"{lacking} Allow it in the channel's settings under Permissions, then save the channel again here."]
    warnings: list[str] = []
    if found.trouble:
        said = f"⚠️ My greeting did not arrive in {where}: {escape(found.trouble)}"
        warnings.append(f"{said} Save the channel again here to try once more.")
    if found.closed is not None and found.closed.paused:
        paused = f"⚠️ Posts to {where} are paused: {escape(found.closed.reason)}"
        warnings.append(f"{paused} Save the channel again here once that is mended.")
    return warnings


def _role_warnings(subscriber: Subscriber, standing: RoleStanding) -> list[str]:
    """Why a ping would reach nobody, and what to do."""
    match standing:
        case RoleStanding.FINE:
            return []
        case RoleStanding.GONE:
            return ["⚠️ The role to ping no longer exists, so nobody is pinged. Choose another one below."]
        case RoleStanding.NOT_MENTIONABLE:
            said = f"⚠️ <@&{subscriber.ping_role_id}> cannot be mentioned, so nobody would be pinged."
            return [f"{said} In Server Settings → Roles → that role, tick “Allow anyone to @mention this role”."]


def _controls(subscriber: Subscriber) -> list[Part]:
    channels = ChannelSelect[LayoutView](
        custom_id=str(SettingId(SettingName.CHANNEL)), placeholder="Channel for posts", channel_types=POSTABLE
    )
    roles = RoleSelect[LayoutView](
        custom_id=str(SettingId(SettingName.ROLE)),
        placeholder="Role to ping on release days (empty: nobody)",
        min_values=0,
    )
    ways = Select[LayoutView](
        custom_id=str(SettingId(SettingName.WANTED)),
        placeholder="Which releases count",
        max_values=len(Wanted),
        options=[
            discord.SelectOption(
                label=f"{way.value.capitalize()} releases",
                value=way.value,
                description=_WAYS[way],
                default=way in subscriber.wanted,
            )
            for way in Wanted
        ],
    )
    others = Select[LayoutView](
        custom_id=str(SettingId(SettingName.OTHER)),
        placeholder="Change something else…",
        options=[
            discord.SelectOption(label="Country", value="country", description="Whose release dates are posted"),
            discord.SelectOption(label="Time zone", value="timezone", description="Whose clock the posting hour is on"),
            discord.SelectOption(label="Posting hour", value="hour", description="When posts appear"),
            discord.SelectOption(label="Countdown", value="milestones", description="How many days before"),
            discord.SelectOption(
                label="Who may track",
                value="who",
                description="Now everyone" if subscriber.track_right is TrackRight.EVERYONE else "Now managers only",
            ),
        ],
    )
    return [ActionRow[LayoutView](each) for each in (channels, roles, ways, others)]
