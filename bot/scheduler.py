"""The clock: APScheduler wakes the services at fixed intervals. It stores nothing and decides nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]

from bot.ports import Clock
from bot.services.dispatch import Dispatch
from bot.services.planning import Planning
from bot.services.refresh import Refresh

log = logging.getLogger(__name__)
#: Claims wait for the plan of a subscriber that has news: what is typed at 8:59 may not hold up the posts of 9:00.
PLAN_SECONDS = 5
DISPATCH_SECONDS = 1
#: What is due by then waits for nobody; the sources' own limits pace it.
REFRESH_SECONDS = 60


class Scheduler:
    """The jobs by name. Start and stop it inside the event loop."""

    def __init__(self, planning: Planning, dispatch: Dispatch, refresh: Refresh, clock: Clock) -> None:
        self._clock = clock
        self._at_work: set[asyncio.Task[object]] = set()
        self._jobs = AsyncIOScheduler(
            timezone=UTC,  # a local zone would run jobs twice, or not at all, when clocks change
            job_defaults={
                "misfire_grace_time": None,  # the default of 1 s drops a late run
                "coalesce": True,
                "max_instances": 1,
            },
        )
        for name, seconds, work in (
            ("plan", PLAN_SECONDS, planning.run),
            ("dispatch", DISPATCH_SECONDS, dispatch.run),
            ("refresh", REFRESH_SECONDS, refresh.run),
        ):
            self._jobs.add_job(  # pyright: ignore[reportUnknownMemberType] - APScheduler has no types
                self._guarded(name, work), "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC)
            )

    def start(self) -> None:
        """Run every job now, and then at its interval."""
        self._jobs.start()

    async def stop(self, grace: timedelta) -> None:
        """Start no job any more, and let those that are at work finish within `grace`."""
        if not self._jobs.running:
            return
        self._jobs.pause()  # shutdown() alone would cancel them, whatever its `wait` says
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=grace.total_seconds())
        self._jobs.shutdown(wait=False)

    def _guarded(self, name: str, work: Callable[[datetime], Awaitable[int]]) -> Callable[[], Awaitable[None]]:
        """A job that outlives its errors, and reports a failure once and its end once."""
        failing = False

        async def job() -> None:
            nonlocal failing
            task = asyncio.current_task()
            if task is not None:
                self._at_work.add(task)
                task.add_done_callback(self._at_work.discard)
            try:
                await work(self._clock.now())
            except Exception:  # the rim: the next run tries again
                if not failing:
                    log.exception("The %s job failed; it is tried again until it works", name)
                failing = True
            else:
                if failing:
                    log.warning("The %s job works again", name)
                failing = False

        return job
