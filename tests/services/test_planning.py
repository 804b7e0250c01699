"""The planner in batches, held against the one that plans one subscriber after another; and what it must not do."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.orders import Case, Orders, orders_for
from bot.domain.subscribers import Subscriber
from bot.services import planning
from bot.services.planning import Planning
from bot.services.taking import take_in
from bot.store.database import Database, Transaction, open_database
from bot.store.planning import list_awake
from bot.store.subscribers import wake_subscriber
from tests.services.many_lives import Lives, everything
from tests.services.plain_planner import plan_plainly
from tests.store.raw import execute, fetch
from tests.store.samples import BALLERINA, CHANNEL, GUILD, NOW, THEATRICAL_US, follow, store_film, store_guild

STEPS = 14
#: Nine in New York, three days before Ballerina is out.
COUNTDOWN = NOW + timedelta(days=2, hours=1)
#: What must have come before the planners, or a comparison says little.
KINDS = ("arm", "rearm", "move", "cancel", "correct", "edit", "free")


@pytest.fixture
async def ours(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A new database, whose ids begin at 1 as those of the other do."""
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    db = await open_database(url if engine == "sqlite" else await request.getfixturevalue("postgres").new())
    yield db
    await db.close()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Database]:
    db = await open_database(f"sqlite:///{tmp_path / 'plain.db'}")
    yield db
    await db.close()


async def live_both(ours: Database, other: Database, seed: int) -> None:
    """The same lives, planned by both; what they leave behind is compared after every step."""
    batched, plain = Lives(ours, seed), Lives(other, seed)
    await batched.begin()
    await plain.begin()
    planner = Planning(ours)
    for step in range(STEPS):
        await planner.run(batched.now)
        await plan_plainly(other, plain.now, await plain.stuck())
        for name, rows in (await everything(ours)).items():
            assert rows == (await everything(other))[name], (seed, step, name)
        await batched.go_on()
        await plain.go_on()


@pytest.mark.parametrize("seed", [1, 3])
async def test_batches_leave_behind_what_one_by_one_does(
    ours: Database, other: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()

    def noted(case: Case, now: datetime) -> Orders:
        orders = orders_for(case, now)
        seen.update(kind for kind in KINDS if getattr(orders, kind))
        return orders

    monkeypatch.setattr(planning, "BATCH", 5)
    monkeypatch.setattr(planning, "orders_for", noted)
    await live_both(ours, other, seed)
    assert set(seen) == set(KINDS)


class Interrupted:
    """A database to which somebody writes just before the planner does, once."""

    def __init__(self, db: Database, write: Callable[[Transaction], Awaitable[Any]]) -> None:
        self.db, self.write, self.engine = db, write, db.engine

    def reading(self) -> Any:
        return self.db.reading()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        write, self.write = self.write, _nothing
        async with self.db.transaction() as tx:
            await write(tx)
        async with self.db.transaction() as tx:
            yield tx


def interrupted(db: Database, write: Callable[[Transaction], Awaitable[Any]]) -> Any:
    return Interrupted(db, write)


def guild_number(number: int) -> Subscriber:
    return replace(GUILD, discord_id=GUILD.discord_id + number, channel_id=CHANNEL + number)


async def _nothing(_: Transaction) -> None: ...


async def owed(db: Database) -> list[str]:
    return [row["dedup_key"].split(":", 2)[2] for row in await fetch(db, "SELECT dedup_key FROM posts ORDER BY due_at")]


class TestAFactThatComesBetweenReadingAndWriting:
    """Ballerina is out in five days: in two a countdown is owed to who follows it."""

    async def test_keeps_an_old_plan_from_being_written(self, database: Database) -> None:
        film_id = await store_film(database)
        guild = await store_guild(database)
        await follow(database, guild.id, film_id)
        later = replace(BALLERINA, releases=(replace(THEATRICAL_US, date=ReleaseDate.parse("2025-07-09")),))

        async def move(tx: Transaction) -> None:
            await take_in(tx, later, "bundled", NOW)

        assert await Planning(interrupted(database, move)).run(COUNTDOWN) == 0
        assert await owed(database) == []
        async with database.reading() as tx:
            assert await list_awake(tx, COUNTDOWN, 9) == [guild.id]
        assert await Planning(database).run(COUNTDOWN) == 1
        assert [key for key in await owed(database) if "2025-06-06" in key] == []

    async def test_to_one_server_does_not_hold_up_the_others(self, database: Database) -> None:
        film_id = await store_film(database)
        first = await store_guild(database)
        second = await store_guild(database, guild_number(2))
        for guild in (first, second):
            await follow(database, guild.id, film_id)

        async def wake(tx: Transaction) -> None:
            await wake_subscriber(tx, first.id, NOW)

        assert await Planning(interrupted(database, wake)).run(COUNTDOWN) == 1
        assert {row["subscriber_id"] for row in await fetch(database, "SELECT * FROM posts")} == {second.id}
        assert await Planning(database).run(COUNTDOWN) == 1
        assert {row["subscriber_id"] for row in await fetch(database, "SELECT * FROM posts")} == {first.id, second.id}


async def test_rows_that_make_no_sense_stop_only_whose_they_are(database: Database) -> None:
    film_id = await store_film(database)
    guilds = [await store_guild(database, guild_number(number)) for number in range(3)]
    for guild in guilds:
        await follow(database, guild.id, film_id)
    await execute(database, f"UPDATE subscribers SET milestones = 'what?' WHERE id = {guilds[1].id}")  # noqa: S608
    assert await Planning(database).run(COUNTDOWN) == 2
    async with database.reading() as tx:
        assert await list_awake(tx, COUNTDOWN + timedelta(minutes=59), 9) == []
        assert await list_awake(tx, COUNTDOWN + timedelta(hours=1), 9) == [guilds[1].id]


async def test_who_was_woken_last_does_not_wait_for_all_the_others(database: Database) -> None:
    guilds = [await store_guild(database, guild_number(number)) for number in range(30)]
    async with database.transaction() as tx:
        for number, guild in enumerate(guilds):
            await wake_subscriber(tx, guild.id, NOW + timedelta(seconds=number))
    async with database.reading() as tx:
        awake = await list_awake(tx, NOW + timedelta(minutes=1), 10)
        assert await list_awake(tx, NOW + timedelta(minutes=1), 99) == [guild.id for guild in guilds]
    assert awake == [*(guild.id for guild in guilds[:8]), guilds[29].id, guilds[28].id]


async def test_a_long_run_sees_who_is_woken_while_it_lasts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BATCH", 2)
    guilds = [await store_guild(database, guild_number(number)) for number in range(4)]
    late = NOW + timedelta(seconds=30)
    async with database.transaction() as tx:
        for guild in guilds[:3]:
            await wake_subscriber(tx, guild.id, NOW)
        await wake_subscriber(tx, guilds[3].id, late)

    class Later:
        def now(self) -> datetime:
            return late

    assert await Planning(database, Later()).run(NOW) == 4
    async with database.transaction() as tx:
        for guild in guilds[:3]:
            await wake_subscriber(tx, guild.id, NOW)
        await wake_subscriber(tx, guilds[3].id, late)
    assert await Planning(database).run(NOW) == 3
