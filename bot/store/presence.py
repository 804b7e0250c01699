"""In which servers Marquee is: which it was removed from, and what becomes of their data."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.shards import ONE_SHARD, Shards
from bot.store.columns import epoch, instant_or_none
from bot.store.database import Row, Transaction
from bot.store.statements import each


@dataclass(frozen=True, slots=True)
class Known:
    """A server with settings, by both ids."""

    subscriber_id: int
    guild_id: int
    left_at: datetime | None


async def list_guilds(tx: Transaction, after: int, limit: int, shards: Shards = ONE_SHARD) -> list[Known]:
    """List servers of some shards that have settings and a Discord id above `after`, by that id."""
    numbers = {"ids": each(shards.ids), "shard_count": shards.count}
    return [_read(row) for row in await tx.all("list_guild_subscribers", after=after, n=limit, **numbers)]


async def mark_left(tx: Transaction, subscriber_id: int, now: datetime) -> bool:
    """Plan and send nothing for a server any more; False if that was known."""
    return await tx.one("mark_left", subscriber_id=subscriber_id, now=epoch(now)) is not None


async def mark_back(tx: Transaction, subscriber_id: int, now: datetime) -> bool:
    """Plan and send for a server again; False if it was not left."""
    return await tx.one("mark_back", subscriber_id=subscriber_id, now=epoch(now)) is not None


async def list_left_before(tx: Transaction, until: datetime, limit: int) -> list[Known]:
    """List servers that were left `until` then at the latest."""
    return [_read(row) for row in await tx.all("list_left_before", until=epoch(until), n=limit)]


async def remove_left(tx: Transaction, subscriber_id: int) -> bool:
    """Delete all that is stored of a server that was left; False if it was not."""
    return await tx.one("remove_left_subscriber", subscriber_id=subscriber_id) is not None


async def join_missed(tx: Transaction, subscriber_id: int, since: datetime) -> None:
    """Have what closed channels kept back since then be told as what a pause kept back."""
    await tx.all("join_missed", subscriber_id=subscriber_id, since=epoch(since))


def _read(row: Row) -> Known:
    return Known(row["id"], row["discord_id"], instant_or_none(row["left_at"]))
