"""A million owed posts: as rows of the outbox, and as a job of APScheduler each, the usual way of a bot that reminds.

Jobs are added to a scheduler that runs, a second apart; a hundred thousand of them, the rest in proportion. Each is
measured in a process of its own: memory that one has had, the other would find free.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]

from bot.domain.dates import ReleaseDate
from bot.domain.films import ReleaseType
from bot.domain.posts import Post, PostKind
from bot.store.database import open_database
from bot.store.posts import arm_posts
from tests.benchmarks.crowd import CHANNEL, Servers, far_films, stock
from tests.benchmarks.figures import Figure, Scale, main
from tests.store.raw import fetch

_START = datetime(2027, 1, 1, 9, tzinfo=UTC)
_DAY = ReleaseDate.parse("2027-06-25")
OUTBOX, SCHEDULER = "outbox", "scheduler"
_SERVERS = 1_000
#: Rows of one transaction.
_AT_ONCE = 2_000


async def measure(scale: Scale) -> Sequence[Figure]:
    """Add both in turns; seconds and megabytes of a million."""
    ours, jobs = (1_000_000, 100_000) if scale.full else (50_000, 10_000)
    seconds: tuple[list[float], list[float]] = ([], [])
    megabytes: tuple[list[float], list[float]] = ([], [])
    for run in range(scale.runs):
        for which, count in ((0, ours), (1, jobs))[:: 1 if run % 2 else -1]:
            took, more = await _apart((OUTBOX, SCHEDULER)[which], count)
            seconds[which].append(took * 1_000_000 / count)
            # Rows are on the disk: what a process needs to write them does not grow with their number.
            megabytes[which].append(more * 1_000_000 / count if which else max(more, 0.1))
    against = f"APScheduler, {jobs:,} and projected"
    note = "" if ours == 1_000_000 else f"{ours:,} and projected"
    return [
        Figure("A million owed posts added", against, "s", tuple(seconds[0]), tuple(seconds[1]), 1 / 20, "low", note),
        Figure(
            "The memory that they take", against, "MB", tuple(megabytes[0]), tuple(megabytes[1]), 1 / 20, "low",
        ),
    ]  # fmt: skip


async def _apart(form: str, count: int) -> tuple[float, float]:
    """Seconds, and megabytes at the highest beyond those before, of one form in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.jobs", form, str(count), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{form} ended with {process.returncode}")
    found = json.loads(told)
    return found["seconds"], found["megabytes"]


async def add_posts(count: int) -> tuple[float, float]:
    """Owe so many posts in a new store; seconds and megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        await stock(path, far_films(1, 10), [Servers(_SERVERS, 1, (1, 10))])
        db = await open_database(f"sqlite:///{path}")
        before, began = _highest_megabytes(), perf_counter()
        for first in range(0, count, _AT_ONCE):
            async with db.transaction() as tx:
                await arm_posts(tx, _posts(first, min(first + _AT_ONCE, count)))
        seconds, megabytes = perf_counter() - began, _highest_megabytes() - before
        [row] = await fetch(db, "SELECT COUNT(*) AS n FROM posts WHERE state = 'planned'")
        await db.close()
    if row["n"] != count:
        raise RuntimeError(f"{row['n']} of {count} posts are there")
    return seconds, megabytes


async def add_jobs(count: int) -> tuple[float, float]:
    """Add so many jobs to a scheduler that runs; seconds and megabytes."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.start()
    await asyncio.sleep(0)
    before, began = _highest_megabytes(), perf_counter()
    for number in range(count):
        post = next(_posts(number, number + 1))
        scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - APScheduler has no types
            _send, "date", run_date=post.due_at, args=[post.channel_id, post.film_id], id=post.dedup_key,
        )  # fmt: skip
    await asyncio.sleep(0)
    seconds, megabytes = perf_counter() - began, _highest_megabytes() - before
    there = len(scheduler.get_jobs())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    scheduler.shutdown(wait=False)
    if there != count:
        raise RuntimeError(f"{there} of {count} jobs are there")
    return seconds, megabytes


async def _send(_channel_id: int, _film_id: int) -> None:
    """What a job would do."""


def _posts(first: int, last: int) -> Iterator[Post]:
    """Countdowns of one server after another, a second apart."""
    for number in range(first, last):
        server = number % _SERVERS + 1
        due_at = _START + timedelta(seconds=number)
        yield Post(
            server, PostKind.COUNTDOWN, f"{server}:{number}:countdown:7:theatrical:{_DAY}", due_at,
            due_at + timedelta(hours=15), film_id=number % 10 + 1, milestone_days=7, country="US",
            type=ReleaseType.THEATRICAL, date=_DAY, channel_id=CHANNEL + server,
        )  # fmt: skip


def _highest_megabytes() -> float:
    """The most that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def _add(form: str, count: int) -> None:
    adding = add_posts(count) if form == OUTBOX else add_jobs(count)
    seconds, megabytes = asyncio.run(adding)
    sys.stdout.write(json.dumps({"seconds": seconds, "megabytes": megabytes}))


if __name__ == "__main__":
    if sys.argv[1:2] in ([OUTBOX], [SCHEDULER]):
        _add(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main(measure))
