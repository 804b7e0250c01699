"""Taking the bundled catalogue over at the start, like any other source's word."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.films import Catalogue, CatalogueEntry, FranchiseEntry
from bot.services.taking import take_in
from bot.store import films as film_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
#: With the number of what is made of a catalogue: 2 keeps its word beside those of other sources.
_DIGEST = "catalogue 2"
_LOADING = "catalogue being loaded"


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
        await film_store.set_meta(tx, _LOADING, digest)  # another process that does the same waits here
        if await film_store.find_meta(tx, _DIGEST) == digest:
            return Loaded(0, 0)
        loaded = await _take_over_all(tx, catalogue, now)
        await film_store.set_meta(tx, _DIGEST, catalogue.digest)
    log.info("Loaded %s films from the catalogue; %s dates moved", loaded.films, loaded.moved)
    return loaded


async def _take_over_all(tx: Transaction, catalogue: Catalogue, now: datetime) -> Loaded:
    ids: dict[str, int] = {}
    moved = 0
    for key, film in catalogue.films.items():
        taken = await take_in(tx, film, catalogue.source, now)
        ids[key] = taken.film_id
        moved += len(taken.changes)
    franchises = {f"{catalogue.source}:{franchise.key}": franchise for franchise in catalogue.franchises}
    for key, franchise in franchises.items():
        entries = [_entry(entry, ids) for entry in franchise.entries]
        await film_store.save_franchise(tx, key, franchise.name, entries, now)
    await film_store.keep_franchises(tx, catalogue.source, franchises.keys())
    return Loaded(len(catalogue.films), moved)


def _entry(entry: CatalogueEntry, ids: dict[str, int]) -> FranchiseEntry:
    film_id = ids[entry.film_key] if entry.film_key else None
    return FranchiseEntry(entry.kind, entry.title, entry.story, film_id, entry.date, entry.country, entry.note)
