"""Draws the books of a week as SVG: `python -m tests.simulation.week_plot week.json docs/images`."""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.simulation.crowd import MOVED_AT
from tests.simulation.week import Wanted

OUTAGES, KILLS = [outage.start for outage in Wanted().outages], Wanted().kills
WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 920, 190, 64, 40, 58, 62
#: A bar of a pixel is hardly seen.
THINNEST = 2.0
DAY = 1440  #: minutes
#: For a white page and a black one; the kinds are told apart by lightness too.
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 14px; font-weight: 600 }
.note { fill: #57606a; font-size: 11px }
.grid { stroke: #d0d7de; stroke-width: 1 } .mark { stroke: #8c959f; stroke-dasharray: 3 3 }
.a { fill: #cf222e } .b { fill: #bf8700 } .c { fill: #54aeff } .d { fill: #afb8c1 } .e { fill: #0550ae }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .grid { stroke: #3d444d } .note { fill: #9198a1 } .mark { stroke: #656c76 }
  .a { fill: #ff7b72 } .b { fill: #e3b341 } .c { fill: #388bfd } .d { fill: #6e7681 } .e { fill: #a5d6ff }
}
"""


@dataclass(frozen=True, slots=True)
class Layer:
    """Bars of one colour: `value` of a minute's row, as high as it was at most in the minutes that share a bar."""

    colour: str
    name: str
    value: Callable[[Sequence[Any]], float]


@dataclass(frozen=True, slots=True)
class Span:
    """What of the week a picture shows: minutes, of which so many share a bar, and what is written below and above."""

    first: int
    last: int
    step: int
    ticks: Mapping[int, str]
    marks: Mapping[int, str]


#: From behind to the front: each is what is before it and one more.
QUEUE = (
    Layer("c", "countdowns", lambda row: sum(row[1])),
    Layer("b", "changes of date", lambda row: row[1][0] + row[1][1]),
    Layer("a", "release days", lambda row: row[1][0]),
)
LATE = (
    Layer("d", "the latest", lambda row: row[3][2] / 60 if row[3] else 0),
    Layer("e", "the median", lambda row: row[3][0] / 60 if row[3] else 0),
)


def draw(books: Mapping[str, Any], day: int = 9) -> list[str]:
    """The whole week, and by the minute the hours in which America wakes on day number `day`, 0 for the first."""
    start = datetime.fromisoformat(books["start"])
    rows = books["minutes"]
    days = range(max((row[0] for row in rows), default=0) // DAY + 1)
    names = {number * DAY: f"{start + timedelta(days=number):%a %-d %b}" for number in days}
    happened = {**dict.fromkeys(OUTAGES, "outage"), **dict.fromkeys(KILLS, "killed"), MOVED_AT: "a date moves"}
    events = {_minute(at - start): what for at, what in happened.items() if books["faults"] and at > start}
    week = Span(0, len(days) * DAY, 12, names, events)
    first, last = day * DAY + 12 * 60 + 30, day * DAY + 16 * 60 + 30
    ticks = {minute: f"{minute // 60 % 24}:{minute % 60:02}" for minute in range(first, last + 1, 30)}
    nine = {13: "9:00 in New York", 14: "9:00 in Chicago", 15: "9:00 in Denver", 16: "9:00 in Los Angeles"}
    hours = Span(first, last, 1, ticks, {day * DAY + hour * 60: what for hour, what in nine.items()})
    servers = f"{books['servers']:,} servers"
    return [
        _picture(f"{servers}, the week", rows, week, ", most in 12 minutes"),
        _picture(f"{servers}, {start + timedelta(days=day):%A, %-d %B}, minute by minute, UTC", rows, hours, ""),
    ]


def _minute(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def _picture(title: str, rows: Sequence[Sequence[Any]], span: Span, bars: str) -> str:
    shown = [row for row in rows if span.first <= row[0] < span.last]
    height = TOP + 2 * (PANEL + GAP) - 20
    panels = [
        *_panel(TOP, f"Due and not yet there, in posts{bars}", QUEUE, shown, span),
        *_panel(TOP + PANEL + GAP, f"Minutes late, of what arrived{bars}", LATE, shown, span),
    ]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="18">{escape(title)}</text>',
        *panels,
        "</svg>\n",
    ])  # fmt: skip


def _panel(top: int, title: str, layers: Sequence[Layer], rows: Sequence[Sequence[Any]], span: Span) -> Iterator[str]:
    bars = [_bars(layer, rows, span) for layer in layers]
    most, step = _scale(max((value for bar in bars for value in bar.values()), default=0))

    def x(minute: float) -> float:
        return round(LEFT + (minute - span.first) / (span.last - span.first) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(top + PANEL * (1 - value / most), 1)

    yield f'<text x="{LEFT}" y="{top - 10}">{escape(title)}</text>'
    right = WIDTH - RIGHT
    for layer in layers:
        yield f'<text class="note" x="{right}" y="{top - 10}" text-anchor="end">{layer.name}</text>'
        right -= round(6.7 * len(layer.name)) + 6
        yield f'<rect class="{layer.colour}" x="{right - 10}" y="{top - 19}" width="10" height="10"/>'
        right -= 24
    for value in range(0, most + 1, step):
        yield f'<path class="grid" d="M{LEFT} {y(value)}H{WIDTH - RIGHT}"/>'
        yield f'<text class="note" x="{LEFT - 8}" y="{y(value) + 4}" text-anchor="end">{value:,}</text>'
    for minute, name in span.ticks.items():
        yield f'<text class="note" x="{x(minute)}" y="{top + PANEL + 16}">{name}</text>'
        yield f'<path class="grid" d="M{x(minute)} {top + PANEL}v5"/>'
    for minute, name in span.marks.items():
        yield f'<path class="mark" d="M{x(minute)} {top}v{PANEL}"/>'
        turned = f"translate({x(minute) - 4} {top + 4}) rotate(-90)"
        yield f'<text class="note" transform="{turned}" text-anchor="end">{name}</text>'
    width = max(x(span.first + span.step) - LEFT, THINNEST)
    for layer, bar in zip(layers, bars, strict=True):
        lines = (f"M{x(at)} {y(0)}V{y(value)}h{width:.1f}V{y(0)}z" for at, value in sorted(bar.items()) if value > 0)
        yield f'<path class="{layer.colour}" d="{"".join(lines)}"/>'


def _bars(layer: Layer, rows: Sequence[Sequence[Any]], span: Span) -> dict[int, float]:
    found = dict[int, float]()
    for row in rows:
        at = span.first + (row[0] - span.first) // span.step * span.step
        found[at] = max(found.get(at, 0.0), layer.value(row))
    return found


def _scale(most: float) -> tuple[int, int]:
    """Where the scale ends, and how far its lines are apart: four or five of them, at round numbers."""
    rough = max(most, 4) / 4
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    step = max(math.ceil(step), 1)
    return math.ceil(max(most, 1) / step) * step, step


def main(arguments: Sequence[str]) -> None:
    """Read the books, write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("books", type=Path, help="what tests.simulation.week wrote with --json")
    parser.add_argument("folder", type=Path)
    read = parser.parse_args(arguments)
    books = json.loads(read.books.read_text(encoding="utf-8"))
    for name, picture in zip(("week", "week-by-the-minute"), draw(books), strict=True):
        (read.folder / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
