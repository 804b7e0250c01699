"""The control verbs for thousands of servers at once, and for the weather over them."""

from __future__ import annotations

from tests.standin.components import walk
from tests.standin.errors import Json
from tests.standin.permissions import bits
from tests.standin.state import Standin
from tests.standin.storm import Storm
from tests.standin.verbs import VerbTable

verb = VerbTable()


@verb
async def add_servers(standin: Standin, args: Json) -> list[list[int]]:
    """Add servers with a channel each; [server, owner, the bot's role, channel] of every one. No session is told."""
    world = standin.world
    allowed = bits(*args["bot"])
    rows: list[list[int]] = []
    for number in range(args["count"]):
        guild = world.add_guild(f"Server {number}", everyone=bits("view_channel"), bot=allowed)
        channel = world.add_channel(guild, "releases")
        rows.append([guild.id, guild.owner_id, guild.members[world.bot_id].role_ids[0], channel.id])
    return rows


@verb
async def furnish_servers(standin: Standin, args: Json) -> None:
    """Show servers with so much in them to sessions that identify from now on."""
    standin.world.furniture = (args["channels"], args["roles"], args["emoji"])


@verb
async def say_everywhere(standin: Standin, args: Json) -> None:
    """Have the owner of each server write a line in a channel."""
    for channel_id in args["channel_ids"]:
        channel = standin.world.channels[channel_id]
        owner_id = standin.world.guilds[channel.guild_id or 0].owner_id
        standin.messages.create(channel, {"content": args["content"]}, [], author_id=owner_id)


@verb
async def list_told(standin: Standin, args: Json) -> list[Json]:
    """List what the bot wrote anywhere and is still there, in short, oldest first."""
    told: list[Json] = []
    for message in standin.messages.by_id.values():
        if message.author_id == standin.world.bot_id and not message.is_deleted:
            ids = [part["custom_id"] for _, part in walk(message.shown["components"]) if part.get("custom_id")]
            channel = standin.world.channels[message.channel_id]
            row = {"id": message.id, "channel_id": message.channel_id, "to": channel.recipient_id}
            content = {"content": message.shown["content"], "last_custom_id": ids[-1] if ids else ""}
            told.append(row | content | {"nonce": message.nonce})
    return told


@verb
async def set_storm(standin: Standin, args: Json) -> None:
    """Let a storm blow, or end it with no shares."""
    shares = args["shares"]
    standin.faults.storm = Storm(args["seed"], shares, args["seconds"]) if shares else None
