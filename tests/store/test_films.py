"""Films and their facts, on both engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.dates import TBA, ReleaseDate
from bot.domain.films import Credit, DateChange, EntryKind, Film, FranchiseEntry, Job, Release, ReleaseType
from bot.store import films, planning, subscribers
from bot.store.database import Database
from bot.store.film_rows import person_key
from tests.store.samples import BALLERINA, GUILD, JOHN_WICK, NOW, THEATRICAL_US, follow, store_film, store_guild


async def find(database: Database, film_id: int) -> Film:
    async with database.reading() as tx:
        film = await films.find_film(tx, film_id)
    assert film is not None
    return film


def without_ids(film: Film) -> Film:
    """As it was before the store numbered its parts."""
    return replace(
        film,
        id=0,
        checked_at=None,
        credits=tuple(replace(credit, person_id=0) for credit in film.credits),
        changes=tuple(replace(change, id=0, film_id=0) for change in film.changes),
    )


async def test_what_is_stored_comes_back_whole(database: Database) -> None:
    film = await find(database, await store_film(database))
    by_time = BALLERINA.changes[::-1]  # the one of unknown time first
    assert without_ids(film) == replace(BALLERINA, changes=by_time)
    assert film.checked_at == NOW
    assert all(credit.person_id for credit in film.credits)
    assert all(change.id and change.film_id == film.id for change in film.changes)


async def test_a_film_of_which_little_is_known(database: Database) -> None:
    little = Film(0, "Untitled", releases=(Release("US", ReleaseType.THEATRICAL, TBA),))
    assert without_ids(await find(database, await store_film(database, little))) == little


async def test_credits_come_by_job_in_billing_order(database: Database) -> None:
    mixed = replace(JOHN_WICK, credits=JOHN_WICK.credits[::-1])
    film = await find(database, await store_film(database, mixed))
    assert [(credit.job, credit.name) for credit in film.credits] == [
        (Job.DIRECTOR, "Chad Stahelski"),
        (Job.CAST, "Keanu Reeves"),
        (Job.COMPOSER, "Tyler Bates"),
    ]


async def test_positions_that_a_source_gave_twice_do_no_harm(database: Database) -> None:
    twice = replace(JOHN_WICK, credits=(Credit(0, "A", Job.CAST, 3), Credit(0, "B", Job.CAST, 3)))
    film = await find(database, await store_film(database, twice))
    assert [(credit.name, credit.position) for credit in film.credits] == [("A", 0), ("B", 1)]


async def test_no_film_no_answer(database: Database) -> None:
    async with database.reading() as tx:
        assert await films.find_film(tx, 404) is None
        assert await films.find_film_id(tx, "bundled", "nothing") is None
        assert await films.list_brief_films(tx) == []


@pytest.mark.parametrize(("source", "external_id"), [("bundled", "ballerina-2025"), ("tmdb", "541671")])
async def test_any_id_leads_to_the_film(database: Database, source: str, external_id: str) -> None:
    film_id = await store_film(database)
    async with database.reading() as tx:
        assert await films.find_film_id(tx, source, external_id) == film_id


async def test_saving_again_replaces_the_facts(database: Database) -> None:
    film_id = await store_film(database)
    newer = replace(
        BALLERINA,
        title="From the World of John Wick: Ballerina",
        alternative_titles=(),
        year=2026,
        releases=(THEATRICAL_US,),
        credits=BALLERINA.credits[:1],
        trivia=(),
    )
    assert await store_film(database, newer) == film_id
    stored = await find(database, film_id)
    assert without_ids(stored) == replace(newer, changes=BALLERINA.changes[::-1])


async def test_ids_are_added_and_never_removed(database: Database) -> None:
    film_id = await store_film(database)
    assert await store_film(database, replace(BALLERINA, ids={"wikidata": "Q1", "tmdb": "541671"})) == film_id
    assert (await find(database, film_id)).ids == {"bundled": "ballerina-2025", "tmdb": "541671", "wikidata": "Q1"}


async def test_an_id_that_another_film_has_stays_there(database: Database) -> None:
    ballerina = await store_film(database)
    wick = await store_film(database, JOHN_WICK)
    assert await store_film(database, replace(JOHN_WICK, ids=JOHN_WICK.ids | {"tmdb": "541671"})) == wick
    assert (await find(database, ballerina)).ids["tmdb"] == "541671"
    assert "tmdb" not in (await find(database, wick)).ids


async def test_a_film_that_is_new_in_the_catalogue_takes_no_other_ones_place(database: Database) -> None:
    """Somebody once put its id into the wrong file."""
    ballerina = await store_film(database)
    new = replace(JOHN_WICK, ids={"tmdb": "541671"} | JOHN_WICK.ids)
    wick = await store_film(database, new)
    assert wick != ballerina
    assert await store_film(database, new) == wick
    assert await store_film(database) == ballerina
    assert ((await find(database, ballerina)).title, (await find(database, wick)).title) == ("Ballerina", "John Wick")


async def test_a_film_of_another_source_may_come_into_the_catalogue(database: Database) -> None:
    film_id = await store_film(database, replace(BALLERINA, ids={"tmdb": "541671"}))
    assert await store_film(database) == film_id


async def test_a_film_without_ids_is_found_by_its_own(database: Database) -> None:
    film_id = await store_film(database, Film(0, "Untitled"))
    assert await store_film(database, Film(film_id, "Titled")) == film_id
    assert (await find(database, film_id)).title == "Titled"


async def test_two_who_add_a_film_at_once_add_one(database: Database, rival: Database) -> None:
    ids = await asyncio.gather(*(store_film(db, BALLERINA) for db in (database, rival) * 4))
    assert len(set(ids)) == 1
    async with database.reading() as tx:
        assert [film.id for film in await films.list_brief_films(tx)] == [ids[0]]


async def test_reloading_repeats_no_history(database: Database) -> None:
    film_id = await store_film(database)
    before = await find(database, film_id)
    await store_film(database)
    assert (await find(database, film_id)).changes == before.changes


async def test_history_that_is_known_better_is_corrected(database: Database) -> None:
    film_id = await store_film(database)
    when = datetime(2023, 5, 1, tzinfo=UTC)
    better = replace(BALLERINA.changes[1], known_at=when, source="https://example.org/better")
    await store_film(database, replace(BALLERINA, changes=(BALLERINA.changes[0], better)))
    first, second = (await find(database, film_id)).changes
    assert (first.known_at, first.source) == (when, "https://example.org/better")
    assert second.known_at == BALLERINA.changes[0].known_at


async def test_what_marquee_learnt_itself_is_left_alone(database: Database) -> None:
    film_id = await store_film(database)
    was, now = ReleaseDate.parse("2024-06-07"), ReleaseDate.parse("2025-06-06")
    learnt = DateChange(0, film_id, "US", ReleaseType.THEATRICAL, was, now, "tmdb", NOW)
    async with database.transaction() as tx:
        change_id = await films.add_date_change(tx, learnt)
    await store_film(database)  # its history has a change from and to the same dates
    await store_film(database, replace(BALLERINA, changes=()))
    stored = await find(database, film_id)
    assert stored.changes[-1] == replace(learnt, id=change_id)
    assert len(stored.changes) == 3


A, B, C = (ReleaseDate.parse(text) for text in ("2026-12-18", "2027-02-05", "2027-03-05"))


@pytest.mark.parametrize(
    ("learnt", "told", "kept"),
    [
        pytest.param((A, B), [(A, B)], [], id="the same"),
        pytest.param((A, B), [(None, A), (A, B)], [(None, A)], id="and one before it"),
        pytest.param((A, C), [(None, A), (A, B), (B, C)], [(None, A)], id="in two steps"),
        pytest.param((TBA, A), [(None, A)], [], id="to be announced is no date"),
        pytest.param((B, C), [(A, B)], [(A, B)], id="another"),
        pytest.param((B, A), [(A, B)], [(A, B)], id="the other way"),
    ],
)
async def test_a_move_that_was_learnt_is_not_history_as_well(
    database: Database,
    learnt: tuple[ReleaseDate, ReleaseDate],
    told: list[tuple[ReleaseDate | None, ReleaseDate]],
    kept: list[tuple[ReleaseDate | None, ReleaseDate]],
) -> None:
    film_id = await store_film(database, JOHN_WICK)
    of_us = DateChange(0, film_id, "US", ReleaseType.THEATRICAL, *learnt, "bundled", NOW)
    async with database.transaction() as tx:
        await films.add_date_change(tx, of_us)
    history = [replace(of_us, old=old, new=new, known_at=None, history=True) for old, new in told]
    elsewhere = [replace(change, country="GB") for change in history]
    for _ in range(2):
        await store_film(database, replace(JOHN_WICK, changes=(*history, *elsewhere)))
    stored = (await find(database, film_id)).changes
    assert [(c.old, c.new) for c in stored if c.history and c.country == "US"] == kept
    assert [(c.old, c.new) for c in stored if c.history and c.country == "GB"] == told
    assert [(c.old, c.new) for c in stored if not c.history] == [learnt]


async def test_a_change_may_begin_or_end_with_no_date(database: Database) -> None:
    film_id = await store_film(database, JOHN_WICK)
    some = ReleaseDate.parse("2027-Q2")
    changes = [
        DateChange(0, film_id, "DE", ReleaseType.LIMITED, None, some, "tmdb", NOW),
        DateChange(0, film_id, "DE", ReleaseType.LIMITED, some, None, "tmdb", NOW + timedelta(days=1)),
    ]
    async with database.transaction() as tx:
        ids = [await films.add_date_change(tx, change) for change in changes]
    assert (await find(database, film_id)).changes == tuple(
        replace(change, id=id_) for change, id_ in zip(changes, ids, strict=True)
    )


async def test_brief_films_have_dates_and_ids_and_no_people(database: Database) -> None:
    ballerina, wick = await store_film(database), await store_film(database, JOHN_WICK)
    whole = await find(database, ballerina)
    async with database.reading() as tx:
        brief = await films.list_brief_films(tx)
    assert [film.id for film in brief] == [ballerina, wick]
    assert brief[0] == replace(whole, credits=(), trivia=())
    assert brief[1].releases == ()


async def test_followers_wake_and_nobody_else(database: Database) -> None:
    film_id = await store_film(database)
    guild, other = await store_guild(database), await store_guild(database, replace(GUILD, discord_id=2))
    await follow(database, guild.id, film_id)
    later = NOW + timedelta(hours=1)
    async with database.transaction() as tx:
        await subscribers.end_planning(tx, {guild.id: (1, None)})
        assert await films.wake_followers(tx, film_id, later) == 1
        assert await planning.list_awake(tx, later, 10) == [guild.id]
        assert (await subscribers.get_subscriber(tx, guild.id)).revision == 2
        assert (await subscribers.get_subscriber(tx, other.id)).revision == 0


async def test_saving_wakes_nobody(database: Database) -> None:
    film_id = await store_film(database)
    guild = await store_guild(database)
    await follow(database, guild.id, film_id)
    await store_film(database, replace(BALLERINA, releases=()))
    async with database.reading() as tx:
        assert (await subscribers.get_subscriber(tx, guild.id)).revision == 1


async def test_a_franchise_is_replaced_whole(database: Database) -> None:
    wick, ballerina = await store_film(database, JOHN_WICK), await store_film(database)
    entries = [
        FranchiseEntry(EntryKind.FILM, "John Wick", 2, wick, ReleaseDate.parse("2014-10-24"), "US"),
        FranchiseEntry(
            EntryKind.SERIES, "The Continental", 1, None, ReleaseDate.parse("2023-09"), "US", "In the 1970s."
        ),
        FranchiseEntry(EntryKind.FILM, "Ballerina", 3, ballerina, ReleaseDate.parse("2025-06-06"), "US"),
    ]
    async with database.transaction() as tx:
        first = await films.save_franchise(tx, "bundled:john-wick", "John Wick", entries[:1], NOW)
    async with database.transaction() as tx:
        again = await films.save_franchise(tx, "bundled:john-wick", "The World of John Wick", entries, NOW)
    assert first == again
    franchise = (await find(database, ballerina)).franchise
    assert franchise is not None
    assert (franchise.id, franchise.name, franchise.entries) == (first, "The World of John Wick", tuple(entries))
    assert [entry.title for entry in franchise.in_story_order()] == ["The Continental", "John Wick", "Ballerina"]


async def test_a_franchise_that_is_gone_takes_no_film_with_it(database: Database) -> None:
    wick = await store_film(database, JOHN_WICK)
    entry = FranchiseEntry(EntryKind.FILM, "John Wick", 1, wick, TBA, "US")
    async with database.transaction() as tx:
        for key in ("bundled:john-wick", "tmdb:1"):
            await films.save_franchise(tx, key, key, [entry], NOW)
        await films.keep_franchises(tx, "bundled", {"bundled:john-wick"})
    assert (franchise := (await find(database, wick)).franchise)
    assert franchise.name == "bundled:john-wick"
    async with database.transaction() as tx:
        await films.keep_franchises(tx, "bundled", ())
    assert (franchise := (await find(database, wick)).franchise)
    assert franchise.name == "tmdb:1"
    async with database.transaction() as tx:
        await films.keep_franchises(tx, "tmdb", ())
    assert (await find(database, wick)).franchise is None


async def test_people_in_other_films_that_are_followed(database: Database) -> None:
    ballerina, wick = await store_film(database), await store_film(database, JOHN_WICK)
    guild = await store_guild(database)
    people = {credit.name: credit.person_id for credit in (await find(database, ballerina)).credits}
    async with database.reading() as tx:
        assert await films.list_shared_people(tx, guild.id, ballerina) == {}
    await follow(database, guild.id, wick)
    await follow(database, guild.id, ballerina)
    async with database.reading() as tx:
        shared = await films.list_shared_people(tx, guild.id, ballerina)
        back = await films.list_shared_people(tx, guild.id, wick)
    assert shared == {
        people["Keanu Reeves"]: [(wick, "John Wick (2014)")],
        people["Chad Stahelski"]: [(wick, "John Wick (2014)")],  # he produces the one and directed the other
    }
    assert back == {people["Keanu Reeves"]: [(ballerina, "Ballerina (2025)")]}


async def test_a_person_is_one_person_and_their_name_can_be_corrected(database: Database) -> None:
    wick = await store_film(database, replace(JOHN_WICK, credits=(Credit(0, "keanu reeves", Job.CAST, 0),)))
    (before,) = (await find(database, wick)).credits
    ballerina = await store_film(database)
    assert {credit.name: credit.person_id for credit in (await find(database, ballerina)).credits}[
        "Keanu Reeves"
    ] == before.person_id
    assert (await find(database, wick)).credits[0].name == "Keanu Reeves"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ana de Armas", "bundled:ana-de-armas"),
        ("ANA DE ARMAS", "bundled:ana-de-armas"),
        ("Penélope Cruz", "bundled:penelope-cruz"),
        ("Robert Downey Jr.", "bundled:robert-downey-jr"),
        ("宮崎 駿", "bundled:宮崎-駿"),
        ("!!!", "bundled:!!!"),
    ],
)
def test_a_person_goes_by_the_plain_name(name: str, key: str) -> None:
    assert person_key(name) == key


async def test_notes_are_kept_and_replaced(database: Database) -> None:
    async with database.transaction() as tx:
        assert await films.find_meta(tx, "catalogue") is None
        await films.set_meta(tx, "catalogue", "one")
        await films.set_meta(tx, "catalogue", "two")
        assert await films.find_meta(tx, "catalogue") == "two"
