"""What `/settings` shows: everything in force, and the ways to change it."""

from collections.abc import Sequence

import discord
from discord.ui import ActionRow, ChannelSelect, LayoutView, RoleSelect, Select

from bot.domain.messages import Destination
from bot.domain.places import country_name
from bot.domain.subscribers import Subscriber, TrackRight
from bot.ui.card import Accent, Card, Part, build_card, gap, text
from bot.ui.ids import SettingId, SettingName
from bot.ui.phrases import channel, country_with_flag

#: Where posts can go: what a person can write in.
POSTABLE = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
]


def render_settings(
    subscriber: Subscriber, problems: Sequence[str], closed: Destination | None, saved: str = "", advice: str = ""
) -> Card:
    """The settings in force. `problems`: permissions lacking in the channel; `saved`: what has just been changed."""
    who = "everyone" if subscriber.track_right is TrackRight.EVERYONE else "people with Manage Server"
    lines = [
        f"**Channel** · {channel(subscriber.channel_id)}",
        f"**Country** · {country_with_flag(subscriber.country)}" + _mark(chosen=subscriber.country_chosen),
        f"**Time zone** · {subscriber.timezone.replace('_', ' ')}" + _mark(chosen=subscriber.timezone_chosen),
        f"**Posting hour** · {subscriber.posting_time:%H:%M}",
        f"**Countdown** · {milestones_in_words(subscriber.milestones)}",
        f"**Role to ping on release days** · {_role(subscriber)}",
        f"**Who may track** · {who}",
    ]
    parts: list[Part] = [text("## Settings", *([f"✅ {saved}"] if saved else [])), text(*lines)]
    warnings = [*_channel_warnings(subscriber, problems, closed), *([advice] if advice else [])]
    if warnings:
        parts.append(text(*warnings))
    parts += [gap(), *_controls(subscriber)]
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
    city = subscriber.timezone.rsplit("/", 1)[-1].replace("_", " ")
    return (
        "🎬 Marquee will post here: countdowns, release days and moved dates. "
        f"{country_name(subscriber.country)} dates, at {subscriber.posting_time:%H:%M} {city} time."
    )


def role_advice(role: discord.Role, *, may_mention_all: bool) -> str:
    """How to make a role mentionable; empty if it is."""
    if role.mentionable or may_mention_all:
        return ""
    return (
        f"⚠️ <@&{role.id}> cannot be mentioned, so nobody would be pinged. "
        "In Server Settings → Roles → that role, tick “Allow anyone to @mention this role”."
    )


def _mark(*, chosen: bool) -> str:
    return "" if chosen else " (guessed)"


def _role(subscriber: Subscriber) -> str:
    return f"<@&{subscriber.ping_role_id}>" if subscriber.ping_role_id else "nobody"


def _channel_warnings(subscriber: Subscriber, problems: Sequence[str], closed: Destination | None) -> list[str]:
    where = channel(subscriber.channel_id)
    if problems:
        lacking = f"⚠️ I may not post in {where}: I lack **{', '.join(problems)}**."
        return [f"{lacking} Allow it in the channel's settings under Permissions, then save the channel again here."]
    if closed is not None and closed.paused:
        return [f"⚠️ Posts to {where} are paused: {closed.reason} Save the channel again here once that is mended."]
    return []


def _controls(subscriber: Subscriber) -> list[Part]:
    channels = ChannelSelect[LayoutView](
        custom_id=str(SettingId(SettingName.CHANNEL)), placeholder="Channel for posts", channel_types=POSTABLE
    )
    roles = RoleSelect[LayoutView](
        custom_id=str(SettingId(SettingName.ROLE)),
        placeholder="Role to ping on release days (empty: nobody)",
        min_values=0,
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
    return [ActionRow[LayoutView](channels), ActionRow[LayoutView](roles), ActionRow[LayoutView](others)]
