"""A year of a thousand servers, delivered: `python -m tests.simulation.delivered --servers 1000 --seed 1`.

Real: taking facts in, tracking, settings, pauses, planning, dispatch, the store on an SQLite file. Made up: the films,
what people do, the clock, and a Discord that loses answers, is down, and sees the bot killed. What arrived in each
channel is held against an oracle that shares no code with the bot: every message is accounted for.
"""

import argparse
import asyncio
import logging
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.domain.posts import Post, PostState
from tests.domain.oracle import Posted, forget_clocks
from tests.simulation.delivering import CALM, DeliveredYear
from tests.simulation.delivery_oracle import Closure, Resumed, must_be_told
from tests.simulation.inline import open_inline
from tests.simulation.servers import Life


async def differences(year: DeliveredYear) -> tuple[list[str], Counter[str]]:
    """Where what arrived, or is on the books, is not what the oracle says; and how much of what there was."""
    wrong, counted = list(year.wrong), Counter[str]()
    zone = ""
    for life in sorted(year.lives, key=lambda life: life.script.settings.zone):
        if life.script.settings.zone != zone:  # a zone's clocks are many
            zone = life.script.settings.zone
            forget_clocks()
        closures = year.closures[life.number]
        wanted, (found, resumed) = must_be_told(life, closures), year.told(life.number)
        wrong += [f"server {life.number} {each}" for each in _unlooked(life, closures)]
        if (told := year.admins.told[life.number]) != len(closures):
            wrong.append(f"server {life.number} was told of {told} closures, not of {closures}")
        rows = await year.list_rows(life.number)
        wrong += [f"server {life.number} {each}" for each in _compared(wanted.posted, found)]
        # A pause is put to end in no quiet hour; if those are dropped meanwhile, it is told of at that hour still.
        moved = len({s.quiet for s in (life.script.settings, *(e.settings for e in life.script.events)) if s}) > 1
        late = timedelta(hours=12) if moved else CALM
        wrong += [f"server {life.number} {each}" for each in _compared(wanted.resumed, resumed, late)]
        wrong += [f"server {life.number} {each}" for each in _misbooked(year, life.number, rows)]
        counted["messages"] += len(year.channels[life.number])
        counted.update(post.what for post in found)
        counted["resume messages"] += len(resumed)
        counted["closures"] += len(closures)
        counted["kept back"] += len(wanted.kept)
        counted.update(f"rows {row.state}" for row in rows)
        counted["stale"] += sum(row.reason.startswith("stale") for row in rows)
    return wrong, counted


def _compared(
    wanted: Sequence[Posted] | Sequence[Resumed], found: Sequence[Posted] | Sequence[Resumed], late: timedelta = CALM
) -> list[str]:
    """What is missing, too many, or at another time: too early, or later than `late`."""
    ours, theirs = (sorted(some, key=lambda each: (each[1:], each.at)) for some in (found, wanted))
    missing = Counter(each[1:] for each in theirs) - Counter(each[1:] for each in ours)
    extra = Counter(each[1:] for each in ours) - Counter(each[1:] for each in theirs)
    wrong = [f"was not told {each}" for each in missing.elements()] + [f"was told {each}" for each in extra.elements()]
    if wrong:
        return wrong
    pairs = zip(ours, theirs, strict=True)
    return [f"was told {one} and not at {two.at}" for one, two in pairs if not timedelta() <= one.at - two.at <= late]


def _unlooked(life: Life, closures: Sequence[Closure]) -> list[str]:
    """Channels that were not found open within a day after they could be written to, and outages."""
    wrong = list[str]()
    for closure in closures:
        ends = [end for start, end in life.shut if start <= closure.start < end]
        late = closure.end - ends[0] if ends else None
        down = sum((o.end - o.start for o in life.script.outages if o.start <= closure.end), timedelta())
        if late is None or not timedelta() <= late <= timedelta(hours=27) + down:
            wrong.append(f"was closed {closure}, and could not be written to {life.shut}")
    return wrong


def _misbooked(year: DeliveredYear, number: int, rows: Sequence[Post]) -> list[str]:
    """Posts that the books have otherwise than the channel, and those that came to no end."""
    sent = Counter(row.dedup_key for row in rows if row.state is PostState.SENT)
    there = Counter(p.dedup_key for _, parcel in year.channels[number].values() for p in parcel.message.posts)
    ended = {PostState.SENT, PostState.SKIPPED, PostState.CANCELLED}
    wrong = [f"is booked as sent and not there: {key}" for key in (sent - there).elements()]
    wrong += [f"is there and not booked as sent: {key}" for key in (there - sent).elements()]
    return wrong + [f"has no end: {row}" for row in rows if row.due_at < year.time and row.state not in ended]


async def live_through(folder: Path, *, servers: int, seed: int) -> tuple[list[str], Counter[str], Counter[str]]:
    """A year: what is wrong with it, what was told, what was played."""
    file = folder / "delivered.db"
    async with open_inline(file) as db:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
            year = DeliveredYear(db, reader, servers=servers, seed=seed)
            await year.live()
            return *await differences(year), year.played


def main(arguments: Sequence[str]) -> None:
    """Read what is wanted, live through it, print what was told."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("servers", 1000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    read = vars(parser.parse_args(arguments))
    logging.disable(logging.CRITICAL)  # kills are logged at length
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        wrong, counted, played = asyncio.run(live_through(Path(folder), **read))
    sys.stdout.write(
        f"{read}\ntold {dict(counted)}\nplayed {dict(played)}\nCPU {time.process_time() - started:.0f} s\n"
    )
    sys.stdout.write("\n".join(wrong[:40]) + f"\n{len(wrong)} differences\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
