"""`python -m tests.chaos`: pulls every plug on a running Marquee and counts its posts. Exit code 1: a promise broke."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.chaos.counting import Count, count
from tests.chaos.killing import Mode, Wanted, kill_often
from tests.chaos.plugs import PLUGS, pull_plug
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess

_COLUMNS = ("posts", "messages", "doubled", "lost", "uncertain", "uncertain_there", "to_tell", "untold")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000, help="servers; every tenth is told of two films at once")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--mode", choices=[*Mode, "all", "none"], default="all", help="what Discord remembers")
    parser.add_argument("--plug", choices=[*PLUGS, "all", "none"], default="all", help="what is pulled besides")
    parser.add_argument("--servers", type=int, default=300, help="of every other plug")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=Path("build/chaos.json"), help="where the figures are written")
    return parser.parse_args(arguments)


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with StandinProcess(token=TOKEN, keep=folder / "discord", log=folder / "standin.log") as standin:
            stage = Stage(standin, folder)
            try:
                yield stage
            except BaseException:
                sys.stderr.write(stage.logs[-4000:])
                raise


async def _kill(wanted: Wanted) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with StandinProcess(token=TOKEN, log=folder / "standin.log") as standin:
            killed = await kill_often(Stage(standin, folder), wanted)
    more = {"kills": wanted.kills, "early kills": killed.early, "under way": killed.under_way}
    return _row(f"killed, {wanted.mode}", wanted.seed, killed.count, killed.minutes) | more


async def _pull(name: str, servers: int, seed: int) -> dict[str, object]:
    began = time.monotonic()
    async with _stage() as stage:
        seeding = await pull_plug(stage, PLUGS[name], servers, seed)
        return _row(name, seed, await count(stage, seeding.seats), (time.monotonic() - began) / 60)


def _row(what: str, seed: int, counted: Count, minutes: float) -> dict[str, object]:
    return {"what": what, "seed": seed, **counted.row(), "minutes": round(minutes, 1)}


def _line(row: dict[str, object]) -> str:
    verdict = "good" if row["good"] else f"BROKEN {row['wrong']}"
    return (
        f"{row['what']!s:<24}"
        + "".join(f"{row[name]!s:>{len(name) + 2}}" for name in (*_COLUMNS, "minutes"))
        + f"  {verdict}"
    )


async def _run(wanted: argparse.Namespace) -> bool:
    modes = list(Mode) if wanted.mode == "all" else [Mode(wanted.mode)] if wanted.mode != "none" else []
    plugs = list(PLUGS) if wanted.plug == "all" else [wanted.plug] if wanted.plug != "none" else []
    _say(f"seed {wanted.seed}; {wanted.posts} servers and {wanted.kills} kills a mode; {wanted.servers} servers a plug")
    _say(" " * 24 + "".join(f"  {name}" for name in (*_COLUMNS, "minutes")))
    rows: list[dict[str, object]] = []
    for work in [
        *(_kill(Wanted(mode, wanted.posts, wanted.kills, wanted.seed)) for mode in modes),
        *(_pull(name, wanted.servers, wanted.seed) for name in plugs),
    ]:
        rows.append(await work)
        _say(_line(rows[-1]))
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return all(row["good"] for row in rows)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(_run(_parse(sys.argv[1:]))) else 1)
