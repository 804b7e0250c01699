"""Shards over a real gateway's protocol: each identifies in its turn, and tells of its own servers alone."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest
from discord.ext import commands
from discord.gateway import KeepAliveHandler

from bot.clock import SystemClock
from bot.connecting import connect, login
from bot.domain.errors import OperatorError
from bot.domain.shards import Shards
from bot.services.identifying import Identifying
from bot.sharding import ShardedBot
from bot.store.database import Database, open_database
from tests.standin.client import StandinProcess
from tests.standin.pointing import pointed_at

pytest_plugins = ["tests.standin.fixtures"]


@pytest.fixture(autouse=True)
def no_heart_goes_on() -> Iterator[None]:
    """A shard that is cancelled while it waits for its turn leaves its heartbeat's thread; discord.py forgets it."""
    yield
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler):
            thread.stop()


class Bot(ShardedBot):
    """Remembers what was said of servers."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            Identifying(database, SystemClock()), command_prefix=(), help_command=None, intents=discord.Intents.none()
        )
        self._named: asyncio.Queue[tuple[Shards, frozenset[int]]] = asyncio.Queue()

    async def on_servers_named(self, shards: Shards, guild_ids: frozenset[int]) -> None:
        self._named.put_nowait((shards, guild_ids))

    async def hear(self, times: int) -> dict[Shards, frozenset[int]]:
        """Wait until so many shards have said which servers they have."""
        async with asyncio.timeout(10):
            return dict([await self._named.get() for _ in range(times)])


@asynccontextmanager
async def connected(standin: StandinProcess, database: Database, shards: Shards | None = None) -> AsyncIterator[Bot]:
    """A bot that connects, with some shards or those that are recommended."""
    bot = Bot(database)
    with pointed_at(standin.api, standin.gateway):
        async with bot:
            await bot.login(standin.token)
            await bot.choose_shards(shards)
            task = asyncio.create_task(bot.connect())
            try:
                yield bot
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(f"sqlite:///{tmp_path / 'marquee.db'}")
    yield database
    await database.close()


async def servers_of_all(standin: StandinProcess, count: int) -> set[int]:
    """Make servers until every shard has one; their ids."""
    made: set[int] = set()
    while {(guild_id >> 22) % count for guild_id in made} != set(range(count)):
        made.add((await standin.add_guild()).id)
    return made


async def test_each_shard_names_its_own_servers_and_none_is_kept(standin: StandinProcess, database: Database) -> None:
    servers = await servers_of_all(standin, 4)
    await standin.set_session_starts(recommended=4, max_concurrency=4, strict=True)
    async with connected(standin, database) as bot:
        await standin.wait_until(connected=4)
        await asyncio.wait_for(bot.wait_until_ready(), 5)
        assert bot.shards_here == Shards.all_of(4)
        named = await bot.hear(4)
        assert {shards.ids for shards in named} == {(0,), (1,), (2,), (3,)}
        for shards, guild_ids in named.items():
            assert guild_ids == {guild_id for guild_id in servers if shards.has(guild_id)}
        assert list(bot.guilds) == []
        await standin.remove_guild(gone := min(servers))
        await standin.cut_gateway("invalidate")
        status = await standin.wait_until(connected=4, identifies=8, timeout=20)
        assert status.too_fast == 0
        assert frozenset[int]().union(*(await bot.hear(4)).values()) == servers - {gone}


async def test_two_processes_take_turns(standin: StandinProcess, database: Database) -> None:
    await standin.set_session_starts(max_concurrency=2, strict=True)
    low, high = Shards((0, 1), 4), Shards((2, 3), 4)
    async with connected(standin, database, low), connected(standin, database, high) as second:
        status = await standin.wait_until(connected=4, timeout=20)
        assert second.shards_here == high
        assert (status.too_fast, status.identifies) == (0, 4)
    taken = await standin.list_identifies()
    assert {(one.shard, one.count) for one in taken} == {(0, 4), (1, 4), (2, 4), (3, 4)}
    times = [one.at for one in taken]
    assert times[1] - times[0] < 2, "of two buckets"
    assert 5 <= times[-1] - times[0] < 8


async def test_who_has_used_up_the_day_does_not_connect(
    standin: StandinProcess, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await standin.set_session_starts(recommended=2, max_concurrency=2, remaining=1, reset_seconds=1)
    async with connected(standin, database):
        await standin.wait_until(requests=3, path="/gateway/bot")  # to choose, to look again, and after the reset
        assert (await standin.get_status()).identifies == 0
        assert [record.levelname for record in caplog.records if "1 more times" in record.getMessage()] == ["ERROR"]
        await standin.set_session_starts(remaining=1_000)
        assert (await standin.wait_until(connected=2)).used_up == 0


async def test_what_connecting_again_does_not_mend_is_a_sentence(standin: StandinProcess, database: Database) -> None:
    await standin.set_session_starts(max_concurrency=4)
    said: dict[int, str] = {}
    for shard, code in enumerate((4004, 4010, 4011, 4012)):
        bot = Bot(database)
        with pointed_at(standin.api, standin.gateway):
            async with bot:
                await login(bot, standin.token, Shards((shard,), 4))
                stays = connect(bot)
                await standin.wait_until(connected=1)
                await standin.cut_gateway("close", code=code)
                with pytest.raises(OperatorError) as caught:
                    await asyncio.wait_for(stays, 10)
        said[code] = str(caught.value)
    assert "DISCORD_TOKEN" in said[4004]
    assert "--shard-count" in said[4010]
    assert "more shards" in said[4011]
    assert "code 4012" in said[4012]


async def test_who_is_not_told_how_to_connect_does_not(standin: StandinProcess, database: Database) -> None:
    await standin.fail_next("GET", "/gateway/bot", 503)
    bot = Bot(database)
    with pointed_at(standin.api, standin.gateway):
        async with bot:
            with pytest.raises(OperatorError, match="try again later"):
                await login(bot, standin.token, Shards((0,), 1))
    assert (await standin.get_status()).identifies == 0


async def test_who_does_not_wait_is_sent_away(standin: StandinProcess, database: Database) -> None:
    """What the turns are for, by discord.py alone."""

    class Hasty(commands.AutoShardedBot):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Do not wait."""

    await standin.set_session_starts(recommended=4, max_concurrency=1, strict=True)
    bot = Hasty((), help_command=None, intents=discord.Intents.none())
    with pointed_at(standin.api, standin.gateway):
        task = asyncio.create_task(bot.start(standin.token))
        assert (await standin.wait_until(too_fast=3)).identifies == 1
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
