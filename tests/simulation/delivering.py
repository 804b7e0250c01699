"""Clock, Discord and bot for a year of many servers: `tests.simulation.delivered` compares what came of it."""

import sqlite3
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from random import Random

from bot.domain.dates import ReleaseDate
from bot.domain.destinations import Closure as Shut
from bot.domain.destinations import Door, Look
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.correcting import Correcting
from bot.services.destinations import Doorkeeping
from bot.services.dispatch import Dispatch
from bot.services.noticing import Noticing
from bot.services.pace import Pace
from bot.services.planning import Planning
from bot.services.settings import Choices, Preferences
from bot.services.taking import take_in
from bot.services.tracking import Place, Tracking
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.domain.desk import posted
from tests.domain.oracle import Posted
from tests.domain.script import Date, Event, Settings
from tests.services.year import NEXT, Killed, choices_of
from tests.simulation.delivery_oracle import Closure, Resumed
from tests.simulation.servers import END, START, Life, Paused, make_lives

#: No fault is played when something is about to change for a server: the oracle knows of no delays.
CALM = timedelta(minutes=15)
#: What the oracle knows of. Questions to admins are on trial elsewhere.
_ORACLES = frozenset({PostKind.RELEASE, PostKind.DATE_CHANGE, PostKind.COUNTDOWN})
NEXT_OF_ALL = NEXT.replace(
    "UNION ALL SELECT due_at FROM corrections",
    "UNION ALL SELECT due_at FROM corrections UNION ALL SELECT next_probe_at FROM destinations WHERE state = 'paused' "
    "UNION ALL SELECT due_at FROM admin_notices WHERE told_at IS NULL",
)
FAULTS = ("429", "lost", "arrived in silence", "lost and killed", "killed after it arrived")


class Admins:
    """Those who look after the servers: they hear of closed channels. Nothing is ever uncertain."""

    def __init__(self) -> None:
        self.told: Counter[int] = Counter()  #: how often, by server

    async def tell(self, subscriber: Subscriber, places: Sequence[int], sentence: str, nonce: str) -> Attempt:
        """Always arrives."""
        self.told[subscriber.discord_id] += 1
        return Attempt(Outcome.SENT, 1)

    async def find(self, subscriber: Subscriber, places: Sequence[int], sentence: str, after: datetime) -> Attempt:
        """Nobody asks: what is told arrives."""
        raise AssertionError(sentence)


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
        self.shut = {life.number: life.shut for life in self.lives}
        self.admins = Admins()
        self.closures: defaultdict[int, list[Closure]] = defaultdict(list)
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
        at, _ = self.reader.execute(NEXT_OF_ALL, {"now": int(self.time.timestamp())}).fetchone()
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
        pace = Pace(100_000)
        chores = [
            Correcting(self.db, self, self, pace),
            Noticing(self.db, self.admins, self, self, pace),
            Doorkeeping(self.db, self, self, pace),
        ]
        owner = f"owner-{self.played['killed']}"
        self.dispatch = Dispatch(self.db, self, self, pace, owner=owner, chores=chores)

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
        number = parcel.message.channel_id
        if self._is_shut(number):
            if not self.closures[number] or self.closures[number][-1].end < END:
                self.closures[number].append(Closure(self.time, END))
            return Attempt(Outcome.CLOSED, reason="403", closure=Shut.PERMISSION)
        fault = self._fault(number)
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

    def _is_shut(self, number: int) -> bool:
        return any(start <= self.time < end for start, end in self.shut[number])

    async def look(self, subscriber: Subscriber, channel_id: int) -> Look:
        """What may be done in a channel."""
        if self._is_out(bot=False):
            return Look(Door.UNKNOWN)
        if self._is_shut(channel_id):
            return Look(Door.SHUT)
        self.closures[channel_id][-1] = self.closures[channel_id][-1]._replace(end=self.time)
        return Look(Door.OPEN)

    async def is_member(self, guild_id: int) -> bool | None:
        """Nobody removes the bot."""
        return True

    async def list_guilds(self) -> frozenset[int] | None:
        """All of them."""
        return frozenset(self.by_number)

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
            kept = tuple(sorted(self._in_words(post, at)[1:] for post in parcel.skipped if post.kind in _ORACLES))
            if kept or (not parcel.skipped and len(ends) == len(posts)):
                resumed.append(Resumed(at, self.numbers.get(ends[0].film_id or 0, 0), kept))
        return sorted(found), sorted(resumed)

    def _in_words(self, post: Post, at: datetime) -> Posted:
        return posted(post, at)._replace(film=self.numbers[post.film_id or 0])


def _choices(settings: Settings) -> Choices:
    hours = QuietHours(*map(clock_time.fromisoformat, settings.quiet)) if settings.quiet else None
    return {**choices_of(settings), "quiet": hours}


def _turns(life: Life) -> list[datetime]:
    """When something changes for a server."""
    moments = {event.at for event in life.script.events} | {outage.start for outage in life.script.outages}
    moments |= {moment for shut in life.shut for moment in shut}
    return sorted(moments | {moment for pause in life.pauses for moment in (pause.start, pause.end)})


def _film(number: int, dates: tuple[Date, ...]) -> Film:
    releases = tuple(Release(d.country, ReleaseType(d.type), ReleaseDate.parse(d.when), d.note) for d in dates)
    return Film(0, f"Film {number}", releases=releases, ids={"bundled": f"film-{number}"})
