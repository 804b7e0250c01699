"""When a source is asked again: Retry-After, jittered backoff, one flight for one question. Sends nothing itself."""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextvars import Context
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar

from bot.sources.health import Fault

T = TypeVar("T")

#: The first wait before a retry; it doubles. Half of it is chance, so that callers do not come back together.
FIRST_WAIT_SECONDS = 0.5
#: All waits of one call together. A source that asks for more is asked again by the next refresh instead.
PATIENCE_SECONDS = 30.0
#: Nobody means a Retry-After of more than a day.
_LONGEST_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time and chance come from, so that tests need neither."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    #: 0 up to 1
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one attempt failed."""

    reason: str  #: a clause, never with anything from outside in it
    fault: Fault = Fault.UNSURE
    again: bool = True  #: the same question may be answered the next time
    refused: bool = False  #: it does not accept our key, or us
    retry_seconds: float | None = None  #: what it asked us to wait


def wait_before_retry(failure: Failure, attempt: int, attempts: int, waited: float, chance: float) -> float | None:
    """Say how long to wait after attempt number `attempt` (from 1) failed; None: give up.

    What the source asks for comes first; it gets a tenth on top, by chance.
    """
    if not failure.again or attempt >= attempts:
        return None
    if failure.retry_seconds is not None:
        seconds = failure.retry_seconds * (1 + chance / 10)
    else:
        seconds = FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (1 + chance) / 2
    return seconds if waited + seconds <= PATIENCE_SECONDS else None


def read_retry_after(header: str | None, date: str | None) -> float | None:
    """Read a Retry-After header: seconds, or an HTTP date, with the answer's own Date as "now". None if neither."""
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(float(text), _LONGEST_SECONDS)
    try:
        seconds = (parsedate_to_datetime(text) - parsedate_to_datetime(date or "")).total_seconds()
    except (TypeError, ValueError, OverflowError):  # no date, or one with a zone and one without
        return None
    return min(max(seconds, 0.0), _LONGEST_SECONDS)


class SingleFlight(Generic[T]):
    """Lets callers with the same question share one answer.

    A caller that is cancelled leaves the flight in the air: another may be waiting, and a time-out must still be noted.
    """

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task[T]] = {}

    async def share(self, key: Hashable, start: Callable[[], Coroutine[object, object, T]]) -> T:
        """Give the answer to `key`: of the flight that is in the air, or else of a new one."""
        flight = self._flights.get(key)
        if flight is None:
            # In a context of its own: it belongs to all who wait for it, and may outlive the one that came first.
            flight = Context().run(asyncio.create_task, start())
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Cancel what is in the air."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
