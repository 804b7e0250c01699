"""The clock: APScheduler wakes the services at fixed intervals. It stores nothing and decides nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.errors import OperatorError
from bot.ports import Clock

log = logging.getLogger(__name__)
#: How often the clock is looked at: it may be set back, by a time server for one.
_WATCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """What is done again and again."""

    name: str
    seconds: int  #: from one start to the next; a run that takes longer delays the next
    work: Callable[[datetime], Awaitable[object]]
    leads: bool = False  #: only in the one process that leads


class Scheduler:
    """The jobs by name. Start and stop it inside the event loop.

    `leads` says at each run whether this is the process that leads.
    """

    def __init__(self, jobs: Sequence[Job], clock: Clock, leads: Callable[[], bool] = lambda: True) -> None:
        self._clock = clock
        self._leads = leads
        self._watch: asyncio.Task[None] | None = None
        self._at_work: set[asyncio.Task[object]] = set()
        self._wanted = jobs
        self._jobs: Any = None  #: an AsyncIOScheduler, once started; APScheduler has no types

    def start(self) -> None:
        """Run every job now, and then at its interval."""
        # Imported here: it takes as long as a tenth of a start, and commands are answered without it.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]

        self._jobs = AsyncIOScheduler(
            timezone=UTC,  # a local zone would run jobs twice, or not at all, when clocks change
            job_defaults={
                "misfire_grace_time": None,  # the default of 1 s drops a late run
                "coalesce": True,
                "max_instances": 1,
            },
        )
        for job in self._wanted:
            self._jobs.add_job(
                self._guarded(job), "interval", seconds=job.seconds, id=job.name, next_run_time=datetime.now(UTC)
            )
        self._jobs.start()
        self._watch = asyncio.create_task(self._mind_the_clock(), name="mind the clock")

    async def stop(self, grace: timedelta) -> None:
        """Start no job any more, and let those that are at work finish within `grace`."""
        if self._watch is not None:
            self._watch.cancel()
        if self._jobs is None or not self._jobs.running:
            return
        self._jobs.pause()  # shutdown() alone would cancel them, whatever its `wait` says
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=grace.total_seconds())
        self._jobs.shutdown(wait=False)

    async def _mind_the_clock(self) -> None:
        """Run every job when the clock was set back: APScheduler would sleep until the time that it was before."""
        while True:
            before = datetime.now(UTC)
            await asyncio.sleep(_WATCH_SECONDS)
            if datetime.now(UTC) < before:
                log.warning("The clock was set back; every job runs now")
                for job in self._jobs.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    def _guarded(self, job: Job) -> Callable[[], Awaitable[None]]:
        """A job that outlives its errors, and reports a failure once and its end once."""
        failing = False

        async def run() -> None:
            nonlocal failing
            if job.leads and not self._leads():
                return
            task = asyncio.current_task()
            if task is not None:
                self._at_work.add(task)
                task.add_done_callback(self._at_work.discard)
            try:
                await job.work(self._clock.now())
            except OperatorError as error:  # its sentence says all there is to know
                if not failing:
                    log.error("The %s job failed; it is tried again until it works. %s", job.name, error)
                failing = True
            except Exception:  # the rim: the next run tries again
                if not failing:
                    log.exception("The %s job failed; it is tried again until it works", job.name)
                failing = True
            else:
                if failing:
                    log.warning("The %s job works again", job.name)
                failing = False

        return run
