"""Posting after an outage of Marquee's, and past one of Discord's."""

import re
from datetime import timedelta

import pytest

from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york


class TestDown:
    """Marquee was not running when something fell due."""

    async def test_for_an_hour_or_three_late_says_so(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 29))
        house.sleep_until(new_york(5, 30, 12))
        await house.restart()
        await house.work()
        [post] = server.posts()
        assert "in 7 days" in post.words
        assert re.search(r"late.*09:00", post.words)

    async def test_for_half_an_hour_is_not_worth_a_word(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(5, 30, 9, 30))
        await house.work()
        [post] = server.posts()
        assert "late" not in post.words

    async def test_over_the_release_day_still_tells_and_says_since_when(self, house: House, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role)
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 5, 12))
        house.sleep_until(new_york(6, 7, 15))
        await house.restart()
        await house.work()
        alert = server.posts()[-1]
        assert "since Fri 6 June" in alert.words
        assert "today" not in alert.content.split("(late")[0]
        assert "late" in alert.words

    async def test_for_two_weeks_skips_what_is_stale_and_lists_it(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 12))
        await house.restart()
        await house.live_until(new_york(6, 13))
        assert server.posts() == []
        text = (await server.admin.type("schedule")).text
        assert text.count("skipped") == 4
        for what in ("7 days to go", "3 days to go", "1 day to go", "release day"):
            assert what in text

    async def test_over_several_countdowns_posts_only_the_one_that_is_true(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 3, 20))
        await house.work()
        [post] = server.posts()
        assert "in 3 days" in post.words
        assert "late" in post.words

    async def test_what_was_late_is_not_said_again_when_it_is_back(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(5, 30, 12))
        await house.work()
        await house.restart()
        await house.live_until(new_york(5, 31))
        assert len(server.posts()) == 1


class TestTrouble:
    async def test_a_channel_that_is_gone_pauses_and_the_films_stay(self, house: House, server: Server) -> None:
        room = server.room("gone")
        await server.admin.type("settings", channel=room)
        await server.member.pick("track", "ballerina 2025")
        house.env.backend.delete_channel(room.id)
        await house.live_until(new_york(6, 4))
        assert "Ballerina" in (await server.member.type("tracked")).text
        [told] = house.screens(server.guild.owner.dm_channel)
        assert room.mention in told.words
        assert "/settings" in told.words
        await server.admin.type("settings", channel=server.channel)
        await house.live_until(new_york(6, 7))
        said = [line for _, line in server.told()]
        assert len([line for line in said if "out today" in line]) == 1

    @pytest.mark.breaks
    async def test_a_post_that_discord_could_not_take_comes_a_little_later_and_once(
        self, house: House, server: Server
    ) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(5, 30, 8, 59))
        await house.work()
        house.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=400, code=50035)
        await house.live_until(new_york(5, 30, 9, 30), step=timedelta(minutes=1))
        assert len(server.posts()) == 1
        assert "in 7 days" in server.posts()[0].words
