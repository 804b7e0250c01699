"""Makes the posts in the store be what is owed: plans awake subscribers, inserts, moves, cancels, has corrected."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.corrections import CORRECTED_FOR, to_correct
from bot.domain.plan import plan, still_owed
from bot.domain.posts import LISTED, Post, PostKind, PostState
from bot.domain.subscribers import Subscriber, Subscription
from bot.services.living import plan_edits
from bot.store import by_hand as by_hand_store
from bot.store import claims as claim_store
from bot.store import corrections as correction_store
from bot.store import live as live_store
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
#: Subscribers read at once; each is planned in a transaction of its own, so that a claim waits for one at most.
BATCH = 200


class Planning:
    """Plans whoever is awake. Planning twice changes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def run(self, now: datetime) -> int:
        """Plan every subscriber that is awake at `now`; how many were planned.

        One that somebody changes meanwhile stays awake for the next run.
        """
        planned = 0
        while True:
            async with self._db.reading() as tx:
                awake = await subscriber_store.list_awake(tx, now, BATCH)
            settled = 0
            for subscriber in awake:
                try:
                    async with self._db.transaction() as tx:
                        settled += await _plan_one(tx, subscriber.id, now)
                except (ValueError, KeyError):  # a row that no longer makes sense must not stop the others
                    log.exception("Subscriber %s cannot be planned; it is tried again in an hour", subscriber.id)
                    async with self._db.transaction() as tx:  # its plan stays old: nothing of it is claimed
                        await subscriber_store.wake_subscriber(tx, subscriber.id, now + timedelta(hours=1))
            planned += settled
            if len(awake) < BATCH or settled == 0:
                return planned


async def _plan_one(tx: Transaction, subscriber_id: int, now: datetime) -> bool:
    """Bring one subscriber's posts to what is owed; False if a fact changed meanwhile."""
    subscriber = await subscriber_store.get_subscriber(tx, subscriber_id)
    subscriptions = await subscriber_store.list_subscriptions(tx, subscriber_id)
    owed = plan(subscriber, subscriptions, now)
    stored = {post.dedup_key: post for post in await post_store.list_posts_since(tx, subscriber_id, _oldest(now))}
    await claim_store.free_held(tx, subscriber_id)
    for post in owed.posts:
        await _bring_about(tx, post, stored.pop(post.dedup_key, None), now)
    for post in stored.values():
        if post.state is not PostState.PLANNED:
            continue
        if not post.kind.is_forecast or await _is_owed_by_hand(tx, post, subscriber, subscriptions, now):
            await _follow(tx, post, subscriber, subscriptions, now)
        else:
            await post_store.cancel_post(tx, post.id, "no longer owed", now)
    told = await correction_store.list_told(tx, subscriber_id, now - CORRECTED_FOR)
    wrong = to_correct(told, {subscription.film.id: subscription.film for subscription in subscriptions})
    await correction_store.add_corrections(tx, wrong, now)
    await plan_edits(tx, subscriber, {subscription.film.id: subscription for subscription in subscriptions}, now)
    return await subscriber_store.end_planning(tx, subscriber_id, subscriber.revision, owed.next_wake_at)


async def _is_owed_by_hand(
    tx: Transaction, post: Post, subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime
) -> bool:
    """Whether somebody had news sent again that no plan brings: other news of the same film was told."""
    again = post.kind is PostKind.DATE_CHANGE and await by_hand_store.was_sent_again(tx, post)
    return again and still_owed([post], subscriber, subscriptions, now)


async def _follow(
    tx: Transaction, post: Post, subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime
) -> None:
    """What tells of a pause, or of a film tracked by itself, goes where its posts go; nowhere if it is untracked."""
    if post.is_of_channel:
        return
    channel_id = subscriber.channel_id
    if post.film_id is not None:
        subscription = next((s for s in subscriptions if s.film.id == post.film_id), None)
        if subscription is None:
            await post_store.cancel_post(tx, post.id, "no longer tracked", now)
            return
        channel_id = subscription.channel_id or channel_id
    if post.channel_id != channel_id and post.kind is PostKind.OPENING:
        await post_store.cancel_post(tx, post.id, "the posts go elsewhere", now)
    elif post.channel_id != channel_id:
        await post_store.move_post(tx, post.id, replace(post, channel_id=channel_id))


def _oldest(now: datetime) -> datetime:
    """A planned post may be moved from anywhere in the listed past: look a little farther back than plan() does."""
    return now - LISTED - timedelta(days=2)


async def _bring_about(tx: Transaction, owed: Post, stored: Post | None, now: datetime) -> None:
    if stored is not None and stored.state is PostState.PLANNED:
        if _place(stored) != _place(owed):
            await post_store.move_post(tx, stored.id, owed)
        return
    if (stored is None or stored.state is PostState.CANCELLED) and await post_store.arm_post(tx, owed):
        return
    if owed.kind is PostKind.LIVE and owed.fresh_until > now:
        await live_store.rearm(tx, owed)


def _place(post: Post) -> tuple[object, ...]:
    """What may change of a post that waits: when and where it goes, and what it tells of."""
    return (post.due_at, post.fresh_until, post.channel_id, post.country, post.old_date, post.change_id)
