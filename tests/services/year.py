"""A server that lives through a script on a real database, with the real services and a Discord that misbehaves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random

from bot.domain.corrections import CORRECTED_FOR, NAMES_A_DAY
from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import MAX_POSTS, Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.releases import first_date
from bot.domain.subscribers import Subscriber, SubscriberKind, Wanted
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning
from bot.services.settings import Choices, Preferences
from bot.services.taking import take_in
from bot.services.tracking import Place, Tracking
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.domain.desk import posted
from tests.domain.oracle import Posted
from tests.domain.script import Date, Event, Script, Settings
from tests.services.dispatching import make_dispatch
from tests.store.raw import fetch

GUILD = 900
#: No fault is played when a fact is about to change: the oracle knows of no delays.
CALM = timedelta(minutes=15)
#: Where everything that is still to happen stands in the store.
NEXT = """
    SELECT MIN(CASE WHEN at > :now THEN at END) AS at, COUNT(CASE WHEN at <= :now THEN 1 END) AS waiting FROM (
        SELECT next_wake_at AS at FROM subscribers
        UNION ALL SELECT CASE WHEN due_at > not_before_at THEN due_at ELSE not_before_at END
            FROM posts WHERE state = 'planned'
        UNION ALL SELECT CASE state WHEN 'in_doubt' THEN retry_at ELSE lease_until END
            FROM messages WHERE state IN ('sending', 'in_doubt')
        UNION ALL SELECT due_at FROM corrections
    ) AS moments
"""


EDIT_FAULTS = ("none", "none", "lost", "taken in silence", "lost and killed", "killed after it was taken")


class Killed(Exception):
    """The process died in the middle of a send."""


class Year:
    """Clock, Discord and bot in one: steps from one moment at which something can happen to the next."""

    def __init__(self, script: Script, db: Database, *, faults: bool, twice: bool, killed_at: datetime | None) -> None:
        self.script, self.db = script, db
        self.twice, self.killed_at = twice, killed_at
        self.time = script.start
        self.random = Random(script.seed)
        self.faults = faults
        self.played: Counter[str] = Counter()
        self.channel: dict[str, tuple[datetime, Message]] = {}  #: what arrived, by nonce
        self.struck: dict[str, frozenset[int]] = {}  #: ids of the posts that a message shows struck out, by nonce
        self.edits = Random(script.seed)
        self.settings = script.settings
        self.closed = False
        self.owners = 0
        self.ids: dict[int, int] = {}  #: the script's films → the store's
        self.films: dict[int, Film] = {}  #: by the store's id
        self.events = list(script.events)
        self.subscriber_id = 0
        self.ended: list[Posted] = []
        self.wrong: list[str] = []
        self.planning, self.preferences, self.tracking = Planning(db), Preferences(db), Tracking(db)
        self.dispatch = self._start_dispatch()

    def now(self) -> datetime:
        return self.time

    async def live(self) -> None:
        """To the end of the script."""
        await self._set_up()
        asleep = False
        while self.time < self.script.end:
            if self.script.asleep(self.time):
                asleep = True
            else:
                if asleep:
                    await self._restart()
                    asleep = False
                await self._step()
            self.time = await self._next()
        await self._finish()

    async def _step(self) -> None:
        while self.events and self.events[0].at <= self.time:
            await self._learn(self.events.pop(0))
        await self.planning.run(self.time)
        if self.twice:
            await self._plan_again()
        for _ in range(20):
            started = await self.dispatch.run(self.time)
            await self.dispatch.drain()
            if self.time == self.killed_at:
                return  # and stays dead until the outage that follows is over
            if self.played["killed"] > self.owners - 1:
                await self._restart()
            if self.closed:
                await self._reopen()
            if not await self.planning.run(self.time) and not started:
                await self._check_channel()
                return
        raise AssertionError(f"dispatch does not come to rest at {self.time}")

    async def _plan_again(self) -> None:
        before = await self.posts()
        async with self.db.transaction() as tx:
            await subscriber_store.wake_subscriber(tx, self.subscriber_id, self.time)
        await self.planning.run(self.time)
        assert await self.posts() == before, f"planning twice changed something at {self.time}"

    async def _next(self) -> datetime:
        moments = [event.at for event in self.events[:1]] + [outage.end for outage in self.script.outages]
        [stored] = await fetch(self.db, NEXT.replace(":now", str(int(self.time.timestamp()))))
        at, waiting = stored["at"], stored["waiting"]
        moments += [datetime.fromtimestamp(at, UTC)] if at is not None else []
        # After a 401 nothing is tried for minutes.
        moments += [self.time + timedelta(minutes=1)] if waiting and not self.script.mute(self.time) else []
        return min((moment for moment in moments if moment > self.time), default=self.script.end)

    async def _set_up(self) -> None:
        server = replace(Subscriber(0, SubscriberKind.GUILD, GUILD), **choices_of(self.script.settings))
        async with self.db.transaction() as tx:
            self.subscriber_id = (await subscriber_store.add_subscriber(tx, server, self.time)).id
            for number, dates in self.script.films.items():
                taken = await take_in(tx, _film(number, dates), "bundled", self.time)
                self.ids[number] = taken.film_id
                self.films[self.ids[number]] = _film(number, dates)

    async def _learn(self, event: Event) -> None:
        if event.settings is not None:
            self.settings = event.settings
            await self.preferences.change(self.subscriber_id, event.at, **choices_of(event.settings))
        elif event.tracked is True:
            await self.tracking.track(
                Place(GUILD, self.settings.channel, 1, "en-US"), self.ids[event.film], None, event.at
            )
        elif event.tracked is False and await self.tracking.find_tracked(GUILD, self.ids[event.film], event.at):
            await self.tracking.untrack(GUILD, self.ids[event.film], event.at)
        elif event.dates is not None:
            film = _film(event.film, event.dates)
            async with self.db.transaction() as tx:
                await take_in(tx, film, "bundled", event.at)
            self.films[self.ids[event.film]] = film

    def _start_dispatch(self) -> Dispatch:
        self.owners += 1
        return make_dispatch(self.db, self, self, owner=f"owner-{self.owners}", per_second=100_000)

    async def _restart(self) -> None:
        self.dispatch = self._start_dispatch()
        await self.dispatch.start()

    async def _reopen(self) -> None:
        """An admin gives the right to write back."""
        self.closed = False
        async with self.db.reading() as tx:
            server = await subscriber_store.get_subscriber(tx, self.subscriber_id)
        await self.preferences.reopen(server, self.settings.channel, self.time)

    async def send(self, parcel: Parcel) -> Attempt:
        message = parcel.message
        self._check(parcel)
        if self.script.mute(self.time):
            end = max(outage.end for outage in self.script.outages if outage.start <= self.time < outage.end)
            return Attempt(Outcome.NOT_SENT, reason="connection refused", retry_after=end - self.time)
        fault = self._fault()
        self.played[fault] += 1
        match fault:
            case "429":
                return Attempt(Outcome.NOT_SENT, reason="429", retry_after=timedelta(seconds=self.random.randrange(20)))
            case "401":
                return Attempt(Outcome.UNAUTHORISED, reason="401")
            case "403":
                self.closed = True
                return Attempt(Outcome.CLOSED, reason="403")
            case "lost":
                return Attempt(Outcome.UNKNOWN, reason="time-out")
            case "lost and killed":
                self.played["killed"] += 1
                raise Killed
            case _:
                self._arrive(message)
        if fault == "killed after it arrived":
            self.played["killed"] += 1
            raise Killed
        if fault == "arrived in silence":
            return Attempt(Outcome.UNKNOWN, reason="time-out")
        return Attempt(Outcome.SENT, 1)

    def _fault(self) -> str:
        if self.time == self.killed_at:
            return "killed after it arrived"
        soon = self.time + CALM
        calm = all(not self.time <= event.at < soon for event in self.events)
        calm = calm and all(not self.time <= outage.start < soon for outage in self.script.outages)
        if not self.faults or not calm or self.random.random() < 0.5:
            return "none"
        common = ("429", "lost", "arrived in silence", "lost and killed", "killed after it arrived")
        return self.random.choice((*common, *common, "401", "403"))

    def _arrive(self, message: Message) -> None:
        """Discord drops a second message with a nonce that it has seen in the past few minutes."""
        seen = self.channel.get(message.message_key)
        if seen is None or self.time - seen[0] > timedelta(minutes=3):
            if seen is not None:
                self.wrong.append(f"a second time: {message.message_key} at {self.time}")
            self.channel[message.message_key] = (self.time, message)

    def _check(self, parcel: Parcel) -> None:
        """Note what is wrong with a message that is to be sent now: raising would be a fault for the bot to survive."""
        posts = parcel.message.posts
        if parcel.now != self.time or not 0 < len(posts) <= MAX_POSTS:
            self.wrong.append(f"a message of {len(posts)} posts for {parcel.now} at {self.time}")
        if parcel.message.channel_id != self.settings.channel:
            self.wrong.append(f"sent to {parcel.message.channel_id} at {self.time}")
        self.wrong += [f"early: {post.dedup_key} at {self.time}" for post in posts if self.time < post.due_at]
        self.wrong += [f"stale: {post.dedup_key} at {self.time}" for post in posts if self.time >= post.fresh_until]
        self.wrong += [f"untrue: {post.dedup_key} at {self.time}" for post in posts if not self._is_true(post)]

    async def _check_channel(self) -> None:
        """Once everybody had time to edit: the latest countdown of each film and type is struck out if it is untrue."""
        async with self.db.reading() as tx:
            followed = {s.film.id for s in await subscriber_store.list_subscriptions(tx, self.subscriber_id)}
        sent = {post.id for post in await self.posts() if post.state is PostState.SENT}
        if await fetch(self.db, "SELECT * FROM corrections"):
            return
        latest = {
            (post.film_id, post.type): (message.message_key, post)
            for _, message in sorted(self.channel.values(), key=lambda arrived: arrived[1].id)
            for post in message.posts
            if post.kind in NAMES_A_DAY and post.id in sent
        }
        for key, post in latest.values():
            struck = post.id in self.struck.get(key, ())
            recent = self.time - post.due_at < CORRECTED_FOR
            if recent and post.film_id in followed and struck == self._is_true(post):
                self.wrong.append(f"{post.dedup_key} is {'' if struck else 'not '}struck out at {self.time}")
            self.played["struck out"] += struck

    def _is_true(self, post: Post) -> bool:
        if post.kind in {PostKind.RESUME, PostKind.DOUBT}:  # neither says that a date is in force
            return True
        film = self.films[post.film_id or 0]
        return first_date(film, post.country, post.type) == post.date

    async def find(self, message: Message, after: datetime) -> Attempt:
        if self.script.mute(self.time):
            return Attempt(Outcome.UNKNOWN, reason="connection refused")
        seen = self.channel.get(message.message_key)
        there = seen is not None and seen[0] >= after
        return Attempt(Outcome.SENT, 1) if there else Attempt(Outcome.NOT_SENT, reason="not in the history")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        """An edit is taken, lost, taken in silence, or the last thing that a process did."""
        message = parcel.message
        untrue = {post.id for post in message.posts if post.kind in NAMES_A_DAY and not self._is_true(post)}
        if moved.keys() != untrue:
            self.wrong.append(f"{message.message_key} corrected to {dict(moved)} instead of {untrue} at {self.time}")
        fault = self.edits.choice(EDIT_FAULTS) if self.faults else "none"
        self.played[f"edit: {fault}"] += 1
        if "lost" not in fault:
            self.struck[message.message_key] = frozenset(moved)
        if "killed" in fault:
            self.played["killed"] += 1
            raise Killed
        return Attempt(Outcome.SENT, 1) if fault == "none" else Attempt(Outcome.UNKNOWN, reason="503")

    async def posts(self) -> Sequence[Post]:
        async with self.db.reading() as tx:
            return await post_store.list_posts_since(tx, self.subscriber_id, datetime(2000, 1, 1, tzinfo=UTC))

    async def _finish(self) -> None:
        """Write down what arrived, and what failed for good, in the oracle's words."""
        numbers = {film_id: number for number, film_id in self.ids.items()}
        arrived = [(at, post) for at, message in self.channel.values() for post in message.posts]
        arrived += [
            (post.settled_at or post.due_at, post) for post in await self.posts() if post.reason == "paused: 403"
        ]
        found = [(at, post) for at, post in arrived if post.kind is not PostKind.RESUME]
        self.ended = sorted(posted(post, at)._replace(film=numbers[post.film_id or 0]) for at, post in found)


def _film(number: int, dates: tuple[Date, ...]) -> Film:
    releases = tuple(Release(d.country, ReleaseType(d.type), ReleaseDate.parse(d.when), d.note) for d in dates)
    return Film(0, f"Film {number}", releases=releases, ids={"bundled": f"film-{number}"})


def choices_of(settings: Settings) -> Choices:
    """A script's settings as a server's."""
    return {
        "country": settings.country,
        "timezone": settings.zone,
        "posting_time": time.fromisoformat(settings.hour),
        "milestones": settings.milestones,
        "channel_id": settings.channel,
        "wanted": frozenset(map(Wanted, settings.wanted)),
    }
