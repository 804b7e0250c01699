"""What is stored of people alone: films they put off, their direct messages, and forgetting all of it."""

from datetime import datetime

from bot.domain.posts import Post
from bot.domain.subscribers import Subscriber
from bot.store.columns import epoch
from bot.store.database import Transaction
from bot.store.posts import read_post
from bot.store.subscribers import wake_subscriber


async def list_planned_reminders(tx: Transaction, subscriber_id: int) -> list[Post]:
    """List what a person put off and was not told again yet, by time."""
    return [read_post(row) for row in await tx.all("list_planned_reminders", subscriber_id=subscriber_id)]


async def name_messages(tx: Transaction, channel_id: int, subscriber_id: int, now: datetime) -> None:
    """Note that a channel is a person's direct messages."""
    await tx.all("name_destination", channel_id=channel_id, subscriber_id=subscriber_id, now=epoch(now))


async def remove_all_subscriptions(tx: Transaction, subscriber_id: int, now: datetime) -> int:
    """Stop following every film; how many there were."""
    removed = await tx.all("remove_all_subscriptions", subscriber_id=subscriber_id)
    if removed:
        await wake_subscriber(tx, subscriber_id, now)
    return len(removed)


async def remove_person(tx: Transaction, person: Subscriber) -> bool:
    """Forget a person: settings, films, posts, messages, and how their direct messages are. False for a server."""
    if await tx.one("remove_person", subscriber_id=person.id) is None:
        return False
    if person.channel_id is not None:
        await tx.all("remove_destination", channel_id=person.channel_id)
    return True
