"""Three processes on one PostgreSQL, short: any is killed, and so is PostgreSQL; commands are answered meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.audit import audit
from tests.chaos.counting import Count
from tests.chaos.fleet import Fleet, Member, postgres_stage
from tests.chaos.killing import Mode, Wanted
from tests.chaos.leaders import LeaderWatch
from tests.chaos.outliving import kill_among
from tests.chaos.postgres import Crash, DurableServer
from tests.chaos.seeding import WEEK, Seeding
from tests.chaos.stage import TOKEN, Stage

PROCESSES = 3
SERVERS = 60


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[DurableServer, Stage]]:
    """A PostgreSQL and a stage; no log has the token, nor a stack trace."""
    async with postgres_stage(tmp_path, PROCESSES) as (server, stage):
        yield server, stage
        assert await stage.standin.list_violations() == []
    assert TOKEN not in stage.logs
    assert "Traceback" not in stage.logs


async def test_nothing_is_lost_or_doubled_whoever_is_killed(place: tuple[DurableServer, Stage]) -> None:
    server, stage = place
    outlived = await kill_among(stage, server, Wanted(Mode.ALIVE, SERVERS, 4, 3, PROCESSES, crashes=1, in_haste=True))
    assert outlived.count == Count(posts=outlived.count.posts, messages=SERVERS)
    assert outlived.killed["leader"] >= 1
    assert outlived.under_way > 0


async def test_who_stands_by_answers_and_posts_when_the_leader_or_the_server_is_gone(
    place: tuple[DurableServer, Stage],
) -> None:
    server, stage = place
    seeding = Seeding(stage)
    talks: dict[int, tuple[int, int]] = {}  #: by shard: a channel, and who types there
    while len(talks) < PROCESSES:
        [seat] = await seeding.add((WEEK,))
        talk = await stage.standin.add_channel(seat.guild.id, "talk")
        talks[(seat.guild.id >> 22) % PROCESSES] = talk, seat.guild.owner_id

    async def ask(member: Member) -> str:
        channel_id, user_id = talks[member.number]
        return (await stage.standin.slash("tracked", channel_id=channel_id, user_id=user_id)).shown.text

    async with LeaderWatch(server) as watch, Fleet(stage, server, PROCESSES) as fleet:
        await stage.standin.wait_until(connected=PROCESSES, timeout=40)
        leader = await watch.wait_for_leader()
        [led, *others] = sorted(fleet.alive, key=lambda member: member.user != leader.user)
        watch.lose("killed", len(others))
        await led.process.kill()
        stage.ledger.end_leases(led.process.pid)
        for member in others:
            assert WEEK in await ask(member)
        another = await watch.wait_for_another()
        assert another.user in {member.user for member in others}
        await server.crash(Crash.IMMEDIATE)
        assert "I cannot reach my notes right now" in await ask(others[0])
        await server.start()
        await watch.wait_for_leader()
        for member in others:
            assert WEEK in await ask(member)
        await stage.wait_until_settled()
        assert await fleet.terminate_all() == [0, 0]
    await audit(stage, seeding.seats)
