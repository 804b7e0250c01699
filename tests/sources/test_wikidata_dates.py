"""Which of Wikidata's dates are whose, of which type, and how exact."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.domain.films import Release, ReleaseType
from bot.domain.places import countries
from bot.sources.wikidata_dates import (
    Known,
    Place,
    holds_placeholder,
    placed_items,
    read_place,
    read_releases,
    read_year,
)
from bot.sources.wikidata_items import COUNTRIES, LANGUAGES
from bot.sources.wikidata_shapes import Entity, read_entities
from bot.sources.wikidata_values import read_time
from tests.loopback.wikidata_world import ENTITY, WikidataWorld, item, statement, time

TODAY = date(2026, 11, 23)
US, DE, GB = "Q30", "Q183", "Q145"
CANNES, CANNES_FESTIVAL, EUROPE, PREMIERE = "Q39984", "Q42369", "Q46", "Q204854"
PLACES = {
    CANNES: Place("Cannes", "FR"),
    CANNES_FESTIVAL: Place("Cannes Film Festival", "FR"),
    EUROPE: Place("Europe"),
    PREMIERE: Place("premiere"),
    "Q1": Place("wide release"),
    "Q2": Place("limited theatrical release"),
    "Q3": Place("re-release"),
}
KNOWN = Known({"Q907311": ("Q907311", "Netflix")}, PLACES)


def entity_of(*statements: dict[str, Any]) -> Entity:
    world = WikidataWorld()
    world.add_item("Q100", "A film", *statements)
    params = {"action": "wbgetentities", "format": "json", "formatversion": "2", "ids": "Q100"}
    read = (read_entities(world.answer(params)) or {})["Q100"]
    assert read is not None
    return read


def dated(iso: str, precision: int = 11, place: str = US, rank: str = "normal", **qualifiers: str) -> dict[str, Any]:
    """A date; a qualifier is P437="Q5294|Q47770"."""
    made = {"P291": [item(place)]} if place else {}
    made |= {name: [item(one) for one in values.split("|")] for name, values in qualifiers.items()}
    return statement("P577", time(iso, precision), rank, made or None)


def told(release: Release) -> str:
    """A release in a line: "US theatrical 2027-06-25 note [language]"."""
    language = f"[{release.language}]" if release.language else ""
    return " ".join(part for part in (release.country, release.type, str(release.date), release.note, language) if part)


CASES: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "a day": ([dated("2027-06-25")], ["US theatrical 2027-06-25"]),
    "a month, whatever day the text has": ([dated("2027-06-01", 10)], ["US theatrical 2027-06"]),
    "a month, its day as zeros": ([dated("2027-06-00", 10)], ["US theatrical 2027-06"]),
    "a year, whatever the text has": ([dated("2027-01-01", 9)], ["US theatrical 2027"]),
    "a year, the rest as zeros": ([dated("2027-00-00", 9)], ["US theatrical 2027"]),
    "a decade says nothing": ([dated("2020-00-00", 8)], []),
    "an hour is no precision that films have": ([dated("2027-06-25", 12)], []),
    "a day that is none": ([dated("2027-02-30")], []),
    "month 13": ([dated("2027-13-45")], []),
    "a day without a month": ([dated("2027-00-00", 11)], []),
    "year 1": ([dated("0001-01-01")], []),
    "year 9999": ([dated("9999-12-31")], []),
    "before our era": ([dated("-0044-03-15")], []),
    "the Julian calendar": (
        [statement("P577", time("1910-06-25", 11, f"{ENTITY}Q1985786"), qualifiers={"P291": [item(US)]})],
        [],
    ),
    "a date that nobody knows": ([statement("P577", None, qualifiers={"P291": [item(US)]})], []),
    "no place: no country's": ([dated("2027-06-25", place="")], []),
    "several countries in one statement": (
        [dated("2027-06-25", P291=f"{US}|{GB}")],
        ["US theatrical 2027-06-25", "GB theatrical 2027-06-25"],
    ),
    "mainland China is China": ([dated("2027-06-25", place="Q19188")], ["CN theatrical 2027-06-25"]),
    "the Kingdom of Denmark is Denmark": ([dated("2027-06-25", place="Q756617")], ["DK theatrical 2027-06-25"]),
    "a continent is no country": ([dated("2027-06-25", place=EUROPE)], []),
    "a place that could not be found": ([dated("2027-06-25", place="Q777777")], []),
    "a town is its premiere": ([dated("2027-05-20", place=CANNES)], ["FR premiere 2027-05-20 Cannes"]),
    "a festival as place": (
        [dated("2027-05-20", place=CANNES_FESTIVAL)],
        ["FR premiere 2027-05-20 Cannes Film Festival"],
    ),
    "a festival as event, no place": (
        [dated("2027-05-20", place="", P5072=CANNES_FESTIVAL)],
        ["FR premiere 2027-05-20 Cannes Film Festival"],
    ),
    "a festival as event, in a country": (
        [dated("2027-05-20", place="Q142", P793=CANNES_FESTIVAL)],
        ["FR premiere 2027-05-20 Cannes Film Festival"],
    ),
    "a premiere in a country": ([dated("2027-05-20", P793=PREMIERE)], ["US premiere 2027-05-20 premiere"]),
    "an event that could not be found is still none of the public's": (
        [dated("2027-05-20", P793="Q777777")],
        ["US premiere 2027-05-20"],
    ),
    "a wide release is the release": ([dated("2027-05-20", P793="Q1")], ["US theatrical 2027-05-20"]),
    "a limited release": ([dated("2027-05-20", P793="Q2")], ["US limited 2027-05-20"]),
    "a re-release is noted": ([dated("2027-05-20", P793="Q3")], ["US theatrical 2027-05-20 Re-release"]),
    "in cinemas, said so": ([dated("2027-06-25", P437="Q41253")], ["US theatrical 2027-06-25"]),
    "video on demand": ([dated("2027-06-25", P437="Q723685")], ["US digital 2027-06-25"]),
    "digital, by a service": (
        [dated("2027-06-25", P437="Q269415", P750="Q907311")],
        ["US digital 2027-06-25 Netflix"],
    ),
    "two discs are one release": ([dated("2027-06-25", P437="Q5294|Q47770")], ["US physical 2027-06-25"]),
    "television": ([dated("2027-06-25", P437="Q289")], ["US tv 2027-06-25"]),
    "a form that we do not know": ([dated("2027-06-25", P437="Q123456")], []),
    "a form that nobody knows": (
        [statement("P577", time("2027-06-25"), qualifiers={"P291": [item(US)], "P437": [{"type": "x", "value": 3}]})],
        [],
    ),
    "a language": ([dated("2027-06-25", place="Q39", P407="Q188")], ["CH theatrical 2027-06-25 [de]"]),
    "deprecated": ([dated("2027-06-25", rank="deprecated")], []),
    "preferred before normal, of one country": (
        [dated("2027-06-25"), dated("2027-07-09", rank="preferred"), dated("2027-06-30", place=DE)],
        ["US theatrical 2027-07-09", "DE theatrical 2027-06-30"],
    ),
    "preferred before normal, of one type": (
        [dated("2027-06-25"), dated("2027-09-01", rank="preferred", P437="Q723685")],
        ["US theatrical 2027-06-25", "US digital 2027-09-01"],
    ),
    "twice the same": ([dated("2027-06-25"), dated("2027-06-25")], ["US theatrical 2027-06-25"]),
    "the year, and the day in it": ([dated("2027-00-00", 9), dated("2027-06-25")], ["US theatrical 2027-06-25"]),
    "the year, and a day in another": (
        [dated("2026-00-00", 9), dated("2027-06-25")],
        ["US theatrical 2026", "US theatrical 2027-06-25"],
    ),
    "two days: both are kept": (
        [dated("2027-06-25"), dated("2027-07-01")],
        ["US theatrical 2027-06-25", "US theatrical 2027-07-01"],
    ),
    "circa": ([dated("2027-06-25", P1480="Q5727902")], ["US theatrical 2027"]),
    "New Year's Eve of a far year": ([dated("2028-12-31")], ["US theatrical 2028"]),
    "New Year's Day that is near": ([dated("2027-01-01")], ["US theatrical 2027-01-01"]),
}


@pytest.mark.parametrize("case", CASES)
def test_dates(case: str) -> None:
    statements, expected = CASES[case]
    assert [told(release) for release in read_releases(entity_of(*statements), KNOWN, TODAY)] == expected


def test_every_release_names_its_source() -> None:
    assert {release.source for release in read_releases(entity_of(dated("2027-06-25")), KNOWN, TODAY)} == {"wikidata"}


@pytest.mark.parametrize(
    ("statements", "year"),
    [
        ([dated("2027-06-25", place="")], 2027),
        ([dated("2027-06-25"), dated("2026-09-01", place=CANNES)], 2026),
        ([dated("2026-06-25"), dated("2027-09-01", rank="preferred")], 2027),
        ([dated("2026-06-25", rank="deprecated")], None),
        ([dated("2020-00-00", 8)], None),
        ([], None),
    ],
    ids=["no place", "premiere first", "preferred", "deprecated", "decade", "none"],
)
def test_year(statements: list[dict[str, Any]], year: int | None) -> None:
    assert read_year(entity_of(*statements)) == year


@pytest.mark.parametrize(("iso", "held"), [("2028-12-31", True), ("2027-01-01", False), ("2028-12-30", False)])
def test_a_placeholder_is_known_for_one(iso: str, held: bool) -> None:
    assert holds_placeholder(entity_of(dated(iso)), TODAY) is held


def test_only_what_no_table_names_is_looked_up() -> None:
    entity = entity_of(dated("2027-06-25"), dated("2027-05-20", place=CANNES, P793=PREMIERE))
    assert placed_items(entity) == [CANNES, PREMIERE]


class TestPlaces:
    def place(self, *statements: dict[str, Any], qid: str = "Q39984") -> Place:
        world = WikidataWorld()
        world.add_item(qid, "Somewhere", *statements)
        asked = {"action": "wbgetentities", "format": "json", "formatversion": "2", "ids": qid}
        return read_place("Q39984", (read_entities(world.answer(asked)) or {})[qid])

    def test_a_country_by_its_code(self) -> None:
        code = statement("P297", {"type": "string", "value": "FR"})
        assert self.place(code) == Place("Somewhere", "FR", is_country=True)

    def test_a_code_that_is_no_countrys(self) -> None:
        assert self.place(statement("P297", {"type": "string", "value": "SU"})) == Place("Somewhere")

    def test_a_town_by_its_country(self) -> None:
        assert self.place(statement("P17", item("Q142"))) == Place("Somewhere", "FR")

    def test_a_town_that_changed_hands_by_the_preferred_one(self) -> None:
        held = [statement("P17", item("Q183")), statement("P17", item("Q142"), "preferred")]
        assert self.place(*held) == Place("Somewhere", "FR")

    def test_a_town_of_two_countries_is_of_none(self) -> None:
        assert self.place(statement("P17", item("Q183")), statement("P17", item("Q142"))) == Place("Somewhere")

    def test_a_festival_is_no_country_even_with_a_code(self) -> None:
        code = statement("P297", {"type": "string", "value": "FR"})
        assert not self.place(code, statement("P31", item("Q220505"))).is_country

    def test_an_item_that_was_merged_into_a_countrys(self) -> None:
        assert self.place(qid="Q142") == Place("Somewhere", "FR", is_country=True)

    def test_nothing(self) -> None:
        assert read_place("Q39984", None) == Place("")


class TestTables:
    def test_every_country_has_an_item(self) -> None:
        assert set(COUNTRIES.values()) == set(countries())

    def test_languages_are_two_letters(self) -> None:
        assert all(len(code) == 2 and code.isalpha() for code in LANGUAGES.values())


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "2027-06-25",
        3,
        [],
        {},
        {"time": "+2027-06-25T00:00:00Z"},
        {**time("2027-06-25")["value"], "precision": "11"},
        {**time("2027-06-25")["value"], "precision": True},
        {**time("2027-06-25")["value"], "precision": 11.5},
        {**time("2027-06-25")["value"], "time": None},
        {**time("2027-06-25")["value"], "time": "+2027-06-25T00:00:00Z\n"},
        {**time("2027-06-25")["value"], "time": "+२०२७-06-25T00:00:00Z"},
        {**time("2027-06-25")["value"], "calendarmodel": ""},
    ],
)
def test_a_time_that_makes_no_sense(value: object) -> None:
    assert read_time(value) is None


def test_a_type_is_named_for_every_case() -> None:
    told_types = {line.split()[1] for _, lines in CASES.values() for line in lines}
    assert told_types == set(ReleaseType)
