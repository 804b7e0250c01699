"""The health of channels, on both engines: closed once, looked at now and then, opened, closed again."""

from datetime import datetime, timedelta

import pytest

from bot.domain.destinations import Destination
from bot.domain.messages import LEASE, Attempt, Outcome, settle
from bot.domain.subscribers import Subscriber
from bot.store import destinations, messages
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import CHANNEL, HOUR, NOW, a_post, arm, put_to_sleep, store_guild

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    guild = await store_guild(database)
    await put_to_sleep(database, guild.id)
    return guild


async def close(database: Database, guild: Subscriber, at: datetime, reason: str = "No access.") -> Destination | None:
    async with database.transaction() as tx:
        return await destinations.close_destination(tx, CHANNEL, guild.id, reason, at, at + HOUR)


async def open_again(database: Database, at: datetime, probes: int = 0) -> None:
    async with database.transaction() as tx:
        await destinations.open_destination(tx, CHANNEL, at, probes=probes)


async def find(database: Database) -> Destination | None:
    async with database.reading() as tx:
        return await destinations.find_destination(tx, CHANNEL)


async def take(database: Database, at: datetime, limit: int = 10) -> list[int]:
    async with database.transaction() as tx:
        taken = await destinations.take_due_probes(tx, at, at + MINUTE, limit)
    return [destination.channel_id for destination in taken]


async def arrives(database: Database, guild: Subscriber, at: datetime, number: int) -> None:
    """A message arrives in the channel."""
    await arm(database, a_post(guild, number))
    async with database.transaction() as tx:
        message = await claiming.claim(tx, guild.id, CHANNEL, "us", at, at + LEASE)
        assert message is not None
        attempt = Attempt(Outcome.SENT, 900 + number)
        assert await messages.settle_message(tx, message, settle(message, attempt, at), attempt, at)


async def test_it_is_remembered_with_its_first_reason(database: Database, guild: Subscriber) -> None:
    assert await find(database) is None
    closed = await close(database, guild, NOW)
    assert closed == Destination(CHANNEL, True, "No access.", NOW, guild.id, 0, NOW)
    assert await close(database, guild, NOW + HOUR, "Another reason.") is None
    assert await find(database) == closed
    async with database.reading() as tx:
        assert await destinations.list_closed(tx, guild.id) == [closed]


async def test_it_is_opened(database: Database, guild: Subscriber) -> None:
    await close(database, guild, NOW)
    await open_again(database, NOW + HOUR)
    found = await find(database)
    assert found is not None
    assert (found.paused, found.reason, found.since) == (False, "", NOW + HOUR)
    async with database.reading() as tx:
        assert await destinations.list_closed(tx, guild.id) == []
    assert await take(database, NOW + 99 * HOUR) == []


async def test_what_was_closed_again_before_anything_arrived_is_the_old_trouble(
    database: Database, guild: Subscriber
) -> None:
    await close(database, guild, NOW)
    await open_again(database, NOW + HOUR, probes=3)
    again = await close(database, guild, NOW + 2 * HOUR)
    assert again is not None
    assert (again.probes, again.missed_since, again.since) == (3, NOW, NOW + 2 * HOUR)


async def test_what_was_closed_again_after_something_arrived_is_new_trouble(
    database: Database, guild: Subscriber
) -> None:
    await arrives(database, guild, NOW, 1)  # before it was closed: says nothing
    await close(database, guild, NOW + MINUTE)
    await open_again(database, NOW + HOUR, probes=3)
    await arrives(database, guild, NOW + HOUR, 2)
    again = await close(database, guild, NOW + 2 * HOUR)
    assert again is not None
    assert (again.probes, again.missed_since) == (0, NOW + 2 * HOUR)


async def test_opening_by_hand_begins_the_count_anew(database: Database, guild: Subscriber) -> None:
    await close(database, guild, NOW)
    await open_again(database, NOW + HOUR, probes=3)
    await close(database, guild, NOW + 2 * HOUR)
    await open_again(database, NOW + 3 * HOUR)
    again = await close(database, guild, NOW + 4 * HOUR)
    assert again is not None
    assert (again.probes, again.missed_since) == (0, NOW)


async def test_looks_are_taken_when_due_and_by_one(database: Database, guild: Subscriber) -> None:
    await close(database, guild, NOW)
    async with database.reading() as tx:
        assert not await destinations.has_due_probe(tx, NOW + HOUR - MINUTE)
        assert await destinations.has_due_probe(tx, NOW + HOUR)
    assert await take(database, NOW + HOUR - MINUTE) == []
    assert await take(database, NOW + HOUR) == [CHANNEL]
    assert await take(database, NOW + HOUR) == [], "somebody looks"
    assert await take(database, NOW + HOUR + MINUTE) == [CHANNEL], "who was to look is dead"
    async with database.transaction() as tx:
        await destinations.plan_probe(tx, CHANNEL, 1, None)
    assert await take(database, NOW + 1000 * HOUR) == []
    found = await find(database)
    assert found is not None
    assert found.probes == 1


async def test_no_more_are_taken_than_asked_for_and_the_longest_waiting_first(
    database: Database, guild: Subscriber
) -> None:
    async with database.transaction() as tx:
        for number in range(5):
            at = NOW + (5 - number) * MINUTE
            await destinations.close_destination(tx, CHANNEL + number, guild.id, "No.", NOW, at)
    assert await take(database, NOW + HOUR, limit=2) == [CHANNEL + 3, CHANNEL + 4]
