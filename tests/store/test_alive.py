"""The health check of a container, against a real PostgreSQL."""

import socket
import time

import asyncpg

from docker.alive import is_alive
from tests.store.engines import PostgresServer


async def test_a_process_is_healthy_as_long_as_it_says_so(postgres: PostgresServer) -> None:
    url, now = await postgres.emptied(), int(time.time())
    assert not await is_alive(url, socket.gethostname())
    await _say(url, "another:1:00", now)
    await _say(url, f"{socket.gethostname()}:1:00", now - 60)
    assert not await is_alive(url, socket.gethostname())
    await _say(url, f"{socket.gethostname()}:2:00", now)
    assert await is_alive(url, socket.gethostname())


async def _say(url: str, owner: str, seen_at: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("INSERT INTO processes VALUES ($1, '[]', 0, $2)", owner, seen_at)
    await connection.close()
