"""A film's own post in a forum, over real HTTP: opened once, looked for where nobody knows, never asked for twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.domain.channels import ChannelKind
from bot.domain.destinations import Closure
from bot.domain.forums import opening_post
from bot.domain.messages import Outcome, Parcel, message_key
from bot.ui.sender import DiscordSender
from tests.domain.examples import guild as a_guild
from tests.standin.client import StandinClient
from tests.standin.records import Guild
from tests.ui.parcels import parcel, post, resume

OPENINGS = "/channels/*/threads"
SINCE = datetime.now(UTC) - timedelta(minutes=15)


@pytest.fixture
async def forum_id(standin: StandinClient, guild: Guild) -> int:
    return await standin.add_forum(guild.id)


@pytest.fixture
def opening(guild: Guild, forum_id: int) -> Parcel:
    return opening_in(guild, forum_id)


def opening_in(guild: Guild, forum_id: int) -> Parcel:
    """What opens Ballerina's post, for its alert."""
    due = post("release theatrical 2025-06-06")
    first = opening_post([due], forum_id, 0, due.due_at)
    return parcel(first, subscriber=replace(a_guild(), discord_id=guild.id), channel_id=forum_id)


async def test_a_film_gets_a_post_of_its_name_with_its_key_as_marker(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int
) -> None:
    attempt = await sender.send(opening)
    (thread,) = await standin.list_threads(forum_id)
    (starter,) = await standin.list_messages(thread.id)
    assert (attempt.outcome, attempt.discord_message_id) == (Outcome.SENT, thread.id)
    assert (thread.name, starter.id) == ("Ballerina (2025)", thread.id)
    assert starter.custom_ids[-1].endswith(opening.message.message_key)
    assert starter.content.startswith("🎬 **Ballerina** has its own post")
    assert "United States dates count" in starter.content
    assert starter.files == ("marquee.png",)
    assert "Directed by Len Wiseman" in starter.text
    assert "June" not in starter.text, "its day may move, and this is never corrected"


async def test_news_of_the_whole_server_has_a_post_too(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int
) -> None:
    first = opening_post([resume()], forum_id, 0, opening.now)
    await sender.send(parcel(first, subscriber=opening.subscriber, channel_id=forum_id))
    (thread,) = await standin.list_threads(forum_id)
    assert thread.name == "What is coming to the cinema"
    assert len(await standin.list_messages(thread.id)) == 1


async def test_a_name_is_never_longer_than_discord_allows(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int
) -> None:
    film = replace(opening.films[1], title="The Longest Title " * 12)
    assert (await sender.send(replace(opening, films={1: film}))).outcome is Outcome.SENT
    (thread,) = await standin.list_threads(forum_id)
    assert len(thread.name) <= 100
    assert thread.name.endswith(" (2025)")


@pytest.mark.parametrize("stored", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("how", ["drop", "reset", 500, 502, 503])
async def test_an_opening_in_doubt_is_asked_for_once_and_found_by_its_marker(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int, how: str | int, stored: bool
) -> None:
    since = len(await standin.list_requests())
    if isinstance(how, int):
        await standin.fail_next("POST", OPENINGS, how, stored=stored)
    else:
        await standin.drop_next("POST", OPENINGS, stored=stored, reset=how == "reset")
    assert (await sender.send(opening)).outcome is Outcome.UNKNOWN
    assert len(await standin.list_requests("POST", OPENINGS, since=since)) == 1
    threads = await standin.list_threads(forum_id)
    assert len(threads) == stored
    found = await sender.find(opening.message, SINCE)
    assert found.outcome is (Outcome.SENT if stored else Outcome.NOT_SENT)
    assert found.discord_message_id == (threads[0].id if stored else None)


async def test_a_refused_opening_is_made_again_where_that_is_safe(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int
) -> None:
    await standin.limit_next("POST", OPENINGS, retry_after=0.05)
    assert (await sender.send(opening)).outcome is Outcome.SENT
    assert len(await standin.list_threads(forum_id)) == 1


async def test_it_is_found_among_other_posts_active_and_archived(
    standin: StandinClient, sender: DiscordSender, client: discord.Client, opening: Parcel, guild: Guild, forum_id: int
) -> None:
    other = replace(opening.message, message_key=message_key(1, ["another"]))
    assert (await sender.send(replace(opening, message=other))).outcome is Outcome.SENT
    assert (await sender.find(opening.message, SINCE)).outcome is Outcome.NOT_SENT
    elsewhere = await standin.add_forum(guild.id)
    await sender.send(replace(opening, message=replace(opening.message, channel_id=elsewhere)))
    assert (await sender.find(opening.message, SINCE)).outcome is Outcome.NOT_SENT
    sent = await sender.send(opening)
    await standin.set_thread(sent.discord_message_id or 0, archived=True)
    assert await sender.find(opening.message, SINCE) == sent


async def test_it_is_not_known_where_posts_may_not_be_read(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int
) -> None:
    await sender.send(opening)
    await standin.deny(forum_id, "read_message_history")
    assert (await sender.find(opening.message, SINCE)).outcome is Outcome.UNREADABLE


async def test_a_forum_that_asks_for_a_tag_gets_one_that_everybody_may_give(
    standin: StandinClient, sender: DiscordSender, guild: Guild
) -> None:
    made = await standin.add_tagged_forum(guild.id, tags=[("staff", True), ("films", False), ("other", False)])
    assert (await sender.send(opening_in(guild, made["id"]))).outcome is Outcome.SENT
    (thread,) = await standin.list_threads(made["id"])
    assert thread.tag_ids == [made["tag_ids"][1]]


async def test_a_lost_connection_after_looking_at_the_tags_is_in_doubt(
    standin: StandinClient, sender: DiscordSender, guild: Guild
) -> None:
    made = await standin.add_tagged_forum(guild.id, tags=[("films", False)])
    await standin.fail_next("POST", OPENINGS, 400, code=40067)
    await standin.drop_next("POST", OPENINGS, stored=True)
    assert (await sender.send(opening_in(guild, made["id"]))).outcome is Outcome.UNKNOWN


async def test_a_forum_with_moderators_tags_alone_is_closed_and_says_why(
    standin: StandinClient, sender: DiscordSender, guild: Guild
) -> None:
    made = await standin.add_tagged_forum(guild.id, tags=[("staff", True)])
    attempt = await sender.send(opening_in(guild, made["id"]))
    assert attempt.outcome is Outcome.CLOSED
    assert "all its tags are for moderators" in attempt.reason


async def test_a_forum_that_was_taken_for_a_text_channel_is_known_after_one_refusal(
    standin: StandinClient, sender: DiscordSender, told: Parcel, forum_id: int
) -> None:
    attempt = await sender.send(replace(told, message=replace(told.message, channel_id=forum_id)))
    assert (attempt.outcome, attempt.kind) == (Outcome.NOT_SENT, ChannelKind.FORUM)


async def test_a_channel_that_takes_no_posts_at_all_is_closed(
    standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild
) -> None:
    category = await standin.add_channel(guild.id, kind=4)
    attempt = await sender.send(replace(told, message=replace(told.message, channel_id=category)))
    assert (attempt.outcome, attempt.closure) == (Outcome.CLOSED, Closure.KIND)


async def test_who_may_not_write_there_opens_nothing(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, forum_id: int
) -> None:
    await standin.deny(forum_id, "send_messages")
    attempt = await sender.send(opening)
    assert (attempt.outcome, attempt.closure) == (Outcome.CLOSED, Closure.PERMISSION)


async def test_a_reply_goes_into_the_films_post_once(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, told: Parcel
) -> None:
    thread_id = (await sender.send(opening)).discord_message_id or 0
    reply = replace(told, message=replace(told.message, channel_id=thread_id))
    assert await sender.send(reply) == await sender.send(reply)
    assert (await sender.find(reply.message, SINCE)).outcome is Outcome.SENT
    assert len(await standin.list_messages(thread_id)) == 2


async def test_a_reply_to_a_post_that_was_deleted_says_so(
    standin: StandinClient, sender: DiscordSender, opening: Parcel, told: Parcel
) -> None:
    thread_id = (await sender.send(opening)).discord_message_id or 0
    await standin.delete_channel(thread_id)
    reply = replace(told, message=replace(told.message, channel_id=thread_id))
    assert (await sender.send(reply)).closure is Closure.CHANNEL
    looked = await sender.find(reply.message, SINCE)
    assert (looked.outcome, looked.closure) == (Outcome.UNREADABLE, Closure.CHANNEL)
