"""A year of refreshing in virtual time: `python -m tests.simulation.year --films 50000 --days 365 --seed 1`.

Real: Refresh, take_in with merge and gate, the store on an SQLite file. Made up: the films, the two sources, the clock.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.films import Film
from bot.domain.subscribers import MAX_FILMS, Subscriber, SubscriberKind
from bot.services.refresh import A_RUN, Refresh
from bot.services.taking import take_in
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.simulation.figures import GROUPS, Figures, summary
from tests.simulation.inline import open_inline
from tests.simulation.sources import make_sources
from tests.simulation.world import DAY, World

START = datetime(2025, 1, 1, tzinfo=UTC)
#: Everything is tracked at once: how long until requests are as they will be.
SETTLING = 21 * DAY
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is simulated."""

    films: int
    days: int
    seed: int
    feed: bool
    step: timedelta
    folder: Path


class Clock:
    """A virtual one."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


async def live(wanted: Wanted) -> Figures:
    """Track all films at once, and have the job run until the end."""
    world, clock = World(wanted.seed, START, wanted.days), Clock()
    stories = {story.number: story for story in world.stories(wanted.films)}
    figures = Figures(stories, START + min(SETTLING, wanted.days * DAY / 4))
    sources = make_sources(stories, clock.now, feed=wanted.feed)
    sources[0].heard = figures.heard
    figures.answers = {source.name: source.requests for source in sources}
    async with open_inline(wanted.folder / "year.db") as db:
        await _track_all(db, sorted(stories))
        refresh = Refresh(db, sources, random.Random(wanted.seed).random)
        while clock.time < START + wanted.days * DAY:
            before = clock.time
            asked = A_RUN
            while asked >= A_RUN:  # the job runs every minute: what one run leaves is the next one's
                counted = {source.name: _sent(source.requests) for source in sources}
                asked = await refresh.run(clock.time)
                for source in sources:
                    figures.asked(source.name, _sent(source.requests) - counted[source.name], clock.time)
                clock.time += MINUTE
            clock.time = max(clock.time, before + wanted.step)
            if before < figures.since <= clock.time:
                figures.settled_seconds = time.process_time()
            figures.days = (clock.time - START) / DAY
            if before.date() != clock.time.date() and clock.time.day in (1, 11, 21):
                sys.stderr.write(report(figures, wanted) + "\n\n")
                sys.stderr.flush()
    return figures


def _sent(requests: dict[str, int]) -> int:
    return requests["films"] + requests["list"]


async def _track_all(db: Database, numbers: Sequence[int]) -> None:
    """Servers that follow 200 films each; nothing is known of a film but its id at TMDB."""
    async with db.transaction() as tx:
        for first in range(0, len(numbers), MAX_FILMS):
            server = Subscriber(0, SubscriberKind.GUILD, 1_000 + first, channel_id=1_000 + first)
            stored = await subscriber_store.add_subscriber(tx, server, START)
            for number in numbers[first : first + MAX_FILMS]:
                film = Film(0, f"Film {number}", ids={"tmdb": str(number)})
                taken = await take_in(tx, film, "bundled", START)
                await subscriber_store.add_subscription(tx, stored.id, taken.film_id, START, 1, None)


def report(figures: Figures, wanted: Wanted) -> str:
    """The figures, a line each."""
    feed = "with" if wanted.feed else "without"
    lines = [f"{wanted.films:,} films, {figures.days:.0f} days, seed {wanted.seed}, {feed} the list of changes"]
    first = figures.since.date()
    early = [START.date() + number * DAY for number in range((first - START.date()).days)]
    for source, days in figures.by_day.items():
        lines.append(
            f"{source}: requests a day (median | p95 | most): {summary(n for d, n in days.items() if d >= first)}"
        )
        lines.append(
            f"{source}: most in one minute {figures.most[source]}, in the first days {figures.most_early[source]}"
        )
        lines.append(f"{source}: requests of the first days {[days[day] for day in early]}")
        lines.append(f"{source}: answers and requests in all {dict(figures.answers[source])}")
    hours = [figures.by_hour[hour] / max(1, figures.by_hour.total()) * 24 for hour in range(24)]
    lines.append(f"hours of the day, of their mean: {' '.join(f'{hour:.2f}' for hour in hours)}")
    for name in GROUPS:
        ages = figures.ages[name]
        lines.append(f"hours until a change was known, {name} (median | p95 | most of {len(ages):,}): {summary(ages)}")
    seconds, megabytes = time.process_time(), sum(file.stat().st_size for file in wanted.folder.iterdir()) / 1e6
    lines.append(f"gone before anybody asked: {dict(figures.unseen)}")
    film_days = wanted.films * max(1.0, figures.days - (figures.since - START) / DAY)
    per = (seconds - figures.settled_seconds) / film_days * 1e6
    lines.append(
        f"CPU {seconds:,.0f} s; after the first days {per:,.0f} µs a film and day; database {megabytes:,.0f} MB"
    )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Read what is wanted, simulate it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=int, default=10, help="virtual minutes from one run of the job to the next")
    parser.add_argument("--feed", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--folder", type=Path, help="where the database is made; a folder in memory saves the disk")
    read = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=read.folder) as folder:
        wanted = Wanted(read.films, read.days, read.seed, read.feed, read.step * MINUTE, Path(folder))
        sys.stdout.write(report(asyncio.run(live(wanted)), wanted) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
