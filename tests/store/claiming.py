"""A claim without the rules of the hour and the day."""

from datetime import datetime

from bot.domain.allowance import Share
from bot.domain.messages import Message
from bot.store import claims
from bot.store.database import Transaction


async def claim(
    tx: Transaction,
    subscriber_id: int,
    channel_id: int,
    owner: str,
    now: datetime,
    lease_until: datetime,
    share: Share = Share.ALL,
) -> Message | None:
    """Open a channel's message and fill it."""
    opened = await claims.open_message(tx, subscriber_id, channel_id, owner, now, lease_until)
    if opened is None:
        return None
    return await claims.fill_message(tx, opened, subscriber_id, channel_id, now, share)
