"""Messages on their way, and who may settle them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.domain.destinations import first_look_at
from bot.domain.messages import Attempt, Message, MessageState, Settlement
from bot.domain.posts import SETTLED, Post, PostKind, PostState
from bot.store.columns import epoch, epoch_after, instant_of
from bot.store.database import Row, Transaction
from bot.store.destinations import close_destination
from bot.store.posts import read_post
from bot.store.statements import each
from bot.store.subscribers import wake_subscriber


async def take_doubtful(tx: Transaction, owner: str, now: datetime, lease_until: datetime, limit: int) -> list[Message]:
    """Take over messages in doubt: those to ask about again, and those whose owner's lease ran out. Whole."""
    rows = await tx.all("take_doubtful", owner=owner, now=epoch(now), lease_until=epoch(lease_until), n=limit)
    taken: list[Message] = []
    for row in sorted(rows, key=lambda row: row["id"]):
        posts = await tx.all("list_message_posts", message_id=row["id"])
        taken.append(read_message(row, in_order(map(read_post, posts))))
    return taken


async def get_message(tx: Transaction, message_id: int) -> Message:
    """Get a message, whole.

    Raises:
        KeyError: there is none.
    """
    row = await tx.one("get_message", message_id=message_id)
    if row is None:
        raise KeyError(message_id)
    posts = await tx.all("list_message_posts", message_id=message_id)
    return read_message(row, in_order(map(read_post, posts)))


async def expire_leases(tx: Transaction, now: datetime) -> int:
    """End every lease, for who knows that no other process lives; how many there were."""
    return len(await tx.all("expire_leases", now=epoch(now)))


async def settle_message(
    tx: Transaction, message: Message, settlement: Settlement, attempt: Attempt, now: datetime
) -> bool:
    """Write down what became of a message and its posts; False, and nothing is written, if it has another owner.

    When posts are cancelled their subscriber is planned again: what they told may have to be told anew.
    """
    open_still = settlement.message is MessageState.IN_DOUBT
    row = await tx.one(
        "settle_message",
        message_id=message.id,
        owner=message.owner,
        attempt=message.attempt,
        state=settlement.message.value,
        discord_message_id=attempt.discord_message_id,
        reason=attempt.reason,
        retry_at=epoch_after(settlement.retry_at) if settlement.retry_at else 0,
        settled_at=None if open_still else epoch(now),
    )
    if row is None:
        return False
    if settlement.posts is not None:
        reason = f"paused: {attempt.reason}" if settlement.close_destination else attempt.reason
        await _settle_posts(tx, message, settlement.posts, settlement.retry_at, reason, now)
    if settlement.posts is PostState.CANCELLED and not settlement.withdrawn:
        await tx.all("replan_posts", message_id=message.id)
    if settlement.posts is PostState.SENT:
        await _begin_edits(tx, message, now)
    if settlement.close_destination:
        first_look = first_look_at(attempt.closure, message.destination_id, now)
        await close_destination(tx, message.destination_id, message.subscriber_id, attempt.reason, now, first_look)
    return True


async def settle_arrived(tx: Transaction, arrived: Mapping[Message, Attempt], now: datetime) -> set[int]:
    """Write down messages that are in their channel, and their posts; the ids of those that had no other owner."""
    fences: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for message in arrived:
        fences[message.owner, message.attempt].append(message.id)
    ours: set[int] = set()
    for (owner, attempt), ids in fences.items():
        values = {"message_ids": each(ids), "owner": owner, "attempt": attempt}
        ours |= {row["id"] for row in await tx.all("settle_arrived", now=epoch(now), **values)}
    settled = {message: attempt for message, attempt in arrived.items() if message.id in ours}
    await tx.many(
        "name_message",
        [
            {"message_id": message.id, "discord_message_id": attempt.discord_message_id}
            for message, attempt in settled.items()
            if attempt.discord_message_id is not None
        ],
    )
    await tx.all("settle_arrived_posts", message_ids=each(ours), now=epoch(now))
    for message in settled:
        if any(post.kind is PostKind.LIVE for post in message.posts):
            await _begin_edits(tx, message, now)
    return ours


async def _begin_edits(tx: Transaction, message: Message, now: datetime) -> None:
    if await tx.all("add_live_message", message_id=message.id, now=epoch(now)):
        await wake_subscriber(tx, message.subscriber_id, now)  # of two that are due, one is enough


async def mark_plain(tx: Transaction, message: Message, now: datetime, lease_until: datetime) -> Message | None:
    """Have a message tried again as plain text; None if it has another owner."""
    row = await tx.one(
        "mark_plain",
        message_id=message.id,
        owner=message.owner,
        attempt=message.attempt,
        lease_until=epoch(lease_until),
    )
    return read_message(row, message.posts) if row else None


async def _settle_posts(
    tx: Transaction, message: Message, state: PostState, retry_at: datetime | None, reason: str, now: datetime
) -> None:
    ended = state in SETTLED or state is PostState.CANCELLED
    await tx.all(
        "settle_message_posts",
        message_id=message.id,
        state=state.value,
        reason=reason,
        settled_at=epoch(now) if ended else None,
        not_before_at=epoch_after(retry_at) if retry_at else 0,
        failed=int(state is PostState.PLANNED),
    )
    if state is PostState.CANCELLED:
        await wake_subscriber(tx, message.subscriber_id, now)


def in_order(posts: Iterable[Post]) -> tuple[Post, ...]:
    """The order in which a message shows its posts; RETURNING has none."""
    return tuple(sorted(posts, key=lambda post: (post.kind.priority, post.due_at, post.dedup_key)))


def read_message(row: Row, posts: tuple[Post, ...]) -> Message:
    """A row of messages, with its posts in order."""
    return Message(
        id=row["id"],
        subscriber_id=row["subscriber_id"],
        channel_id=row["channel_id"],
        state=MessageState(row["state"]),
        owner=row["owner"],
        lease_until=instant_of(row["lease_until"]),
        attempt=row["attempt"],
        first_sent_at=instant_of(row["first_sent_at"]),
        message_key=row["message_key"],
        posts=posts,
        discord_message_id=row["discord_message_id"],
        plain=bool(row["plain"]),
        digest=bool(row["digest"]),
    )
