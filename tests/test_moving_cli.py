"""`marquee db move`, as the person at the keyboard meets it."""

import asyncio
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from bot import moving
from bot.cli import main
from bot.settings import load_settings
from bot.store.database import open_database
from tests.store.engines import PostgresServer
from tests.store.plainly import fill_sqlite, read_postgres, read_sqlite


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///marquee.db")

    async def make() -> None:
        await (await open_database("sqlite:///marquee.db")).close()

    asyncio.run(make())
    fill_sqlite(tmp_path / "marquee.db", Random(5), rows=3, numbers=(1, 2, 3))
    return tmp_path / "marquee.db"


def test_there_and_back(
    path: Path, postgres: PostgresServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (path.parent / "titles.sqlite").touch()
    url = asyncio.run(postgres.emptied()).replace("postgres:@", "postgres:secret@")
    assert main(["db", "move", url]) == 0
    said = capsys.readouterr().out
    rows = read_sqlite(path)
    assert re.search(rf"^films +{len(rows['films'])} +\d+\.\d  yes$", said, re.MULTILINE)
    total = sum(map(len, rows.values()))
    assert f"{total} rows of {len(rows)} tables were moved, read back and found the same" in said
    assert "Next: put DATABASE_URL=postgresql://postgres:…@" in said
    assert "(with its password) into .env, and start Marquee." in said
    assert "sqlite:///marquee.db is as it was. Keep it until" in said
    assert "secret" not in said
    assert "MARQUEE_TITLES" not in said  # the bot looks for the list in this folder still
    assert asyncio.run(read_postgres(url)) == rows

    monkeypatch.setenv("DATABASE_URL", url)
    (path.parent / "new").mkdir()
    assert main(["db", "move", "sqlite:///new/back.db"]) == 0
    said = capsys.readouterr().out
    assert "put DATABASE_URL=sqlite:///new/back.db into .env" in said
    assert f"put MARQUEE_TITLES={path.parent}/titles.sqlite there, too." in said
    assert "secret" not in said
    assert read_sqlite(path.parent / "new" / "back.db") == rows


def test_what_cannot_be_moved_is_told_in_one_sentence(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
        connection.commit()
    assert main(["db", "move", "sqlite:///new.db"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("marquee: The table notes is not one of Marquee's")
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert main(["db", "move", "sqlite:///marquee.db"]) == 2
    assert "in that database already" in capsys.readouterr().err


def test_ctrl_c(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: object, what: str, done: int, of: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(moving._Progress, "show", interrupt)
    assert main(["db", "move", "sqlite:///new.db"]) == 2
    assert capsys.readouterr().err == "marquee: Stopped. Nothing was moved: the bot is where it was.\n"
    assert not any(read_sqlite(path.with_name("new.db")).values())


@pytest.mark.parametrize("terminal", [True, False])
def test_how_far_it_is(terminal: bool, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(0, 100_000, 11))
    monkeypatch.setattr(moving, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: terminal)
    list(moving.move_database(load_settings({}, None, need_token=False), "sqlite:///new.db", out))
    assert re.search(r"\d+% posts: comparing", out.getvalue())
    lines = out.getvalue().splitlines()
    assert out.getvalue().endswith("\r\x1b[K") if terminal else len(lines) > 5
    shares = [int(share) for share in re.findall(r"(\d+)%", out.getvalue())]
    assert shares == sorted(shares)
    assert shares[-1] > 90
