"""People whose direct messages are closed, from the first bell or later."""

import pytest

from bot.domain.subscribers import Subscriber
from bot.ui.bells import BELL
from tests.cogs.direct import Messages, messages_of
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.reading import Screen
from tests.cogs.times import new_york


@pytest.fixture
async def card(server: Server) -> Screen:
    """Ballerina's card."""
    return (await server.member.pick("film", "ballerina 2025")).shown


@pytest.fixture
def messages(server: Server) -> Messages:
    """The member's direct messages, that exist already."""
    return messages_of(server.member)


async def person(house: House, server: Server) -> Subscriber | None:
    return await house.app.context.reminding.find_person(server.member.actor.id)


class TestAtTheBell:
    async def test_it_says_how_to_open_them_and_stores_nothing(
        self, house: House, server: Server, card: Screen, messages: Messages
    ) -> None:
        messages.close()
        refused = (await server.member.click(card, BELL)).refusal
        assert "Privacy Settings" in refused
        assert "Nothing has been changed" in refused
        assert await person(house, server) is None
        messages.open()
        assert "will be reminded" in (await server.member.click(card, BELL)).text

    async def test_another_refusal_of_discords_is_no_reminder_either(
        self, house: House, server: Server, card: Screen, messages: Messages
    ) -> None:
        messages.close(code=50278)
        assert "Privacy Settings" in (await server.member.click(card, BELL)).refusal
        assert await person(house, server) is None

    async def test_a_discord_that_does_not_answer_is_no_reminder(
        self, house: House, server: Server, card: Screen
    ) -> None:
        house.env.inject_error("POST", "/users/@me/channels", status=400)
        assert "try again" in (await server.member.click(card, BELL)).refusal.lower()
        assert await person(house, server) is None


class TestLater:
    @pytest.fixture(autouse=True)
    async def _closed(self, house: House, server: Server, card: Screen, messages: Messages) -> None:
        """The messages close after the bell, and the 7-day one does not arrive."""
        await server.member.click(card, BELL)
        messages.close()
        await house.live_until(new_york(5, 31))
        assert len(messages.screens) == 1

    async def test_it_is_said_once_at_the_next_command(self, house: House, server: Server) -> None:
        reply = await server.member.type("upcoming")
        [also] = reply.also
        assert also.private
        assert "direct messages to you have stopped" in also.words
        assert "/me" in also.words
        assert (await server.member.type("upcoming")).also == ()
        assert (await server.other.type("upcoming")).also == ()

    async def test_or_at_the_next_click(self, server: Server, card: Screen) -> None:
        [also] = (await server.member.click(card, "Cast")).also
        assert "direct messages to you have stopped" in also.words
        assert (await server.member.click(card, "Trivia")).also == ()

    async def test_me_opens_them_again_and_tells_what_was_missed(
        self, house: House, server: Server, messages: Messages
    ) -> None:
        closed = await server.member.type("me")
        assert "do not reach you any more" in closed.text
        assert closed.also == ()
        messages.open()
        opened = await server.member.type("me")
        assert "reach you again" in opened.text
        assert opened.also == ()
        await house.work()
        await house.live_until(new_york(6, 10))
        assert messages.told()[1:] == [
            ("Sat 31 May 09:00", "🔔 I can write to you again. `/me` shows what comes."),
            ("Sat 31 May 09:00", "▶️ My messages to you are back. This was due meanwhile:"),
            ("Thu 5 Jun 09:00", "🎬 Ballerina opens in cinemas tomorrow: Fri 6 June 2025 (United States)."),
            ("Fri 6 Jun 09:00", "🍿 Ballerina is out today in cinemas (United States)."),
        ]
        assert "Ballerina: 7 days to go" in messages.screens[2].words

    async def test_the_bell_opens_them_again(
        self, house: House, server: Server, card: Screen, messages: Messages
    ) -> None:
        assert "Privacy Settings" in (await server.member.click(card, BELL)).refusal
        messages.open()
        assert "already reminded" in (await server.member.click(card, BELL)).text
        await house.live_until(new_york(6, 6))
        assert len(messages.screens) == 5
