"""Forums, threads and announcements as Discord answers about them, asked by the real discord.py."""

from __future__ import annotations

import discord
import pytest

from tests.standin.client import StandinProcess
from tests.standin.tinybot import TinyBot

pytest_plugins = ["tests.standin.fixtures"]


@pytest.fixture
async def guild_id(standin: StandinProcess) -> int:
    return (await standin.add_guild("The Forum")).id


async def _forum(bot: TinyBot, forum_id: int) -> discord.ForumChannel:
    forum = await bot.fetch_channel(forum_id)
    assert isinstance(forum, discord.ForumChannel)
    return forum


async def _thread(bot: TinyBot, thread_id: int) -> discord.Thread:
    thread = await bot.fetch_channel(thread_id)
    assert isinstance(thread, discord.Thread)
    return thread


async def test_a_forum_takes_posts_and_no_messages(standin: StandinProcess, tiny_bot: TinyBot, guild_id: int) -> None:
    forum = await _forum(tiny_bot, await standin.add_forum(guild_id))
    with pytest.raises(discord.HTTPException) as refused:
        await tiny_bot.get_partial_messageable(forum.id).send("hello")
    assert refused.value.code == 50008
    opened = await forum.create_thread(name="Dune", content="hello")
    assert opened.message.id == opened.thread.id
    assert [thread.name for thread in await standin.list_threads(forum.id)] == ["Dune"]
    await opened.thread.send("a reply")
    assert [message.content for message in await standin.list_messages(opened.thread.id)] == ["hello", "a reply"]


async def test_opened_twice_is_two_posts(standin: StandinProcess, tiny_bot: TinyBot, guild_id: int) -> None:
    forum = await _forum(tiny_bot, await standin.add_forum(guild_id))
    for _ in range(2):
        await forum.create_thread(name="Dune", content="hello")
    assert len(await standin.list_threads(forum.id)) == 2


async def test_threads_are_listed_active_and_archived(
    standin: StandinProcess, tiny_bot: TinyBot, guild_id: int
) -> None:
    forum = await _forum(tiny_bot, await standin.add_forum(guild_id))
    ids = [(await forum.create_thread(name=f"Film {n}", content="hello")).thread.id for n in range(3)]
    await standin.set_thread(ids[0], archived=True)
    guild = await tiny_bot.fetch_guild(guild_id)
    assert [thread.id for thread in await guild.active_threads()] == [ids[2], ids[1]]
    assert [thread.id async for thread in forum.archived_threads()] == [ids[0]]


async def test_an_archived_thread_opens_by_a_message_and_not_by_an_edit(
    standin: StandinProcess, tiny_bot: TinyBot, guild_id: int
) -> None:
    forum = await _forum(tiny_bot, await standin.add_forum(guild_id))
    opened = await forum.create_thread(name="Dune", content="hello")
    await standin.set_thread(opened.thread.id, archived=True)
    with pytest.raises(discord.HTTPException) as refused:
        await opened.message.edit(content="changed")
    assert refused.value.code == 50083
    await opened.thread.send("a reply")
    await opened.message.edit(content="changed")
    assert not (await _thread(tiny_bot, opened.thread.id)).archived


async def test_a_locked_thread_is_for_those_who_manage_threads(
    standin: StandinProcess, tiny_bot: TinyBot, guild_id: int
) -> None:
    forum = await _forum(tiny_bot, await standin.add_forum(guild_id))
    thread = (await forum.create_thread(name="Dune", content="hello")).thread
    await standin.set_thread(thread.id, archived=True, locked=True)
    with pytest.raises(discord.Forbidden) as refused:
        await thread.send("a reply")
    assert refused.value.code == 50083
    with pytest.raises(discord.Forbidden) as refused:
        await thread.edit(archived=False)
    assert refused.value.code == 50013


async def test_a_forum_may_ask_for_a_tag(standin: StandinProcess, tiny_bot: TinyBot, guild_id: int) -> None:
    made = await standin.add_tagged_forum(guild_id, tags=[("staff", True), ("films", False)])
    forum = await _forum(tiny_bot, made["id"])
    assert forum.flags.require_tag
    with pytest.raises(discord.HTTPException) as refused:
        await forum.create_thread(name="Dune", content="hello")
    assert refused.value.code == 40067
    mine = next(tag for tag in forum.available_tags if not tag.moderated)
    await forum.create_thread(name="Dune", content="hello", applied_tags=[mine])
    assert [thread.tag_ids for thread in await standin.list_threads(forum.id)] == [[made["tag_ids"][1]]]


async def test_announcements_are_published_once_and_not_too_often(
    standin: StandinProcess, tiny_bot: TinyBot, guild_id: int
) -> None:
    channel = tiny_bot.get_partial_messageable(await standin.add_channel(guild_id, kind=5))
    await standin.set_publish_limit(1)
    first, second = [await channel.send("news") for _ in range(2)]
    assert (await first.publish()) is None
    with pytest.raises(discord.HTTPException) as refused:
        await first.publish()
    assert refused.value.code == 40033
    tiny_bot.http.max_ratelimit_timeout = 30
    with pytest.raises(discord.RateLimited):
        await second.publish()
