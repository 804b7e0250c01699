"""Measures search as you type: `python -m tests.benchmarks.titles` makes a million titles up, and types at them.

docs/search.md says what is measured and why.
"""

import argparse
import bisect
import gzip
import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.titles import normalise, without_article
from bot.sources.title_files import read_tmdb
from bot.store.title_build import build_titles
from tests.benchmarks.made_up import Film, made_up_films
from tests.benchmarks.typos import beginning, mistyped

FULL, QUICK = 1_000_000, 50_000
#: At least so much of what is wanted is shown, when films are drawn by their popularity.
GOALS = {"beginnings": 0.84, "whole titles, 1 or 2 slips": 0.95, "beginnings, 1 slip": 0.75}
#: Milliseconds of all questions together, megabytes, milliseconds.
LIMITS = {"p50": 1.5, "p99": 10.0, "worst": 60.0, "memory": 60.0, "lag": 5.0}
#: Nobody mistypes two of five letters, and of three letters a slip leaves nothing to go by.
_TWO_SLIPS_FROM = 8
_A_SLIP_FROM = 4


def _whole_with_slips(film: Film, chance: random.Random) -> str:
    length = len(film.title)
    slips = chance.randint(1, 2) if length >= _TWO_SLIPS_FROM else 1 if length >= _A_SLIP_FROM else 0
    return mistyped(film.title, slips, chance)


TYPED: dict[str, Callable[[Film, random.Random], str]] = {
    "beginnings": lambda film, chance: beginning(film.title, chance),
    "whole titles": lambda film, _: film.title,
    "whole titles, 1 or 2 slips": _whole_with_slips,
    "beginnings, 1 slip": lambda film, chance: mistyped(beginning(film.title, chance), 1, chance),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure the search over film titles.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} titles instead of {FULL:,}")
    parser.add_argument("--count", type=int, help="so many titles")
    parser.add_argument("--questions", type=int, default=1000, help="of each kind, for each way to draw films")
    parser.add_argument("--seed", type=int, default=1, help="of the titles and of the typing")
    parser.add_argument("--first-try", action="store_true", help="measure the first try too")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        report = measure(Path(folder), options)
    sys.stdout.write("\n".join([*table(report), ""]))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Make titles up, import them, and ask for them; the figures."""
    films = made_up_films(options.count or (QUICK if options.quick else FULL), options.seed)
    export, index = folder / "export.json.gz", folder / "titles.sqlite"
    write_export(export, films)
    started = time.monotonic()
    build_titles(index, "tmdb", read_tmdb(export, lambda _done, _of: None), lambda _what, _done, _of: None)
    report: dict[str, Any] = {"films": len(films), "import_seconds": round(time.monotonic() - started, 1)}
    report["file_megabytes"] = round(index.stat().st_size / 1024**2, 1)
    drawn = questions(films, options.questions, options.seed)
    asked = folder / "questions.json"
    asked.write_text(json.dumps(drawn), encoding="utf-8")
    report["ceiling"] = {name: ceiling(films, drawn[name]) for name in drawn if name.endswith("beginnings")}
    for which in ("first-try", "index") if options.first_try else ("index",):
        command = [sys.executable, "-m", "tests.benchmarks.asking", str(index), str(asked), which]
        answer = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        report[which] = figures(answer)
    return report


def write_export(path: Path, films: Sequence[Film]) -> None:
    """Write films as TMDB's daily export has them."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as export:
        for film in films:
            line = {
                "adult": False,
                "id": film.id,
                "original_title": film.title,
                "popularity": film.popularity,
                "video": False,
            }
            export.write(json.dumps(line, ensure_ascii=False) + "\n")


def questions(films: Sequence[Film], count: int, seed: int) -> dict[str, list[list[str]]]:
    """What is typed, and the film that is wanted: drawn by popularity, and each film as likely as any other."""
    chance = random.Random(seed)
    bounds = list(itertools.accumulate(film.popularity for film in films))
    draws = {
        "by popularity": lambda: films[bisect.bisect(bounds, chance.random() * bounds[-1])],
        "any film": lambda: chance.choice(films),
    }
    found: dict[str, list[list[str]]] = {}
    for drawn, draw in draws.items():
        wanted = [draw() for _ in range(count)]
        for kind, type_in in TYPED.items():
            found[f"{drawn}: {kind}"] = [[type_in(film, chance), f"tmdb:{film.id}", film.title] for film in wanted]
    return found


def ceiling(films: Sequence[Film], asked: Sequence[Sequence[str]]) -> float:
    """The share of beginnings whose title is among the 25 most popular that begin so: no search can know better."""
    best: dict[str, float] = {}
    for film in films:
        best[film.title] = max(best.get(film.title, 0.0), film.popularity)
    names = sorted(
        {(spelling, film.popularity) for film in films for spelling in _spellings(film.title)}, key=lambda pair: pair[0]
    )
    keys = [name for name, _ in names]
    reached = 0
    for typed, _, title in asked:
        start = normalise(typed)
        low, high = bisect.bisect_left(keys, start), bisect.bisect_left(keys, start + chr(0x10FFFF))
        reached += sum(names[place][1] > best[title] for place in range(low, high)) < 25
    return reached / len(asked)


def _spellings(title: str) -> set[str]:
    name = normalise(title)
    return {name, without_article(name)}


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    """Times as quantiles, and what was found."""
    kinds = {
        name: {"film": got["film"], "title": got["title"], **quantiles(got["ms"]), "cpu": quantiles(got["cpu_ms"])}
        for name, got in answer["answers"].items()
    }
    everything = quantiles([pair for got in answer["answers"].values() for pair in got["ms"]])
    everything["cpu"] = quantiles([pair for got in answer["answers"].values() for pair in got["cpu_ms"]])
    late: dict[str, float] = {}
    for when in ("lag", "idle_lag"):
        lag = answer[when]
        late |= {f"{when}_p99": round(lag[len(lag) * 99 // 100], 2), f"{when}_worst": round(lag[-1], 2)}
    return {"kinds": kinds, "all": everything, "memory_megabytes": round(answer["memory"], 1), **late}


def quantiles(times: Sequence[list[Any]]) -> dict[str, Any]:
    ordered = sorted(times)
    count = len(ordered)
    return {
        "p50": round(ordered[count // 2][0], 2),
        "p99": round(ordered[count * 99 // 100][0], 2),
        "worst": round(ordered[-1][0], 1),
        "slowest": ordered[-1][1],
    }


def table(report: dict[str, Any]) -> list[str]:
    """The figures as Markdown."""
    rows = [
        f"{report['films']:,} titles, imported in {report['import_seconds']} s into {report['file_megabytes']} MB.",
    ]
    for which in ("first-try", "index"):
        if which not in report:
            continue
        got = report[which]
        rows += [
            "",
            f"{which}:",
            "",
            "| drawn: typed | that title | that film | goal | p50 / p99 / worst, ms | of the processor |",
        ]
        rows += ["|---|---|---|---|---|---|"]
        for name, kind in got["kinds"].items():
            drawn, _, typed = name.partition(": ")
            goal = f"{GOALS[typed]:.0%}" if typed in GOALS and drawn == "by popularity" else ""
            most = f" (at most {report['ceiling'][name]:.1%})" if name in report["ceiling"] else ""
            shares = f"{kind['title']:.1%}{most} | {kind['film']:.1%}"
            rows.append(f"| {name} | {shares} | {goal} | {_times(kind)} | {_times(kind['cpu'])} |")
        every = got["all"]
        rows.append(f"| all together, at most {_times(LIMITS)} | | | | {_times(every)} | {_times(every['cpu'])} |")
        rows += ["", f"Memory added: {got['memory_megabytes']} MB (at most {LIMITS['memory']:.0f})."]
        lag = f"Loop lag while 50 search at once: p99 {got['lag_p99']} ms, worst {got['lag_worst']} ms"
        idle = f"with nothing to do: {got['idle_lag_p99']} and {got['idle_lag_worst']} ms"
        rows.append(f"{lag} (under {LIMITS['lag']:.0f}); {idle}.")
    return rows


def _times(of: Mapping[str, Any]) -> str:
    return f"{of['p50']} / {of['p99']} / {of['worst']}"


if __name__ == "__main__":
    sys.exit(main())
