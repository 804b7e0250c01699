"""Resident memory of `marquee run` in 10,000 servers, against a default discord.py bot in the same; both settled.

Each server has 30 channels, 20 roles and 30 emoji, and follows a film. Before Marquee is looked at it has answered
commands, drawn pictures, and had the time to do what it puts off at the start.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from tests.benchmarks.barebot import COMMAND, TOKEN_VARIABLE
from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.resident import resident_megabytes, wait_until_idle
from tests.benchmarks.stocked import film_ids, stock
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess
from tests.standin.records import Guild

#: Servers, and what Marquee may take of what a default bot takes: its share falls with their number.
FULL, QUICK = (10_000, 0.35), (2_000, 1.0)
#: Commands asked before memory is looked at.
ASKED = 40
#: So many more must leave nothing behind: bytes each, seen from outside. A view kept for ever would be 2,600.
MORE_FULL, MORE_QUICK = (10_000, 300.0), (400, 5_000.0)
_AT_ONCE = 20


async def measure(scale: Scale) -> Sequence[Figure]:
    """Connect both in turn; then answer many commands."""
    (servers, goal), (more, left_goal) = (FULL, MORE_FULL) if scale.full else (QUICK, MORE_QUICK)
    ours: list[float] = []
    theirs: list[float] = []
    left: list[float] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        standin = await stack.enter_async_context(StandinProcess(token=TOKEN))
        await standin.furnish_servers(channels=30, roles=20, emoji=30)
        stage = Stage(standin, folder)
        where = (await stock(stage, servers, servers))[0]
        for run in range(scale.runs):
            ours.append(await _marquee(stage, where, more if run == scale.runs - 1 else 0, left))
            theirs.append(await _bare(standin, where))
    note = f"{servers:,} servers × 30 channels, 20 roles, 30 emoji"
    return [
        Figure("resident memory", "a default discord.py bot", "MB", tuple(ours), tuple(theirs), goal, "low", note),
        Figure("memory left by an answered command", "", "bytes", tuple(left), (), left_goal, "low"),
    ]


async def _marquee(stage: Stage, where: tuple[Guild, int], more: int, left: list[float]) -> float:
    """Megabytes of Marquee; with `more` commands, adds to `left` what each of them leaves."""
    standin, (guild, channel_id), films = stage.standin, where, film_ids(stage)

    async def ask(number: int) -> None:
        options = {"film": f"id:{films[number % len(films)]}"}
        await standin.slash(("cast", "film")[number % 2], options, channel_id=channel_id, user_id=guild.owner_id)

    async def ask_many(count: int) -> None:
        for first in range(0, count, _AT_ONCE):
            await asyncio.gather(*(ask(number) for number in range(first, first + _AT_ONCE)))

    async with stage.marquee() as bot:
        await standin.wait_until(connected=1, timeout=60)
        for number in range(ASKED):
            await ask(number)
        await wait_until_idle(bot.pid)
        settled = resident_megabytes(bot.pid)
        if more:
            await ask_many(len(films) * 4)  # every picture, every card, and as many at once as later
            await wait_until_idle(bot.pid)
            before = resident_megabytes(bot.pid)
            await ask_many(more)
            await wait_until_idle(bot.pid)
            left.append(max(resident_megabytes(bot.pid) - before, 0.0) * 1e6 / more)
        await bot.terminate()
    await standin.wait_until(connected=0)
    return settled


async def _bare(standin: StandinProcess, where: tuple[Guild, int]) -> float:
    guild, channel_id = where
    bot = standin.bot("tests.benchmarks.barebot", "--sync", environment={TOKEN_VARIABLE: TOKEN})
    async with bot:
        await standin.wait_until(connected=1, timeout=60)
        async with asyncio.timeout(120):
            while True:  # it answers once it has seen every server
                answer = await standin.slash(COMMAND, channel_id=channel_id, user_id=guild.owner_id)
                if answer.type is not None:
                    break
        await wait_until_idle(bot.pid)
        held = resident_megabytes(bot.pid)
        await bot.terminate()
    await standin.wait_until(connected=0)
    return held


if __name__ == "__main__":
    sys.exit(main(measure))
