"""Subscribers, the films they follow, and who is to be planned."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.domain.doubts import DoubtAnswer
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind, Subscription, Wanted
from bot.store.columns import epoch, epoch_or_none
from bot.store.database import Row, Transaction
from bot.store.doubts import list_doubts, map_answers, read_doubt
from bot.store.film_rows import by_film, read_change, read_release
from bot.store.statements import each
from bot.store.subscriber_rows import pause_columns, read_subscriber, read_subscription, settings_columns, wanted_column

#: What a server said of its doubts where there are none.
NO_ANSWERS: Mapping[int, DoubtAnswer] = {}


async def find_subscriber(tx: Transaction, kind: SubscriberKind, discord_id: int) -> Subscriber | None:
    """Find a guild or a user by Discord's id."""
    row = await tx.one("find_subscriber", kind=kind.value, discord_id=discord_id)
    return read_subscriber(row) if row else None


async def get_subscriber(tx: Transaction, subscriber_id: int) -> Subscriber:
    """Get a subscriber.

    Raises:
        KeyError: there is none.
    """
    row = await tx.one("get_subscriber", subscriber_id=subscriber_id)
    if row is None:
        raise KeyError(subscriber_id)
    return read_subscriber(row)


async def map_subscribers(tx: Transaction, subscriber_ids: Collection[int]) -> dict[int, Subscriber]:
    """Map each of these ids to its subscriber."""
    rows = await tx.all("list_subscribers", subscriber_ids=each(subscriber_ids)) if subscriber_ids else ()
    return {row["id"]: read_subscriber(row) for row in rows}


async def add_subscriber(tx: Transaction, subscriber: Subscriber, now: datetime) -> Subscriber:
    """Add a subscriber, asleep; the one already there, should somebody else have been first."""
    row = await tx.one(
        "add_subscriber",
        kind=subscriber.kind.value,
        discord_id=subscriber.discord_id,
        created_at=epoch(now),
        **settings_columns(subscriber),
    )
    row = row or await tx.one("find_subscriber", kind=subscriber.kind.value, discord_id=subscriber.discord_id)
    if row is None:
        raise KeyError(subscriber.discord_id)
    return read_subscriber(row)


async def save_settings(tx: Transaction, subscriber: Subscriber, now: datetime) -> Subscriber:
    """Write every setting of `subscriber` and wake it; the settings now in force.

    Raises:
        KeyError: there is no such subscriber.
    """
    row = await tx.one("save_settings", subscriber_id=subscriber.id, now=epoch(now), **settings_columns(subscriber))
    if row is None:
        raise KeyError(subscriber.id)
    return read_subscriber(row)


async def save_pause(tx: Transaction, subscriber_id: int, pause: Pause | None, now: datetime) -> bool:
    """Pause the whole subscriber, or with None forget that it ever was, and wake it; False if there is none."""
    row = await tx.one("save_pause", subscriber_id=subscriber_id, now=epoch(now), **pause_columns(pause))
    return row is not None


async def list_subscriptions(tx: Transaction, subscriber_id: int) -> list[Subscription]:
    """List the films followed, brief, the one followed longest first; at most five statements, however many films."""
    releases = by_film(await tx.all("list_followed_releases", subscriber_id=subscriber_id), read_release)
    changes = by_film(await tx.all("list_followed_date_changes", subscriber_id=subscriber_id), read_change)
    doubts = by_film(await tx.all("list_followed_doubts", subscriber_id=subscriber_id), read_doubt)
    answers = await map_answers(tx, subscriber_id) if doubts else NO_ANSWERS
    return [
        read_subscription(
            row, releases.get(row["id"], ()), changes.get(row["id"], ()), doubts.get(row["id"], ()), answers
        )
        for row in await tx.all("list_subscriptions", subscriber_id=subscriber_id)
    ]


async def find_subscription(tx: Transaction, subscriber_id: int, film_id: int) -> Subscription | None:
    """Find out whether, and how, a film is followed."""
    row = await tx.one("find_subscription", subscriber_id=subscriber_id, film_id=film_id)
    if row is None:
        return None
    releases = list(map(read_release, await tx.all("list_releases", film_id=film_id)))
    rows = await tx.all("list_own_date_changes", film_id=film_id, subscriber_id=subscriber_id)
    doubts = await list_doubts(tx, film_id)
    answers = await map_answers(tx, subscriber_id) if doubts else NO_ANSWERS
    return read_subscription(row, releases, list(map(read_change, rows)), doubts, answers)


async def map_followed_ids(tx: Transaction, subscriber_id: int) -> dict[int, dict[str, str]]:
    """Map each film followed to what each source calls it."""
    ids: dict[int, dict[str, str]] = {}
    for row in await tx.all("list_followed_ids", subscriber_id=subscriber_id):
        ids.setdefault(row["film_id"], {})[row["source"]] = row["external_id"]
    return ids


async def count_subscriptions(tx: Transaction, subscriber_id: int) -> int:
    """Count the films followed."""
    row = await tx.one("count_subscriptions", subscriber_id=subscriber_id)
    return row["n"] if row else 0


async def add_subscription(
    tx: Transaction,
    subscriber_id: int,
    film_id: int,
    tracked_at: datetime,
    tracked_by: int,
    channel_id: int | None,
    country: str | None = None,
) -> bool:
    """Follow a film; False, and nobody is woken, if it is followed already."""
    row = await tx.one(
        "add_subscription",
        subscriber_id=subscriber_id, film_id=film_id, tracked_at=epoch(tracked_at),
        tracked_by=tracked_by, channel_id=channel_id, country=country,
    )  # fmt: skip
    return await _wake_if(tx, row, subscriber_id, tracked_at)


async def remove_subscription(tx: Transaction, subscriber_id: int, film_id: int, now: datetime) -> bool:
    """Stop following a film; False if it was not followed."""
    row = await tx.one("remove_subscription", subscriber_id=subscriber_id, film_id=film_id)
    return await _wake_if(tx, row, subscriber_id, now)


async def pause_subscription(
    tx: Transaction, subscriber_id: int, film_id: int, pause: Pause | None, now: datetime
) -> bool:
    """Keep one film's posts back, or with None no longer; False if it is not followed."""
    row = await tx.one(
        "pause_subscription", subscriber_id=subscriber_id, film_id=film_id, **pause_columns(pause)
    )  # fmt: skip
    return await _wake_if(tx, row, subscriber_id, now)


async def move_subscription(
    tx: Transaction, subscriber_id: int, film_id: int, channel_id: int | None, now: datetime
) -> bool:
    """Send one film's posts to a channel of their own, or with None where the others go; False if not followed."""
    row = await tx.one("move_subscription", subscriber_id=subscriber_id, film_id=film_id, channel_id=channel_id)
    return await _wake_if(tx, row, subscriber_id, now)


async def choose_release(
    tx: Transaction,
    subscriber_id: int,
    film_id: int,
    country: str | None,
    wanted: frozenset[Wanted] | None,
    now: datetime,
) -> bool:
    """Follow another country's dates of a film, or other ways of release; None: the server's. False if not followed."""
    row = await tx.one(
        "choose_release",
        subscriber_id=subscriber_id, film_id=film_id, country=country, wanted=wanted_column(wanted),
        chosen_at=epoch(now),
    )  # fmt: skip
    return await _wake_if(tx, row, subscriber_id, now)


async def wake_subscriber(tx: Transaction, subscriber_id: int, now: datetime) -> None:
    """Have a subscriber planned again before anything of it is claimed."""
    await tx.all("wake_subscriber", subscriber_id=subscriber_id, now=epoch(now))


async def lock_revision(tx: Transaction, subscriber_id: int) -> int | None:
    """Keep facts that wake the subscriber out until this transaction ends; the revision, None if there is none."""
    row = await tx.one("lock_revision", subscriber_id=subscriber_id)
    return row["revision"] if row else None


async def end_planning(tx: Transaction, seen: Mapping[int, tuple[int, datetime | None]]) -> frozenset[int]:
    """Put planned subscribers to sleep until the time given; the ids of those to whom it came in time.

    `seen`: id → the revision that was planned, and when to look again. Whoever has a later one stays awake, and must
    not be written anything of the plan.
    """
    await tx.many(
        "end_planning",
        [
            {"subscriber_id": id_, "seen_revision": revision, "next_wake_at": epoch_or_none(next_wake_at)}
            for id_, (revision, next_wake_at) in sorted(seen.items())  # in one order: two who wait must not cross
        ],
    )
    rows = await tx.all("list_revisions", ids=each(seen))
    return frozenset(row["id"] for row in rows if row["revision"] == seen[row["id"]][0])


async def _wake_if(tx: Transaction, changed: Row | None, subscriber_id: int, now: datetime) -> bool:
    if changed is None:
        return False
    await wake_subscriber(tx, subscriber_id, now)
    return True
