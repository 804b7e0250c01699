"""Live countdowns: which are in a channel, when each is edited next, and what it says."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.living import LiveEdit, LiveMessage, LiveSettled
from bot.domain.posts import Post
from bot.store.columns import epoch, epoch_or_none, instant_or_none
from bot.store.database import Row, Transaction
from bot.store.statements import each
from bot.store.subscribers import lock_revision, wake_subscriber


async def list_live(tx: Transaction, subscriber_id: int) -> list[LiveMessage]:
    """List what is known of a subscriber's live countdowns, by film and channel; those that were deleted too."""
    return [read_live(row) for row in await tx.all("list_live", ids=each([subscriber_id]))]


async def plan_edits(tx: Transaction, edits: Iterable[tuple[int, datetime | None]]) -> None:
    """Edit messages next at that time, or not before a fact changes; nothing is done while an edit is under way."""
    await tx.many("plan_live_edit", [{"message_id": id_, "due_at": epoch_or_none(due_at)} for id_, due_at in edits])


async def take_edits(tx: Transaction, now: datetime, lease_until: datetime, limit: int) -> list[LiveEdit]:
    """Take what is due, the longest due first. What is not settled by `lease_until` is due again then."""
    rows = await tx.all("take_live", now=epoch(now), lease_until=epoch(lease_until), n=limit)
    return [
        LiveEdit(row["film_id"], row["channel_id"], row["message_id"], row["attempts"], row["shown"])
        for row in sorted(rows, key=lambda row: row["message_id"])
    ]


async def settle_edit(
    tx: Transaction, subscriber_id: int, edit: LiveEdit, settled: LiveSettled, seen_revision: int, now: datetime
) -> bool:
    """Write down what came of an edit; False, and nothing is written, if somebody else has taken it since.

    A fact that came after `seen_revision` may not be in what the channel shows now: it is looked at again at once. Who
    lost a message is planned again: another one is owed.
    """
    revision = await lock_revision(tx, subscriber_id)
    fence = {"message_id": edit.message_id, "attempt": edit.attempt}
    if settled.lost:
        if await tx.one("lose_live", now=epoch(now), **fence) is None:
            return False
        await wake_subscriber(tx, subscriber_id, now)
        return True
    if settled.shown is None:
        return await tx.one("postpone_live", due_at=epoch_or_none(settled.due_at), **fence) is not None
    due_at = settled.due_at if revision == seen_revision else now
    values = {
        "shown": settled.shown,
        "counted_on": settled.counted_on.isoformat() if settled.counted_on else None,
        "due_at": epoch_or_none(due_at),
    }
    return await tx.one("settle_live", **values, **fence) is not None


async def rearm(tx: Transaction, posts: Iterable[Post]) -> None:
    """Owe again those live countdowns that were skipped."""
    await tx.many(
        "rearm_live",
        [
            {
                "dedup_key": post.dedup_key,
                "due_at": epoch(post.due_at),
                "fresh_until": epoch(post.fresh_until),
                "channel_id": post.channel_id,
            }
            for post in posts
        ],
    )


def read_live(row: Row) -> LiveMessage:
    """A row of live_messages with when it was sent."""
    return LiveMessage(
        film_id=row["film_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        due_at=instant_or_none(row["due_at"]),
        shown=row["shown"],
        lost=row["lost"],
        since=instant_or_none(row["first_sent_at"]),
    )
