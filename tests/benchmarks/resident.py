"""What a process uses, read from /proc: memory in megabytes, time of the processor in seconds."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

_LOOK_SECONDS = 2.0
#: Of one processor.
_IDLE_SHARE = 0.05


def resident_megabytes(pid: int) -> float:
    """The memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pid: int) -> float:
    """The time of processors that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def wait_until_idle(pid: int, *, timeout_seconds: float = 180.0) -> None:
    """Wait until a process has hardly anything left to do.

    Raises:
        TimeoutError: it goes on and on.
    """
    async with asyncio.timeout(timeout_seconds):
        while True:
            used, began = cpu_seconds(pid), time.monotonic()
            await asyncio.sleep(_LOOK_SECONDS)
            if cpu_seconds(pid) - used < _IDLE_SHARE * (time.monotonic() - began):
                return
