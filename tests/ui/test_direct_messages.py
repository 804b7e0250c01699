"""A person's messages on the real discord.py over real HTTP: once, without a ping, and what closed ones answer."""

from dataclasses import replace

from bot.domain.destinations import Closure
from bot.domain.messages import Outcome, Parcel
from bot.domain.subscribers import SubscriberKind
from bot.ui.sender import DiscordSender
from tests.domain.examples import guild as a_guild
from tests.standin.client import StandinClient
from tests.ui.parcels import LONG_AGO, parcel, post


async def to_person(standin: StandinClient) -> tuple[int, Parcel]:
    """A release-day alert to a person who once had a server's role to ping in their settings."""
    user_id = await standin.add_person("Ann")
    person = replace(a_guild(), kind=SubscriberKind.USER, discord_id=user_id, ping_role_id=77, role_button=True)
    channel_id = await standin.open_dm(user_id)
    return user_id, parcel(post("release theatrical 2025-06-06"), subscriber=person, channel_id=channel_id)


async def test_one_arrives_once_and_is_found_again(standin: StandinClient, sender: DiscordSender) -> None:
    _, told = await to_person(standin)
    first, second = await sender.send(told), await sender.send(told)
    (stored,) = await standin.list_messages(told.message.channel_id)
    assert (first.outcome, first.discord_message_id) == (second.outcome, stored.id) == (Outcome.SENT, stored.id)
    assert stored.content == "🍿 **Ballerina** is out today in cinemas (United States)."
    acts = [i.split(":")[2] for i in stored.custom_ids]
    assert acts == ["details", "cast", "trivia", "snooze", "stop"]
    found = await sender.find(told.message, LONG_AGO)
    assert (found.outcome, found.discord_message_id) == (Outcome.SENT, stored.id)


async def test_closed_ones_close_the_destination(standin: StandinClient, sender: DiscordSender) -> None:
    user_id, told = await to_person(standin)
    await standin.set_accepts_dms(user_id, accepts=False)
    attempt = await sender.send(told)
    assert (attempt.outcome, attempt.closure) == (Outcome.CLOSED, Closure.DIRECT)
    assert await standin.list_messages(told.message.channel_id) == []
