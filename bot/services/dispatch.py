"""Gets what is due into its channel exactly once: skips, claims, sends, settles, resolves doubts, has chores done."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import OperatorError
from bot.domain.messages import (
    HISTORY_MARGIN,
    LEASE,
    RESEND_WINDOW,
    SEND_TIMEOUT,
    Attempt,
    Message,
    Outcome,
    Parcel,
)
from bot.domain.plan import still_owed
from bot.domain.posts import PostKind
from bot.domain.recall import NOTHING, Found
from bot.ports import Chore, Clock, MessageSender
from bot.services.claiming import Claimed, Claiming
from bot.services.pace import NoTurn, Pace
from bot.services.parcels import read_parcel, read_parcels
from bot.services.recalling import Recalling
from bot.services.settling import Settling
from bot.store import messages as message_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database

log = logging.getLogger(__name__)
#: Messages under way at once: three seconds' worth, so that a slow claim or a slow answer costs no turn.
IN_FLIGHT = 150
#: After a 401 nothing is sent for this long; then one message tries the token again.
UNAUTHORISED_PAUSE = timedelta(minutes=5)


class Dispatch:
    """One owner of messages. Several may run; the store's fences keep them apart."""

    def __init__(
        self,
        db: Database,
        sender: MessageSender,
        clock: Clock,
        pace: Pace,
        *,
        owner: str,
        chores: Sequence[Chore] = (),
        recalling: Recalling | None = None,
    ) -> None:
        self._db = db
        self._sender = sender
        self._clock = clock
        self._owner = owner
        self._pace = pace
        self._chores = chores
        self._recalling = recalling
        # Waiting for the pace must leave the lease enough for the send itself.
        self._most = min(IN_FLIGHT, math.ceil(10 * pace.per_second))
        self._under_way: set[asyncio.Task[None]] = set()
        self._claiming = Claiming(owner)
        self._settling = Settling(db, clock, lambda: len(self._under_way))
        self._stopped_until: datetime | None = None
        self._closing = False

    async def start(self) -> None:
        """Take over what another process left behind, at once if the store proves that it is dead."""
        if self._recalling is not None:
            await self._recalling.start(self._clock.now())
        if self._db.engine == "sqlite":  # the file lock: no other process lives
            async with self._db.transaction() as tx:
                await message_store.expire_leases(tx, self._clock.now())

    async def run(self, now: datetime) -> int:
        """Claim what is due at `now` and start sending it; how many messages were started."""
        if self._closing or self._pace.is_shut or (self._stopped_until is not None and now < self._stopped_until):
            return 0
        if self._recalling is not None:
            await self._recalling.beat(now)
        started = 0
        for message in await self._take_doubtful(now):
            self._start(self._resolve(message))
            started += 1
        claimed = await self._claim(now)
        parcels = await self._parcels(claimed)
        for message in (taken.message for taken in claimed):
            self._start(self._deliver(message, parcels.get(message.id)))
            started += 1
        for chore in self._chores:  # last: what is due now goes before what is there already
            room = self._most - len(self._under_way)
            for work in await chore.take(now, room) if room > 0 else ():
                self._start(self._do(work))
                started += 1
        return started

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self, grace: timedelta) -> None:
        """Claim nothing new; finish what is under way within `grace`; the rest is in doubt at the next start."""
        self._closing = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._settling.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The message stays under its lease and is resolved when that runs out. The jobs say what is to be mended.
            level, trace = (logging.INFO, None) if isinstance(error, OperatorError) else (logging.ERROR, error)
            log.log(level, "A delivery ended in an error: %s", error, exc_info=trace)

    async def _take_doubtful(self, now: datetime) -> list[Message]:
        room = self._most - len(self._under_way)
        async with self._db.transaction() as tx:
            return await message_store.take_doubtful(tx, self._owner, now, now + LEASE, max(room, 0))

    async def _do(self, work: Callable[[], Awaitable[Attempt]]) -> None:
        if (await work()).outcome is Outcome.UNAUTHORISED:
            self._stop(self._clock.now())

    async def _claim(self, now: datetime) -> list[Claimed]:
        room = self._most - len(self._under_way)
        if room <= 0:
            return []
        async with self._db.transaction() as tx:
            return await self._claiming.claim(tx, now, room)

    async def _parcels(self, claimed: Sequence[Claimed]) -> dict[int, Parcel]:
        """What rendering these messages needs, by their ids; of those that are missing each is read by itself."""
        try:
            async with self._db.reading() as tx:
                pairs = ((taken.message, taken.subscriber) for taken in claimed)
                return await read_parcels(tx, pairs, self._clock.now()) if claimed else {}
        except (ValueError, KeyError):  # a row that makes no sense keeps one message back, not all
            log.exception("Messages could not be gathered together; each is gathered by itself")
            return {}

    async def _deliver(self, message: Message, parcel: Parcel | None = None, *, resent: bool = False) -> None:
        """Send a message of ours and write down what came of it. `resent`: an earlier attempt may have arrived."""
        if not resent and await self._looked_first(message, still_true=True, tried=False):
            return
        parcel = parcel or await self._parcel(message)
        if all(post.kind is PostKind.RESUME for post in message.posts) and not parcel.skipped:
            attempt = Attempt(Outcome.NOT_SENT, reason="nothing was missed")
            await self._settle(message, attempt, still_true=False, resent=resent, withdrawn=True)
            return
        if parcel.week is not None and parcel.week.is_empty:
            # What an earlier attempt may have told is in the channel, or is not: the history says.
            outcome = Outcome.UNKNOWN if resent else Outcome.NOTHING
            await self._settle(message, Attempt(outcome, reason="nothing to say this week"), still_true=True)
            return
        attempt = await self._attempt(parcel)
        if attempt.may_be_for_more_than_text and not message.plain and not resent:
            if attempt.outcome is Outcome.CLOSED:
                self._settling.note_bare(message)
            else:
                log.error("Discord refused message %s: %s; trying it as plain text", message.id, attempt.reason)
            plain = await self._mark_plain(message)
            if plain is not None:
                await self._deliver(plain)
            return
        await self._settle(message, attempt, still_true=True, resent=resent)

    async def _resolve(self, message: Message) -> None:
        """Send a message in doubt again while Discord surely drops a double; after that read the history.

        Not in quiet hours: there it may not have arrived yet, and the history says later whether it did.
        """
        now = self._clock.now()
        still_true, is_quiet = await self._stands(message, now)
        if await self._looked_first(message, still_true=still_true, tried=True):
            return
        if still_true and message.may_resend(now):
            if is_quiet:
                await self._settle(message, Attempt(Outcome.UNKNOWN, reason="quiet hours"), still_true=True)
            else:
                await self._deliver(message, resent=True)
            return
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                # The clock may have been ahead when it was sent, and put right since.
                attempt = await self._sender.find(message, min(message.first_sent_at, now) - HISTORY_MARGIN)
        except TimeoutError:
            attempt = Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")
        if attempt.outcome is Outcome.NOT_SENT and abs(now - message.first_sent_at) < RESEND_WINDOW:
            attempt = Attempt(Outcome.UNKNOWN, reason="It is not in the channel yet.")
        await self._settle(message, attempt, still_true=still_true)

    async def _looked_first(self, message: Message, *, still_true: bool, tried: bool) -> bool:
        """Settle what may have been sent by a store of which ours is an older copy; False for what surely was not."""
        if self._recalling is None or not await self._recalling.concerns(message):
            return False
        if (looked := await self._recalling.look(message, tried=tried)) is None:
            return False
        attempt, found = looked
        await self._settle(message, attempt, still_true=still_true, found=found)
        return True

    async def _attempt(self, parcel: Parcel) -> Attempt:
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                if self._clock.now() > parcel.message.lease_until - SEND_TIMEOUT:
                    # The machine slept in the turn's queue: somebody else may have the message, or had it long ago.
                    return Attempt(Outcome.NOT_SENT, reason="Marquee stood still for a while.")
                return await self._sender.send(parcel)
        except NoTurn as error:
            return Attempt(Outcome.NOT_SENT, reason="Discord asked Marquee to wait.", retry_after=error.retry_after)
        except TimeoutError:
            return Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")

    async def _settle(
        self,
        message: Message,
        attempt: Attempt,
        *,
        still_true: bool,
        resent: bool = False,
        withdrawn: bool = False,
        found: Found = NOTHING,
    ) -> None:
        ours = await self._settling.settle(
            message, attempt, still_true=still_true, resent=resent, withdrawn=withdrawn, found=found
        )
        if ours and attempt.outcome is Outcome.UNAUTHORISED:
            self._stop(self._clock.now())

    def _stop(self, now: datetime) -> None:
        self._stopped_until = now + UNAUTHORISED_PAUSE
        log.critical("Discord refuses the token (401): nothing is sent. Check DISCORD_TOKEN and start again")

    async def _mark_plain(self, message: Message) -> Message | None:
        now = self._clock.now()
        async with self._db.transaction() as tx:
            return await message_store.mark_plain(tx, message, now, now + LEASE)

    async def _parcel(self, message: Message) -> Parcel:
        async with self._db.reading() as tx:
            return await read_parcel(tx, message, self._clock.now())

    async def _stands(self, message: Message, now: datetime) -> tuple[bool, bool]:
        """Whether every post of `message` is still owed and fresh, and whether its channel is to be left in quiet."""
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.get_subscriber(tx, message.subscriber_id)
            subscriptions = await subscriber_store.list_subscriptions(tx, message.subscriber_id)
        return still_owed(message.posts, subscriber, subscriptions, now), subscriber.when_loud(now) > now
