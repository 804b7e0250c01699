"""The jobs go on whatever happens to the machine's clock or the database, and only who leads does the leader's."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

import bot.scheduler
from bot.clock import SystemClock
from bot.domain.errors import DatabaseError
from bot.scheduler import Job, Scheduler


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class Wrong(datetime, metaclass=_AnyDatetime):
    """A clock that a test sets."""

    off = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.off


async def test_a_clock_that_is_set_back_does_not_stop_the_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "datetime", Wrong)
    monkeypatch.setattr(bot.scheduler, "datetime", Wrong)
    monkeypatch.setattr(bot.scheduler, "_WATCH_SECONDS", 0.01)
    monkeypatch.setattr(Wrong, "off", timedelta())
    ran = asyncio.Event()

    async def work(_: datetime) -> None:
        ran.set()

    scheduler = Scheduler([Job("work", 60, work)], SystemClock())
    scheduler.start()
    try:
        await asyncio.wait_for(ran.wait(), 5)
        ran.clear()
        Wrong.off = timedelta(hours=-1)
        await asyncio.wait_for(ran.wait(), 5)
    finally:
        await scheduler.stop(timedelta(seconds=1))
    assert datetime.now(UTC) - Wrong.now(UTC) > timedelta(minutes=59)


async def test_only_who_leads_does_what_the_leader_does() -> None:
    leads, ran = False, list[str]()
    done = asyncio.Event()

    async def plan(_: datetime) -> None:
        ran.append("plan")

    async def keep_up(_: datetime) -> None:
        nonlocal leads
        ran.append("keep up")
        if len(ran) > 1:
            done.set()
        leads = True

    scheduler = Scheduler([Job("plan", 1, plan, leads=True), Job("keep up", 1, keep_up)], SystemClock(), lambda: leads)
    scheduler.start()
    try:
        await asyncio.wait_for(done.wait(), 5)
    finally:
        await scheduler.stop(timedelta(seconds=1))
    assert ran[0] == "keep up"
    assert "plan" in ran


async def test_what_an_operator_must_mend_is_told_once_and_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    times, over = 0, asyncio.Event()

    async def work(_: datetime) -> None:
        nonlocal times
        times += 1
        if times < 3:
            raise DatabaseError("The database cannot be reached.")
        over.set()

    scheduler = Scheduler([Job("plan", 1, work)], SystemClock())
    scheduler.start()
    try:
        await asyncio.wait_for(over.wait(), 8)
        await asyncio.sleep(0)
    finally:
        await scheduler.stop(timedelta(seconds=1))
    failed, works = [record for record in caplog.records if record.name == "bot.scheduler"]
    assert "The database cannot be reached." in failed.getMessage()
    assert failed.exc_info is None
    assert "works again" in works.getMessage()
