"""Following films: `/track`, `/untrack`, what is followed, and pauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.answers import Tracked
from bot.domain.errors import FilmNotFound, NotTracked, TooManyFilms
from bot.domain.films import Film
from bot.domain.places import country_of_locale, distinct_zones
from bot.domain.plan import forecast, is_held_back
from bot.domain.releases import counting_for
from bot.domain.resumes import resume_post
from bot.domain.subscribers import DEFAULT_COUNTRY, MAX_FILMS, Pause, Subscriber, SubscriberKind, Subscription, Wanted
from bot.domain.why import Asked
from bot.services.films import list_asked
from bot.store import films as film_store
from bot.store import follows as follow_store
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody typed, and who."""

    guild_id: int
    channel_id: int
    user_id: int
    locale: str  #: the typist's Discord locale


class Tracking:
    """The films that subscribers follow."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find_subscriber(self, guild_id: int) -> Subscriber | None:
        """The server's settings; None before its first `/track` or `/settings`."""
        async with self._db.looking() as tx:
            return await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)

    async def get_subscriber(self, place: Place, now: datetime) -> Subscriber:
        """The server's settings, made from a guess if there are none."""
        async with self._db.noting() as tx:
            return await _subscriber(tx, place, now)

    async def track(
        self,
        place: Place,
        film_id: int,
        channel_id: int | None,
        now: datetime,
        *,
        country: str | None = None,
        wanted: frozenset[Wanted] | None = None,
    ) -> Tracked:
        """Follow a film; following it again changes nothing but what is given.

        `country`, `wanted`: whose dates count for this film, and which releases; the server's own: as for the others.

        Raises:
            FilmNotFound: there is no such film.
            TooManyFilms: the server follows as many as it may.
        """
        async with self._db.noting() as tx:
            film = await film_store.find_film(tx, film_id)
            if film is None:
                raise FilmNotFound(f"id:{film_id}")
            subscriber = await _subscriber(tx, place, now)
            known = await subscriber_store.find_subscription(tx, subscriber.id, film_id)
            if known is None:
                if await subscriber_store.count_subscriptions(tx, subscriber.id) >= MAX_FILMS:
                    raise TooManyFilms(MAX_FILMS)
                await subscriber_store.add_subscription(tx, subscriber.id, film_id, now, place.user_id, channel_id)
            elif channel_id is not None and channel_id != known.channel_id:
                await subscriber_store.move_subscription(tx, subscriber.id, film_id, channel_id, now)
            subscription = await _get_subscription(tx, subscriber, film)
            if await _choose(tx, subscriber, subscription, country, wanted, now):
                subscription = await _get_subscription(tx, subscriber, film)
            asked = await list_asked(tx, film.id)
        return answer_of(film, subscriber, subscription, asked, now, already=known is not None)

    async def untrack(self, guild_id: int, film_id: int, now: datetime) -> Film:
        """Stop following a film; what it owed is cancelled. The film.

        Raises:
            NotTracked: nobody here follows it.
        """
        async with self._db.noting() as tx:
            film = await film_store.find_film(tx, film_id)
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            if film is None:
                raise FilmNotFound(f"id:{film_id}")
            if subscriber is None or not await subscriber_store.remove_subscription(tx, subscriber.id, film_id, now):
                raise NotTracked(film.title)
            await follow_store.keep_untracked(tx, subscriber.id, film_id, now)
        return film

    async def find_tracked(self, guild_id: int, film_id: int, now: datetime) -> Tracked | None:
        """What is known of a film that the server follows; None if it does not."""
        async with self._db.looking() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            film = await film_store.find_film(tx, film_id)
            known = await subscriber_store.find_subscription(tx, subscriber.id, film_id) if subscriber else None
            if subscriber is None or film is None or known is None:
                return None
            asked = await list_asked(tx, film.id)
        return answer_of(film, subscriber, known, asked, now, already=True)

    async def list_tracked(self, guild_id: int) -> tuple[Subscriber | None, Sequence[Subscription]]:
        """The server's settings and every film it follows, in no order."""
        async with self._db.looking() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            return subscriber, await subscriber_store.list_subscriptions(tx, subscriber.id) if subscriber else []

    async def pause(self, subscriber: Subscriber, film_id: int | None, until: datetime | None, now: datetime) -> None:
        """Keep back the posts of a film, or of the whole server (None), until then (None: until resumed).

        Raises:
            NotTracked: nobody here follows that film.
        """
        async with self._db.transaction() as tx:
            subscriber = await subscriber_store.get_subscriber(tx, subscriber.id)
            subscription = await _find_paused(tx, subscriber, film_id)
            known = subscription.pause if subscription else subscriber.pause
            # A second pause prolongs the first: what it kept back so far is told at the end of both.
            since = known.since if known is not None and known.covers(now) else now
            await _set_pause(tx, subscriber, film_id, Pause(since, until), now)
            channel_id = subscription.channel_id if subscription else None
            post = resume_post(subscriber, since, until or now, film_id=film_id, channel_id=channel_id)
            await post_store.cancel_armed(tx, post, "the pause was prolonged", now)
            if until is not None:
                await post_store.arm_post(tx, post)

    async def resume(self, subscriber: Subscriber, film_id: int | None, pause: Pause, now: datetime) -> None:
        """End a pause now; what it kept back is told in one message."""
        async with self._db.transaction() as tx:
            subscription = await _find_paused(tx, subscriber, film_id)
            await _set_pause(tx, subscriber, film_id, Pause(pause.since, now), now)
            channel_id = subscription.channel_id if subscription else None
            post = resume_post(subscriber, pause.since, now, film_id=film_id, channel_id=channel_id)
            if not await post_store.arm_post(tx, post):
                await post_store.move_armed(tx, post)


async def _get_subscription(tx: Transaction, subscriber: Subscriber, film: Film) -> Subscription:
    subscription = await subscriber_store.find_subscription(tx, subscriber.id, film.id)
    if subscription is None:
        raise NotTracked(film.title)
    return subscription


async def _choose(
    tx: Transaction,
    subscriber: Subscriber,
    known: Subscription,
    country: str | None,
    wanted: frozenset[Wanted] | None,
    now: datetime,
) -> bool:
    """Save whose dates and which releases count for one film; what is not given stays. False if nothing changes."""
    own_country = known.country if country is None else None if country == subscriber.country else country
    own_wanted = known.wanted if wanted is None else None if wanted == subscriber.wanted else wanted
    if (own_country, own_wanted) == (known.country, known.wanted):
        return False
    return await subscriber_store.choose_release(tx, subscriber.id, known.film.id, own_country, own_wanted, now)


async def _subscriber(tx: Transaction, place: Place, now: datetime) -> Subscriber:
    known = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, place.guild_id)
    return known or await subscriber_store.add_subscriber(tx, _guess(place, now), now)


def _guess(place: Place, now: datetime) -> Subscriber:
    """Settings to begin with: the country of the typist's locale, its main zone, the channel they typed in."""
    country = country_of_locale(place.locale) or DEFAULT_COUNTRY
    zones = distinct_zones(country, now)
    return Subscriber(
        id=0,
        kind=SubscriberKind.GUILD,
        discord_id=place.guild_id,
        channel_id=place.channel_id,
        country=country,
        timezone=zones[0] if zones else "UTC",
    )


def answer_of(
    film: Film,
    subscriber: Subscriber,
    subscription: Subscription,
    asked: tuple[Asked, ...],
    now: datetime,
    *,
    already: bool,
) -> Tracked:
    """What a card says of a film that somebody follows: what counts, and what is still to come."""
    coming = tuple(
        post
        for post in forecast(subscriber, [subscription])
        if post.due_at > now and not is_held_back(post, subscriber, subscription)
    )
    zones = () if subscriber.timezone_chosen else distinct_zones(subscriber.country, now)
    counting = counting_for(subscriber, subscription)
    return Tracked(film, subscriber, subscription, counting, coming, already, zones, asked)


async def _find_paused(tx: Transaction, subscriber: Subscriber, film_id: int | None) -> Subscription | None:
    """The subscription to pause or resume; None for the whole server."""
    if film_id is None:
        return None
    subscription = await subscriber_store.find_subscription(tx, subscriber.id, film_id)
    if subscription is None:
        raise NotTracked("That film")
    return subscription


async def _set_pause(tx: Transaction, subscriber: Subscriber, film_id: int | None, pause: Pause, now: datetime) -> None:
    if film_id is None:
        await subscriber_store.save_pause(tx, subscriber.id, pause, now)
    else:
        await subscriber_store.pause_subscription(tx, subscriber.id, film_id, pause, now)
