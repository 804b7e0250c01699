"""Logs in to Discord and connects to its gateway, or says in one sentence why that cannot be."""

import asyncio

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from bot.domain.errors import OperatorError

_GATEWAY_SECONDS = 10


def login(client: discord.Client, token: str) -> "asyncio.Task[None]":
    """Log in; the task may raise OperatorError."""

    async def enter() -> None:
        try:
            await client.login(token)
        except discord.LoginFailure as error:
            raise OperatorError(
                "Discord refuses the token; copy it again into DISCORD_TOKEN and start again."
            ) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise OperatorError(f"Discord cannot be reached ({type(error).__name__}); try again later.") from error

    return asyncio.create_task(enter())


def connect(client: discord.Client) -> "asyncio.Task[None]":
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
            raise OperatorError(f"Discord closed the connection for good (code {error.code}); start again.") from error

    return asyncio.create_task(stay())
