"""docs/schema.md draws the schema that there is."""

import re
import sqlite3
from pathlib import Path

import pytest

from bot.store.database import open_database

PAGE = (Path(__file__).parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")
DRAWINGS = "\n".join(re.findall(r"```mermaid\nerDiagram\n(.*?)```", PAGE, re.DOTALL))
DRAWN = {
    table: re.findall(r"^\s+(\w+) (\w+) ?([A-Z, ]*)", columns, re.MULTILINE)
    for table, columns in re.findall(r"^    (\w+) \{\n(.*?)^    \}", DRAWINGS, re.DOTALL | re.MULTILINE)
}
AFFINITY = {"BIGINT": "bigint", "INTEGER": "int", "TEXT": "text"}


@pytest.fixture
async def fresh(tmp_path: Path) -> sqlite3.Connection:
    path = tmp_path / "marquee.db"
    await (await open_database(f"sqlite:///{path}")).close()
    return sqlite3.connect(path)


async def test_every_table_and_column_is_drawn_and_no_other(fresh: sqlite3.Connection) -> None:
    stored = {
        table: [(AFFINITY[type_], name) for _, name, type_, *_ in fresh.execute(f"PRAGMA table_info({table})")]
        for (table,) in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    for table, columns in stored.items():
        if columns[0] == ("int", "id"):
            columns[0] = ("bigint", "id")  # SQLite's own numbering key is as wide
        assert sorted((type_, name) for type_, name, _ in DRAWN[table]) == sorted(columns), table
    assert set(DRAWN) == set(stored)
    fresh.close()


async def test_every_key_and_reference_is_drawn(fresh: sqlite3.Connection) -> None:
    for table, columns in DRAWN.items():
        keys = {name for *_, name, _, _, _, position in fresh.execute(f"PRAGMA table_info({table})") if position}
        assert {name for _, name, marks in columns if "PK" in marks} == keys, table
        references = {(row[3], row[2]) for row in fresh.execute(f"PRAGMA foreign_key_list({table})")}
        assert {name for _, name, marks in columns if "FK" in marks} == {name for name, _ in references}, table
        for _, other in references:
            assert re.search(rf"^    {other} \S+ {table} :", DRAWINGS, re.MULTILINE), (other, table)
    fresh.close()


def test_every_table_has_its_rule() -> None:
    rules = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert not [table for table in DRAWN if f"`{table}`" not in rules]
