"""Our own catalogue's films as Wikidata would have them, for looking at in the sandbox."""

from __future__ import annotations

from itertools import count
from typing import Any

from bot.domain.dates import Precision
from bot.domain.films import Catalogue, Job, Release, ReleaseType
from tests.loopback.wikidata_world import WikidataWorld, amount, item, statement, text, time

#: Numbers that Wikidata has not given out.
_FIRST = 1_900_000_001
_JOBS = {Job.DIRECTOR: "P57", Job.WRITER: "P58", Job.CAST: "P161", Job.PRODUCER: "P162", Job.COMPOSER: "P86"}
_FORMS = {ReleaseType.DIGITAL: "Q723685", ReleaseType.PHYSICAL: "Q47770", ReleaseType.TV: "Q289"}
_PRECISIONS = {Precision.DAY: 11, Precision.MONTH: 10, Precision.QUARTER: 9, Precision.YEAR: 9}


def add_catalogue(world: WikidataWorld, catalogue: Catalogue) -> dict[str, str]:
    """Add every film with its dates and people; gives the item of each film by its key."""
    numbers = (f"Q{number}" for number in count(_FIRST))
    known: dict[tuple[str, str], str] = {}

    def item_of(kind: str, name: str, *statements: dict[str, Any]) -> str:
        if (kind, name) not in known:
            known[kind, name] = next(numbers)
            world.add_item(known[kind, name], name, *statements)
        return known[kind, name]

    def dated(release: Release) -> dict[str, Any] | None:
        if release.date.first is None:
            return None
        code = statement("P297", text(release.country))
        qualifiers = {"P291": [item(item_of("country", release.country, code))]}
        if release.type is ReleaseType.PREMIERE:
            qualifiers["P793"] = [item(item_of("event", release.note or "premiere"))]
        elif release.type in _FORMS:
            qualifiers["P437"] = [item(_FORMS[release.type])]
        return statement(
            "P577", time(str(release.date.first), _PRECISIONS[release.date.precision]), "normal", qualifiers
        )

    items: dict[str, str] = {}
    for key, film in catalogue.films.items():
        more = [one for release in film.releases if (one := dated(release))]
        for credit in film.credits:
            role = {"P4633": [text(credit.character)]} if credit.character else None
            person = item_of("person", credit.name, statement("P31", item("Q5")), statement("P106", item("Q33999")))
            more.append(statement(_JOBS[credit.job], item(person), "normal", role))
        more += [statement("P136", item(item_of("genre", f"{genre} film".lower()))) for genre in film.genres]
        more += [statement("P272", item(item_of("company", company))) for company in film.companies]
        if film.runtime_minutes:
            more.append(statement("P2047", amount(str(film.runtime_minutes), "Q7727")))
        items[key] = next(numbers)
        imdb, tmdb = film.ids.get("imdb", ""), film.ids.get("tmdb", "")
        world.add_film(items[key], film.title, more=more, imdb=imdb, tmdb=tmdb)
    return items
