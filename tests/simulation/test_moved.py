"""A store with a year of everything in it, moved to PostgreSQL and back: the same, row for row and type for type."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store.moving import move
from tests.simulation.full import live_fully
from tests.simulation.moved import copy_servers, count_rows, differences
from tests.store.conftest import postgres
from tests.store.engines import PostgresServer
from tests.store.plainly import read_postgres, read_sqlite

__all__ = ["postgres"]


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


async def test_a_year_of_everything_there_and_back(tmp_path: Path, postgres: PostgresServer) -> None:
    file, back, url = tmp_path / "year.db", tmp_path / "back.db", await postgres.emptied()
    await live_fully(file, servers=5, seed=6)
    copy_servers(file, 3)
    assert [table for table, rows in count_rows(file).items() if not rows] == []
    now = datetime.now(UTC)
    await move(f"sqlite:///{file}", url, heard_since=now, show=lambda what, done, of: None)
    await move(url, f"sqlite:///{back}", heard_since=now, show=lambda what, done, of: None)
    assert await read_postgres(url) == read_sqlite(file)
    assert read_sqlite(back) == read_sqlite(file)
    assert differences(file, back) == []
    with closing(sqlite3.connect(back)) as connection:
        states = {row[0] for row in connection.execute("SELECT state FROM messages")}
        assert {"sending", "sent", "dissolved"} <= states
        connection.execute("UPDATE posts SET due_at = due_at || 'x' WHERE id = 3")
        connection.execute("DELETE FROM trivia WHERE position = 0 AND film_id = 2")
        connection.commit()
    assert sorted(each.partition(":")[0] for each in differences(file, back)) == ["posts", "posts", "trivia"]
