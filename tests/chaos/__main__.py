"""`python -m tests.chaos`: pulls every plug on a running Marquee and counts its posts. Exit code 1: a promise broke."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

from tests.chaos.counting import Count, count
from tests.chaos.fleet import postgres_stage
from tests.chaos.fleet_plugs import FLEET_PLUGS, pull_fleet_plug
from tests.chaos.killing import Mode, Wanted, kill_often
from tests.chaos.leaders import Takeover, spreads
from tests.chaos.outliving import kill_among
from tests.chaos.plugs import PLUGS, pull_plug
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess

_COLUMNS = ("posts", "messages", "doubled", "lost", "uncertain", "uncertain_there", "to_tell", "untold")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000, help="servers; every tenth is told of two films at once")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite", help="what the books are kept in")
    parser.add_argument("--processes", type=int, default=1, help="so many at once, on PostgreSQL alone")
    parser.add_argument("--crashes", type=int, default=2, help="of PostgreSQL itself, if that is the engine")
    parser.add_argument(
        "--all-lead", action="store_true", help="nobody asks for the lock: all plan and dispatch at once"
    )
    parser.add_argument("--mode", choices=[*Mode, "all", "none"], default="all", help="what Discord remembers")
    plugs = [*PLUGS, *FLEET_PLUGS, "all", "none"]
    parser.add_argument("--plug", choices=plugs, default="all", help="what is pulled besides, on its engine")
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


async def _kill_among(wanted: Wanted, log: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        async with postgres_stage(Path(name), wanted.processes) as (server, stage):
            try:
                outlived = await kill_among(stage, server, wanted)
            finally:
                _keep(log, stage.logs)
            traces = stage.logs.count("Traceback")
    kills = {"kills": dict(outlived.killed), "under way": outlived.under_way, "refused starts": outlived.refused}
    what = f"killed, {wanted.mode}, {wanted.processes} on PostgreSQL" + (", all lead" if wanted.all_lead else "")
    row = _row(what, wanted.seed, outlived.count, outlived.minutes)
    return row | kills | {"traces": traces} | _taken_over(outlived.takeovers)


async def _pull_fleet(name: str, wanted: argparse.Namespace) -> dict[str, object]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with postgres_stage(Path(folder), wanted.processes) as (server, stage):
            try:
                seeding, takeovers = await pull_fleet_plug(
                    stage, server, FLEET_PLUGS[name], wanted.servers, wanted.processes, wanted.seed
                )
            finally:
                _keep(wanted.json.with_name(f"chaos-{name}.log"), stage.logs)
            counted, traces = await count(stage, seeding.seats), stage.logs.count("Traceback")
    row = _row(name, wanted.seed, counted, (time.monotonic() - began) / 60)
    return row | {"traces": traces} | _taken_over(takeovers)


def _taken_over(takeovers: Sequence[Takeover]) -> dict[str, object]:
    return {
        "takeovers": {
            what: {name: spread and asdict(spread) for name, spread in found.items()}
            for what, found in spreads(takeovers).items()
        },
        "losses": [asdict(takeover) for takeover in takeovers],
    }


def _keep(log: Path, text: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(text, encoding="utf-8")


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
        f"{row['what']!s:<32}"
        + "".join(f"{row[name]!s:>{len(name) + 2}}" for name in (*_COLUMNS, "minutes"))
        + f"  {verdict}"
    )


def _works(wanted: argparse.Namespace) -> Iterator[Awaitable[dict[str, object]]]:
    """What is to be done, one after the other."""
    many = Wanted(Mode.ALIVE, wanted.posts, wanted.kills, wanted.seed)
    modes = list(Mode) if wanted.mode == "all" else [Mode(wanted.mode)] if wanted.mode != "none" else []
    on_postgres = wanted.engine == "postgres"
    there: Iterable[str] = FLEET_PLUGS if on_postgres else PLUGS
    plugs = [name for name in there if wanted.plug in {name, "all"}]
    if on_postgres:
        many = replace(many, processes=wanted.processes, crashes=wanted.crashes, all_lead=wanted.all_lead)
        for mode in modes:
            yield _kill_among(replace(many, mode=mode), wanted.json.with_name(f"chaos-{mode}.log"))
        for name in plugs:
            yield _pull_fleet(name, wanted)
    else:
        for mode in modes:
            yield _kill(replace(many, mode=mode))
        for name in plugs:
            yield _pull(name, wanted.servers, wanted.seed)


async def _run(wanted: argparse.Namespace) -> bool:
    _say(f"seed {wanted.seed}; {wanted.posts} servers and {wanted.kills} kills a mode; {wanted.servers} servers a plug")
    _say(" " * 32 + "".join(f"  {name}" for name in (*_COLUMNS, "minutes")))
    rows: list[dict[str, object]] = []
    for work in _works(wanted):
        rows.append(await work)
        _say(_line(rows[-1]))
        for what, found in cast(dict[str, dict[str, object]], rows[-1].get("takeovers", {})).items():
            _say(f"    {what}: {found}")
        _keep(wanted.json, json.dumps(rows, indent=2) + "\n")
    return all(row["good"] for row in rows)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(_run(_parse(sys.argv[1:]))) else 1)
