"""The bell: a person follows a film for themselves, and is told by direct message."""

import pytest

from bot.domain.subscribers import MAX_FILMS
from bot.ui.bells import BELL
from tests.cogs.direct import Messages, messages_of
from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Person, Server
from tests.cogs.reading import Reply, Screen
from tests.cogs.times import new_york


@pytest.fixture
async def card(server: Server) -> Screen:
    """Ballerina's card, which somebody else opened."""
    return (await server.other.pick("film", "ballerina 2025")).shown


class TestBell:
    async def test_says_when_it_writes_and_that_it_guessed(self, server: Server, card: Screen) -> None:
        reply = await server.member.click(card, BELL)
        assert reply.shown.private
        assert not reply.edited
        assert reply.shown.has_in_order(
            [
                "United States · in cinemas · Fri 6 June 2025",
                "I will write to you Fri 30 May 09:00, Thu 5 June 09:00 and Fri 6 June 09:00, New York time",
                "Guessed from this server",
                "/me",
            ]
        )
        [hello] = messages_of(server.member).screens
        assert "You will hear of Ballerina (2025) here" in hello.words
        assert messages_of(server.other).screens == []

    async def test_is_pressed_again_without_a_second_reminder(self, house: House, server: Server, card: Screen) -> None:
        await server.member.click(card, BELL)
        again = await server.member.click(card, BELL)
        assert "already reminded" in again.text
        assert "Stop" in again.shown.buttons
        assert len(messages_of(server.member).screens) == 1
        assert "1 of 200" in (await server.member.type("me")).text

    async def test_greets_once_and_not_for_every_film(self, house: House, server: Server, card: Screen) -> None:
        await server.member.click(card, BELL)
        other = (await server.member.pick("film", "superman 2025")).shown
        assert "Superman" in (await server.member.click(other, BELL)).text
        assert len(messages_of(server.member).screens) == 1

    async def test_writes_on_its_days_to_who_pressed_it_alone(self, house: House, server: Server, card: Screen) -> None:
        await server.member.click(card, BELL)
        await house.live_until(new_york(6, 10))
        assert messages_of(server.member).told()[1:] == [
            ("Fri 30 May 09:00", "🎬 Ballerina opens in cinemas in 7 days: Fri 6 June 2025 (United States)."),
            ("Thu 5 Jun 09:00", "🎬 Ballerina opens in cinemas tomorrow: Fri 6 June 2025 (United States)."),
            ("Fri 6 Jun 09:00", "🍿 Ballerina is out today in cinemas (United States)."),
        ]
        assert server.posts() == []
        assert messages_of(server.other).screens == []
        assert all(not screen.pings for screen in messages_of(server.member).screens)

    async def test_goes_by_the_servers_country_and_clock(self, house: House, server: Server) -> None:
        await server.admin.type("settings", country="Germany")
        card = (await server.other.pick("film", "ballerina 2025")).shown
        said = (await server.member.click(card, BELL)).text
        assert "Thu 29 May 09:00" in said
        assert "Berlin time" in said

    async def test_in_direct_messages_goes_by_the_persons_language(self, house: House) -> None:
        house.locale = "de"
        user = house.env.create_user("alone")
        messages = Messages(house, user)
        card = (await messages.type("film", film="ballerina 2025")).shown
        assert "Germany" in card.words
        said = (await messages.click(card, BELL)).text
        assert "Thu 29 May 09:00" in said
        assert "Guessed from your Discord" in said

    async def test_is_on_posts_and_on_the_answer_to_track(self, house: House, server: Server) -> None:
        tracked = await server.member.pick("track", "ballerina 2025")
        assert BELL in tracked.shown.buttons
        house.sleep_until(new_york(5, 30))
        await house.work()
        [post] = server.posts()
        assert "will be reminded of Ballerina" in (await server.other.click(post, BELL)).text
        assert server.member.again(post) == post

    async def test_works_after_a_restart(self, house: House, server: Server, card: Screen) -> None:
        await house.restart()
        assert "will be reminded" in (await server.member.click(card, BELL)).text

    async def test_stop_ends_it_for_this_person_alone(self, house: House, server: Server, card: Screen) -> None:
        mine = (await server.member.click(card, BELL)).shown
        await server.other.click(card, BELL)
        stopped = await server.member.click(mine, "Stop")
        assert "not be reminded of Ballerina (2025) any more" in stopped.text
        assert "no reminder" in (await _press_stop_again(server.member, mine)).refusal
        await house.live_until(new_york(6, 10))
        assert len(messages_of(server.member).screens) == 1
        assert len(messages_of(server.other).screens) == 4

    async def test_a_film_without_a_day_says_what_to_expect(self, house: House, server: Server) -> None:
        await house.add_films(film("Someday", year=2027))
        card = (await server.member.pick("film", "someday")).shown
        assert "no day to count down to yet" in (await server.member.click(card, BELL)).text

    async def test_two_hundred_are_the_most(self, house: House, server: Server, card: Screen) -> None:
        await server.member.click(card, BELL)
        many = await house.add_films(*(film(f"Feature {n:03}", "2025-09-05") for n in range(MAX_FILMS)))
        async with house.app.db.transaction() as tx:
            [person] = await tx.all("list_awake", until=2**40, n=5)
            for film_id in many[: MAX_FILMS - 1]:
                await tx.one(
                    "add_subscription", subscriber_id=person["id"], film_id=film_id, tracked_at=0, tracked_by=1,
                    channel_id=None, country=None,
                )  # fmt: skip
        last = (await server.member.type("film", film=f"id:{many[-1]}")).shown
        assert "200 reminders already" in (await server.member.click(last, BELL)).refusal


async def _press_stop_again(person: Person, screen: Screen) -> Reply:
    """Press a button that has gone from the screen: somebody had it open elsewhere."""
    [stop] = [c["custom_id"] for c in screen.components if c.get("label") == "Stop"]
    stored = person.house.env.backend.get_message(screen.channel_id, screen.id)
    stored.components = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "Stop", "custom_id": stop}]}]
    return await person.click_id(screen, stop)


class TestDirectMessagePosts:
    @pytest.fixture
    async def told(self, house: House, server: Server, card: Screen) -> Screen:
        """The 7-day message."""
        await server.member.click(card, BELL)
        house.sleep_until(new_york(5, 30))
        await house.work()
        return messages_of(server.member).screens[-1]

    async def test_have_snooze_and_stop_and_details(self, server: Server, told: Screen) -> None:
        assert told.buttons == ["Details", "Cast", "Trivia", "Snooze", "Stop"]
        details = await messages_of(server.member).click(told, "Details")
        assert "You are reminded of it" in details.text
        assert "Len Wiseman" in details.text

    async def test_snooze_offers_days_on_which_nothing_comes_anyway(self, server: Server, told: Screen) -> None:
        asked = (await messages_of(server.member).click(told, "Snooze")).shown
        assert asked.buttons == ["Tomorrow: Sat 31 May", "In three days: Mon 2 June"]

    async def test_snooze_writes_again_with_the_date_as_it_is_then(
        self, house: House, server: Server, told: Screen
    ) -> None:
        messages = messages_of(server.member)
        asked = (await messages.click(told, "Snooze")).shown
        said = await messages.click(asked, "In three days: Mon 2 June")
        assert "again Mon 2 June 09:00, New York time" in said.text
        assert "I write Mon 2 June 09:00" in (await server.member.type("me")).text
        await house.live_until(new_york(6, 4))
        assert messages.told()[2:] == [
            (
                "Mon 2 Jun 09:00",
                "🔔 Once more, as you asked: Ballerina opens in cinemas in 4 days: Fri 6 June 2025 (United States).",
            )
        ]

    async def test_another_snooze_takes_the_place_of_the_first(
        self, house: House, server: Server, told: Screen
    ) -> None:
        messages = messages_of(server.member)
        asked = (await messages.click(told, "Snooze")).shown
        await messages.click(asked, "Tomorrow: Sat 31 May")
        asked = (await messages.click(told, "Snooze")).shown
        await messages.click(asked, "In three days: Mon 2 June")
        await house.live_until(new_york(6, 4))
        assert [at for at, _ in messages.told()[2:]] == ["Mon 2 Jun 09:00"]

    async def test_stop_ends_the_film_and_what_was_put_off(self, house: House, server: Server, told: Screen) -> None:
        await server.other.pick("track", "ballerina 2025")
        messages = messages_of(server.member)
        asked = (await messages.click(told, "Snooze")).shown
        await messages.click(asked, "Tomorrow: Sat 31 May")
        assert "not be reminded" in (await messages.click(told, "Stop")).text
        assert "no reminder" in (await messages.click(told, "Stop")).refusal
        assert "no reminder" in (await messages.click(told, "Snooze")).refusal
        await house.live_until(new_york(6, 10))
        assert len(messages.screens) == 2
        assert len(server.posts()) == 3, "the server still tracks it"
