"""Writes down what became of messages: what arrived in one transaction for many, everything else each in its own."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from bot.domain.errors import OperatorError
from bot.domain.forums import in_forum
from bot.domain.messages import Attempt, Message, MessageState, Settlement, settle
from bot.domain.plan import still_owed
from bot.domain.posts import PostState
from bot.domain.recall import NOTHING, Found
from bot.ports import Clock
from bot.services.arriving import note_arrival, note_arrivals
from bot.services.noticing import note_outcome
from bot.store import messages as message_store
from bot.store import recalls as recall_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
T = TypeVar("T")
#: What arrives within so much is written down in one transaction: each is a write to the disk that is waited for.
GATHER_SECONDS = 0.05
#: So many at most, so that nobody else who writes waits for long.
TOGETHER = 100
#: Outcomes that are known when Marquee is stopped are still written down, if the database takes them in this time.
WRITE_SECONDS = 2
_ARRIVED = Settlement(MessageState.SENT, PostState.SENT)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message that is in its channel, and nothing else is to be said of it."""

    message: Message
    attempt: Attempt
    at: datetime
    written: asyncio.Future[bool]


class Settling:
    """One owner's outcomes. An outcome counts as settled only once its transaction is committed.

    `under_way`: how many deliveries there are, those included that wait for their outcome to be written.
    """

    def __init__(self, db: Database, clock: Clock, under_way: Callable[[], int]) -> None:
        self._db = db
        self._clock = clock
        self._under_way = under_way
        self._writing: set[asyncio.Task[Any]] = set()
        self._arrived: list[_Arrived] = []
        self._in_hand = 0  #: those, and those that are being written
        self._enough = asyncio.Event()
        self._is_gathering = False
        self._closing = False
        self._bare: set[int] = set()  #: messages that lacked a permission, and go as plain text

    def note_bare(self, message: Message) -> None:
        """Remember that a message may only go as plain text there: admins are told so once it has arrived."""
        self._bare.add(message.id)

    async def settle(
        self,
        message: Message,
        attempt: Attempt,
        *,
        still_true: bool,
        resent: bool = False,
        withdrawn: bool = False,
        found: Found = NOTHING,
    ) -> bool:
        """Write an outcome down, whatever is cancelled meanwhile; False if another owner has the message by now."""
        now = self._clock.now()
        attempt = in_forum(message, attempt, now)
        settlement = settle(message, attempt, now, still_true=still_true, resent=resent)
        settlement = replace(settlement, withdrawn=withdrawn)
        plainly = attempt == Attempt(attempt.outcome, attempt.discord_message_id) and not message.is_opening
        if settlement == _ARRIVED and plainly and not found and message.id not in self._bare:
            return await asyncio.shield(self._gather(message, attempt, now))
        return await asyncio.shield(self._start(self._write(message, attempt, settlement, found, now)))

    async def close(self) -> None:
        """Gather no longer, and wait for what is being written."""
        self._closing = True
        self._enough.set()
        if self._writing:
            await asyncio.wait(self._writing, timeout=WRITE_SECONDS)

    def _start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return task

    def _gather(self, message: Message, attempt: Attempt, at: datetime) -> asyncio.Future[bool]:
        """Have an arrival written with others of the moment; whether the message was ours, once that is committed."""
        arrived = _Arrived(message, attempt, at, asyncio.get_running_loop().create_future())
        self._arrived.append(arrived)
        self._in_hand += 1
        if self._in_hand >= self._under_way() or len(self._arrived) >= TOGETHER:
            self._enough.set()  # no other is to be waited for
        if not self._is_gathering:
            self._is_gathering = True
            self._start(self._write_arrived())
        return arrived.written

    async def _write_arrived(self) -> None:
        group: list[_Arrived] = []
        try:
            while self._arrived:
                if not self._closing:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(GATHER_SECONDS):
                            await self._enough.wait()
                    self._enough.clear()
                group, self._arrived = self._arrived[:TOGETHER], self._arrived[TOGETHER:]
                await self._write_together(group)
                self._in_hand -= len(group)
        except BaseException as error:  # stopped in the midst: whoever waits for it is stopped as well
            for arrived in (*group, *self._arrived):
                _fail(arrived.written, error)
            self._arrived, self._in_hand = [], 0
            raise
        finally:
            self._is_gathering = False

    async def _write_together(self, group: Sequence[_Arrived]) -> None:
        try:
            async with self._db.transaction() as tx:
                at = max(arrived.at for arrived in group)
                ours = await message_store.settle_arrived(tx, {a.message: a.attempt for a in group}, at)
                await note_arrivals(tx, [arrived.message for arrived in group if arrived.message.id in ours], at)
        except OperatorError as error:  # the database is not there for any of them
            for arrived in group:
                _fail(arrived.written, error)
            return
        except Exception:  # one of them spoils it for the others: each by itself
            log.exception("%s outcomes could not be written together; each is written by itself", len(group))
            for arrived in group:
                await self._write_alone(arrived)
            return
        for arrived in group:
            is_ours = arrived.message.id in ours
            if not is_ours:
                _log_dropped(arrived.message, arrived.attempt)
            arrived.written.set_result(is_ours)

    async def _write_alone(self, arrived: _Arrived) -> None:
        try:
            written = await self._write(arrived.message, arrived.attempt, _ARRIVED, NOTHING, arrived.at)
        except Exception as error:
            _fail(arrived.written, error)
        else:
            arrived.written.set_result(written)

    async def _write(
        self, message: Message, attempt: Attempt, settlement: Settlement, found: Found, now: datetime
    ) -> bool:
        async with self._db.transaction() as tx:
            if settlement.posts is PostState.PLANNED and not await _is_owed_still(tx, message):
                settlement = replace(settlement, posts=PostState.CANCELLED)
            ours = await message_store.settle_message(tx, message, settlement, attempt, now)
            if ours:
                await note_arrival(tx, message, settlement, attempt, now)
                await recall_store.adopt(tx, message, found, now)
                await note_outcome(tx, message, settlement, attempt, now, bare=message.id in self._bare)
        self._bare.discard(message.id)
        if not ours:
            _log_dropped(message, attempt)
        elif settlement.message in (MessageState.FAILED, MessageState.UNCERTAIN):
            log.warning("Message %s ended %s: %s", message.id, settlement.message, attempt.reason)
        return ours


def _fail(written: asyncio.Future[bool], error: BaseException) -> None:
    if written.done():
        return
    if isinstance(error, asyncio.CancelledError):
        written.cancel()
    else:
        written.set_exception(error)


def _log_dropped(message: Message, attempt: Attempt) -> None:
    log.warning("Message %s has another owner; our outcome %s is dropped", message.id, attempt.outcome)


async def _is_owed_still(tx: Transaction, message: Message) -> bool:
    """Whether posts that come back may go out again: the planner saw them under way, whatever it had to say of them."""
    if await subscriber_store.lock_revision(tx, message.subscriber_id) is None:
        return False
    subscriber = await subscriber_store.get_subscriber(tx, message.subscriber_id)
    subscriptions = await subscriber_store.list_subscriptions(tx, message.subscriber_id)
    return still_owed(message.posts, subscriber, subscriptions, message.first_sent_at)
