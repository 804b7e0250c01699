"""Trust and waiting, from a source's word to the channel: each server is told what changes for it, each time once."""

import pytest

from bot.domain.doubts import DoubtState, DoubtVerdict
from bot.domain.errors import DoubtUnknown, NotTracked
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.services.doubtful import ADMIN, Doubtful

OLD, FAR = "2025-06-06", "2025-12-09"
LATER = f"{OLD} -> {FAR}"
BACK = f"{FAR} -> {OLD}"
AGAIN = "2025-08-01 Re-release"


@pytest.fixture
async def world(database: Database) -> Doubtful:
    """Two servers follow a film; TMDB has just moved it by half a year, and both were asked."""
    world = Doubtful(database)
    await world.open(OLD, servers=2)
    await world.say("tmdb", FAR)
    await world.live(1)
    return world


async def doubt_of(world: Doubtful) -> int:
    return (await world.doubts())[-1].id


async def test_a_jump_is_asked_about_and_not_told(world: Doubtful) -> None:
    await world.live(20)
    doubt_id = await doubt_of(world)
    assert [world.asked(server) for server in (0, 1)] == [[doubt_id]] * 2
    assert [world.news(server) for server in (0, 1)] == [[], []]
    assert [await world.in_force(server) for server in (0, 1)] == [OLD, OLD]


async def test_trust_is_told_once_there_alone_and_not_again_when_it_passes(world: Doubtful) -> None:
    heard = await world.trust(0, await doubt_of(world))
    assert (heard.news, heard.state) == (True, DoubtState.OPEN)
    assert [await world.in_force(server) for server in (0, 1)] == [FAR, OLD]
    await world.live(24)
    assert [world.news(server) for server in (0, 1)] == [[LATER], []]
    await world.say("tmdb", FAR)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[LATER], [LATER]]
    assert [await world.in_force(server) for server in (0, 1)] == [FAR, FAR]
    assert await world.doubts() == []


async def test_trust_is_not_told_again_when_a_second_source_agrees(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.live(24)
    await world.say("wikidata", FAR)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[LATER], [LATER]]


async def test_trust_that_passes_before_the_posting_hour_is_told_once(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.say("wikidata", FAR)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[LATER], [LATER]]


async def test_what_was_trusted_and_is_taken_back_is_told_as_moved_back(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.live(24)
    await world.say("tmdb", OLD)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[LATER, BACK], []]
    assert await world.in_force(0) == OLD


async def test_what_was_trusted_and_taken_back_before_the_posting_hour_is_no_news(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.say("tmdb", OLD)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[], []]


async def test_another_date_after_the_trusted_one_is_told_from_there(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.live(24)
    await world.say("tmdb", "2025-07-04")
    await world.live(48)
    assert world.news(0) == [LATER, f"{FAR} -> 2025-07-04"]
    assert world.news(1) == [f"{OLD} -> 2025-07-04"]


async def test_another_doubtful_date_after_the_trusted_one_is_asked_about_anew(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.live(24)
    await world.say("tmdb", "2026-03-01")
    await world.live(24)
    assert world.news(0) == [LATER, BACK]
    assert [len(world.asked(server)) for server in (0, 1)] == [2, 2]


async def test_waiting_and_silence_are_told_once_when_it_passes(world: Doubtful) -> None:
    heard = await world.wait(0, await doubt_of(world))
    assert heard.news
    await world.live(24)
    assert [world.news(server) for server in (0, 1)] == [[], []]
    await world.say("tmdb", FAR)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[LATER], [LATER]]


async def test_waiting_may_turn_into_trust_but_not_the_other_way(world: Doubtful) -> None:
    doubt_id = await doubt_of(world)
    await world.wait(0, doubt_id)
    assert (await world.trust(0, doubt_id)).news
    again = await world.trust(0, doubt_id)
    assert not again.news
    later = await world.wait(0, doubt_id)
    assert not later.news
    assert later.answer is not None
    assert later.answer.verdict is DoubtVerdict.TRUST
    await world.live(24)
    assert world.news(0) == [LATER]


async def test_trusting_what_is_settled_changes_nothing_and_says_what_became_of_it(world: Doubtful) -> None:
    doubt_id = await doubt_of(world)
    await world.say("tmdb", OLD)
    heard = await world.trust(0, doubt_id)
    assert (heard.news, heard.state, heard.answer) == (False, DoubtState.DROPPED, None)
    await world.live(48)
    assert world.news(0) == []


async def test_the_countdown_goes_by_the_trusted_date(world: Doubtful) -> None:
    await world.trust(0, await doubt_of(world))
    await world.live(24 * 40)
    assert world.counted(0) == []
    assert world.counted(1) == [f"7 {OLD}", f"0 {OLD}"]
    await world.say("tmdb", FAR)
    await world.live(24 * 190)
    assert world.counted(0) == [f"7 {FAR}", f"0 {FAR}"]


async def test_a_countdown_that_is_due_as_the_doubt_passes_is_not_lost(world: Doubtful) -> None:
    """For who trusted the date nothing moves then: the milestone that an outage kept back is as true as before."""
    await world.trust(0, await doubt_of(world))
    await world.live(24 * 100)
    world.time = world.time.replace(month=12, day=2, hour=17)  # nobody was there at 14:00, nine o'clock in New York
    await world.say("tmdb", FAR)
    await world.live(1)
    assert world.counted(0) == [f"7 {FAR}"]


async def test_a_server_that_no_longer_follows_the_film_is_told_so(world: Doubtful) -> None:
    doubt_id = await doubt_of(world)
    async with world.db.transaction() as tx:
        await subscriber_store.remove_subscription(tx, world.servers[0].id, world.film_id, world.time)
    with pytest.raises(NotTracked):
        await world.trust(0, doubt_id)
    with pytest.raises(NotTracked):
        await world.doubting.trust(404, doubt_id, ADMIN, world.time)
    with pytest.raises(DoubtUnknown):
        await world.trust(1, 12345)


async def test_what_passes_when_it_is_history_is_not_taken_back_from_those_who_trusted_it(database: Database) -> None:
    world = Doubtful(database)
    await world.open("", servers=2)
    await world.live(24 * 20)
    await world.say("tmdb", "2025-05-15")
    await world.live(1)
    await world.trust(0, await doubt_of(world))
    await world.live(24 * 60)
    await world.say("tmdb", "2025-05-15")
    await world.live(48)
    assert await world.doubts() == []
    assert [world.news(server) for server in (0, 1)] == [["none -> 2025-05-15"], []]


async def test_trust_goes_with_the_country_that_a_film_follows(world: Doubtful) -> None:
    """Who turns to another country and back has heard of the trusted date, and hears of it no more."""
    await world.trust(0, await doubt_of(world))
    await world.live(24)
    for country in ("DE", "US"):
        await world.preferences.change(world.servers[0].id, world.time, country=country)
        await world.live(30)
    await world.say("tmdb", FAR)
    await world.live(48)
    assert [world.news(server) for server in (0, 1)] == [[LATER], [LATER]]


class TestAgain:
    """Of a re-release nobody's second word settles anything."""

    @pytest.fixture
    async def world(self, database: Database) -> Doubtful:
        world = Doubtful(database)
        await world.open("tba", servers=2)
        await world.say("tmdb", AGAIN)
        await world.live(1)
        return world

    async def test_it_never_passes_by_itself(self, world: Doubtful) -> None:
        for _ in range(5):
            await world.live(24)
            await world.say("tmdb", AGAIN)
        assert [world.news(server) for server in (0, 1)] == [[], []]
        assert [len(world.asked(server)) for server in (0, 1)] == [1, 1]

    async def test_trusted_it_is_told_and_counted_down_to_and_its_day_does_not_take_it_back(
        self, world: Doubtful
    ) -> None:
        before = await world.in_force(0)
        await world.trust(0, await doubt_of(world))
        while world.time.month < 9:
            await world.live(24)
            await world.say("tmdb", AGAIN)
        assert world.news(0) == [f"{before} -> 2025-08-01"]
        assert world.counted(0) == ["7 2025-08-01", "0 2025-08-01"]
        assert (world.news(1), world.counted(1)) == ([], [])

    async def test_trusted_and_taken_back_it_is_told(self, world: Doubtful) -> None:
        await world.trust(0, await doubt_of(world))
        await world.live(24)
        await world.say("tmdb", "tba")
        await world.live(48)
        assert len(world.news(0)) == 2
        assert world.news(0)[1].startswith("2025-08-01 -> ")
        assert world.news(1) == []

    async def test_trusted_and_confirmed_without_the_note_it_is_no_news(self, world: Doubtful) -> None:
        await world.trust(0, await doubt_of(world))
        await world.live(24)
        await world.say("tmdb", "2025-08-01")
        await world.live(48)
        assert [len(world.news(server)) for server in (0, 1)] == [1, 1]
