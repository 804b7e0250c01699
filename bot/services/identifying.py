"""When a shard may identify at Discord's gateway: in its turn, and only while Discord's allowance for the day lasts.

https://discord.com/developers/docs/events/gateway#session-start-limit-object: what is too fast is sent away, and who
identifies oftener than allowed in a day loses the token.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.errors import DatabaseError
from bot.domain.shards import Allowance, Shards
from bot.ports import Clock, Gatekeeper
from bot.store import identifying as turn_store
from bot.store.database import Database

log = logging.getLogger(__name__)
#: Discord's 5 seconds, and what two identifies may lose or gain on one another on their way.
SPACING = timedelta(seconds=5, milliseconds=250)
#: Discord is asked again what it allows after so long, and before each identify when little is left.
_ASKED_EVERY = timedelta(minutes=1)
#: After no answer, from Discord or the database.
_AGAIN = timedelta(seconds=5)
#: While the allowance is used up Discord is asked this often whether it is so still.
_LOOK = timedelta(minutes=10)


class Identifying:
    """Gives shards their turns: for all processes of a bot, as far as they share a database."""

    def __init__(self, db: Database, clock: Clock, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._db = db
        self._clock = clock
        self._sleep = sleep
        self._allowance: Allowance | None = None
        self._asked_at: datetime | None = None
        self._used = 0  #: of the allowance, since Discord was asked
        self._count = 1  #: shards of all processes
        self._waiting = False  #: for a new allowance, and this was said

    async def choose_shards(self, wanted: Shards | None, gatekeeper: Gatekeeper) -> Shards | None:
        """The shards that this process is to have: those wanted, else as many as Discord recommends.

        None if Discord did not say what it allows.
        """
        allowance = await self._ask(gatekeeper)
        if allowance is None:
            return None
        if wanted is not None and wanted.count < allowance.shards:
            log.warning("Discord recommends %s shards; this bot runs with %s", allowance.shards, wanted.count)
        shards = wanted or Shards.all_of(allowance.shards)
        self._count = shards.count
        return shards

    async def list_lanes(self, shards: Shards, gatekeeper: Gatekeeper) -> list[list[int]]:
        """Wait until so many may identify: those of a lane one after the other, the lanes beside each other."""
        allowance = await self._allowed(len(shards.ids), gatekeeper)
        lanes: dict[int, list[int]] = {}
        for shard_id in shards.ids:
            lanes.setdefault(allowance.bucket_of(shard_id), []).append(shard_id)
        return list(lanes.values())

    async def wait_for_turn(self, shard_id: int, gatekeeper: Gatekeeper) -> None:
        """Wait until a shard may identify. It is to do so at once: the next of its bucket follows 5 seconds later."""
        while True:
            allowance = await self._allowed(1, gatekeeper)
            bucket = allowance.bucket_of(shard_id)
            try:
                wait = await self._take(bucket)
            except DatabaseError as error:
                log.warning("Shard %s waits for its turn to identify: %s", shard_id, error)
                wait = _AGAIN
            if wait is None:
                self._used += 1
                return
            await self._sleep(wait.total_seconds())

    async def _take(self, bucket: int) -> timedelta | None:
        """Take a bucket's turn; else how long until it is free."""
        async with self._db.transaction() as tx:
            now = self._clock.now()  # not before: the transaction may have waited
            if await turn_store.take_turn(tx, bucket, now, now + SPACING):
                return None
            free_at = await turn_store.find_next_turn(tx, bucket)
        # A millisecond more: the column has no smaller ones.
        return max((free_at or now) - now, timedelta()) + timedelta(milliseconds=1)

    async def _allowed(self, needed: int, gatekeeper: Gatekeeper) -> Allowance:
        """Wait until Discord lets so many identify."""
        while True:
            allowance = await self._known(needed, gatekeeper)
            if allowance is None:
                await self._sleep(_AGAIN.total_seconds())
                continue
            if allowance.remaining >= needed:
                self._waiting = False
                return allowance
            if not self._waiting:
                log.error(
                    "Discord lets this bot connect %s more times until %s UTC, and %s are needed: it waits for that. "
                    "Posts go out meanwhile; commands are not answered here. Find out why it connected so often",
                    allowance.remaining,
                    f"{allowance.resets_at:%Y-%m-%d %H:%M}",
                    needed,
                )
                self._waiting = True
            resets_in = max(allowance.resets_at - self._clock.now(), timedelta()) + timedelta(seconds=1)
            await self._sleep(min(resets_in, _LOOK).total_seconds())
            self._asked_at = None

    async def _known(self, needed: int, gatekeeper: Gatekeeper) -> Allowance | None:
        """What Discord allows; None if it has to say that anew, and does not.

        It is asked again if that is old, when no answer changes nothing, and if little is left.
        """
        known, now = self._allowance, self._clock.now()
        # Other processes may identify as well.
        plenty = known is not None and known.remaining - self._used >= needed + self._count
        is_new = self._asked_at is not None and timedelta() <= now - self._asked_at < _ASKED_EVERY
        if plenty and is_new:
            return known
        return await self._ask(gatekeeper) or (known if plenty else None)

    async def _ask(self, gatekeeper: Gatekeeper) -> Allowance | None:
        allowance = await gatekeeper.fetch_allowance()
        if allowance is not None:
            self._allowance, self._asked_at, self._used = allowance, self._clock.now(), 0
        return allowance
