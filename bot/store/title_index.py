"""Search as you type over the side file of film titles, off the event loop's thread."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.domain.errors import DatabaseError
from bot.store.title_file import connect, read_format
from bot.store.title_search import TitleHit, TitleSearch

__all__ = ["TitleHit", "TitleIndex"]

P = ParamSpec("P")
T = TypeVar("T")
#: What SQLite keeps of the file in memory; the system's own cache of files holds the rest.
_CACHE_KIB = 32 * 1024


class TitleIndex:
    """The side file, open. Made by `open`, and to be closed.

    Everything happens on one thread of its own: searches take a millisecond, so they queue rather than compete.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="titles")
        self._db: sqlite3.Connection | None = None
        self._search: TitleSearch | None = None
        self._opened: tuple[int, int] | None = None

    @classmethod
    async def open(cls, path: Path) -> "TitleIndex | None":
        """Open the side file; None when there is none.

        Raises:
            DatabaseError: the file is damaged, or none of ours; the sentence says what to do.
        """
        index = cls(path)
        try:
            found = await index._run(index._reopened)
        except BaseException:
            await index.close()
            raise
        if found is None:
            await index.close()
            return None
        return index

    async def search(self, typed: str, limit: int = 25, *, this_year: int | None = None) -> list[TitleHit]:
        """At most `limit` films for what has been typed so far, the best first.

        At equal fit the films of `this_year` and later come first, then the most wanted. A search whose caller has
        been cancelled in the meantime is not begun. A file that an import has replaced is opened anew.

        Raises:
            DatabaseError: the file has been damaged, or replaced by one that is none of ours.
        """
        return await self._run(self._found, typed, limit, this_year)

    async def close(self) -> None:
        """Finish the search under way, and close the file."""
        try:
            await self._run(self._close)
        finally:
            self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *args, **kwargs))

    def _found(self, typed: str, limit: int, this_year: int | None) -> list[TitleHit]:
        search = self._reopened()
        try:
            return [] if search is None else search.search(typed, limit, this_year)
        except sqlite3.DatabaseError as error:
            raise DatabaseError(f"{self._path} is damaged ({error}). Delete it, and import it again.") from error

    def _reopened(self) -> TitleSearch | None:
        """The file as it is now: an import puts another file in its place, which has another identity."""
        try:
            now = os.stat(self._path)
        except FileNotFoundError:
            return self._search  # deleted under us: what is open can still be read
        except OSError as error:
            raise DatabaseError(f"{self._path} cannot be opened. Make the file readable for Marquee.") from error
        identity = (now.st_ino, now.st_mtime_ns)
        if identity != self._opened:
            db = connect(self._path)
            try:
                read_format(db, self._path)
                db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            except BaseException:
                db.close()
                raise
            self._close()
            self._db, self._search, self._opened = db, TitleSearch(db), identity
        return self._search

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = self._search = self._opened = None
