"""The stand-in's rate limits, as a client without any manners meets them."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.standin.client import BOT_TOKEN, StandinProcess
from tests.standin.limits import GlobalLimit
from tests.standin.records import Guild

pytest_plugins = ["tests.standin.fixtures"]


def test_any_second_counts_wherever_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tests.standin.limits.time.monotonic", lambda: now)
    limit = GlobalLimit()
    limit.per_second = 2
    asked: list[tuple[float, float | None]] = []
    for now in (100.0, 100.9, 100.95, 101.0, 101.5, 101.9):
        wait = limit.take("/channels/1/messages")
        asked.append((now, wait if wait is None else round(wait, 2)))
    assert asked == [(100.0, None), (100.9, None), (100.95, 0.05), (101.0, None), (101.5, 0.4), (101.9, None)]
    assert (limit.refused, limit.peak) == (2, 4)
    assert limit.take("/interactions/1/secret/callback") is None
    assert limit.take("/webhooks/1/secret") is None
    assert limit.peak == 4


async def test_global_limit_says_what_discord_says(standin: StandinProcess) -> None:
    await standin.set_global_limit(3)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {BOT_TOKEN}"}) as session:
        answers = await asyncio.gather(*(session.get(f"{standin.api}/users/@me") for _ in range(5)))
        refused = [answer for answer in answers if answer.status == 429]
        body = await refused[0].json()
    assert len(refused) == 2
    wanted = {"Via": "1.1 google", "Retry-After": "1", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
    assert {name: refused[0].headers.get(name) for name in wanted} == wanted
    assert body["global"] is True
    assert 0 < body["retry_after"] <= 1
    status = await standin.get_status()
    assert (status.limited, status.channel_limited, status.peak) == (2, 0, 5)


async def test_channel_takes_five_messages_in_five_seconds(standin: StandinProcess, guild: Guild) -> None:
    one, other = [await standin.add_channel(guild.id) for _ in range(2)]
    await standin.set_channel_limits(on=True)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {BOT_TOKEN}"}) as session:

        async def post(channel_id: int) -> tuple[int, str, str | None]:
            async with session.post(f"{standin.api}/channels/{channel_id}/messages", json={"content": "x"}) as answer:
                headers = answer.headers
                return answer.status, headers["X-RateLimit-Remaining"], headers.get("X-RateLimit-Scope")

        answers = [await post(one) for _ in range(6)]
        assert answers == [(200, str(left), None) for left in (4, 3, 2, 1, 0)] + [(429, "0", "user")]
        assert await post(other) == (200, "4", None)
    assert (await standin.get_status()).channel_limited == 1
