"""Turns, in real time of a few hundredths of a second: what matters is who goes first, and who is held."""

import asyncio
import logging
import time
from datetime import timedelta

import pytest

from bot.services.limits import GLOBAL_LIMIT, INVALID_LIMIT
from bot.services.pace import TURN_SECONDS, NoTurn, Pace


async def fill(pace: Pace) -> None:
    """Take every place of this second; the answers are here."""
    for _ in range(GLOBAL_LIMIT):
        end = await pace.admit()
        end(True)


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_turns_are_even_and_what_was_slept_through_is_caught_up_on() -> None:
    pace = Pace(100)
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(30):
        async with pace:
            pass
    took = loop.time() - started
    assert took > 0.17, "a tenth of a second may be caught up on, no more"


async def test_command_overtakes_the_posts_at_the_door() -> None:
    pace = Pace(100_000)
    await fill(pace)
    went: list[str] = []

    async def post(name: str) -> None:
        async with pace:
            await pace.admit()
            went.append(name)

    async def command() -> None:
        await pace.admit()
        went.append("command")

    tasks = [asyncio.create_task(post(f"post {number}")) for number in range(3)]
    await settle()
    tasks.append(asyncio.create_task(command()))
    await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert went == ["command", "post 0", "post 1", "post 2"]


async def test_who_gives_up_at_the_door_holds_nobody_up() -> None:
    pace = Pace(100_000)
    await fill(pace)
    given_up, waiting = (asyncio.create_task(pace.admit()) for _ in range(2))
    await settle()
    given_up.cancel()
    await asyncio.wait_for(waiting, 5)
    assert given_up.cancelled()


async def test_who_gives_up_as_it_is_let_go_leaves_its_place_to_the_next() -> None:
    pace = Pace(100_000)
    loop = asyncio.get_running_loop()
    pace.note_global_limit(0.02)
    tasks = [asyncio.create_task(pace.admit()) for _ in range(GLOBAL_LIMIT)]
    await settle()
    loop.call_later(0.03, lambda: [task.cancel() for task in tasks])
    time.sleep(0.05)  # noqa: ASYNC251 - both come at once now: they are let go, and given up before they know
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    started = loop.time()
    await asyncio.wait_for(pace.admit(), 5)
    assert loop.time() - started < 0.5


async def test_a_turn_pays_for_one_request_and_a_retry_takes_its_own() -> None:
    pace = Pace(10)  # two at once, then one every tenth of a second
    loop = asyncio.get_running_loop()
    async with pace:
        await pace.admit()
        started = loop.time()
        await pace.admit()
        await pace.admit()
        assert loop.time() - started > 0.08
    started = loop.time()
    for _ in range(5):
        await pace.admit()
    assert loop.time() - started < 0.08, "a command waits for room, not for a turn"


async def test_global_limit_holds_everybody_and_slows_posts_down(caplog: pytest.LogCaptureFixture) -> None:
    pace = Pace(40)
    loop = asyncio.get_running_loop()
    for _ in range(7):  # of the same second: one is enough
        pace.note_global_limit(0.2)
    started = loop.time()
    assert pace.is_shut
    await pace.admit()
    assert loop.time() - started >= 0.19
    assert not pace.is_shut
    assert [record.getMessage() for record in caplog.records] == [
        "Discord's global limit was hit: all wait 0.2 s, then at most 32 posts a second for a while"
    ]


async def test_long_hold_refuses_at_once_and_says_until_when() -> None:
    pace = Pace(48)
    pace.note_global_limit(3_000)
    with pytest.raises(NoTurn) as no_turn:
        async with pace:
            raise AssertionError("it had a turn")
    assert no_turn.value.retry_after > timedelta(minutes=49)
    with pytest.raises(NoTurn):  # a command: nobody waits for an hour
        await pace.admit()


async def test_who_waits_too_long_in_the_line_has_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.pace.TURN_SECONDS", 0.05)
    pace = Pace(1)
    async with pace:
        pass
    with pytest.raises(NoTurn):
        async with pace:
            raise AssertionError("it had a turn")
    assert TURN_SECONDS == 15  # with the 40 s of a send it stays within a lease of 60 s


async def test_too_many_invalid_answers_shut_posts_out_but_not_commands(caplog: pytest.LogCaptureFixture) -> None:
    pace = Pace(48)
    for _ in range(INVALID_LIMIT):
        assert not pace.is_shut
        pace.note_invalid()
    pace.note_invalid()
    assert pace.is_shut
    with pytest.raises(NoTurn):
        async with pace:
            raise AssertionError("it had a turn")
    await pace.admit()
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(critical) == 1
    assert "5000 answers of 401, 403 and 429 within 10 minutes" in critical[0].getMessage()
