"""What `marquee titles …` does: importing lists of film titles, and searching as autocomplete would."""

import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TextIO

from bot.domain.errors import OperatorError
from bot.services.catalogue import load_catalogue
from bot.services.search import FilmSearch
from bot.settings import Settings
from bot.sources.bundled import digest_of, find_catalogue, read_catalogue
from bot.sources.title_files import read_imdb, read_tmdb
from bot.store.database import open_database
from bot.store.title_build import build_titles
from bot.store.title_index import TitleIndex

#: Whose release dates decide what comes next where nobody has chosen a country.
_COUNTRY = "US"
_BAR = 30


def import_titles(settings: Settings, source: Literal["tmdb", "imdb"], file: Path, out: TextIO) -> str:
    """Put a source's list into the title index; what was done, in a sentence. `out` shows how far it is.

    Raises:
        OperatorError: the list or the index cannot be used; the index is as it was.
    """
    path = settings.titles_path
    if not path.parent.is_dir():
        raise OperatorError(f"The folder {path.parent} does not exist. Make it, or set MARQUEE_TITLES.")
    bar = _Bar(out)
    started = time.monotonic()

    def reading(done: int, of: int) -> None:
        bar.show("reading", done, of)

    films = read_tmdb(file, reading) if source == "tmdb" else read_imdb(file, datetime.now(UTC).year, reading)
    try:
        mine, everything = build_titles(path, source, films, bar.show)
    finally:
        bar.end()
    names = {"tmdb": "TMDB", "imdb": "IMDb"}
    seconds = time.monotonic() - started
    others = f" (with other lists {everything:,})" if everything > mine else ""
    return f"{mine:,} films of {names[source]} are in {path}{others}; it took {seconds:.0f} s."


@asynccontextmanager
async def open_search(settings: Settings) -> AsyncGenerator["Callable[[str], Any]"]:
    """A function that answers one query: awaited, it gives `{"query": …, "ms": …, "hits": […]}`.

    Over the title index, or while there is none, over the catalogue's films.

    Raises:
        OperatorError: the index, or the catalogue, cannot be read.
    """
    index = await TitleIndex.open(settings.titles_path)
    if index is None:
        async with _catalogue_search(settings) as search:
            yield search
        return
    this_year = datetime.now(UTC).year

    async def ask(query: str) -> dict[str, Any]:
        started = time.perf_counter()
        hits = await index.search(query, this_year=this_year)
        return _answer(query, started, [asdict(hit) for hit in hits])

    try:
        yield ask
    finally:
        await index.close()


@asynccontextmanager
async def _catalogue_search(settings: Settings) -> AsyncGenerator["Callable[[str], Any]"]:
    # In a database of its own: the bot that may be running holds the lock of the real one.
    with TemporaryDirectory() as folder:
        db = await open_database(f"sqlite:///{Path(folder, 'films.db').as_posix()}")
        try:
            catalogue = settings.catalogue or find_catalogue()
            now = datetime.now(UTC)
            await load_catalogue(db, digest_of(catalogue), lambda: read_catalogue(catalogue), now)
            films = FilmSearch(db)
            await films.load()

            async def ask(query: str) -> dict[str, Any]:
                started = time.perf_counter()
                hits = [
                    {
                        "ref": f"id:{hit.film.id}",
                        "title": hit.film.title,
                        "year": hit.film.year,
                        "original_title": hit.film.original_title or hit.film.title,
                        "fit": hit.score,
                    }
                    for hit in films.suggest(query, _COUNTRY, now.date())
                ]
                return _answer(query, started, hits)

            yield ask
        finally:
            await db.close()


def _answer(query: str, started: float, hits: list[dict[str, Any]]) -> dict[str, Any]:
    return {"query": query, "ms": round((time.perf_counter() - started) * 1000, 3), "hits": hits}


def lines_of(answer: dict[str, Any]) -> Iterable[str]:
    """An answer as a person reads it: a line a film."""
    for hit in answer["hits"]:
        year = f" ({hit['year']})" if hit["year"] else ""
        original = f" · {hit['original_title']}" if hit["original_title"] != hit["title"] else ""
        yield f"{hit['title']}{year}{original} · {hit['ref']}"


class _Bar:
    """How far a long job is: a bar that moves on a terminal, elsewhere a line a step."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._moves = out.isatty()
        self._shown = ""

    def show(self, what: str, done: int, of: int) -> None:
        """Show that of `of` so many are done; 0 of 0 where nobody knows."""
        share = f"{done / of:4.0%} " if of else ""
        filled = "█" * int(_BAR * done / of) if of else ""
        line = f"{share}{filled:·<{_BAR}} {what}" if of else f"{what}…"
        if self._moves and line != self._shown:
            self._out.write(f"\r\x1b[K{line}")
        elif not self._moves and what != self._shown:
            self._out.write(f"{what}…\n")
            line = what
        self._shown = line if self._moves else what
        self._out.flush()

    def end(self) -> None:
        """Clear the bar away."""
        if self._moves and self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()
