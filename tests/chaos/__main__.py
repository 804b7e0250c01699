"""`python -m tests.chaos`: pulls every plug on a running Marquee and counts its posts. Exit code 1: a promise broke."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.killing import Killed, Mode, Wanted, kill_often
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess


def _row(killed: Killed) -> dict[str, object]:
    wanted, count = killed.wanted, killed.count
    return {
        "mode": wanted.mode.value,
        "seed": wanted.seed,
        "kills": wanted.kills,
        "early kills": killed.early,
        "under way": killed.under_way,
        "minutes": round(killed.minutes, 1),
        **count.row(),
    }


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000, help="servers; every tenth is told of two films at once")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--mode", choices=[*Mode, "all", "none"], default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=Path("build/chaos.json"), help="where the figures are written")
    return parser.parse_args(arguments)


async def _kill(wanted: Wanted) -> Killed:
    with tempfile.TemporaryDirectory() as folder:
        async with StandinProcess(token=TOKEN) as standin:
            return await kill_often(Stage(standin, Path(folder)), wanted)


async def _run(wanted: argparse.Namespace) -> bool:
    modes = list(Mode) if wanted.mode == "all" else [Mode(wanted.mode)] if wanted.mode != "none" else []
    rows: list[dict[str, object]] = []
    for mode in modes:
        rows.append(_row(await _kill(Wanted(mode, wanted.posts, wanted.kills, wanted.seed))))
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
        sys.stdout.write(" | ".join(f"{name} {value}" for name, value in rows[-1].items()) + "\n")
        sys.stdout.flush()
    return all(row["good"] for row in rows)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(_run(_parse(sys.argv[1:]))) else 1)
