"""What a server's admins say of a date that is not believed yet: that they trust it, or would rather wait."""

from datetime import datetime

from bot.domain.doubts import DoubtAnswer, DoubtState, DoubtVerdict, Heard
from bot.domain.errors import DoubtUnknown, NotTracked
from bot.domain.films import DateChange, Doubt
from bot.domain.subscribers import SubscriberKind
from bot.store import doubts as doubt_store
from bot.store import films as film_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction


class Doubting:
    """Takes the word of a server's admins; it holds for their server alone."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def trust(self, guild_id: int, doubt_id: int, user_id: int, now: datetime) -> Heard:
        """Believe a doubtful date: it is in force for this server from now on, and its channel is told.

        Raises:
            DoubtUnknown: there is no such doubt.
            NotTracked: the server does not follow the film.
        """
        return await self._answer(guild_id, doubt_id, DoubtAnswer(DoubtVerdict.TRUST, user_id), now)

    async def wait(self, guild_id: int, doubt_id: int, user_id: int, now: datetime) -> Heard:
        """Note that the server waits; somebody there may still trust it later.

        Raises:
            DoubtUnknown, NotTracked: as above.
        """
        return await self._answer(guild_id, doubt_id, DoubtAnswer(DoubtVerdict.WAIT, user_id), now)

    async def _answer(self, guild_id: int, doubt_id: int, answer: DoubtAnswer, now: datetime) -> Heard:
        async with self._db.transaction() as tx:
            found = await doubt_store.find_doubt(tx, doubt_id)
            film = await film_store.find_film(tx, found[0].film_id) if found else None
            if found is None or film is None:
                raise DoubtUnknown
            doubt, state = found
            if doubt.film_id != film.id:  # it turned out to be another film, whose dates are judged anew
                state = DoubtState.DROPPED
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            if subscriber is None or await subscriber_store.find_subscription(tx, subscriber.id, film.id) is None:
                raise NotTracked(film.label)
            known = await doubt_store.find_answer(tx, doubt.id, subscriber.id)
            if state is not DoubtState.OPEN:
                return Heard(film, doubt, state, known)
            if not await doubt_store.answer_doubt(tx, doubt.id, subscriber.id, answer.verdict, answer.user_id, now):
                return Heard(film, doubt, state, known)
            if answer.verdict is DoubtVerdict.TRUST:
                await _bring_into_force(tx, doubt, subscriber.id, now)
            return Heard(film, doubt, state, answer, news=True)


async def _bring_into_force(tx: Transaction, doubt: Doubt, subscriber_id: int, now: datetime) -> None:
    """Write the change down for this subscriber alone, and have it planned: the channel is told of it as of any."""
    change = DateChange(0, doubt.film_id, doubt.country, doubt.type, doubt.old, doubt.new, doubt.source, now)
    await film_store.add_date_change(tx, change, subscriber_id)
    await subscriber_store.wake_subscriber(tx, subscriber_id, now)
