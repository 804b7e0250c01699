"""Following franchises and people: what is tracked, what is told, and what never comes back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NotFollowed, TooManyFollows
from bot.domain.films import Credit, Job
from bot.domain.follows import MAX_AT_ONCE, MAX_FOLLOWS, Candidate
from bot.domain.posts import PostState
from bot.domain.subscribers import MAX_FILMS
from bot.services import following as module
from bot.services.planning import Planning
from bot.services.tracking import Place
from bot.store.database import Database
from tests.services.library import CHANNEL, DAY, GUILD, NOW, PERSON, USER, WICK, Desk, film, open_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await open_desk(database)


class TestFollowing:
    async def test_tracks_what_is_to_come_and_names_it(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"), film("Caine", None), film("Chapter 4", "2023-03-24"))
        followed = await desk.follow(WICK, "john wick")
        assert [f.title for f in followed.tracked] == ["Chapter 5", "Caine"]
        assert (followed.follow.name, followed.already, followed.silent) == ("John Wick", False, ())
        assert await desk.tracked() == ["Caine", "Chapter 5"]
        assert await desk.posts() == []

    async def test_takes_in_what_only_the_source_has(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        desk.library.films = {"tmdb:5": film("Chapter 5", tmdb=5), "tmdb:1": film("John Wick", "2014-10-24", tmdb=1)}
        desk.library.lists["tmdb:404609"] = ["tmdb:1", "tmdb:5", "tmdb:9"]
        followed = await desk.follow(WICK, "john wick")
        assert [f.title for f in followed.tracked] == ["Chapter 5"]
        assert desk.library.adopted == ["tmdb:5"]  # the old one is not even asked for, the third is nowhere

    async def test_what_is_tracked_already_stays_as_it_is(self, desk: Desk) -> None:
        [five, _] = await desk.store(film("Chapter 5"), film("Chapter 4", "2023-03-24"))
        await desk.tracking.track(Place(GUILD, CHANNEL, 8, "en-US"), five, 66, NOW)
        followed = await desk.follow(WICK, "john wick")
        assert followed.tracked == ()
        assert [f.title for f in followed.before] == ["Chapter 5"]
        tracked = await desk.tracking.find_tracked(GUILD, five, NOW)
        assert tracked is not None
        assert (tracked.subscription.channel_id, tracked.subscription.tracked_by) == (66, 8)

    async def test_again_looks_again_and_adds_nothing_twice(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"))
        first = await desk.follow(WICK, "john wick")
        await desk.store(film("Caine"))
        again = await desk.follow(WICK, "john wick", NOW + DAY)
        assert (again.already, again.follow.id) == (True, first.follow.id)
        assert [f.title for f in again.tracked] == ["Caine"]
        assert len(await desk.following.list_follows(GUILD)) == 1

    async def test_a_channel_is_its_films_channel(self, desk: Desk) -> None:
        [five] = await desk.store(film("Chapter 5"))
        [candidate] = await desk.following.search.resolve(WICK, "john wick")
        await desk.following.follow(desk.server, candidate, 66, USER, NOW)
        tracked = await desk.tracking.find_tracked(GUILD, five, NOW)
        assert tracked is not None
        assert tracked.subscription.channel_id == 66
        moved = await desk.following.follow(desk.server, candidate, 77, USER, NOW)
        assert moved.follow.channel_id == 77
        assert (await desk.following.list_follows(GUILD))[0].channel_id == 77

    async def test_a_flood_is_cut_off_told_and_does_not_dribble_in_later(self, desk: Desk) -> None:
        await desk.store(*(film(f"Chapter {n:02}", f"2027-01-{n:02}") for n in range(1, 15)))
        followed = await desk.follow(WICK, "john wick")
        assert [f.title for f in followed.tracked] == [f"Chapter {n:02}" for n in range(1, MAX_AT_ONCE + 1)]
        assert [f.title for f in followed.left] == [f"Chapter {n:02}" for n in range(11, 15)]
        assert await desk.following.run(NOW + DAY) == 1
        assert len(await desk.tracked()) == MAX_AT_ONCE
        assert await desk.posts() == []

    async def test_a_full_list_takes_no_more(self, desk: Desk) -> None:
        ids = await desk.store(*(film(f"Other {n}", story=False, lead="A") for n in range(MAX_FILMS - 1)))
        for film_id in ids:
            await desk.tracking.track(Place(GUILD, CHANNEL, USER, "en-US"), film_id, None, NOW)
        await desk.store(film("Chapter 5"), film("Chapter 6", "2029-01-05"))
        followed = await desk.follow(WICK, "john wick")
        assert [f.title for f in followed.tracked] == ["Chapter 5"]
        assert [f.title for f in followed.full] == ["Chapter 6"]
        for days in (1, 2):
            await desk.following.run(NOW + days * DAY)
        [told] = await desk.posts()
        assert (told.film_id, told.note) == (None, "John Wick")
        await desk.tracking.untrack(GUILD, ids[0], NOW + 2 * DAY)
        await desk.following.run(NOW + 4 * DAY)
        assert "Chapter 6" in await desk.tracked()

    async def test_there_is_an_end_to_following(self, desk: Desk) -> None:
        for number in range(MAX_FOLLOWS):
            candidate = Candidate(PERSON, f"Person {number}", (f"bundled:person-{number}",))
            await desk.following.follow(desk.server, candidate, None, USER, NOW)
        one_more = Candidate(PERSON, "One More", ("bundled:one-more",))
        with pytest.raises(TooManyFollows):
            await desk.following.follow(desk.server, one_more, None, USER, NOW)
        again = await desk.following.follow(desk.server, candidate, None, USER, NOW)
        assert again.already

    async def test_a_source_that_fails_is_said_and_asked_again(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"))
        desk.library.films = {"tmdb:6": film("Chapter 6", "2028-06-02", tmdb=6)}
        desk.library.lists["tmdb:404609"] = ["tmdb:6"]
        desk.library.fails = True
        followed = await desk.follow(WICK, "john wick")
        assert [f.title for f in followed.tracked] == ["Chapter 5"]
        assert followed.silent == ("tmdb",)
        desk.library.fails = False
        assert await desk.following.run(NOW + timedelta(hours=1, minutes=59)) == 0  # it asked for two hours
        assert await desk.following.run(NOW + timedelta(hours=2)) == 1
        assert await desk.tracked() == ["Chapter 5", "Chapter 6"]
        [told] = await desk.posts()
        assert told.note == "John Wick"

    async def test_nobody_waits_for_a_source_for_ever(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
        await desk.store(film("Chapter 5"))
        desk.library.wait = asyncio.Event()
        followed = await desk.follow(WICK, "john wick")
        assert [f.title for f in followed.tracked] == ["Chapter 5"]
        assert followed.silent == ("tmdb",)


class TestLooking:
    async def test_a_new_film_is_tracked_and_told_once(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(WICK, "john wick")
        assert await desk.following.run(NOW + timedelta(hours=20)) == 0
        [five] = await desk.store(film("Chapter 5"))
        assert await desk.following.run(NOW + DAY) == 1
        assert await desk.tracked() == ["Chapter 5"]
        [told] = await desk.posts()
        assert (told.film_id, told.note, told.channel_id, told.state) == (five, "John Wick", CHANNEL, PostState.PLANNED)
        for days in (2, 3):
            assert await desk.following.run(NOW + days * DAY) == 1
        assert len(await desk.posts()) == 1

    async def test_several_new_ones_have_a_post_each_and_the_rest_comes_the_next_day(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(WICK, "john wick")
        await desk.store(*(film(f"Chapter {n:02}", f"2027-01-{n:02}") for n in range(1, 13)))
        await desk.following.run(NOW + DAY)
        assert len(await desk.posts()) == MAX_AT_ONCE
        await desk.following.run(NOW + 2 * DAY)
        assert len(await desk.posts()) == 12

    async def test_what_somebody_untracked_never_comes_back(self, desk: Desk) -> None:
        """Neither through the follow that added it, nor through another that would."""
        [five] = await desk.store(film("Chapter 5"))
        await desk.follow(WICK, "john wick")
        await desk.follow(PERSON, "keanu reeves")
        await desk.tracking.untrack(GUILD, five, NOW)
        for days in (1, 2):
            assert await desk.following.run(NOW + days * DAY) == 2
        assert await desk.tracked() == []
        assert await desk.posts() == []

    async def test_what_was_tracked_by_hand_and_untracked_does_not_come_either(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(WICK, "john wick")
        [five] = await desk.store(film("Chapter 5"))
        await desk.tracking.track(Place(GUILD, CHANNEL, USER, "en-US"), five, None, NOW)
        await desk.tracking.untrack(GUILD, five, NOW)
        await desk.following.run(NOW + DAY)
        assert await desk.tracked() == []

    async def test_two_follows_of_one_film_tell_of_it_once(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(WICK, "john wick")
        await desk.follow(PERSON, "keanu reeves")
        await desk.store(film("Chapter 5"))
        assert await desk.following.run(NOW + DAY) == 2
        assert len(await desk.posts()) == 1

    async def test_small_parts_and_old_films_are_no_news(self, desk: Desk) -> None:
        small = film("Party", story=False, lead="Somebody")
        cast = [*small.credits, *(Credit(0, f"Extra {n}", Job.CAST, n) for n in range(1, 5))]
        cast.append(Credit(0, "Keanu Reeves", Job.CAST, 5, "Guest"))
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(PERSON, "keanu reeves")
        await desk.store(replace(small, credits=tuple(cast)), film("Speed", "1994-06-10", story=False))
        directed = film("Directed", story=False, lead="Somebody")
        await desk.store(replace(directed, credits=(Credit(0, "Keanu Reeves", Job.DIRECTOR, 0),)))
        await desk.following.run(NOW + DAY)
        assert await desk.tracked() == ["Directed"]

    async def test_a_person_who_becomes_known_to_a_source_is_asked_for_there(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(PERSON, "keanu reeves")
        assert desk.library.asked == []
        await desk.store(film("BRZRKR", None, tmdb=70, story=False), source="tmdb")
        desk.library.films = {"tmdb:71": film("Good Fortune 2", tmdb=71, story=False)}
        desk.library.lists["tmdb:6384"] = ["tmdb:70", "tmdb:71"]
        await desk.following.run(NOW + DAY)
        assert await desk.tracked() == ["BRZRKR", "Good Fortune 2"]
        [follow] = await desk.following.list_follows(GUILD)
        assert follow.refs == ("bundled:keanu-reeves", "tmdb:6384")

    async def test_one_answer_serves_every_server(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"))
        for guild in range(3):
            place = Place(guild, CHANNEL, USER, "en-US")
            server = await desk.tracking.get_subscriber(place, NOW)
            [candidate] = await desk.following.search.resolve(WICK, "john wick")
            await desk.following.follow(server, candidate, None, USER, NOW)
        assert desk.library.asked == ["tmdb:404609"]
        assert await desk.following.run(NOW + DAY) == 3
        assert desk.library.asked == ["tmdb:404609"] * 2

    async def test_a_post_about_a_film_that_is_untracked_before_it_is_due_is_cancelled(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        await desk.follow(WICK, "john wick")
        [five] = await desk.store(film("Chapter 5"))
        await desk.following.run(NOW + DAY)
        await Planning(desk.db).run(NOW + DAY)
        assert [post.state for post in await desk.posts()] == [PostState.PLANNED]
        await desk.tracking.untrack(GUILD, five, NOW + DAY)
        await Planning(desk.db).run(NOW + DAY)
        assert [post.state for post in await desk.posts()] == [PostState.CANCELLED]

    async def test_a_follow_that_has_ended_meanwhile_adds_nothing(self, desk: Desk) -> None:
        await desk.store(film("Chapter 4", "2023-03-24"))
        follow = (await desk.follow(WICK, "john wick")).follow
        await desk.store(film("Chapter 5"))
        desk.library.wait = asyncio.Event()
        run = asyncio.create_task(desk.following.run(NOW + DAY))
        await desk.library.asked_for.wait()
        await desk.following.unfollow(GUILD, follow.id)
        desk.library.wait.set()
        assert await run == 1
        assert await desk.tracked() == []


class TestEnding:
    async def test_films_stay_and_no_new_ones_come(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"))
        follow = (await desk.follow(WICK, "john wick")).follow
        assert (await desk.following.unfollow(GUILD, follow.id)).name == "John Wick"
        await desk.store(film("Chapter 6"))
        assert await desk.following.run(NOW + DAY) == 0
        assert await desk.tracked() == ["Chapter 5"]
        assert await desk.following.list_follows(GUILD) == []

    async def test_another_servers_follow_is_not_ended(self, desk: Desk) -> None:
        await desk.store(film("Chapter 5"))
        follow = (await desk.follow(WICK, "john wick")).follow
        await desk.tracking.get_subscriber(Place(901, CHANNEL, USER, "en-US"), NOW)
        for guild, number in ((901, follow.id), (902, follow.id), (GUILD, 404)):
            with pytest.raises(NotFollowed):
                await desk.following.unfollow(guild, number)
        assert len(await desk.following.list_follows(GUILD)) == 1
