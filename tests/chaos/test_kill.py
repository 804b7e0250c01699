"""kill -9 in the middle, five times: every post reaches its channel once, and none is lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.domain.messages import RESEND_WINDOW
from tests.chaos.audit import audit
from tests.chaos.seeding import MANY, TODAY, WEEK, Seeding
from tests.chaos.stage import Stage

KILLS = 5
#: Servers whose posts fall due before each start.
WAVE = 16
POSTS = "/channels/*/messages"
#: A request never takes effect; it does and is never answered; it is answered late; it takes effect late.
NEVER, UNANSWERED, ANSWERED_LATE, LATE = range(4)


async def run_and_kill(
    stage: Stage, seeding: Seeding, chance: random.Random, troubles: list[int], between: Callable[[], Awaitable[None]]
) -> None:
    """Start and kill five times, each time when some more messages have arrived; then run to the end."""
    for number in range(KILLS + 1):
        followed = [(TODAY, WEEK) if chance.random() < 0.3 else (WEEK,) for _ in range(WAVE)]
        seats = await seeding.add(*followed, *([MANY, MANY] if number == 0 else []))
        for seat in seats[:WAVE]:
            await make_trouble(stage, f"/channels/{seat.channel_id}/messages", chance.choice(troubles))
        if number == KILLS:
            await stage.standin.clear_faults()
        async with stage.marquee() as bot:
            if number < KILLS:
                arrived = (await stage.standin.get_status()).messages
                await stage.standin.wait_until(messages=arrived + chance.randint(1, WAVE // 3), timeout=20)
                await bot.kill()
                await between()
            else:
                await stage.wait_until_settled()
                assert await bot.terminate() == 0


async def make_trouble(stage: Stage, path: str, kind: int) -> None:
    if kind in {NEVER, UNANSWERED}:
        await stage.standin.hang_next("POST", path, stored=kind == UNANSWERED)
    else:
        await stage.standin.delay_next("POST", path, 0.2, stored=kind == ANSWERED_LATE)


async def test_every_post_arrives_once_while_discord_knows_the_nonce(stage: Stage) -> None:
    seeding = Seeding(stage)

    async def at_once() -> None:
        assert stage.ledger.count("messages WHERE state = 'sending'") > 0

    troubles = [NEVER, UNANSWERED, ANSWERED_LATE, ANSWERED_LATE, LATE, LATE]
    await run_and_kill(stage, seeding, random.Random(20250606), troubles, at_once)
    await audit(stage, seeding.seats)
    again = Counter(request.nonce for request in await stage.standin.list_requests("POST", POSTS))
    assert max(again.values()) > 1, "no kill came between storing and writing it down"


async def test_every_post_arrives_once_when_discord_has_forgotten_the_nonce(stage: Stage) -> None:
    seeding = Seeding(stage)

    async def after_a_while() -> None:
        stage.ledger.let_time_pass(int(RESEND_WINDOW.total_seconds()))
        await stage.standin.expire_nonces()

    # Not LATE: a request that lands after the history was read is the one case that docs/delivery.md leaves open.
    troubles = [NEVER, UNANSWERED, ANSWERED_LATE, ANSWERED_LATE]
    await run_and_kill(stage, seeding, random.Random(20250709), troubles, after_a_while)
    await audit(stage, seeding.seats)
    found = stage.ledger.count("messages WHERE state = 'sent' AND attempt > 1")
    absent = stage.ledger.count("messages WHERE state = 'dissolved'")
    assert min(found, absent) > 0, "no kill left both: what had arrived, and what had not"
    assert len(await stage.standin.list_requests("GET", POSTS)) >= found + absent
