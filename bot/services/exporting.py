"""A server's list as a file: JSON for programs, CSV for spreadsheets."""

import csv
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.dates import TBA
from bot.domain.follows import Follow
from bot.domain.releases import counting_for
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription, Wanted, in_force, today_of
from bot.store import follows as follow_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database

#: Raised when a field changes its meaning or goes; a new field alone does not.
VERSION = 1
#: The databases whose ids other programs know films by.
ID_SOURCES = ("imdb", "tmdb", "wikidata")
#: A spreadsheet takes a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@")
_COLUMNS: tuple[str, ...] = (
    "kind", "title", "year", *ID_SOURCES, "country", "type", "date", "precision", "source", "wanted",
    "tracked_at", "tracked_by", "channel",
)  # fmt: skip
_Row = Mapping[str, Any]


class ExportFormat(StrEnum):
    """What kind of file."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, ready to be attached."""

    filename: str
    content: bytes
    films: int
    follows: int


class Exporting:
    """Writes what a server tracks and follows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def export(self, guild_id: int, format_: ExportFormat, now: datetime) -> Exported | None:
        """The server's list; None if there is nothing on it."""
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            if subscriber is None:
                return None
            subscriptions = await subscriber_store.list_subscriptions(tx, subscriber.id)
            ids = await subscriber_store.map_followed_ids(tx, subscriber.id)
            follows = await follow_store.list_follows(tx, subscriber.id)
        if not subscriptions and not follows:
            return None
        films = [
            _film(subscriber, subscription, ids.get(subscription.film.id, {}), now) for subscription in subscriptions
        ]
        rows = [_follow(subscriber, follow) for follow in follows]
        write = _json if format_ is ExportFormat.JSON else _csv
        filename = f"marquee-{today_of(subscriber, now)}.{format_}"
        return Exported(filename, write(subscriber, films, rows, now), len(films), len(rows))


def _film(subscriber: Subscriber, subscription: Subscription, ids: Mapping[str, str], now: datetime) -> _Row:
    """A tracked film with the release that is spoken of today, by the settings in force for it.

    Discord's ids are text: as numbers they lose their last digits in JavaScript and in spreadsheets.
    """
    settings, film = in_force(subscriber, subscription), subscription.film
    release = counting_for(subscriber, subscription).ahead(today_of(subscriber, now))
    day = release.date if release else TBA
    return {
        "title": film.title,
        "year": film.year,
        **{source: ids.get(source) for source in ID_SOURCES},
        "country": settings.country,
        "type": release.type.value if release else None,
        "date": str(day),
        "precision": day.precision.value,
        "source": release.source if release else None,
        "wanted": [way.value for way in Wanted if way in settings.wanted],
        "tracked_at": subscription.tracked_at.isoformat(),
        "tracked_by": str(subscription.tracked_by),
        "channel": _channel(subscription.channel_id or subscriber.channel_id),
    }


def _follow(subscriber: Subscriber, follow: Follow) -> _Row:
    return {
        "kind": follow.kind.value,
        "name": follow.name,
        "refs": list(follow.refs),
        "followed_at": follow.followed_at.isoformat(),
        "followed_by": str(follow.followed_by),
        "channel": _channel(follow.channel_id or subscriber.channel_id),
    }


def _channel(channel_id: int | None) -> str | None:
    return str(channel_id) if channel_id else None


def _json(subscriber: Subscriber, films: Sequence[_Row], follows: Sequence[_Row], now: datetime) -> bytes:
    body = {
        "version": VERSION,
        "exported_at": now.isoformat(),
        "server": str(subscriber.discord_id),
        "country": subscriber.country,
        "timezone": subscriber.timezone,
        "films": films,
        "follows": follows,
    }
    return json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"


def _csv(_subscriber: Subscriber, films: Sequence[_Row], follows: Sequence[_Row], _now: datetime) -> bytes:
    """One table, with UTF-8's mark at its beginning: without it Excel spoils every accent."""
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, _COLUMNS)
    writer.writeheader()
    for film in films:
        writer.writerow(_cells({"kind": "film", **film, "wanted": " ".join(film["wanted"])}))
    for follow in follows:
        ids = {source: own for source, _, own in (ref.partition(":") for ref in follow["refs"]) if source in ID_SOURCES}
        row = {"kind": follow["kind"], "title": follow["name"], **ids, "channel": follow["channel"]}
        row |= {"tracked_at": follow["followed_at"], "tracked_by": follow["followed_by"]}
        writer.writerow(_cells(row))
    return sheet.getvalue().encode("utf-8-sig")


def _cells(row: _Row) -> _Row:
    """A row that no spreadsheet takes for formulas, nor Discord's ids in it for numbers: they stand as mentions."""
    cells = {name: _harmless(value) if isinstance(value, str) else value for name, value in row.items()}
    for name, mention in (("tracked_by", "<@{}>"), ("channel", "<#{}>")):
        if row.get(name):
            cells[name] = mention.format(row[name])
    return cells


def _harmless(text: str) -> str:
    # Excel takes the wide forms of Japanese keyboards as well.
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if first in _FORMULA else text
