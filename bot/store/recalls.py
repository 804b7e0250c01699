"""Messages that are in their channel and that the books did not know of."""

from datetime import datetime

from bot.domain.messages import Message
from bot.domain.recall import Found
from bot.store.columns import epoch
from bot.store.database import Transaction
from bot.store.subscribers import wake_subscriber


async def has_untried(tx: Transaction, message_id: int, until: datetime) -> bool:
    """Whether a message carries a post that was due until then and that no earlier message carried."""
    return await tx.one("find_untried", message_id=message_id, until=epoch(until)) is not None


async def known_keys(tx: Transaction, channel_id: int) -> frozenset[str]:
    """The keys of the messages that are in a channel, as the books have it."""
    return frozenset(row["message_key"] for row in await tx.all("list_known_keys", channel_id=channel_id))


async def adopt(tx: Transaction, message: Message, found: Found, now: datetime) -> None:
    """Enter the messages that were found for posts of `message`, by id, which has just been dissolved."""
    for seen in dict.fromkeys(found.values()):
        entered = await tx.one(
            "adopt_message",
            subscriber_id=message.subscriber_id,
            channel_id=message.channel_id,
            sent_at=epoch(seen.sent_at),
            message_key=seen.message_key,
            discord_message_id=seen.discord_message_id,
            now=epoch(now),
        )
        if entered is None:
            continue
        for post_id, where in found.items():
            if where == seen and await tx.one("adopt_post", post_id=post_id, now=epoch(now)):
                await tx.many("add_message_post", [{"message_id": entered["id"], "post_id": post_id}])
        if await tx.all("add_live_message", message_id=entered["id"], now=epoch(now)):
            await wake_subscriber(tx, message.subscriber_id, now)
