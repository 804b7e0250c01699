"""Claims what is due, in everyone's turn, and lets wait what the quiet hours or the day's cap do not allow."""

import logging
from datetime import datetime

from bot.domain.allowance import Share, day_of, next_turn, share_of
from bot.domain.messages import LEASE, Message
from bot.domain.subscribers import Subscriber
from bot.store import claims, openings, subscribers
from bot.store.claims import Seat
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
    for seat in await claims.list_claimable(tx, now, room + PUT_OFF):
        subscriber_id = seat.subscriber_id
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
        elif message := await _claim(tx, subscriber, seat, owner, now):
            claimed.append(message)
    return claimed


async def _claim(tx: Transaction, subscriber: Subscriber, seat: Seat, owner: str, now: datetime) -> Message | None:
    """Make the seat's next message; what is too much for today waits."""
    # The seat first: what another process sent there meanwhile is counted then.
    opened = await claims.open_message(tx, seat, owner, now, now + LEASE)
    if opened is None:
        return None
    if seat.is_unopened:  # not counted: the day's cap is for what is told in each film's post
        return await openings.fill_opening(tx, opened, seat, now)
    share = share_of(await claims.told_of_day(tx, seat.place_id, *day_of(subscriber, now)), subscriber.daily_cap)
    message = await claims.fill_message(tx, opened, seat, now, share)
    if message is None and share is not Share.ALL:
        await _hold(tx, subscriber, seat, now, next_turn(subscriber, now), CAP)
    return message


async def _hold(
    tx: Transaction, subscriber: Subscriber, seat: Seat | None, now: datetime, until: datetime, why: str
) -> None:
    for key in await claims.hold(tx, subscriber, seat, now, until, why, releases=why == QUIET):
        log.info("Skipped post %s: %s until %s", key, why, until)
