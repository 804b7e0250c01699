"""The weekly digest from the plan to its end, on both engines: sent once, skipped when there is nothing to say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Attempt, Outcome
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning
from bot.services.schedule import Schedule
from bot.services.settings import Preferences
from bot.store import films, posts, subscribers
from bot.store.database import Database
from tests.services.dispatching import make_dispatch
from tests.services.test_dispatch import ScriptedSender, VirtualClock

#: Sunday noon, and Monday at nine in New York.
START = datetime(2025, 6, 1, 16, tzinfo=UTC)
DUE = datetime(2025, 6, 2, 13, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
GUILD_ID, CHANNEL = 900_000_000_000_000_001, 555_000_000_000_000_001


class Office:
    """A server with a digest on Mondays, and what serves it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = VirtualClock()
        self.clock.time = START
        self.sender = ScriptedSender()
        self.planning = Planning(db)
        self.preferences = Preferences(db)
        self.schedule = Schedule(db)
        self.dispatch = self.another_dispatch()

    def another_dispatch(self) -> Dispatch:
        return make_dispatch(self.db, self.sender, self.clock)

    async def open(self) -> None:
        guild = Subscriber(0, SubscriberKind.GUILD, GUILD_ID, channel_id=CHANNEL)
        async with self.db.transaction() as tx:
            self.subscriber = await subscribers.add_subscriber(tx, guild, START - 30 * DAY)
        now = START - 30 * DAY
        self.subscriber = await self.preferences.change(self.subscriber.id, now, digest_weekday=0)

    async def film(self, title: str, when: str, *, track: bool = True) -> int:
        release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(when), source="tmdb")
        async with self.db.transaction() as tx:
            film_id = await films.save_film(tx, Film(0, title, 2025, releases=(release,), ids={"tmdb": title}), START)
            if track:
                await subscribers.add_subscription(tx, self.subscriber.id, film_id, START - 9 * DAY, 7, None)
        return film_id

    async def at(self, now: datetime) -> None:
        """Plan and dispatch at that time, until nothing is left to do."""
        self.clock.time = now
        await self.planning.run(now)
        while await self.dispatch.run(now):
            await self.dispatch.drain()

    async def digests(self) -> list[Post]:
        async with self.db.reading() as tx:
            found = await posts.list_posts_since(tx, self.subscriber.id, START - 60 * DAY)
        return [post for post in found if post.kind is PostKind.DIGEST and post.due_at >= START]

    def told(self) -> list[list[str]]:
        """The titles that each digest told of: tracked films, then others after a bar."""
        weeks = [parcel.week for parcel in self.sender.sends if parcel.week is not None]
        return [[*(a.film.title for a in week.coming), "|", *(a.film.title for a in week.others)] for week in weeks]


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    office = Office(database)
    await office.open()
    yield office
    await office.dispatch.close(SECOND)


async def test_it_is_sent_on_its_day_once_in_a_message_of_its_own(office: Office) -> None:
    await office.film("Tracked", "2025-06-05")
    await office.film("Not tracked", "2025-06-06", track=False)
    await office.at(DUE - SECOND)
    assert office.sender.sends == []
    for _ in range(3):
        await office.at(DUE)
    assert office.told() == [["Tracked", "|", "Not tracked"]]
    [message] = [parcel.message for parcel in office.sender.sends if parcel.week]
    assert [post.kind for post in message.posts] == [PostKind.DIGEST]
    assert [(post.state, post.due_at) for post in await office.digests()] == [(PostState.SENT, DUE)]
    await office.at(DUE + 7 * DAY)
    assert len(office.told()) == 1  # nothing comes in the second week: skipped
    assert [post.state for post in await office.digests()] == [PostState.SENT, PostState.SKIPPED]


async def test_with_nothing_to_say_it_is_skipped_for_good_with_the_reason(office: Office) -> None:
    await office.film("Far", "2025-09-05")
    await office.at(DUE)
    for _ in range(2):  # a fact wakes the planner: what was skipped is not owed again
        async with office.db.transaction() as tx:
            await subscribers.wake_subscriber(tx, office.subscriber.id, DUE)
        await office.at(DUE + timedelta(minutes=5))
    assert office.sender.sends == []
    [post] = await office.digests()
    assert (post.state, post.reason) == (PostState.SKIPPED, "nothing to say this week")


async def test_what_it_says_is_read_when_it_is_sent(office: Office) -> None:
    await office.at(DUE - timedelta(minutes=4))
    assert [post.state for post in await office.digests()] == [PostState.PLANNED]
    await office.film("In the last minute", "2025-06-05")
    await office.at(DUE)
    assert office.told() == [["In the last minute", "|"]]


async def test_a_paused_server_gets_none(office: Office) -> None:
    await office.film("Tracked", "2025-06-20")
    await office.film("Not tracked", "2025-06-05", track=False)
    async with office.db.transaction() as tx:
        await subscribers.save_pause(tx, office.subscriber.id, Pause(START, DUE + SECOND), START)
    await office.at(DUE)
    await office.at(DUE + timedelta(hours=2))
    assert office.told() == []
    assert [(post.state, post.reason) for post in await office.digests()] == [(PostState.SKIPPED, "paused")]


async def test_after_an_outage_it_comes_late_or_not_at_all(office: Office) -> None:
    await office.film("Not tracked", "2025-06-05", track=False)
    await office.film("Next week", "2025-06-12", track=False)
    await office.at(DUE + DAY)
    assert office.told() == [["|", "Not tracked"]]
    await office.at(DUE + 9 * DAY)
    assert len(office.told()) == 1
    assert [post.reason for post in await office.digests()][1].startswith("stale")


async def test_one_in_doubt_is_asked_about_and_never_doubled(office: Office) -> None:
    film_id = await office.film("Tracked", "2025-06-07")
    office.sender.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
    await office.at(DUE)
    async with office.db.transaction() as tx:  # nothing is left to say, but what was said may be there
        await subscribers.remove_subscription(tx, office.subscriber.id, film_id, DUE)
        await films.save_film(tx, Film(film_id, "Tracked", 2025, ids={"tmdb": "Tracked"}), DUE)
    office.dispatch = office.another_dispatch()
    for seconds in (5, 30, 100, 200, 400):
        await office.at(DUE + seconds * SECOND)
    assert len(office.sender.channel) == 1
    assert [post.state for post in await office.digests()] == [PostState.SENT]


async def test_one_that_never_arrived_and_has_nothing_to_say_any_more_is_skipped(office: Office) -> None:
    film_id = await office.film("Tracked", "2025-06-07")
    office.sender.answers = [Attempt(Outcome.UNKNOWN, reason="lost")]
    await office.at(DUE)
    async with office.db.transaction() as tx:
        await subscribers.remove_subscription(tx, office.subscriber.id, film_id, DUE)
        await films.save_film(tx, Film(film_id, "Tracked", 2025, ids={"tmdb": "Tracked"}), DUE)
    for seconds in (5, 30, 100, 200, 400, 900):
        await office.at(DUE + seconds * SECOND)
    assert office.sender.channel == []
    [post] = await office.digests()
    assert (post.state, post.reason) == (PostState.SKIPPED, "nothing to say this week")


async def test_turned_off_it_is_owed_no_more_and_another_day_is_another_digest(office: Office) -> None:
    await office.film("Not tracked", "2025-06-05", track=False)
    await office.at(DUE - timedelta(minutes=4))
    await office.preferences.change(office.subscriber.id, DUE - timedelta(minutes=3), digest_weekday=None)
    await office.at(DUE)
    assert office.told() == []
    await office.preferences.change(office.subscriber.id, DUE, digest_weekday=1)
    await office.at(DUE + DAY)
    assert [post.state for post in await office.digests()] == [PostState.CANCELLED, PostState.SENT]


async def test_chosen_after_its_day_it_is_not_missed_from_before(office: Office) -> None:
    await office.film("Not tracked", "2025-06-05", track=False)
    await office.preferences.change(office.subscriber.id, START, digest_weekday=None)
    await office.at(DUE + DAY)
    await office.preferences.change(office.subscriber.id, DUE + DAY, digest_weekday=0)
    await office.at(DUE + DAY)
    assert (office.told(), await office.digests()) == ([], [])


async def test_the_schedule_lists_it_and_shows_what_it_would_say(office: Office) -> None:
    await office.film("Tracked", "2025-06-05")
    agenda = await office.schedule.find_agenda(GUILD_ID, START)
    assert agenda is not None
    assert [post.kind for post in agenda.coming][:2] == [PostKind.COUNTDOWN, PostKind.DIGEST]
    parcel = await office.schedule.find_preview(GUILD_ID, START)
    assert parcel is not None
    assert (parcel.week, [post.kind for post in parcel.message.posts]) == (None, [PostKind.COUNTDOWN])
    async with office.db.transaction() as tx:
        await subscribers.save_pause(tx, office.subscriber.id, Pause(START), START)
    paused = await office.schedule.find_preview(GUILD_ID, START)
    assert paused is None


async def test_the_preview_passes_over_a_digest_that_has_nothing_to_say(office: Office) -> None:
    assert await office.schedule.find_preview(GUILD_ID, START) is None
    await office.film("Not tracked", "2025-06-05", track=False)
    parcel = await office.schedule.find_preview(GUILD_ID, START)
    assert parcel is not None
    assert parcel.week is not None
    assert [arrival.film.title for arrival in parcel.week.others] == ["Not tracked"]
    assert parcel.now == DUE
