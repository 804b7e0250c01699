"""Rows → films and their parts, and back."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from bot.domain.dates import ReleaseDate
from bot.domain.films import (
    Credit,
    DateChange,
    EntryKind,
    Film,
    Franchise,
    FranchiseEntry,
    Job,
    Release,
    ReleaseType,
    Trivia,
)
from bot.store.columns import (
    date_or_none,
    epoch,
    epoch_or_none,
    instant_of,
    instant_or_none,
    json_text,
    text_or_none,
    texts_of,
)
from bot.store.statements import Row

T = TypeVar("T")
#: The planner reads the same films for one batch of servers after another: so many releases need not be made again.
_REMEMBERED = 8192
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def brief_film(row: Row, releases: Iterable[Release], changes: Iterable[DateChange], ids: Mapping[str, str]) -> Film:
    """A film without credits, trivia and franchise."""
    return Film(
        id=row["id"],
        title=row["title"],
        year=row["year"],
        original_title=row["original_title"],
        original_language=row["original_language"],
        alternative_titles=texts_of(row["alternative_titles"]),
        summary=row["summary"],
        runtime_minutes=row["runtime_minutes"],
        genres=texts_of(row["genres"]),
        companies=texts_of(row["companies"]),
        distributors=texts_of(row["distributors"]),
        countries=texts_of(row["countries"]),
        releases=tuple(releases),
        changes=in_time(changes),
        ids=dict(ids),
        sources=texts_of(row["sources"]),
        as_of=None if row["as_of"] is None else date.fromisoformat(row["as_of"]),
        checked_at=instant_of(row["checked_at"]),
    )


def in_time(changes: Iterable[DateChange]) -> tuple[DateChange, ...]:
    """Changes of date in order of time, those of unknown time first."""
    return tuple(sorted(changes, key=lambda change: (change.known_at or _LONG_AGO, change.id)))


def by_film(rows: Sequence[Row], read: Callable[[Row], T]) -> Mapping[int, Sequence[T]]:
    """What each film has of something; nothing for a film that has none."""
    grouped: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        grouped[row["film_id"]].append(read(row))
    return grouped


def read_release(row: Row) -> Release:
    """A row of releases."""
    return _release(
        row["country"], row["type"], row["date"], row["note"], row["source"], row["language"], row["certification"],
        row["since_at"],
    )  # fmt: skip


@lru_cache(_REMEMBERED)
def _release(
    country: str, type_: str, on: str, note: str, source: str, language: str, certification: str, since_at: int | None
) -> Release:
    date_ = ReleaseDate.parse(on)
    return Release(country, ReleaseType(type_), date_, note, source, language, certification, instant_or_none(since_at))


def read_change(row: Row) -> DateChange:
    """A row of date_changes."""
    return DateChange(
        id=row["id"],
        film_id=row["film_id"],
        country=row["country"],
        type=ReleaseType(row["type"]),
        old=date_or_none(row["old_date"]),
        new=date_or_none(row["new_date"]),
        source=row["source"],
        known_at=instant_or_none(row["known_at"]),
        history=bool(row["history"]),
    )


def read_film_id(row: Row) -> tuple[str, str]:
    """A row of film_ids: the source and its id."""
    return row["source"], row["external_id"]


def read_credit(row: Row) -> Credit:
    """A row of credits with the person's name."""
    return Credit(row["person_id"], row["name"], Job(row["job"]), row["position"], row["character_name"])


def read_trivia(row: Row) -> Trivia:
    """A row of trivia."""
    return Trivia(row["text"], bool(row["spoiler"]), row["source"])


def read_franchise(row: Row, entries: Sequence[Row]) -> Franchise:
    """A row of franchises with its entries."""
    return Franchise(row["id"], row["name"], tuple(_read_entry(entry) for entry in entries))


def film_columns(film: Film, now: datetime) -> Mapping[str, Any]:
    """What is written of a film itself."""
    return {
        "title": film.title,
        "year": film.year,
        "original_title": film.original_title,
        "original_language": film.original_language,
        "alternative_titles": json_text(film.alternative_titles),
        "summary": film.summary,
        "runtime_minutes": film.runtime_minutes,
        "genres": json_text(film.genres),
        "companies": json_text(film.companies),
        "distributors": json_text(film.distributors),
        "countries": json_text(film.countries),
        "sources": json_text(film.sources),
        "as_of": film.as_of.isoformat() if film.as_of else None,
        "checked_at": epoch(now),
    }


def release_columns(film_id: int, release: Release, now: datetime) -> Mapping[str, Any]:
    """What is written of a release."""
    return {
        "film_id": film_id,
        "country": release.country,
        "type": release.type.value,
        "date": str(release.date),
        "note": release.note,
        "source": release.source,
        "language": release.language,
        "certification": release.certification,
        "since_at": epoch_or_none(release.since),
        "checked_at": epoch(now),
    }


def credit_columns(film_id: int, position: int, credit: Credit, key: str) -> Mapping[str, Any]:
    """What is written of a credit of the person with that key; `position` stands within its job."""
    return {
        "film_id": film_id,
        "person_key": key,
        "job": credit.job.value,
        "position": position,
        "character_name": credit.character,
    }


def change_columns(film_id: int, change: DateChange) -> Mapping[str, Any]:
    """What is written of a changed date."""
    return {
        "film_id": film_id,
        "country": change.country,
        "type": change.type.value,
        "old_date": text_or_none(change.old),
        "new_date": text_or_none(change.new),
        "source": change.source,
        "known_at": epoch_or_none(change.known_at),
        "history": int(change.history),
    }


def person_key(name: str) -> str:
    """Make the key under which the catalogue knows a person: the name without marks, case and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    slug = re.sub(r"[\W_]+", "-", bare).strip("-")
    return f"bundled:{slug or name}"


def _read_entry(row: Row) -> FranchiseEntry:
    return FranchiseEntry(
        kind=EntryKind(row["kind"]),
        title=row["title"],
        story=row["story"],
        film_id=row["film_id"],
        date=ReleaseDate.parse(row["date"]),
        country=row["country"],
        note=row["note"],
    )
