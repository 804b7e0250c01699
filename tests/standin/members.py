"""Roles given to members and taken from them: the API's side, and what a test looks at."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web

from tests.standin.errors import Json, Refusal, refuse
from tests.standin.http import API, number
from tests.standin.permissions import bits
from tests.standin.replies import reply
from tests.standin.state import Standin, standin_of
from tests.standin.verbs import VerbTable
from tests.standin.world import Guild, Member, Role

routes = web.RouteTableDef()
verb = VerbTable()
_ROLE = f"{API}/guilds/{{guild_id}}/members/{{user_id}}/roles/{{role_id}}"


@routes.put(_ROLE)
async def give_role(request: web.Request) -> web.Response:
    """Give a member a role; one who has it already keeps it."""
    guild, member, role = _change(request)
    if role.id not in member.role_ids:
        member.role_ids.append(role.id)
    _note(request, guild)
    return reply()


@routes.delete(_ROLE)
async def take_role(request: web.Request) -> web.Response:
    """Take a role from a member, who need not have it."""
    guild, member, role = _change(request)
    if role.id in member.role_ids:
        member.role_ids.remove(role.id)
    _note(request, guild)
    return reply()


@verb
async def move_role(standin: Standin, args: Json) -> None:
    """Put a role where it stands in the list: the higher the number, the more it may."""
    standin.world.guilds[args["guild_id"]].roles[args["role_id"]].position = args["position"]


@verb
async def set_role(standin: Standin, args: Json) -> None:
    """Change what a role may do, and whether an integration manages it."""
    role = standin.world.guilds[args["guild_id"]].roles[args["role_id"]]
    role.permissions, role.is_managed = bits(*args["permissions"]), args["is_managed"]


@verb
async def show_member(standin: Standin, args: Json) -> Json:
    """Show a member's roles, and what the server's audit log says of changes by the bot."""
    guild = standin.world.guilds[args["guild_id"]]
    return {"role_ids": guild.role_ids(args["user_id"]), "reasons": list(guild.audit_reasons)}


def _change(request: web.Request) -> tuple[Guild, Member, Role]:
    """Find whose role is to change, and hold it against what the bot may do.

    Raises:
        ApiError: 404 10004, 10007 or 10011, 403 50013: no Manage Roles, a managed role, or one not below the bot's own.
    """
    world = standin_of(request).world
    guild = world.guild_of(number(request, "guild_id"))
    member = guild.members.get(number(request, "user_id"))
    if member is None:
        raise refuse(Refusal.UNKNOWN_MEMBER)
    role = guild.roles.get(number(request, "role_id"))
    if role is None or role.id == guild.id:
        raise refuse(Refusal.UNKNOWN_ROLE)
    mine = max(_height(guild.roles[role_id]) for role_id in guild.role_ids(world.bot_id))
    may = guild.base_permissions(world.bot_id) & (bits("manage_roles") | bits("administrator"))
    if not may or role.is_managed or _height(role) >= mine:
        raise refuse(Refusal.MISSING_PERMISSIONS)
    return guild, member, role


def _height(role: Role) -> tuple[int, int]:
    """Where a role stands; of two in one place the older one is higher."""
    return role.position, -role.id


def _note(request: web.Request, guild: Guild) -> None:
    guild.audit_reasons.append(unquote(request.headers.get("X-Audit-Log-Reason", "")))
