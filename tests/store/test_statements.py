"""Every statement of queries/*.sql, on both engines: else one SQL text for two of them rots."""

import re
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from bot.store import statements
from bot.store.database import open_database
from bot.store.statements import load_statements
from tests.store.engines import PostgresServer

STORE = Path(statements.__file__).parent


def test_both_engines_have_the_same_statements() -> None:
    sqlite, postgres = load_statements("sqlite"), load_statements("postgres")
    assert {name: s.parameters for name, s in sqlite.items()} == {name: s.parameters for name, s in postgres.items()}
    assert len(sqlite) > 60


def test_every_statement_says_what_it_is_for() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in statements.QUERIES.glob("*.sql"))
    assert set(re.findall(r"^-- name: (\w+)\(.*\n-- \S", text, re.MULTILINE)) == set(load_statements("sqlite"))


def test_every_statement_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in STORE.glob("*.py"))
    assert not [name for name in load_statements("sqlite") if f'"{name}"' not in code]


def test_every_column_is_named() -> None:
    """`SELECT *` and `RETURNING *` change with the schema, and a joined column may hide another."""
    assert not [s.name for s in load_statements("sqlite").values() if re.search(r"\*(?!\))", s.sql)]


async def test_sqlite_accepts_every_statement(tmp_path: Path) -> None:
    path = tmp_path / "marquee.db"
    await (await open_database(f"sqlite:///{path}")).close()
    connection = sqlite3.connect(path)
    for statement in load_statements("sqlite").values():
        connection.execute(f"EXPLAIN {statement.sql}", dict.fromkeys(statement.parameters))
    connection.close()


async def test_postgres_accepts_every_statement(postgres: PostgresServer) -> None:
    connection = await asyncpg.connect(await postgres.emptied())
    for statement in load_statements("postgres").values():
        prepared = await connection.prepare(statement.sql)
        assert len(prepared.get_parameters()) == len(statement.parameters)
    await connection.close()


async def test_an_index_leads_to_whatever_runs_every_second(tmp_path: Path) -> None:
    path = tmp_path / "marquee.db"
    await (await open_database(f"sqlite:///{path}")).close()
    connection = sqlite3.connect(path)
    claimed = ("list_due_priorities", "list_line", "list_claimable", "list_due_posts", "take_due_posts")
    settled = ("skip_due_posts", "take_doubtful", "settle_arrived", "settle_arrived_posts", "add_crossposts")
    planned = re.findall(r"^-- name: (\w+)", (STORE / "queries" / "planning.sql").read_text("utf-8"), re.MULTILINE)
    assert len(planned) > 12
    for name in ("list_awake", *claimed, *settled, *planned, "list_told", "list_live"):
        statement = load_statements("sqlite")[name]
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", dict.fromkeys(statement.parameters)).fetchall()
        scans = [step for *_, step in plan if re.match(r"SCAN (?!due\b|\()", step) and "INDEX" not in step]
        assert not scans, (name, scans)
    connection.close()


def test_two_statements_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for file in ("a.sql", "b.sql"):
        (tmp_path / file).write_text("-- name: twice()\n-- Why.\nSELECT 1;\n")
    monkeypatch.setattr(statements, "QUERIES", tmp_path)
    with pytest.raises(ValueError, match="two statements are called twice"):
        load_statements.__wrapped__("sqlite")
