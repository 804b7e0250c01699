"""The bot's database, read beside it or aged after its end, on either engine; with none of the bot's own code."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import asyncpg

Values = Mapping[str, Any]
#: So long a server that is down is waited for: it was killed and is starting again.
_PATIENCE_SECONDS = 30.0
_PARAMETER = re.compile(r":([a-z]\w*)")
_T = TypeVar("_T")


class Books(Protocol):
    """A database by its engine's own driver; parameters are `:name`."""

    def rows(self, sql: str, values: Values) -> list[dict[str, Any]]:
        """Run a SELECT."""
        ...

    def write(self, sql: str, values: Values) -> None:
        """Run one statement that changes something."""
        ...


class SqliteBooks:
    """A file, opened for each statement: as the last one out it would else keep the -wal of a stopped bot."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, sql: str, values: Values) -> list[dict[str, Any]]:
        """Run a SELECT."""
        with self._opened() as connection:
            return [dict(row) for row in connection.execute(sql, values)]

    def write(self, sql: str, values: Values) -> None:
        """Run one statement that changes something."""
        with self._opened() as connection, connection:
            connection.execute(sql, values)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection


class PostgresBooks:
    """A server's database, over a connection of its own in a thread of its own; to be closed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None  # asyncpg has no types
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="books", daemon=True)
        self._thread.start()

    def rows(self, sql: str, values: Values) -> list[dict[str, Any]]:
        """Run a SELECT; it waits for a server that is starting."""
        return self._run(lambda: self._fetch(sql, values))

    def write(self, sql: str, values: Values) -> None:
        """Run one statement that changes something."""
        self._run(lambda: self._fetch(sql, values))

    def close(self) -> None:
        """Close the connection, and end the thread."""
        if self._connection is not None:
            self._connection.terminate()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _fetch(self, sql: str, values: Values) -> list[dict[str, Any]]:
        names: list[str] = []

        def number(found: re.Match[str]) -> str:
            if found[1] not in names:
                names.append(found[1])
            return f"${names.index(found[1]) + 1}"

        text = _PARAMETER.sub(number, sql)
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=5)
        return [dict(row) for row in await self._connection.fetch(text, *(values[name] for name in names))]

    def _run(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        ends_at = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return asyncio.run_coroutine_threadsafe(work(), self._loop).result()
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
                if time.monotonic() > ends_at:
                    raise
                time.sleep(0.1)
