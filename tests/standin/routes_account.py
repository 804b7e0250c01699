"""The API around messages: the bot itself, its application and commands, servers, roles, members and channels."""

from __future__ import annotations

from aiohttp import web

from tests.standin.errors import Json, Refusal, refuse
from tests.standin.http import API, FORM, body_of, number
from tests.standin.replies import reply
from tests.standin.shapes import (
    application_shape,
    channel_shape,
    guild_shape,
    member_shape,
    my_guild_shape,
    own_user_shape,
    role_shape,
    user_shape,
)
from tests.standin.state import Standin, standin_of
from tests.standin.world import THREADS

routes = web.RouteTableDef()


@routes.get(f"{API}/gateway")
async def get_gateway(request: web.Request) -> web.Response:
    """Say where the gateway is."""
    return reply({"url": standin_of(request).gateway.url})


@routes.get(f"{API}/gateway/bot")
async def get_bot_gateway(request: web.Request) -> web.Response:
    """Say where the gateway is, how many shards are best, and how often they may identify."""
    gateway = standin_of(request).gateway
    shards, limit = gateway.starts.recommended, gateway.starts.shape()
    return reply({"url": gateway.url, "shards": shards, "session_start_limit": limit})


@routes.get(f"{API}/users/@me")
async def get_me(request: web.Request) -> web.Response:
    """Show the bot's own user."""
    return reply(own_user_shape(standin_of(request).world))


@routes.get(f"{API}/users/{{user_id:[0-9]+}}")
async def get_user(request: web.Request) -> web.Response:
    """Show a user."""
    user = standin_of(request).world.users.get(number(request, "user_id"))
    if user is None:
        raise refuse(Refusal.UNKNOWN_USER)
    return reply(user_shape(user))


@routes.get(f"{API}/users/@me/guilds")
async def list_my_guilds(request: web.Request) -> web.Response:
    """List the bot's servers by id, a page of at most 200."""
    world, query = standin_of(request).world, request.query
    limit, after, before = int(query.get("limit", 200)), int(query.get("after", 0)), int(query.get("before", 1 << 63))
    mine = [guild for guild in world.guilds.values() if guild.has_bot and after < guild.id < before]
    page = mine[-limit:] if "before" in query else mine[:limit]
    return reply([my_guild_shape(world, guild) for guild in page])


@routes.post(f"{API}/users/@me/channels")
async def open_dm(request: web.Request) -> web.Response:
    """Open the DM channel with a person."""
    world = standin_of(request).world
    return reply(channel_shape(world, world.open_dm(int(body_of(request).get("recipient_id") or 0))))


@routes.get(f"{API}/oauth2/applications/@me")
@routes.get(f"{API}/applications/@me")
async def get_application(request: web.Request) -> web.Response:
    """Show the bot's application."""
    return reply(application_shape(standin_of(request).world))


@routes.get(f"{API}/guilds/{{guild_id}}")
async def get_guild(request: web.Request) -> web.Response:
    """Show a server."""
    world = standin_of(request).world
    return reply(guild_shape(world, world.guild_of(number(request, "guild_id"))))


@routes.get(f"{API}/guilds/{{guild_id}}/roles")
async def list_roles(request: web.Request) -> web.Response:
    """List a server's roles."""
    world = standin_of(request).world
    guild = world.guild_of(number(request, "guild_id"))
    return reply([role_shape(world, role) for role in guild.roles.values()])


@routes.get(f"{API}/guilds/{{guild_id}}/channels")
async def list_channels(request: web.Request) -> web.Response:
    """List a server's channels, without threads."""
    world = standin_of(request).world
    guild = world.guild_of(number(request, "guild_id"))
    channels = [world.channels[channel_id] for channel_id in guild.channel_ids]
    return reply([channel_shape(world, channel) for channel in channels if channel.type not in THREADS])


@routes.get(f"{API}/guilds/{{guild_id}}/members/{{user_id}}")
async def get_member(request: web.Request) -> web.Response:
    """Show a member of a server; `@me` is the bot."""
    world = standin_of(request).world
    guild = world.guild_of(number(request, "guild_id"))
    is_me = request.match_info["user_id"] == "@me"
    member = guild.members.get(world.bot_id if is_me else number(request, "user_id"))
    if member is None:
        raise refuse(Refusal.UNKNOWN_MEMBER)
    return reply(member_shape(world, member))


@routes.get(f"{API}/users/@me/guilds/{{guild_id}}/member")
async def get_own_member(request: web.Request) -> web.Response:
    """Show the bot's own membership."""
    world = standin_of(request).world
    guild = world.guild_of(number(request, "guild_id"))
    return reply(member_shape(world, guild.members[world.bot_id]))


@routes.get(f"{API}/channels/{{channel_id}}")
async def get_channel(request: web.Request) -> web.Response:
    """Show a channel."""
    world = standin_of(request).world
    return reply(channel_shape(world, world.visible_channel(number(request, "channel_id"))))


def _place(request: web.Request) -> tuple[Standin, int]:
    """Find the place of commands that a path names: a server's id, or 0 for global ones."""
    standin = standin_of(request)
    if number(request, "application_id") != standin.world.application_id:
        raise refuse(Refusal.NOT_YOUR_APPLICATION)
    if "guild_id" not in request.match_info:
        return standin, 0
    guild = standin.world.guilds.get(number(request, "guild_id"))
    if guild is None or not guild.has_bot:
        raise refuse(Refusal.MISSING_ACCESS)
    return standin, guild.id


def _commands_at(path: str) -> None:
    @routes.get(path)
    async def list_commands(request: web.Request) -> web.Response:
        standin, guild_id = _place(request)
        return reply(standin.commands.list_in(guild_id))

    @routes.put(path)
    async def replace_commands(request: web.Request) -> web.Response:
        standin, guild_id = _place(request)
        body = request[FORM].body
        if not isinstance(body, list):
            raise refuse(Refusal.INVALID_JSON)
        return reply(standin.commands.replace(guild_id, body))

    @routes.post(path)
    async def upsert_command(request: web.Request) -> web.Response:
        standin, guild_id = _place(request)
        command: Json = body_of(request)
        names = {known["name"] for known in standin.commands.list_in(guild_id)}
        return reply(standin.commands.upsert(guild_id, command), 200 if command.get("name") in names else 201)

    @routes.delete(path + "/{command_id}")
    async def remove_command(request: web.Request) -> web.Response:
        standin, guild_id = _place(request)
        standin.commands.remove(guild_id, number(request, "command_id"))
        return reply()


_commands_at(f"{API}/applications/{{application_id}}/commands")
_commands_at(f"{API}/applications/{{application_id}}/guilds/{{guild_id}}/commands")
