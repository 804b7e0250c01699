"""The controls of the settings' card: channels, a role, ways of release, and one select for everything else."""

import discord
from discord.ui import ActionRow, ChannelSelect, LayoutView, RoleSelect, Select

from bot.domain.subscribers import Subscriber, TrackRight, Wanted
from bot.ui.card import Part
from bot.ui.channel_kinds import ASKABLE, POSTABLE
from bot.ui.ids import SettingId, SettingName
from bot.ui.setting_lines import digest_in_words, milestones_in_words, quiet_in_words

_WAYS = {
    Wanted.CINEMA: "The first day in cinemas, limited or wide",
    Wanted.DIGITAL: "Streaming, to rent or buy, or on TV",
    Wanted.PHYSICAL: "On disc",
}


def setting_controls(subscriber: Subscriber) -> list[Part]:
    """The rows under the settings."""
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
    admins = ChannelSelect[LayoutView](
        custom_id=str(SettingId(SettingName.ADMINS)),
        placeholder="Questions and troubles (empty: where posts go)",
        channel_types=ASKABLE,
        min_values=0,
    )
    others = Select[LayoutView](
        custom_id=str(SettingId(SettingName.OTHER)),
        placeholder="Change something else…",
        options=[
            discord.SelectOption(label=label, value=value, description=description)
            for value, label, description in _others(subscriber)
        ],
    )
    return [ActionRow[LayoutView](each) for each in (channels, roles, ways, admins, others)]


def _others(subscriber: Subscriber) -> list[tuple[str, str, str]]:
    """What else can be changed: value, label, and what it does or what is in force."""
    everyone = subscriber.track_right is TrackRight.EVERYONE
    return [
        ("country", "Country", "Whose release dates are posted"),
        ("timezone", "Time zone", "Whose clock the hours are on"),
        ("hour", "Posting hour", f"When posts appear: now {subscriber.posting_time:%H:%M}"),
        ("quiet", "Quiet hours", f"When nothing is sent: now {quiet_in_words(subscriber)}"),
        ("milestones", "Countdown", f"How many days before: now {milestones_in_words(subscriber.milestones)}"[:100]),
        ("live", "Countdown style", _turn(subscriber.live, "a live message", "a post each time")),
        ("digest", "Weekly digest", f"What comes this week, what moved: now {digest_in_words(subscriber)}"),
        ("cap", "Messages a day", f"For one channel: now at most {subscriber.daily_cap}"),
        ("button", "“Ping me” button", _turn(subscriber.role_button, "on", "off")),
        ("crosspost", "Publish posts", f"{_turn(subscriber.crosspost, 'on', 'off')}; announcement channels only"),
        ("who", "Who may track", _turn(everyone, "everyone", "managers only")),
    ]


def _turn(is_on: bool, on: str, off: str) -> str:
    return f"Now {on}; choose to make it {off}" if is_on else f"Now {off}; choose to make it {on}"
