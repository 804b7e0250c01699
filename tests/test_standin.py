"""The loopback stand-in as Discord's other end of the line, proved by the real discord.py: what is lost, kept, resumed.

What a person does and what Discord refuses is in tests/standin/test_people.py.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import aiohttp
import discord
import pytest

from tests.standin.client import StandinProcess
from tests.standin.pointing import pointed_at
from tests.standin.process import ROOT
from tests.standin.records import Guild
from tests.standin.tinybot import CHANNEL_VARIABLE, TOKEN_VARIABLE, TinyBot

pytest_plugins = ["tests.standin.fixtures"]

POSTS = "/channels/*/messages"
CALLBACKS = "/interactions/**"


async def test_commands_are_synced_before_the_bot_identifies(standin: StandinProcess, tiny_bot: TinyBot) -> None:
    assert {command["name"] for command in await standin.list_commands()} == {"film", "slow", "note", "settings"}
    assert tiny_bot.user is not None
    assert tiny_bot.user.id == (await standin.get_status()).bot_id
    assert [request.status for request in await standin.list_requests("PUT")] == [200]


async def test_answer_stored_but_reported_lost_is_retried_into_40060(
    standin: StandinProcess, tiny_bot: TinyBot, channel_id: int
) -> None:
    await standin.fail_next("POST", CALLBACKS, 502, stored=True)
    answer = await standin.slash("film", {"title": "Barbie"}, channel_id=channel_id)
    assert answer.shown.content == "Barbie for nobody"
    await standin.wait_until(finished=2, path=CALLBACKS)
    assert [(r.status, r.code) for r in await standin.list_requests(path=CALLBACKS)] == [(502, 0), (400, 40060)]


async def test_same_nonce_is_one_message_until_its_window_ends(
    standin: StandinProcess, channel: discord.PartialMessageable
) -> None:
    first = await channel.send("one", nonce="key")
    assert (await channel.send("one", nonce="key")).id == first.id
    await standin.expire_nonces()
    assert (await channel.send("one", nonce="key")).id != first.id
    assert [message.nonce for message in await standin.list_messages(channel.id)] == ["key", "key"]


async def test_repeat_of_a_deleted_message_is_unknown(
    standin: StandinProcess, channel: discord.PartialMessageable
) -> None:
    first = await channel.send("one", nonce="key")
    await standin.delete_message(first.id)
    with pytest.raises(discord.NotFound) as refused:
        await channel.send("one", nonce="key")
    assert refused.value.code == 10008
    assert await standin.list_messages(channel.id) == []
    assert [message.is_deleted for message in await standin.list_messages(channel.id, with_deleted=True)] == [True]


@pytest.mark.parametrize(
    ("reset", "error"),
    [(False, aiohttp.ServerDisconnectedError), (True, aiohttp.ClientOSError)],
    ids=["closed", "reset"],
)
@pytest.mark.parametrize("stored", [False, True], ids=["before storing", "after storing"])
async def test_lost_connection_is_an_error_whether_or_not_the_message_exists(
    standin: StandinProcess, channel: discord.PartialMessageable, stored: bool, reset: bool, error: type[Exception]
) -> None:
    await standin.drop_next("POST", POSTS, stored=stored, reset=reset)
    with pytest.raises(error):
        await channel.send("lost?", nonce="key")
    assert len(await standin.list_messages(channel.id)) == stored
    await channel.send("lost?", nonce="key")
    assert len(await standin.list_messages(channel.id)) == 1


async def test_request_that_hangs_and_one_that_lands_late(
    standin: StandinProcess, channel: discord.PartialMessageable
) -> None:
    await standin.hang_next("POST", POSTS)
    await standin.delay_next("POST", POSTS, 0.6)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await channel.send("late", nonce="key")
    assert await standin.list_messages(channel.id) == []
    await standin.wait_until(messages=1, channel_id=channel.id)
    assert [r.fault for r in await standin.list_requests("POST", POSTS)] == ["hang", "delay"]


async def test_history_is_read_by_time_newest_first(
    standin: StandinProcess, channel: discord.PartialMessageable
) -> None:
    person = await standin.add_person()
    for text in ("a", "b", "c"):
        await standin.say(channel.id, text, user_id=person)
    sent = await channel.send("d", nonce="key")
    history = [message async for message in channel.history(limit=3)]
    assert [message.content for message in history] == ["d", "c", "b"]
    assert [message.nonce for message in history] == [None, None, None]
    since = [message.content async for message in channel.history(after=history[-1], limit=None)]
    assert since == ["c", "d"]
    assert [message.content async for message in channel.history(before=sent)] == ["c", "b", "a"]
    assert (await channel.fetch_message(sent.id)).content == "d"


async def test_without_its_permission_history_is_empty_and_not_an_error(
    standin: StandinProcess, channel: discord.PartialMessageable
) -> None:
    sent = await channel.send("here")
    await standin.deny(channel.id, "read_message_history")
    assert [message async for message in channel.history()] == []
    with pytest.raises(discord.Forbidden):
        await channel.fetch_message(sent.id)


async def test_global_limit_is_waited_out(standin: StandinProcess, tiny_bot: TinyBot, guild: Guild) -> None:
    channel_ids = [await standin.add_channel(guild.id) for _ in range(6)]
    await standin.set_global_limit(4)
    await asyncio.gather(*(tiny_bot.get_partial_messageable(i).send("x", nonce=str(i)) for i in channel_ids))
    status = await standin.get_status()
    assert status.messages == 6
    assert status.limited > 0


async def test_socket_cut_is_resumed(standin: StandinProcess, tiny_bot: TinyBot, channel_id: int) -> None:
    assert await standin.cut_gateway() == 1
    await standin.wait_until(resumes=1, connected=1)
    assert (await standin.slash("film", {"title": "Bambi"}, channel_id=channel_id)).type == 4
    await standin.cut_gateway("reconnect")
    await standin.wait_until(resumes=2, connected=1)
    await standin.cut_gateway("invalidate")
    assert (await standin.wait_until(identifies=2, connected=1)).resumes == 2


async def test_what_was_missed_is_sent_on_resuming(standin: StandinProcess) -> None:
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        async with session.ws_connect(standin.gateway) as socket:
            await socket.send_json({"op": 2, "d": {"token": standin.token, "intents": 1}})
            [_, ready] = [await socket.receive_json() for _ in range(2)]
        await standin.wait_until(connected=0, identifies=1)
        guild = await standin.add_guild("Missed")
        async with session.ws_connect(ready["d"]["resume_gateway_url"]) as socket:
            resume = {"token": standin.token, "session_id": ready["d"]["session_id"], "seq": ready["s"]}
            await socket.send_json({"op": 6, "d": resume})
            [_, missed, resumed] = [await socket.receive_json() for _ in range(3)]
    assert (missed["t"], missed["s"], missed["d"]["id"]) == ("GUILD_CREATE", 2, str(guild.id))
    assert (resumed["t"], resumed["s"]) == ("RESUMED", 3)


async def test_wrong_token_is_refused(standin: StandinProcess) -> None:
    bot = TinyBot()
    with pointed_at(standin.api, standin.gateway), pytest.raises(discord.LoginFailure):
        await bot.login("wrong")
    await bot.close()
    async with aiohttp.ClientSession() as session, session.ws_connect(standin.gateway) as socket:
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0}})
        assert json.loads((await socket.receive()).data)["op"] == 10
        assert (await socket.receive()).data == 4004


async def test_killed_bot_comes_back_and_posts_no_second_time(standin: StandinProcess, channel_id: int) -> None:
    environment = {TOKEN_VARIABLE: standin.token, CHANNEL_VARIABLE: str(channel_id)}
    await standin.hang_next("POST", POSTS, stored=True)
    async with standin.bot("tests.standin.tinybot", environment=environment) as first:
        await standin.wait_until(messages=1)
        await first.kill()
    async with standin.bot("tests.standin.tinybot", environment=environment):
        await standin.wait_until(connected=1, identifies=1)
        assert len(await standin.list_messages(channel_id)) == 1
        answer = await standin.slash("film", {"title": "Bambi"}, channel_id=channel_id)
    await standin.wait_until(connected=0)
    assert answer.shown.content == "Bambi for nobody"


async def test_bodies_are_held_against_a_description(tmp_path: Path) -> None:
    answer = {"200": {"content": {"application/json": {"schema": {"required": ["url", "moon"]}}}}}
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps({"paths": {"/gateway": {"get": {"responses": answer}}}}))
    async with StandinProcess(openapi=description) as standin, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bot {standin.token}"}
        async with session.get(f"{standin.api}/gateway", headers=headers) as response:
            assert response.status == 200
        [violation] = await standin.list_violations()
    assert "'moon' is a required property" in violation.problem


def test_stand_in_ends_with_its_parent() -> None:
    command = [sys.executable, "-m", "tests.standin", "--until-stdin-closes"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=True, cwd=ROOT)
    assert json.loads(ended.stdout)["api"].startswith("http://127.0.0.1:")
