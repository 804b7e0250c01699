"""A bot's move from one database to another: each row read, written, read back and compared, or none is moved."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Protocol
from urllib.parse import unquote

from bot.domain.errors import DatabaseError
from bot.store.database import open_database
from bot.store.moving_sqlite import open_sqlite_side
from bot.store.rows import Row, Sum, check
from bot.store.statements import Engine
from bot.store.tables import Table, agree, pointing_ahead

#: What is being done, how many rows of how many.
Show = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """One table, moved and found the same."""

    table: str
    rows: int
    seconds: float
    digest: str  #: of all its rows, in their order, as both databases gave them


class Side(Protocol):
    """A database that nobody else uses meanwhile, in one transaction: committed once all is the same."""

    engine: Engine
    name: str  #: for a sentence

    async def tables(self) -> Mapping[str, Table]:
        """Read which tables there are."""
        ...

    async def count(self, table: str) -> int:
        """Count the rows of a table."""
        ...

    def pages(self, table: Table) -> AsyncGenerator[Sequence[Row]]:
        """Read all rows of a table by its key, a few thousand at a time."""
        ...

    async def begin_writing(self, tables: Sequence[Table], ahead: Collection[tuple[str, str]]) -> None:
        """Keep others from the tables; let rows of `ahead`'s pairs of tables point to rows that come later."""
        ...

    async def write(self, table: Table, page: Sequence[Row]) -> None:
        """Add rows to a table."""
        ...

    async def end_writing(self, tables: Sequence[Table]) -> None:
        """See that every row points to one that is there, and that the next new row gets an id of its own."""
        ...


async def move(source_url: str, target_url: str, *, heard_since: datetime, show: Show) -> list[Moved]:
    """Move all that the bot in `source_url` knows to `target_url`, which holds nothing yet; what is there, by table.

    `heard_since`: processes that were heard of after it are taken for running.

    Raises:
        DatabaseError: it cannot be, or what was written is not what was read. The target is as empty as before; the
            source is as it was, whatever happens.
    """
    source_path = sqlite_path(source_url)
    if source_path is not None and not source_path.exists():
        raise DatabaseError(f"There is no database at {source_path} to move. Set DATABASE_URL to the bot's.")
    if source_url == target_url or (source_path is not None and sqlite_path(target_url) == source_path):
        raise DatabaseError("The bot is in that database already. Give the address of another one, an empty one.")
    async with (
        _open_side(source_url, heard_since, writes=False) as source,
        _open_side(target_url, heard_since, writes=True) as target,
    ):
        tables = agree(await source.tables(), await target.tables())
        counts = {table.name: await source.count(table.name) for table in tables}
        if not any(counts.values()):
            raise DatabaseError(f"{source.name} holds nothing to move. Set DATABASE_URL to the bot's database.")
        await target.begin_writing(tables, pointing_ahead(tables))
        await _refuse_filled(target, tables)
        steps = _Steps(show, 2 * sum(counts.values()))
        moved = [await _move_table(source, target, table, steps) for table in tables]
        await target.end_writing(tables)
    return moved


async def _move_table(source: Side, target: Side, table: Table, steps: "_Steps") -> Moved:
    started = perf_counter()
    read, there = Sum(), Sum()
    async with aclosing(source.pages(table)) as pages:
        async for page in pages:
            check(table, page, target.engine)
            read.add(page)
            await target.write(table, page)
            steps.take(f"{table.name}: moving", len(page))
    async with aclosing(target.pages(table)) as pages:
        async for page in pages:
            there.add(page)
            steps.take(f"{table.name}: comparing", len(page))
    if read.rows != there.rows:
        raise DatabaseError(
            f"{table.name} has {read.rows:,} rows in {source.name}, "
            f"and {there.rows:,} arrived in {target.name}. {_UNDONE}"
        )
    if read.digest != there.digest:
        raise DatabaseError(f"What arrived of {table.name} in {target.name} is not what was read. {_UNDONE}")
    return Moved(table.name, read.rows, perf_counter() - started, read.digest)


_UNDONE = "Nothing was moved. This must never happen: please report it."


async def _refuse_filled(target: Side, tables: Sequence[Table]) -> None:
    filled = {table.name: count for table in tables if (count := await target.count(table.name))}
    if filled:
        named = ", ".join(f"{count:,} of {name}" for name, count in list(filled.items())[:3])
        raise DatabaseError(
            f"{target.name} is not empty: it holds {named}. Give the address of a new database, "
            "or empty that one first if nobody needs it."
        )


class _Steps:
    """How far the move is."""

    def __init__(self, show: Show, of: int) -> None:
        self._show = show
        self._of = of
        self._done = 0

    def take(self, what: str, rows: int) -> None:
        self._done += rows
        self._show(what, self._done, self._of)


@asynccontextmanager
async def _open_side(url: str, heard_since: datetime, *, writes: bool) -> AsyncGenerator[Side]:
    """Bring `url` up to date, keep every bot away from it, and open a transaction."""
    path = sqlite_path(url)
    db = await open_database(url)
    try:
        if path is None:
            await db.close()  # its connections would be taken for a bot's
            from bot.store.moving_postgres import open_postgres_side

            side: AbstractAsyncContextManager[Side] = open_postgres_side(url, heard_since, writes=writes)
        else:
            side = open_sqlite_side(path, writes=writes)  # open, the database keeps the file's lock
        async with side as opened:
            yield opened
    finally:
        if path is not None:
            await db.close()


def sqlite_path(url: str) -> Path | None:
    """Give the file of a SQLite address, in full; None for any other."""
    scheme, _, rest = url.partition(":///")
    return Path(unquote(rest)).resolve() if scheme == "sqlite" and rest else None
