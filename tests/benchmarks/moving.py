"""A film that 76,000 servers follow moves: how long until all are planned anew, and what commands take meanwhile.

Real discord.py, connected to a stand-in in its own process, and the planner, in one event loop as in the bot. Each
server follows three other films, and was told a countdown of this one, which is to be corrected.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from bot.app import App, open_app
from bot.clock import SystemClock
from bot.connecting import connect
from bot.domain.dates import ReleaseDate
from bot.domain.films import ReleaseType
from bot.services.taking import take_in
from bot.settings import load_settings
from bot.store.films import find_film
from tests.benchmarks.crowd import Servers, far_films, stock
from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.lag import Lag, percentile
from tests.chaos.stage import TOKEN
from tests.standin.client import USUAL, StandinProcess
from tests.standin.pointing import pointed_at
from tests.standin.records import Guild
from tests.store.raw import fetch

FOLLOWERS, OTHERS, FOLLOWS = 76_000, 24_000, 3
#: The film that moves, and those that stay.
MOVES, _FILMS = 1, 300
#: So many of them people look at; each was drawn before.
_SEEN = 10
#: Seconds until all are planned anew, if 76,000 follow; milliseconds of 99 commands in 100.
GOAL, P99 = 60.0, 50.0
#: Discord waits so long for an answer.
NO_ANSWER_MS = 3_000.0
_THINK_SECONDS, _ALONE_SECONDS = 0.4, 3
_PEOPLE = 4


@dataclass(frozen=True, slots=True)
class Run:
    """One move of the film."""

    seconds: float
    waking: float  #: the transaction that moves it and wakes them all
    film_ms: list[float]
    track_ms: list[float]
    alone_ms: list[float]  #: either, before it moved
    lag_ms: float


async def measure(scale: Scale) -> Sequence[Figure]:
    """Move the film by a week, again and again."""
    followers = FOLLOWERS if scale.full else FOLLOWERS // 20
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marquee.db"
        await _stock(path, followers)
        async with StandinProcess(token=TOKEN) as standin:
            people = await standin.add_servers(_PEOPLE, bot=USUAL)
            async with connected(standin, path) as app:
                for number, (guild, channel_id) in itertools.product(range(1, _SEEN + 1), people):  # pictures are drawn
                    film = {"film": f"id:{MOVES + number}"}
                    await standin.slash("film", film, channel_id=channel_id, user_id=guild.owner_id)
                runs = [await _move(app, standin, people, followers, week) for week in range(1, scale.runs + 1)]
    typed = [ms for run in runs for ms in run.film_ms + run.track_ms]
    alone = percentile([ms for run in runs for ms in run.alone_ms], 0.99)
    at_once = f"{len(typed):,} commands; at most {max(typed):.0f} ms; p99 alone {alone:.0f} ms"
    waking = f"{followers:,} followers; the move itself {1000 * max(run.waking for run in runs):.0f} ms at most"
    projected = "" if followers == FOLLOWERS else ", projected to 76,000"
    return [
        Figure(
            "A film followed by 76,000 servers moves: all planned anew", "", "s",
            tuple(run.seconds * FOLLOWERS / followers for run in runs), (), GOAL, "low", waking + projected,
        ),
        Figure(
            "/film and /track meanwhile, p99", "", "ms", (percentile(typed, 0.99),), (), P99,
            "low", at_once,
        ),
        Figure("Event-loop lag meanwhile, p99", "", "ms", tuple(run.lag_ms for run in runs), (), 20, "low"),
    ]  # fmt: skip


@asynccontextmanager
async def connected(standin: StandinProcess, path: Path) -> AsyncIterator[App]:
    """Marquee, connected to the stand-in, in this event loop; its jobs do not run by themselves."""
    environment = {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": f"sqlite:///{path}", "WIKIDATA": "off"}
    settings = load_settings(environment, None, need_token=True)
    with pointed_at(standin.api, standin.gateway):
        async with open_app(settings, SystemClock()) as app, app.client:
            await app.client.login(TOKEN)
            await app.client.choose_shards(None)
            staying = connect(app.client)
            await standin.wait_until(connected=1, timeout=60)
            yield app
            await app.client.close()
            await staying


async def _stock(path: Path, followers: int) -> None:
    """Followers of the film that moves and of others, each told of it once; servers that follow only others."""
    others = (MOVES + 1, MOVES + _FILMS)
    crowds = [
        Servers(followers, FOLLOWS, others, besides=(MOVES,)),
        Servers(OTHERS * followers // FOLLOWERS, FOLLOWS + 1, others),
    ]
    await stock(path, [(MOVES, _day(0)), *far_films(MOVES + 1, _FILMS)], crowds)
    with closing(sqlite3.connect(path)) as connection, connection:
        told = ((n, MOVES, f"{n}:{MOVES}:told", _day(0).isoformat()) for n in range(1, followers + 1))
        connection.executemany(_TOLD, told)
        connection.execute(_MESSAGES)
        connection.execute("INSERT INTO message_posts SELECT id, id FROM posts")


_TOLD = """INSERT INTO posts (
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, channel_id, dedup_key, date, due_at,
    fresh_until, not_before_at, attempts, state, reason
) VALUES (
    ?1, ?1, ?2, 'countdown', 2, 30, 'US', 'theatrical', 800000000000000000 + ?1, ?3, ?4,
    unixepoch() - 86400, unixepoch(), 0, 0, 'sent', ''
)"""
_MESSAGES = """INSERT INTO messages (
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, retry_at, message_key, plain,
    discord_message_id, reason, settled_at
) SELECT id, subscriber_id, channel_id, 'sent', 'before', 0, 1, due_at, 0, 'key-' || id, 0, 10000000000000000 + id, '',
    due_at FROM posts"""


def _day(weeks: int) -> date:
    """When the film is out, once it has moved so often."""
    return datetime.now(UTC).date() + timedelta(days=29 + 7 * weeks)


async def _move(
    app: App, standin: StandinProcess, people: Sequence[tuple[Guild, int]], followers: int, weeks: int
) -> Run:
    """Move the film, plan until nobody is awake, and have people type all the while."""
    enough = asyncio.Event()
    film_ms: list[float] = []
    track_ms: list[float] = []
    typing = [
        asyncio.create_task(_type(standin, *person, Random(10 * weeks + number), enough, film_ms, track_ms))
        for number, person in enumerate(people)
    ]
    await asyncio.sleep(_ALONE_SECONDS)
    alone = film_ms + track_ms
    film_ms.clear()
    track_ms.clear()
    async with Lag() as lag:
        began = perf_counter()
        await _take(app, weeks)
        waking = perf_counter() - began
        planned = 0
        while more := await app.planning.run(app.clock.now()):
            planned += more
        seconds = perf_counter() - began
    enough.set()
    await asyncio.gather(*typing)
    await app.planning.run(app.clock.now())  # what was tracked last
    [lagging] = await fetch(app.db, "SELECT COUNT(*) AS n FROM subscribers WHERE planned_revision <> revision")
    [wrong] = await fetch(app.db, "SELECT COUNT(*) AS n FROM corrections")
    if lagging["n"] or wrong["n"] != followers or planned < followers:
        raise RuntimeError(f"{lagging['n']} are not planned, {wrong['n']} are corrected, {planned} were planned")
    return Run(seconds, waking, film_ms, track_ms, alone, lag.p99())


async def _type(
    standin: StandinProcess,
    guild: Guild,
    channel_id: int,
    chance: Random,
    enough: asyncio.Event,
    film_ms: list[float],
    track_ms: list[float],
) -> None:
    """Look at a film and track one, in turns, every few tenths of a second."""
    turns = itertools.cycle((("film", film_ms), ("track", track_ms)))
    while not enough.is_set():
        name, into = next(turns)
        film = {"film": f"id:{chance.randint(MOVES + 1, MOVES + (_SEEN if name == 'film' else _FILMS))}"}
        answer = await standin.slash(name, film, channel_id=channel_id, user_id=guild.owner_id)
        into.append(NO_ANSWER_MS if answer.ms is None else answer.ms)
        await asyncio.sleep(chance.expovariate(1 / _THINK_SECONDS))


async def _take(app: App, weeks: int) -> None:
    """What the refresh does when a source says another date."""
    day = ReleaseDate.of(_day(weeks))
    async with app.db.transaction() as tx:
        film = await find_film(tx, MOVES)
        if film is None:
            raise RuntimeError("the film is not there")
        releases = tuple(
            replace(release, date=day) if release.type is ReleaseType.THEATRICAL else release
            for release in film.releases
        )
        taken = await take_in(tx, replace(film, releases=releases), "bundled", app.clock.now(), film_id=MOVES)
    if not taken.changes:
        raise RuntimeError("nothing moved")


if __name__ == "__main__":
    sys.exit(main(measure))
