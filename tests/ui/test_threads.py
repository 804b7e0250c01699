"""Threads that went to sleep, over real HTTP: woken for messages and edits, unless somebody locked them."""

from dataclasses import replace

import pytest

from bot.domain.destinations import Closure
from bot.domain.messages import Outcome, Parcel
from bot.ui.sender import DiscordSender
from tests.standin.client import USUAL, StandinClient
from tests.standin.records import Guild
from tests.ui.parcels import POSTS

EDITS = "/channels/*/messages/*"


@pytest.fixture
async def thread_id(standin: StandinClient, guild: Guild, channel_id: int) -> int:
    return await standin.add_channel(guild.id, kind=11, parent_id=channel_id)


@pytest.fixture
def in_thread(told: Parcel, thread_id: int) -> Parcel:
    return replace(told, message=replace(told.message, channel_id=thread_id))


async def test_an_archived_thread_takes_a_message(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int
) -> None:
    await standin.set_thread(thread_id, archived=True)
    assert (await sender.send(in_thread)).outcome is Outcome.SENT
    assert len(await standin.list_messages(thread_id)) == 1


async def test_one_that_must_be_opened_first_is_and_the_message_comes_once(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int
) -> None:
    await standin.set_thread(thread_id, archived=True)
    await standin.fail_next("POST", POSTS, 400, code=50083)
    attempt = await sender.send(in_thread)
    (stored,) = await standin.list_messages(thread_id)
    assert (attempt.outcome, attempt.discord_message_id) == (Outcome.SENT, stored.id)
    assert stored.nonce == in_thread.message.message_key


async def test_a_connection_lost_after_opening_it_is_in_doubt(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int
) -> None:
    await standin.set_thread(thread_id, archived=True)
    await standin.fail_next("POST", POSTS, 400, code=50083)
    await standin.drop_next("POST", POSTS, stored=True)
    assert (await sender.send(in_thread)).outcome is Outcome.UNKNOWN
    assert (await sender.send(in_thread)).outcome is Outcome.SENT
    assert len(await standin.list_messages(thread_id)) == 1


@pytest.mark.parametrize("archived", [False, True])
async def test_a_locked_thread_is_closed_and_says_what_to_do(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int, archived: bool
) -> None:
    await standin.set_thread(thread_id, archived=archived, locked=True)
    attempt = await sender.send(in_thread)
    assert (attempt.outcome, attempt.closure) == (Outcome.CLOSED, Closure.LOCKED)
    assert "Manage Threads" in attempt.reason
    assert await standin.list_messages(thread_id) == []


async def test_who_may_manage_threads_writes_in_a_locked_one(
    standin: StandinClient, sender: DiscordSender, told: Parcel
) -> None:
    guild = await standin.add_guild(bot=[*USUAL, "manage_threads"])
    channel_id = await standin.add_channel(guild.id)
    thread_id = await standin.add_channel(guild.id, kind=11, parent_id=channel_id)
    await standin.set_thread(thread_id, archived=True, locked=True)
    in_thread = replace(told, message=replace(told.message, channel_id=thread_id))
    assert (await sender.send(in_thread)).outcome is Outcome.SENT


async def test_a_refusal_after_a_try_in_doubt_leaves_it_in_doubt(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int, no_sleep: None
) -> None:
    await standin.set_thread(thread_id, archived=True, locked=True)
    await standin.fail_next("POST", POSTS, 502)
    assert (await sender.send(in_thread)).outcome is Outcome.UNKNOWN


async def test_a_correction_wakes_a_thread(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int
) -> None:
    sent = await sender.send(in_thread)
    await standin.set_thread(thread_id, archived=True)
    arrived = replace(in_thread, message=replace(in_thread.message, discord_message_id=sent.discord_message_id))
    assert (await sender.correct(arrived, {in_thread.message.posts[0].id: None})).outcome is Outcome.SENT
    (stored,) = await standin.list_messages(thread_id)
    assert stored.edits == 1
    assert stored.content.startswith("🍿 ~~")


async def test_a_correction_in_a_locked_thread_is_given_up(
    standin: StandinClient, sender: DiscordSender, in_thread: Parcel, thread_id: int
) -> None:
    sent = await sender.send(in_thread)
    await standin.set_thread(thread_id, archived=True, locked=True)
    arrived = replace(in_thread, message=replace(in_thread.message, discord_message_id=sent.discord_message_id))
    assert (await sender.correct(arrived, {})).outcome is Outcome.CLOSED
