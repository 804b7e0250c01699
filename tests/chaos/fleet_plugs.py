"""What else befalls several processes on one PostgreSQL: the leader freezes, or is stopped; the server is restarted."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from tests.chaos.fleet import Fleet, Member
from tests.chaos.leaders import LeaderWatch, Takeover
from tests.chaos.plugs import Pull
from tests.chaos.postgres import Crash, DurableServer
from tests.chaos.seeding import TODAY, WEEK, Seeding
from tests.chaos.stage import Stage

_LONG = 300


@dataclass(frozen=True, slots=True)
class FleetPull(Pull):
    """What a plug is pulled on."""

    server: DurableServer
    fleet: Fleet
    watch: LeaderWatch

    async def leader(self) -> Member:
        """Find who leads; somebody does soon."""
        user = (await self.watch.wait_for_leader()).user
        return next(member for member in self.fleet.alive if member.user == user)

    def standing_by(self, leader: Member) -> int:
        """Count those who could take over from it."""
        return sum(member.is_ready for member in self.fleet.alive if member is not leader)


async def freeze_the_leader(pull: FleetPull) -> None:
    """SIGSTOP: it says nothing, and nobody knows that it is not dead. Another takes over; then it awakes."""
    for share in pull.shares():
        await pull.some_arrive(share)
        leader = await pull.leader()
        pull.watch.lose("frozen", pull.standing_by(leader))
        os.kill(leader.process.pid, signal.SIGSTOP)
        await pull.watch.wait_for_another()
        await asyncio.sleep(pull.seconds)
        os.kill(leader.process.pid, signal.SIGCONT)


async def stop_the_leader(pull: FleetPull) -> None:
    """SIGTERM: what is in flight is finished and known, and another goes on."""
    for share in pull.shares():
        await pull.some_arrive(share)
        leader = await pull.leader()
        pid = leader.process.pid
        pull.watch.lose("stopped", pull.standing_by(leader))
        assert await leader.process.terminate() == 0, leader.said
        assert pull.stage.ledger.count(f"messages WHERE state = 'sending' AND owner LIKE '%:{pid}:%'") == 0
        await pull.watch.wait_for_another()
        pull.fleet.come_back(leader, pull.seconds)
        await pull.fleet.wait_until_ready()


async def restart_the_server(pull: FleetPull) -> None:
    """PostgreSQL is away, in one way and the other; every process lives through it."""
    for share, how in zip(pull.shares(), cycle(Crash), strict=False):
        await pull.some_arrive(share)
        await pull.server.crash(how)
        await asyncio.sleep(pull.seconds)
        await pull.server.start()
        await pull.watch.wait_for_leader()
        pull.watch.lose(f"PostgreSQL {how}", len(pull.fleet.alive) - 1, at=pull.watch.served_since)


@dataclass(frozen=True, slots=True)
class FleetPlug:
    """One of them, and how it is pulled in `make chaos`."""

    pull: Callable[[FleetPull], Awaitable[None]]
    times: int
    seconds: float


FLEET_PLUGS: Mapping[str, FleetPlug] = {
    "leader frozen": FleetPlug(freeze_the_leader, 4, 5),
    "leader stopped": FleetPlug(stop_the_leader, 10, 0.5),
    "PostgreSQL restarted": FleetPlug(restart_the_server, 4, 8),
}


async def pull_fleet_plug(
    stage: Stage, server: DurableServer, plug: FleetPlug, servers: int, processes: int, seed: int
) -> tuple[Seeding, Sequence[Takeover]]:
    """Seed, pull it, and run to the end without trouble; what is left is to be counted."""
    chance = random.Random(f"{plug.pull.__name__} {plug.seconds} {seed}")
    seeding = Seeding(stage)
    await seeding.add_many([(TODAY, WEEK) if chance.random() < 0.2 else (WEEK,) for _ in range(servers)])
    async with LeaderWatch(server) as watch, Fleet(stage, server, processes) as fleet:
        pull = FleetPull(stage, seeding, chance, servers, plug.times, plug.seconds, server, fleet, watch)
        await pull.storm()
        await fleet.wait_until_ready()
        await plug.pull(pull)
        fleet.find_the_ended()
        await stage.standin.set_storm({})
        await stage.wait_until_settled(timeout_seconds=_LONG)
        assert set(await fleet.terminate_all()) == {0}
        return seeding, await watch.takeovers(stage)
