"""Claims what is due, in everyone's turn, and lets wait what the quiet hours or the day's cap do not allow."""

import logging
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.allowance import Share, day_of, next_turn, share_of
from bot.domain.messages import LEASE, Message
from bot.domain.subscribers import Subscriber
from bot.store import claims, openings, subscribers
from bot.store import posts as post_store
from bot.store.claims import FRONT, Opened, Seat, Waiting
from bot.store.database import Transaction

log = logging.getLogger(__name__)
#: Posts read at once from the line of a priority.
PAGE = 400
#: Posts that one look reads at most, but for a page of each priority: it holds up everybody who writes.
A_LOOK = 4_000
#: How long looks claim from one place in the lines, before one begins at the front again: something may have come free.
A_LAP = timedelta(seconds=30)
#: Destinations that one look may put off before its messages are full, for the same reason.
PUT_OFF = 400
QUIET, CAP = "quiet hours", "daily cap"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, and whose it is."""

    message: Message
    subscriber: Subscriber


class Claiming:
    """One owner's claims. It looks at the heads of the lines of what is due, each second, however long they are.

    Behind heads that cannot be claimed (planned again just now, on their way, closed) it looks on from where it ended
    the last time, until it was at the end of every line: nothing waits for ever behind what is stuck.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        #: Priority and place at which the last look ended; None: it was at the end of every line.
        self._reached: tuple[int, Waiting] | None = None
        self._front_again_at = datetime.max.replace(tzinfo=UTC)

    async def claim(self, tx: Transaction, now: datetime, room: int) -> list[Claimed]:
        """Skip what is due and cannot go out, and claim at most `room` messages of what can."""
        claimed: list[Claimed] = []
        put_off, turns, places = 0, Counter[int](), set[int]()
        async with aclosing(self._pages(tx, now)) as pages:
            async for page in pages:
                whose = dict.fromkeys(waiting.subscriber_id for waiting in page)
                for post in await post_store.skip_due_posts(tx, whose, now):
                    log.info("Skipped post %s: %s", post.dedup_key, post.reason)
                listed = await claims.list_claimable(tx, [waiting.post_id for waiting in page], now)
                seats = sorted(listed, key=lambda seat: turns[seat.subscriber_id] + seat.turn)
                turns.update(seat.subscriber_id for seat in seats)
                seats = [seat for seat in seats if seat.place_id not in places]
                places.update(seat.place_id for seat in seats)
                while seats and len(claimed) < room and put_off < PUT_OFF:
                    some, seats = seats[: room - len(claimed)], seats[room - len(claimed) :]
                    found = await self._take(tx, some, now)
                    claimed += found
                    put_off += len(some) - len(found)
                if len(claimed) >= room or put_off >= PUT_OFF:
                    break
        return claimed

    async def _pages(self, tx: Transaction, now: datetime) -> AsyncGenerator[list[Waiting]]:
        """The heads of the lines; behind them what is beyond the place that the last look reached."""
        if not now < self._front_again_at <= now + A_LAP:
            self._reached, self._front_again_at = None, now + A_LAP
        left, reached = A_LOOK, self._reached
        for priority in await claims.list_due_priorities(tx, now):
            after = FRONT
            while page := await claims.list_line(tx, priority, now, after, PAGE):
                yield page
                if len(page) < PAGE or (reached is not None and priority < reached[0]):
                    break
                left -= 0 if after is FRONT else len(page)
                after = page[-1]
                if reached is not None and reached[0] == priority and _is_behind(reached[1], after):
                    after, reached = reached[1], None
                if left <= 0:
                    # A lap has its time from here on: however many are stuck, what is behind them comes to its turn.
                    self._reached, self._front_again_at = (priority, after), now + A_LAP
                    return
        self._reached = None

    async def _take(self, tx: Transaction, seats: Sequence[Seat], now: datetime) -> list[Claimed]:
        """Make the next message of each seat, as far as its hour and day allow; what may not go now waits."""
        whose = await subscribers.map_subscribers(tx, {seat.subscriber_id for seat in seats})
        quiet = [subscriber for subscriber in whose.values() if subscriber.when_loud(now) > now]
        for subscriber in quiet:
            await _hold(tx, subscriber, None, now, subscriber.when_loud(now), QUIET)
        resting = {subscriber.id for subscriber in quiet}
        loud = [seat for seat in seats if seat.subscriber_id not in resting]
        # The seats first: what another process sent there meanwhile is counted then.
        opened = await claims.open_messages(tx, loud, self._owner, now, now + LEASE)
        shares = await _shares(tx, opened, whose, now)
        messages = await claims.fill_messages(tx, shares, now)
        for message in opened:
            subscriber = whose[message.seat.subscriber_id]
            if message.seat.is_unopened:
                if opening := await openings.fill_opening(tx, message, now):
                    messages[message.id] = opening
            elif message.id not in messages and shares[message] is not Share.ALL:
                await _hold(tx, subscriber, message.seat, now, next_turn(subscriber, now), CAP)
        return [Claimed(messages[m.id], whose[m.seat.subscriber_id]) for m in opened if m.id in messages]


async def _shares(
    tx: Transaction, opened: Sequence[Opened], whose: dict[int, Subscriber], now: datetime
) -> dict[Opened, Share]:
    """How much each message may carry; openings are not counted: the cap is for what is told in each film's post."""
    days: defaultdict[tuple[datetime, datetime], list[Opened]] = defaultdict(list)
    for message in opened:
        if not message.seat.is_unopened:
            days[day_of(whose[message.seat.subscriber_id], now)].append(message)
    shares: dict[Opened, Share] = {}
    for day, of_day in days.items():
        told = await claims.told_of_day(tx, [message.seat.place_id for message in of_day], *day)
        for message in of_day:
            cap = whose[message.seat.subscriber_id].daily_cap
            shares[message] = share_of(told[message.seat.place_id], cap)
    return shares


def _is_behind(place: Waiting, other: Waiting) -> bool:
    return (place.ready_at, place.post_id) > (other.ready_at, other.post_id)


async def _hold(
    tx: Transaction, subscriber: Subscriber, seat: Seat | None, now: datetime, until: datetime, why: str
) -> None:
    for key in await claims.hold(tx, subscriber, seat, now, until, why, releases=why == QUIET):
        log.info("Skipped post %s: %s until %s", key, why, until)
