"""What keeps Marquee from starting is said in one sentence, with exit code 2, and nothing is half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos.seeding import WEEK, Seeding
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess

NOBODY = "127.0.0.1:9"


@pytest.fixture
def alone(tmp_path: Path) -> Stage:
    """A stage without Discord: nothing listens where it should be."""
    standin = StandinProcess(token=TOKEN)
    standin.api, standin.gateway = f"http://{NOBODY}/api/v10", f"ws://{NOBODY}"
    return Stage(standin, tmp_path)


def sentence(code: int, said: str) -> str:
    """The one sentence, after the log's lines if it got that far."""
    assert code == 2, said
    assert "Traceback" not in said
    *logged, last = said.splitlines()
    assert last.startswith("marquee: ")
    assert last.endswith(".")
    assert [line for line in logged if not line[:4].isdigit() or " ERROR " in line] == []
    return last.removeprefix("marquee: ")


async def test_wrong_token(stage: Stage) -> None:
    other = TOKEN[:-1] + "Z"
    said = sentence(*await stage.run_to_end(DISCORD_TOKEN=other))
    assert "Discord refuses the token" in said
    assert other not in stage.logs
    assert [(r.path, r.status) for r in await stage.standin.list_requests()] == [("/users/@me", 401)]


async def test_discord_cannot_be_reached(alone: Stage) -> None:
    assert "Discord cannot be reached" in sentence(*await alone.run_to_end())


async def test_gateway_cannot_be_reached(stage: Stage) -> None:
    said = sentence(*await stage.run_to_end(DISCORD_GATEWAY_URL=f"ws://{NOBODY}"))
    assert "Discord" in said


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        columns = "number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL"
        connection.execute(f"CREATE TABLE schema_migrations ({columns})")
        rows = [(number, f"of the future {number}", "") for number in range(1, 1000)]
        connection.executemany("INSERT INTO schema_migrations VALUES (?, ?, ?)", rows)


def no_database(path: Path) -> None:
    path.write_text("Dear diary, today I learnt what a database is not.\n" * 200)


@pytest.mark.parametrize(
    ("prepare", "said"), [(newer, "newer Marquee"), (no_database, "is not a database")], ids=["newer", "a diary"]
)
async def test_database_of_another_kind(alone: Stage, prepare: Callable[[Path], None], said: str) -> None:
    prepare(alone.database)
    before = alone.database.read_bytes()
    assert said in sentence(*await alone.run_to_end())
    assert alone.database.read_bytes() == before


async def test_settings_that_cannot_be(alone: Stage) -> None:
    assert "DISCORD_TOKEN is not set" in sentence(*await alone.run_to_end(DISCORD_TOKEN=""))
    absent = alone.folder / "absent"
    assert f"The folder {absent} does not exist" in sentence(
        *await alone.run_to_end(DATABASE_URL=f"sqlite:///{absent / 'marquee.db'}")
    )
    assert not absent.exists()


async def test_corrupt_catalogue_leaves_the_database_as_it_was(stage: Stage) -> None:
    seeding = Seeding(stage)
    await seeding.add((WEEK,))
    before = dump(stage.database)
    film = next((stage.folder / "catalogue" / "films").glob("seven*.toml"))
    film.write_text(
        film.read_text(encoding="utf-8").replace('type = "theatrical"', 'type = "theatri'), encoding="utf-8"
    )
    said = sentence(*await stage.run_to_end())
    assert f"The catalogue file {film.name} is not valid TOML" in said
    assert dump(stage.database) == before
    assert await stage.standin.list_requests() == []


def dump(path: Path) -> list[str]:
    """A database as text."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())
