"""Followed films are kept fresh: who is asked when, and what becomes of sources that fail, hang or talk nonsense."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.domain.films import DoubtReason, Film
from bot.domain.refreshing import FAILED_AFTER, FAR_EVERY, LISTED_EVERY, NEAR_EVERY, QUARTER_EVERY, UNKNOWN_EVERY
from bot.domain.sources import Answer, AnswerState
from bot.services import refresh as module
from bot.services.refresh import Checked, Refresh
from bot.sources.http import JsonClient
from bot.sources.tmdb import TmdbSource, tmdb_manners
from bot.sources.wikidata import WikidataSource
from bot.sources.wikidata_api import wikidata_manners
from bot.store import films as film_store
from bot.store import records as record_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from bot.store.records import RecordState, StoredRecord
from tests.loopback import tmdb as loopback_tmdb
from tests.loopback import wikidata as loopback_wikidata
from tests.loopback.faults import Fault
from tests.services.scripted import Scripted
from tests.services.shelf import DAY, HOUR, NOW, OLD, dates, film, follower, found, take

MINUTE = timedelta(minutes=1)
SOON, QUARTER, FAR = "US theatrical 2027-03-05", "US theatrical 2027-04-20", "US theatrical 2028-01-20"


@dataclass
class Desk:
    """The service with its sources; `share` 0 makes every interval a whole one."""

    db: Database
    tmdb: Scripted = field(default_factory=Scripted)
    wikidata: Scripted = field(default_factory=lambda: Scripted("wikidata", batch=50))
    share: float = 0.0

    def __post_init__(self) -> None:
        self.refresh = Refresh(self.db, [self.tmdb, self.wikidata], lambda: self.share)

    async def follow(self, said: Film, source: str = "tmdb") -> int:
        taken = await take(self.db, said, source)
        await follower(self.db, taken.film_id)
        return taken.film_id

    async def hear(self, now: datetime) -> tuple[list[str], list[str]]:
        """Let the job run: what each source was asked about."""
        self.tmdb.asked.clear()
        self.wikidata.asked.clear()
        await self.refresh.run(now)
        return self.tmdb.ids(), self.wikidata.ids()

    async def record(self, film_id: int, source: str = "tmdb") -> StoredRecord:
        async with self.db.reading() as tx:
            return next(r for r in await record_store.list_records(tx, film_id) if r.source == source)

    async def next_in(self, film_id: int, now: datetime, source: str = "tmdb") -> timedelta:
        at = (await self.record(film_id, source)).next_check_at
        assert at is not None
        return at - now


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database)


class TestWhen:
    """How soon a film is asked about again."""

    @pytest.mark.parametrize(
        ("dated", "every"),
        [(SOON, NEAR_EVERY), (QUARTER, QUARTER_EVERY), (FAR, FAR_EVERY)],
        ids=["within a week", "within a quarter", "beyond"],
    )
    async def test_the_nearer_the_oftener(self, desk: Desk, dated: str, every: timedelta) -> None:
        said = film(dated, ids={"tmdb": "1"})
        desk.tmdb.has("1", said)
        film_id = await desk.follow(said)
        assert (await desk.hear(NOW))[0] == ["1"]
        assert await desk.next_in(film_id, NOW) == every
        assert (await desk.hear(NOW + every - MINUTE))[0] == []
        assert (await desk.hear(NOW + every))[0] == ["1"]
        assert (await desk.hear(NOW + every))[0] == []

    async def test_films_that_nobody_follows_are_not_asked_about(self, desk: Desk) -> None:
        said = film(SOON, ids={"tmdb": "1"})
        desk.tmdb.has("1", said)
        taken = await take(desk.db, said)
        desk.tmdb.changed = frozenset({"1"})
        assert await desk.hear(NOW) == ([], [])
        server = await follower(desk.db, taken.film_id)
        assert (await desk.hear(NOW + HOUR))[0] == ["1"]
        async with desk.db.transaction() as tx:
            assert await subscriber_store.remove_subscription(tx, server.id, taken.film_id, NOW)
        assert (await desk.hear(NOW + DAY))[0] == []

    async def test_a_list_of_changes_hastens_what_it_names(self, desk: Desk) -> None:
        for number in ("1", "2"):
            said = film(FAR, ids={"tmdb": number})
            desk.tmdb.has(number, said)
            await desk.follow(said)
        assert (await desk.hear(NOW))[0] == ["1", "2"]
        desk.tmdb.changed = frozenset({"2", "999"})
        assert (await desk.hear(NOW + 30 * MINUTE))[0] == []  # the list is read once an hour
        assert (await desk.hear(NOW + 61 * MINUTE))[0] == ["2"]
        # It names what changed today until the day is over.
        assert (await desk.hear(NOW + 61 * MINUTE + 2 * HOUR))[0] == []
        assert (await desk.hear(NOW + 61 * MINUTE + LISTED_EVERY))[0] == ["2"]

    async def test_it_is_asked_for_what_changed_since_the_last_time(self, desk: Desk) -> None:
        await desk.hear(NOW)
        await desk.hear(NOW + 2 * HOUR)
        again = Desk(desk.db, desk.tmdb, desk.wikidata)  # a restart
        await again.hear(NOW + DAY)
        assert desk.tmdb.listed == [
            (NOW - 2 * HOUR, NOW),
            (NOW - HOUR, NOW + 2 * HOUR),
            (NOW + HOUR, NOW + DAY),
        ]

    async def test_a_list_that_fails_is_asked_for_all_of_the_time(self, desk: Desk) -> None:
        await desk.hear(NOW)
        desk.tmdb.down = True
        await desk.hear(NOW + 2 * HOUR)
        desk.tmdb.down = False
        await desk.hear(NOW + 4 * HOUR)
        assert desk.tmdb.listed[-1] == (NOW - HOUR, NOW + 4 * HOUR)

    async def test_a_source_that_is_new_here_is_asked_about_all_that_is_followed(self, desk: Desk) -> None:
        await desk.follow(film(SOON, ids={"bundled": "b", "tmdb": "1"}), "bundled")
        desk.tmdb.has("1", film(SOON, ids={"tmdb": "1"}))
        assert (await desk.hear(NOW))[0] == ["1"]

    async def test_more_films_than_a_batch(self, desk: Desk) -> None:
        desk.tmdb.batch = 3
        for number in map(str, range(8)):
            said = film(SOON, ids={"tmdb": number})
            desk.tmdb.has(number, said)
            await desk.follow(said)
        assert sorted((await desk.hear(NOW))[0]) == [str(number) for number in range(8)]


class TestFailing:
    """A source that fails erases nothing, and the other goes on."""

    async def test_is_put_off_and_the_other_goes_on(self, desk: Desk) -> None:
        said = film(SOON, ids={"tmdb": "1", "wikidata": "Q1"})
        film_id = await desk.follow(said)
        desk.wikidata.has("Q1", film("US theatrical 2027-03-05", runtime_minutes=99, ids={"wikidata": "Q1"}))
        before = await found(desk.db, film_id)
        desk.tmdb.down = True
        assert await desk.hear(NOW) == (["1"], ["Q1"])
        stored = await found(desk.db, film_id)
        assert (stored.releases, stored.runtime_minutes) == (before.releases, 99)
        record = await desk.record(film_id)
        assert (record.reason, record.checked_at, record.state) == ("it does not answer", NOW, RecordState.FOUND)
        assert await desk.next_in(film_id, NOW) == FAILED_AFTER

    async def test_is_asked_for_nothing_more_in_that_run(self, desk: Desk) -> None:
        for number in ("1", "2", "3"):
            await desk.follow(film(SOON, ids={"tmdb": number}))
        desk.tmdb.down = True
        assert (await desk.hear(NOW))[0] == ["1"]
        assert (await desk.hear(NOW + FAILED_AFTER - MINUTE))[0] == []
        desk.tmdb.down = False
        assert (await desk.hear(NOW + FAILED_AFTER))[0] == ["1", "2", "3"]

    async def test_in_the_middle_of_its_batches_keeps_what_came_before(self, desk: Desk) -> None:
        ids = [await desk.follow(film(SOON, ids={"tmdb": number})) for number in ("1", "2", "3")]
        desk.tmdb.has("1", film("US theatrical 2027-03-06", ids={"tmdb": "1"}))
        desk.tmdb.says["2"] = module.SourceError("tmdb", "it broke off", 7200)
        assert (await desk.hear(NOW))[0] == ["1", "2"]
        assert [await dates(desk.db, each) for each in ids] == [["tmdb 2027-03-06"]] + [["tmdb 2027-03-05"]] * 2
        assert [await desk.next_in(each, NOW) for each in ids] == [NEAR_EVERY, 2 * HOUR, 2 * HOUR]

    async def test_nonsense_about_one_film_is_its_own_trouble(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        ids = [await desk.follow(film(SOON, ids={"tmdb": number})) for number in ("1", "2")]
        desk.tmdb.says["1"] = Answer(AnswerState.FAILED, reason="it has no title")
        desk.tmdb.has("2", film("US theatrical 2027-03-06", ids={"tmdb": "2"}))
        with caplog.at_level(logging.INFO):
            await desk.hear(NOW)
            await desk.hear(NOW + FAILED_AFTER)
        assert [await dates(desk.db, each) for each in ids] == [["tmdb 2027-03-05"], ["tmdb 2027-03-06"]]
        record = await desk.record(ids[0])
        assert (record.state, record.reason, record.film is None) == (RecordState.FAILED, "it has no title", False)
        assert sum("it has no title" in line for line in caplog.messages) == 1

    async def test_a_film_that_cannot_be_stored_holds_up_no_other(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        ids = [await desk.follow(film(SOON, ids={"tmdb": number})) for number in ("1", "2")]
        desk.tmdb.has("1", film("US theatrical 2027-03-06", title="\ud800", ids={"tmdb": "1"}))
        desk.tmdb.has("2", film("US theatrical 2027-03-06", ids={"tmdb": "2"}))
        assert (await desk.hear(NOW))[0] == ["1", "2"]
        assert [await dates(desk.db, each) for each in ids] == [["tmdb 2027-03-05"], ["tmdb 2027-03-06"]]
        assert (await desk.record(ids[0])).state is RecordState.FAILED
        assert await desk.next_in(ids[0], NOW) == FAILED_AFTER
        assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1


class TestAnswers:
    """What becomes of each kind of answer."""

    async def test_a_moved_date_is_taken_in(self, desk: Desk) -> None:
        film_id = await desk.follow(film(SOON, ids={"tmdb": "1"}))
        desk.tmdb.has("1", film("US theatrical 2027-04-20", ids={"tmdb": "1"}), "v2")
        await desk.hear(NOW + HOUR)
        assert await dates(desk.db, film_id) == ["tmdb 2027-04-20"]
        record = await desk.record(film_id)
        assert (record.validator, record.checked_at) == ("v2", NOW + HOUR)
        assert await desk.next_in(film_id, NOW + HOUR) == QUARTER_EVERY

    async def test_a_validator_goes_along_the_next_time(self, desk: Desk) -> None:
        film_id = await desk.follow(film(SOON, ids={"tmdb": "1"}))
        desk.tmdb.has("1", film(SOON, ids={"tmdb": "1"}), "v1")
        await desk.hear(NOW)
        desk.tmdb.says["1"] = Answer(AnswerState.UNCHANGED, validator="v1")
        await desk.hear(NOW + NEAR_EVERY)
        assert [question.validator for question in desk.tmdb.asked] == ["v1"]
        record = await desk.record(film_id)
        assert (record.checked_at, record.validator) == (NOW + NEAR_EVERY, "v1")

    async def test_unchanged_settles_a_doubt_a_day_later(self, desk: Desk) -> None:
        film_id = await desk.follow(film(OLD, ids={"tmdb": "1"}))
        desk.tmdb.has("1", film("US theatrical 2028-06-04", ids={"tmdb": "1"}), "v1")
        await desk.hear(NOW)
        assert [d.reason for d in (await found(desk.db, film_id)).doubts] == [DoubtReason.JUMP]
        desk.tmdb.says["1"] = Answer(AnswerState.UNCHANGED, validator="v1")
        assert await desk.next_in(film_id, NOW) == DAY + MINUTE
        await desk.hear(NOW + DAY + MINUTE)
        stored = await found(desk.db, film_id)
        assert (stored.doubts, await dates(desk.db, film_id)) == ((), ["tmdb 2028-06-04"])

    async def test_a_source_that_is_down_settles_nothing(self, desk: Desk) -> None:
        film_id = await desk.follow(film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}))
        desk.wikidata.has("Q1", film(OLD, ids={"wikidata": "Q1"}))
        desk.tmdb.has("1", film("US theatrical 2028-06-04", ids={"tmdb": "1"}))
        await desk.hear(NOW)
        desk.tmdb.down = True
        for days in range(1, 9):
            await desk.hear(NOW + days * DAY)
        assert len((await found(desk.db, film_id)).doubts) == 1
        assert (await dates(desk.db, film_id))[0].endswith("2027-06-04")

    async def test_a_film_that_is_gone_keeps_its_facts_and_is_asked_for_by_its_other_ids(self, desk: Desk) -> None:
        film_id = await desk.follow(film(SOON, summary="s", ids={"tmdb": "1", "imdb": "tt1"}))
        desk.tmdb.says["1"] = Answer(AnswerState.GONE)
        await desk.hear(NOW)
        assert ((await desk.record(film_id)).state, (await found(desk.db, film_id)).summary) == (RecordState.GONE, "s")
        assert await dates(desk.db, film_id) == ["tmdb 2027-03-05"]
        desk.tmdb.has("imdb:tt1", film("US theatrical 2027-03-06", ids={"tmdb": "2", "imdb": "tt1"}))
        assert (await desk.hear(NOW + UNKNOWN_EVERY))[0] == ["imdb:tt1"]
        assert await dates(desk.db, film_id) == ["tmdb 2027-03-06"]
        desk.tmdb.has("2", film("US theatrical 2027-03-06", ids={"tmdb": "2", "imdb": "tt1"}))
        assert (await desk.hear(NOW + UNKNOWN_EVERY + FAR_EVERY))[0] == ["2"]

    async def test_an_unknown_film_is_asked_about_again_in_a_week(self, desk: Desk) -> None:
        film_id = await desk.follow(film(SOON, ids={"tmdb": "1"}))
        await desk.hear(NOW)
        assert (await desk.record(film_id, "wikidata")).state is RecordState.UNKNOWN
        assert await desk.next_in(film_id, NOW, "wikidata") == UNKNOWN_EVERY


class TestByHand:
    """Checking one film because somebody wants to know, and before somebody follows it."""

    async def test_says_what_came_of_it_once_in_ten_minutes(self, desk: Desk) -> None:
        film_id = await desk.follow(film(OLD, "DE theatrical 2027-06-03", ids={"tmdb": "1"}))
        desk.tmdb.has("1", film("US theatrical 2027-06-11", "DE theatrical 2028-06-03", ids={"tmdb": "1"}))
        desk.wikidata.down = True
        first = await desk.refresh.check_now(film_id, NOW)
        assert first == Checked(("tmdb",), (("wikidata", "it does not answer"),), changes=1, doubts=1)
        assert await desk.refresh.check_now(film_id, NOW + 10 * MINUTE - timedelta(seconds=1)) == Checked(
            (), too_soon=True
        )
        assert len(desk.tmdb.asked) == 1
        again = await desk.refresh.check_now(film_id, NOW + 10 * MINUTE)
        assert (again.too_soon, again.changes, again.doubts) == (False, 0, 0)

    async def test_another_film_is_another_matter(self, desk: Desk) -> None:
        one, other = [await desk.follow(film(OLD, ids={"tmdb": number})) for number in ("1", "2")]
        await desk.refresh.check_now(one, NOW)
        assert not (await desk.refresh.check_now(other, NOW)).too_soon

    async def test_nonsense_is_no_answer(self, desk: Desk) -> None:
        film_id = await desk.follow(film(OLD, ids={"tmdb": "1"}))
        desk.tmdb.says["1"] = Answer(AnswerState.FAILED, reason="it has no title")
        checked = await desk.refresh.check_now(film_id, NOW)
        assert (checked.asked, checked.failed) == (("wikidata",), (("tmdb", "it has no title"),))

    async def test_a_source_that_hangs_holds_nobody_up(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "FRESHEN_SECONDS", 0.2)
        taken = await take(desk.db, film(OLD, ids={"bundled": "b", "tmdb": "1"}), "bundled")
        desk.tmdb.has("1", film(OLD, summary="s", ids={"tmdb": "1"}))
        desk.wikidata.hangs = True
        async with asyncio.timeout(5):
            await desk.refresh.freshen(taken.film_id, NOW)
        assert (await found(desk.db, taken.film_id)).summary == "s"
        await follower(desk.db, taken.film_id)
        desk.wikidata.hangs = False
        assert (await desk.hear(NOW))[1] == ["bundled:b tmdb:1"]

    async def test_who_has_answered_before_is_not_waited_for(self, desk: Desk) -> None:
        taken = await take(desk.db, film(OLD, ids={"tmdb": "1"}))
        desk.tmdb.hangs = True
        async with asyncio.timeout(5):
            await desk.refresh.freshen(taken.film_id, NOW)
        assert (desk.tmdb.asked, len(desk.wikidata.asked)) == ([], 1)
        assert await desk.next_in(taken.film_id, NOW) == timedelta()

    async def test_without_sources_nobody_is_asked(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        refresh = Refresh(database, [])
        await refresh.freshen(taken.film_id, NOW)
        assert (await refresh.run(NOW), await refresh.check_now(taken.film_id, NOW)) == (0, Checked(()))


@dataclass
class Loopback:
    """Both sources over HTTP."""

    db: Database
    tmdb: loopback_tmdb.LoopbackTmdb
    wikidata: loopback_wikidata.LoopbackWikidata
    refresh: Refresh


@pytest.fixture
async def loopback(database: Database) -> AsyncIterator[Loopback]:
    async with loopback_tmdb.serve() as tmdb, loopback_wikidata.serve() as wikidata, aiohttp.ClientSession() as session:
        clients = [
            JsonClient(session, tmdb_manners(tmdb.url, tmdb.token, "")),
            JsonClient(session, wikidata_manners(wikidata.url, "")),
        ]
        sources = [TmdbSource(clients[0], SystemClock()), WikidataSource(clients[1], SystemClock())]
        yield Loopback(database, tmdb, wikidata, Refresh(database, sources, lambda: 0.0))
        for client in clients:
            await client.close()


class TestOverHttp:
    """The same with the real sources."""

    @staticmethod
    async def open(loopback: Loopback) -> int:
        loopback.tmdb.world.add_film(1, "Wanderer", releases={"US": "2027-06-04"}, imdb="tt0000001")
        loopback.wikidata.world.add_item("Q30", "United States", description="")
        taken = await take(loopback.db, Film(0, "Wanderer", ids={"tmdb": "1"}), now=NOW - DAY)
        await follower(loopback.db, taken.film_id)
        await loopback.refresh.run(NOW)
        return taken.film_id

    async def test_a_film_moves_and_the_list_of_changes_says_so(self, loopback: Loopback) -> None:
        film_id = await self.open(loopback)
        assert await dates(loopback.db, film_id) == ["tmdb 2027-06-04"]
        await loopback.refresh.run(NOW + 2 * HOUR)
        loopback.tmdb.faults.asked.clear()
        loopback.tmdb.world.move(1, "US", "theatrical", "2027-06-11")
        loopback.tmdb.world.changes[-1] = (NOW.date(), 1)
        await loopback.refresh.run(NOW + 4 * HOUR)
        assert [a.path for a in loopback.tmdb.faults.asked] == ["/3/movie/changes", "/3/movie/1"]
        assert await dates(loopback.db, film_id) == ["tmdb 2027-06-11"]

    @pytest.mark.parametrize("fault", [Fault.HTML, Fault.TROUBLE, Fault.REFUSED, Fault.TRUNCATED, Fault.STRANGE_404])
    async def test_no_fault_erases_anything(
        self, loopback: Loopback, fault: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        film_id = await self.open(loopback)
        before = await found(loopback.db, film_id)
        loopback.tmdb.faults.plan(fault)
        for days in range(1, 4):
            await loopback.refresh.run(NOW + days * DAY)
            await loopback.refresh.check_now(film_id, NOW + days * DAY)
        assert await found(loopback.db, film_id) == before
        assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1

    async def test_a_film_merged_into_another_one_stays_the_same_here(self, loopback: Loopback) -> None:
        film_id = await self.open(loopback)
        loopback.tmdb.world.add_film(2, "Wanderer", releases={"US": "2027-06-18"})
        loopback.tmdb.world.merge(1, 2)
        await loopback.refresh.check_now(film_id, NOW + DAY)
        assert await dates(loopback.db, film_id) == ["tmdb 2027-06-18"]
        async with loopback.db.reading() as tx:
            assert await film_store.find_film_id(tx, "tmdb", "2") == film_id
