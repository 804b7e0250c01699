"""Films and their facts in the store."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.dates import ReleaseDate
from bot.domain.films import DateChange, Film, FranchiseEntry, Release, ReleaseType
from bot.store.columns import epoch, epoch_or_none
from bot.store.database import Row, Transaction
from bot.store.doubts import list_doubts
from bot.store.film_extras import extra_columns, read_extras
from bot.store.film_rows import (
    brief_film,
    by_film,
    change_columns,
    film_columns,
    read_change,
    read_film_id,
    read_franchise,
    read_release,
    read_trivia,
    release_columns,
)
from bot.store.people import list_credits, replace_credits

#: The source whose ids are names of files, permanent and one for each film; an id of any other may be corrected.
_CATALOGUE = "bundled"
#: What makes a change of date the same change: country, type, old and new date.
Identity = tuple[str, ReleaseType, ReleaseDate | None, ReleaseDate | None]


async def find_film_id(tx: Transaction, source: str, external_id: str) -> int | None:
    """Find the film that `source` calls `external_id`."""
    row = await tx.one("find_film_id", source=source, external_id=external_id)
    return row["film_id"] if row else None


async def find_film(tx: Transaction, film_id: int) -> Film | None:
    """Find a film with everything that is known of it."""
    row = await tx.one("find_film", film_id=film_id)
    if row is None:
        return None
    film_id = row["id"]
    film = brief_film(
        row,
        map(read_release, await tx.all("list_releases", film_id=film_id)),
        map(read_change, await tx.all("list_date_changes", film_id=film_id)),
        await map_ids(tx, film_id),
    )
    franchise = await tx.one("find_franchise_of", film_id=film_id)
    entries = await tx.all("list_franchise_entries", franchise_id=franchise["id"]) if franchise else []
    extras = await tx.one("find_film_extras", film_id=film_id)
    return replace(
        film,
        credits=await list_credits(tx, film_id),
        trivia=tuple(map(read_trivia, await tx.all("list_trivia", film_id=film_id))),
        franchise=read_franchise(franchise, entries) if franchise else None,
        doubts=tuple(await list_doubts(tx, film_id)),
        **read_extras(extras) if extras else {},
    )


async def map_ids(tx: Transaction, film_id: int) -> dict[str, str]:
    """Map each source to what it calls the film."""
    return dict(map(read_film_id, await tx.all("list_film_ids", film_id=film_id)))


async def list_releases(tx: Transaction, film_id: int) -> list[Release]:
    """List what is in force of a film's dates."""
    return list(map(read_release, await tx.all("list_releases", film_id=film_id)))


async def list_brief_films(tx: Transaction) -> list[Film]:
    """List all films, brief, with their ids."""
    return (await list_films_since(tx, None))[0]


async def list_films_since(tx: Transaction, since: datetime | None) -> tuple[list[Film], list[int]]:
    """List the films, brief, that were taken over since then (None: ever), and the ids of those that became others."""
    values = {"since": epoch(since) if since else 0}
    rows = await tx.all("list_films_since", **values)
    if not rows:
        return [], []
    releases = by_film(await tx.all("list_releases_since", **values), read_release)
    changes = by_film(await tx.all("list_date_changes_since", **values), read_change)
    ids = by_film(await tx.all("list_film_ids_since", **values), read_film_id)
    films = [
        brief_film(row, releases.get(row["id"], ()), changes.get(row["id"], ()), dict(ids.get(row["id"], ())))
        for row in rows
        if row["joined_into"] is None
    ]
    return films, [row["id"] for row in rows if row["joined_into"] is not None]


async def find_known_film_id(tx: Transaction, film: Film) -> int | None:
    """Find the film that any of `film.ids` leads to, passing over one that the catalogue has as another film."""
    for source, external_id in film.ids.items():
        found = await find_film_id(tx, source, external_id)
        if found is not None and not await _is_another(tx, found, film):
            return found
    return None


async def save_film(tx: Transaction, film: Film, now: datetime) -> int:
    """Replace what is known of the film with that id, or that `find_known_film_id` finds, or add it; its id.

    Ids are added and never removed, and so is history; what Marquee learnt itself of changed dates is left alone.
    Wakes nobody.
    """
    film_id = film.id or await find_known_film_id(tx, film) or 0
    if not film_id or not await tx.one("update_film", film_id=film_id, **film_columns(film, now)):
        film_id = await _add_film(tx, film, now)
    for source, external_id in sorted(film.ids.items()):
        await tx.one("add_film_id", source=source, external_id=external_id, film_id=film_id)
    await tx.all("save_film_extras", film_id=film_id, **extra_columns(film))
    await _replace_parts(tx, film_id, film, now)
    await _add_history(tx, film_id, film.changes)
    return film_id


async def add_date_change(tx: Transaction, change: DateChange, subscriber_id: int | None = None) -> int:
    """Record that a date is no longer what it was, for everybody or for one subscriber; the id."""
    columns = change_columns(change.film_id, change)
    return (await _get(tx, "add_date_change", subscriber_id=subscriber_id, **columns))["id"]


async def take_turn(tx: Transaction) -> None:
    """Wait until nobody else takes in a film; it is our turn until the end of the transaction."""
    await tx.all("take_turn")


async def wake_followers(tx: Transaction, film_id: int, now: datetime) -> int:
    """Have everyone who follows the film planned again; how many."""
    return len(await tx.all("wake_followers", film_id=film_id, now=epoch(now)))


async def join_films(tx: Transaction, film_id: int, into_id: int, now: datetime) -> bool:
    """Make `film_id` the same film as `into_id`: who follows it follows that one, and its ids lead there.

    False, and nothing is done, where the catalogue has both: it knows them apart. Nothing that fell due before `now` is
    owed a second time.
    """
    names = [dict(map(read_film_id, await tx.all("list_film_ids", film_id=each))) for each in (film_id, into_id)]
    if all(_CATALOGUE in ids for ids in names):
        return False
    await wake_followers(tx, film_id, now)
    await tx.all("join_subscriptions", film_id=film_id, into_id=into_id, now=epoch(now))
    await tx.all("remove_subscriptions_of", film_id=film_id)
    for statement in ("join_film_ids", "join_records", "join_live_messages"):
        await tx.all(statement, film_id=film_id, into_id=into_id)
    await tx.all("join_film", film_id=film_id, into_id=into_id, now=epoch(now))
    return True


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


async def keep_franchises(tx: Transaction, source: str, keys: Collection[str]) -> None:
    """Remove the franchises of `source` ("bundled") but for `keys` ("bundled:john-wick"); their films stay."""
    for row in await tx.all("list_franchise_keys"):
        key: str = row["franchise_key"]
        if key.startswith(f"{source}:") and key not in keys:
            await tx.all("remove_franchise", franchise_id=row["id"])


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


async def _get(tx: Transaction, name: str, /, **values: Any) -> Row:  # noqa: ANN401 - what a column takes
    """Run a statement that always gives a row."""
    row = await tx.one(name, **values)
    if row is None:
        raise LookupError(f"{name} gave nothing back")
    return row


async def _is_another(tx: Transaction, film_id: int, film: Film) -> bool:
    """Whether the catalogue knows `film_id` by a name that is not `film`'s: an id was in the wrong file once."""
    ids = map(read_film_id, await tx.all("list_film_ids", film_id=film_id))
    names = {external_id for source, external_id in ids if source == _CATALOGUE}
    return _CATALOGUE in film.ids and bool(names) and film.ids[_CATALOGUE] not in names


async def _add_film(tx: Transaction, film: Film, now: datetime) -> int:
    film_id: int = (await _get(tx, "add_film", **film_columns(film, now)))["id"]
    for source, external_id in sorted(film.ids.items()):
        if not await tx.one("add_film_id", source=source, external_id=external_id, film_id=film_id):
            theirs = (await _get(tx, "find_film_id", source=source, external_id=external_id))["film_id"]
            if await _is_another(tx, theirs, film):
                continue
            # Another process added the film a moment ago: theirs stays.
            await tx.all("remove_film", film_id=film_id)
            await tx.one("update_film", film_id=theirs, **film_columns(film, now))
            return theirs
    return film_id


async def _replace_parts(tx: Transaction, film_id: int, film: Film, now: datetime) -> None:
    """Releases, credits and trivia: what there was goes, what there is comes."""
    for statement in ("remove_releases", "remove_trivia"):
        await tx.all(statement, film_id=film_id)
    await tx.many("add_release", [release_columns(film_id, release, now) for release in film.releases])
    await replace_credits(tx, film_id, film)
    trivia = enumerate(film.trivia)
    await tx.many(
        "add_trivia",
        [
            {"film_id": film_id, "position": position, "text": t.text, "spoiler": int(t.spoiler), "source": t.source}
            for position, t in trivia
        ],
    )


async def _add_history(tx: Transaction, film_id: int, changes: Sequence[DateChange]) -> None:
    """Add what is not on record yet; the same change with a better time or source is corrected.

    A move that Marquee learnt itself is not history as well: the card would count it twice.
    """
    on_record = list(map(read_change, await tx.all("list_date_changes", film_id=film_id)))
    known = {_identity(change): change for change in on_record if change.history}
    history = [change for change in changes if change.history]
    learnt = _steps_of(history, {_identity(change) for change in on_record if not change.history})
    for change in history:
        stored = known.get(_identity(change))
        if stored is None:
            if _identity(change) not in learnt:
                await tx.one("add_date_change", subscriber_id=None, **change_columns(film_id, change))
        elif (stored.source, stored.known_at) != (change.source, change.known_at):
            known_at = epoch_or_none(change.known_at)
            await tx.all("update_history", change_id=stored.id, source=change.source, known_at=known_at)


def _steps_of(history: Sequence[DateChange], learnt: Collection[Identity]) -> set[Identity]:
    """The steps, one or several on end, that lead from the first to the last date of a move that was learnt."""
    steps: set[Identity] = set()
    for country, type_, old, new in learnt:
        chain = [s for s in map(_identity, history) if s[:2] == (country, type_)]
        starts = [place for place, step in enumerate(chain) if step[2] == old]
        ends = [place + 1 for place, step in enumerate(chain) if step[3] == new and starts and place >= starts[0]]
        steps.update(chain[starts[0] : ends[0]] if ends else ())
    return steps


def _identity(change: DateChange) -> Identity:
    old, new = (day if day and day.first else None for day in (change.old, change.new))  # "tba" is no date
    return change.country, change.type, old, new
