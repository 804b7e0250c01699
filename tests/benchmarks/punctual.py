"""How late the first message is: from the instant a post is due to its request's arrival, nothing queued before it.

The real scheduler with all its jobs, the real pace, the stand-in a process of its own. Every trial starts the scheduler
at another phase of the second, evenly spread: posts are due at whole seconds, and the dispatch looks once a second.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.app import App, _jobs  # pyright: ignore[reportPrivateUsage]
from bot.domain.posts import Post, PostKind
from bot.scheduler import Scheduler
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.posting import a_bot
from tests.standin.client import StandinProcess

TRIALS, FEW = 50, 9
_POSTS = "/channels/*/messages"


async def measure(scale: Scale) -> Sequence[Figure]:
    """Take the 99th percentile of all trials: of so few, the worst."""
    logging.disable(logging.WARNING)
    trials = TRIALS if scale.full else FEW
    async with a_bot(trials) as (app, standin):
        await app.context.pictures.warm()  # as it is twenty seconds after a start
        late = sorted([await _trial(app, standin, number + 1, number / trials) for number in range(trials)])
    worst = late[min(len(late) * 99 // 100, len(late) - 1)]
    note = f"p99 of {trials} phases; p50 {late[len(late) // 2]:.2f} s"
    return [Figure("first message after its due instant", "", "s", (worst,), (), 1.5, "low", note)]


async def _trial(app: App, standin: StandinProcess, subscriber_id: int, phase: float) -> float:
    """Owe one post that is due in a while; how many seconds late it arrives."""
    await asyncio.sleep((phase - time.time()) % 1)
    scheduler = Scheduler(_jobs(app), app.clock, lambda: app.leading.leads)
    due_at = datetime.fromtimestamp(int(time.time() + 0.3) + 1, UTC)
    async with app.db.transaction() as tx:
        subscriber = await subscriber_store.get_subscriber(tx, subscriber_id)
        await post_store.arm_post(tx, Post(
            subscriber.id, PostKind.FOLLOWED, f"{subscriber.id}:punctual", due_at, due_at + timedelta(days=7),
            note="Ida Reel", channel_id=subscriber.channel_id,
        ))  # fmt: skip
        await subscriber_store.end_planning(tx, {subscriber.id: (subscriber.revision, None)})
    seen = (await standin.get_status(method="POST", path=_POSTS)).requests
    scheduler.start()
    try:
        await standin.wait_until(requests=seen + 1, method="POST", path=_POSTS)
    finally:
        await scheduler.stop(timedelta(seconds=5))
    return (await standin.list_requests("POST", _POSTS))[-1].at - due_at.timestamp()


if __name__ == "__main__":
    sys.exit(main(measure))
