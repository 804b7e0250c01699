"""In which servers Marquee is: it learns of being removed, keeps the data for a while, and restores it on return."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.domain.resumes import resume_post
from bot.domain.shards import ONE_SHARD, Shards
from bot.domain.subscribers import Pause, SubscriberKind
from bot.ports import Doorkeeper
from bot.services.pace import Pace
from bot.store import admin_notices as notice_store
from bot.store import destinations as destination_store
from bot.store import posts as post_store
from bot.store import presence as presence_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction
from bot.store.presence import Known

log = logging.getLogger(__name__)
#: The data of a server that removed Marquee is kept for this long.
KEPT = timedelta(days=30)
#: How often Discord's list of servers is read.
LISTED_EVERY = timedelta(days=1)
#: After a list that did not come.
LISTED_AGAIN = timedelta(hours=1)
#: Servers asked about in a run, one by one, before anything is done to their data.
ASKED = 20
_PAGE = 1000
_ASK_SECONDS = 30.0


class Presence:
    """Knows of no server's leaving by a list alone: each is asked about by itself first."""

    def __init__(self, db: Database, doorkeeper: Doorkeeper, pace: Pace) -> None:
        self._db = db
        self._doorkeeper = doorkeeper
        self._pace = pace
        self._next_list_at: datetime | None = None
        self._suspects: dict[int, Known] = {}  #: by Discord's id
        self._asked_at: dict[int, datetime] = {}  #: of those to be deleted that nobody could say anything of

    async def run(self, now: datetime) -> None:
        """Read Discord's list of servers once a day, and delete what was kept long enough. For the leading process."""
        if self._next_list_at is None or now >= self._next_list_at:
            guild_ids = await self._list()
            self._next_list_at = now + (LISTED_AGAIN if guild_ids is None else LISTED_EVERY)
            if guild_ids is not None:
                await self.compare(guild_ids, now)
        await self._forget(now)

    async def ask(self, now: datetime) -> None:
        """Ask about servers that were not on a list. For every process: Discord names to each those of its shards."""
        for guild_id in list(self._suspects)[:ASKED]:
            known = self._suspects.pop(guild_id)
            if await self._is_member(guild_id) is False:
                await self._leave(known, now)

    async def compare(self, guild_ids: frozenset[int], now: datetime, shards: Shards = ONE_SHARD) -> None:
        """Hold a list of servers that Marquee is in against the settings: who is back is, who is not there is asked.

        The list is of all servers of `shards`; it says nothing of others.
        """
        after = 0
        while True:
            async with self._db.reading() as tx:
                page = await presence_store.list_guilds(tx, after, _PAGE, shards)
            for known in page:
                if known.guild_id not in guild_ids and known.left_at is None:
                    self._suspects[known.guild_id] = known
                elif known.guild_id in guild_ids and known.left_at is not None:
                    await self._return(known.subscriber_id, now)
            if len(page) < _PAGE:
                return
            after = page[-1].guild_id

    async def seen(self, guild_id: int, now: datetime) -> bool:
        """Somebody typed a command in a server; whether Marquee came back to it, as far as was known, just now."""
        async with self._db.looking() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
        if subscriber is None or subscriber.left_at is None:
            return False
        # Commands can be added to a server without the bot. A command does not wait for a post's turn.
        return bool(await self._doorkeeper.is_member(guild_id)) and await self._return(subscriber.id, now)

    async def _leave(self, known: Known, now: datetime) -> None:
        async with self._db.transaction() as tx:
            left = await presence_store.mark_left(tx, known.subscriber_id, now)
        if left:
            log.warning("Marquee is no longer in server %s; its data is kept for 30 days", known.guild_id)

    async def _return(self, subscriber_id: int, now: datetime) -> bool:
        async with self._db.transaction() as tx:
            back = await come_back(tx, subscriber_id, now)
        if back:
            log.info("Marquee is back in the server of subscriber %s", subscriber_id)
        return back

    async def _forget(self, now: datetime) -> None:
        async with self._db.reading() as tx:
            old = await presence_store.list_left_before(tx, now - KEPT, ASKED + len(self._asked_at))
        for known in [k for k in old if now >= self._asked_at.get(k.guild_id, now)][:ASKED]:
            member = await self._is_member(known.guild_id)
            if member:
                await self._return(known.subscriber_id, now)
            if member is None:
                self._asked_at[known.guild_id] = now + LISTED_AGAIN
                continue
            self._asked_at.pop(known.guild_id, None)
            if member is False:
                async with self._db.transaction() as tx:
                    removed = await presence_store.remove_left(tx, known.subscriber_id)
                if removed:
                    log.warning("Deleted the data of server %s, which was left on %s", known.guild_id, known.left_at)

    async def _list(self) -> frozenset[int] | None:
        try:
            async with self._pace, asyncio.timeout(10 * _ASK_SECONDS):
                return await self._doorkeeper.list_guilds()
        except TimeoutError:
            return None

    async def _is_member(self, guild_id: int) -> bool | None:
        try:
            async with self._pace, asyncio.timeout(_ASK_SECONDS):
                return await self._doorkeeper.is_member(guild_id)
        except TimeoutError:
            return None


async def come_back(tx: Transaction, subscriber_id: int, now: datetime) -> bool:
    """Plan and send for a server again; False if it was not left.

    What fell due meanwhile counts as kept back by a pause that ends now, and is told in one message, with what its
    channels missed between Discord's first refusal and the leaving.
    """
    subscriber = await subscriber_store.get_subscriber(tx, subscriber_id)
    if subscriber.left_at is None or not await presence_store.mark_back(tx, subscriber_id, now):
        return False
    closed = await destination_store.list_closed(tx, subscriber_id)
    since = min([subscriber.left_at, *(destination.missed_since or destination.since for destination in closed)])
    for destination in closed:
        await destination_store.open_destination(tx, destination.channel_id, now)
        await notice_store.remove_untold(tx, subscriber_id, f"closed:{destination.channel_id}:")
    await presence_store.join_missed(tx, subscriber_id, since)
    if subscriber.pause is not None and subscriber.pause.covers(now):
        return True  # its end tells all that it kept back
    await subscriber_store.save_pause(tx, subscriber_id, Pause(since, now), now)
    await post_store.arm_post(tx, resume_post(subscriber, since, now))
    return True
