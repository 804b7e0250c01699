"""`/track` with a country or releases: whose date is followed for one film, and which of its releases count."""

from dataclasses import replace

import pytest

from bot.domain.films import Film
from cogs.tracking import Choice
from tests.cogs.films import film, releases
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

TWICE = replace(
    film("Twice", "2025-06-20"),
    releases=releases("US theatrical 2025-06-20", "DE theatrical 2025-07-17", "US digital 2025-07-25"),
)


@pytest.fixture
async def twice(house: House) -> Film:
    await house.add_films(TWICE)
    return TWICE


async def alerts(server: Server) -> list[str]:
    return [f"{at[:10].strip()}: {said}" for at, said in server.told() if said.startswith("🍿")]


class TestCountry:
    async def test_of_another_land_is_followed_for_this_film_alone(
        self, house: House, server: Server, twice: Film
    ) -> None:
        reply = await server.member.pick("track", "twice", country="Germany")
        assert "🇩🇪 Germany · in cinemas · Thu 17 July 2025" in reply.text
        followed = "Following Germany's date for this film, 09:00 New York; the others here go by the United States."
        assert followed in reply.text
        listed = await server.member.type("tracked")
        assert "Twice (2025)" not in listed.text
        assert "Twice · 🇩🇪 Germany · in cinemas · Thu 17 July 2025" in listed.text
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(7, 18))
        assert await alerts(server) == [
            "Fri 6 Jun: 🍿 Ballerina is out today in cinemas (United States).",
            "Thu 17 Jul: 🍿 Twice is out today in cinemas (Germany).",
        ]

    async def test_is_changed_by_tracking_again_and_cleared_by_the_servers_own(
        self, house: House, server: Server, twice: Film
    ) -> None:
        await server.member.pick("track", "twice")
        changed = await server.member.pick("track", "twice", country="DE")
        assert "already tracked" in changed.text
        assert "🇩🇪 Germany · in cinemas" in changed.text
        same = await server.member.pick("track", "twice")
        assert "🇩🇪 Germany · in cinemas" in same.text
        cleared = await server.member.pick("track", "twice", country="united states")
        assert "🇺🇸 United States · in cinemas · Fri 20 June 2025" in cleared.text
        assert "Following" not in cleared.text
        await house.live_until(new_york(7, 18))
        assert await alerts(server) == ["Fri 20 Jun: 🍿 Twice is out today in cinemas (United States)."]

    async def test_can_be_given_up_by_a_button(self, server: Server, twice: Film) -> None:
        followed = await server.member.pick("track", "twice", country="DE")
        back = await server.other.click(followed.shown, "Follow the US date again")
        assert back.edited
        assert "🇺🇸 United States · in cinemas" in back.text
        assert not [label for label in back.shown.buttons if label.startswith("Follow")]

    async def test_that_does_not_exist_gets_a_sentence_and_nothing_is_tracked(
        self, server: Server, twice: Film
    ) -> None:
        assert "Narnia” is not a country" in (await server.member.pick("track", "twice", country="Narnia")).refusal
        assert "Nothing is tracked" in (await server.member.type("tracked")).refusal

    async def test_is_suggested(self, server: Server) -> None:
        assert "Germany" in await server.member.names("track", "country", "germ")

    async def test_travels_with_the_picker(self, house: House, server: Server) -> None:
        first = replace(TWICE, year=2025, ids={"bundled": "twice-a"})
        await house.add_films(first, replace(TWICE, year=2019, ids={"bundled": "twice-b"}))
        asked = await server.member.type("track", film="twice", country="DE", releases="cinema, digital")
        chosen = await server.member.choose(asked.shown, next(iter(asked.shown.options)))
        assert "Following Germany's date (cinema, digital) for this film" in chosen.text


class TestNoDateHere:
    @pytest.fixture
    async def iceland(self, server: Server, twice: Film) -> Server:
        await server.admin.type("settings", country="Iceland")
        return server

    async def test_the_nearest_is_offered_and_followed_by_a_click(self, house: House, iceland: Server) -> None:
        shown = (await iceland.member.pick("track", "twice")).shown
        assert "🇮🇸 Iceland · no date yet." in shown.words
        assert "🇺🇸 United States · in cinemas · Fri 20 June 2025" in shown.words
        followed = await iceland.other.click(shown, "Follow the US date")
        assert followed.edited
        assert "Following the US date for this film, 09:00 Reykjavik; the others here go by Iceland." in followed.text
        await house.live_until(new_york(6, 21))
        assert len(iceland.posts()) == 4  # 7, 3 and 1 days before, and the day
        assert "Follow Iceland's date again" in followed.shown.buttons

    async def test_nothing_is_counted_down_to_unless_somebody_clicks(self, house: House, iceland: Server) -> None:
        await iceland.member.pick("track", "twice")
        await house.live_until(new_york(6, 21))
        assert iceland.posts() == []

    async def test_only_who_may_track_may_click(self, iceland: Server) -> None:
        shown = (await iceland.member.pick("track", "twice")).shown
        await iceland.admin.type("settings", who_may_track="managers")
        refused = (await iceland.member.click(shown, "Follow the US date")).refusal
        assert refused.startswith("You need the “Manage Server” permission to choose whose date is followed.")

    async def test_what_is_out_everywhere_is_not_offered(self, house: House, iceland: Server) -> None:
        await house.add_films(film("Gone", "2020-01-03"))
        shown = (await iceland.member.pick("track", "gone")).shown
        assert not [label for label in shown.buttons if label.startswith("Follow")]


class TestReleases:
    async def test_count_for_this_film_alone(self, house: House, server: Server, twice: Film) -> None:
        reply = await server.member.pick("track", "twice", releases="digital")
        assert "digital · Fri 25 July 2025" in reply.text
        assert "United States dates (digital), 09:00 New York" in reply.text
        await house.live_until(new_york(7, 26))
        assert await alerts(server) == [
            "Fri 25 Jul: 🍿 Twice can be streamed or rented digitally from today (United States)."
        ]

    async def test_none_gets_a_sentence(self, server: Server, twice: Film) -> None:
        refused = (await server.member.pick("track", "twice", releases="none")).refusal
        assert refused == "At least one must stay chosen: cinema, digital or physical."


@pytest.mark.parametrize(
    "choice", [Choice(), Choice(34), Choice(None, "US"), Choice(34, "CH", Choice.parse(";;physical,cinema").wanted)]
)
def test_a_choice_is_read_back_from_its_text(choice: Choice) -> None:
    assert Choice.parse(str(choice)) == choice
