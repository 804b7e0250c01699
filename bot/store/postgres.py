"""Marquee on PostgreSQL: a pool of connections, shared with other processes. Imported only when asked for."""

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - has none; its objects are Any here

from bot.domain.errors import DatabaseError
from bot.store.migrations import Migration, migrate
from bot.store.postgres_errors import LOST, advising
from bot.store.postgres_lock import PostgresLock
from bot.store.statements import Engine, OpenTransaction, Row, Statement, load_statements

#: A dispatcher, a handful of jobs and the commands of one process; Discord's 50 requests a second need no more.
POOL_SIZE = 10
#: How long a command waits for one of them when it begins: it has three seconds to answer.
LOOKING_SECONDS = 2.0
#: And everybody else: of 150 deliveries under way the last waits for the others, and what it came to is not given up.
WAITING_SECONDS = 30.0
#: The longest statement, which wakes the 76,000 followers of a film, takes five. A server that is gone without a word
#: would be waited for a quarter of an hour.
STATEMENT_SECONDS = 60.0
#: The advisory lock under which the schema changes: any number that nobody else takes, so "marquee" in ASCII.
MIGRATION_LOCK = int.from_bytes(b"marquee", "big")
#: Held by `marquee db move` as long as it runs: nobody may open what is being moved.
MOVE_LOCK = int.from_bytes(b"moving", "big")
#: How a bot's connections are listed at the server: a move sees by them that one is there.
APPLICATION = "marquee"

_BUSY = "{name} gave no connection within {seconds:g} seconds. See whether that server answers, and what keeps it busy."
#: How a connection ends. At its first statement nothing was done on it yet, and another one may do.
_ENDED = (
    asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError,
    asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError,
)  # fmt: skip


class PostgresDatabase:
    """The `Database` of any number of processes. Made by `open`, and to be closed."""

    engine: Engine = "postgres"

    def __init__(self, url: str, name: str, pool: Any) -> None:  # noqa: ANN401 - untyped there
        self._url = url
        self._name = name
        self._pool = pool

    @classmethod
    async def open(cls, url: str, migrations: Sequence[Migration]) -> "PostgresDatabase":
        """Connect to `url` and bring the schema up to date, under a lock that other processes wait for.

        Raises:
            DatabaseError: it cannot be used; what is in it is untouched.
        """
        name = describe(url)
        with advising(name, OSError):
            # No timers: a connection and a prepared statement live until the pool is closed. And no least size: while
            # the server is away the pool would log a stack trace at every try to get back to it.
            pool: Any = await asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType]
                url, min_size=0, max_size=POOL_SIZE,
                max_inactive_connection_lifetime=0, max_cached_statement_lifetime=0, reset=_leave,
                server_settings={"application_name": APPLICATION},
            )  # fmt: skip
            try:
                await migrate(partial(_migrating, pool, name), migrations)
            except BaseException:
                pool.terminate()
                raise
        return cls(url, name, pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[OpenTransaction]:
        """Read and write, at READ COMMITTED: every statement that may race carries its own condition.

        Raises:
            DatabaseError: the server cannot be reached or cannot write. Nothing of it was saved.
        """
        async with self._begun(WAITING_SECONDS) as connection, _Transaction.on(connection) as tx:
            yield tx

    def reading(self) -> AbstractAsyncContextManager[OpenTransaction]:
        """Read one unchanging state of the database, beside whoever writes."""
        return self._read(WAITING_SECONDS)

    def noting(self) -> AbstractAsyncContextManager[OpenTransaction]:
        """Read and write, as `transaction`: there is no other way here."""
        return self.transaction()

    def looking(self) -> AbstractAsyncContextManager[OpenTransaction]:
        """The same, but for a connection it waits no longer than a command may."""
        return self._read(LOOKING_SECONDS)

    @asynccontextmanager
    async def _read(self, seconds: float) -> AsyncGenerator[OpenTransaction]:
        async with (
            self._begun(seconds, isolation="repeatable_read", readonly=True) as connection,
            _Transaction.on(connection) as tx,
        ):
            yield tx

    @asynccontextmanager
    async def _begun(self, seconds: float, **how: object) -> AsyncGenerator[Any]:
        """A connection in a transaction that is committed at the end; rolled back on any exception."""
        connection: Any = None
        try:
            with advising(self._name):
                async with AsyncExitStack() as stack:
                    connection = await self._begin(stack, seconds, how)
                    yield connection
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # A connection that the server dropped shows itself in many ways, the last of them at the rollback.
            if connection is not None and not _is_lost(connection):
                raise
            raise DatabaseError(LOST.format(name=self._name, error=error)) from error

    async def _begin(self, stack: AsyncExitStack, seconds: float, how: Mapping[str, object]) -> Any:  # noqa: ANN401
        """Begin on a connection that lives: any of them may have been cut since it was last used, or all of them."""
        for _ in range(POOL_SIZE):
            with suppress(*_ENDED):
                return await self._try_to_begin(stack, seconds, how)
        return await self._try_to_begin(stack, seconds, how)

    async def _try_to_begin(self, stack: AsyncExitStack, seconds: float, how: Mapping[str, object]) -> Any:  # noqa: ANN401
        with advising(self._name, OSError):
            try:
                connection = await self._pool.acquire(timeout=seconds)
            except TimeoutError as error:
                raise DatabaseError(_BUSY.format(name=self._name, seconds=seconds)) from error
        async with AsyncExitStack() as attempt:
            attempt.push_async_callback(self._give_back, connection)
            try:
                await attempt.enter_async_context(connection.transaction(**how))
            except _ENDED:
                connection.terminate()  # else the pool gave the same one again
                raise
            await stack.enter_async_context(attempt.pop_all())
        return connection

    async def _give_back(self, connection: Any) -> None:  # noqa: ANN401 - untyped there
        """Whether it was lost meanwhile is no matter: the pool ends it then, and what was committed on it is saved."""
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            await self._pool.release(connection)

    def lead_lock(self) -> PostgresLock:
        """Make the lock of the process that leads; not taken yet."""
        return PostgresLock(self._url, self._name)

    async def close(self) -> None:
        """Wait for the transactions under way, then close every connection."""
        await self._pool.close()


class _Transaction(OpenTransaction):
    def __init__(self, connection: Any, statements: Mapping[str, Statement]) -> None:  # noqa: ANN401 - untyped there
        super().__init__(statements)
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def on(cls, connection: Any) -> "AsyncGenerator[_Transaction]":  # noqa: ANN401 - untyped there
        tx = cls(connection, load_statements("postgres"))
        try:
            yield tx
        finally:
            tx.end()

    async def run(self, sql: str) -> None:
        """Run one statement of a migration."""
        await self._connection.execute(sql)

    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        with _in_time(statement):
            return await self._connection.fetch(statement.sql, *_in_order(statement, values), timeout=STATEMENT_SECONDS)

    async def _execute_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        with _in_time(statement):
            await self._connection.executemany(
                statement.sql, [_in_order(statement, values) for values in rows], timeout=STATEMENT_SECONDS
            )


@contextmanager
def _in_time(statement: Statement) -> Generator[None]:
    try:
        yield
    except TimeoutError as error:
        raise asyncpg.QueryCanceledError(f"{statement.name} took over {STATEMENT_SECONDS:g} seconds") from error


async def _leave(_: object) -> None:
    """Leave a session as it is: nothing here sets, listens or locks beyond the end of its transaction."""


def _in_order(statement: Statement, values: Mapping[str, Any]) -> list[Any]:
    """Order the values as the numbered placeholders want them."""
    return [values[name] for name in statement.parameters]


def _is_lost(connection: Any) -> bool:  # noqa: ANN401 - untyped there
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back already, as it does with dead ones
        return True


@asynccontextmanager
async def _migrating(pool: Any, name: str) -> AsyncGenerator[_Transaction]:  # noqa: ANN401 - untyped there
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock_shared($1)", MOVE_LOCK):
            raise DatabaseError(f"{name} is being moved just now. Wait until “marquee db move” is done.")
        await connection.fetch("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
        async with _Transaction.on(connection) as tx:
            yield tx


def describe(url: str) -> str:
    """Name the database without the password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "The PostgreSQL database"
    return f"The PostgreSQL database “{parts.path.lstrip('/')}” on {parts.hostname or 'this machine'}"
