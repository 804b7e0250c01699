"""What dispatch does with answers and silences, on a real SQLite file, with a sender that answers as it is told."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning
from bot.services.settings import Preferences
from bot.services.tracking import Tracking
from bot.store import films, messages, posts, subscribers
from bot.store.database import Database
from tests.services.dispatching import list_noticed, make_dispatch

START = datetime(2025, 5, 1, 12, tzinfo=UTC)
#: 7 days before, at 09:00 in New York.
DUE = datetime(2025, 5, 30, 13, tzinfo=UTC)
CHANNEL = 55


class VirtualClock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


class ScriptedSender:
    """Discord, reduced to what it answers. `channel` is what really arrived."""

    def __init__(self) -> None:
        self.answers: list[Attempt] = []
        self.channel: list[str] = []
        self.sends: list[Parcel] = []
        self.corrected: list[tuple[int | None, list[str]]] = []
        self.corrections: list[Attempt] = []
        self.history: Attempt | None = None
        self.wait: asyncio.Event | None = None

    async def send(self, parcel: Parcel) -> Attempt:
        self.sends.append(parcel)
        if self.wait is not None:
            await self.wait.wait()
        attempt = self.answers.pop(0) if self.answers else Attempt(Outcome.SENT, 900)
        arrived = attempt.outcome is Outcome.SENT or attempt.reason == "stored"
        if arrived and parcel.message.message_key not in self.channel:
            self.channel.append(parcel.message.message_key)
        return attempt

    async def find(self, message: Message, after: datetime) -> Attempt:
        if self.history is not None:
            return self.history
        there = message.message_key in self.channel
        return Attempt(Outcome.SENT, 901) if there else Attempt(Outcome.NOT_SENT, reason="not there")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        self.corrected.append((parcel.message.discord_message_id, [str(day) for day in moved.values()]))
        return self.corrections.pop(0) if self.corrections else Attempt(Outcome.SENT, 901)


class House:
    """A server that follows one film, and everything that posts for it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = VirtualClock()
        self.sender = ScriptedSender()
        self.dispatch = self.restart()
        self.planning = Planning(db)
        self.film_id = 0
        self.subscriber_id = 0

    def restart(self) -> Dispatch:
        self.dispatch = make_dispatch(self.db, self.sender, self.clock, owner=f"test-{id(self)}", per_second=45)
        return self.dispatch

    async def set_up(self) -> None:
        release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.of(date(2025, 6, 6)))
        film = Film(id=0, title="Ballerina", year=2025, releases=(release,), ids={"bundled": "ballerina-2025"})
        guild = Subscriber(id=0, kind=SubscriberKind.GUILD, discord_id=7, channel_id=CHANNEL, milestones=(7,))
        async with self.db.transaction() as tx:
            self.film_id = await films.save_film(tx, film, START)
            self.subscriber_id = (await subscribers.add_subscriber(tx, guild, START)).id
            await subscribers.add_subscription(tx, self.subscriber_id, self.film_id, START, 1, None)

    async def tick(self, at: datetime) -> None:
        self.clock.time = at
        await self.planning.run(at)
        await self.dispatch.run(at)
        await self.dispatch.drain()

    async def all_posts(self) -> list[Post]:
        async with self.db.reading() as tx:
            return await posts.list_posts_since(tx, self.subscriber_id, START)

    async def states(self) -> list[PostState]:
        return [post.state for post in await self.all_posts()]

    async def move_film(self, day: str) -> None:
        """Move the film's date, the way a new catalogue does."""
        from bot.services.taking import take_in

        release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(day))
        film = Film(id=0, title="Ballerina", year=2025, releases=(release,), ids={"bundled": "ballerina-2025"})
        async with self.db.transaction() as tx:
            await take_in(tx, film, "bundled", self.clock.time)


@pytest.fixture
async def house(database: Database) -> House:
    made = House(database)
    await made.set_up()
    return made


async def test_a_post_goes_out_once_at_its_hour(house: House) -> None:
    await house.tick(DUE - timedelta(seconds=1))
    assert house.sender.channel == []
    await house.tick(DUE)
    await house.tick(DUE + timedelta(seconds=1))
    assert len(house.sender.channel) == 1
    assert await house.states() == [PostState.SENT]


async def test_a_rate_limit_is_waited_out(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.NOT_SENT, retry_after=timedelta(seconds=30))]
    await house.tick(DUE)
    await house.tick(DUE + timedelta(seconds=29))
    assert len(house.sender.sends) == 1
    await house.tick(DUE + timedelta(seconds=31))
    assert await house.states() == [PostState.SENT]


@pytest.mark.parametrize("refusal", [Outcome.NOT_SENT, Outcome.REJECTED, Outcome.CLOSED, Outcome.UNAUTHORISED])
async def test_what_refuses_the_second_attempt_says_nothing_of_the_first(house: House, refusal: Outcome) -> None:
    # The first attempt arrived, though nobody knows; a second message would be a double.
    house.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored"), Attempt(refusal, reason="no")]
    await house.tick(DUE)
    await house.tick(DUE + timedelta(seconds=5))
    assert await house.states() == [PostState.BUNDLED]
    for minutes in (3, 10, 20):
        await house.tick(DUE + timedelta(minutes=minutes))
    assert len(house.sender.channel) == 1
    assert await house.states() == [PostState.SENT]


async def test_after_the_nonce_window_the_history_decides(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNKNOWN)]
    await house.tick(DUE)
    await house.tick(DUE + timedelta(minutes=5))  # not there: dissolved
    await house.tick(DUE + timedelta(minutes=10))
    assert len(house.sender.sends) == 2
    assert len(house.sender.channel) == 1
    assert await house.states() == [PostState.SENT]


async def test_what_is_not_there_yet_is_no_proof_while_it_may_still_land(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNKNOWN)]
    await house.tick(DUE)
    house.clock.time = DUE + timedelta(seconds=2)
    await house.move_film("2025-07-09")
    await house.tick(DUE + timedelta(seconds=10))
    assert (await house.states())[0] is PostState.BUNDLED
    await house.tick(DUE + timedelta(minutes=3))
    assert (await house.states())[0] is PostState.CANCELLED


async def test_a_clock_that_was_set_back_is_not_believed(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
    await house.tick(DUE)
    async with house.db.transaction() as tx:  # as a new process does
        await messages.expire_leases(tx, DUE - timedelta(hours=2))
    await house.tick(DUE - timedelta(hours=1))
    house.clock.time = DUE + timedelta(minutes=1)
    await house.tick(DUE + timedelta(minutes=1))
    assert len(house.sender.channel) == 1


async def test_a_history_that_may_not_be_read_leaves_it_uncertain_and_told_once(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNKNOWN)]
    house.sender.history = Attempt(Outcome.UNREADABLE, reason="may not be read")
    await house.tick(DUE)
    for minutes in (5, 10, 30):
        await house.tick(DUE + timedelta(minutes=minutes))
    assert await house.states() == [PostState.UNCERTAIN]
    assert len(house.sender.sends) == 1
    (said,) = await list_noticed(house.db)
    assert "may not be read" in said


async def test_a_date_that_moves_while_in_doubt_is_never_sent_again_but_corrected(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
    await house.tick(DUE)
    house.clock.time = DUE + timedelta(seconds=2)
    await house.move_film("2025-07-09")
    await house.tick(DUE + timedelta(seconds=10))
    await house.tick(DUE + timedelta(seconds=11))  # found by now
    assert len(house.sender.sends) == 1
    assert house.sender.corrected == [(901, ["2025-07-09"])]


async def test_a_date_that_moves_just_before_the_hour_is_not_posted(house: House) -> None:
    await house.tick(DUE - timedelta(minutes=2))  # the row is there
    assert await house.states() == [PostState.PLANNED]
    house.clock.time = DUE - timedelta(seconds=1)
    await house.move_film("2025-07-09")
    house.clock.time = DUE
    await house.dispatch.run(DUE)  # before the planner has seen it
    await house.dispatch.drain()
    assert house.sender.sends == []
    await house.tick(DUE)
    kinds = [(post.kind, post.state) for parcel in house.sender.sends for post in parcel.message.posts]
    assert kinds == [(PostKind.DATE_CHANGE, PostState.BUNDLED)]


async def test_a_closed_channel_is_asked_once_and_the_film_stays_followed(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.CLOSED, reason="no access")]
    await house.tick(DUE)
    await house.tick(datetime(2025, 6, 6, 13, tzinfo=UTC))
    assert len(house.sender.sends) == 1
    (said,) = await list_noticed(house.db)
    assert "no access" in said
    assert await house.states() == [PostState.SKIPPED, PostState.SKIPPED]
    subscriber, followed = await Tracking(house.db).list_tracked(7)
    assert subscriber is not None
    assert [subscription.film.title for subscription in followed] == ["Ballerina"]


async def test_a_channel_that_opens_again_is_told_what_it_missed_and_no_other_films(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.CLOSED, reason="no access")]
    await house.tick(DUE)
    tracking, preferences = Tracking(house.db), Preferences(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    await preferences.reopen(subscriber, CHANNEL, DUE + timedelta(hours=1))
    await house.tick(DUE + timedelta(hours=1))
    parcel = house.sender.sends[-1]
    assert [post.kind for post in parcel.message.posts] == [PostKind.RESUME]
    assert [(post.kind, post.reason) for post in parcel.skipped] == [(PostKind.COUNTDOWN, "paused: no access")]


async def test_a_film_that_resumes_waits_for_its_server_and_goes_where_its_posts_go(house: House) -> None:
    tracking, preferences = Tracking(house.db), Preferences(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    day = timedelta(days=1)
    await tracking.pause(subscriber, house.film_id, DUE + day, DUE - day)
    await tracking.pause(subscriber, None, DUE + 2 * day, DUE - day)
    await house.tick(DUE)
    await house.tick(DUE + day)
    assert house.sender.sends == []
    await preferences.change(subscriber.id, DUE + day, channel_id=66)
    await house.tick(DUE + 2 * day)
    (parcel,) = house.sender.sends
    assert parcel.message.channel_id == 66
    assert [post.kind for post in parcel.message.posts] == [PostKind.RESUME, PostKind.RESUME]
    assert [post.kind for post in parcel.skipped] == [PostKind.COUNTDOWN]


async def test_a_pause_that_ends_in_a_closed_channel_is_told_of_once_it_opens(house: House) -> None:
    tracking, preferences = Tracking(house.db), Preferences(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    until = DUE + timedelta(hours=2)
    await tracking.pause(subscriber, None, until, START)
    await house.tick(DUE)
    house.sender.answers = [Attempt(Outcome.CLOSED, reason="no access")]
    await house.tick(until)
    await preferences.reopen(subscriber, CHANNEL, until + timedelta(hours=1))
    await house.tick(until + timedelta(hours=1))
    _, parcel = house.sender.sends
    assert [post.kind for post in parcel.message.posts] == [PostKind.RESUME]
    assert [(post.kind, post.reason) for post in parcel.skipped] == [(PostKind.COUNTDOWN, "paused")]


async def test_nothing_is_said_of_a_pause_after_its_film_is_untracked(house: House) -> None:
    tracking = Tracking(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    await tracking.pause(subscriber, house.film_id, DUE + timedelta(days=1), START)
    await house.tick(DUE)
    await tracking.untrack(7, house.film_id, DUE + timedelta(hours=1))
    await house.tick(DUE + timedelta(days=1))
    assert house.sender.sends == []


async def test_what_fell_due_in_a_pause_stays_held_back_if_nobody_ran_at_its_end(house: House) -> None:
    tracking = Tracking(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    await tracking.pause(subscriber, None, DUE + timedelta(hours=2), START)
    await house.tick(DUE + timedelta(hours=3))
    (parcel,) = house.sender.sends
    assert [post.kind for post in parcel.message.posts] == [PostKind.RESUME]
    assert [post.reason for post in parcel.skipped] == ["paused"]


async def test_nothing_goes_out_for_a_server_that_cannot_be_planned(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tick(DUE - timedelta(minutes=2))
    house.clock.time = DUE - timedelta(minutes=1)
    await house.move_film("2025-07-18")

    def broken(*_: object) -> None:
        raise ValueError("a row that makes no sense")

    with monkeypatch.context() as patch:
        patch.setattr("bot.domain.orders.plan", broken)
        await house.tick(DUE)
    assert house.sender.sends == []
    await house.tick(DUE + timedelta(hours=1))
    assert [post.kind for post in house.sender.sends[0].message.posts] == [PostKind.DATE_CHANGE]


async def test_one_look_after_a_long_outage_is_not_the_last(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
    await house.tick(DUE)
    house.sender.history = Attempt(Outcome.UNKNOWN, reason="503")
    await house.tick(DUE + timedelta(hours=7))
    assert await house.states() == [PostState.BUNDLED]
    house.sender.history = None
    await house.tick(DUE + timedelta(hours=8))
    assert await house.states() == [PostState.SENT]


async def test_a_refused_token_stops_dispatch_for_a_while(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.UNAUTHORISED), Attempt(Outcome.SENT, 1)]
    await house.tick(DUE)
    await house.tick(DUE + timedelta(minutes=4))
    assert len(house.sender.sends) == 1
    await house.tick(DUE + timedelta(minutes=6))
    assert await house.states() == [PostState.SENT]


async def test_refused_content_is_tried_once_more_as_plain_text(house: House) -> None:
    house.sender.answers = [Attempt(Outcome.REJECTED, reason="bad"), Attempt(Outcome.SENT, 1)]
    await house.tick(DUE)
    assert [parcel.message.plain for parcel in house.sender.sends] == [False, True]
    assert await house.states() == [PostState.SENT]


async def test_a_pause_keeps_posts_back_and_its_end_tells_which(house: House) -> None:
    tracking = Tracking(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    until = DUE + timedelta(days=1)
    await tracking.pause(subscriber, None, until, DUE - timedelta(days=1))
    await house.tick(DUE)
    assert house.sender.sends == []
    await house.tick(until)
    (parcel,) = house.sender.sends
    assert [post.kind for post in parcel.message.posts] == [PostKind.RESUME]
    assert [(post.kind, post.reason) for post in parcel.skipped] == [(PostKind.COUNTDOWN, "paused")]
    assert set(parcel.films) == {house.film_id}


async def test_a_pause_that_kept_nothing_back_ends_without_a_word(house: House) -> None:
    tracking = Tracking(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    await tracking.pause(subscriber, None, None, START)
    await tracking.resume(subscriber, None, Pause(START), START + timedelta(days=1))
    await house.tick(START + timedelta(days=1))
    assert house.sender.sends == []
    assert await house.states() == [PostState.CANCELLED]


async def test_closing_finishes_what_is_in_flight_and_claims_nothing_new(house: House) -> None:
    house.sender.wait = asyncio.Event()
    house.clock.time = DUE
    await house.planning.run(DUE)
    await house.dispatch.run(DUE)
    closing = asyncio.create_task(house.dispatch.close(timedelta(seconds=5)))
    await asyncio.sleep(0)
    house.sender.wait.set()
    await closing
    assert await house.states() == [PostState.SENT]
    assert await house.dispatch.run(DUE + timedelta(hours=1)) == 0


async def test_planning_twice_changes_nothing(house: House) -> None:
    await house.planning.run(DUE - timedelta(minutes=1))
    before = await house.all_posts()
    await house.planning.run(DUE - timedelta(minutes=1))
    async with house.db.transaction() as tx:
        await subscribers.wake_subscriber(tx, house.subscriber_id, DUE)
    await house.planning.run(DUE - timedelta(minutes=1))
    assert await house.all_posts() == before != []


async def test_news_that_no_plan_owes_outlives_a_date_that_moves_beside_it(house: House) -> None:
    """Both were in one message, which is not there: the countdown is untrue now, that a film was tracked is not."""
    followed = Post(house.subscriber_id, PostKind.FOLLOWED, "1:0:followed", DUE, DUE + timedelta(days=7), house.film_id)
    async with house.db.transaction() as tx:
        await posts.arm_post(tx, followed)
    house.sender.answers = [Attempt(Outcome.UNKNOWN)]
    await house.tick(DUE)
    house.clock.time = DUE + timedelta(seconds=2)
    await house.move_film("2025-07-09")
    await house.tick(DUE + timedelta(minutes=3))
    await house.tick(DUE + timedelta(minutes=4))
    told = [[post.kind for post in parcel.message.posts] for parcel in house.sender.sends]
    assert told == [[PostKind.COUNTDOWN, PostKind.FOLLOWED], [PostKind.FOLLOWED]]
