"""The planner as it first was: one subscriber after another, row by row. What the batches are held against."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.corrections import CORRECTED_FOR, to_correct
from bot.domain.digests import NEXT_WITHIN
from bot.domain.live import countdown_of, edit_due, says_that_it_is_over
from bot.domain.plan import LOOK_AHEAD, Plan, still_owed, whole_forecast
from bot.domain.posts import LISTED, Post, PostKind, PostState
from bot.domain.subscribers import Subscriber, Subscription
from bot.store import claims, corrections, live, planning, posts, subscribers
from bot.store.database import Database, Transaction


async def plan_plainly(db: Database, now: datetime, stuck: frozenset[int]) -> int:
    """Plan everyone who is awake at `now`. `stuck`: posts of messages that failed or are uncertain."""
    async with db.reading() as tx:
        awake = await planning.list_awake(tx, now, 10_000)
    for subscriber_id in sorted(awake):
        async with db.transaction() as tx:
            await _plan_one(tx, subscriber_id, now, stuck)
    return len(awake)


async def _plan_one(tx: Transaction, subscriber_id: int, now: datetime, stuck: frozenset[int]) -> None:
    subscriber = await subscribers.get_subscriber(tx, subscriber_id)
    subscriptions = await subscribers.list_subscriptions(tx, subscriber_id)
    owed = _plan(subscriber, subscriptions, now)
    since = now - LISTED - timedelta(days=2)
    stored = {post.dedup_key: post for post in await posts.list_posts_since(tx, subscriber_id, since)}
    await claims.free_held(tx, [subscriber_id])
    for post in owed.posts:
        await _bring_about(tx, post, stored.pop(post.dedup_key, None), now)
    for post in stored.values():
        if post.state is not PostState.PLANNED:
            continue
        again = post.kind is PostKind.DATE_CHANGE and post.id in stuck
        if not post.kind.is_forecast or (again and still_owed([post], subscriber, subscriptions, now)):
            await _follow(tx, post, subscriber, subscriptions, now)
        else:
            await posts.cancel_post(tx, post.id, "no longer owed", now)
    films = {subscription.film.id: subscription for subscription in subscriptions}
    told = map(corrections.read_told, await corrections.list_told(tx, [subscriber_id], now - CORRECTED_FOR))
    wrong = to_correct(told, {film_id: subscription.film for film_id, subscription in films.items()})
    await corrections.add_corrections(tx, wrong, now)
    for message in await live.list_live(tx, subscriber_id):
        subscription = films.get(message.film_id)
        if message.message_id is None or (subscription is None and says_that_it_is_over(message.shown)):
            continue
        countdown = countdown_of(subscriber, subscription, message.channel_id, now)
        due_at = edit_due(countdown, message.shown, subscriber, now)
        waits = message.due_at is not None and message.due_at <= now
        if due_at != message.due_at and not (waits and due_at is not None):
            await live.plan_edits(tx, [(message.message_id, due_at)])
    assert await subscribers.end_planning(tx, {subscriber_id: (subscriber.revision, owed.next_wake_at)})


def _plan(subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime) -> Plan:
    """From the whole forecast: every post is made, however far ahead."""
    near: list[Post] = []
    for post in whole_forecast(subscriber, subscriptions, now - LISTED, now + LOOK_AHEAD + NEXT_WITHIN):
        if post.due_at <= now - LISTED and not (post.kind is PostKind.LIVE and post.fresh_until > now):
            continue
        if post.due_at > now + LOOK_AHEAD:
            return Plan(tuple(near), post.due_at - LOOK_AHEAD)
        near.append(post)
    return Plan(tuple(near), None)


async def _bring_about(tx: Transaction, owed: Post, stored: Post | None, now: datetime) -> None:
    if stored is not None and stored.state is PostState.PLANNED:
        if _place(stored) != _place(owed):
            await posts.move_posts(tx, [replace(owed, id=stored.id)])
        return
    if (stored is None or stored.state is PostState.CANCELLED) and await posts.arm_post(tx, owed):
        return
    if owed.kind is PostKind.LIVE and owed.fresh_until > now:
        await live.rearm(tx, [owed])


async def _follow(
    tx: Transaction, post: Post, subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime
) -> None:
    if post.is_of_channel:
        return
    channel_id = subscriber.channel_id
    if post.film_id is not None:
        subscription = next((s for s in subscriptions if s.film.id == post.film_id), None)
        if subscription is None:
            await posts.cancel_post(tx, post.id, "no longer tracked", now)
            return
        channel_id = subscription.channel_id or channel_id
    if post.channel_id != channel_id and post.kind is PostKind.OPENING:
        await posts.cancel_post(tx, post.id, "the posts go elsewhere", now)
    elif post.channel_id != channel_id:
        await posts.move_posts(tx, [replace(post, channel_id=channel_id)])


def _place(post: Post) -> tuple[object, ...]:
    return (post.due_at, post.fresh_until, post.channel_id, post.country, post.old_date, post.change_id)
