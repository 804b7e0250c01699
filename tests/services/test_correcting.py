"""A countdown is out, and its film's date moves: the planner, the dispatch and the store, with a scripted Discord."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.domain.corrections import STRUCK
from bot.domain.messages import LEASE, Attempt, Outcome
from bot.domain.posts import PostKind, PostState
from bot.services.tracking import Tracking
from bot.store import subscribers
from bot.store.database import Database
from tests.services.test_dispatch import DUE, House

SOON = DUE + timedelta(hours=1)
SECOND = timedelta(seconds=1)
BUSY = Attempt(Outcome.UNKNOWN, reason="Discord did not say (503).")
TO_JULY = (900, ["2025-07-09"])
BACK: tuple[int, list[str]] = (900, [])


@pytest.fixture
async def house(database: Database) -> House:
    """A server whose countdown to 6 June is in its channel."""
    made = House(database)
    await made.set_up()
    await made.tick(DUE)
    return made


async def move(house: House, day: str) -> None:
    await house.move_film(day)
    await house.tick(house.clock.time)


async def reasons(house: House) -> list[str]:
    return [post.reason for post in await house.all_posts() if post.kind is PostKind.COUNTDOWN]


async def test_a_date_that_moves_is_corrected_at_once_and_once(house: House) -> None:
    house.clock.time = SOON
    await move(house, "2025-07-09")
    for minutes in range(10):
        await house.tick(SOON + timedelta(minutes=minutes))
    assert house.sender.corrected == [TO_JULY]
    assert await reasons(house) == [STRUCK]
    assert (await house.states())[0] is PostState.SENT


async def test_planning_again_changes_nothing(house: House) -> None:
    house.clock.time = SOON
    await move(house, "2025-07-09")
    async with house.db.transaction() as tx:
        await subscribers.wake_subscriber(tx, house.subscriber_id, SOON)
    await house.tick(SOON)
    assert house.sender.corrected == [TO_JULY]


async def test_back_and_forth_ends_in_the_truth_with_one_edit_each(house: House) -> None:
    house.clock.time = SOON
    for day in ("2025-07-09", "2025-06-06", "2025-07-09", "2025-06-06"):
        await move(house, day)
    assert house.sender.corrected == [TO_JULY, BACK, TO_JULY, BACK]
    assert await reasons(house) == [""]


async def test_back_before_anyone_edited_needs_no_edit(house: House) -> None:
    house.clock.time = SOON
    for day in ("2025-07-09", "2025-06-06"):
        await house.move_film(day)
        await house.planning.run(SOON)
    await house.tick(SOON)
    await house.tick(SOON + timedelta(days=1))
    assert house.sender.corrected == []


async def test_a_film_that_is_untracked_is_left_alone(house: House) -> None:
    assert await Tracking(house.db).untrack(7, house.film_id, SOON)
    house.clock.time = SOON
    await move(house, "2025-07-09")
    assert house.sender.corrected == []


async def test_busy_twice_then_taken(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.sender.corrections = [BUSY, BUSY]
    house.clock.time = SOON
    with caplog.at_level(logging.WARNING):
        await move(house, "2025-07-09")
        for seconds in (1, 2, 5, 6, 60, 600):
            await house.tick(SOON + timedelta(seconds=seconds))
    assert house.sender.corrected == [TO_JULY] * 3
    assert await reasons(house) == [STRUCK]
    assert caplog.records == []


async def test_back_while_nobody_knows_whether_the_edit_arrived_is_written_again(house: House) -> None:
    house.sender.corrections = [BUSY]
    house.clock.time = SOON
    await move(house, "2025-07-09")
    house.clock.time = SOON + SECOND
    await move(house, "2025-06-06")
    await house.tick(SOON + timedelta(minutes=1))
    assert house.sender.corrected == [TO_JULY, BACK]


async def test_busy_for_a_day_is_given_up_in_one_line(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.sender.corrections = [BUSY] * 100
    house.clock.time = SOON
    await move(house, "2025-07-09")
    with caplog.at_level(logging.WARNING):
        for minutes in range(0, 36 * 60, 10):
            await house.tick(SOON + timedelta(minutes=minutes))
    assert [record.getMessage() for record in caplog.records] == [f"Message 1 stays uncorrected: {BUSY.reason}"]
    assert 20 < len(house.sender.corrected) <= 34
    assert await reasons(house) == [f"not corrected: {BUSY.reason}"]


@pytest.mark.parametrize("outcome", [Outcome.CLOSED, Outcome.REJECTED])
async def test_refused_is_given_up_and_the_channel_stays_as_it_is(
    house: House, caplog: pytest.LogCaptureFixture, outcome: Outcome
) -> None:
    house.sender.corrections = [Attempt(outcome, reason="The channel no longer exists.")]
    house.clock.time = SOON
    await move(house, "2025-07-09")
    await move(house, "2025-07-16")
    assert len(house.sender.corrected) == 1
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "Message 1 stays uncorrected: The channel no longer exists."
    ]
    await house.tick(DUE + timedelta(days=1))  # the notice of the new date decides what the channel is worth
    assert [post.kind for post in house.sender.sends[-1].message.posts] == [PostKind.DATE_CHANGE]


async def test_a_token_that_is_refused_stops_everything(house: House) -> None:
    house.sender.corrections = [Attempt(Outcome.UNAUTHORISED, reason="401")]
    house.clock.time = SOON
    await move(house, "2025-07-09")
    await house.tick(SOON + timedelta(minutes=4))
    assert house.sender.corrected == [TO_JULY]
    await house.tick(SOON + timedelta(minutes=6))
    assert house.sender.corrected == [TO_JULY] * 2


async def test_killed_between_the_edit_and_the_book_edits_again(house: House) -> None:
    correct = house.sender.correct

    async def last_words(*said: object) -> Attempt:
        await correct(*said)  # type: ignore[arg-type]
        raise asyncio.CancelledError

    house.sender.correct = last_words  # type: ignore[method-assign]
    house.clock.time = SOON
    await move(house, "2025-07-09")
    house.sender.correct = correct  # type: ignore[method-assign]
    house.restart()
    await house.dispatch.start()
    await house.tick(SOON + LEASE - SECOND)
    assert house.sender.corrected == [TO_JULY]
    await house.tick(SOON + LEASE)
    await house.tick(SOON + 2 * LEASE)
    assert house.sender.corrected == [TO_JULY] * 2
    assert await reasons(house) == [STRUCK]


async def test_a_date_that_moves_while_the_edit_is_under_way_is_written_next(house: House) -> None:
    correct = house.sender.correct

    async def slowly(*said: object) -> Attempt:
        await house.move_film("2025-06-06")
        await house.planning.run(SOON)  # sees a channel that is right as far as the books say
        return await correct(*said)  # type: ignore[arg-type]

    house.sender.correct = slowly  # type: ignore[method-assign]
    house.clock.time = SOON
    await move(house, "2025-07-09")
    house.sender.correct = correct  # type: ignore[method-assign]
    await house.tick(SOON + SECOND)
    await house.tick(SOON + 2 * SECOND)
    assert house.sender.corrected == [TO_JULY, BACK]
    assert await reasons(house) == [""]


async def test_a_date_that_moves_while_the_countdown_is_under_way_is_corrected_when_it_has_arrived(
    database: Database,
) -> None:
    house = House(database)
    await house.set_up()
    house.sender.wait = asyncio.Event()
    house.clock.time = DUE
    await house.planning.run(DUE)
    await house.dispatch.run(DUE)
    await house.move_film("2025-07-09")
    await house.planning.run(DUE)
    await house.dispatch.run(DUE)
    assert house.sender.corrected == []
    house.sender.wait.set()
    await house.dispatch.drain()
    await house.tick(DUE + SECOND)
    assert house.sender.corrected == [TO_JULY]


@pytest.mark.parametrize("what", ["moves", "is untracked"])
async def test_a_countdown_that_discord_refused_meanwhile_does_not_go_out_for_the_old_day(
    database: Database, what: str
) -> None:
    house = House(database)
    await house.set_up()
    house.sender.wait = asyncio.Event()
    house.sender.answers = [Attempt(Outcome.NOT_SENT)]
    house.clock.time = DUE
    await house.planning.run(DUE)
    await house.dispatch.run(DUE)
    if what == "moves":
        await house.move_film("2025-07-09")
    else:
        await Tracking(database).untrack(7, house.film_id, DUE)
    await house.planning.run(DUE)
    house.sender.wait.set()
    await house.dispatch.drain()
    for seconds in range(1, 60, 5):
        await house.tick(DUE + timedelta(seconds=seconds))
    assert len(house.sender.sends) == 1
    assert await house.states() == [PostState.CANCELLED]


@pytest.mark.parametrize("there", [True, False])
async def test_a_message_whose_id_nobody_could_read_is_looked_up_first(database: Database, there: bool) -> None:
    house = House(database)
    await house.set_up()
    house.sender.answers = [Attempt(Outcome.SENT)]
    await house.tick(DUE)
    if not there:
        house.sender.channel.clear()
    house.clock.time = SOON
    await move(house, "2025-07-09")
    await house.tick(SOON + LEASE)
    assert house.sender.corrected == ([(901, ["2025-07-09"])] if there else [])
    assert await reasons(house) == [STRUCK]


async def test_a_pause_does_not_keep_a_correction_back(house: House) -> None:
    tracking = Tracking(house.db)
    subscriber = await tracking.find_subscriber(7)
    assert subscriber is not None
    await tracking.pause(subscriber, None, None, SOON)
    house.clock.time = SOON
    await move(house, "2025-07-09")
    assert house.sender.corrected == [TO_JULY]


async def test_after_two_months_nobody_scrolls_back(house: House) -> None:
    house.clock.time = DUE + timedelta(days=61)
    await move(house, "2025-07-09")
    assert house.sender.corrected == []
