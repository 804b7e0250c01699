"""What a simulated year comes to: requests by day and minute, and how old the data was when a date moved."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.simulation.sources import Learnt
from tests.simulation.world import Move, Story

GROUPS = ("all", "within a week", "within a quarter", "beyond", "slips seen")


@dataclass
class Figures:
    """Is told of every request and of every word that Marquee got."""

    stories: Mapping[int, Story]
    since: datetime  #: before it nothing counts: the films were tracked all at once
    ages: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in GROUPS})  #: in hours
    unseen: Counter[str] = field(default_factory=Counter[str])  #: put right, or moved on, before anybody asked
    by_day: dict[str, Counter[date]] = field(default_factory=dict[str, Counter[date]])
    by_hour: Counter[int] = field(default_factory=Counter[int])
    most: Counter[str] = field(default_factory=Counter[str])  #: in one run of the job, which is a minute's
    most_early: Counter[str] = field(default_factory=Counter[str])  #: the same before `since`
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    days: float = 0.0  #: lived through so far
    settled_seconds: float = 0.0  #: of CPU until `since`

    def asked(self, source: str, requests: int, now: datetime) -> None:
        self.by_day.setdefault(source, Counter())[now.date()] += requests
        most = self.most if now >= self.since else self.most_early
        most[source] = max(most[source], requests)
        self.by_hour[now.hour] += requests if now >= self.since else 0

    def heard(self, learnt: Learnt) -> None:
        if learnt.source != "tmdb" or learnt.before < 0:
            return
        for move in self.stories[learnt.film].moves:
            if learnt.before < move.word <= learnt.number and move.at >= self.since:
                self._note(move, learnt)

    def _note(self, move: Move, learnt: Learnt) -> None:
        says = {(said.country, said.type): said.when for said in learnt.word.dates if not said.note}
        if says.get((move.country, move.type), "") != move.new:
            self.unseen[move.kind] += 1
            return
        hours = (learnt.at - move.at).total_seconds() / 3600
        days = [date.fromisoformat(when) for when in (move.old, move.new) if len(when) == 10]
        left = min((day - move.at.date() for day in days if day >= move.at.date()), default=timedelta.max)
        near = left <= timedelta(days=7)
        name = "within a week" if near else "within a quarter" if left <= timedelta(days=90) else "beyond"
        for group in ("all", name, *(["slips seen"] if move.kind == "slip" else [])):
            self.ages[group].append(hours)


def share_of(values: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def summary(values: Iterable[float]) -> str:
    """Median, 95th percentile, most."""
    found = list(values)
    return f"{share_of(found, 0.5):,.1f} | {share_of(found, 0.95):,.1f} | {max(found, default=0):,.1f}"
