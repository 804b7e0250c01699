"""What dispatch does while Discord wants nothing: it claims nothing, and what was claimed is known not to be sent."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.messages import Attempt
from bot.domain.posts import PostState
from bot.services.dispatch import Dispatch
from bot.services.limits import INVALID_LIMIT
from bot.services.pace import Pace
from bot.store.database import Database
from tests.services.test_dispatch import DUE, House


class Stopping:
    """A chore that has no work; but at that moment, between a claim and its turn, Discord says that all is too much."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def take(self, now: datetime, limit: int) -> Sequence[Callable[[], Awaitable[Attempt]]]:
        self._pace.note_global_limit(60)
        return ()


@pytest.fixture
async def house(database: Database) -> House:
    made = House(database)
    await made.set_up()
    return made


async def test_nothing_is_claimed_while_all_have_to_wait(house: House) -> None:
    pace = Pace(45)
    house.dispatch = Dispatch(house.db, house.sender, house.clock, pace, owner="test")
    pace.note_global_limit(0.2)
    await house.tick(DUE)
    assert await house.states() == [PostState.PLANNED]
    await asyncio.sleep(0.2)
    await house.tick(DUE)
    assert await house.states() == [PostState.SENT]


async def test_nothing_is_claimed_after_too_many_invalid_answers(house: House) -> None:
    pace = Pace(45)
    house.dispatch = Dispatch(house.db, house.sender, house.clock, pace, owner="test")
    for _ in range(INVALID_LIMIT):
        pace.note_invalid()
    await house.tick(DUE)
    assert await house.states() == [PostState.PLANNED]
    assert house.sender.sends == []


async def test_what_gets_no_turn_is_known_not_to_be_sent(house: House) -> None:
    pace = Pace(45)
    house.dispatch = Dispatch(house.db, house.sender, house.clock, pace, owner="test", chores=[Stopping(pace)])
    await house.tick(DUE)
    assert await house.states() == [PostState.PLANNED]
    house.restart()
    await house.tick(DUE + timedelta(seconds=58))
    assert house.sender.sends == []
    await house.tick(DUE + timedelta(seconds=75))
    assert await house.states() == [PostState.SENT]
    assert len(house.sender.channel) == 1
