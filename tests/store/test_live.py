"""Live countdowns on both engines: added with their message, taken once, settled by who took them, lost and found."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.living import LiveEdit, LiveSettled
from bot.domain.messages import LEASE, Attempt, Message, Outcome, settle
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import NO_LIVE, LiveMark, Subscriber
from bot.store import destinations, films, live, messages, planning, posts, subscribers
from bot.store.database import Database
from tests.store.claiming import claim
from tests.store.samples import (
    CHANNEL,
    HOUR,
    JOHN_WICK,
    NOW,
    a_post,
    arm,
    follow,
    put_to_sleep,
    store_film,
    store_guild,
    stored,
)

SECOND = timedelta(seconds=1)
SAYS = "counting, theatrical US 2025-06-08 @ 2025-06-01"
TODAY = date(2025, 6, 1)


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


@pytest.fixture
async def film_id(database: Database, guild: Subscriber) -> int:
    film_id = await store_film(database)
    await follow(database, guild.id, film_id)
    await put_to_sleep(database, guild.id)
    return film_id


async def posted(database: Database, *owed: Post, outcome: Outcome = Outcome.SENT) -> Message:
    """A message with `owed` in it that came to that."""
    await arm(database, *owed)
    async with database.transaction() as tx:
        message = await claim(tx, owed[0].subscriber_id, owed[0].channel_id or 0, "us", NOW, NOW + LEASE)
        assert message is not None
    attempt = Attempt(outcome, 900 if outcome is Outcome.SENT else None)
    async with database.transaction() as tx:
        assert await messages.settle_message(tx, message, settle(message, attempt, NOW), attempt, NOW)
    await put_to_sleep(database, owed[0].subscriber_id)
    return message


async def counting(database: Database, guild: Subscriber, film_id: int, number: int = 1, **more: object) -> Message:
    values: dict[str, object] = {"kind": PostKind.LIVE, "film_id": film_id, "note": SAYS, **more}
    return await posted(database, a_post(guild, number, **values))


async def take(database: Database, now: datetime = NOW, limit: int = 10) -> list[LiveEdit]:
    async with database.transaction() as tx:
        return await live.take_edits(tx, now, now + LEASE, limit)


async def end(
    database: Database, guild: Subscriber, edit: LiveEdit, settled: LiveSettled, *, seen: int | None = None
) -> bool:
    async with database.transaction() as tx:
        known = await subscribers.get_subscriber(tx, guild.id)
        return await live.settle_edit(tx, guild.id, edit, settled, known.revision if seen is None else seen, NOW)


async def mark(database: Database, guild: Subscriber, film_id: int) -> LiveMark:
    async with database.reading() as tx:
        [listed] = await subscribers.list_subscriptions(tx, guild.id)
        found = await subscribers.find_subscription(tx, guild.id, film_id)
    assert found is not None
    assert found.live == listed.live
    return found.live


async def test_is_there_as_soon_as_its_message_is_sent_and_plans_again(
    database: Database, guild: Subscriber, film_id: int
) -> None:
    assert await mark(database, guild, film_id) == NO_LIVE
    await arm(database, a_post(guild, kind=PostKind.LIVE, film_id=film_id, note=SAYS))
    async with database.transaction() as tx:
        message = await claim(tx, guild.id, CHANNEL, "us", NOW, NOW + LEASE)
        assert message is not None
        sent = Attempt(Outcome.SENT, 900)
        assert await messages.settle_message(tx, message, settle(message, sent, NOW), sent, NOW)
    async with database.reading() as tx:
        assert await planning.list_awake(tx, NOW, 10) == [guild.id]
        [row] = await live.list_live(tx, guild.id)
    assert (row.film_id, row.channel_id, row.message_id, row.shown) == (film_id, CHANNEL, message.id, SAYS)
    assert (row.due_at, row.since, row.lost) == (NOW, NOW, 0)
    assert await mark(database, guild, film_id) == LiveMark(there=True)


@pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.REJECTED, Outcome.UNREADABLE, Outcome.UNKNOWN])
async def test_is_not_there_unless_it_was_sent(
    database: Database, guild: Subscriber, film_id: int, outcome: Outcome
) -> None:
    await posted(database, a_post(guild, kind=PostKind.LIVE, film_id=film_id, note=SAYS), outcome=outcome)
    await posted(database, replace(a_post(guild, 2, film_id=film_id), channel_id=CHANNEL + 1))
    assert await mark(database, guild, film_id) == NO_LIVE
    assert await take(database) == []


async def test_is_known_only_where_the_posts_go_now(database: Database, guild: Subscriber, film_id: int) -> None:
    await counting(database, guild, film_id)
    async with database.transaction() as tx:
        await subscribers.move_subscription(tx, guild.id, film_id, CHANNEL + 1, NOW)
    assert await mark(database, guild, film_id) == NO_LIVE
    async with database.transaction() as tx:
        await subscribers.move_subscription(tx, guild.id, film_id, CHANNEL, NOW)
    assert (await mark(database, guild, film_id)).there


async def test_outlives_its_subscription(database: Database, guild: Subscriber, film_id: int) -> None:
    await counting(database, guild, film_id)
    async with database.transaction() as tx:
        await subscribers.remove_subscription(tx, guild.id, film_id, NOW)
    assert len(await take(database)) == 1
    await follow(database, guild.id, film_id)
    assert (await mark(database, guild, film_id)).there


class TestTaking:
    async def test_is_taken_once_and_again_when_its_lease_runs_out(
        self, database: Database, guild: Subscriber, film_id: int
    ) -> None:
        message = await counting(database, guild, film_id)
        assert await take(database) == [LiveEdit(film_id, CHANNEL, message.id, 1, SAYS)]
        assert await take(database, NOW + LEASE - SECOND) == []
        assert [edit.attempt for edit in await take(database, NOW + LEASE)] == [2]

    async def test_one_of_a_channel_at_a_time_the_longest_due_first(
        self, database: Database, guild: Subscriber, film_id: int
    ) -> None:
        other = await store_film(database, JOHN_WICK)
        first, second = await counting(database, guild, film_id), await counting(database, guild, other, 2)
        third = await counting(database, guild, film_id, 3, channel_id=CHANNEL + 1)
        async with database.transaction() as tx:
            await live.plan_edits(tx, [(second.id, NOW - HOUR)])
        assert [edit.message_id for edit in await take(database)] == [second.id, third.id]
        assert [edit.message_id for edit in await take(database)] == [first.id]

    async def test_a_closed_channel_is_left_alone(self, database: Database, guild: Subscriber, film_id: int) -> None:
        await counting(database, guild, film_id)
        async with database.transaction() as tx:
            await destinations.close_destination(tx, CHANNEL, guild.id, "no access", NOW)
        assert await take(database) == []
        async with database.transaction() as tx:
            await destinations.open_destination(tx, CHANNEL, NOW)
        assert len(await take(database)) == 1

    async def test_one_that_rests_is_left_alone(self, database: Database, guild: Subscriber, film_id: int) -> None:
        message = await counting(database, guild, film_id)
        async with database.transaction() as tx:
            await live.plan_edits(tx, [(message.id, None)])
        assert await take(database, NOW + 1000 * HOUR) == []

    async def test_nobody_puts_off_what_is_under_way(self, database: Database, guild: Subscriber, film_id: int) -> None:
        message = await counting(database, guild, film_id)
        [edit] = await take(database)
        async with database.transaction() as tx:
            await live.plan_edits(tx, [(message.id, None)])
        assert [again.attempt for again in await take(database, NOW + LEASE)] == [edit.attempt + 1]

    async def test_two_processes_never_take_one(self, database: Database, rival: Database, guild: Subscriber) -> None:
        film_id = await store_film(database)
        sent = [await counting(database, guild, film_id, n, channel_id=CHANNEL + n) for n in range(4)]
        taken = await asyncio.gather(*(take(each, limit=3) for each in (database, rival) * 3))
        ids = [edit.message_id for group in taken for edit in group]
        assert sorted(ids) == sorted(message.id for message in sent)


class TestSettling:
    @pytest.fixture
    async def edit(self, database: Database, guild: Subscriber, film_id: int) -> LiveEdit:
        await counting(database, guild, film_id)
        [edit] = await take(database)
        return edit

    async def test_says_what_is_shown_and_when_it_is_next(
        self, database: Database, guild: Subscriber, film_id: int, edit: LiveEdit
    ) -> None:
        assert await end(database, guild, edit, LiveSettled("other", NOW + HOUR, TODAY))
        async with database.reading() as tx:
            [row] = await live.list_live(tx, guild.id)
        assert (row.shown, row.due_at) == ("other", NOW + HOUR)
        assert (await mark(database, guild, film_id)).counted_on == TODAY
        assert await take(database, NOW + HOUR - SECOND) == []
        [again] = await take(database, NOW + HOUR)
        assert again.attempt == 1
        assert await end(database, guild, again, LiveSettled("rest"))
        assert (await mark(database, guild, film_id)).counted_on == TODAY  # the last day on which it counted

    async def test_is_looked_at_again_if_a_fact_came_meanwhile(
        self, database: Database, guild: Subscriber, edit: LiveEdit
    ) -> None:
        async with database.transaction() as tx:
            seen = (await subscribers.get_subscriber(tx, guild.id)).revision
            await subscribers.wake_subscriber(tx, guild.id, NOW)
        assert await end(database, guild, edit, LiveSettled("other", NOW + HOUR), seen=seen)
        assert [again.shown for again in await take(database)] == ["other"]

    async def test_later(self, database: Database, guild: Subscriber, edit: LiveEdit) -> None:
        assert await end(database, guild, edit, LiveSettled(due_at=NOW + HOUR))
        assert await take(database, NOW + HOUR - SECOND) == []
        assert [(again.attempt, again.shown) for again in await take(database, NOW + HOUR)] == [(2, SAYS)]

    async def test_lost_is_counted_and_plans_again(
        self, database: Database, guild: Subscriber, film_id: int, edit: LiveEdit
    ) -> None:
        await put_to_sleep(database, guild.id)
        assert await end(database, guild, edit, LiveSettled(lost=True))
        assert await mark(database, guild, film_id) == LiveMark(lost=1, lost_at=NOW)
        async with database.reading() as tx:
            assert await planning.list_awake(tx, NOW, 10) == [guild.id]
        assert await take(database, NOW + 1000 * HOUR) == []
        await put_to_sleep(database, guild.id)
        await counting(database, guild, film_id, 2)
        assert await mark(database, guild, film_id) == LiveMark(there=True, lost=1, lost_at=NOW)

    @pytest.mark.parametrize(
        "settled", [LiveSettled("x"), LiveSettled(due_at=NOW), LiveSettled(lost=True)], ids=["done", "later", "lost"]
    )
    async def test_is_refused_to_who_has_lost_it(
        self, database: Database, rival: Database, guild: Subscriber, film_id: int, edit: LiveEdit, settled: LiveSettled
    ) -> None:
        [again] = await take(rival, NOW + LEASE)
        assert not await end(database, guild, edit, settled)
        assert (await mark(database, guild, film_id)).there
        assert await end(rival, guild, again, LiveSettled("theirs", NOW))


async def test_a_film_that_turned_out_to_be_another_takes_its_countdown_along(
    database: Database, guild: Subscriber, film_id: int
) -> None:
    other = await store_film(database, replace(JOHN_WICK, ids={"tmdb": "245891"}))
    message = await counting(database, guild, other)
    async with database.transaction() as tx:
        assert await films.join_films(tx, other, film_id, NOW)
    assert (await mark(database, guild, film_id)).there
    assert [edit.message_id for edit in await take(database)] == [message.id]


async def test_what_was_skipped_and_nothing_else_is_owed_again(
    database: Database, guild: Subscriber, film_id: int
) -> None:
    owed = a_post(guild, kind=PostKind.LIVE, film_id=film_id, note=SAYS)
    [row] = await arm(database, owed)
    later = replace(owed, due_at=NOW + HOUR)
    async with database.transaction() as tx:
        await live.rearm(tx, [later])
    assert await stored(database, owed) == row, "it was not skipped"
    async with database.transaction() as tx:
        await posts.settle_post(tx, row.id, PostState.SKIPPED, "paused", NOW)
        await live.rearm(tx, [later])
    again = await stored(database, owed)
    assert (again.state, again.due_at, again.reason, again.settled_at) == (PostState.PLANNED, NOW + HOUR, "", None)
    sent = a_post(guild, 2, kind=PostKind.LIVE, film_id=film_id, note=SAYS)
    await posted(database, sent)
    async with database.transaction() as tx:
        await live.rearm(tx, [sent])
    assert (await stored(database, sent)).state is PostState.SENT
