"""Planning costs what is owed, not what is stored: the same posts among ten times the subscriptions, and nothing owed.

What commands feel of it is measured beside: how late the event loop is.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from bot.app import App, open_app
from bot.services.planning import Planning
from bot.settings import load_settings
from tests.benchmarks.crowd import BEFORE_NINE, Servers, far_films, owed_films, stock
from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.lag import Lag
from tests.store.raw import fetch

#: A server that is awake follows two films with a post due at nine each; one that sleeps ten others.
OWED_EACH, ASLEEP_EACH = 2, 10
_FILMS, _FAR_FILMS = 500, 1_500
_LITTLE = 1_000
_TICKS = 40
_SECOND = timedelta(seconds=1)


class Still:
    """A clock that stands just before nine: whoever is awake is awake because of what is due then."""

    def now(self) -> datetime:
        return BEFORE_NINE


async def measure(scale: Scale) -> Sequence[Figure]:
    """Fill a large and a small store, plan the same in both in turns, then let the large one and a tiny one idle."""
    owed = 100_000 if scale.full else 10_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        await _stock(folder, owed, scale.runs)
        async with app_on(folder / "large.db") as large:
            async with app_on(folder / "small.db") as small:
                planned = await _planned(small, large, owed, scale.runs)
            async with app_on(folder / "tiny.db") as tiny:
                idle = await _idle(tiny, large, owed, scale.runs)
    return [*planned, idle]


@asynccontextmanager
async def app_on(path: Path) -> AsyncIterator[App]:
    """Marquee as it is wired, on a store, and not connected to Discord."""
    settings = load_settings({"DATABASE_URL": f"sqlite:///{path}", "WIKIDATA": "off"}, None, need_token=False)
    async with open_app(settings, Still()) as app:
        yield app


async def _stock(folder: Path, owed: int, runs: int) -> None:
    """As many posts owed in both, to the same number of servers, a group of them for each run."""
    films = [*owed_films(1, _FILMS), *far_films(_FILMS + 1, _FAR_FILMS)]
    far = (_FILMS + 1, _FILMS + _FAR_FILMS)
    group = owed // OWED_EACH // runs
    awake = [
        Servers(group, OWED_EACH, (1, _FILMS), int(_instant(run).timestamp()), "America/New_York")
        for run in range(runs)
    ]
    others = Servers(9 * owed // ASLEEP_EACH // runs, ASLEEP_EACH, far)
    await stock(folder / "small.db", films, awake)
    await stock(folder / "large.db", films, [each for group in awake for each in (others, group)])
    await stock(folder / "tiny.db", films, [Servers(_LITTLE // ASLEEP_EACH, ASLEEP_EACH, far)])


def _instant(run: int) -> datetime:
    """When the servers of a run wake: within the look-ahead of nine."""
    return BEFORE_NINE + run * _SECOND


async def _planned(small: App, large: App, owed: int, runs: int) -> list[Figure]:
    seconds: dict[str, list[float]] = {"small": [], "large": []}
    lags: list[float] = []
    for run in range(runs):
        for name, app in (("small", small), ("large", large))[:: 1 if run % 2 else -1]:
            gc.collect()
            began = perf_counter()
            async with Lag() as lag:
                planned = await Planning(app.db).run(_instant(run))
            seconds[name].append(perf_counter() - began)
            assert planned == owed // OWED_EACH // runs, (planned, owed, runs)
            if app is large:
                lags.append(lag.p99())
    for app in (small, large):
        [posts] = await fetch(app.db, "SELECT COUNT(*) AS n FROM posts WHERE state = 'planned'")
        assert posts["n"] == planned * OWED_EACH * runs, posts["n"]
    each = 1000 * sum(seconds["large"]) / (owed // OWED_EACH)
    note = f"{owed:,} posts of {owed // OWED_EACH:,} servers among {10 * owed:,}; {each:.2f} ms a server"
    return [
        Figure(
            f"Planning {owed // runs:,} owed posts", f"the same among {owed:,} subscriptions", "s",
            tuple(seconds["large"]), tuple(seconds["small"]), 1.2, "low", note,
        ),
        Figure("Event-loop lag while planning, p99", "", "ms", tuple(lags), (), 20, "low"),
    ]  # fmt: skip


async def _idle(tiny: App, large: App, owed: int, runs: int) -> Figure:
    """Everything that the jobs do in a second when nothing is owed."""
    ours: list[float] = []
    baseline: list[float] = []
    now = _instant(runs)
    for app in (tiny, large):
        await _tick(app, now)
    for run in range(runs):
        ticks: tuple[list[float], list[float]] = ([], [])
        # In no regular order: on a busy machine the system's time slices fall into step with one that is.
        for which in Random(run).sample((0, 1), 2 * _TICKS, counts=(_TICKS, _TICKS)):
            began = perf_counter()
            await _tick((tiny, large)[which], now)
            ticks[which].append(1000 * (perf_counter() - began))
        baseline.append(median(ticks[0]))
        ours.append(median(ticks[1]))
    stored = f"{_LITTLE:,} subscriptions"
    return Figure(
        f"An idle tick, {10 * owed:,} subscriptions", stored, "ms", tuple(ours), tuple(baseline), 1.5, "low",
        "plan, skip, claim and every chore",
    )  # fmt: skip


async def _tick(app: App, now: datetime) -> None:
    planned, started = await app.planning.run(now), await app.dispatch.run(now)
    assert (planned, started) == (0, 0)


if __name__ == "__main__":
    sys.exit(main(measure))
