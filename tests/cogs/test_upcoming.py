"""`/next` and `/upcoming`: what comes, of what is tracked and of all."""

import re

import pytest

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york


class TestNext:
    async def test_is_the_tracked_film_that_comes_next(self, house: House, server: Server) -> None:
        for typed in ("superman 2025", "john wick 4", "ballerina 2025", "john wick chapter 5"):
            await server.member.pick("track", typed)
        reply = await server.member.type("next")
        assert not reply.shown.private
        assert "Ballerina (2025)" in reply.text
        assert "10 days" in reply.text
        assert "Ballerina" in reply.shown.picture
        house.sleep_until(new_york(6, 6, 23))
        today = await server.member.type("next")
        assert "Ballerina (2025)" in today.text
        assert "Today" in today.text
        house.sleep_until(new_york(6, 7, 1))
        assert "Superman (2025)" in (await server.member.type("next")).text

    @pytest.mark.starts(new_york(6, 20, 8))
    async def test_counts_what_is_still_to_come_of_a_film_that_is_out(self, house: House, server: Server) -> None:
        for typed in ("ballerina 2025", "superman 2025"):
            await server.member.pick("track", typed)  # digital on 1 July, and in cinemas on 11 July
        text = (await server.member.type("next")).text
        assert "Ballerina (2025)" in text
        assert "1 July 2025" in text

    async def test_when_all_are_out_says_nothing_false(self, server: Server) -> None:
        await server.member.pick("track", "john wick 4")
        reply = await server.member.type("next")
        assert "Out" in reply.text
        assert not re.search(r"\bin \d+ (days|months)", reply.text)


class TestUpcoming:
    async def test_lists_what_comes_from_today_on(self, server: Server) -> None:
        reply = await server.member.type("upcoming")
        assert not reply.shown.private
        assert "United States" in reply.text
        assert reply.shown.has_in_order(["Ballerina (2025)", "How to Train Your Dragon (2025)", "Elio (2025)"])
        assert "Lilo & Stitch (2025)" not in reply.text  # out four days ago

    async def test_takes_a_month_as_people_type_it(self, server: Server) -> None:
        for typed, said in {
            "June 2025": "June 2025",
            "june": "June 2025",
            "2025-06": "June 2025",
            "next month": "June 2025",
            "Jun": "June 2025",
            "this month": "May 2025",
            "march": "March 2026",
            "July 2026": "July 2026",
        }.items():
            assert said in (await server.member.type("upcoming", month=typed)).text

    async def test_a_month_has_its_films_and_no_others(self, server: Server) -> None:
        text = (await server.member.type("upcoming", month="June 2025")).text
        assert "Ballerina (2025) · 6 June 2025 · in cinemas" in text
        assert "F1 (2025)" in text
        assert "Superman" not in text
        assert "Lilo" not in text

    async def test_goes_by_the_servers_country(self, server: Server) -> None:
        await server.admin.type("settings", country="DE")
        text = (await server.member.type("upcoming", month="June 2025")).text
        assert "Germany" in text
        assert "Ballerina (2025) · 5 June 2025" in text

    async def test_months_that_do_not_exist_get_a_sentence_with_an_example(self, server: Server) -> None:
        for typed in ["Smarch", "13", "2025-13", "0000-00", "2025-06-31", "soon", "9" * 10, "6/2025/7", " ", "🎬"]:
            refused = (await server.member.type("upcoming", month=typed)).refusal
            assert re.search(r"not a month.*June", refused), (typed, refused)

    async def test_a_month_without_a_film_says_so(self, server: Server) -> None:
        assert "March 2031" in (await server.member.type("upcoming", month="March 2031")).refusal

    async def test_suggests_the_next_twelve_months(self, server: Server) -> None:
        names = await server.member.names("upcoming", "month", "")
        assert names[0] == "May 2025"
        assert len(names) == 12
        assert await server.member.names("upcoming", "month", "jun") == ["June 2025"]

    async def test_is_paged(self, server: Server) -> None:
        first = (await server.member.type("upcoming")).shown
        second = await server.member.click(first, "Next")
        assert second.edited
        assert not set(first.options) & set(second.shown.options)
        copy = await server.other.click(second.shown, "Previous")
        assert copy.shown.private
        assert copy.shown.options == first.options

    async def test_a_paged_month_stays_that_month(self, house: House, server: Server) -> None:
        await house.add_films(*(film(f"Feature {n:02}", f"2026-02-{n + 1:02}") for n in range(15)))
        first = (await server.member.type("upcoming", month="February 2026")).shown
        second = await server.member.click(first, "Next")
        assert "February 2026" in second.text
        assert "Feature 14" in second.text

    async def test_a_film_known_by_month_or_year_is_in_its_month_as_such(self, house: House, server: Server) -> None:
        await house.add_films(film("Some Day in June", "2025-06"))
        text = (await server.member.type("upcoming", month="June 2025")).text
        assert "Some Day in June · June 2025" in text

    async def test_a_chosen_film_shows_its_card(self, server: Server) -> None:
        listed = (await server.member.type("upcoming")).shown
        card = await server.other.choose(listed, next(label for label in listed.options if "Ballerina" in label))
        assert "Len Wiseman" in card.text
