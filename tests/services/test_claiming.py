"""Quiet hours and the daily cap as a server lives them: real planning and dispatch on a real SQLite file."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.messages import Attempt, Outcome
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.quiet import QuietHours
from bot.services.settings import Preferences
from bot.store import posts, subscribers
from bot.store.database import Database
from tests.services.test_dispatch import CHANNEL, House

#: Noon in New York.
NOON = datetime(2025, 5, 2, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def house(database: Database) -> House:
    made = House(database)
    await made.set_up()
    return made


async def owe(house: House, key: str, now: datetime, kind: PostKind = PostKind.FOLLOWED, **values: object) -> None:
    """Owe something that no plan takes back."""
    post = Post(house.subscriber_id, kind, f"1:{key}", now, now + timedelta(days=7), house.film_id, channel_id=CHANNEL)
    async with house.db.transaction() as tx:
        assert await posts.arm_post(tx, replace(post, **values))
        subscriber = await subscribers.get_subscriber(tx, house.subscriber_id)
        await subscribers.end_planning(tx, {subscriber.id: (subscriber.revision, None)})


async def run(house: House, at: datetime, looks: int = 3) -> None:
    """Dispatch alone: what is owed here is not in any plan."""
    house.clock.time = at
    for seconds in range(looks):
        await house.dispatch.run(at + timedelta(seconds=seconds))
        await house.dispatch.drain()


def sent(house: House) -> list[tuple[str, ...]]:
    return [tuple(post.dedup_key.partition(":")[2] for post in parcel.message.posts) for parcel in house.sender.sends]


async def all_states(house: House) -> dict[str, tuple[PostState, str]]:
    async with house.db.reading() as tx:
        found = await posts.list_posts_since(tx, house.subscriber_id, datetime(2025, 1, 1, tzinfo=UTC))
    return {post.dedup_key.partition(":")[2]: (post.state, post.reason) for post in found}


async def change(house: House, **choices: object) -> None:
    async with house.db.transaction() as tx:
        subscriber = await subscribers.get_subscriber(tx, house.subscriber_id)
        saved = await subscribers.save_settings(tx, replace(subscriber, **choices), NOON)
        await subscribers.end_planning(tx, {saved.id: (saved.revision, None)})


class TestQuietHours:
    QUIET = QuietHours(time(11), time(14))

    async def test_what_comes_late_waits_for_their_end(self, house: House) -> None:
        await change(house, quiet=self.QUIET)
        await owe(house, "late", NOON - 2 * HOUR)
        await owe(house, "alert", NOON - 2 * HOUR, PostKind.RELEASE)
        await owe(house, "stale", NOON - 2 * HOUR, fresh_until=NOON + HOUR)
        await run(house, NOON)
        await run(house, NOON + HOUR + HOUR - timedelta(seconds=5))
        assert sent(house) == []
        assert (await all_states(house))["stale"] == (PostState.SKIPPED, "quiet hours: stale by then")
        await run(house, NOON + 2 * HOUR)
        assert sent(house) == [("alert", "late")]

    async def test_a_retry_in_them_waits_too(self, house: House) -> None:
        await change(house, quiet=self.QUIET)
        await owe(house, "refused", NOON - 2 * HOUR)
        house.sender.answers = [Attempt(Outcome.NOT_SENT)]
        await run(house, NOON - HOUR - timedelta(seconds=1), looks=1)
        await run(house, NOON)
        assert len(sent(house)) == 1
        await run(house, NOON + 2 * HOUR)
        assert (await all_states(house))["refused"][0] is PostState.SENT

    async def test_what_is_in_doubt_is_not_sent_again_in_them_but_looked_for(self, house: House) -> None:
        await change(house, quiet=self.QUIET)
        before = NOON - HOUR - timedelta(seconds=5)
        await owe(house, "lost", before)
        house.sender.answers = [Attempt(Outcome.UNKNOWN)]
        await run(house, before)
        for seconds in (10, 30, 60, 90, 150, 300):
            await run(house, before + timedelta(seconds=seconds))
        assert len(sent(house)) == 1
        await run(house, NOON + 2 * HOUR)
        assert len(sent(house)) == 2

    async def test_settings_that_end_them_free_what_waits(self, house: House) -> None:
        await change(house, quiet=self.QUIET)
        await owe(house, "late", NOON)
        await run(house, NOON)
        await Preferences(house.db).change(house.subscriber_id, NOON, quiet=None)
        await house.tick(NOON + timedelta(minutes=1))
        assert sent(house) == [("late",)]


class TestDailyCap:
    async def tell(self, house: House, count: int, at: datetime) -> None:
        for number in range(count):
            await owe(house, f"{at:%d%H}-{number}", at)
            await run(house, at + timedelta(minutes=number))

    async def test_a_digest_takes_over_and_then_the_next_day(self, house: House) -> None:
        await change(house, daily_cap=2)
        await self.tell(house, 2, NOON)
        for number in range(30):
            await owe(house, f"digest-{number:02}", NOON + HOUR)
        await run(house, NOON + HOUR)
        assert [len(told) for told in sent(house)] == [1, 1, 30]
        assert [parcel.message.digest for parcel in house.sender.sends] == [False, False, True]
        await owe(house, "tomorrow", NOON + 2 * HOUR)
        await owe(house, "today", NOON + 2 * HOUR, PostKind.COUNTDOWN, fresh_until=NOON + 10 * HOUR)
        await owe(house, "alert", NOON + 2 * HOUR, PostKind.RELEASE)
        await run(house, NOON + 2 * HOUR)
        await run(house, NOON + 9 * HOUR)
        assert sent(house)[3:] == [("alert",)]
        assert (await all_states(house))["today"] == (PostState.SKIPPED, "daily cap: stale by then")
        await run(house, NOON + 20 * HOUR)  # before nine in New York
        assert len(sent(house)) == 4
        await run(house, NOON + 21 * HOUR)
        assert sent(house)[4:] == [("tomorrow",)]

    async def test_a_digest_that_surely_failed_is_tried_again_as_one(self, house: House) -> None:
        await change(house, daily_cap=1)
        await self.tell(house, 1, NOON)
        await owe(house, "first", NOON + HOUR)
        house.sender.answers = [Attempt(Outcome.NOT_SENT)]
        await run(house, NOON + HOUR, looks=1)
        await owe(house, "second", NOON + HOUR)
        await run(house, NOON + 2 * HOUR)
        assert sent(house)[1:] == [("first",), ("first", "second")]
        assert all(parcel.message.digest for parcel in house.sender.sends[1:])

    async def test_one_that_is_in_doubt_is_found_and_counts(self, house: House) -> None:
        await change(house, daily_cap=1)
        await self.tell(house, 1, NOON)
        await owe(house, "digest", NOON + HOUR)
        house.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
        await run(house, NOON + HOUR)
        house.restart()
        await house.dispatch.start()
        await run(house, NOON + HOUR + timedelta(minutes=5))
        await owe(house, "more", NOON + 2 * HOUR)
        await run(house, NOON + 2 * HOUR)
        assert sent(house)[1:] == [("digest",)]
        assert (await all_states(house))["digest"][0] is PostState.SENT

    async def test_a_higher_cap_frees_what_waits(self, house: House) -> None:
        await change(house, daily_cap=1)
        await self.tell(house, 2, NOON)
        await owe(house, "more", NOON + HOUR)
        await run(house, NOON + HOUR)
        assert len(sent(house)) == 2
        await Preferences(house.db).change(house.subscriber_id, NOON + HOUR, daily_cap=9)
        await house.tick(NOON + HOUR + timedelta(minutes=1))
        assert sent(house)[2:] == [("more",)]

    async def test_a_backlog_of_days_comes_as_a_few_messages(self, house: House) -> None:
        await change(house, daily_cap=3)
        for number in range(180):
            await owe(house, f"{number:03}", NOON - timedelta(days=2))
        for minute in range(9):
            await run(house, NOON + timedelta(minutes=minute))
        assert [len(told) for told in sent(house)] == [25, 25, 25, 100]
        await run(house, NOON + timedelta(days=1))
        assert [len(told) for told in sent(house)] == [25, 25, 25, 100, 5]
