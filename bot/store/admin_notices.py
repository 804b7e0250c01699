"""What those who look after a server are told once, from the fact to the telling."""

from datetime import datetime

from bot.domain.admin_notices import AdminNotice
from bot.domain.subscribers import SubscriberKind
from bot.store.columns import epoch, epoch_or_none, instant_of, instant_or_none
from bot.store.database import Row, Transaction


async def add_notice(tx: Transaction, notice: AdminNotice, due_at: datetime | None) -> bool:
    """Have something told at `due_at`, or with None at a command; False if it was told, or waits, already."""
    row = await tx.one(
        "add_notice",
        subscriber_id=notice.subscriber_id, about=notice.about, sentence=notice.sentence,
        created_at=epoch(notice.created_at), due_at=epoch_or_none(due_at),
    )  # fmt: skip
    return row is not None


async def has_due_notice(tx: Transaction, now: datetime) -> bool:
    """Whether there is anything to be written somewhere."""
    return await tx.one("has_due_notice", now=epoch(now)) is not None


async def take_due_notices(tx: Transaction, now: datetime, until: datetime, limit: int) -> list[AdminNotice]:
    """Take what is to be written somewhere; what nobody settles is due again `until`."""
    rows = await tx.all("take_due_notices", now=epoch(now), until=epoch(until), n=limit)
    return [_read(row) for row in sorted(rows, key=lambda row: row["id"])]


async def try_notice(tx: Transaction, notice_id: int, now: datetime) -> None:
    """Write down that an attempt is about to be made."""
    await tx.all("try_notice", notice_id=notice_id, now=epoch(now))


async def put_off_notice(
    tx: Transaction, notice_id: int, due_at: datetime | None, tried_at: datetime | None = None
) -> None:
    """Tell it later, or with None at a command. `tried_at`: when an attempt may have arrived, if one may."""
    await tx.all(
        "put_off_notice", notice_id=notice_id, due_at=epoch_or_none(due_at), tried_at=epoch_or_none(tried_at)
    )  # fmt: skip


async def end_notice(tx: Transaction, notice_id: int, now: datetime) -> bool:
    """It is told; False if it was already."""
    return await tx.one("end_notice", notice_id=notice_id, now=epoch(now)) is not None


async def list_waiting(
    tx: Transaction, kind: SubscriberKind, discord_id: int, until: datetime, limit: int
) -> list[AdminNotice]:
    """List what waits for a command of a server's, or a person's, and has since `until` then, the oldest first."""
    rows = await tx.all("list_waiting_notices", kind=kind.value, discord_id=discord_id, until=epoch(until), n=limit)
    return [_read(row) for row in rows]


async def remove_told(tx: Transaction, before: datetime) -> None:
    """Forget what was told before then."""
    await tx.all("remove_told_notices", before=epoch(before))


async def remove_untold(tx: Transaction, subscriber_id: int, about: str) -> None:
    """Tell nobody of what is over: notices about something that begins like `about`."""
    await tx.all("remove_untold_notices", subscriber_id=subscriber_id, about=about)


async def list_given_channels(tx: Transaction, subscriber_id: int) -> list[int]:
    """List the channels that Marquee was given in a server and that are not closed, the main one first."""
    return [row["channel_id"] for row in await tx.all("list_given_channels", subscriber_id=subscriber_id)]


def _read(row: Row) -> AdminNotice:
    return AdminNotice(
        subscriber_id=row["subscriber_id"],
        about=row["about"],
        sentence=row["sentence"],
        created_at=instant_of(row["created_at"]),
        id=row["id"],
        attempts=row["attempts"],
        tried_at=instant_or_none(row["tried_at"]),
    )
