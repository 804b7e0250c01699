"""Asking the sources on the network for films that are not in the store: searches, lists, and taking one in."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from bot.domain.errors import FilmNotFound, SourceError, SourcesSilent
from bot.domain.sources import AnswerState, Found, FoundPerson, Month, Question
from bot.domain.titles import normalise
from bot.ports import FilmSource
from bot.services.refresh import Refresh
from bot.services.taking import take_in
from bot.store import films as film_store
from bot.store import records as record_store
from bot.store.database import Database

log = logging.getLogger(__name__)
#: Autocomplete must be answered within 3 s of the keystroke, the way there and back included.
SEARCH_SECONDS = 2.0
#: A film that is not here is fetched while the command waits, deferred.
FETCH_SECONDS = 20.0
#: And what the other sources know of it may come a little later.
OTHERS_SECONDS = 5.0
#: What a source lists is the same for this long.
LISTED_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)


class Asking:
    """Asks the sources, each for itself: one that fails takes nothing from the others."""

    def __init__(self, db: Database, sources: Sequence[FilmSource], refresh: Refresh) -> None:
        self._db = db
        self._sources = {source.name: source for source in sources}
        self._refresh = refresh

    @property
    def any_sources(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self._sources)

    async def search(self, typed: str, year: int | None, country: str, now: datetime) -> list[Found]:
        """What the sources find for a text, the first source's before the others'; within `SEARCH_SECONDS`."""
        question = f"search {country} {year or ''} {normalise(typed)}"
        lists = await asyncio.gather(
            *(
                self._list(source, question, now, lambda s=source: s.search(typed, year, country), SEARCH_SECONDS)
                for source in self._sources.values()
            )
        )
        return [found for one in lists for found in one]

    async def list_of_franchise(self, ref: str, now: datetime) -> list[Found]:
        """The films of a franchise at the source that `ref` names; empty if that source does not answer."""
        source = self._sources.get(ref.partition(":")[0])
        if source is None:
            return []
        return await self._list(source, f"franchise {ref}", now, lambda: source.list_of_franchise(ref), FETCH_SECONDS)

    async def list_of_person(self, ref: str, now: datetime) -> list[Found]:
        """The films that a person directs or leads, at the source that `ref` names; empty if it does not answer."""
        source = self._sources.get(ref.partition(":")[0])
        if source is None:
            return []
        return await self._list(source, f"person {ref}", now, lambda: source.list_of_person(ref), FETCH_SECONDS)

    async def list_coming(self, country: str, month: Month, now: datetime) -> list[Found]:
        """What comes to the cinemas of a country, of every source that has such a list."""
        lists = await asyncio.gather(
            *(
                self._list(
                    source,
                    f"coming {country} {month.first} {month.last}",
                    now,
                    lambda s=source: s.list_coming(country, month),
                    SEARCH_SECONDS,
                )
                for source in self._sources.values()
            )
        )
        return [found for one in lists for found in one]

    async def search_people(self, typed: str) -> list[FoundPerson]:
        """People that the sources find for a name; within `SEARCH_SECONDS`."""
        lists = await asyncio.gather(*(self._people(source, typed) for source in self._sources.values()))
        return [person for one in lists for person in one]

    async def adopt(self, ref: str, now: datetime) -> int:
        """The film that `ref` ("tmdb:541671", "imdb:tt7181546") stands for; taken in if it is not in the store.

        Raises:
            FilmNotFound: no source has it.
            SourcesSilent: none of those that may have it answers.
        """
        name, _, external_id = ref.partition(":")
        async with self._db.looking() as tx:
            known = await film_store.find_film_id(tx, name, external_id)
        if known is not None:
            return known
        first = [self._sources[name]] if name in self._sources else list(self._sources.values())
        silent: list[str] = []
        for source in first:
            try:
                async with asyncio.timeout(FETCH_SECONDS):
                    [answer] = await source.fetch_films([Question({name: external_id})])
            except (SourceError, TimeoutError):
                silent.append(source.name)
                continue
            if answer.state is AnswerState.FAILED:
                silent.append(source.name)
            if answer.state is AnswerState.FOUND and answer.film is not None:
                async with self._db.transaction() as tx:
                    film = answer.film
                    taken = await take_in(tx, film, source.name, now, validator=answer.validator)
                others = [other for other in self._sources.values() if other is not source]
                with suppress(TimeoutError):  # who comes later is asked by the job, once somebody follows the film
                    async with asyncio.timeout(OTHERS_SECONDS):
                        await self._refresh.ask_all(taken.film_id, others, now)
                return taken.film_id
        if silent or not first:
            raise SourcesSilent(silent)
        raise FilmNotFound("that film")

    async def forget_old(self, now: datetime) -> None:
        """Forget the lists that are of no use any more."""
        async with self._db.transaction() as tx:
            await record_store.forget_source_answers(tx, now - KEPT_FOR)

    async def _list(
        self,
        source: FilmSource,
        question: str,
        now: datetime,
        ask: Callable[[], Awaitable[Sequence[Found]]],
        seconds: float,
    ) -> list[Found]:
        """A source's list, from the store while it is young; an older one if the source does not answer in time."""
        async with self._db.looking() as tx:
            kept = await record_store.find_source_answer(tx, source.name, question)
        old = _read(kept[0]) if kept else []
        if kept is not None and now - kept[1] < LISTED_FOR:
            return old
        try:
            async with asyncio.timeout(seconds):
                found = list(await ask())
        except (SourceError, TimeoutError):
            return old
        async with self._db.transaction() as tx:
            body = msgspec.json.encode(found).decode()
            await record_store.save_source_answer(tx, source.name, question, body, now)
        return found

    async def _people(self, source: FilmSource, typed: str) -> Sequence[FoundPerson]:
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                return await source.search_people(typed)
        except (SourceError, TimeoutError):
            return []


def _read(body: str) -> list[Found]:
    """What an older Marquee kept may not fit any more."""
    try:
        return msgspec.json.decode(body, type=list[Found])
    except msgspec.MsgspecError:
        return []
