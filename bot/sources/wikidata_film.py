"""One Wikidata item → one film, with the names of the items that it mentions. Pure; its dates are in wikidata_dates.py.

Which statements mean what: https://www.wikidata.org/wiki/Wikidata:WikiProject_Movies/Properties
"""

import re
from collections.abc import Iterator
from datetime import date

from bot.domain.films import Credit, Film, Job
from bot.sources.wikidata_dates import SOURCE, Known, read_releases, read_year
from bot.sources.wikidata_items import COUNTRIES, FILM_CLASSES, LANGUAGES, MINUTES, NO_FILM_CLASSES
from bot.sources.wikidata_shapes import Entity, Statement
from bot.sources.wikidata_values import ValueKind, clean_text, read_amount, read_item, unique

#: Names are asked for by the fifty: a crowd of extras is not worth more requests.
_MAX_CAST = 40
_MAX_CREW = 12
_CREDITS = {Job.DIRECTOR: ("P57",), Job.WRITER: ("P58",), Job.CAST: ("P161", "P725"), Job.PRODUCER: ("P162",)} | {
    Job.COMPOSER: ("P86",)
}
#: genre, production company, distributor, part of the series
_NAMED = ("P136", "P272", "P750", "P179")
#: What is read of a film, and what must make sense.
_READ = {
    **dict.fromkeys(
        ("P31", "P364", "P495", *_NAMED, *(one for many in _CREDITS.values() for one in many)), ValueKind.ITEM
    ),
    **dict.fromkeys(("P345", "P4947"), ValueKind.STRING),
    "P577": ValueKind.TIME,
    "P1476": ValueKind.TEXT,
    "P2047": ValueKind.AMOUNT,
}
_IMDB = re.compile(r"tt[0-9]{7,10}", re.ASCII)
_TMDB = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_LONGEST_MINUTES = 1500


def makes_sense(entity: Entity) -> bool:
    """Whether an item can be believed: nothing of what a film is made of is nonsense for the most part.

    One wrong statement among others is left out; a list of nothing else would take from the film what it had.
    """
    whole = entity.claims is not None and entity.labels is not None
    return whole and all(entity.makes_sense(property_id, kind) for property_id, kind in _READ.items())


def is_film(entity: Entity) -> bool:
    """Whether an item is a film: by its class, or by TMDB's film id where its class is one that we do not know."""
    classes = set(entity.items("P31"))
    if classes & FILM_CLASSES:
        return True
    return not classes & NO_FILM_CLASSES and "tmdb" in film_ids(entity)


def film_ids(entity: Entity) -> dict[str, str]:
    """The film's ids. One that an item has two of names another film as well, and is left out."""
    found = {SOURCE: entity.id}
    for source, property_id, shape in (("imdb", "P345", _IMDB), ("tmdb", "P4947", _TMDB)):
        values = unique(clean_text(statement.value) for statement in entity.best(property_id))
        if len(values) == 1 and shape.fullmatch(values[0]):
            found[source] = values[0]
    return found


def read_film(entity: Entity, known: Known, today: date) -> Film | None:
    """Make a film of an item, as it is to be read on `today` (UTC); None if it has no title in any language."""
    title, original, language = entity.titles
    if not title:
        return None
    return Film(
        id=0,
        title=title,
        year=read_year(entity),
        original_title=original,
        original_language=_language(entity, language),
        alternative_titles=tuple(name for name in unique(entity.aliases) if name not in (title, original)),
        runtime_minutes=_runtime(entity),
        genres=unique(_genre(known.label(item)) for item in entity.items("P136")),
        companies=_labels(entity, "P272", known),
        distributors=_labels(entity, "P750", known),
        countries=unique(COUNTRIES.get(item) for item in entity.items("P495")),
        releases=read_releases(entity, known, today),
        credits=tuple(_credits(entity, known)),
        ids=film_ids(entity),
        sources=(f"https://www.wikidata.org/wiki/{entity.id}",),
        belongs_to={f"{SOURCE}:{item}": name for item in entity.items("P179") if (name := known.label(item))},
    )


def credited_items(entity: Entity, job: Job) -> list[str]:
    """The people of one job, in order."""
    return list(unique(read_item(statement.value) for statement in _credited(entity, job)))


def named_items(entity: Entity) -> list[str]:
    """The items whose names a film needs."""
    found = [item for property_id in _NAMED for item in entity.items(property_id)]
    for job in Job:
        for statement in _credited(entity, job):
            found += [item for item in (read_item(statement.value), *statement.items("P453")) if item]
    found += [item for statement in entity.best("P577") for item in statement.items("P750")]
    return list(unique(found))


def _language(entity: Entity, of_title: str) -> str:
    """The film's language: the only one that it names, or the one of its title among several."""
    spoken = unique(LANGUAGES.get(item) for item in entity.items("P364"))
    written = of_title.split("-")[0]
    if spoken:
        return written if written in spoken else spoken[0]
    return written if written in LANGUAGES.values() else ""


def _runtime(entity: Entity) -> int | None:
    """The first length that is of no particular cut, in minutes."""
    lengths = entity.best("P2047")
    plain = [statement for statement in lengths if not statement.qualifiers]
    for statement in plain or lengths:
        amount = read_amount(statement.value)
        minutes = round(amount[0] * MINUTES[amount[1]]) if amount and amount[1] in MINUTES else 0
        if 1 <= minutes <= _LONGEST_MINUTES:
            return minutes
    return None


def _genre(label: str) -> str:
    """Write a genre as other sources do: "science fiction film" → "Science Fiction"."""
    words = label.removesuffix(" film").split()
    if label.endswith(" film"):
        return " ".join(word[:1].upper() + word[1:] for word in words)
    return label[:1].upper() + label[1:]


def _labels(entity: Entity, property_id: str, known: Known) -> tuple[str, ...]:
    return unique(known.label(item) for item in entity.items(property_id))


def _credited(entity: Entity, job: Job) -> list[Statement]:
    """The statements of one job: those with a number (P1545) by it and first, then as they stand."""
    found = [statement for property_id in _CREDITS[job] for statement in entity.statements(property_id)]
    ordered = sorted(found, key=_ordinal)
    return ordered[: _MAX_CAST if job is Job.CAST else _MAX_CREW]


def _ordinal(statement: Statement) -> int:
    numbers = [text for text in statement.texts("P1545") if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII)]
    return int(numbers[0]) if numbers else 10_000


def _credits(entity: Entity, known: Known) -> Iterator[Credit]:
    for job in Job:
        people: dict[str, tuple[str, list[str]]] = {}
        for statement in _credited(entity, job):
            item = read_item(statement.value)
            if item is None or item not in known.names:
                continue
            ref, name = known.names[item]
            characters = [known.label(role) for role in statement.items("P453")] or list(statement.texts("P4633"))
            people.setdefault(ref, (name, []))[1].extend(characters)
        for position, (ref, (name, characters)) in enumerate(people.items()):
            character = " / ".join(unique(characters)) if job is Job.CAST else ""
            yield Credit(0, name, job, position, character, (f"{SOURCE}:{ref}",))
