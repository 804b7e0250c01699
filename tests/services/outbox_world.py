"""The world of the outbox's property test: one server, a Discord with whims, processes that die, and its end."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.plan import plan
from bot.domain.posts import Post, PostKind
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning
from bot.services.settings import Preferences
from bot.services.tracking import Tracking
from bot.store import films, posts, subscribers
from bot.store.columns import epoch
from bot.store.database import Database, Row, open_database
from tests.services.outbox_discord import Discord, FreePace, Line, Plug, PluggedDatabase, PulledError, Whim, utc
from tests.services.outbox_watch import ZONE, Facts
from tests.store.engines import PostgresServer
from tests.store.raw import fetch

#: A minute before nine in New York: three posts are due at nine.
START = utc(2025, 6, 6, 12, 59)
CHANNELS = (4_000_000_000_000_001, 4_000_000_000_000_002)
GUILD = 9_000_000_000_000_001
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: Why a post may never be sent.
SKIPPED = ("paused", "stale", "quiet hours", "daily cap", "no channel")
_template: list[Path] = []


class Process:
    """One running bot: a dispatch, its planner, its plug."""

    def __init__(self, world: "OutboxWorld", owner: str) -> None:
        self.plug = Plug()
        self.line = Line(world.discord, self.plug, world.facts)
        self.db = PluggedDatabase(world.db, world.turn, self.plug, world.facts)
        self.planning = Planning(self.db)
        self.dispatch = Dispatch(self.db, self.line, world, FreePace(), owner=owner)
        self.failed = world.failed

    def tasks(self) -> set[asyncio.Task[Any]]:
        settling = self.dispatch._settling  # pyright: ignore[reportPrivateUsage]
        found = self.dispatch._under_way | settling._writing  # pyright: ignore[reportPrivateUsage]
        return {task for task in found if task not in self.line.hung}

    async def settle_down(self) -> None:
        """Wait until all is done but what hangs."""
        while tasks := self.tasks():
            self.line.hangs.clear()
            hangs = asyncio.ensure_future(self.line.hangs.wait())
            done, _ = await asyncio.wait({*tasks, hangs}, return_when=asyncio.FIRST_COMPLETED)
            errors = [task.exception() for task in done & tasks if not task.cancelled()]
            self.failed += [error for error in errors if error and not isinstance(error, PulledError)]
            hangs.cancel()
            await asyncio.gather(hangs, return_exceptions=True)

    async def die(self) -> None:
        """Nothing of it runs on."""
        self.plug.left = 0
        tasks = {*self.tasks(), *self.line.hung}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class OutboxWorld(RuleBasedStateMachine):
    """One server with three films in two channels, and at times a second process."""

    #: A statement with a mistake in it, by name: what to look for, and what stands there instead.
    statements: ClassVar[Mapping[str, tuple[str, str]]] = {}
    #: Where each example finds an empty database; without it in a file of its own.
    postgres: ClassVar[PostgresServer | None] = None
    examples: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.mkdtemp()
        self.discord, self.facts = Discord(START), Facts(START)
        self.failed: list[BaseException] = []
        self.loop.set_exception_handler(lambda _, __: None)
        self.members: dict[int, frozenset[int]] = {}
        self.paused_once, self.owed = False, 0
        self.run(self._open())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def now(self) -> datetime:
        """What the machine's clock shows."""
        return self.facts.now

    async def _open(self) -> None:
        db: Any = await open_database(await self._empty())
        if db.engine == "sqlite":
            await db._writer.execute("PRAGMA synchronous = OFF")
        for name, (old, new) in self.statements.items():
            statement = db._statements[name]
            assert old in statement.sql, name
            db._statements = {**db._statements, name: replace(statement, sql=statement.sql.replace(old, new))}
        self.db: Database = db
        self.turn = asyncio.Lock()
        self.main, self.other = Process(self, "one"), Process(self, "two")
        self.born = 2

    async def _empty(self) -> str:
        if self.postgres is not None:
            return await self.postgres.emptied()
        if not _template:
            _template.append(Path(tempfile.mkdtemp()) / "template.db")
            await (await open_database(f"sqlite:///{_template[0]}")).close()
        return f"sqlite:///{shutil.copy(_template[0], Path(self.folder) / 'marquee.db')}"

    async def _set_up(self) -> None:
        quiet = QuietHours(*self.facts.quiet) if self.facts.quiet else None
        guild = Subscriber(
            0, SubscriberKind.GUILD, GUILD, CHANNELS[0], milestones=(7, 1), daily_cap=self.facts.cap, quiet=quiet
        )
        long_ago = START - 60 * DAY
        async with self.db.transaction() as tx:
            self.subscriber_id = (await subscribers.add_subscriber(tx, guild, long_ago)).id
            for number, ahead in enumerate((0, 1, 7)):
                film_id = await films.save_film(tx, self._film(number, date(2025, 6, 6) + ahead * DAY), long_ago)
                self.facts.days[film_id] = date(2025, 6, 6) + ahead * DAY
                channel_id = CHANNELS[1] if number == 2 else None
                await subscribers.add_subscription(tx, self.subscriber_id, film_id, long_ago, 1, channel_id)
        self.facts.followed = set(self.facts.days)
        await self._tick(self.main)

    def _film(self, number: int, day: date) -> Film:
        release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.of(day))
        return Film(0, f"Film {number}", 2025, releases=(release,), ids={"bundled": f"film-{number}"})

    def _pass(self, wait: timedelta) -> None:
        self.discord.now += wait
        self.facts.now += wait

    async def _owe(self, count: int) -> None:
        """Owe what no fact takes back: a film was tracked by itself."""
        async with self.db.transaction() as tx:
            for _ in range(count):
                self.owed += 1
                key, until = f"1:0:followed:{self.owed}", self.now() + 7 * DAY
                post = Post(self.subscriber_id, PostKind.FOLLOWED, key, self.now(), until, note="a studio")
                await posts.arm_post(tx, replace(post, channel_id=CHANNELS[0]))

    async def _tick(self, process: Process, whims: list[Whim] | None = None, *, plans: bool = True) -> None:
        """What a process does in a second, as far as its plug lets it."""
        self.discord.whims[:] = whims or []
        try:
            if plans:
                await process.planning.run(self.now())
            await process.dispatch.run(self.now())
            await process.settle_down()
        except PulledError:
            pass
        self.discord.whims.clear()

    async def _restart(self) -> None:
        self.born += 1
        self.main = Process(self, f"one-{self.born}")
        for other in (self.other,):  # the same machine: it was killed as well
            await other.die()
        self.other = Process(self, f"two-{self.born}")
        await self.main.dispatch.start()

    async def _wake(self, process: Process) -> None:
        for event in process.line.hung.values():
            event.set()
        ended = await asyncio.gather(*process.line.hung, return_exceptions=True)
        self.failed += [error for error in ended if isinstance(error, Exception)]
        process.line.hung.clear()
        await process.settle_down()

    async def _subscriber(self) -> Subscriber:
        async with self.db.reading() as tx:
            return await subscribers.get_subscriber(tx, self.subscriber_id)

    async def _rows(self, sql: str) -> Sequence[Row]:
        return await fetch(self.db, sql)

    async def _first_open(self) -> datetime | None:
        rows = await self._rows("SELECT MIN(first_sent_at) AS at FROM messages WHERE state IN ('sending', 'in_doubt')")
        return datetime.fromtimestamp(rows[0]["at"], ZONE) if rows[0]["at"] is not None else None

    async def _next_event(self) -> datetime:
        """When the store next has something to do; in an hour if it has nothing."""
        rows = await self._rows(
            "SELECT CASE WHEN due_at > not_before_at THEN due_at ELSE not_before_at END AS at"
            " FROM posts WHERE state = 'planned'"
            " UNION ALL SELECT next_wake_at FROM subscribers WHERE next_wake_at IS NOT NULL"
            " UNION ALL SELECT CASE state WHEN 'in_doubt' THEN retry_at ELSE lease_until END"
            " FROM messages WHERE state IN ('sending', 'in_doubt')"
        )
        coming = [row["at"] for row in rows if row["at"] > epoch(self.now())]
        at = datetime.fromtimestamp(min(coming), ZONE) if coming else self.now() + HOUR
        return min(at, self.now() + 2 * DAY)

    async def _pause_or_resume(self) -> None:
        subscriber, tracking = await self._subscriber(), Tracking(self.db)
        if subscriber.pause is not None and subscriber.pause.covers(self.now()):
            await tracking.resume(subscriber, None, subscriber.pause, self.now())
        else:
            await tracking.pause(subscriber, None, None, self.now())
        self.facts.paused, self.paused_once = not self.facts.paused, True

    async def _reopen(self) -> None:
        for channel_id in sorted(self.facts.closed):
            await Preferences(self.db).reopen(await self._subscriber(), channel_id, self.now())
        self.facts.closed.clear()

    @invariant()
    def nothing_is_there_twice(self) -> None:
        type(self).steps += 1
        doubled = [key for key, count in self.discord.carried.items() if count > 1]
        assert not doubled, f"sent twice: {doubled}"

    @invariant()
    def no_delivery_broke(self) -> None:
        assert not self.failed, self.failed[0]
        assert not self.facts.broken, self.facts.broken[0]

    def teardown(self) -> None:
        try:
            self.run(self._calm_down())
        finally:
            self.run(self._close())
            self.loop.close()
            shutil.rmtree(self.folder)

    async def _calm_down(self) -> None:
        """Discord is well and time passes: everything that is due and true arrives, and everything ends."""
        if not hasattr(self, "subscriber_id"):
            return
        self.discord.readable = True
        for process in (self.main, self.other):
            await self._wake(process)
        await self._restart()
        if self.facts.paused:
            await self._pause_or_resume()
        await self._reopen()
        await self._tick(self.main)
        expected = await self._owed_for_long()
        until = self.discord.now + 4 * DAY
        for _ in range(60):
            if self.discord.now >= until:
                break
            self._pass(max(await self._next_event() - self.now(), timedelta(seconds=1)))
            await self._tick(self.main)
        self.nothing_is_there_twice()
        self.no_delivery_broke()
        rows = {row["dedup_key"]: row for row in await self._rows("SELECT * FROM posts")}
        now = epoch(self.now())
        stuck = [
            key for key, row in rows.items()
            if row["state"] == "bundled"
            or (row["state"] == "planned" and max(row["due_at"], row["not_before_at"]) < now - 600)
        ]  # fmt: skip
        assert not stuck, f"never came to an end: {stuck}"
        lost = {key: rows[key]["state"] if key in rows else "gone" for key in expected}
        assert all(state in ("sent", "uncertain") for state in lost.values()), f"lost: {lost}"
        for row in rows.values():
            assert row["state"] != "sent" or self.discord.carried[row["dedup_key"]], f"{row['dedup_key']} is not there"

    async def _owed_for_long(self) -> set[str]:
        """What is owed, still true, and fresh for so long that it must arrive."""
        async with self.db.reading() as tx:
            subscriber = await subscribers.get_subscriber(tx, self.subscriber_id)
            followed = await subscribers.list_subscriptions(tx, self.subscriber_id)
        settled = {
            row["dedup_key"]
            for row in await self._rows("SELECT * FROM posts WHERE state IN ('skipped', 'failed', 'uncertain')")
        }
        tracked = await self._rows("SELECT * FROM posts WHERE kind = 'followed' AND state IN ('planned', 'bundled')")
        late = epoch(self.now() + 2 * DAY)
        return {row["dedup_key"] for row in tracked if row["fresh_until"] > late} | {
            post.dedup_key
            for post in plan(subscriber, followed, self.now()).posts
            if post.kind in (PostKind.RELEASE, PostKind.DATE_CHANGE)
            and post.fresh_until > self.now() + 2 * DAY
            and post.dedup_key not in settled
        }

    async def _close(self) -> None:
        for process in (self.main, self.other):
            await process.die()
        await self.db.close()
