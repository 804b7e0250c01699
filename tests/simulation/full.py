"""A year of servers that use everything: forums, announcements, live countdowns, digests, follows, reminders …"""

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.admin_notices import AdminNotice
from bot.domain.channels import ChannelKind
from bot.domain.dates import ReleaseDate
from bot.domain.films import Credit, Film, Job, Release, ReleaseType
from bot.domain.follows import Follow, FollowKind
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.services.catalogue import load_catalogue
from bot.services.correcting import Correcting
from bot.services.crossposting import Crossposting
from bot.services.destinations import Doorkeeping
from bot.services.dispatch import Dispatch
from bot.services.doubting import Doubting
from bot.services.living import Living
from bot.services.noticing import Noticing
from bot.services.pace import Pace
from bot.services.reminding import Person, Reminding
from bot.services.taking import take_in
from bot.services.tracking import Place
from bot.sources.bundled import digest_of, find_catalogue, read_catalogue
from bot.store import admin_notices as notice_store
from bot.store import corrections as correction_store
from bot.store import films as film_store
from bot.store import follows as follow_store
from bot.store import records as record_store
from bot.store.database import Database
from bot.store.films import set_meta
from tests.simulation.delivering import NEXT_OF_ALL, DeliveredYear
from tests.simulation.inline import open_inline
from tests.simulation.servers import END, START

DAY = timedelta(days=1)
NEXT = NEXT_OF_ALL.replace(
    "UNION ALL SELECT due_at FROM corrections",
    "UNION ALL SELECT due_at FROM corrections UNION ALL SELECT due_at FROM crossposts WHERE done_at IS NULL "
    "UNION ALL SELECT due_at FROM live_messages WHERE message_id IS NOT NULL",
)
#: Films of a source on the network, beside those of the catalogue and of the scripts.
ELSEWHERE = 5


class FullYear(DeliveredYear):
    """The same servers, most with more of Marquee's ways; nobody compares what they are told."""

    def __init__(self, db: Database, reader: sqlite3.Connection, *, servers: int, seed: int) -> None:
        self.arrived = 10**18
        self.dying = False
        super().__init__(db, reader, servers=servers, seed=seed)
        self.shut, self.soon = defaultdict(tuple, self.shut), defaultdict(list, self.soon)  # people have no script

    def _start(self) -> None:
        self.killed = False
        pace = Pace(100_000)
        chores = [
            Correcting(self.db, self, self, pace),
            Crossposting(self.db, self, self, self, pace),
            Living(self.db, self, self, self, pace),
            Noticing(self.db, self.admins, self, self, pace),
            Doorkeeping(self.db, self, self, pace),
        ]
        self.dispatch = Dispatch(self.db, self, self, pace, owner=f"owner-{self.played['killed']}", chores=chores)

    def _next(self) -> datetime:
        moments = [self.agenda[0][0]] if self.agenda else []
        moments += [outage.end for outage in self.outages]
        at, _ = self.reader.execute(NEXT, {"now": int(self.time.timestamp())}).fetchone()
        moments += [datetime.fromtimestamp(at, UTC)] if at is not None else []
        return min((moment for moment in moments if moment > self.time), default=END)

    async def _set_up(self) -> None:
        folder = find_catalogue()
        await load_catalogue(self.db, digest_of(folder), lambda: read_catalogue(folder), START)
        await super()._set_up()
        for number, subscriber_id in self.servers.items():
            match number % 5:
                case 0:
                    await self.preferences.note_kind(number, ChannelKind.FORUM, START)
                case 1:
                    await self.preferences.note_kind(number, ChannelKind.NEWS, START)
                    await self.preferences.change(subscriber_id, START, crosspost=True)
                case 2:
                    await self.preferences.change(subscriber_id, START, live=True, ping_role_id=10**17 + number)
                case 3:
                    await self.preferences.change(subscriber_id, START, digest_weekday=number % 7, daily_cap=2)
                case _:
                    pass
        await self._meet_people()

    async def _meet_people(self) -> None:
        """A third as many people as servers, with reminders; what sources on the network say; what is followed."""
        reminding = Reminding(self.db)
        for number in range(1, len(self.lives) // 3 + 2):
            for film_id in self.random.sample(sorted(self.numbers), 3):
                await reminding.remind(Person(10**17 + number, None, "de"), film_id, 10**9 + number, START)
        async with self.db.transaction() as tx:
            for number in range(ELSEWHERE):
                await take_in(tx, _elsewhere(number, "2026-03-20"), "tmdb", START)
            ids = [(await film_store.find_film_id(tx, "tmdb", str(number))) or 0 for number in range(ELSEWHERE)]
            await record_store.save_source_answer(tx, "tmdb", "search: Amélie 🎬", '{"hits": []}', END - DAY)
            for number, subscriber_id in self.servers.items():
                person = Follow(
                    0, subscriber_id, FollowKind.PERSON, f"Zoë “{number}”", ("tmdb:224513",), None, 7, START, END
                )  # fmt: skip
                follow = await follow_store.add_follow(tx, person)
                assert follow is not None
                await follow_store.add_met(tx, follow.id, self.random.sample(sorted(self.numbers), 2), START)
        for number in self.servers:
            for film_id in ids:
                await self.tracking.track(Place(number, number, 1, "en-US"), film_id, None, START)

    async def live(self) -> None:
        """To the end of the year, and into its last evening: doubts, answers, and a kill while messages are sent."""
        await super().live()
        self.time = now = END + timedelta(minutes=1)
        async with self.db.transaction() as tx:
            for number in range(ELSEWHERE):
                await take_in(tx, _elsewhere(number, "2027-09-10"), "tmdb", now)
            for subscriber_id in self.servers.values():
                notice = AdminNotice(subscriber_id, "closed:1:1", "It may not be written in #films any more.", now)
                await notice_store.add_notice(tx, notice, now)
            await set_meta(tx, "alive at", now.isoformat())
        doubting = Doubting(self.db)
        doubts = [row["id"] for row in self.reader.execute("SELECT id FROM doubts WHERE state = 'open'")]
        for number in self.servers:
            answer = doubting.wait if number % 3 else doubting.trust
            await answer(number, doubts[number % len(doubts)], 10**17 + number, now)
        self.dying = True
        await self.planning.run(now)
        await self.dispatch.run(now)
        await self.dispatch.drain()
        async with self.db.transaction() as tx:
            told = self.reader.execute("SELECT MAX(id) AS id FROM messages WHERE state = 'sent' GROUP BY channel_id")
            await correction_store.add_corrections(tx, [row["id"] for row in told], now)

    def _fault(self, number: int) -> str:
        return "killed after it arrived" if self.dying else super()._fault(number)

    async def send(self, parcel: Parcel) -> Attempt:
        """As every year; and Discord gives each message an id of its own."""
        attempt = await super().send(parcel)
        if attempt.outcome is not Outcome.SENT:
            return attempt
        self.arrived += 1
        return replace(attempt, discord_message_id=self.arrived)

    async def edit(self, parcel: Parcel) -> Attempt | None:
        """Live countdowns are edited; one in fifty was deleted."""
        if self.random.random() < 0.02:
            return None
        return Attempt(Outcome.SENT)

    async def publish(self, message: Message) -> Attempt:
        """Announcements are published."""
        return Attempt(Outcome.SENT)


def _elsewhere(number: int, day: str) -> Film:
    """A film as a source on the network tells it, people by their ids there among it."""
    people = (
        Credit(0, "Zoë Kravitz", Job.DIRECTOR, 0, "", ("tmdb:224513",)),
        Credit(0, "Gaël García Bernal", Job.CAST, 0, f"Nº {number} “el Ñandú”", ("tmdb:258",)),
    )
    release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(day), "", "tmdb")
    return Film(0, f"Élan {number} 🎬", 2026, releases=(release,), credits=people, ids={"tmdb": str(number)})


async def live_fully(file: Path, *, servers: int, seed: int) -> FullYear:
    """A year on the SQLite file `file`."""
    async with open_inline(file) as db:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
            reader.row_factory = sqlite3.Row
            year = FullYear(db, reader, servers=servers, seed=seed)
            await year.live()
    return year
