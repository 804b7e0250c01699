"""How fast, and at what cost, posts go out: Marquee from claim to settle, against bare discord.py sending the same.

The stand-in is a process of its own and has no limits; 50 messages are in flight. The bare bot sends what Marquee
renders, body for body, to as many channels; all that can be made before its clock starts is made before.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from tests.benchmarks.figures import Figure, Scale, main
from tests.benchmarks.posting import IN_FLIGHT, Run, example, send_bare, send_with_marquee

CHANNELS, FEW = 1_000, 300


async def measure(scale: Scale) -> Sequence[Figure]:
    """Alternate, and begin now with the one, now with the other."""
    logging.disable(logging.WARNING)
    channels = CHANNELS if scale.full else FEW
    body = await example()
    ours: list[Run] = []
    bare: list[Run] = []
    for number in range(scale.runs):
        if number % 2:
            bare.append(await send_bare(channels, body))
        ours.append(await send_with_marquee(channels))
        if not number % 2:
            bare.append(await send_bare(channels, body))
    against, how = "channel.send of the same", f"{channels:,} channels, {IN_FLIGHT} in flight"
    return [
        Figure(
            "messages through claim, render, send, settle", against, "/s",
            tuple(run.per_second for run in ours), tuple(run.per_second for run in bare), 0.9, "high", how,
        ),
        Figure(
            "CPU of a message on that way", against, "ms",
            tuple(run.cpu_ms for run in ours), tuple(run.cpu_ms for run in bare), 1.3, "low", how,
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(measure))
