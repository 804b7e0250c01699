"""`/me`: a person's own clock and reminders, seen by nobody else."""

import pytest

from bot.ui.bells import BELL
from tests.cogs.direct import messages_of
from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Person, Server
from tests.cogs.reading import Reply
from tests.cogs.times import new_york

#: The menus of the card, once there is a reminder: the films to stop, what may be changed.
STOPS, CHANGES = 0, 1


async def change(person: Person, what: str, typed: str) -> Reply:
    """Open the person's card and change one thing on it."""
    card = (await person.type("me")).shown
    form = await person.choose(card, what, menu=len(card.selects) - 1)
    return await person.fill(form, typed)


async def press_bell(person: Person, typed: str) -> None:
    card = (await person.pick("film", typed)).shown
    await person.click(card, BELL)


class TestCard:
    async def test_begins_with_a_guess_and_stores_nothing(self, house: House, server: Server) -> None:
        reply = await server.member.type("me")
        assert reply.shown.private
        for said in (
            "United States",
            "America/New York",
            "09:00",
            "7 and 1 days before",
            "No reminders yet",
            "Guessed",
        ):
            assert said in reply.text, said
        assert "Delete my data" not in reply.shown.buttons
        assert await house.app.context.reminding.find_person(server.member.actor.id) is None

    async def test_lists_what_comes_by_date(self, house: House, server: Server) -> None:
        for typed in ("superman 2025", "ballerina 2025"):
            await press_bell(server.member, typed)
        reply = await server.member.type("me")
        assert reply.shown.has_in_order(["2 of 200", "Ballerina (2025)", "I write Fri 30 May 09:00", "Superman (2025)"])
        assert "No reminders yet" in (await server.other.type("me")).text

    async def test_works_in_direct_messages(self, server: Server) -> None:
        await press_bell(server.member, "ballerina 2025")
        reply = await messages_of(server.member).type("me")
        assert reply.shown.private
        assert "Ballerina (2025)" in reply.text

    async def test_is_paged_if_long(self, house: House, server: Server) -> None:
        await press_bell(server.member, "ballerina 2025")
        for film_id in await house.add_films(*(film(f"Feature {n:02}", "2025-09-05") for n in range(20))):
            card = (await server.member.type("film", film=f"id:{film_id}")).shown
            await server.member.click(card, BELL)
        first = await server.member.type("me")
        assert "Page 1 of 3" in first.text
        second = await server.member.click(first.shown, "Next")
        assert second.edited
        assert "Page 2 of 3" in second.text
        assert "Feature 07" in second.text
        assert "Ballerina" not in second.text

    async def test_still_works_after_a_restart(self, house: House, server: Server) -> None:
        await press_bell(server.member, "ballerina 2025")
        card = (await server.member.type("me")).shown
        await house.restart()
        assert "No more reminders of Ballerina" in (await server.member.choose(card, next(iter(card.options)))).text


class TestChanging:
    @pytest.mark.parametrize(
        ("what", "typed", "said"),
        [
            ("Country", "germany", "Germany"),
            ("Time zone", "tokyo", "Asia/Tokyo"),
            ("Hour", "6:30pm", "18:30"),
            ("Days before", "14, 2", "14 and 2 days before"),
            ("Quiet hours", "8-10", "I write at 10:00, when your quiet hours end"),
        ],
    )
    async def test_is_saved_for_this_person_alone(self, server: Server, what: str, typed: str, said: str) -> None:
        reply = await change(server.member, what, typed)
        assert reply.edited
        assert "Saved" in reply.text
        assert said in reply.text
        assert said in (await server.member.type("me")).text
        assert said not in (await server.other.type("me")).text

    @pytest.mark.parametrize(
        ("what", "typed"),
        [("Country", "Narnia"), ("Time zone", "EST"), ("Hour", "25"), ("Days before", "-1"), ("Days before", "10000"),
         ("Quiet hours", "9-9")],
    )  # fmt: skip
    async def test_what_cannot_be_changes_nothing(self, server: Server, what: str, typed: str) -> None:
        before = (await server.member.type("me")).text
        assert (await change(server.member, what, typed)).refusal
        assert (await server.member.type("me")).text == before

    async def test_moves_what_comes(self, house: House, server: Server) -> None:
        await press_bell(server.member, "ballerina 2025")
        await change(server.member, "Hour", "3pm")
        await change(server.member, "Days before", "2")
        await house.live_until(new_york(6, 10))
        assert [at for at, _ in messages_of(server.member).told()[1:]] == ["Wed 4 Jun 15:00", "Fri 6 Jun 15:00"]


class TestEnding:
    async def test_one_reminder(self, house: House, server: Server) -> None:
        for typed in ("superman 2025", "ballerina 2025"):
            await press_bell(server.member, typed)
        card = (await server.member.type("me")).shown
        [ballerina] = [label for label in card.options if label.startswith("Ballerina")]
        reply = await server.member.choose(card, ballerina, menu=STOPS)
        assert "No more reminders of Ballerina (2025)" in reply.text
        assert "1 of 200" in reply.text

    async def test_all_of_them_after_asking_once_more(self, house: House, server: Server) -> None:
        for typed in ("superman 2025", "ballerina 2025"):
            await press_bell(server.member, typed)
        await change(server.member, "Hour", "18:30")
        card = (await server.member.type("me")).shown
        asked = await server.member.click(card, "Stop all")
        assert "all 2 of your reminders" in asked.text
        kept = await server.member.click(asked.shown, "Keep")
        assert "2 of 200" in kept.text
        asked = await server.member.click(kept.shown, "Stop all")
        gone = await server.member.click(asked.shown, "Stop all")
        assert "2 reminders are stopped" in gone.text
        assert "18:30" in gone.text
        await house.live_until(new_york(6, 10))
        assert len(messages_of(server.member).screens) == 1

    async def test_everything_that_is_stored(self, house: House, server: Server) -> None:
        await press_bell(server.member, "ballerina 2025")
        await press_bell(server.other, "ballerina 2025")
        await house.live_until(new_york(5, 31))
        card = (await server.member.type("me")).shown
        asked = await server.member.click(card, "Delete my data")
        assert "What you tracked for a server stays with it" in asked.text
        gone = await server.member.click(asked.shown, "Delete")
        assert "stores nothing of you any more" in gone.text
        member_id = server.member.actor.id
        assert await house.app.context.reminding.find_person(member_id) is None
        async with house.app.db.reading() as tx:
            assert await tx.one("find_destination", channel_id=server.member.actor.user.dm_channel.id) is None
        await house.live_until(new_york(6, 10))
        assert len(messages_of(server.member).screens) == 2
        assert len(messages_of(server.other).screens) == 4
        assert "No reminders yet" in (await server.member.type("me")).text
