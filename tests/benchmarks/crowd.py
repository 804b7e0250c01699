"""A store as large as wanted, filled by SQL: films, servers that follow them, and what these were told before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from bot.store.database import Database, open_database

#: Nine o'clock in New York on a summer's Friday is 13:00 UTC.
NINE = datetime(2026, 6, 5, 13, tzinfo=UTC)
TODAY = date(2026, 6, 5)
#: What is planned at this instant is due at nine.
BEFORE_NINE = NINE - timedelta(minutes=5)
#: Since then each film has had no post but the one due at nine.
_TRACKED_AT = int((NINE - timedelta(hours=12)).timestamp())
_NEVER = int((NINE + timedelta(days=200)).timestamp())
_ZONES = ("America/New_York", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "America/Sao_Paulo")
_COUNTRIES = ("US", "GB", "DE", "FR", "BR", "IN", "JP", "AU")
SERVER, CHANNEL = 700_000_000_000_000_000, 800_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Servers:
    """Some servers that follow the same number of films each."""

    count: int
    follows: int
    films: tuple[int, int]  #: from which on, to which: ids
    wake_at: int = _NEVER
    zone: str | None = None  #: None: from all over the world
    besides: tuple[int, ...] = ()  #: films that all of them follow as well


def owed_films(first: int, count: int) -> Iterator[tuple[int, date]]:
    """Films of which each has a post due at nine on `TODAY`: out on that day, or in 1, 3, 7 or 30 days."""
    days = (0, 1, 3, 7, 30)
    return ((first + place, TODAY + timedelta(days=days[place % len(days)])) for place in range(count))


def far_films(first: int, count: int) -> Iterator[tuple[int, date]]:
    """Films that are out in a year."""
    return ((first + place, TODAY + timedelta(days=300 + place % 90)) for place in range(count))


async def stock(path: Path, films: Iterable[tuple[int, date]], servers: Iterable[Servers], *, seed: int = 1) -> None:
    """Fill a new SQLite file with films (id and day), and with servers numbered from 1 in the order given."""
    await (await open_database(f"sqlite:///{path}")).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    _add_films(connection, films)
    random, number = Random(seed), 0
    for group in servers:
        numbers = range(number + 1, number + 1 + group.count)
        number += group.count
        connection.executemany(_SERVER, (_server(n, group, random) for n in numbers))
        first, last = group.films
        connection.executemany(
            "INSERT INTO subscriptions (subscriber_id, film_id, tracked_at, tracked_by) VALUES (?, ?, ?, 1)",
            (
                (n, film_id, _TRACKED_AT)
                for n in numbers
                for film_id in (*group.besides, *random.sample(range(first, last + 1), group.follows))
            ),
        )
    connection.commit()
    connection.close()


async def opened(path: Path) -> Database:
    """Open what was stocked."""
    return await open_database(f"sqlite:///{path}")


_SERVER = """INSERT INTO subscribers (
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, track_right, country_chosen,
    timezone_chosen, revision, planned_revision, next_wake_at, created_at
) VALUES (?, 'guild', ?, ?, 'US', ?, 540, '[30, 7, 3, 1]', 'everyone', 1, 1, 0, 0, ?, 0)"""

_FILM = """INSERT INTO films (
    id, title, year, original_title, original_language, alternative_titles, summary, genres, companies, distributors,
    countries, sources, checked_at
) VALUES (?, ?, ?, '', 'en', '["Another Title"]', ?, '["Drama"]', '["A", "B"]', '["C"]', '["US"]', '[]', 0)"""
_RELEASE = """INSERT INTO releases (film_id, country, type, date, note, source, checked_at)
VALUES (?, ?, ?, ?, '', 'tmdb', 0)"""


def _server(number: int, group: Servers, random: Random) -> tuple[object, ...]:
    zone = group.zone or random.choice(_ZONES)
    wake_at = group.wake_at if group.wake_at != _NEVER else _NEVER + random.randrange(10**6)
    return (number, SERVER + number, CHANNEL + number, zone, wake_at)


def _add_films(connection: sqlite3.Connection, films: Iterable[tuple[int, date]]) -> None:
    for film_id, day in films:
        connection.execute(
            _FILM,
            (film_id, f"Film {film_id}", day.year, "Somebody does something. " * 8),
        )
        connection.executemany(
            _RELEASE,
            [(film_id, country, "theatrical", day.isoformat()) for country in _COUNTRIES]
            + [(film_id, "US", "digital", (day + timedelta(days=60)).isoformat())],
        )
