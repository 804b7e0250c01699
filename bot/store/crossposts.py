"""Messages in announcement channels that are to be published, and those that were in the past hours."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.channels import ChannelKind
from bot.domain.crossposts import AN_HOUR, Crosspost, Ending, Published, is_for_all
from bot.domain.messages import Message
from bot.store.channels import set_kind
from bot.store.columns import epoch, epoch_after
from bot.store.database import Transaction
from bot.store.messages import get_message
from bot.store.statements import each

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


async def add_crossposts(tx: Transaction, messages: Iterable[Message], now: datetime) -> None:
    """Have messages published that have arrived, where a server wants that and its channel may be for announcements."""
    if ids := [message.id for message in messages if is_for_all(message)]:
        await tx.all("add_crossposts", message_ids=each(ids), now=epoch(now))


async def has_due_crosspost(tx: Transaction, now: datetime) -> bool:
    """Whether anything is to be published."""
    return await tx.one("has_due_crosspost", now=epoch(now)) is not None


async def take_crossposts(tx: Transaction, now: datetime, lease_until: datetime, limit: int) -> list[Crosspost]:
    """Take what is due, release days first, at most `AN_HOUR` an hour and channel; the others wait for their hour.

    What is not settled by `lease_until` is due again then.
    """
    await tx.all("forget_crossposts", before=epoch(now - _DAY))
    hour = {"hour_ago": epoch(now - _HOUR), "an_hour": AN_HOUR}
    rows = await tx.all("take_crossposts", now=epoch(now), lease_until=epoch_after(lease_until), n=limit, **hour)
    return [
        Crosspost(await get_message(tx, row["message_id"]), row["attempts"])
        for row in sorted(rows, key=lambda row: row["message_id"])
    ]


async def settle_crosspost(tx: Transaction, crosspost: Crosspost, published: Published, now: datetime) -> bool:
    """Write down what came of it; False, and nothing is written, if somebody else has taken it since."""
    fence = {"message_id": crosspost.message.id, "attempt": crosspost.attempt}
    if published.ending is Ending.DONE:
        return await tx.one("end_crosspost", now=epoch(now), **fence) is not None
    if published.retry_at is not None:
        return await tx.one("postpone_crosspost", due_at=epoch_after(published.retry_at), **fence) is not None
    if await tx.one("drop_crosspost", **fence) is None:
        return False
    if published.ending is Ending.NO_NEWS_CHANNEL:
        await set_kind(tx, crosspost.message.channel_id, ChannelKind.TEXT, now)
        await tx.all("drop_crossposts_of", channel_id=crosspost.message.channel_id)
    return True
