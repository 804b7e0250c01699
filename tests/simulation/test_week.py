"""The crowd's week in short: everybody is told once, in time and in turn, and a broken copy is noticed."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.messages import Attempt, Message, MessageState, Settlement
from bot.domain.posts import PostKind, PostState
from bot.services import settling
from bot.services.dispatch import Dispatch
from bot.services.limits import Portion
from tests.simulation import week
from tests.simulation.crowd import START
from tests.simulation.virtual import run_virtually
from tests.simulation.week import DAY, Wanted, live_through
from tests.simulation.week_books import Books
from tests.simulation.week_plot import draw

#: From the change of a date to the release day, through an outage and two kills; the pace of so few is slow.
SHORT = Wanted(servers=120, films=40, per_second=0.1, start=START + 5 * DAY)
LAST_DAYS = Wanted(servers=150, films=40, per_second=0.1, start=START + 8 * DAY)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


def _live(folder: Path, wanted: Wanted) -> Books:
    return run_virtually(live_through(folder, wanted))


def test_everybody_is_told_once_and_release_days_first(tmp_path: Path) -> None:
    books = _live(tmp_path, SHORT)
    assert books.wrong == []
    assert min(len(late) for late in books.lateness.values()) > 10
    assert min(books.counted[what] for what in ("killed", "refused")) > 0, books.counted
    assert max(sum(minute.queues) for minute in books.minutes) > 3
    assert sum(books.minutes[-1].queues) == 0
    assert sum(sum(minute.arrived) for minute in books.minutes) == books.counted["posts sent"]
    whole, hours = draw(books.as_json(), day=4)
    assert whole.count("<path") > 20
    assert [whole.count(what) for what in ("outage", "killed", "a date moves")] == [2, 4, 2]
    assert "Friday, 8 May" in hours


def test_virtual_time_passes_by_its_timers_alone() -> None:
    async def sleep() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        before = loop.time()
        results = await asyncio.gather(*(asyncio.sleep(days * 86_400) for days in (1, 2, 3)), return_exceptions=True)
        assert results == [None] * 3
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await loop.create_future()
        read = await asyncio.to_thread(lambda: 5.0)
        return loop.time() - before, read

    elapsed, read = run_virtually(sleep())
    assert elapsed == pytest.approx(3 * 86_400 + 3600, abs=0.01)
    assert read == 5.0


def _no_order(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PostKind, "priority", property(lambda self: 0))


def _taken_for_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settling, "settle", lambda *_, **__: Settlement(MessageState.SENT, PostState.SENT))


def _sent_again(patch: pytest.MonkeyPatch) -> None:
    def first_is_forgotten(message: Message, attempt: Attempt, now: datetime, **_: bool) -> Settlement:
        if message.attempt == 1:
            return Settlement(MessageState.DISSOLVED, PostState.PLANNED, now + timedelta(minutes=5))
        return Settlement(MessageState.SENT, PostState.SENT)

    patch.setattr(settling, "settle", first_is_forgotten)


def _too_early(patch: pytest.MonkeyPatch) -> None:
    run = Dispatch.run

    async def early(self: Dispatch, now: datetime) -> int:
        return await run(self, now + timedelta(minutes=6))

    patch.setattr(Dispatch, "run", early)


@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        (_no_order, "went before"),
        (_taken_for_sent, "lost: "),
        (_sent_again, "a second time: "),
        (_too_early, "early: "),
    ],
)
def test_a_broken_copy_is_noticed(
    mutant: Callable[[pytest.MonkeyPatch], None], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    assert any(found in each for each in _live(tmp_path, LAST_DAYS).wrong)


def test_too_many_requests_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week, "divide", lambda processes, leads: Portion(1000, 1000))
    wanted = Wanted(servers=120, films=40, per_second=1000, spread="one zone", start=START + 9 * DAY, faults=False)
    assert any("more than 50" in each for each in _live(tmp_path, wanted).wrong)
