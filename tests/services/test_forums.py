"""A film's own post in a forum: opened once, whatever becomes of the answer, and everything of the film is in it."""

from datetime import timedelta

import pytest

from bot.domain.channels import ChannelKind
from bot.domain.destinations import Closure
from bot.domain.messages import Attempt, Outcome
from bot.domain.posts import PostKind, PostState
from bot.domain.resumes import resume_post
from bot.services.tracking import Tracking
from bot.store import channels, destinations, posts, subscribers
from bot.store.database import Database
from tests.services.dispatching import list_noticed
from tests.services.forum_house import DUE, FORUM, LOST, MINUTE, SECOND, START, STORED, ForumHouse

CAN_NOT_LAND = 120 * SECOND


@pytest.fixture
async def house(database: Database) -> ForumHouse:
    made = ForumHouse(database)
    await made.set_up("Ballerina")
    return made


async def states(house: ForumHouse, kind: PostKind = PostKind.COUNTDOWN) -> list[PostState]:
    return [post.state for post in await house.all_posts(kind)]


async def test_each_film_has_its_own_post_with_its_news_as_replies(house: ForumHouse) -> None:
    await house.follow("Dune")
    await house.run(DUE)
    assert sorted(house.discord.names.values()) == ["Ballerina", "Dune"]
    assert [len(keys) for keys in house.discord.threads.values()] == [2, 2]
    assert await states(house) == [PostState.SENT, PostState.SENT]
    await house.run(DUE + timedelta(days=4))
    await house.run(DUE + timedelta(days=7))
    assert house.discord.asked_to_open == 2
    assert [len(keys) for keys in house.discord.threads.values()] == [4, 4]


async def test_nothing_is_sent_before_its_film_has_a_post(house: ForumHouse) -> None:
    await house.tick(DUE)
    assert [len(keys) for keys in house.discord.threads.values()] == [1]
    assert await states(house) == [PostState.PLANNED]
    await house.tick(DUE + SECOND)
    assert await states(house) == [PostState.SENT]


async def test_an_opening_whose_answer_is_lost_is_looked_for_and_not_asked_for_again(house: ForumHouse) -> None:
    house.discord.openings = [STORED]
    await house.run(DUE, seconds=20, step=10 * SECOND)
    assert house.discord.asked_to_open == 1
    assert [len(keys) for keys in house.discord.threads.values()] == [2]
    assert await states(house) == [PostState.SENT]


async def test_one_that_never_arrived_is_asked_for_again_but_not_while_it_may_land(house: ForumHouse) -> None:
    house.discord.openings = [LOST]
    await house.run(DUE, seconds=12, step=10 * SECOND)
    assert house.discord.asked_to_open == 1
    await house.run(DUE + CAN_NOT_LAND, seconds=5, step=10 * SECOND)
    assert house.discord.asked_to_open == 2
    assert [len(keys) for keys in house.discord.threads.values()] == [2]


async def test_after_a_kill_it_is_looked_for_and_one_that_is_absent_may_still_land(
    house: ForumHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.discord.openings = [LOST]
    monkeypatch.setattr(house.dispatch, "_settle", _killed)
    await house.tick(DUE)
    house.dispatch = house.restarted()
    await house.dispatch.start()
    await house.tick(DUE + 61 * SECOND)
    assert house.discord.asked_to_open == 1
    await house.run(DUE + 65 * SECOND, seconds=20, step=10 * SECOND)
    assert house.discord.asked_to_open == 2


async def _killed(*_: object, **__: object) -> bool:
    """What a killed process wrote down."""
    return False


async def test_one_of_which_nobody_can_tell_strands_nothing_and_admins_are_told(house: ForumHouse) -> None:
    house.discord.openings = [STORED]
    house.discord.is_readable = False
    await house.run(DUE, seconds=20, step=10 * SECOND)
    assert await states(house, PostKind.OPENING) == [PostState.UNCERTAIN, PostState.SENT]
    assert await states(house) == [PostState.SENT]
    assert any("may not be read" in sentence for sentence in await list_noticed(house.db))
    assert [len(keys) for keys in house.discord.threads.values()] == [1, 2]


async def test_one_that_discord_refuses_is_tried_more_and_more_seldom(house: ForumHouse) -> None:
    house.discord.openings = [Attempt(Outcome.REJECTED, reason="no")] * 100
    await house.run(DUE, seconds=60, step=MINUTE)
    # Each is tried once more as plain text.
    assert house.discord.asked_to_open == 2 * 6
    assert await states(house) == [PostState.PLANNED]
    house.discord.openings.clear()
    await house.run(DUE + 60 * MINUTE, seconds=30, step=MINUTE)
    assert await states(house) == [PostState.SENT]


async def test_a_film_s_deleted_post_is_opened_again_and_the_forum_stays_open(house: ForumHouse) -> None:
    await house.run(DUE)
    house.discord.delete(house.discord.ids_of("Ballerina")[0])
    await house.run(DUE + timedelta(days=4))
    assert [len(keys) for keys in house.discord.threads.values()] == [2]
    assert await states(house) == [PostState.SENT, PostState.SENT]
    assert await house.thread_of("Ballerina") == house.discord.ids_of("Ballerina")[0]
    assert not await is_paused(house)


async def test_a_reply_in_doubt_whose_post_was_deleted_goes_to_the_new_one(house: ForumHouse) -> None:
    await house.tick(DUE)
    house.discord.replies = [LOST]
    await house.tick(DUE + SECOND)
    house.discord.delete(house.discord.ids_of("Ballerina")[0])
    await house.run(DUE + 5 * SECOND, seconds=60, step=10 * SECOND)
    assert await states(house) == [PostState.SENT]
    assert [len(keys) for keys in house.discord.threads.values()] == [2]


async def test_a_locked_post_says_nothing_of_the_forum_s_others(house: ForumHouse) -> None:
    await house.tick(DUE)
    locked = Attempt(Outcome.CLOSED, reason="A moderator locked the thread.", closure=Closure.LOCKED)
    house.discord.replies = [locked]
    await house.run(DUE + SECOND)
    assert await states(house) == [PostState.FAILED]
    assert not await is_paused(house)
    assert any("locked" in sentence for sentence in await list_noticed(house.db))


async def test_a_forum_that_may_not_be_written_to_is_paused_as_a_whole(house: ForumHouse) -> None:
    await house.tick(DUE)
    house.discord.replies = [Attempt(Outcome.CLOSED, reason="lacks", closure=Closure.ACCESS)]
    await house.run(DUE + SECOND)
    assert await states(house) == [PostState.SKIPPED]
    assert await is_paused(house)


async def test_news_of_the_whole_server_have_a_post_of_their_own(house: ForumHouse) -> None:
    async with house.db.transaction() as tx:
        guild = await subscribers.get_subscriber(tx, house.subscriber_id)
        assert await posts.arm_post(tx, resume_post(guild, START, DUE))
    await house.run(DUE)
    # Nothing was missed, so nothing is told; its post is open for the next time.
    assert sorted(house.discord.names.values()) == ["Ballerina", "server"]


async def test_an_untracked_film_gets_no_post(house: ForumHouse) -> None:
    house.discord.openings = [Attempt(Outcome.NOT_SENT, retry_after=MINUTE)]
    await house.tick(DUE)
    await Tracking(house.db).untrack(900_000_000_000_000_001, house.film_ids["Ballerina"], DUE + SECOND)
    await house.run(DUE + 2 * SECOND, seconds=10, step=MINUTE)
    assert house.discord.asked_to_open == 1
    assert await states(house, PostKind.OPENING) == [PostState.CANCELLED]


async def test_posts_that_go_elsewhere_leave_no_opening_behind(house: ForumHouse) -> None:
    house.discord.openings = [Attempt(Outcome.NOT_SENT, retry_after=MINUTE)]
    await house.tick(DUE)
    async with house.db.transaction() as tx:
        film_id = house.film_ids["Ballerina"]
        await subscribers.move_subscription(tx, house.subscriber_id, film_id, FORUM + 1, DUE)
    await house.run(DUE + SECOND, seconds=3, step=MINUTE)
    assert await states(house, PostKind.OPENING) == [PostState.CANCELLED]


async def test_a_forum_taken_for_a_text_channel_is_learnt(house: ForumHouse) -> None:
    async with house.db.transaction() as tx:
        await channels.set_kind(tx, FORUM, ChannelKind.TEXT, START)
    forum_id, house.discord.threads[FORUM] = FORUM, []
    house.discord.replies = [Attempt(Outcome.NOT_SENT, kind=ChannelKind.FORUM)]
    await house.tick(DUE)
    house.discord.delete(forum_id)
    await house.run(DUE + 10 * SECOND)
    assert await states(house) == [PostState.SENT]
    assert house.discord.ids_of("Ballerina")


async def is_paused(house: ForumHouse) -> bool:
    async with house.db.reading() as tx:
        known = await destinations.find_destination(tx, FORUM)
    return known is not None and known.paused
