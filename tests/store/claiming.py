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
    seat = claims.Seat(subscriber_id, channel_id)
    opened = await claims.open_message(tx, seat, owner, now, lease_until)
    if opened is None:
        return None
    return await claims.fill_message(tx, opened, seat, now, share)


async def list_claimable(tx: Transaction, now: datetime, limit: int) -> list[tuple[int, int]]:
    """List (subscriber, channel) wherever something is due and nothing is on its way."""
    return [(seat.subscriber_id, seat.channel_id) for seat in await claims.list_claimable(tx, now, limit)]
