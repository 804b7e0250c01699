"""Finding the franchise or the person that somebody means."""

from dataclasses import replace

import pytest

from bot.domain.errors import FollowNotFound
from bot.domain.films import Credit, Job
from bot.domain.follows import FollowKind
from bot.domain.sources import FoundPerson
from bot.services.follow_search import label_of
from bot.store.database import Database
from tests.services.library import PERSON, WICK, Desk, film, open_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await open_desk(database)


class TestSearch:
    async def names(self, desk: Desk, kind: FollowKind, typed: str) -> list[str]:
        return [label_of(candidate) for candidate in await desk.following.search.suggest(kind, typed)]

    async def test_one_franchise_of_several_sources_is_offered_once(self, desk: Desk) -> None:
        both = {"tmdb:404609": "John Wick Collection", "wikidata:Q1": "John Wick", "wikidata:Q2": "Gun Universe"}
        await desk.store(replace(film("Chapter 5"), belongs_to=both), film("Chapter 6", "2029-01-05"))
        assert await self.names(desk, WICK, "john w") == ["John Wick · Chapter 6 (2029), Chapter 5 (2027)"]
        [found] = await desk.following.search.resolve(WICK, "john wick")
        assert found.refs == ("tmdb:404609", "wikidata:Q1")
        assert await self.names(desk, WICK, "gun uni") == ["Gun Universe · Chapter 5 (2027)"]

    async def test_two_franchises_of_one_name_stay_two(self, desk: Desk) -> None:
        await desk.store(replace(film("Ballerina"), belongs_to={"tmdb:1": "Ballerina Collection"}))
        await desk.store(replace(film("Other"), belongs_to={"tmdb:2": "Ballerina Collection"}))
        assert len(await desk.following.search.resolve(WICK, "ballerina")) == 2

    async def test_people_are_found_with_typos_and_by_label(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"), film("Speed", "1994-06-10"), film("Else", lead="Sandra Bullock"))
        for typed in ("keanu reeves", "Keanu Reves", "reeves", "Keanu Reeves · Chapter 5 (2027), Speed (1994)"):
            assert [c.name for c in await desk.following.search.resolve(PERSON, typed)] == ["Keanu Reeves"]
        assert await self.names(desk, PERSON, "") == [
            "Keanu Reeves · Chapter 5 (2027), Speed (1994)",
            "Sandra Bullock · Else (2027)",
        ]

    async def test_what_is_new_in_the_store_is_found(self, desk: Desk) -> None:
        assert await self.names(desk, PERSON, "keanu") == []
        await desk.store(film("Chapter 5"))
        assert len(await self.names(desk, PERSON, "keanu")) == 1

    async def test_a_person_whom_only_a_source_knows(self, desk: Desk) -> None:
        desk.library.people = [FoundPerson("tmdb:1", "Ana de Armas", "Knives Out"), FoundPerson("tmdb:2", "Ana Armas")]
        [found] = await desk.following.search.resolve(PERSON, "ana de armas")
        assert (found.refs, found.known_for) == (("tmdb:1",), ("Knives Out",))
        assert len(await desk.following.search.resolve(PERSON, "ana armass")) == 2

    @pytest.mark.parametrize("fails", [True, False])
    async def test_nobody_of_that_name_is_said_with_the_nearest(self, desk: Desk, fails: bool) -> None:
        await desk.store(film("Chapter 5"))
        desk.library.fails = fails
        with pytest.raises(FollowNotFound, match=r"No person found for “Kean Rivers”. Did you mean \*\*Keanu Reeves"):
            await desk.following.search.resolve(PERSON, "Kean Rivers")
        with pytest.raises(FollowNotFound, match=r"No franchise found for “zzz”. Start typing"):
            await desk.following.search.resolve(WICK, "zzz")
        with pytest.raises(FollowNotFound):
            await desk.following.search.resolve(PERSON, "?!")

    async def test_names_that_no_choice_can_carry_are_not_offered(self, desk: Desk) -> None:
        endless = "Wolfe" * 40
        await desk.store(film("Chapter 5", lead=endless))
        assert await self.names(desk, PERSON, "wolfe") == []
        await desk.store(replace(film("Six"), credits=(Credit(0, endless, Job.CAST, 0, refs=("tmdb:8",)),)))
        [found] = await desk.following.search.suggest(PERSON, "wolfe")
        assert found.refs == ("tmdb:8",)
