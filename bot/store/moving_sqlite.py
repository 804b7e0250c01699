"""A SQLite file as one side of a move. Whoever opens it holds the file's lock."""

import sqlite3
from collections.abc import AsyncGenerator, Collection, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from bot.store.rows import Row
from bot.store.sqlite import BUSY_SECONDS
from bot.store.sqlite_errors import advising
from bot.store.statements import Engine
from bot.store.tables import Column, Table

#: Rows in memory at a time.
PAGE = 2000
#: SQLite's own name for the order of bytes.
_BY_BYTES = " COLLATE BINARY"


class SqliteSide:
    """The tables of one file, inside a transaction. Its calls block: nobody else waits in the process that moves."""

    engine: Engine = "sqlite"

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.name = str(path)
        self._path = path
        self._connection = connection

    async def tables(self) -> Mapping[str, Table]:
        """Read which tables there are, but for SQLite's own."""
        names = self._all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|'"
        )
        return {name: self._table(name) for (name,) in names}

    def _table(self, name: str) -> Table:
        rows = self._all(f'PRAGMA table_info("{name}")')
        columns = tuple(
            Column(column, "text" if kind == "TEXT" else "wide", nullable=not filled and not position)
            for _, column, kind, filled, _, position in rows
        )
        key = [(position, column) for _, column, *_, position in rows if position]
        references = frozenset(row[2] for row in self._all(f'PRAGMA foreign_key_list("{name}")'))
        return Table(name, columns, tuple(column for _, column in sorted(key)), references)

    async def count(self, table: str) -> int:
        """Count the rows of a table."""
        return self._all(f'SELECT COUNT(*) FROM "{table}"')[0][0]  # noqa: S608 - a name from the schema

    async def pages(self, table: Table) -> AsyncGenerator[Sequence[Row]]:
        """Read all rows of a table by its key, a few thousand at a time."""
        sql = f'SELECT {table.listed} FROM "{table.name}" ORDER BY {table.ordered(_BY_BYTES)}'  # noqa: S608
        with self._advising(), closing(self._connection.execute(sql)) as cursor:
            while page := cursor.fetchmany(PAGE):
                yield page

    async def begin_writing(self, tables: Sequence[Table], ahead: Collection[tuple[str, str]]) -> None:
        """This connection looks at no reference: what equals the source is as whole as that."""

    async def write(self, table: Table, page: Sequence[Row]) -> None:
        """Add rows to a table."""
        places = ", ".join("?" * len(table.columns))
        with self._advising():
            self._connection.executemany(f'INSERT INTO "{table.name}" ({table.listed}) VALUES ({places})', page)  # noqa: S608

    async def end_writing(self, tables: Sequence[Table]) -> None:
        """SQLite takes the highest id and one for a new row by itself."""

    def _all(self, sql: str) -> list[tuple[Any, ...]]:
        with self._advising():
            return self._connection.execute(sql).fetchall()

    @contextmanager
    def _advising(self) -> Generator[None]:
        with advising(self._path):
            yield


@asynccontextmanager
async def open_sqlite_side(path: Path, *, writes: bool) -> AsyncGenerator[SqliteSide]:
    """Open a transaction on the file at `path`: committed in the end, and undone by whatever goes wrong."""
    with advising(path), closing(sqlite3.connect(path, BUSY_SECONDS, isolation_level=None)) as connection:
        connection.text_factory = _decode
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            yield SqliteSide(path, connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _decode(raw: bytes) -> str:
    """Keep a byte that no text has as half a character, for the check to find: the default way names no row."""
    return raw.decode("utf-8", "surrogateescape")
