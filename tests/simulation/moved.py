"""A year of servers, moved to PostgreSQL and back: `python -m tests.simulation.moved --servers 60 --copies 200`.

Real: the year of `tests.simulation.full`, `marquee db move` in a process of its own, PostgreSQL from a wheel. With
`--copies` the servers' rows stand there so many times. What came back is compared by plain SQL, row for row and type
for type. Exits with 1 if anything is otherwise.
"""

import argparse
import asyncio
import logging
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import asyncpg

from tests.simulation.full import live_fully
from tests.store.engines import PostgresServer
from tests.store.plainly import pointed_at, tables_of

#: What differs between copies of a server that is not a reference to one of its rows.
_NUMBERS = {"channel_id", "discord_id", "thread_id", "discord_message_id", "admin_channel_id"}
_TEXTS = {"dedup_key", "about", "message_key"}
_APART = 10**13


def copy_servers(file: Path, copies: int) -> None:
    """Put every server's rows there `copies` times, each with ids, channels and keys of its own."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "CREATE TEMP TABLE copy AS SELECT value AS number FROM json_each(?)", (str([*range(1, copies)]),)
        )
        mine = {"subscribers"}
        for _ in range(4):  # what hangs on a subscriber, and what hangs on that
            mine |= {table for table in tables_of(connection) if _needs(connection, table) & mine}
        steps = {table: _highest(connection, table) for table in mine}
        for table in sorted(mine):
            points = pointed_at(connection, table)
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(_copied(column, table, points, steps) for column in columns)
            connection.execute(f"INSERT INTO {table} SELECT {values} FROM copy JOIN {table}")  # noqa: S608
        connection.commit()


def _needs(connection: sqlite3.Connection, table: str) -> set[str]:
    needed = {row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[3]}
    return {other for column, other in pointed_at(connection, table).items() if column in needed} | (
        {"messages"} if table in ("corrections", "crossposts") else set()
    )


def _highest(connection: sqlite3.Connection, table: str) -> int:
    if "id" not in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}:
        return 0
    return connection.execute(f"SELECT MAX(id) FROM {table}").fetchone()[0] or 0  # noqa: S608


def _copied(column: str, table: str, points: dict[str, str], steps: dict[str, int]) -> str:
    if column == "id":
        return f"id + copy.number * {steps[table]}"
    if points.get(column) in steps:
        return f"{column} + copy.number * {steps[points[column]]}"
    if column in _NUMBERS:
        return f"{column} + copy.number * {_APART}"
    return f"{column} || ':' || copy.number" if column in _TEXTS else column


def differences(one: Path, other: Path) -> list[str]:
    """Tables whose rows are not the same in both files, each value's type among it."""
    wrong: list[str] = []
    with closing(sqlite3.connect(one)) as connection:
        connection.execute("ATTACH ? AS other", (str(other),))
        for table in tables_of(connection):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(f"{column}, typeof({column})" for column in columns)
            for here, there in (("main", "other"), ("other", "main")):
                rows = f"SELECT {values} FROM {here}.{table} EXCEPT SELECT {values} FROM {there}.{table}"  # noqa: S608
                (missing,) = connection.execute(f"SELECT COUNT(*) FROM ({rows})").fetchone()  # noqa: S608
                wrong += [f"{table}: {missing} rows of {here} are not in {there}"] if missing else []
    return wrong


def count_rows(file: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(file)) as connection:
        tables = tables_of(connection)
        return {table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608


def _move(source: str, target: str) -> str:
    """How long it takes, and how much of it the process that moves works itself."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = {**os.environ, "DATABASE_URL": source}
    subprocess.run([sys.executable, "-m", "bot", "db", "move", target], env=environ, check=True, stdout=sys.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{time.perf_counter() - started:.0f} s (CPU {worked:.0f} s)"


async def _size(url: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT pg_database_size(current_database())") / 1e6
    finally:
        await connection.close()


def main(arguments: Sequence[str]) -> None:
    """Read what is wanted, live through it, move it there and back, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("servers", 60), ("seed", 1), ("copies", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    read = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # kills are logged at length
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            file, back = Path(folder, "year.db"), Path(folder, "back.db")
            asyncio.run(live_fully(file, servers=read.servers, seed=read.seed))
            copy_servers(file, read.copies)
            url = asyncio.run(server.new())
            there, again = _move(f"sqlite:///{file}", url), _move(url, f"sqlite:///{back}")
            rows = count_rows(file)
            wrong = differences(file, back) + [f"{table} is empty" for table, count in rows.items() if not count]
            sys.stdout.write(
                f"{vars(read)}\n{sum(rows.values()):,} rows of {len(rows)} tables, most in "
                f"{', '.join(f'{table} {rows[table]:,}' for table in sorted(rows, key=rows.__getitem__)[-5:])}\n"
                f"SQLite {file.stat().st_size / 1e6:,.0f} MB, PostgreSQL {asyncio.run(_size(url)):,.0f} MB\n"
                f"to PostgreSQL {there}, back {again}; the process that moves took at most "
                f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MB of memory\n"
            )
    finally:
        server.stop()
    sys.stdout.write("\n".join(wrong) + f"\n{len(wrong)} differences\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
