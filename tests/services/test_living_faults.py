"""Live countdowns when Discord, the network or the process fails: the truth in the end, in one message."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.destinations import Closure
from bot.domain.messages import LEASE, Attempt, Outcome, Parcel
from bot.domain.posts import PostState
from bot.store import destinations
from bot.store.database import Database
from tests.services.board import CHANNEL, BoardHouse, new_york, open_house

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
BUSY = Attempt(Outcome.UNKNOWN, reason="Discord did not say (503).")
WAIT = Attempt(Outcome.NOT_SENT, reason="Discord asked Marquee to wait.", retry_after=timedelta(seconds=30))
NINE = new_york(5, 31)


@pytest.fixture
async def house(database: Database) -> AsyncIterator[BoardHouse]:
    """A server whose countdown said "in 7 days" this morning."""
    async with open_house(database) as opened:
        for day in (new_york(5, 7), new_york(5, 30)):
            await opened.tick(day)
        assert "in 7 days" in opened.texts()[0]
        opened.board.edits = 0
        yield opened


async def test_busy_is_tried_again_until_it_is_taken(house: BoardHouse) -> None:
    house.board.answers = [BUSY, BUSY]
    for seconds in (0, 1, 2, 5, 6, 60):
        await house.tick(NINE + seconds * SECOND)
    assert "in 6 days" in house.texts()[0]
    assert house.board.edits == 3


async def test_a_rate_limit_is_waited_out(house: BoardHouse) -> None:
    house.board.answers = [WAIT]
    await house.tick(NINE)
    await house.tick(NINE + 29 * SECOND)
    assert house.board.edits == 1
    await house.tick(NINE + 30 * SECOND)
    assert "in 6 days" in house.texts()[0]


async def test_a_day_without_discord_leaves_no_backlog(house: BoardHouse) -> None:
    house.board.answers = [BUSY] * 1000
    await house.live_until(NINE + DAY, 10 * MINUTE)
    tries = house.board.edits
    assert 20 < tries < 60
    house.board.answers = []
    await house.tick(house.clock.time + 61 * MINUTE)
    assert house.board.edits == tries + 1
    assert "in 5 days" in house.texts()[0]


async def test_taken_though_nobody_knows_is_written_once_more(house: BoardHouse) -> None:
    house.board.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
    await house.tick(NINE)
    assert "in 6 days" in house.texts()[0]
    await house.tick(NINE + MINUTE)
    assert house.board.edits == 2
    await house.tick(NINE + 2 * MINUTE)
    assert house.board.edits == 2


async def test_back_while_nobody_knows_whether_the_edit_arrived_is_written_again(house: BoardHouse) -> None:
    house.board.answers = [Attempt(Outcome.UNKNOWN, reason="stored")]
    house.clock.time = new_york(5, 30, 12)
    await house.move_film("2025-07-09")
    await house.tick()
    await house.move_film("2025-06-06")
    await house.tick(house.clock.time + MINUTE)
    assert "in 7 days" in house.texts()[0]


async def test_killed_between_the_edit_and_the_book_edits_again(house: BoardHouse) -> None:
    edit = house.board.edit

    async def last_words(parcel: Parcel) -> Attempt | None:
        await edit(parcel)
        raise asyncio.CancelledError

    house.board.edit = last_words  # type: ignore[method-assign]
    house.clock.time = NINE
    await house.dispatch.run(NINE)
    await house.dispatch.drain()
    house.board.edit = edit  # type: ignore[method-assign]
    house.restart()
    await house.dispatch.start()
    await house.tick(NINE + LEASE - SECOND)
    assert house.board.edits == 1
    await house.tick(NINE + LEASE)
    await house.tick(NINE + 2 * LEASE)
    assert (house.board.edits, len(house.board.words)) == (2, 1)


async def test_a_date_that_moves_while_the_edit_is_under_way_is_written_next(house: BoardHouse) -> None:
    edit = house.board.edit

    async def slowly(parcel: Parcel) -> Attempt | None:
        house.board.edit = edit  # type: ignore[method-assign]
        answer = await edit(parcel)
        await house.move_film("2025-06-13")
        await house.planning.run(NINE)  # sees that it is under way
        return answer

    house.board.edit = slowly  # type: ignore[method-assign]
    house.clock.time = NINE
    await house.dispatch.run(NINE)
    await house.dispatch.drain()
    assert "in 6 days" in house.texts()[0]
    await house.tick(NINE + SECOND)
    assert "in 13 days" in house.texts()[0]


async def test_a_channel_that_refuses_is_closed_and_asked_no_more(
    house: BoardHouse, caplog: pytest.LogCaptureFixture
) -> None:
    reason = "Marquee cannot see the channel."
    house.board.answers = [Attempt(Outcome.CLOSED, reason=reason, closure=Closure.ACCESS)]
    with caplog.at_level(logging.WARNING):
        await house.live_until(NINE + 3 * DAY)
    assert house.board.edits == 1
    assert [record.getMessage() for record in caplog.records] == [f"The live countdown 1 is not edited: {reason}"]
    async with house.db.reading() as tx:
        found = await destinations.find_destination(tx, CHANNEL)
    assert found is not None
    assert (found.paused, found.reason) == (True, reason)
    await house.open_channel()
    await house.tick(NINE + 3 * DAY + MINUTE)
    assert "in 3 days" in house.texts()[0]


async def test_what_discord_rejects_is_tried_again_tomorrow(house: BoardHouse) -> None:
    house.board.answers = [Attempt(Outcome.REJECTED, reason="archived")]
    await house.live_until(NINE + 23 * 60 * MINUTE)
    assert house.board.edits == 1
    await house.tick(NINE + DAY)
    assert "in 5 days" in house.texts()[0]


async def test_a_token_that_is_refused_stops_everything(house: BoardHouse) -> None:
    house.board.answers = [Attempt(Outcome.UNAUTHORISED, reason="401")]
    await house.tick(NINE)
    await house.tick(NINE + 4 * MINUTE)
    assert house.board.edits == 1
    await house.tick(NINE + 6 * MINUTE)
    assert "in 6 days" in house.texts()[0]


@pytest.mark.parametrize("arrived", [True, False])
async def test_in_doubt_at_first_it_is_edited_once_it_is_known_to_be_there(database: Database, arrived: bool) -> None:
    async with open_house(database) as house:
        house.board.answers = [Attempt(Outcome.UNKNOWN, reason="stored" if arrived else "lost")]
        await house.tick(new_york(5, 7))
        house.restart()
        await house.live_until(new_york(5, 7, 10), MINUTE)
        assert len(house.board.keys) == 1
        await house.live_until(new_york(5, 8, 10), 10 * MINUTE)
        assert house.texts() == ["🎬 Ballerina opens in cinemas in 29 days: Fri 6 June 2025 (United States)."]
        assert [state for _, state in await house.live_posts()] == [PostState.SENT]


async def test_an_uncertain_one_is_neither_edited_nor_sent_again(database: Database) -> None:
    async with open_house(database) as house:
        house.board.answers = [Attempt(Outcome.UNKNOWN, reason="lost")]

        async def unreadable(*_: object) -> Attempt:
            return Attempt(Outcome.UNREADABLE, reason="may not be read")

        house.board.find = unreadable  # type: ignore[method-assign]
        await house.tick(new_york(5, 7))
        await house.live_until(new_york(5, 9))
        assert [state for _, state in await house.live_posts()] == [PostState.UNCERTAIN]
        assert (house.board.edits, len(house.board.keys)) == (0, 0)


async def test_one_whose_id_nobody_could_read_is_looked_up_first(database: Database) -> None:
    async with open_house(database) as house:
        send = house.board.send

        async def unread(parcel: Parcel) -> Attempt:
            await send(parcel)
            return Attempt(Outcome.SENT)

        house.board.send = unread  # type: ignore[method-assign]
        await house.tick(new_york(5, 7))
        await house.tick(new_york(5, 8))
        assert "in 29 days" in house.texts()[0]
        house.board.words.clear()
        await house.tick(new_york(5, 9))
        assert (await house.mark()).lost == 1


async def test_a_date_that_moves_between_the_plan_and_the_send_is_not_shown_for_long(database: Database) -> None:
    async with open_house(database) as house:
        send = house.board.send

        async def late(parcel: Parcel) -> Attempt:
            await house.move_film("2025-06-13")
            return await send(parcel)

        house.board.send = late  # type: ignore[method-assign]
        await house.tick(new_york(5, 7))
        assert house.texts() == ["🎬 Ballerina opens in cinemas in 37 days: Fri 13 June 2025 (United States)."]
        house.board.send = send  # type: ignore[method-assign]
        await house.tick(new_york(5, 8))
        assert len(house.board.words) == 1
