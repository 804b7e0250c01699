"""The two databases that Marquee runs on, as one: open by address, then read and write in transactions."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from bot.domain.errors import DatabaseError
from bot.store.migrations import MIGRATIONS, load_migrations
from bot.store.sqlite import SqliteDatabase
from bot.store.statements import Engine, Row

__all__ = ["Database", "Engine", "Lock", "Row", "Transaction", "open_database"]


class Transaction(Protocol):
    """Runs the named statements of queries/*.sql. An unknown name or parameter fails at once."""

    async def all(self, name: str, /, **values: Any) -> list[Row]:  # noqa: ANN401 - what a column takes
        """Run the statement `name` and give every row."""
        ...

    async def one(self, name: str, /, **values: Any) -> Row | None:  # noqa: ANN401 - what a column takes
        """Run the statement `name` and give its first row, or None."""
        ...

    async def many(self, name: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Run the statement `name`, which gives nothing back, once for each of `rows`."""
        ...


class Lock(Protocol):
    """Held by one process of a bot at most: that one leads."""

    async def take(self) -> bool:
        """Take it, or make sure that it is still ours; False if another process has it.

        Raises:
            DatabaseError: nobody can tell. It is to be taken for lost.
        """
        ...

    async def release(self) -> None:
        """Let another process have it."""
        ...


class Database(Protocol):
    """An open database. To be closed."""

    @property
    def engine(self) -> Engine:
        """Which of the two it is."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Read and write: all of it or, on any exception and on cancellation, nothing."""
        ...

    def noting(self) -> AbstractAsyncContextManager[Transaction]:
        """Write a few rows, found by their keys: as `transaction`, but on SQLite the loop waits for each statement.

        For what answers commands, and goes before whatever waits to write: nothing that takes more than a few
        milliseconds, and nothing awaited inside but statements.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Read one unchanging state; writing fails."""
        ...

    def looking(self) -> AbstractAsyncContextManager[Transaction]:
        """Read a few rows, found by their keys: as `reading`, but on SQLite the loop waits for them.

        For commands: nothing that takes more than a few milliseconds, and nothing awaited inside but statements.
        """
        ...

    def lead_lock(self) -> Lock:
        """Make the lock of the process that leads; not taken yet."""
        ...

    async def close(self) -> None:
        """Wait for the transactions under way, then close every connection."""
        ...


async def open_database(url: str, *, migrations: Path = MIGRATIONS) -> Database:
    """Open `url` and bring its schema up to date.

    `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host/name`.

    Raises:
        DatabaseError: it cannot be used as it is; the sentence says what to do, and nothing is half-written.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return await SqliteDatabase.open(Path(unquote(rest[1:])), load_migrations(migrations, "sqlite"))
    if scheme == "postgresql":
        try:
            from bot.store.postgres import PostgresDatabase
        except ModuleNotFoundError as error:
            raise DatabaseError("PostgreSQL needs one more package: install marquee-bot[postgres].") from error
        return await PostgresDatabase.open(url, load_migrations(migrations, "postgres"))
    raise DatabaseError(
        f"“{without_password(url)}” is not the address of a database. "
        "For example: sqlite:///marquee.db or postgresql://user:password@host/name."
    )


def without_password(url: str) -> str:
    """Give an address as it may be shown."""
    url, question_mark, _ = url.partition("?")  # PostgreSQL takes a password after it as well
    try:
        password = urlsplit(url).password
    except ValueError:
        return "…"
    url += f"{question_mark}…" if question_mark else ""
    return url.replace(password, "…") if password else url
