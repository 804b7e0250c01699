"""200 people using commands while messages go out, against the same people alone, in one run of Marquee.

Each person types every few seconds, at no time in particular: a card, a cast, a list, a followed film. Posts go out as
fast as Discord lets one bot post. The full form sends 5,000 in all, 1,000 in each of five runs.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import Awaitable, Sequence
from pathlib import Path

from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.stocked import film_ids
from tests.chaos.seeding import WEEK, Seeding
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess
from tests.standin.records import Guild

PEOPLE, THINK_SECONDS = 200, 8.0
FULL, QUICK = 1_000, 200
GOAL = 3.0
POSTS = "/channels/*/messages"
_LOOK_SECONDS, _SETTLE_SECONDS = 0.5, 2.0
#: What is typed, and how often: looking is commoner than following.
_COMMANDS, _SHARES = ("film", "cast", "tracked", "track"), (4, 3, 2, 1)


class Crowd:
    """People who type for a while, each by the same dice whoever else is busy."""

    def __init__(self, standin: StandinProcess, places: Sequence[tuple[Guild, int]], films: Sequence[int]) -> None:
        self._standin = standin
        self._places = places
        self._films = films

    async def type_until(self, enough: asyncio.Event, seed: int) -> list[float]:
        """Milliseconds of every answer; one that did not come counts as Discord's three seconds."""
        took: list[float] = []
        await asyncio.gather(*(self._type(enough, random.Random(seed * PEOPLE + n), took) for n in range(PEOPLE)))
        return sorted(took)

    async def see_every_film(self) -> None:
        """Have each picture drawn: the same films are looked at again afterwards, with nothing else to do."""
        guild, channel_id = self._places[0]
        for film in self._films:
            await self._standin.slash("film", {"film": f"id:{film}"}, channel_id=channel_id, user_id=guild.owner_id)

    async def _type(self, enough: asyncio.Event, chance: random.Random, took: list[float]) -> None:
        guild, channel_id = chance.choice(self._places)
        while True:
            try:
                await asyncio.wait_for(enough.wait(), chance.expovariate(1 / THINK_SECONDS))
            except TimeoutError:
                [name] = chance.choices(_COMMANDS, _SHARES)
                options = {} if name == "tracked" else {"film": f"id:{chance.choice(self._films)}"}
                answer = await self._standin.slash(name, options, channel_id=channel_id, user_id=guild.owner_id)
                took.append(3_000.0 if answer.ms is None else answer.ms)
            else:
                return


async def measure(scale: Scale) -> Sequence[Figure]:
    """Post, then be quiet for as long; the same people all the while."""
    count = FULL if scale.full else QUICK
    pairs = [await _run(count, run) for run in range(scale.runs)]
    shares = [
        tuple((busy[len(busy) * share // 100], alone[len(alone) * share // 100]) for busy, alone in pairs)
        for share in (99, 50)
    ]
    answered = sum(len(busy) + len(alone) for busy, alone in pairs)
    note = f"{scale.runs} × {count:,} messages, {answered:,} commands"
    return [
        Figure(
            f"{PEOPLE} people's commands while messages go out, p{share}", "alone", "ms",
            tuple(pair[0] for pair in both), tuple(pair[1] for pair in both), GOAL, "low", note,
        )
        for share, both in zip((99, 50), shares, strict=True)
    ]  # fmt: skip


async def _run(count: int, seed: int) -> tuple[list[float], list[float]]:
    """What commands took while so many messages went out, and while none did."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandinProcess(token=TOKEN) as standin:
            stage = Stage(standin, Path(folder))
            seeding = Seeding(stage)
            seats = await seeding.add_many([(WEEK,)] * count)
            places = [(seat.guild, seat.channel_id) for seat in seats]
            crowd = Crowd(standin, places, film_ids(stage))
            async with stage.marquee() as bot:
                await standin.wait_until(connected=1, timeout=60)
                await standin.wait_until(requests=5, method="POST", path=POSTS, timeout=120)
                await crowd.see_every_film()
                began = asyncio.get_running_loop().time()
                busy = await _while(crowd, seed, _all_there(standin, count))
                lasted = asyncio.get_running_loop().time() - began
                await asyncio.sleep(_SETTLE_SECONDS)
                alone = await _while(crowd, seed, asyncio.sleep(lasted))
                await bot.terminate()
            return busy, alone


async def _all_there(standin: StandinProcess, count: int) -> None:
    while (await standin.get_status(method="POST", path=POSTS)).finished < count:  # noqa: ASYNC110 - another process
        await asyncio.sleep(_LOOK_SECONDS)


async def _while(crowd: Crowd, seed: int, work: Awaitable[None]) -> list[float]:
    enough = asyncio.Event()
    typing = asyncio.create_task(crowd.type_until(enough, seed))
    await work
    enough.set()
    return await typing


if __name__ == "__main__":
    sys.exit(main(measure))
