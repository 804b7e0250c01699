"""SIGKILL to any of several processes on one PostgreSQL, which is killed as well, while thousands of posts go out."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.counting import Count, count
from tests.chaos.fleet import Fleet
from tests.chaos.killing import DELAY_SECONDS, STORM, Mode, Wanted, forget, seed_servers
from tests.chaos.leaders import LeaderWatch, Takeover
from tests.chaos.postgres import Crash, DurableServer
from tests.chaos.stage import Stage

#: So many of the kills are meant for the leader, whoever it is; the others are for any.
_LEADER = 0.5
#: Some kills come at once after the one before, in the first seconds of a start.
_EARLY, _EARLY_SECONDS = 0.15, 4.0
#: A supervisor starts a dead process again after so long.
_BACK_SECONDS = 5.0
_ENDLESS = {"never", "unanswered"}
#: PostgreSQL is away for so long.
_AWAY_SECONDS = (3.0, 12.0)
_LONG = 300


@dataclass(slots=True)
class Outlived:
    """What came of it."""

    count: Count
    killed: Counter[str] = field(default_factory=Counter[str])  #: by what they were: leader, standing by, starting
    under_way: int = 0  #: messages that nobody knew the end of, at all kills together
    refused: int = 0  #: starts while PostgreSQL was away
    takeovers: list[Takeover] = field(default_factory=list[Takeover])
    minutes: float = 0.0


class _Killer:
    def __init__(self, stage: Stage, server: DurableServer, fleet: Fleet, watch: LeaderWatch, wanted: Wanted) -> None:
        self._stage, self._server, self._fleet, self._watch = stage, server, fleet, watch
        self._chance = random.Random(f"{wanted.mode} {wanted.processes} {wanted.seed}")
        self._wanted = wanted
        self.outlived = Outlived(Count())
        self.last = 0  #: so many messages are there when all are

    async def storm(self) -> None:
        # Who waits for an answer that never comes waits for 40 s.
        storm = {name: share for name, share in STORM.items() if not self._wanted.in_haste or name not in _ENDLESS}
        await self._stage.standin.set_storm(storm, seed=self._chance.randrange(2**32), seconds=DELAY_SECONDS)

    async def kill_at(self, point: int) -> None:
        """Kill one when so many messages are there, or soon; in the other modes all, until Discord has forgotten."""
        await self.storm()
        if self._chance.random() < _EARLY or point <= (await self._stage.standin.get_status()).messages:
            await asyncio.sleep(self._chance.uniform(0, _EARLY_SECONDS))
        else:
            await self._stage.standin.wait_until(messages=point, timeout=_LONG)
            await asyncio.sleep(self._chance.uniform(0, DELAY_SECONDS))
        self._fleet.find_the_ended()
        if self._wanted.mode is Mode.ALIVE:
            await self._kill_one()
        else:
            await self._fleet.kill_all()
            self._note("all", 0)
            await forget(self._stage)
            await self._fleet.start_all()

    async def crash(self, how: Crash) -> None:
        """PostgreSQL is gone for a while; every process lives through it, and posts go on."""
        await self._fleet.wait_until_ready()
        await asyncio.sleep(self._chance.uniform(0, DELAY_SECONDS))
        await self._server.crash(how)
        await asyncio.sleep(self._chance.uniform(*_AWAY_SECONDS))
        await self._server.start()
        ready = sum(member.is_ready for member in self._fleet.alive)
        self._fleet.find_the_ended()
        if not self._wanted.all_lead:
            await self._watch.wait_for_leader()
            self._watch.lose(f"PostgreSQL {how}", ready - 1, at=self._watch.served_since)
        if self._wanted.in_haste:  # what nobody could write down stays with its owner, dead or alive
            self._stage.ledger.end_leases()
        arrived = (await self._stage.standin.get_status()).messages
        if arrived < self.last:
            await self._stage.standin.wait_until(messages=arrived + 1, timeout=_LONG)

    async def _kill_one(self) -> None:
        alive = self._fleet.alive
        if not alive:
            return self._note("nobody", 0)
        leader = next((member for member in alive if member.user == self._watch.holder.user), None)
        victim = leader if leader is not None and self._chance.random() < _LEADER else self._chance.choice(alive)
        standing_by = sum(member.is_ready for member in alive if member is not victim)
        was = "leader" if victim is leader else "standing by" if victim.is_ready else "starting"
        if victim is leader:
            self._watch.lose("killed", standing_by)
        elif victim.is_ready:
            self._watch.others_killed.append(time.time())
        pid = victim.process.pid
        await victim.process.kill()
        self._fleet.come_back(victim, self._chance.uniform(0, _BACK_SECONDS))
        self._note(was, self._stage.ledger.count("messages WHERE state IN ('sending', 'in_doubt')"))
        if self._wanted.in_haste:
            self._stage.ledger.end_leases(pid)
        return None

    def _note(self, was: str, under_way: int) -> None:
        self.outlived.killed[was] += 1
        self.outlived.under_way += under_way


async def kill_among(stage: Stage, server: DurableServer, wanted: Wanted) -> Outlived:
    """Seed, kill one or another, and PostgreSQL, run to the end, count."""
    began, chance = time.monotonic(), random.Random(f"{wanted.mode} {wanted.seed}")
    seats = await seed_servers(stage, wanted, chance)
    stage.module = "tests.chaos.leaderless" if wanted.all_lead else "bot"
    first = (await stage.standin.get_status()).messages
    points = sorted(first + chance.randint(1, int(wanted.servers * 0.97)) for _ in range(wanted.kills))
    crashes = {
        wanted.kills * (number + 1) // (wanted.crashes + 1): list(Crash)[number % len(Crash)]
        for number in range(wanted.crashes)
    }
    async with LeaderWatch(server) as watch, Fleet(stage, server, wanted.processes) as fleet:
        await fleet.wait_until_ready()
        killer = _Killer(stage, server, fleet, watch, wanted)
        killer.last = first + wanted.servers
        for number, point in enumerate(points):
            if number in crashes:
                await killer.crash(crashes[number])
            await killer.kill_at(point)
            if number % 10 == 9:
                arrived = (await stage.standin.get_status()).messages - first
                sys.stderr.write(f"{wanted.mode}, {wanted.processes}: {number + 1} kills, {arrived} messages\n")
        await stage.standin.set_storm({})
        await fleet.start_all()
        await fleet.wait_until_ready()
        await stage.wait_until_settled(timeout_seconds=_LONG)
        assert set(await fleet.terminate_all()) == {0}
        outlived = killer.outlived
        outlived.takeovers, outlived.refused = await watch.takeovers(stage), fleet.refused
    outlived.count = await count(stage, seats)
    outlived.minutes = (time.monotonic() - began) / 60
    return outlived
