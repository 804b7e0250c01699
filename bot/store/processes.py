"""Which processes run this bot now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.columns import epoch, instant_of
from bot.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Process:
    """One of them, as it last said of itself."""

    owner: str
    shards: tuple[int, ...]  #: none: it has them all
    leads: bool
    seen_at: datetime


async def beat_process(tx: Transaction, owner: str, shards: Sequence[int], now: datetime, *, leads: bool) -> None:
    """Say that this process is here."""
    await tx.all("beat_process", owner=owner, shards=json.dumps(list(shards)), leads=int(leads), now=epoch(now))


async def list_processes(tx: Transaction, since: datetime) -> list[Process]:
    """List who was heard of since then."""
    return [
        Process(row["owner"], tuple(json.loads(row["shards"])), bool(row["leads"]), instant_of(row["seen_at"]))
        for row in await tx.all("list_processes", since=epoch(since))
    ]


async def remove_process(tx: Transaction, owner: str, before: datetime) -> None:
    """Forget this process, and those not heard of since `before`."""
    await tx.all("remove_process", owner=owner, before=epoch(before))
