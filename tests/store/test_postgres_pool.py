"""PostgreSQL's connections: all of them busy, all of them cut, one that waits for too long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from bot.domain.errors import DatabaseError
from bot.store import films, postgres
from bot.store.database import Database
from bot.store.postgres import POOL_SIZE

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def engine() -> str:
    """PostgreSQL alone: SQLite has no server."""
    return "postgres"


@pytest.fixture
async def server(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the pool."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def write(database: Database, value: str = "there") -> None:
    async with database.transaction() as tx:
        await films.set_meta(tx, "a", value)


async def read(database: Database) -> str | None:
    async with database.reading() as tx:
        return await films.find_meta(tx, "a")


async def fill(database: Database, stack: AsyncExitStack) -> None:
    """Have every connection open, each in a transaction."""
    for _ in range(POOL_SIZE):
        tx = await stack.enter_async_context(database.reading())
        await films.find_meta(tx, "a")


async def test_all_busy_is_said_in_time_for_a_command_and_over_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert postgres.LOOKING_SECONDS < 3, "Discord's limit for an answer"
    monkeypatch.setattr(postgres, "LOOKING_SECONDS", 0.1)
    monkeypatch.setattr(postgres, "WAITING_SECONDS", 0.2)
    async with AsyncExitStack() as stack:
        await fill(database, stack)
        with pytest.raises(DatabaseError, match=r"gave no connection within 0\.1 seconds"):
            async with database.looking():
                raise AssertionError("there is none")
        with pytest.raises(DatabaseError, match=r"gave no connection within 0\.2 seconds"):
            await read(database)
        with pytest.raises(DatabaseError, match=r"gave no connection within 0\.2 seconds"):
            await write(database)
    await write(database)
    assert await read(database) == "there"


async def test_two_hundred_at_once_share_ten_connections(database: Database) -> None:
    await write(database)
    assert await asyncio.gather(*(read(database) for _ in range(200))) == ["there"] * 200


async def test_a_server_that_cut_every_connection_is_used_again_at_once(
    database: Database, server: asyncpg.Connection
) -> None:
    """As it does when it is restarted: nobody who comes after hears of it."""
    await write(database)
    for _ in range(3):
        async with AsyncExitStack() as stack:
            await fill(database, stack)
        await server.execute(CUT)
        assert await asyncio.gather(*(read(database) for _ in range(2 * POOL_SIZE))) == ["there"] * 2 * POOL_SIZE
        await write(database)


async def test_whoever_is_in_a_transaction_then_hears_of_it_and_saves_nothing(
    database: Database, server: asyncpg.Connection
) -> None:
    await write(database, "before")

    async def cut_off(begun: asyncio.Event, go_on: asyncio.Event) -> None:
        async with database.transaction() as tx:
            await films.set_meta(tx, f"{id(begun)}", "half")
            begun.set()
            await go_on.wait()
            await films.set_meta(tx, "a", "half")

    begun, go_on = [asyncio.Event() for _ in range(POOL_SIZE)], asyncio.Event()
    tasks = [asyncio.create_task(cut_off(each, go_on)) for each in begun]
    await asyncio.gather(*(each.wait() for each in begun))
    await server.execute(CUT)
    go_on.set()
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(error, DatabaseError)
    assert [row["value"] for row in await server.fetch("SELECT value FROM meta")] == ["before"]
    await write(database, "after")
    assert await read(database) == "after"


async def test_a_statement_that_waits_for_ever_is_given_up(
    database: Database, server: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(database)
    async with server.transaction():
        await server.execute("UPDATE meta SET value = value")
        monkeypatch.setattr(postgres, "STATEMENT_SECONDS", 0.1)
        with pytest.raises(DatabaseError, match=r"set_meta took over 0\.1 seconds"):
            await write(database, "too late")
        monkeypatch.undo()
    assert await read(database) == "there"
    await write(database, "now")
    assert await read(database) == "now"
