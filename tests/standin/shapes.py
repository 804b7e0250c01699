"""The world as Discord's JSON: users, members, roles, channels, servers, the application."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.standin.errors import Json
from tests.standin.permissions import bits
from tests.standin.world import FORUM, MEDIA, THREADS, Channel, Guild, Member, Role, User, World

REQUIRE_TAG = 1 << 4  # a flag of a forum


def iso(timestamp: float) -> str:
    """Write epoch seconds as Discord writes instants."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="microseconds")


def user_shape(user: User) -> Json:
    """Render a user as others see it."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.is_bot else user.name,
        "discriminator": "0000" if user.is_bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "bot": user.is_bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user_shape(world: World) -> Json:
    """Render the bot as it sees itself."""
    return user_shape(world.users[world.bot_id]) | {
        "mfa_enabled": True,
        "locale": "en-US",
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def member_shape(world: World, member: Member) -> Json:
    """Render a member with its user."""
    return {
        "user": user_shape(world.users[member.user_id]),
        "roles": [str(role_id) for role_id in member.role_ids],
        "joined_at": iso(member.joined_at),
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "flags": 0,
        "mute": False,
        "deaf": False,
    }


def role_shape(world: World, role: Role) -> Json:
    """Render a role; the bot's own one carries its tag."""
    shape: Json = {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.is_managed,
        "mentionable": role.is_mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.is_managed:
        shape["tags"] = {"bot_id": str(world.bot_id)}
    return shape


def channel_shape(world: World, channel: Channel) -> Json:
    """Render a server's channel, a thread or a DM."""
    last = str(channel.last_message_id) if channel.last_message_id else None
    shape: Json = {"id": str(channel.id), "type": channel.type, "flags": 0, "last_message_id": last}
    if channel.guild_id is None:
        return shape | {"recipients": [user_shape(world.users[channel.recipient_id or 0])]}
    shape |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "rate_limit_per_user": 0,
    }
    if channel.type in THREADS:
        archive = {
            "archived": channel.is_archived,
            "archive_timestamp": iso(channel.archived_at),
            "auto_archive_duration": 10080,
            "locked": channel.is_locked,
        }
        counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0}
        owner_id = channel.owner_id or world.guilds[channel.guild_id].owner_id
        of_thread = {"owner_id": str(owner_id), "thread_metadata": archive}
        return shape | counts | of_thread | {"applied_tags": [str(tag_id) for tag_id in channel.applied_tags]}
    if channel.type in {FORUM, MEDIA}:
        tags = [
            {"id": str(t.id), "name": t.name, "moderated": t.is_moderated, "emoji_id": None, "emoji_name": None}
            for t in channel.tags
        ]
        shape |= {"available_tags": tags, "flags": REQUIRE_TAG if channel.needs_tag else 0}
        shape |= {"default_sort_order": None, "default_forum_layout": 0, "default_reaction_emoji": None}
    overwrites = [
        {"id": str(o.target_id), "type": int(o.is_member), "allow": str(o.allow), "deny": str(o.deny)}
        for o in channel.overwrites.values()
    ]
    return shape | {
        "position": channel.position,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": overwrites,
    }


def guild_shape(world: World, guild: Guild) -> Json:
    """Render a server as GET /guilds/{id} does."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "preferred_locale": guild.locale,
        "roles": [role_shape(world, role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": str(guild.moderators_id) if guild.moderators_id else None,
        "nsfw": False,
        "nsfw_level": 0,
        "incidents_data": None,
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": 1,
    }


def guild_create_shape(world: World, guild: Guild) -> Json:
    """Render a server as GUILD_CREATE does, with its channels and the bot's own membership."""
    channels = [world.channels[channel_id] for channel_id in guild.channel_ids]
    me = guild.members[world.bot_id]
    return guild_shape(world, guild) | {
        "joined_at": iso(me.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_shape(world, me)],
        "channels": [channel_shape(world, channel) for channel in channels if channel.type not in THREADS],
        "threads": [channel_shape(world, channel) for channel in channels if channel.type in THREADS],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def my_guild_shape(world: World, guild: Guild) -> Json:
    """Render a server as GET /users/@me/guilds does."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(guild.base_permissions(world.bot_id)),
        "features": [],
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": 1,
    }


def application_shape(world: World) -> Json:
    """Render the bot's application as its owner sees it."""
    params: Json = {"scopes": ["applications.commands", "bot"], "permissions": str(bits("send_messages"))}
    return {
        "id": str(world.application_id),
        "name": "Marquee",
        "icon": None,
        "description": "",
        "type": None,
        "bot": user_shape(world.users[world.bot_id]),
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {"oauth2_install_params": params}, "1": {}},
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_shape(world.owner),
        "approximate_guild_count": sum(guild.has_bot for guild in world.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["applications.commands", "bot"],
    }
