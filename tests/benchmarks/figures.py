"""A figure of the benchmarks: ours against its baseline in the same run, several times, and what they are held to."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Literal

Best = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it: `full` is what the goals are for, the quick form finds out whether something broke."""

    full: bool
    runs: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. Run i of `ours` and of `baseline` were measured one right after the other."""

    what: str
    against: str  #: what the baseline is; '' where the goal is absolute
    unit: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...]  #: as many as `ours`; none where the goal is absolute
    goal: float  #: of ours / baseline, or of ours
    best: Best
    note: str = ""

    @property
    def value(self) -> float:
        """What the goal is held against: the median of the runs' ratios, or of ours."""
        if not self.baseline:
            return median(self.ours)
        return median(ours / base for ours, base in zip(self.ours, self.baseline, strict=True))

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal if self.best == "low" else self.value >= self.goal


def table(figures: Sequence[Figure]) -> list[str]:
    """The figures as Markdown."""
    rows = ["| what | ours | baseline | ratio or value | goal | met |", "|---|---|---|---|---|---|"]
    for figure in figures:
        sign = "≤" if figure.best == "low" else "≥"
        base = f"{median(figure.baseline):,.4g} {figure.unit} ({figure.against})" if figure.baseline else "–"
        what = f"{figure.what} ({figure.note})" if figure.note else figure.what
        rows.append(
            f"| {what} | {median(figure.ours):,.4g} {figure.unit} | {base} | {figure.value:,.3g} "
            f"| {sign} {figure.goal:g} | {'yes' if figure.is_met else 'NO'} |"
        )
    return rows


def read_figures(path: Path) -> list[Figure]:
    """Read what `main` wrote."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Figure(**row | {name: tuple(row[name]) for name in ("ours", "baseline")}) for row in rows]


def write_figures(path: Path, figures: Sequence[Figure]) -> None:
    """Write figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n", encoding="utf-8")


def main(measure: Callable[[Scale], Awaitable[Sequence[Figure]]]) -> int:
    """Run one benchmark by itself: `python -m tests.benchmarks.<name> [--full] [--runs N] [--json FILE]`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="as large as the goals are meant")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    figures = asyncio.run(_measured(measure, Scale(wanted.full, wanted.runs)))
    sys.stdout.write("\n".join(table(figures)) + "\n")
    if wanted.json:
        write_figures(wanted.json, figures)
    return int(not all(figure.is_met for figure in figures))


async def _measured(measure: Callable[[Scale], Awaitable[Sequence[Figure]]], scale: Scale) -> Sequence[Figure]:
    return await measure(scale)
