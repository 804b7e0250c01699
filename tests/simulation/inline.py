"""The real store on a real SQLite file, in this thread: a year has millions of statements, and no one else waits."""

import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any, cast

import aiosqlite

from bot.store.database import Database, open_database
from bot.store.sqlite import SqliteDatabase


class _Connection:
    """As much of aiosqlite as the store uses, without its thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def execute_fetchall(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        return self._connection.execute(sql, values or {}).fetchall()

    async def executemany(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._connection.executemany(sql, rows)

    async def commit(self) -> None:
        self._connection.commit()

    async def rollback(self) -> None:
        self._connection.rollback()


@asynccontextmanager
async def open_inline(path: Path) -> AsyncGenerator[Database]:
    """Open the file at `path`; what is written is lost if the machine stops."""
    await (await open_database(f"sqlite:///{path}")).close()
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as writer,
        closing(sqlite3.connect(path, isolation_level=None)) as reader,
    ):
        for connection in (writer, reader):
            connection.row_factory = _as_dict
            for pragma in ("foreign_keys = ON", "synchronous = OFF", "cache_size = -200000"):
                connection.execute(f"PRAGMA {pragma}")
        made = [cast(aiosqlite.Connection, _Connection(each)) for each in (writer, reader)]
        yield SqliteDatabase(path, made[0], made[1], AsyncExitStack())


def _as_dict(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Mapping[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
