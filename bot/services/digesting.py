"""Reads what a server's weekly digest has to say, at the moment at which it is sent."""

from datetime import datetime

from bot.domain.digests import WEEK, Week, week_of
from bot.domain.subscribers import Subscriber, today_of
from bot.store import digests as digest_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Transaction

#: Releases looked at: in the fullest week of the fullest country there are fewer.
_OPENINGS = 100


async def read_week(tx: Transaction, subscriber: Subscriber, due_at: datetime, now: datetime) -> Week:
    """What there is to say of the week that begins on the subscriber's local day.

    News that is due together with the digest, at `due_at`, is left to the next one.
    """
    days = Week(today_of(subscriber, now))
    return week_of(
        subscriber,
        await subscriber_store.list_subscriptions(tx, subscriber.id),
        await digest_store.list_told_changes(tx, subscriber.id, due_at - WEEK, due_at),
        await digest_store.list_openings(tx, subscriber, days.first, days.last, _OPENINGS),
        now,
    )
