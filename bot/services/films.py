"""What there is to say about a film in a server, and what is coming."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.domain.answers import Coming, Look
from bot.domain.errors import FilmNotFound, FilmNotNamed
from bot.domain.films import Film
from bot.domain.releases import counting_for, counting_release
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription, today_of
from bot.store import films as film_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database


class Films:
    """Reads films for cards."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def look_at(self, guild_id: int, film_id: int) -> Look:
        """A film with everything that its card says.

        Raises:
            FilmNotFound: there is no such film.
        """
        async with self._db.reading() as tx:
            film = await film_store.find_film(tx, film_id)
            if film is None:
                raise FilmNotFound("this film")
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            if subscriber is None:
                return Look(film, None, None, {})
            subscription = await subscriber_store.find_subscription(tx, subscriber.id, film_id)
            shared = await film_store.list_shared_people(tx, subscriber.id, film_id)
        return Look(film, subscriber, subscription, shared)

    async def get_next(self, guild_id: int, now: datetime) -> Film:
        """The followed film that comes next; if all are out, the newest.

        Raises:
            FilmNotNamed: no film is followed.
        """
        async with self._db.reading() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            followed = await subscriber_store.list_subscriptions(tx, subscriber.id) if subscriber else []
        if subscriber is None or not followed:
            raise FilmNotNamed
        today = today_of(subscriber, now)
        return min(followed, key=lambda followed_film: _distance(followed_film, subscriber, today)).film


def list_coming(films: Sequence[Film], country: str, first: date, last: date | None) -> list[Coming]:
    """Films whose release in `country` is, or may be, from `first` to `last` (None: without end), by date."""
    found: list[Coming] = []
    for film in films:
        release = counting_release(film, country).main
        if release is None or release.date.first is None or release.date.last is None:
            continue
        if release.date.last >= first and (last is None or release.date.first <= last):
            found.append(Coming(film, release))
    return sorted(found, key=lambda coming: (coming.release.date.sort_key, coming.film.label))


def _distance(subscription: Subscription, subscriber: Subscriber, today: date) -> tuple[int, timedelta]:
    release = counting_for(subscriber, subscription).ahead(today)
    day = release.date.last if release else None
    if day is None:
        return (1, timedelta())
    return (0, day - today) if day >= today else (2, today - day)
