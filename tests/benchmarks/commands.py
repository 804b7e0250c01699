"""What `/track`, `/film`, `/cast` and autocomplete take, against an empty command of the same bot a moment later.

Real discord.py, the stand-in in its own process: from the interaction's leaving to the answer's being stored, by the
stand-in's clock. Films vary; what a server has never shown before is drawn once before it is measured (`warm`), but for
the last figure. Films that are tracked were not tracked before.
"""

from __future__ import annotations

import itertools
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.stocked import film_ids, stock
from tests.benchmarks.with_empty import COMMAND
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess
from tests.standin.records import Answer, Guild

#: Milliseconds more than an empty command: half of them at most, and all but one in a hundred.
P50, P99 = 5.0, 15.0
FULL, QUICK = 120, 40
#: What people type on the way to a film.
_TYPED = ("a", "av", "the", "dune", "avengers", "toy st", "spider man", "supergrl", "mission", "star wars")
Ask = Callable[[int], Awaitable[Answer]]


class Typist:
    """Somebody in one server, who types."""

    def __init__(self, standin: StandinProcess, guild: Guild, channel_id: int) -> None:
        self._standin = standin
        self._guild = guild
        self._channel_id = channel_id

    async def use(self, name: str, film_id: int | None = None) -> Answer:
        """Use a command about a film."""
        options = {} if film_id is None else {"film": f"id:{film_id}"}
        return await self._standin.slash(name, options, channel_id=self._channel_id, user_id=self._guild.owner_id)

    async def type_in(self, text: str) -> Answer:
        """Look at what is suggested."""
        return await self._standin.autocomplete(
            "film", "film", text, channel_id=self._channel_id, user_id=self._guild.owner_id
        )


async def measure(scale: Scale) -> Sequence[Figure]:
    """The differences of both quantiles for each command, and what a first picture costs."""
    count = FULL if scale.full else QUICK
    with tempfile.TemporaryDirectory() as folder:
        async with StandinProcess(token=TOKEN) as standin:
            stage = Stage(standin, Path(folder))
            stage.module = "tests.benchmarks.with_empty"
            added = await stock(stage, scale.runs + 1, scale.runs + 1)
            typists = [Typist(standin, guild, channel_id) for guild, channel_id in added]
            films = list(itertools.islice(itertools.cycle(film_ids(stage)[1:]), count))
            async with stage.marquee():
                await standin.wait_until(connected=1, timeout=60)
                first = typists[0]
                cold = [await _beside(first, lambda film: first.use("film", film), films)]
                rows: dict[str, list[tuple[list[float], list[float]]]] = {}
                for typist in typists[1:]:
                    asks: dict[str, Ask] = {
                        "/film": lambda film, who=typist: who.use("film", film),
                        "/cast": lambda film, who=typist: who.use("cast", film),
                        "/track": lambda film, who=typist: who.use("track", film),
                        "autocomplete": lambda film, who=typist: who.type_in(_TYPED[film % len(_TYPED)]),
                    }
                    for name, ask in asks.items():
                        if name != "/track" or len(films) == len(set(films)):
                            await ask(films[0])
                        rows.setdefault(name, []).append(await _beside(typist, ask, films[1:]))
            tracked = _count_subscriptions(stage)
            if tracked < scale.runs * (len(films) - 1):
                raise RuntimeError(f"only {tracked} films were tracked")
    figures = [figure for name, runs in rows.items() for figure in _figures(name, runs, "")]
    return [*figures, *_figures("/film", cold, "each picture for the first time")[:1]]


async def _beside(typist: Typist, ask: Ask, films: Sequence[int]) -> tuple[list[float], list[float]]:
    """Milliseconds of each question, and of an empty command before each."""
    ours: list[float] = []
    empty: list[float] = []
    for film in films:
        empty.append(_ms(await typist.use(COMMAND)))
        ours.append(_ms(await ask(film)))
    return sorted(ours), sorted(empty)


def _figures(name: str, runs: Sequence[tuple[list[float], list[float]]], note: str) -> list[Figure]:
    made: list[Figure] = []
    for share, goal in ((50, P50), (99, P99)):
        pairs = [(ours[len(ours) * share // 100], empty[len(empty) * share // 100]) for ours, empty in runs]
        said = f"empty {sorted(pair[1] for pair in pairs)[len(pairs) // 2]:.1f} ms{', ' if note else ''}{note}"
        more = tuple(ours - empty for ours, empty in pairs)
        made.append(Figure(f"{name}, more than an empty command, p{share}", "", "ms", more, (), goal, "low", said))
    return made


def _ms(answer: Answer) -> float:
    if answer.ms is None:
        raise RuntimeError("a command was not answered")
    return answer.ms


def _count_subscriptions(stage: Stage) -> int:
    with closing(sqlite3.connect(stage.database)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM subscriptions").fetchone()[0])


if __name__ == "__main__":
    sys.exit(main(measure))
