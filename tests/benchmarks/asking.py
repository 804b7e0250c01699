"""Asks an index what is in a file of questions, in a process of its own; prints what came of it as JSON."""

import asyncio
import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.store.title_index import TitleIndex
from tests.benchmarks.first_try import FirstTry

#: So many people type at once while the loop's lag is measured.
TYPING = 50
_TICK_SECONDS = 0.001
_IDLE_SECONDS = 3
_MEGABYTE = 1024 * 1024


def resident_bytes() -> int:
    """The memory of this process that is in RAM; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


async def ask(index: TitleIndex | FirstTry, questions: list[list[str]]) -> dict[str, Any]:
    """How long each took, on the clock and of the processor, and how often what was wanted was among the first 25."""
    times: list[tuple[float, str]] = []
    worked: list[tuple[float, str]] = []
    the_film = the_title = 0
    for typed, ref, title in questions:
        started, worked_before = time.perf_counter(), time.process_time()
        hits = await index.search(typed, 25)
        times.append(((time.perf_counter() - started) * 1000, typed))
        worked.append(((time.process_time() - worked_before) * 1000, typed))
        the_film += any(hit.ref == ref for hit in hits)
        the_title += any(hit.title == title for hit in hits)
    count = len(questions)
    return {"ms": times, "cpu_ms": worked, "film": the_film / count, "title": the_title / count}


async def lag_ms(index: TitleIndex | FirstTry, typed: list[str]) -> list[float]:
    """How much later than asked for the loop came back to a ticker, while many search at once, or nobody."""
    late: list[float] = []
    done = asyncio.Event()

    async def tick() -> None:
        while not done.is_set():
            due = time.perf_counter() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            late.append((time.perf_counter() - due) * 1000)

    ticking = asyncio.create_task(tick())
    if not typed:
        await asyncio.sleep(_IDLE_SECONDS)
    for start in range(0, len(typed), TYPING):
        await asyncio.gather(*(index.search(text, 25) for text in typed[start : start + TYPING]))
    done.set()
    await ticking
    return sorted(late)


async def main(file: Path, questions: dict[str, list[list[str]]], kind: type[TitleIndex] | type[FirstTry]) -> None:
    gc.collect()
    before = resident_bytes()
    index = await kind.open(file)
    assert index is not None
    for asked in questions.values():
        await ask(index, asked[: len(asked) // 5])  # warm: what is asked often is in memory
    answers = {name: await ask(index, asked) for name, asked in questions.items()}
    idle = await lag_ms(index, [])
    lag = await lag_ms(index, [typed for asked in questions.values() for typed, _, _ in asked[:250]])
    gc.collect()
    memory = (resident_bytes() - before) / _MEGABYTE
    await index.close()
    json.dump({"answers": answers, "lag": lag, "idle_lag": idle, "memory": memory}, sys.stdout)


if __name__ == "__main__":
    _, index_file, question_file, which = sys.argv
    asyncio.run(
        main(
            Path(index_file),
            json.loads(Path(question_file).read_text(encoding="utf-8")),
            FirstTry if which == "first-try" else TitleIndex,
        )
    )
