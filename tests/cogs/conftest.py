"""A house for each test: a copy of a database that holds the bundled catalogue, loaded once a session."""

import asyncio
import logging
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.app import open_app
from bot.domain.errors import UserError
from tests.cogs.house import Clock, House, errors_in, open_house, settings_for
from tests.cogs.people import Server
from tests.cogs.times import START


def pytest_configure(config: pytest.Config) -> None:
    """Know the markers of this folder."""
    config.addinivalue_line("markers", "starts(instant): when the house's clock begins")
    config.addinivalue_line("markers", "breaks: something is broken on purpose, so errors are logged")


@pytest.fixture(scope="session")
def catalogue_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the bundled catalogue and nothing else. Copy it."""
    database = tmp_path_factory.mktemp("catalogue") / "marquee.db"

    async def load() -> None:
        async with open_app(settings_for(database), Clock(START)):
            pass

    asyncio.run(load())
    return database


@pytest.fixture
async def house(
    catalogue_database: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> AsyncGenerator[House]:
    """Marquee in a simulated Discord, where no test leaves an unexpected error behind.

    `@pytest.mark.starts(datetime)` has it begin at another instant; `@pytest.mark.breaks` expects errors in the log.
    """
    database = tmp_path / "marquee.db"
    shutil.copy(catalogue_database, database)
    starts, breaks = (request.node.get_closest_marker(name) for name in ("starts", "breaks"))
    with caplog.at_level(logging.WARNING):
        async with open_house(database, starts.args[0] if starts else START) as house:
            yield house
            # A refusal in a form passes through simcord's record of errors.
            captured = [error for error in house.env.errors if not isinstance(error, UserError)]
    if breaks is None:
        assert captured == []
        assert errors_in(caplog.get_records("call")) == []


@pytest.fixture
def server(house: House) -> Server:
    """The house's server."""
    return house.server
