"""Takes a person's word on posts that failed, or of which nobody can tell: send it again, it is there, leave it."""

import logging
from dataclasses import replace
from datetime import datetime

from bot.domain.by_hand import Decided, Ending, Remedy, Stuck, goes_to, note, remedies, why_not_again
from bot.domain.errors import PostUnknown
from bot.domain.posts import Post, PostState
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.store import by_hand as by_hand_store
from bot.store import destinations as destination_store
from bot.store import films as film_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)


class ByHand:
    """The one way from *failed* and *uncertain* to *planned* or *sent*."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get_stuck(self, guild_id: int, post_id: int) -> Stuck:
        """A post of a server, as it stands.

        Raises:
            PostUnknown: this server has no such post.
        """
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            return await _get(tx, subscriber, post_id)

    async def decide(self, guild_id: int, post_id: int, remedy: Remedy, user_id: int, now: datetime) -> Decided:
        """Do what somebody decided about a post, unless somebody else was first, or it is no longer worth it.

        Raises:
            PostUnknown: as above.
        """
        async with self._db.transaction() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            # What a fact changes, and a second person's word, wait for this transaction.
            if subscriber is not None and await subscriber_store.lock_revision(tx, subscriber.id) is not None:
                subscriber = await subscriber_store.get_subscriber(tx, subscriber.id)
            stuck = await _get(tx, subscriber, post_id)
            decided = await _decide(tx, stuck, remedy, user_id, now)
        if decided.ending is Ending.DONE:
            log.info("Post %s: %s, decided by user %s", stuck.post.dedup_key, remedy.value, user_id)
        return decided


async def _get(tx: Transaction, subscriber: Subscriber | None, post_id: int) -> Stuck:
    post = await by_hand_store.find_post(tx, subscriber.id, post_id) if subscriber else None
    if subscriber is None or post is None:
        raise PostUnknown
    film = await film_store.find_film(tx, post.film_id) if post.film_id is not None else None
    return Stuck(post, subscriber, film.label if film else "")


async def _decide(tx: Transaction, stuck: Stuck, remedy: Remedy, user_id: int, now: datetime) -> Decided:
    post = stuck.post
    if remedy not in remedies(post):
        return Decided(stuck, remedy, Ending.TOO_LATE)
    if remedy is Remedy.AGAIN and (refused := await _refuse(tx, stuck, now)) is not None:
        return refused
    state, settled_at = _after(post, remedy, now)
    reason = note(post, remedy, user_id, now)
    if not await by_hand_store.decide_post(tx, post, state, reason, settled_at):
        return Decided(await _get(tx, stuck.subscriber, post.id), remedy, Ending.TOO_LATE)
    if remedy is Remedy.AGAIN:  # planned first: its channel may be another one by now
        await subscriber_store.wake_subscriber(tx, post.subscriber_id, now)
    now_stuck = replace(stuck, post=replace(post, state=state, reason=reason, settled_at=settled_at))
    return Decided(now_stuck, remedy, Ending.DONE)


async def _refuse(tx: Transaction, stuck: Stuck, now: datetime) -> Decided | None:
    """Why it cannot be sent again; None if it can."""
    post, subscriber = stuck.post, stuck.subscriber
    subscriptions = await subscriber_store.list_subscriptions(tx, subscriber.id)
    ending = why_not_again(post, subscriber, subscriptions, now)
    if ending is not None:
        return Decided(stuck, Remedy.AGAIN, ending)
    subscription = next((s for s in subscriptions if s.film.id == post.film_id), None)
    channel_id = goes_to(post, subscriber, subscription)
    closed = await destination_store.find_destination(tx, channel_id) if channel_id is not None else None
    if closed is None or not closed.paused:
        return None
    return Decided(stuck, Remedy.AGAIN, Ending.CLOSED, closed.reason)


def _after(post: Post, remedy: Remedy, now: datetime) -> tuple[PostState, datetime | None]:
    match remedy:
        case Remedy.AGAIN:
            return PostState.PLANNED, None
        case Remedy.THERE:
            return PostState.SENT, now
        case Remedy.LEAVE:
            return post.state, post.settled_at
