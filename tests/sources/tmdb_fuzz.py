"""TMDB's answers, damaged, through the whole source but its socket; and what must hold of whatever comes out.

What it should make of the dates is worked out here a second time, in plain Python, from the damaged answer itself.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, cast

import msgspec
from dateutil.relativedelta import relativedelta

from bot.domain.dates import FIRST_YEAR, LAST_YEAR, Precision
from bot.domain.errors import SourceError
from bot.domain.films import Film, Offer
from bot.domain.places import countries
from bot.domain.sources import Answer, AnswerState, Found, FoundPerson, Month, Question
from bot.sources.http import JsonClient, Reply, read_object
from bot.sources.pacing import Failure
from bot.sources.tmdb import DEFAULT_URL, TmdbSource, tmdb_manners
from bot.sources.tmdb_shapes import MAX_TEXT, MAX_TITLE
from tests.loopback.tmdb import LoopbackTmdb
from tests.loopback.tmdb_world import TYPES
from tests.sources.asking import NOW, FakeTime, FixedClock, fill
from tests.sources.fuzzing import mutate

PARTS = ("release_dates", "credits", "external_ids", "watch/providers", "alternative_titles")
TODAY = NOW.date()
_NUMBERS = {number: name for name, number in TYPES.items()}


class _Canned(JsonClient):
    """A client whose every answer is `body`; all but the socket is the real one."""

    body: bytes = b""

    async def _attempt(self, path: str, params: Mapping[str, str], validator: str) -> Reply | Failure:
        read = read_object(self.body)
        return read if isinstance(read, Failure) else Reply(read, '"etag"')


class TmdbFuzz:
    """Damages one answer after the other, and counts what came of them."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._time = FakeTime()
        self._client = _Canned(cast(Any, None), tmdb_manners(DEFAULT_URL, "token"), self._time.timing())
        self._source = TmdbSource(self._client, FixedClock())
        self._answers = valid_answers()
        self.outcomes: Counter[str] = Counter()
        self.last = b""

    async def run(self, times: int) -> None:
        """Try so many; an exception but a SourceError, or a check that fails, ends it, with the answer in `last`."""
        for _ in range(times):
            kind = self._chance.choice(("film", "film", "film", *self._answers))
            self.last = self._client.body = mutate(self._answers[kind], self._chance)
            self._time.now += 4000  # past every circuit
            self.outcomes[f"{kind}: {await self._ask(kind)}"] += 1

    def keep(self, folder: Path) -> Path:
        """Write the last answer down, to look at."""
        path = folder / "tmdb-answer.json"
        path.write_bytes(self.last)
        return path

    async def _ask(self, kind: str) -> str:
        try:
            match kind:
                case "film":
                    (answer,) = await self._source.fetch_films([Question({"tmdb": "1"})])
                    return check_answer(answer, self.last)
                case "find":
                    (answer,) = await self._source.fetch_films([Question({"imdb": "tt9000001"})])
                    return check_answer(answer, self.last)
                case "changes":
                    changed = await self._source.list_changed(NOW, NOW)
                    assert changed is None or all(re.fullmatch(r"[1-9][0-9]*", id) for id in changed)
                    return "no list" if changed is None else f"{min(len(changed), 1)} or more"
                case "people":
                    return check_people(await self._source.search_people("max"))
                case "collection":
                    return check_found(await self._source.list_of_franchise("tmdb:70"))
                case "person":
                    return check_found(await self._source.list_of_person("tmdb:15"))
                case "coming":
                    month = Month(date(2027, 3, 1), date(2027, 3, 31))
                    return check_found(await self._source.list_coming("US", month), most=2_000)
                case _:
                    return check_found(await self._source.search("lantern", None, "US"))
        except SourceError:
            return "unavailable"


def valid_answers() -> dict[str, bytes]:
    """One whole answer of each kind, from the loopback's world."""
    tmdb = LoopbackTmdb()
    fill(tmdb)
    films = [film.brief() for film in tmdb.world.films.values()]
    page = {"page": 1, "total_pages": 1, "total_results": len(films)}
    max_rye = tmdb.world.films[1].credits[6].to_json()
    roles = [brief | {"character": "Somebody", "order": 0} for brief in films]
    answers: dict[str, Any] = {
        "film": film_answer(tmdb),
        "search": page | {"results": films},
        "coming": page | {"results": films},
        "changes": page | {"results": [{"id": id, "adult": False} for id in tmdb.world.films]},
        "find": {"movie_results": films[:1], "person_results": [], "tv_results": []},
        "collection": {"id": 70, "name": "The Lantern Collection", "parts": films},
        "people": page | {"results": [max_rye | {"known_for": films}]},
        "person": {"id": 15, "cast": roles, "crew": [brief | {"job": "Director"} for brief in films]},
    }
    return {kind: json.dumps(answer).encode() for kind, answer in answers.items()}


def film_answer(tmdb: LoopbackTmdb) -> dict[str, object]:
    film = tmdb.world.films[1]
    return film.details() | {name: film.part(name) for name in PARTS}


def check_answer(answer: Answer, body: bytes) -> str:
    """Whole enough, or nothing: only a FOUND has a film, and it says all the dates of the answer and no other."""
    if answer.state is not AnswerState.FOUND:
        assert answer.film is None
        assert answer.reason or answer.state is not AnswerState.FAILED
        return answer.state.value
    film = answer.film
    assert film is not None
    check_film(film)
    said = msgspec.json.decode(body)
    assert (said["id"], type(said["id"])) == (1, int)
    readable, wrong = _dates_of(said["release_dates"]["results"])
    assert {(r.country, r.type.value, str(r.date)) for r in film.releases} == readable
    entries = sum(1 for _ in _entries(said["release_dates"]["results"]))
    assert wrong <= entries - wrong, "more nonsense than dates"
    assert bool(answer.validator) == all(r.date.precision is Precision.DAY for r in film.releases)
    return "found"


def check_film(film: Film) -> None:
    """What a store, a card and a merge may rely on."""
    assert film.ids["tmdb"] == "1"
    assert re.fullmatch(r"tt\d{7,10}", film.ids.get("imdb", "tt0000001"))
    assert re.fullmatch(r"Q[1-9]\d*", film.ids.get("wikidata", "Q1"))
    assert film.title
    for text in (film.title, film.original_title, *film.alternative_titles, *film.genres, *film.companies):
        check_text(text, MAX_TITLE)
    check_text(film.summary, MAX_TEXT)
    assert film.year is None or FIRST_YEAR <= film.year <= LAST_YEAR
    assert film.runtime_minutes is None or 0 < film.runtime_minutes < 2**31
    assert set(film.countries) <= countries().keys()
    for release in film.releases:
        assert release.country in countries()
        assert release.source == "tmdb"
        assert release.date.first is not None
        check_text(release.note, MAX_TITLE)
        check_text(release.certification, MAX_TITLE)
        assert re.fullmatch(r"[a-z]{2}|", release.language)
    for credit in film.credits:
        assert credit.name
        check_text(credit.name, MAX_TITLE)
        check_text(credit.character, MAX_TITLE)
        assert all(re.fullmatch(r"tmdb:[1-9]\d*", ref) for ref in credit.refs)
    assert len({(credit.job, credit.position) for credit in film.credits}) == len(film.credits)
    assert len(film.credits) <= 5 * 20
    for offer in film.offers:
        assert isinstance(offer, Offer)
        assert offer.country in countries()
        assert offer.service
    assert all(re.fullmatch(r"tmdb:[1-9]\d*", ref) and name for ref, name in film.belongs_to.items())
    kept = msgspec.json.encode(film)  # as the store keeps it
    assert msgspec.json.decode(kept, type=Film) == film
    assert b"\\u0000" not in kept, "PostgreSQL takes none"


def check_text(text: str, longest: int) -> None:
    assert len(text) <= longest
    assert text == " ".join(text.split())
    assert not [char for char in text if unicodedata.category(char) in {"Cc", "Cs"}]


def check_found(found: Any, most: int = 200) -> str:
    for film in found:
        assert isinstance(film, Found)
        assert re.fullmatch(r"tmdb:[1-9]\d*", film.ref)
        assert film.title
        check_text(film.title, MAX_TITLE)
        check_text(film.original_title, MAX_TITLE)
        assert 0 <= film.popularity < float("inf")
        assert film.year is None or FIRST_YEAR <= film.year <= LAST_YEAR
    refs = [film.ref for film in found]
    assert len(refs) == len(set(refs)) <= most
    return "some" if found else "none"


def check_people(found: Any) -> str:
    for person in found:
        assert isinstance(person, FoundPerson)
        assert re.fullmatch(r"tmdb:[1-9]\d*", person.ref)
        assert person.name
        check_text(person.name, MAX_TITLE)
        check_text(person.known_for, MAX_TITLE)
    assert len(found) <= 25
    return "some" if found else "none"


def _entries(results: Any) -> Any:
    """Every entry in the list of dates; a country that is none counts as one."""
    for country in results:
        whole = isinstance(country, dict) and isinstance(country.get("iso_3166_1"), str)
        if whole and isinstance(country.get("release_dates"), list):
            for item in country["release_dates"]:
                yield country["iso_3166_1"], item
        else:
            yield "", None


def _dates_of(results: Any) -> tuple[set[tuple[str, str, str]], int]:
    readable: set[tuple[str, str, str]] = set()
    wrong = 0
    for code, item in _entries(results):
        said = item.get("release_date") if isinstance(item, dict) else None
        number = item.get("type") if isinstance(item, dict) else None
        typed = type(number) is int or (isinstance(number, float) and number.is_integer())
        if said == "" and typed:
            continue
        day = _day(said)
        if day is None or not typed:
            wrong += 1
        elif code in countries() and number in _NUMBERS:
            far = (day.month, day.day) in ((12, 31), (1, 1)) and day >= TODAY + relativedelta(months=6)
            readable.add((code, _NUMBERS[cast(int, number)], str(day.year) if far else day.isoformat()))
    return readable, wrong


def _day(said: object) -> date | None:
    if isinstance(said, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}($|[T ])", said) and said.strip("\n") == said:
        with suppress(ValueError):
            day = date.fromisoformat(said[:10])
            return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
    return None
