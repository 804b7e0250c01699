"""Whose turn it is to identify at Discord's gateway, for all processes of a bot."""

from datetime import UTC, datetime, timedelta

from bot.store.database import Transaction

#: A turn that is further off was given by a clock that has been set back since, or by another machine's wrong one.
_ABSURD = timedelta(seconds=30)


async def take_turn(tx: Transaction, bucket: int, now: datetime, free_at: datetime) -> bool:
    """Take a bucket's turn, so that its next one is at `free_at`; False if it is not free yet."""
    times = {"now_ms": _milliseconds(now), "free_ms": _milliseconds(free_at), "absurd_ms": _milliseconds(now + _ABSURD)}
    return await tx.one("take_identify_turn", bucket=bucket, **times) is not None


async def find_next_turn(tx: Transaction, bucket: int) -> datetime | None:
    """When a bucket's next turn is; None if nobody has taken one yet."""
    row = await tx.one("find_identify_turn", bucket=bucket)
    return None if row is None else datetime.fromtimestamp(row["free_ms"] / 1000, UTC)


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
