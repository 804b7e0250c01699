"""Makes the posts in the store be what is owed: plans awake subscribers, inserts, moves, cancels, has corrected."""

import asyncio
import logging
from datetime import datetime, timedelta
from time import perf_counter

from bot.domain.orders import Orders, orders_for
from bot.ports import Clock
from bot.store.database import Database
from bot.store.planning import carry_out, list_awake, read_batch
from bot.store.subscribers import wake_subscriber

log = logging.getLogger(__name__)
#: Subscribers planned together. Reading and writing so many takes the store some ten milliseconds each, for which
#: commands wait at most.
BATCH = 50
#: Planning lets the event loop go on after so long.
BREATH_SECONDS = 0.003


class Planning:
    """Plans whoever is awake. Planning twice changes nothing."""

    def __init__(self, db: Database, clock: Clock | None = None) -> None:
        """`clock`: a long run plans by the time that it has become; None: by the instant at which it began."""
        self._db = db
        self._clock = clock

    async def run(self, now: datetime) -> int:
        """Plan every subscriber that is awake at `now`; how many were planned.

        One that somebody changes meanwhile stays awake for the next run.
        """
        planned = 0
        while True:
            awake, settled = await self._plan_some(now)
            planned += settled
            if awake < BATCH or settled == 0:
                return planned
            if self._clock is not None:
                now = max(now, self._clock.now())

    async def _plan_some(self, now: datetime) -> tuple[int, int]:
        """Plan a batch: read as of one instant, decided outside any transaction, written at once.

        Between the two others may write. What matters to a plan adds 1 to the revision, and keeps that plan from being
        written; what else may happen to a row is a condition of its statement.

        Returns:
            How many were awake, and how many of them sleep now.
        """
        async with self._db.reading() as tx:
            awake = await list_awake(tx, now, BATCH)
            if not awake:
                return 0, 0
            batch = await read_batch(tx, awake, now)
        orders: list[Orders] = []
        confused: list[int] = []
        began = perf_counter()
        for subscriber_id in awake:
            if perf_counter() - began > BREATH_SECONDS:
                await asyncio.sleep(0)
                began = perf_counter()
            try:
                orders.append(orders_for(batch.case(subscriber_id), now))
            except (ValueError, KeyError):  # a row that no longer makes sense must not stop the others
                log.exception("Subscriber %s cannot be planned; it is tried again in an hour", subscriber_id)
                confused.append(subscriber_id)
        async with self._db.transaction() as tx:
            settled = await carry_out(tx, orders, now)
        for subscriber_id in confused:
            async with self._db.transaction() as tx:  # its plan stays old: nothing of it is claimed
                await wake_subscriber(tx, subscriber_id, now + timedelta(hours=1))
        return len(awake), settled
