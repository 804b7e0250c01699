"""Taking a source's word about a film into the store: its record, what all sources come to, what moved, who is told."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.doubts import DoubtState
from bot.domain.films import DateChange, Doubt, Film
from bot.domain.gate import judge
from bot.domain.merge import Record, merge, recall, remember
from bot.store import doubts as doubt_store
from bot.store import films as film_store
from bot.store import records as record_store
from bot.store.database import Transaction
from bot.store.records import RecordState, StoredRecord

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a source's word changed."""

    film_id: int
    new: bool = False  #: the film was not known
    changes: Sequence[DateChange] = ()  #: dates that are not what they were; those of history are not told
    doubts: Sequence[Doubt] = ()  #: new ones


async def take_in(
    tx: Transaction,
    film: Film,
    source: str,
    now: datetime,
    *,
    film_id: int | None = None,
    validator: str = "",
    next_check_at: datetime | None = None,
) -> Taken:
    """Store what `source` says of a film, and owe what moved by it to those who follow it.

    `film_id`: which film it was asked about; None: found by the ids, or new. A film seen for the first time changes
    nothing for anyone. What the source does not say any more is withdrawn only through the gate.
    """
    await film_store.take_turn(tx)
    known_id = film_id or await film_store.find_known_film_id(tx, film)
    known = await film_store.find_film(tx, known_id) if known_id else None
    known_id = known.id if known else None
    stored = await record_store.list_records(tx, known_id) if known_id else []
    words = [word for each in stored if (word := _word(each, known))]
    mine = next((word for word in words if word.source == source), None)
    record = remember(mine, film, source, now)
    others = [word for word in words if word.source != source]
    merged = merge(known_id or 0, [*others, record])
    if known is None:
        taken = Taken(await film_store.save_film(tx, merged, now), new=True)
    else:
        taken = await _bring_about(tx, known, merged, [*others, record], now)
    state = StoredRecord(
        taken.film_id,
        source,
        RecordState.FOUND,
        record.film,
        validator,
        first_at=record.first_at,
        checked_at=now,
        next_check_at=next_check_at,
    )
    await record_store.save_record(tx, state)
    return taken


def _word(record: StoredRecord, known: Film | None) -> Record | None:
    """What a source said; where an older Marquee wrote it down in other words, what came of it."""
    if record.word is None and known is not None and record.first_at and record.checked_at:
        return recall(known, record.source, record.first_at, record.checked_at)
    return record.word


async def _bring_about(tx: Transaction, known: Film, merged: Film, records: Sequence[Record], now: datetime) -> Taken:
    """Replace what is in force of a known film, but for what is doubted; wake those whom it concerns."""
    judged = judge(known, merged, records, now)
    settled = [*((d, DoubtState.PASSED) for d in judged.passed), *((d, DoubtState.DROPPED) for d in judged.dropped)]
    for doubt, state in settled:
        await _settle(tx, doubt, state, now)
    for change in judged.changes:
        await film_store.add_date_change(tx, change)
    doubts = tuple([replace(doubt, id=await doubt_store.add_doubt(tx, doubt)) for doubt in judged.doubted])
    for doubt in doubts:
        log.info("%s: %s says %s for %s, held: %s", known.label, doubt.source, doubt.new, doubt.country, doubt.reason)
    await film_store.save_film(tx, judged.film, now)
    await _join_twins(tx, judged.film, now)
    if judged.film.ids.keys() - known.ids.keys():
        await record_store.hasten_unknown(tx, known.id, now)
    if judged.changes or doubts or settled:
        await film_store.wake_followers(tx, known.id, now)
    return Taken(known.id, changes=judged.changes, doubts=doubts)


async def _settle(tx: Transaction, doubt: Doubt, state: DoubtState, now: datetime) -> None:
    """End a doubt. For those who trusted it, it was in force: that ends too, and if nothing follows they are told."""
    if not await doubt_store.settle_doubt(tx, doubt.id, state, now):
        return
    back = DateChange(0, doubt.film_id, doubt.country, doubt.type, doubt.new, doubt.old, doubt.source, now)
    for subscriber_id in await doubt_store.list_trusting(tx, doubt.id):
        await film_store.add_date_change(tx, back, subscriber_id)


async def _join_twins(tx: Transaction, film: Film, now: datetime) -> None:
    """Where one of its ids stands for another film here, both are one: a source has said so."""
    for source, external_id in film.ids.items():
        other_id = await film_store.find_film_id(tx, source, external_id)
        if other_id is None or other_id == film.id:
            continue
        if await film_store.join_films(tx, other_id, film.id, now):
            log.info("Film %s turned out to be film %s, %s", other_id, film.id, film.label)
