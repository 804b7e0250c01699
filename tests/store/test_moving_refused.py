"""What is not moved, and why: each is told in a sentence, and nothing is changed."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import asyncpg
import pytest

from bot.domain.errors import DatabaseError
from bot.store.columns import epoch
from bot.store.database import open_database
from bot.store.moving import move
from bot.store.postgres_lock import LEAD_LOCK
from tests.store.engines import PostgresServer
from tests.store.plainly import fill_sqlite, read_postgres, read_sqlite

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)


async def refusal(source: str, target: str, heard_since: datetime = NOW) -> str:
    with pytest.raises(DatabaseError) as refused:
        await move(source, target, heard_since=heard_since, show=lambda what, done, of: None)
    return str(refused.value)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    made = tmp_path / "bot.db"
    await (await open_database(f"sqlite:///{made}")).close()
    fill_sqlite(made, Random(3), rows=2, numbers=(1, 2, 3))
    return made


@pytest.fixture
def source(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
async def empty(postgres: PostgresServer) -> str:
    return await postgres.emptied()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def test_a_target_that_holds_a_bot(source: str, path: Path, empty: str) -> None:
    async with connected(empty) as connection:
        await connection.execute("INSERT INTO people (person_key, name) VALUES ('a', 'A')")
    said = await refusal(source, empty)
    assert "is not empty: it holds 1 of people. Give the address of a new database" in said
    assert "is not empty" in await refusal(empty, source)
    assert len((await read_postgres(empty))["people"]) == 1


async def test_a_source_without_a_bot(tmp_path: Path, empty: str) -> None:
    nowhere = tmp_path / "nowhere.db"
    assert await refusal(f"sqlite:///{nowhere}", empty) == (
        f"There is no database at {nowhere} to move. Set DATABASE_URL to the bot's."
    )
    assert not nowhere.exists()
    assert "holds nothing to move" in await refusal(empty, f"sqlite:///{nowhere}")


async def test_the_database_that_it_is_in(source: str, path: Path, empty: str) -> None:
    assert "in that database already" in await refusal(source, source)
    beside = path.parent / "folder"
    beside.mkdir()
    assert "in that database already" in await refusal(source, f"sqlite:///{beside}/../{path.name}")
    assert "in that database already" in await refusal(empty, empty)
    assert "is being moved just now" in await refusal(empty, f"{empty}&application_name=another")


async def test_what_is_no_address(source: str) -> None:
    said = await refusal(source, "mysql://root:secret@host/name")
    assert "is not the address of a database" in said
    assert "secret" not in said


async def test_a_bot_that_runs_on_either(source: str, tmp_path: Path, empty: str) -> None:
    running = await open_database(source)
    assert "in use by another Marquee. Stop that one first" in await refusal(source, empty)
    await running.close()
    standing_by = await open_database(empty)
    said = await refusal(source, empty)
    await standing_by.close()
    assert said.endswith("is in use by a Marquee. Stop every process of that bot first.")
    async with connected(empty) as connection:
        assert await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEAD_LOCK)
        assert await refusal(source, empty) == said
        assert await refusal(empty, f"sqlite:///{tmp_path}/new.db") == said


async def test_a_bot_that_was_heard_of_a_moment_ago(source: str, tmp_path: Path, empty: str) -> None:
    async with connected(empty) as connection:
        await connection.execute("INSERT INTO processes VALUES ('cinema:7:ab', '[]', 0, $1)", epoch(NOW))
    said = await refusal(source, empty, NOW - timedelta(seconds=20))
    assert "was in use by a Marquee a moment ago (cinema:7:ab)." in said
    await move(source, empty, heard_since=NOW + timedelta(seconds=1), show=lambda what, done, of: None)
    assert "a moment ago" in await refusal(empty, f"sqlite:///{tmp_path}/new.db", LONG_AGO)


async def test_a_bot_may_start_as_soon_as_a_move_has_ended(
    source: str, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the server takes to notice that the connection of the move has gone."""
    monkeypatch.setattr(asyncpg.Connection, "terminate", lambda self: kept.append(self))
    kept: list[asyncpg.Connection] = []
    for moves in (True, False):  # the second one is refused: it is not empty
        if moves:
            await move(source, empty, heard_since=NOW, show=lambda what, done, of: None)
        else:
            assert "is not empty" in await refusal(source, empty)
        await (await open_database(empty)).close()
    monkeypatch.undo()
    assert len(kept) == 2
    for connection in kept:
        connection.terminate()


async def test_a_bot_that_starts_while_the_move_goes_on(source: str, tmp_path: Path, empty: str) -> None:
    """On the file, on the new database, and on the way back: it is refused, and its part of the move goes on."""
    tried: list[asyncio.Task[str]] = []

    async def start(url: str) -> str:
        with pytest.raises(DatabaseError) as refused:
            await open_database(url)
        return str(refused.value)

    async def moved(one: str, other: str) -> tuple[str, str]:
        def show(what: str, done: int, of: int) -> None:
            if not tried:
                tried.extend(asyncio.ensure_future(start(url)) for url in (one, other))

        await move(one, other, heard_since=NOW, show=show)
        first, second = await asyncio.gather(*tried)
        tried.clear()
        return first, second

    here, there = await moved(source, empty)
    assert "in use by another Marquee" in here
    assert "is being moved just now. Wait until “marquee db move” is done." in there
    there, _ = await moved(empty, f"sqlite:///{tmp_path}/new.db")
    assert "is being moved just now" in there
    await (await open_database(empty)).close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE films SET title = 'A' || char(0) || 'B' WHERE id = (SELECT MIN(id) FROM films)",
            r"films, id \d+: title has a NUL character in it, which PostgreSQL cannot hold\. Put it right, then move",
        ),
        ("UPDATE films SET summary = CAST(x'C328' AS TEXT)", r"films, id \d+: summary is not written in UTF-8\."),
        ("UPDATE films SET runtime_minutes = 2147483648", r"films, id \d+: runtime_minutes is too large a number\."),
        ("UPDATE films SET runtime_minutes = 1.5", r"films, id \d+: runtime_minutes is not a whole number but float\."),
        ("UPDATE films SET checked_at = 'soon'", r"films, id \d+: checked_at is not a whole number but str\."),
        ("UPDATE destinations SET channel_id = NULL", r"destinations, channel_id None: channel_id is empty, and mus"),
        ("UPDATE credits SET person_id = 4711", r"cannot be brought up to date: \d references lead nowhere\."),
        ("CREATE TABLE notes (id BIGINT PRIMARY KEY)", r"The table notes is not one of Marquee's, and would be left"),
        ("ALTER TABLE films ADD COLUMN stars INTEGER", r"The table films is not as Marquee made it \(stars\)\."),
        ("CREATE UNIQUE INDEX one ON films (year) WHERE id IS NULL", ""),
    ],
)  # fmt: skip
async def test_what_the_other_engine_cannot_hold(
    statement: str, said: str, source: str, path: Path, empty: str
) -> None:
    change(path, statement)
    if not said:  # an index of somebody's own is nothing to move
        await move(source, empty, heard_since=NOW, show=lambda what, done, of: None)
        return
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump()) if "C328" not in statement else []
    with pytest.raises(DatabaseError, match=said):
        await move(source, empty, heard_since=NOW, show=lambda what, done, of: None)
    assert not any((await read_postgres(empty)).values())
    with closing(sqlite3.connect(path)) as connection:
        assert before == (list(connection.iterdump()) if before else [])


async def test_a_nul_character_stays_where_the_other_is_sqlite_too(source: str, path: Path, tmp_path: Path) -> None:
    change(path, "UPDATE films SET title = 'A' || char(0) || 'B'")
    await move(source, f"sqlite:///{tmp_path}/new.db", heard_since=NOW, show=lambda what, done, of: None)
    assert read_sqlite(tmp_path / "new.db") == read_sqlite(path)
    assert ("title", "str", "A\0B") in read_sqlite(path)["films"][0]


async def test_a_database_that_has_not_every_letter(source: str, postgres: PostgresServer) -> None:
    async with connected(postgres.url("postgres")) as connection:
        await connection.execute(
            "CREATE DATABASE western ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
    assert "does not hold every letter. Make one in UTF-8" in await refusal(source, postgres.url("western"))


async def test_a_table_that_another_program_has_locked(source: str, empty: str) -> None:
    async with connected(empty) as connection, connection.transaction():
        await connection.execute("LOCK TABLE posts IN ACCESS SHARE MODE")  # as a look at it does: no harm
        await connection.execute("LOCK TABLE films IN ROW EXCLUSIVE MODE")
        assert "is in use by another program" in await refusal(source, empty)


def test_without_asyncpg(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    for name in [name for name in sys.modules if name.startswith(("bot.store.postgres", "bot.store.moving_postgres"))]:
        monkeypatch.delitem(sys.modules, name)
    said = asyncio.run(refusal(source, "postgresql://nobody@localhost/none"))
    assert said == "PostgreSQL needs one more package: install marquee-bot[postgres]."
