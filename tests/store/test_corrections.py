"""Corrections on both engines: taken once, settled by who took them, and no fact is lost meanwhile."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.corrections import STRUCK, Correction, Settled
from bot.domain.messages import LEASE, Attempt, Message, Outcome, settle
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber
from bot.store import claims, corrections, films, messages, planning, subscribers
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import (
    CHANNEL,
    HOUR,
    JOHN_WICK,
    NOW,
    a_post,
    arm,
    put_to_sleep,
    store_film,
    store_guild,
    stored,
)

SECOND = timedelta(seconds=1)
DONE = Settled(None, {})


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


@pytest.fixture
async def film_id(database: Database) -> int:
    return await store_film(database)


async def posted(database: Database, outcome: Outcome, *owed: Post) -> Message:
    """A message with `owed` in it that came to that."""
    await arm(database, *owed)
    async with database.transaction() as tx:
        message = await claiming.claim(tx, owed[0].subscriber_id, CHANNEL, "us", NOW, NOW + LEASE)
        assert message is not None
    attempt = Attempt(outcome, 900 if outcome is Outcome.SENT else None)
    async with database.transaction() as tx:
        assert await messages.settle_message(tx, message, settle(message, attempt, NOW), attempt, NOW)
    return message


async def due(database: Database, *message_ids: int, now: datetime = NOW) -> None:
    async with database.transaction() as tx:
        await corrections.add_corrections(tx, message_ids, now)


async def take(database: Database, now: datetime = NOW, limit: int = 10) -> list[Correction]:
    async with database.transaction() as tx:
        return await corrections.take_corrections(tx, now, now + LEASE, limit)


async def end(
    database: Database, correction: Correction, settled: Settled = DONE, *, revision: int = 0, now: datetime = NOW
) -> bool:
    async with database.transaction() as tx:
        return await corrections.settle_correction(tx, correction, settled, revision, now)


async def revision(database: Database, guild: Subscriber) -> int:
    async with database.reading() as tx:
        return (await subscribers.get_subscriber(tx, guild.id)).revision


async def told(database: Database, guild: Subscriber, since: datetime = NOW - HOUR) -> list[tuple[int, str]]:
    async with database.reading() as tx:
        found = map(corrections.read_told, await corrections.list_told(tx, [guild.id], since))
    return [(each.message_id, each.post.dedup_key) for each in found]


class TestTold:
    async def test_countdowns_and_alerts_that_are_there_or_on_their_way(
        self, database: Database, guild: Subscriber, film_id: int
    ) -> None:
        alert = a_post(guild, 1, film_id=film_id, kind=PostKind.RELEASE)
        news = a_post(guild, 2, film_id=film_id, kind=PostKind.DATE_CHANGE)
        count = a_post(guild, 3, film_id=film_id)
        sent = await posted(database, Outcome.SENT, alert, news, count)
        waits = a_post(guild, 4, film_id=film_id)
        doubtful = await posted(database, Outcome.UNKNOWN, waits)
        await arm(database, a_post(guild, 5, film_id=film_id))
        assert await told(database, guild) == [
            (sent.id, alert.dedup_key), (sent.id, count.dedup_key), (doubtful.id, waits.dedup_key)
        ]  # fmt: skip
        assert await told(database, guild, NOW + SECOND) == []

    @pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.REJECTED, Outcome.UNREADABLE])
    async def test_nothing_that_is_not(
        self, database: Database, guild: Subscriber, film_id: int, outcome: Outcome
    ) -> None:
        await posted(database, outcome, a_post(guild, film_id=film_id))
        assert await told(database, guild) == []

    async def test_a_film_that_turned_out_to_be_another(
        self, database: Database, guild: Subscriber, film_id: int
    ) -> None:
        other = await store_film(database, replace(JOHN_WICK, ids={"tmdb": "245891"}))
        await posted(database, Outcome.SENT, a_post(guild, film_id=other))
        async with database.transaction() as tx:
            assert await films.join_films(tx, other, film_id, NOW)
            [found] = map(corrections.read_told, await corrections.list_told(tx, [guild.id], NOW - HOUR))
            joined = await films.find_film(tx, other)
        assert joined is not None
        assert found.post.film_id == joined.id == film_id


class TestTaking:
    async def test_is_asked_for_once_and_taken_once(self, database: Database, guild: Subscriber, film_id: int) -> None:
        sent = await posted(database, Outcome.SENT, a_post(guild, 1, film_id=film_id), a_post(guild, 2))
        await due(database, sent.id, sent.id)
        await due(database, sent.id, now=NOW + HOUR)
        [taken] = await take(database)
        assert (taken.message.id, taken.message.discord_message_id, taken.attempt) == (sent.id, 900, 1)
        assert [post.dedup_key for post in taken.message.posts] == [post.dedup_key for post in sent.posts]
        assert await take(database) == []

    async def test_is_due_again_when_its_lease_runs_out(self, database: Database, guild: Subscriber) -> None:
        sent = await posted(database, Outcome.SENT, a_post(guild))
        await due(database, sent.id)
        await take(database)
        assert await take(database, NOW + LEASE - SECOND) == []
        assert [taken.attempt for taken in await take(database, NOW + LEASE)] == [2]

    async def test_the_longest_due_comes_first(self, database: Database, guild: Subscriber) -> None:
        sent = [await posted(database, Outcome.SENT, a_post(guild, number)) for number in range(3)]
        for hours, message in zip((1, 3, 2), sent, strict=True):
            await due(database, message.id, now=NOW - hours * HOUR)
        assert [taken.message.id for taken in await take(database, limit=1)] == [sent[1].id]
        assert [taken.message.id for taken in await take(database)] == [sent[0].id, sent[2].id]

    async def test_waits_for_a_message_in_doubt(self, database: Database, guild: Subscriber) -> None:
        doubtful = await posted(database, Outcome.UNKNOWN, a_post(guild))
        await due(database, doubtful.id)
        assert await take(database) == []
        later = NOW + HOUR
        async with database.transaction() as tx:
            [message] = await messages.take_doubtful(tx, "us", later, later + LEASE, 1)
            found = Attempt(Outcome.SENT, 901)
            await messages.settle_message(tx, message, settle(message, found, later), found, later)
        assert [taken.message.discord_message_id for taken in await take(database, later)] == [901]

    @pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.REJECTED, Outcome.UNREADABLE])
    async def test_is_dropped_for_a_message_that_is_not_there(
        self, database: Database, guild: Subscriber, outcome: Outcome
    ) -> None:
        message = await posted(database, outcome, a_post(guild))
        await due(database, message.id)
        assert await take(database) == []
        async with database.transaction() as tx:
            assert await tx.one("end_correction", message_id=message.id, attempt=0) is None

    async def test_two_processes_never_take_one(self, database: Database, rival: Database, guild: Subscriber) -> None:
        sent = [await posted(database, Outcome.SENT, a_post(guild, number)) for number in range(4)]
        await due(database, *(message.id for message in sent))
        taken = await asyncio.gather(*(take(each, limit=3) for each in (database, rival) * 3))
        ids = [correction.message.id for group in taken for correction in group]
        assert sorted(ids) == sorted(set(ids))
        assert {*ids, *(c.message.id for c in await take(database))} == {message.id for message in sent}


class TestSettling:
    @pytest.fixture
    async def taken(self, database: Database, guild: Subscriber) -> Correction:
        sent = await posted(database, Outcome.SENT, a_post(guild, 1), a_post(guild, 2))
        await put_to_sleep(database, guild.id)
        await due(database, sent.id)
        [taken] = await take(database)
        return taken

    async def test_says_which_posts_are_struck_out_and_is_over(
        self, database: Database, guild: Subscriber, taken: Correction
    ) -> None:
        first, second = taken.message.posts
        seen = await revision(database, guild)
        assert await end(database, taken, Settled(None, {first.id: STRUCK}), revision=seen)
        now = [await stored(database, post) for post in (first, second)]
        assert [(post.state, post.reason) for post in now] == [(PostState.SENT, STRUCK), (PostState.SENT, "")]
        assert await take(database, NOW + 48 * HOUR) == []
        assert await revision(database, guild) == seen

    async def test_plans_again_if_a_fact_came_meanwhile(
        self, database: Database, guild: Subscriber, taken: Correction
    ) -> None:
        seen = await revision(database, guild)
        async with database.transaction() as tx:
            await subscribers.wake_subscriber(tx, guild.id, NOW)
        await put_to_sleep(database, guild.id)  # planned before the channel's words were known
        assert await end(database, taken, revision=seen)
        async with database.reading() as tx:
            assert await planning.list_awake(tx, NOW, 10) == [guild.id]

    async def test_later(self, database: Database, taken: Correction) -> None:
        assert await end(database, taken, Settled(NOW + HOUR, {}))
        assert await take(database, NOW + HOUR - SECOND) == []
        assert [again.attempt for again in await take(database, NOW + HOUR)] == [2]

    @pytest.mark.parametrize("settled", [DONE, Settled(NOW + HOUR, {})], ids=["over", "later"])
    async def test_is_refused_to_who_has_lost_it(
        self, database: Database, rival: Database, taken: Correction, settled: Settled
    ) -> None:
        [again] = await take(rival, NOW + LEASE)
        assert not await end(database, taken, settled)
        assert await end(rival, again)
        assert not await end(rival, again)

    async def test_can_be_asked_for_again_after_its_end(self, database: Database, taken: Correction) -> None:
        await end(database, taken)
        await due(database, taken.message.id)
        assert [again.attempt for again in await take(database)] == [1]

    async def test_goes_with_its_subscriber(self, database: Database, taken: Correction) -> None:
        """A correction of a server that has gone is not in the way."""
        async with database.transaction() as tx:
            await claims.remove_messages(tx, [taken.message.id])
        assert not await end(database, taken)
