"""The posts that tell of films which were tracked by themselves. Pure."""

from datetime import date, datetime, timedelta

from bot.domain.dates import local_day, local_instant
from bot.domain.posts import CHANGE_FRESH, Post, PostKind
from bot.domain.subscribers import Subscriber


def followed_post(
    subscriber: Subscriber, film_id: int, note: str, channel_id: int | None, now: datetime, *, by: date | None = None
) -> Post:
    """The post that tells of a film which is tracked since `now` because of `note`: "John Wick".

    Due at the next posting hour; at once if the film is out `by` that day; never in quiet hours. One a film and server,
    ever.
    """
    due_at = _due(subscriber, now, by)
    return Post(
        subscriber_id=subscriber.id,
        kind=PostKind.FOLLOWED,
        dedup_key=f"{subscriber.id}:{film_id}:{PostKind.FOLLOWED}",
        due_at=due_at,
        fresh_until=due_at + CHANGE_FRESH,
        film_id=film_id,
        channel_id=channel_id or subscriber.channel_id,
        note=note,
    )


def full_post(subscriber: Subscriber, note: str, now: datetime) -> Post:
    """The post that tells why new films of `note` are not tracked: the list is full. At most one a month and server."""
    due_at = _due(subscriber, now, None)
    return Post(
        subscriber_id=subscriber.id,
        kind=PostKind.FOLLOWED,
        dedup_key=f"{subscriber.id}:all:{PostKind.FOLLOWED}:full:{local_day(now, subscriber.zone):%Y-%m}",
        due_at=due_at,
        fresh_until=due_at + CHANGE_FRESH,
        channel_id=subscriber.channel_id,
        note=note,
    )


def _due(subscriber: Subscriber, now: datetime, by: date | None) -> datetime:
    today = local_day(now, subscriber.zone)
    due_at = local_instant(today, subscriber.posts_at, subscriber.zone)
    if due_at <= now:
        due_at = local_instant(today + timedelta(days=1), subscriber.posts_at, subscriber.zone)
    at_once = by is not None and by <= local_day(due_at, subscriber.zone)
    return subscriber.when_loud(now if at_once else due_at)
