"""The stage on which the tests run, and kill, `marquee run`."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage; no log has the token, and all that was said fits Discord's own description, if that is at hand."""
    async with StandinProcess(token=TOKEN) as standin:
        stage = Stage(standin, tmp_path)
        yield stage
        assert await standin.list_violations() == []
        answered, checked = (await standin.get_status()).finished, await standin.count_checked()
        assert checked >= (1 if answered and os.environ.get("MARQUEE_DISCORD_OPENAPI") else 0)
    assert TOKEN not in stage.logs
