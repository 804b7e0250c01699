"""Requests of the real discord.py on their way to a stand-in: which wait for a turn, and what their answers tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import discord
import pytest
from discord.http import Route

from bot.ui.traffic import direct_traffic
from tests.standin.client import BOT_TOKEN, StandinClient
from tests.standin.pointing import pointed_at
from tests.standin.records import Guild
from tests.standin.server import Urls

POSTS = "/channels/*/messages"


class Notebook:
    """A RequestPace that lets everybody pass, and writes down what it is told."""

    def __init__(self) -> None:
        self.admitted = 0
        self.under_way = 0
        self.broken = 0
        self.invalid = 0
        self.holds: list[float] = []

    async def admit(self) -> Callable[[bool], None]:
        self.admitted += 1
        self.under_way += 1

        def end(answered: bool) -> None:
            self.under_way -= 1
            self.broken += not answered

        return end

    def note_invalid(self) -> None:
        self.invalid += 1

    def note_global_limit(self, seconds: float) -> None:
        self.holds.append(seconds)


@pytest.fixture
async def notes(served: Urls, client: discord.Client) -> AsyncIterator[Notebook]:
    """What the pace is told of a client that has just logged in."""
    notes = Notebook()
    direct_traffic(client, notes)
    with pointed_at(served.api, served.gateway):
        async with client:
            await client.login(BOT_TOKEN)
            notes.admitted = 0
            yield notes
            assert notes.under_way == 0


@pytest.fixture
def channel(client: discord.Client, channel_id: int) -> discord.PartialMessageable:
    return client.get_partial_messageable(channel_id)


async def test_everything_that_is_asked_takes_its_place(
    client: discord.Client, notes: Notebook, guild: Guild, channel: discord.PartialMessageable
) -> None:
    sent = await channel.send("a post")
    await sent.edit(content="a better one")
    found = await client.fetch_guild(guild.id, with_counts=False)
    await found.fetch_channels()
    assert notes.admitted == 4
    assert (notes.invalid, notes.holds) == (0, [])


async def test_each_try_of_discord_py_is_a_request(
    standin: StandinClient, notes: Notebook, channel: discord.PartialMessageable
) -> None:
    await standin.limit_next("POST", POSTS, retry_after=0.01, times=2)
    await channel.send("at the third try")
    assert notes.admitted == 3
    assert notes.invalid == 2, "Discord counts 429s towards a ban"
    assert notes.holds == [], "a channel's own limit is nobody else's business"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/interactions/1/secret/callback"), ("PATCH", "/webhooks/1/secret/messages/@original")],
)
async def test_answers_to_interactions_wait_for_nothing(
    client: discord.Client, notes: Notebook, method: str, path: str
) -> None:
    with pytest.raises(discord.NotFound):
        await client.http.request(Route(method, path), json={"type": 1})
    assert notes.admitted == 0


async def test_what_discord_takes_for_invalid_is_counted(
    standin: StandinClient, notes: Notebook, channel: discord.PartialMessageable
) -> None:
    for status in (401, 403, 404, 400):
        await standin.fail_next("POST", POSTS, status)
        with pytest.raises(discord.HTTPException):
            await channel.send("no")
    assert notes.invalid == 2
    await standin.limit_next("POST", POSTS, retry_after=0.01, scope="shared")
    await channel.send("others are too loud here")
    assert notes.invalid == 2


@pytest.mark.parametrize(
    ("order", "told"),
    [({"scope": "global"}, 1.0), ({"via": False, "retry_after": 120}, 120.0)],
    ids=["global", "banned"],
)
async def test_global_limit_and_a_ban_hold_everybody(
    standin: StandinClient,
    notes: Notebook,
    channel: discord.PartialMessageable,
    order: dict[str, Any],
    told: float,
) -> None:
    await standin.limit_next("POST", POSTS, **{"retry_after": 0.02, **order})
    sending = asyncio.create_task(channel.send("held"))
    await asyncio.wait([sending])
    assert isinstance(sending.exception(), discord.HTTPException) is ("via" in order)
    assert notes.holds == [told]


async def test_request_that_breaks_off_gives_its_place_back(
    standin: StandinClient, notes: Notebook, channel: discord.PartialMessageable
) -> None:
    await standin.hang_next("POST", POSTS)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await channel.send("nobody answers")
    assert (notes.admitted, notes.under_way, notes.broken) == (1, 0, 1)


async def test_client_that_is_logged_in_is_too_late(client: discord.Client, notes: Notebook) -> None:
    with pytest.raises(ValueError, match="before the client logs in"):
        direct_traffic(client, notes)
