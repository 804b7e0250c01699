"""Several owners at once, on both engines: on PostgreSQL as processes of their own, on SQLite as tasks of one."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.messages import LEASE, Attempt, Message, Outcome, settle
from bot.domain.posts import PostKind, PostState
from bot.domain.subscribers import Subscriber
from bot.store import messages, posts, subscribers
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import CHANNEL, GUILD, NOW, a_post, arm, store_guild, stored

SENT = Attempt(Outcome.SENT, 777)
#: What opens a film's own post in a forum goes no other way.
KINDS = [kind for kind in PostKind if kind is not PostKind.OPENING]


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


async def claim_all(database: Database, owner: str, limit: int = 50) -> list[Message]:
    """What a dispatcher does each second."""
    taken: list[Message] = []
    async with database.transaction() as tx:
        for subscriber_id, channel_id in await claiming.list_claimable(tx, NOW, limit):
            message = await claiming.claim(tx, subscriber_id, channel_id, owner, NOW, NOW + LEASE)
            if message is not None:
                taken.append(message)
    return taken


async def settle_as_sent(database: Database, message: Message) -> bool:
    async with database.transaction() as tx:
        return await messages.settle_message(tx, message, settle(message, SENT, NOW), SENT, NOW)


async def test_two_claimers_of_one_destination(database: Database, rival: Database, guild: Subscriber) -> None:
    for number in range(12):
        (post,) = await arm(database, a_post(guild, number))
        taken = await asyncio.gather(claim_all(database, "us"), claim_all(rival, "them"), claim_all(rival, "others"))
        (message,) = [message for claimed in taken for message in claimed]
        assert [carried.id for carried in message.posts] == [post.id]
        assert await settle_as_sent(database, message)


async def test_two_claimers_who_listed_the_same(database: Database, rival: Database, guild: Subscriber) -> None:
    """Both know of the destination before either takes it: list_claimable alone would send twice."""
    await arm(database, a_post(guild, 1), a_post(guild, 2))

    async def claim(db: Database, owner: str) -> Message | None:
        async with db.transaction() as tx:
            return await claiming.claim(tx, guild.id, CHANNEL, owner, NOW, NOW + LEASE)

    taken = await asyncio.gather(*(claim(db, owner) for db, owner in ((database, "us"), (rival, "them")) * 3))
    (message,) = [message for message in taken if message]
    assert len(message.posts) == 2


async def test_a_claimer_who_waits_for_another_takes_nothing_twice(
    database: Database, rival: Database, guild: Subscriber
) -> None:
    """The second one is inside its transaction when the first commits."""
    await arm(database, a_post(guild))
    claimed, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> Message | None:
        async with database.transaction() as tx:
            message = await claiming.claim(tx, guild.id, CHANNEL, "us", NOW, NOW + LEASE)
            claimed.set()
            await go_on.wait()
            return message

    async def second() -> Message | None:
        await claimed.wait()
        async with rival.transaction() as tx:
            return await claiming.claim(tx, guild.id, CHANNEL, "them", NOW, NOW + LEASE)

    tasks = [asyncio.create_task(first()), asyncio.create_task(second())]
    await claimed.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not tasks[1].done()
    go_on.set()
    ours, theirs = await asyncio.gather(*tasks)
    assert ours is not None
    assert theirs is None


async def test_two_who_take_over_take_each_message_once(database: Database, rival: Database, guild: Subscriber) -> None:
    await arm(database, *(a_post(guild, number, channel_id=number) for number in range(1, 9)))
    assert len(await claim_all(database, "dead")) == 8
    now = NOW + LEASE

    async def take(db: Database, owner: str) -> list[Message]:
        async with db.transaction() as tx:
            return await messages.take_doubtful(tx, owner, now, now + LEASE, 5)

    rounds = await asyncio.gather(*(take(db, f"{n}") for n, db in enumerate((database, rival, rival, database))))
    taken = Counter(message.id for round_ in rounds for message in round_)
    rounds = await asyncio.gather(*(take(db, f"{n}") for n, db in enumerate((database, rival))))
    taken += Counter(message.id for round_ in rounds for message in round_)
    assert set(taken.values()) == {1}
    assert len(taken) == 8


async def test_two_owners_never_both_settle(database: Database, rival: Database, guild: Subscriber) -> None:
    for number in range(8):
        await arm(database, a_post(guild, number))
        (ours,) = await claim_all(database, "us")
        async with rival.transaction() as tx:
            (theirs,) = await messages.take_doubtful(tx, "them", NOW + LEASE, NOW + 2 * LEASE, 1)
        settled = await asyncio.gather(
            settle_as_sent(database, ours), settle_as_sent(rival, theirs), settle_as_sent(database, ours)
        )
        assert settled == [False, True, False]


async def test_settling_and_taking_over_at_once(database: Database, rival: Database, guild: Subscriber) -> None:
    """Whoever is first has it: never both, never neither."""
    for number in range(12):
        await arm(database, a_post(guild, number))
        (ours,) = await claim_all(database, "us")

        async def take() -> list[Message]:
            async with rival.transaction() as tx:
                return await messages.take_doubtful(tx, "them", NOW + LEASE, NOW + 2 * LEASE, 1)

        settled, taken = await asyncio.gather(settle_as_sent(database, ours), take())
        assert settled is not bool(taken)
        if taken:
            assert await settle_as_sent(rival, taken[0])


async def test_a_post_is_cancelled_or_sent_and_never_both(
    database: Database, rival: Database, guild: Subscriber
) -> None:
    for number in range(12):
        (post,) = await arm(database, a_post(guild, number))

        async def cancel(post_id: int) -> bool:
            async with rival.transaction() as tx:
                return await posts.cancel_post(tx, post_id, "no longer owed", NOW)

        claimed, cancelled = await asyncio.gather(claim_all(database, "us"), cancel(post.id))
        assert cancelled is not bool(claimed)
        for message in claimed:
            assert await settle_as_sent(database, message)
        assert (await stored(database, post)).state is (PostState.CANCELLED if cancelled else PostState.SENT)


async def test_a_fact_that_comes_before_a_claim_holds_it_back(
    database: Database, rival: Database, guild: Subscriber
) -> None:
    """The fact is committed while the claimer is in its transaction, before it takes the posts."""
    await arm(database, a_post(guild))
    if database.engine == "sqlite":  # there the two cannot overlap: one after the other
        async with rival.transaction() as tx:
            await subscribers.wake_subscriber(tx, guild.id, NOW)
        assert await claim_all(database, "us") == []
        return
    async with database.transaction() as tx:
        assert await claiming.list_claimable(tx, NOW, 10) == [(guild.id, CHANNEL)]
        async with rival.transaction() as other:
            await subscribers.wake_subscriber(other, guild.id, NOW)
        assert await claiming.claim(tx, guild.id, CHANNEL, "us", NOW, NOW + LEASE) is None


async def test_whatever_owners_do_no_post_is_in_two_messages(database: Database, rival: Database) -> None:
    """Two owners, three servers of which two share a channel, and every outcome, by chance, with a fixed seed."""
    chance = random.Random(20250606)
    guilds = [await store_guild(database, replace(GUILD, discord_id=number)) for number in (1, 2, 3)]
    owed = [
        a_post(guilds[number % 3], number, channel_id=number % 2 + 1, kind=chance.choice(KINDS)) for number in range(30)
    ]
    await arm(database, *owed)
    sent: Counter[str] = Counter()
    now = NOW

    async def work(db: Database, owner: str) -> None:
        async with db.transaction() as tx:
            held = await messages.take_doubtful(tx, owner, now, now + LEASE, 5)
            for subscriber_id, channel_id in await claiming.list_claimable(tx, now, 5):
                message = await claiming.claim(tx, subscriber_id, channel_id, owner, now, now + LEASE)
                held += [message] if message else []
        for message in held:
            outcome = chance.choice([Outcome.SENT, Outcome.NOT_SENT, Outcome.UNKNOWN, None])
            if outcome is None:  # killed before it could write anything down
                continue
            attempt = Attempt(outcome)
            async with db.transaction() as tx:
                ours = await messages.settle_message(tx, message, settle(message, attempt, now), attempt, now)
            if ours and outcome is Outcome.SENT:
                sent.update(post.dedup_key for post in message.posts)

    async def replan(db: Database) -> None:
        post = chance.choice(owed)
        post_id = (await stored(db, post)).id
        async with db.transaction() as tx:
            if chance.random() < 0.3:
                await posts.cancel_post(tx, post_id, "changed", now)
            await posts.arm_post(tx, post)

    for _ in range(60):
        await asyncio.gather(work(database, "us"), work(rival, "them"), replan(rival))
        now += timedelta(seconds=chance.choice([1, 30, 61, 301]))
        states = {post.dedup_key: (await stored(database, post)).state for post in owed}
        assert set(sent.values()) <= {1}
        assert {key for key, state in states.items() if state is PostState.SENT} == set(sent)
        if len(sent) == len(owed):
            break
    assert len(sent) == len(owed)
