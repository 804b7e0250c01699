"""Messages on their way, on both engines: claimed once, settled by their owner only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.messages import (
    LEASE,
    MAX_DOUBTS,
    MAX_POSTS,
    Attempt,
    Message,
    MessageState,
    Outcome,
    Settlement,
    message_key,
    settle,
)
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber
from bot.store import destinations, messages, planning, posts, subscribers
from bot.store.database import Database
from tests.store import claiming
from tests.store.samples import CHANNEL, GUILD, HOUR, NOW, a_post, arm, put_to_sleep, store_guild, stored

SECOND = timedelta(seconds=1)
US, THEM = "us", "them"


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


async def claimable(database: Database, now: datetime = NOW, limit: int = 10) -> list[tuple[int, int]]:
    async with database.reading() as tx:
        return await claiming.list_claimable(tx, now, limit)


async def claim(
    database: Database, guild: Subscriber, *, owner: str = US, now: datetime = NOW, channel_id: int = CHANNEL
) -> Message | None:
    async with database.transaction() as tx:
        return await claiming.claim(tx, guild.id, channel_id, owner, now, now + LEASE)


async def claimed(database: Database, guild: Subscriber, *owed: Post) -> Message:
    """A message of ours with `owed` in it."""
    await arm(database, *(owed or (a_post(guild),)))
    message = await claim(database, guild)
    assert message is not None
    return message


async def doubtful(database: Database, now: datetime, owner: str = THEM, limit: int = 10) -> list[Message]:
    async with database.transaction() as tx:
        return await messages.take_doubtful(tx, owner, now, now + LEASE, limit)


async def end(
    database: Database, message: Message, outcome: Outcome, now: datetime = NOW, *, still_true: bool = True
) -> bool:
    attempt = Attempt(outcome, 777 if outcome is Outcome.SENT else None, f"Discord said {outcome}.")
    settlement = settle(message, attempt, now, still_true=still_true)
    async with database.transaction() as tx:
        return await messages.settle_message(tx, message, settlement, attempt, now)


async def states(database: Database, owed: Sequence[Post]) -> set[PostState]:
    return {(await stored(database, post)).state for post in owed}


class TestClaimable:
    async def test_the_most_pressing_destination_comes_first(self, database: Database, guild: Subscriber) -> None:
        await arm(
            database,
            a_post(guild, 1, channel_id=1, due_at=NOW - HOUR),
            a_post(guild, 2, channel_id=2, due_at=NOW - 2 * HOUR),
            a_post(guild, 3, channel_id=3, kind=PostKind.RELEASE),
        )
        assert await claimable(database) == [(guild.id, 3), (guild.id, 2), (guild.id, 1)]
        assert await claimable(database, limit=2) == [(guild.id, 3), (guild.id, 2)]

    async def test_a_destination_is_listed_once(self, database: Database, guild: Subscriber) -> None:
        other = await store_guild(database, replace(GUILD, discord_id=2))
        await arm(database, a_post(guild, 1), a_post(guild, 2), a_post(other, 3, kind=PostKind.RELEASE))
        assert await claimable(database) == [(other.id, CHANNEL)]

    @pytest.mark.parametrize(
        "values",
        [
            {"due_at": NOW + SECOND},
            {"fresh_until": NOW},
            {"channel_id": None},
        ],
        ids=["not due", "stale", "nowhere"],
    )
    async def test_what_may_not_go_out(self, database: Database, guild: Subscriber, values: dict[str, object]) -> None:
        await arm(database, a_post(guild, **values))
        assert await claimable(database) == []
        assert await claim(database, guild) is None

    async def test_claims_wait_while_a_fact_is_newer_than_the_plan(self, database: Database, guild: Subscriber) -> None:
        await arm(database, a_post(guild))
        listed = await claimable(database)
        async with database.transaction() as tx:
            await subscribers.wake_subscriber(tx, guild.id, NOW)
        assert listed == [(guild.id, CHANNEL)]
        assert await claimable(database) == []
        assert await claim(database, guild) is None  # also for one who listed before the fact came
        await put_to_sleep(database, guild.id)
        assert await claimable(database) == [(guild.id, CHANNEL)]
        assert await claim(database, guild) is not None

    async def test_a_closed_destination_gets_nothing(self, database: Database, guild: Subscriber) -> None:
        await arm(database, a_post(guild))
        async with database.transaction() as tx:
            await destinations.close_destination(tx, CHANNEL, guild.id, "Gone.", NOW)
        assert await claimable(database) == []
        assert await claim(database, guild) is None
        async with database.transaction() as tx:
            await destinations.open_destination(tx, CHANNEL, NOW)
        assert await claimable(database) == [(guild.id, CHANNEL)]

    async def test_after_a_failure_a_destination_waits(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        assert await end(database, message, Outcome.NOT_SENT)
        wait = settle(message, Attempt(Outcome.NOT_SENT), NOW).retry_at
        assert wait is not None
        assert await claimable(database, wait - SECOND) == []
        assert await claim(database, guild, now=wait - SECOND) is None
        assert await claimable(database, wait + SECOND) == [(guild.id, CHANNEL)]


class TestClaim:
    async def test_what_is_due_becomes_one_message(self, database: Database, guild: Subscriber) -> None:
        owed = await arm(
            database,
            a_post(guild, 1),
            a_post(guild, 2, due_at=NOW - HOUR),
            a_post(guild, 3, kind=PostKind.RELEASE),
            a_post(guild, 4, due_at=NOW + HOUR),
            a_post(guild, 5, channel_id=99),
        )
        message = await claim(database, guild)
        assert message is not None
        bundled = [replace(owed[index], state=PostState.BUNDLED) for index in (2, 1, 0)]
        assert message == Message(
            id=message.id,
            subscriber_id=guild.id,
            channel_id=CHANNEL,
            state=MessageState.SENDING,
            owner=US,
            lease_until=NOW + LEASE,
            attempt=1,
            first_sent_at=NOW,
            message_key=message_key(CHANNEL, [post.dedup_key for post in bundled]),
            posts=tuple(bundled),
        )
        assert await states(database, owed[3:]) == {PostState.PLANNED}

    async def test_no_more_than_one_message_holds(self, database: Database, guild: Subscriber) -> None:
        owed = await arm(
            database,
            *(a_post(guild, number, due_at=NOW - timedelta(minutes=number)) for number in range(MAX_POSTS + 3)),
        )
        message = await claim(database, guild)
        assert message is not None
        assert len(message.posts) == MAX_POSTS
        assert await states(database, owed[:3]) == {PostState.PLANNED}  # due last

    async def test_nothing_to_take_leaves_the_destination_free(self, database: Database, guild: Subscriber) -> None:
        assert await claim(database, guild) is None
        await arm(database, a_post(guild))
        assert await claim(database, guild) is not None

    @pytest.mark.parametrize("outcome", [None, Outcome.UNKNOWN], ids=["sending", "in doubt"])
    async def test_one_message_of_a_destination_is_on_its_way(
        self, database: Database, guild: Subscriber, outcome: Outcome | None
    ) -> None:
        message = await claimed(database, guild)
        (waiting,) = await arm(database, a_post(guild, 2))
        if outcome:
            assert await end(database, message, outcome)
        assert await claimable(database) == []
        assert await claim(database, guild, owner=THEM) is None
        assert (await stored(database, waiting)).state is PostState.PLANNED

    @pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.REJECTED, Outcome.UNREADABLE, Outcome.NOT_SENT], ids=str)
    async def test_then_the_next_one_goes(self, database: Database, guild: Subscriber, outcome: Outcome) -> None:
        message = await claimed(database, guild)
        (waiting,) = await arm(database, a_post(guild, 2))
        assert await end(database, message, outcome)
        following = await claim(database, guild)
        assert following is not None
        assert [post.id for post in following.posts] == [waiting.id]

    async def test_each_dissolved_message_counts(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        assert await end(database, message, Outcome.NOT_SENT)
        await arm(database, a_post(guild, 2))
        again = await claim(database, guild, now=NOW + HOUR)
        assert again is not None
        assert (again.attempt, again.first_sent_at) == (2, NOW + HOUR)
        assert len(again.posts) == 2
        assert again.message_key != message.message_key

    async def test_the_same_posts_make_the_same_key_again(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        assert await end(database, message, Outcome.NOT_SENT)
        again = await claim(database, guild, now=NOW + HOUR)
        assert again is not None
        assert (again.message_key, again.id != message.id) == (message.message_key, True)

    async def test_questions_to_admins_go_after_all_else_and_by_themselves(
        self, database: Database, guild: Subscriber
    ) -> None:
        questions = [
            a_post(guild, number, kind=PostKind.DOUBT, due_at=NOW - HOUR, dedup_key=f"doubt {number}")
            for number in range(MAX_DOUBTS + 2)
        ]
        await arm(database, *questions, a_post(guild, 99))
        sent: list[list[PostKind]] = []
        while (message := await claim(database, guild)) is not None:
            sent.append([post.kind for post in message.posts])
            await end(database, message, Outcome.SENT)
        assert sent == [[PostKind.COUNTDOWN], [PostKind.DOUBT] * MAX_DOUBTS, [PostKind.DOUBT] * 2]


class TestSettle:
    @pytest.mark.parametrize(
        ("outcome", "message_state", "post_state"),
        [
            (Outcome.SENT, MessageState.SENT, PostState.SENT),
            (Outcome.NOT_SENT, MessageState.DISSOLVED, PostState.PLANNED),
            (Outcome.REJECTED, MessageState.FAILED, PostState.FAILED),
            (Outcome.CLOSED, MessageState.FAILED, PostState.SKIPPED),
            (Outcome.UNREADABLE, MessageState.UNCERTAIN, PostState.UNCERTAIN),
            (Outcome.UNKNOWN, MessageState.IN_DOUBT, PostState.BUNDLED),
        ],
        ids=str,
    )
    async def test_what_each_outcome_leaves(
        self,
        database: Database,
        guild: Subscriber,
        outcome: Outcome,
        message_state: MessageState,
        post_state: PostState,
    ) -> None:
        message = await claimed(database, guild, a_post(guild, 1), a_post(guild, 2))
        assert settle(message, Attempt(outcome), NOW).message is message_state
        assert await end(database, message, outcome)
        assert await states(database, message.posts) == {post_state}
        settled = await stored(database, message.posts[0])
        ended = post_state not in (PostState.PLANNED, PostState.BUNDLED)
        assert settled.settled_at == (NOW if ended else None)
        said = f"Discord said {outcome}."
        expected = {PostState.BUNDLED: "", PostState.SKIPPED: f"paused: {said}"}
        assert settled.reason == expected.get(post_state, said)

    async def test_an_ended_message_is_never_settled_again(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        assert await end(database, message, Outcome.SENT)
        assert not await end(database, message, Outcome.NOT_SENT)
        assert await states(database, message.posts) == {PostState.SENT}

    @pytest.mark.parametrize(
        "values", [{"owner": THEM}, {"attempt": 2}, {"id": 404}], ids=["owner", "attempt", "message"]
    )
    async def test_the_fence(self, database: Database, guild: Subscriber, values: dict[str, object]) -> None:
        message = await claimed(database, guild)
        assert not await end(database, replace(message, **values), Outcome.CLOSED)
        assert await states(database, message.posts) == {PostState.BUNDLED}
        async with database.reading() as tx:
            assert await destinations.find_destination(tx, CHANNEL) is None
        assert await end(database, message, Outcome.SENT)

    async def test_posts_of_a_dissolved_message_are_left_to_their_new_one(
        self, database: Database, guild: Subscriber
    ) -> None:
        first = await claimed(database, guild)
        assert await end(database, first, Outcome.NOT_SENT)
        second = await claim(database, guild, now=NOW + HOUR)
        assert second is not None
        assert not await end(database, first, Outcome.CLOSED)
        assert await states(database, second.posts) == {PostState.BUNDLED}

    async def test_cancelled_posts_have_their_subscriber_planned_again(
        self, database: Database, guild: Subscriber
    ) -> None:
        message = await claimed(database, guild)
        assert await end(database, message, Outcome.NOT_SENT, still_true=False)
        assert await states(database, message.posts) == {PostState.CANCELLED}
        async with database.reading() as tx:
            assert await planning.list_awake(tx, NOW, 10) == [guild.id]

    @pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.NOT_SENT, Outcome.UNKNOWN], ids=str)
    async def test_other_outcomes_wake_nobody(self, database: Database, guild: Subscriber, outcome: Outcome) -> None:
        assert await end(database, await claimed(database, guild), outcome)
        async with database.reading() as tx:
            assert await planning.list_awake(tx, NOW, 10) == []

    async def test_the_message_id_is_kept(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        attempt = Attempt(Outcome.UNKNOWN, 777, "half an answer")
        async with database.transaction() as tx:
            assert await messages.settle_message(tx, message, settle(message, attempt, NOW), attempt, NOW)
        (taken,) = await doubtful(database, NOW + HOUR)
        assert taken.discord_message_id == 777
        assert await end(database, taken, Outcome.UNKNOWN, NOW + HOUR)  # which knows of none
        (taken,) = await doubtful(database, NOW + 2 * HOUR)
        assert taken.discord_message_id == 777


class TestDoubt:
    async def test_a_message_whose_lease_ran_out_is_taken_over_whole(
        self, database: Database, guild: Subscriber
    ) -> None:
        message = await claimed(database, guild, a_post(guild, 1), a_post(guild, 2, kind=PostKind.RELEASE))
        assert await doubtful(database, NOW + LEASE - SECOND) == []
        (taken,) = await doubtful(database, NOW + LEASE)
        assert taken == replace(message, owner=THEM, lease_until=NOW + 2 * LEASE, attempt=2)
        assert not await end(database, message, Outcome.NOT_SENT)  # its old owner comes too late
        assert await end(database, taken, Outcome.SENT)
        assert await states(database, message.posts) == {PostState.SENT}

    async def test_one_in_doubt_is_asked_about_when_its_time_comes(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        assert await end(database, message, Outcome.UNKNOWN)
        assert await doubtful(database, NOW + SECOND) == []
        (taken,) = await doubtful(database, NOW + 3 * SECOND, owner=US)
        assert (taken.state, taken.attempt, taken.first_sent_at) == (MessageState.SENDING, 2, NOW)
        assert await doubtful(database, NOW + 4 * SECOND) == []

    async def test_no_more_than_asked_for(self, database: Database, guild: Subscriber) -> None:
        for channel_id in (1, 2, 3):
            await arm(database, a_post(guild, channel_id, channel_id=channel_id))
            assert await claim(database, guild, channel_id=channel_id)
        assert len(await doubtful(database, NOW + HOUR, limit=2)) == 2
        assert await doubtful(database, NOW + HOUR, limit=0) == []
        assert len(await doubtful(database, NOW + HOUR)) == 1

    async def test_ended_messages_are_never_taken_over(self, database: Database, guild: Subscriber) -> None:
        for number, outcome in enumerate((Outcome.SENT, Outcome.NOT_SENT, Outcome.REJECTED, Outcome.UNREADABLE)):
            assert await end(database, await claimed(database, guild, a_post(guild, number)), outcome)
        assert await doubtful(database, NOW + 24 * HOUR) == []

    async def test_a_restart_ends_every_lease(self, database: Database, guild: Subscriber) -> None:
        message = await claimed(database, guild)
        async with database.transaction() as tx:
            assert await messages.expire_leases(tx, NOW) == 1
            assert await messages.expire_leases(tx, NOW) == 0
        assert [taken.id for taken in await doubtful(database, NOW)] == [message.id]

    async def test_a_restart_leaves_what_is_in_doubt_its_time(self, database: Database, guild: Subscriber) -> None:
        assert await end(database, await claimed(database, guild), Outcome.UNKNOWN)
        async with database.transaction() as tx:
            assert await messages.expire_leases(tx, NOW) == 0
        assert await doubtful(database, NOW) == []

    async def test_plain_text_is_a_new_attempt_under_the_same_fence(
        self, database: Database, guild: Subscriber
    ) -> None:
        message = await claimed(database, guild)
        async with database.transaction() as tx:
            plain = await messages.mark_plain(tx, message, NOW, NOW + HOUR)
            assert plain is not None
            assert plain == replace(message, plain=True, attempt=2, lease_until=NOW + HOUR)
            assert await messages.mark_plain(tx, message, NOW, NOW + HOUR) is None
        assert not await end(database, message, Outcome.SENT)
        (taken,) = await doubtful(database, NOW + HOUR)
        assert taken.plain
        assert not await end(database, plain, Outcome.SENT)


async def test_a_settlement_that_leaves_the_posts_alone(database: Database, guild: Subscriber) -> None:
    message = await claimed(database, guild)
    settlement = Settlement(MessageState.IN_DOUBT, None, NOW + HOUR)
    async with database.transaction() as tx:
        assert await messages.settle_message(tx, message, settlement, Attempt(Outcome.UNKNOWN), NOW)
        assert await posts.skip_due_posts(tx, [guild.id], NOW + 24 * HOUR) == []
    assert await states(database, message.posts) == {PostState.BUNDLED}
