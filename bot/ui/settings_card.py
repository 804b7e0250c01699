"""What `/settings` shows: everything in force, and the ways to change it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.destinations import Destination
from bot.domain.places import country_name
from bot.domain.subscribers import Subscriber
from bot.ui.access import RoleStanding
from bot.ui.card import Accent, Card, Part, build_card, gap, text
from bot.ui.ids import ZoneId
from bot.ui.phrases import channel, city
from bot.ui.setting_controls import setting_controls
from bot.ui.setting_lines import setting_groups
from bot.ui.text import escape
from bot.ui.zone_choice import zone_choice


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the way of posts, as far as Discord told."""

    problems: Sequence[str] = ()  #: permissions lacking in the channel
    trouble: str = ""  #: why the greeting did not arrive, if no permission is lacking
    closed: Destination | None = None  #: the channel's health
    role: RoleStanding = RoleStanding.FINE
    admin_problems: Sequence[str] = ()  #: permissions lacking in the channel for questions and troubles
    is_forum: bool = False  #: each film has its own post there


def render_settings(subscriber: Subscriber, found: Found, zones: Sequence[str], saved: str = "") -> Card:
    """The settings in force. `zones`: which of them it may be, if that is still a guess; `saved`: what has changed."""
    parts: list[Part] = [text("## Settings", *([f"✅ {saved}"] if saved else []))]
    for group in setting_groups(subscriber, is_forum=found.is_forum):
        parts += [gap(line=False), text(*group)]
    warnings = [
        *_channel_warnings(subscriber, found),
        *_admins_warnings(subscriber, found),
        *_role_warnings(subscriber, found.role),
    ]
    if warnings:
        parts += [gap(line=False), text(*warnings)]
    parts += [gap(), *setting_controls(subscriber)]
    if len(zones) > 1:
        parts += zone_choice(zones, subscriber.timezone, ZoneId(0))
    return build_card(parts, Accent.REFUSED if warnings else Accent.UPCOMING)


def greeting(subscriber: Subscriber) -> str:
    """What Marquee posts once in a channel that was chosen."""
    place = city(subscriber.timezone)
    return (
        "🎬 Marquee will post here: countdowns, release days and moved dates. "
        f"{country_name(subscriber.country)} dates, at {subscriber.posts_at:%H:%M} {place} time."
    )


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


def _admins_warnings(subscriber: Subscriber, found: Found) -> list[str]:
    if not found.admin_problems:
        return []
    where = channel(subscriber.admin_channel_id)
    said = f"⚠️ Questions and troubles cannot go to {where}: I lack **{', '.join(found.admin_problems)}**."
    return [f"{said} Until that is allowed they go where the posts go."]


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
