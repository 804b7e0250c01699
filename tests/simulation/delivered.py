"""A year of a thousand servers, delivered: `python -m tests.simulation.delivered --servers 1000 --seed 1`.

Real: taking facts in, tracking, settings, pauses, planning, dispatch, the store on an SQLite file. Made up: the films,
what people do, the clock, and a Discord that loses answers, is down, and sees the bot killed. What arrived in each
channel is held against an oracle that shares no code with the bot: every message is accounted for.
"""

import argparse
import asyncio
import logging
import sqlite3
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from random import Random

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.planning import Planning
from bot.services.settings import Choices, Preferences
from bot.services.taking import take_in
from bot.services.tracking import Place, Tracking
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.domain.desk import posted
from tests.domain.oracle import Posted, forget_clocks
from tests.domain.script import Date, Event, Settings
from tests.services.dispatching import make_dispatch
from tests.services.year import NEXT, Killed, choices_of
from tests.simulation.delivery_oracle import Resumed, must_be_told
from tests.simulation.inline import open_inline
from tests.simulation.servers import END, START, Life, Paused, make_lives

#: No fault is played when something is about to change for a server: the oracle knows of no delays.
CALM = timedelta(minutes=15)
#: What the oracle knows of. Questions to admins are on trial elsewhere.
_ORACLES = frozenset({PostKind.RELEASE, PostKind.DATE_CHANGE, PostKind.COUNTDOWN})
FAULTS = ("429", "lost", "arrived in silence", "lost and killed", "killed after it arrived")


class DeliveredYear:
    """Clock, Discord and bot in one."""

    def __init__(self, db: Database, reader: sqlite3.Connection, *, servers: int, seed: int) -> None:
        self.db, self.reader = db, reader
        self.random = Random(f"delivered:{seed}")
        self.worlds, self.lives, self.outages = make_lives(seed, servers)
        self.by_number = {life.number: life for life in self.lives}
        self.agenda = sorted(self._agenda(), key=lambda entry: entry[0])
        self.soon = {life.number: _turns(life) for life in self.lives}
        self.time = START
        self.ids: dict[int, int] = {}  #: the script's films → the store's
        self.numbers: dict[int, int] = {}  #: and back
        self.servers: dict[int, int] = {}  #: a server's number → its subscriber
        self.channels: defaultdict[int, dict[str, tuple[datetime, Parcel]]] = defaultdict(dict)
        self.played: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.killed = False
        self.planning, self.preferences, self.tracking = Planning(db), Preferences(db), Tracking(db)
        self._start()

    def now(self) -> datetime:
        return self.time

    async def live(self) -> None:
        """To the end of the year."""
        await self._set_up()
        asleep = False
        while self.time < END:
            if self._is_out(bot=True):
                asleep = True
            else:
                if asleep:
                    await self._restart()
                    asleep = False
                await self._step()
            self.time = self._next()

    async def _step(self) -> None:
        while self.agenda and self.agenda[0][0] <= self.time:
            await self._learn(*self.agenda.pop(0))
        await self.planning.run(self.time)
        for _ in range(300):
            started = await self.dispatch.run(self.time)
            await self.dispatch.drain()
            if self.killed:
                await self._restart()
            if not await self.planning.run(self.time) and not started:
                return
        raise AssertionError(f"dispatch does not come to rest at {self.time}")

    def _next(self) -> datetime:
        moments = [self.agenda[0][0]] if self.agenda else []
        moments += [outage.end for outage in self.outages]
        at, _ = self.reader.execute(NEXT, {"now": int(self.time.timestamp())}).fetchone()
        moments += [datetime.fromtimestamp(at, UTC)] if at is not None else []
        return min((moment for moment in moments if moment > self.time), default=END)

    def _agenda(self) -> Iterable[tuple[datetime, int, Event | Paused | None]]:
        """What happens, to which server (0: to a film). A pause is there at its start and, by hand, at its end."""
        for world in self.worlds.values():
            yield from ((event.at, 0, event) for event in world.events)
        for life in self.lives:
            yield from ((event.at, life.number, event) for event in life.own_events())
            for pause in life.pauses:
                yield (pause.start, life.number, pause)
                if pause.by_hand:
                    yield (pause.end, life.number, pause)

    async def _set_up(self) -> None:
        async with self.db.transaction() as tx:
            for world in self.worlds.values():
                for number, dates in world.films.items():
                    self.ids[number] = (await take_in(tx, _film(number, dates), "bundled", START)).film_id
            for life in self.lives:
                server = replace(Subscriber(0, SubscriberKind.GUILD, life.number), **_choices(life.script.settings))
                self.servers[life.number] = (await subscriber_store.add_subscriber(tx, server, START)).id
        self.numbers = {film_id: number for number, film_id in self.ids.items()}

    async def _learn(self, at: datetime, number: int, what: Event | Paused | None) -> None:
        match what:
            case Event(dates=tuple(dates)):
                async with self.db.transaction() as tx:
                    await take_in(tx, _film(what.film, dates), "bundled", at)
            case Event(tracked=True):
                place = Place(number, self.by_number[number].script.settings.channel, 1, "en-US")
                await self.tracking.track(place, self.ids[what.film], None, at)
            case Event(tracked=False):
                await self.tracking.untrack(number, self.ids[what.film], at)
            case Event(settings=settings) if settings is not None:
                await self.preferences.change(self.servers[number], at, **_choices(settings))
            case Paused():
                await self._pause(at, number, what)
            case _:
                raise AssertionError(what)

    async def _pause(self, at: datetime, number: int, pause: Paused) -> None:
        film_id = self.ids[pause.film] if pause.film else None
        async with self.db.reading() as tx:
            server = await subscriber_store.get_subscriber(tx, self.servers[number])
            followed = await subscriber_store.list_subscriptions(tx, server.id)
        if at == pause.start:
            await self.tracking.pause(server, film_id, None if pause.by_hand else pause.end, at)
            return
        known = next(s.pause for s in followed if s.film.id == film_id) if film_id else server.pause
        assert known is not None
        await self.tracking.resume(server, film_id, known, at)

    def _start(self) -> None:
        self.killed = False
        self.dispatch = make_dispatch(self.db, self, self, owner=f"owner-{self.played['killed']}")

    async def _restart(self) -> None:
        self.played["restarts"] += 1
        self._start()
        await self.dispatch.start()

    def _is_out(self, *, bot: bool) -> bool:
        return any(o.start <= self.time < o.end and (o.bot or not bot) for o in self.outages)

    async def send(self, parcel: Parcel) -> Attempt:
        """A message leaves: an answer, silence, a refusal, or the last thing that a process did."""
        if self._is_out(bot=False):
            end = max(outage.end for outage in self.outages if outage.start <= self.time < outage.end)
            return Attempt(Outcome.NOT_SENT, reason="connection refused", retry_after=end - self.time)
        fault = self._fault(parcel.message.channel_id)
        self.played[fault] += 1
        if fault == "429":
            return Attempt(Outcome.NOT_SENT, reason="429", retry_after=timedelta(seconds=self.random.randrange(20)))
        if fault in ("none", "arrived in silence", "killed after it arrived"):
            self._arrive(parcel)
        if "killed" in fault:
            self.killed = True
            self.played["killed"] += 1
            raise Killed
        return Attempt(Outcome.SENT, 1) if fault == "none" else Attempt(Outcome.UNKNOWN, reason="time-out")

    def _fault(self, number: int) -> str:
        turns = self.soon[number]
        next_turn = bisect_right(turns, self.time)
        calm = next_turn == len(turns) or turns[next_turn] > self.time + CALM
        return self.random.choice(FAULTS) if calm and self.random.random() < 0.15 else "none"

    def _arrive(self, parcel: Parcel) -> None:
        """Discord drops a second message with a nonce that it has seen in the past few minutes."""
        channel, key = self.channels[parcel.message.channel_id], parcel.message.message_key
        if key not in channel:
            channel[key] = (self.time, parcel)
        elif self.time - channel[key][0] > timedelta(minutes=3):
            self.wrong.append(f"a second time: {key} at {self.time}")

    async def find(self, message: Message, after: datetime) -> Attempt:
        """Read the channel's history."""
        if self._is_out(bot=False):
            return Attempt(Outcome.UNKNOWN, reason="connection refused")
        seen = self.channels[message.channel_id].get(message.message_key)
        there = seen is not None and seen[0] >= after
        return Attempt(Outcome.SENT, 1) if there else Attempt(Outcome.NOT_SENT, reason="not in the history")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        """Edits are on trial elsewhere."""
        self.played["corrections"] += 1
        return Attempt(Outcome.SENT, 1)

    async def tell_admins(self, subscriber: Subscriber, channel_id: int, attempt: Attempt) -> None:
        """No channel is ever closed, and no history unreadable."""
        self.wrong.append(f"{channel_id}: {attempt} at {self.time}")

    async def list_rows(self, number: int) -> Sequence[Post]:
        """Every post of a server, in any state."""
        async with self.db.reading() as tx:
            return await post_store.list_posts_since(tx, self.servers[number], datetime(2000, 1, 1, tzinfo=UTC))

    def told(self, number: int) -> tuple[list[Posted], list[Resumed]]:
        """What arrived in a server's channel, in the oracle's words."""
        found, resumed = list[Posted](), list[Resumed]()
        for at, parcel in self.channels[number].values():
            posts = parcel.message.posts
            found += [self._in_words(post, at) for post in posts if post.kind in _ORACLES]
            ends = [post for post in posts if post.kind is PostKind.RESUME]
            if parcel.skipped or len(ends) == len(posts):
                kept = tuple(sorted(self._in_words(post, at)[1:] for post in parcel.skipped))
                resumed.append(Resumed(at, self.numbers.get(ends[0].film_id or 0, 0), kept))
        return sorted(found), sorted(resumed)

    def _in_words(self, post: Post, at: datetime) -> Posted:
        return posted(post, at)._replace(film=self.numbers[post.film_id or 0])


async def differences(year: DeliveredYear) -> tuple[list[str], Counter[str]]:
    """Where what arrived, or is on the books, is not what the oracle says; and how much of what there was."""
    wrong, counted = list(year.wrong), Counter[str]()
    zone = ""
    for life in sorted(year.lives, key=lambda life: life.script.settings.zone):
        if life.script.settings.zone != zone:  # a zone's clocks are many
            zone = life.script.settings.zone
            forget_clocks()
        wanted, (found, resumed) = must_be_told(life), year.told(life.number)
        rows = await year.list_rows(life.number)
        wrong += [f"server {life.number} {each}" for each in _compared(wanted.posted, found)]
        wrong += [f"server {life.number} {each}" for each in _compared(wanted.resumed, resumed)]
        wrong += [f"server {life.number} {each}" for each in _misbooked(year, life.number, rows)]
        counted["messages"] += len(year.channels[life.number])
        counted.update(post.what for post in found)
        counted["resume messages"] += len(resumed)
        counted["kept back"] += len(wanted.kept)
        counted.update(f"rows {row.state}" for row in rows)
        counted["stale"] += sum(row.reason.startswith("stale") for row in rows)
    return wrong, counted


def _compared(wanted: Sequence[Posted] | Sequence[Resumed], found: Sequence[Posted] | Sequence[Resumed]) -> list[str]:
    """What is missing, too many, or at another time."""
    ours, theirs = (sorted(some, key=lambda each: (each[1:], each.at)) for some in (found, wanted))
    missing = Counter(each[1:] for each in theirs) - Counter(each[1:] for each in ours)
    extra = Counter(each[1:] for each in ours) - Counter(each[1:] for each in theirs)
    wrong = [f"was not told {each}" for each in missing.elements()] + [f"was told {each}" for each in extra.elements()]
    if wrong:
        return wrong
    pairs = zip(ours, theirs, strict=True)
    return [f"was told {one} and not at {two.at}" for one, two in pairs if not timedelta() <= one.at - two.at <= CALM]


def _misbooked(year: DeliveredYear, number: int, rows: Sequence[Post]) -> list[str]:
    """Posts that the books have otherwise than the channel, and those that came to no end."""
    sent = Counter(row.dedup_key for row in rows if row.state is PostState.SENT)
    there = Counter(p.dedup_key for _, parcel in year.channels[number].values() for p in parcel.message.posts)
    ended = {PostState.SENT, PostState.SKIPPED, PostState.CANCELLED}
    wrong = [f"is booked as sent and not there: {key}" for key in (sent - there).elements()]
    wrong += [f"is there and not booked as sent: {key}" for key in (there - sent).elements()]
    return wrong + [f"has no end: {row}" for row in rows if row.due_at < year.time and row.state not in ended]


def _choices(settings: Settings) -> Choices:
    hours = QuietHours(*map(clock_time.fromisoformat, settings.quiet)) if settings.quiet else None
    return {**choices_of(settings), "quiet": hours}


def _turns(life: Life) -> list[datetime]:
    """When something changes for a server."""
    moments = {event.at for event in life.script.events} | {outage.start for outage in life.script.outages}
    return sorted(moments | {moment for pause in life.pauses for moment in (pause.start, pause.end)})


def _film(number: int, dates: tuple[Date, ...]) -> Film:
    releases = tuple(Release(d.country, ReleaseType(d.type), ReleaseDate.parse(d.when), d.note) for d in dates)
    return Film(0, f"Film {number}", releases=releases, ids={"bundled": f"film-{number}"})


async def live_through(folder: Path, *, servers: int, seed: int) -> tuple[list[str], Counter[str], Counter[str]]:
    """A year: what is wrong with it, what was told, what was played."""
    file = folder / "delivered.db"
    async with open_inline(file) as db:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
            year = DeliveredYear(db, reader, servers=servers, seed=seed)
            await year.live()
            return *await differences(year), year.played


def main(arguments: Sequence[str]) -> None:
    """Read what is wanted, live through it, print what was told."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("servers", 1000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    read = vars(parser.parse_args(arguments))
    logging.disable(logging.CRITICAL)  # kills are logged at length
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        wrong, counted, played = asyncio.run(live_through(Path(folder), **read))
    sys.stdout.write(
        f"{read}\ntold {dict(counted)}\nplayed {dict(played)}\nCPU {time.process_time() - started:.0f} s\n"
    )
    sys.stdout.write("\n".join(wrong[:40]) + f"\n{len(wrong)} differences\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
