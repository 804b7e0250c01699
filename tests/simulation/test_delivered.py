"""A few servers' year, delivered: every message is accounted for, and a broken copy is noticed."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.posts import Post
from bot.domain.quiet import QuietHours
from bot.store import posts as post_store
from bot.store.database import Transaction
from tests.simulation.delivered import live_through


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


async def test_every_message_of_a_year_is_accounted_for(tmp_path: Path) -> None:
    wrong, counted, played = await live_through(tmp_path, servers=8, seed=6)
    assert wrong == []
    assert min(counted[what] for what in ("countdown", "release", "date_change", "resume messages", "kept back")) > 0
    assert min(played[what] for what in ("killed", "lost", "arrived in silence", "429")) > 0


def _noise_at_night(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuietHours, "cover", lambda self, at: False)
    patch.setattr(QuietHours, "end_after", lambda self, instant, zone: None)


def _a_pause_that_tells_nothing(patch: pytest.MonkeyPatch) -> None:
    async def nothing(tx: Transaction, resume: Post) -> list[Post]:
        return []

    patch.setattr(post_store, "list_kept_back", nothing)


@pytest.mark.parametrize("mutant", [_noise_at_night, _a_pause_that_tells_nothing])
async def test_a_broken_copy_is_noticed(
    mutant: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    assert (await live_through(tmp_path, servers=8, seed=6))[0]
