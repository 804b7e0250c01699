"""Taking facts over into the store: the bundled catalogue at the start, and every date that they move."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.films import Catalogue, CatalogueEntry, DateChange, Film, FranchiseEntry
from bot.domain.releases import changed_dates
from bot.store import films as film_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
_DIGEST = "catalogue"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading the catalogue did."""

    films: int  #: taken over; 0 when nothing had changed
    moved: int  #: dates that are not what they were


async def load_catalogue(db: Database, digest: str, read: Callable[[], Catalogue], now: datetime) -> Loaded:
    """Take the catalogue over if a byte of it has changed; all of it or nothing. `read` is called only then.

    A film that it no longer has stays: servers may track it. A franchise goes.

    Raises:
        CatalogueError: a file cannot be used.
    """
    async with db.reading() as tx:
        if await film_store.find_meta(tx, _DIGEST) == digest:
            return Loaded(0, 0)
    catalogue = read()
    async with db.transaction() as tx:
        loaded = await _take_over_all(tx, catalogue, now)
        await film_store.set_meta(tx, _DIGEST, catalogue.digest)
    log.info("Loaded %s films from the catalogue; %s dates moved", loaded.films, loaded.moved)
    return loaded


async def _take_over_all(tx: Transaction, catalogue: Catalogue, now: datetime) -> Loaded:
    ids: dict[str, int] = {}
    moved = 0
    for key, film in catalogue.films.items():
        ids[key], changes = await take_over(tx, film, catalogue.source, now)
        moved += len(changes)
    franchises = {f"{catalogue.source}:{franchise.key}": franchise for franchise in catalogue.franchises}
    for key, franchise in franchises.items():
        entries = [_entry(entry, ids) for entry in franchise.entries]
        await film_store.save_franchise(tx, key, franchise.name, entries, now)
    await film_store.keep_franchises(tx, catalogue.source, franchises.keys())
    return Loaded(len(catalogue.films), moved)


async def take_over(tx: Transaction, film: Film, source: str, now: datetime) -> tuple[int, Sequence[DateChange]]:
    """Store what `source` says of `film`, owe each changed date to those who follow it; the film's id and the changes.

    A film seen for the first time changes nothing for anyone.
    """
    known_id = await film_store.find_known_film_id(tx, film)
    known = await film_store.find_film(tx, known_id) if known_id is not None else None
    changes: list[DateChange] = []
    if known is not None:
        for country, type_, old, new in changed_dates(known.releases, film.releases):
            change = DateChange(0, known.id, country, type_, old, new, source, now)
            changes.append(change)
            await film_store.add_date_change(tx, change)
    film_id = await film_store.save_film(tx, film, now)
    if changes:
        await film_store.wake_followers(tx, film_id, now)
    return film_id, changes


def _entry(entry: CatalogueEntry, ids: dict[str, int]) -> FranchiseEntry:
    film_id = ids[entry.film_key] if entry.film_key else None
    return FranchiseEntry(entry.kind, entry.title, entry.story, film_id, entry.date, entry.country, entry.note)
