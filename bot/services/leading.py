"""Which of a bot's processes plans and dispatches: the one that has the lock. All of them answer commands."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.domain.errors import DatabaseError
from bot.services.limits import divide
from bot.services.pace import Pace
from bot.store import processes as process_store
from bot.store.database import Database

log = logging.getLogger(__name__)
#: Who was not heard of for so long is gone.
GONE = timedelta(seconds=20)
#: Old lines are kept a little longer, for people who look.
_KEPT = timedelta(hours=1)
#: An answer about the lock that takes longer than this is none.
_ANSWER_SECONDS = 5.0


class Leading:
    """Asks for the lock again and again, and divides Discord's limit among the processes that are here.

    Two that lead at once, as for a moment when a frozen one awakes, do no harm: the store's fences keep them apart.
    """

    def __init__(
        self,
        db: Database,
        pace: Pace,
        *,
        owner: str,
        shards: Sequence[int],
        take_over: Callable[[], Awaitable[None]],
    ) -> None:
        self._db = db
        self._lock = db.lead_lock()
        self._pace = pace
        self._owner = owner
        self._shards = shards
        self._take_over = take_over
        self._leads = False
        self._beat_at: datetime | None = None
        self._here = 1  #: processes, this one too

    @property
    def leads(self) -> bool:
        """Whether this process plans and dispatches, as far as it knows."""
        return self._leads

    async def run(self, now: datetime) -> None:
        """Take the lock if it is free, make sure of it if it is ours.

        Nothing else may hold this up: who says nothing for a few seconds loses it.

        Raises:
            DatabaseError: nobody can tell; this process leads no more until it can.
        """
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                leads = await self._lock.take()
        except DatabaseError:
            self._follow()
            raise
        except TimeoutError as error:
            self._follow()
            raise DatabaseError("The database does not say in time which process leads. Look after it.") from error
        if leads and not self._leads:
            await self._take_over()
            self._leads = True
            self._divide()
            if self._db.engine != "sqlite":
                log.info("This process leads: it plans and posts")
        elif not leads:
            self._follow()

    async def beat(self, now: datetime) -> None:
        """Say that this process is here, and look who else is; on SQLite there is no other one."""
        if self._db.engine == "sqlite":
            return
        async with self._db.transaction() as tx:
            await process_store.beat_process(tx, self._owner, self._shards, now, leads=self._leads)
            here = await process_store.list_processes(tx, now - GONE)
        self._beat_at, self._here = now, max(len(here), 1)
        self._divide()

    async def leave(self) -> None:
        """Stop leading, let another process do it at once, and be here no more."""
        self._leads = False
        await self._lock.release()
        if self._beat_at is None:
            return
        try:
            async with self._db.transaction() as tx:
                await process_store.remove_process(tx, self._owner, self._beat_at - _KEPT)
        except DatabaseError as error:  # its line gets old by itself
            log.warning("%s", error)

    def _follow(self) -> None:
        if self._leads:
            log.warning("This process does not lead any more: another plans and posts, or none can")
            self._leads = False
            self._divide()

    def _divide(self) -> None:
        """Keep to the portion that is this process's from this moment on: the one that leads has the most."""
        if self._db.engine != "sqlite":
            self._pace.share(divide(self._here, leads=self._leads))
