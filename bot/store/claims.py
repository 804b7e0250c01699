"""Who is to be told next, and the message that it gets: what is due, as far as the hour and the day's cap allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.allowance import Share, Told
from bot.domain.messages import MAX_DIGEST, MAX_DOUBTS, MAX_POSTS, Message, message_key
from bot.domain.posts import PostKind
from bot.domain.subscribers import Subscriber
from bot.store.columns import epoch, epoch_after
from bot.store.database import Row, Transaction
from bot.store.messages import in_order, read_message
from bot.store.posts import read_post

#: What shares a message, in this order, and how many at most; '': every kind that does not go alone.
_BUNDLES = (
    ("", MAX_POSTS),
    (PostKind.LIVE.value, 1),
    (PostKind.DIGEST.value, 1),
    (PostKind.DOUBT.value, MAX_DOUBTS),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a subscriber's next message goes: one is on its way there at a time."""

    subscriber_id: int
    channel_id: int
    film_id: int | None = None  #: of a forum: whose own post, 0 for the whole server's; else None
    thread_id: int | None = None  #: that post; None: it is not open

    @property
    def place_id(self) -> int:
        """The channel on Discord."""
        return self.thread_id or self.channel_id

    @property
    def is_unopened(self) -> bool:
        """Whether a film's own post has to be opened first."""
        return self.film_id is not None and self.thread_id is None


async def list_claimable(tx: Transaction, now: datetime, limit: int) -> list[Seat]:
    """List the seats where something is due and nothing is on its way, in the order of their turns."""
    rows = await tx.all("list_claimable", now=epoch(now), n=limit)
    return [Seat(row["subscriber_id"], row["channel_id"], row["film_id"], row["thread_id"]) for row in rows]


async def told_of_day(tx: Transaction, channel_id: int, since: datetime, until: datetime) -> Told:
    """Count what a channel was told in that time, or may have been."""
    row = await tx.one("told_of_day", channel_id=channel_id, since=epoch(since), until=epoch(until))
    return Told(row["messages"], row["digests"]) if row else Told(0, 0)


async def open_message(tx: Transaction, seat: Seat, owner: str, now: datetime, lease_until: datetime) -> int | None:
    """Take a seat for a message of `owner`, still empty; None if another process has one on its way there.

    It is to be filled in the same transaction.
    """
    opened = await tx.one(
        "open_message",
        subscriber_id=seat.subscriber_id,
        channel_id=seat.place_id,
        owner=owner,
        lease_until=epoch(lease_until),
        now=epoch(now),
    )
    return opened["id"] if opened else None


async def fill_message(
    tx: Transaction, message_id: int, seat: Seat, now: datetime, share: Share = Share.ALL
) -> Message | None:
    """Bundle what is due into a message that was opened; None, and it is gone, if there is nothing of its share.

    At most `MAX_POSTS`, the most pressing first; what goes alone comes after all else. A digest takes whatever shares
    a message, up to `MAX_DIGEST`; it is none if it only tells of a few release days, which wait for nobody anyway.
    """
    where = {"subscriber_id": seat.subscriber_id, "channel_id": seat.channel_id, "film_id": seat.film_id}
    values = {**where, "now": epoch(now)}
    rows: Sequence[Row] = ()
    if share is Share.ALL:
        for alone, most in _BUNDLES:
            rows = rows or await tx.all("take_due_posts", alone=alone, releases=0, n=most, **values)
    else:
        releases, most = (1, MAX_POSTS) if share is Share.RELEASES else (0, MAX_DIGEST)
        rows = await tx.all("take_due_posts", alone="", releases=releases, n=most, **values)
    if not rows:
        await remove_message(tx, message_id)
        return None
    posts = in_order(map(read_post, rows))
    few = len(posts) <= MAX_POSTS and all(post.kind is PostKind.RELEASE for post in posts)
    return await seal(tx, message_id, seat, rows, digest=share is Share.DIGEST and not few)


async def seal(
    tx: Transaction, message_id: int, seat: Seat, rows: Sequence[Row], *, digest: bool = False
) -> Message | None:
    """Put the posts of `rows` into a message that was opened, for good."""
    await tx.many("add_message_post", [{"message_id": message_id, "post_id": row["id"]} for row in rows])
    posts = in_order(map(read_post, rows))
    sealed = await tx.one(
        "seal_message",
        message_id=message_id,
        message_key=message_key(seat.place_id, (post.dedup_key for post in posts)),
        attempt=1 + max(row["attempts"] for row in rows),
        digest=int(digest),
    )
    return read_message(sealed, posts) if sealed else None


async def remove_message(tx: Transaction, message_id: int) -> None:
    """Give back a seat that was taken for nothing."""
    await tx.all("remove_message", message_id=message_id)


async def hold(
    tx: Transaction,
    subscriber: Subscriber,
    seat: Seat | None,
    now: datetime,
    until: datetime,
    why: str,
    *,
    releases: bool,
) -> list[str]:
    """Let what is due wait `until` then, because of `why`; what will be stale by then is skipped: those dedup keys.

    `seat` None: in every channel. `releases`: release-day alerts too. It does nothing if a setting or a fact is
    newer than `subscriber` or the plan.
    """
    place = {"channel_id": seat.channel_id if seat else None, "film_id": seat.film_id if seat else None}
    where = {"subscriber_id": subscriber.id, **place, "releases": int(releases)}
    when = {"revision": subscriber.revision, "now": epoch(now), "until": epoch_after(until)}
    skipped = await tx.all("skip_held", reason=f"{why}: stale by then", **where, **when)
    await tx.all("hold_posts", reason=f"waits: {why}", **where, **when)
    return [row["dedup_key"] for row in skipped]


async def free_held(tx: Transaction, subscriber_ids: Iterable[int]) -> None:
    """Look again at what waits for an hour or a day, if a fact is newer than the plan: the settings may be others."""
    await tx.many("free_held", [{"subscriber_id": subscriber_id} for subscriber_id in subscriber_ids])
