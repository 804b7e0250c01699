"""Thousands at once, trouble by chance, and a stand-in that is killed and goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import discord

from tests.standin.client import BOT_TOKEN, StandinProcess
from tests.standin.pointing import pointed_at

pytest_plugins = ["tests.standin.fixtures"]
SENDERS = ["view_channel", "send_messages", "read_message_history"]


async def post(standin: StandinProcess, channel_id: int, content: str, nonce: str) -> int | None:
    """Send as a bot would; the message's id, None if no answer came or a refusal."""
    body = {"content": content, "nonce": nonce, "enforce_nonce": True}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {standin.token}"}) as session:
        try:
            async with session.post(f"{standin.api}/channels/{channel_id}/messages", json=body) as answer:
                return int((await answer.json())["id"]) if answer.status == 200 else None
        except aiohttp.ClientError:
            return None


async def test_many_servers_are_made_and_looked_at_in_one_call_each(standin: StandinProcess) -> None:
    servers = await standin.add_servers(300, bot=SENDERS)
    assert len({channel_id for _, channel_id in servers}) == 300
    (first, channel_id), (_, other) = servers[:2]
    await standin.say_everywhere([channel_id], "hello")
    sent = await post(standin, other, "on Friday", "a")
    assert [(told.id, told.channel_id, told.to, told.nonce) for told in await standin.list_told()] == [
        (sent, other, None, "a")
    ]
    assert [message.author_id for message in await standin.list_messages(channel_id)] == [first.owner_id]
    assert (await standin.get_status()).messages == 2


async def test_storm_takes_its_share_and_ends(standin: StandinProcess) -> None:
    [(_, channel_id)] = await standin.add_servers(1, bot=SENDERS)
    await standin.set_storm({"503": 0.3, "dropped after": 0.3}, seed=1)
    answers = [await post(standin, channel_id, "x", str(number)) for number in range(100)]
    faults = [request.fault for request in await standin.list_requests("POST")]
    assert 15 < faults.count("status") < 45 > faults.count("drop") > 15
    assert len(await standin.list_told()) == 100 - faults.count("status")
    assert answers.count(None) == faults.count("status") + faults.count("drop")
    await standin.set_storm({})
    assert await post(standin, channel_id, "x", "after") is not None


async def test_killed_it_goes_on_with_what_it_had_stored(tmp_path: Path) -> None:
    async with StandinProcess(keep=tmp_path) as standin:
        [(guild, channel_id), (_, other)] = await standin.add_servers(2, bot=SENDERS)
        port = urlsplit(standin.api).port or 0
        first = await post(standin, channel_id, "one", "1")
        gone = await post(standin, channel_id, "two", "2")
        await standin.delete_message(gone or 0)
        bot_id = (await standin.get_status()).bot_id
    async with StandinProcess(keep=tmp_path, port=port) as standin:
        assert standin.token == BOT_TOKEN
        assert (await standin.get_status()).bot_id == bot_id
        assert await post(standin, channel_id, "one", "1") == first
        assert [message.id for message in await standin.list_messages(channel_id)] == [first]
        assert await standin.say(other, "I am still here", user_id=guild.owner_id)


async def test_servers_are_furnished_for_who_asks_to_see_them(standin: StandinProcess) -> None:
    await standin.add_servers(3, bot=SENDERS)
    await standin.furnish_servers(channels=30, roles=20, emoji=30)
    with pointed_at(standin.api, standin.gateway):
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            connecting = asyncio.create_task(client.start(BOT_TOKEN))
            await asyncio.wait_for(client.wait_for("ready"), 20)
            seen = [(len(guild.channels), len(guild.roles), len(guild.emojis)) for guild in client.guilds]
        await asyncio.wait([connecting])
    assert seen == [(30, 20, 0)] * 3
