"""Looks at closed channels now and then, and has posts go on by themselves where they can be written again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot.domain.destinations import Destination, Door, Look, next_look_at
from bot.domain.messages import LEASE, SEND_TIMEOUT, Attempt, Outcome
from bot.domain.resumes import resume_post
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.ports import Clock, Doorkeeper
from bot.services.pace import Pace
from bot.store import admin_notices as notice_store
from bot.store import destinations as destination_store
from bot.store import posts as post_store
from bot.store import presence as presence_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
#: Looks in a minute. Each may be answered with a 403, and 10,000 of those in ten minutes ban the address.
LOOKS, LOOKS_IN = 30, timedelta(minutes=1)


async def reopen(tx: Transaction, subscriber: Subscriber, channel_id: int, now: datetime, *, probes: int = 0) -> bool:
    """Write to a channel again, and tell in one message what it missed; False if it is not closed.

    `probes`: looks so far, if only a look says that it can be written to, and no message yet.
    """
    known = await destination_store.find_destination(tx, channel_id)
    if known is None or not known.paused:
        return False
    await destination_store.open_destination(tx, channel_id, now, probes=probes)
    await notice_store.remove_untold(tx, subscriber.id, f"closed:{channel_id}:")
    since = known.missed_since or known.since
    await post_store.arm_post(tx, resume_post(subscriber, since, now, channel_id=channel_id, reopened=True))
    return True


class Doorkeeping:
    """A chore of the dispatch."""

    def __init__(self, db: Database, doorkeeper: Doorkeeper, clock: Clock, pace: Pace) -> None:
        self._db = db
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._pace = pace
        self._counted_from: datetime | None = None
        self._looks = 0

    async def take(self, now: datetime, limit: int) -> list[Callable[[], Awaitable[Attempt]]]:
        """Take closed channels that are to be looked at, at most `LOOKS` a minute."""
        if self._counted_from is None or not timedelta() <= now - self._counted_from < LOOKS_IN:
            self._counted_from, self._looks = now, 0
        room = min(limit, LOOKS - self._looks)
        async with self._db.reading() as tx:
            if room <= 0 or not await destination_store.has_due_probe(tx, now):
                return []
        async with self._db.transaction() as tx:
            taken = await destination_store.take_due_probes(tx, now, now + LEASE, room)
        self._looks += len(taken)
        return [partial(self.look, destination) for destination in taken]

    async def look(self, destination: Destination) -> Attempt:
        """Look at a closed channel, and do what follows from it."""
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.get_subscriber(tx, destination.subscriber_id or 0)
        if subscriber.kind is SubscriberKind.USER or subscriber.left_at is not None:
            look = None  # a person opens their messages by coming back; a server that was left by being joined
        else:
            look = await self._look(subscriber, destination.channel_id)
        now = self._clock.now()
        async with self._db.transaction() as tx:
            await self._settle(tx, destination, subscriber, look, now)
        refused = look is not None and look.door is Door.UNAUTHORISED
        return Attempt(Outcome.UNAUTHORISED if refused else Outcome.SENT)

    async def _look(self, subscriber: Subscriber, channel_id: int) -> Look:
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                return await self._doorkeeper.look(subscriber, channel_id)
        except TimeoutError:
            return Look(Door.UNKNOWN)

    async def _settle(
        self, tx: Transaction, destination: Destination, subscriber: Subscriber, look: Look | None, now: datetime
    ) -> None:
        channel_id = destination.channel_id
        if look is None:
            await destination_store.plan_probe(tx, channel_id, destination.probes, None)
            return
        probes = destination.probes + (look.door not in (Door.UNKNOWN, Door.UNAUTHORISED))
        if look.door is Door.OPEN:
            if await reopen(tx, subscriber, channel_id, now, probes=probes):
                log.info("Channel %s can be written to again", channel_id)
            return
        if look.door is Door.LEFT and await presence_store.mark_left(tx, subscriber.id, now):
            log.warning("Marquee is no longer in server %s; its data is kept for 30 days", subscriber.discord_id)
        await destination_store.plan_probe(tx, channel_id, probes, next_look_at(look.door, probes, channel_id, now))
