"""Live countdowns when somebody changes the settings, or the channel: never two that count, never none."""

from collections.abc import AsyncIterator
from datetime import time, timedelta

import pytest

from bot.domain.posts import PostKind, PostState
from bot.domain.quiet import QuietHours
from bot.store import destinations
from bot.store.database import Database
from tests.services.board import CHANNEL, OTHER, BoardHouse, new_york, open_house

HOUR = timedelta(hours=1)
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


class TestSettings:
    async def test_off_rests_with_the_date_and_no_countdown_is_posted_that_day(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 10)  # a milestone, said at nine
        await house.change(live=False)
        await house.live_until(new_york(6, 2))
        assert house.texts() == ["📅 Ballerina in cinemas: Fri 6 June 2025 (United States)."]
        assert "no longer updated" in next(iter(house.board.words.values()))
        assert house.board.others == []
        edits = house.board.edits
        await house.live_until(new_york(6, 4))
        assert [(post.kind, post.milestone_days) for post in house.board.others] == [(PostKind.COUNTDOWN, 3)]
        assert house.board.edits == edits

    async def test_off_before_the_hour_leaves_the_day_to_the_posts(self, counting: BoardHouse) -> None:
        house = counting
        await house.live_until(new_york(6, 2, 23))
        await house.change(live=False)
        await house.tick(new_york(6, 3))
        assert [post.milestone_days for post in house.board.others] == [3]

    async def test_on_again_goes_on_in_the_same_message(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 10)
        await house.change(live=False)
        await house.tick(new_york(5, 31))
        await house.change(live=True)
        await house.tick()
        assert house.texts() == ["🎬 Ballerina opens in cinemas in 6 days: Fri 6 June 2025 (United States)."]
        assert len(house.board.words) == 1

    async def test_on_after_a_countdown_begins_the_next_day(self, database: Database) -> None:
        async with open_house(database, live=False) as house:
            await house.tick(new_york(5, 30))
            assert [post.milestone_days for post in house.board.others] == [7]
            house.clock.time = new_york(5, 30, 10)
            await house.change(live=True)
            await house.live_until(new_york(5, 30, 23))
            assert house.texts() == []
            await house.tick(new_york(5, 31))
            assert "in 6 days" in house.texts()[0]

    async def test_no_milestones_no_countdown(self, database: Database) -> None:
        async with open_house(database, milestones=()) as house:
            await house.live_until(new_york(6, 7), 12 * HOUR)
            assert house.texts() == []
            assert [post.kind for post in house.board.others] == [PostKind.RELEASE]

    async def test_no_milestones_any_more_rests(self, counting: BoardHouse) -> None:
        await counting.change(milestones=())
        await counting.tick()
        assert counting.texts() == ["📅 Ballerina in cinemas: Fri 6 June 2025 (United States)."]

    async def test_another_hour_is_the_hour_of_the_next_edit(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 12)
        await house.change(posting_time=time(18))
        await house.tick()
        await house.tick(new_york(5, 31, 17))
        assert house.texts() == [IN_SEVEN]
        await house.tick(new_york(5, 31, 18))
        assert "in 6 days" in house.texts()[0]

    async def test_quiet_hours_put_the_edit_off_to_their_end(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 12)
        await house.change(quiet=QuietHours(time(7), time(11)))
        await house.tick()
        await house.tick(new_york(5, 31, 10))
        assert house.texts() == [IN_SEVEN]
        await house.tick(new_york(5, 31, 11))
        assert "in 6 days" in house.texts()[0]

    async def test_another_country_is_counted_in_the_same_message(self, counting: BoardHouse) -> None:
        house = counting
        await house.change(country="DE", timezone="America/New_York")
        await house.tick()
        assert house.texts() == ["📅 Ballerina has no release date in Germany at present."]
        await house.change(country="US", timezone="America/New_York")
        await house.tick()
        assert house.texts() == [IN_SEVEN]


class TestChannels:
    async def test_another_channel_gets_its_own_and_the_old_one_rests(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 10)
        await house.change(channel_id=OTHER)
        await house.tick()
        assert f"goes on in <#{OTHER}>" in next(iter(house.board.words.values()))
        assert house.board.where == {900: CHANNEL, 901: OTHER}
        assert IN_SEVEN in house.texts()

    async def test_and_back_again_it_is_the_old_one_that_counts(self, counting: BoardHouse) -> None:
        house = counting
        house.clock.time = new_york(5, 30, 10)
        await house.change(channel_id=OTHER)
        await house.tick(new_york(5, 31))
        assert list(house.board.where.values()) == [CHANNEL, OTHER]
        await house.change(channel_id=CHANNEL)
        await house.tick(new_york(6, 1))
        assert len(house.board.words) == 2
        assert ["in 5 days" in words for words in house.board.words.values()] == [True, False]

    async def test_one_that_is_closed_is_left_alone_until_it_opens(self, counting: BoardHouse) -> None:
        house = counting
        async with house.db.transaction() as tx:
            await destinations.close_destination(tx, CHANNEL, house.subscriber_id, "no access", house.clock.time)
        edits = house.board.edits
        await house.live_until(new_york(6, 2), 6 * HOUR)
        assert house.board.edits == edits
        await house.open_channel()
        await house.tick(new_york(6, 2, 10))
        assert "in 4 days" in house.texts()[0]
        assert (len(house.board.words), house.board.edits) == (1, edits + 1)

    async def test_one_that_was_closed_when_it_was_due_gets_it_when_it_opens(self, house: BoardHouse) -> None:
        async with house.db.transaction() as tx:
            await destinations.close_destination(tx, CHANNEL, house.subscriber_id, "no access", house.clock.time)
        await house.live_until(new_york(5, 20), 12 * HOUR)
        assert (await house.live_posts()) == [(f"{CHANNEL}:theatrical:0", PostState.PLANNED)]
        await house.open_channel()
        await house.tick(new_york(5, 20, 10))
        assert "in 17 days" in house.texts()[0]
