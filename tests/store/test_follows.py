"""What servers follow beside films, on both engines."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.films import Credit, EntryKind, Film, FranchiseEntry, Job
from bot.domain.follows import Follow, FollowKind
from bot.store import films, follows
from bot.store.database import Database
from tests.store.samples import BALLERINA, GUILD, HOUR, JOHN_WICK, NOW, follow, store_film, store_guild

WICK = Follow(0, 0, FollowKind.FRANCHISE, "John Wick", ("bundled:john-wick", "tmdb:404609"), None, 7, NOW, NOW)
KEANU = Follow(0, 0, FollowKind.PERSON, "Keanu Reeves", ("bundled:keanu-reeves",), 8, 7, NOW, NOW + HOUR)


async def store_follow(database: Database, subscriber_id: int, wanted: Follow = WICK) -> Follow:
    async with database.transaction() as tx:
        stored = await follows.add_follow(tx, replace(wanted, subscriber_id=subscriber_id))
    assert stored is not None
    return stored


async def store_both(database: Database) -> tuple[int, int]:
    """Ballerina, whose TMDB collection is known, and John Wick, which the catalogue has in its franchise."""
    ballerina = await store_film(database, replace(BALLERINA, belongs_to={"tmdb:404609": "John Wick Collection"}))
    wick = await store_film(database, JOHN_WICK)
    async with database.transaction() as tx:
        entry = FranchiseEntry(EntryKind.FILM, "John Wick", 1, wick, BALLERINA.releases[0].date, "US")
        series = FranchiseEntry(EntryKind.SERIES, "The Continental", 0, None, BALLERINA.releases[0].date, "US")
        await films.save_franchise(tx, "bundled:john-wick", "John Wick", [series, entry], NOW)
    return ballerina, wick


async def test_what_is_followed_comes_back_whole(database: Database) -> None:
    guild = await store_guild(database)
    wick = await store_follow(database, guild.id)
    keanu = await store_follow(database, guild.id, KEANU)
    assert wick == replace(WICK, id=wick.id, subscriber_id=guild.id)
    async with database.transaction() as tx:
        assert await follows.list_follows(tx, guild.id) == [wick, keanu]
        assert await follows.find_follow(tx, keanu.id) == keanu
        assert await follows.add_follow(tx, replace(WICK, subscriber_id=guild.id, name="Again")) is None
        await follows.move_follow(tx, wick.id, 99)
        moved = await follows.find_follow(tx, wick.id)
    assert moved == replace(wick, channel_id=99)


async def test_only_the_server_itself_ends_a_follow(database: Database) -> None:
    guild, other = await store_guild(database), await store_guild(database, replace(GUILD, discord_id=12))
    wick = await store_follow(database, guild.id)
    async with database.transaction() as tx:
        assert not await follows.remove_follow(tx, other.id, wick.id)
        assert await follows.remove_follow(tx, guild.id, wick.id)
        assert not await follows.remove_follow(tx, guild.id, wick.id)
        assert await follows.find_follow(tx, wick.id) is None


async def test_what_is_due_is_taken_once(database: Database, rival: Database) -> None:
    guild = await store_guild(database)
    wick, keanu = await store_follow(database, guild.id), await store_follow(database, guild.id, KEANU)

    async def take(db: Database) -> list[Follow]:
        async with db.transaction() as tx:
            return await follows.take_due_follows(tx, NOW, NOW + HOUR, 10)

    taken = await asyncio.gather(*(take(db) for db in (database, rival) * 3))
    assert [follow.id for some in taken for follow in some] == [wick.id]
    async with database.transaction() as tx:
        both = await follows.take_due_follows(tx, NOW + HOUR, NOW + 2 * HOUR, 10)
        assert {follow.id for follow in both} == {wick.id, keanu.id}
        await follows.end_look(tx, keanu.id, [*keanu.refs, "tmdb:6384"], NOW + timedelta(days=1))
        found = await follows.find_follow(tx, keanu.id)
    assert found == replace(keanu, refs=("bundled:keanu-reeves", "tmdb:6384"), next_check_at=NOW + timedelta(days=1))


async def test_no_more_are_taken_than_asked_for(database: Database) -> None:
    guild = await store_guild(database)
    for number in range(5):
        await store_follow(
            database, guild.id, replace(WICK, refs=(f"tmdb:{number}",), next_check_at=NOW - number * HOUR)
        )
    async with database.transaction() as tx:
        [first, second] = await follows.take_due_follows(tx, NOW, NOW + HOUR, 2)
        assert {first.refs, second.refs} == {("tmdb:4",), ("tmdb:3",)}


async def test_a_film_is_met_once_and_by_the_film_that_it_turned_out_to_be(database: Database) -> None:
    guild = await store_guild(database)
    wick = await store_follow(database, guild.id)
    film_id, twin = await store_film(database), await store_film(database, Film(0, "Ballerina", ids={"tmdb": "1"}))
    async with database.transaction() as tx:
        assert await follows.list_met(tx, wick.id) == set()
        for _ in range(2):
            await follows.add_met(tx, wick.id, [twin], NOW)
        assert await follows.list_met(tx, wick.id) == {twin}
        assert await films.join_films(tx, twin, film_id, NOW)
        assert await follows.list_met(tx, wick.id) == {film_id}


async def test_what_is_untracked_is_met_by_every_follow_of_the_server(database: Database) -> None:
    guild, other = await store_guild(database), await store_guild(database, replace(GUILD, discord_id=12))
    wick, keanu = await store_follow(database, guild.id), await store_follow(database, guild.id, KEANU)
    theirs = await store_follow(database, other.id)
    film_id = await store_film(database)
    await follow(database, guild.id, film_id)
    async with database.transaction() as tx:
        assert await follows.list_tracked_ids(tx, guild.id) == {film_id}
        for _ in range(2):
            await follows.keep_untracked(tx, guild.id, film_id, NOW)
        met = [await follows.list_met(tx, each.id) for each in (wick, keanu, theirs)]
        assert met == [{film_id}, {film_id}, frozenset()]


async def test_a_franchise_is_found_by_its_entries_and_by_what_sources_say(database: Database) -> None:
    ballerina, wick = await store_both(database)
    async with database.reading() as tx:
        assert await follows.list_films_of_franchise(tx, ["bundled:john-wick"]) == {wick}
        assert await follows.list_films_of_franchise(tx, ["tmdb:404609"]) == {ballerina}
        assert await follows.list_films_of_franchise(tx, WICK.refs) == {ballerina, wick}
        for ref in ("tmdb:40460", "tmdb:4046090", "404609", "John Wick Collection"):
            assert await follows.list_films_of_franchise(tx, [ref]) == set()
        assert [(ref, name, [f.label for f in of]) for ref, name, of in await follows.list_known_stories(tx)] == [
            ("bundled:john-wick", "John Wick", ["John Wick (2014)"]),
            ("tmdb:404609", "John Wick Collection", ["Ballerina (2025)"]),
        ]


async def test_a_person_is_found_by_key_and_by_what_sources_call_them(database: Database) -> None:
    named = replace(JOHN_WICK, credits=(Credit(0, "Keanu Reeves", Job.CAST, 0, "John Wick", ("tmdb:6384",)),))
    ballerina, wick = await store_film(database), await store_film(database, named)
    async with database.reading() as tx:
        for refs in (["bundled:keanu-reeves"], ["tmdb:6384"], ["tmdb:6384", "bundled:keanu-reeves"]):
            parts = await follows.list_parts_of_person(tx, refs)
            assert {(film_id, c.job, c.position) for film_id, c in parts} == {
                (ballerina, Job.CAST, 1),
                (wick, Job.CAST, 0),
            }
            assert len(parts) == 2
        assert await follows.list_parts_of_person(tx, ["tmdb:1"]) == []
        [(key, film, credit)] = [part for part in await follows.list_known_parts(tx) if part[1].id == wick]
        assert (key, film.label, credit.name) == ("bundled:keanu-reeves", "John Wick (2014)", "Keanu Reeves")
        assert await follows.map_person_refs(tx) == {credit.person_id: ["tmdb:6384"]}


async def test_the_stamp_changes_with_every_film(database: Database) -> None:
    async def stamp() -> tuple[int, int]:
        async with database.reading() as tx:
            return await follows.find_stamp_of_films(tx)

    seen = [await stamp()]
    film_id = await store_film(database)
    seen.append(await stamp())
    async with database.transaction() as tx:
        await films.save_film(tx, replace(BALLERINA, id=film_id), NOW + HOUR)
    seen.append(await stamp())
    assert seen[0] == (0, 0)
    assert len(set(seen)) == 3
