"""A PostgreSQL database as one side of a move. Imported only when asked for."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - has none; its objects are Any here

from bot.domain.errors import DatabaseError
from bot.store.columns import epoch
from bot.store.postgres import APPLICATION, MOVE_LOCK, describe
from bot.store.postgres_errors import LOST, advising
from bot.store.postgres_lock import LEAD_LOCK
from bot.store.rows import Row
from bot.store.statements import Engine
from bot.store.tables import Column, Kind, Table

#: Rows in memory at a time.
PAGE = 2000
#: The order of bytes, whatever language the database is in.
_BY_BYTES = ' COLLATE "C"'
_KINDS: Mapping[str, Kind] = {"int4": "whole", "int8": "wide", "text": "text"}
#: The limits that a server may set are made for requests; a move is one long transaction.
_SETTINGS = {
    "application_name": f"{APPLICATION} db move",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "2s",
}
#: A connection that was closed a moment ago is still listed for so long.
_LEAVING_SECONDS = 1.5
#: Moving back is one word to the server; where it does not answer, the closed connection says the same.
_ROLLBACK_SECONDS = 3.0

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
_COLUMNS = """
    SELECT attname, typname, NOT attnotnull FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_KEY = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = $1::regclass AND indisprimary ORDER BY array_position(indkey::int[], attnum::int)
"""
_REFERENCES = """
    SELECT conname, conrelid::regclass::text AS one, confrelid::regclass::text AS other FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
_NUMBERED = "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attidentity <> ''"
_SESSIONS = """
    SELECT COUNT(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()
"""
_HEARD = "SELECT owner FROM processes WHERE seen_at >= $1 ORDER BY owner"


class PostgresSide:
    """The tables of one database, inside a transaction."""

    engine: Engine = "postgres"

    def __init__(self, name: str, connection: Any) -> None:  # noqa: ANN401 - untyped there
        self.name = name
        self._connection = connection
        self._deferred: list[tuple[str, str]] = []

    async def tables(self) -> Mapping[str, Table]:
        """Read which tables there are."""
        with _advising(self.name):
            references = await self._connection.fetch(_REFERENCES)
            return {
                name: await self._table(name, frozenset(row["other"] for row in references if row["one"] == name))
                for (name,) in await self._connection.fetch(_TABLES)
            }

    async def _table(self, name: str, references: frozenset[str]) -> Table:
        columns = await self._connection.fetch(_COLUMNS, name)
        unknown = [f"{name}.{column}" for column, kind, _ in columns if kind not in _KINDS]
        if unknown:
            raise DatabaseError(f"{self.name} has columns that Marquee did not make: {', '.join(unknown)}.")
        key = await self._connection.fetch(_KEY, name)
        made = tuple(Column(column, _KINDS[kind], nullable) for column, kind, nullable in columns)
        return Table(name, made, tuple(column for (column,) in key), references)

    async def count(self, table: str) -> int:
        """Count the rows of a table."""
        with _advising(self.name):
            return await self._connection.fetchval(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - of the schema

    async def pages(self, table: Table) -> AsyncGenerator[Sequence[Row]]:
        """Read all rows of a table by its key, a few thousand at a time."""
        sql = f'SELECT {table.listed} FROM "{table.name}" ORDER BY {table.ordered(_BY_BYTES)}'  # noqa: S608 - of the schema
        with _advising(self.name):
            await self._connection.execute(f'DECLARE "moving_{table.name}" NO SCROLL CURSOR FOR {sql}')
            while page := await self._connection.fetch(f'FETCH {PAGE} FROM "moving_{table.name}"'):
                yield list(map(tuple, page))
            # One that is still open keeps its table from being altered in the end.
            await self._connection.execute(f'CLOSE "moving_{table.name}"')

    async def begin_writing(self, tables: Sequence[Table], ahead: Collection[tuple[str, str]]) -> None:
        """Keep others from the tables; let rows of `ahead`'s pairs of tables point to rows that come later."""
        names = ", ".join(f'"{table.name}"' for table in tables)
        with _advising(self.name):
            await self._connection.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
            for row in await self._connection.fetch(_REFERENCES):
                if (row["one"], row["other"]) in ahead:
                    self._deferred.append((row["one"], row["conname"]))
            await self._alter_deferred("DEFERRABLE INITIALLY DEFERRED")

    async def write(self, table: Table, page: Sequence[Row]) -> None:
        """Add rows to a table."""
        columns = [column.name for column in table.columns]
        with _advising(self.name, table.name):
            await self._connection.copy_records_to_table(table.name, records=page, columns=columns)

    async def end_writing(self, tables: Sequence[Table]) -> None:
        """See that every row points to one that is there, and that the next new row gets an id of its own."""
        with _advising(self.name):
            await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            await self._alter_deferred("NOT DEFERRABLE")
            for table in tables:
                for (column,) in await self._connection.fetch(_NUMBERED, table.name):
                    highest = await self._connection.fetchval(f'SELECT MAX("{column}") FROM "{table.name}"')  # noqa: S608
                    # Not setval(): a rollback would not take it back.
                    following = min(max(highest or 0, 0) + 1, (1 << 63) - 1)
                    await self._connection.execute(
                        f'ALTER TABLE "{table.name}" ALTER COLUMN "{column}" RESTART WITH {following}'
                    )
            # What the server knows of how many rows are where; without it the first minutes' plans are guesses.
            await self._connection.execute("ANALYZE " + ", ".join(f'"{table.name}"' for table in tables))

    async def _alter_deferred(self, how: str) -> None:
        for table, name in self._deferred:
            await self._connection.execute(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{name}" {how}')


@asynccontextmanager
async def open_postgres_side(url: str, heard_since: datetime, *, writes: bool) -> AsyncGenerator[PostgresSide]:
    """Keep every bot away, and open a transaction: committed in the end, and undone by whatever goes wrong.

    Raises:
        DatabaseError: a bot is running on it, or another move.
    """
    name = describe(url)
    with advising(name, OSError):
        connection = cast(Any, await asyncpg.connect(url, server_settings=_SETTINGS))  # pyright: ignore[reportUnknownMemberType]
    try:
        with _advising(name):
            await _take(name, connection, heard_since)
            # One unchanging state to read from; what is written is read back in the same transaction.
            how = "READ COMMITTED" if writes else "REPEATABLE READ, READ ONLY"
            await connection.execute(f"BEGIN ISOLATION LEVEL {how}")
        yield PostgresSide(name, connection)
        try:
            await connection.execute("COMMIT")
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError) as error:
            raise DatabaseError(
                f"{name} closed the connection at the very end ({error}). Move again: if that one is refused because "
                "the database is not empty, everything has arrived and was the same."
            ) from error
    finally:
        # After a commit there is nothing to roll back. A server takes a moment to notice that a connection is gone, and
        # a bot that is started meanwhile would be refused: the locks are given back in words.
        with suppress(Exception):
            async with asyncio.timeout(_ROLLBACK_SECONDS):
                await connection.execute("ROLLBACK")
                await connection.execute("SELECT pg_advisory_unlock_all()")
        connection.terminate()


async def _take(name: str, connection: Any, heard_since: datetime) -> None:  # noqa: ANN401 - untyped there
    """Take the locks that keep bots away for as long as the connection lives, and see that none is there."""
    if await connection.fetchval("SELECT current_setting('server_encoding')") != "UTF8":
        raise DatabaseError(f"{name} does not hold every letter. Make one in UTF-8: createdb --encoding UTF8 …")
    for lock in (MOVE_LOCK, LEAD_LOCK):
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock):
            raise DatabaseError(f"{name} is in use by a Marquee. Stop every process of that bot first.")
    # Whoever opened it before the lock was ours is connected; whoever lost the connection was heard of a moment ago.
    waited = 0.0
    while await connection.fetchval(_SESSIONS, APPLICATION):
        if waited >= _LEAVING_SECONDS:
            raise DatabaseError(f"{name} is in use by a Marquee. Stop every process of that bot first.")
        await asyncio.sleep(0.1)
        waited += 0.1
    heard = [owner for (owner,) in await connection.fetch(_HEARD, epoch(heard_since))]
    if heard:
        raise DatabaseError(
            f"{name} was in use by a Marquee a moment ago ({', '.join(heard)}). "
            "Stop every process of that bot first; if one was killed, wait half a minute."
        )


@contextmanager
def _advising(name: str, table: str = "") -> Generator[None]:
    """As for a bot; and what the database does not take is told, too."""
    try:
        with advising(name, OSError):
            yield
    except (
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as error:  # the many ways in which one shows that was cut
        raise DatabaseError(LOST.format(name=name, error=error)) from error
    except asyncpg.LockNotAvailableError as error:
        raise DatabaseError(f"{name} is in use by another program. Close it, and try again.") from error
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.ProgramLimitExceededError) as error:
        said = str(error).partition("\n")[0]
        raise DatabaseError(
            f"{name} does not take a row of {table or 'a table'}: {said}. Put it right first."
        ) from error
