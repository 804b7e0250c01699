"""Following a franchise or a person: which of their films a server gets by itself, and how many at once. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.films import Credit, Film, Job
from bot.domain.releases import counting_release, may_count
from bot.domain.sources import Found
from bot.domain.subscribers import Subscriber, today_of
from bot.domain.titles import normalise, without_article

#: A list that a person still reads, and that sources still like to be asked about.
MAX_FOLLOWS = 25
#: Films that one look adds: a studio that announces a decade of sequels does not flood a channel.
MAX_AT_ONCE = 10
#: Billed so high is a lead.
LEADS = 5
#: Two servers that followed the same minute drift apart by the spread.
_EVERY, _SPREAD = timedelta(days=1), timedelta(hours=2)
_RETRY = timedelta(hours=1)
#: What has been out elsewhere for longer, and has no date here, is not "still to come".
_ELSEWHERE = timedelta(days=180)
#: In a documentary, or in old footage: that is no role.
_AS_THEMSELVES = re.compile(r"(self|himself|herself|themselves|themself)\b|.*\barchive ", re.IGNORECASE)
#: What sources append to the name of a story: "John Wick Collection", "Dune film series".
_APPENDED = frozenset({"collection", "film", "films", "franchise", "movie", "movies", "saga", "series", "trilogy"})


class FollowKind(StrEnum):
    """What is followed."""

    FRANCHISE = "franchise"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Follow:
    """A server follows a franchise or a person."""

    id: int  #: 0 before it is stored
    subscriber_id: int
    kind: FollowKind
    name: str
    refs: tuple[str, ...]  #: at each source: "bundled:john-wick", "tmdb:404609"; the first one never changes
    channel_id: int | None  #: overrides the subscriber's channel
    followed_by: int
    followed_at: datetime
    next_check_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A franchise or a person that can be followed."""

    kind: FollowKind
    name: str
    refs: tuple[str, ...]
    known_for: tuple[str, ...] = ()  #: labels of films, or a trade: tells namesakes apart


@dataclass(frozen=True, slots=True)
class Followed:
    """What `/follow` came to."""

    follow: Follow
    subscriber: Subscriber
    tracked: tuple[Film, ...]  #: tracked just now, the soonest first
    before: tuple[Film, ...] = ()  #: still to come, and tracked already
    left: tuple[Film, ...] = ()  #: more than one look adds
    full: tuple[Film, ...] = ()  #: no room for them: the server tracks as many as it may
    silent: tuple[str, ...] = ()  #: sources that did not answer
    already: bool = False  #: it was followed before


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be done with the films of a follow that it has not met."""

    new: tuple[Film, ...]  #: to be tracked
    tracked: tuple[Film, ...]  #: tracked already, released or not
    before: tuple[Film, ...]  #: of those, what is still to come
    left: tuple[Film, ...]
    full: tuple[Film, ...]


def select(
    films: Iterable[Film], tracked: Collection[int], room: int, subscriber: Subscriber, now: datetime
) -> Selection:
    """Choose which of `films`, none of them met before, a follow adds; `room`: how many more the server may track."""
    today = today_of(subscriber, now)
    unmet = sorted(films, key=lambda film: _soonest(film, subscriber))
    coming = [film for film in unmet if is_to_come(film, subscriber, today)]
    wanted = [film for film in coming if film.id not in tracked]
    at_once, left = wanted[:MAX_AT_ONCE], wanted[MAX_AT_ONCE:]
    room = max(room, 0)
    return Selection(
        new=tuple(at_once[:room]),
        tracked=tuple(film for film in unmet if film.id in tracked),
        before=tuple(film for film in coming if film.id in tracked),
        left=tuple(left),
        full=tuple(at_once[room:]),
    )


def is_to_come(film: Film, subscriber: Subscriber, today: date) -> bool:
    """Whether a film is unreleased where `subscriber` is, as far as is known, or has no date.

    Without a date here, half a year in other countries' cinemas or at home makes it an old film, and so does a year.
    """
    main = counting_release(film, subscriber.country, wanted=subscriber.wanted).main
    if main is not None and main.date.last is not None:
        return main.date.last >= today
    lasts = [release.date.last for release in film.releases if release.date.last and may_count(release)]
    if lasts:
        return min(lasts) >= today - _ELSEWHERE
    return film.year is None or film.year >= today.year


def may_be_to_come(found: Found, today: date) -> bool:
    """Whether it is worth asking more about a film in a source's list; the rest is old for certain."""
    if found.date is not None and found.date.last is not None:
        return found.date.last >= today - _ELSEWHERE
    return found.year is None or found.year >= today.year


def is_lead(credit: Credit) -> bool:
    """Whether somebody directs a film or is among its leads, in a role."""
    if credit.job is Job.DIRECTOR:
        return True
    return credit.job is Job.CAST and credit.position < LEADS and not _AS_THEMSELVES.match(credit.character)


def is_same_story(name: str, other: str) -> bool:
    """Whether two sources' names mean one franchise, given that it has films in common.

    "John Wick" and "John Wick Collection"; "Spider-Verse" and "Spider-Man: Spider-Verse Collection"; but not
    "The Avengers" and "Marvel Cinematic Universe", of which every Avengers film is a part.
    """
    one, two = _core(name), _core(other)
    return bool(one and two) and (one == two or f" {two}".endswith(f" {one}") or f" {one}".endswith(f" {two}"))


def story_name(name: str) -> str:
    """A franchise's name without what its source appends: "John Wick" of "John Wick Collection"."""
    return name.removesuffix(" Collection").strip() or name


def next_look(follow_id: int, now: datetime) -> datetime:
    """When to look again: a day later, spread over two hours."""
    # Knuth's multiplier: neighbours in number are no neighbours in time.
    return now + _EVERY + _SPREAD * (follow_id * 2654435761 % 2**32 / 2**32)


def next_try(now: datetime, retry_seconds: float | None = None) -> datetime:
    """When to look again after a source did not answer: in an hour, or as late as it asked."""
    return now + max(_RETRY, timedelta(seconds=retry_seconds or 0))


def joined_refs(known: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    """Refs with those that have become known since; the first stays the first."""
    return tuple(dict.fromkeys((*known, *more)))


def _core(name: str) -> str:
    words = without_article(normalise(name)).split()
    while len(words) > 1 and words[-1] in _APPENDED:
        words.pop()
    return " ".join(words)


def _soonest(film: Film, subscriber: Subscriber) -> tuple[date, str]:
    counting = counting_release(film, subscriber.country, wanted=subscriber.wanted)
    release = counting.main or counting.elsewhere
    return (release.date.last or date.max if release else date.max, film.label)
