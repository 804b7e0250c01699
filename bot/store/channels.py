"""What kind of channel each destination is."""

from datetime import datetime

from bot.domain.channels import ChannelKind
from bot.store.columns import epoch
from bot.store.database import Transaction


async def find_kind(tx: Transaction, channel_id: int) -> ChannelKind | None:
    """Find what a channel is; None if nobody has seen yet."""
    row = await tx.one("find_kind", channel_id=channel_id)
    return ChannelKind(row["kind"]) if row and row["kind"] else None


async def set_kind(tx: Transaction, channel_id: int, kind: ChannelKind, now: datetime) -> None:
    """Remember what a channel is."""
    await tx.all("set_kind", channel_id=channel_id, kind=kind.value, now=epoch(now))
