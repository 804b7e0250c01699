"""Titles typed wrong, short, run together or in another script still find their film in the bundled catalogue."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import FilmNotFound
from bot.domain.films import Film
from bot.domain.releases import counting_release
from bot.services.catalogue import load_catalogue
from bot.services.search import FITS, MAX_HITS, FilmSearch, shown
from bot.sources.bundled import SOURCE, digest_of, find_catalogue, read_catalogue
from bot.store.database import open_database
from tests.domain.examples import day, utc
from tests.store.engines import PostgresServer

#: Ten days before Ballerina.
TODAY = day("2025-05-27")
LABELS = sorted(film.label for film in read_catalogue(find_catalogue()).films.values())


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> FilmSearch:
    """Over all of the catalogue, as the store has it: in memory, and the same from both engines."""
    return asyncio.run(_load(f"sqlite:///{tmp_path_factory.mktemp('search')}/marquee.db", filled=True))


async def _load(url: str, *, filled: bool) -> FilmSearch:
    folder = find_catalogue()
    db = await open_database(url)
    try:
        if filled:
            await load_catalogue(db, digest_of(folder), lambda: read_catalogue(folder), utc("2025-05-27 12:00"))
        found = FilmSearch(db)
        await found.load()
        return found
    finally:
        await db.close()


def suggested(search: FilmSearch, typed: str, country: str = "US") -> list[str]:
    return [hit.film.ids[SOURCE] for hit in search.suggest(typed, country, TODAY)]


def resolved(search: FilmSearch, typed: str) -> list[str]:
    return [film.ids[SOURCE] for film in search.resolve(typed, "US", TODAY)]


FIRST = [
    # what is typed, the film that is suggested first
    ("ballerina", "ballerina-2025"),
    ("balerina", "ballerina-2025"),
    ("BALLERNIA", "ballerina-2025"),
    ("balle", "ballerina-2025"),
    ("bal", "ballerina-2025"),
    ("ballerina 2016", "ballerina-2016"),
    ("Ballerina (2023)", "ballerina-2023"),
    ("baĺlérïna", "ballerina-2025"),
    ("발레리나", "ballerina-2025"),
    ("バレリーナ", "ballerina-2025"),
    ("from the world of john wick", "ballerina-2025"),
    ("john wick", "john-wick-2014"),
    ("jhon wick", "john-wick-2014"),
    ("johnwick", "john-wick-2014"),
    ("jon wick", "john-wick-2014"),
    ("jon wick 4", "john-wick-chapter-4-2023"),
    ("john wick 4", "john-wick-chapter-4-2023"),
    ("wick chapter 4", "john-wick-chapter-4-2023"),
    ("johnwickchapter2", "john-wick-chapter-2-2017"),
    ("parabellum", "john-wick-chapter-3-parabellum-2019"),
    ("parabelum", "john-wick-chapter-3-parabellum-2019"),
    ("matrix, the", "the-matrix-1999"),
    ("Matrix", "the-matrix-1999"),
    ("the matirx", "the-matrix-1999"),
    ("matrixreloaded", "the-matrix-reloaded-2003"),
    ("matrix relaoded", "the-matrix-reloaded-2003"),
    ("blade runner 2049", "blade-runner-2049-2017"),
    ("total recall 1990", "total-recall-1990"),
    ("total recall 2012", "total-recall-2012"),
    ("superman 1978", "superman-1978"),
    ("superman", "superman-2025"),
    ("spiderman beyond", "spider-man-beyond-the-spider-verse-2027"),
    ("into spider verse", "spider-man-into-the-spider-verse-2018"),
    ("teh matrix", "the-matrix-1999"),
    ("lilo&stitch", "lilo-and-stitch-2025"),
    ("lilo and stich", "lilo-and-stitch-2025"),
    ("magicians nephew", "narnia-the-magicians-nephew-2027"),
    ("magician’s nephew", "narnia-the-magicians-nephew-2027"),
    ("shreck 5", "shrek-5-2027"),
    ("shrek5", "shrek-5-2027"),
    ("hunt for golum", "the-lord-of-the-rings-the-hunt-for-gollum-2027"),
    ("f1", "f1-2025"),
    ("28 years", "28-years-later-2025"),
    ("fantastic four", "the-fantastic-four-first-steps-2025"),
    ("avengers domsday", "avengers-doomsday-2026"),
    ("  the   naked   gun  ", "the-naked-gun-2025"),
    ("underwrold evolution", "underworld-evolution-2006"),
    ("werwolf", "werwulf-2026"),
    ("dune part two", "dune-part-two-2024"),
    ("godzilla x kong", "godzilla-x-kong-supernova-2027"),
    ("\u202eballerina\u200b", "ballerina-2025"),
    ("**ballerina**", "ballerina-2025"),
    ("||Ballerina||", "ballerina-2025"),
]


@pytest.mark.parametrize(("typed", "key"), FIRST)
def test_the_film_that_is_meant_comes_first(search: FilmSearch, typed: str, key: str) -> None:
    assert suggested(search, typed)[:1] == [key]


NOTHING = [
    "xqzt",
    "qwertyuiop",
    "…!?",
    "💃",
    "'; DROP TABLE films; --",
    "1234567890",
    "x" * 200,
    "lorem ipsum dolor sit amet " * 8,
]


@pytest.mark.parametrize("typed", NOTHING)
def test_nonsense_finds_nothing_and_says_so_shortly(search: FilmSearch, typed: str) -> None:
    assert suggested(search, typed) == []
    with pytest.raises(FilmNotFound) as caught:
        search.resolve(typed, "US", TODAY)
    assert str(caught.value).startswith("No film found for")
    assert len(str(caught.value)) < 400


NEAREST = [
    ("balerino dance", "Ballerina"),
    ("jonathan wickham", "John Wick"),
]


@pytest.mark.parametrize(("typed", "title"), NEAREST)
def test_what_is_not_found_names_the_nearest_titles(search: FilmSearch, typed: str, title: str) -> None:
    with pytest.raises(FilmNotFound) as caught:
        search.resolve(typed, "US", TODAY)
    offered = re.findall(r"\*\*(.+?)\*\*", str(caught.value))
    assert any(label.startswith(title) for label in offered)
    assert len(offered) <= 3


@pytest.mark.parametrize("label", LABELS)
def test_a_label_that_discord_submits_for_a_choice_is_that_film(search: FilmSearch, label: str) -> None:
    (film,) = search.resolve(label, "US", TODAY)
    assert film.label == label
    assert search.resolve(f"{label} · 6 June 2025", "US", TODAY) == [film]
    assert search.resolve(f"id:{film.id}", "US", TODAY) == [film]
    assert film.ids[SOURCE] in suggested(search, film.title)


SURE = [
    ("balerina", ["ballerina-2025", "ballerina-2016", "ballerina-2023"]),
    ("ballerina 2016", ["ballerina-2016"]),
    ("parabellum", ["john-wick-chapter-3-parabellum-2019"]),
    ("the matrix", ["the-matrix-1999"]),
    ("superman", ["superman-2025", "superman-1978"]),
    ("blade runner 2049", ["blade-runner-2049-2017"]),
    ("shrek 5", ["shrek-5-2027"]),
]


@pytest.mark.parametrize(("typed", "keys"), SURE)
def test_free_text_is_that_film_or_those_of_one_name(search: FilmSearch, typed: str, keys: list[str]) -> None:
    assert sorted(resolved(search, typed)) == sorted(keys)


def test_the_title_of_a_film_that_is_out_may_mean_one_that_is_still_to_come(search: FilmSearch) -> None:
    first, *others = search.resolve("john wick", "US", TODAY)
    assert first.ids[SOURCE] == "john-wick-2014"
    assert {"ballerina-2025", "john-wick-chapter-5-tba"} <= {film.ids[SOURCE] for film in others}
    assert all(_first_date(film, "US") > TODAY for film in others)


def _first_date(film: Film, country: str) -> date:
    counting = counting_release(film, country)
    release = counting.main or counting.elsewhere
    return release.date.last or date.max if release else date.max


@pytest.mark.parametrize("typed", ["id:0", "id:999999999", "id:000", "id:"])
def test_a_reference_to_no_film_finds_none(search: FilmSearch, typed: str) -> None:
    with pytest.raises(FilmNotFound):
        search.resolve(typed, "US", TODAY)


def test_nothing_typed_suggests_what_comes_next_here(search: FilmSearch) -> None:
    american, german = suggested(search, ""), suggested(search, "   ", "DE")
    assert len(american) == len(german) == MAX_HITS
    assert american[:2] == ["ballerina-2025", "how-to-train-your-dragon-2025"]
    assert german[0] == "ballerina-2025"


def test_at_equal_fit_the_next_to_come_is_first_and_then_the_newest(search: FilmSearch) -> None:
    assert suggested(search, "ballerina")[:3] == ["ballerina-2025", "ballerina-2023", "ballerina-2016"]
    assert suggested(search, "john wick chapter")[0] in {"john-wick-chapter-5-tba", "john-wick-chapter-4-2023"}


def test_only_some_films_may_be_looked_among(search: FilmSearch) -> None:
    (first,) = search.resolve("ballerina 2016", "US", TODAY)
    assert [hit.film for hit in search.suggest("ballerina", "US", TODAY, {first.id})] == [first]
    assert [hit.film for hit in search.suggest("", "US", TODAY, {first.id})] == [first]
    assert search.resolve("ballerina", "US", TODAY, {first.id}) == [first]
    assert search.suggest("ballerina", "US", TODAY, ()) == []


titles = st.sampled_from([label.rsplit(" (", 1)[0] for label in LABELS]).filter(lambda title: len(title) >= 7)


@given(titles, st.integers(1, 100), st.sampled_from(["swap", "drop", "double"]))
def test_one_slip_of_the_finger_hides_no_film(search: FilmSearch, title: str, place: int, slip: str) -> None:
    at = place % (len(title) - 2) + 1
    typed = {
        "swap": title[:at] + title[at + 1] + title[at] + title[at + 2 :],
        "drop": title[:at] + title[at + 1 :],
        "double": title[:at] + title[at] + title[at:],
    }[slip]
    assert title in [hit.film.title for hit in search.suggest(typed, "US", TODAY)]


pieces = st.sampled_from(
    [
        "ballerina",
        "john",
        "wick",
        "matrix",
        "the",
        "2025",
        "(",
        ")",
        ",",
        "·",
        ":",
        "id:",
        "12",
        "…",
        "'",
        "&",
        "-",
        "é",
        "ё",
        "발",
        "\u200b",
        "\u202e",
        "@everyone",
        "||",
        "**",
        "`",
    ]
)


@given(st.text(max_size=220) | st.lists(pieces, max_size=12).map(" ".join) | st.lists(pieces, max_size=12).map("".join))
def test_anything_typed_gives_a_short_list_or_no_film(search: FilmSearch, typed: str) -> None:
    hits = search.suggest(typed, "US", TODAY)
    assert len(hits) <= MAX_HITS
    assert all(hit.score >= FITS for hit in hits)
    assert len({hit.film.id for hit in hits}) == len(hits)
    try:
        found: Sequence[object] = search.resolve(typed, "US", TODAY)
    except FilmNotFound:
        found = ["none"]
    assert 1 <= len(found) <= MAX_HITS


async def test_both_engines_give_it_the_same_films(search: FilmSearch, postgres: PostgresServer) -> None:
    other = await _load(await postgres.emptied(), filled=True)
    assert other.films == search.films
    assert len(search.films) == len(LABELS)


async def test_before_there_are_films_none_is_found(url: str) -> None:
    empty = await _load(url, filled=False)
    assert (empty.films, empty.suggest("", "US", TODAY)) == ([], [])
    with pytest.raises(FilmNotFound):
        empty.resolve("ballerina", "US", TODAY)


def test_what_was_typed_is_said_back_on_one_short_line() -> None:
    assert shown(" a\n b ") == "a b"
    assert len(shown("x" * 6000)) == 60
