"""A person's word on posts that failed or may be there: what is asked about, and whose word counts."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.by_hand import OFFERED_FOR, Remedy, note
from bot.domain.messages import LEASE, Attempt, Outcome, settle
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber
from bot.store import by_hand, messages, posts
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import CHANNEL, GUILD, HOUR, NOW, a_post, arm, put_to_sleep, store_guild, stored

STUCK = [PostState.FAILED, PostState.UNCERTAIN]


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


async def ended(database: Database, post: Post, state: PostState, reason: str = "why") -> Post:
    (armed,) = await arm(database, post)
    async with database.transaction() as tx:
        assert await posts.settle_post(tx, armed.id, state, reason, NOW)
    return await stored(database, post)


async def decide(database: Database, post: Post, state: PostState, reason: str) -> bool:
    async with database.transaction() as tx:
        settled_at = None if state is PostState.PLANNED else NOW
        return await by_hand.decide_post(tx, post, state, reason, settled_at)


async def keys_of_stuck(database: Database, guild: Subscriber, limit: int = 25) -> list[str]:
    async with database.reading() as tx:
        return [post.dedup_key for post in await by_hand.list_stuck(tx, guild.id, NOW - OFFERED_FOR, limit)]


async def test_what_nobody_decided_about_is_listed_for_a_week(database: Database, guild: Subscriber) -> None:
    made = {
        state: await ended(database, a_post(guild, number), state)
        for number, state in enumerate([PostState.SENT, PostState.SKIPPED, *STUCK])
    }
    await ended(database, a_post(guild, 8, kind=PostKind.OPENING), PostState.FAILED)
    other = await store_guild(database, replace(GUILD, discord_id=GUILD.discord_id + 1))
    await ended(database, a_post(other, 9), PostState.FAILED)
    assert await keys_of_stuck(database, guild) == [made[state].dedup_key for state in reversed(STUCK)]
    assert len(await keys_of_stuck(database, guild, 1)) == 1
    async with database.reading() as tx:
        assert await by_hand.list_stuck(tx, guild.id, NOW + timedelta(seconds=1), 25) == []
    left = made[PostState.FAILED]
    assert await decide(database, left, left.state, note(left, Remedy.LEAVE, 5, NOW))
    assert await keys_of_stuck(database, guild) == [made[PostState.UNCERTAIN].dedup_key]
    assert not await decide(database, left, PostState.PLANNED, "after that")


@pytest.mark.parametrize("state", STUCK)
async def test_what_is_sent_again_is_claimed_with_the_key_that_it_had(
    database: Database, guild: Subscriber, state: PostState
) -> None:
    (post,) = await arm(database, a_post(guild, 1))
    await put_to_sleep(database, guild.id)
    async with database.transaction() as tx:
        first = await claiming.claim(tx, guild.id, CHANNEL, "us", NOW, NOW + LEASE)
        assert first is not None
        attempt = Attempt(Outcome.REJECTED if state is PostState.FAILED else Outcome.UNREADABLE, reason="why")
        assert await messages.settle_message(tx, first, settle(first, attempt, NOW), attempt, NOW)
    stuck = await stored(database, post)
    assert stuck.state is state
    assert await decide(database, stuck, PostState.PLANNED, "sent again")
    again = await stored(database, post)
    assert (again.due_at, again.settled_at, again.reason) == (post.due_at, None, "sent again")
    async with database.transaction() as tx:
        second = await claiming.claim(tx, guild.id, CHANNEL, "us", NOW + HOUR, NOW + 2 * HOUR)
        assert second is not None
        assert (second.message_key, second.id != first.id) == (first.message_key, True)
        sent = Attempt(Outcome.SENT, 777)
        assert await messages.settle_message(tx, second, settle(second, sent, NOW), sent, NOW)
    assert (await stored(database, post)).state is PostState.SENT
    async with database.reading() as tx:
        assert (await messages.get_message(tx, first.id)).state.value == state.value, "the first is what it was"


@pytest.mark.parametrize("state", [PostState.PLANNED, PostState.SENT, PostState.SKIPPED, PostState.CANCELLED], ids=str)
async def test_nothing_else_can_be_decided_about(database: Database, guild: Subscriber, state: PostState) -> None:
    (post,) = await arm(database, a_post(guild, 1))
    if state is PostState.CANCELLED:
        async with database.transaction() as tx:
            assert await posts.cancel_post(tx, post.id, "no longer owed", NOW)
    elif state is not PostState.PLANNED:
        async with database.transaction() as tx:
            assert await posts.settle_post(tx, post.id, state, "why", NOW)
    before = await stored(database, post)
    assert not await decide(database, post, PostState.SENT, "said to be there")
    assert await stored(database, post) == before


async def test_of_two_words_at_once_one_counts(database: Database, rival: Database, guild: Subscriber) -> None:
    for number in range(8):
        post = await ended(database, a_post(guild, number), STUCK[number % 2])
        words = {PostState.PLANNED: "sent again", PostState.SENT: "there"}
        ours, theirs = await asyncio.gather(
            decide(database, post, PostState.PLANNED, words[PostState.PLANNED]),
            decide(rival, post, PostState.SENT, words[PostState.SENT]),
        )
        assert sorted([ours, theirs]) == [False, True]
        after = await stored(database, post)
        assert after.reason == words[after.state]


async def test_nobody_decides_for_another_server(database: Database, guild: Subscriber) -> None:
    post = await ended(database, a_post(guild, 1), PostState.FAILED)
    assert not await decide(database, replace(post, subscriber_id=guild.id + 1), PostState.PLANNED, "sent again")
    async with database.reading() as tx:
        assert await by_hand.find_post(tx, guild.id + 1, post.id) is None
        assert await by_hand.find_post(tx, guild.id, post.id) == post
