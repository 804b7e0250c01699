"""Films in a real store and the servers that follow them, for the tests of what sources say."""

from datetime import datetime, timedelta

from bot.domain.films import Film
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.taking import Taken, take_in
from bot.store import films as film_store
from bot.store import planning
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.domain.examples import release, utc

NOW = utc("2027-03-01 12:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD = "US theatrical 2027-06-04"


def film(*dated: str, title: str = "Ballerina", **facts: object) -> Film:
    return Film(0, title, 2027, releases=tuple(map(release, dated)), **facts)  # type: ignore[arg-type]


async def take(
    db: Database, said: Film, source: str = "tmdb", now: datetime = NOW, film_id: int | None = None
) -> Taken:
    async with db.transaction() as tx:
        return await take_in(tx, said, source, now, film_id=film_id)


async def found(db: Database, film_id: int) -> Film:
    async with db.reading() as tx:
        film = await film_store.find_film(tx, film_id)
    assert film is not None
    return film


async def dates(db: Database, film_id: int) -> list[str]:
    return [f"{r.source} {r.date}" for r in (await found(db, film_id)).releases]


async def follower(db: Database, film_id: int, guild: int = 900) -> Subscriber:
    """A server that follows the film and sleeps."""
    async with db.transaction() as tx:
        known = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild)
        made = known or Subscriber(0, SubscriberKind.GUILD, guild, channel_id=55)
        server = known or await subscriber_store.add_subscriber(tx, made, NOW)
        await subscriber_store.add_subscription(tx, server.id, film_id, NOW, 7, None)
    await sleep(db, server)
    return server


async def sleep(db: Database, server: Subscriber) -> None:
    async with db.transaction() as tx:
        stored = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, server.discord_id)
        assert stored is not None
        assert await subscriber_store.end_planning(tx, {stored.id: (stored.revision, None)})


async def awake(db: Database, server: Subscriber) -> bool:
    async with db.reading() as tx:
        return server.id in await planning.list_awake(tx, NOW + 9 * DAY, 9)


async def followed(db: Database, server: Subscriber) -> list[int]:
    async with db.reading() as tx:
        return sorted(s.film.id for s in await subscriber_store.list_subscriptions(tx, server.id))
