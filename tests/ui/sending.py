"""Fixtures around a sender on the real discord.py, logged in to a stand-in that a test module shares; no gateway."""

import asyncio
import json
import types
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import discord
import pytest
from discord import http as discord_http

from bot.domain.messages import Parcel
from bot.ui.sender import DiscordSender
from tests.domain.examples import guild as a_guild
from tests.standin.client import BOT_TOKEN, StandinClient
from tests.standin.pointing import pointed_at
from tests.standin.process import PythonProcess
from tests.standin.records import Guild
from tests.standin.server import Urls
from tests.ui.parcels import QuickShop, parcel, post


@pytest.fixture(scope="module")
def served() -> Iterator[Urls]:
    """A stand-in's process. Each test takes a server and a channel of its own in it."""
    process = PythonProcess("tests.standin", "--until-stdin-closes", with_stdout=True)

    async def start() -> str:
        await process.start()
        return await process.read_line()

    yield Urls(**json.loads(asyncio.run(start())))
    asyncio.run(process.kill())


@pytest.fixture
async def standin(served: Urls) -> AsyncIterator[StandinClient]:
    """The stand-in; what a test said has to fit Discord's description, if MARQUEE_DISCORD_OPENAPI names it."""
    standin = StandinClient()
    await standin.open(served.control)
    yield standin
    await standin.clear_faults()
    assert await standin.list_violations() == []
    await standin.close()


@pytest.fixture
async def guild(standin: StandinClient) -> Guild:
    """A server with the bot in it."""
    return await standin.add_guild()


@pytest.fixture
async def channel_id(standin: StandinClient, guild: Guild) -> int:
    """A text channel of that server."""
    return await standin.add_channel(guild.id)


@pytest.fixture
def shop() -> QuickShop:
    return QuickShop()


@pytest.fixture
def client() -> discord.Client:
    return discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30)


@pytest.fixture
async def sender(served: Urls, client: discord.Client, shop: QuickShop) -> AsyncIterator[DiscordSender]:
    made = DiscordSender(client, shop)
    with pointed_at(served.api, served.gateway):
        async with client:
            await client.login(BOT_TOKEN)
            yield made


@pytest.fixture
def told(guild: Guild, channel_id: int) -> Parcel:
    """A release-day alert to the stand-in's channel."""
    server = replace(a_guild(), discord_id=guild.id)
    return parcel(post("release theatrical 2025-06-06"), subscriber=server, channel_id=channel_id)


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py tries again at once."""

    async def at_once(seconds: float) -> None:
        """Do not wait."""

    quick = types.SimpleNamespace(**vars(asyncio) | {"sleep": at_once})
    monkeypatch.setattr(discord_http, "asyncio", quick)
