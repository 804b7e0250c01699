"""Outcomes that are written together: each counts once it is committed, and none is lost for another."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.domain.errors import DatabaseError
from bot.domain.messages import LEASE, Attempt, Message, Outcome
from bot.domain.posts import PostState
from bot.services import settling
from bot.services.claiming import Claiming
from bot.services.settling import Settling
from bot.store import messages as message_store
from bot.store.database import Database, Transaction
from tests.services.outside import HandClock
from tests.store.samples import GUILD, NOW, a_post, arm, store_guild, stored

CHANNEL = 5_000_000_000_000_000
GUILDS = 7_000_000_000_000_000
SENT = Attempt(Outcome.SENT, 900)


class KilledError(BaseException):
    pass


class Counting:
    """A database that counts its transactions, and can end in the midst of one, before it is committed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.transactions = 0
        self.ends_with: BaseException | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        self.transactions += 1
        async with self._db.transaction() as tx:
            yield tx
            if self.ends_with is not None:
                raise self.ends_with

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


@pytest.fixture
def counting(database: Database) -> Counting:
    return Counting(database)


@pytest.fixture
async def claimed(database: Database) -> list[Message]:
    """Five messages of ours, each to a channel of its own."""
    for number in range(5):
        guild = replace(GUILD, discord_id=GUILDS + number, channel_id=CHANNEL + number)
        await arm(database, a_post(await store_guild(database, guild)))
    async with database.transaction() as tx:
        return [one.message for one in await Claiming("us").claim(tx, NOW, 5)]


def made(counting: Counting, under_way: int = 5) -> Settling:
    return Settling(cast(Database, counting), HandClock(NOW), lambda: under_way)


async def settle_all(
    ours: Settling, messages: Iterable[Message], others: Mapping[int, Attempt] = {}
) -> list[bool | BaseException]:
    """Settle every message as sent, but for some, by their ids."""
    return await asyncio.gather(
        *(ours.settle(message, others.get(message.id, SENT), still_true=True) for message in messages),
        return_exceptions=True,
    )


async def states(database: Database, messages: Iterable[Message]) -> list[PostState]:
    return [(await stored(database, message.posts[0])).state for message in messages]


async def test_what_arrives_together_is_one_transaction(
    database: Database, counting: Counting, claimed: list[Message]
) -> None:
    assert await settle_all(made(counting), claimed) == [True] * 5
    assert counting.transactions == 1
    assert await states(database, claimed) == [PostState.SENT] * 5
    async with database.reading() as tx:
        stored_ids = [(await message_store.get_message(tx, m.id)).discord_message_id for m in claimed]
    assert stored_ids == [900] * 5


async def test_everything_else_has_its_own(database: Database, counting: Counting, claimed: list[Message]) -> None:
    refused = {claimed[1].id: Attempt(Outcome.NOT_SENT), claimed[3].id: Attempt(Outcome.UNKNOWN)}
    assert await settle_all(made(counting), claimed, refused) == [True] * 5
    assert counting.transactions == 3
    sent, bundled = PostState.SENT, PostState.BUNDLED
    # Nothing of this server is tracked: what is not there is owed no more.
    assert await states(database, claimed) == [sent, PostState.CANCELLED, sent, bundled, sent]


async def test_one_by_itself_waits_for_nobody(
    counting: Counting, claimed: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "GATHER_SECONDS", 3600)
    async with asyncio.timeout(5):
        assert await made(counting, under_way=1).settle(claimed[0], SENT, still_true=True)
        assert await settle_all(made(counting, under_way=4), claimed[1:]) == [True] * 4


async def test_what_is_still_under_way_is_not_waited_for_long(counting: Counting, claimed: list[Message]) -> None:
    async with asyncio.timeout(5):
        assert await settle_all(made(counting, under_way=150), claimed) == [True] * 5


async def test_one_that_cannot_be_written_is_alone_in_that(
    database: Database, counting: Counting, claimed: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, write, write_one = claimed[2], message_store.settle_arrived, message_store.settle_message

    async def break_together(tx: Transaction, arrived: Mapping[Message, Attempt], now: Any) -> set[int]:
        ours = await write(tx, arrived, now)
        if bad in arrived:
            raise ValueError("a row that makes no sense")
        return ours

    async def break_alone(tx: Transaction, message: Message, *values: Any) -> bool:
        if message.id == bad.id:
            raise ValueError("a row that makes no sense")
        return await write_one(tx, message, *values)

    monkeypatch.setattr(message_store, "settle_arrived", break_together)
    monkeypatch.setattr(message_store, "settle_message", break_alone)
    found = await settle_all(made(counting), claimed)
    assert [isinstance(one, ValueError) or one for one in found] == [True] * 5
    assert isinstance(found[2], ValueError)
    sent = PostState.SENT
    assert await states(database, claimed) == [sent, sent, PostState.BUNDLED, sent, sent]


async def test_who_has_another_owner_by_now_is_left_alone(
    database: Database, counting: Counting, claimed: list[Message]
) -> None:
    later = NOW + LEASE
    async with database.transaction() as tx:
        (theirs,) = await message_store.take_doubtful(tx, "them", later, later + LEASE, 1)
    found = await settle_all(made(counting), claimed)
    assert {m.id for m, is_ours in zip(claimed, found, strict=True) if not is_ours} == {theirs.id}
    async with database.transaction() as tx:
        assert len(await message_store.settle_arrived(tx, {theirs: SENT}, later)) == 1
        assert len(await message_store.settle_arrived(tx, {theirs: SENT}, later)) == 0


async def test_a_kill_before_the_commit_leaves_all_of_them_open(
    database: Database, counting: Counting, claimed: list[Message]
) -> None:
    counting.ends_with = KilledError()
    found = await settle_all(made(counting), claimed)
    assert all(isinstance(one, KilledError) for one in found)
    assert await states(database, claimed) == [PostState.BUNDLED] * 5
    later = NOW + LEASE
    async with database.transaction() as tx:
        assert len(await message_store.take_doubtful(tx, "them", later, later + LEASE, 10)) == 5


async def test_a_database_that_is_gone_is_asked_once(counting: Counting, claimed: list[Message]) -> None:
    counting.ends_with = DatabaseError("The server is gone.")
    found = await settle_all(made(counting), claimed)
    assert all(isinstance(one, DatabaseError) for one in found)
    assert counting.transactions == 1
    counting.ends_with = None  # and goes on once it is back
    assert await settle_all(made(counting), claimed) == [True] * 5


async def test_who_gives_up_waiting_loses_nothing(
    database: Database, counting: Counting, claimed: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "GATHER_SECONDS", 3600)
    ours = made(counting, under_way=150)
    waiting = [asyncio.create_task(ours.settle(message, SENT, still_true=True)) for message in claimed]
    await asyncio.sleep(0)
    *given_up, last = waiting
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    async with asyncio.timeout(settling.WRITE_SECONDS):
        await ours.close()
    assert await last
    assert await states(database, claimed) == [PostState.SENT] * 5


async def test_the_time_is_that_of_the_last(database: Database, counting: Counting, claimed: list[Message]) -> None:
    clock = HandClock(NOW)
    ours = Settling(cast(Database, counting), clock, lambda: 2)
    first = asyncio.create_task(ours.settle(claimed[0], SENT, still_true=True))
    await asyncio.sleep(0)
    clock.time += timedelta(seconds=3)
    assert await ours.settle(claimed[1], SENT, still_true=True)
    assert await first
    assert (await stored(database, claimed[0].posts[0])).settled_at == NOW + timedelta(seconds=3)
