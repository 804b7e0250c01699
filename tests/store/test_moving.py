"""A bot's move to the other engine and back: every row arrives, read by SQL that shares no code with the move."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import DatabaseError
from bot.store import moving
from bot.store.database import open_database
from bot.store.moving import Moved, move
from bot.store.moving_postgres import PostgresSide, open_postgres_side
from bot.store.tables import Column, Table, in_order, pointing_ahead
from tests.store.engines import PostgresServer
from tests.store.plainly import Plain, fill_sqlite, read_postgres, read_sqlite

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


async def moved(source: str, target: str) -> list[Moved]:
    return await move(source, target, heard_since=NOW, show=lambda what, done, of: None)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A bot's file, with rows in every table."""
    made = tmp_path / "bot.db"
    await (await open_database(f"sqlite:///{made}")).close()
    fill_sqlite(made, Random(7))
    return made


@pytest.fixture
async def empty(postgres: PostgresServer) -> str:
    return await postgres.emptied()


async def there_and_back(path: Path, url: str) -> tuple[Plain, Plain, Plain]:
    """What was in the file, what arrived at PostgreSQL, and what came back."""
    back = path.with_name("back.db")
    await moved(f"sqlite:///{path}", url)
    await moved(url, f"sqlite:///{back}")
    return read_sqlite(path), await read_postgres(url), read_sqlite(back)


async def test_every_table_and_column_arrives_and_comes_back(path: Path, empty: str) -> None:
    before, there, back = await there_and_back(path, empty)
    assert there == before
    assert back == before
    assert len(before) > 20
    assert not [table for table, rows in before.items() if not rows]
    with closing(sqlite3.connect(path.with_name("back.db"))) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT COUNT(*) FROM processes").fetchone() == (0,)


async def test_what_is_told_is_what_was_moved(path: Path, empty: str) -> None:
    told = await moved(f"sqlite:///{path}", empty)
    assert {each.table: each.rows for each in told} == {t: len(rows) for t, rows in read_sqlite(path).items()}
    again = await moved(empty, f"sqlite:///{path.with_name('back.db')}")
    assert [(each.table, each.digest) for each in again] == [(each.table, each.digest) for each in told]
    assert len({each.digest for each in told}) == len(told)


async def ids_to_come(url: str) -> list[str]:
    """Tables whose next new row would not get the id after the highest."""
    connection = await asyncpg.connect(url)
    numbered = await connection.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES'"
    )
    wrong: list[str] = []
    for (table,) in numbered:
        following = await connection.fetchval(f"SELECT nextval('{table}_id_seq')")
        if following != await connection.fetchval(f"SELECT MAX(id) + 1 FROM {table}"):  # noqa: S608
            wrong.append(f"{table}: {following}")
    await connection.close()
    assert len(numbered) > 8
    return wrong


@pytest.fixture
async def plain_path(tmp_path: Path) -> Path:
    """A bot's file with ids as they are usually."""
    made = tmp_path / "usual.db"
    await (await open_database(f"sqlite:///{made}")).close()
    fill_sqlite(made, Random(8), rows=6, numbers=(1, 2, 40, 41, 1000))
    return made


async def test_the_next_new_row_gets_an_id_of_its_own(plain_path: Path, empty: str) -> None:
    await moved(f"sqlite:///{plain_path}", empty)
    assert await ids_to_come(empty) == []


async def test_many_pages_of_rows_in_one_table(plain_path: Path, empty: str) -> None:
    with closing(sqlite3.connect(plain_path)) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (VALUES (5000) UNION ALL SELECT i + 1 FROM n WHERE i < 12345) "
            "INSERT INTO people (id, person_key, name) SELECT i, 'key:' || (i * 7919 % 100003), i FROM n"
        )
        # Keys of text whose order depends on a language: small and capital letters, accents, punctuation.
        for number, name in enumerate(
            ("a", "B", "ä", "Z", "_", "-", "a b", "ab", "A", "é", "e", "🎬", "\U0010ffff", "\ue000")
        ):
            connection.execute("INSERT INTO meta VALUES (?, ?)", (f"{name}{number % 2}", "x"))
        connection.commit()
    before, there, back = await there_and_back(plain_path, empty)
    assert there == before
    assert back == before


async def test_texts_are_read_in_the_order_of_their_bytes_whatever_language_the_server_is_in(empty: str) -> None:
    """The server of these tests knows only one order of texts: what it was asked for is looked at instead."""
    connection = await asyncpg.connect(empty)
    await connection.execute("INSERT INTO meta VALUES ('b', '2'), ('B', '1')")
    await connection.close()
    async with open_postgres_side(empty, NOW, writes=False) as side:
        async for page in side.pages((await side.tables())["meta"]):
            asked = await side._connection.fetch("SELECT statement FROM pg_cursors")
            assert any('FROM "meta" ORDER BY "name" COLLATE "C"' in statement for (statement,) in asked)
            assert page == [("B", "1"), ("b", "2")]


async def test_tables_that_point_at_each_other(plain_path: Path, empty: str) -> None:
    with closing(sqlite3.connect(plain_path)) as connection:
        connection.executescript(
            "CREATE TABLE hens (id BIGINT PRIMARY KEY, egg BIGINT REFERENCES eggs (id));"
            "CREATE TABLE eggs (id BIGINT PRIMARY KEY, hen BIGINT REFERENCES hens (id));"
            "INSERT INTO hens VALUES (1, 2), (2, 1); INSERT INTO eggs VALUES (1, 1), (2, 2);"
        )
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute(
            "CREATE TABLE hens (id BIGINT PRIMARY KEY, egg BIGINT);"
            "CREATE TABLE eggs (id BIGINT PRIMARY KEY, hen BIGINT REFERENCES hens (id));"
            "ALTER TABLE hens ADD FOREIGN KEY (egg) REFERENCES eggs (id)"
        )
        await moved(f"sqlite:///{plain_path}", empty)
        assert await read_postgres(empty) == read_sqlite(plain_path)
        assert await connection.fetch("SELECT conname FROM pg_constraint WHERE condeferrable") == []
    finally:
        await connection.execute("DROP TABLE hens, eggs CASCADE")
        await connection.close()


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    random=st.randoms(use_true_random=False),
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80), min_size=5),
    numbers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=5),
)
async def test_rows_of_chance(
    tmp_path: Path, postgres: PostgresServer, random: Random, texts: list[str], numbers: list[int]
) -> None:
    path = Path(tempfile.mkdtemp(dir=tmp_path)) / "bot.db"
    await (await open_database(f"sqlite:///{path}")).close()
    fill_sqlite(path, random, rows=3, numbers=numbers, texts=[*texts, texts[0] * 2000])
    before, there, back = await there_and_back(path, await postgres.emptied())
    assert there == before
    assert back == before


def _drops_a_row(patch: pytest.MonkeyPatch) -> None:
    _written(patch, lambda table, page: page[1:] if table.name == "posts" else page)


def _swaps_two_columns(patch: pytest.MonkeyPatch) -> None:
    _written(
        patch,
        lambda table, page: [(a, b, e, d, c) for a, b, c, d, e in page] if table.name == "trivia" else page,
    )


def _loses_precision(patch: pytest.MonkeyPatch) -> None:
    _written(
        patch, lambda table, page: [(a, int(float(b)), c) for a, b, c in page] if table.name == "corrections" else page
    )


def _written(patch: pytest.MonkeyPatch, change: Callable[[Table, Any], Any]) -> None:
    write = PostgresSide.write

    async def changed(self: PostgresSide, table: Table, page: Any) -> None:
        await write(self, table, change(table, page))

    patch.setattr(PostgresSide, "write", changed)


@pytest.mark.parametrize("broken", [_drops_a_row, _swaps_two_columns, _loses_precision])
async def test_what_arrives_otherwise_is_noticed_and_undone(
    broken: Callable[[pytest.MonkeyPatch], None], path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE corrections SET due_at = ?", (2**53 + 1,))
        connection.commit()
    before = read_sqlite(path)
    broken(monkeypatch)
    with pytest.raises(DatabaseError, match=r"Nothing was moved\."):
        await moved(f"sqlite:///{path}", empty)
    assert not any((await read_postgres(empty)).values())
    assert read_sqlite(path) == before


def _skips_a_table(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving, "agree", lambda source, target: [t for t in agree_(source, target) if t.name != "trivia"])


def _skips_a_column(patch: pytest.MonkeyPatch) -> None:
    def without_last(table: Table) -> Table:
        return replace(table, columns=tuple(c for c in table.columns if c.name != "lost_at"))

    patch.setattr(moving, "agree", lambda source, target: [without_last(table) for table in agree_(source, target)])


agree_ = moving.agree


@pytest.mark.parametrize("broken", [_skips_a_table, _skips_a_column])
async def test_the_reader_of_these_tests_notices_what_is_left_out(
    broken: Callable[[pytest.MonkeyPatch], None], path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    await moved(f"sqlite:///{path}", empty)
    assert await read_postgres(empty) != read_sqlite(path)


def a_table(name: str, *references: str) -> Table:
    return Table(name, (Column("id", "wide", nullable=False),), ("id",), frozenset(references))


def test_each_table_comes_after_those_that_it_points_into() -> None:
    tables = [a_table("a", "c", "a"), a_table("b"), a_table("c", "b"), a_table("d", "e"), a_table("e", "d")]
    ordered = in_order({table.name: table for table in tables})
    assert [table.name for table in ordered][:3] == ["b", "c", "a"]
    assert pointing_ahead(ordered) == [("a", "a"), ("d", "e")]
