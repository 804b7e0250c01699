"""One message a film, kept true: by day, by fact, by setting; through outages, and when somebody deletes it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.films import ReleaseType
from bot.domain.posts import PostKind, PostState
from bot.domain.subscribers import Wanted
from bot.store import subscribers
from bot.store.database import Database
from tests.services.board import CHANNEL, SERVER, START, BoardHouse, new_york, on, open_house

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IN_SEVEN = "🎬 Ballerina opens in cinemas in 7 days: Fri 6 June 2025 (United States)."


@pytest.fixture
async def house(database: Database) -> AsyncIterator[BoardHouse]:
    """A server with a film that comes out on Friday 6 June 2025."""
    async with open_house(database) as opened:
        yield opened


@pytest.fixture
async def counting(house: BoardHouse) -> BoardHouse:
    """The same a week before: its countdown is in the channel, as of this morning."""
    await house.tick(new_york(5, 7))
    await house.tick(new_york(5, 30))
    return house


async def test_counts_down_in_one_message_that_is_edited_once_a_day_to_the_end(house: BoardHouse) -> None:
    said: list[tuple[str, str]] = []
    while house.clock.time < new_york(6, 12):
        await house.live_until(house.clock.time + HOUR)
        said += [
            (f"{house.clock.time - 4 * HOUR:%d %b %H}", text)
            for text in house.texts()
            if not said or text != said[-1][1]
        ]
    assert [when for when, _ in said] == [f"{START - 4 * HOUR + (6 + n) * DAY:%d %b} 09" for n in range(32)]
    assert [text for _, text in said][23:] == [
        IN_SEVEN,
        *(
            f"🎬 Ballerina opens in cinemas in {days} days: Fri 6 June 2025 (United States)."
            for days in (6, 5, 4, 3, 2)
        ),
        "🎬 Ballerina opens in cinemas tomorrow: Fri 6 June 2025 (United States).",
        "🍿 Ballerina is out today in cinemas (United States).",
        "🍿 Ballerina has been out in cinemas since Fri 6 June (United States).",
    ]
    assert (len(house.board.words), house.board.edits) == (1, 31)
    assert [(post.kind, post.due_at) for post in house.board.others] == [(PostKind.RELEASE, new_york(6, 6))]


async def test_a_date_that_moves_is_written_at_once_in_the_same_message(counting: BoardHouse) -> None:
    house = counting
    house.clock.time = new_york(5, 30, 15)
    await house.move_film("2025-12-19")
    await house.tick()
    assert house.texts() == ["🎬 Ballerina opens in cinemas in 203 days: Fri 19 December 2025 (United States)."]
    await house.move_film("2025-06-06")
    await house.tick()
    assert house.texts() == [IN_SEVEN]
    edits = house.board.edits
    for _ in range(5):
        await house.tick(house.clock.time + HOUR)
    assert house.board.edits == edits
    assert await house.live_posts() == [(f"{CHANNEL}:theatrical:0", PostState.SENT)]


async def test_a_date_that_is_withdrawn_waits_there_for_another(counting: BoardHouse) -> None:
    house = counting
    house.clock.time = new_york(5, 30, 15)
    await house.move_film("tba")
    await house.live_until(new_york(6, 8))
    assert house.texts() == ["📅 Ballerina has no release date in the United States at present."]
    await house.move_film("2025-07")
    await house.tick()
    assert house.texts() == ["📅 Ballerina in cinemas: July 2025 (United States)."]
    await house.move_film("2025-07-09")
    await house.tick()
    assert house.texts() == ["🎬 Ballerina opens in cinemas in 31 days: Wed 9 July 2025 (United States)."]
    await house.tick(new_york(7, 10))
    assert house.texts() == ["🍿 Ballerina has been out in cinemas since Wed 9 July (United States)."]
    assert len(house.board.words) == 1


async def test_a_film_that_was_out_and_comes_later_after_all_counts_on(counting: BoardHouse) -> None:
    house = counting
    await house.live_until(new_york(6, 9))
    await house.move_film("2025-06-13")
    await house.tick()
    assert house.texts() == ["🎬 Ballerina opens in cinemas in 4 days: Fri 13 June 2025 (United States)."]
    assert len(house.board.words) == 1


async def test_cinema_and_streaming_are_counted_in_one_message(database: Database) -> None:
    both = frozenset({Wanted.CINEMA, Wanted.DIGITAL})
    async with open_house(database, wanted=both) as house:
        await house.tick(new_york(5, 10))
        await house.add_release("2025-06-20", ReleaseType.DIGITAL)
        await house.tick(new_york(6, 5))
        [words] = house.board.words.values()
        assert words.splitlines()[:2] == [
            "🎬 **Ballerina** opens in cinemas tomorrow: Fri 6 June 2025 (United States).",
            "It can be streamed or rented digitally from Fri 20 June 2025, in 15 days (United States).",
        ]
        await house.live_until(new_york(6, 22))
        [words] = house.board.words.values()
        assert words.splitlines() == [
            "🍿 **Ballerina** can be streamed or rented digitally since Fri 20 June (United States).",
            "It has been out in cinemas since Fri 6 June (United States).",
            "-# The countdown is over.",
        ]
        assert [post.kind for post in house.board.others if post.kind is not PostKind.DATE_CHANGE] == [
            PostKind.RELEASE
        ] * 2


async def test_two_releases_that_begin_at_one_hour_make_one_message(database: Database) -> None:
    async with open_house(database, wanted=frozenset({Wanted.CINEMA, Wanted.DIGITAL})) as house:
        await house.add_release("2025-06-06", ReleaseType.DIGITAL)
        await house.live_until(new_york(5, 9))
        assert len(house.board.words) == 1
        assert [state for _, state in await house.live_posts()] == [PostState.SENT, PostState.CANCELLED]


async def test_three_days_of_outage_are_one_edit(counting: BoardHouse) -> None:
    edits = counting.board.edits
    counting.restart()
    await counting.tick(new_york(6, 2, 11))
    assert counting.board.edits == edits + 1
    assert "in 4 days" in counting.texts()[0]


class TestTracking:
    async def test_untracked_says_so_and_tracked_again_goes_on_there(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 12)
        await house.tracking.untrack(SERVER, house.film_id, house.clock.time)
        await house.tick()
        assert house.texts() == ["🎬 Ballerina is no longer tracked here: this countdown has ended."]
        await house.move_film("2025-06-13")
        await house.live_until(new_york(6, 2))
        assert house.texts() == ["🎬 Ballerina is no longer tracked here: this countdown has ended."]
        async with house.db.transaction() as tx:
            await subscribers.add_subscription(tx, house.subscriber_id, house.film_id, house.clock.time, 1, None)
        await house.tick()
        assert house.texts() == ["🎬 Ballerina opens in cinemas in 11 days: Fri 13 June 2025 (United States)."]
        await house.live_until(new_york(6, 4))
        assert len(house.board.words) == 1

    async def test_what_is_over_stays_as_it_is(self, counting: BoardHouse) -> None:
        house = counting
        await house.live_until(new_york(6, 8))
        await house.tracking.untrack(SERVER, house.film_id, house.clock.time)
        await house.live_until(new_york(6, 10))
        assert house.texts() == ["🍿 Ballerina has been out in cinemas since Fri 6 June (United States)."]

    async def test_a_pause_keeps_nothing_back_that_is_there(self, counting: BoardHouse) -> None:
        house = counting
        await house.pause(None)
        await house.tick(new_york(5, 31))
        assert "in 6 days" in house.texts()[0]
        assert house.board.others == []

    @pytest.mark.parametrize("days", [3, None])
    async def test_one_that_is_due_in_a_pause_begins_when_posts_go_on(
        self, house: BoardHouse, days: int | None
    ) -> None:
        house.clock.time = new_york(5, 6, 12)
        await house.pause(new_york(5, 6 + days, 12) if days else None)
        await house.live_until(new_york(5, 9, 10))
        assert house.texts() == []
        if days is None:
            await house.resume()
        await house.live_until(new_york(5, 11))
        assert "in 27 days" in next(iter(house.texts())) or "in 26 days" in next(iter(house.texts()))
        assert house.board.others == []


class TestDeleted:
    async def test_comes_again_at_the_next_hour_and_after_the_third_time_no_more(self, counting: BoardHouse) -> None:
        house = counting
        seen: list[tuple[str, str]] = []
        for days in range(8):
            house.clock.time = new_york(5, 30, 12) + days * DAY
            house.board.words.clear()
            await house.live_until(house.clock.time + DAY)
            seen += [(f"{house.clock.time:%d %b}", text.partition(":")[0][-12:]) for text in house.texts()]
        assert [state for _, state in await house.live_posts()] == [PostState.SENT] * 3
        assert (await house.mark()).lost == 3
        assert len(house.board.keys) == 4  # three countdowns, and the release day
        assert len(seen) <= 3

    async def test_once_is_one_new_message_a_day_later(self, counting: BoardHouse) -> None:
        house = counting
        house.board.words.clear()
        await house.live_until(new_york(5, 31, 23))  # found out at nine
        assert house.texts() == []
        mark = await house.mark()
        assert (mark.there, mark.lost, mark.lost_at) == (False, 1, new_york(5, 31))
        await house.tick(new_york(6, 1))
        assert house.texts() == ["🎬 Ballerina opens in cinemas in 5 days: Fri 6 June 2025 (United States)."]
        await house.live_until(new_york(6, 8))
        assert house.texts() == ["🍿 Ballerina has been out in cinemas since Fri 6 June (United States)."]
        assert len(house.board.words) == 1

    async def test_the_day_that_it_counted_is_known(self, counting: BoardHouse) -> None:
        assert (await counting.mark()).counted_on == on("2025-05-30")


async def test_a_paused_subscriber_keeps_the_skip_away(house: BoardHouse) -> None:
    """A pause that begins after it was due, and before it went out, does not use it up."""
    house.clock.time = new_york(5, 7)
    await house.planning.run(house.clock.time)
    await house.pause(new_york(5, 9, 12))
    await house.live_until(new_york(5, 11), 6 * HOUR)
    assert "in 26 days" in house.texts()[0]


async def test_what_was_skipped_is_owed_again_when_its_date_moves(house: BoardHouse) -> None:
    """Down for five weeks: the day has passed unsaid; then it comes later after all."""
    await house.tick(new_york(5, 6, 23))
    await house.planning.run(new_york(5, 7))
    await house.tick(new_york(6, 12))
    assert [state for _, state in await house.live_posts()] == [PostState.SKIPPED]
    await house.move_film("2025-07-09")
    await house.live_until(new_york(6, 14))
    assert house.texts() == ["🎬 Ballerina opens in cinemas in 25 days: Wed 9 July 2025 (United States)."]
