"""A server whose posts go to a forum, and a Discord reduced to that forum: what is opened twice is there twice."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from bot.domain.channels import ChannelKind
from bot.domain.dates import ReleaseDate
from bot.domain.destinations import Closure
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning
from bot.store import channels, films, posts, subscribers
from bot.store.database import Database
from tests.services.dispatching import make_dispatch

START = datetime(2025, 5, 1, 12, tzinfo=UTC)
#: 7 days before, at 09:00 in New York.
DUE = datetime(2025, 5, 30, 13, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FORUM = 555_000_000_000_000_015
ARRIVES = Attempt(Outcome.SENT, 0)
#: Nobody answers; the post is not there, or is.
LOST, STORED = Attempt(Outcome.UNKNOWN, reason="lost"), Attempt(Outcome.UNKNOWN, reason="stored")


class Forum:
    """The clock and the sender in one. `threads`: by id, the keys of the messages in each, the opening's first."""

    def __init__(self) -> None:
        self.time = START
        self.threads: dict[int, list[str]] = {}
        self.names: dict[int, str] = {}
        self.openings: list[Attempt] = []  #: what becomes of the next ones; then each arrives
        self.replies: list[Attempt] = []
        self.is_readable = True
        self.asked_to_open = 0
        self._next_id = 700_000_000_000_000_000

    def now(self) -> datetime:
        return self.time

    def delete(self, thread_id: int) -> None:
        """What a moderator does to a film's post."""
        del self.threads[thread_id]

    def ids_of(self, name: str) -> list[int]:
        return [thread_id for thread_id in self.threads if self.names[thread_id] == name]

    async def send(self, parcel: Parcel) -> Attempt:
        message = parcel.message
        if message.is_opening:
            assert message.channel_id == FORUM
            self.asked_to_open += 1
            attempt = self.openings.pop(0) if self.openings else ARRIVES
            if attempt not in (ARRIVES, STORED):
                return attempt
            self._next_id += 1
            self.threads[self._next_id] = [message.message_key]
            film = parcel.films.get(message.posts[0].film_id or 0)
            self.names[self._next_id] = film.title if film else "server"
            return Attempt(Outcome.SENT, self._next_id) if attempt is ARRIVES else attempt
        if message.channel_id not in self.threads:
            return Attempt(Outcome.CLOSED, reason="The channel no longer exists.", closure=Closure.CHANNEL)
        attempt = self.replies.pop(0) if self.replies else Attempt(Outcome.SENT, self._next_id)
        if attempt.outcome is Outcome.SENT:
            self.threads[message.channel_id].append(message.message_key)
        return attempt

    async def find(self, message: Message, after: datetime) -> Attempt:
        if not self.is_readable:
            return Attempt(Outcome.UNREADABLE, reason="may not be read")
        if not message.is_opening and message.channel_id not in self.threads:
            return Attempt(Outcome.UNREADABLE, reason="The channel no longer exists.", closure=Closure.CHANNEL)
        places = self.threads if message.is_opening else [message.channel_id]
        for thread_id in places:
            if message.message_key in self.threads.get(thread_id, []):
                return Attempt(Outcome.SENT, thread_id if message.is_opening else 901)
        return Attempt(Outcome.NOT_SENT, reason="It is not in the forum.")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        return Attempt(Outcome.SENT, 901)


class ForumHouse:
    """A server that follows two films out on one day, told in a forum."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.discord = Forum()
        self.dispatch = make_dispatch(db, self.discord, self.discord)
        self.planning = Planning(db)
        self.subscriber_id = 0
        self.film_ids: dict[str, int] = {}

    async def set_up(self, *titles: str) -> None:
        guild = Subscriber(
            id=0, kind=SubscriberKind.GUILD, discord_id=900_000_000_000_000_001, channel_id=FORUM, milestones=(7, 3)
        )
        async with self.db.transaction() as tx:
            self.subscriber_id = (await subscribers.add_subscriber(tx, guild, START)).id
            await channels.set_kind(tx, FORUM, ChannelKind.FORUM, START)
        for title in titles:
            await self.follow(title)

    async def follow(self, title: str) -> None:
        release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.of(date(2025, 6, 6)))
        film = Film(id=0, title=title, year=2025, releases=(release,), ids={"bundled": title.lower()})
        async with self.db.transaction() as tx:
            film_id = self.film_ids[title] = await films.save_film(tx, film, START)
            await subscribers.add_subscription(tx, self.subscriber_id, film_id, START, 1, None)

    def restarted(self) -> Dispatch:
        """Another process, after the first was killed."""
        return make_dispatch(self.db, self.discord, self.discord, owner="another")

    async def tick(self, at: datetime) -> None:
        self.discord.time = at
        await self.planning.run(at)
        await self.dispatch.run(at)
        await self.dispatch.drain()

    async def run(self, since: datetime, *, seconds: int = 10, step: timedelta = SECOND) -> None:
        """Tick on from `since`."""
        for number in range(seconds):
            await self.tick(since + number * step)

    async def all_posts(self, kind: PostKind | None = None) -> list[Post]:
        async with self.db.reading() as tx:
            found = await posts.list_posts_since(tx, self.subscriber_id, START)
        return [post for post in found if kind in (None, post.kind)]

    async def thread_of(self, title: str) -> int | None:
        """Where the books have a film's own post."""
        async with self.db.reading() as tx:
            row = await tx.one("find_forum_post", channel_id=FORUM, film_id=self.film_ids[title])
        return row["thread_id"] if row else None
