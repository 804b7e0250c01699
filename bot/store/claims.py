"""Who is to be told next, and the messages that they get: what is due, as far as the hour and the day's cap allow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.allowance import Share, Told
from bot.domain.messages import MAX_DIGEST, MAX_DOUBTS, MAX_POSTS, Message, MessageState, message_key
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber
from bot.store.columns import epoch, epoch_after, instant_of
from bot.store.database import Row, Transaction
from bot.store.messages import in_order
from bot.store.posts import read_post
from bot.store.statements import each

#: What shares a message, in this order, and how many at most; '': every kind that does not go alone.
_BUNDLES = (
    ("", MAX_POSTS),
    (PostKind.LIVE.value, 1),
    (PostKind.DIGEST.value, 1),
    (PostKind.DOUBT.value, MAX_DOUBTS),
)
_PRIORITIES = tuple(kind.priority for kind in PostKind)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that is due, and its place in the line of those that are as pressing."""

    post_id: int
    subscriber_id: int
    ready_at: int  #: epoch seconds


#: Before everybody in a line.
FRONT = Waiting(0, 0, -1)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a subscriber's next message goes: one is on its way there at a time."""

    subscriber_id: int
    channel_id: int
    film_id: int | None = None  #: of a forum: whose own post, 0 for the whole server's; else None
    thread_id: int | None = None  #: that post; None: it is not open
    turn: int = 1  #: of the subscriber's seats among those listed

    @property
    def place_id(self) -> int:
        """The channel on Discord."""
        return self.thread_id or self.channel_id

    @property
    def is_unopened(self) -> bool:
        """Whether a film's own post has to be opened first."""
        return self.film_id is not None and self.thread_id is None


@dataclass(frozen=True, slots=True)
class Opened:
    """A message of ours that takes a seat, still empty: it is to be filled in the same transaction."""

    id: int
    seat: Seat
    owner: str
    at: datetime
    lease_until: datetime


async def list_due_priorities(tx: Transaction, now: datetime) -> list[int]:
    """List the priorities of which anything is due, the most pressing first."""
    return [
        row["priority"] for row in await tx.all("list_due_priorities", priorities=each(_PRIORITIES), now=epoch(now))
    ]


async def list_line(tx: Transaction, priority: int, now: datetime, after: Waiting, limit: int) -> list[Waiting]:
    """List those that are due of a priority, by time; `after`: from behind that one on."""
    values = {"priority": priority, "now": epoch(now), "after_at": after.ready_at, "after_id": after.post_id}
    rows = await tx.all("list_line", n=limit, **values)
    return [Waiting(row["id"], row["subscriber_id"], row["ready_at"]) for row in rows]


async def list_claimable(tx: Transaction, post_ids: Iterable[int], now: datetime) -> list[Seat]:
    """List the seats of these posts where nothing is on its way, in the order of their turns."""
    rows = await tx.all("list_claimable", post_ids=each(post_ids), now=epoch(now))
    columns = ("subscriber_id", "channel_id", "film_id", "thread_id", "turn")
    return [Seat(*(row[column] for column in columns)) for row in rows]


async def told_of_day(
    tx: Transaction, channel_ids: Collection[int], since: datetime, until: datetime
) -> Mapping[int, Told]:
    """Count what channels were told in that time, or may have been."""
    rows = await tx.all(
        "list_told_of_day", channel_ids=each(channel_ids), since=epoch(since), until=epoch(until)
    )  # fmt: skip
    told = {row["channel_id"]: Told(row["messages"], row["digests"]) for row in rows}
    return {channel_id: told.get(channel_id, Told(0, 0)) for channel_id in channel_ids}


async def open_messages(
    tx: Transaction, seats: Iterable[Seat], owner: str, now: datetime, lease_until: datetime
) -> list[Opened]:
    """Take seats, of different places, for messages of `owner`; those not where another process has one on its way."""
    by_place = {seat.place_id: seat for seat in seats}
    if not by_place:
        return []
    lease = {"owner": owner, "lease_until": epoch(lease_until), "now": epoch(now)}
    # In one order: two processes that take the same seats wait for each other, and never both.
    await tx.many(
        "open_message",
        [{"subscriber_id": by_place[id_].subscriber_id, "channel_id": id_, **lease} for id_ in sorted(by_place)],
    )
    rows = {row["channel_id"]: row for row in await tx.all("list_opened", channel_ids=each(by_place), owner=owner)}
    return [
        Opened(rows[id_]["id"], seat, owner, instant_of(epoch(now)), instant_of(rows[id_]["lease_until"]))
        for id_, seat in by_place.items()
        if id_ in rows
    ]


async def fill_messages(tx: Transaction, opened: Mapping[Opened, Share], now: datetime) -> dict[int, Message]:
    """Bundle what is due into messages that were opened, by their id; those with nothing of their share are gone.

    At most `MAX_POSTS`, the most pressing first; what goes alone comes after all else. A digest takes whatever shares
    a message, up to `MAX_DIGEST`; it is none if it only tells of a few release days, which wait for nobody anyway.
    """
    seats = [message.seat for message in opened]
    if not seats:
        return {}
    due = await tx.all(
        "list_due_posts",
        subscriber_ids=each({seat.subscriber_id for seat in seats}),
        channel_ids=each({seat.channel_id for seat in seats}),
        now=epoch(now),
        n=MAX_DIGEST,
    )
    waiting: defaultdict[tuple[int, int, int | None], list[Row]] = defaultdict(list)
    for row in due:
        waiting[row["subscriber_id"], row["channel_id"], row["forum_film_id"]].append(row)
    chosen: dict[int, Opened] = {}
    for message, share in opened.items():
        seat = message.seat
        line = waiting[seat.subscriber_id, seat.channel_id, seat.film_id]
        chosen |= dict.fromkeys(_bundled(line, share), message)
    taken: defaultdict[int, list[Row]] = defaultdict(list)
    for row in await tx.all("take_due_posts", post_ids=each(chosen), now=epoch(now)) if chosen else ():
        taken[chosen[row["id"]].id].append(row)
    filled = [(message, taken[message.id], share) for message, share in opened.items() if message.id in taken]
    await remove_messages(tx, [message.id for message in opened if message.id not in taken])
    return await seal(tx, filled)


def _bundled(line: Sequence[Row], share: Share) -> list[int]:
    """What of those that wait for one message goes into it, the most pressing first."""
    if share is Share.RELEASES:
        return [row["id"] for row in line if row["kind"] == PostKind.RELEASE][:MAX_POSTS]
    if share is Share.DIGEST:
        return [row["id"] for row in line if not row["alone"]][:MAX_DIGEST]
    for alone, most in _BUNDLES:
        if found := [row["id"] for row in line if row["alone"] == alone]:
            return found[:most]
    return []


async def seal(tx: Transaction, filled: Sequence[tuple[Opened, Sequence[Row], Share]]) -> dict[int, Message]:
    """Put the posts of each row into the message that was opened for them, for good; the messages by their id."""
    messages: dict[int, Message] = {}
    for opened, rows, share in filled:
        posts = in_order(map(read_post, rows))
        messages[opened.id] = Message(
            id=opened.id,
            subscriber_id=opened.seat.subscriber_id,
            channel_id=opened.seat.place_id,
            state=MessageState.SENDING,
            owner=opened.owner,
            lease_until=opened.lease_until,
            attempt=1 + max(row["attempts"] for row in rows),
            first_sent_at=opened.at,
            message_key=message_key(opened.seat.place_id, (post.dedup_key for post in posts)),
            posts=posts,
            digest=share is Share.DIGEST and not _is_a_few_releases(posts),
        )
    members = [{"message_id": id_, "post_id": post.id} for id_, message in messages.items() for post in message.posts]
    await tx.many("add_message_post", members)
    await tx.many(
        "seal_message",
        [
            {"message_id": m.id, "message_key": m.message_key, "attempt": m.attempt, "digest": int(m.digest)}
            for m in messages.values()
        ],
    )
    return messages


def _is_a_few_releases(posts: Sequence[Post]) -> bool:
    return len(posts) <= MAX_POSTS and all(post.kind is PostKind.RELEASE for post in posts)


async def remove_messages(tx: Transaction, message_ids: Collection[int]) -> None:
    """Give back seats that were taken for nothing."""
    if message_ids:
        await tx.all("remove_messages", message_ids=each(message_ids))


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
