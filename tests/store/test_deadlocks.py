"""Two who want the same rows never wait for each other: PostgreSQL would end one of them, and its work were lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.errors import DatabaseError
from bot.domain.films import Credit, Film, Job, Release, ReleaseType
from bot.services.taking import take_in
from bot.store import films, subscribers
from bot.store.database import Database, Transaction, open_database
from bot.store.subscribers import wake_subscriber
from tests.store.engines import PostgresServer
from tests.store.raw import fetch
from tests.store.samples import GUILD, NOW, store_guild

Step = Callable[[Transaction], Awaitable[object]]
#: Within this a statement that waits for nobody has come back.
SOON = 0.3


async def interlock(one: Database, other: Database, first: Step, second: Step) -> None:
    """Each takes one of the two steps and then, unless it still waits for the other, the other one."""
    reached = asyncio.Event(), asyncio.Event()

    async def go(db: Database, steps: tuple[Step, Step], mine: asyncio.Event, theirs: asyncio.Event) -> None:
        async with db.transaction() as tx:
            await steps[0](tx)
            mine.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(theirs.wait(), SOON)
            await steps[1](tx)

    await asyncio.gather(go(one, (first, second), *reached), go(other, (second, first), *reversed(reached)))


def a_film(number: int, day: str) -> Film:
    """With the two people whom every film has here, in an order of its own."""
    names = ["Ana de Armas", "Keanu Reeves"][:: 1 if number % 2 else -1]
    credits = tuple(Credit(0, name, Job.CAST, place) for place, name in enumerate(names))
    releases = (Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(day)),)
    return Film(0, f"Film {number}", 2027, releases=releases, credits=credits, ids={"tmdb": str(number)})


def taking(number: int, day: str = "2027-06-04") -> Step:
    return lambda tx: take_in(tx, a_film(number, day), "tmdb", NOW)


async def revisions(database: Database) -> list[int]:
    return [row["revision"] for row in await fetch(database, "SELECT revision FROM subscribers ORDER BY id")]


async def test_two_who_take_in_the_same_films_in_two_orders(database: Database, rival: Database) -> None:
    """Their people are new as well: whoever adds one first has the other wait."""
    await interlock(database, rival, taking(1), taking(2))
    assert len(await fetch(database, "SELECT * FROM films")) == 2
    assert len(await fetch(database, "SELECT * FROM people")) == 2


async def test_two_films_that_move_and_have_the_same_follower(database: Database, rival: Database) -> None:
    guild = await store_guild(database)
    async with database.transaction() as tx:
        for number in (1, 2):
            taken = await take_in(tx, a_film(number, "2027-06-04"), "tmdb", NOW)
            await subscribers.add_subscription(tx, guild.id, taken.film_id, NOW, 1, None)
    [before] = await revisions(database)
    await interlock(database, rival, taking(1, "2027-07-02"), taking(2, "2027-07-02"))
    assert await revisions(database) == [before + 2], "who comes second finds nothing new"


async def test_followers_are_taken_in_the_order_of_their_ids(database: Database, rival: Database) -> None:
    """As by whoever wakes several, like the end of many messages at once: the two never wait in a ring."""
    guilds = [await store_guild(database, replace(GUILD, discord_id=number)) for number in range(1, 20)]
    async with database.transaction() as tx:
        film_id = await films.save_film(tx, a_film(1, "2027-06-04"), NOW)
        for guild in reversed(guilds):
            await subscribers.add_subscription(tx, guild.id, film_id, NOW, 1, None)
    async with database.transaction() as tx:  # PostgreSQL comes upon it last from now on
        await wake_subscriber(tx, guilds[0].id, NOW)
    before = await revisions(database)

    async def wake_all() -> None:
        async with rival.transaction() as tx:
            await films.wake_followers(tx, film_id, NOW)

    async with database.transaction() as tx:
        await wake_subscriber(tx, guilds[0].id, NOW)
        all_of_them = asyncio.create_task(wake_all())
        await asyncio.wait({all_of_them}, timeout=SOON)
        await wake_subscriber(tx, guilds[1].id, NOW)
    await all_of_them
    assert [b - a for a, b in zip(before, await revisions(database), strict=True)] == [2, 2] + [1] * 17


async def test_who_is_ended_all_the_same_is_told_to_try_again(postgres: PostgresServer) -> None:
    """On PostgreSQL alone: SQLite has one writer."""
    url = await postgres.emptied()
    ours, theirs = await open_database(url), await open_database(url)
    one, two = [(await store_guild(ours, replace(GUILD, discord_id=number))).id for number in (1, 2)]
    with pytest.raises(DatabaseError, match="Nothing was saved: try again"):
        await interlock(
            ours, theirs, lambda tx: wake_subscriber(tx, one, NOW), lambda tx: wake_subscriber(tx, two, NOW)
        )
    await ours.close()
    await theirs.close()
