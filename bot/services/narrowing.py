"""Keeps search as you type quick when the store knows many films: which few of them are worth a closer look."""

import asyncio
import logging
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.errors import OperatorError
from bot.domain.films import Film
from bot.domain.titles import ListedTitle, normalise
from bot.services.search import FilmSearch
from bot.store.title_build import build_titles
from bot.store.title_index import TitleIndex

log = logging.getLogger(__name__)
#: Looking closely at this many films takes some milliseconds; beyond it the loop would stand still for every letter.
FEW = 2_000
#: How many of the films that the index finds are looked at.
CLOSE = 100
_SOURCE = "store"


class Narrowing:
    """An index of titles over the films in memory, in a file of its own, made anew when many of them have changed."""

    def __init__(self, search: FilmSearch) -> None:
        self._search = search
        self._folder: TemporaryDirectory[str] | None = None
        self._index: TitleIndex | None = None
        self._last_days: list[tuple[date, int]] = []

    async def close(self) -> None:
        """Let go of the index."""
        if self._index is not None:
            await self._index.close()
            self._index = None
        if self._folder is not None:
            self._folder.cleanup()

    async def among(self, typed: str, today: date) -> Collection[int] | None:
        """The ids of the films that may fit, or, with nothing typed, that come next; None: few enough for all."""
        if self._index is None:
            return None
        if not normalise(typed):
            first = bisect_left(self._last_days, (today, 0))
            return {film_id for _, film_id in self._last_days[first : first + CLOSE]} | self._search.changed
        found = await self._index.search(typed, CLOSE)
        return {int(hit.ref.partition(":")[2]) for hit in found} | self._search.changed

    async def keep_up(self) -> bool:
        """Make the index anew if too many films have changed for it; whether it was made."""
        if len(self._search.changed) <= FEW:
            return False
        self._folder = self._folder or TemporaryDirectory(prefix="marquee-")
        path = Path(self._folder.name) / "films.sqlite"
        films, seen = list(self._search.films), frozenset(self._search.changed)
        try:
            await asyncio.to_thread(build_titles, path, _SOURCE, _titles_of(films), _in_silence)
            self._last_days = await asyncio.to_thread(_by_last_day, films)
            self._index = self._index or await TitleIndex.open(path)
        except OperatorError:
            log.exception("The films in memory cannot be indexed; search goes on without")
            return False
        self._search.changed -= seen
        return True


def _titles_of(films: Iterable[Film]) -> Iterator[ListedTitle]:
    """Every name of every film; the newer the film, the sooner it is meant."""
    for film in films:
        names = [name for name in dict.fromkeys((film.original_title, *film.alternative_titles)) if name]
        for name in names or [film.title]:
            yield ListedTitle(f"{_SOURCE}:{film.id}", film.title, name, film.year, float(film.year or 0))


def _by_last_day(films: Iterable[Film]) -> list[tuple[date, int]]:
    """Each film's last known day anywhere, in order: the next ones from a day on are those that still come."""
    days = ((film.id, [release.date.day for release in film.releases if release.date.day]) for film in films)
    return sorted((max(known), film_id) for film_id, known in days if known)


def _in_silence(_what: str, _done: int, _of: int) -> None:
    """Nobody watches the index being made."""
