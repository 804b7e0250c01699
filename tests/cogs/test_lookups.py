"""`/film`, `/cast`, `/trivia`, `/next`, `/upcoming`: looking things up."""

import re

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

TABS = ["Overview", "Cast", "Trivia", "Releases", "Timeline", "Countdown"]


class TestFilm:
    async def test_shows_the_film_to_all(self, server: Server) -> None:
        reply = await server.member.pick("film", "ballerina 2025")
        assert not reply.shown.private
        for said in ("Ballerina (2025)", "Len Wiseman", "Ana de Armas", "United States · in cinemas", "6 June 2025"):
            assert said in reply.text
        assert "7 June 2024" in reply.text  # the date that it had first

    async def test_has_a_picture_with_words_for_who_cannot_see_it(self, server: Server) -> None:
        picture = (await server.member.pick("film", "ballerina 2025")).shown.picture
        for said in ("Ballerina", "10", "6 June 2025", "United States"):
            assert said in picture

    async def test_tabs_edit_the_card_of_who_opened_it(self, server: Server) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        before = len(server.house.screens(server.channel))
        for tab in (*TABS[1:], TABS[0]):
            turned = await server.member.click(card, tab)
            assert turned.edited, tab
            assert tab not in turned.shown.buttons, tab  # the open one does nothing
            assert set(TABS) - {tab} <= set(turned.shown.buttons), tab
            assert "Ballerina (2025)" in turned.text
        assert len(server.house.screens(server.channel)) == before

    async def test_a_tab_without_a_picture_drops_it(self, server: Server) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        assert card.raw["attachments"]
        turned = (await server.member.click(card, "Cast")).shown
        assert not turned.raw["attachments"]
        assert (await server.member.click(turned, "Countdown")).shown.picture

    async def test_others_get_a_private_copy_and_the_card_stays(self, server: Server) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        copy = await server.other.click(card, "Cast")
        assert copy.shown.private
        assert not copy.edited
        assert "Eve Macarro" in copy.text
        assert server.member.again(card).words == card.words
        turned = await server.other.click(copy.shown, "Trivia")
        assert turned.edited  # their copy is theirs
        assert turned.shown.private

    async def test_of_several_asks_which(self, server: Server) -> None:
        asked = await server.member.type("film", film="ballerina")
        assert asked.shown.private
        assert len(asked.shown.options) == 3
        card = await server.member.choose(asked.shown, [*asked.shown.options][1])
        assert "Lee Chung-hyun" in card.text
        assert not card.shown.private

    async def test_says_the_servers_dates_not_the_typists(self, house: House, server: Server) -> None:
        await server.admin.type("settings", country="DE")
        house.locale = "fr"
        assert "Germany · in cinemas" in (await server.member.pick("film", "ballerina 2025")).text

    async def test_before_settings_says_whose_dates_it_guessed(self, house: House, server: Server) -> None:
        house.locale = "de"
        text = (await server.member.pick("film", "ballerina 2025")).text
        assert "Germany · in cinemas" in text
        assert "5 June 2025" in text

    async def test_releases_say_country_type_and_date_and_no_gala_is_a_release(self, server: Server) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        text = (await server.member.click(card, "Releases")).text
        assert "Fri 6 June 2025 · in cinemas" in text
        assert re.search(r"Germany.*Thu 5 June 2025 in cinemas", text)
        assert "1 July 2025" in text
        assert "22 May 2025" in text
        assert re.search("premiere", text)

    async def test_timeline_goes_by_release_and_by_story(self, server: Server) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        by_release = (await server.member.click(card, "Timeline")).shown
        order = ["John Wick", "Chapter 2", "Chapter 3", "Chapter 4", "The Continental", "Ballerina"]
        assert by_release.has_in_order(order)
        by_story = await server.member.click(by_release, "Story order")
        assert by_story.edited
        assert by_story.shown.has_in_order(["The Continental", "Chapter 3", "Ballerina", "Chapter 4"])
        assert "series" in by_story.text
        back = await server.member.click(by_story.shown, "Release order")
        assert back.shown.has_in_order(order)

    async def test_a_film_of_no_franchise_has_no_timeline(self, server: Server) -> None:
        assert "Timeline" not in (await server.member.pick("film", "superman 2025")).shown.buttons

    async def test_countdown_says_how_long_and_what_will_be_posted(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        card = (await server.member.pick("film", "ballerina 2025")).shown
        reply = await server.member.click(card, "Countdown")
        assert "10 days" in reply.text
        for when in ("Fri 30 May 09:00", "Tue 3 June 09:00", "Thu 5 June 09:00", "Fri 6 June 09:00"):
            assert when in reply.text

    async def test_says_whether_it_is_tracked(self, server: Server) -> None:
        assert "osts go to" not in (await server.member.pick("film", "ballerina 2025")).text
        await server.admin.type("settings", country="US")
        assert "Not tracked here" in (await server.member.pick("film", "ballerina 2025")).text
        await server.member.pick("track", "ballerina 2025")
        text = (await server.member.pick("film", "ballerina 2025")).text
        assert "Not tracked" not in text
        assert re.search("[Tt]racked", text)

    async def test_every_film_of_the_catalogue_has_all_its_tabs(self, house: House, server: Server) -> None:
        """Each within Discord's limits, which reading a message checks."""
        films = house.app.context.search.films
        assert len(films) > 40
        for number, each in enumerate(films):
            card = (await server.member.type("cast", film=f"id:{each.id}")).shown
            assert each.title.split()[0] in card.words
            # Those with a picture, which takes longest, on every twelfth.
            for tab in [b for b in card.buttons if b in ("Releases", "Timeline") or (b in TABS and number % 12 == 0)]:
                await server.member.click(card, tab)


class TestCast:
    async def test_says_who_plays_whom(self, server: Server) -> None:
        reply = await server.member.pick("cast", "ballerina 2025")
        assert not reply.shown.private
        assert "Ana de Armas as Eve Macarro" in reply.text
        assert "Keanu Reeves as John Wick" in reply.text

    async def test_says_who_is_in_other_tracked_films(self, server: Server) -> None:
        for typed in ("ballerina 2025", "john wick 4", "superman 2025"):
            await server.member.pick("track", typed)
        text = (await server.member.pick("cast", "ballerina 2025")).text
        line = next(line for line in text.splitlines() if line.startswith("Keanu Reeves"))
        assert "John Wick: Chapter 4 (2023)" in line
        assert "John Wick: Chapter 4" not in next(line for line in text.splitlines() if line.startswith("Ana de Armas"))
        assert "Superman" not in text

    async def test_a_film_that_nobody_tracks_is_not_named(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        assert "also in" not in (await server.member.pick("cast", "ballerina 2025")).text

    async def test_without_a_title_is_about_the_film_that_comes_next(self, server: Server) -> None:
        for typed in ("superman 2025", "ballerina 2025", "john wick 4"):
            await server.member.pick("track", typed)
        assert "Ballerina (2025)" in (await server.member.type("cast")).text

    async def test_without_a_title_and_nothing_tracked_says_what_to_type(self, server: Server) -> None:
        for command in ("cast", "trivia", "next"):
            refused = (await server.member.type(command)).refusal
            assert "/track" in refused
            assert "tracked here" in refused

    async def test_a_long_cast_goes_on_pages(self, house: House, server: Server) -> None:
        reply = await server.member.pick("cast", "ballerina 2025")
        assert "page 1 of 2" in reply.text
        more = await server.member.click(reply.shown, "More")
        assert more.edited
        assert "Robert Maaser as Dex" in more.text
        assert "Ana de Armas" not in more.text
        assert "Ana de Armas" in (await server.member.click(more.shown, "Back")).text

    async def test_none_known_is_said(self, house: House, server: Server) -> None:
        await house.add_films(film("The Long Wait", "2026"))
        assert "No cast known yet" in (await server.member.pick("cast", "long wait")).text


class TestTrivia:
    async def test_tells_one_fact_with_its_source(self, server: Server) -> None:
        reply = await server.member.pick("trivia", "ballerina 2025")
        assert not reply.shown.private
        assert re.search(r"Source: \[\w+\]\(https://", reply.shown.text)
        assert re.search(r"\d+ of \d+", reply.text)

    async def test_another_and_another_tells_every_fact_once_and_spoilers_last_and_hidden(self, server: Server) -> None:
        screen = (await server.member.pick("trivia", "ballerina 2025")).shown
        found = re.search(r"(\d+) of (\d+)", screen.words)
        assert found is not None
        told: list[tuple[int, bool, str]] = []
        for _ in range(int(found[2])):
            place = re.search(r"(\d+) of \d+", screen.words)
            assert place is not None
            fact = screen.text.split(place[0])[1].split("Source:")[0]
            told.append((int(place[1]), "||" in fact, fact))
            another = next(label for label in screen.buttons if label.startswith("Another"))
            turned = await server.member.click(screen, another)
            assert turned.edited
            assert ("spoiler" in another) == ("||" in turned.shown.text)
            screen = turned.shown
        assert sorted(place for place, _, _ in told) == list(range(1, int(found[2]) + 1))
        assert len({fact for _, _, fact in told}) == len(told) >= 10
        hidden = [fact for _, spoiler, fact in told if spoiler]
        assert 1 <= len(hidden) < len(told)
        assert all(re.search(r"\|\|.+\|\|", fact) for fact in hidden)
        told.sort()
        assert [spoiler for _, spoiler, _ in told] == sorted(spoiler for _, spoiler, _ in told)
        assert "price on her own head" in " ".join(hidden)

    async def test_begins_without_a_spoiler_on_any_day(self, house: House, server: Server) -> None:
        for day in range(1, 31):
            house.sleep_until(new_york(6, day))
            assert "||" not in (await server.member.pick("trivia", "ballerina 2025")).shown.text, day

    async def test_does_not_begin_with_the_same_fact_every_day(self, house: House, server: Server) -> None:
        told: set[str] = set()
        for day in range(1, 6):
            house.sleep_until(new_york(6, day))
            told.add((await server.member.pick("trivia", "ballerina 2025")).text)
        assert len(told) == 5

    async def test_none_known_is_said(self, house: House, server: Server) -> None:
        await house.add_films(film("The Long Wait", "2026"))
        assert "No trivia known yet" in (await server.member.pick("trivia", "long wait")).text
