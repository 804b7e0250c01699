"""The post that tells, when posts go on again, what was kept back meanwhile. Pure."""

from datetime import datetime, timedelta

from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber

#: What a pause kept back is told even if another pause, or an outage, comes in between.
RESUME_FRESH = timedelta(days=30)


def resume_post(
    subscriber: Subscriber,
    since_at: datetime,
    until: datetime,
    *,
    film_id: int | None = None,
    channel_id: int | None = None,
    reopened: bool = False,
) -> Post:
    """The post that tells what was kept back when a pause ends, or a channel is `reopened`, at `until`."""
    what = f"#{channel_id}" if reopened else film_id or "all"
    # A channel may be closed and opened again before anything was told: each opening has a post of its own.
    which = until if reopened else since_at
    due_at = subscriber.when_loud(until)
    return Post(
        subscriber_id=subscriber.id,
        kind=PostKind.RESUME,
        dedup_key=f"{subscriber.id}:{what}:{PostKind.RESUME}:{int(which.timestamp())}",
        due_at=due_at,
        fresh_until=due_at + RESUME_FRESH,
        film_id=film_id,
        channel_id=channel_id or subscriber.channel_id,
        since_at=since_at,
    )
