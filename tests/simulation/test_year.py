"""The simulated year in short: two months of a small world, told exactly once, and refreshed within its bounds."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import gate
from tests.simulation import told
from tests.simulation.figures import share_of
from tests.simulation.told import ToldYear, differences
from tests.simulation.year import MINUTE, Wanted, live

WORLD = {"films": 30, "servers": 4, "days": 60}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


async def test_every_change_is_told_exactly_once(tmp_path: Path) -> None:
    year = await told.live_through(tmp_path, **WORLD, seed=5)
    wrong, counted = differences(year)
    assert wrong == []
    assert min(counted[what] for what in ("date_change", "countdown", "release")) > 0, counted
    assert min(year.played[what] for what in ("killed", "lost", "doubts told of", "trusted")) > 0, year.played


async def test_a_gate_that_holds_nothing_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "SETTLES", timedelta())
    year: ToldYear = await told.live_through(tmp_path, films=20, servers=2, days=30, seed=5)
    assert any("was told" in each for each in differences(year)[0])


async def test_changes_are_known_within_hours(tmp_path: Path) -> None:
    figures = await live(Wanted(100, 8, 1, True, 15 * MINUTE, tmp_path))
    assert len(figures.ages["all"]) > 20
    assert share_of(figures.ages["all"], 0.5) < 1.5
    assert share_of(figures.ages["all"], 0.95) < 7
