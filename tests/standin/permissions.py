"""Discord's permission bits by name, and how roles and overwrites add up to a member's permissions in a channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# https://docs.discord.com/developers/topics/permissions: the bits a bot like ours meets, by discord.py's names.
BITS: dict[str, int] = {
    "kick_members": 1,
    "ban_members": 2,
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "add_reactions": 6,
    "view_channel": 10,
    "send_messages": 11,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "use_external_emojis": 18,
    "connect": 20,
    "change_nickname": 26,
    "manage_roles": 28,
    "manage_webhooks": 29,
    "use_application_commands": 31,
    "manage_events": 33,
    "manage_threads": 34,
    "create_public_threads": 35,
    "send_messages_in_threads": 38,
    "create_events": 44,
    "send_polls": 49,
}
EVERYTHING = sum(1 << bit for bit in BITS.values())


def bits(*names: str) -> int:
    """Add up permissions given by name."""
    return sum(1 << BITS[name] for name in dict.fromkeys(names))


#: What a member may do in a fresh server; no `mention_everyone`, so that a role must be mentionable to be pinged.
EVERYONE = bits(
    "add_reactions",
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "use_external_emojis",
    "connect",
    "change_nickname",
    "use_application_commands",
    "create_public_threads",
    "send_messages_in_threads",
    "send_polls",
)


@dataclass(slots=True)
class Overwrite:
    """A channel's exception for one role or member."""

    target_id: int
    is_member: bool
    allow: int = 0
    deny: int = 0


def compute_permissions(
    base: int, overwrites: Iterable[Overwrite], *, guild_id: int, user_id: int, role_ids: Iterable[int]
) -> int:
    """Apply a channel's overwrites to a member's `base` permissions, in Discord's order: everyone, roles, member."""
    if base & bits("administrator"):
        return EVERYTHING
    by_target = {overwrite.target_id: overwrite for overwrite in overwrites}
    if everyone := by_target.get(guild_id):
        base = base & ~everyone.deny | everyone.allow
    of_roles = [by_target[role_id] for role_id in role_ids if role_id in by_target and role_id != guild_id]
    for overwrite in of_roles:
        base &= ~overwrite.deny
    for overwrite in of_roles:
        base |= overwrite.allow
    own = by_target.get(user_id)
    if own is not None and own.is_member:
        base = base & ~own.deny | own.allow
    return base
