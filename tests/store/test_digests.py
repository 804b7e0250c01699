"""What a digest is made of, on both engines: what was told, and what opens in the country's cinemas."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.resumes import resume_post
from bot.domain.subscribers import Subscriber
from bot.store import digests, films, posts
from bot.store.database import Database
from tests.store.samples import CHANNEL, NOW, a_post, arm, follow, store_film, store_guild

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 6, 2), date(2025, 6, 8)


@pytest.fixture
async def guild(database: Database) -> Subscriber:
    return await store_guild(database)


def opening(title: str, *releases: str) -> Film:
    """A film with releases as "US theatrical 2025-06-06"."""
    found = (text.split(" ") for text in releases)
    own = tuple(Release(c, ReleaseType(t), ReleaseDate.parse(d), source="tmdb") for c, t, d in found)
    return Film(0, title, 2025, releases=own, ids={"tmdb": title})


async def openings(database: Database, guild: Subscriber, limit: int = 100) -> list[str]:
    async with database.reading() as tx:
        found = await digests.list_openings(tx, guild, FIRST, LAST, limit)
    return [f"{each.film.label}: {each.release.type} {each.release.date}" for each in found]


async def test_openings_are_those_of_the_country_and_the_days_by_date(database: Database, guild: Subscriber) -> None:
    for film in (
        opening("Sunday", "US theatrical 2025-06-01"),
        opening("Both", "US theatrical 2025-06-08", "US limited 2025-06-04"),
        opening("Monday", "US theatrical 2025-06-02"),
        opening("After", "US theatrical 2025-06-09"),
        opening("Abroad", "DE theatrical 2025-06-04"),
        opening("At home", "US digital 2025-06-04", "US physical 2025-06-05", "US tv 2025-06-06"),
        opening("Premiere", "US premiere 2025-06-04"),
        opening("Vague", "US theatrical 2025-06"),
        opening("Was out", "US theatrical 2025-06-06", "US limited 2025-05-06"),
        opening("Was out elsewhere", "US theatrical 2025-06-06", "DE theatrical 2025-05-06", "US premiere 2025-05-06"),
    ):
        await store_film(database, film)
    assert await openings(database, guild) == [
        "Monday (2025): theatrical 2025-06-02",
        "Both (2025): limited 2025-06-04",
        "Was out elsewhere (2025): theatrical 2025-06-06",
        "Both (2025): theatrical 2025-06-08",
    ]
    assert await openings(database, guild, limit=1) == ["Monday (2025): theatrical 2025-06-02"]


async def test_openings_are_of_films_that_are_not_followed_and_are_films_still(
    database: Database, guild: Subscriber
) -> None:
    ids = [await store_film(database, opening(name, "US theatrical 2025-06-06")) for name in ("One", "Two", "Three")]
    await follow(database, guild.id, ids[0])
    async with database.transaction() as tx:
        assert await films.join_films(tx, ids[2], ids[1], NOW)
    assert await openings(database, guild) == ["Two (2025): theatrical 2025-06-06"]
    other = await store_guild(database, replace(guild, discord_id=900_000_000_000_000_002))
    assert len(await openings(database, other)) == 2


async def told(database: Database, guild: Subscriber, since: timedelta, until: timedelta) -> list[str]:
    async with database.reading() as tx:
        found = await digests.list_told_changes(tx, guild.id, NOW - since, NOW - until)
    return [post.dedup_key for post in found]


async def test_told_is_what_was_sent_and_due_in_the_span_as_it_was_sent(database: Database, guild: Subscriber) -> None:
    film_id = await store_film(database)
    sent, news = PostState.SENT, PostKind.DATE_CHANGE
    rows = [("b", 2 * DAY, sent, news), ("a", 7 * DAY, sent, news), ("older", 8 * DAY, sent, news),
            ("now", 0 * DAY, sent, news), ("skipped", DAY, PostState.SKIPPED, news),
            ("other", DAY, sent, PostKind.COUNTDOWN)]  # fmt: skip
    for number, (key, ago, state, kind) in enumerate(rows):
        post = replace(a_post(guild, film_id), dedup_key=key, kind=kind, due_at=NOW - ago)
        [armed] = await arm(database, post)
        async with database.transaction() as tx:
            assert await posts.settle_post(tx, armed.id, state, "", NOW + number * timedelta(seconds=1))
    assert await told(database, guild, 7 * DAY, 0 * DAY) == ["b", "a"]


async def test_a_pause_tells_afterwards_of_no_digest(database: Database, guild: Subscriber) -> None:
    post = Post(guild.id, PostKind.DIGEST, "1:digest:2025-06-02", NOW, NOW + DAY, channel_id=CHANNEL)
    [armed] = await arm(database, post)
    async with database.transaction() as tx:
        assert await posts.settle_post(tx, armed.id, PostState.SKIPPED, "paused", NOW)
        assert await posts.list_kept_back(tx, resume_post(guild, NOW - DAY, NOW + DAY)) == []
