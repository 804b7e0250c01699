"""What a film is: its facts, each with where it comes from. Values only; which release counts is in releases.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.dates import ReleaseDate


class ReleaseType(StrEnum):
    """How a film reaches people; the six types of TMDB, in its order."""

    PREMIERE = "premiere"
    LIMITED = "limited"
    THEATRICAL = "theatrical"
    DIGITAL = "digital"
    PHYSICAL = "physical"
    TV = "tv"


#: What "the release" means for everybody. A festival or gala (premiere) never is one.
CINEMA = frozenset({ReleaseType.LIMITED, ReleaseType.THEATRICAL})
#: Everything that the public can watch.
PUBLIC = frozenset(ReleaseType) - {ReleaseType.PREMIERE}


class Job(StrEnum):
    """What a person did for a film, in the order in which cards list it."""

    DIRECTOR = "director"
    WRITER = "writer"
    CAST = "cast"
    PRODUCER = "producer"
    COMPOSER = "composer"


class EntryKind(StrEnum):
    """What stands in a franchise; only films can be tracked."""

    FILM = "film"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Release:
    """A film × country × type × date."""

    country: str  #: ISO 3166-1 alpha-2, upper case
    type: ReleaseType
    date: ReleaseDate
    note: str = ""  #: "IMAX", "London premiere", "Re-release", the name of a service
    source: str = ""  #: which source said so: "bundled", "wikidata", "tmdb"
    language: str = ""  #: ISO 639-1, where a country's regions or copies differ by language
    certification: str = ""  #: as the country writes it: "PG-13", "12A"
    since: datetime | None = None  #: when its source began to say so, as far as Marquee knows (aware UTC)


@dataclass(frozen=True, slots=True)
class DateChange:
    """A date that was not what it is now: new (`old` None), moved, or withdrawn (`new` None)."""

    id: int  #: 0 before it is stored
    film_id: int
    country: str
    type: ReleaseType
    old: ReleaseDate | None
    new: ReleaseDate | None
    source: str
    known_at: datetime | None  #: when Marquee learnt it (aware UTC); for history, when it happened, if that is known
    history: bool = False  #: came with the film's facts: on record, never told


@dataclass(frozen=True, slots=True)
class Credit:
    """One person in one job. `position` orders within the job, 0 first."""

    person_id: int  #: 0 before it is stored
    name: str
    job: Job
    position: int
    character: str = ""
    refs: tuple[str, ...] = ()  #: the person at each source that knows them: "tmdb:224513", "wikidata:Q233868"


class OfferKind(StrEnum):
    """How a service lets people watch."""

    STREAM = "stream"
    FREE = "free"
    RENT = "rent"
    BUY = "buy"


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a film can be watched in one country."""

    country: str
    kind: OfferKind
    service: str  #: "Netflix"


class DoubtReason(StrEnum):
    """Why a new date is not believed at once."""

    JUMP = "jump"  #: more than 180 days from what was known
    PAST = "past"  #: it lies behind us, and the date that was known does not
    AGAIN = "again"  #: all it stands on is a re-release
    FESTIVAL = "festival"  #: all it stands on is a festival or a gala
    DISAGREE = "disagree"  #: another source says a date more than 30 days off
    WITHDRAWN = "withdrawn"  #: a source fell silent about a date that it had


@dataclass(frozen=True, slots=True)
class Doubt:
    """A change of date that a source reports and that is not believed yet."""

    id: int  #: 0 before it is stored
    film_id: int
    country: str
    type: ReleaseType
    old: ReleaseDate | None
    new: ReleaseDate | None
    source: str
    reason: DoubtReason
    first_seen_at: datetime  #: aware UTC; the same word a day later settles it


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose word a fact is, and why theirs."""

    source: str
    why: str  #: a clause for a person: "the newest word", "the only one to say"


@dataclass(frozen=True, slots=True)
class Trivia:
    """A fact worth telling, in our own words."""

    text: str
    spoiler: bool
    source: str  #: an https address


@dataclass(frozen=True, slots=True)
class FranchiseEntry:
    """A place in a franchise. Entries are kept in release order; `story` orders by story."""

    kind: EntryKind
    title: str
    story: int
    film_id: int | None  #: None for a series
    date: ReleaseDate
    country: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Franchise:
    """Films, and series, that tell one story."""

    id: int
    name: str
    entries: tuple[FranchiseEntry, ...]

    def in_story_order(self) -> tuple[FranchiseEntry, ...]:
        """The entries as the story goes."""
        return tuple(sorted(self.entries, key=lambda entry: entry.story))


@dataclass(frozen=True, slots=True)
class Film:
    """A film and what is known of it. A brief one (lists, planning) has no credits, trivia or franchise."""

    id: int  #: 0 before it is stored
    title: str
    year: int | None = None
    original_title: str = ""
    original_language: str = ""  #: ISO 639-1
    alternative_titles: tuple[str, ...] = ()
    summary: str = ""
    runtime_minutes: int | None = None
    genres: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    distributors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()
    changes: tuple[DateChange, ...] = ()  #: oldest first
    credits: tuple[Credit, ...] = ()
    trivia: tuple[Trivia, ...] = ()
    franchise: Franchise | None = None
    ids: dict[str, str] = field(default_factory=dict[str, str])  #: source → its id; "bundled" → the file's stem
    sources: tuple[str, ...] = ()  #: pages that state these facts
    as_of: date | None = None  #: the day the facts were last looked at
    checked_at: datetime | None = None  #: when Marquee last took them over
    offers: tuple[Offer, ...] = ()  #: where to watch it, by country; JustWatch's, through TMDB
    belongs_to: dict[str, str] = field(default_factory=dict[str, str])  #: franchise at a source ("tmdb:404609") → name
    doubts: tuple[Doubt, ...] = ()  #: changes of date that are not believed yet
    origins: dict[str, Origin] = field(default_factory=dict[str, Origin])  #: fact ("title", "credits") → whose word

    @property
    def label(self) -> str:
        """Title and year: what tells films of one name apart in a list."""
        return f"{self.title} ({self.year})" if self.year else self.title

    def people(self, job: Job) -> tuple[Credit, ...]:
        """The credits of one job, in billing order."""
        return tuple(sorted((c for c in self.credits if c.job is job), key=lambda credit: credit.position))


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A franchise's entry as a catalogue has it: its film by key, not yet by id."""

    kind: EntryKind
    title: str
    story: int
    film_key: str | None
    date: ReleaseDate
    country: str
    note: str


@dataclass(frozen=True, slots=True)
class CatalogueFranchise:
    """A franchise, its entries in release order."""

    key: str
    name: str
    entries: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A whole catalogue, and a digest that changes with any byte of it."""

    source: str
    films: Mapping[str, Film]  #: by key
    franchises: tuple[CatalogueFranchise, ...]
    digest: str
