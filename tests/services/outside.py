"""Discord reduced to what it says of doors and takes of sentences, as a test tells it to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.destinations import Door, Look
from bot.domain.messages import Attempt, Outcome
from bot.domain.subscribers import Subscriber

START = datetime(2025, 6, 1, 12, tzinfo=UTC)


@dataclass
class HandClock:
    """Time that moves when a test says so."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time


@dataclass
class ScriptedDoors:
    """A Doorkeeper."""

    looks: dict[int, Look] = field(default_factory=dict[int, Look])  #: by channel; open if not said
    members: dict[int, bool | None] = field(default_factory=dict[int, bool | None])  #: by server; a member if not said
    guilds: frozenset[int] | None = frozenset()
    looked: list[int] = field(default_factory=list[int])
    asked: list[int] = field(default_factory=list[int])
    listed: int = 0

    async def look(self, subscriber: Subscriber, channel_id: int) -> Look:
        self.looked.append(channel_id)
        return self.looks.get(channel_id, Look(Door.OPEN))

    async def is_member(self, guild_id: int) -> bool | None:
        self.asked.append(guild_id)
        return self.members.get(guild_id, True)

    async def list_guilds(self) -> frozenset[int] | None:
        self.listed += 1
        return self.guilds


@dataclass
class ScriptedTeller:
    """A Teller."""

    answers: list[Attempt] = field(default_factory=list[Attempt])  #: SENT if none is left
    found: Attempt = field(default_factory=lambda: Attempt(Outcome.NOT_SENT))
    told: list[tuple[tuple[int, ...], str, str]] = field(default_factory=list[tuple[tuple[int, ...], str, str]])
    searched: list[datetime] = field(default_factory=list[datetime])
    dies: bool = False  #: the process ends once Discord has it

    async def tell(self, subscriber: Subscriber, places: Sequence[int], sentence: str, nonce: str) -> Attempt:
        self.told.append((tuple(places), sentence, nonce))
        if self.dies:
            raise asyncio.CancelledError
        return self.answers.pop(0) if self.answers else Attempt(Outcome.SENT, 1)

    async def find(self, subscriber: Subscriber, places: Sequence[int], sentence: str, after: datetime) -> Attempt:
        self.searched.append(after)
        return self.found
