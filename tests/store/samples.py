"""Films, servers and posts to store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.dates import ReleaseDate
from bot.domain.films import Credit, DateChange, Film, Job, Release, ReleaseType, Trivia
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.store import films as film_store
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHANNEL = 555_000_000_000_000_001
GUILD = Subscriber(id=0, kind=SubscriberKind.GUILD, discord_id=900_000_000_000_000_001, channel_id=CHANNEL)
THEATRICAL_US = Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse("2025-06-06"), source="bundled")

BALLERINA = Film(
    id=0,
    title="Ballerina",
    year=2025,
    original_language="en",
    alternative_titles=("From the World of John Wick: Ballerina",),
    summary="A dancer sets out for revenge.",
    runtime_minutes=125,
    genres=("Action", "Thriller"),
    companies=("Summit Entertainment", "Thunder Road Films"),
    distributors=("Lionsgate",),
    countries=("US",),
    releases=(
        Release("GB", ReleaseType.PREMIERE, ReleaseDate.parse("2025-05-22"), "London premiere", "bundled"),
        THEATRICAL_US,
        Release("DE", ReleaseType.DIGITAL, ReleaseDate.parse("2025-Q3"), "", "bundled"),
    ),
    changes=(
        DateChange(
            0, 0, "US", ReleaseType.THEATRICAL, ReleaseDate.parse("2024-06-07"), ReleaseDate.parse("2025-06-06"),
            "https://example.org/moved", datetime(2024, 2, 21, tzinfo=UTC), history=True,
        ),
        DateChange(
            0, 0, "US", ReleaseType.THEATRICAL, None, ReleaseDate.parse("2024-06-07"),
            "https://example.org/first", None, history=True,
        ),
    ),
    credits=(
        Credit(0, "Len Wiseman", Job.DIRECTOR, 0),
        Credit(0, "Ana de Armas", Job.CAST, 0, "Eve Macarro"),
        Credit(0, "Keanu Reeves", Job.CAST, 1, "John Wick"),
        Credit(0, "Chad Stahelski", Job.PRODUCER, 0),
    ),
    trivia=(
        Trivia("Unity Phelan danced the part before.", spoiler=False, source="https://example.org/a"),
        Trivia("He appears.", spoiler=True, source="https://example.org/b"),
    ),
    ids={"bundled": "ballerina-2025", "tmdb": "541671"},
    sources=("https://example.org/ballerina",),
    as_of=date(2025, 5, 30),
)  # fmt: skip

JOHN_WICK = Film(
    id=0,
    title="John Wick",
    year=2014,
    credits=(
        Credit(0, "Chad Stahelski", Job.DIRECTOR, 0),
        Credit(0, "Keanu Reeves", Job.CAST, 0, "John Wick"),
        Credit(0, "Tyler Bates", Job.COMPOSER, 0),
    ),
    ids={"bundled": "john-wick-2014"},
)


async def store_film(database: Database, film: Film = BALLERINA) -> int:
    async with database.transaction() as tx:
        return await film_store.save_film(tx, film, NOW)


async def store_guild(database: Database, guild: Subscriber = GUILD) -> Subscriber:
    async with database.transaction() as tx:
        return await subscriber_store.add_subscriber(tx, guild, NOW)


async def follow(database: Database, subscriber_id: int, film_id: int, *, tracked_at: datetime = NOW) -> None:
    async with database.transaction() as tx:
        await subscriber_store.add_subscription(tx, subscriber_id, film_id, tracked_at, 7, None)


async def put_to_sleep(database: Database, subscriber_id: int) -> None:
    """What the planner does in the end: the plan is as new as the facts."""
    async with database.transaction() as tx:
        subscriber = await subscriber_store.get_subscriber(tx, subscriber_id)
        assert await subscriber_store.end_planning(tx, {subscriber_id: (subscriber.revision, None)})


def a_post(subscriber: Subscriber, number: int = 1, /, **values: Any) -> Post:
    """A countdown due at NOW."""
    post = Post(
        subscriber_id=subscriber.id,
        kind=PostKind.COUNTDOWN,
        dedup_key=f"{subscriber.id}:countdown:{number}",
        due_at=NOW,
        fresh_until=NOW + 12 * HOUR,
        milestone_days=7,
        country="US",
        type=ReleaseType.THEATRICAL,
        date=ReleaseDate.parse("2025-06-08"),
        channel_id=subscriber.channel_id,
    )
    return replace(post, **values)


async def arm(database: Database, *posts: Post) -> list[Post]:
    """Owe `posts`; as they are stored, in the same order."""
    async with database.transaction() as tx:
        for post in posts:
            assert await post_store.arm_post(tx, post)
    return [await stored(database, post) for post in posts]


async def stored(database: Database, post: Post) -> Post:
    async with database.reading() as tx:
        found = await post_store.list_posts_since(tx, post.subscriber_id, datetime(2000, 1, 1, tzinfo=UTC))
    return next(other for other in found if other.dedup_key == post.dedup_key)
