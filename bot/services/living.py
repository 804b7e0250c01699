"""Edits live countdowns, once a day and when a fact moves, at least once: the same edit twice shows the same words."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.destinations import first_look_at
from bot.domain.forums import in_forum
from bot.domain.living import LiveEdit, settle_edit
from bot.domain.messages import HISTORY_MARGIN, LEASE, SEND_TIMEOUT, Attempt, Outcome, Parcel
from bot.ports import Clock, LiveEditor, MessageSender
from bot.services.pace import Pace
from bot.services.parcels import read_parcel
from bot.store import live as live_store
from bot.store import messages as message_store
from bot.store.database import Database
from bot.store.destinations import close_destination

log = logging.getLogger(__name__)


class Living:
    """A chore of the dispatch."""

    def __init__(self, db: Database, sender: MessageSender, editor: LiveEditor, clock: Clock, pace: Pace) -> None:
        self._db = db
        self._sender = sender
        self._editor = editor
        self._clock = clock
        self._pace = pace

    async def take(self, now: datetime, limit: int) -> list[Callable[[], Awaitable[Attempt]]]:
        """Take at most `limit` live countdowns that are due. One that nobody settles is due again after `LEASE`."""
        async with self._db.transaction() as tx:
            taken = await live_store.take_edits(tx, now, now + LEASE, limit)
        return [partial(self.edit, edit) for edit in taken]

    async def edit(self, edit: LiveEdit) -> Attempt:
        """Make a message say what is true, and write down what came of it."""
        now = self._clock.now()
        async with self._db.reading() as tx:
            parcel = await read_parcel(tx, await message_store.get_message(tx, edit.message_id), now)
        countdown, subscriber = parcel.countdown, parcel.subscriber
        if countdown is None:
            raise ValueError(f"message {edit.message_id} is no live countdown")
        if edit.attempt == 1 and edit.shown == countdown.shown:
            attempt = Attempt(Outcome.SENT)  # it says so already
        else:
            attempt = await self._make_true(parcel)
        now = self._clock.now()
        if attempt is not None:
            attempt = in_forum(parcel.message, attempt, now)
        if attempt is not None and attempt.thread_lost:
            attempt = None  # the film's whole post in the forum was deleted, the countdown with it
        settled = settle_edit(edit, attempt, countdown, subscriber, now)
        async with self._db.transaction() as tx:
            ours = await live_store.settle_edit(tx, subscriber.id, edit, settled, subscriber.revision, now)
            if ours and settled.close and attempt is not None:
                look_at = first_look_at(attempt.closure, edit.channel_id, now)
                await close_destination(tx, edit.channel_id, subscriber.id, attempt.reason, now, look_at)
        if ours and settled.lost:
            log.info("Somebody deleted the live countdown %s in channel %s", edit.message_id, edit.channel_id)
        elif attempt is not None and attempt.outcome in (Outcome.CLOSED, Outcome.REJECTED):
            log.warning("The live countdown %s is not edited: %s", edit.message_id, attempt.reason)
        return attempt or Attempt(Outcome.SENT, reason="It has been deleted since.")

    async def _make_true(self, parcel: Parcel) -> Attempt | None:
        """Edit the message, found first if nobody could read its id; None: it is gone."""
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                message = parcel.message
                if message.discord_message_id is None:
                    found = await self._sender.find(message, message.first_sent_at - HISTORY_MARGIN)
                    if found.outcome is Outcome.NOT_SENT:
                        return None
                    if found.discord_message_id is None:
                        return found
                    parcel = replace(parcel, message=replace(message, discord_message_id=found.discord_message_id))
                return await self._editor.edit(parcel)
        except TimeoutError:
            return Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")
