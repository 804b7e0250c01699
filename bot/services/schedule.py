"""What a server will be sent and what it was sent: the answers of `/schedule`."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.answers import Agenda
from bot.domain.by_hand import OFFERED_FOR
from bot.domain.destinations import Destination
from bot.domain.digests import NEXT_WITHIN, Week
from bot.domain.films import Film
from bot.domain.live import MAX_LOST, countdown_of
from bot.domain.living import counting
from bot.domain.messages import MAX_POSTS, Message, MessageState, Parcel, message_key
from bot.domain.plan import is_held_back, whole_forecast
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.digesting import read_week
from bot.store import by_hand as by_hand_store
from bot.store import destinations as destination_store
from bot.store import films as film_store
from bot.store import live as live_store
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

#: As many as `/schedule` shows of each.
NEXT_SHOWN, LAST_SHOWN = 10, 20
#: A select has no more.
STUCK_SHOWN = 25
#: What shares its message with nothing.
_ALONE = (PostKind.LIVE, PostKind.DIGEST, PostKind.DOUBT)


class Schedule:
    """Looks ahead and back."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find_agenda(self, guild_id: int, now: datetime) -> Agenda | None:
        """The server's agenda; None before it has settings."""
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            if subscriber is None:
                return None
            subscriptions = await subscriber_store.list_subscriptions(tx, subscriber.id)
            settled = await post_store.list_settled(tx, subscriber.id, LAST_SHOWN)
            stuck = await by_hand_store.list_stuck(tx, subscriber.id, now - OFFERED_FOR, STUCK_SHOWN)
            titles = {s.film.id: s.film.label for s in subscriptions}
            for post in (*settled, *stuck):  # of films no longer followed too
                if post.film_id is not None and post.film_id not in titles:
                    film = await film_store.find_film(tx, post.film_id)
                    titles[post.film_id] = film.label if film else "a film"
            channels = {subscriber.channel_id, *(s.channel_id for s in subscriptions)}
            closed = await _closed(tx, channels)
            live = [each for each in await live_store.list_live(tx, subscriber.id) if each.film_id in titles]
        owed = whole_forecast(subscriber, subscriptions, now, now + NEXT_WITHIN)
        coming = _coming(owed, settled, now)
        followed = {s.film.id: s for s in subscriptions}
        held_back = [p for p in coming[:NEXT_SHOWN] if is_held_back(p, subscriber, followed.get(p.film_id or 0))]
        paused = tuple(s.film.label for s in subscriptions if s.pause and s.pause.covers(now))
        return Agenda(
            subscriber,
            titles,
            tuple(coming[:NEXT_SHOWN]),
            frozenset(post.dedup_key for post in held_back),
            max(len(coming) - NEXT_SHOWN, 0),
            tuple(settled),
            closed,
            paused,
            tuple(each for each in live if each.due_at or (subscriber.live and each.lost >= MAX_LOST)),
            tuple(stuck),
        )

    async def find_preview(self, guild_id: int, now: datetime) -> Parcel | None:
        """The next message as it will be, without what a pause will keep back; None if nothing is coming."""
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            if subscriber is None:
                return None
            subscriptions = {s.film.id: s for s in await subscriber_store.list_subscriptions(tx, subscriber.id)}
            settled = await post_store.list_settled(tx, subscriber.id, LAST_SHOWN)
        owed = whole_forecast(subscriber, list(subscriptions.values()), now, now + NEXT_WITHIN)
        coming = [
            post
            for post in _coming(owed, settled, now)
            if not is_held_back(post, subscriber, subscriptions.get(post.film_id or 0))
        ]
        first, week = await self._first(subscriber, coming)
        if first is None:
            return None
        due = [post for post in coming if (post.due_at, post.channel_id) == (first.due_at, first.channel_id)]
        together = tuple(due[:MAX_POSTS])  # forecast() has the most pressing first
        alone = first.kind in _ALONE
        together = (first,) if alone else tuple(post for post in together if post.kind not in _ALONE)
        films = await self._films(together)
        channel_id = first.channel_id or 0
        message = Message(
            id=0,
            subscriber_id=subscriber.id,
            channel_id=channel_id,
            state=MessageState.SENDING,
            owner="preview",
            lease_until=first.due_at,
            attempt=1,
            first_sent_at=first.due_at,
            message_key=message_key(channel_id, (post.dedup_key for post in together)),
            posts=together,
        )
        parcel = Parcel(message, subscriber, films, (), first.due_at, week=week)
        if first.kind is not PostKind.LIVE:
            return parcel
        of_film = subscriptions.get(first.film_id or 0)
        return counting(parcel, countdown_of(subscriber, of_film, channel_id, first.due_at))

    async def _first(self, subscriber: Subscriber, coming: Sequence[Post]) -> tuple[Post | None, Week | None]:
        """The next post that has something to say; of a weekly digest, what."""
        for post in coming:
            if post.kind is not PostKind.DIGEST:
                return post, None
            async with self._db.reading() as tx:
                week = await read_week(tx, subscriber, post.due_at, post.due_at)
            if not week.is_empty:
                return post, week
        return None, None

    async def _films(self, posts: Sequence[Post]) -> dict[int, Film]:
        async with self._db.reading() as tx:
            found = [await film_store.find_film(tx, post.film_id) for post in posts if post.film_id is not None]
        return {film.id: film for film in found if film is not None}


async def _closed(tx: Transaction, channels: set[int | None]) -> tuple[Destination, ...]:
    given = [channel_id for channel_id in channels if channel_id is not None]
    found = [await destination_store.find_destination(tx, channel_id) for channel_id in given]
    return tuple(destination for destination in found if destination is not None and destination.paused)


def _coming(owed: Sequence[Post], settled: Sequence[Post], now: datetime) -> list[Post]:
    """What is still to come; not what went out today already, at an earlier posting hour."""
    there = {post.dedup_key for post in settled if post.state is PostState.SENT}
    return [post for post in owed if post.due_at > now and post.dedup_key not in there]
