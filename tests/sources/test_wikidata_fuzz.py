"""Wikidata's answers, broken in every way that chance finds: no exception leaves the source, and no nonsense either.

By hand, more of it: `python -m tests.sources.test_wikidata_fuzz 50000 7`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from bot.domain.dates import FIRST_YEAR, LAST_YEAR
from bot.domain.errors import SourceError
from bot.domain.films import Film
from bot.domain.places import countries
from bot.domain.sources import Answer, AnswerState, Found, FoundPerson, Question
from bot.sources import wikidata_dates, wikidata_film, wikidata_shapes
from bot.sources.wikidata_values import MAX_TEXT
from tests.loopback.wikidata_world import WikidataWorld, amount, item, statement, text, time, titled
from tests.sources.fuzzing import mutate
from tests.sources.wikidata_house import House, house

FILM, OTHER, TOWN, PERSON = "Q100", "Q101", "Q39984", "Q200"
IN_THE_SUITE = 2_000
ASKED = {"action": "wbgetentities", "format": "json", "formatversion": "2", "ids": FILM}
#: Of the film's dates, in their order; a date that is of no country is no release.
RELEASES = [("US", "2025-06-06"), ("DE", "2025-06"), ("FR", "2025-05-20"), None, ("US", "2025-07-01")]


def full_world() -> WikidataWorld:
    """A film that has everything that is read of one, and a plain one beside it."""
    world = WikidataWorld()
    trade = statement("P106", item("Q33999"))
    for qid, name in {
        PERSON: "Len Wiseman",
        "Q201": "Ana de Armas",
        "Q202": "Eve Macarro",
        "Q203": "action film",
    }.items():
        world.add_item(qid, name, statement("P31", item("Q5")), trade, description="somebody")
    world.add_item(TOWN, "Cannes", statement("P17", item("Q142")))
    world.add_film(
        FILM,
        "Ballerina",
        dates=[("2025-06-06", 11, "Q30"), ("2025-06-00", 10, "Q183"), ("2025-05-20", 11, TOWN), ("2025-00-00", 9, "")],
        imdb="tt7181546",
        tmdb="541671",
        directors=[PERSON],
        cast=[("Q201", "Q202")],
        more=[
            statement("P1476", titled("Ballerina", "en")),
            statement("P136", item("Q203")),
            statement("P179", item("Q203")),
            statement("P495", item("Q30")),
            statement("P364", item("Q1860")),
            statement("P2047", amount("125", "Q7727")),
            statement("P577", time("2025-07-01"), "preferred", {"P291": [item("Q30")], "P437": [item("Q723685")]}),
            statement("P86", item(PERSON), qualifiers={"P1545": [text("1")]}),
        ],
    ).aliases = ["From the World of John Wick: Ballerina"]
    world.add_film(OTHER, "Another", dates=[("2026-01-02", 11, "Q30")])
    return world


@dataclass
class Mangler:
    """Breaks one answer of a conversation: the one after `left` good ones."""

    chance: random.Random
    left: int
    whole: bytes = b""  #: what was said of the film, as it was sent
    town_damaged: bool = False  #: and what was said of the town: another country looks as good

    def __call__(self, body: bytes) -> bytes:
        self.left -= 1
        sent = mutate(body, self.chance) if self.left == -1 else body
        if f'"{FILM}"'.encode() in body and b'"P577"' in body:
            self.whole = sent
        elif sent != body and f'"{TOWN}"'.encode() in body:
            self.town_damaged = True
        return sent


def dates_in(body: bytes) -> list[object]:
    claims = json.loads(body)["entities"][FILM]["claims"]
    return claims["P577"] if isinstance(claims, dict) and "P577" in claims else []


#: The film's own dates as Wikidata writes them, and the releases that they are.
INTACT = list(zip(dates_in(json.dumps(full_world().answer(ASKED)).encode()), RELEASES, strict=True))


def check_dates(film: Film, mangler: Mangler) -> None:
    """Every date that came through undamaged was read, and none that was not sent."""
    sent = dates_in(mangler.whole)
    whole = [intact for intact, _ in INTACT]
    if any(isinstance(one, dict) and one.get("rank") == "preferred" and one not in whole for one in sent):
        return  # a damaged one that is preferred may rightly stand before the others
    for intact, expected in INTACT:
        if intact in sent and expected:
            country, said = expected
            if country == "FR" and mangler.town_damaged:
                continue
            read = [release.date for release in film.releases if release.country == country]
            assert any(str(one).startswith(said) for one in read), f"{country} {said} was lost"
    for release in film.releases:
        assert f"+{release.date}" in mangler.whole.decode(), f"{release.date} was never sent"


def check_film(film: Film, asked: str) -> None:
    assert film.ids["wikidata"] == asked
    texts = [film.title, film.original_title, *film.alternative_titles, *film.genres, *film.companies]
    texts += [film.original_language, *film.distributors, *film.belongs_to.values(), *film.belongs_to]
    texts += [part for credit in film.credits for part in (credit.name, *credit.refs)]
    texts += [release.note for release in film.releases]
    assert film.title
    assert all(len(one) <= MAX_TEXT and (one.isprintable() or not one) for one in texts)
    assert all(credit.name for credit in film.credits)
    assert film.year is None or FIRST_YEAR <= film.year <= LAST_YEAR
    assert film.runtime_minutes is None or 1 <= film.runtime_minutes <= 1500
    for release in film.releases:
        assert release.country in countries()
        assert release.date.first is not None
        assert release.source == "wikidata"
    msgspec.json.encode(film)  # it is stored so


def check(said: Any, mangler: Mangler) -> str:
    match said:
        case [Answer(), Answer()]:
            for answer, asked in zip(said, (FILM, OTHER), strict=True):
                assert (answer.film is not None) == (answer.state is AnswerState.FOUND)
                assert bool(answer.reason) == (answer.state is AnswerState.FAILED)
                if answer.film is not None:
                    check_film(answer.film, asked)
                    if asked == FILM:
                        check_dates(answer.film, mangler)
            return str(said[0].state)
        case _:
            assert all(isinstance(one, Found | FoundPerson) and one.ref.startswith("wikidata:Q") for one in said)
            return "a list"


async def converse(home: House, chance: random.Random, mangler: Mangler) -> str:
    """Ask one of the questions that there are; how it ended."""
    source = home.source
    validator = chance.choice(["", "1:5", f"1:{home.world.items[FILM].revision}"])
    try:
        match chance.randrange(8):
            case 0:
                return check(await source.search("ballerina", 2025, "DE"), mangler)
            case 1:
                return check(await source.list_of_franchise("wikidata:Q203"), mangler)
            case 2:
                return check(await source.search_people("len wiseman"), mangler)
            case 3:
                return check(await source.list_of_person(f"wikidata:{PERSON}"), mangler)
            case 4:
                answers = await source.fetch_films([Question({"imdb": "tt7181546"}), Question({"wikidata": OTHER})])
                return check(answers, mangler)
            case _:
                asked = [Question({"wikidata": FILM}, validator), Question({"wikidata": OTHER})]
                return check(await source.fetch_films(asked), mangler)
    except SourceError:
        return "unavailable"


async def fuzz(rounds: int, seed: int) -> Counter[str]:
    ends: Counter[str] = Counter()
    async with house(attempts=1) as home:
        home.wikidata.world = full_world()
        for number in range(rounds):
            chance = random.Random(f"{seed}:{number}")
            home.wikidata.mangle = mangler = Mangler(chance, chance.randrange(3))
            await home.renew()
            try:
                ends[await converse(home, chance, mangler)] += 1
            except Exception as error:
                raise AssertionError(f"round {number} of seed {seed}") from error
    return ends


@pytest.fixture(autouse=True)
def _no_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_answer_breaks_the_source(seed: int) -> None:
    ends = await fuzz(IN_THE_SUITE // 2, seed)
    assert {"found", "unchanged", "failed", "unknown", "unavailable", "a list"} <= set(ends)


async def test_a_reader_that_loses_dates_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikidata_film, "read_releases", lambda *said: wikidata_dates.read_releases(*said)[1:])
    with pytest.raises(AssertionError, match="round"):
        await fuzz(50, 1)


async def test_a_reader_that_believes_any_text_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikidata_shapes, "clean_text", lambda value: value if isinstance(value, str) else "")
    with pytest.raises(AssertionError, match="round"):
        await fuzz(500, 1)


if __name__ == "__main__":
    logging.disable()
    sys.stdout.write(f"{asyncio.run(fuzz(int(sys.argv[1]), int(sys.argv[2])))}\n")
