"""Migrations: each once, whole or not at all, on both engines."""

import asyncio
import shutil
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from bot.domain.errors import DatabaseError
from bot.store.database import Engine, open_database
from bot.store.migrations import MIGRATIONS, load_migrations

SECOND = """-- Reason: a column more; it has an index.
ALTER TABLE meta ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX meta_by_note ON meta (note);
"""
THIRD = """-- Reason: SQLite changes a column only by copying the table.
CREATE TABLE new_trivia (
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    spoiler INTEGER NOT NULL,
    source TEXT,
    PRIMARY KEY (film_id, position)
);
INSERT INTO new_trivia SELECT film_id, position, text, spoiler, source FROM trivia;
DROP TABLE trivia;
ALTER TABLE new_trivia RENAME TO trivia;
"""
BROKEN = """CREATE TABLE half (id {id});
INSERT INTO half (id) VALUES (1);
INSERT INTO no_such_table VALUES (1);
"""

#: The migrations as they are.
NOW = load_migrations(MIGRATIONS, "sqlite")
LATEST = len(NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The migrations as they are, to add to."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def add(folder: Path, text: str, name: str = "later") -> None:
    number = len(list(folder.glob("*.sql"))) + 1
    (folder / f"{number:04}_{name}.sql").write_text(text, encoding="utf-8")


def edit_first(folder: Path) -> None:
    first = folder / "0001_initial.sql"
    first.write_text(first.read_text(encoding="utf-8") + "-- edited\n", encoding="utf-8")


async def bring_up(url: str, folder: Path = MIGRATIONS) -> None:
    await (await open_database(url, migrations=folder)).close()


async def fetch(url: str, sql: str) -> list[tuple[object, ...]]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        rows = connection.execute(sql).fetchall()
        connection.close()
        return rows
    postgres = await asyncpg.connect(url)
    rows = [tuple(row) for row in await postgres.fetch(sql)]
    await postgres.close()
    return rows


async def tables(url: str) -> set[object]:
    if url.startswith("sqlite"):
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return {row[0] for row in await fetch(url, sql)}


async def schema(url: str) -> Counter[tuple[object, ...]]:
    """Every column, index and constraint, as the engine itself describes them."""
    if url.startswith("sqlite"):
        found = await fetch(url, "SELECT name, tbl_name, sql FROM sqlite_master")
        return Counter((name, table, " ".join(str(sql).replace('"', "").split())) for name, table, sql in found)
    columns = await fetch(
        url,
        "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity "
        "FROM information_schema.columns WHERE table_schema = 'public'",
    )
    indexes = await fetch(url, "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    constraints = await fetch(
        url,
        "SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
    )
    return Counter([*columns, *constraints, *((t, str(d).replace("new_trivia", "trivia")) for t, d in indexes)])


async def test_a_schema_that_grew_equals_a_new_one(
    engine: str, new_url: str, folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    await bring_up(new_url, folder)
    for text in (SECOND, THIRD):
        add(folder, text)
        await bring_up(new_url, folder)
    if engine == "sqlite":
        at_once = f"sqlite:///{tmp_path / 'at_once.db'}"
    else:
        at_once = await request.getfixturevalue("postgres").new()
    await bring_up(at_once, folder)
    assert await schema(new_url) == await schema(at_once)
    assert await fetch(new_url, "SELECT note FROM meta") == []


async def test_what_has_run_is_recorded_and_not_run_again(new_url: str, folder: Path) -> None:
    add(folder, SECOND, "notes")
    await bring_up(new_url, folder)
    await bring_up(new_url, folder)
    recorded = await fetch(new_url, "SELECT number, name, checksum FROM schema_migrations ORDER BY number")
    assert [row[:2] for row in recorded] == [*((m.number, m.name) for m in NOW), (LATEST + 1, "notes")]
    assert [row[2] for row in recorded] == [m.checksum for m in load_migrations(folder, "sqlite")]


async def test_a_newer_database_is_refused(new_url: str, folder: Path) -> None:
    add(folder, SECOND)
    await bring_up(new_url, folder)
    before = await schema(new_url)
    with pytest.raises(
        DatabaseError, match=rf"at schema {LATEST + 1}, and this Marquee knows {LATEST}.* Install that one again"
    ):
        await bring_up(new_url)
    assert await schema(new_url) == before


async def test_an_edited_migration_is_refused(new_url: str, folder: Path) -> None:
    await bring_up(new_url, folder)
    edit_first(folder)
    add(folder, SECOND)
    with pytest.raises(DatabaseError, match=r"Migration 0001 \(initial\) in this database is not the one"):
        await bring_up(new_url, folder)
    assert await fetch(new_url, "SELECT COUNT(*) FROM schema_migrations") == [(LATEST,)]


async def test_a_migration_that_breaks_leaves_nothing(new_url: str, folder: Path) -> None:
    add(folder, SECOND)
    add(folder, BROKEN)
    with pytest.raises(Exception, match="no_such_table"):
        await bring_up(new_url, folder)
    assert "half" not in await tables(new_url)
    assert await fetch(new_url, "SELECT COUNT(*) FROM schema_migrations") == [(LATEST + 1,)]


async def test_a_start_that_is_cancelled_leaves_whole_migrations(new_url: str, folder: Path) -> None:
    add(folder, SECOND)
    opening = asyncio.create_task(bring_up(new_url, folder))
    for _ in range(25):
        await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await bring_up(new_url, folder)
    assert await fetch(new_url, "SELECT COUNT(*) FROM schema_migrations") == [(LATEST + 1,)]


async def test_two_processes_that_start_at_once_migrate_once(new_url: str) -> None:
    script = (
        "import asyncio, sys\n"
        "from bot.domain.errors import DatabaseError\n"
        "from bot.store.database import open_database\n"
        "async def main():\n"
        "    await (await open_database(sys.argv[1])).close()\n"
        "try:\n"
        "    asyncio.run(main())\n"
        "except DatabaseError as error:\n"
        "    sys.exit(str(error))\n"
    )
    command = [sys.executable, "-c", script, new_url]
    starts = [await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE) for _ in range(2)]
    ends = [((await start.communicate())[1].decode(), start.returncode) for start in starts]
    allowed = ["in use by another Marquee"] if new_url.startswith("sqlite") else []
    for complaint, code in ends:
        assert code == 0 or any(words in complaint for words in allowed), complaint
    assert 0 in [code for _, code in ends]
    assert await fetch(new_url, "SELECT COUNT(*) FROM schema_migrations") == [(LATEST,)]


async def test_a_migration_that_strands_a_reference_is_refused(tmp_path: Path, folder: Path) -> None:
    """SQLite looks only when told to: foreign keys are off while tables are rebuilt."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    add(folder, "INSERT INTO film_ids (source, external_id, film_id) VALUES ('imdb', 'tt1', 99);")
    with pytest.raises(DatabaseError, match="1 references lead nowhere"):
        await bring_up(url, folder)
    assert await fetch(url, "SELECT COUNT(*) FROM film_ids") == [(0,)]


@pytest.mark.parametrize("name", ["9999_gap.sql", "2_short.sql", "second.sql"])
def test_a_number_out_of_order_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(SECOND, encoding="utf-8")
    with pytest.raises(ValueError, match=f"is not migration number {LATEST + 1:04}"):
        load_migrations(folder, "sqlite")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_every_migration_gives_its_reason(kind: Engine) -> None:
    for path in MIGRATIONS.glob("*.sql"):
        assert path.read_text(encoding="utf-8").startswith("-- Reason: ")
    for migration in load_migrations(MIGRATIONS, kind):
        assert not [s for s in migration.statements if "{id}" in s or "--" in s]


async def test_both_engines_have_the_same_columns(engine: str, url: str, tmp_path: Path) -> None:
    await bring_up(url)
    await bring_up(f"sqlite:///{tmp_path / 'reference.db'}")
    assert await columns(url) == await columns(f"sqlite:///{tmp_path / 'reference.db'}")


async def columns(url: str) -> set[tuple[object, ...]]:
    """(table, column, may be NULL)."""
    if not url.startswith("sqlite"):
        return set(
            await fetch(
                url,
                "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns "
                "WHERE table_schema = 'public'",
            )
        )
    found: set[tuple[object, ...]] = set()
    for table in await tables(url):
        for _, name, _, not_null, _, key in await fetch(url, f"PRAGMA table_info({table})"):
            found.add((table, name, not not_null and not key))
    return found
