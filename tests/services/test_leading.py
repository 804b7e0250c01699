"""Who leads: processes on one database, each with its own connections; PostgreSQL ends some of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import DatabaseError
from bot.services.leading import GONE, Leading
from bot.services.limits import GLOBAL_LIMIT, divide
from bot.services.pace import Pace
from bot.store import postgres_lock
from bot.store.database import Database, open_database
from bot.store.postgres import POOL_SIZE
from bot.store.postgres_lock import LEAD_LOCK
from bot.store.processes import list_processes
from tests.store.engines import PostgresServer

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Process:
    """One process of the bot, as far as leading goes."""

    def __init__(self, db: Database, name: str) -> None:
        self.db = db
        self.pace = Pace(48)
        self.taken_over = 0
        self.leading = Leading(db, self.pace, owner=name, shards=(0, 1), take_over=self._take_over)

    async def live(self, now: datetime) -> None:
        """What it does every few seconds."""
        await self.leading.run(now)
        await self.leading.beat(now)

    async def _take_over(self) -> None:
        self.taken_over += 1


class House:
    """A database, and as many processes as a test wants."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self._stack = stack

    async def start(self, name: str) -> Process:
        db = await open_database(self.url)
        self._stack.push_async_callback(db.close)
        process = Process(db, name)
        self._stack.push_async_callback(process.leading.leave)
        return process

    async def end_leader(self) -> None:
        """Cut the connection that holds the lock, as the end of its process does."""
        connection = await asyncpg.connect(self.url)
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database "
            "WHERE locktype = 'advisory' AND granted AND d.datname = current_database() "
            "AND (CAST(classid AS BIGINT) << 32) + CAST(objid AS BIGINT) = $1",
            LEAD_LOCK,
        )
        await connection.close()
        assert len(ended) == 1


@pytest.fixture
async def house(postgres: PostgresServer) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(await postgres.emptied(), stack)


async def until_one_leads(*processes: Process) -> Process:
    """Let all ask again and again until exactly one leads."""
    async with asyncio.timeout(10):
        while True:
            for process in processes:
                await process.leading.run(NOW)
            leaders = [process for process in processes if process.leading.leads]
            assert len(leaders) <= 1
            if leaders:
                return leaders[0]
            await asyncio.sleep(0.05)


async def test_on_sqlite_the_one_process_leads_at_once(tmp_path: object) -> None:
    db = await open_database(f"sqlite:///{tmp_path}/marquee.db")
    process = Process(db, "alone")
    await process.leading.run(NOW)
    await process.leading.run(NOW + SECOND)
    assert process.leading.leads
    assert process.taken_over == 1
    await process.leading.leave()
    await db.close()


async def test_one_leads_and_the_other_takes_over_when_its_connection_ends(house: House) -> None:
    first, second = await house.start("first"), await house.start("second")
    await first.leading.run(NOW)
    await second.leading.run(NOW)
    assert (first.leading.leads, second.leading.leads) == (True, False)
    await house.end_leader()
    assert await until_one_leads(second) is second
    with suppress(DatabaseError):  # whose connection was cut hears of it at its first question, or before
        await first.leading.run(NOW)
    assert not first.leading.leads
    assert (first.taken_over, second.taken_over) == (1, 1)


async def test_who_leaves_hands_over_at_once(house: House) -> None:
    first, second = await house.start("first"), await house.start("second")
    await first.live(NOW)
    await second.live(NOW)
    await first.leading.leave()
    await second.live(NOW + SECOND)
    assert (first.leading.leads, second.leading.leads) == (False, True)
    async with second.db.reading() as tx:
        assert [process.owner for process in await list_processes(tx, NOW - GONE)] == ["second"]


async def test_frozen_process_loses_the_lead_and_knows_when_it_awakes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_lock, "SILENT_SECONDS", 1)
    frozen, other = await house.start("frozen"), await house.start("other")
    await frozen.leading.run(NOW)
    assert await until_one_leads(other) is other
    assert frozen.leading.leads, "it has not asked since"
    await frozen.leading.run(NOW)
    assert not frozen.leading.leads


async def test_nobody_leads_while_the_server_does_not_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    process = await house.start("first")
    await process.leading.run(NOW)
    monkeypatch.setattr(postgres_lock.PostgresLock, "take", refuse)
    with pytest.raises(DatabaseError):
        await process.leading.run(NOW)
    assert not process.leading.leads


async def refuse(_: object) -> bool:
    raise DatabaseError("gone")


async def test_lead_is_not_taken_before_what_was_left_behind_is(house: House) -> None:
    process = await house.start("first")
    seen: list[bool] = []

    async def take_over() -> None:
        seen.append(process.leading.leads)
        if len(seen) == 1:
            raise DatabaseError("gone")

    process.leading = Leading(process.db, process.pace, owner="first", shards=(), take_over=take_over)
    with pytest.raises(DatabaseError):
        await process.leading.run(NOW)
    assert not process.leading.leads
    await process.leading.run(NOW)
    assert process.leading.leads
    assert seen == [False, False]
    await process.leading.leave()


async def test_processes_say_that_they_are_here_and_divide_what_discord_allows(house: House) -> None:
    processes = [await house.start(name) for name in ("a", "b", "c")]
    for moment in (NOW, NOW + 6 * SECOND):
        for process in processes:
            await process.live(moment)
    async with processes[0].db.reading() as tx:
        here = await list_processes(tx, NOW)
    assert [(line.owner, line.shards, line.leads) for line in here] == [
        ("a", (0, 1), True), ("b", (0, 1), False), ("c", (0, 1), False),
    ]  # fmt: skip
    limits = [process.pace._window.limit for process in processes]  # pyright: ignore[reportPrivateUsage]
    assert limits == [44, 3, 3]
    await processes[0].live(NOW + 60 * SECOND)
    assert processes[0].pace._window.limit == GLOBAL_LIMIT, "the others are gone"  # pyright: ignore[reportPrivateUsage]


async def test_who_takes_over_has_the_leaders_portion_from_that_moment(house: House) -> None:
    first, second = await house.start("first"), await house.start("second")
    for moment in (NOW, NOW + 6 * SECOND):
        await first.live(moment)
        await second.live(moment)
    assert second.pace._window.limit == 6  # pyright: ignore[reportPrivateUsage]
    await first.leading.leave()
    await second.leading.run(NOW + 7 * SECOND)
    assert second.pace._window.limit == GLOBAL_LIMIT - 6  # pyright: ignore[reportPrivateUsage]


async def test_what_others_do_with_the_database_does_not_cost_the_lead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_lock, "SILENT_SECONDS", 1)
    busy, other = await house.start("busy"), await house.start("other")
    await busy.leading.run(NOW)
    async with AsyncExitStack() as stack:
        for _ in range(POOL_SIZE):
            await stack.enter_async_context(busy.db.reading())
        beating = asyncio.create_task(busy.leading.beat(NOW))
        for _ in range(6):
            await asyncio.sleep(0.3)
            await asyncio.wait_for(busy.leading.run(NOW), 2)
            await other.leading.run(NOW)
        assert (busy.leading.leads, other.leading.leads, beating.done()) == (True, False, False)
    await beating


@given(processes=st.integers(min_value=1, max_value=45))
def test_portions_are_never_more_than_the_limit_together(processes: int) -> None:
    leader, follower = divide(processes, leads=True), divide(processes, leads=False)
    assert leader.requests + follower.requests * (processes - 1) <= GLOBAL_LIMIT
    assert min(leader.posts, follower.requests) >= 1
    assert leader.posts <= leader.requests


def test_alone_a_process_has_all_of_it() -> None:
    assert divide(1, leads=True).requests == GLOBAL_LIMIT
