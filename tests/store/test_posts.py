"""What is owed, on both engines: the rules that hold whoever asks."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import DateChange, ReleaseType
from bot.domain.messages import Attempt, Outcome, settle
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.resumes import resume_post
from bot.domain.subscribers import Pause, Subscriber
from bot.store import destinations, films, messages, posts, subscribers
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import (
    CHANNEL,
    GUILD,
    HOUR,
    NOW,
    a_post,
    arm,
    follow,
    put_to_sleep,
    store_film,
    store_guild,
    stored,
)

STALE = "stale: it could not be sent in time"
LATE = "stale: Discord did not take it in time"
NOWHERE = "no channel is set: /settings"


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


async def skip(database: Database, now: datetime = NOW) -> list[tuple[str, str]]:
    async with database.transaction() as tx:
        skipped = await posts.skip_due_posts(tx, range(100), now)
    assert all((post.state, post.settled_at) == (PostState.SKIPPED, now) for post in skipped)
    return sorted((post.dedup_key, post.reason) for post in skipped)


async def in_state(database: Database, post: Post, state: PostState) -> Post:
    """Arm `post` and bring it into `state`."""
    (armed,) = await arm(database, post)
    async with database.transaction() as tx:
        if state is PostState.BUNDLED:
            assert await claiming.claim(tx, post.subscriber_id, CHANNEL, "us", NOW, NOW + HOUR)
        elif state is not PostState.PLANNED:
            assert await posts.settle_post(tx, armed.id, state, "why", NOW)
    return await stored(database, post)


async def test_a_post_comes_back_as_it_was_owed(database: Database, guild: Subscriber) -> None:
    film_id = await store_film(database)
    change = DateChange(0, film_id, "US", ReleaseType.THEATRICAL, None, ReleaseDate.parse("2025-07"), "tmdb", NOW)
    async with database.transaction() as tx:
        change_id = await films.add_date_change(tx, change)
    notice = Post(
        subscriber_id=guild.id,
        kind=PostKind.DATE_CHANGE,
        dedup_key="a notice",
        due_at=NOW,
        fresh_until=NOW + HOUR,
        film_id=film_id,
        country="US",
        type=ReleaseType.THEATRICAL,
        date=ReleaseDate.parse("2025-07"),
        old_date=ReleaseDate.parse("2025-Q2"),
        change_id=change_id,
        channel_id=CHANNEL,
    )
    resume = Post(guild.id, PostKind.RESUME, "a resume", NOW + HOUR, NOW + 2 * HOUR, since_at=NOW - HOUR)
    countdown = a_post(guild, due_at=NOW + 3 * HOUR)
    for owed, armed in zip((notice, resume, countdown), await arm(database, notice, resume, countdown), strict=True):
        assert armed == replace(owed, id=armed.id)
        assert armed.id


async def test_posts_since_are_by_time_and_of_one_subscriber(database: Database, guild: Subscriber) -> None:
    other = await store_guild(database, replace(GUILD, discord_id=2))
    await arm(database, *(a_post(guild, hours, due_at=NOW + hours * HOUR) for hours in (3, 1, 2)), a_post(other, 9))
    async with database.reading() as tx:
        found = await posts.list_posts_since(tx, guild.id, NOW + 2 * HOUR)
    assert [post.due_at for post in found] == [NOW + 2 * HOUR, NOW + 3 * HOUR]


@pytest.mark.parametrize("state", list(PostState))
async def test_only_what_was_cancelled_is_owed_again(database: Database, guild: Subscriber, state: PostState) -> None:
    before = await in_state(database, a_post(guild), state)
    again = a_post(guild, due_at=NOW + HOUR, fresh_until=NOW + 2 * HOUR, channel_id=99, country="DE")
    async with database.transaction() as tx:
        armed = await posts.arm_post(tx, again)
    after = await stored(database, again)
    if state is PostState.CANCELLED:
        assert armed
        assert after == replace(again, id=before.id)
    else:
        assert not armed
        assert after == before


@pytest.mark.parametrize("state", list(PostState))
async def test_only_what_is_planned_moves_is_cancelled_or_settled(
    database: Database, guild: Subscriber, state: PostState
) -> None:
    before = await in_state(database, a_post(guild), state)
    elsewhere = a_post(guild, due_at=NOW + HOUR, fresh_until=NOW + 2 * HOUR, channel_id=99, country="DE")
    planned = state is PostState.PLANNED
    async with database.transaction() as tx:
        await posts.move_posts(tx, [replace(elsewhere, id=before.id)])
    moved = await stored(database, before)
    assert moved == (replace(elsewhere, id=before.id) if planned else before)
    async with database.transaction() as tx:
        assert await posts.move_armed(tx, replace(elsewhere, channel_id=100)) is planned
    moved = await stored(database, before)
    assert moved == (replace(elsewhere, id=before.id, channel_id=100) if planned else before)
    async with database.transaction() as tx:
        assert await posts.settle_post(tx, before.id, PostState.SKIPPED, "nothing to tell", NOW) is planned
        assert not await posts.cancel_post(tx, before.id, "no longer owed", NOW)
    after = await stored(database, before)
    if planned:
        assert after == replace(moved, state=PostState.SKIPPED, reason="nothing to tell", settled_at=NOW)
    else:
        assert after == before


async def test_cancelling_says_why_and_when(database: Database, guild: Subscriber) -> None:
    (armed,) = await arm(database, a_post(guild))
    async with database.transaction() as tx:
        assert await posts.cancel_post(tx, armed.id, "no longer owed", NOW)
    cancelled = replace(armed, state=PostState.CANCELLED, reason="no longer owed", settled_at=NOW)
    assert await stored(database, armed) == cancelled


async def test_two_who_owe_the_same_owe_it_once(database: Database, rival: Database, guild: Subscriber) -> None:
    async def owe(db: Database) -> bool:
        async with db.transaction() as tx:
            return await posts.arm_post(tx, a_post(guild))

    assert sorted(await asyncio.gather(*(owe(db) for db in (database, rival) * 4))) == [False] * 7 + [True]


async def test_what_can_go_out_is_not_skipped(database: Database, guild: Subscriber) -> None:
    await arm(database, a_post(guild, 1), a_post(guild, 2, due_at=NOW + HOUR, channel_id=None))
    assert await skip(database) == []


async def test_each_reason_to_skip(database: Database, guild: Subscriber) -> None:
    async with database.transaction() as tx:
        await destinations.close_destination(tx, 99, guild.id, "Marquee may not write there.", NOW)
    await arm(
        database,
        a_post(guild, 1, channel_id=99),
        a_post(guild, 2, channel_id=None),
        a_post(guild, 3, fresh_until=NOW),
        a_post(guild, 4),
    )
    assert await skip(database) == [
        (f"{guild.id}:countdown:1", "paused: Marquee may not write there."),
        (f"{guild.id}:countdown:2", NOWHERE),
        (f"{guild.id}:countdown:3", STALE),
    ]
    assert await skip(database) == []


async def test_what_discord_never_took_says_so(database: Database, guild: Subscriber) -> None:
    (armed,) = await arm(database, a_post(guild))
    async with database.transaction() as tx:
        message = await claiming.claim(tx, guild.id, CHANNEL, "us", NOW, NOW + HOUR)
        assert message is not None
        attempt = Attempt(Outcome.NOT_SENT, reason="429")
        assert await messages.settle_message(tx, message, settle(message, attempt, NOW), attempt, NOW)
    assert await skip(database, armed.fresh_until) == [(armed.dedup_key, LATE)]


@pytest.mark.parametrize(
    ("pause", "skipped"),
    [
        (Pause(NOW - HOUR), True),
        (Pause(NOW), True),
        (Pause(NOW - HOUR, NOW + HOUR), True),
        (Pause(NOW - HOUR, NOW + timedelta(seconds=1)), True),
        (Pause(NOW - HOUR, NOW), False),
        (Pause(NOW - 2 * HOUR, NOW - HOUR), False),
        (Pause(NOW + HOUR), False),
        (None, False),
    ],
    ids=["open", "begins now", "within", "ends in a second", "ends now", "over", "to come", "none"],
)
@pytest.mark.parametrize("whole", [True, False], ids=["server", "film"])
async def test_a_pause_skips_what_falls_due_in_it(
    database: Database, guild: Subscriber, pause: Pause | None, skipped: bool, whole: bool
) -> None:
    film_id = await store_film(database)
    await follow(database, guild.id, film_id)
    async with database.transaction() as tx:
        if whole:
            await subscribers.save_pause(tx, guild.id, pause, NOW)
        else:
            await subscribers.pause_subscription(tx, guild.id, film_id, pause, NOW)
    await put_to_sleep(database, guild.id)
    (armed, _) = await arm(
        database,
        a_post(guild, film_id=film_id),
        a_post(guild, kind=PostKind.RESUME, dedup_key="resume", film_id=film_id),
    )
    assert skipped is (pause is not None and pause.covers(NOW))
    assert await skip(database) == ([(armed.dedup_key, "paused")] if skipped else [])


async def test_the_first_reason_that_holds_is_given(database: Database, guild: Subscriber) -> None:
    async with database.transaction() as tx:
        await subscribers.save_pause(tx, guild.id, Pause(NOW), NOW)
        await destinations.close_destination(tx, 99, guild.id, "Gone.", NOW)
    await put_to_sleep(database, guild.id)
    stale = {"fresh_until": NOW - HOUR}
    await arm(
        database,
        a_post(guild, 1, channel_id=99, **stale),
        a_post(guild, kind=PostKind.RESUME, dedup_key="r1", channel_id=99, **stale),
        a_post(guild, kind=PostKind.RESUME, dedup_key="r2", channel_id=None, **stale),
        a_post(guild, kind=PostKind.RESUME, dedup_key="r3", **stale),
    )
    assert [reason for _, reason in await skip(database)] == ["paused", "paused: Gone.", NOWHERE, STALE]


async def test_what_was_stale_before_a_pause_or_a_closure_was_kept_back_by_neither(
    database: Database, guild: Subscriber
) -> None:
    async with database.transaction() as tx:
        await subscribers.save_pause(tx, guild.id, Pause(NOW), NOW)
        await destinations.close_destination(tx, 99, guild.id, "Gone.", NOW)
    await put_to_sleep(database, guild.id)
    before = {"due_at": NOW - 2 * HOUR, "fresh_until": NOW - HOUR}
    await arm(
        database,
        a_post(guild, 1, **before),
        a_post(guild, 2, due_at=NOW - 2 * HOUR, fresh_until=NOW + HOUR),
        a_post(guild, kind=PostKind.RESUME, dedup_key="r1", channel_id=99, **before),
    )
    assert [reason for _, reason in await skip(database)] == [STALE, "paused", STALE]


async def test_nothing_is_skipped_while_a_fact_is_newer_than_the_plan(database: Database, guild: Subscriber) -> None:
    await arm(database, a_post(guild, fresh_until=NOW - HOUR))
    async with database.transaction() as tx:
        await subscribers.wake_subscriber(tx, guild.id, NOW)
    assert await skip(database) == []
    await put_to_sleep(database, guild.id)
    assert len(await skip(database)) == 1


async def test_what_ended_is_listed_newest_first(database: Database, guild: Subscriber) -> None:
    armed = await arm(database, *(a_post(guild, number) for number in range(7)))
    states = [PostState.SENT, PostState.FAILED, PostState.CANCELLED, PostState.SKIPPED, PostState.UNCERTAIN]
    async with database.transaction() as tx:
        for minutes, (post, state) in enumerate(zip(armed, states, strict=False)):
            await posts.settle_post(tx, post.id, state, "", NOW + timedelta(minutes=minutes))
    async with database.reading() as tx:
        found = await posts.list_settled(tx, guild.id, 10)
        assert [post.state for post in found] == [
            PostState.UNCERTAIN,
            PostState.SKIPPED,
            PostState.FAILED,
            PostState.SENT,
        ]
        assert await posts.list_settled(tx, guild.id, 2) == found[:2]


async def test_what_a_pause_kept_back(database: Database, guild: Subscriber) -> None:
    rows = [
        (PostKind.COUNTDOWN, PostState.SKIPPED, "paused", NOW),
        (PostKind.COUNTDOWN, PostState.SKIPPED, "paused: Gone.", NOW + HOUR),
        (PostKind.COUNTDOWN, PostState.SKIPPED, "paused", NOW - timedelta(seconds=1)),
        (PostKind.COUNTDOWN, PostState.SKIPPED, STALE, NOW),
        (PostKind.COUNTDOWN, PostState.CANCELLED, "paused", NOW),
        (PostKind.RESUME, PostState.SKIPPED, "paused: Gone.", NOW + HOUR),
    ]
    armed = await arm(database, *(a_post(guild, number, kind=kind) for number, (kind, *_) in enumerate(rows)))
    end = resume_post(guild, NOW, NOW + HOUR)
    opened = resume_post(guild, NOW, NOW + HOUR, channel_id=CHANNEL, reopened=True)
    async with database.transaction() as tx:
        for post, (_, state, reason, at) in zip(armed, rows, strict=True):
            await posts.settle_post(tx, post.id, state, reason, at)
        assert [post.id for post in await posts.list_kept_back(tx, end)] == [armed[0].id]
        assert [post.id for post in await posts.list_kept_back(tx, opened)] == [armed[1].id, armed[5].id]
        assert await posts.list_kept_back(tx, replace(opened, channel_id=1)) == []
        assert await posts.list_kept_back(tx, replace(end, film_id=99)) == []
        assert await posts.list_kept_back(tx, replace(end, due_at=NOW - 30 * HOUR)) == []


async def test_instants_are_whole_seconds_rounded_down(database: Database, guild: Subscriber) -> None:
    precise = datetime(2025, 6, 1, 12, 0, 0, 999_999, tzinfo=UTC)
    (armed,) = await arm(database, a_post(guild, due_at=precise))
    assert armed.due_at == NOW
