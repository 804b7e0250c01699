"""What came of a week: held against what was owed by an oracle of its own, and counted by the minute."""

import sqlite3
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.simulation.crowd import MOVED_AT, MOVED_BY, MOVER, Crowd, Server
from tests.simulation.crowded_discord import Discord

#: In the order in which they are to go out.
KINDS = ("release", "date_change", "countdown")
#: What falls due at the very end may arrive or not.
LAST = timedelta(minutes=10)
#: https://discord.com/developers/docs/topics/rate-limits
LIMIT = 50
_POSTS = """
    SELECT p.dedup_key, p.kind, p.due_at, p.state, p.settled_at, MIN(m.first_sent_at)
    FROM posts p LEFT JOIN message_posts c ON c.post_id = p.id LEFT JOIN messages m ON m.id = c.message_id
    GROUP BY p.id
"""
#: When messages were made that have no release day in them.
_ORDINARY = """
    SELECT DISTINCT m.first_sent_at FROM messages m
    WHERE NOT EXISTS (
        SELECT 1 FROM message_posts c JOIN posts p ON p.id = c.post_id WHERE c.message_id = m.id AND p.kind = 'release'
    )
"""


class Owed(NamedTuple):
    """A post, in the oracle's words."""

    server: int
    film: int
    kind: str
    days: int  #: before the release


class Minute(NamedTuple):
    """What there was at the end of a minute, and what arrived in it."""

    minute: int  #: since the start
    queues: tuple[int, ...]  #: due and not there, by `KINDS`
    arrived: tuple[int, ...]  #: by `KINDS`
    late: tuple[float, ...]  #: in seconds: the median, 99 in a hundred, the worst; () if nothing arrived


@dataclass
class Books:
    """The week by the minute, and whatever was not as it must be."""

    start: datetime
    servers: int
    minutes: list[Minute] = field(default_factory=list[Minute])
    lateness: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    counted: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])

    def lines(self) -> Iterator[str]:
        """For a person, as Markdown: by kind, and by day."""
        yield f"{self.servers:,} servers: {dict(self.counted)}"
        yield from ("| | posts | late: median | 99 of 100 | worst |", "|---|---|---|---|---|")
        everything = [late for some in self.lateness.values() for late in some]
        for kind, late in {**self.lateness, "all": everything}.items():
            if late:
                yield f"| {kind} | {len(late):,} | {' | '.join(map(_in_words, _quantiles(late)))} |"
        yield from ("| day | posts | most waiting | minutes with a queue | worst |", "|---|---|---|---|---|")
        for day, minutes in self._days():
            longest = max(sum(minute.queues) for minute in minutes)
            some = sum(1 for minute in minutes if sum(minute.queues))
            worst = max((minute.late[2] for minute in minutes if minute.late), default=0.0)
            arrived = sum(sum(minute.arrived) for minute in minutes)
            yield f"| {day:%a %-d %B} | {arrived:,} | {longest:,} | {some:,} | {_in_words(worst)} |"
        yield from self.wrong[:40]
        yield f"{len(self.wrong)} differences"

    def as_json(self) -> dict[str, Any]:
        """For the plot."""
        busy = [minute for minute in self.minutes if any(minute.queues) or any(minute.arrived)]
        start, faults = self.start.isoformat(), self.counted["killed"] > 0
        counts = {"servers": self.servers, "counted": self.counted}
        return {"start": start, "faults": faults, **counts, "minutes": busy}

    def _days(self) -> Iterator[tuple[datetime, list[Minute]]]:
        days = defaultdict[int, list[Minute]](list)
        for minute in self.minutes:
            days[minute.minute // 1440].append(minute)
        for day, minutes in days.items():
            yield self.start + timedelta(days=day), minutes


def read_books(
    reader: sqlite3.Connection, crowd: Crowd, discord: Discord, ids: Mapping[int, int], span: tuple[datetime, datetime]
) -> Books:
    """Compare what is in the channels with the oracle and with the store, and count."""
    start, end = span
    books = Books(start, len(crowd.servers), wrong=list(discord.wrong))
    numbers = {film_id: film for film, film_id in ids.items()}
    there = dict[str, datetime]()
    for at, keys in discord.arrived.values():
        for key in keys:
            if key in there:
                books.wrong.append(f"doubled: {key} at {there[key]} and at {at}")
            there[key] = at
    last = (end - LAST).timestamp()
    due = {owed: at for server in crowd.servers for owed, at in _owed_to(server, crowd, span) if at < last}
    rows = reader.execute(_POSTS).fetchall()
    theirs = {key: due_at for key, _, due_at, *_ in rows}
    arrived = {_owed(key, numbers): at for key, at in there.items() if theirs[key] < last}
    books.wrong += [
        f"lost: {owed}, due {datetime.fromtimestamp(due[owed], start.tzinfo)}" for owed in due.keys() - arrived
    ]
    books.wrong += [f"not owed: {owed} at {arrived[owed]}" for owed in arrived.keys() - due]
    books.wrong += [f"early: {o} at {at}" for o, at in arrived.items() if o in due and at.timestamp() < due[o]]
    books.wrong += [
        f"{key} is {state}, and there is {there.get(key)}"
        for key, _, due_at, state, *_ in rows
        if (state == "sent") != (key in there) and due_at < last
    ]
    books.wrong += _out_of_turn(rows, [at for (at,) in reader.execute(_ORDINARY)])
    books.wrong += _over_the_limit(discord.requests)
    books.counted.update(f"posts {state}" for _, _, _, state, *_ in rows)
    books.counted.update({"messages": len(discord.arrived), "requests": len(discord.requests), **discord.played})
    _count(books, rows, there, end)
    return books


def _owed_to(server: Server, crowd: Crowd, span: tuple[datetime, datetime]) -> Iterator[tuple[Owed, float]]:
    """What must be told, and when: not before its hour, nor what fell due before they tracked it."""
    start, end = span
    for film in server.films:
        day = crowd.films[film].get(server.country)
        if day is None:
            continue
        moves = film == MOVER and start < MOVED_AT
        spans = [(day, start, MOVED_AT), (day + MOVED_BY, MOVED_AT, end)] if moves else [(day, start, end)]
        if film == MOVER and not moves and start >= MOVED_AT:
            spans = [(day + MOVED_BY, start, end)]
        for on, since, until in spans:
            for days in (*server.milestones, 0):
                at = _instant(on - timedelta(days=days), server.minute, server.zone)
                if since.timestamp() <= at < until.timestamp():
                    yield Owed(server.number, film, "countdown" if days else "release", days), at
        if moves:
            local = MOVED_AT.astimezone(ZoneInfo(server.zone)).date()
            hours = (_instant(local + timedelta(days=later), server.minute, server.zone) for later in (0, 1))
            yield Owed(server.number, film, "date_change", 0), next(at for at in hours if at > MOVED_AT.timestamp())


@cache
def _instant(day: date, minute: int, zone: str) -> float:
    return datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone)).timestamp()


def _owed(key: str, numbers: Mapping[int, int]) -> Owed:
    server, film, kind, number, *_ = key.split(":")
    return Owed(int(server), numbers[int(film)], kind, 0 if kind == "date_change" else int(number))


def _out_of_turn(rows: Sequence[tuple[Any, ...]], ordinary: Sequence[int]) -> Iterator[str]:
    """Messages without one that were made while a release-day alert that was due waited still for its first."""
    dues, claims = (
        sorted(row[column] for row in rows if row[1] == "release" and row[5] is not None) for column in (2, 5)
    )
    for at in ordinary:
        if waiting := bisect_right(dues, at) - bisect_right(claims, at):
            yield f"something went before {waiting} release days at {at}"


def _over_the_limit(requests: Sequence[float]) -> Iterator[str]:
    """Seconds with more requests than Discord takes, wherever they begin."""
    asked = sorted(requests)
    for first, last in zip(asked, asked[LIMIT:], strict=False):
        if last - first < 1:
            yield f"more than {LIMIT} requests in the second from {first}"


def _count(books: Books, rows: Iterable[tuple[Any, ...]], there: Mapping[str, datetime], end: datetime) -> None:
    """By the minute; what ended otherwise than by arriving leaves the queue when it was settled."""
    begin, last = books.start.timestamp(), end.timestamp()
    comes, goes = ({kind: Counter[int]() for kind in KINDS} for _ in range(2))
    arrivals, late = {kind: Counter[int]() for kind in KINDS}, defaultdict[int, list[float]](list)
    for key, kind, due_at, _, settled_at, _ in rows:
        left: float | None = there[key].timestamp() if key in there else settled_at
        if due_at >= last or (left is not None and left < due_at):
            continue
        comes[kind][int(due_at - begin) // 60] += 1
        if left is not None:
            goes[kind][int(left - begin) // 60] += 1
        if left is not None and key in there:
            arrivals[kind][int(left - begin) // 60] += 1
            late[int(left - begin) // 60].append(left - due_at)
            books.lateness[kind].append(left - due_at)
    queues = dict.fromkeys(KINDS, 0)
    for minute in range(int(last - begin) // 60 + 1):
        for kind in KINDS:
            queues[kind] += comes[kind][minute] - goes[kind][minute]
        counts = (tuple(queues.values()), tuple(arrivals[kind][minute] for kind in KINDS))
        books.minutes.append(Minute(minute, *counts, _quantiles(late[minute]) if minute in late else ()))


def _in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def _quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], ordered[-1]
