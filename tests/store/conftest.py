"""Both databases, real, for the contract that they share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.database import Database, open_database
from tests.store.engines import EmptyFile, PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> EmptyFile:
    return EmptyFile(tmp_path_factory.mktemp("empty") / "marquee.db")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the schema at most, and no row."""
    if engine == "sqlite":
        return await request.getfixturevalue("empty_file").copied(tmp_path / "marquee.db")
    return await request.getfixturevalue("postgres").emptied()


@pytest.fixture
async def new_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it at all."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return await request.getfixturevalue("postgres").new()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
async def rival(database: Database, url: str) -> AsyncIterator[Database]:
    """Another process on the same database; SQLite has only one process, so there it is another task."""
    if database.engine == "sqlite":
        yield database
        return
    opened = await open_database(url)
    yield opened
    await opened.close()
