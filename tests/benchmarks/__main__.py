"""`make bench` and `make bench-full`: every benchmark in a process of its own, one table, one file.

Exit code 1: a goal is not met, or a benchmark broke.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.figures import Figure, read_figures, table

#: The modules that measure, in the order of the table in docs/benchmarks.md.
BENCHMARKS = ("delivery", "planning", "moving", "jobs", "commands", "beside", "memory", "punctual", "starting")


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="this one; may be said again")
    parser.add_argument(
        "--json", type=Path, default=Path("build/benchmarks.json"), help="where the figures are written"
    )
    wanted = parser.parse_args()
    figures: list[Figure] = []
    broken: list[str] = []
    seconds: dict[str, float] = {}
    load = [os.getloadavg()[0]]
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    for name in wanted.only or BENCHMARKS:
        part = wanted.json.with_name(f"benchmark-{name}.json")
        part.unlink(missing_ok=True)
        command = [sys.executable, "-m", f"tests.benchmarks.{name}", "--runs", str(wanted.runs), "--json", str(part)]
        sys.stderr.write(f"{name} …\n")
        began = time.monotonic()
        code = subprocess.run([*command, *(["--full"] if wanted.full else [])], stdout=sys.stderr, check=False)
        seconds[name] = round(time.monotonic() - began, 1)
        if part.exists():
            figures += read_figures(part)
        else:
            broken.append(f"{name} ended with {code.returncode} and no figures")
    load.append(os.getloadavg()[0])
    report = {
        "full": wanted.full, "runs": wanted.runs, "cores": os.cpu_count(), "load": load, "seconds": seconds,
        "broken": broken, "figures": [asdict(figure) | {"value": figure.value} for figure in figures],
    }  # fmt: skip
    wanted.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join([*table(figures), *broken]) + "\n")
    return int(bool(broken) or not all(figure.is_met for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
