"""Publishes messages of announcement channels to those who follow them, within Discord's limit, at least once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.crossposts import Crosspost, Ending, is_too_old, settle_crosspost
from bot.domain.messages import HISTORY_MARGIN, LEASE, SEND_TIMEOUT, Attempt, Outcome
from bot.ports import Clock, MessageSender, Publisher
from bot.services.pace import NoTurn, Pace
from bot.store import crossposts as crosspost_store
from bot.store.database import Database

log = logging.getLogger(__name__)


class Crossposting:
    """A chore of the dispatch."""

    def __init__(self, db: Database, sender: MessageSender, publisher: Publisher, clock: Clock, pace: Pace) -> None:
        self._db = db
        self._sender = sender
        self._publisher = publisher
        self._clock = clock
        self._pace = pace

    async def take(self, now: datetime, limit: int) -> list[Callable[[], Awaitable[Attempt]]]:
        """Take at most `limit` messages to publish, one of each channel. What nobody settles is due after `LEASE`."""
        async with self._db.reading() as tx:
            if not await crosspost_store.has_due_crosspost(tx, now):
                return []
        async with self._db.transaction() as tx:
            taken = await crosspost_store.take_crossposts(tx, now, now + LEASE, limit)
        return [partial(self.publish, crosspost) for crosspost in taken]

    async def publish(self, crosspost: Crosspost) -> Attempt:
        """Publish a message, and write down what came of it."""
        if is_too_old(crosspost, self._clock.now()):
            attempt = Attempt(Outcome.REJECTED, reason="It has waited for a day.")
        else:
            attempt = await self._publish(crosspost)
        now = self._clock.now()
        published = settle_crosspost(crosspost, attempt, now)
        async with self._db.transaction() as tx:
            ours = await crosspost_store.settle_crosspost(tx, crosspost, published, now)
        if ours and published.ending is Ending.GIVEN_UP:
            log.warning("Message %s is not published: %s", crosspost.message.id, attempt.reason)
        if ours and published.ending is Ending.NO_NEWS_CHANNEL:
            log.info("Channel %s is not for announcements: nothing is published", crosspost.message.channel_id)
        return attempt

    async def _publish(self, crosspost: Crosspost) -> Attempt:
        message = crosspost.message
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                if message.discord_message_id is None:  # Discord took it, and nobody could read its answer
                    found = await self._sender.find(message, message.first_sent_at - HISTORY_MARGIN)
                    if found.outcome is Outcome.NOT_SENT:
                        return Attempt(Outcome.SENT, reason="It has been deleted since.")
                    if found.discord_message_id is None:
                        return found
                    message = replace(message, discord_message_id=found.discord_message_id)
                return await self._publisher.publish(message)
        except NoTurn as error:
            return Attempt(Outcome.NOT_SENT, reason="Discord asked Marquee to wait.", retry_after=error.retry_after)
        except TimeoutError:
            return Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")
