"""A Wikidata on loopback and the source that asks it, for the tests of a whole conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.domain.films import Film
from bot.domain.sources import Answer, Question
from bot.sources.http import JsonClient
from bot.sources.pacing import Timing
from bot.sources.wikidata import WikidataSource
from bot.sources.wikidata_api import wikidata_manners
from tests.loopback.wikidata import LoopbackWikidata, serve
from tests.loopback.wikidata_world import WikidataWorld

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTACT = "ops@example.org"


@dataclass
class Time:
    """A clock that stands still, and runs on while somebody sleeps."""

    now_at: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.now_at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_at += timedelta(seconds=seconds)


@dataclass
class House:
    """One conversation."""

    source: WikidataSource
    wikidata: LoopbackWikidata
    time: Time
    client: JsonClient

    @property
    def world(self) -> WikidataWorld:
        return self.wikidata.world

    @property
    def questions(self) -> list[str]:
        """What was asked, in short: "wbgetentities info", "search"."""
        return [f"{one.get('action')} {one.get('props', one.get('list'))}" for one in self.seen]

    @property
    def seen(self) -> list[Mapping[str, str]]:
        """What was asked, in full."""
        return [asked.query for asked in self.wikidata.faults.asked]

    def forget(self) -> None:
        """Forget what was asked so far."""
        self.wikidata.faults.asked.clear()

    async def renew(self) -> None:
        """Begin as after a start: nothing is known yet, and no trouble is remembered."""
        self.forget()
        await self.time.sleep(7200)
        self.source = WikidataSource(self.client, self.time)

    async def ask(self, validator: str = "", **ids: str) -> Answer:
        """Ask about one film."""
        return (await self.source.fetch_films([Question(ids, validator)]))[0]

    async def film(self, qid: str) -> Film:
        """Ask about one film that must be there."""
        answer = await self.ask(wikidata=qid)
        assert answer.film is not None, answer
        return answer.film


@asynccontextmanager
async def house(**manners: float) -> AsyncIterator[House]:
    """Open both ends; `manners` changes how Wikidata is asked."""
    time = Time()
    timing = Timing(sleep=time.sleep, monotonic=lambda: time.now_at.timestamp(), chance=lambda: 0.0)
    async with serve() as wikidata, aiohttp.ClientSession() as session:
        asked = replace(wikidata_manners(wikidata.url, CONTACT), **{"per_second": 100_000.0, **manners})
        client = JsonClient(session, asked, timing)
        try:
            yield House(WikidataSource(client, time), wikidata, time, client)
        finally:
            await client.close()
