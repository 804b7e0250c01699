"""A person's word on posts that failed or may be there, from the press to the channel, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.by_hand import Decided, Ending, Remedy, decided_by, remedies
from bot.domain.dates import ReleaseDate
from bot.domain.errors import PostUnknown
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Attempt, Outcome
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber, SubscriberKind, Wanted
from bot.services.by_hand import ByHand
from bot.services.settings import Preferences
from bot.services.taking import take_in
from bot.services.tracking import Tracking
from bot.store import destinations, subscribers
from bot.store.database import Database
from tests.services.board import new_york, open_house
from tests.services.test_dispatch import DUE, House

SERVER, ANN, BOB = 7, 800_000_000_000_000_001, 800_000_000_000_000_002
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
UNREADABLE = Attempt(Outcome.UNREADABLE, reason="The history may not be read.")


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    """A server whose countdown of 7 days is uncertain since ten minutes after it was due."""
    made = House(database)
    await made.set_up()
    await lose(made, stored=False)
    yield made
    await made.dispatch.drain()


async def lose(house: House, *, stored: bool) -> None:
    """An attempt ends without an answer, and the history may not be read for ten minutes."""
    house.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored" if stored else "lost")]
    house.sender.history = UNREADABLE
    await house.tick(DUE)
    await house.tick(DUE + 10 * MINUTE)
    house.sender.history = None


async def the_post(house: House) -> Post:
    return (await house.all_posts())[0]


async def decide(house: House, remedy: Remedy = Remedy.AGAIN, *, post: Post | None = None, who: int = ANN) -> Decided:
    post = post or await the_post(house)
    return await ByHand(house.db).decide(SERVER, post.id, remedy, who, house.clock.now())


async def test_what_is_sent_again_arrives_once_late_and_with_the_same_key(house: House) -> None:
    house.clock.time += 2 * HOUR
    before = await the_post(house)
    assert before.state is PostState.UNCERTAIN
    decided = await decide(house)
    assert decided.ending is Ending.DONE
    planned = await the_post(house)
    assert (planned.state, planned.due_at, decided_by(planned)) == (PostState.PLANNED, before.due_at, ANN)
    assert "2025-05-30 15:10 UTC" in planned.reason
    await house.tick(house.clock.time + timedelta(seconds=1))
    await house.tick(house.clock.time + HOUR)
    assert await house.states() == [PostState.SENT]
    first, again = house.sender.sends
    assert (again.message.message_key, again.message.id != first.message.id) == (first.message.message_key, True)
    assert house.sender.channel == [first.message.message_key]


async def test_one_in_doubt_again_is_the_first_one_if_that_was_there_after_all(database: Database) -> None:
    house = House(database)
    await house.set_up()
    await lose(house, stored=True)
    await decide(house)
    house.sender.answers = [Attempt(Outcome.UNKNOWN)]
    await house.tick(house.clock.time + MINUTE)
    await house.tick(house.clock.time + 10 * MINUTE)
    assert await house.states() == [PostState.SENT]
    assert (len(house.sender.sends), len(house.sender.channel)) == (2, 1)


async def test_it_may_fail_again_and_is_asked_about_anew(house: House) -> None:
    await decide(house)
    house.sender.answers = [Attempt(Outcome.REJECTED, reason="Too long.")] * 2
    await house.tick(house.clock.time + MINUTE)
    post = await the_post(house)
    assert (post.state, post.reason, remedies(post)) == (
        PostState.FAILED, "Too long.", (Remedy.AGAIN, Remedy.LEAVE),
    )  # fmt: skip
    left = await decide(house, Remedy.LEAVE)
    assert left.ending is Ending.DONE
    post = await the_post(house)
    assert (post.state, post.reason[:9], decided_by(post), remedies(post)) == (PostState.FAILED, "Too long.", ANN, ())
    assert (await decide(house, who=BOB)).ending is Ending.TOO_LATE


@pytest.mark.parametrize("words", [(Remedy.AGAIN, Remedy.THERE), (Remedy.AGAIN, Remedy.AGAIN)], ids=str)
async def test_of_two_admins_at_once_one_wins_and_the_other_hears_of_it(
    house: House, words: tuple[Remedy, Remedy]
) -> None:
    decided = await asyncio.gather(decide(house, words[0], who=ANN), decide(house, words[1], who=BOB))
    assert sorted(each.ending for each in decided) == [Ending.DONE, Ending.TOO_LATE]
    winner = ANN if decided[0].ending is Ending.DONE else BOB
    post = await the_post(house)
    assert decided_by(post) == winner
    assert [(each.stuck.post.state, decided_by(each.stuck.post)) for each in decided] == [(post.state, winner)] * 2
    await house.tick(house.clock.time + MINUTE)
    assert len(house.sender.sends) == 1 + (post.state is PostState.PLANNED)


async def test_what_is_said_to_be_there_is_sent_and_never_corrected(house: House) -> None:
    assert (await decide(house, Remedy.THERE)).ending is Ending.DONE
    post = await the_post(house)
    assert (post.state, post.settled_at, decided_by(post)) == (PostState.SENT, house.clock.time, ANN)
    await house.move_film("2025-07-11")
    await house.tick(house.clock.time + MINUTE)
    await house.tick(house.clock.time + 26 * HOUR)
    assert house.sender.corrected == []
    kinds = [[each.kind for each in parcel.message.posts] for parcel in house.sender.sends]
    assert kinds == [[PostKind.COUNTDOWN], [PostKind.DATE_CHANGE]], "the new date is news"


async def test_what_is_no_longer_true_or_fresh_stays_as_it_is(house: House) -> None:
    await house.move_film("2025-06-07")
    assert (await decide(house)).ending is Ending.UNTRUE
    await house.move_film("2025-06-06")
    house.clock.time = DUE + 15 * HOUR  # midnight in New York
    assert (await decide(house)).ending is Ending.OVER
    assert (await the_post(house)).state is PostState.UNCERTAIN


async def test_nothing_is_sent_where_posts_do_not_go(house: House) -> None:
    async with house.db.transaction() as tx:
        subscriber = await subscribers.get_subscriber(tx, house.subscriber_id)
        await destinations.close_destination(
            tx, subscriber.channel_id or 0, subscriber.id, "It is gone.", house.clock.time, None
        )
    closed = await decide(house)
    assert (closed.ending, closed.reason) == (Ending.CLOSED, "It is gone.")
    await Preferences(house.db).reopen(subscriber, subscriber.channel_id or 0, house.clock.time)
    tracking = Tracking(house.db)
    await tracking.pause(subscriber, house.film_id, None, house.clock.time)
    assert (await decide(house)).ending is Ending.PAUSED
    await tracking.untrack(SERVER, house.film_id, house.clock.time)
    assert (await decide(house)).ending is Ending.UNTRACKED
    assert (await the_post(house)).state is PostState.UNCERTAIN


async def test_it_goes_where_posts_go_today(house: House) -> None:
    await Preferences(house.db).change(house.subscriber_id, house.clock.time, channel_id=56)
    await house.tick(house.clock.time + MINUTE)
    await decide(house)
    await house.tick(house.clock.time + MINUTE)
    assert [parcel.message.channel_id for parcel in house.sender.sends] == [55, 56]


async def test_another_server_knows_nothing_of_it(house: House) -> None:
    post = await the_post(house)
    async with house.db.transaction() as tx:
        other = Subscriber(id=0, kind=SubscriberKind.GUILD, discord_id=8, channel_id=57)
        await subscribers.add_subscriber(tx, other, house.clock.time)
    for guild_id, post_id in ((8, post.id), (SERVER, post.id + 1)):
        with pytest.raises(PostUnknown):
            await ByHand(house.db).decide(guild_id, post_id, Remedy.AGAIN, ANN, house.clock.time)
        with pytest.raises(PostUnknown):
            await ByHand(house.db).get_stuck(guild_id, post_id)


async def test_news_is_sent_again_though_other_news_of_the_film_was_told(database: Database) -> None:
    house = House(database)
    await house.set_up()

    async def say(cinema: str, digital: str) -> None:
        days = {ReleaseType.THEATRICAL: cinema, ReleaseType.DIGITAL: digital}
        releases = tuple(Release("US", type_, ReleaseDate.parse(day)) for type_, day in days.items())
        film = Film(0, "Ballerina", 2025, releases=releases, ids={"bundled": "ballerina-2025"})
        async with house.db.transaction() as tx:
            await take_in(tx, film, "bundled", house.clock.time)

    both = frozenset({Wanted.CINEMA, Wanted.DIGITAL})
    await Preferences(database).change(house.subscriber_id, house.clock.time, wanted=both)
    await say("2025-06-06", "2025-07-08")
    await house.tick(house.clock.time + MINUTE)
    await house.tick(house.clock.time + 48 * HOUR)
    told = len(house.sender.sends)
    await say("2025-08-01", "2025-09-02")
    house.sender.answers = [Attempt(Outcome.UNKNOWN)]
    house.sender.history = UNREADABLE
    for _ in range(26):
        await house.tick(house.clock.time + HOUR)
    stuck = [post for post in await house.all_posts() if post.state is PostState.UNCERTAIN]
    assert [post.kind for post in stuck] == [PostKind.DATE_CHANGE] * 2
    assert (await decide(house, post=stuck[0])).ending is Ending.DONE
    await house.tick(house.clock.time + MINUTE)
    (again,) = house.sender.sends[told + 1 :]
    assert [post.id for post in again.message.posts] == [stuck[0].id]


async def test_a_live_countdown_that_is_sent_again_is_edited_every_day(database: Database) -> None:
    async with open_house(database) as house:
        find, house.board.answers = house.board.find, [Attempt(Outcome.UNKNOWN, reason="lost")]

        async def unreadable(*_: object) -> Attempt:
            return UNREADABLE

        house.board.find = unreadable  # type: ignore[method-assign]
        await house.live_until(new_york(5, 7, 12))
        house.board.find = find  # type: ignore[method-assign]
        subscriber, by_hand = await house.subscriber(), ByHand(database)
        async with database.reading() as tx:
            rows = await tx.all("list_stuck", subscriber_id=subscriber.id, since=0, n=25)
        (post_id,) = [row["id"] for row in rows]
        stuck = await by_hand.get_stuck(subscriber.discord_id, post_id)
        assert remedies(stuck.post) == (Remedy.AGAIN, Remedy.LEAVE), "one that is there could not be edited"
        now = house.clock.time
        there = await by_hand.decide(subscriber.discord_id, post_id, Remedy.THERE, ANN, now)
        assert there.ending is Ending.TOO_LATE
        assert (await by_hand.decide(subscriber.discord_id, post_id, Remedy.AGAIN, ANN, now)).ending is Ending.DONE
        await house.live_until(new_york(5, 9, 10))
        assert house.texts() == ["🎬 Ballerina opens in cinemas in 28 days: Fri 6 June 2025 (United States)."]
