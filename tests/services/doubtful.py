"""A film whose sources say doubtful things, servers that follow it, and what each of them is told: all for real."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.dates import ReleaseDate
from bot.domain.films import Doubt, Film, Release, ReleaseType
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.releases import counting_for
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription
from bot.services.doubting import Doubting, Heard
from bot.services.planning import Planning
from bot.services.settings import Preferences
from bot.services.taking import take_in
from bot.store import doubts as doubt_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.services.dispatching import make_dispatch

START = datetime(2025, 5, 1, 12, tzinfo=UTC)
ADMIN = 77
#: The posting hours of all servers fall on a full hour.
HOUR = timedelta(hours=1)


@dataclass
class Told:
    """What reached a server's channel."""

    news: list[str] = field(default_factory=list[str])  #: "2025-06-06 -> 2025-12-09"
    asked: list[int] = field(default_factory=list[int])  #: the doubts that its admins were asked about
    counted: list[str] = field(default_factory=list[str])  #: countdowns and alerts: "7 2025-06-06"


class Doubtful:
    """Clock, Discord and sources in one."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.time = START
        self.planning, self.doubting, self.preferences = Planning(db), Doubting(db), Preferences(db)
        self.dispatch = make_dispatch(db, self, self, owner="test", per_second=10_000)
        self.servers: list[Subscriber] = []
        self.told: dict[int, Told] = {}
        self.film_id = 0
        self.sent = 0

    async def open(self, first: str, servers: int = 1) -> None:
        """TMDB has said `first` (empty: nothing) for long, and `servers` servers follow the film."""
        await self.say("tmdb", *([first] if first else []))
        async with self.db.transaction() as tx:
            for number in range(1, servers + 1):
                guild = Subscriber(0, SubscriberKind.GUILD, number, channel_id=number, milestones=(7,))
                stored = await subscriber_store.add_subscriber(tx, guild, self.time)
                await subscriber_store.add_subscription(tx, stored.id, self.film_id, self.time, ADMIN, None)
                self.servers.append(stored)
                self.told[stored.id] = Told()
        self.time += HOUR

    async def say(self, source: str, *said: str) -> None:
        """A source is asked and says: "2025-06-06", with a note behind it if it has one; of US cinemas."""
        releases = tuple(_release(text) for text in said)
        film = Film(0, "Ballerina", 2025, releases=releases, ids={"tmdb": "541671"})
        async with self.db.transaction() as tx:
            self.film_id = (await take_in(tx, film, source, self.time, film_id=self.film_id or None)).film_id

    async def live(self, hours: int) -> None:
        """Let time pass with Marquee at work: every hour of two days, beyond that four times a day."""
        end = self.time + hours * HOUR
        while self.time < end:
            await self.work()
            step = 1 if hours <= 48 else 6 - (self.time.hour - 14) % 6  # at 14:00 every posting hour has come
            self.time = min(self.time + step * HOUR, end)
        await self.work()

    async def work(self) -> None:
        await self.planning.run(self.time)
        while await self.dispatch.run(self.time):
            await self.dispatch.drain()

    async def trust(self, server: int, doubt_id: int) -> Heard:
        return await self.doubting.trust(self.servers[server].discord_id, doubt_id, ADMIN, self.time)

    async def wait(self, server: int, doubt_id: int) -> Heard:
        return await self.doubting.wait(self.servers[server].discord_id, doubt_id, ADMIN, self.time)

    async def doubts(self) -> list[Doubt]:
        """Those that are open, the newest last."""
        async with self.db.reading() as tx:
            return await doubt_store.list_doubts(tx, self.film_id)

    async def in_force(self, server: int) -> str:
        """The date that a server goes by: "2025-06-06", or "none"."""
        subscription = await self.subscription(server)
        owed = counting_for(self.servers[server], subscription).owed
        return str(owed[0].date) if owed and owed[0].date.first else "none"

    async def subscription(self, server: int) -> Subscription:
        async with self.db.reading() as tx:
            found = await subscriber_store.find_subscription(tx, self.servers[server].id, self.film_id)
        assert found is not None
        return found

    def news(self, server: int = 0) -> list[str]:
        return self.told[self.servers[server].id].news

    def asked(self, server: int = 0) -> list[int]:
        return self.told[self.servers[server].id].asked

    def counted(self, server: int = 0) -> list[str]:
        return self.told[self.servers[server].id].counted

    # Clock and MessageSender

    def now(self) -> datetime:
        return self.time

    async def send(self, parcel: Parcel) -> Attempt:
        self.sent += 1
        for post in parcel.message.posts:
            self._read(self.told[post.subscriber_id], post)
        return Attempt(Outcome.SENT, self.sent)

    async def find(self, message: Message, after: datetime) -> Attempt:
        raise AssertionError("nothing is in doubt here")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        return Attempt(Outcome.SENT)

    def _read(self, told: Told, post: Post) -> None:
        if post.kind is PostKind.DATE_CHANGE:
            told.news.append(
                " -> ".join(str(day) if day and day.first else "none" for day in (post.old_date, post.date))
            )
        elif post.kind is PostKind.DOUBT:
            told.asked.append(post.doubt_id or 0)
        else:
            told.counted.append(f"{post.milestone_days or 0} {post.date}")


def _release(text: str) -> Release:
    day, _, note = text.partition(" ")
    return Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(day), note)


def chain_breaks(first: str, news: Sequence[str], in_force: str) -> str:
    """Where `news` do not lead from the `first` date to the one in force, step by step; empty if they do."""
    at = first
    for each in news:
        old, new = each.split(" -> ")
        if old != at or new == old:
            return f"{each} was told where {at} was known"
        at = new
    return "" if at == in_force else f"{at} was told last, and {in_force} is in force"
