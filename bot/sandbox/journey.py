"""Moving the clock from one due post to the next. Knows neither Discord nor simcord: both come in as protocols."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.sandbox.moments import FilmDay, Home

#: What is still due after it was tried waits for something: it is tried again in a minute, then in two, up to an hour.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


class Stage(Protocol):
    """The world, as far as a journey needs it."""

    def now(self) -> datetime:
        """The simulated instant, aware UTC."""
        ...

    def advance_to(self, instant: datetime) -> None:
        """Let the clock show `instant`; it never goes back."""
        ...

    def count_posts(self) -> int:
        """How many messages the bot has sent by itself so far."""
        ...


class Timeline(Protocol):
    """The application, as far as the sandbox needs it: what is owed next, and a way to let it happen."""

    async def get_home(self) -> Home:
        """The server's zone and posting time, as its settings say now."""
        ...

    async def list_film_days(self) -> Sequence[FilmDay]:
        """Release days of the tracked films that have one, earliest first."""
        ...

    async def next_due_at(self) -> datetime | None:
        """When `tick` next has something to do: the earliest due post or wake-up; None when nothing is owed.

        Leaves out what waits for a person: paused destinations, uncertain and failed messages.
        """
        ...

    async def tick(self) -> None:
        """Plan, then send what is due at the clock's present time."""
        ...


async def travel(
    stage: Stage, timeline: Timeline, *, until: datetime, to_next_post: bool = False, stopped: Callable[[], bool]
) -> int:
    """Move the clock to `until`, or to the first post before it; every post on the way goes out at its own time.

    Ends early, and quietly, once `stopped()` is true. Returns how many posts went out.
    """
    before = stage.count_posts()
    wait = _FIRST_WAIT
    due = await _let_happen(stage, timeline)
    while not stopped():
        if to_next_post and stage.count_posts() > before:
            break
        if due is None or due > until:
            if not to_next_post:
                stage.advance_to(until)
                await _let_happen(stage, timeline)
            break
        if due <= stage.now():
            due, wait = stage.now() + wait, min(wait * 2, _LONGEST_WAIT)
        else:
            stage.advance_to(due)
            sent = stage.count_posts()
            due = await _let_happen(stage, timeline)
            wait = _FIRST_WAIT if stage.count_posts() > sent else wait
        await asyncio.sleep(0)  # lets Ctrl-C in: a journey of years may never wait for anything else
    return stage.count_posts() - before


async def _let_happen(stage: Stage, timeline: Timeline) -> datetime | None:
    """Tick until nothing more is due or nothing more goes out; the next instant at which something is due."""
    while True:
        seen = stage.count_posts()
        await timeline.tick()
        due = await timeline.next_due_at()
        if due is None or due > stage.now() or stage.count_posts() == seen:
            return due
