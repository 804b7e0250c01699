"""SIGTERM and Ctrl-C: nothing new is claimed, what is in flight is finished, the database is closed, exit code 0."""

from __future__ import annotations

import os
import signal
import time

from bot.services.dispatch import IN_FLIGHT
from tests.chaos.audit import audit
from tests.chaos.seeding import WEEK, Seeding
from tests.chaos.stage import Stage

POSTS = "/channels/*/messages"
#: Ten seconds for what is in flight, and a busy machine's share.
LIMIT_SECONDS = 13


def is_closed(stage: Stage) -> bool:
    """SQLite removes its log when the last connection is closed in order."""
    return not stage.database.with_name(f"{stage.database.name}-wal").exists()


async def test_what_is_in_flight_is_finished_and_nothing_new_is_claimed(stage: Stage) -> None:
    seeding = Seeding(stage)
    await seeding.add(*[(WEEK,)] * (IN_FLIGHT + 20))
    await stage.standin.delay_next("POST", POSTS, 0.2, times=IN_FLIGHT + 20)
    async with stage.marquee() as bot:
        await stage.standin.wait_until(requests=1, method="POST", path=POSTS, timeout=20)
        assert not is_closed(stage)
        assert await bot.terminate() == 0
    assert is_closed(stage)
    sent = stage.ledger.count("messages WHERE state = 'sent'")
    assert 0 < sent <= IN_FLIGHT
    assert stage.ledger.count("messages") == sent
    assert stage.ledger.count("posts WHERE state <> 'planned'") == sent
    assert (await stage.standin.get_status()).messages == sent
    assert len(await stage.standin.list_requests("POST", POSTS)) == sent
    await stage.standin.clear_faults()
    async with stage.marquee() as bot:
        await stage.wait_until_settled()
        assert await bot.terminate() == 0
    await audit(stage, seeding.seats)


async def test_login_that_hangs_does_not_hold_the_end_up(stage: Stage) -> None:
    await stage.standin.hang_next("GET", "/users/@me")
    async with stage.marquee() as bot:
        await stage.standin.wait_until(requests=1, timeout=20)
        asked_at = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - asked_at < LIMIT_SECONDS / 2
    assert is_closed(stage)


async def test_what_discord_never_answers_holds_the_end_up_for_ten_seconds(stage: Stage) -> None:
    seeding = Seeding(stage)
    [stuck, _] = await seeding.add((WEEK,), (WEEK,))
    path = f"/channels/{stuck.channel_id}/messages"
    await stage.standin.hang_next("POST", path, stored=True)
    async with stage.marquee() as bot:
        await stage.standin.wait_until(messages=2, timeout=20)
        asked_at = time.monotonic()
        os.kill(bot.pid, signal.SIGINT)
        assert await bot.wait() == 0
        assert time.monotonic() - asked_at < LIMIT_SECONDS
    assert is_closed(stage)
    [left] = [message for message in stage.ledger.list_messages() if message.state != "sent"]
    assert (left.channel_id, left.state) == (stuck.channel_id, "sending")
    async with stage.marquee() as bot:
        await stage.wait_until_settled()
        asked_at = time.monotonic()
        os.kill(bot.pid, signal.SIGINT)
        assert await bot.wait() == 0
        assert time.monotonic() - asked_at < LIMIT_SECONDS / 2, "nothing was in flight"
    await audit(stage, seeding.seats)
    assert [request.status for request in await stage.standin.list_requests("POST", path)] == [None, 200]
