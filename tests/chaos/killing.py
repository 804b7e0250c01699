"""SIGKILL at random moments, as often as wanted, while thousands of posts go out through a storm."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.messages import RESEND_WINDOW
from tests.chaos.counting import Count, count
from tests.chaos.seeding import TODAY, WEEK, Seat, Seeding
from tests.chaos.stage import Stage
from tests.standin.client import USUAL

#: Some servers follow two films that are told in one message.
_TWO = 0.1
#: Some kills come in the first seconds of a start, whatever has arrived by then.
_EARLY, _EARLY_SECONDS = 0.15, 4.0
#: How long a post may be under way at Discord: at 50 posts a second a kill meets a dozen.
DELAY_SECONDS = 0.5
STORM: Mapping[str, float] = {
    "late": 0.4, "answered late": 0.4, "never": 0.01, "unanswered": 0.01, "dropped": 0.01, "dropped after": 0.01,
    "reset after": 0.01, "503": 0.01, "503 after": 0.01,
}  # fmt: skip
LONGEST_RUN_SECONDS = 300


class Mode(StrEnum):
    """What Discord remembers when Marquee comes back."""

    ALIVE = "alive"  #: the nonce
    EXPIRED = "expired"  #: not the nonce; the history shows the marker
    UNREADABLE = "unreadable"  #: not the nonce, and the history may not be read


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of it."""

    mode: Mode
    servers: int
    kills: int
    seed: int
    processes: int = 1
    crashes: int = 0  #: of PostgreSQL
    all_lead: bool = False  #: each process plans and dispatches, as if it alone had the lock
    in_haste: bool = False  #: the leases of the dead are not waited for


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of it."""

    wanted: Wanted
    count: Count
    early: int  #: kills before anything new had arrived
    under_way: int  #: messages that nobody knew the end of, at all kills together
    minutes: float


async def kill_often(stage: Stage, wanted: Wanted) -> Killed:
    """Seed, kill, run to the end, count."""
    began, chance = time.monotonic(), random.Random(f"{wanted.mode} {wanted.seed}")
    seats = await seed_servers(stage, wanted, chance)
    first = (await stage.standin.get_status()).messages
    points = sorted(first + chance.randint(1, int(wanted.servers * 0.97)) for _ in range(wanted.kills))
    early = under_way = 0
    for number, point in enumerate(points):
        await stage.standin.set_storm(STORM, seed=chance.randrange(2**32), seconds=DELAY_SECONDS)
        before = (await stage.standin.get_status()).messages
        async with stage.marquee(POST_RATE="50") as bot_process:
            if chance.random() < _EARLY or point <= before:
                await asyncio.sleep(chance.uniform(0, _EARLY_SECONDS))
            else:
                await stage.standin.wait_until(messages=point, timeout=LONGEST_RUN_SECONDS)
                await asyncio.sleep(chance.uniform(0, DELAY_SECONDS))
            assert bot_process.exit_code is None, stage.log_of(number + 1)
            await bot_process.kill()
        early += (await stage.standin.get_status()).messages == before
        under_way += stage.ledger.count("messages WHERE state IN ('sending', 'in_doubt')")
        if wanted.mode is not Mode.ALIVE:
            await forget(stage)
        if number % 10 == 9:
            sys.stderr.write(f"{wanted.mode}: {number + 1} kills, {before - first} messages\n")
    await stage.standin.set_storm({})
    async with stage.marquee(POST_RATE="50") as bot_process:
        await stage.wait_until_settled(timeout_seconds=LONGEST_RUN_SECONDS)
        assert await bot_process.terminate() == 0
    counted = await count(stage, seats)
    return Killed(wanted, counted, early, under_way, (time.monotonic() - began) / 60)


async def seed_servers(stage: Stage, wanted: Wanted, chance: random.Random) -> Sequence[Seat]:
    """Make the servers, with what they follow."""
    unreadable = wanted.mode is Mode.UNREADABLE
    bot = [name for name in USUAL if not unreadable or name != "read_message_history"]
    followed = [(TODAY, WEEK) if chance.random() < _TWO else (WEEK,) for _ in range(wanted.servers)]
    seats = await Seeding(stage).add_many(followed, bot=bot)
    if unreadable:  # in an empty channel even Marquee can tell that nothing came
        await stage.standin.say_everywhere([seat.channel_id for seat in seats[::2]], "What is on?")
    return seats


async def forget(stage: Stage) -> None:
    """Have Discord forget every nonce, as if Marquee had been dead that long; only while it is."""
    # A request that lands after the history was read is the one case that docs/delivery.md leaves open.
    await stage.standin.wait_until(delayed=0, timeout=60)
    stage.ledger.let_time_pass(int(RESEND_WINDOW.total_seconds()))
    await stage.standin.expire_nonces()
