"""Finding the franchise or the person that somebody means: among what the store knows, then at a source."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from rapidfuzz import fuzz, process

from bot.domain.errors import FollowNotFound, SourceError
from bot.domain.films import Credit, Film
from bot.domain.follows import Candidate, FollowKind, is_lead, is_same_story, joined_refs, story_name
from bot.domain.sources import Found, FoundPerson
from bot.domain.titles import MAX_TYPED, normalise
from bot.services.search import FITS, MAX_HITS, NEAR, SURE, TIED, likeness, shown
from bot.store import follows as follow_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
#: So many films tell two of one name apart.
_KNOWN_FOR = 2
#: Goes into a choice with a channel and a name, and Discord takes 100 characters; only nonsense has a longer name.
MAX_REF = 60
#: From so many on, nobody is looked for who was misspelt.
_ENOUGH = 5
#: So many of the nearest are looked at closely then.
_LOOKED_AT = 200
#: A command that shows a picker answers within Discord's 3 s, the way there and back included.
ASK_SECONDS = 2.0
#: Reading so many names again takes long enough to be noticed: then what is new may wait this long to be suggested.
MANY, KEPT_SECONDS = 5_000, 300


_Entry = tuple[str, Candidate]  # its normalised name goes first


class FollowSource(Protocol):
    """What is asked of a source of films here; any bot.ports.FilmSource will do. May raise SourceError."""

    @property
    def name(self) -> str:
        """What its refs begin with: "tmdb"."""
        ...

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        """The films of a franchise."""
        ...

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        """The films that a person directs or leads."""
        ...

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        """People that fit a name, best first."""
        ...


class FollowSearch:
    """Every franchise, director and lead that the store knows, in memory; read again when a film has changed."""

    def __init__(self, db: Database, sources: Sequence[FollowSource] = ()) -> None:
        self._db = db
        self._sources = sources
        self._known: dict[FollowKind, tuple[tuple[int, int], list[_Entry], float]] = {}

    async def suggest(self, kind: FollowKind, typed: str) -> list[Candidate]:
        """At most 25 for what has been typed so far, the best first. Asks no source."""
        hits = _fitting(await self._list(kind), typed)
        return [candidate for _, candidate in hits[:MAX_HITS]]

    async def resolve(self, kind: FollowKind, typed: str) -> list[Candidate]:
        """Whom or what a submitted text means; several when it must be asked which, best first.

        Takes a ref, the label that Discord sometimes submits instead, or a name; a person whom the store does not know
        is looked for at the sources.

        Raises:
            FollowNotFound: nothing fits; the error names the nearest.
        """
        known = await self._list(kind)
        for _, candidate in known:
            if typed.strip() in candidate.refs or typed.strip() == label_of(candidate):
                return [candidate]
        typed = typed.split(" · ", 1)[0].rstrip("… ")
        hits = _fitting(known, typed) if normalise(typed) else []
        sure = [(score, candidate) for score, candidate in hits if score >= SURE]
        if sure:
            return [candidate for score, candidate in sure[:MAX_HITS] if score > sure[0][0] - TIED]
        found = await self._ask(typed) if kind is FollowKind.PERSON else []
        if found:
            return found
        nearest = [candidate.name for score, candidate in _scored(known, typed) if score >= NEAR]
        raise FollowNotFound(kind.value, shown(typed), list(dict.fromkeys(nearest))[:3])

    async def find(self, kind: FollowKind, ref: str) -> Candidate | None:
        """What the store knows under a ref."""
        return next((candidate for _, candidate in await self._list(kind) if ref in candidate.refs), None)

    async def widen(self, kind: FollowKind, refs: Sequence[str]) -> tuple[str, ...]:
        """What else somebody or something with any of `refs` is called by now."""
        wanted = set(refs)
        same = [candidate for _, candidate in await self._list(kind) if not wanted.isdisjoint(candidate.refs)]
        return joined_refs(refs, (ref for candidate in same for ref in candidate.refs))

    async def _list(self, kind: FollowKind) -> list[_Entry]:
        async with self._db.reading() as tx:
            stamp = await follow_store.find_stamp_of_films(tx)
            known = self._known.get(kind)
            at = asyncio.get_running_loop().time()
            if known is not None and (known[0] == stamp or (len(known[1]) > MANY and at - known[2] < KEPT_SECONDS)):
                return known[1]
            if kind is FollowKind.FRANCHISE:
                candidates = _join_stories(await follow_store.list_known_stories(tx))
            else:
                candidates = await _list_people(tx)
        entries = [(normalise(candidate.name), candidate) for candidate in candidates]
        self._known[kind] = (stamp, entries, at)
        return entries

    async def _ask(self, typed: str) -> list[Candidate]:
        """People at the first source that knows any of that name; those of exactly that name, if there are."""
        wanted = normalise(typed)
        if not wanted:
            return []
        until = asyncio.get_running_loop().time() + ASK_SECONDS
        for source in self._sources:
            try:
                async with asyncio.timeout_at(until):
                    found = await source.search_people(typed[:MAX_TYPED])
            except (SourceError, TimeoutError) as error:
                log.info("People cannot be looked for: %s", error or "no answer in time")
                continue
            exact = [person for person in found if normalise(person.name) == wanted]
            fitting = exact or [person for person in found if likeness(wanted, normalise(person.name)) >= FITS]
            if fitting:
                return [_candidate_of(person) for person in fitting[:MAX_HITS]]
        return []


def label_of(candidate: Candidate) -> str:
    """What it is called in a list: "Keanu Reeves · Ballerina (2025), John Wick (2014)"."""
    return f"{candidate.name} · {', '.join(candidate.known_for)}" if candidate.known_for else candidate.name


def _candidate_of(person: FoundPerson) -> Candidate:
    known_for = (person.known_for,) if person.known_for else ()
    return Candidate(FollowKind.PERSON, person.name, (person.ref,), known_for)


def _fitting(known: Sequence[_Entry], typed: str) -> list[tuple[float, Candidate]]:
    return [(score, candidate) for score, candidate in _scored(known, typed) if score >= FITS]


def _scored(known: Sequence[_Entry], typed: str) -> list[tuple[float, Candidate]]:
    """Each that may be meant with how well its name fits, best first; nothing typed: by name."""
    wanted = normalise(typed)
    if not wanted:
        return sorted(((100.0, candidate) for _, candidate in known), key=_place)
    near = [(name, c) for name, c in known if name.startswith(wanted) or f" {wanted}" in name]
    if len(near) < _ENOUGH:
        names = [name for name, _ in known]
        found = process.extract(wanted, names, scorer=fuzz.partial_ratio, limit=_LOOKED_AT)
        near = [known[place] for _, _, place in found]
    return sorted(((likeness(wanted, name), candidate) for name, candidate in near), key=_place)


def _place(hit: tuple[float, Candidate]) -> tuple[int, str, tuple[str, ...]]:
    return -round(hit[0]), hit[1].name, hit[1].refs


def _join_stories(stories: Iterable[tuple[str, str, list[Film]]]) -> list[Candidate]:
    """One candidate for what several sources call the same: a like name, and a film in common."""
    joined: list[tuple[Candidate, dict[int, Film]]] = []
    places: dict[int, list[int]] = {}  # film → the candidates that it stands in
    short = (story for story in stories if len(story[0]) <= MAX_REF)
    for ref, name, films in sorted(short, key=lambda story: (not story[0].startswith("bundled:"), story[0])):
        shared = {place: None for film in films for place in places.get(film.id, ())}
        place = next((place for place in shared if is_same_story(joined[place][0].name, name)), len(joined))
        if place == len(joined):
            joined.append((Candidate(FollowKind.FRANCHISE, story_name(name), (ref,)), {}))
        else:
            candidate, theirs = joined[place]
            joined[place] = (replace(candidate, refs=joined_refs(candidate.refs, [ref])), theirs)
        for film in films:
            joined[place][1][film.id] = film
            places.setdefault(film.id, []).append(place)
    return [replace(candidate, known_for=_newest(films.values())) for candidate, films in joined]


async def _list_people(tx: Transaction) -> list[Candidate]:
    """Directors and leads, each once."""
    refs = await follow_store.map_person_refs(tx)
    people: dict[int, tuple[str, Credit, dict[int, Film]]] = {}
    for key, film, credit in await follow_store.list_known_parts(tx):
        if is_lead(credit):
            people.setdefault(credit.person_id, (key, credit, {}))[2][film.id] = film
    named = [
        (joined_refs((key,), refs.get(person_id, ())), credit.name, films)
        for person_id, (key, credit, films) in people.items()
    ]
    return [
        Candidate(FollowKind.PERSON, name, short, _newest(films.values()))
        for all_refs, name, films in named
        if (short := tuple(ref for ref in all_refs if len(ref) <= MAX_REF))
    ]


def _newest(films: Iterable[Film]) -> tuple[str, ...]:
    newest = sorted(films, key=lambda film: (-(film.year or 9999), film.title))
    return tuple(film.label for film in newest[:_KNOWN_FOR])
