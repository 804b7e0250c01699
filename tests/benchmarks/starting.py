"""From `marquee run` to the first command answered, against a bare discord.py bot with one command.

Somebody types as soon as the bot is connected. Both bots have their bytecode cached, as an installed package has; the
first start of each is not counted. Marquee has its catalogue loaded and 100,000 subscriptions stored.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.barebot import COMMAND, TOKEN_VARIABLE
from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.stocked import film_ids, stock
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import USUAL, StandinProcess
from tests.standin.people_client import Options
from tests.standin.process import PythonProcess

#: Servers and what they follow together.
FULL, QUICK = (5_000, 100_000), (500, 10_000)
GOAL = 1.3
#: Discord lets a bot identify once in five seconds, and Marquee waits for that, whoever identified before.
_BETWEEN_SECONDS = 5.5


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as somebody types it."""

    name: str
    options: Options
    channel_id: int
    user_id: int


async def measure(scale: Scale) -> Sequence[Figure]:
    """Start both in turn; a figure for a lookup, and one for a card with a picture that nobody has drawn yet."""
    servers, subscriptions = FULL if scale.full else QUICK
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, theirs = [await stack.enter_async_context(StandinProcess(token=TOKEN)) for _ in range(2)]
        stage = Stage(ours, folder)
        guild, channel_id = (await stock(stage, servers, subscriptions))[0]
        [(other, other_channel)] = await theirs.add_servers(1, bot=USUAL)
        cached = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        variables = {TOKEN_VARIABLE: TOKEN, **cached}
        module = "tests.benchmarks.barebot"
        ping = Typed(COMMAND, {}, other_channel, other.owner_id)

        async def start_bare(*arguments: str) -> float:
            return await _start(theirs, theirs.bot(module, *arguments, environment=variables), ping)

        await start_bare("--sync")
        figures: list[Figure] = []
        for name, note in (("cast", ""), ("film", "with its picture")):
            took: list[tuple[float, float]] = []
            for run, film_id in zip(range(scale.runs + 1), film_ids(stage), strict=False):
                typed = Typed(name, {"film": f"id:{film_id}"}, channel_id, guild.owner_id)
                await asyncio.sleep(_BETWEEN_SECONDS)
                pair = (await _start(ours, stage.marquee(**cached), typed), await start_bare())
                took += [pair] if run else []
            figures.append(
                Figure(
                    f"start to the first /{name} answered, {subscriptions:,} subscriptions stored",
                    "a bare discord.py bot", "s",
                    tuple(pair[0] for pair in took), tuple(pair[1] for pair in took), GOAL, "low", note,
                )
            )  # fmt: skip
        return figures


async def _start(standin: StandinProcess, bot: PythonProcess, typed: Typed) -> float:
    """Seconds from the process's start to the answer."""
    await standin.wait_until(connected=0)
    began = time.perf_counter()
    async with bot:
        await standin.wait_until(connected=1, timeout=60)
        answer = await standin.slash(
            typed.name, typed.options, channel_id=typed.channel_id, user_id=typed.user_id, timeout=10
        )
        took = time.perf_counter() - began
        if answer.type is None:
            raise RuntimeError(f"/{typed.name} was not answered")
        await bot.terminate()
    return took


if __name__ == "__main__":
    sys.exit(main(measure))
