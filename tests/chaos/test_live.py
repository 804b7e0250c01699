"""Killed between the edit of a live countdown and its book: the same message is edited again, and there is no other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain.messages import LEASE
from bot.domain.subscribers import SubscriberKind
from bot.services.settings import Preferences
from bot.store import subscribers
from bot.store.database import open_database
from tests.chaos.audit import marker
from tests.chaos.seeding import MOVING, Seeding
from tests.chaos.stage import Stage

EDITS = "/channels/*/messages/*"


async def count_live(stage: Stage, guild_id: int) -> None:
    db = await open_database(stage.url)
    async with db.reading() as tx:
        stored = await subscribers.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
    assert stored is not None
    await Preferences(db).change(stored.id, datetime.now(UTC) - timedelta(days=20), live=True)
    await db.close()


async def run_until_said(stage: Stage) -> None:
    """Run until every live countdown says what is true, and none is under way."""
    async with stage.marquee() as bot:
        await stage.wait_until_settled()
        for _ in range(400):
            if stage.ledger.count(
                "live_messages WHERE attempts = 0 AND due_at > CAST(strftime('%s', 'now') AS INTEGER)"
            ):
                break
            await asyncio.sleep(0.05)
        assert await bot.terminate() == 0


async def test_killed_in_the_middle_of_an_edit_it_is_made_again(stage: Stage) -> None:
    seeding = Seeding(stage)
    [seat] = await seeding.add((MOVING,))
    await count_live(stage, seat.guild.id)
    await run_until_said(stage)
    [told] = await stage.standin.list_messages(seat.channel_id)
    assert "in 7 days" in told.content
    seeding.move(MOVING, 9)
    await stage.standin.hang_next("PATCH", EDITS, stored=True)
    before = len(await stage.standin.list_requests("PATCH", EDITS))
    async with stage.marquee() as bot:
        await stage.standin.wait_until(requests=before + 1, method="PATCH", path=EDITS, timeout=20)
        for _ in range(400):  # a request is counted before all of it has come
            if (await stage.standin.list_messages(seat.channel_id))[0].edits > told.edits:
                break
            await asyncio.sleep(0.05)
        await bot.kill()
    assert stage.ledger.count("live_messages WHERE attempts = 1") == 1
    stage.ledger.let_time_pass(int(LEASE.total_seconds()))
    await run_until_said(stage)
    [shown] = await stage.standin.list_messages(seat.channel_id)
    assert (shown.id, shown.edits, marker(shown)) == (told.id, told.edits + 2, marker(told))
    assert "in 9 days" in shown.content
