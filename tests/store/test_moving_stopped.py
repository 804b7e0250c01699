"""A move that does not come to its end leaves nothing behind: the target is empty, the source is as it was."""

import asyncio
import resource
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import asyncpg
import pytest

from bot.domain.errors import DatabaseError
from bot.store.database import open_database
from bot.store.moving import move
from tests.store.engines import PostgresServer
from tests.store.plainly import Plain, fill_sqlite, read_postgres, read_sqlite

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)

#: Moves, and in the middle of it says so and waits for the worst.
MOVE_AND_WAIT = """
import asyncio, sys
from datetime import UTC, datetime
from bot.domain.errors import DatabaseError
from bot.store.moving import move

def show(what, done, of):
    if done > of * float(sys.argv[3]):
        print("there", flush=True)
        sys.stdin.read(1)

try:
    asyncio.run(move(sys.argv[1], sys.argv[2], heard_since=datetime.now(UTC), show=show))
except DatabaseError as error:
    print(error, flush=True)
    sys.exit(2)
"""


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A bot's file, with more people than one page has."""
    made = tmp_path / "bot.db"
    await (await open_database(f"sqlite:///{made}")).close()
    fill_sqlite(made, Random(4), rows=3, numbers=(1, 2, 3))
    with closing(sqlite3.connect(made)) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (VALUES (50) UNION ALL SELECT i + 1 FROM n WHERE i < 9000) "
            "INSERT INTO people (id, person_key, name) SELECT i, 'key:' || i, 'Name ' || i FROM n"
        )
        connection.commit()
    return made


@pytest.fixture(params=["to PostgreSQL", "to SQLite"])
async def way(
    request: pytest.FixtureRequest, path: Path, postgres: PostgresServer
) -> tuple[str, str, Callable[[], Awaitable[tuple[Plain, Plain]]]]:
    """From where, to where, and what both hold."""
    file, server, new = f"sqlite:///{path}", await postgres.emptied(), path.with_name("new.db")

    async def both() -> tuple[Plain, Plain]:
        if request.param == "to PostgreSQL":
            return read_sqlite(path), await read_postgres(server)
        return await read_postgres(server), read_sqlite(new)

    if request.param == "to PostgreSQL":
        return file, server, both
    await move(file, server, heard_since=NOW, show=lambda what, done, of: None)
    return server, f"sqlite:///{new}", both


Way = tuple[str, str, Callable[[], Awaitable[tuple[Plain, Plain]]]]


async def still_moves(way: Way) -> None:
    """Nothing that the first try left is in the way of the second."""
    source, target, both = way
    await move(source, target, heard_since=NOW, show=lambda what, done, of: None)
    here, there = await both()
    assert here == there
    assert len(there["people"]) > 8000


@pytest.mark.parametrize("share", [0.2, 0.9])
async def test_cancelled(share: float, way: Way) -> None:
    source, target, both = way
    task: asyncio.Task[object]

    def show(what: str, done: int, of: int) -> None:
        if done > of * share:
            task.cancel()

    task = asyncio.create_task(move(source, target, heard_since=NOW, show=show))
    with pytest.raises(asyncio.CancelledError):
        await task
    here, there = await both()
    assert len(here["people"]) > 8000
    assert not any(there.values())
    await still_moves(way)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
async def test_killed(number: int, way: Way) -> None:
    source, target, both = way
    mover = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MOVE_AND_WAIT, source, target, "0.9",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert mover.stdout is not None
    assert await mover.stdout.readline() == b"there\n"
    mover.send_signal(number)
    _, _ = await mover.communicate(b"x" * 1000)
    assert mover.returncode != 0
    here, there = await both()
    assert len(here["people"]) > 8000
    assert not any(there.values())
    await still_moves(way)


async def test_the_server_ends_the_connection(way: Way, postgres: PostgresServer) -> None:
    source, target, both = way
    killer = await asyncpg.connect(postgres.url("postgres"))
    killing: list[asyncio.Task[object]] = []

    def show(what: str, done: int, of: int) -> None:
        if done > of * 0.3 and not killing:
            killing.append(asyncio.ensure_future(killer.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'marquee db move'"
            )))  # fmt: skip

    with pytest.raises(DatabaseError, match="closed the connection"):
        await move(source, target, heard_since=NOW, show=show)
    await killing[0]
    await killer.close()
    here, there = await both()
    assert len(here["people"]) > 8000
    assert not any(there.values())
    await still_moves(way)


async def test_no_room_on_the_disk(path: Path, postgres: PostgresServer) -> None:
    """As a full disk does, a limit on the size of files ends a write in the middle."""
    server, new = await postgres.emptied(), path.with_name("new.db")
    await move(f"sqlite:///{path}", server, heard_since=NOW, show=lambda what, done, of: None)
    await (await open_database(f"sqlite:///{new}")).close()

    def confine() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    mover = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MOVE_AND_WAIT, server, f"sqlite:///{new}", "2",
        stdout=asyncio.subprocess.PIPE, preexec_fn=confine,
    )  # fmt: skip
    said, _ = await mover.communicate()
    assert mover.returncode == 2, said
    assert b"disk" in said, said
    assert not any(read_sqlite(new).values())
    assert len((await read_postgres(server))["people"]) > 8000
