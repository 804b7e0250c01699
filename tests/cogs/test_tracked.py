"""`/untrack` and `/tracked`: letting films go, and seeing what is followed."""

import re
from datetime import timedelta

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york


async def track_features(house: House, server: Server, count: int) -> None:
    """Track "Feature 00" of 1 September, "Feature 01" of 2 September …"""
    await server.follow(await house.add_films(*(film(f"Feature {n:02}", f"2025-09-{n + 1:02}") for n in range(count))))


class TestUntrack:
    async def test_its_posts_do_not_come(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 31))
        reply = await server.other.pick("untrack", "")
        assert "Ballerina (2025) is no longer tracked" in reply.text
        assert not reply.shown.private
        await house.live_until(new_york(6, 8))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]

    async def test_a_post_that_is_planned_already_is_cancelled(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(5, 30, 8, 50))
        await house.live_until(new_york(5, 30, 8, 58), step=timedelta(minutes=1))
        await server.member.pick("untrack", "")
        await house.live_until(new_york(5, 30, 12))
        assert server.posts() == []
        schedule = (await server.admin.type("schedule")).text
        assert "Nothing is due" in schedule
        assert "Nothing has been posted yet" in schedule

    async def test_offers_what_is_tracked_and_nothing_else(self, server: Server) -> None:
        assert await server.member.names("untrack", "film", "") == []
        await server.member.pick("track", "superman 2025")
        await server.member.pick("track", "ballerina 2025")
        names = await server.member.names("untrack", "film", "")
        assert [name.split(" · ")[0] for name in names] == ["Ballerina (2025)", "Superman (2025)"]
        assert await server.member.names("untrack", "film", "zootopia") == []

    async def test_takes_a_title_typed_by_hand(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        assert "Ballerina (2025) is no longer tracked" in (await server.member.type("untrack", film="balerina")).text

    async def test_a_film_that_is_not_tracked_is_said_so(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        refused = (await server.member.type("untrack", film="superman 2025")).refusal
        assert re.search("Superman.*not tracked|not tracked.*Superman", refused)
        for typed in ("id:999999", "zzzzzz"):
            assert (await server.member.type("untrack", film=typed)).refusal
        assert "1 of 200" in (await server.member.type("tracked")).text

    async def test_nothing_tracked_at_all_is_said_so(self, server: Server) -> None:
        refused = (await server.member.type("untrack", film="ballerina")).refusal
        assert refused.startswith("Nothing is tracked here yet"), refused

    async def test_of_two_with_one_name_asks_which(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.member.pick("track", "ballerina 2016")
        asked = await server.member.type("untrack", film="ballerina")
        assert asked.shown.private
        assert "Ballerina (2025)" in asked.text + " ".join(asked.shown.options)
        assert "Ballerina (2016)" in asked.text + " ".join(asked.shown.options)
        assert "2 of 200" in (await server.member.type("tracked")).text

    async def test_and_tracking_again_begins_anew(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 3, 12))
        await server.member.pick("untrack", "")
        await house.live_until(new_york(6, 4))
        reply = await server.member.pick("track", "ballerina 2025")
        assert "First post Thu 5 June 09:00" in reply.text
        await house.live_until(new_york(6, 8))
        whens = [when for when, _ in server.told()]
        assert whens == ["Fri 30 May 09:00", "Tue 3 Jun 09:00", "Thu 5 Jun 09:00", "Fri 6 Jun 09:00"]

    async def test_and_tracking_again_at_once_loses_no_post(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(5, 30, 8, 50))
        await house.live_until(new_york(5, 30, 8, 58), step=timedelta(minutes=1))
        await server.member.pick("untrack", "")
        await house.work()
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 30, 12))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]

    async def test_another_servers_films_stay(self, house: House, server: Server) -> None:
        another = house.open_server("Another")
        await server.member.pick("track", "ballerina 2025")
        await another.member.pick("track", "ballerina 2025")
        await server.member.pick("untrack", "")
        await house.live_until(new_york(6, 1))
        assert server.posts() == []
        assert len(another.posts()) == 1


class TestTracked:
    async def test_before_the_first_film_says_what_to_type(self, server: Server) -> None:
        assert "/track" in (await server.member.type("tracked")).refusal

    async def test_goes_by_next_date_with_what_is_out_apart(self, server: Server) -> None:
        for typed in ("john wick 4", "superman 2025", "ballerina 2025", "john wick chapter 5", "f1"):
            await server.member.pick("track", typed)
        reply = await server.member.type("tracked")
        assert not reply.shown.private
        places = {
            title: reply.text.index(title)
            for title in ("Ballerina (2025)", "F1 (2025)", "Superman (2025)", "Chapter 5", "Chapter 4 (2023)")
        }
        assert sorted(places, key=lambda title: places[title]) == list(places)
        out = reply.text.split("\nOut\n")
        assert len(out) == 2
        assert "Chapter 4" in out[1]
        assert "Chapter 4" not in out[0]
        assert "Fri 6 June 2025" in out[0]

    async def test_a_film_moves_to_what_is_out_when_it_is(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 10))
        assert re.search(r"\nOut\n.*Ballerina", (await server.member.type("tracked")).text)

    async def test_is_paged_and_turned_by_whoever_opened_it(self, house: House, server: Server) -> None:
        await track_features(house, server, 21)
        first = (await server.member.type("tracked")).shown
        assert "21 of 200" in first.words
        assert "Feature 00" in first.words
        assert "Page 1 of 3" in first.words
        assert "Previous" not in first.buttons
        turned = await server.member.click(first, "Next")
        assert turned.edited
        assert "Feature 10" in turned.text
        last = await server.member.click(turned.shown, "Next")
        assert "Feature 20" in last.text
        assert "Next" not in last.shown.buttons
        shown = re.findall("Feature [0-9]{2}", first.words + turned.text + last.text)
        assert shown == [f"Feature {number:02}" for number in range(21)]

    async def test_another_person_turns_a_copy_of_their_own(self, house: House, server: Server) -> None:
        await track_features(house, server, 12)
        first = (await server.member.type("tracked")).shown
        copy = await server.other.click(first, "Next")
        assert not copy.edited
        assert copy.shown.private
        assert "Page 2 of 2" in copy.text
        assert "Page 1 of 2" in server.member.again(first).words
        back = await server.other.click(copy.shown, "Previous")
        assert back.edited
        assert "Page 1 of 2" in back.text

    async def test_a_page_that_is_no_longer_there_shows_the_last(self, house: House, server: Server) -> None:
        await track_features(house, server, 12)
        first = (await server.member.type("tracked")).shown
        for number in range(5):
            await server.member.type("untrack", film=f"Feature {number:02}")
        turned = await server.member.click(first, "Next")
        assert "Feature 11" in turned.text

    async def test_a_list_that_is_empty_by_now_says_so(self, house: House, server: Server) -> None:
        await track_features(house, server, 12)
        first = (await server.member.type("tracked")).shown
        for number in range(12):
            await server.member.type("untrack", film=f"Feature {number:02}")
        assert "Nothing is tracked" in (await server.member.click(first, "Next")).text

    async def test_a_chosen_film_shows_its_card(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        listed = (await server.member.type("tracked")).shown
        card = await server.member.choose(listed, next(iter(listed.options)))
        assert "Len Wiseman" in card.text

    async def test_days_are_the_servers_own(self, house: House, server: Server) -> None:
        house.locale = "ja"
        house.sleep_until(new_york(6, 5, 13))  # in Tokyo it is the 6th
        await house.add_films(film("Same Day", "2025-06-06", country="JP"))
        await server.member.pick("track", "same day")
        assert re.search("Same Day.*today", (await server.member.type("tracked")).text)
