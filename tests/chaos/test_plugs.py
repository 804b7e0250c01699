"""Some of the plugs of `make chaos`, pulled once and for a moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.audit import audit
from tests.chaos.counting import Count, count
from tests.chaos.plugs import PLUGS, pull_plug
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess

SERVERS = 30


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose Discord may be killed: what it stored is kept."""
    async with StandinProcess(token=TOKEN, keep=tmp_path / "discord", log=tmp_path / "standin.log") as standin:
        yield Stage(standin, tmp_path)


@pytest.mark.parametrize("name", ["SIGSTOP", "Discord killed"])
async def test_nothing_is_lost_or_doubled(stage: Stage, name: str) -> None:
    seeding = await pull_plug(stage, replace(PLUGS[name], times=1, seconds=0.5), SERVERS, seed=1)
    found = await count(stage, seeding.seats)
    posts = sum(len(seat.titles) for seat in seeding.seats)
    assert found == Count(posts=posts, messages=SERVERS)
    await audit(stage, seeding.seats)
