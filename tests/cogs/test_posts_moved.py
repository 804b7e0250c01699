"""Posting when something moves: a date in the catalogue, or a setting on the very day."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sources.bundled import find_catalogue
from tests.cogs.films import film, releases
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

BALLERINA = ["Fri 30 May 09:00", "Tue 3 Jun 09:00", "Thu 5 Jun 09:00", "Fri 6 Jun 09:00"]


class TestChangedDates:
    """A new release of the catalogue moves a date."""

    @staticmethod
    def catalogue(folder: Path, old: str, new: str) -> Path:
        """A copy of the bundled catalogue where Ballerina has another date."""
        copy = folder / "data"
        shutil.copytree(find_catalogue(), copy)
        file = copy / "films" / "ballerina-2025.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return copy

    US = 'country = "US"\ntype = "theatrical"\ndate = "2025-06-06"'

    async def test_are_told_plainly_old_and_new_and_the_countdown_follows(
        self, house: House, server: Server, tmp_path: Path
    ) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role)
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 1))
        moved = self.catalogue(tmp_path, self.US, self.US.replace("06-06", "06-20"))
        await house.restart(catalogue=moved)
        await house.live_until(new_york(6, 25))
        assert [when for when, _ in server.told()] == [
            "Fri 30 May 09:00",
            "Mon 2 Jun 09:00",  # known since nine the day before
            "Fri 13 Jun 09:00",
            "Tue 17 Jun 09:00",
            "Thu 19 Jun 09:00",
            "Fri 20 Jun 09:00",
        ]
        notice = server.posts()[1]
        for said in ("Ballerina", "6 June 2025", "20 June 2025", "United States"):
            assert said in notice.words
        assert notice.pings == ()
        assert "7 days: Fri 20 June 2025" in server.told()[2][1]

    async def test_to_an_earlier_day_lose_no_alert(self, house: House, server: Server) -> None:
        await house.add_films(film("Wanderer", "2025-06-06"))
        await server.member.pick("track", "wanderer")
        await house.live_until(new_york(5, 28, 12))
        await house.add_films(film("Wanderer", "2025-05-30"))
        await house.live_until(new_york(6, 8))
        said = " ".join(line for _, line in server.told())
        assert "30 May 2025" in said
        assert [when for when, line in server.told() if "out today" in line] == ["Fri 30 May 09:00"]

    async def test_elsewhere_are_nobodys_business_here(self, house: House, server: Server) -> None:
        here, elsewhere = "US theatrical 2025-06-06", "FR theatrical 2025-06-{}"
        wanderer = film("Wanderer")
        await house.add_films(replace(wanderer, releases=releases(here, elsewhere.format("04"))))
        await server.member.pick("track", "wanderer")
        house.sleep_until(new_york(5, 28))
        await house.add_films(replace(wanderer, releases=releases(here, elsewhere.format("18"))))
        await house.live_until(new_york(6, 8))
        assert [when for when, _ in server.told()] == BALLERINA

    async def test_of_a_film_that_nobody_tracks_are_not_told(self, house: House, server: Server) -> None:
        await house.add_films(film("Wanderer", "2025-06-10"))
        await server.member.pick("track", "wanderer")
        await server.member.pick("untrack", "")
        house.sleep_until(new_york(5, 28))
        await house.add_films(film("Wanderer", "2025-06-12"))
        await house.live_until(new_york(6, 15))
        assert server.posts() == []

    async def test_back_where_it_was_before_anyone_was_told_is_no_news(self, house: House, server: Server) -> None:
        await house.add_films(film("Wanderer", "2025-06-20"))
        await server.member.pick("track", "wanderer")
        house.sleep_until(new_york(5, 27, 12))
        await house.add_films(film("Wanderer", "2025-06-27"))
        house.sleep_until(new_york(5, 27, 13))
        await house.add_films(film("Wanderer", "2025-06-20"))
        await house.live_until(new_york(6, 12))
        assert server.posts() == []

    async def test_withdrawn_is_said_and_the_countdown_stops(self, house: House, server: Server) -> None:
        await house.add_films(film("Wanderer", "2025-06-20"))
        await server.member.pick("track", "wanderer")
        house.sleep_until(new_york(5, 28))
        await house.add_films(film("Wanderer", "tba"))
        await house.live_until(new_york(6, 25))
        [notice] = server.posts()
        assert "no date" in notice.words
        assert "20 June 2025" in notice.words


class TestChangedSettings:
    async def test_the_country_on_the_release_day_loses_no_alert_and_doubles_none(
        self, house: House, server: Server
    ) -> None:
        await house.add_films(film("Wanderer", "2025-05-30"))
        await server.member.pick("track", "wanderer")
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 6, 8))
        await house.work()
        await server.admin.type("settings", country="GB", time_zone="New York")
        await house.live_until(new_york(6, 8))
        assert len([line for _, line in server.told() if "Ballerina" in line and "out" in line]) == 1

    async def test_the_country_after_the_alert_does_not_alert_again(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 6, 8))
        await house.live_until(new_york(6, 6, 10))
        before = server.told()
        assert len([line for _, line in before if "out today" in line]) == 1
        await server.admin.type("settings", country="GB")
        await house.live_until(new_york(6, 9))
        assert server.told() == before

    async def test_to_a_country_where_it_is_out_already_says_since_when_or_nothing_false(
        self, house: House, server: Server
    ) -> None:
        house.sleep_until(new_york(6, 4, 10))
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 5, 12))
        await house.work()
        await server.admin.type("settings", country="FR")
        await house.live_until(new_york(6, 9))
        assert not [line for _, line in server.told()[1:] if "today" in line or "tomorrow" in line]

    @pytest.mark.parametrize("hour", ["7", "12", "10:30", "23"])
    async def test_the_hour_on_the_release_day_loses_no_alert_and_doubles_none(
        self, house: House, server: Server, hour: str
    ) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 6, 8))
        await house.work()
        await server.admin.type("settings", hour=hour)
        await house.live_until(new_york(6, 6, 11), step=timedelta(minutes=30))
        await server.admin.type("settings", hour="14")
        await house.live_until(new_york(6, 7, 12), step=timedelta(hours=1))
        alerts = [when for when, line in server.told() if "out" in line]
        assert len(alerts) == 1
        assert alerts[0].startswith("Fri 6 Jun")

    async def test_the_zone_on_the_release_day_loses_no_alert_and_doubles_none(
        self, house: House, server: Server
    ) -> None:
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 6, 8))
        await house.work()
        await server.admin.type("settings", time_zone="Honolulu")
        await house.live_until(new_york(6, 6, 18))
        await server.admin.type("settings", time_zone="New York")
        await house.live_until(new_york(6, 8))
        assert len([when for when, line in server.told() if "out" in line]) == 1

    async def test_the_countdown_goes_by_the_new_milestones(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 31))
        await server.admin.type("settings", countdown="4, 1")
        await house.live_until(new_york(6, 10))
        assert [when for when, _ in server.told()] == [
            "Fri 30 May 09:00",
            "Mon 2 Jun 09:00",
            "Thu 5 Jun 09:00",
            "Fri 6 Jun 09:00",
        ]

    async def test_a_milestone_of_the_past_is_not_made_up_for(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 31))
        await server.admin.type("settings", countdown="20, 10, 8")
        await house.live_until(new_york(6, 5))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]
