"""Fixtures around a stand-in; a test module takes them with `pytest_plugins = ["tests.standin.fixtures"]`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest

from tests.standin.client import StandinProcess
from tests.standin.pointing import pointed_at
from tests.standin.records import Guild
from tests.standin.tinybot import TinyBot


@pytest.fixture
async def standin() -> AsyncIterator[StandinProcess]:
    """A stand-in; if MARQUEE_DISCORD_OPENAPI names Discord's description, all that was said has to fit it."""
    async with StandinProcess() as standin:
        yield standin
        assert await standin.list_violations() == []


@pytest.fixture
async def guild(standin: StandinProcess) -> Guild:
    """A server with the bot in it."""
    return await standin.add_guild()


@pytest.fixture
async def channel_id(standin: StandinProcess, guild: Guild) -> int:
    """A text channel of that server."""
    return await standin.add_channel(guild.id)


@pytest.fixture
async def tiny_bot(standin: StandinProcess, channel_id: int) -> AsyncIterator[TinyBot]:
    """The tiny bot, running in this process and connected."""
    bot = TinyBot()
    with pointed_at(standin.api, standin.gateway):
        task = asyncio.create_task(bot.start(standin.token))
        try:
            await standin.wait_until(connected=1)
            yield bot
        finally:
            await bot.close()
            await task


@pytest.fixture
def channel(tiny_bot: TinyBot, channel_id: int) -> discord.PartialMessageable:
    """The text channel, as the tiny bot sees it."""
    return tiny_bot.get_partial_messageable(channel_id)
