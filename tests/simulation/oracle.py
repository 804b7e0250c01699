"""What a server must be told of a made-up year, from what each source said when asked. Imports nothing of the bot.

A second reading of the rules: whose word counts, what waits at the gate, and for how long. What is owed by dates that
are in force is read by tests/domain/oracle.py, which shares no code with the bot either.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.domain.oracle import Posted, first_day, last_day, what_must_be_posted
from tests.domain.script import Date, Event, Outage, Script, Settings
from tests.simulation.world import DAY, Said

Pair = tuple[str, str]  #: country and type
IN_CINEMAS = ("limited", "theatrical")


class Asked(NamedTuple):
    """A source was asked about a film, and this is what it said."""

    at: datetime
    source: str
    film: int
    dates: tuple[Said, ...]


class Trusted(NamedTuple):
    """Somebody trusted a date for a server."""

    at: datetime
    server: int
    film: int
    pair: Pair
    new: str  #: "" for none


class Held(NamedTuple):
    """A date that waits, or waited, at the gate."""

    pair: Pair
    old: str
    new: str
    since: datetime
    why: str


class Step(NamedTuple):
    """A moment at which something of a film changed, and how it stands from then on."""

    at: datetime
    dates: dict[Pair, str]
    held: dict[Pair, Held]
    history: frozenset[Pair] = frozenset()  #: what has long been, and was not known: it is told to nobody


@dataclass
class _Word:
    when: str  #: "" if it names none any more
    since: datetime
    less: bool  #: it has said more once


@dataclass
class _Source:
    name: str
    first: datetime
    heard: datetime
    words: dict[Pair, _Word] = field(default_factory=dict[Pair, _Word])

    def hear(self, at: datetime, dates: Iterable[Said], *, first: bool) -> None:
        said = {(each.country, each.type): each.when for each in dates if not each.note and each.type != "premiere"}
        self.heard = at
        for pair in said.keys() | self.words.keys():
            was, when = self.words.get(pair), said.get(pair, "")
            since = was.since if was and was.when == when else at
            less = not first and (
                not when or (len(when) < 10 and was is not None and (was.less or within(was.when, when)))
            )
            self.words[pair] = _Word(when, since, less)

    def age(self, pair: Pair) -> tuple[bool, datetime, bool]:
        """Sorts by how new its word is; what Wikidata said at first may be of any age; TMDB goes before at a draw."""
        since = self.words[pair].since
        unknown = self.name == "wikidata" and since <= self.first
        return (not unknown, self.first if unknown else since, self.name == "tmdb")


@dataclass
class History:
    """What is in force of one film, answer by answer."""

    sources: dict[str, _Source] = field(default_factory=dict[str, _Source])
    dates: dict[Pair, str] = field(default_factory=dict[Pair, str])
    held: dict[Pair, Held] = field(default_factory=dict[Pair, Held])
    steps: list[Step] = field(default_factory=list[Step])

    def begin(self, at: datetime, dates: Iterable[Said]) -> None:
        """The film is met, and tracked a moment later: nothing of this is news."""
        self._hear(at, "tmdb", dates)
        self.dates = {pair: word.when for pair, word in self.sources["tmdb"].words.items()}
        self.steps.append(Step(at, dict(self.dates), {}))

    def hear(self, asked: Asked) -> None:
        self._hear(asked.at, asked.source, asked.dates)
        before = (dict(self.dates), dict(self.held))
        self._history: set[Pair] = set()
        for pair in sorted({pair for source in self.sources.values() for pair in source.words}):
            self._judge(pair, asked.at)
        if before != (self.dates, self.held):
            self.steps.append(Step(asked.at, dict(self.dates), dict(self.held), frozenset(self._history)))

    def _hear(self, at: datetime, name: str, dates: Iterable[Said]) -> None:
        new = name not in self.sources
        self.sources.setdefault(name, _Source(name, at, at)).hear(at, dates, first=new)

    def _judge(self, pair: Pair, now: datetime) -> None:
        speaker = self._speaker(pair)
        old, new = self.dates.get(pair, ""), speaker.words[pair].when
        held = self.held.pop(pair, None)
        if old == new:
            return
        why = self._suspicion(pair, old, new, speaker, now)
        if why:
            if held is None or (held.old, held.new) != (old, new):
                held = Held(pair, old, new, now, why)
            if speaker.heard - held.since < DAY:
                self.held[pair] = held
                return
        if not old and last_day(new) < now.date() - 30 * DAY:
            self._history.add(pair)
        if new:
            self.dates[pair] = new
        else:
            del self.dates[pair]

    def _speaker(self, pair: Pair) -> _Source:
        """The newest word; but who says less than another never displaces it, unless it said as much itself before."""
        said = sorted((s for s in self.sources.values() if pair in s.words), key=lambda s: s.age(pair), reverse=True)
        speaker = said[0]
        for other in said[1:]:
            if not speaker.words[pair].less and within(other.words[pair].when, speaker.words[pair].when):
                speaker = other
        return speaker

    def _suspicion(self, pair: Pair, old: str, new: str, speaker: _Source, now: datetime) -> str:
        others = [s.words[pair].when for s in self.sources.values() if s is not speaker and pair in s.words]
        if new in others:
            return ""
        if not new:
            return "withdrawn"
        today = now.date()
        if last_day(new) < today and (last_day(old) >= today if old else last_day(new) >= today - 30 * DAY):
            return "past"
        if old and apart(old, new) > 180 * DAY:
            return "jump"
        return "disagree" if any(other and apart(other, new) > 30 * DAY for other in others) else ""


def within(inner: str, outer: str) -> bool:
    """Whether `inner` says the same and more."""
    if not inner or inner == outer:
        return False
    return not outer or (first_day(outer) <= first_day(inner) and last_day(inner) <= last_day(outer))


def apart(one: str, other: str) -> timedelta:
    return max(first_day(one) - last_day(other), first_day(other) - last_day(one), timedelta())


@dataclass(frozen=True, slots=True)
class Span(Script):
    """A script that ends when it is told to."""

    until: datetime | None = None

    @property
    def end(self) -> datetime:
        assert self.until is not None
        return self.until


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and how it is set."""

    number: int
    settings: Settings
    films: tuple[int, ...]
    trusting: bool


def must_be_told(
    server: Server,
    films: dict[int, History],
    trusted: Sequence[Trusted],
    outages: Sequence[Outage],
    span: tuple[datetime, datetime, datetime],
) -> list[Posted]:
    """What must arrive in a server's channel; `span`: the start, when it tracked its films, the end."""
    start, tracked_at, end = span
    posted: list[Posted] = []
    for number in server.films:
        mine = [each for each in trusted if (each.server, each.film) == (server.number, number)]
        stands = list(_as_seen(films[number].steps, mine, server.settings.country))
        events = [Event(tracked_at, number, tracked=True)]
        events += [Event(at, number, dates=dates, history=history) for at, dates, history in stands[1:]]
        script = Span(0, start, server.settings, {number: stands[0][1]}, tuple(events), tuple(outages), until=end)
        posted += what_must_be_posted(script)
    return sorted(posted)


def _as_seen(
    steps: Sequence[Step], trusted: Sequence[Trusted], country: str
) -> Iterator[tuple[datetime, tuple[Date, ...], bool]]:
    """How the film stood for a server, whenever that changed: held dates that it trusts are in force there.

    What is no news comes first, and is marked so.
    """
    known: dict[Pair, str] = {}
    moments = sorted(
        [(step.at, 0, step) for step in steps] + [(each.at, 1, each) for each in trusted], key=lambda m: m[:2]
    )
    step, mine, last = steps[0], list[Held](), None
    for at, _, what in moments:
        if isinstance(what, Step):
            step = what
        elif (held := step.held.get(what.pair)) is not None and held.new == what.new:
            mine.append(held)
        mine = [held for held in mine if step.held.get(held.pair) == held]
        dates = {**step.dates, **{held.pair: held.new for held in mine}}
        here = {pair: when for pair, when in dates.items() if when and pair[0] == country}
        seen = (here, any(when and pair[1] in IN_CINEMAS for pair, when in dates.items()))
        if seen != last:
            if isinstance(what, Step) and what.history:
                known = {**known, **{pair: dates[pair] for pair in what.history}}
                yield at, _script_dates(known), True
            yield at, _script_dates(dates), False
        known, last = dates, seen


def _script_dates(dates: dict[Pair, str]) -> tuple[Date, ...]:
    return tuple(Date(*pair, when) for pair, when in sorted(dates.items()) if when)
