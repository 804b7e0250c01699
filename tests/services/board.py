"""A server with live countdowns, and a Discord that is a board of messages: sent, edited, deleted, refused."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.living import LiveMessage
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import LiveMark, Subscriber, SubscriberKind
from bot.services.planning import Planning
from bot.services.settings import Preferences
from bot.services.taking import take_in
from bot.services.tracking import Tracking
from bot.store import films, live, posts, subscribers
from bot.store.database import Database
from bot.ui.live_lines import live_content
from tests.services.dispatching import make_dispatch

START = datetime(2025, 5, 1, 12, tzinfo=UTC)
SERVER, CHANNEL, OTHER = 700_000_000_000_000_007, 550_000_000_000_000_001, 550_000_000_000_000_002


class Clock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


class Board:
    """Discord: a sender and an editor. `words` is what stands there now, by Discord's id."""

    def __init__(self) -> None:
        self.words: dict[int, str] = {}
        self.where: dict[int, int] = {}
        self.others: list[Post] = []  #: posts of other kinds, as they were sent
        self.edits = 0
        self.answers: list[Attempt] = []  #: to what comes next; "stored": it arrived all the same
        self.keys: dict[str, int] = {}

    async def send(self, parcel: Parcel) -> Attempt:
        answer = self.answers.pop(0) if self.answers else Attempt(Outcome.SENT)
        if answer.outcome is not Outcome.SENT and answer.reason != "stored":
            return answer
        known = self.keys.get(parcel.message.message_key)
        id_ = known or 900 + len(self.keys)
        self.keys[parcel.message.message_key] = id_
        if known is None and parcel.countdown is not None:
            self.words[id_] = live_content(parcel, parcel.countdown)
            self.where[id_] = parcel.message.channel_id
        elif known is None:
            self.others += parcel.message.posts
        return answer if answer.outcome is not Outcome.SENT else replace(answer, discord_message_id=id_)

    async def find(self, message: Message, after: datetime) -> Attempt:
        there = self.keys.get(message.message_key)
        if there is None or there not in self.words:
            return Attempt(Outcome.NOT_SENT, reason="not there")
        return Attempt(Outcome.SENT, there)

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        assert all(post.kind is not PostKind.LIVE for post in parcel.message.posts)
        return Attempt(Outcome.SENT, parcel.message.discord_message_id)

    async def edit(self, parcel: Parcel) -> Attempt | None:
        self.edits += 1
        answer = self.answers.pop(0) if self.answers else Attempt(Outcome.SENT)
        id_ = parcel.message.discord_message_id or 0
        if id_ not in self.words:
            return None
        if answer.outcome is Outcome.SENT or answer.reason == "stored":
            assert parcel.countdown is not None
            self.words[id_] = live_content(parcel, parcel.countdown)
        return answer


class BoardHouse:
    """A server that counts down live, from 30 days before, at 9:00 in New York."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = Clock()
        self.board = Board()
        self.planning = Planning(db)
        self.tracking = Tracking(db)
        self.owner = 0
        self.film_id = 0
        self.subscriber_id = 0
        self.restart()

    def restart(self) -> None:
        self.owner += 1
        self.dispatch = make_dispatch(self.db, self.board, self.clock, owner=f"test-{self.owner}", editor=self.board)

    async def set_up(self, day: str = "2025-06-06", **settings: Any) -> None:
        guild = Subscriber(
            id=0, kind=SubscriberKind.GUILD, discord_id=SERVER, channel_id=CHANNEL, live=True, posting_time=time(9)
        )
        async with self.db.transaction() as tx:
            self.film_id = await films.save_film(tx, _film(day), START)
            self.subscriber_id = (await subscribers.add_subscriber(tx, replace(guild, **settings), START)).id
            await subscribers.add_subscription(tx, self.subscriber_id, self.film_id, START, 1, None)

    async def tick(self, at: datetime | None = None) -> None:
        """What the scheduler does again and again, until nothing is left to do."""
        self.clock.time = at = at or self.clock.time
        for _ in range(20):
            await self.planning.run(at)
            started = await self.dispatch.run(at)
            await self.dispatch.drain()
            if not started:
                return
        raise AssertionError("the dispatch finds no end")

    async def live_until(self, end: datetime, step: timedelta = timedelta(hours=1)) -> None:
        """Let time pass with Marquee running, a look on each full step."""
        while self.clock.time < end:
            await self.tick(min(self.clock.time + step, end))

    async def move_film(self, *days: str, type_: ReleaseType = ReleaseType.THEATRICAL) -> None:
        async with self.db.transaction() as tx:
            await take_in(tx, _film(*days, type_=type_), "bundled", self.clock.time)

    async def add_release(self, day: str, type_: ReleaseType) -> None:
        """Have the film come out in another way too."""
        known = _film("2025-06-06")
        found = replace(known, releases=(*known.releases, Release("US", type_, ReleaseDate.parse(day))))
        async with self.db.transaction() as tx:
            await take_in(tx, found, "bundled", self.clock.time)

    async def pause(self, until: datetime | None) -> None:
        await self.tracking.pause(await self.subscriber(), None, until, self.clock.time)

    async def resume(self) -> None:
        subscriber = await self.subscriber()
        assert subscriber.pause is not None
        await self.tracking.resume(subscriber, None, subscriber.pause, self.clock.time)

    async def open_channel(self) -> None:
        """An admin chooses the closed channel again."""
        await Preferences(self.db).reopen(await self.subscriber(), CHANNEL, self.clock.time)

    async def subscriber(self) -> Subscriber:
        async with self.db.reading() as tx:
            return await subscribers.get_subscriber(tx, self.subscriber_id)

    async def change(self, **values: Any) -> None:
        await Preferences(self.db).change(self.subscriber_id, self.clock.time, **values)

    async def live_posts(self) -> list[tuple[str, PostState]]:
        async with self.db.reading() as tx:
            found = await posts.list_posts_since(tx, self.subscriber_id, datetime(2020, 1, 1, tzinfo=UTC))
        return [(post.dedup_key.split(":", 3)[3], post.state) for post in found if post.kind is PostKind.LIVE]

    async def rows(self) -> list[LiveMessage]:
        async with self.db.reading() as tx:
            return await live.list_live(tx, self.subscriber_id)

    async def mark(self) -> LiveMark:
        async with self.db.reading() as tx:
            found = await subscribers.find_subscription(tx, self.subscriber_id, self.film_id)
        assert found is not None
        return found.live

    def texts(self) -> list[str]:
        """The first line of every live countdown that stands there."""
        return [words.splitlines()[0].replace("**", "") for words in self.board.words.values()]


@asynccontextmanager
async def open_house(db: Database, **settings: Any) -> AsyncIterator[BoardHouse]:
    house = BoardHouse(db)
    await house.set_up(**settings)
    yield house
    await house.dispatch.drain()


def new_york(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An hour of the summer of 2025 on New York's clocks."""
    return datetime(2025, month, day, hour, minute, tzinfo=UTC) + timedelta(hours=4)


def _film(*days: str, type_: ReleaseType = ReleaseType.THEATRICAL) -> Film:
    releases = tuple(Release("US", type_, ReleaseDate.parse(day)) for day in days)
    return Film(id=0, title="Ballerina", year=2025, releases=releases, ids={"bundled": "ballerina-2025"})


def on(day: str) -> date:
    return date.fromisoformat(day)
