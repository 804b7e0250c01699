"""Films and their facts in the store."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.films import Credit, DateChange, Film, FranchiseEntry, Job, Release
from bot.store.columns import epoch, epoch_or_none, json_text, text_or_none
from bot.store.database import Row, Transaction
from bot.store.film_rows import (
    brief_film,
    by_film,
    read_change,
    read_credit,
    read_film_id,
    read_franchise,
    read_release,
    read_trivia,
)


async def find_film_id(tx: Transaction, source: str, external_id: str) -> int | None:
    """Find the film that `source` calls `external_id`."""
    row = await tx.one("find_film_id", source=source, external_id=external_id)
    return row["film_id"] if row else None


async def find_film(tx: Transaction, film_id: int) -> Film | None:
    """Find a film with everything that is known of it."""
    row = await tx.one("find_film", film_id=film_id)
    if row is None:
        return None
    film = brief_film(
        row,
        map(read_release, await tx.all("list_releases", film_id=film_id)),
        map(read_change, await tx.all("list_date_changes", film_id=film_id)),
        dict(map(read_film_id, await tx.all("list_film_ids", film_id=film_id))),
    )
    franchise = await tx.one("find_franchise_of", film_id=film_id)
    entries = await tx.all("list_franchise_entries", franchise_id=franchise["id"]) if franchise else []
    return replace(
        film,
        credits=_in_job_order(map(read_credit, await tx.all("list_credits", film_id=film_id))),
        trivia=tuple(map(read_trivia, await tx.all("list_trivia", film_id=film_id))),
        franchise=read_franchise(franchise, entries) if franchise else None,
    )


async def list_brief_films(tx: Transaction) -> list[Film]:
    """List all films, brief, with their ids."""
    releases = by_film(await tx.all("list_all_releases"), read_release)
    changes = by_film(await tx.all("list_all_date_changes"), read_change)
    ids = by_film(await tx.all("list_all_film_ids"), read_film_id)
    return [
        brief_film(row, releases.get(row["id"], ()), changes.get(row["id"], ()), dict(ids.get(row["id"], ())))
        for row in await tx.all("list_all_films")
    ]


async def save_film(tx: Transaction, film: Film, now: datetime) -> int:
    """Replace what is known of the film that any of `film.ids` leads to, or add it; its id.

    Ids are added and never removed, and so is history; what Marquee learnt itself of changed dates is left alone.
    Wakes nobody.
    """
    film_id = await _find_by_ids(tx, film) or film.id
    if not film_id or not await tx.one("update_film", film_id=film_id, **_columns(film, now)):
        film_id = await _add_film(tx, film, now)
    for source, external_id in sorted(film.ids.items()):
        await tx.one("add_film_id", source=source, external_id=external_id, film_id=film_id)
    await _replace_parts(tx, film_id, film, now)
    await _add_history(tx, film_id, film.changes)
    return film_id


async def add_date_change(tx: Transaction, change: DateChange) -> int:
    """Record that a date is no longer what it was; the id."""
    return (await _get(tx, "add_date_change", **_change_columns(change.film_id, change)))["id"]


async def wake_followers(tx: Transaction, film_id: int, now: datetime) -> int:
    """Have everyone who follows the film planned again; how many."""
    return len(await tx.all("wake_followers", film_id=film_id, now=epoch(now)))


async def save_franchise(tx: Transaction, key: str, name: str, entries: Sequence[FranchiseEntry], now: datetime) -> int:
    """Add or replace the franchise `key` ("bundled:john-wick"), entries in release order; its id."""
    row = await _get(tx, "save_franchise", franchise_key=key, name=name, checked_at=epoch(now))
    await tx.all("remove_franchise_entries", franchise_id=row["id"])
    await tx.many(
        "add_franchise_entry",
        [
            {
                "franchise_id": row["id"],
                "position": position,
                "kind": entry.kind.value,
                "title": entry.title,
                "story": entry.story,
                "film_id": entry.film_id,
                "date": str(entry.date),
                "country": entry.country,
                "note": entry.note,
            }
            for position, entry in enumerate(entries)
        ],
    )
    return row["id"]


async def list_shared_people(tx: Transaction, subscriber_id: int, film_id: int) -> dict[int, list[tuple[int, str]]]:
    """Map each person of the film to the other films (id, label) followed that they direct or act in."""
    shared: dict[int, list[tuple[int, str]]] = {}
    for row in await tx.all("list_shared_people", subscriber_id=subscriber_id, film_id=film_id):
        label = Film(row["id"], row["title"], row["year"]).label
        shared.setdefault(row["person_id"], []).append((row["id"], label))
    return shared


async def find_meta(tx: Transaction, name: str) -> str | None:
    """Find a note that Marquee made for itself."""
    row = await tx.one("find_meta", name=name)
    return row["value"] if row else None


async def set_meta(tx: Transaction, name: str, value: str) -> None:
    """Make a note, or replace it."""
    await tx.all("set_meta", name=name, value=value)


def person_key(name: str) -> str:
    """Make the key under which the catalogue knows a person: the name without marks, case and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    slug = re.sub(r"[\W_]+", "-", bare).strip("-")
    return f"bundled:{slug or name}"


async def _get(tx: Transaction, name: str, /, **values: Any) -> Row:  # noqa: ANN401 - what a column takes
    """Run a statement that always gives a row."""
    row = await tx.one(name, **values)
    if row is None:
        raise LookupError(f"{name} gave nothing back")
    return row


async def _find_by_ids(tx: Transaction, film: Film) -> int | None:
    for source, external_id in film.ids.items():
        found = await find_film_id(tx, source, external_id)
        if found is not None:
            return found
    return None


async def _add_film(tx: Transaction, film: Film, now: datetime) -> int:
    film_id: int = (await _get(tx, "add_film", **_columns(film, now)))["id"]
    for source, external_id in sorted(film.ids.items()):
        if not await tx.one("add_film_id", source=source, external_id=external_id, film_id=film_id):
            # Another process added the film a moment ago: theirs stays.
            theirs = (await _get(tx, "find_film_id", source=source, external_id=external_id))["film_id"]
            await tx.all("remove_film", film_id=film_id)
            await tx.one("update_film", film_id=theirs, **_columns(film, now))
            return theirs
    return film_id


async def _replace_parts(tx: Transaction, film_id: int, film: Film, now: datetime) -> None:
    """Releases, credits and trivia: what there was goes, what there is comes."""
    for statement in ("remove_releases", "remove_credits", "remove_trivia"):
        await tx.all(statement, film_id=film_id)
    await tx.many("add_release", [_release_columns(film_id, release, now) for release in film.releases])
    credits = [(position, credit) for job in Job for position, credit in enumerate(film.people(job))]
    # By key: two processes that meet the same people wait for each other in one order.
    names = sorted({(person_key(credit.name), credit.name) for _, credit in credits})
    people = [{"person_key": key, "name": name} for key, name in names]
    await tx.many("add_person", people)
    await tx.many("rename_person", people)
    await tx.many("add_credit", [_credit_columns(film_id, position, credit) for position, credit in credits])
    trivia = enumerate(film.trivia)
    await tx.many(
        "add_trivia",
        [
            {"film_id": film_id, "position": position, "text": t.text, "spoiler": int(t.spoiler), "source": t.source}
            for position, t in trivia
        ],
    )


async def _add_history(tx: Transaction, film_id: int, changes: Sequence[DateChange]) -> None:
    """Add what is not on record yet; the same change with a better time or source is corrected."""
    rows = await tx.all("list_date_changes", film_id=film_id)
    known = {_identity(change): change for change in map(read_change, rows) if change.history}
    for change in changes:
        if not change.history:
            continue
        stored = known.get(_identity(change))
        if stored is None:
            await tx.one("add_date_change", **_change_columns(film_id, change))
        elif (stored.source, stored.known_at) != (change.source, change.known_at):
            known_at = epoch_or_none(change.known_at)
            await tx.all("update_history", change_id=stored.id, source=change.source, known_at=known_at)


def _identity(change: DateChange) -> tuple[object, ...]:
    return change.country, change.type, change.old, change.new


def _columns(film: Film, now: datetime) -> Mapping[str, Any]:
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


def _release_columns(film_id: int, release: Release, now: datetime) -> Mapping[str, Any]:
    return {
        "film_id": film_id,
        "country": release.country,
        "type": release.type.value,
        "date": str(release.date),
        "note": release.note,
        "source": release.source,
        "checked_at": epoch(now),
    }


def _credit_columns(film_id: int, position: int, credit: Credit) -> Mapping[str, Any]:
    return {
        "film_id": film_id,
        "person_key": person_key(credit.name),
        "job": credit.job.value,
        "position": position,
        "character_name": credit.character,
    }


def _change_columns(film_id: int, change: DateChange) -> Mapping[str, Any]:
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


def _in_job_order(credits: Iterable[Credit]) -> tuple[Credit, ...]:
    jobs = list(Job)
    return tuple(sorted(credits, key=lambda credit: (jobs.index(credit.job), credit.position)))
