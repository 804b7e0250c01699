"""The stand-in for Marquee in a world, without a browser."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from bot.sandbox.clock import VirtualClock
from bot.sandbox.session import begins_at
from bot.sandbox.time_travel import TimeTravel, Travel
from bot.sandbox.world import World, open_world
from tests.sandbox.cinema import Cinema, open_cinema


@asynccontextmanager
async def open_theatre(folder: Path, at: date | None = None) -> AsyncGenerator[tuple[Cinema, World]]:
    """A cinema in its world, with `/time-travel`."""
    start = begins_at(at)
    clock = VirtualClock(start)
    async with (
        open_cinema(folder / "x.db", clock) as cinema,
        open_world(cinema.client, begins_at=start, permissions=cinema.permissions, clock=clock) as world,
    ):
        travel = Travel(world, cinema, lambda _: world.forget_records(), lambda: False)
        await cinema.client.add_cog(TimeTravel(travel))
        await cinema.client.tree.sync()
        yield cinema, world


@pytest.fixture
async def theatre(tmp_path: Path) -> AsyncGenerator[tuple[Cinema, World]]:
    async with open_theatre(tmp_path) as opened:
        yield opened
