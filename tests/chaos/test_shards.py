"""`marquee run` as two processes with half the shards each, on one PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.stage import Stage
from tests.standin.client import StandinProcess
from tests.store.engines import PostgresServer

SHARDS = 4


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


async def a_channel_in_each_shard(standin: StandinProcess) -> dict[int, int]:
    channels: dict[int, int] = {}
    while len(channels) < SHARDS:
        guild = await standin.add_guild()
        if (shard := (guild.id >> 22) % SHARDS) not in channels:
            channels[shard] = await standin.add_channel(guild.id)
    return channels


async def test_two_processes_answer_for_all_servers_and_identify_in_turn(
    stage: Stage, postgres: PostgresServer
) -> None:
    standin = stage.standin
    channels = await a_channel_in_each_shard(standin)
    person = await standin.add_person()
    await standin.set_session_starts(recommended=1, max_concurrency=2, strict=True)
    both = {"DATABASE_URL": await postgres.new(), "SHARD_COUNT": str(SHARDS)}
    async with stage.marquee(**both, SHARDS="0-1") as low, stage.marquee(**both, SHARDS="2,3") as high:
        status = await standin.wait_until(connected=SHARDS, timeout=60)
        assert (status.identifies, status.too_fast) == (SHARDS, 0)
        places = [*channels.values(), await standin.open_dm(person)]
        for channel_id in places:
            answer = await standin.slash("help", channel_id=channel_id, user_id=person)
            assert answer.type is not None
        assert await low.terminate() == 0
        await standin.wait_until(connected=2)
        for shard in (2, 3):
            answer = await standin.slash("upcoming", channel_id=channels[shard], user_id=person)
            assert answer.type is not None, "the other one goes on"
        assert await high.terminate() == 0
    said = stage.log_of(1) + stage.log_of(2)
    assert said.count("Marquee is running as") == 2
    assert "with shards 0-1 of 4" in stage.log_of(1)
    assert "with shards 2-3 of 4" in stage.log_of(2)
    assert said.count("Commands are answered: ") == 2
