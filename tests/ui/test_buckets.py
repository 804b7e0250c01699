"""discord.py's books of rate limits: looked through seldom, and no bigger than before.

What is overridden is private to discord.py 2.7.1. If an update changes it, these tests say so.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator

import discord
import pytest
from discord.http import HTTPClient, Ratelimit

from bot.ui.buckets import SCAN_SECONDS, scan_seldom

FORGOTTEN_SECONDS = 300  # discord.py's own


class Looks:
    """Counts how often a limit is asked whether it may be forgotten, and lets time pass."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.skipped_seconds = 0.0
        is_inactive = Ratelimit.is_inactive
        now = asyncio.get_running_loop().time

        def counted(limit: Ratelimit) -> bool:
            self.count += 1
            return is_inactive(limit)

        monkeypatch.setattr(Ratelimit, "is_inactive", counted)
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now() + self.skipped_seconds)


@pytest.fixture
async def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    return Looks(monkeypatch)


@pytest.fixture
async def http() -> AsyncIterator[HTTPClient]:
    """The HTTP client of a bot that scans seldom; it asks nobody anything."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        scan_seldom(client)
        yield client.http


def open_channels(http: HTTPClient, first: int, count: int) -> None:
    """Have a limit made for each of `count` channels, as a request to it does."""
    for channel_id in range(first, first + count):
        http.get_ratelimit(f"POST /channels/{{channel_id}}/messages:{channel_id}")


async def test_first_pass_over_many_channels_looks_through_the_books_once(looks: Looks, http: HTTPClient) -> None:
    open_channels(http, 0, 3_000)
    assert looks.count <= 256, "without the override it is about 4,500,000"


async def test_books_are_still_cleared(looks: Looks, http: HTTPClient) -> None:
    open_channels(http, 0, 3_000)
    for minute in range(1, 31):
        looks.skipped_seconds = minute * 60.0
        open_channels(http, minute * 10_000, 2_880)  # 48 new channels a second, for half an hour
    kept = len(http._buckets)  # pyright: ignore[reportPrivateUsage]
    assert kept <= (FORGOTTEN_SECONDS + 60 + SCAN_SECONDS) * 48, "channels that are done with are not forgotten"
    assert looks.count <= 31 * 20_000


def test_what_is_overridden_is_as_it_was() -> None:
    assert list(inspect.signature(HTTPClient._try_clear_expired_ratelimits).parameters) == ["self"]
    source = inspect.getsource(HTTPClient.get_ratelimit)
    assert "self._try_clear_expired_ratelimits()" in source, "who clears the books now? See bot/ui/buckets.py"
    assert "if len(self._buckets) < 256" in inspect.getsource(HTTPClient._try_clear_expired_ratelimits)
