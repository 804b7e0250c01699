"""A dozen servers and their films, to which the same things happen in two stores: whatever a planner may meet."""

# ruff: noqa: S608 - the SQL is made of our own words

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from bot.domain.corrections import STRUCK
from bot.domain.dates import ReleaseDate
from bot.domain.errors import UserError
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.posts import Post, PostKind
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind, Wanted
from bot.services.doubting import Doubting
from bot.services.settings import Preferences
from bot.services.taking import take_in
from bot.store import posts, subscribers
from bot.store.columns import epoch
from bot.store.database import Database, Row, Transaction
from tests.store.raw import execute, fetch

START = datetime(2025, 5, 20, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SERVER, CHANNEL = 700_000_000_000_000_000, 800_000_000_000_000_000
SERVERS, FILMS = 12, 6
_ZONES = ("America/New_York", "Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu")
_COUNTRIES = ("US", "DE", "NZ")
_TYPES = (ReleaseType.THEATRICAL, ReleaseType.THEATRICAL, ReleaseType.LIMITED, ReleaseType.DIGITAL)
_WHEN = ("2025-06", "2025-Q3", "2026", "tba")
_ENDS = ("sent", "sent", "sent", "struck", "bundled", "failed", "uncertain", "skipped", "cancelled", "held", "again")


class Lives:
    """One of the two stores. The same seed makes the same happen in both, as long as they hold the same."""

    def __init__(self, db: Database, seed: int) -> None:
        self.db = db
        self.random = Random(seed)
        self.now = START
        self.films: list[int] = []
        self.servers: list[int] = []
        self.messages = 0

    async def begin(self) -> None:
        """The films as they are first known, and the servers with the films that they follow."""
        for number in range(FILMS):
            await self._learn(number, "bundled")
        async with self.db.transaction() as tx:
            for number in range(SERVERS):
                kind = SubscriberKind.USER if number % 6 == 5 else SubscriberKind.GUILD
                server = Subscriber(id=0, kind=kind, discord_id=SERVER + number, channel_id=CHANNEL + number)
                self.servers.append((await subscribers.add_subscriber(tx, server, START)).id)
            for server_id in self.servers:
                for film_id in sorted(self.random.sample(self.films, self.random.randint(1, FILMS))):
                    await self._follow(tx, server_id, film_id)
        for server_id in self.servers:
            await self._set(server_id)

    async def go_on(self) -> None:
        """Some days or minutes pass, and things happen."""
        self.now += self.random.choice((timedelta(minutes=2), HOUR, 11 * HOUR, DAY, 3 * DAY, 9 * DAY))
        for _ in range(self.random.randint(0, 3)):
            await self._learn(self.random.randrange(FILMS), self.random.choice(("tmdb", "bundled", "wikidata")))
        for _ in range(self.random.randint(0, 4)):
            await self._act(self.random.choice(self.servers))
        for row in await fetch(self.db, "SELECT * FROM posts WHERE state = 'planned' ORDER BY dedup_key"):
            if self.random.random() < 0.6:
                await self._end(row, self.random.choice(_ENDS))
        for doubt in await fetch(self.db, "SELECT id FROM doubts WHERE state = 'open' ORDER BY id"):
            for row in await fetch(self.db, "SELECT discord_id FROM subscribers WHERE kind = 'guild' ORDER BY id"):
                if self.random.random() < 0.3:
                    await self._hear(row["discord_id"], doubt["id"])

    async def stuck(self) -> frozenset[int]:
        """Posts with a message that failed or is uncertain."""
        rows = await fetch(
            self.db,
            "SELECT mp.post_id FROM message_posts mp JOIN messages m ON m.id = mp.message_id "
            "WHERE m.state IN ('failed', 'uncertain')",
        )
        return frozenset(row["post_id"] for row in rows)

    async def _learn(self, number: int, source: str) -> None:
        dates = [
            Release(country, type_, ReleaseDate.parse(self._when()), language=self.random.choice(("", "", "fr")))
            for country in _COUNTRIES
            for type_ in self.random.sample(_TYPES, 2)
            if self.random.random() < 0.8
        ]
        ids = {"bundled": f"film-{number}", "tmdb": str(1000 + number), "wikidata": f"Q{number + 1}"}
        film = Film(id=0, title=f"Film {number}", year=2025, releases=tuple(dates), ids=ids, countries=("US",))
        async with self.db.transaction() as tx:
            known = self.films[number] if number < len(self.films) else None
            taken = await take_in(tx, film, source, self.now, film_id=known)
        if known is None:
            self.films.append(taken.film_id)

    def _when(self) -> str:
        if self.random.random() < 0.1:
            return self.random.choice(_WHEN)
        return (self.now + self.random.randint(-5, 40) * DAY).date().isoformat()

    async def _follow(self, tx: Transaction, server_id: int, film_id: int) -> None:
        channel_id = self._place() if self.random.random() < 0.2 else None
        country = self.random.choice(_COUNTRIES) if self.random.random() < 0.1 else None
        tracked_at = self.now - self.random.choice((timedelta(), DAY, 30 * DAY))
        await subscribers.add_subscription(tx, server_id, film_id, tracked_at, 1, channel_id, country)

    def _place(self) -> int:
        return CHANNEL + self.random.randrange(100, 104)

    async def _act(self, server_id: int) -> None:
        """Somebody there does something."""
        film_id, chance = self.random.choice(self.films), self.random.random()
        if chance < 0.4:
            await self._set(server_id)
            return
        pause = Pause(self.now, self.random.choice((None, self.now + DAY, self.now + 6 * DAY)))
        async with self.db.transaction() as tx:
            if chance < 0.5:
                await subscribers.remove_subscription(tx, server_id, film_id, self.now)
            elif chance < 0.65:
                await self._follow(tx, server_id, film_id)
            elif chance < 0.75:
                await subscribers.move_subscription(tx, server_id, film_id, self._place(), self.now)
            elif chance < 0.85:
                await subscribers.save_pause(tx, server_id, self.random.choice((pause, None)), self.now)
            else:
                kind = self.random.choice((PostKind.RESUME, PostKind.OPENING, PostKind.FOLLOWED))
                await posts.arm_post(tx, self._by_somebody(server_id, film_id, kind))
                await subscribers.wake_subscriber(tx, server_id, self.now)

    def _by_somebody(self, server_id: int, film_id: int, kind: PostKind) -> Post:
        """What no plan brings."""
        about = self.random.choice((f"{film_id}", "#5")) if kind is PostKind.RESUME else f"{film_id}"
        return Post(
            server_id,
            kind,
            f"{server_id}:{about}:{kind}:{epoch(self.now)}",
            self.now,
            self.now + 7 * DAY,
            film_id=None if about == "#5" or self.random.random() < 0.2 else film_id,
            channel_id=self._place(),
        )

    async def _set(self, server_id: int) -> None:
        random = self.random
        values: dict[str, Any] = {
            "country": random.choice(_COUNTRIES),
            "timezone": random.choice(_ZONES),
            "posting_time": time(random.choice((0, 9, 18, 23)), random.choice((0, 30))),
            "live": random.random() < 0.3,
            "quiet": QuietHours(time(22), time(8)) if random.random() < 0.3 else None,
            "digest_weekday": random.choice((None, None, 0, 4)),
            "milestones": random.choice(((30, 7, 3, 1), (1,), ())),
            "wanted": random.choice((frozenset({Wanted.CINEMA}), frozenset(Wanted))),
            "channel_id": random.choice((CHANNEL + server_id, self._place())),
        }
        chosen = {name: values[name] for name in sorted(random.sample(sorted(values), 3))}
        await Preferences(self.db).change(server_id, self.now, **chosen)

    async def _hear(self, guild_id: int, doubt_id: int) -> None:
        """An admin's word, as far as the doubt is theirs."""
        answer = self.random.choice((Doubting(self.db).trust, Doubting(self.db).wait))
        try:
            await answer(guild_id, doubt_id, 1, self.now)
        except UserError:
            return

    async def _end(self, row: Row, end: str) -> None:
        """What a dispatch may have made of a post."""
        state = {"struck": "sent", "held": "planned", "again": "planned"}.get(end, end)
        reason = {"struck": STRUCK.replace("'", "''"), "held": "waits: quiet hours"}.get(end, "")
        later = epoch(self.now + HOUR) if end == "held" else 0
        await execute(
            self.db,
            f"UPDATE posts SET state = '{state}', reason = '{reason}', not_before_at = {later}, "
            f"settled_at = {epoch(self.now)} WHERE dedup_key = '{row['dedup_key']}'",
        )
        message = {"sent": "sent", "struck": "sent", "bundled": "sending", "again": "failed"}.get(end, end)
        if message in ("skipped", "cancelled", "held"):
            return
        self.messages += 1
        await execute(
            self.db,
            "INSERT INTO messages (id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, "
            "retry_at, message_key, plain, reason) VALUES "
            f"({self.messages}, {row['subscriber_id']}, {10**15 + self.messages}, '{message}', 'us', 0, 1, "
            f"{epoch(self.now)}, 0, 'key-{self.messages}', 0, '')",
        )
        await execute(self.db, f"INSERT INTO message_posts VALUES ({self.messages}, {row['id']})")
        if row["kind"] == "live" and message == "sent":
            await self._count_live(row)

    async def _count_live(self, row: Row) -> None:
        async with self.db.transaction() as tx:
            await tx.all("add_live_message", message_id=self.messages, now=epoch(self.now))
        attempts, lost = self.random.choice(((0, 0), (0, 0), (1, 0), (0, 1)))
        gone = f", message_id = NULL, lost = 1, lost_at = {epoch(self.now)}" if lost else ""
        await execute(
            self.db,
            f"UPDATE live_messages SET attempts = {attempts}, due_at = {epoch(self.now + DAY)}{gone} "
            f"WHERE message_id = {self.messages}",
        )


_POSTS = """
    SELECT dedup_key, subscriber_id, film_id, kind, milestone_days, country, type, date, old_date, change_id,
        channel_id, due_at, fresh_until, not_before_at, state, reason, settled_at, doubt_id, note
    FROM posts ORDER BY dedup_key
"""
_SUBSCRIBERS = "SELECT id, revision, planned_revision, next_wake_at FROM subscribers ORDER BY id"
_CORRECTIONS = "SELECT message_id, due_at, attempts FROM corrections ORDER BY message_id"
_LIVE = "SELECT film_id, channel_id, message_id, due_at, attempts, shown FROM live_messages ORDER BY 1, 2"


async def everything(db: Database) -> dict[str, Sequence[dict[str, Any]]]:
    """What planning may have changed."""
    tables = {"posts": _POSTS, "subscribers": _SUBSCRIBERS, "corrections": _CORRECTIONS, "live": _LIVE}
    return {name: [dict(row) for row in await fetch(db, sql)] for name, sql in tables.items()}
