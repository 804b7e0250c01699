"""A loopback TMDB for a test, with a few films, asked as in production."""

from collections.abc import AsyncIterator

import pytest

from tests.loopback.tmdb import LoopbackTmdb, serve
from tests.sources.asking import Asking, FixedClock, asking, fill


@pytest.fixture
async def tmdb() -> AsyncIterator[LoopbackTmdb]:
    loopback = LoopbackTmdb()
    loopback.world._now = FixedClock().now
    fill(loopback)
    async with serve(loopback):
        yield loopback


@pytest.fixture
async def ask(tmdb: LoopbackTmdb) -> AsyncIterator[Asking]:
    async with asking(tmdb) as ready:
        yield ready
