"""discord.py's gate: shut while it waits out a global rate limit, and to be left as it is found."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import discord


@contextmanager
def leaving_the_gate_open(client: discord.Client) -> Generator[None]:
    """Give a request up without silencing the others.

    discord.py shuts its gate while it waits out a global rate limit, and opens it after; a request that is cancelled in
    that wait leaves it shut, and every later one waits for ever.
    """
    try:
        yield
    except asyncio.CancelledError:
        client.http._global_over.set()  # pyright: ignore[reportPrivateUsage]
        raise
