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
    opened = await claims.open_messages(tx, [claims.Seat(subscriber_id, channel_id)], owner, now, lease_until)
    messages = await claims.fill_messages(tx, dict.fromkeys(opened, share), now)
    return next(iter(messages.values()), None)


async def list_seats(tx: Transaction, now: datetime) -> list[claims.Seat]:
    """List wherever something is due and nothing is on its way, line by line."""
    seats: dict[int, claims.Seat] = {}
    for priority in await claims.list_due_priorities(tx, now):
        line = await claims.list_line(tx, priority, now, claims.FRONT, 10_000)
        for seat in await claims.list_claimable(tx, [waiting.post_id for waiting in line], now):
            seats.setdefault(seat.place_id, seat)
    return list(seats.values())


async def list_claimable(tx: Transaction, now: datetime, limit: int = 1000) -> list[tuple[int, int]]:
    """List their (subscriber, channel)."""
    return [(seat.subscriber_id, seat.channel_id) for seat in (await list_seats(tx, now))[:limit]]
