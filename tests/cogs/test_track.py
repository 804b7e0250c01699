"""`/track`: from typing a title to being told what will come."""

import re
from datetime import timedelta

import pytest

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

#: What people type → the film that they mean.
TYPED = {
    "balle": "Ballerina (2025)",
    "BALLERINA": "Ballerina (2025)",
    "balerina": "Ballerina (2025)",
    "ballerna": "Ballerina (2025)",
    "ballerina 2016": "Ballerina (2016)",
    "ballerina (2023)": "Ballerina (2023)",
    "leap": "Ballerina (2016)",
    "발레리나": "Ballerina",
    "from the world of john wick": "Ballerina (2025)",
    "jhon wick": "John Wick",
    "johnwick 4": "John Wick: Chapter 4 (2023)",
    "john wick 4": "John Wick: Chapter 4 (2023)",
    "jon wick chapter 2": "John Wick: Chapter 2 (2017)",
    "parabellum": "John Wick: Chapter 3",
    "matrix, the": "The Matrix (1999)",
    "matrx": "The Matrix",
    "naked gun": "The Naked Gun (2025)",
    "fantastic four": "The Fantastic Four: First Steps (2025)",
    "spiderverse": "Spider-Man: ",
    "how to train youre dragon": "How to Train Your Dragon",
    "zootopia2": "Zootopia 2 (2025)",
    "wicked for godo": "Wicked: For Good (2025)",
}


class TestSuggestions:
    async def test_what_people_type_finds_the_film(self, server: Server) -> None:
        first = {typed: [*await server.member.names("track", "film", typed), ""][0] for typed in TYPED}
        assert {typed: name for typed, name in first.items() if not name.startswith(TYPED[typed])} == {}

    async def test_each_says_title_year_and_the_next_date_here(self, server: Server) -> None:
        assert await server.member.names("track", "film", "ballerina") == [
            "Ballerina (2025) · 6 June 2025, US",
            "Ballerina (2023) · 6 October 2023, US",
            "Ballerina (2016) · 25 August 2017, US",
        ]

    async def test_here_is_the_typists_country_until_the_server_has_one(self, house: House, server: Server) -> None:
        house.locale = "de"
        assert (await server.member.names("track", "film", "ballerina"))[0] == "Ballerina (2025) · 5 June 2025, DE"
        await server.admin.type("settings", country="France")
        assert (await server.member.names("track", "film", "ballerina"))[0] == "Ballerina (2025) · 4 June 2025, FR"

    async def test_a_film_without_a_date_here_names_whose_date_it_shows(self, house: House, server: Server) -> None:
        house.locale = "fi"
        [name, *_] = await server.member.names("track", "film", "ballerina 2025")
        assert name == "Ballerina (2025) · 6 June 2025, US"

    async def test_nothing_typed_yet_offers_what_comes_next(self, server: Server) -> None:
        names = await server.member.names("track", "film", "")
        assert len(names) == 25
        assert names[0] == "Ballerina (2025) · 6 June 2025, US"

    async def test_nonsense_offers_nothing(self, server: Server) -> None:
        for typed in ("qqqqqqqqqq", "🎬🎬", "\u200b\u200b", "';--", "x" * 6000):
            assert await server.member.names("track", "film", typed) == [], typed


class TestAnswer:
    async def test_says_whose_date_which_type_how_sure_and_what_comes_first(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        assert not reply.shown.private
        assert "Ballerina (2025) is tracked" in reply.text
        assert "United States · in cinemas · Fri 6 June 2025" in reply.text
        assert f"First post Fri 30 May 09:00 in {server.channel.mention}, then 3 more" in reply.text

    @pytest.mark.starts(new_york(5, 31, 15))
    async def test_promises_only_what_is_still_to_come(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        assert f"First post Tue 3 June 09:00 in {server.channel.mention}, then 2 more" in reply.text

    @pytest.mark.parametrize("minute", [0, 1, 59])
    async def test_what_it_promises_comes_to_the_minute(self, house: House, server: Server, minute: int) -> None:
        house.sleep_until(new_york(5, 30, 8, minute))
        reply = await server.member.pick("track", "balle")
        assert "First post Fri 30 May 09:00" in reply.text
        await house.live_until(new_york(5, 30, 10))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]

    async def test_the_label_in_place_of_the_choice_is_understood(self, server: Server) -> None:
        [choice, *_] = await server.member.suggested("track", "film", "balle")
        reply = await server.member.type("track", film=choice["name"])
        assert "Ballerina (2025) is tracked" in reply.text

    async def test_free_text_that_means_one_film_is_enough(self, server: Server) -> None:
        for typed, label in {
            "superman 2025": "Superman (2025)",
            "Ballerina (2025)": "Ballerina (2025)",
            "  zootopia   2 ": "Zootopia 2 (2025)",
            "john wick chapter 5": "John Wick: Chapter 5",
        }.items():
            assert f"{label} is tracked" in (await server.member.type("track", film=typed)).text

    async def test_free_text_with_a_typo_asks_at_most(self, server: Server) -> None:
        for typed, label in {"jhon wick chapter 5": "John Wick: Chapter 5", "zotopia 2": "Zootopia 2 (2025)"}.items():
            reply = await server.member.type("track", film=typed)
            assert f"{label} is tracked" in reply.text or label in next(iter(reply.shown.options)), reply.text

    async def test_a_film_that_is_not_there_is_never_taken_for_another(self, server: Server) -> None:
        for typed in ("ballerina 2", "john wick 7", "dune part four", "zootopia 3", "frozen 5", "the batman part iii"):
            assert (await server.member.type("track", film=typed)).shown.private, typed
        assert "Nothing is tracked" in (await server.member.type("tracked")).refusal

    async def test_it_offers_more_about_the_film(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        assert {"Details", "Cast", "Trivia", "Change", "Stop tracking"} <= set(reply.shown.buttons)
        cast = await server.other.click(reply.shown, "Cast")
        assert cast.shown.private
        assert "Ana de Armas as Eve Macarro" in cast.text

    async def test_the_date_that_counts_is_never_a_festivals(self, house: House, server: Server) -> None:
        house.locale = "fr"  # a gala on 28 May, in cinemas on 4 June
        reply = await server.member.pick("track", "ballerina 2025")
        assert "France · in cinemas · Wed 4 June 2025" in reply.text
        assert "May 2025" not in reply.text


class TestSeveralOfOneName:
    async def test_are_asked_about_then_the_chosen_one_is_tracked(self, server: Server) -> None:
        asked = await server.member.type("track", film="ballerina")
        assert asked.shown.private
        assert [label.split(" · ")[0] for label in asked.shown.options] == [
            "Ballerina (2025)",
            "Ballerina (2023)",
            "Ballerina (2016)",
        ]
        assert "Nothing is tracked" in (await server.member.type("tracked")).refusal
        chosen = await server.member.choose(asked.shown, next(iter(asked.shown.options)))
        assert "Ballerina (2025) is tracked" in chosen.text
        assert not chosen.shown.private
        assert "Tracked here: 1 of 200" in (await server.member.type("tracked")).text

    async def test_typos_are_asked_about_as_well(self, server: Server) -> None:
        asked = await server.member.type("track", film="balerina")
        assert len(asked.shown.options) == 3

    async def test_the_channel_travels_with_the_choice(self, house: House, server: Server) -> None:
        room = server.room("ballet")
        asked = await server.admin.type("track", film="ballerina", channel=room)
        chosen = await server.admin.choose(asked.shown, next(iter(asked.shown.options)))
        assert f"in {room.mention}" in chosen.text


class TestTrackedAlready:
    async def test_is_said_and_changes_nothing(self, house: House, server: Server) -> None:
        await server.member.pick("track", "balle")
        await house.live_until(new_york(5, 31))
        reply = await server.other.pick("track", "balle")
        assert "already tracked" in reply.text
        assert "First post Tue 3 June 09:00" in reply.text or "Next post Tue 3 June 09:00" in reply.text
        assert "Tracked here: 1 of 200" in (await server.member.type("tracked")).text
        await house.live_until(new_york(6, 7))
        assert len(server.told()) == 4

    async def test_what_comes_next_is_not_called_the_first(self, house: House, server: Server) -> None:
        await server.member.pick("track", "balle")
        await house.live_until(new_york(5, 31))
        assert "First post" not in (await server.member.pick("track", "balle")).text

    async def test_another_channel_is_taken_over(self, house: House, server: Server) -> None:
        await server.admin.pick("track", "balle")
        room = server.room("ballet")
        reply = await server.admin.pick("track", "balle", channel=room)
        assert f"09:00 in {room.mention}" in reply.text
        await house.live_until(new_york(5, 31))
        assert len(server.posts(room)) == 1
        assert server.posts() == []


class TestOutAlready:
    async def test_says_since_when_and_offers_nothing_false(self, server: Server) -> None:
        reply = await server.member.pick("track", "john wick 4")
        assert re.search(r"[Oo]ut since.*24 March 2023", reply.text)
        assert "First post" not in reply.text
        assert not re.search(r"count ?down|until it|before it", reply.text)
        assert "Nothing more is due here" in reply.text

    @pytest.mark.starts(new_york(6, 20, 8))
    async def test_tracks_what_is_still_to_come(self, house: House, server: Server) -> None:
        reply = await server.member.pick("track", "ballerina 2025")
        assert re.search(r"[Oo]ut since.*6 June 2025", reply.text)
        assert re.search(r"[Ss]till to come.*digital.*1 July 2025", reply.text)
        assert "First post Tue 24 June 09:00" in reply.text
        await house.live_until(new_york(7, 3))
        assert [when for when, _ in server.told()] == [
            "Tue 24 Jun 09:00",
            "Sat 28 Jun 09:00",
            "Mon 30 Jun 09:00",
            "Tue 1 Jul 09:00",
        ]
        assert not [said for _, said in server.told() if "cinema" in said]

    async def test_out_since_then_names_the_day_it_came_out(self, server: Server) -> None:
        reply = await server.member.pick("track", "john wick 4")
        assert "since then" not in reply.text

    @pytest.mark.starts(new_york(6, 6, 8))
    async def test_on_the_release_day_before_the_hour_the_alert_is_still_to_come(self, server: Server) -> None:
        reply = await server.member.pick("track", "ballerina 2025")
        assert "today" in reply.text
        assert "First post Fri 6 June 09:00" in reply.text

    @pytest.mark.starts(new_york(6, 6, 12))
    async def test_on_the_release_day_after_the_hour_it_is_out_today(self, house: House, server: Server) -> None:
        reply = await server.member.pick("track", "ballerina 2025")
        assert "out today" in reply.text
        assert "First post" not in reply.text
        await house.live_until(new_york(6, 8))
        assert server.posts() == []


class TestNoDayYet:
    async def test_is_tracked_and_says_what_will_be_told(self, house: House, server: Server) -> None:
        for day, said in {"2026": "2026", "2026-Q3": "2026", "2026-07": "July 2026", "tba": "no day is known"}.items():
            await house.add_films(film(f"Waiting for {day}", day))
            reply = await server.member.pick("track", f"waiting for {day}")
            assert f"Waiting for {day} is tracked" in reply.text
            assert said in reply.text
            assert "I will say so when the day is set" in reply.text
            assert "First post" not in reply.text
            assert not re.search(r"1 January|31 December|1 July|31 July|30 September", reply.text)
        await house.live_until(new_york(6, 3), step=timedelta(hours=6))
        assert server.posts() == []

    async def test_no_release_at_all_is_tracked_too(self, house: House, server: Server) -> None:
        await house.add_films(film("The Long Wait"))
        reply = await server.member.pick("track", "long wait")
        assert "no date" in reply.text
        assert "First post" not in reply.text

    async def test_no_date_in_this_country_names_the_nearest_and_whose_it_is(
        self, house: House, server: Server
    ) -> None:
        house.locale = "fi"
        reply = await server.member.pick("track", "ballerina 2025")
        assert re.search(r"Finland.*no date", reply.text)
        assert "United States · in cinemas · Fri 6 June 2025" in reply.text
        assert "First post" not in reply.text
        await house.live_until(new_york(6, 8))
        assert server.posts() == []

    async def test_once_the_day_is_set_the_countdown_begins(self, house: House, server: Server) -> None:
        await house.add_films(film("The Long Wait", "2025-Q2"))
        await server.member.pick("track", "long wait")
        await house.live_until(new_york(5, 29))
        await house.add_films(film("The Long Wait", "2025-06-06"))
        await house.live_until(new_york(6, 7))
        assert "6 June 2025" in server.told()[0][1]
        assert [when for when, _ in server.told()] == [
            "Fri 30 May 09:00",
            "Tue 3 Jun 09:00",
            "Thu 5 Jun 09:00",
            "Fri 6 Jun 09:00",
        ]
