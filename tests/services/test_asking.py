"""Asking the sources for films that are not here: what is kept, what is waited for, and what silence comes to."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import FilmNotFound, SourcesSilent
from bot.domain.sources import Answer, AnswerState, Found, Month
from bot.services import asking as module
from bot.services.asking import Asking
from bot.services.refresh import Refresh
from bot.store import films as film_store
from bot.store import records as record_store
from bot.store.database import Database
from tests.domain.examples import day
from tests.services.scripted import Scripted
from tests.services.shelf import DAY, HOUR, NOW, OLD, dates, film, found, take

MINUTE = timedelta(minutes=1)
ONE, TWO = Found("tmdb:1", "Wanderer", 2027), Found("wikidata:Q1", "Wanderer", 2027, directors=("Ada Brun",))
JUNE = Month(day("2027-06-01"), day("2027-06-30"))


@pytest.fixture
def tmdb() -> Scripted:
    return Scripted(lists=[ONE])


@pytest.fixture
def wikidata() -> Scripted:
    return Scripted("wikidata", batch=50, lists=[TWO])


@pytest.fixture
def asking(database: Database, tmdb: Scripted, wikidata: Scripted, monkeypatch: pytest.MonkeyPatch) -> Asking:
    for limit in ("SEARCH_SECONDS", "FETCH_SECONDS", "OTHERS_SECONDS"):
        monkeypatch.setattr(module, limit, 0.3)
    return Asking(database, [tmdb, wikidata], Refresh(database, [tmdb, wikidata], lambda: 0.0))


class TestLists:
    """Searches and lists, kept for an hour."""

    async def test_the_first_sources_before_the_others(self, asking: Asking) -> None:
        assert asking.any_sources
        assert await asking.search("wanderer", None, "US", NOW) == [ONE, TWO]

    async def test_the_same_question_within_the_hour_is_not_asked_again(self, asking: Asking, tmdb: Scripted) -> None:
        await asking.search("Wanderer", None, "US", NOW)
        tmdb.lists = []
        assert await asking.search("wanderer!", None, "US", NOW + HOUR - MINUTE) == [ONE, TWO]
        assert tmdb.searched == ["Wanderer"]
        assert await asking.search("wanderer", None, "US", NOW + HOUR) == [TWO]

    async def test_another_year_or_country_is_another_question(self, asking: Asking, tmdb: Scripted) -> None:
        for year, country in ((None, "US"), (2027, "US"), (None, "DE")):
            await asking.search("wanderer", year, country, NOW)
        assert len(tmdb.searched) == 3

    @pytest.mark.parametrize("trouble", ["down", "hangs"])
    async def test_a_source_in_trouble_takes_nothing_from_the_other(
        self, asking: Asking, tmdb: Scripted, trouble: str
    ) -> None:
        setattr(tmdb, trouble, True)
        async with asyncio.timeout(5):
            assert await asking.search("wanderer", None, "US", NOW) == [TWO]
        setattr(tmdb, trouble, False)
        assert await asking.search("wanderer", None, "US", NOW) == [ONE, TWO]  # its silence was not kept

    @pytest.mark.parametrize("trouble", ["down", "hangs"])
    async def test_an_old_list_is_better_than_none(self, asking: Asking, tmdb: Scripted, trouble: str) -> None:
        await asking.search("wanderer", None, "US", NOW)
        setattr(tmdb, trouble, True)
        assert await asking.search("wanderer", None, "US", NOW + 3 * HOUR) == [ONE, TWO]

    async def test_old_lists_are_forgotten_after_a_day(self, asking: Asking, tmdb: Scripted) -> None:
        await asking.search("wanderer", None, "US", NOW)
        tmdb.down = True
        await asking.forget_old(NOW + DAY)
        assert await asking.search("wanderer", None, "US", NOW + DAY) == [ONE, TWO]
        await asking.forget_old(NOW + DAY + MINUTE)
        assert await asking.search("wanderer", None, "US", NOW + DAY + MINUTE) == [TWO]

    @pytest.mark.parametrize("body", ["{", "null", '[{"ref": 1}]', '{"ref": "x"}', "[null]"])
    async def test_a_list_that_an_older_marquee_kept_is_asked_for_anew_or_empty(
        self, asking: Asking, database: Database, body: str
    ) -> None:
        async with database.transaction() as tx:
            await record_store.save_source_answer(tx, "tmdb", "search US  wanderer", body, NOW)
        assert await asking.search("wanderer", None, "US", NOW) in ([TWO], [ONE, TWO])

    async def test_franchises_people_and_months(self, asking: Asking, tmdb: Scripted, wikidata: Scripted) -> None:
        assert await asking.list_of_franchise("tmdb:70", NOW) == [ONE]
        assert await asking.list_of_person("wikidata:Q7", NOW) == [TWO]
        assert (
            await asking.list_of_person("elsewhere:7", NOW) == await asking.list_of_franchise("elsewhere:7", NOW) == []
        )
        assert await asking.list_coming("US", JUNE, NOW) == [ONE, TWO]
        assert tmdb.searched == ["tmdb:70", "US 2027-06-01"]
        tmdb.down = True
        assert [person.ref for person in await asking.search_people("ada")] == ["wikidata:1"]

    async def test_without_sources_there_is_nothing(self, database: Database) -> None:
        nobody = Asking(database, [], Refresh(database, []))
        assert not nobody.any_sources
        assert await nobody.search("wanderer", None, "US", NOW) == []
        with pytest.raises(SourcesSilent):
            await nobody.adopt("tmdb:1", NOW)


class TestAdopting:
    """Taking a film in by what a source calls it."""

    async def test_takes_it_in_with_what_the_others_know(
        self, asking: Asking, database: Database, tmdb: Scripted, wikidata: Scripted
    ) -> None:
        tmdb.has("1", film(OLD, ids={"tmdb": "1", "imdb": "tt1"}), "v1")
        wikidata.has("imdb:tt1", film(OLD, runtime_minutes=99, ids={"wikidata": "Q1", "imdb": "tt1"}))
        film_id = await asking.adopt("tmdb:1", NOW)
        stored = await found(database, film_id)
        assert (stored.ids, stored.runtime_minutes) == ({"tmdb": "1", "imdb": "tt1", "wikidata": "Q1"}, 99)
        assert stored.changes == ()
        async with database.reading() as tx:
            records = await record_store.list_records(tx, film_id)
        assert [(r.source, r.validator) for r in records] == [("tmdb", "v1"), ("wikidata", "")]

    async def test_what_is_here_is_not_asked_for(self, asking: Asking, database: Database, tmdb: Scripted) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1"}))
        assert await asking.adopt("tmdb:1", NOW) == taken.film_id
        assert tmdb.asked == []

    async def test_an_imdb_id_is_asked_of_all_until_one_has_it(
        self, asking: Asking, tmdb: Scripted, wikidata: Scripted
    ) -> None:
        wikidata.has("imdb:tt1", film(OLD, ids={"wikidata": "Q1", "imdb": "tt1"}))
        assert await asking.adopt("imdb:tt1", NOW)
        assert tmdb.ids()[0] == "imdb:tt1"

    async def test_a_film_of_the_store_under_another_id_is_the_same(
        self, asking: Asking, database: Database, wikidata: Scripted
    ) -> None:
        taken = await take(database, film(OLD, ids={"tmdb": "1", "imdb": "tt1"}))
        wikidata.has("Q1", film("US theatrical 2028-06-04", ids={"wikidata": "Q1", "imdb": "tt1"}))
        assert await asking.adopt("wikidata:Q1", NOW) == taken.film_id
        assert await dates(database, taken.film_id) == ["tmdb 2027-06-04"]

    async def test_what_no_source_has_is_not_found(self, asking: Asking) -> None:
        for ref in ("tmdb:7", "imdb:tt7", "wikidata:Q7", "tmdb:"):
            with pytest.raises(FilmNotFound):
                await asking.adopt(ref, NOW)

    @pytest.mark.parametrize("trouble", ["down", "hangs"])
    async def test_a_silent_source_is_named(self, asking: Asking, tmdb: Scripted, trouble: str) -> None:
        setattr(tmdb, trouble, True)
        async with asyncio.timeout(5):
            with pytest.raises(SourcesSilent, match=r"(?i)tmdb"):
                await asking.adopt("tmdb:1", NOW)

    async def test_nonsense_is_silence(self, asking: Asking, tmdb: Scripted, database: Database) -> None:
        tmdb.says["1"] = Answer(AnswerState.FAILED, reason="it has no title")
        with pytest.raises(SourcesSilent):
            await asking.adopt("tmdb:1", NOW)
        async with database.reading() as tx:
            assert await film_store.find_film_id(tx, "tmdb", "1") is None

    @pytest.mark.parametrize("trouble", ["down", "hangs"])
    async def test_the_others_hold_nothing_up(
        self, asking: Asking, tmdb: Scripted, wikidata: Scripted, trouble: str
    ) -> None:
        tmdb.has("1", film(OLD, ids={"tmdb": "1"}))
        setattr(wikidata, trouble, True)
        async with asyncio.timeout(5):
            assert await asking.adopt("tmdb:1", NOW)

    async def test_two_at_once_adopt_one_film(self, asking: Asking, tmdb: Scripted) -> None:
        tmdb.has("1", film(OLD, ids={"tmdb": "1"}))
        one, other = await asyncio.gather(asking.adopt("tmdb:1", NOW), asking.adopt("tmdb:1", NOW))
        assert one == other
