"""People's own reminders: films that one person follows for themselves, told in direct messages."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.answers import Tracked
from bot.domain.errors import FilmNotFound, NotReminded, TooManyReminders
from bot.domain.films import Film
from bot.domain.places import country_of_locale, distinct_zones
from bot.domain.plan import forecast
from bot.domain.reminders import PERSON_MILESTONES, Reminders, Snooze, SnoozeOption, reminder_post, snooze_options
from bot.domain.subscribers import DEFAULT_COUNTRY, MAX_FILMS, Subscriber, SubscriberKind
from bot.services.films import list_asked
from bot.services.tracking import answer_of
from bot.store import admin_notices as notice_store
from bot.store import destinations as destination_store
from bot.store import films as film_store
from bot.store import posts as post_store
from bot.store import reminders as reminder_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who clicked or typed, and where."""

    user_id: int
    guild_id: int | None  #: None: in direct messages
    locale: str  #: of their Discord


class Reminding:
    """The reminders of people. What somebody asked for is read for nobody but them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find_person(self, user_id: int) -> Subscriber | None:
        """Somebody's own settings; None before their first reminder or choice."""
        async with self._db.looking() as tx:
            return await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)

    async def get_person(self, person: Person, now: datetime) -> Subscriber:
        """Somebody's own settings, stored from a guess if there are none."""
        async with self._db.noting() as tx:
            return await _get(tx, person, None, now)

    async def list_reminders(self, person: Person, now: datetime) -> Reminders:
        """All that somebody asked for."""
        async with self._db.reading() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, person.user_id)
            if known is None:
                return Reminders(await _guess(tx, person, None, now), (), {}, closed=False)
            followed = await subscriber_store.list_subscriptions(tx, known.id)
            put_off = await reminder_store.list_planned_reminders(tx, known.id)
            closed = await _is_closed(tx, known)
        return Reminders(known, followed, {post.film_id or 0: post.due_at for post in put_off}, closed)

    async def find_open(self, user_id: int) -> Subscriber | None:
        """Somebody's own settings, if direct messages have reached them and nothing is known against it since."""
        async with self._db.looking() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            return None if known is None or known.channel_id is None or await _is_closed(tx, known) else known

    async def note_told(self, person: Subscriber) -> None:
        """Somebody reads on their own card that direct messages have stopped: nothing else need tell them."""
        async with self._db.noting() as tx:
            await notice_store.remove_untold(tx, person.id, f"closed:{person.channel_id}:")

    async def find_reminder(self, user_id: int, film_id: int, now: datetime) -> Tracked | None:
        """What comes of a film that somebody is reminded of; None if they are not."""
        async with self._db.looking() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            film = await film_store.find_film(tx, film_id)
            if known is None or film is None:
                return None
            return await _answer(tx, known, film, now, already=True)

    async def find_next(self, user_id: int, now: datetime) -> datetime | None:
        """When somebody is written to next, as far as is known."""
        async with self._db.reading() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            if known is None or await _is_closed(tx, known):
                return None
            followed = await subscriber_store.list_subscriptions(tx, known.id)
            put_off = await reminder_store.list_planned_reminders(tx, known.id)
        dues = [post.due_at for post in (*forecast(known, followed), *put_off)]
        return min((due for due in dues if due > now), default=None)

    async def remind(self, person: Person, film_id: int, channel_id: int, now: datetime) -> Tracked:
        """Remind somebody of a film in `channel_id`, their direct messages, where one has just arrived.

        Asking again changes nothing.

        Raises:
            FilmNotFound: there is no such film.
            TooManyReminders: they have as many as they may.
        """
        async with self._db.noting() as tx:
            film = await film_store.find_film(tx, film_id)
            if film is None:
                raise FilmNotFound(f"id:{film_id}")
            known = await _get(tx, person, channel_id, now)
            already = await subscriber_store.find_subscription(tx, known.id, film_id) is not None
            if not already:
                if await subscriber_store.count_subscriptions(tx, known.id) >= MAX_FILMS:
                    raise TooManyReminders(MAX_FILMS)
                await subscriber_store.add_subscription(tx, known.id, film_id, now, person.user_id, None)
            answer = await _answer(tx, known, film, now, already=already)
        if answer is None:
            raise NotReminded(film.title)
        return answer

    async def stop(self, user_id: int, film_id: int, now: datetime) -> Film:
        """Remind somebody of a film no longer; what was owed, and what they put off, is cancelled. The film.

        Raises:
            NotReminded: they have no reminder of it.
        """
        async with self._db.noting() as tx:
            film = await film_store.find_film(tx, film_id)
            if film is None:
                raise FilmNotFound(f"id:{film_id}")
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            if known is None or not await subscriber_store.remove_subscription(tx, known.id, film_id, now):
                raise NotReminded(film.title)
        return film

    async def stop_all(self, user_id: int, now: datetime) -> int:
        """Remind somebody of nothing any more; of how many films it was."""
        async with self._db.noting() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            return await reminder_store.remove_all_subscriptions(tx, known.id, now) if known else 0

    async def forget(self, user_id: int) -> bool:
        """Delete all that is stored of somebody; False if nothing is."""
        async with self._db.noting() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            return known is not None and await reminder_store.remove_person(tx, known)

    async def list_snoozes(self, user_id: int, film_id: int, now: datetime) -> tuple[Tracked, list[SnoozeOption]]:
        """A film that somebody is reminded of, and the days to which they may put it off.

        Raises:
            NotReminded: they have no reminder of it.
        """
        tracked = await self.find_reminder(user_id, film_id, now)
        if tracked is None:
            raise NotReminded("this film")
        return tracked, snooze_options(tracked.subscriber, tracked.subscription, now)

    async def snooze(self, user_id: int, film_id: int, snooze: Snooze, key: int, now: datetime) -> datetime | None:
        """Tell somebody of a film again later, in place of what they put off before; when, None if that has passed.

        `key`: the click that asked for it; the same click twice is one post.

        Raises:
            NotReminded: they have no reminder of it.
        """
        async with self._db.noting() as tx:
            known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, user_id)
            found = await subscriber_store.find_subscription(tx, known.id, film_id) if known else None
            if known is None or found is None:
                raise NotReminded("this film")
            due = {option.snooze: option.due_at for option in snooze_options(known, found, now)}
            if snooze not in due:
                return None
            for earlier in await reminder_store.list_planned_reminders(tx, known.id):
                if earlier.film_id == film_id:
                    await post_store.cancel_post(tx, earlier.id, "put off to another day", now)
            await post_store.arm_post(tx, reminder_post(known, found, due[snooze], key))
        return due[snooze]


async def _get(tx: Transaction, person: Person, channel_id: int | None, now: datetime) -> Subscriber:
    """Somebody's settings, made from a guess if there are none; `channel_id`: where their direct messages arrive."""
    known = await subscriber_store.find_subscriber(tx, SubscriberKind.USER, person.user_id)
    if known is None:
        known = await subscriber_store.add_subscriber(tx, await _guess(tx, person, channel_id, now), now)
    elif channel_id is not None and channel_id != known.channel_id:
        known = await subscriber_store.save_settings(tx, replace(known, channel_id=channel_id), now)
    if channel_id is not None:
        await reminder_store.name_messages(tx, channel_id, known.id, now)
    return known


async def _guess(tx: Transaction, person: Person, channel_id: int | None, now: datetime) -> Subscriber:
    """Settings to begin with: the country and clock of the server where they are, else of their Discord's language."""
    guild = None
    if person.guild_id is not None:
        guild = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, person.guild_id)
    country = guild.country if guild else country_of_locale(person.locale) or DEFAULT_COUNTRY
    zones = distinct_zones(country, now)
    return Subscriber(
        id=0,
        kind=SubscriberKind.USER,
        discord_id=person.user_id,
        channel_id=channel_id,
        country=country,
        timezone=guild.timezone if guild else zones[0] if zones else "UTC",
        milestones=PERSON_MILESTONES,
    )


async def _is_closed(tx: Transaction, person: Subscriber) -> bool:
    if person.channel_id is None:
        return False
    known = await destination_store.find_destination(tx, person.channel_id)
    return known is not None and known.paused


async def _answer(tx: Transaction, person: Subscriber, film: Film, now: datetime, *, already: bool) -> Tracked | None:
    found = await subscriber_store.find_subscription(tx, person.id, film.id)
    if found is None:
        return None
    return answer_of(film, person, found, await list_asked(tx, film.id), now, already=already)
