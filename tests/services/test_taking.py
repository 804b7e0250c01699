"""What sources say reaches the store, on both engines: joined by ids, nothing lost, nothing half-done."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime

import pytest

from bot.domain.errors import DatabaseError
from bot.domain.films import Catalogue, Credit, DoubtReason, Film, Job
from bot.services import taking
from bot.services.catalogue import load_catalogue
from bot.services.taking import Taken
from bot.store import doubts as doubt_store
from bot.store import films as film_store
from bot.store import records as record_store
from bot.store.database import Database, Transaction
from bot.store.records import RecordState, StoredRecord
from tests.domain.examples import day
from tests.services.shelf import DAY, HOUR, NOW, OLD, awake, dates, film, followed, follower, found, sleep, take


class TestFirstWords:
    """A film that is new, and what a second source adds."""

    async def test_a_new_film_is_news_to_nobody(self, database: Database) -> None:
        first = film(OLD, "US theatrical 2030-01-15 Re-release", ids={"tmdb": "1", "imdb": "tt1"}, summary="s")
        taken = await take(database, first)
        assert (taken.new, taken.changes, taken.doubts) == (True, (), ())
        stored = await found(database, taken.film_id)
        assert (stored.title, stored.summary, stored.ids) == ("Ballerina", "s", {"tmdb": "1", "imdb": "tt1"})
        assert [(r.source, r.since) for r in stored.releases] == [("tmdb", NOW)] * 2
        assert stored.origins["title"].source == "tmdb"
        async with database.reading() as tx:
            [record] = await record_store.list_records(tx, taken.film_id)
        assert (record.state, record.first_at, record.checked_at) == (RecordState.FOUND, NOW, NOW)

    async def test_a_second_source_finds_it_by_any_id_and_adds_what_it_knows(self, database: Database) -> None:
        first = await take(database, film(OLD, ids={"tmdb": "1", "imdb": "tt1"}))
        said = film(
            OLD, "DE theatrical 2027-06-03", title="W", ids={"wikidata": "Q1", "imdb": "tt1"}, runtime_minutes=99
        )
        second = await take(database, said, "wikidata", NOW + HOUR)
        assert (second.film_id, second.new) == (first.film_id, False)
        assert [(c.country, str(c.new)) for c in second.changes] == [("DE", "2027-06-03")]
        stored = await found(database, first.film_id)
        assert (stored.title, stored.runtime_minutes) == ("Ballerina", 99)
        assert stored.ids == {"tmdb": "1", "imdb": "tt1", "wikidata": "Q1"}
        assert stored.origins["runtime_minutes"].source == "wikidata"

    async def test_who_did_not_know_it_is_asked_again_once_it_has_more_ids(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        in_a_week = NOW + 7 * DAY
        unknown = StoredRecord(taken.film_id, "wikidata", RecordState.UNKNOWN, next_check_at=in_a_week)
        async with database.transaction() as tx:
            await record_store.save_record(tx, unknown)
        asked = []
        for ids in ({"tmdb": "1"}, {"tmdb": "1", "imdb": "tt1"}):
            await take(database, film(OLD, ids=ids), now=NOW + DAY)
            async with database.reading() as tx:
                records = await record_store.list_records(tx, taken.film_id)
            asked += [record.next_check_at for record in records if record.source == "wikidata"]
        assert asked == [in_a_week, NOW + DAY]

    async def test_a_namesake_without_a_common_id_is_another_film(self, database: Database) -> None:
        one = await take(database, film(OLD, ids={"tmdb": "1"}))
        other = await take(database, film(OLD, ids={"wikidata": "Q9"}), "wikidata")
        assert other.new
        assert one.film_id != other.film_id

    async def test_people_of_two_sources_are_the_same_in_one_film(self, database: Database) -> None:
        def credited(name: str, *refs: str) -> tuple[Credit, ...]:
            return (Credit(0, name, Job.DIRECTOR, 0, "", refs),)

        taken = await take(database, film(ids={"tmdb": "1"}, credits=credited("Len Wiseman", "tmdb:3950")))
        said = film(ids={"tmdb": "1"}, credits=credited("len wiseman", "wikidata:Q313039"))
        await take(database, said, "wikidata", film_id=taken.film_id)
        [credit] = (await found(database, taken.film_id)).credits
        assert (credit.name, credit.refs) == ("Len Wiseman", ("tmdb:3950", "wikidata:Q313039"))

    async def test_two_at_once_make_one_film(self, database: Database) -> None:
        both = await asyncio.gather(
            take(database, film(OLD, ids={"tmdb": "1", "imdb": "tt1"})),
            take(database, film(OLD, ids={"wikidata": "Q1", "imdb": "tt1"}), "wikidata"),
            return_exceptions=True,
        )
        assert {taken.film_id for taken in both if isinstance(taken, Taken)} == {both[0].film_id}  # type: ignore[union-attr]


class TestChanges:
    """A date that moves is written down and wakes its followers; a doubtful one waits."""

    async def test_moves_and_wakes(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        server, other = (
            await follower(database, taken.film_id),
            await follower(database, (await take(database, film(ids={"tmdb": "2"}))).film_id, 901),
        )
        again = await take(database, film("US theatrical 2027-06-11", ids={"tmdb": "1"}), now=NOW + DAY)
        assert [(str(c.old), str(c.new), c.source, c.known_at) for c in again.changes] == [
            ("2027-06-04", "2027-06-11", "tmdb", NOW + DAY)
        ]
        assert await dates(database, taken.film_id) == ["tmdb 2027-06-11"]
        assert (await awake(database, server), await awake(database, other)) == (True, False)
        stored = await found(database, taken.film_id)
        assert [(str(c.old), str(c.new)) for c in stored.changes] == [("2027-06-04", "2027-06-11")]

    async def test_the_same_word_again_changes_nothing(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        server = await follower(database, taken.film_id)
        again = await take(database, film(OLD, ids={"tmdb": "1"}), now=NOW + DAY)
        assert (again.new, again.changes, again.doubts) == (False, (), ())
        assert not await awake(database, server)
        assert [r.since for r in (await found(database, taken.film_id)).releases] == [NOW]

    async def test_a_doubt_is_kept_wakes_and_passes_a_day_later(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        server = await follower(database, taken.film_id)
        far = film("US theatrical 2028-06-04", ids={"tmdb": "1"})
        [doubt] = (await take(database, far, now=NOW + DAY)).doubts
        assert (doubt.id > 0, doubt.reason) == (True, DoubtReason.JUMP)
        assert await dates(database, taken.film_id) == ["tmdb 2027-06-04"]
        assert (await found(database, taken.film_id)).doubts == (doubt,)
        assert await awake(database, server)
        await sleep(database, server)
        soon = await take(database, far, now=NOW + DAY + 23 * HOUR)
        assert (soon.changes, soon.doubts, await awake(database, server)) == ((), (), False)
        late = await take(database, far, now=NOW + 2 * DAY)
        assert [(str(c.old), str(c.new)) for c in late.changes] == [("2027-06-04", "2028-06-04")]
        assert (await found(database, taken.film_id)).doubts == ()
        assert await awake(database, server)

    async def test_a_dropped_doubt_is_told_to_nobody(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        await take(database, film("US theatrical 2028-06-04", ids={"tmdb": "1"}), now=NOW + DAY)
        back = await take(database, film(OLD, ids={"tmdb": "1"}), now=NOW + DAY + HOUR)
        stored = await found(database, taken.film_id)
        assert (back.changes, stored.doubts, stored.changes) == ((), (), ())

    async def test_silence_of_one_source_takes_nothing_of_anothers(self, database: Database) -> None:
        taken = await take(database, film(OLD, summary="s", ids={"tmdb": "1"}))
        said = film("DE theatrical 2027-06-03", runtime_minutes=99, ids={"wikidata": "Q1", "tmdb": "1"})
        await take(database, said, "wikidata", NOW + HOUR)
        silent = await take(database, film(ids={"wikidata": "Q1"}), "wikidata", NOW + DAY, film_id=taken.film_id)
        assert [d.reason for d in silent.doubts] == [DoubtReason.WITHDRAWN]
        stored = await found(database, taken.film_id)
        assert (stored.summary, stored.runtime_minutes) == ("s", None)
        assert sorted(await dates(database, taken.film_id)) == ["tmdb 2027-06-04", "wikidata 2027-06-03"]


class TestJoined:
    """Two films that a source says are one: whoever follows either follows it from then on."""

    @staticmethod
    async def twins(db: Database) -> tuple[int, int]:
        one = await take(db, film(OLD, ids={"tmdb": "1"}))
        other = await take(db, film("US theatrical 2027-06-11", ids={"wikidata": "Q1"}), "wikidata")
        return one.film_id, other.film_id

    async def test_no_subscription_is_lost(self, database: Database) -> None:
        one, other = await self.twins(database)
        server, second, both = [
            await follower(database, film_id, guild) for guild, film_id in ((1, one), (2, other), (3, one))
        ]
        await follower(database, other, 3)
        joined = await take(database, film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}), now=NOW + DAY)
        assert joined.film_id == one
        for each in (server, second, both):
            assert await followed(database, each) == [one]
        assert await awake(database, second)
        assert (await found(database, other)).id == one
        assert (await found(database, one)).ids == {"tmdb": "1", "wikidata": "Q1"}

    async def test_what_the_other_knew_is_not_lost(self, database: Database) -> None:
        one, _ = await self.twins(database)
        await take(database, film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}), now=NOW + DAY)
        async with database.reading() as tx:
            assert [r.source for r in await record_store.list_records(tx, one)] == ["tmdb", "wikidata"]
        again = film(OLD, "DE theatrical 2027-06-03", ids={"wikidata": "Q1"})
        assert (await take(database, again, "wikidata", NOW + 2 * DAY)).film_id == one

    async def test_an_answer_about_the_old_film_is_one_about_the_new(self, database: Database) -> None:
        one, other = await self.twins(database)
        await take(database, film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}), now=NOW + DAY)
        late = await take(database, film(OLD, ids={"wikidata": "Q1"}), "wikidata", NOW + 2 * DAY, film_id=other)
        assert late.film_id == one

    async def test_of_three_every_follower_comes_along(self, database: Database) -> None:
        one, other = await self.twins(database)
        third = (await take(database, film(OLD, ids={"imdb": "tt1"}), "else")).film_id
        servers = [await follower(database, film_id, guild) for guild, film_id in enumerate((one, other, third), 1)]
        await take(database, film(OLD, ids={"wikidata": "Q1", "tmdb": "1"}), "wikidata", NOW + DAY, film_id=other)
        last = await take(database, film(OLD, ids={"imdb": "tt1", "tmdb": "1"}), "else", NOW + 2 * DAY, film_id=third)
        for server in servers:
            assert await followed(database, server) == [last.film_id]
        assert {(await found(database, film_id)).id for film_id in (one, other, third)} == {last.film_id}

    async def test_two_films_of_the_catalogue_stay_two(self, database: Database) -> None:
        one = await take(database, film(OLD, ids={"bundled": "one", "tmdb": "1"}), "bundled")
        other = await take(database, film(OLD, ids={"bundled": "other", "wikidata": "Q1"}), "bundled")
        server = await follower(database, other.film_id)
        await take(database, film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}), now=NOW + DAY)
        assert await followed(database, server) == [other.film_id]
        assert (await found(database, other.film_id)).id == other.film_id
        assert one.film_id != other.film_id

    async def test_another_title_and_another_id_at_the_source_is_the_same_film(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1", "imdb": "tt1"}))
        server = await follower(database, taken.film_id)
        moved = film(OLD, title="From the World of John Wick", ids={"tmdb": "2", "imdb": "tt1"})
        assert (await take(database, moved, now=NOW + DAY, film_id=taken.film_id)).film_id == taken.film_id
        assert await followed(database, server) == [taken.film_id]
        assert (await found(database, taken.film_id)).title == "From the World of John Wick"
        async with database.reading() as tx:
            assert await film_store.find_film_id(tx, "tmdb", "1") == taken.film_id
            assert await film_store.find_film_id(tx, "tmdb", "2") == taken.film_id

    async def test_what_was_asked_about_is_answered_even_under_ids_that_are_all_new(self, database: Database) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        moved = await take(database, film(OLD, ids={"tmdb": "2"}), now=NOW + DAY, film_id=taken.film_id)
        assert (moved.film_id, moved.new) == (taken.film_id, False)


GARBAGE: Mapping[str, str] = {
    "no JSON": "{",
    "another shape": '{"id": "seven", "title": 3}',
    "a type that is no more": '{"id":0,"title":"B","releases":[{"country":"US","type":"drive-in","date":1}]}',
    "a list": "[]",
    "nothing": "null",
}


@pytest.mark.parametrize("facts", GARBAGE.values(), ids=GARBAGE.keys())
class TestUnreadable:
    """What an older Marquee wrote down does not fit any more."""

    @staticmethod
    async def spoilt(db: Database, facts: str) -> int:
        credits = (Credit(0, "Len Wiseman", Job.DIRECTOR, 0, "", ("tmdb:1",)),)
        taken = await take(db, film(OLD, summary="s", credits=credits, ids={"tmdb": "1"}))
        await take(db, film(OLD, runtime_minutes=99, ids={"wikidata": "Q1", "tmdb": "1"}), "wikidata")
        async with db.transaction() as tx:
            await tx.all(
                "save_record", film_id=taken.film_id, source="tmdb", facts=facts, validator="v", state="found",
                reason="", first_at=int(NOW.timestamp()), checked_at=int(NOW.timestamp()), next_check_at=None,
            )  # fmt: skip
        return taken.film_id

    async def test_takes_nothing_away_when_another_source_answers(self, database: Database, facts: str) -> None:
        film_id = await self.spoilt(database, facts)
        before = await found(database, film_id)
        said = film(OLD, runtime_minutes=101, ids={"wikidata": "Q1"})
        taken = await take(database, said, "wikidata", NOW + DAY, film_id=film_id)
        assert (taken.changes, taken.doubts) == ((), ())
        stored = await found(database, film_id)
        assert (stored.summary, stored.runtime_minutes, stored.credits) == ("s", 101, before.credits)
        assert stored.releases == before.releases

    async def test_is_replaced_when_its_source_answers(self, database: Database, facts: str) -> None:
        film_id = await self.spoilt(database, facts)
        moved = film("US theatrical 2027-06-11", summary="s", ids={"tmdb": "1"})
        taken = await take(database, moved, now=NOW + DAY, film_id=film_id)
        assert [(str(c.old), str(c.new)) for c in taken.changes] == [("2027-06-04", "2027-06-11")]
        async with database.reading() as tx:
            [record, _] = await record_store.list_records(tx, film_id)
        assert record.word is not None
        assert record.first_at == NOW


class TestCatalogue:
    """Reloading the reviewed catalogue while an online source speaks of the same films."""

    @staticmethod
    async def load(db: Database, number: int, *films: Film, now: datetime = NOW) -> None:
        catalogue = Catalogue("bundled", {each.ids["bundled"]: each for each in films}, (), str(number))
        await load_catalogue(db, str(number), lambda: catalogue, now)

    async def test_takes_nothing_of_the_other_source(self, database: Database) -> None:
        ids = {"bundled": "b", "tmdb": "1"}
        await self.load(database, 1, film(OLD, ids=ids, as_of=day("2027-02-01")))
        tmdb = film("US theatrical 2027-06-11", "DE theatrical 2027-06-10", runtime_minutes=99, ids={"tmdb": "1"})
        taken = await take(database, tmdb, now=NOW + HOUR)
        await self.load(database, 2, film(OLD, ids=ids, summary="s", as_of=day("2027-02-01")), now=NOW + DAY)
        stored = await found(database, taken.film_id)
        assert (stored.summary, stored.runtime_minutes) == ("s", 99)
        assert sorted(await dates(database, taken.film_id)) == ["tmdb 2027-06-10", "tmdb 2027-06-11"]
        await self.load(database, 3, film(OLD, ids=ids, as_of=day("2027-03-05")), now=NOW + 5 * DAY)
        assert sorted(await dates(database, taken.film_id)) == ["bundled 2027-06-04", "tmdb 2027-06-10"]

    async def test_a_review_settles_what_is_in_doubt(self, database: Database) -> None:
        ids = {"bundled": "b", "tmdb": "1"}
        await self.load(database, 1, film(OLD, ids=ids, as_of=day("2027-02-01")))
        [doubt] = (await take(database, film("US theatrical 2028-06-04", ids={"tmdb": "1"}), now=NOW + HOUR)).doubts
        await self.load(
            database, 2, film("US theatrical 2028-06-04", ids=ids, as_of=day("2027-03-02")), now=NOW + 2 * HOUR
        )
        stored = await found(database, doubt.film_id)
        assert (stored.doubts, [str(c.new) for c in stored.changes]) == ((), ["2028-06-04"])

    async def test_a_film_that_it_has_no_more_stays(self, database: Database) -> None:
        await self.load(database, 1, film(OLD, ids={"bundled": "b"}), film(ids={"bundled": "c"}, title="C"))
        async with database.reading() as tx:
            film_id = await film_store.find_film_id(tx, "bundled", "b")
        assert film_id is not None
        server = await follower(database, film_id)
        await self.load(database, 2, film(ids={"bundled": "c"}, title="C"), now=NOW + DAY)
        assert await followed(database, server) == [film_id]
        assert await dates(database, film_id) == ["bundled 2027-06-04"]


class TestAllOrNothing:
    """What fails halfway leaves the film, its doubts and its record as they were."""

    async def test_a_failure_at_the_end_undoes_all(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        taken = await take(database, film(OLD, "DE theatrical 2027-06-03", ids={"tmdb": "1"}))
        server = await follower(database, taken.film_id)
        before = await found(database, taken.film_id)

        async def full(*_: object) -> None:
            raise DatabaseError("The disk is full.")

        monkeypatch.setattr(taking.record_store, "save_record", full)
        moved = film(
            "US theatrical 2028-06-04", "DE theatrical 2027-06-10", title="B", ids={"tmdb": "1", "imdb": "tt1"}
        )
        with pytest.raises(DatabaseError):
            await take(database, moved, now=NOW + DAY)
        assert await found(database, taken.film_id) == before
        assert not await awake(database, server)
        async with database.reading() as tx:
            assert await film_store.find_film_id(tx, "imdb", "tt1") is None

    async def test_so_does_being_stopped(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        before = await found(database, taken.film_id)
        begun = asyncio.Event()

        async def for_ever(tx: Transaction, film_id: int, now: datetime) -> int:
            begun.set()
            await asyncio.Event().wait()
            return 0

        monkeypatch.setattr(taking.film_store, "wake_followers", for_ever)
        task = asyncio.create_task(take(database, film("US theatrical 2027-06-11", ids={"tmdb": "1"}), now=NOW + DAY))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await found(database, taken.film_id) == before


async def test_a_joined_and_a_doubted_film_are_logged_by_name(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await take(database, film(OLD, ids={"tmdb": "1"}))
        await take(database, film("US theatrical 2028-06-04", ids={"tmdb": "1"}), now=NOW + DAY)
    assert "Ballerina (2027): tmdb says 2028-06-04 for US, held: jump" in caplog.messages


async def test_doubts_of_a_joined_film_do_not_hang_on_the_other(database: Database) -> None:
    one, other = await TestJoined.twins(database)
    await take(database, film("US theatrical 2028-06-11", ids={"wikidata": "Q1"}), "wikidata", NOW + HOUR)
    await take(database, film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}), now=NOW + DAY)
    async with database.reading() as tx:
        assert await doubt_store.list_doubts(tx, one) == []
    assert (await found(database, other)).doubts == ()
