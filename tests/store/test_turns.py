"""Turns to write: one at a time, who has somebody waiting first, and nobody lost when one gives up."""

import asyncio

import pytest

from bot.store.turns import Turns


async def _take(turns: Turns, name: str, had: list[str], *, first: bool = False) -> None:
    async with turns.turn(first=first):
        had.append(f"{name} in")
        await asyncio.sleep(0)
        had.append(f"{name} out")


async def test_the_first_queue_goes_before_the_other_and_each_in_its_order() -> None:
    turns, had = Turns(), list[str]()
    async with asyncio.TaskGroup() as group:
        for name in ("a", "b", "c"):
            group.create_task(_take(turns, name, had))
        for name in ("x", "y"):
            group.create_task(_take(turns, name, had, first=True))
    assert had == [f"{name} {way}" for name in ("a", "x", "y", "b", "c") for way in ("in", "out")]


@pytest.mark.parametrize("turns_of_the_loop", range(6))
async def test_one_who_gives_up_at_any_moment_takes_nobodys_turn(turns_of_the_loop: int) -> None:
    turns, had = Turns(), list[str]()
    tasks = [asyncio.create_task(_take(turns, name, had)) for name in ("a", "b", "c")]
    for _ in range(turns_of_the_loop):
        await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait_for(asyncio.wait(tasks), 5)
    assert [entry for entry in had if not entry.startswith("b")] == ["a in", "a out", "c in", "c out"]
    await asyncio.wait_for(_take(turns, "d", had), 5)
    assert had[-1] == "d out"


async def test_nobody_slips_in_between_two() -> None:
    turns, had = Turns(), list[str]()
    async with turns.turn():
        waiting = asyncio.create_task(_take(turns, "a", had))
        await asyncio.sleep(0)
    await _take(turns, "b", had)  # asks before the one who waited has woken up
    await waiting
    assert had == ["a in", "a out", "b in", "b out"]
