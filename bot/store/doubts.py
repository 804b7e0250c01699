"""Changes of date that are not believed yet, and what admins said of them."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.doubts import DoubtAnswer, DoubtState, DoubtVerdict
from bot.domain.films import Doubt, DoubtReason, ReleaseType
from bot.store.columns import date_or_none, epoch, instant_of, text_or_none
from bot.store.database import Row, Transaction


async def list_doubts(tx: Transaction, film_id: int) -> list[Doubt]:
    """List the open doubts of a film."""
    return [read_doubt(row) for row in await tx.all("list_doubts", film_id=film_id)]


async def find_doubt(tx: Transaction, doubt_id: int) -> tuple[Doubt, DoubtState] | None:
    """Find a doubt and where it stands."""
    row = await tx.one("find_doubt", doubt_id=doubt_id)
    return (read_doubt(row), DoubtState(row["state"])) if row else None


async def add_doubt(tx: Transaction, doubt: Doubt) -> int:
    """Keep a change that is not believed yet; its id."""
    row = await tx.one(
        "add_doubt",
        film_id=doubt.film_id,
        country=doubt.country,
        type=doubt.type.value,
        old_date=text_or_none(doubt.old),
        new_date=text_or_none(doubt.new),
        source=doubt.source,
        reason=doubt.reason.value,
        first_seen_at=epoch(doubt.first_seen_at),
    )
    return row["id"] if row else 0


async def settle_doubt(tx: Transaction, doubt_id: int, state: DoubtState, now: datetime) -> bool:
    """End a doubt; False if it is open no longer."""
    return await tx.one("settle_doubt", doubt_id=doubt_id, state=state.value, now=epoch(now)) is not None


async def answer_doubt(
    tx: Transaction, doubt_id: int, subscriber_id: int, verdict: DoubtVerdict, user_id: int, now: datetime
) -> bool:
    """Note what a server says of a doubt; False if it has said so, or trusted it, before."""
    row = await tx.one(
        "answer_doubt",
        doubt_id=doubt_id,
        subscriber_id=subscriber_id,
        answer=verdict.value,
        user_id=user_id,
        answered_at=epoch(now),
    )
    return row is not None


async def map_answers(tx: Transaction, subscriber_id: int) -> Mapping[int, DoubtAnswer]:
    """Map open doubts to what a server said of them."""
    rows = await tx.all("list_doubt_answers", subscriber_id=subscriber_id)
    return {row["doubt_id"]: read_answer(row) for row in rows}


async def find_answer(tx: Transaction, doubt_id: int, subscriber_id: int) -> DoubtAnswer | None:
    """Find what a server said of a doubt, settled or not."""
    row = await tx.one("find_doubt_answer", doubt_id=doubt_id, subscriber_id=subscriber_id)
    return read_answer(row) if row else None


async def list_trusting(tx: Transaction, doubt_id: int) -> list[int]:
    """List the subscribers for which a doubtful date is in force."""
    return [row["subscriber_id"] for row in await tx.all("list_trusting", doubt_id=doubt_id)]


def read_doubt(row: Row) -> Doubt:
    """A row of doubts."""
    return Doubt(
        id=row["id"],
        film_id=row["film_id"],
        country=row["country"],
        type=ReleaseType(row["type"]),
        old=date_or_none(row["old_date"]),
        new=date_or_none(row["new_date"]),
        source=row["source"],
        reason=DoubtReason(row["reason"]),
        first_seen_at=instant_of(row["first_seen_at"]),
    )


def read_answer(row: Row) -> DoubtAnswer:
    """A row of doubt_answers."""
    return DoubtAnswer(DoubtVerdict(row["answer"]), row["user_id"])
