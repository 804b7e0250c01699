"""What admins are told, on both engines: once, now or at a command."""

from datetime import datetime, timedelta

import pytest

from bot.domain.admin_notices import AdminNotice
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.store import admin_notices, destinations, subscribers
from bot.store.database import Database
from tests.store.samples import CHANNEL, GUILD, HOUR, NOW, store_film, store_guild

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


async def add(database: Database, guild: Subscriber, about: str = "closed:5:1", due_at: datetime | None = NOW) -> bool:
    async with database.transaction() as tx:
        notice = AdminNotice(guild.id, about, f"About {about}.", NOW)
        return await admin_notices.add_notice(tx, notice, due_at)


async def take(database: Database, at: datetime) -> list[AdminNotice]:
    async with database.transaction() as tx:
        return await admin_notices.take_due_notices(tx, at, at + MINUTE, 10)


async def waiting(database: Database, at: datetime, kind: SubscriberKind = SubscriberKind.GUILD) -> list[str]:
    async with database.reading() as tx:
        return [n.about for n in await admin_notices.list_waiting(tx, kind, GUILD.discord_id, at, 10)]


async def test_the_same_is_told_once(database: Database, guild: Subscriber) -> None:
    assert await add(database, guild)
    assert not await add(database, guild)
    (notice,) = await take(database, NOW)
    async with database.transaction() as tx:
        assert await admin_notices.end_notice(tx, notice.id, NOW)
        assert not await admin_notices.end_notice(tx, notice.id, NOW)
    assert not await add(database, guild), "it was told"
    assert await take(database, NOW + HOUR) == []
    assert await add(database, guild, "closed:5:2")


async def test_what_nobody_settled_is_taken_again(database: Database, guild: Subscriber) -> None:
    await add(database, guild)
    async with database.reading() as tx:
        assert not await admin_notices.has_due_notice(tx, NOW - MINUTE)
        assert await admin_notices.has_due_notice(tx, NOW)
    (first,) = await take(database, NOW)
    async with database.transaction() as tx:
        await admin_notices.try_notice(tx, first.id, NOW)
    assert (first.attempts, first.tried_at) == (1, None)
    assert await take(database, NOW) == []
    (second,) = await take(database, NOW + MINUTE)
    assert (second.id, second.attempts, second.tried_at) == (first.id, 2, NOW)
    async with database.transaction() as tx:
        await admin_notices.try_notice(tx, first.id, NOW + MINUTE)
        await admin_notices.put_off_notice(tx, first.id, NOW + HOUR, NOW)
    (third,) = await take(database, NOW + HOUR)
    assert third.tried_at == NOW, "the first attempt is the one that counts"


async def test_what_waits_for_a_command(database: Database, guild: Subscriber) -> None:
    await add(database, guild)
    await add(database, guild, "uncertain:5:x", due_at=None)
    assert await waiting(database, NOW) == ["uncertain:5:x"]
    assert await waiting(database, NOW - MINUTE) == [], "not for so long yet"
    assert await waiting(database, NOW, SubscriberKind.USER) == []
    (notice,) = await take(database, NOW)
    async with database.transaction() as tx:
        await admin_notices.put_off_notice(tx, notice.id, None)
    assert await waiting(database, NOW) == ["closed:5:1", "uncertain:5:x"]
    assert await take(database, NOW + 1000 * HOUR) == []


async def test_what_is_over_is_told_to_nobody(database: Database, guild: Subscriber) -> None:
    for about in ("closed:5:1", "closed:55:1", "uncertain:5:x"):
        await add(database, guild, about, due_at=None)
    async with database.transaction() as tx:
        await admin_notices.remove_untold(tx, guild.id, "closed:5:")
    assert await waiting(database, NOW) == ["closed:55:1", "uncertain:5:x"]


async def test_what_was_told_long_ago_is_forgotten(database: Database, guild: Subscriber) -> None:
    await add(database, guild)
    (notice,) = await take(database, NOW)
    async with database.transaction() as tx:
        await admin_notices.end_notice(tx, notice.id, NOW)
        await admin_notices.remove_told(tx, NOW - HOUR)
    assert not await add(database, guild)
    async with database.transaction() as tx:
        await admin_notices.remove_told(tx, NOW)
    assert await add(database, guild)


async def test_the_channels_that_a_server_gave(database: Database, guild: Subscriber) -> None:
    film_id = await store_film(database)
    async with database.transaction() as tx:
        await subscribers.add_subscription(tx, guild.id, film_id, NOW, 1, CHANNEL + 7)
        assert await admin_notices.list_given_channels(tx, guild.id) == [CHANNEL, CHANNEL + 7]
        await destinations.close_destination(tx, CHANNEL, guild.id, "No.", NOW)
        assert await admin_notices.list_given_channels(tx, guild.id) == [CHANNEL + 7]
