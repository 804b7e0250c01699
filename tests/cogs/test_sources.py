"""The whole way, as a person in a server sees it: a TMDB and a Wikidata on the loopback, and a date that moves."""

import asyncio
import logging
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.app import open_app
from bot.domain.posts import Post, PostKind
from bot.settings import load_settings
from bot.sources.http import JsonClient, Manners
from bot.sources.pacing import Timing
from bot.store import films as film_store
from bot.store import posts as post_store
from tests.cogs.house import Clock, House
from tests.cogs.people import Server
from tests.cogs.reading import Screen
from tests.cogs.times import START, new_york
from tests.loopback import tmdb as loopback_tmdb
from tests.loopback import wikidata as loopback_wikidata
from tests.loopback.faults import Fault
from tests.loopback.tmdb_world import TmdbWorld
from tests.loopback.wikidata_world import WikidataWorld, statement, text

FILM, TITLE, IMDB = 900001, "Glimmerfall", "tt9000001"
DAY = timedelta(days=1)
STEP = timedelta(hours=3)


@dataclass
class Wired(House):
    """A house whose Marquee asks the loopback sources; their clients' time is the house's."""

    tmdb: loopback_tmdb.LoopbackTmdb = field(default_factory=loopback_tmdb.LoopbackTmdb)
    wikidata: loopback_wikidata.LoopbackWikidata = field(default_factory=loopback_wikidata.LoopbackWikidata)

    async def _start_app(self, catalogue: Path | None) -> None:
        settings = {
            "DATABASE_URL": f"sqlite:///{self.database.as_posix()}",
            "TMDB_URL": self.tmdb.url,
            "TMDB_TOKEN": self.tmdb.token,
            "WIKIDATA_URL": self.wikidata.url,
        }
        self._running = AsyncExitStack()
        read = load_settings(settings, None, need_token=False)
        self.app = await self._running.enter_async_context(open_app(read, self.clock))

    def client(self, session: aiohttp.ClientSession, manners: Manners) -> JsonClient:
        async def sleep(_: float) -> None:
            await asyncio.sleep(0)

        return JsonClient(session, manners, Timing(sleep, lambda: self.clock.now().timestamp(), lambda: 0.5))

    async def live(self, until: datetime) -> None:
        """Let time pass with all of Marquee's jobs at work."""
        while self.now < until:
            self.sleep_until(min(self.now + STEP, until))
            await self.app.refresh.run(self.now)
            await self.app.context.finding.keep_up(self.now)
            await self.work()

    async def posts_of(self, *kinds: PostKind) -> list[Post]:
        """What the server was owed, of these kinds, by the order in which it fell due."""
        async with self.app.db.reading() as tx:
            stored = await post_store.list_posts_since(tx, 1, START)
        return sorted((p for p in stored if p.kind in kinds), key=lambda post: post.due_at)

    def said(self, *words: str) -> list[Screen]:
        """The posts in the channel that have all of these words."""
        return [screen for screen in self.server.posts() if all(word in screen.words for word in words)]


@pytest.fixture
async def house(
    catalogue_database: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Wired]:
    database = tmp_path / "marquee.db"
    shutil.copy(catalogue_database, database)
    wired = Wired(database, Clock(START))
    wired.tmdb.world = TmdbWorld(wired.clock.now)
    _fill(wired.tmdb.world, wired.wikidata.world)
    monkeypatch.setattr("bot.sources.http.JsonClient", wired.client)
    async with loopback_tmdb.serve(wired.tmdb), loopback_wikidata.serve(wired.wikidata):
        await wired.open()
        with caplog.at_level(logging.INFO, logger="bot"):
            yield wired
        await wired.close()
    assert [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR] == []


@pytest.fixture
def server(house: Wired) -> Server:
    return house.server


def _fill(tmdb: TmdbWorld, wikidata: WikidataWorld) -> None:
    tmdb.add_film(FILM, TITLE, releases={"US": "2025-08-15"}, imdb=IMDB, overview="A light goes out.")
    wikidata.add_item("Q30", "United States", statement("P297", text("US")))
    wikidata.add_film("Q77", TITLE, dates=[("2025-08-15", 11, "Q30")], imdb=IMDB, tmdb=str(FILM))


@pytest.fixture
async def tracked(house: Wired, server: Server) -> Server:
    """A server that follows the film for two days."""
    await server.member.pick("track", "glimmerf")
    await house.live(new_york(5, 29, 12))
    assert server.told() == []
    return server


async def test_a_title_that_only_tmdb_knows_is_found_tracked_and_carded(house: Wired, server: Server) -> None:
    assert await server.member.suggested("track", "film", "glimmerf") == [
        {"name": f"{TITLE} (2025)", "value": f"tmdb:{FILM}"}
    ]
    reply = await server.member.pick("track", "glimmerf")
    for said in (f"{TITLE} (2025) is tracked", "United States · in cinemas · Fri 15 August 2025", "Date: TMDB"):
        assert said in reply.text
    [choice] = await server.member.suggested("film", "film", "glimmerf")
    assert choice["value"].startswith("id:")
    assert "TMDB, checked just now" in (await server.member.type("film", film=choice["value"])).text
    assert [a.path for a in house.tmdb.faults.asked if "movie/9" in a.path] == [f"/3/movie/{FILM}"]


async def test_a_date_that_moves_is_told_once_and_counted_down_to(house: Wired, tracked: Server) -> None:
    house.tmdb.world.move(FILM, "US", "theatrical", "2025-08-27")
    await house.live(new_york(6, 3, 12))
    assert tracked.told() == [
        (
            "Fri 30 May 09:00",
            f"📅 {TITLE} was delayed by 12 days, from 15 August 2025 to 27 August 2025 (cinemas, United States).",
        )
    ]
    [notice] = tracked.posts()
    assert "TMDB" in notice.words
    await house.live(new_york(8, 28, 12))
    assert [when for when, _ in tracked.told()[1:]] == [
        "Mon 28 Jul 09:00",
        "Wed 20 Aug 09:00",
        "Sun 24 Aug 09:00",
        "Tue 26 Aug 09:00",
        "Wed 27 Aug 09:00",
    ]
    assert house.said("15 August 2025") == [notice]


async def test_a_jump_is_asked_about_pings_nobody_and_passes_a_day_later(house: Wired, tracked: Server) -> None:
    role = tracked.guild.create_role("Filmgoers", mentionable=True)
    await tracked.admin.type("settings", ping_role=role)
    house.tmdb.world.move(FILM, "US", "theatrical", "2026-03-03")
    await house.live(new_york(5, 30, 11))
    [question] = tracked.posts()
    assert "TMDB now says 3 March 2026" in question.words
    assert "200 days later than the 15 August 2025 that counts here" in question.words
    assert "half a year at once is more often a slip" in question.words
    assert (question.pings, question.buttons) == ((), ["Trust it", "Wait"])
    [asked] = await house.posts_of(PostKind.DOUBT)
    assert asked.doubt_id
    assert "Fri 15 August 2025" in (await tracked.member.pick("film", "glimmerf")).text
    assert await house.posts_of(PostKind.DATE_CHANGE) == []
    await house.live(new_york(6, 8, 12))
    [notice] = tracked.posts()[1:]
    for said in ("15 August 2025", "3 March 2026", "delayed by 6 months 16 days"):
        assert said in notice.words
    assert notice.pings == ()
    assert "Tue 3 March 2026" in (await tracked.member.pick("film", "glimmerf")).text


async def test_a_jump_that_is_put_right_is_never_told(house: Wired, tracked: Server) -> None:
    house.tmdb.world.move(FILM, "US", "theatrical", "2026-03-03")
    await house.live(new_york(5, 29, 20))
    house.tmdb.world.move(FILM, "US", "theatrical", "2025-08-15")
    await house.live(new_york(6, 8, 12))
    assert await house.posts_of(PostKind.DATE_CHANGE) == []
    assert len(await house.posts_of(PostKind.DOUBT)) <= 1
    assert "Fri 15 August 2025" in (await tracked.member.pick("film", "glimmerf")).text


async def test_two_sources_that_disagree_are_asked_about_until_they_agree(house: Wired, tracked: Server) -> None:
    house.tmdb.world.move(FILM, "US", "theatrical", "2025-09-24")
    await house.live(new_york(5, 30, 10))
    [question] = tracked.posts()
    assert "24 September 2025" in question.words
    assert "another source names a date more than a month off" in question.words
    house.wikidata.world.move("Q77", [("2025-09-24", 11, "Q30")])
    [film_id] = await _ids_of(house, "tmdb", str(FILM))
    await house.app.refresh.check_now(film_id, house.now)
    await house.live(new_york(6, 1, 12))
    [notice] = tracked.posts()[1:]
    assert "from 15 August 2025 to 24 September 2025" in notice.words
    assert "Wed 24 September 2025" in (await tracked.member.pick("film", "glimmerf")).text


@pytest.mark.parametrize("fault", [Fault.TROUBLE, Fault.HTML, Fault.REFUSED])
async def test_a_source_that_is_down_for_three_days_takes_nothing_away(
    house: Wired, tracked: Server, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    before = (await tracked.member.pick("film", "glimmerf")).text
    assert "TMDB, checked" in before
    caplog.clear()
    house.tmdb.faults.plan(fault)
    for days in (30, 31):
        await house.live(new_york(5, days, 12))
        [film_id] = await _ids_of(house, "tmdb", str(FILM))
        await house.app.refresh.check_now(film_id, house.now)
    await house.live(new_york(6, 1, 12))
    warned = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING and r.name.startswith("bot")]
    assert len(warned) == 1
    assert house.tmdb.token not in caplog.text
    card = (await tracked.member.pick("film", "glimmerf")).text
    assert "Fri 15 August 2025" in card
    assert re.search(r"TMDB, last answered [345] days ago", card)
    assert tracked.told() == []
    house.tmdb.faults.clear()
    house.tmdb.world.move(FILM, "US", "theatrical", "2025-08-22")
    await house.live(new_york(6, 4, 12))
    assert [when for when, line in tracked.told() if "delayed by 7 days" in line] == ["Mon 2 Jun 09:00"]
    assert "TMDB, checked" in (await tracked.member.pick("film", "glimmerf")).text


async def test_a_film_merged_under_another_id_and_title_is_followed_still(house: Wired, tracked: Server) -> None:
    [film_id] = await _ids_of(house, "tmdb", str(FILM))
    house.tmdb.world.add_film(900002, "Glimmer Fall", releases={"US": "2025-08-22"})
    house.tmdb.world.merge(FILM, 900002)
    await house.live(new_york(6, 3, 12))
    assert [line for _, line in tracked.told() if "delayed by 7 days" in line]
    assert await _ids_of(house, "tmdb", str(FILM), "900002") == [film_id, film_id]
    assert "Glimmer Fall" in (await tracked.member.type("tracked")).text
    house.tmdb.world.move(900002, "US", "theatrical", "2025-08-29")
    await house.live(new_york(6, 6, 12))
    assert len(tracked.posts()) == 2
    assert "Fri 29 August 2025" in (await tracked.member.pick("film", "glimmer fall")).text


async def test_a_film_deleted_at_its_source_stays(house: Wired, tracked: Server) -> None:
    house.tmdb.world.delete(FILM)
    await house.live(new_york(6, 6, 12))
    assert tracked.told() == []
    assert "Fri 15 August 2025" in (await tracked.member.pick("film", "glimmerf")).text


async def _ids_of(house: Wired, source: str, *external_ids: str) -> list[int]:
    async with house.app.db.reading() as tx:
        found = [await film_store.find_film_id(tx, source, external_id) for external_id in external_ids]
    return [film_id for film_id in found if film_id is not None]
