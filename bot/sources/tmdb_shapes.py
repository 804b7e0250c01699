"""TMDB's words: its objects as https://developer.themoviedb.org/reference documents them, read item by item.

In a Struct, what an item is worthless without has its type; the rest is an `object` that is looked at on its own.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar, cast

import msgspec

from bot.domain.dates import ReleaseDate
from bot.domain.films import OfferKind, ReleaseType

T = TypeVar("T")

#: The longest title ever released has 246 characters; TMDB keeps an overview below 1,000.
MAX_TITLE, MAX_TEXT = 300, 2_000
_MAX_ID = 2**31 - 1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2}")
IMDB_ID = re.compile(r"tt[0-9]{7,10}")
WIKIDATA_ID = re.compile(r"Q[1-9][0-9]{0,9}")
#: What TMDB writes in place of an ISO 639-1 code: Cantonese, and "no language".
_OWN_LANGUAGES = {"cn": "zh", "xx": ""}
#: They turn the line around that they stand in (Unicode Standard Annex 9).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: https://developer.themoviedb.org/reference/movie-release-dates
RELEASE_TYPES = {
    1: ReleaseType.PREMIERE,
    2: ReleaseType.LIMITED,
    3: ReleaseType.THEATRICAL,
    4: ReleaseType.DIGITAL,
    5: ReleaseType.PHYSICAL,
    6: ReleaseType.TV,
}
#: https://developer.themoviedb.org/reference/movie-watch-providers
OFFER_KINDS = {
    "flatrate": OfferKind.STREAM,
    "free": OfferKind.FREE,
    "ads": OfferKind.FREE,
    "rent": OfferKind.RENT,
    "buy": OfferKind.BUY,
}
#: `credits.crew[].job`, as in https://developer.themoviedb.org/reference/configuration-jobs
DIRECTORS = frozenset({"Director", "Co-Director"})
WRITERS = frozenset({"Writer", "Screenplay", "Story", "Co-Writer"})
PRODUCERS = frozenset({"Producer"})
COMPOSERS = frozenset({"Original Music Composer", "Music"})

SOURCE = "tmdb"
#: The page that states a film's facts.
FILM_PAGE = "https://www.themoviedb.org/movie/{}"

#: https://developer.themoviedb.org/docs/errors: the codes of a 404 that say "no such thing".
NOT_FOUND = frozenset({6, 34})
#: Pages of 100 changed ids; error 22: "Pages start at 1 and max at 500".
MAX_PAGES = 500
#: Error 20: "Should be a range no longer than 14 days".
MAX_CHANGE_DAYS = 14


class Movie(msgspec.Struct):
    """A film in a list: search, collection, discover, a person's credits.

    A collection's parts have `title`, and `name` in TMDB's own documentation.
    """

    id: int
    title: object = None
    name: object = None
    original_title: object = None
    original_name: object = None
    release_date: object = None
    popularity: object = None
    adult: object = None
    media_type: object = None
    order: object = None  #: in a person's cast
    character: object = None  #: likewise
    job: object = None  #: in a person's crew


class CountryReleases(msgspec.Struct):
    """The releases in one country."""

    iso_3166_1: str
    release_dates: list[object]


class Release(msgspec.Struct):
    """One of them."""

    release_date: str
    type: int
    note: object = None
    certification: object = None
    iso_639_1: object = None


class CastMember(msgspec.Struct):
    """Somebody in `credits.cast`."""

    id: int
    name: str
    character: object = None
    order: object = None


class CrewMember(msgspec.Struct):
    """Somebody in `credits.crew`."""

    id: int
    name: str
    job: str


class Named(msgspec.Struct):
    """A genre or a company."""

    name: str


class Country(msgspec.Struct):
    """An entry of `production_countries`."""

    iso_3166_1: str


class Title(msgspec.Struct):
    """An entry of `alternative_titles.titles`."""

    title: str


class Collection(msgspec.Struct):
    """`belongs_to_collection`."""

    id: int
    name: str


class Provider(msgspec.Struct):
    """A service in `watch/providers`."""

    provider_name: str


class Person(msgspec.Struct):
    """Somebody in /search/person."""

    id: int
    name: str
    known_for_department: object = None
    known_for: object = None
    adult: object = None


def read(value: object, kind: type[T]) -> T | None:
    """Read one value; None if it has another shape."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        return None


def read_all(values: object, kind: type[T]) -> list[T]:
    """Read the items of a list that have the shape; none if it is no list."""
    return [item for value in as_list(values) if (item := read(value, kind)) is not None]


def as_list(value: object) -> list[object]:
    """The value if it is a JSON array, else an empty one."""
    return cast(list[object], value) if isinstance(value, list) else []


def as_object(value: object) -> Mapping[str, object]:
    """The value if it is a JSON object, else an empty one."""
    return cast(Mapping[str, object], value) if isinstance(value, dict) else {}


def text(value: object, longest: int = MAX_TITLE) -> str:
    """A text in one line, without what no screen or database takes; empty if it is none."""
    if not isinstance(value, str):
        return ""
    kept = (" " if unicodedata.category(char) == "Cc" else char for char in value[:longest] if char not in _TURNING)
    return " ".join("".join(kept).split())


def day(value: object) -> ReleaseDate | None:
    """A day as TMDB writes it, "2025-06-06" or "2025-06-06T00:00:00.000Z": its first ten characters, in no zone."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return ReleaseDate.parse(value[:10])
    except ValueError:
        return None


def language(value: object) -> str:
    """A language's two letters (ISO 639-1); empty if it is none."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        return ""
    return _OWN_LANGUAGES.get(value, value)


def number(value: object, lowest: int, highest: int) -> int | None:
    """A whole number within limits."""
    found = read(value, int)
    return found if found is not None and lowest <= found <= highest else None


def score(value: object) -> float:
    """A popularity; 0 if it is none."""
    found = read(value, float)
    return found if found is not None and 0 <= found < 1e9 else 0.0


def is_id(value: object) -> bool:
    """Whether a value can be one of TMDB's ids."""
    return number(value, 1, _MAX_ID) is not None
