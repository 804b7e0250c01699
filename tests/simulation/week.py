"""A week of 100,000 servers with a blockbuster in it: `python -m tests.simulation.week --servers 100000`.

Real: taking facts in, planning, the pace, dispatch with its claims, leases, doubts and corrections, the store on an
SQLite file. Made up: the servers, the films, Discord, and time, which is the loop's own: planning and the database take
none of it, the pace and Discord's answers do. A process is killed three times; the next begins ten seconds later, as on
PostgreSQL, and waits for the leases. What arrived is held against an oracle, and what waited is counted by the minute.
"""

import argparse
import asyncio
import gc
import json
import logging
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any, get_args

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.correcting import Correcting
from bot.services.dispatch import Dispatch
from bot.services.limits import divide
from bot.services.pace import Pace
from bot.services.planning import Planning
from bot.services.taking import take_in
from bot.settings import DEFAULT_POST_RATE
from bot.store.database import Database
from bot.store.subscriber_rows import settings_columns
from tests.simulation.crowd import MOVED_AT, MOVED_BY, MOVER, START, Crowd, Server, Spread, make_crowd
from tests.simulation.crowded_discord import Clock, Discord, Line, Outage
from tests.simulation.inline import open_inline
from tests.simulation.virtual import run_virtually
from tests.simulation.week_books import Books, read_books

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
#: Until the release day is over everywhere.
END = START + 10 * DAY + 6 * HOUR + 20 * MINUTE
TAKEOVER = timedelta(seconds=10)
#: After the start, in the busiest minutes: nine o'clock in London, and twice in New York.
KILLS = ((2, 8, 1), (6, 13, 2), (9, 13, 1))
#: Five minutes of 503 in the US East's first countdown, half an hour without a connection in Brazil's release day.
OUTAGES = (
    Outage(START + 2 * DAY + 13 * HOUR + MINUTE, START + 2 * DAY + 13 * HOUR + 6 * MINUTE, refused=False),
    Outage(START + 8 * DAY + 12 * HOUR, START + 8 * DAY + 12 * HOUR + 30 * MINUTE, refused=True),
)
_NEXT = """
    SELECT MIN(at) FROM (
        SELECT MIN(next_wake_at) AS at FROM subscribers
        UNION ALL SELECT MIN(MAX(due_at, not_before_at)) FROM posts WHERE state = 'planned'
        UNION ALL SELECT MIN(CASE state WHEN 'in_doubt' THEN retry_at ELSE 0 END)
            FROM messages WHERE state IN ('sending', 'in_doubt')
        UNION ALL SELECT MIN(due_at) FROM corrections
    )
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be lived through."""

    servers: int = 100_000
    films: int = 1_500
    seed: int = 1
    per_second: float = DEFAULT_POST_RATE
    processes: int = 4  #: this one leads; the others keep a part of Discord's limit for their commands
    spread: Spread = "as they are"
    start: datetime = START
    faults: bool = True

    @property
    def outages(self) -> Sequence[Outage]:
        return OUTAGES if self.faults else ()

    @property
    def kills(self) -> list[datetime]:
        all_of_them = [START + days * DAY + hours * HOUR + minutes * MINUTE for days, hours, minutes in KILLS]
        return [kill for kill in all_of_them if self.faults and kill > self.start]


class Week:
    """The bot's leading process, one after the other, and who kills them."""

    def __init__(self, db: Database, reader: sqlite3.Connection, crowd: Crowd, wanted: Wanted) -> None:
        self.db, self.reader, self.crowd, self.wanted = db, reader, crowd, wanted
        self.clock = Clock(wanted.start)
        self.discord = Discord(wanted.outages)
        self.kills = wanted.kills
        self.moved = wanted.start > MOVED_AT
        self.planning = Planning(db)
        self.ids: dict[int, int] = {}  #: the crowd's films → the store's
        self._start()

    async def live(self) -> None:
        """To the end of the release day."""
        await self._set_up()
        gc.freeze()  # the crowd stays; what comes is seldom garbage in circles
        gc.set_threshold(100_000, 50, 100)
        told = self.wanted.start + DAY
        while (now := self.clock.now()) < END:
            if self.kills and self.kills[0] <= now:
                await self._be_killed()
                continue
            if not self.moved and now >= MOVED_AT:
                await self._move(now)
            if now >= told:
                sys.stderr.write(
                    f"{now:%a %d %b}, {len(self.discord.arrived):,} messages, CPU {time.process_time():.0f} s\n"
                )
                told += DAY
            await self.planning.run(now)
            await self.dispatch.run(now)
            await asyncio.sleep((self._next(now) - now).total_seconds())
        await self.dispatch.drain()

    def _next(self, now: datetime) -> datetime:
        """The next second of the real job at which something can happen; the job runs in all of them."""
        (at,) = self.reader.execute(_NEXT).fetchone()
        soon = now.replace(microsecond=0) + timedelta(seconds=1)
        moments = [END, *self.kills, *([] if self.moved else [MOVED_AT])]
        if at is not None:
            moments.append(datetime.fromtimestamp(at, soon.tzinfo))
        return max(soon, min(moments))

    def _start(self) -> None:
        pace = Pace(self.wanted.per_second)
        pace.share(divide(self.wanted.processes, leads=True))
        self.line = Line(self.discord, pace, self.clock)
        chores = [Correcting(self.db, self.line, self.clock, pace)]
        owner = f"owner-{len(self.kills)}"
        self.dispatch = Dispatch(self.db, self.line, self.clock, pace, owner=owner, chores=chores)

    async def _be_killed(self) -> None:
        """Whatever it has under way breaks off; who takes over may not touch that before its lease has run out."""
        self.kills.pop(0)
        self.line.is_alive = False
        self.discord.played["killed"] += 1
        await asyncio.sleep(TAKEOVER.total_seconds())
        self._start()

    async def _set_up(self) -> None:
        now = self.clock.now()
        before = now - timedelta(seconds=1)
        async with self.db.transaction() as tx:
            for film in self.crowd.films:
                self.ids[film] = (await take_in(tx, self._film(film), "bundled", before)).film_id
            await tx.many("add_subscriber", [_columns(server, before) for server in self.crowd.servers])
            follow = {"tracked_at": int(before.timestamp()), "tracked_by": 10**17, "channel_id": None, "country": None}
            rows = [
                {"subscriber_id": server.number, "film_id": self.ids[film], **follow}
                for server in self.crowd.servers
                for film in server.films
            ]
            await tx.many("add_subscription", rows)
            awake = [{"subscriber_id": s.number, "now": int(now.timestamp())} for s in self.crowd.servers]
            await tx.many("wake_subscriber", awake)

    async def _move(self, now: datetime) -> None:
        self.moved = True
        async with self.db.transaction() as tx:
            await take_in(tx, self._film(MOVER), "bundled", now)

    def _film(self, number: int) -> Film:
        by = MOVED_BY if number == MOVER and self.moved else timedelta()
        days = {country: ReleaseDate.parse(str(day + by)) for country, day in self.crowd.films[number].items()}
        releases = tuple(Release(country, ReleaseType.THEATRICAL, day) for country, day in days.items())
        return Film(0, f"Film {number}", releases=releases, ids={"bundled": f"film-{number}"})


def _columns(server: Server, now: datetime) -> dict[str, Any]:
    subscriber = Subscriber(
        0, SubscriberKind.GUILD, server.channel, server.channel, server.country, server.zone,
        clock_time(*divmod(server.minute, 60)), server.milestones,
    )  # fmt: skip
    return {
        "kind": subscriber.kind.value,
        "discord_id": subscriber.discord_id,
        "created_at": int(now.timestamp()),
        **settings_columns(subscriber),
    }


async def live_through(folder: Path, wanted: Wanted) -> Books:
    """The books of it: what was owed, what arrived, and what is wrong with that."""
    file = folder / "week.db"
    crowd = make_crowd(wanted.servers, wanted.films, wanted.seed, wanted.spread)
    async with open_inline(file) as db:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
            week = Week(db, reader, crowd, wanted)
            await week.live()
            books = read_books(reader, crowd, week.discord, week.ids, (wanted.start, END))
            books.counted["database MB"] = file.stat().st_size >> 20
            return books


def main(arguments: Sequence[str]) -> None:
    """Read what is wanted, live through it, write down what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("servers", 100_000), ("films", 1_500), ("seed", 1), ("processes", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--per-second", type=float, default=DEFAULT_POST_RATE)
    parser.add_argument("--spread", choices=get_args(Spread), default="as they are")
    parser.add_argument(
        "--last-days", type=int, default=0, help="begin so many days before the end, and without faults"
    )
    parser.add_argument("--json", type=Path, help="a file for the books, which tests.simulation.week_plot draws")
    read = vars(parser.parse_args(arguments))
    json_path, last_days = read.pop("json"), read.pop("last_days")
    more = {"start": START + (10 - last_days) * DAY, "faults": False} if last_days else {}
    logging.disable(logging.CRITICAL)  # kills are logged at length
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        books = run_virtually(live_through(Path(folder), Wanted(**read, **more)))
    sys.stdout.write("\n".join(books.lines()) + f"\nCPU {time.process_time() - started:.0f} s\n")
    if json_path:
        json_path.write_text(json.dumps(books.as_json()) + "\n", encoding="utf-8")
    sys.exit(1 if books.wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
