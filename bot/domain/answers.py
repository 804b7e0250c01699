"""What the services answer and the cards show: values made of the domain's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.destinations import Destination
from bot.domain.films import Doubt, Film, Release
from bot.domain.living import LiveMessage
from bot.domain.posts import Post
from bot.domain.releases import Counting
from bot.domain.subscribers import Subscriber, Subscription
from bot.domain.why import Asked


@dataclass(frozen=True, slots=True)
class Look:
    """A film as one server sees it."""

    film: Film  #: with the doubtful dates in force that this server's admins trust
    subscriber: Subscriber | None
    subscription: Subscription | None
    shared: Mapping[int, Sequence[tuple[int, str]]]  #: person id → other tracked films (id, label) with them
    asked: tuple[Asked, ...] = ()  #: what each source last said of it, and when
    trusted: tuple[Doubt, ...] = ()  #: the doubts that are in force here alone


@dataclass(frozen=True, slots=True)
class SourceState:
    """How asking one source goes, over all films."""

    source: str
    films: int  #: about how many it said something
    checked_at: datetime | None  #: its last good answer about any
    failing: int  #: about how many it gave no usable answer the last time
    reason: str  #: of one of those, as a clause


@dataclass(frozen=True, slots=True)
class Coming:
    """A film and its release in a country."""

    film: Film
    release: Release


@dataclass(frozen=True, slots=True)
class Tracked:
    """What `/track` came to."""

    film: Film
    subscriber: Subscriber
    subscription: Subscription
    counting: Counting
    posts: tuple[Post, ...]  #: what is still to come of it, by time, without what a pause will keep back
    already: bool  #: it was tracked before
    zones: tuple[str, ...]  #: which zones its clocks may run by; more than one until somebody has said which
    asked: tuple[Asked, ...] = ()  #: what each source last said of it, and when


@dataclass(frozen=True, slots=True)
class Agenda:
    """The next posts by time, the last ones newest first, and the channels that cannot be written to."""

    subscriber: Subscriber
    titles: Mapping[int, str]  #: film id → label
    coming: tuple[Post, ...]
    held_back: frozenset[str]  #: dedup keys among them that a pause will keep back
    more: int  #: coming posts beyond those
    settled: tuple[Post, ...]
    closed: tuple[Destination, ...]
    paused_films: tuple[str, ...]
    live: tuple[LiveMessage, ...] = ()  #: the countdowns that are edited daily, and those that were deleted too often
    stuck: tuple[Post, ...] = ()  #: failed or uncertain lately, and nobody has decided about them; the newest first
