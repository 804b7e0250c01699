"""Rows → films and their parts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

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
from bot.store.columns import date_or_none, instant_of, instant_or_none, texts_of
from bot.store.statements import Row

T = TypeVar("T")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def brief_film(row: Row, releases: Iterable[Release], changes: Iterable[DateChange], ids: Mapping[str, str]) -> Film:
    """A film without credits, trivia and franchise. Changes come in order of time, those of unknown time first."""
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
        changes=tuple(sorted(changes, key=lambda change: (change.known_at or _LONG_AGO, change.id))),
        ids=dict(ids),
        sources=texts_of(row["sources"]),
        as_of=None if row["as_of"] is None else date.fromisoformat(row["as_of"]),
        checked_at=instant_of(row["checked_at"]),
    )


def by_film(rows: Sequence[Row], read: Callable[[Row], T]) -> Mapping[int, Sequence[T]]:
    """What each film has of something; nothing for a film that has none."""
    grouped: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        grouped[row["film_id"]].append(read(row))
    return grouped


def read_release(row: Row) -> Release:
    """A row of releases."""
    date_ = ReleaseDate.parse(row["date"])
    return Release(row["country"], ReleaseType(row["type"]), date_, row["note"], row["source"])


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
