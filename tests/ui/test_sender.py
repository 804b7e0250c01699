"""Sending on the real discord.py over real HTTP: what Discord stores and answers, and what is made of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.domain.messages import Attempt, Outcome, Parcel, message_key
from bot.ui import sender as sender_module
from bot.ui.card import Picture
from bot.ui.pictures import PictureShop
from bot.ui.posts import Rendered, render_message
from bot.ui.sender import DiscordSender
from tests.standin.client import StandinClient
from tests.standin.pointing import pointed_at
from tests.standin.records import Guild
from tests.ui.parcels import LONG_AGO, POSTS, QuickShop, parcel, post, resume


async def test_a_post_is_stored_with_its_key_as_nonce_and_marker(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    attempt = await sender.send(told)
    (stored,) = await standin.list_messages(channel_id)
    assert attempt == Attempt(Outcome.SENT, stored.id)
    assert stored.nonce == told.message.message_key
    assert stored.custom_ids[-1].endswith(told.message.message_key)
    assert stored.content == "🍿 **Ballerina** is out today in cinemas (United States)."
    assert stored.files == ("marquee.png",)
    assert "attachments/" in stored.embeds[0]["image"]["url"]


async def test_the_role_is_pinged_once_and_nobody_else(
    standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild, channel_id: int
) -> None:
    role_id = await standin.add_role(guild.id, "premieres", is_mentionable=True)
    await sender.send(replace(told, subscriber=replace(told.subscriber, ping_role_id=role_id)))
    (stored,) = await standin.list_messages(channel_id)
    assert stored.pinged_role_ids == [role_id]


async def test_a_mention_that_slips_into_the_text_pings_nobody(
    standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    role_id = await standin.add_role(guild.id, "everybody", is_mentionable=True)

    def render_carelessly(parcel: Parcel, picture: Picture | None) -> Rendered:
        return replace(render_message(parcel, picture), content=f"<@&{role_id}> @everyone")

    monkeypatch.setattr(sender_module, "render_message", render_carelessly)
    await sender.send(told)
    (stored,) = await standin.list_messages(told.message.channel_id)
    assert (stored.pinged_role_ids, stored.payload["mention_everyone"]) == ([], False)


async def test_sent_twice_is_one_message(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    assert await sender.send(told) == await sender.send(told)
    assert len(await standin.list_messages(channel_id)) == 1


async def test_sent_again_after_a_moderator_deleted_it_counts_as_sent(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    first = await sender.send(told)
    assert first.discord_message_id is not None
    await standin.delete_message(first.discord_message_id)
    again = await sender.send(told)
    assert (again.outcome, again.discord_message_id) == (Outcome.SENT, None)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 50035, Outcome.REJECTED),
        (401, 0, Outcome.UNAUTHORISED),
        (403, 50001, Outcome.CLOSED),
        (403, 50013, Outcome.CLOSED),
        (404, 10003, Outcome.CLOSED),
        (404, 10008, Outcome.SENT),
        (503, 0, Outcome.UNKNOWN),
    ],
)
async def test_answers_over_the_wire(
    standin: StandinClient, sender: DiscordSender, told: Parcel, status: int, code: int, outcome: Outcome
) -> None:
    await standin.fail_next("POST", POSTS, status, code=code)
    assert (await sender.send(told)).outcome is outcome


async def test_a_long_rate_limit_is_known_not_sent_and_says_how_long(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    await standin.limit_next("POST", POSTS, retry_after=45)
    attempt = await sender.send(told)
    assert (attempt.outcome, attempt.retry_after) == (Outcome.NOT_SENT, timedelta(seconds=45))
    assert await standin.list_messages(channel_id) == []


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("stored", [False, True], ids=["before", "after"])
async def test_a_lost_connection_is_in_doubt_and_sending_again_makes_it_one(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int, stored: bool, reset: bool
) -> None:
    await standin.drop_next("POST", POSTS, stored=stored, reset=reset)
    assert (await sender.send(told)).outcome is Outcome.UNKNOWN
    assert len(await standin.list_messages(channel_id)) == stored
    assert (await sender.send(told)).outcome is Outcome.SENT
    assert len(await standin.list_messages(channel_id)) == 1


async def test_stored_then_502_then_refused_is_in_doubt(
    standin: StandinClient, sender: DiscordSender, told: Parcel, no_sleep: None
) -> None:
    """discord.py tries again by itself; the 429 that it ends in is not the answer to its first request."""
    await standin.fail_next("POST", POSTS, 502, stored=True)
    await standin.limit_next("POST", POSTS, retry_after=45)
    attempt = await sender.send(told)
    assert (attempt.outcome, attempt.retry_after) == (Outcome.UNKNOWN, timedelta(seconds=45))
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.SENT


async def test_stored_then_502_then_deduplicated_is_sent(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int, no_sleep: None
) -> None:
    await standin.fail_next("POST", POSTS, 502, stored=True)
    assert (await sender.send(told)).outcome is Outcome.SENT
    assert len(await standin.list_messages(channel_id)) == 1


async def test_a_refused_connection_is_known_not_sent(sender: DiscordSender, told: Parcel) -> None:
    with pointed_at("http://127.0.0.1:9/api/v10", "ws://127.0.0.1:9"):  # the discard port: nobody listens
        assert (await sender.send(told)).outcome is Outcome.NOT_SENT


async def test_an_answer_that_cannot_be_read_is_sent_if_discord_said_so(
    standin: StandinClient, sender: DiscordSender, told: Parcel
) -> None:
    await standin.fail_next("POST", POSTS, 200, stored=True)  # 200, and then not a message
    assert await sender.send(told) == Attempt(Outcome.SENT)
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.SENT


async def test_giving_up_on_an_answer_passes_through(
    standin: StandinClient, sender: DiscordSender, told: Parcel
) -> None:
    await standin.hang_next("POST", POSTS, stored=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await sender.send(told)
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.SENT


async def test_a_message_without_its_marker_is_refused_before_anything_is_sent(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(told, message=replace(told.message, message_key=message_key(1, ["another"])))

    def render_another(_: Parcel, picture: Picture | None) -> Rendered:
        return render_message(other, picture)

    monkeypatch.setattr(sender_module, "render_message", render_another)
    with pytest.raises(ValueError, match="without its marker"):
        await sender.send(told)
    assert await standin.list_requests("POST", f"/channels/{channel_id}/messages") == []


async def test_a_post_never_fails_for_its_picture(
    standin: StandinClient,
    sender: DiscordSender,
    shop: QuickShop,
    told: Parcel,
    channel_id: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop.broken = True
    assert (await sender.send(told)).outcome is Outcome.SENT
    (stored,) = await standin.list_messages(channel_id)
    assert stored.files == ()
    assert "goes without its picture" in caplog.text


async def test_nothing_is_kept_of_what_was_sent(sender: DiscordSender, told: Parcel, client: discord.Client) -> None:
    for number in range(30):
        key = message_key(number, ["any"])
        assert (
            await sender.send(replace(told, message=replace(told.message, message_key=key)))
        ).outcome is Outcome.SENT
    views = client._connection._view_store
    assert (len(views._views), len(views._synced_message_views)) == (0, 0)


def test_it_must_be_made_before_the_login(client: discord.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.Client, "user", object())
    with pytest.raises(ValueError, match="before the client logs in"):
        DiscordSender(client, PictureShop())


async def test_every_kind_of_message_is_one_that_discord_takes(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    many = [post("countdown theatrical 2025-06-13", film_id=number) for number in range(1, 26)]
    parcels = [
        parcel(*posts, subscriber=told.subscriber, channel_id=channel_id, plain=plain, skipped=many)
        for posts in (many, many[:5], many[:1], [resume()])
        for plain in (False, True)
    ]
    for number, told_now in enumerate(parcels):
        key = message_key(number, ["each its own"])
        message = replace(told_now.message, message_key=key)
        attempt = await sender.send(replace(told_now, message=message))
        assert attempt.outcome is Outcome.SENT, attempt.reason
        assert await sender.find(message, LONG_AGO) == attempt
    assert len(await standin.list_messages(channel_id)) == len(parcels)
