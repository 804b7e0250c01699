"""The clock: APScheduler wakes the services at fixed intervals. It stores nothing and decides nothing."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]

from bot.ports import Clock
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning

log = logging.getLogger(__name__)
#: Claims wait for the plan of a subscriber that has news: what is typed at 8:59 may not hold up the posts of 9:00.
PLAN_SECONDS = 5
DISPATCH_SECONDS = 1


def make_scheduler(planning: Planning, dispatch: Dispatch, clock: Clock) -> AsyncIOScheduler:
    """The jobs by name, not yet started."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,  # a local zone would run jobs twice, or not at all, when clocks change
        job_defaults={
            "misfire_grace_time": None,  # the default of 1 s drops a late run
            "coalesce": True,
            "max_instances": 1,
        },
    )
    for name, seconds, work in (("plan", PLAN_SECONDS, planning.run), ("dispatch", DISPATCH_SECONDS, dispatch.run)):
        job = _guarded(name, work, clock)
        scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - APScheduler has no types
            job, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC)
        )
    return scheduler


def _guarded(name: str, work: Callable[[datetime], Awaitable[int]], clock: Clock) -> Callable[[], Awaitable[None]]:
    """A job that outlives its errors, and reports a failure once and its end once."""
    failing = False

    async def job() -> None:
        nonlocal failing
        try:
            await work(clock.now())
        except Exception:  # the rim: the next run tries again
            if not failing:
                log.exception("The %s job failed; it is tried again until it works", name)
            failing = True
        else:
            if failing:
                log.warning("The %s job works again", name)
            failing = False

    return job
