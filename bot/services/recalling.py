"""After a time that the store knows nothing of, a backup put back or a long absence: looks before it sends."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from bot.domain.messages import HISTORY_MARGIN, RESEND_WINDOW, SEND_TIMEOUT, Attempt, Message, Outcome
from bot.domain.recall import NOTHING, Found, recall
from bot.ports import Clock, History
from bot.services.pace import Pace
from bot.store import recalls as recall_store
from bot.store.database import Database
from bot.store.films import find_meta, set_meta

log = logging.getLogger(__name__)
_BEAT, _UNTIL = "alive at", "look first until"
#: A heartbeat; well within RESEND_WINDOW.
_EVERY = timedelta(seconds=30)


class Recalling:
    """Keeps a heartbeat in the store, and looks for what was due before a start at which it was old.

    A post that no attempt of this store's was made for may have been sent by the store that this one is an older copy
    of. Discord drops a double for a few minutes; after that only the channel's history knows.
    """

    def __init__(self, db: Database, history: History, clock: Clock, pace: Pace) -> None:
        self._db = db
        self._history = history
        self._clock = clock
        self._pace = pace
        self._until: datetime | None = None
        self._beat_at = datetime.min.replace(tzinfo=UTC)

    async def start(self, now: datetime) -> None:
        """See how long the store was left alone."""
        async with self._db.transaction() as tx:
            beat, until = await find_meta(tx, _BEAT), await find_meta(tx, _UNTIL)
            if beat is not None and now - datetime.fromisoformat(beat) > RESEND_WINDOW:
                log.info("Nobody wrote to the database since %s: what was due since then is looked for first", beat)
                until = now.isoformat()
                await set_meta(tx, _UNTIL, until)
            await set_meta(tx, _BEAT, now.isoformat())
        self._beat_at = now
        self._until = None if until is None else datetime.fromisoformat(until)

    async def beat(self, now: datetime) -> None:
        """Write down, now and then, that somebody is here."""
        if timedelta() <= now - self._beat_at < _EVERY:
            return
        async with self._db.transaction() as tx:
            await set_meta(tx, _BEAT, now.isoformat())
        self._beat_at = now

    async def concerns(self, message: Message) -> bool:
        """Whether `message` may be in its channel from a time that the store knows nothing of."""
        until = self._until
        if until is None or message.is_opening or all(post.due_at > until for post in message.posts):
            return False
        async with self._db.reading() as tx:
            return await recall_store.has_untried(tx, message.id, until)

    async def look(self, message: Message, *, tried: bool) -> tuple[Attempt, Found] | None:
        """Look for the posts of `message`, by id; None if it may be sent: nothing of it is there.

        Of what is there in part, the rest is to be planned again, and is sent without a look then.
        `tried`: an attempt of ours may have reached Discord, so that a history that cannot be read leaves a doubt.
        Without one the message goes out: most absences are no backup.
        """
        after = min([message.first_sent_at, *(post.due_at for post in message.posts)]) - HISTORY_MARGIN
        try:
            async with self._pace, asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                seen = await self._history.list_own(message.channel_id, after)
        except TimeoutError:
            seen = Attempt(Outcome.UNKNOWN, reason="Discord did not answer in time")
        if isinstance(seen, Attempt):
            # A forum has no history of its own.
            blind = seen.outcome is Outcome.UNREADABLE and not tried
            return None if blind or seen.outcome is Outcome.REJECTED else (seen, NOTHING)
        async with self._db.reading() as tx:
            known = await recall_store.known_keys(tx, message.channel_id)
        found = recall(message, seen, known)
        if not found:
            return None  # to be sent; or, in doubt, to go the way of every message in doubt
        log.info("Found %s of the %s posts of message %s sent before", len(found), len(message.posts), message.id)
        return Attempt(Outcome.NOT_SENT, reason="It is not in the channel."), found
