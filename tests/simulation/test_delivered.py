"""A few servers' year, delivered: every message is accounted for, and a broken copy is noticed."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain import messages, plan, subscribers
from bot.services import dispatch, planning
from bot.store import posts
from tests.simulation.delivered import live_through


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


async def test_every_message_of_a_year_is_accounted_for(tmp_path: Path) -> None:
    wrong, counted, played = await live_through(tmp_path, servers=12, seed=4)
    assert wrong == []
    assert min(counted[what] for what in ("countdown", "release", "date_change", "resume messages", "kept back")) > 0
    assert min(played[what] for what in ("killed", "lost", "arrived in silence", "429")) > 0
