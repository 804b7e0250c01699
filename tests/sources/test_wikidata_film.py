"""What a film becomes of an item of Wikidata's; its dates are in test_wikidata_dates.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from bot.domain.films import Film, Job
from bot.sources.wikidata_dates import Known
from bot.sources.wikidata_film import film_ids, is_film, named_items, read_film
from bot.sources.wikidata_shapes import Entity, read_entities
from bot.sources.wikidata_values import clean_text
from tests.loopback.wikidata_world import FILM, WikidataWorld, amount, item, statement, text, titled

TODAY = date(2026, 11, 23)
NAMES = {
    "Q11": "Ana de Armas",
    "Q12": "Keanu Reeves",
    "Q13": "Len Wiseman",
    "Q14": "Shay Hatten",
    "Q15": "Tyler Bates",
    "Q16": "Basil Iwanyk",
    "Q21": "Eve Macarro",
    "Q22": "John Wick",
    "Q31": "action film",
    "Q32": "science fiction film",
    "Q33": "superhero",
    "Q41": "Lionsgate",
    "Q42": "Thunder Road",
    "Q51": "John Wick series",
}
KNOWN = Known({qid: (qid, label) for qid, label in NAMES.items()}, {})


def entity_of(*statements: dict[str, Any], labels: Mapping[str, str] | None = None) -> Entity:
    world = WikidataWorld()
    world.add_item("Q100", "", *statements).labels = {"en": "Ballerina"} if labels is None else dict(labels)
    read = (
        read_entities(world.answer({"action": "wbgetentities", "format": "json", "formatversion": "2", "ids": "Q100"}))
        or {}
    )
    entity = read["Q100"]
    assert entity is not None
    return entity


def film_of(*statements: dict[str, Any], labels: Mapping[str, str] | None = None) -> Film:
    film = read_film(entity_of(*statements, labels=labels), KNOWN, TODAY)
    assert film is not None
    return film


def of(property_id: str, *qids: str, rank: str = "normal") -> list[dict[str, Any]]:
    return [statement(property_id, item(qid), rank) for qid in qids]


@pytest.mark.parametrize(
    ("labels", "titles", "title", "original"),
    [
        ({"en": "Amélie", "fr": "Le Fabuleux Destin"}, [("Le Fabuleux Destin", "fr")], "Amélie", "Le Fabuleux Destin"),
        ({"mul": "Her", "de": "Sie"}, [], "Her", ""),
        ({"fr": "Le Fabuleux Destin"}, [("Amélie", "fr")], "Amélie", "Amélie"),
        ({"ja": "君の名は。"}, [], "君の名は。", ""),
        ({}, [("Дерсу Узала", "ru")], "Дерсу Узала", "Дерсу Узала"),
        ({"en": "Two  words\u202e\n"}, [], "Two words", ""),
        ({"en": "", "fr": "Nom"}, [], "Nom", ""),
    ],
    ids=["English", "for all", "its own", "any", "no label", "made harmless", "empty"],
)
def test_title(labels: dict[str, str], titles: list[tuple[str, str]], title: str, original: str) -> None:
    film = film_of(*(statement("P1476", titled(*one)) for one in titles), labels=labels)
    assert (film.title, film.original_title) == (title, original)


def test_without_a_title_there_is_no_film() -> None:
    assert read_film(entity_of(labels={}), KNOWN, TODAY) is None
    assert read_film(entity_of(labels={"en": "x" * 301}), KNOWN, TODAY) is None


@pytest.mark.parametrize(
    ("statements", "language"),
    [
        (of("P364", "Q150"), "fr"),
        ([*of("P364", "Q1860", "Q150"), statement("P1476", titled("Amélie", "fr"))], "fr"),
        (of("P364", "Q1860", "Q150"), "en"),
        ([statement("P1476", titled("Cidade de Deus", "pt-br"))], "pt"),
        ([statement("P1476", titled("…", "zxx"))], ""),
        (of("P364", "Q999"), ""),
        ([], ""),
    ],
    ids=["said", "its title's among several", "first of several", "only a title", "no language", "unknown", "none"],
)
def test_language(statements: list[dict[str, Any]], language: str) -> None:
    assert film_of(*statements).original_language == language


@pytest.mark.parametrize(
    ("lengths", "minutes"),
    [
        ([statement("P2047", amount("125", "Q7727"))], 125),
        ([statement("P2047", amount("2", "Q25235"))], 120),
        ([statement("P2047", amount("1.5", "Q25235"))], 90),
        ([statement("P2047", amount("7500", "Q11574"))], 125),
        (
            [
                statement("P2047", amount("160", "Q7727"), qualifiers={"P518": [item("Q999")]}),
                statement("P2047", amount("125", "Q7727")),
            ],
            125,
        ),
        ([statement("P2047", amount("125", "Q7727"), "deprecated")], None),
        ([statement("P2047", amount("125", "Q199"))], None),
        ([statement("P2047", amount("0", "Q7727"))], None),
        ([statement("P2047", amount("51420", "Q7727"))], None),
        ([statement("P2047", amount("1e3", "Q7727"))], None),
        ([statement("P2047", text("125"))], None),
    ],
    ids=[
        "minutes", "hours", "an hour and a half", "seconds", "not the longer cut", "deprecated", "another unit", "zero",
        "days on end", "a number in another form", "a text",
    ],
)  # fmt: skip
def test_runtime(lengths: list[dict[str, Any]], minutes: int | None) -> None:
    assert film_of(*lengths).runtime_minutes == minutes


def test_lists_are_names() -> None:
    film = film_of(
        *of("P136", "Q31", "Q32", "Q33", "Q999"),
        *of("P272", "Q41", "Q42", "Q41"),
        *of("P750", "Q41"),
        *of("P495", "Q30", "Q183", "Q46"),
        *of("P179", "Q51"),
    )
    assert film.genres == ("Action", "Science Fiction", "Superhero")
    assert (film.companies, film.distributors) == (("Lionsgate", "Thunder Road"), ("Lionsgate",))
    assert film.countries == ("US", "DE")
    assert film.belongs_to == {"wikidata:Q51": "John Wick series"}
    assert film.sources == ("https://www.wikidata.org/wiki/Q100",)


def test_credits() -> None:
    film = film_of(
        *of("P57", "Q13"),
        *of("P58", "Q14"),
        *of("P162", "Q16"),
        *of("P86", "Q15"),
        statement("P161", item("Q12"), qualifiers={"P453": [item("Q22")], "P1545": [text("2")]}),
        statement("P161", item("Q11"), qualifiers={"P453": [item("Q21")], "P1545": [text("1")]}),
    )
    assert [(c.job, c.position, c.name, c.character, c.refs) for c in film.credits] == [
        (Job.DIRECTOR, 0, "Len Wiseman", "", ("wikidata:Q13",)),
        (Job.WRITER, 0, "Shay Hatten", "", ("wikidata:Q14",)),
        (Job.CAST, 0, "Ana de Armas", "Eve Macarro", ("wikidata:Q11",)),
        (Job.CAST, 1, "Keanu Reeves", "John Wick", ("wikidata:Q12",)),
        (Job.PRODUCER, 0, "Basil Iwanyk", "", ("wikidata:Q16",)),
        (Job.COMPOSER, 0, "Tyler Bates", "", ("wikidata:Q15",)),
    ]


def test_a_person_with_two_roles_is_listed_once_and_one_without_a_name_not_at_all() -> None:
    film = film_of(
        statement("P161", item("Q12"), qualifiers={"P453": [item("Q22")]}),
        statement("P161", item("Q999")),
        statement("P161", item("Q12"), qualifiers={"P4633": [text("his twin")]}),
        statement("P725", item("Q11")),
    )
    cast = [(credit.position, credit.name, credit.character) for credit in film.people(Job.CAST)]
    assert cast == [(0, "Keanu Reeves", "John Wick / his twin"), (1, "Ana de Armas", "")]


def test_a_crowd_is_cut_off() -> None:
    crowd = entity_of(*of("P161", *(f"Q{number}" for number in range(1000, 1400))))
    assert len(named_items(crowd)) == 40


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            [statement("P345", text("tt7181546")), statement("P4947", text("541671"))],
            {"imdb": "tt7181546", "tmdb": "541671"},
        ),
        ([statement("P345", text("nm0000206"))], {}),
        ([statement("P345", text("tt7181546")), statement("P345", text("tt2261287"))], {}),
        (
            [statement("P345", text("tt7181546"), "preferred"), statement("P345", text("tt2261287"))],
            {"imdb": "tt7181546"},
        ),
        ([statement("P345", text("tt7181546"), "deprecated")], {}),
        ([statement("P4947", text("541671 "))], {"tmdb": "541671"}),
        ([statement("P4947", text("0"))], {}),
    ],
    ids=["both", "a person's", "two films'", "the preferred", "deprecated", "with a space", "zero"],
)
def test_ids(statements: list[dict[str, Any]], expected: dict[str, str]) -> None:
    assert film_ids(entity_of(*statements)) == {"wikidata": "Q100", **expected}


@pytest.mark.parametrize(
    ("classes", "tmdb", "film"),
    [
        ([FILM], "", True),
        (["Q18011172"], "", True),
        (["Q29168811"], "", True),
        (["Q5398426", FILM], "", True),
        (["Q5398426"], "1", False),
        (["Q24856"], "", False),
        (["Q571"], "", False),
        (["Q98765"], "1", True),
        (["Q98765"], "", False),
        ([], "", False),
    ],
    ids=[
        "film", "project", "animated", "film among others", "series", "series of films", "book", "unknown, at TMDB",
        "unknown", "none",
    ],
)  # fmt: skip
def test_what_a_film_is(classes: list[str], tmdb: str, film: bool) -> None:
    ids = [statement("P4947", text(tmdb))] if tmdb else []
    assert is_film(entity_of(*of("P31", *classes), *ids)) is film


@pytest.mark.parametrize(
    ("said", "clean"),
    [(" a\u0000b ", "a b"), ("a\u200bb", "a b"), (3, ""), (None, ""), ("x" * 301, ""), ("", ""), ("Ω", "Ω")],
)
def test_clean_text(said: object, clean: str) -> None:
    assert clean_text(said) == clean


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "x",
        [],
        {},
        {"mainsnak": None, "rank": "normal"},
        {"mainsnak": {"snaktype": "value"}, "rank": "normal"},
        {"mainsnak": {"snaktype": "value", "datavalue": {"value": "Q11"}}, "rank": "normal"},
        {"mainsnak": {"snaktype": "value", "datavalue": {"value": {"id": "Q0"}}}, "rank": "normal"},
        {"mainsnak": {"snaktype": "value", "datavalue": {"value": {"id": "Q99999999999"}}}, "rank": "normal"},
        {"mainsnak": {"snaktype": "value", "datavalue": {"value": {"id": "Q11"}}}, "rank": "best"},
    ],
)
def test_a_wrong_statement_is_left_out_and_the_film_stays(wrong: Any) -> None:
    entity = entity_of(*of("P57", "Q13"))
    claims = {**(entity.claims or {}), "P57": [wrong, *of("P57", "Q13")], "P58": wrong, "P577": [wrong]}
    film = read_film(Entity("Q100", 1, {"en": "Ballerina"}, (), "", claims), KNOWN, TODAY)
    assert film is not None
    assert [credit.name for credit in film.credits] == ["Len Wiseman"]
