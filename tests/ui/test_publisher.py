"""Publishing over real HTTP."""

from dataclasses import replace

import discord
import pytest

from bot.domain.channels import ChannelKind
from bot.domain.messages import Message, Outcome, Parcel
from bot.ui.publisher import DiscordPublisher
from bot.ui.sender import DiscordSender
from tests.standin.client import StandinClient
from tests.standin.records import Guild

CROSSPOST = "/channels/*/messages/*/crosspost"


@pytest.fixture
async def message(standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild) -> Message:
    """A message in a channel of announcements."""
    channel_id = await standin.add_channel(guild.id, kind=5)
    there = replace(told.message, channel_id=channel_id)
    sent = await sender.send(replace(told, message=there))
    return replace(there, discord_message_id=sent.discord_message_id)


async def test_twice_is_once(client: discord.Client, message: Message) -> None:
    publisher = DiscordPublisher(client)
    assert (await publisher.publish(message)).outcome is Outcome.SENT
    assert (await publisher.publish(message)).outcome is Outcome.SENT


async def test_after_a_lost_answer_it_is_known_as_done(
    standin: StandinClient, client: discord.Client, message: Message
) -> None:
    publisher = DiscordPublisher(client)
    await standin.drop_next("POST", CROSSPOST, stored=True)
    assert (await publisher.publish(message)).outcome is Outcome.UNKNOWN
    assert (await publisher.publish(message)).outcome is Outcome.SENT


async def test_the_limit_of_the_hour_says_how_long(
    standin: StandinClient, client: discord.Client, message: Message
) -> None:
    await standin.limit_next("POST", CROSSPOST, retry_after=1800)
    attempt = await DiscordPublisher(client).publish(message)
    assert (attempt.outcome, attempt.retry_after.total_seconds()) == (Outcome.NOT_SENT, 1800)


async def test_a_deleted_message_needs_no_publishing(
    standin: StandinClient, client: discord.Client, message: Message
) -> None:
    await standin.delete_message(message.discord_message_id or 0)
    assert (await DiscordPublisher(client).publish(message)).outcome is Outcome.SENT


async def test_another_channel_is_known_for_what_it_is(
    sender: DiscordSender, client: discord.Client, told: Parcel
) -> None:
    sent = await sender.send(told)
    attempt = await DiscordPublisher(client).publish(replace(told.message, discord_message_id=sent.discord_message_id))
    assert attempt.kind is ChannelKind.TEXT


async def test_who_may_not_write_there_publishes_nothing(
    standin: StandinClient, client: discord.Client, message: Message
) -> None:
    await standin.deny(message.channel_id, "send_messages")
    assert (await DiscordPublisher(client).publish(message)).outcome is Outcome.CLOSED
