"""A source on the loopback, its client with a clock that no one waits for, and the films that the tests ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp

from bot.domain.sources import Answer, Question
from bot.sources.http import JsonClient
from bot.sources.pacing import Timing
from bot.sources.tmdb import TmdbSource, tmdb_manners
from tests.loopback.tmdb import TOKEN, LoopbackTmdb
from tests.loopback.tmdb_world import Credited, Dated

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
#: Fails loudly where somebody would wait in earnest.
_LONGEST_SLEEP = 100.0


@dataclass(slots=True)
class FakeTime:
    """Time that passes only when somebody sleeps, or when a test says so; chance is always one half."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        assert 0 <= seconds < _LONGEST_SLEEP
        self.slept.append(round(seconds, 3))
        until = self.now + seconds
        await asyncio.sleep(0)  # others fall asleep at the same time
        self.now = max(self.now, until)

    def timing(self) -> Timing:
        return Timing(self.sleep, lambda: self.now, lambda: 0.5)


class FixedClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


@dataclass(slots=True)
class Asking:
    """A TMDB source, what it asks, and the time that it goes by."""

    source: TmdbSource
    client: JsonClient
    tmdb: LoopbackTmdb
    time: FakeTime
    clock: FixedClock

    async def one(self, validator: str = "", **ids: str) -> Answer:
        """Ask about one film: `tmdb="1"`, `imdb="tt0000001"`."""
        (answer,) = await self.source.fetch_films([Question(ids, validator)])
        return answer


@asynccontextmanager
async def asking(tmdb: LoopbackTmdb, token: str = TOKEN) -> AsyncGenerator[Asking]:
    """Ask the loopback TMDB as production does, but at once: time-outs of a third of a second, no limit to the rate."""
    time, clock = FakeTime(), FixedClock()
    manners = replace(tmdb_manners(tmdb.url, token), per_second=10_000.0, connect_seconds=0.3, total_seconds=0.3)
    async with aiohttp.ClientSession() as session:
        client = JsonClient(session, manners, time.timing())
        try:
            yield Asking(TmdbSource(client, clock), client, tmdb, time, clock)
        finally:
            await client.close()


def fill(tmdb: LoopbackTmdb) -> None:
    """A handful of films that do not exist."""
    add = tmdb.world.add_film
    add(
        1,
        "The Lantern",
        original_title="La Lanterne",
        original_language="fr",
        overview="A keeper of a lighthouse\nfollows a light inland.",
        runtime=118,
        genres=("Drama", "Mystery"),
        companies=("Phare Films",),
        countries=("FR", "BE"),
        imdb="tt9000001",
        wikidata="Q900001",
        collection=(70, "The Lantern Collection"),
        titles={"DE": "Die Laterne", "US": "The Lantern"},
        releases={
            "FR": [Dated("2027-02-03", certification="U"), Dated("2026-09-05", "premiere", "Deauville")],
            "US": [Dated("2027-03-05", "limited"), Dated("2027-03-19", certification="PG-13")],
            "CH": [Dated("2027-02-03", language="fr"), Dated("2027-02-11", language="de")],
            "JP": [Dated("2028-12-31")],
        },
        credits=(
            Credited(11, "Ada Brun", "Director"),
            Credited(11, "Ada Brun", "Screenplay"),
            Credited(12, "Jo Vance", "Story"),
            Credited(12, "Jo Vance", "Screenplay"),
            Credited(13, "Kim Oller", "Producer"),
            Credited(14, "Lee Park", "Original Music Composer"),
            Credited(15, "Max Rye", character="The Keeper", order=0),
            Credited(16, "Nia Sol", character="Odile", order=1),
        ),
        offers={"US": {"flatrate": ["Streamly"], "ads": ["Free Reel"], "free": ["Free Reel"], "buy": ["Kiosk"]}},
        popularity=9.5,
    )
    add(2, "The Lantern 2", releases={"FR": "2029-01-01"}, collection=(70, "The Lantern Collection"), imdb="tt9000002")
    add(3, "Lanterns", releases={"US": "2027-03-26"}, adult=True)
    add(4, "A Quiet Orchard", releases={"US": "2027-03-26"}, credits=(Credited(15, "Max Rye", character="Ivo"),))
    add(5, "Max Rye: A Life", releases={"US": "2025-01-10"}, credits=(Credited(15, "Max Rye", character="Self"),))
    add(6, "Harbour", releases={}, credits=(Credited(15, "Max Rye", "Director"), Credited(15, "Max Rye", order=7)))
