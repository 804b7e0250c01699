"""For a container's health check: whether the Marquee in it said within half a minute that it is here.

Every process writes a line into PostgreSQL every five seconds, which names its host: in a container, the container.
"""

import asyncio
import os
import socket
import sys

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - has none

_QUERY = """
    SELECT COUNT(*) FROM processes
    WHERE owner LIKE $1 AND seen_at > EXTRACT(EPOCH FROM now()) - 30
"""


async def is_alive(url: str, host: str) -> bool:
    """Ask the database at `url` for a line of `host`'s that is not old."""
    connection = await asyncpg.connect(url, timeout=5)  # pyright: ignore[reportUnknownMemberType]
    try:
        return bool(await connection.fetchval(_QUERY, f"{host}:%", timeout=5))
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.exit(not asyncio.run(is_alive(os.environ["DATABASE_URL"], socket.gethostname())))
