"""Titles are found as they are typed: short, run together, misspelt, in any script; and no text is an error."""

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import DatabaseError
from bot.domain.titles import ListedTitle
from bot.store.title_build import build_titles
from bot.store.title_file import FORMAT, connect
from bot.store.title_index import TitleHit, TitleIndex
from bot.store.title_search import TitleSearch
from tests.benchmarks.made_up import made_up_films
from tests.benchmarks.typos import beginning, mistyped

#: The most wanted first; a year where it tells namesakes apart.
FILMS = [
    ("The Matrix", None),
    ("Ballerina", 2025),
    ("Dune", 2021),
    ("Blade Runner 2049", 2017),
    ("The Dark Knight", None),
    ("Dune: Part Two", None),
    ("Spider-Man: No Way Home", None),
    ("Le Fabuleux Destin d'Amélie Poulain", None),
    ("千と千尋の神隠し", None),
    ("Ирония судьбы", None),
    ("Zootopia 2", None),
    ("Ballerina", 2016),
    ("The Dark Crystal", None),
    ("Dune", 1984),
    ("Darkness", None),
    ("Matrixed", None),
    ("It", None),
    ("Straße", None),
    ("Ballerina", 2027),
    ("기생충", None),
]


def listed(films: Sequence[tuple[str, int | None]], source: str = "tmdb") -> list[ListedTitle]:
    return [
        ListedTitle(f"{source}:{number}", title, title, year, -number) for number, (title, year) in enumerate(films)
    ]


def build(path: Path, films: Sequence[ListedTitle], source: str = "tmdb") -> Path:
    build_titles(path, source, films, lambda what, done, of: None)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parasite = ListedTitle("imdb:tt6751668", "Parasite", "Gisaengchung", 2019, 1.0)
    path = build(tmp_path_factory.mktemp("titles") / "titles.sqlite", listed(FILMS))
    return build(path, [parasite], "imdb")


@pytest.fixture
async def index(small: Path) -> AsyncGenerator[TitleIndex]:
    found = await TitleIndex.open(small)
    assert found is not None
    yield found
    await found.close()


TYPED = [
    pytest.param("the matrix", "The Matrix", id="the title"),
    pytest.param("matr", "The Matrix", id="without its article"),
    pytest.param("Matrix, The", "The Matrix", id="article behind"),
    pytest.param("thematr", "The Matrix", id="run together"),
    pytest.param("dark kni", "The Dark Knight", id="words further in"),
    pytest.param("knight", "The Dark Knight", id="one word further in"),
    pytest.param("spiderman", "Spider-Man: No Way Home", id="hyphen left out"),
    pytest.param("dar knight", "The Dark Knight", id="a letter dropped"),
    pytest.param("dakr knight", "The Dark Knight", id="two letters swapped"),
    pytest.param("darrk kniight", "The Dark Knight", id="two letters doubled"),
    pytest.param("xark knight", "The Dark Knight", id="the first letter"),
    pytest.param("thedarkcknight", "The Dark Knight", id="a key beside the space bar"),
    pytest.param("the darkkniht", "The Dark Knight", id="run together and a letter dropped"),
    pytest.param("balelrnia", "Ballerina", id="two slips in a word"),
    pytest.param("blade runner 2049", "Blade Runner 2049", id="a year in the title"),
    pytest.param("amelie", "Le Fabuleux Destin d'Amélie Poulain", id="no accent"),
    pytest.param("STRASSE", "Straße", id="sharp s"),
    pytest.param("千と千", "千と千尋の神隠し", id="Japanese"),
    pytest.param("神隠し", "千と千尋の神隠し", id="Japanese further in"),
    pytest.param("иронея судьб", "Ирония судьбы", id="Cyrillic with a slip"),
    pytest.param("기생", "기생충", id="Korean"),
    pytest.param("gisaeng", "Parasite", id="original title"),
    pytest.param("it", "It", id="two letters"),
    pytest.param("zootopia 2", "Zootopia 2", id="a number"),
    pytest.param("zotopia 2", "Zootopia 2", id="a slip before a number"),
    pytest.param("dark k", "The Dark Knight", id="a word begun with one letter"),
]


@pytest.mark.parametrize(("typed", "title"), TYPED)
async def test_the_film_that_is_meant_comes_first(index: TitleIndex, typed: str, title: str) -> None:
    hits = await index.search(typed)
    assert hits[0].title == title, hits


async def test_a_year_tells_namesakes_apart_and_the_coming_one_is_first(index: TitleIndex) -> None:
    async def years(typed: str, this_year: int | None = None) -> list[int | None]:
        return [hit.year for hit in await index.search(typed, this_year=this_year) if hit.title == "Ballerina"]

    assert await years("ballerina") == [2025, 2016, 2027]
    assert await years("ballerina", this_year=2026) == [2027, 2025, 2016]
    assert (await years("ballerina 2016", this_year=2026))[0] == 2016
    assert (await years("ballerina (2025)"))[0] == 2025


async def test_fits_are_on_the_scale_of_the_stored_films(index: TitleIndex) -> None:
    async def fit(typed: str) -> float:
        return (await index.search(typed))[0].fit

    assert await fit("dune") == 100
    assert await fit("dune pa") == 95
    assert await fit("dark knight") == 99
    assert await fit("knight") == 90
    assert 60 < await fit("balerina") < 88
    assert await fit("ballerina 2025") == 100


async def test_a_hit_names_the_film_to_its_source(index: TitleIndex) -> None:
    hit = (await index.search("parasite"))[0]
    assert (hit.ref, hit.original_title, hit.year) == ("imdb:tt6751668", "Gisaengchung", 2019)
    assert (await index.search("matrix"))[0].ref == "tmdb:0"


@pytest.fixture(scope="module")
def search(small: Path) -> TitleSearch:
    return TitleSearch(connect(small))


WILD = [
    "",
    " ",
    '"',
    "'",
    "matrix AND",
    "NEAR(matrix dune, 2)",
    "matrix*",
    "-matrix",
    "^dune",
    "words:dune",
    "du\0ne",
    "🎬",
    "\u202edune",
    "x" * 10_000,
    "the " * 2_500,
    "ab " * 3_000,
    "\ud800",
    "%_\\",
    "2025",
    "(2025)",
    "the",
    "千" * 300,
    ";DROP TABLE films;--",
]


@pytest.mark.parametrize("typed", WILD, ids=range(len(WILD)))
def test_nothing_that_is_typed_is_an_error(search: TitleSearch, typed: str) -> None:
    assert len(search.search(typed, 25, None)) <= 20 + 1


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="dunematrixblk 2049*\"'^-:()", max_size=40),
        st.lists(st.sampled_from(["the", "dark", "AND", "NOT", "NEAR", "knihgt", "dune", "2025", '"', "千"])).map(
            " ".join
        ),
    ),
    st.integers(min_value=-1, max_value=30),
)
def test_any_text_gives_at_most_as_many_hits_as_asked_for(search: TitleSearch, typed: str, limit: int) -> None:
    hits = search.search(typed, limit, 2026)
    assert len(hits) <= max(limit, 0)
    assert len({hit.ref for hit in hits}) == len(hits)
    assert all(0 < hit.fit <= 100 for hit in hits)


@given(st.sampled_from([title for title, _ in FILMS]), st.randoms(use_true_random=False))
def test_a_slip_in_a_long_title_is_forgiven(search: TitleSearch, title: str, chance: random.Random) -> None:
    if len(title) < 8 or not title.isascii():
        title = "The Dark Knight"
    typed = mistyped(title, 1, chance)
    assert title in [hit.title for hit in search.search(typed, 25, None)], typed


MANY = made_up_films(4000, seed=3)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> TitleSearch:
    titles = [ListedTitle(f"tmdb:{film.id}", film.title, film.title, None, film.popularity) for film in MANY]
    return TitleSearch(connect(build(tmp_path_factory.mktemp("many") / "titles.sqlite", titles)))


class TestAmongMany:
    @pytest.mark.parametrize(
        ("slips", "whole", "least"),
        [(0, True, 1.0), (1, True, 0.96), (2, True, 0.92), (0, False, 0.9), (1, False, 0.8)],
        ids=["titles", "titles, 1 slip", "titles, 2 slips", "beginnings", "beginnings, 1 slip"],
    )
    def test_most_are_found(self, many: TitleSearch, slips: int, whole: bool, least: float) -> None:
        chance = random.Random(5)
        wanted = chance.sample([film for film in MANY if len(film.title) > 7], 300)
        missed: list[tuple[str, str]] = []
        for film in wanted:
            typed = mistyped(film.title if whole else beginning(film.title, chance), slips, chance)
            if film.title not in [hit.title for hit in many.search(typed, 25, None)]:
                missed.append((typed, film.title))
        assert len(missed) <= 300 * (1 - least), missed

    def test_the_most_wanted_are_shown_of_those_that_begin_alike(self, many: TitleSearch) -> None:
        hits = [hit for hit in many.search("the", 25, None) if hit.fit == 95]
        assert len(hits) > 15
        assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)
        assert hits[0].rank < 100


class TestFile:
    async def titles(self, index: TitleIndex | None, typed: str) -> list[str]:
        assert index is not None
        return [hit.title for hit in await index.search(typed)]

    async def test_no_file_is_no_index(self, tmp_path: Path) -> None:
        assert await TitleIndex.open(tmp_path / "titles.sqlite") is None

    async def test_an_import_is_seen_while_it_is_open(self, tmp_path: Path) -> None:
        path = build(tmp_path / "titles.sqlite", listed([("Dune", None)]))
        index = await TitleIndex.open(path)
        assert await self.titles(index, "matrix") == []
        build(path, listed([("The Matrix", None)]))
        assert await self.titles(index, "matrix") == ["The Matrix"]
        assert await self.titles(index, "dune") == []
        assert index is not None
        await index.close()

    async def test_a_deleted_file_is_still_read(self, tmp_path: Path) -> None:
        path = build(tmp_path / "titles.sqlite", listed([("Dune", None)]))
        index = await TitleIndex.open(path)
        path.unlink()
        assert await self.titles(index, "dune") == ["Dune"]
        assert index is not None
        await index.close()

    @pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(3000)])
    async def test_another_file_is_refused_with_a_sentence(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "titles.sqlite"
        path.write_bytes(content)
        with pytest.raises(DatabaseError, match=r"titles\.sqlite (is|was) .+\. .+\.$"):
            await TitleIndex.open(path)
        with pytest.raises(DatabaseError):
            build(path, listed([("Dune", None)]))
        assert path.read_bytes() == content

    async def test_another_database_is_refused_with_a_sentence(self, tmp_path: Path) -> None:
        path = tmp_path / "titles.sqlite"
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE films (rank)")
        db.commit()
        with pytest.raises(DatabaseError, match="no title index"):
            await TitleIndex.open(path)
        db.execute("DROP TABLE films")
        db.close()
        build(tmp_path / "new.sqlite", listed([("Dune", None)]))
        db = sqlite3.connect(tmp_path / "new.sqlite")
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")
        db.close()
        with pytest.raises(DatabaseError, match="another version"):
            await TitleIndex.open(tmp_path / "new.sqlite")

    async def test_a_file_that_is_damaged_further_in_is_told_when_it_is_read(self, tmp_path: Path) -> None:
        path = build(tmp_path / "titles.sqlite", listed([(f"Film {number}", None) for number in range(3000)]))
        with path.open("r+b") as file:
            file.seek(8 * 4096)
            file.write(os.urandom(path.stat().st_size - 9 * 4096))

        async def read() -> None:
            index = await TitleIndex.open(path)
            assert index is not None
            try:
                for number in range(100):
                    await index.search(f"film {number}")
            finally:
                await index.close()

        with pytest.raises(DatabaseError, match=r"damaged.+import it again\.$"):
            await read()


async def test_many_may_search_at_once_and_some_give_up(index: TitleIndex) -> None:
    typed = ["dune", "the dakr", "matr", "balerina", "x" * 300] * 20
    searches = [asyncio.ensure_future(index.search(text)) for text in typed]
    await asyncio.sleep(0)
    for search in searches[::7]:
        search.cancel()
    found = await asyncio.gather(*searches, return_exceptions=True)
    assert not [
        each for each in found if isinstance(each, BaseException) and not isinstance(each, asyncio.CancelledError)
    ]
    alone: list[list[TitleHit]] = [await index.search(text) for text in typed[:5]]
    together = [each for place, each in enumerate(found) if place % 7 and place % 5 == 0]
    assert together == [alone[0]] * len(together)
