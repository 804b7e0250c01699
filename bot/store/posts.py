"""What is owed, one row each, from the plan to its end."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.domain.films import ReleaseType
from bot.domain.posts import Post, PostKind, PostState
from bot.store.columns import date_or_none, epoch, epoch_or_none, instant_of, instant_or_none, text_or_none
from bot.store.database import Row, Transaction
from bot.store.statements import each


async def list_posts_since(tx: Transaction, subscriber_id: int, since: datetime) -> list[Post]:
    """List what the subscriber was or is owed from `since` on, in any state, by time."""
    return [read_post(row) for row in await tx.all("list_posts_since", subscriber_id=subscriber_id, since=epoch(since))]


async def arm_post(tx: Transaction, post: Post) -> bool:
    """Owe `post`; False if its dedup key is there already in any state but cancelled."""
    return await tx.one("arm_post", **_columns(post)) is not None


async def arm_posts(tx: Transaction, posts: Iterable[Post]) -> None:
    """The same for many; those that are there already stay as they are."""
    await tx.many("arm_post", map(_columns, posts))


async def move_posts(tx: Transaction, posts: Iterable[Post]) -> None:
    """Give planned posts, by their ids, the time, channel and news that they have here; others stay as they are."""
    await tx.many(
        "move_post",
        [
            {
                "post_id": post.id,
                "country": post.country,
                "old_date": text_or_none(post.old_date),
                "change_id": post.change_id,
                **_place(post),
            }
            for post in posts
        ],
    )


async def move_armed(tx: Transaction, post: Post) -> bool:
    """Give the planned post with the dedup key of `post` its time and channel; False if none is planned."""
    return await tx.one("move_armed", dedup_key=post.dedup_key, **_place(post)) is not None


async def cancel_armed(tx: Transaction, post: Post, reason: str, now: datetime) -> bool:
    """Owe the planned post with the dedup key of `post` no longer; False if none is planned."""
    return await tx.one("cancel_armed", dedup_key=post.dedup_key, reason=reason, now=epoch(now)) is not None


async def cancel_post(tx: Transaction, post_id: int, reason: str, now: datetime) -> bool:
    """Owe a planned post no longer; False if it is planned no longer."""
    return await tx.one("cancel_post", post_id=post_id, reason=reason, now=epoch(now)) is not None


async def cancel_posts(tx: Transaction, reasons: Iterable[tuple[int, str]], now: datetime) -> None:
    """The same for many, by their ids, each with its reason."""
    await tx.many("cancel_post", [{"post_id": id_, "reason": reason, "now": epoch(now)} for id_, reason in reasons])


async def settle_post(tx: Transaction, post_id: int, state: PostState, reason: str, now: datetime) -> bool:
    """End a planned post without a message; False if it is planned no longer."""
    values = {"post_id": post_id, "state": state.value, "reason": reason, "now": epoch(now)}
    return await tx.one("settle_post", **values) is not None


async def skip_due_posts(tx: Transaction, subscriber_ids: Iterable[int], now: datetime) -> list[Post]:
    """Skip what is due and cannot go out: paused, nowhere to go, or stale; those posts, each with its reason.

    Posts of a subscriber with a fact newer than its plan are left for the planner.
    """
    rows = await tx.all("skip_due_posts", subscriber_ids=each(subscriber_ids), now=epoch(now))
    return [read_post(row) for row in rows]


async def list_settled(tx: Transaction, subscriber_id: int, limit: int) -> list[Post]:
    """List the posts that came to an end, the newest first; cancelled ones are not among them."""
    return [read_post(row) for row in await tx.all("list_settled", subscriber_id=subscriber_id, n=limit)]


async def list_kept_back(tx: Transaction, resume: Post) -> list[Post]:
    """List what the pause that `resume` ends kept back, or the channel that it reopens, by the time it was due."""
    rows = await tx.all(
        "list_kept_back",
        subscriber_id=resume.subscriber_id,
        since=epoch(resume.since_at or resume.due_at),
        until=epoch(resume.due_at),
        film_id=resume.film_id,
        channel_id=resume.channel_id if resume.is_of_channel else None,
    )
    return [read_post(row) for row in rows]


def read_post(row: Row) -> Post:
    """A row of posts."""
    return Post(
        subscriber_id=row["subscriber_id"],
        kind=PostKind(row["kind"]),
        dedup_key=row["dedup_key"],
        due_at=instant_of(row["due_at"]),
        fresh_until=instant_of(row["fresh_until"]),
        film_id=row["film_id"],
        milestone_days=row["milestone_days"],
        country=row["country"],
        type=ReleaseType(row["type"]) if row["type"] else None,
        date=date_or_none(row["date"]),
        old_date=date_or_none(row["old_date"]),
        change_id=row["change_id"],
        channel_id=row["channel_id"],
        since_at=instant_or_none(row["since_at"]),
        id=row["id"],
        state=PostState(row["state"]),
        reason=row["reason"],
        settled_at=instant_or_none(row["settled_at"]),
        doubt_id=row["doubt_id"],
        note=row["note"],
    )


def _columns(post: Post) -> Mapping[str, Any]:
    return {
        "subscriber_id": post.subscriber_id,
        "film_id": post.film_id,
        "kind": post.kind.value,
        "priority": post.kind.priority,
        "milestone_days": post.milestone_days,
        "country": post.country,
        "type": post.type and post.type.value,
        "date": text_or_none(post.date),
        "old_date": text_or_none(post.old_date),
        "change_id": post.change_id,
        "since_at": epoch_or_none(post.since_at),
        "doubt_id": post.doubt_id,
        "note": post.note,
        "dedup_key": post.dedup_key,
        **_place(post),
    }


def _place(post: Post) -> Mapping[str, Any]:
    return {"due_at": epoch(post.due_at), "fresh_until": epoch(post.fresh_until), "channel_id": post.channel_id}
