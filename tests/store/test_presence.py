"""Servers that were left, on both engines: nothing is planned or sent for them, and all of them goes in the end."""

from datetime import timedelta

import pytest

from bot.domain.posts import PostState
from bot.domain.subscribers import Subscriber
from bot.store import films, planning, posts, presence, subscribers
from bot.store.database import Database
from bot.store.presence import Known
from tests.store import claiming
from tests.store.samples import GUILD, HOUR, NOW, a_post, arm, put_to_sleep, store_film, store_guild

DAY = timedelta(days=1)


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    guild = await store_guild(database)
    await put_to_sleep(database, guild.id)
    return guild


async def leave(database: Database, guild: Subscriber) -> bool:
    async with database.transaction() as tx:
        return await presence.mark_left(tx, guild.id, NOW)


async def test_it_is_left_once_and_comes_back_once(database: Database, guild: Subscriber) -> None:
    assert await leave(database, guild)
    assert not await leave(database, guild)
    async with database.reading() as tx:
        assert (await subscribers.get_subscriber(tx, guild.id)).left_at == NOW
        assert await presence.list_guilds(tx, 0, 10) == [Known(guild.id, GUILD.discord_id, NOW)]
    async with database.transaction() as tx:
        assert await presence.mark_back(tx, guild.id, NOW + DAY)
        assert not await presence.mark_back(tx, guild.id, NOW + DAY)
        assert (await subscribers.get_subscriber(tx, guild.id)).left_at is None
        assert await planning.list_awake(tx, NOW + DAY, 10) == [guild.id]


async def test_settings_that_are_saved_do_not_bring_it_back(database: Database, guild: Subscriber) -> None:
    await leave(database, guild)
    async with database.transaction() as tx:
        assert (await subscribers.save_settings(tx, guild, NOW)).left_at == NOW


async def test_nothing_is_planned_claimed_or_skipped_for_it(database: Database, guild: Subscriber) -> None:
    await arm(database, a_post(guild, 1), a_post(guild, 2, due_at=NOW - HOUR, fresh_until=NOW - HOUR))
    async with database.reading() as tx:
        assert len(await claiming.list_claimable(tx, NOW)) == 1
    await leave(database, guild)
    async with database.transaction() as tx:
        assert await claiming.list_claimable(tx, NOW) == []
        assert await posts.skip_due_posts(tx, [guild.id], NOW) == []
        await subscribers.wake_subscriber(tx, guild.id, NOW)
        assert await planning.list_awake(tx, NOW + DAY, 10) == []
        assert await claiming.list_claimable(tx, NOW) == []
        assert await posts.skip_due_posts(tx, [guild.id], NOW) == []
        listed = await posts.list_posts_since(tx, guild.id, NOW - DAY)
    assert {post.state for post in listed} == {PostState.PLANNED}


async def test_pages_of_servers(database: Database, guild: Subscriber) -> None:
    async with database.transaction() as tx:
        for number in (1, 2, 3):
            other = Subscriber(id=0, kind=GUILD.kind, discord_id=GUILD.discord_id + number)
            await subscribers.add_subscriber(tx, other, NOW)
        page = await presence.list_guilds(tx, GUILD.discord_id, 2)
        assert [known.guild_id - GUILD.discord_id for known in page] == [1, 2]
        assert len(await presence.list_guilds(tx, page[-1].guild_id, 2)) == 1


async def test_it_goes_with_all_that_hangs_on_it_and_films_stay(database: Database, guild: Subscriber) -> None:
    film_id = await store_film(database)
    await arm(database, a_post(guild, 1))
    async with database.transaction() as tx:
        await subscribers.add_subscription(tx, guild.id, film_id, NOW, 1, None)
        assert not await presence.remove_left(tx, guild.id), "it is there"
    await leave(database, guild)
    async with database.transaction() as tx:
        assert await presence.list_left_before(tx, NOW - HOUR, 10) == []
        (left,) = await presence.list_left_before(tx, NOW, 10)
        assert left.subscriber_id == guild.id
        assert await presence.remove_left(tx, guild.id)
        assert await subscribers.find_subscriber(tx, GUILD.kind, GUILD.discord_id) is None
        assert await posts.list_posts_since(tx, guild.id, NOW - DAY) == []
        assert await films.find_film(tx, film_id) is not None
