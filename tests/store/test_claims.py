"""Whose turn it is, how much a message takes, and what waits, on both engines."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.allowance import Share, Told
from bot.domain.messages import LEASE, MAX_DIGEST, MAX_POSTS, Attempt, Message, Outcome, settle
from bot.domain.posts import PostKind, PostState
from bot.domain.subscribers import Subscriber
from bot.store import claims, messages, subscribers
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import CHANNEL, GUILD, HOUR, NOW, a_post, arm, put_to_sleep, store_guild, stored

DAY = timedelta(days=1)


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


async def claim(database: Database, guild: Subscriber, share: Share = Share.ALL) -> Message | None:
    async with database.transaction() as tx:
        return await claiming.claim(tx, guild.id, CHANNEL, "us", NOW, NOW + LEASE, share)


async def end(database: Database, message: Message, outcome: Outcome, now: datetime = NOW) -> None:
    attempt = Attempt(outcome)
    async with database.transaction() as tx:
        assert await messages.settle_message(tx, message, settle(message, attempt, now), attempt, now)


async def hold(database: Database, guild: Subscriber, until: datetime, *, releases: bool = True) -> list[str]:
    async with database.transaction() as tx:
        return await claims.hold(
            tx, guild, claims.Seat(guild.id, CHANNEL), NOW, until, "quiet hours", releases=releases
        )


async def listed(database: Database, now: datetime = NOW) -> list[tuple[int, int]]:
    async with database.reading() as tx:
        return await claiming.list_claimable(tx, now, 1000)


async def test_everyones_first_comes_before_anyones_second(database: Database, guild: Subscriber) -> None:
    small = [await store_guild(database, replace(GUILD, discord_id=n, channel_id=n)) for n in (2, 3)]
    await arm(database, *(a_post(guild, n, channel_id=n, due_at=NOW - 2 * HOUR) for n in range(100, 300)))
    await arm(database, *(a_post(other, due_at=NOW - HOUR) for other in small))
    await arm(database, a_post(guild, 300, channel_id=300, kind=PostKind.RELEASE))
    order = await listed(database)
    assert order[0] == (guild.id, 300)  # a release day before all
    assert set(order[1:4]) == {(guild.id, 100), *((other.id, other.channel_id) for other in small)}
    assert len(order) == 203


@pytest.mark.parametrize("kind", PostKind)
async def test_what_goes_alone(database: Database, guild: Subscriber, kind: PostKind) -> None:
    await arm(database, a_post(guild, 1, kind=kind), a_post(guild, 2, kind=kind), a_post(guild, 3))
    message = await claim(database, guild)
    assert message is not None
    alone = kind in (PostKind.LIVE, PostKind.DIGEST, PostKind.DOUBT, PostKind.OPENING)
    assert len(message.posts) == (1 if alone else 3)


async def test_a_digest_takes_all_that_shares_a_message(database: Database, guild: Subscriber) -> None:
    await arm(database, *(a_post(guild, n) for n in range(MAX_POSTS + 5)), a_post(guild, 99, kind=PostKind.DOUBT))
    message = await claim(database, guild, Share.DIGEST)
    assert message is not None
    assert message.digest
    assert len(message.posts) == MAX_POSTS + 5
    await end(database, message, Outcome.UNKNOWN)
    async with database.transaction() as tx:  # whoever takes it over sends the same
        (taken,) = await messages.take_doubtful(tx, "them", NOW + HOUR, NOW + 2 * HOUR, 1)
    assert (taken.digest, taken.posts, taken.message_key) == (True, message.posts, message.message_key)


async def test_a_digest_has_an_end(database: Database, guild: Subscriber) -> None:
    await arm(database, *(a_post(guild, n) for n in range(MAX_DIGEST + 5)))
    message = await claim(database, guild, Share.DIGEST)
    assert message is not None
    assert len(message.posts) == MAX_DIGEST


@pytest.mark.parametrize("share", [Share.DIGEST, Share.RELEASES])
async def test_release_days_alone_are_no_digest(database: Database, guild: Subscriber, share: Share) -> None:
    await arm(database, a_post(guild, kind=PostKind.RELEASE))
    message = await claim(database, guild, share)
    assert message is not None
    assert not message.digest


async def test_release_days_leave_the_others(database: Database, guild: Subscriber) -> None:
    countdown, release = a_post(guild, 1), a_post(guild, 2, kind=PostKind.RELEASE)
    await arm(database, countdown, release)
    message = await claim(database, guild, Share.RELEASES)
    assert message is not None
    assert [post.dedup_key for post in message.posts] == [release.dedup_key]
    await end(database, message, Outcome.SENT)
    assert await claim(database, guild, Share.RELEASES) is None
    assert (await stored(database, countdown)).state is PostState.PLANNED


async def test_what_a_channel_was_told_in_a_day(database: Database, guild: Subscriber) -> None:
    outcomes = [Outcome.SENT, Outcome.UNREADABLE, Outcome.NOT_SENT, Outcome.REJECTED]  # the first two may be there
    for number, outcome in enumerate(outcomes):
        await arm(database, a_post(guild, number))
        message = await claim(database, guild, Share.DIGEST if number == 0 else Share.ALL)
        assert message is not None
        await end(database, message, outcome)
    async with database.reading() as tx:
        channels = [CHANNEL, CHANNEL + 1]
        told = await claims.told_of_day(tx, channels, NOW, NOW + DAY)
        assert told == {CHANNEL: Told(2, 1), CHANNEL + 1: Told(0, 0)}
        for since, until in ((NOW + HOUR, NOW + DAY), (NOW - DAY, NOW)):
            assert set((await claims.told_of_day(tx, channels, since, until)).values()) == {Told(0, 0)}


async def test_what_waits_is_not_claimed_and_what_would_be_stale_is_skipped(
    database: Database, guild: Subscriber
) -> None:
    waits, stale = a_post(guild, 1), a_post(guild, 2, fresh_until=NOW + HOUR)
    later = a_post(guild, 3, due_at=NOW + timedelta(seconds=1))
    await arm(database, waits, stale, later)
    assert await hold(database, guild, NOW + HOUR) == [stale.dedup_key]
    skipped = await stored(database, stale)
    assert (skipped.state, skipped.reason) == (PostState.SKIPPED, "quiet hours: stale by then")
    assert await listed(database) == []
    assert await claim(database, guild) is None
    assert (await stored(database, later)).reason == ""
    assert await listed(database, NOW + HOUR) == [(guild.id, CHANNEL)]


async def test_release_days_need_not_wait(database: Database, guild: Subscriber) -> None:
    await arm(database, a_post(guild, 1, kind=PostKind.RELEASE), a_post(guild, 2))
    assert await hold(database, guild, NOW + HOUR, releases=False) == []
    message = await claim(database, guild)
    assert message is not None
    assert [post.kind for post in message.posts] == [PostKind.RELEASE]


async def test_nothing_is_held_by_settings_of_yesterday(database: Database, guild: Subscriber) -> None:
    await arm(database, a_post(guild))
    async with database.transaction() as tx:
        await subscribers.wake_subscriber(tx, guild.id, NOW)
    assert await hold(database, guild, NOW + HOUR) == []
    await put_to_sleep(database, guild.id)
    assert await hold(database, guild, NOW + HOUR) == []  # by the settings as they were before
    assert await listed(database) == [(guild.id, CHANNEL)]


async def test_a_new_fact_frees_what_waits_but_not_what_failed(database: Database, guild: Subscriber) -> None:
    await arm(database, a_post(guild, 1))
    message = await claim(database, guild)
    assert message is not None
    await end(database, message, Outcome.NOT_SENT)
    await arm(database, a_post(guild, 2, channel_id=2))
    async with database.transaction() as tx:
        await claims.hold(tx, guild, claims.Seat(guild.id, 2), NOW, NOW + HOUR, "daily cap", releases=False)
        await claims.free_held(tx, [guild.id])
    assert await listed(database) == []  # nothing is new
    async with database.transaction() as tx:
        await subscribers.wake_subscriber(tx, guild.id, NOW)
        await claims.free_held(tx, [guild.id])
    await put_to_sleep(database, guild.id)
    assert await listed(database) == [(guild.id, 2)]
