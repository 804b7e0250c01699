"""Edits messages whose day is their film's no longer, at least once: the same edit twice shows the same words."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.corrections import Correction, changed_reasons, moved_days, settle_correction
from bot.domain.dates import ReleaseDate
from bot.domain.messages import HISTORY_MARGIN, LEASE, SEND_TIMEOUT, Attempt, Outcome, Parcel
from bot.ports import Clock, MessageSender
from bot.services.pace import Pace
from bot.services.parcels import read_parcel
from bot.store import corrections as correction_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database

log = logging.getLogger(__name__)


class Correcting:
    """A chore of the dispatch."""

    def __init__(self, db: Database, sender: MessageSender, clock: Clock, pace: Pace) -> None:
        self._db = db
        self._sender = sender
        self._clock = clock
        self._pace = pace

    async def take(self, now: datetime, limit: int) -> list[Callable[[], Awaitable[Attempt]]]:
        """Take at most `limit` corrections that are due. One that nobody settles is due again after `LEASE`."""
        async with self._db.transaction() as tx:
            taken = await correction_store.take_corrections(tx, now, now + LEASE, limit)
        return [partial(self.correct, correction) for correction in taken]

    async def correct(self, correction: Correction) -> Attempt:
        """Make a message say what is true, and write down what came of it."""
        message = correction.message
        async with self._db.reading() as tx:
            # The words are those of the hour when it was sent: "in 7 days" stays.
            parcel = await read_parcel(tx, message, message.first_sent_at)
            subscriptions = await subscriber_store.list_subscriptions(tx, message.subscriber_id)
        moved = moved_days(message.posts, parcel.films, parcel.subscriber, subscriptions)
        if correction.attempt == 1 and not changed_reasons(message.posts, moved):
            attempt = Attempt(Outcome.SENT)  # it moved back before anyone edited
        else:
            attempt = await self._edit(parcel, moved)
        now = self._clock.now()
        settled = settle_correction(correction, attempt, moved, now)
        async with self._db.transaction() as tx:
            ours = await correction_store.settle_correction(tx, correction, settled, parcel.subscriber.revision, now)
        if ours and settled.given_up:
            log.warning("Message %s stays uncorrected: %s", message.id, attempt.reason)
        return attempt

    async def _edit(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                message = parcel.message
                if message.discord_message_id is None:  # Discord took it, and nobody could read its answer
                    found = await self._sender.find(message, message.first_sent_at - HISTORY_MARGIN)
                    if found.outcome is Outcome.NOT_SENT:
                        return Attempt(Outcome.SENT, reason="It has been deleted since.")
                    if found.discord_message_id is None:
                        return found
                    message = replace(message, discord_message_id=found.discord_message_id)
                return await self._sender.correct(replace(parcel, message=message), moved)
        except TimeoutError:
            return Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")
