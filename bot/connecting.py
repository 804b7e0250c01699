"""Logs in to Discord and connects to its gateway, or says in one sentence why that cannot be."""

import asyncio

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from bot.domain.errors import OperatorError
from bot.domain.shards import Shards
from bot.sharding import ShardedBot

_GATEWAY_SECONDS = 10
#: https://discord.com/developers/docs/topics/opcodes-and-status-codes: what connecting again does not mend.
_CLOSED = {
    4004: "Discord does not take the token any more; copy a new one into DISCORD_TOKEN and start again.",
    4010: "Discord knows no such shard; --shards and --shard-count (SHARDS, SHARD_COUNT) must fit in all processes.",
    4011: "Discord wants more shards for so many servers: start again with a higher --shard-count in all processes, "
    "or without --shards and --shard-count (SHARDS, SHARD_COUNT), and Discord is asked how many.",
}


def login(client: ShardedBot, token: str, shards: Shards | None) -> "asyncio.Task[None]":
    """Log in, with these shards or as many as Discord recommends; the task may raise OperatorError."""

    async def enter() -> None:
        try:
            await client.login(token)
        except discord.LoginFailure as error:
            raise OperatorError(
                "Discord refuses the token; copy it again into DISCORD_TOKEN and start again."
            ) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise OperatorError(f"Discord cannot be reached ({type(error).__name__}); try again later.") from error
        await client.choose_shards(shards)

    return asyncio.create_task(enter())


def connect(client: ShardedBot) -> "asyncio.Task[None]":
    """Stay connected until the client is closed; the task may raise OperatorError."""

    async def stay() -> None:
        # discord.py stumbles when its very first connection fails: look first whether anybody is there.
        gateway = DiscordWebSocket.DEFAULT_GATEWAY
        try:
            async with asyncio.timeout(_GATEWAY_SECONDS):
                _, writer = await asyncio.open_connection(gateway.host, gateway.port)
        except (OSError, TimeoutError) as error:
            raise OperatorError(
                "Discord's gateway cannot be reached; check DISCORD_GATEWAY_URL, or try later."
            ) from error
        writer.close()
        try:
            await client.connect()
        except discord.GatewayNotFound as error:
            raise OperatorError("Discord's gateway cannot be found; try again later.") from error
        except discord.ConnectionClosed as error:
            sentence = f"Discord closed the connection for good (code {error.code}); start again."
            raise OperatorError(_CLOSED.get(error.code, sentence)) from error

    return asyncio.create_task(stay())
