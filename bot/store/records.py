"""What each source said of a film, when it is to be asked again, and what it answered to searches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from bot.domain.answers import SourceState
from bot.domain.films import Doubt, Film, Release
from bot.domain.merge import Record
from bot.store.columns import epoch, epoch_or_none, instant_of, instant_or_none
from bot.store.database import Row, Transaction
from bot.store.doubts import read_doubt
from bot.store.film_rows import by_film, read_film_id, read_release


class RecordState(StrEnum):
    """What became of asking a source about a film the last time."""

    ASKED = "asked"  #: not answered yet
    FOUND = "found"
    UNKNOWN = "unknown"  #: it has no such film
    GONE = "gone"  #: it had it; its last word stays
    FAILED = "failed"  #: its last word stays


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A row of source_records."""

    film_id: int
    source: str
    state: RecordState
    film: Film | None = None  #: what it says; None if it never answered, or in a form that this code cannot read
    validator: str = ""
    reason: str = ""
    first_at: datetime | None = None
    checked_at: datetime | None = None
    next_check_at: datetime | None = None

    @property
    def word(self) -> Record | None:
        """The record to merge; None while there is nothing to merge."""
        if self.film is None or self.first_at is None or self.checked_at is None:
            return None
        return Record(self.source, self.film, self.first_at, self.checked_at)


@dataclass(frozen=True, slots=True)
class Due:
    """A film that a source is to be asked about, with what decides how, and how soon the next time."""

    record: StoredRecord
    ids: Mapping[str, str]  #: source → its id, all that are known
    releases: Sequence[Release]  #: in force
    doubts: Sequence[Doubt]


async def list_records(tx: Transaction, film_id: int) -> list[StoredRecord]:
    """List what each source said of a film, and how asking it went."""
    return [_read_record(row) for row in await tx.all("list_records", film_id=film_id)]


async def list_source_states(tx: Transaction) -> list[SourceState]:
    """List the sources that were ever asked, with how asking them goes."""
    return [
        SourceState(row["source"], row["films"], instant_or_none(row["checked_at"]), int(row["failing"]), row["reason"])
        for row in await tx.all("list_source_states")
    ]


async def list_due(tx: Transaction, source: str, now: datetime, limit: int) -> list[Due]:
    """List the films that `source` is to be asked about, the one that has waited longest first: four statements."""
    values = {"source": source, "now": epoch(now), "n": limit}
    records = [_read_record(row) for row in await tx.all("list_due_records", **values)]
    if not records:
        return []
    ids = by_film(await tx.all("list_due_ids", **values), read_film_id)
    releases = by_film(await tx.all("list_due_releases", **values), read_release)
    doubts = by_film(await tx.all("list_due_doubts", **values), read_doubt)
    return [
        Due(r, dict(ids.get(r.film_id, ())), releases.get(r.film_id, ()), doubts.get(r.film_id, ())) for r in records
    ]


async def save_record(tx: Transaction, record: StoredRecord) -> None:
    """Keep a source's newest word."""
    facts = None if record.film is None else msgspec.json.encode(record.film).decode()
    await tx.all(
        "save_record",
        film_id=record.film_id,
        source=record.source,
        facts=facts,
        validator=record.validator,
        state=record.state.value,
        reason=record.reason,
        first_at=epoch_or_none(record.first_at),
        checked_at=epoch_or_none(record.checked_at),
        next_check_at=epoch_or_none(record.next_check_at),
    )


async def note_records(tx: Transaction, records: Sequence[StoredRecord]) -> None:
    """Note how asking went, for many films at once; what the source said before stays. Empty and None: as it was."""
    await tx.many(
        "note_record",
        [
            {
                "film_id": record.film_id,
                "source": record.source,
                "state": record.state.value,
                "reason": record.reason,
                "validator": record.validator or None,
                "checked_at": epoch_or_none(record.checked_at),
                "next_check_at": epoch_or_none(record.next_check_at),
            }
            for record in records
        ],
    )


async def ask_soon(tx: Transaction, film_id: int, sources: Sequence[str], by: datetime) -> None:
    """Have `sources` asked about a film by then."""
    await tx.many("ask_soon", [{"film_id": film_id, "source": s, "next_check_at": epoch(by)} for s in sources])


async def rest_unfollowed(tx: Transaction, source: str, now: datetime) -> int:
    """Stop asking about films that nobody follows; how many there were among those that are due."""
    return len(await tx.all("rest_unfollowed", source=source, now=epoch(now)))


async def list_unasked(tx: Transaction, source: str, since: datetime | None, limit: int) -> list[int]:
    """List films followed since then (None: ever) that `source` was never asked about."""
    rows = await tx.all("list_unasked", source=source, since=epoch(since) if since else 0, n=limit)
    return [row["film_id"] for row in rows]


async def hasten_changed(
    tx: Transaction, source: str, external_ids: Iterable[str], now: datetime, rest: timedelta = timedelta()
) -> None:
    """Have `source` asked at once about films that it says have changed; no sooner than `rest` after the last time."""
    seconds = int(rest.total_seconds())
    await tx.many(
        "hasten_changed",
        [{"source": source, "external_id": each, "rest": seconds, "now": epoch(now)} for each in sorted(external_ids)],
    )


async def hasten_unknown(tx: Transaction, film_id: int, now: datetime) -> None:
    """Have the sources that did not know a film asked again, now that it goes by more ids."""
    await tx.all("hasten_unknown", film_id=film_id, now=epoch(now))


async def find_source_answer(tx: Transaction, source: str, question: str) -> tuple[str, datetime] | None:
    """Find what `source` answered to a search or a list, and when."""
    row = await tx.one("find_source_answer", source=source, question=question)
    return (row["body"], instant_of(row["answered_at"])) if row else None


async def save_source_answer(tx: Transaction, source: str, question: str, body: str, now: datetime) -> None:
    """Keep what `source` answered."""
    await tx.all("save_source_answer", source=source, question=question, body=body, answered_at=epoch(now))


async def forget_source_answers(tx: Transaction, before: datetime) -> None:
    """Forget what was answered before then."""
    await tx.all("forget_source_answers", before=epoch(before))


def _read_record(row: Row) -> StoredRecord:
    return StoredRecord(
        film_id=row["film_id"],
        source=row["source"],
        state=RecordState(row["state"]),
        film=_read_film(row["facts"]),
        validator=row["validator"],
        reason=row["reason"],
        first_at=instant_or_none(row["first_at"]),
        checked_at=instant_or_none(row["checked_at"]),
        next_check_at=instant_or_none(row["next_check_at"]),
    )


def _read_film(facts: str | None) -> Film | None:
    """What an older Marquee wrote may not fit any more: the source is asked anew then."""
    try:
        return None if facts is None else msgspec.json.decode(facts, type=Film)
    except msgspec.MsgspecError:
        return None
