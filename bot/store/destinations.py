"""The health of channels: which are closed and why, and which are to be looked at."""

from datetime import datetime

from bot.domain.destinations import Destination, Door, next_look_at
from bot.store.columns import epoch, epoch_or_none, instant_of, instant_or_none
from bot.store.database import Row, Transaction


async def find_destination(tx: Transaction, channel_id: int) -> Destination | None:
    """Find how a destination is; None if nothing was ever wrong with it."""
    row = await tx.one("find_destination", channel_id=channel_id)
    return _read(row) if row else None


async def list_closed(tx: Transaction, subscriber_id: int) -> list[Destination]:
    """List a subscriber's closed destinations."""
    return [_read(row) for row in await tx.all("list_closed_destinations", subscriber_id=subscriber_id)]


async def open_destination(tx: Transaction, channel_id: int, now: datetime, *, probes: int = 0) -> None:
    """Send there again. `probes`: looks so far, if it is not sure that posts arrive."""
    await tx.all("open_destination", channel_id=channel_id, probes=probes, now=epoch(now))


async def close_destination(
    tx: Transaction,
    channel_id: int,
    subscriber_id: int,
    reason: str,
    now: datetime,
    next_probe_at: datetime | None = None,
) -> Destination | None:
    """Send there no longer; None, and reason and time stay as they were, if it was closed already.

    The looks are counted on, and wait ever longer, if nothing has arrived there since it was opened.
    """
    row = await tx.one(
        "close_destination",
        channel_id=channel_id, subscriber_id=subscriber_id, reason=reason, now=epoch(now),
        next_probe_at=epoch_or_none(next_probe_at),
    )  # fmt: skip
    if row is None:
        return None
    closed = _read(row)
    if closed.probes and next_probe_at is not None:
        await plan_probe(tx, channel_id, closed.probes, next_look_at(Door.SHUT, closed.probes, channel_id, now))
    return closed


async def has_due_probe(tx: Transaction, now: datetime) -> bool:
    """Whether a closed destination is to be looked at."""
    return await tx.one("has_due_probe", now=epoch(now)) is not None


async def take_due_probes(tx: Transaction, now: datetime, until: datetime, limit: int) -> list[Destination]:
    """Take closed destinations to look at; what nobody looks at is due again `until`."""
    rows = await tx.all("take_due_probes", now=epoch(now), until=epoch(until), n=limit)
    return [_read(row) for row in sorted(rows, key=lambda row: row["channel_id"])]


async def plan_probe(tx: Transaction, channel_id: int, probes: int, next_probe_at: datetime | None) -> None:
    """Look again then, if it is closed still; with None never by itself."""
    await tx.all("plan_probe", channel_id=channel_id, probes=probes, next_probe_at=epoch_or_none(next_probe_at))


def _read(row: Row) -> Destination:
    return Destination(
        channel_id=row["channel_id"],
        paused=row["state"] == "paused",
        reason=row["reason"],
        since=instant_of(row["since"]),
        subscriber_id=row["subscriber_id"],
        probes=row["probes"],
        missed_since=instant_or_none(row["missed_since"]),
    )
