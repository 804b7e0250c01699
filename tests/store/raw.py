"""What is stored, read by other SQL than Marquee's own: on either engine."""

from collections.abc import Sequence
from typing import Any

from bot.store.database import Database, Row


async def fetch(db: Database, sql: str) -> Sequence[Row]:
    """Run `sql`, which both engines understand, beside whoever writes."""
    opened: Any = db
    if db.engine == "sqlite":
        return list(await opened._reader.execute_fetchall(sql))
    return await opened._pool.fetch(sql)


async def execute(db: Database, sql: str) -> None:
    """Change what is stored by `sql`, which both engines understand."""
    async with db.transaction() as tx:
        connection = getattr(tx, "_connection")  # noqa: B009 - no part of a transaction
        await connection.execute(sql)
