"""Subscribers, what they follow, and when they are planned, on both engines."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import DateChange, ReleaseType
from bot.domain.messages import Attempt, MessageState, Outcome, Settlement
from bot.domain.posts import PostKind, PostState
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind, TrackRight
from bot.store import films, messages, planning, subscribers
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import (
    BALLERINA,
    CHANNEL,
    GUILD,
    HOUR,
    JOHN_WICK,
    NOW,
    THEATRICAL_US,
    a_post,
    arm,
    follow,
    put_to_sleep,
    store_film,
    store_guild,
)

LATER = NOW + HOUR


async def get(database: Database, subscriber_id: int) -> Subscriber:
    async with database.reading() as tx:
        return await subscribers.get_subscriber(tx, subscriber_id)


async def awake(database: Database) -> list[int]:
    async with database.reading() as tx:
        return await planning.list_awake(tx, LATER, 10)


async def test_a_subscriber_begins_asleep_with_what_was_guessed(database: Database) -> None:
    added = await store_guild(database)
    assert added == replace(GUILD, id=added.id)
    assert await get(database, added.id) == added
    assert await awake(database) == []
    async with database.reading() as tx:
        assert await subscribers.find_subscriber(tx, SubscriberKind.GUILD, GUILD.discord_id) == added
        assert await subscribers.find_subscriber(tx, SubscriberKind.USER, GUILD.discord_id) is None


async def test_two_who_add_a_subscriber_at_once_get_one(database: Database, rival: Database) -> None:
    added = await asyncio.gather(
        *(store_guild(db, replace(GUILD, country=country)) for db, country in ((database, "US"), (rival, "DE")) * 4)
    )
    assert len({subscriber.id for subscriber in added}) == 1
    assert len({subscriber.country for subscriber in added}) == 1


async def test_nobody_is_there(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(KeyError):
            await subscribers.get_subscriber(tx, 404)
        with pytest.raises(KeyError):
            await subscribers.save_settings(tx, replace(GUILD, id=404), NOW)
        assert not await subscribers.save_pause(tx, 404, None, NOW)


async def test_every_setting_is_saved_and_wakes(database: Database) -> None:
    guild = await store_guild(database)
    changed = Subscriber(
        id=guild.id,
        kind=SubscriberKind.GUILD,
        discord_id=GUILD.discord_id,
        channel_id=6,
        country="DE",
        timezone="Europe/Berlin",
        posting_time=time(18, 45),
        milestones=(14, 1),
        ping_role_id=900_000_000_000_000_009,
        track_right=TrackRight.MANAGERS,
        pause=Pause(NOW, LATER),
        country_chosen=True,
        timezone_chosen=True,
        settings_changed_at=NOW,
    )
    async with database.transaction() as tx:
        saved = await subscribers.save_settings(tx, changed, NOW)
    assert saved == replace(changed, revision=1)
    assert await get(database, guild.id) == saved
    assert await awake(database) == [guild.id]


async def test_a_pause_is_kept_beside_the_settings(database: Database) -> None:
    guild = await store_guild(database)
    for pause in (Pause(NOW), Pause(NOW, LATER), None):
        async with database.transaction() as tx:
            assert await subscribers.save_pause(tx, guild.id, pause, NOW)
        assert await get(database, guild.id) == replace(
            guild, pause=pause, revision=(await get(database, guild.id)).revision
        )
    assert (await get(database, guild.id)).revision == 3
    assert await awake(database) == [guild.id]


async def test_following_and_no_longer(database: Database) -> None:
    film_id, guild = await store_film(database), await store_guild(database)
    async with database.transaction() as tx:
        assert await subscribers.find_subscription(tx, guild.id, film_id) is None
        assert await subscribers.add_subscription(tx, guild.id, film_id, NOW, 7, 8)
        assert not await subscribers.add_subscription(tx, guild.id, film_id, LATER, 9, None)
        assert await subscribers.count_subscriptions(tx, guild.id) == 1
        found = await subscribers.find_subscription(tx, guild.id, film_id)
        assert found is not None
        assert (found.tracked_at, found.tracked_by, found.channel_id, found.pause) == (NOW, 7, 8, None)
        assert await subscribers.remove_subscription(tx, guild.id, film_id, NOW)
        assert not await subscribers.remove_subscription(tx, guild.id, film_id, NOW)
        assert await subscribers.count_subscriptions(tx, guild.id) == 0
        assert (await subscribers.get_subscriber(tx, guild.id)).revision == 2


async def test_a_subscription_can_pause_and_move(database: Database) -> None:
    film_id, guild = await store_film(database), await store_guild(database)
    await follow(database, guild.id, film_id)
    await put_to_sleep(database, guild.id)
    async with database.transaction() as tx:
        assert await subscribers.pause_subscription(tx, guild.id, film_id, Pause(NOW, LATER), NOW)
        assert await subscribers.move_subscription(tx, guild.id, film_id, 99, NOW)
        found = await subscribers.find_subscription(tx, guild.id, film_id)
        assert found is not None
        assert (found.pause, found.channel_id) == (Pause(NOW, LATER), 99)
        assert await subscribers.pause_subscription(tx, guild.id, film_id, None, NOW)
        assert await subscribers.move_subscription(tx, guild.id, film_id, None, NOW)
        found = await subscribers.find_subscription(tx, guild.id, film_id)
        assert found is not None
        assert (found.pause, found.channel_id) == (None, None)
        assert not await subscribers.pause_subscription(tx, guild.id, 404, None, NOW)
        assert not await subscribers.move_subscription(tx, guild.id, 404, 99, NOW)
    assert (await get(database, guild.id)).revision == 5
    assert await awake(database) == [guild.id]


async def test_films_followed_come_brief_with_their_dates(database: Database) -> None:
    ballerina, wick = await store_film(database), await store_film(database, JOHN_WICK)
    guild, other = await store_guild(database), await store_guild(database, replace(GUILD, discord_id=2))
    await follow(database, guild.id, ballerina, tracked_at=LATER)
    await follow(database, guild.id, wick)
    await follow(database, other.id, ballerina)
    async with database.reading() as tx:
        first, second = await subscribers.list_subscriptions(tx, guild.id)
        one = await subscribers.find_subscription(tx, guild.id, ballerina)
    assert (first.film.id, first.film.title, first.film.releases) == (wick, "John Wick", ())
    assert (second.film.releases, len(second.film.changes)) == (BALLERINA.releases, 2)
    assert second.film.credits == ()
    assert one == second


async def test_two_hundred_films_take_no_more_statements_than_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    guild = await store_guild(database)
    async with database.transaction() as tx:
        for number in range(200):
            film = replace(JOHN_WICK, title=f"Film {number}", ids={"bundled": str(number)}, releases=(THEATRICAL_US,))
            film_id = await films.save_film(tx, film, NOW)
            await subscribers.add_subscription(tx, guild.id, film_id, NOW, 7, None)
    async with database.reading() as tx:
        ran: list[str] = []
        fetch = tx.all
        monkeypatch.setattr(tx, "all", lambda name, **values: (ran.append(name), fetch(name, **values))[1])
        found = await subscribers.list_subscriptions(tx, guild.id)
    assert len(found) == 200
    assert all(subscription.film.releases == (THEATRICAL_US,) for subscription in found)
    assert len(ran) == 4


async def bring_to(database: Database, guild: Subscriber, state: PostState) -> None:
    """Let the one post that waits come to `state`, by way of a message."""
    if state is PostState.PLANNED:
        return
    async with database.transaction() as tx:
        message = await claiming.claim(tx, guild.id, CHANNEL, "me", NOW, LATER)
        assert message is not None
        if state is not PostState.BUNDLED:
            settlement = Settlement(MessageState.DISSOLVED, state)
            assert await messages.settle_message(tx, message, settlement, Attempt(Outcome.NOT_SENT), NOW)


@pytest.mark.parametrize(
    ("state", "told"),
    [(state, state not in (PostState.PLANNED, PostState.CANCELLED)) for state in PostState],
    ids=list(PostState),
)
async def test_a_change_is_told_once_its_post_is_on_its_way(database: Database, state: PostState, told: bool) -> None:
    film_id, guild = await store_film(database), await store_guild(database)
    await follow(database, guild.id, film_id)
    change = DateChange(
        0, film_id, "US", ReleaseType.THEATRICAL, None, ReleaseDate.parse("2026-01-01"), "tmdb", NOW
    )  # fmt: skip
    async with database.transaction() as tx:
        older, newer = [await films.add_date_change(tx, change) for _ in range(2)]
    await put_to_sleep(database, guild.id)
    for number, change_id, end in ((1, older, PostState.SENT), (2, newer, state)):
        await arm(database, a_post(guild, number, film_id=film_id, kind=PostKind.DATE_CHANGE, change_id=change_id))
        await bring_to(database, guild, end)
    async with database.reading() as tx:
        (subscription,) = await subscribers.list_subscriptions(tx, guild.id)
        assert subscription.told_change_id == (newer if told else older)
        assert await subscribers.find_subscription(tx, guild.id, film_id) == subscription


async def test_who_has_waited_longest_is_planned_first(database: Database) -> None:
    guilds = [await store_guild(database, replace(GUILD, discord_id=number)) for number in range(1, 5)]
    async with database.transaction() as tx:
        for guild, minutes in zip(guilds, (30, 10, 20, 90), strict=True):
            await subscribers.end_planning(tx, {guild.id: (0, NOW + timedelta(minutes=minutes))})
        found = await planning.list_awake(tx, LATER, 10)
        assert found == [guilds[1].id, guilds[2].id, guilds[0].id]
        assert await planning.list_awake(tx, LATER, 1) == [guilds[1].id]
        assert await planning.list_awake(tx, NOW + timedelta(minutes=10), 9) == [guilds[1].id]


async def test_a_plan_of_old_facts_puts_nobody_to_sleep(database: Database) -> None:
    guild = await store_guild(database)
    async with database.transaction() as tx:
        await subscribers.wake_subscriber(tx, guild.id, NOW)
        seen = (await subscribers.get_subscriber(tx, guild.id)).revision
    async with database.transaction() as tx:
        await subscribers.wake_subscriber(tx, guild.id, NOW)
    async with database.transaction() as tx:
        assert not await subscribers.end_planning(tx, {guild.id: (seen, None)})
    assert await awake(database) == [guild.id]
    async with database.transaction() as tx:
        assert await subscribers.end_planning(tx, {guild.id: (seen + 1, None)})
    assert await awake(database) == []


async def test_a_fact_that_comes_while_a_plan_is_written_keeps_its_subscriber_awake(
    database: Database, rival: Database
) -> None:
    """The race itself: the planner has read, a fact is committed, the planner writes."""
    guild = await store_guild(database)
    read, changed = asyncio.Event(), asyncio.Event()

    async def plan() -> bool:
        async with database.reading() as tx:
            seen = (await subscribers.get_subscriber(tx, guild.id)).revision
        read.set()
        await changed.wait()
        async with database.transaction() as tx:
            return bool(await subscribers.end_planning(tx, {guild.id: (seen, None)}))

    async def change() -> None:
        await read.wait()
        async with rival.transaction() as tx:
            await subscribers.wake_subscriber(tx, guild.id, NOW)
        changed.set()

    slept, _ = await asyncio.gather(plan(), change())
    assert not slept
    assert await awake(database) == [guild.id]
