"""Claims what is due, in everyone's turn, and lets wait what the quiet hours or the day's cap do not allow."""

import logging
from datetime import datetime

from bot.domain.allowance import Share, day_of, next_turn, share_of
from bot.domain.messages import LEASE, Message
from bot.domain.subscribers import Subscriber
from bot.store import claims, subscribers
from bot.store.database import Transaction

log = logging.getLogger(__name__)
#: Destinations that one look may put off before its messages are full: more would keep the database to itself.
PUT_OFF = 400
QUIET, CAP = "quiet hours", "daily cap"


async def claim_due(tx: Transaction, owner: str, now: datetime, room: int) -> list[Message]:
    """Claim at most `room` messages for `owner` of what is due at `now`."""
    claimed: list[Message] = []
    quiet: set[int] = set()
    known: dict[int, Subscriber] = {}
    for subscriber_id, channel_id in await claims.list_claimable(tx, now, room + PUT_OFF):
        if len(claimed) == room:
            break
        if subscriber_id in quiet:
            continue
        if (subscriber := known.get(subscriber_id)) is None:
            subscriber = known[subscriber_id] = await subscribers.get_subscriber(tx, subscriber_id)
        loud_at = subscriber.when_loud(now)
        if loud_at > now:
            quiet.add(subscriber_id)
            await _hold(tx, subscriber, None, now, loud_at, QUIET)
        elif message := await _claim(tx, subscriber, channel_id, owner, now):
            claimed.append(message)
    return claimed


async def _claim(tx: Transaction, subscriber: Subscriber, channel_id: int, owner: str, now: datetime) -> Message | None:
    """Make the channel's next message; what is too much for today waits."""
    # The channel first: what another process sent there meanwhile is counted then.
    opened = await claims.open_message(tx, subscriber.id, channel_id, owner, now, now + LEASE)
    if opened is None:
        return None
    share = share_of(await claims.told_of_day(tx, channel_id, *day_of(subscriber, now)), subscriber.daily_cap)
    message = await claims.fill_message(tx, opened, subscriber.id, channel_id, now, share)
    if message is None and share is not Share.ALL:
        await _hold(tx, subscriber, channel_id, now, next_turn(subscriber, now), CAP)
    return message


async def _hold(
    tx: Transaction, subscriber: Subscriber, channel_id: int | None, now: datetime, until: datetime, why: str
) -> None:
    for key in await claims.hold(tx, subscriber, channel_id, now, until, why, releases=why == QUIET):
        log.info("Skipped post %s: %s until %s", key, why, until)
