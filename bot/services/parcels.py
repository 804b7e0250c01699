"""Gathers what rendering a message needs. Reads only."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.films import Film
from bot.domain.live import countdown_of
from bot.domain.living import counting
from bot.domain.messages import Message, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber
from bot.services.digesting import read_week
from bot.store import films as film_store
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Transaction


async def read_parcel(tx: Transaction, message: Message, now: datetime) -> Parcel:
    """A message with its subscriber and whole films, as of `now`."""
    return await _gather(tx, message, await subscriber_store.get_subscriber(tx, message.subscriber_id), {}, now)


async def read_parcels(
    tx: Transaction, messages: Iterable[tuple[Message, Subscriber]], now: datetime
) -> dict[int, Parcel]:
    """Many messages, of subscribers that are known, by their ids; each film is read once."""
    films: dict[int, Film | None] = {}
    return {message.id: await _gather(tx, message, subscriber, films, now) for message, subscriber in messages}


async def _gather(
    tx: Transaction, message: Message, subscriber: Subscriber, known: dict[int, Film | None], now: datetime
) -> Parcel:
    """`known`: films that were read; those that are needed are added."""
    skipped = await _missed(tx, message)
    films: dict[int, Film] = {}
    for film_id in {post.film_id for post in (*message.posts, *skipped) if post.film_id is not None}:
        if film_id not in known:
            known[film_id] = await film_store.find_film(tx, film_id)
        if (film := known[film_id]) is not None:
            films[film_id] = film
    digest = next((post for post in message.posts if post.kind is PostKind.DIGEST), None)
    week = await read_week(tx, subscriber, digest.due_at, now) if digest else None
    parcel = Parcel(message, subscriber, films, tuple(skipped), now, week=week)
    counted = next((post for post in message.posts if post.kind is PostKind.LIVE), None)
    film = films.get(counted.film_id or 0) if counted else None
    if counted is None or film is None:
        return parcel
    subscription = await subscriber_store.find_subscription(tx, subscriber.id, film.id)
    channel_id = counted.channel_id or message.channel_id
    return counting(parcel, countdown_of(subscriber, subscription, channel_id, now))


async def _missed(tx: Transaction, message: Message) -> list[Post]:
    """What the resume posts of `message` tell of, each once; a closed channel kept other resume posts back as well."""
    missed: dict[int, Post] = {}
    to_tell = [post for post in message.posts if post.kind is PostKind.RESUME]
    while to_tell:
        kept = [post for post in await post_store.list_kept_back(tx, to_tell.pop()) if post.id not in missed]
        missed |= {post.id: post for post in kept}
        to_tell += [post for post in kept if post.kind is PostKind.RESUME]
    told = [post for post in missed.values() if post.kind is not PostKind.RESUME]
    return sorted(told, key=lambda post: (post.due_at, post.kind.priority, post.id))
