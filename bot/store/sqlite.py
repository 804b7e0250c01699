"""Marquee on one SQLite file: one writer, two readers, and a lock that keeps a second process out."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import aiosqlite
from filelock import FileLock, Timeout

from bot.domain.errors import DatabaseError
from bot.store.migrations import Migration, migrate
from bot.store.sqlite_errors import advising
from bot.store.statements import OpenTransaction, Row, Statement, load_statements
from bot.store.turns import Turns

#: How long SQLite waits for a program that is not Marquee (a backup, a shell) to let go of the file.
BUSY_SECONDS = 5
#: The same where the loop waits with it. Who reads waits only for a program that has the file for itself.
LOOK_SECONDS = 0.5
#: Pages that a transaction of the planner changes stay in memory until its commit: with SQLite's 2 MB, rows of a large
#: store take twice as long. A small store never needs so much.
CACHE_KIB = 16_000
#: More than there are statements: what SQLite has compiled stays compiled.
_COMPILED = 512


class SqliteDatabase:
    """The `Database` of one process. Made by `open`, and to be closed: an open connection hangs the interpreter."""

    engine: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(
        self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection, resources: AsyncExitStack,
        looker: sqlite3.Connection | None = None, pen: sqlite3.Connection | None = None,
    ) -> None:  # fmt: skip
        self._path = path
        self._writer = writer
        self._reader = reader
        self._resources = resources
        self._writing = Turns()
        self._reading = asyncio.Lock()
        self._looker = looker
        self._pen = pen  #: the writer's own connection, for this thread
        self._looking = asyncio.Lock()
        self._writing_task: asyncio.Task[Any] | None = None
        self._statements = load_statements("sqlite")

    @classmethod
    async def open(cls, path: Path, migrations: Sequence[Migration]) -> "SqliteDatabase":
        """Lock and open the file at `path`, made if absent, and bring its schema up to date.

        Raises:
            DatabaseError: it cannot be used; what is in it is untouched.
        """
        _refuse_misplaced(path)
        resources = AsyncExitStack()
        try:
            resources.enter_context(_only_process(path))
            with advising(path):
                pens: list[sqlite3.Connection] = []
                writer = await resources.enter_async_context(_connect(path, pens))
                await _run(writer, "PRAGMA journal_mode = WAL")
                await _run(writer, "PRAGMA synchronous = FULL")
                await _run(writer, f"PRAGMA cache_size = -{CACHE_KIB}")
                # Foreign keys are off until here: a migration that rebuilds a table must not cascade.
                await migrate(partial(_migrating, writer), migrations)
                await _run(writer, "PRAGMA foreign_keys = ON")
                reader = await resources.enter_async_context(_connect(path, []))
                await _run(reader, "PRAGMA query_only = ON")
                looker = resources.enter_context(closing(_connect_looker(path)))
        except BaseException:
            await resources.aclose()
            raise
        return cls(path, writer, reader, resources, looker, pens[0])

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator["_Transaction"]:
        """Read and write; one at a time in this process, the others wait their turn.

        Raises:
            DatabaseError: the disk is full, or the file cannot be used any more. Nothing of it was saved.
        """
        async with self._write(first=False) as tx:
            yield tx

    @asynccontextmanager
    async def _write(self, *, first: bool) -> AsyncGenerator["_Transaction"]:
        if self._writing_task is not None and self._writing_task is asyncio.current_task():
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        async with self._writing.turn(first=first):
            self._writing_task = asyncio.current_task()
            try:
                with advising(self._path):
                    async with _transaction(self._writer, "BEGIN IMMEDIATE", self._statements) as tx:
                        yield tx
            finally:
                self._writing_task = None

    @asynccontextmanager
    async def noting(self) -> AsyncGenerator[OpenTransaction]:
        """The same for a few rows found by their keys: before those who wait, and on the loop's own thread.

        Its begin and its end are the connection's thread's, which has nothing to do between them.
        """
        async with self._write(first=True) as tx:
            if self._pen is None:
                yield tx
                return
            note = _Look(self._pen, self._statements)
            try:
                yield note
            finally:
                note.end()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator["_Transaction"]:
        """Read one unchanging state of the database, beside whoever writes."""
        async with self._reading:
            with advising(self._path):
                async with _transaction(self._reader, "BEGIN", self._statements) as tx:
                    yield tx

    @asynccontextmanager
    async def looking(self) -> AsyncGenerator[OpenTransaction]:
        """The same for a few rows found by their keys, on the loop's own thread: another would take longer."""
        if self._looker is None:
            async with self.reading() as tx:
                yield tx
            return
        async with self._looking:
            with advising(self._path):
                self._looker.execute("BEGIN")
                look = _Look(self._looker, self._statements)
                try:
                    yield look
                finally:
                    look.end()
                    self._looker.rollback()  # there is nothing to commit

    def lead_lock(self) -> "_Alone":
        """The lock of the process that leads: the file's own lock keeps every other out."""
        return _Alone()

    async def close(self) -> None:
        """Wait for the transactions under way, then close the file and let go of its lock."""
        async with self._writing.turn(), self._reading, self._looking:
            await self._resources.aclose()


class _Alone:
    async def take(self) -> bool:
        return True

    async def release(self) -> None:
        return None


class _Transaction(OpenTransaction):
    def __init__(self, connection: aiosqlite.Connection, statements: Mapping[str, Statement]) -> None:
        super().__init__(statements)
        self._connection = connection

    async def run(self, sql: str) -> None:
        """Run one statement of a migration."""
        await _run(self._connection, sql)

    async def check_references(self) -> None:
        """Refuse a state in which a foreign key leads nowhere."""
        broken = await _run(self._connection, "PRAGMA foreign_key_check")
        if broken:
            raise DatabaseError(f"This database cannot be brought up to date: {len(broken)} references lead nowhere.")

    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        return list(await self._connection.execute_fetchall(statement.sql, values))  # pyright: ignore[reportArgumentType, reportReturnType]

    async def _execute_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._connection.executemany(statement.sql, rows)  # pyright: ignore[reportArgumentType]


class _Look(OpenTransaction):
    """Statements on the loop's own thread."""

    def __init__(self, connection: sqlite3.Connection, statements: Mapping[str, Statement]) -> None:
        super().__init__(statements)
        self._connection = connection

    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        return self._connection.execute(statement.sql, values).fetchall()

    async def _execute_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        self._connection.executemany(statement.sql, rows)  # refused: query_only


@asynccontextmanager
async def _transaction(
    connection: aiosqlite.Connection, begin: str, statements: Mapping[str, Statement]
) -> AsyncGenerator[_Transaction]:
    """Commit at the end; roll back on any exception, cancellation included.

    A cancelled step still runs in the connection's thread, and the rollback queues behind it; so does the next BEGIN
    behind the rollback, even if waiting for that is cancelled too.
    """
    tx = _Transaction(connection, statements)
    try:
        await _run(connection, begin)
        yield tx
        tx.end()
        await connection.commit()
    except BaseException:
        tx.end()
        await connection.rollback()
        raise


@asynccontextmanager
async def _connect(path: Path, made: list[sqlite3.Connection]) -> AsyncGenerator[aiosqlite.Connection]:
    """Open the file; the connection itself, which aiosqlite keeps in a thread, is added to `made`."""

    def connect() -> sqlite3.Connection:
        made.append(
            sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=_COMPILED, check_same_thread=False
            )
        )
        return made[-1]

    async with aiosqlite.Connection(connect, iter_chunk_size=64) as connection:
        connection.row_factory = _as_dict  # pyright: ignore[reportAttributeAccessIssue] - typed too narrowly there
        yield connection


def _connect_looker(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=LOOK_SECONDS, isolation_level=None, cached_statements=_COMPILED)
    connection.row_factory = _as_dict
    connection.execute("PRAGMA query_only = ON")
    return connection


def _as_dict(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


@asynccontextmanager
async def _migrating(writer: aiosqlite.Connection) -> AsyncGenerator["_Transaction"]:
    async with _transaction(writer, "BEGIN EXCLUSIVE", load_statements("sqlite")) as tx:
        yield tx
        await tx.check_references()


async def _run(connection: aiosqlite.Connection, sql: str) -> list[Row]:
    return list(await connection.execute_fetchall(sql))  # pyright: ignore[reportReturnType]


def _refuse_misplaced(path: Path) -> None:
    if not path.parent.is_dir():
        raise DatabaseError(f"The folder {path.parent} does not exist. Make it, or give another address.")
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder. Give the address of a file in it, for example {path / 'marquee.db'}.")


@contextmanager
def _only_process(path: Path) -> Generator[None]:
    """Keep every other process out; the kernel lets go of the lock of one that was killed."""
    lock = FileLock(f"{path}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise DatabaseError(
            f"{path} is in use by another Marquee. Stop that one first, or give this one a file of its own."
        ) from error
    except OSError as error:
        raise DatabaseError(
            f"{lock.lock_file} cannot be written ({error.strerror}). Make its folder writable for Marquee."
        ) from error
    try:
        yield
    finally:
        lock.release()
