"""Databases filled and read by plain SQL, from the schema that is there: nothing here shares code with the bot."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

#: Of the moment: which migrations ran, which processes are there. All else is the bot's memory.
OF_THE_MOMENT = {"schema_migrations", "processes", "identify_turns"}

NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31), 2**31, 2**53 + 1, 2**63 - 1, -(2**63))
TEXTS = (
    "", " ", "0", "1e3", "NULL", "it's", '"quoted"', "back\\slash", "two\nlines\r\n", "tab\t", "\x01\x7f\x85\u2028",
    "Amélie", "Ame\u0301lie", "\ufeffmark", "🎬🍿", "👩‍👩‍👧", "\U0010ffff", "شريط",
    "%s :name $1 {id} ; --", "x" * 5000, "é" * 70_000,
)  # fmt: skip

Plain = dict[str, list[tuple[tuple[str, str, Any], ...]]]


def read_sqlite(path: Path) -> Plain:
    """Every row of every table: each value with its column's name and its type, in no order of the database's."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        tables = tables_of(connection)
        return {table: _plain([dict(row) for row in connection.execute(f"SELECT * FROM {table}")]) for table in tables}  # noqa: S608


async def read_postgres(url: str) -> Plain:
    """The same of a PostgreSQL database."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(row["tablename"] for row in found if row["tablename"] not in OF_THE_MOMENT)
        return {
            table: _plain([dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")])  # noqa: S608
            for table in tables
        }
    finally:
        await connection.close()


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """The tables that a move is about."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return sorted(names - OF_THE_MOMENT)


def _plain(rows: list[dict[str, Any]]) -> list[tuple[tuple[str, str, Any], ...]]:
    return sorted(
        (tuple((name, type(row[name]).__name__, row[name]) for name in sorted(row)) for row in rows), key=repr
    )


def fill_sqlite(
    path: Path, random: Random, *, rows: int = 4, numbers: Sequence[int] = NUMBERS, texts: Sequence[str] = TEXTS
) -> None:
    """Put rows of chance into every table: within the schema's rules, and whatever they allow."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        left = tables_of(connection)
        while left:
            for table in [name for name in left if not set(pointed_at(connection, name).values()) & ({*left} - {name})]:
                _fill(connection, table, random, rows, numbers, texts)
                left.remove(table)
        connection.execute("INSERT INTO processes (owner, shards, leads, seen_at) VALUES ('gone', '[]', 1, 0)")
        connection.commit()


def _fill(
    connection: sqlite3.Connection, table: str, random: Random, rows: int, numbers: Sequence[int], texts: Sequence[str]
) -> None:
    points = pointed_at(connection, table)
    indexed = _indexed(connection, table)
    columns = list(connection.execute(f"PRAGMA table_info({table})"))
    for _ in range(rows):
        values: list[Any] = []
        for _, name, kind, filled, _, key in columns:
            needed = filled or key
            if not needed and random.random() < 0.3:
                values.append(None)
            elif name in points:
                values.append(_some_key(connection, points[name], random, needed=bool(needed)))
            elif kind == "TEXT":
                text = random.choice(texts)
                values.append(text[:300] if name in indexed else text)  # PostgreSQL's index has no room for more
            else:
                wide = kind == "BIGINT" or (key and name == "id")
                fitting = [number for number in numbers if wide or -(2**31) <= number < 2**31]
                values.append(random.choice([*fitting, random.randrange(2**31)]))
        places = ", ".join("?" * len(values))
        connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", values)  # noqa: S608
    # The one that points at the one after it: no order of the rows suits it.
    for name, other in points.items():
        if other == table:
            connection.execute(f"UPDATE {table} SET {name} = (SELECT MAX(id) FROM {table}) WHERE id < 10")  # noqa: S608


def pointed_at(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Column → the table that it points into."""
    return {row[3]: row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}


def _indexed(connection: sqlite3.Connection, table: str) -> set[str]:
    indexes = [row[1] for row in connection.execute(f"PRAGMA index_list({table})")]
    return {row[2] for index in indexes for row in connection.execute(f"PRAGMA index_info({index})")}


def _some_key(connection: sqlite3.Connection, table: str, random: Random, *, needed: bool) -> int | None:
    key = next(name for _, name, _, _, _, place in connection.execute(f"PRAGMA table_info({table})") if place == 1)
    keys = [value for (value,) in connection.execute(f"SELECT {key} FROM {table}")]  # noqa: S608
    assert keys or not needed, table
    return random.choice(keys) if keys else None
