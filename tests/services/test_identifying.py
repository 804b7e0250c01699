"""Shards identify in turn, and never more of them than Discord lets in a day: by a clock that a test holds."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import DatabaseError
from bot.domain.shards import Allowance, Shards
from bot.services.identifying import SPACING, Identifying
from bot.store import identifying as turns
from bot.store.database import Database, Transaction
from tests.services.outside import START, HandClock

SECOND = timedelta(seconds=1)


@dataclass
class Time(HandClock):
    """Passes when all who sleep do: the one who wakes first sets it."""

    async def sleep(self, seconds: float) -> None:
        until = self.time + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.time = max(self.time, until)


@dataclass
class ScriptedGate:
    """A Gatekeeper."""

    clock: HandClock
    shards: int = 1
    concurrency: int = 1
    remaining: int = 1000
    resets_at: datetime = START + timedelta(hours=20)
    silent: bool = False
    asked: list[datetime] = field(default_factory=list[datetime])

    async def fetch_allowance(self) -> Allowance | None:
        self.asked.append(self.clock.now())
        if self.clock.now() >= self.resets_at:
            self.remaining, self.resets_at = 1000, self.resets_at + timedelta(days=1)
        return None if self.silent else Allowance(self.shards, self.concurrency, self.remaining, self.resets_at)


@dataclass
class Queue:
    """A process that is about to connect."""

    clock: Time
    gate: ScriptedGate
    identifying: Identifying

    async def identify(self, *shard_ids: int) -> list[timedelta]:
        """Have shards identify one after the other; when each did."""
        at: list[timedelta] = []
        for shard_id in shard_ids:
            await self.identifying.wait_for_turn(shard_id, self.gate)
            self.gate.remaining -= 1
            at.append(self.clock.now() - START)
        return at


@pytest.fixture
def queue(database: Database) -> Queue:
    clock = Time()
    return Queue(clock, ScriptedGate(clock), Identifying(database, clock, clock.sleep))


def near(at: list[timedelta], turns_: list[int]) -> bool:
    """Whether those were the turns, each a little late at most."""
    return len(at) == len(turns_) and all(
        timedelta() <= got - n * SPACING < SECOND / 4 for got, n in zip(at, turns_, strict=True)
    )


async def test_one_bucket_identifies_every_five_seconds(queue: Queue) -> None:
    assert near(await queue.identify(0, 1, 2, 3), [0, 1, 2, 3])
    assert timedelta(seconds=5) < SPACING < timedelta(seconds=5.5)


async def test_shards_of_several_buckets_identify_beside_each_other(queue: Queue) -> None:
    queue.gate.concurrency = 16
    assert near(await queue.identify(*range(16)), [0] * 16)
    assert near(await queue.identify(16, 31), [1, 1])
    lanes = await queue.identifying.list_lanes(Shards((0, 1, 2, 16, 18, 33), 64), queue.gate)
    assert lanes == [[0, 16], [1, 33], [2, 18]]


async def test_a_process_that_starts_again_waits_for_its_turn_too(queue: Queue, database: Database) -> None:
    await queue.identify(0)
    queue.clock.time += 2 * SECOND
    again = Queue(queue.clock, queue.gate, Identifying(database, queue.clock, queue.clock.sleep))
    assert near(await again.identify(0), [1])


async def test_as_many_shards_as_discord_recommends_or_those_wanted(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.gate.shards = 4
    assert await queue.identifying.choose_shards(None, queue.gate) == Shards((0, 1, 2, 3), 4)
    assert await queue.identifying.choose_shards(Shards((5,), 8), queue.gate) == Shards((5,), 8)
    assert caplog.messages == []
    assert await queue.identifying.choose_shards(Shards((1,), 2), queue.gate) == Shards((1,), 2)
    assert caplog.messages == ["Discord recommends 4 shards; this bot runs with 2"]
    queue.gate.silent = True
    assert await queue.identifying.choose_shards(None, queue.gate) is None


async def test_who_would_lose_the_token_waits_and_says_so_once(queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    queue.gate.remaining = 3
    with caplog.at_level(logging.ERROR):
        await queue.identifying.list_lanes(Shards.all_of(4), queue.gate)
    assert timedelta(hours=20) <= queue.clock.now() - START < timedelta(hours=20, minutes=11)
    (said,) = caplog.messages
    assert "connect 3 more times until 2025-06-02 08:00 UTC, and 4 are needed" in said


async def test_the_last_one_of_the_day_is_used_and_no_more(queue: Queue) -> None:
    queue.gate.remaining, queue.gate.shards = 2, 2
    first, second, third = await queue.identify(0, 1, 0)
    assert near([first, second], [0, 1])
    assert third >= timedelta(hours=20)
    assert queue.gate.remaining >= 0


async def test_when_little_is_left_discord_is_asked_before_each(queue: Queue) -> None:
    queue.gate.concurrency = 4
    await queue.identifying.choose_shards(Shards((0, 1, 2, 3), 8), queue.gate)
    await queue.identify(0, 1, 2, 3)
    assert len(queue.gate.asked) == 1
    queue.gate.remaining = 5
    queue.clock.time += timedelta(minutes=2)
    await queue.identify(0, 1, 2, 3)
    assert len(queue.gate.asked) == 1 + 4, "other processes identify as well"
    queue.gate.remaining = 0  # and have used up all
    at = await queue.identify(0)
    assert at[0] >= timedelta(hours=20)


async def test_without_an_answer_what_was_allowed_holds_and_nothing_else(queue: Queue) -> None:
    await queue.identify(0)
    queue.gate.silent = True
    queue.clock.time += timedelta(minutes=2)
    assert queue.clock.now() - START < (await queue.identify(0))[0] + SECOND < timedelta(minutes=3)
    fresh = asyncio.create_task(queue.identifying.wait_for_turn(0, ScriptedGate(queue.clock, silent=True)))
    await fresh  # this process knows what was allowed
    stranger = Identifying(queue.identifying._db, queue.clock, queue.clock.sleep)
    waits = asyncio.create_task(stranger.wait_for_turn(0, queue.gate))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waits.done(), "who was never told must not identify"
    queue.gate.silent = False
    await waits


async def test_without_an_answer_the_last_ones_of_the_day_are_not_used(queue: Queue) -> None:
    queue.gate.remaining = 4
    await queue.identify(0, 0)
    queue.gate.silent = True
    queue.clock.time += timedelta(minutes=2)
    await queue.identify(0)
    waits = asyncio.create_task(queue.identify(0))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waits.done(), "another process may have had it"
    queue.gate.silent = False
    await waits


async def test_a_database_that_is_away_gives_no_turn(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, tries = turns.take_turn, 0

    async def fails(tx: Transaction, bucket: int, now: datetime, free_at: datetime) -> bool:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise DatabaseError("It is away.")
        return await taken(tx, bucket, now, free_at)

    monkeypatch.setattr(turns, "take_turn", fails)
    (at,) = await queue.identify(0)
    assert timedelta(seconds=15) <= at < timedelta(seconds=16)
