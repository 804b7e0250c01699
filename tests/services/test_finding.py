"""What autocomplete shows and what a text means, over the store, the side file of titles and the sources."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import FilmNotFound, SourcesSilent
from bot.domain.films import Film
from bot.domain.sources import Found
from bot.domain.titles import ListedTitle
from bot.services import asking as asking_module
from bot.services.asking import Asking
from bot.services.finding import Candidate, Finding
from bot.services.refresh import Refresh
from bot.services.search import MAX_HITS, FilmSearch
from bot.store import films as film_store
from bot.store.database import Database
from bot.store.title_build import build_titles
from bot.store.title_index import TitleIndex
from tests.services.scripted import Scripted
from tests.services.shelf import DAY, HOUR, NOW, OLD, film, take

TODAY = NOW.date()


@dataclass
class Desk:
    """Finding, with what it looks in."""

    db: Database
    search: FilmSearch
    finding: Finding
    tmdb: Scripted
    wikidata: Scripted

    async def store(self, *films: Film, source: str = "tmdb") -> list[int]:
        ids = [(await take(self.db, each, source)).film_id for each in films]
        await self.search.load()
        return ids

    async def suggest(self, typed: str) -> list[Candidate]:
        return await self.finding.suggest(typed, "US", NOW, TODAY)

    async def resolve(self, typed: str) -> list[Candidate]:
        return await self.finding.resolve(typed, "US", NOW, TODAY)


@pytest.fixture
async def desk(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    for limit in ("SEARCH_SECONDS", "FETCH_SECONDS", "OTHERS_SECONDS"):
        monkeypatch.setattr(asking_module, limit, 0.3)
    tmdb, wikidata = Scripted(), Scripted("wikidata", batch=50)
    search = FilmSearch(database)
    asking = Asking(database, [tmdb, wikidata], Refresh(database, [tmdb, wikidata], lambda: 0.0))
    finding = Finding(search, asking, lambda: TitleIndex.open(tmp_path / "titles.sqlite"))
    yield Desk(database, search, finding, tmdb, wikidata)
    await finding.close()


def refs(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.ref for candidate in candidates]


class TestSuggesting:
    """The local answer in hand, the sources for what it lacks."""

    async def test_what_the_store_has_enough_of_is_asked_of_nobody(self, desk: Desk) -> None:
        await desk.store(*(film(OLD, title=f"Wanderer {word}", ids={"tmdb": word}) for word in ("One", "Two", "Three")))
        assert len(await desk.suggest("wanderer")) == 3
        assert desk.tmdb.searched == desk.wikidata.searched == []

    async def test_two_letters_are_asked_of_nobody(self, desk: Desk) -> None:
        for typed in ("", "  ", "it", "?!…", "!!!!!"):
            assert await desk.suggest(typed) == []
        assert desk.tmdb.searched == []

    async def test_what_is_missing_comes_from_the_sources(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found("tmdb:1", "Wanderer", 2027)]
        [candidate] = await desk.suggest("wander")
        assert (candidate.ref, candidate.label, candidate.film) == ("tmdb:1", "Wanderer (2027)", None)
        assert (desk.tmdb.searched, desk.wikidata.searched) == (["wander"], ["wander"])

    @pytest.mark.parametrize("trouble", ["down", "hangs"])
    async def test_sources_in_trouble_leave_the_local_answer(self, desk: Desk, trouble: str) -> None:
        [film_id] = await desk.store(film(OLD, title="Wanderer", ids={"tmdb": "1"}))
        for source in (desk.tmdb, desk.wikidata):
            setattr(source, trouble, True)
        async with asyncio.timeout(5):
            assert refs(await desk.suggest("wanderer")) == [f"id:{film_id}"]
            assert [c.ref for c in await desk.resolve("wanderer")] == [f"id:{film_id}"]

    async def test_what_the_store_knows_by_its_id_is_shown_once(self, desk: Desk) -> None:
        [film_id] = await desk.store(film(OLD, title="Wanderer", ids={"tmdb": "1", "wikidata": "Q1"}))
        desk.tmdb.lists = [Found("tmdb:1", "The Wanderer", 2026)]
        desk.wikidata.lists = [Found("wikidata:Q1", "Wanderer, The", 2025)]
        assert refs(await desk.suggest("wanderer")) == [f"id:{film_id}"]

    async def test_what_two_sources_have_is_shown_once(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found("tmdb:1", "Wanderer", 2027)]
        desk.wikidata.lists = [Found("wikidata:Q1", "Wanderer", 2027)]
        assert refs(await desk.suggest("wanderer")) == ["tmdb:1"]

    async def test_namesakes_are_told_apart_by_year_and_director(self, desk: Desk) -> None:
        desk.tmdb.lists = [
            Found("tmdb:1", "Ballerina", 2025, directors=("Len Wiseman",)),
            Found("tmdb:2", "Ballerina", 2016, directors=("Éric Summer", "Éric Warin", "A third")),
            Found("tmdb:3", "Ballerina", 2025, country="KR"),
        ]
        found = await desk.suggest("ballerina")
        assert {(c.ref, c.label, c.hint) for c in found} == {
            ("tmdb:1", "Ballerina (2025)", "Len Wiseman"),
            ("tmdb:2", "Ballerina (2016)", "Éric Summer, Éric Warin"),
            ("tmdb:3", "Ballerina (2025)", "KR"),
        }
        assert len(await desk.resolve("ballerina")) == 3

    async def test_a_namesake_beside_the_stores_film(self, desk: Desk) -> None:
        [film_id] = await desk.store(film(OLD, ids={"tmdb": "1"}))
        desk.tmdb.lists = [Found("tmdb:2", "Ballerina", 2027, directors=("Somebody",)), Found("tmdb:3", "Ballerina")]
        assert set(refs(await desk.suggest("ballerina"))) == {f"id:{film_id}", "tmdb:2", "tmdb:3"}

    async def test_a_film_of_the_catalogue_alone_hides_what_is_most_often_the_same(self, desk: Desk) -> None:
        [film_id] = await desk.store(film(OLD, ids={"bundled": "b"}), source="bundled")
        desk.tmdb.lists = [Found("tmdb:2", "Ballerina", 2027), Found("tmdb:3", "Ballerina")]
        assert refs(await desk.suggest("ballerina")) == [f"id:{film_id}"]

    async def test_a_year_prefers_the_film_of_that_year(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found("tmdb:1", "Ballerina", 2027), Found("tmdb:2", "Ballerina", 2016)]
        assert refs(await desk.suggest("ballerina 2016"))[0] == "tmdb:2"
        assert refs(await desk.suggest("ballerina"))[0] == "tmdb:1"  # still to come

    async def test_no_more_than_discord_shows(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found(f"tmdb:{n}", f"Wanderer {n}", 2027) for n in range(40)]
        assert len(await desk.suggest("wanderer")) == MAX_HITS

    async def test_the_side_file_comes_before_the_sources(self, desk: Desk, tmp_path: Path) -> None:
        titles = [ListedTitle(f"tmdb:{n}", f"Wanderer {word}", "", None, 1.0) for n, word in enumerate("ABC", 1)]
        build_titles(tmp_path / "titles.sqlite", "tmdb", titles, lambda *_: None)
        [film_id] = await desk.store(film(OLD, title="Wanderer A", ids={"tmdb": "1"}))
        assert set(refs(await desk.suggest("wanderer"))) == {f"id:{film_id}", "tmdb:2", "tmdb:3"}
        desk.tmdb.lists = [Found("tmdb:2", "Wanderer, B.", 2027)]
        assert refs(await desk.suggest("wanderer b")).count("tmdb:2") == 1


class TestResolving:
    """A choice's value, the label that Discord sometimes submits instead, or text."""

    async def test_a_ref_of_the_store_and_one_that_is_not(self, desk: Desk) -> None:
        [film_id] = await desk.store(film(OLD, ids={"tmdb": "1", "imdb": "tt1", "wikidata": "Q1"}))
        for ref in ("tmdb:1", " imdb:tt1 ", "wikidata:Q1", f"id:{film_id}"):
            assert refs(await desk.resolve(ref)) == [f"id:{film_id}"]
        assert refs(await desk.resolve("tmdb:2")) == ["tmdb:2"]

    async def test_a_submitted_label(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found("tmdb:1", "Ballerina", 2025), Found("tmdb:2", "Ballerina", 2016)]
        assert refs(await desk.resolve("Ballerina (2016) · Éric Summer")) == ["tmdb:2"]

    async def test_nothing_that_fits(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found("tmdb:1", "Something else", 2025)]
        for typed in ("wanderer", "", "···", "id:99", "id:99999999999999999999"):
            with pytest.raises(FilmNotFound):
                await desk.resolve(typed)

    async def test_what_is_found_is_adopted(self, desk: Desk) -> None:
        desk.tmdb.lists = [Found("tmdb:1", "Wanderer", 2027)]
        desk.tmdb.has("1", film(OLD, title="Wanderer", ids={"tmdb": "1"}))
        [candidate] = await desk.resolve("wanderer")
        adopted = await desk.finding.adopt(candidate, NOW)
        assert (adopted.title, adopted.ids, len(adopted.releases)) == ("Wanderer", {"tmdb": "1"}, 1)
        [again] = await desk.resolve("wanderer")
        assert again.film == adopted
        assert await desk.finding.adopt(again, NOW) == adopted

    async def test_a_ref_that_no_source_has(self, desk: Desk) -> None:
        [candidate] = await desk.resolve("tmdb:7")
        with pytest.raises(FilmNotFound):
            await desk.finding.adopt(candidate, NOW)
        desk.tmdb.down = True
        with pytest.raises(SourcesSilent):
            await desk.finding.adopt(candidate, NOW)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(typed=st.one_of(st.text(max_size=80), st.from_regex(r"(tmdb|imdb|wikidata|id):.{0,20}", fullmatch=True)))
    async def test_any_text_finds_or_is_refused(self, desk: Desk, typed: str) -> None:
        if not desk.search.films:
            await desk.store(film(OLD, ids={"tmdb": "1"}), film(OLD, title="七人の侍", ids={"tmdb": "2"}))
            desk.tmdb.lists = [Found("tmdb:3", "Wanderer", 2027), Found("tmdb:4", "", None)]
        shown = await desk.suggest(typed)
        assert len(shown) <= MAX_HITS
        assert len({c.ref for c in shown}) == len(shown)
        try:
            meant = await desk.resolve(typed)
        except FilmNotFound:
            return
        assert meant
        for candidate in meant:
            if candidate.film is None and candidate.ref not in ("tmdb:3", "tmdb:4"):
                with pytest.raises((FilmNotFound, SourcesSilent)):
                    await desk.finding.adopt(candidate, NOW)


class TestLoading:
    """The films in memory follow the store."""

    async def test_takes_in_what_is_new_or_changed(self, desk: Desk) -> None:
        [film_id] = await desk.store(film(OLD, ids={"tmdb": "1"}))
        assert await desk.search.load() == 0
        await take(desk.db, film("US theatrical 2027-06-11", title="Renamed", ids={"tmdb": "1"}), now=NOW + HOUR)
        await take(desk.db, film(OLD, title="Another", ids={"tmdb": "2"}), now=NOW + HOUR)
        assert await desk.search.load() == 2
        assert [each.title for each in desk.search.films] == ["Renamed", "Another"]
        assert [str(r.date) for r in _film(desk, film_id).releases] == ["2027-06-11"]

    async def test_two_of_the_same_second(self, desk: Desk) -> None:
        await desk.store(film(OLD, ids={"tmdb": "1"}))
        await take(desk.db, film(OLD, title="Later in it", ids={"tmdb": "2"}))
        assert await desk.search.load() == 1
        assert desk.search.find_by_ref("tmdb:2") is not None

    async def test_a_film_that_became_another_one(self, desk: Desk) -> None:
        one, other = await desk.store(film(OLD, ids={"tmdb": "1"}), film(OLD, title="Twin", ids={"wikidata": "Q1"}))
        await take(desk.db, film(OLD, ids={"tmdb": "1", "wikidata": "Q1"}), now=NOW + DAY)
        await desk.search.load()
        assert [each.id for each in desk.search.films] == [one]
        assert desk.search.find_by_ref("wikidata:Q1") == _film(desk, one)
        with pytest.raises(FilmNotFound):
            desk.search.resolve(f"id:{other}", "US", TODAY)

    async def test_equals_loading_anew(self, desk: Desk) -> None:
        for step in range(6):
            said = film(f"US theatrical 2027-06-{10 + step}", title=f"T{step}", ids={"tmdb": str(step % 3)})
            await take(desk.db, said, now=NOW + step * HOUR)
            await desk.search.load()
        anew = FilmSearch(desk.db)
        await anew.load()
        assert list(anew.films) == list(desk.search.films)
        async with desk.db.reading() as tx:
            assert await film_store.list_brief_films(tx) == list(anew.films)


def _film(desk: Desk, film_id: int, today: date = TODAY) -> Film:
    [found] = desk.search.resolve(f"id:{film_id}", "US", today)
    return found
