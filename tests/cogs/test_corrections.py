"""What a channel reads when a date moves after its countdown went out."""

from datetime import timedelta

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

NOTE = "Corrected: what is struck out has changed since. /film shows what is known now."


async def move(house: House, title: str, day: str) -> None:
    await house.add_films(film(title, day))
    await house.work()


async def countdown(house: House, server: Server, *films: str) -> None:
    """The latest thing in the channel says that those films come in seven days."""
    for title in films:
        await house.add_films(film(title, "2025-06-06"))
        await server.member.pick("track", title.casefold())
    await house.live_until(new_york(5, 30, 12))


class TestTheCountdown:
    async def test_is_struck_out_with_the_new_date_and_the_notice_follows(self, house: House, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role)
        await countdown(house, server, "Wanderer")
        [before] = server.posts()
        await move(house, "Wanderer", "2025-07-09")
        [after] = server.posts()
        assert after.id == before.id
        assert after.words.replace("`", "").splitlines() == [
            "🎬 ~~Wanderer opens in cinemas in 7 days: Fri 6 June 2025 (United States).~~ Moved to 9 July 2025.",
            NOTE,
        ]
        assert (after.raw["embeds"], after.raw["attachments"], after.pings) == ([], [], ())
        assert after.raw["components"] == before.raw["components"]
        await house.live_until(new_york(6, 8))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00", "Sat 31 May 09:00"]
        assert "9 July 2025" in server.told()[1][1]
        assert server.posts()[0].words == after.words

    async def test_reads_as_it_did_when_the_date_flips_back(self, house: House, server: Server) -> None:
        await countdown(house, server, "Wanderer")
        [before] = server.posts()
        await move(house, "Wanderer", "2025-07-09")
        await move(house, "Wanderer", "2025-06-06")
        [after] = server.posts()
        assert (after.id, after.content) == (before.id, before.content)
        assert after.raw["embeds"][0]["description"] == before.raw["embeds"][0]["description"]
        assert len(after.raw["attachments"]) == len(before.raw["attachments"]) == 1
        await house.live_until(new_york(6, 8))
        assert [when for when, _ in server.told()] == [
            "Fri 30 May 09:00", "Tue 3 Jun 09:00", "Thu 5 Jun 09:00", "Fri 6 Jun 09:00",
        ]  # fmt: skip

    async def test_of_several_films_keeps_the_others(self, house: House, server: Server) -> None:
        await countdown(house, server, "Wanderer", "Nightfall", "Daybreak")
        [before] = server.posts()
        await move(house, "Nightfall", "2025-07")
        [after] = server.posts()
        lines = after.words.replace("`", "").splitlines()
        assert sorted(line for line in lines if line.startswith("- ")) == [
            "- Daybreak: in 7 days, Fri 6 June 2025",
            "- Wanderer: in 7 days, Fri 6 June 2025",
            "- ~~Nightfall: in 7 days, Fri 6 June 2025~~ Now dated July 2025.",
        ]
        assert NOTE in lines
        assert len(after.raw["attachments"]) == 1
        assert after.raw["components"] == before.raw["components"]
        await move(house, "Wanderer", "tba")
        [after] = server.posts()
        assert "- ~~Wanderer: in 7 days, Fri 6 June 2025~~ It has no date any more." in after.words
        assert after.words.count("~~") == 4

    async def test_that_is_the_latest_is_the_only_one_touched(self, house: House, server: Server) -> None:
        await countdown(house, server, "Wanderer")
        await house.live_until(new_york(6, 3, 12))
        await move(house, "Wanderer", "2025-07-09")
        assert [("~~" in post.words) for post in server.posts()] == [False, True]

    async def test_that_a_moderator_deleted_stays_deleted(self, house: House, server: Server) -> None:
        await countdown(house, server, "Wanderer")
        [post] = server.posts()
        house.env.backend.delete_message(post.channel_id, post.id)
        await move(house, "Wanderer", "2025-07-09")
        assert server.posts() == []
        await house.live_until(new_york(6, 8))
        assert [when for when, _ in server.told()] == ["Sat 31 May 09:00"]

    async def test_is_corrected_in_a_server_that_is_paused(self, house: House, server: Server) -> None:
        await countdown(house, server, "Wanderer")
        await server.admin.type("pause", for_="3 weeks")
        await move(house, "Wanderer", "2025-07-09")
        assert "~~" in server.posts()[0].words


async def test_an_alert_is_corrected_without_calling_anyone_again(house: House, server: Server) -> None:
    role = server.guild.create_role("Filmgoers", mentionable=True)
    await server.admin.type("settings", ping_role=role)
    await house.add_films(film("Wanderer", "2025-06-06"))
    await server.member.pick("track", "wanderer")
    await house.live_until(new_york(6, 6, 12), step=timedelta(hours=3))
    alert = server.posts()[-1]
    assert alert.pings == (role.id,)
    await move(house, "Wanderer", "2025-06-13")
    shown = server.posts()[-1]
    assert (shown.id, shown.pings) == (alert.id, ())
    assert shown.words.startswith("🍿 ~~Wanderer is out today in cinemas (United States).~~ Moved to 13 June 2025.")
