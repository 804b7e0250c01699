"""Servers, channels, roles and people as Discord knows them; no HTTP, no JSON."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.standin.errors import Refusal, refuse
from tests.standin.permissions import EVERYONE, EVERYTHING, Overwrite, bits, compute_permissions

DISCORD_EPOCH_MS = 1_420_070_400_000
TEXT, DM, CATEGORY, NEWS, THREAD, FORUM, MEDIA = 0, 1, 4, 5, 11, 15, 16
MESSAGEABLE = {TEXT, DM, 2, NEWS, 10, THREAD, 12, 13}
THREADS = {10, THREAD, 12}


class Snowflakes:
    """Ids that carry the wall clock and always grow, as Discord's do."""

    def __init__(self) -> None:
        self.ahead_seconds = 0.0  #: of the machine's clock
        self._last = 0

    def mint(self) -> int:
        """Make a new id for this moment."""
        now = (int((time.time() + self.ahead_seconds) * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = max(now, self._last + 1)
        return self._last


@dataclass(slots=True)
class User:
    """A person, or the bot."""

    id: int
    name: str
    is_bot: bool = False
    accepts_dms: bool = True


@dataclass(slots=True)
class Role:
    """A role of a server; the one with the server's id is @everyone."""

    id: int
    name: str
    permissions: int
    position: int
    is_mentionable: bool = False
    is_managed: bool = False


@dataclass(slots=True)
class Member:
    """A user's membership of a server."""

    user_id: int
    role_ids: list[int]
    joined_at: float


@dataclass(slots=True)
class Tag:
    """What a forum's posts can be marked with."""

    id: int
    name: str
    is_moderated: bool = False


@dataclass(slots=True)
class Channel:
    """A channel, thread or DM; `guild_id` is None for a DM, whose `recipient_id` is the other side."""

    id: int
    guild_id: int | None
    name: str
    type: int
    position: int = 0
    parent_id: int | None = None
    recipient_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    last_message_id: int | None = None
    owner_id: int | None = None  #: of a thread: who opened it
    is_archived: bool = False
    is_locked: bool = False
    archived_at: float = field(default_factory=time.time)  #: of a thread: when it was last archived or reopened
    tags: list[Tag] = field(default_factory=list[Tag])  #: of a forum
    applied_tags: list[int] = field(default_factory=list[int])  #: of a forum's thread
    needs_tag: bool = False


@dataclass(slots=True)
class Guild:
    """A server. `has_bot` turns False when the bot is removed; its channels then answer Missing Access."""

    id: int
    name: str
    owner_id: int
    locale: str
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    channel_ids: list[int] = field(default_factory=list[int])
    has_bot: bool = True
    moderators_id: int | None = None  #: of a community: where Discord writes to those who moderate it
    audit_reasons: list[str] = field(default_factory=list[str])

    def base_permissions(self, user_id: int) -> int:
        """Add up a member's roles; the owner may do everything."""
        if user_id == self.owner_id:
            return EVERYTHING
        total = self.roles[self.id].permissions
        for role_id in self.role_ids(user_id):
            total |= self.roles[role_id].permissions
        return total

    def role_ids(self, user_id: int) -> list[int]:
        """List a member's roles; empty for somebody who is not a member."""
        member = self.members.get(user_id)
        return list(member.role_ids) if member else []


class World:
    """Everything a control call can build and the API can look up."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.snowflakes = Snowflakes()
        bot = User(self.snowflakes.mint(), "Marquee", is_bot=True)
        self.bot_id = bot.id
        self.application_id = bot.id
        self.owner = User(self.snowflakes.mint(), "owner")
        self.users: dict[int, User] = {bot.id: bot, self.owner.id: self.owner}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        #: Channels, roles and emoji that GUILD_CREATE shows in every server; None: what there is.
        self.furniture: tuple[int, int, int] | None = None
        self._dms: dict[int, int] = {}

    def add_guild(self, name: str, *, locale: str = "en-US", everyone: int = EVERYONE, bot: int = EVERYONE) -> Guild:
        """Add a server whose owner is a new person, with @everyone and the bot's managed role."""
        owner = self.add_user(f"owner of {name}")
        guild = Guild(self.snowflakes.mint(), name, owner.id, locale)
        guild.roles[guild.id] = Role(guild.id, "@everyone", everyone, 0)
        self.guilds[guild.id] = guild
        managed = self.add_role(guild, "Marquee", permissions=bot)
        managed.is_managed = True
        now = time.time()
        guild.members[owner.id] = Member(owner.id, [], now)
        guild.members[self.bot_id] = Member(self.bot_id, [managed.id], now)
        return guild

    def add_role(self, guild: Guild, name: str, *, permissions: int = 0, is_mentionable: bool = False) -> Role:
        """Add a role at the top of the list."""
        role = Role(self.snowflakes.mint(), name, permissions, len(guild.roles), is_mentionable)
        guild.roles[role.id] = role
        return role

    def add_user(self, name: str) -> User:
        """Add a person who is in no server yet."""
        user = User(self.snowflakes.mint(), name)
        self.users[user.id] = user
        return user

    def add_channel(self, guild: Guild, name: str, *, kind: int = TEXT, parent_id: int | None = None) -> Channel:
        """Add a channel or thread to a server."""
        position = len(guild.channel_ids)
        channel = Channel(self.snowflakes.mint(), guild.id, name, kind, position, parent_id)
        self.channels[channel.id] = channel
        guild.channel_ids.append(channel.id)
        return channel

    def open_dm(self, user_id: int) -> Channel:
        """Get the bot's DM channel with a person, made on first use.

        Raises:
            ApiError: 404 10013, if there is no such person.
        """
        if user_id not in self.users:
            raise refuse(Refusal.UNKNOWN_USER)
        if user_id not in self._dms:
            channel = Channel(self.snowflakes.mint(), None, "", DM, recipient_id=user_id)
            self.channels[channel.id] = channel
            self._dms[user_id] = channel.id
        return self.channels[self._dms[user_id]]

    def guild_of(self, guild_id: int) -> Guild:
        """Get a server the bot is in.

        Raises:
            ApiError: 404 10004.
        """
        guild = self.guilds.get(guild_id)
        if guild is None or not guild.has_bot:
            raise refuse(Refusal.UNKNOWN_GUILD)
        return guild

    def permissions(self, channel: Channel, user_id: int) -> int:
        """Compute what a user may do in a channel; a thread goes by its parent's overwrites."""
        if channel.guild_id is None:
            return EVERYONE
        guild = self.guilds[channel.guild_id]
        parent = self.channels.get(channel.parent_id or 0) if channel.type in THREADS else None
        return compute_permissions(
            guild.base_permissions(user_id),
            (parent or channel).overwrites.values(),
            guild_id=guild.id,
            user_id=user_id,
            role_ids=guild.role_ids(user_id),
        )

    def visible_channel(self, channel_id: int, *needed: str) -> Channel:
        """Get a channel the bot can see and in which it has the `needed` permissions.

        Raises:
            ApiError: 404 10003, 403 50001 or 403 50013.
        """
        channel = self.channels.get(channel_id)
        if channel is None:
            raise refuse(Refusal.UNKNOWN_CHANNEL)
        if channel.guild_id is not None and not self.guilds[channel.guild_id].has_bot:
            raise refuse(Refusal.MISSING_ACCESS)
        mine = self.permissions(channel, self.bot_id)
        if not mine & bits("view_channel"):
            raise refuse(Refusal.MISSING_ACCESS)
        if channel.guild_id is not None and mine & bits(*needed) != bits(*needed):
            raise refuse(Refusal.MISSING_PERMISSIONS)
        return channel

    def writable_channel(self, channel_id: int, *, embeds: bool, files: bool) -> Channel:
        """Get a channel the bot may send such a message to.

        Raises:
            ApiError: as `visible_channel`, 403 50007 for closed DMs, 400 50008 for a category or forum.
        """
        channel = self.visible_channel(channel_id)
        if channel.type not in MESSAGEABLE:
            raise refuse(Refusal.NOT_A_TEXT_CHANNEL)
        if channel.recipient_id is not None and not self.users[channel.recipient_id].accepts_dms:
            raise refuse(Refusal.CANNOT_DM)
        needed = ["send_messages_in_threads" if channel.type in THREADS else "send_messages"]
        needed += ["embed_links"] * embeds + ["attach_files"] * files
        self.visible_channel(channel_id, *needed)
        self.require_unlocked(channel)
        channel.is_archived = False  # as Discord does by itself
        return channel

    def require_unlocked(self, channel: Channel) -> None:
        """Refuse a locked thread to a bot that may not manage threads.

        Raises:
            ApiError: 403 50083: Discord's answer is the same as of an archived one (discord-api-docs#7707).
        """
        if channel.is_locked and not self.permissions(channel, self.bot_id) & bits("manage_threads"):
            raise refuse(Refusal.THREAD_LOCKED)

    def overwrite_bot(self, channel_id: int, *, allow: int = 0, deny: int = 0) -> None:
        """Set the channel's overwrite for the bot; nothing allowed and nothing denied removes it."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise refuse(Refusal.UNKNOWN_CHANNEL)
        channel.overwrites.pop(self.bot_id, None)
        if allow or deny:
            channel.overwrites[self.bot_id] = Overwrite(self.bot_id, is_member=True, allow=allow, deny=deny)
