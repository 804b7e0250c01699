"""The role that people give themselves to be pinged: whether it is fit for that, and giving and taking it."""

import logging
from enum import Enum, auto

import discord

from bot.ui.answers import Trouble
from bot.ui.text import listed

log = logging.getLogger(__name__)
#: What the server's audit log says of every change.
REASON = "They pressed “Ping me” (Marquee)"
#: What others feel: a role that people give themselves may carry none of it, in the server or in a channel.
POWERS = {
    "administrator": "Administrator",
    "manage_guild": "Manage Server",
    "manage_roles": "Manage Roles",
    "manage_channels": "Manage Channels",
    "manage_webhooks": "Manage Webhooks",
    "manage_emojis_and_stickers": "Manage Expressions",
    "manage_events": "Manage Events",
    "manage_threads": "Manage Threads",
    "manage_messages": "Manage Messages",
    "pin_messages": "Pin Messages",
    "bypass_slowmode": "Bypass Slowmode",
    "manage_nicknames": "Manage Nicknames",
    "kick_members": "Kick Members",
    "ban_members": "Ban Members",
    "moderate_members": "Time Out Members",
    "mute_members": "Mute Members",
    "deafen_members": "Deafen Members",
    "move_members": "Move Members",
    "priority_speaker": "Priority Speaker",
    "mention_everyone": "Mention Everyone",
    "view_audit_log": "View Audit Log",
    "view_guild_insights": "View Server Insights",
    "view_creator_monetization_analytics": "View Creator Analytics",
}
_SILENT = "Discord does not answer just now. Try again in a minute."
_NO_RIGHT = (
    "I may not give roles: allow me **Manage Roles** under Server Settings → Roles → Marquee (it is not asked for when "
    "I am invited), then try again."
)


class Pinged(Enum):
    """What became of a press on "Ping me"."""

    GIVEN = auto()
    TAKEN = auto()


async def find_role_button_problem(client: discord.Client, guild_id: int, role_id: int) -> str:
    """Why people cannot give themselves a role: one sentence that says what to do; empty if they can."""
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        return await _problem(client, guild, role_id)
    except Trouble as error:
        log.warning("The role %s cannot be looked at: %s", role_id, error)
        return _SILENT


async def give_or_take(client: discord.Client, guild_id: int, user_id: int, role_id: int) -> Pinged | str:
    """Give a person the role, or take it from who has it; why neither can be done, in one sentence."""
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        if problem := await _problem(client, guild, role_id):
            return problem
        member = await guild.fetch_member(user_id)
        role = discord.Object(role_id)
        if any(has.id == role_id for has in member.roles):
            await member.remove_roles(role, reason=REASON)
            return Pinged.TAKEN
        await member.add_roles(role, reason=REASON)
    except discord.Forbidden:
        return _NO_RIGHT
    except Trouble as error:
        log.warning("The role %s could not be given to, or taken from, user %s: %s", role_id, user_id, error)
        return _SILENT
    return Pinged.GIVEN


async def _problem(client: discord.Client, guild: discord.Guild, role_id: int) -> str:
    role = guild.get_role(role_id)
    if role is None:
        return "The role to ping no longer exists. Choose another one in `/settings`."
    if role.is_default():
        return "Everyone has that role already. Choose one in `/settings` that people take because they want the ping."
    if role.managed:
        return (
            f"{role.mention} belongs to an integration, to boosts or to a bot, so nobody can be given it. "
            "Choose an ordinary role in `/settings`."
        )
    me = await guild.fetch_member(client.user.id if client.user else 0)
    if not me.guild_permissions.manage_roles:
        return _NO_RIGHT
    if me.top_role <= role:
        return (
            f"{role.mention} stands above my own role, so I may not give it. Drag my role above it under "
            "Server Settings → Roles, then try again."
        )
    if powers := await _powers(guild, role):
        return (
            f"{role.mention} carries power ({listed(powers)}), so people may not give it to themselves. "
            "Choose a role in `/settings` that does nothing but get pinged."
        )
    return ""


async def _powers(guild: discord.Guild, role: discord.Role) -> list[str]:
    """What the role may do that others feel, in the server or in any channel, by the names that Discord shows."""
    granted = role.permissions.value
    for channel in await guild.fetch_channels():
        allowed, _ = channel.overwrites_for(role).pair()
        granted |= allowed.value
    held = discord.Permissions(granted)
    return [name for flag, name in POWERS.items() if getattr(held, flag)]
