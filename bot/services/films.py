"""What there is to say about a film in a server, and what is coming."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.answers import Coming, Look, SourceState
from bot.domain.changes import as_lived
from bot.domain.doubts import DoubtVerdict
from bot.domain.errors import FilmNotFound, FilmNotNamed
from bot.domain.films import Doubt, Film
from bot.domain.gate import as_trusted
from bot.domain.releases import counting_for, counting_release
from bot.domain.sources import AnswerState
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription, today_of
from bot.domain.why import Asked
from bot.store import films as film_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction
from bot.store.doubts import map_answers
from bot.store.records import RecordState, StoredRecord, list_records, list_source_states


class Films:
    """Reads films for cards."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def look_at(self, discord_id: int, film_id: int, kind: SubscriberKind = SubscriberKind.GUILD) -> Look:
        """A film with everything that its card says, to a server or to a person.

        Raises:
            FilmNotFound: there is no such film.
        """
        async with self._db.looking() as tx:
            film = await film_store.find_film(tx, film_id)
            if film is None:
                raise FilmNotFound("this film")
            asked = await list_asked(tx, film.id)
            subscriber = await subscriber_store.find_subscriber(tx, kind, discord_id)
            if subscriber is None:
                return Look(film, None, None, {}, asked)
            subscription = await subscriber_store.find_subscription(tx, subscriber.id, film.id)
            shared = await film_store.list_shared_people(tx, subscriber.id, film.id)
            trusted = await _list_trusted(tx, film, subscriber.id)
        if subscription is not None:  # what came of a date that this server alone trusted is among its changes
            film = replace(film, changes=tuple(as_lived(subscription.film.changes)))
        return Look(as_trusted(film, trusted), subscriber, subscription, shared, asked, trusted)

    async def list_sources(self) -> list[SourceState]:
        """Where facts come from, and how asking goes."""
        async with self._db.reading() as tx:
            return await list_source_states(tx)

    async def get_next(self, discord_id: int, now: datetime, kind: SubscriberKind = SubscriberKind.GUILD) -> Film:
        """The film that a server, or a person, follows and that comes next; if all are out, the newest.

        Raises:
            FilmNotNamed: no film is followed.
        """
        async with self._db.looking() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, kind, discord_id)
            followed = await subscriber_store.list_subscriptions(tx, subscriber.id) if subscriber else []
        if subscriber is None or not followed:
            raise FilmNotNamed(own=kind is SubscriberKind.USER)
        today = today_of(subscriber, now)
        return min(followed, key=lambda followed_film: _distance(followed_film, subscriber, today)).film


def list_coming(films: Sequence[Film], country: str, first: date, last: date | None) -> list[Coming]:
    """Films whose release in `country` is, or may be, from `first` to `last` (None: without end), by date."""
    found: list[Coming] = []
    for film in films:
        if not any(r.country == country and (r.date.last or date.min) >= first for r in film.releases):
            continue  # cheap, and true of most films: they are out, or known of in other countries alone
        release = counting_release(film, country).main
        if release is None or release.date.first is None or release.date.last is None:
            continue
        if release.date.last >= first and (last is None or release.date.first <= last):
            found.append(Coming(film, release))
    return sorted(found, key=lambda coming: (coming.release.date.sort_key, coming.film.label))


async def _list_trusted(tx: Transaction, film: Film, subscriber_id: int) -> tuple[Doubt, ...]:
    """Which of a film's open doubts a server's admins trust; asks only if it has any."""
    answers = await map_answers(tx, subscriber_id) if film.doubts else subscriber_store.NO_ANSWERS
    return tuple(d for d in film.doubts if d.id in answers and answers[d.id].verdict is DoubtVerdict.TRUST)


async def list_asked(tx: Transaction, film_id: int) -> tuple[Asked, ...]:
    """List what became of asking each source about a film."""
    return tuple(map(_asked, await list_records(tx, film_id)))


def _asked(record: StoredRecord) -> Asked:
    state = None if record.state is RecordState.ASKED else AnswerState(record.state.value)
    return Asked(record.source, record.word, state, record.reason, record.checked_at, record.next_check_at)


def _distance(subscription: Subscription, subscriber: Subscriber, today: date) -> tuple[int, timedelta]:
    release = counting_for(subscriber, subscription).ahead(today)
    day = release.date.last if release else None
    if day is None:
        return (1, timedelta())
    return (0, day - today) if day >= today else (2, today - day)
