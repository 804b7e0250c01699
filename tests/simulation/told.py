"""What servers are told in a made-up year: `python -m tests.simulation.told --films 400 --servers 40 --days 365`.

Real: Refresh, take_in with merge and gate, trusting, planning, dispatch, the store on an SQLite file. Made up: the
films, the two sources, the clock, the servers, and a Discord that loses answers, is down, and sees the bot killed. An
oracle that shares no code with the bot says what each server must have been told.
"""

import argparse
import asyncio
import logging
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from random import Random

from bot.domain.dates import ReleaseDate
from bot.domain.films import DoubtReason
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind, Wanted
from bot.services.doubting import Doubting
from bot.services.planning import Planning
from bot.services.refresh import Refresh
from bot.services.taking import take_in
from bot.store import doubts as doubt_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.domain.desk import posted
from tests.domain.oracle import Posted
from tests.domain.script import MILESTONES, ZONES, Outage, Settings
from tests.services.dispatching import make_dispatch
from tests.services.year import NEXT, Killed
from tests.simulation.inline import open_inline
from tests.simulation.oracle import Asked, History, Server, Trusted, must_be_told
from tests.simulation.sources import make_sources
from tests.simulation.world import COUNTRIES, DAY, HOUR, Word, World

START = datetime(2025, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TRACKED = START + MINUTE
#: The job runs at these minutes, somebody trusts a date at that one, posts go out at full and half hours: a fault has
#: passed before the next fact comes, because the oracle knows of no delays.
REFRESHED, TRUSTED, CALM = (20, 50), 40, timedelta(minutes=9)
HOURS = ("00:00", "09:00", "09:00", "12:30", "18:00", "23:30")
WANTED = (("cinema",), ("cinema",), ("cinema", "digital"), ("digital",), ("cinema", "digital", "physical"))
FAULTS = ("429", "lost", "arrived in silence", "lost and killed", "killed after it arrived")


class ToldYear:
    """Clock, Discord and bot in one."""

    def __init__(
        self, db: Database, reader: sqlite3.Connection, *, films: int, servers: int, days: int, seed: int
    ) -> None:
        self.db, self.reader = db, reader
        self.random = Random(f"told:{seed}")
        self.end = START + days * DAY
        world = World(seed, START, days, COUNTRIES[:4], lively=3.0)
        self.stories = {story.number: story for story in world.stories(films)}
        self.outages = self._plan_outages(days)
        self.servers = [self._plan_server(number) for number in range(1, servers + 1)]
        self.time = START
        self.sources = make_sources(self.stories, lambda: self.time, feed=True)
        for source in self.sources:
            source.said = self._said
            source.down = lambda at: at.timetuple().tm_yday % 40 == 7  # a day in forty neither answers
        self.asked: list[Asked] = []
        self.trusted: list[Trusted] = []
        self.to_trust: list[tuple[datetime, int, Post]] = []
        self.channels: dict[tuple[int, str], tuple[datetime, Message]] = {}
        self.ids: dict[int, int] = {}  #: the store's → the world's
        self.played: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.killed = False
        self.planning, self.doubting = Planning(db), Doubting(db)
        self._start()

    def now(self) -> datetime:
        return self.time

    async def live(self) -> None:
        await self._set_up()
        asleep = False
        while self.time < self.end:
            if self._is_out(bot=True):
                asleep = True
            else:
                if asleep:
                    await self._restart()
                    asleep = False
                await self._step()
            self.time = self._next()

    async def _step(self) -> None:
        if self.time.minute in REFRESHED and not self.time.second:
            await self.refresh.run(self.time)
        for each in [each for each in self.to_trust if each[0] <= self.time]:
            self.to_trust.remove(each)
            await self._trust(each[1], each[2])
        await self.planning.run(self.time)
        for _ in range(50):
            started = await self.dispatch.run(self.time)
            await self.dispatch.drain()
            if self.killed:
                await self._restart()
            if not await self.planning.run(self.time) and not started:
                return
        raise AssertionError(f"dispatch does not come to rest at {self.time}")

    def _next(self) -> datetime:
        hour = self.time.replace(minute=0, second=0, microsecond=0)
        moments = [hour + (minute + more) * MINUTE for minute in REFRESHED for more in (0, 60)]
        moments += [outage.end for outage in self.outages] + [at for at, _, _ in self.to_trust]
        at, _ = self.reader.execute(NEXT, {"now": int(self.time.timestamp())}).fetchone()
        moments += [datetime.fromtimestamp(at, UTC)] if at is not None else []
        return min((moment for moment in moments if moment > self.time), default=self.end)

    async def _set_up(self) -> None:
        tmdb = self.sources[0]
        async with self.db.transaction() as tx:
            for number, story in self.stories.items():
                taken = await take_in(tx, tmdb.film(number, story.tmdb[0]), "tmdb", START)
                self.ids[taken.film_id] = number
            ids = {number: film_id for film_id, number in self.ids.items()}
            for server in self.servers:
                s = server.settings
                stored = await subscriber_store.add_subscriber(
                    tx,
                    Subscriber(
                        0, SubscriberKind.GUILD, server.number, s.channel, s.country, s.zone,
                        clock_time.fromisoformat(s.hour), s.milestones, wanted=frozenset(map(Wanted, s.wanted)),
                    ),
                    START,
                )  # fmt: skip
                for film in server.films:
                    await subscriber_store.add_subscription(tx, stored.id, ids[film], TRACKED, 1, None)
        self.time = TRACKED

    def _start(self) -> None:
        self.killed = False
        self.dispatch = make_dispatch(self.db, self, self, owner=f"owner-{self.played['killed']}", per_second=100_000)
        self.refresh = Refresh(self.db, self.sources, self.random.random)

    async def _restart(self) -> None:
        self._start()
        await self.dispatch.start()

    def _said(self, at: datetime, source: str, film: int, word: Word) -> None:
        self.asked.append(Asked(at, source, film, word.dates))

    async def _trust(self, server: int, post: Post) -> None:
        async with self.db.reading() as tx:
            found = await doubt_store.find_doubt(tx, post.doubt_id or 0)
        if found is None or found[0].reason in (DoubtReason.AGAIN, DoubtReason.FESTIVAL):
            return  # the oracle knows of no release by a note
        pair = (post.country, str(post.type))
        new = str(post.date) if post.date and post.date.first else ""
        self.trusted.append(Trusted(self.time, server, self.ids[post.film_id or 0], pair, new))
        heard = await self.doubting.trust(server, post.doubt_id or 0, 1, self.time)
        self.played["trusted" if heard.news else "trusted too late"] += 1

    def _is_out(self, *, bot: bool) -> bool:
        return any(o.start <= self.time < o.end and (o.bot or not bot) for o in self.outages)

    async def send(self, parcel: Parcel) -> Attempt:
        message = parcel.message
        if self._is_out(bot=False):
            end = max(outage.end for outage in self.outages if outage.start <= self.time < outage.end)
            return Attempt(Outcome.NOT_SENT, reason="connection refused", retry_after=end - self.time)
        fault = self._fault()
        self.played[fault] += 1
        if fault == "429":
            return Attempt(Outcome.NOT_SENT, reason="429", retry_after=timedelta(seconds=self.random.randrange(20)))
        if fault in ("none", "arrived in silence", "killed after it arrived"):
            self._arrive(message)
        if "killed" in fault:
            self.killed = True
            self.played["killed"] += 1
            raise Killed
        return Attempt(Outcome.SENT, 1) if fault == "none" else Attempt(Outcome.UNKNOWN, reason="time-out")

    def _fault(self) -> str:
        soon = self.time + CALM
        moments = [at for at, _, _ in self.to_trust] + [outage.start for outage in self.outages]
        hour = self.time.replace(minute=0, second=0)
        moments += [hour + minute * MINUTE for minute in (*REFRESHED, TRUSTED)]
        calm = not any(self.time < at <= soon for at in moments)
        return self.random.choice(FAULTS) if calm and self.random.random() < 0.2 else "none"

    def _arrive(self, message: Message) -> None:
        """Discord drops a second message with a nonce that it has seen in the past few minutes."""
        key = (message.channel_id, message.message_key)
        if key in self.channels:
            if self.time - self.channels[key][0] > 3 * MINUTE:
                self.wrong.append(f"a second time: {message.message_key} at {self.time}")
            return
        self.channels[key] = (self.time, message)
        for post in message.posts:
            if post.kind is PostKind.DOUBT:
                self._asked_about(message.channel_id, post)

    def _asked_about(self, number: int, post: Post) -> None:
        """Half an hour to a day later somebody may trust it, at a minute when nothing else happens."""
        self.played["doubts told of"] += 1
        if self.servers[number - 1].trusting and self.random.random() < 0.7:
            at = self.time + self.random.uniform(0.5, 22) * HOUR
            at = at.replace(minute=TRUSTED, second=0, microsecond=0)
            while at <= self.time or any(o.start <= at < o.end for o in self.outages):
                at += HOUR
            self.to_trust.append((at, number, post))

    async def find(self, message: Message, after: datetime) -> Attempt:
        if self._is_out(bot=False):
            return Attempt(Outcome.UNKNOWN, reason="connection refused")
        seen = self.channels.get((message.channel_id, message.message_key))
        there = seen is not None and seen[0] >= after
        return Attempt(Outcome.SENT, 1) if there else Attempt(Outcome.NOT_SENT, reason="not in the history")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        self.played["corrections"] += 1
        return Attempt(Outcome.SENT, 1)

    def told(self, server: Server) -> list[Posted]:
        """What arrived in a server's channel, but for what its admins were asked."""
        found = [
            posted(post, at)._replace(film=self.ids[post.film_id or 0])
            for (channel, _), (at, message) in self.channels.items()
            if channel == server.number
            for post in message.posts
            if post.kind is not PostKind.DOUBT
        ]
        return sorted(found)

    def histories(self) -> dict[int, History]:
        """What was in force of each film, by the oracle's reading."""
        films = {number: History() for number in self.stories}
        for number, story in self.stories.items():
            films[number].begin(START, story.tmdb[0].dates)
        for asked in self.asked:
            films[asked.film].hear(asked)
        return films

    def _plan_server(self, number: int) -> Server:
        country = COUNTRIES[(number - 1) % 4]
        settings = Settings(
            country, ZONES[(number - 1) % len(ZONES)], self.random.choice(HOURS), self.random.choice(MILESTONES),
            number, self.random.choice(WANTED),
        )  # fmt: skip
        known = [n for n, s in self.stories.items() if any(m.country == country for m in s.moves)]
        films = tuple(sorted(self.random.sample(known, min(len(known), 60))))
        return Server(number, settings, films, trusting=number % 2 == 0)

    def _plan_outages(self, days: int) -> list[Outage]:
        """Of the bot and of Discord, minutes to three days, at moments when nothing else happens."""
        found: list[Outage] = []
        for _ in range(max(1, days // 20)):
            start = START + self.random.randrange(1, days * 24) * HOUR + 3 * MINUTE
            length = self.random.choice((1, 2, 5, 5, 20, 70)) * HOUR + self.random.choice((0, 7, 8)) * MINUTE
            found.append(Outage(start, start + length, self.random.random() < 0.5))
        return sorted(found, key=lambda outage: outage.start)


def differences(year: ToldYear) -> tuple[list[str], Counter[str]]:
    """Where what arrived is not what the oracle says, and how much of what did."""
    films, wrong, counted = year.histories(), list(year.wrong), Counter[str]()
    for server in year.servers:
        wanted = must_be_told(server, films, year.trusted, year.outages, (START, TRACKED, year.end))
        wanted, found = _in_order(wanted), _in_order(year.told(server))
        missing, extra = (
            Counter(p[1:] for p in one) - Counter(p[1:] for p in two) for one, two in ((wanted, found), (found, wanted))
        )
        wrong += [f"server {server.number} was not told {each}" for each in missing.elements()]
        wrong += [f"server {server.number} was told {each}" for each in extra.elements()]
        if not missing and not extra:
            late = [
                (one, two) for one, two in zip(found, wanted, strict=True) if not timedelta() <= one.at - two.at <= CALM
            ]
            wrong += [f"server {server.number} was told at {one.at} and not at {two}" for one, two in late]
        counted.update(post.what for post in found)
    return wrong, counted


def _in_order(found: Sequence[Posted]) -> list[Posted]:
    return sorted(found, key=lambda post: (post[1:], post.at))


async def live_through(folder: Path, *, films: int, servers: int, days: int, seed: int) -> ToldYear:
    file = folder / "told.db"
    async with open_inline(file) as db:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
            year = ToldYear(db, reader, films=films, servers=servers, days=days, seed=seed)
            await year.live()
            return year


def main(arguments: Sequence[str]) -> None:
    """Read what is wanted, live through it, print what was told."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("films", 500), ("servers", 40), ("days", 365), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path)
    read = vars(parser.parse_args(arguments))
    logging.disable(logging.CRITICAL)  # kills and doubts are logged at length
    started = time.process_time()
    with tempfile.TemporaryDirectory(dir=read.pop("folder")) as folder:
        year = asyncio.run(live_through(Path(folder), **read))
        middle = time.process_time()
        wrong, counted = differences(year)
    sys.stdout.write(f"{read}: told {dict(counted)}; played {dict(year.played)}; {len(year.asked):,} answers\n")
    sys.stdout.write(f"CPU {middle - started:.0f} s, the oracle {time.process_time() - middle:.0f} s\n")
    sys.stdout.write("\n".join(wrong[:40]) + f"\n{len(wrong)} differences\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
