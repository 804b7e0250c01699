"""`python -m tests.chaos.leaderless run`: each process believes that it leads; the store's fences alone are left."""

import sys

from bot.cli import main
from bot.store.postgres_lock import PostgresLock


async def _take(_: PostgresLock) -> bool:
    return True


if __name__ == "__main__":
    PostgresLock.take = _take  # type: ignore[method-assign]
    sys.exit(main())
