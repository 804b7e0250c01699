"""Discord as a crowd's messages see it: within its limits, but for an outage, and for the processes that die."""

import asyncio
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.dates import ReleaseDate
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.services.pace import Pace
from tests.services.year import Killed

#: How long Discord takes to answer, by turns: what is usual.
_ANSWERS_SECONDS = (0.09, 0.12, 0.11, 0.35, 0.1, 0.14)
#: Discord drops a second message with a nonce that it has seen in the past few minutes.
_NONCE_WINDOW = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Outage:
    """From when to when; `refused`: no connection, else 503."""

    start: datetime
    end: datetime
    refused: bool


@dataclass
class Discord:
    """What arrived, and what was asked of it."""

    outages: Sequence[Outage]
    arrived: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)  #: key → when, which posts
    requests: array = field(default_factory=lambda: array("d"))  #: the instant of each, in epoch seconds
    played: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])

    def asked(self, now: datetime) -> Outage | None:
        """Count a request; the outage that it runs into."""
        outage = next((o for o in self.outages if o.start <= now < o.end), None)
        if outage is None or not outage.refused:
            self.requests.append(now.timestamp())
        return outage

    def store(self, parcel: Parcel, now: datetime) -> None:
        key = parcel.message.message_key
        if key not in self.arrived:
            self.arrived[key] = (now, tuple(post.dedup_key for post in parcel.message.posts))
        elif now - self.arrived[key][0] > _NONCE_WINDOW:
            self.wrong.append(f"a second time: {key} at {now}")


class Line:
    """What one process has to Discord: a `MessageSender` that asks through its pace. It dies with its process."""

    def __init__(self, discord: Discord, pace: Pace, now: "Clock") -> None:
        self._discord, self._pace, self._clock = discord, pace, now
        self._sent = 0
        self.is_alive = True

    async def send(self, parcel: Parcel) -> Attempt:
        """A message leaves; it is stored half-way through the answer."""
        return await self._ask("message", parcel)

    async def find(self, message: Message, after: datetime) -> Attempt:
        """Read the channel's history."""
        answer = await self._ask("history", None)
        seen = self._discord.arrived.get(message.message_key)
        if answer.outcome is not Outcome.SENT:
            return Attempt(Outcome.UNKNOWN, reason=answer.reason)
        there = seen is not None and seen[0] >= after
        return Attempt(Outcome.SENT, 1) if there else Attempt(Outcome.NOT_SENT, reason="not in the history")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        """Edit."""
        return await self._ask("edit", None)

    async def _ask(self, what: str, parcel: Parcel | None) -> Attempt:
        self._live()
        end = await self._pace.admit()
        answered = False
        try:
            self._live()
            self._sent += 1
            seconds = _ANSWERS_SECONDS[self._sent % len(_ANSWERS_SECONDS)]
            await asyncio.sleep(seconds / 2)
            self._live()  # it left, and nobody knows whether: it did not arrive
            outage = self._discord.asked(self._clock.now())
            self._discord.played[what] += 1
            if outage is not None:
                self._discord.played["refused" if outage.refused else "503"] += 1
                outcome = Outcome.NOT_SENT if outage.refused else Outcome.UNKNOWN
                return Attempt(outcome, reason="connection refused" if outage.refused else "503")
            if parcel is not None:
                self._discord.store(parcel, self._clock.now())
            await asyncio.sleep(seconds / 2)
            self._live()  # it arrived, and nobody will write that down
            answered = True
            return Attempt(Outcome.SENT, 1)
        finally:
            end(answered)

    def _live(self) -> None:
        if not self.is_alive:
            self._discord.played["cut off"] += 1
            raise Killed


class Clock:
    """Virtual time: the loop's seconds, from a day on."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=asyncio.get_running_loop().time())
