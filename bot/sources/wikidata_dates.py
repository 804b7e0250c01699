"""The dates of a Wikidata item: which country's they are, which type, how exact. Pure: what was fetched comes in.

A film's P577 is qualified by P291 (where) and P437 (in which form):
https://www.wikidata.org/wiki/Wikidata:WikiProject_Movies/Properties
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.dates import ReleaseDate, placeholder_as_year
from bot.domain.films import Release, ReleaseType
from bot.sources.wikidata_items import COUNTRIES, FESTIVAL_CLASSES, FORMS, LANGUAGES
from bot.sources.wikidata_shapes import Entity, Rank, Statement
from bot.sources.wikidata_values import ValueKind, as_year, clean_text, read_time, unique

SOURCE = "wikidata"
#: Qualifiers of a date that say at which event: significant event, presented in, its role.
_EVENTS = ("P793", "P5072", "P3831")
#: Events that are no event but the release itself. Any other is a showing for some, never the public's release.
_RELEASES = frozenset({"film release", "theatrical release", "wide release", "general release"})
_LIMITED = frozenset({"limited release", "limited theatrical release"})
_AGAIN = frozenset({"re-release", "rerelease", "theatrical re-release"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something came out: a country itself, or a town, a region, a festival that lies in one."""

    label: str
    country: str = ""  #: ISO 3166-1; empty for a continent, or the whole world
    is_country: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the items that films mention; a name without a label is not in it."""

    names: Mapping[str, tuple[str, str]]  #: item → its id as it is now, and its label
    places: Mapping[str, Place]
    unread: frozenset[str] = frozenset()  #: what was said of these makes no sense: a film that needs one must wait

    def label(self, item: str) -> str:
        """The name of an item; empty if it has none."""
        return self.names.get(item, ("", ""))[1]


def placed_items(entity: Entity) -> list[str]:
    """The places and events of a film's dates that no table names."""
    found: list[str] = []
    for statement in entity.statements("P577"):
        found += [item for name in ("P291", *_EVENTS) for item in statement.items(name) if item not in COUNTRIES]
    return list(unique(found))


def place_makes_sense(entity: Entity) -> bool:
    """Whether what is said of a place can be believed, for the most part of each property."""
    kinds = {"P17": ValueKind.ITEM, "P31": ValueKind.ITEM, "P297": ValueKind.STRING}
    return entity.claims is not None and all(entity.makes_sense(name, kind) for name, kind in kinds.items())


def read_place(item: str, entity: Entity | None) -> Place:
    """Say where a place or an event is, by its P297 or else by the country that it lies in (P17)."""
    if code := COUNTRIES.get(item):
        return Place("", code, is_country=True)
    if entity is None:
        return Place("")
    if code := COUNTRIES.get(entity.id):  # the item was merged into a country's
        return Place(entity.label, code, is_country=True)
    codes = unique(clean_text(statement.value) for statement in entity.best("P297"))
    known = [code for code in codes if code in COUNTRIES.values()]
    festival = bool(FESTIVAL_CLASSES & set(entity.items("P31")))
    if known and not festival:
        return Place(entity.label, known[0], is_country=True)
    lies_in = unique(COUNTRIES.get(country) for country in entity.items("P17"))
    return Place(entity.label, lies_in[0] if len(lies_in) == 1 else "")


def read_year(entity: Entity) -> int | None:
    """The year of the first date of any kind, wherever it was."""
    dates = (read_time(statement.value) for statement in entity.best("P577"))
    return min((said.first.year for said in dates if said and said.first), default=None)


def holds_placeholder(entity: Entity, today: date) -> bool:
    """Whether a day of the item is read as its year for now, and will be read as a day when it is near."""
    dates = (read_time(statement.value) for statement in entity.statements("P577"))
    return any(said is not None and _doubted(said, today) != said for said in dates)


def read_releases(entity: Entity, known: Known, today: date) -> tuple[Release, ...]:
    """The dates that are of a country. One without a place belongs to none, and one in a town is that town's premiere.

    Where a country and type have a preferred date, only that counts; a date that says less than another goes.
    """
    found = [pair for statement in entity.statements("P577") for pair in _dated(statement, known, today)]
    preferred = {(release.country, release.type) for release, rank in found if rank is Rank.PREFERRED}
    kept = dict.fromkeys(
        release for release, rank in found if rank is Rank.PREFERRED or (release.country, release.type) not in preferred
    )
    return tuple(release for release in kept if not any(_says_more(other, release) for other in kept))


def _dated(statement: Statement, known: Known, today: date) -> Iterator[tuple[Release, Rank]]:
    said = read_time(statement.value)
    if said is None:
        return
    # sourcing circumstances: circa, presumably
    dated = as_year(said) if "P1480" in statement.qualifiers else _doubted(said, today)
    languages = unique(LANGUAGES.get(item) for item in statement.items("P407"))
    language = languages[0] if len(languages) == 1 else ""
    for place in _places(statement, known):
        for kind, note in _types(statement, place, known):
            yield Release(place.country, kind, dated, note, SOURCE, language), statement.rank


def _doubted(said: ReleaseDate, today: date) -> ReleaseDate:
    return placeholder_as_year(said.day, today) if said.day else said


def _places(statement: Statement, known: Known) -> list[Place]:
    """The places of a date that lie in one country; those of its events if it has none of its own."""
    places = [known.places.get(item) or read_place(item, None) for item in statement.items("P291")]
    if "P291" not in statement.qualifiers:
        places = [known.places[item] for item in _events(statement) if item in known.places]
    return [place for place in places if place.country]


def _events(statement: Statement) -> list[str]:
    return [item for name in _EVENTS for item in statement.items(name)]


def _types(statement: Statement, place: Place, known: Known) -> Sequence[tuple[ReleaseType, str]]:
    """In which ways a film came out on a date, each with its note; a date without a form (P437) is the cinema's."""
    events = unique(known.places[item].label for item in _events(statement) if item in known.places)
    names = {event.casefold() for event in events}
    if any(name in statement.qualifiers for name in _EVENTS) and not (names and names <= _RELEASES | _LIMITED | _AGAIN):
        return [(ReleaseType.PREMIERE, ", ".join(events) or place.label)]
    if not place.is_country:
        return [(ReleaseType.PREMIERE, place.label)]
    cinema = ReleaseType.LIMITED if names & _LIMITED else ReleaseType.THEATRICAL
    note = "Re-release" if names & _AGAIN else ""
    if "P437" not in statement.qualifiers:
        return [(cinema, note)]
    kinds = dict.fromkeys(FORMS[item] for item in statement.items("P437") if item in FORMS)
    services = ", ".join(unique(known.label(item) for item in statement.items("P750")))
    return [
        (cinema, note) if kind is ReleaseType.THEATRICAL else (kind, services if kind is ReleaseType.DIGITAL else "")
        for kind in kinds
    ]


def _says_more(other: Release, release: Release) -> bool:
    """Whether `other` is the same release, known more exactly."""
    if other.date.precision is release.date.precision or not _within(other.date, release.date):
        return False
    return replace(other, date=release.date) == release


def _within(inner: ReleaseDate, outer: ReleaseDate) -> bool:
    if inner.first is None or inner.last is None or outer.first is None or outer.last is None:
        return False
    return outer.first <= inner.first and inner.last <= outer.last
