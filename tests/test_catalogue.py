"""The bundled catalogue is whole, and every file of it keeps the rules of data/README.md."""

import re
import tomllib
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import PUBLIC, Catalogue, EntryKind, Film, Job, ReleaseType
from bot.domain.releases import first_date
from bot.domain.titles import normalise
from bot.sources.bundled import SOURCE, find_catalogue, read_catalogue

#: The day on which the catalogue was made; the films that were still to come then are what it is for.
MADE_ON = date(2026, 11, 23)
HTTPS = re.compile(r"https://[^\s/]+\.[^\s/]+(/\S*)?")
#: Whose data may not be copied into the catalogue, and of whom only the id may stand in it.
FORBIDDEN = ("themoviedb.org", "imdb.com")
GENRES = (
    "Action, Adventure, Animation, Biography, Comedy, Crime, Documentary, Drama, Family, Fantasy, Historical, Horror, "
    "Music, Musical, Mystery, Romance, Science Fiction, Sports, Spy, Superhero, Survival, Thriller, War, Western"
)


@cache
def catalogue() -> Catalogue:
    return read_catalogue(find_catalogue())


FILMS = sorted(catalogue().films)


def film(key: str) -> Film:
    return catalogue().films[key]


def test_there_are_enough_films_and_enough_of_them_still_to_come() -> None:
    films = catalogue().films.values()
    assert len(films) >= 150
    coming = [found for found in films if (first := _first_public(found)) and not first.is_out(MADE_ON)]
    assert len(coming) >= 70
    assert {found.date.precision.value for one in coming for found in one.releases} >= {"day", "month", "year"}


def _first_public(found: Film) -> ReleaseDate | None:
    dates = (release.date for release in found.releases if release.type in PUBLIC)
    return min(dates, key=lambda when: when.sort_key, default=None)


def test_ballerina_is_complete_and_so_are_its_namesakes() -> None:
    ballerina = film("ballerina-2025")
    assert len(ballerina.trivia) >= 10
    assert any(fact.spoiler for fact in ballerina.trivia)
    assert str(first_date(ballerina, "US", ReleaseType.THEATRICAL)) == "2025-06-06"
    assert [str(change.old) for change in ballerina.changes if change.country == "US"] == ["2024-06-07"]
    assert [credit.name for credit in ballerina.people(Job.DIRECTOR)] == ["Len Wiseman"]
    named = [found.label for found in catalogue().films.values() if found.title == "Ballerina"]
    assert sorted(named) == ["Ballerina (2016)", "Ballerina (2023)", "Ballerina (2025)"]


def test_the_john_wick_universe_is_whole() -> None:
    (franchise,) = (found for found in catalogue().franchises if found.key == "john-wick")
    titles = {entry.title for entry in franchise.entries}
    assert {"John Wick", "John Wick: Chapter 2", "John Wick: Chapter 4", "Ballerina"} <= titles
    assert any(title.startswith("John Wick: Chapter 3") for title in titles)
    series = [entry.title for entry in franchise.entries if entry.kind is EntryKind.SERIES]
    assert [title for title in series if title.startswith("The Continental")] == series != []


@pytest.mark.parametrize("key", FILMS)
def test_a_film_keeps_the_rules_of_its_fields(key: str) -> None:
    found = film(key)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-(\d{4}|tba)", key)
    assert found.ids[SOURCE] == key
    assert found.title == found.title.strip()
    assert found.summary == "" or (len(found.summary) <= 200 and found.summary.endswith((".", "!", "?")))
    assert found.original_title != found.title
    assert re.fullmatch(r"[a-z]{2}", found.original_language)
    assert found.runtime_minutes is None or 40 <= found.runtime_minutes <= 300
    assert set(found.genres) <= set(GENRES.split(", "))
    assert found.genres
    assert found.sources
    assert found.as_of is not None
    assert found.as_of <= MADE_ON
    assert found.title not in found.alternative_titles
    for values in (
        found.genres,
        found.companies,
        found.distributors,
        found.countries,
        found.alternative_titles,
        found.releases,
    ):
        assert len(values) == len(set(values))


@pytest.mark.parametrize("key", FILMS)
def test_a_film_names_good_sources(key: str) -> None:
    found = film(key)
    cited = [*found.sources, *(fact.source for fact in found.trivia)]
    cited += [change.source for change in found.changes if change.source != SOURCE]
    for source in cited:
        assert HTTPS.fullmatch(source), source
        assert not any(name in source for name in FORBIDDEN), source


@pytest.mark.parametrize("key", FILMS)
def test_trivia_is_short_and_told_once(key: str) -> None:
    facts = [fact.text for fact in film(key).trivia]
    assert all(len(text) <= 300 and text == text.strip() for text in facts)
    assert len(facts) == len({normalise(text) for text in facts})


@pytest.mark.parametrize("key", FILMS)
def test_a_year_is_that_of_a_release_and_only_what_has_none_goes_without(key: str) -> None:
    found = film(key)
    years = {release.date.first.year for release in found.releases if release.date.first}
    assert (found.year in years) if years else (found.year is None or found.year >= MADE_ON.year)


@pytest.mark.parametrize("key", [key for key in FILMS if film(key).changes])
def test_changes_of_a_date_chain_up_to_the_date_that_it_has(key: str) -> None:
    found = film(key)
    chains: defaultdict[tuple[str, str], list[tuple[ReleaseDate | None, ReleaseDate | None]]] = defaultdict(list)
    for change in found.changes:
        assert change.history
        assert change.old != change.new
        chains[change.country, change.type].append((change.old, change.new))
    for (country, type_), steps in chains.items():
        assert all(one[1] == two[0] for one, two in pairwise(steps))
        present = first_date(found, country, ReleaseType(type_))
        assert steps[-1][1] == (present if present and present.first else None)


@pytest.mark.parametrize("key", FILMS)
def test_a_credit_stands_once_and_only_cast_plays_somebody(key: str) -> None:
    credits = film(key).credits
    assert not [credit for credit in credits if credit.character and credit.job is not Job.CAST]
    assert [pair for pair, times in Counter((credit.name, credit.job) for credit in credits).items() if times > 1] == []


def test_a_person_is_spelled_one_way() -> None:
    spellings: defaultdict[str, set[str]] = defaultdict(set)
    for found in catalogue().films.values():
        for credit in found.credits:
            spellings[normalise(credit.name)].add(credit.name)
            assert credit.name == " ".join(credit.name.split())
    assert [sorted(names) for names in spellings.values() if len(names) > 1] == []


def test_an_id_belongs_to_one_film_and_looks_like_one() -> None:
    shapes = {"imdb": r"tt\d{7,8}", "wikidata": r"Q[1-9]\d*", "tmdb": r"[1-9]\d*", SOURCE: r"[a-z0-9-]+"}
    ids = [pair for found in catalogue().films.values() for pair in found.ids.items()]
    assert [pair for pair, times in Counter(ids).items() if times > 1] == []
    assert [pair for pair in ids if not re.fullmatch(shapes[pair[0]], pair[1])] == []


def test_no_two_films_have_one_name_and_year() -> None:
    labels = Counter(found.label.casefold() for found in catalogue().films.values())
    assert [label for label, times in labels.items() if times > 1] == []


@pytest.mark.parametrize("key", [franchise.key for franchise in catalogue().franchises])
def test_a_franchise_is_in_release_order_with_a_story_order_that_leaves_nothing_out(key: str) -> None:
    (franchise,) = (found for found in catalogue().franchises if found.key == key)
    entries = franchise.entries
    assert sorted(entry.story for entry in entries) == list(range(1, len(entries) + 1))
    dates = [_first_public(film(entry.film_key)) if entry.film_key else entry.date for entry in entries]
    days = [when.last if when and when.last else date.max for when in dates]
    assert days == sorted(days)
    films = [entry.film_key for entry in entries if entry.film_key]
    assert len(films) == len(set(films))
    assert [name for name in films if len(film(name).trivia) < 2] == []
    assert all(entry.date.first for entry in entries if entry.kind is EntryKind.SERIES)


def test_a_film_belongs_to_one_franchise() -> None:
    films = Counter(
        entry.film_key for franchise in catalogue().franchises for entry in franchise.entries if entry.film_key
    )
    assert [key for key, times in films.items() if times > 1] == []


def test_the_files_are_valid_toml_with_known_line_ends() -> None:
    for path in find_catalogue().glob("*/*.toml"):
        text = path.read_bytes()
        assert b"\r" not in text
        assert text.endswith(b"\n")
        tomllib.loads(text.decode())
