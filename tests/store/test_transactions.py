"""What a transaction promises, on both engines."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from bot.domain.errors import DatabaseError
from bot.store import films, statements, subscribers
from bot.store.database import Database, Transaction, open_database
from tests.store.samples import NOW, store_guild


async def note(database: Database, name: str, value: str = "there") -> None:
    async with database.transaction() as tx:
        await films.set_meta(tx, name, value)


async def noted(database: Database, name: str) -> str | None:
    async with database.reading() as tx:
        return await films.find_meta(tx, name)


async def test_what_is_committed_can_be_read(database: Database) -> None:
    await note(database, "a")
    assert await noted(database, "a") == "there"


async def test_an_exception_rolls_everything_back(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.transaction() as tx:
            await films.set_meta(tx, "a", "there")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await noted(database, "a") is None


async def test_cancellation_inside_a_transaction_rolls_back(database: Database) -> None:
    written = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.transaction() as tx:
            await films.set_meta(tx, "a", "there")
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await noted(database, "a") is None
    await note(database, "b")
    assert await noted(database, "b") == "there"


async def test_cancelled_at_any_step_all_is_there_or_nothing(database: Database) -> None:
    async def write_both(value: str) -> None:
        async with database.transaction() as tx:
            await films.set_meta(tx, "a", value)
            await films.set_meta(tx, "b", value)

    committed: set[str | None] = set()
    turns, finished = 0, False
    while not finished:
        task = asyncio.create_task(write_both(str(turns)))
        for _ in range(turns):
            await asyncio.sleep(0)
        finished = task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await noted(database, "a") == await noted(database, "b")
        committed.add(await noted(database, "a"))
        turns += 1 + turns // 10
    assert None in committed
    assert await noted(database, "a") is not None


async def test_sixteen_hundred_transactions_at_once_lose_none(database: Database) -> None:
    guild = await store_guild(database)

    async def wake() -> None:
        async with database.transaction() as tx:
            await subscribers.wake_subscriber(tx, guild.id, NOW)

    await asyncio.gather(*(wake() for _ in range(1_600)))
    async with database.reading() as tx:
        assert (await subscribers.get_subscriber(tx, guild.id)).revision == 1_600


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    async with database.reading() as tx:
        assert await films.find_meta(tx, "a") is None
        await note(database, "a")
        assert await films.find_meta(tx, "a") is None
    assert await noted(database, "a") == "there"


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)cannot be written|only be read"):
        async with database.reading() as tx:
            await films.set_meta(tx, "a", "there")
    assert await noted(database, "a") is None


async def test_an_unknown_statement_fails_at_once(database: Database) -> None:
    async with database.reading() as tx:
        with pytest.raises(KeyError):
            await tx.all("no_such_statement")


@pytest.mark.parametrize("values", [{}, {"name": "a", "more": 1}, {"nam": "a"}], ids=["few", "more", "other"])
async def test_wrong_parameters_fail_at_once(database: Database, values: dict[str, object]) -> None:
    async with database.reading() as tx:
        with pytest.raises(TypeError, match="find_meta takes"):
            await tx.one("find_meta", **values)


async def test_nothing_runs_after_the_end(database: Database) -> None:
    async with database.transaction() as tx:
        await films.set_meta(tx, "a", "there")
    with pytest.raises(RuntimeError, match="has ended"):
        await films.set_meta(tx, "a", "too late")
    with pytest.raises(RuntimeError, match="has ended"):
        await tx.many("set_meta", [{"name": "a", "value": "too late"}])
    assert await noted(database, "a") == "there"


async def test_many_of_nothing_is_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.many("set_meta", [])
        await tx.many("set_meta", [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}])
    assert (await noted(database, "a"), await noted(database, "b")) == ("1", "2")


async def test_a_slow_statement_is_logged(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(statements, "SLOW_SECONDS", 0.0)
    with caplog.at_level(logging.WARNING):
        await noted(database, "a")
    assert "The statement find_meta took 0.0 s." in caplog.messages


async def test_a_fast_statement_is_not(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await noted(database, "a")
    assert caplog.messages == []


async def test_it_works_while_time_stands_still(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the sandbox time is virtual: what waits for a timer waits for ever."""
    loop = asyncio.get_running_loop()

    def never(when: float, callback: Callable[..., object], *args: object, **_: object) -> asyncio.TimerHandle:
        return asyncio.TimerHandle(when, callback, args, loop)

    monkeypatch.setattr(loop, "call_later", never)
    monkeypatch.setattr(loop, "call_at", never)
    await asyncio.gather(*(note(database, str(number)) for number in range(20)))
    assert [await noted(database, str(number)) for number in range(20)] == ["there"] * 20


async def test_closing_waits_for_what_is_under_way(url: str) -> None:
    database = await open_database(url)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.transaction() as tx:
            started.set()
            await go_on.wait()
            await films.set_meta(tx, "a", "there")

    writing = asyncio.create_task(write())
    await started.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await asyncio.gather(writing, closing)
    again = await open_database(url)
    assert await noted(again, "a") == "there"
    await again.close()


async def test_a_look_sees_one_state_and_beside_whoever_writes(database: Database) -> None:
    await note(database, "a", "old")
    async with database.looking() as tx:
        assert await films.find_meta(tx, "a") == "old"
        await note(database, "a", "new")
        assert await films.find_meta(tx, "a") == "old"
    async with database.looking() as tx:
        assert await films.find_meta(tx, "a") == "new"


async def test_a_look_cannot_write_and_does_not_spoil_the_next(database: Database) -> None:
    with pytest.raises(DatabaseError, match=r"cannot be written to|can only be read"):
        async with database.looking() as tx:
            await films.set_meta(tx, "a", "there")
    async with database.looking() as tx:
        assert await films.find_meta(tx, "a") is None
    with pytest.raises(RuntimeError, match="has ended"):
        await films.find_meta(tx, "a")


async def test_a_note_is_all_there_or_nothing_whenever_it_is_cancelled(database: Database) -> None:
    async def write_both(value: str) -> None:
        async with database.noting() as tx:
            await films.set_meta(tx, "a", value)
            await films.set_meta(tx, "b", value)

    for turns in range(12):
        task = asyncio.create_task(write_both(str(turns)))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert await noted(database, "a") == await noted(database, "b")
    await write_both("last")
    assert await noted(database, "b") == "last"


async def test_a_note_that_fails_leaves_nothing_and_ends_with_its_block(database: Database) -> None:
    kept: list[Transaction] = []

    async def write_and_fail() -> None:
        async with database.noting() as tx:
            kept.append(tx)
            await films.set_meta(tx, "a", "there")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await noted(database, "a") is None
    with pytest.raises(RuntimeError, match="has ended"):
        await films.find_meta(kept[0], "a")
