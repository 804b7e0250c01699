"""What a weekly digest is made of, beside what is followed: what was told, and what else comes to the cinemas."""

from datetime import date, datetime

from bot.domain.digests import Arrival
from bot.domain.films import Film
from bot.domain.posts import Post
from bot.domain.subscribers import Subscriber
from bot.store.columns import epoch
from bot.store.database import Transaction
from bot.store.film_rows import read_release
from bot.store.posts import read_post


async def list_told_changes(tx: Transaction, subscriber_id: int, since: datetime, until: datetime) -> list[Post]:
    """List the changes of date that a server was told of, due from `since` to before `until`, as it was told them."""
    rows = await tx.all("list_told_changes", subscriber_id=subscriber_id, since=epoch(since), until=epoch(until))
    return [read_post(row) for row in rows]


async def list_openings(
    tx: Transaction, subscriber: Subscriber, first_on: date, last_on: date, limit: int
) -> list[Arrival]:
    """List what comes to the cinemas of a subscriber's country on those days, by date; not of films that it follows.

    Of a film only what names it is known.
    """
    rows = await tx.all(
        "list_openings",
        subscriber_id=subscriber.id,
        country=subscriber.country,
        first_on=first_on.isoformat(),
        last_on=last_on.isoformat(),
        n=limit,
    )
    return [Arrival(Film(row["film_id"], row["title"], row["year"]), read_release(row)) for row in rows]
