"""One SQLite file: who may open it, and what is said when it cannot be used."""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import DatabaseError
from bot.store import films, sqlite
from bot.store.database import Database, open_database
from bot.store.migrations import MIGRATIONS, load_migrations
from bot.store.sqlite import SqliteDatabase
from tests.store.samples import NOW, store_film, store_guild

HOLD_OPEN = """
import asyncio, sys
from bot.store import films
from bot.store.database import open_database

async def main():
    database = await open_database(sys.argv[1])
    async with database.transaction() as tx:
        await films.set_meta(tx, "committed", "yes")
    async with database.transaction() as tx:
        await films.set_meta(tx, "committed", "no")
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "marquee.db"


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Database]:
    database = await open_database(f"sqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """A connection that is open keeps its thread, and with it the interpreter, alive."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)
        assert not thread.is_alive(), thread


@contextmanager
def without_rights() -> Iterator[Path]:
    """A folder that this process may enter and not write to, also where the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-readonly-"))
    root = os.geteuid() == 0
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def drop_rights(folder: Path, but: str = "") -> None:
    for file in folder.iterdir():
        file.chmod(0o666 if file.name == but else 0o444)
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)


async def refusal(url: str, **options: Path) -> str:
    with pytest.raises(DatabaseError) as refused:
        await open_database(url, **options)
    return str(refused.value)


async def test_the_settings_that_safety_rests_on(opened: SqliteDatabase) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    for name, value in wanted.items():
        rows = list(await opened._writer.execute_fetchall(f"PRAGMA {name}"))
        assert list(dict(rows[0]).values()) == [value], name


async def test_a_relative_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await (await open_database("sqlite:///here.db")).close()
    assert "here.db" in os.listdir(tmp_path)


async def test_a_second_opening_is_refused_until_the_first_is_closed(path: Path) -> None:
    first = await open_database(f"sqlite:///{path}")
    assert await refusal(f"sqlite:///{path}") == (
        f"{path} is in use by another Marquee. Stop that one first, or give this one a file of its own."
    )
    await store_guild(first)
    await first.close()
    await (await open_database(f"sqlite:///{path}")).close()


async def test_a_killed_process_lets_go_and_loses_only_what_it_had_not_committed(path: Path) -> None:
    url = f"sqlite:///{path}"
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD_OPEN, url, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    assert "in use by another Marquee" in await refusal(url)
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    database = await open_database(url)
    async with database.reading() as tx:
        assert await films.find_meta(tx, "committed") == "yes"
    await database.close()


async def test_a_transaction_inside_a_transaction_is_refused(opened: Database) -> None:
    async with opened.transaction() as tx:
        with pytest.raises(RuntimeError, match="would wait for itself"):
            await store_guild(opened)
        await films.set_meta(tx, "a", "there")
    async with opened.reading() as tx:
        assert await films.find_meta(tx, "a") == "there"


async def test_another_program_that_will_not_let_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    database = await open_database(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="is in use by another program"):
        await store_guild(database)
    other.execute("ROLLBACK")
    other.close()
    assert (await store_guild(database)).id
    await database.close()


async def test_a_transaction_keeps_other_programs_from_writing_between_its_steps(opened: Database, path: Path) -> None:
    """Begun without IMMEDIATE it would read first, and fail at its first write."""
    async with opened.transaction() as tx:
        await films.find_meta(tx, "a")
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            other.execute("INSERT INTO meta (name, value) VALUES ('a', 'theirs')")
        other.close()
        await films.set_meta(tx, "a", "ours")


async def test_the_folder_does_not_exist(tmp_path: Path) -> None:
    said = await refusal(f"sqlite:///{tmp_path / 'nowhere' / 'marquee.db'}")
    assert said == f"The folder {tmp_path / 'nowhere'} does not exist. Make it, or give another address."
    assert os.listdir(tmp_path) == []


async def test_the_address_is_a_folder(tmp_path: Path) -> None:
    said = await refusal(f"sqlite:///{tmp_path}")
    assert said.startswith(f"{tmp_path} is a folder. Give the address of a file in it")


async def test_the_file_is_something_else(path: Path) -> None:
    text = "Dear diary, today I went to the cinema.\n" * 100
    with path.open("w") as file:
        file.write(text)
    assert "is not a database. Move it away" in await refusal(f"sqlite:///{path}")
    with path.open() as file:
        assert file.read() == text


async def test_the_file_is_damaged(path: Path) -> None:
    await (await open_database(f"sqlite:///{path}")).close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    assert "is damaged" in await refusal(f"sqlite:///{path}")


async def test_a_file_and_folder_that_may_only_be_read() -> None:
    with without_rights() as folder:
        path = folder / "marquee.db"
        await (await open_database(f"sqlite:///{path}")).close()
        content = path.read_bytes()
        drop_rights(folder)
        said = await refusal(f"sqlite:///{path}")
        assert "marquee.db.lock cannot be written (Permission denied)" in said
        assert path.read_bytes() == content


async def test_a_file_that_may_only_be_read() -> None:
    with without_rights() as folder:
        path = folder / "marquee.db"
        await (await open_database(f"sqlite:///{path}")).close()
        drop_rights(folder, but="marquee.db.lock")
        assert "Make the file and its folder" in await refusal(f"sqlite:///{path}")


async def test_a_disk_that_fills_up_during_a_migration(path: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    number = len(load_migrations(folder, "sqlite"))
    (folder / f"{number + 1:04}_big.sql").write_text(
        "PRAGMA max_page_count = 150;\n"
        "CREATE TABLE big (text TEXT);\n"
        "INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)\n"
        "SELECT hex(zeroblob(1000)) FROM n;\n"
    )
    said = await refusal(f"sqlite:///{path}", migrations=folder)
    assert said == f"The disk is full: nothing more can be saved in {path}. Free some space."
    database = await open_database(f"sqlite:///{path}")
    await database.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'big'").fetchall() == []
    assert connection.execute("SELECT number FROM schema_migrations").fetchall() == [(n,) for n in range(1, number + 1)]
    connection.close()


async def test_a_disk_that_fills_up_while_running(opened: SqliteDatabase) -> None:
    guild = await store_guild(opened)
    rows = list(await opened._writer.execute_fetchall("PRAGMA page_count"))
    await opened._writer.execute_fetchall(f"PRAGMA max_page_count = {dict(rows[0])['page_count'] + 2}")

    async def write_too_much() -> None:
        async with opened.transaction() as tx:
            await films.set_meta(tx, "small", "there")
            await films.set_meta(tx, "big", "x" * 100_000)

    with pytest.raises(DatabaseError, match="The disk is full: nothing more can be saved"):
        await write_too_much()
    async with opened.reading() as tx:
        assert await films.find_meta(tx, "small") is None
    await opened._writer.execute_fetchall("PRAGMA max_page_count = 150000")
    assert (await store_guild(opened)).id == guild.id
    await store_film(opened)


async def test_a_defect_keeps_its_own_error(opened: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        async with opened.transaction() as tx:
            await tx.one(
                "add_subscription",
                subscriber_id=1, film_id=1, tracked_at=NOW.timestamp(), tracked_by=1, channel_id=1, country=None,
            )  # fmt: skip
