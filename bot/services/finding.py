"""Finding any film: in the store, in the side file of titles, and, where both fall short, at the sources."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.answers import Coming
from bot.domain.errors import FilmNotFound
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.releases import counting_release
from bot.domain.sources import Found, Month
from bot.domain.titles import normalise, split_year
from bot.services.asking import Asking
from bot.services.films import list_coming
from bot.services.narrowing import Narrowing
from bot.services.search import BEGINS, MAX_HITS, SURE, TIED, FilmSearch, Hit, likeness
from bot.store.title_index import TitleHit, TitleIndex

#: With fewer good hits than this, and a text this long, the sources are asked as well.
ENOUGH, LONG_ENOUGH = 3, 3
#: As far ahead as the sources' lists of coming films are asked for; farther, what they have is thin.
LISTED_AHEAD = timedelta(days=60)
_REFS = ("tmdb:", "imdb:", "wikidata:")
#: What has a date to come goes before what has none, and both before what is out.
_COMING, _UNKNOWN, _OUT = range(3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A film that may be meant: one of the store, or one that is known by its ref alone."""

    ref: str  #: "id:12", or "tmdb:541671"
    title: str
    year: int | None
    fit: float  #: 0 to 100
    film: Film | None = None
    original_title: str = ""
    hint: str = ""  #: its directors or its country, to tell namesakes apart

    @property
    def label(self) -> str:
        """Title and year."""
        return f"{self.title} ({self.year})" if self.year else self.title


class Finding:
    """What autocomplete shows, and what a submitted text means."""

    def __init__(
        self, search: FilmSearch, asking: Asking, open_titles: Callable[[], Awaitable[TitleIndex | None]]
    ) -> None:
        self._search = search
        self._asking = asking
        self._open_titles = open_titles
        self._titles: TitleIndex | None = None
        self._narrowing = Narrowing(search)

    async def keep_up(self, _: datetime) -> None:
        """Take in what changed in the store."""
        await self._search.load()
        await self._narrowing.keep_up()

    async def close(self) -> None:
        """Close the side file of titles."""
        await self._narrowing.close()
        if self._titles is not None:
            await self._titles.close()

    async def suggest(self, typed: str, country: str, now: datetime, today: date) -> list[Candidate]:
        """At most 25 films for what has been typed so far, the best first; within Discord's 3 seconds.

        The sources are asked only for what neither the store nor the side file has, the local answer in hand.
        """
        local = await self._local(typed, country, today)
        text, year = split_year(typed)
        good = [candidate for candidate in local if candidate.fit >= BEGINS - TIED]
        if len(good) >= ENOUGH or len(normalise(text)) < LONG_ENOUGH or not self._asking.any_sources:
            return local
        online = await self._asking.search(text, year, country, now)
        return _joined(local, self._online(typed, year, online), today, country)

    async def resolve(self, typed: str, country: str, now: datetime, today: date) -> list[Candidate]:
        """The film that a submitted text means; several when it must be asked which, best first.

        Takes the value of a choice ("id:12", "tmdb:541671"), the label that Discord sometimes submits instead, or text.

        Raises:
            FilmNotFound: nothing fits; the error names the nearest titles.
        """
        if typed.strip().startswith(_REFS):
            ref = typed.strip()
            known = self._search.find_by_ref(ref)
            return [_stored(Hit(known, 100.0))] if known else [Candidate(ref, ref, None, 100.0)]
        missing: FilmNotFound | None = None
        found: list[Film] = []
        try:
            found = self._search.resolve(typed, country, today, await self._narrowing.among(typed, today))
        except FilmNotFound as error:
            missing = error
        if len(found) == 1:
            return [_stored(Hit(found[0], 100.0))]
        label = typed.split(" · ", 1)[0].rstrip("… ")
        found_now = await self.suggest(label, country, now, today) if normalise(label) else []
        hits = [candidate for candidate in found_now if candidate.fit >= SURE]
        if not hits:
            if missing is not None:
                raise missing
            return [_stored(Hit(film, SURE)) for film in found]
        named = [candidate for candidate in hits if candidate.label == label]
        if len(named) == 1:
            return named
        return [candidate for candidate in hits if candidate.fit > hits[0].fit - TIED]

    async def list_coming(self, country: str, first: date, last: date | None, now: datetime) -> list[Coming]:
        """Films whose release in a country is, or may be, from `first` to `last` (None: without end), by date.

        Those that are not in the store come from the sources' own lists, of the next two months if no end is given.
        Their date is a presentation: it is shown, with whose it is, and never alerted from.
        """
        known = list_coming(self._search.films, country, first, last)
        month = Month(first, last or first + LISTED_AHEAD)
        named = {(normalise(coming.film.title), coming.film.year) for coming in known}
        listed: list[Coming] = []
        for found in await self._asking.list_coming(country, month, now):
            day = found.date.day if found.date else None
            new = self._search.find_by_ref(found.ref) is None and (normalise(found.title), found.year) not in named
            if new and found.date and day and month.first <= day <= month.last:
                source, _, own = found.ref.partition(":")
                film = Film(0, found.title, found.year, found.original_title, ids={source: own})
                listed.append(Coming(film, Release(country, ReleaseType.THEATRICAL, found.date, source=source)))
        return sorted([*known, *listed], key=lambda coming: (coming.release.date.sort_key, coming.film.label))

    async def adopt(self, candidate: Candidate, now: datetime) -> Film:
        """The film of a candidate, fetched from its sources and taken into the store if it is not there.

        Raises:
            FilmNotFound: no source has it.
            SourcesSilent: none of those that may have it answers.
        """
        if candidate.film is not None:
            return candidate.film
        film_id = await self._asking.adopt(candidate.ref, now)
        await self._search.load()
        [film] = self._search.resolve(f"id:{film_id}", "", now.date())
        return film

    async def _local(self, typed: str, country: str, today: date) -> list[Candidate]:
        among = await self._narrowing.among(typed, today)
        hits = [_stored(hit) for hit in self._search.suggest(typed, country, today, among)]
        if not normalise(typed):
            return hits
        if self._titles is None:
            self._titles = await self._open_titles()
        titles: Sequence[TitleHit] = await self._titles.search(typed, this_year=today.year) if self._titles else ()
        listed = [
            Candidate(hit.ref, hit.title, hit.year, hit.fit, original_title=hit.original_title)
            for hit in titles
            if self._search.find_by_ref(hit.ref) is None
        ]
        return _joined(hits, listed, today, country)

    def _online(self, typed: str, year: int | None, online: Sequence[Found]) -> list[Candidate]:
        wanted = normalise(split_year(typed)[0])
        candidates: list[Candidate] = []
        for found in online:
            if self._search.find_by_ref(found.ref) is not None:
                continue
            fit = max(likeness(wanted, normalise(name)) for name in (found.title, found.original_title or found.title))
            fit += 3 if year and found.year == year else 0
            hint = ", ".join(found.directors[:2]) or found.country
            candidates.append(
                Candidate(found.ref, found.title, found.year, fit, original_title=found.original_title, hint=hint)
            )
        return candidates


def _stored(hit: Hit) -> Candidate:
    film = hit.film
    return Candidate(f"id:{film.id}", film.title, film.year, hit.score, film, film.original_title)


def _joined(one: Sequence[Candidate], other: Sequence[Candidate], today: date, country: str) -> list[Candidate]:
    """Both lists by fit, coming films first at equal fit.

    Of one title and year, what two sources have is most often the same film, and the first alone is shown; what one of
    them has twice are two films. What comes without a year, as TMDB's list of titles does, may be any of the title's.
    """
    listed: dict[tuple[str, int | None], set[str]] = {}
    refs: set[str] = set()
    kept: list[Candidate] = []
    for candidate in (*one, *other):
        title, source = normalise(candidate.title), candidate.ref.partition(":")[0]
        named = listed.get((title, candidate.year))
        if candidate.ref in refs or (candidate.film is None and named is not None and source not in named):
            continue
        refs.add(candidate.ref)
        kept.append(candidate)
        years = (candidate.year, None) if candidate.film else (candidate.year,)
        for year in years:
            listed.setdefault((title, year), set()).update(candidate.film.ids if candidate.film else (source,))
    kept.sort(key=lambda candidate: (-round(candidate.fit), _when(candidate, today, country)))
    return kept[:MAX_HITS]


def _when(candidate: Candidate, today: date, country: str) -> int:
    if candidate.film is None:
        return _UNKNOWN if candidate.year is None else _COMING if candidate.year >= today.year else _OUT
    counting = counting_release(candidate.film, country)
    release = counting.main or counting.elsewhere
    last = release.date.last if release else None
    return _UNKNOWN if last is None else _COMING if last >= today else _OUT
