"""Messages in a channel that are to be edited, because a day that they name is their film's no longer."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.corrections import Correction, Settled, Told
from bot.store.columns import epoch
from bot.store.database import Row, Transaction
from bot.store.messages import get_message
from bot.store.posts import read_post
from bot.store.statements import each
from bot.store.subscribers import lock_revision, wake_subscriber


async def list_told(tx: Transaction, subscriber_ids: Iterable[int], since: datetime) -> list[Row]:
    """List the countdowns and alerts due since then that are in a channel or on their way, by message: for `read_told`.

    Rows, so that one that makes no sense stops only the subscriber whose it is.
    """
    return await tx.all("list_told", ids=each(subscriber_ids), since=epoch(since))


def read_told(row: Row) -> Told:
    """A row of `list_told`."""
    return Told(row["message_id"], read_post(row))


async def add_corrections(tx: Transaction, message_ids: Iterable[int], now: datetime) -> None:
    """Have messages corrected, those that are on their way as soon as they have arrived."""
    await tx.many("add_correction", [{"message_id": message_id, "now": epoch(now)} for message_id in message_ids])


async def take_corrections(tx: Transaction, now: datetime, lease_until: datetime, limit: int) -> list[Correction]:
    """Take what is due, the longest due first. What is not settled by `lease_until` is due again then."""
    await tx.all("drop_corrections", now=epoch(now))
    rows = await tx.all("take_corrections", now=epoch(now), lease_until=epoch(lease_until), n=limit)
    return [
        Correction(await get_message(tx, row["message_id"]), row["attempts"])
        for row in sorted(rows, key=lambda row: row["message_id"])
    ]


async def settle_correction(
    tx: Transaction, correction: Correction, settled: Settled, seen_revision: int, now: datetime
) -> bool:
    """Write down what came of a correction; False, and nothing is written, if somebody else has taken it since.

    A fact that came after `seen_revision` may have been planned without knowing what the channel shows now: the
    subscriber is planned again.
    """
    message_id, attempt = correction.message.id, correction.attempt
    if settled.retry_at is not None:
        due_at = epoch(settled.retry_at)
        row = await tx.one("postpone_correction", message_id=message_id, attempt=attempt, due_at=due_at)
        return row is not None
    revision = await lock_revision(tx, correction.message.subscriber_id)
    if await tx.one("end_correction", message_id=message_id, attempt=attempt) is None:
        return False
    await tx.many("set_reason", [{"post_id": id_, "reason": reason} for id_, reason in settled.reasons.items()])
    if revision != seen_revision:
        await wake_subscriber(tx, correction.message.subscriber_id, now)
    return True
