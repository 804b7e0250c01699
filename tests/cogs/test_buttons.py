"""The buttons of posts and cards: whoever presses them, whenever, restart or not."""

import re
from datetime import timedelta

import pytest

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.reading import Screen
from tests.cogs.test_settings import OTHERS
from tests.cogs.times import new_york


@pytest.fixture
async def post(house: House, server: Server) -> Screen:
    """Ballerina's 7-day post."""
    await server.member.pick("track", "ballerina 2025")
    house.sleep_until(new_york(5, 30))
    await house.work()
    [post] = server.posts()
    return post


class TestPostsButtons:
    async def test_answer_privately_and_never_edit_the_post(self, server: Server, post: Screen) -> None:
        for label, said in {"Cast": "Eve Macarro", "Trivia": "Source:", "Details": "Len Wiseman"}.items():
            reply = await server.other.click(post, label)
            assert reply.shown.private, label
            assert not reply.edited, label
            assert said in reply.text, label
        assert server.member.again(post) == post

    async def test_open_a_card_whose_tabs_turn_for_who_opened_it(self, server: Server, post: Screen) -> None:
        card = (await server.other.click(post, "Cast")).shown
        turned = await server.other.click(card, "Trivia")
        assert turned.edited
        assert turned.shown.private

    async def test_stop_ends_it_for_all_and_says_who_sees_it(self, house: House, server: Server, post: Screen) -> None:
        [stop] = [label for label in post.buttons if "Stop" in label]
        reply = await server.other.click(post, stop)
        assert "Ballerina (2025) is no longer tracked" in reply.text
        assert server.member.again(post) == post
        await house.live_until(new_york(6, 8))
        assert len(server.posts()) == 1
        assert "not tracked" in (await server.member.click(post, stop)).refusal

    async def test_stop_is_the_managers_where_tracking_is(self, house: House, server: Server, post: Screen) -> None:
        await server.admin.type("settings", who_may_track="managers")
        [stop] = [label for label in post.buttons if "Stop" in label]
        assert "Manage Server" in (await server.member.click(post, stop)).refusal
        assert "1 of 200" in (await server.member.type("tracked")).text
        assert "no longer tracked" in (await server.admin.click(post, stop)).text

    async def test_work_after_a_restart_and_weeks_later(self, house: House, server: Server, post: Screen) -> None:
        await house.restart()
        house.sleep_until(new_york(8, 30))
        for label, said in {"Cast": "Eve Macarro", "Trivia": "Source:", "Details": "ago"}.items():
            reply = await server.other.click(post, label)
            assert reply.shown.private
            assert said in reply.text
        await house.restart()
        assert "no longer tracked" in (await server.other.click(post, "Stop tracking")).text

    async def test_count_days_from_the_day_they_are_pressed(self, house: House, server: Server, post: Screen) -> None:
        house.sleep_until(new_york(6, 5))
        assert re.search("in 1 day|tomorrow", (await server.other.click(post, "Details")).text, re.I)


class TestSeveralFilmsInAPost:
    async def test_have_a_row_each_and_every_button_is_its_films(self, house: House, server: Server) -> None:
        await server.follow(await house.add_films(*(film(f"Feature {n}", "2025-06-06", year=2025) for n in range(5))))
        house.sleep_until(new_york(5, 30))
        await house.work()
        [post] = server.posts()
        custom_ids = [c["custom_id"] for c in post.components if c.get("custom_id")]
        opened: set[str] = set()
        for custom_id in custom_ids:
            if ":details:" in custom_id:
                found = re.search(r"Feature \d", (await server.other.click_id(post, custom_id)).text)
                assert found is not None
                opened.add(found[0])
        assert opened == {f"Feature {n}" for n in range(5)}

    async def test_beyond_five_are_chosen_from_a_list(self, house: House, server: Server) -> None:
        await server.follow(await house.add_films(*(film(f"Feature {n:02}", "2025-06-06") for n in range(12))))
        house.sleep_until(new_york(5, 30))
        await house.work()
        [post] = server.posts()
        assert len(post.options) == 12
        reply = await server.other.choose(post, next(label for label in post.options if "Feature 07" in label))
        assert reply.shown.private
        assert "Feature 07" in reply.text
        assert server.member.again(post) == post


class TestCardsAfterARestart:
    async def test_tabs_pages_and_pickers_go_on(self, house: House, server: Server) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        coming = (await server.member.type("upcoming")).shown
        picker = (await server.member.type("track", film="ballerina")).shown
        settings = (await server.admin.type("settings")).shown
        await house.restart()
        assert (await server.member.click(card, "Cast")).edited
        assert (await server.member.click(coming, "Next")).edited
        assert "is tracked" in (await server.member.choose(picker, next(iter(picker.options)))).text
        turned = await server.admin.choose(settings, "Who may track", menu=OTHERS)
        assert turned.edited


class TestNamesakes:
    async def test_in_one_post_are_told_apart(self, house: House, server: Server) -> None:
        await server.follow(
            await house.add_films(
                film("Twin", "2025-06-06", year=2025, key="twin-a"), film("Twin", "2025-06-06", year=2024, key="twin-b")
            )
        )
        await house.live_until(new_york(5, 31))
        assert "Twin (2025)" in server.posts()[0].words
        assert "Twin (2024)" in server.posts()[0].words


class TestForgedClicks:
    async def test_ids_that_lead_nowhere_get_a_sentence(self, house: House, server: Server, post: Screen) -> None:
        """Old messages may name films that a later catalogue no longer has."""
        stored = house.env.backend.get_message(post.channel_id, post.id)
        [row, *_] = stored.components
        for button in row["components"]:
            button["custom_id"] = re.sub(r":(cast|details|trivia|stop):\d+:", r":\1:999999:", button["custom_id"])
        for label in ("Cast", "Details", "Stop tracking"):
            assert (await server.other.click(post, label)).refusal

    async def test_a_post_in_the_last_minute_before_it_is_stopped_is_cancelled(
        self, house: House, server: Server, post: Screen
    ) -> None:
        house.sleep_until(new_york(6, 3, 8, 50))
        await house.live_until(new_york(6, 3, 8, 59), step=timedelta(minutes=1))
        await server.other.click(post, "Stop tracking")
        await house.live_until(new_york(6, 3, 12))
        assert len(server.posts()) == 1
