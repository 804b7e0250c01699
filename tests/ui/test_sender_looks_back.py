"""After the send, over real HTTP: looking a message up in the history, correcting it, telling those who can help."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import discord
import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.messages import Attempt, Outcome, Parcel, message_key
from bot.ui.ids import marker_of
from bot.ui.sender import DiscordSender
from tests.standin.client import StandinClient
from tests.standin.records import Guild
from tests.ui.parcels import LONG_AGO, POSTS


async def test_what_was_sent_is_found_among_what_others_said(
    standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild, channel_id: int
) -> None:
    person = await standin.add_person(guild_id=guild.id)
    await standin.say(channel_id, told.message.message_key, user_id=person)
    await sender.send(replace(told, message=replace(told.message, message_key=message_key(1, ["another"]))))
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.NOT_SENT
    sent = await sender.send(told)
    assert await sender.find(told.message, LONG_AGO) == Attempt(Outcome.SENT, sent.discord_message_id)


async def test_a_marker_on_somebody_elses_message_is_not_ours(
    standin: StandinClient, sender: DiscordSender, told: Parcel, client: discord.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads a channel's components can copy a custom_id; another bot may."""
    sent = await sender.send(told)
    assert client.user is not None
    monkeypatch.setattr(client.user, "id", client.user.id + 1)
    assert sent.outcome is Outcome.SENT
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.NOT_SENT


async def test_the_history_is_read_to_its_end_page_by_page(
    standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild, channel_id: int
) -> None:
    person = await standin.add_person(guild_id=guild.id)
    for number in range(120):
        await standin.say(channel_id, f"chat {number}", user_id=person)
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.NOT_SENT
    sent = await sender.send(told)
    assert await sender.find(told.message, LONG_AGO) == Attempt(Outcome.SENT, sent.discord_message_id)


async def test_what_came_before_the_instant_is_not_looked_at(sender: DiscordSender, told: Parcel) -> None:
    await sender.send(told)
    assert (await sender.find(told.message, datetime.now(UTC) + timedelta(minutes=1))).outcome is Outcome.NOT_SENT


async def test_an_empty_channel_has_nothing(sender: DiscordSender, told: Parcel) -> None:
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.NOT_SENT


async def test_an_empty_answer_for_want_of_a_permission_is_unreadable(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    """Discord does not refuse a reader without Read Message History: it shows an empty channel."""
    await sender.send(told)
    await standin.deny(channel_id, "read_message_history")
    attempt = await sender.find(told.message, LONG_AGO)
    assert attempt.outcome is Outcome.UNREADABLE
    assert "Read Message History" in attempt.reason


async def test_without_the_permission_a_channel_where_nothing_came_is_known_to_be_empty(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    await standin.deny(channel_id, "read_message_history")
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.NOT_SENT


async def test_a_channel_that_is_gone_or_hidden_is_unreadable(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    await standin.deny(channel_id, "view_channel")
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.UNREADABLE
    await standin.delete_channel(channel_id)
    attempt = await sender.find(told.message, LONG_AGO)
    assert (attempt.outcome, attempt.reason) == (Outcome.UNREADABLE, "The channel no longer exists.")


async def test_no_answer_to_the_reading_leaves_it_in_doubt(
    standin: StandinClient, sender: DiscordSender, told: Parcel
) -> None:
    await standin.fail_next("GET", POSTS, 503)
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.UNKNOWN
    await standin.drop_next("GET", POSTS, stored=False, times=2)  # aiohttp itself repeats a GET once
    assert (await sender.find(told.message, LONG_AGO)).outcome is Outcome.UNKNOWN


class TestCorrecting:
    MOVED: ClassVar = {7: ReleaseDate.parse("2025-07-09")}

    @pytest.fixture
    async def sent(self, sender: DiscordSender, told: Parcel) -> Parcel:
        """An alert that is in its channel, with a picture and a role's mention."""
        told = replace(told, subscriber=replace(told.subscriber, ping_role_id=1_100_000_000_000_000_077))
        told = replace(told, message=replace(told.message, posts=(replace(told.message.posts[0], id=7),)))
        sent = await sender.send(told)
        return replace(told, message=replace(told.message, discord_message_id=sent.discord_message_id))

    async def test_strikes_the_line_out_takes_the_details_away_and_keeps_the_buttons(
        self, standin: StandinClient, sender: DiscordSender, told: Parcel, guild: Guild
    ) -> None:
        role_id = await standin.add_role(guild.id, "premieres", is_mentionable=True)
        post = replace(told.message.posts[0], id=7)
        alert = replace(told, subscriber=replace(told.subscriber, ping_role_id=role_id))
        alert = replace(alert, message=replace(alert.message, posts=(post,)))
        sent = await sender.send(alert)
        assert sent.discord_message_id is not None
        before = await standin.get_message(sent.discord_message_id)
        alert = replace(alert, message=replace(alert.message, discord_message_id=sent.discord_message_id))
        for _ in range(2):  # as often as you like: it reads the same
            assert (await sender.correct(alert, self.MOVED)).outcome is Outcome.SENT
        shown = await standin.get_message(sent.discord_message_id)
        assert shown.content.startswith(
            "🍿 ~~**Ballerina** is out today in cinemas (United States).~~ Moved to **9 July"
        )
        assert (shown.embeds, shown.files, shown.custom_ids) == ([], (), before.custom_ids)
        assert marker_of(shown.custom_ids[-1]) == told.message.message_key
        assert (before.pinged_role_ids, shown.pinged_role_ids) == ([role_id], [])
        assert (await sender.correct(alert, {})).outcome is Outcome.SENT
        again = await standin.get_message(sent.discord_message_id)
        assert again.content == before.content.removeprefix(f"<@&{role_id}> ")
        assert [embed["description"] for embed in again.embeds] == [embed["description"] for embed in before.embeds]
        assert (len(again.files), again.custom_ids) == (len(before.files), before.custom_ids)

    async def test_a_message_that_is_deleted_needs_none(
        self, standin: StandinClient, sender: DiscordSender, sent: Parcel
    ) -> None:
        assert sent.message.discord_message_id is not None
        await standin.delete_message(sent.message.discord_message_id)
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.SENT

    async def test_a_channel_that_is_gone_or_hidden_is_closed(
        self, standin: StandinClient, sender: DiscordSender, sent: Parcel, channel_id: int
    ) -> None:
        await standin.deny(channel_id, "view_channel")
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.CLOSED
        await standin.delete_channel(channel_id)
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.CLOSED

    async def test_what_passes_is_told_from_what_does_not(
        self, standin: StandinClient, sender: DiscordSender, sent: Parcel
    ) -> None:
        await standin.fail_next("PATCH", f"{POSTS}/*", 503)
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.UNKNOWN
        await standin.drop_next("PATCH", f"{POSTS}/*", stored=True)
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.UNKNOWN
        await standin.fail_next("PATCH", f"{POSTS}/*", 400)
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.REJECTED
        assert (await sender.correct(sent, self.MOVED)).outcome is Outcome.SENT

    async def test_nothing_is_edited_that_nobody_has_located(self, sender: DiscordSender, told: Parcel) -> None:
        with pytest.raises(ValueError, match="not known to be in its channel"):
            await sender.correct(told, self.MOVED)
