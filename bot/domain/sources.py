"""What is asked of a source of films, and what it answers: values only. The sources are in bot/sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film


class AnswerState(StrEnum):
    """What a source made of the question about one film."""

    FOUND = "found"
    UNCHANGED = "unchanged"  #: the same as at the last answer, whose validator was sent along
    UNKNOWN = "unknown"  #: it has no such film, or not under these ids
    GONE = "gone"  #: it had one under its own id, and has it no longer
    FAILED = "failed"  #: what it said of this film makes no sense


@dataclass(frozen=True, slots=True)
class Question:
    """Which film is asked about."""

    ids: Mapping[str, str]  #: source → its id, all that are known: "tmdb", "imdb", "wikidata"
    validator: str = ""  #: from the last answer, if there was one


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source says of one film."""

    state: AnswerState
    film: Film | None = None  #: with FOUND: only what the source itself says; `ids` hold its own id, as it is now
    validator: str = ""  #: to be sent along the next time: an ETag, or a revision
    reason: str = ""  #: with FAILED: one clause for the log


@dataclass(frozen=True, slots=True)
class Found:
    """A film that a source offers in a search or a list; no date of it is ever alerted from."""

    ref: str  #: "tmdb:541671"
    title: str
    year: int | None = None
    original_title: str = ""
    country: str = ""  #: its home, ISO 3166-1 alpha-2, if the source says
    directors: tuple[str, ...] = ()
    date: ReleaseDate | None = None  #: a presentation, for ordering only
    popularity: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person that a source offers in a search."""

    ref: str  #: "tmdb:224513"
    name: str
    known_for: str = ""  #: "acting", or a title: tells namesakes apart


@dataclass(frozen=True, slots=True)
class Month:
    """The days that a list of coming films is asked for."""

    first: date
    last: date
