"""discord.py's books of rate limits, one a channel: kept from reading all of them for every channel that is new."""

import asyncio

import discord

#: A channel's limit is forgotten 300 s after its last request; so much later than that is soon enough.
SCAN_SECONDS = 30.0


def scan_seldom(client: discord.Client) -> None:
    """Let discord.py look for limits to forget every 30 seconds at most.

    Above 256 limits it looks through all of them for each channel that it has no limit of yet: a first pass over 10,000
    channels spent most of its time there.
    """
    http = client.http
    scan = http._try_clear_expired_ratelimits  # pyright: ignore[reportPrivateUsage]
    next_at = float("-inf")

    def scan_if_due() -> None:
        nonlocal next_at
        now = asyncio.get_running_loop().time()
        if now >= next_at:
            scan()
            next_at = now + SCAN_SECONDS

    http._try_clear_expired_ratelimits = scan_if_due  # pyright: ignore[reportPrivateUsage]
