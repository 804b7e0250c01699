"""Turns to identify, on both engines: one of those that ask at once gets it, and the next one five seconds later."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.store import identifying
from bot.store.database import Database

NOW = datetime(2025, 6, 1, 12, 0, 0, 500_000, UTC)
SPACING = timedelta(seconds=5, milliseconds=250)
MILLISECOND = timedelta(milliseconds=1)


async def take(database: Database, now: datetime, bucket: int = 0) -> bool:
    async with database.transaction() as tx:
        return await identifying.take_turn(tx, bucket, now, now + SPACING)


async def test_a_turn_is_taken_once_until_it_is_free_again(database: Database) -> None:
    assert await take(database, NOW)
    assert not await take(database, NOW)
    assert not await take(database, NOW + SPACING - MILLISECOND)
    async with database.reading() as tx:
        assert await identifying.find_next_turn(tx, 0) == NOW + SPACING
    assert await take(database, NOW + SPACING)
    assert not await take(database, NOW + SPACING)


async def test_buckets_take_turns_by_themselves(database: Database) -> None:
    async with database.reading() as tx:
        assert await identifying.find_next_turn(tx, 0) is None
    assert [await take(database, NOW, bucket) for bucket in (0, 1, 15, 1)] == [True, True, True, False]


async def test_of_many_processes_that_ask_at_once_one_gets_it(database: Database, rival: Database) -> None:
    for turn in range(5):
        now = NOW + turn * SPACING
        asked = await asyncio.gather(*(take(one, now) for one in (database, rival) * 4))
        assert sum(asked) == 1, f"turn {turn}"


async def test_a_turn_that_a_wrong_clock_gave_binds_nobody(database: Database) -> None:
    assert await take(database, NOW + timedelta(hours=1))
    assert await take(database, NOW), "nobody can have taken that one"
    assert not await take(database, NOW)
