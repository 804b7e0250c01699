"""The control verbs that build the world, break the line, and look at what reached Discord."""

from __future__ import annotations

from collections.abc import Callable

from tests.standin.checks import EPHEMERAL
from tests.standin.errors import Json
from tests.standin.faults import Fault
from tests.standin.messages import Message
from tests.standin.permissions import bits
from tests.standin.state import LoggedRequest, Standin
from tests.standin.verbs import VerbTable
from tests.standin.world import Member

verb = VerbTable()


def message_record(standin: Standin, message: Message) -> Json:
    """Render a message with what only the stand-in knows: nonce, edits, whether it was deleted."""
    return {
        "payload": standin.messages.shape(message),
        "nonce": None if message.nonce is None else str(message.nonce),
        "edits": message.edits,
        "created_at": message.created_at,
        "files": [attachment.filename for attachment in message.attachments],
        "file_urls": [attachment.url for attachment in message.attachments],
        "is_deleted": message.is_deleted,
    }


@verb
async def add_guild(standin: Standin, args: Json) -> Json:
    """Add a server with the bot in it, and tell sessions that asked for servers."""
    guild = standin.world.add_guild(
        args["name"], locale=args["locale"], everyone=bits(*args["everyone"]), bot=bits(*args["bot"])
    )
    await standin.gateway.announce(guild)
    bot_role_id = guild.members[standin.world.bot_id].role_ids[0]
    return {"id": guild.id, "owner_id": guild.owner_id, "bot_role_id": bot_role_id}


@verb
async def remove_guild(standin: Standin, args: Json) -> None:
    """Remove the bot from a server."""
    guild = standin.world.guilds[args["guild_id"]]
    guild.has_bot = False
    await standin.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id, intent=1)


@verb
async def set_moderators_channel(standin: Standin, args: Json) -> None:
    """Make a server a community, with that channel for what Discord tells those who moderate it."""
    standin.world.guilds[args["guild_id"]].moderators_id = args["channel_id"]


@verb
async def invite_again(standin: Standin, args: Json) -> None:
    """Let the bot into a server that it was removed from."""
    standin.world.guilds[args["guild_id"]].has_bot = True


@verb
async def add_channel(standin: Standin, args: Json) -> int:
    """Add a channel or thread."""
    guild = standin.world.guilds[args["guild_id"]]
    return standin.world.add_channel(guild, args["name"], kind=args["kind"], parent_id=args["parent_id"]).id


@verb
async def delete_channel(standin: Standin, args: Json) -> None:
    """Delete a channel."""
    channel = standin.world.channels.pop(args["channel_id"])
    if channel.guild_id is not None:
        standin.world.guilds[channel.guild_id].channel_ids.remove(channel.id)


@verb
async def add_role(standin: Standin, args: Json) -> int:
    """Add a role."""
    guild = standin.world.guilds[args["guild_id"]]
    permissions = bits(*args["permissions"])
    role = standin.world.add_role(guild, args["name"], permissions=permissions, is_mentionable=args["is_mentionable"])
    return role.id


@verb
async def add_person(standin: Standin, args: Json) -> int:
    """Add a person, as a member of a server if one is given; `permissions` come as a role of their own."""
    user = standin.world.add_user(args["name"])
    if args["guild_id"] is not None:
        guild = standin.world.guilds[args["guild_id"]]
        role_ids = list(args["role_ids"])
        if args["permissions"]:
            granted = standin.world.add_role(guild, f"{user.name}'s", permissions=bits(*args["permissions"]))
            role_ids.append(granted.id)
        guild.members[user.id] = Member(user.id, role_ids, 1_500_000_000.0)
    return user.id


@verb
async def open_dm(standin: Standin, args: Json) -> int:
    """Get the DM channel of the bot and a person."""
    return standin.world.open_dm(args["user_id"]).id


@verb
async def set_accepts_dms(standin: Standin, args: Json) -> None:
    """Let a person take DMs or not."""
    standin.world.users[args["user_id"]].accepts_dms = args["accepts"]


@verb
async def overwrite(standin: Standin, args: Json) -> None:
    """Set what the bot is allowed and denied in a channel."""
    standin.world.overwrite_bot(args["channel_id"], allow=bits(*args["allow"]), deny=bits(*args["deny"]))


@verb
async def say(standin: Standin, args: Json) -> int:
    """Write a message as a person."""
    channel = standin.world.channels[args["channel_id"]]
    return standin.messages.create(channel, {"content": args["content"]}, [], author_id=args["user_id"]).id


@verb
async def list_messages(standin: Standin, args: Json) -> list[Json]:
    """List what reached a channel, oldest first."""
    return [
        message_record(standin, message)
        for message in standin.messages.list_all(args["channel_id"])
        if (args["with_deleted"] or not message.is_deleted)
        and (args["with_ephemeral"] or not message.flags & EPHEMERAL)
    ]


@verb
async def get_message(standin: Standin, args: Json) -> Json:
    """Show one message, deleted or not."""
    return message_record(standin, standin.messages.by_id[args["message_id"]])


@verb
async def delete_message(standin: Standin, args: Json) -> None:
    """Delete a message, as a moderator."""
    standin.messages.delete(standin.messages.by_id[args["message_id"]])


@verb
async def expire_nonces(standin: Standin, args: Json) -> None:
    """End the nonce window of all messages so far."""
    standin.messages.expire_nonces()


@verb
async def set_nonce_window(standin: Standin, args: Json) -> None:
    """Set how long a nonce is remembered."""
    standin.messages.nonce_window_seconds = float(args["seconds"])


@verb
async def set_clock(standin: Standin, args: Json) -> None:
    """Let ids carry another time than the machine's, so many seconds ahead."""
    standin.world.snowflakes.ahead_seconds = float(args["ahead_seconds"])


@verb
async def list_commands(standin: Standin, args: Json) -> list[Json]:
    """List the commands that were synced."""
    return standin.commands.list_in(args["guild_id"] or 0)


@verb
async def list_requests(standin: Standin, args: Json) -> list[Json]:
    """List the requests that came in."""
    return [entry.shape() for entry in standin.log.matching(args["method"], args["path"], args["since"])]


@verb
async def add_fault(standin: Standin, args: Json) -> None:
    """Order a fault for the next requests that match."""
    standin.faults.add(Fault(**args))


@verb
async def clear_faults(standin: Standin, args: Json) -> None:
    """Forget the faults not used up."""
    standin.faults.clear()


@verb
async def set_global_limit(standin: Standin, args: Json) -> None:
    """Switch the global rate limit on, or off with None."""
    standin.limit.per_second = args["per_second"]


@verb
async def set_channel_limits(standin: Standin, args: Json) -> None:
    """Switch the limits of each channel on or off."""
    standin.channel_limits.is_on = args["on"]


@verb
async def cut_gateway(standin: Standin, args: Json) -> int:
    """End the live gateway connections."""
    return await standin.gateway.cut(args["how"], args["code"])


@verb
async def set_session_starts(standin: Standin, args: Json) -> None:
    """Set how many shards are recommended, and how often they may identify."""
    for name, value in args.items():
        setattr(standin.gateway.starts, name, value)


@verb
async def list_identifies(standin: Standin, args: Json) -> list[Json]:
    """List the identifies that were taken."""
    return standin.gateway.starts.taken


@verb
async def list_violations(standin: Standin, args: Json) -> Json:
    """Show what did not fit Discord's description, and how many bodies were held against it."""
    if standin.openapi is None:
        return {"checked": 0, "violations": []}
    return {"checked": standin.openapi.checked, "violations": standin.openapi.violations}


@verb
async def status(standin: Standin, args: Json) -> Json:
    """Count what has happened; the same numbers `wait_until` waits for."""
    ids = {"bot_id": standin.world.bot_id, "application_id": standin.world.application_id}
    return ids | {name: count(standin, args) for name, count in COUNTS.items()}


@verb
async def wait_until(standin: Standin, args: Json) -> bool:
    """Wait until every number in `at_least` and `exactly` holds; False if the time ran out."""
    at_least, exactly = args["at_least"], args["exactly"]

    def holds() -> bool:
        return all(COUNTS[name](standin, args) >= wanted for name, wanted in at_least.items()) and all(
            COUNTS[name](standin, args) == wanted for name, wanted in exactly.items()
        )

    return await standin.changes.wait_until(holds, args["timeout_seconds"])


def _requests(standin: Standin, scope: Json) -> list[LoggedRequest]:
    return standin.log.matching(scope["method"], scope["path"], scope["since"])


COUNTS: dict[str, Callable[[Standin, Json], int]] = {
    "connected": lambda standin, _: standin.gateway.connected,
    "identifies": lambda standin, _: standin.gateway.identifies,
    "resumes": lambda standin, _: standin.gateway.resumes,
    "too_fast": lambda standin, _: standin.gateway.starts.too_fast,
    "used_up": lambda standin, _: standin.gateway.starts.used_up,
    "messages": lambda standin, scope: standin.messages.count(scope["channel_id"]),
    "requests": lambda standin, scope: len(_requests(standin, scope)),
    "finished": lambda standin, scope: sum(entry.ms is not None for entry in _requests(standin, scope)),
    "delayed": lambda standin, _: sum(entry.fault == "delay" and entry.ms is None for entry in standin.log.entries),
    "limited": lambda standin, _: standin.limit.refused,
    "channel_limited": lambda standin, _: standin.channel_limits.refused,
    "peak": lambda standin, _: standin.limit.peak,
}
