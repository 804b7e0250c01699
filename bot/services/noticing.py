"""Tells those who look after a server what happened to its posts, once: in a channel, or at their next command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.admin_notices import (
    KEPT,
    MANAGERS_FIRST,
    MAX_TRIES,
    AdminNotice,
    bare_notice,
    closed_notice,
    settled_notice,
    wait_before_retry,
)
from bot.domain.messages import (
    HISTORY_MARGIN,
    LEASE,
    RESEND_WINDOW,
    SEND_TIMEOUT,
    Attempt,
    Message,
    Outcome,
    Settlement,
)
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.ports import Clock, Doorkeeper, Teller
from bot.services.pace import NoTurn, Pace
from bot.store import admin_notices as notice_store
from bot.store import destinations as destination_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
#: As many are told at one command.
AT_ONCE = 3
_HOUR = timedelta(hours=1)


async def note_outcome(
    tx: Transaction, message: Message, settlement: Settlement, attempt: Attempt, now: datetime, *, bare: bool = False
) -> None:
    """Write down, with a message's end, what its admins are to be told of it.

    `bare`: it arrived, but only without its picture and details, which Marquee may not send there.
    """
    notice = settled_notice(message, settlement, attempt, now)
    if bare and attempt.outcome is Outcome.SENT:
        notice = bare_notice(message, now)
    if notice is None and not settlement.close_destination:
        return
    subscriber = await subscriber_store.get_subscriber(tx, message.subscriber_id)
    if settlement.close_destination:
        closed = await destination_store.find_destination(tx, message.destination_id)
        # Looked at before: it was opened, and nothing arrived. That has been told.
        if closed is not None and closed.probes == 0:
            notice = closed_notice(closed, attempt, subscriber.kind)
    if notice is not None:
        is_person = subscriber.kind is SubscriberKind.USER  # who has nobody else to be told by
        await notice_store.add_notice(tx, notice, None if is_person else now)


class Noticing:
    """A chore of the dispatch, and what commands ask for what they are to tell."""

    def __init__(self, db: Database, teller: Teller, doorkeeper: Doorkeeper, clock: Clock, pace: Pace) -> None:
        self._db = db
        self._teller = teller
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._pace = pace
        self._being_told: set[int] = set()

    async def take(self, now: datetime, limit: int) -> list[Callable[[], Awaitable[Attempt]]]:
        """Take notices that are to be written somewhere."""
        async with self._db.looking() as tx:
            if not await notice_store.has_due_notice(tx, now):
                return []
        async with self._db.transaction() as tx:
            taken = await notice_store.take_due_notices(tx, now, now + LEASE, limit)
        return [partial(self.tell, notice) for notice in taken]

    async def tell(self, notice: AdminNotice) -> Attempt:
        """Write a notice where admins read it, and write down what came of it."""
        now = self._clock.now()
        async with self._db.transaction() as tx:
            await notice_store.try_notice(tx, notice.id, now)
            subscriber = await subscriber_store.get_subscriber(tx, notice.subscriber_id)
            given = await notice_store.list_given_channels(tx, notice.subscriber_id)
        own = () if subscriber.admin_channel_id is None else (subscriber.admin_channel_id,)
        places = [c for c in dict.fromkeys((*own, *given)) if c != notice.channel_id]
        attempt = await self._attempt(notice, subscriber, places, now)
        now = self._clock.now()
        async with self._db.transaction() as tx:
            await self._settle(tx, notice, attempt, now)
        return attempt

    async def list_waiting(
        self, kind: SubscriberKind, discord_id: int, now: datetime, *, is_manager: bool
    ) -> list[AdminNotice]:
        """List what somebody who types a command is to be told: those who manage the server first, later anyone.

        Each is handed out until `told` or `not_told` is said of it.
        """
        until = now if is_manager else now - MANAGERS_FIRST
        async with self._db.looking() as tx:
            waiting = await notice_store.list_waiting(tx, kind, discord_id, until, AT_ONCE)
        found = [notice for notice in waiting if notice.id not in self._being_told]
        self._being_told |= {notice.id for notice in found}
        return found

    async def told(self, notices: Sequence[AdminNotice], now: datetime) -> None:
        """What was handed out has been told."""
        try:
            async with self._db.noting() as tx:
                for notice in notices:
                    await notice_store.end_notice(tx, notice.id, now)
        finally:
            self.not_told(notices)

    def not_told(self, notices: Sequence[AdminNotice]) -> None:
        """What was handed out could not be told: it goes on waiting."""
        self._being_told -= {notice.id for notice in notices}

    async def forget_old(self, now: datetime) -> None:
        """Forget what was told long ago."""
        async with self._db.transaction() as tx:
            await notice_store.remove_told(tx, now - KEPT)

    async def _attempt(
        self, notice: AdminNotice, subscriber: Subscriber, places: Sequence[int], now: datetime
    ) -> Attempt:
        sentence = notice.sentence
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                if notice.is_of_permissions:
                    look = await self._doorkeeper.look(subscriber, notice.channel_id)
                    sentence = notice.naming(look.lacks)
                if notice.tried_at is not None and now + SEND_TIMEOUT >= notice.tried_at + RESEND_WINDOW:
                    # Discord may have forgotten the nonce of an attempt that nobody knows the end of.
                    found = await self._teller.find(subscriber, places, sentence, notice.tried_at - HISTORY_MARGIN)
                    if found.outcome is not Outcome.NOT_SENT:
                        return found
                return await self._teller.tell(subscriber, places, sentence, _nonce(notice))
        except NoTurn as error:
            return Attempt(Outcome.NOT_SENT, retry_after=error.retry_after)
        except TimeoutError:
            return Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")

    async def _settle(self, tx: Transaction, notice: AdminNotice, attempt: Attempt, now: datetime) -> None:
        again = None if notice.attempts >= MAX_TRIES else now + max(
            attempt.retry_after, wait_before_retry(notice.attempts)
        )  # fmt: skip
        match attempt.outcome:
            case Outcome.SENT:
                if await notice_store.end_notice(tx, notice.id, now):
                    log.info("Told the admins of subscriber %s: %s", notice.subscriber_id, notice.about)
            case Outcome.UNKNOWN:
                await notice_store.put_off_notice(tx, notice.id, again, notice.tried_at or now)
            case Outcome.NOT_SENT | Outcome.UNAUTHORISED:
                at = now + _HOUR if attempt.outcome is Outcome.UNAUTHORISED else again
                await notice_store.put_off_notice(tx, notice.id, at, notice.tried_at)
            case _:  # nobody can be reached: it waits for a command
                log.warning("Nobody could be told of %s of subscriber %s", notice.about, notice.subscriber_id)
                await notice_store.put_off_notice(tx, notice.id, None, notice.tried_at)


def _nonce(notice: AdminNotice) -> str:
    """At most 25 characters, and another one after a database was restored."""
    return f"n{notice.id}.{int(notice.created_at.timestamp())}"[-25:]
