"""Posting as a server sees it: what arrives in the channel, when, how often, and whom it pings."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import BERLIN, new_york

BALLERINA = ["Fri 30 May 09:00", "Tue 3 Jun 09:00", "Thu 5 Jun 09:00", "Fri 6 Jun 09:00"]


class TestFourteenDays:
    async def test_bring_7_3_and_1_days_and_the_alert_each_once_in_order(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 10), step=timedelta(hours=1))
        assert [when for when, _ in server.told()] == BALLERINA
        seven, three, one, alert = (line for _, line in server.told())
        assert re.search(r"Ballerina .*in 7 days: Fri 6 June 2025 \(United States\)", seven)
        assert re.search(r"Ballerina .*in 3 days: Fri 6 June 2025", three)
        assert re.search(r"Ballerina .*tomorrow: Fri 6 June 2025", one)
        assert re.search(r"Ballerina is out today in cinemas \(United States\)", alert)
        assert not [line for _, line in server.told() if "late" in line]

    async def test_ping_exactly_the_role_and_only_on_the_release_day(self, house: House, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role)
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 10))
        *countdown, alert = server.posts()
        assert len(countdown) == 3
        assert [post.pings for post in countdown] == [(), (), ()]
        assert not [post for post in countdown if role.mention in post.content]
        assert alert.pings == (role.id,)
        assert role.mention in alert.content
        path = f"/channels/{server.channel.id}/messages"
        sent = [r.json for r in house.env.http_requests if r.path == path and r.json is not None]
        for body in sent[:-1]:
            assert not body["allowed_mentions"].get("roles")
        for body in sent:
            assert body["allowed_mentions"]["parse"] == []
            assert not body["allowed_mentions"].get("users")
        assert [int(each) for each in sent[-1]["allowed_mentions"]["roles"]] == [role.id]

    async def test_say_it_all_in_the_words_that_a_phone_shows(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 31))
        [post] = server.posts()
        for said in ("Ballerina", "7 days", "6 June 2025", "United States", "cinemas"):
            assert said in post.content
        assert post.raw["embeds"]
        assert "Ballerina" in post.picture
        assert {"Cast", "Trivia", "Details"} <= set(post.buttons)
        assert any("Stop" in label for label in post.buttons)

    async def test_go_by_the_servers_country_hour_and_milestones(self, house: House, server: Server) -> None:
        await server.admin.type("settings", country="DE", hour="18:30", countdown="2, 1")
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 2))
        await house.live_until(new_york(6, 6), step=timedelta(minutes=30))
        assert [when for when, _ in server.told(zone=BERLIN)] == [
            "Tue 3 Jun 18:30",
            "Wed 4 Jun 18:30",
            "Thu 5 Jun 18:30",
        ]
        assert "Germany" in server.told()[0][1]

    async def test_a_restart_between_any_two_posts_changes_nothing(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        for day in (datetime(2025, 5, 29), datetime(2025, 5, 31), datetime(2025, 6, 4), datetime(2025, 6, 7)):  # noqa: DTZ001
            await house.live_until(new_york(day.month, day.day))
            await house.restart()
            await house.work()
        await house.live_until(new_york(6, 10))
        assert len(server.told()) == 4
        assert len({line for _, line in server.told()}) == 4

    async def test_planning_and_sending_often_posts_nothing_twice(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(5, 30, 8, 55))
        await house.live_until(new_york(5, 30, 9, 10), step=timedelta(seconds=10))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]

    async def test_every_server_gets_its_own(self, house: House, server: Server) -> None:
        german = house.open_server("Kino")
        await server.member.pick("track", "ballerina 2025")
        house.locale = "de"
        await german.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 10))
        assert [when for when, _ in server.told()] == BALLERINA
        assert [when for when, _ in german.told(zone=BERLIN)] == [
            "Thu 29 May 09:00",
            "Mon 2 Jun 09:00",
            "Wed 4 Jun 09:00",
            "Thu 5 Jun 09:00",
        ]


class TestSeveralFilms:
    async def test_due_at_one_hour_come_in_one_message(self, house: House, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role)
        for typed in ("f1 2025", "m3gan 2.0", "superman 2025"):
            await server.member.pick("track", typed)
        await house.live_until(new_york(7, 1))
        assert [when for when, _ in server.told()] == [
            "Wed 28 May 09:00",  # 30 days before two of them
            "Wed 11 Jun 09:00",
            "Fri 20 Jun 09:00",
            "Tue 24 Jun 09:00",
            "Thu 26 Jun 09:00",
            "Fri 27 Jun 09:00",
        ]
        both = [post for post in server.posts() if "Superman" not in post.words]
        assert all("F1" in post.words and "M3GAN 2.0" in post.words for post in both)
        assert server.posts()[-1].pings == (role.id,)
        assert server.posts()[-1].content.count(role.mention) == 1

    async def test_of_different_kinds_lead_with_the_release(self, house: House, server: Server) -> None:
        await house.add_films(film("Out Today", "2025-06-13"), film("Soon", "2025-06-16"), film("Later", "2025-06-20"))
        for typed in ("soon", "later", "out today"):
            await server.member.type("track", film=typed)
        await house.live_until(new_york(6, 13, 12))
        last = server.posts()[-1].words
        assert last.index("Out Today") < min(last.index("Soon"), last.index("Later"))

    async def test_in_different_channels_come_apart(self, house: House, server: Server) -> None:
        room = server.room("racing")
        await server.admin.pick("track", "f1 2025", channel=room)
        await server.admin.pick("track", "m3gan 2.0")
        await house.live_until(new_york(5, 29))
        assert "F1" in server.posts(room)[0].words
        assert "M3GAN" not in server.posts(room)[0].words
        assert "M3GAN 2.0" in server.posts()[0].words

    async def test_even_sixty_are_all_named_once(self, house: House, server: Server) -> None:
        await server.admin.type("settings", countdown="none")
        await server.follow(await house.add_films(*(film(f"Feature {n:02}", "2025-06-06") for n in range(60))))
        house.sleep_until(new_york(6, 6, 8))
        await house.live_until(new_york(6, 6, 10))
        posts = server.posts()
        assert len(posts) <= 4
        named = [name for post in posts for name in re.findall(r"Feature \d\d", post.content)]
        assert sorted(named) == [f"Feature {n:02}" for n in range(60)]


class TestClockChanges:
    @pytest.mark.starts(new_york(10, 15))
    async def test_in_autumn_posts_stay_at_nine(self, house: House, server: Server) -> None:
        await house.add_films(film("Autumn", "2025-11-04"))
        await server.admin.type("settings", countdown="7, 3, 2, 1")
        await server.member.pick("track", "autumn")
        house.sleep_until(new_york(10, 27))
        await house.live_until(new_york(11, 5), step=timedelta(hours=1))
        assert [when for when, _ in server.told()] == [
            "Tue 28 Oct 09:00",
            "Sat 1 Nov 09:00",
            "Sun 2 Nov 09:00",  # the clocks went back in the night
            "Mon 3 Nov 09:00",
            "Tue 4 Nov 09:00",
        ]
        hours = [post.at.astimezone(ZoneInfo("UTC")).hour for post in server.posts()]
        assert hours == [13, 13, 14, 14, 14]

    @pytest.mark.starts(new_york(3, 1, year=2026))
    async def test_in_spring_an_hour_that_is_missing_posts_just_after_and_once(
        self, house: House, server: Server
    ) -> None:
        await house.add_films(film("Spring", "2026-03-09"))
        await server.admin.type("settings", countdown="2, 1", hour="2:30")
        await server.member.pick("track", "spring")
        house.sleep_until(new_york(3, 6, year=2026))
        await house.live_until(new_york(3, 10, year=2026), step=timedelta(minutes=30))
        assert [when for when, _ in server.told()] == ["Sat 7 Mar 02:30", "Sun 8 Mar 03:00", "Mon 9 Mar 02:30"]

    @pytest.mark.starts(new_york(10, 15))
    async def test_in_autumn_an_hour_that_comes_twice_posts_once(self, house: House, server: Server) -> None:
        await house.add_films(film("Autumn", "2025-11-03"))
        await server.admin.type("settings", countdown="2, 1", hour="1:30")
        await server.member.pick("track", "autumn")
        house.sleep_until(new_york(10, 31))
        await house.live_until(new_york(11, 4), step=timedelta(minutes=30))
        assert [when for when, _ in server.told()] == ["Sat 1 Nov 01:30", "Sun 2 Nov 01:30", "Mon 3 Nov 01:30"]
