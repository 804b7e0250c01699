"""`/settings`: what is in force, and every way to change it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
import simcord

from bot.ui.access import Sight
from tests.cogs.films import film, releases
from tests.cogs.house import House
from tests.cogs.people import Person, Server
from tests.cogs.reading import Reply, Screen
from tests.cogs.times import new_york

#: The lines of the card.
LINES = [
    "Channel", "Country", "Counts", "Who may track", "Time zone", "Posting hour", "Quiet hours", "Countdown",
    "Countdown style", "Weekly digest", "Messages a day", "Role to ping", "“Ping me” button", "Publish posts",
    "Questions and troubles",
]  # fmt: skip
CHANNELS, ROLES, WAYS, ADMINS, OTHERS, ZONES = range(6)


def lines(screen: Screen) -> dict[str, str]:
    """What the card says is in force: name → value."""
    found = dict(line.split(" · ", 1) for line in screen.words.splitlines() if " · " in line)
    return {name: value for name, value in found.items() if name.startswith(tuple(LINES))}


async def in_force(admin: Person) -> dict[str, str]:
    """The settings as a fresh `/settings` shows them."""
    return lines((await admin.type("settings")).shown)


async def fill(admin: Person, what: str, typed: str) -> Reply:
    """Open the form of a setting and send it."""
    card = (await admin.type("settings")).shown
    return await admin.fill(await admin.choose(card, what, menu=OTHERS), typed)


class TestShowing:
    async def test_says_everything_in_force_to_one_person(self, house: House, server: Server) -> None:
        reply = await server.admin.type("settings")
        assert reply.shown.private
        values = lines(reply.shown)
        assert len(values) == len(LINES)
        assert values["Channel"] == server.channel.mention
        assert "United States" in values["Country"]
        assert "America/New York" in values["Time zone"]
        assert values["Posting hour"] == "09:00"
        assert values["Countdown"].startswith("30, 7, 3 and 1 days before")
        assert "nobody" in values["Role to ping on release days"]
        assert values["Who may track"] == "everyone"
        assert values["Quiet hours"] == "none"
        assert values["Countdown style"] == "a post each time"
        assert values["Weekly digest"] == values["“Ping me” button"] == values["Publish posts"] == "off"
        assert values["Messages a day"].startswith("at most 6")
        assert values["Questions and troubles"] == "the channel for posts"

    async def test_says_what_is_a_guess(self, server: Server) -> None:
        values = await in_force(server.admin)
        assert "guess" in values["Country"]
        assert "guess" in values["Time zone"]
        assert "guess" not in (await server.admin.type("settings", country="US", time_zone="New York")).text

    async def test_says_so_when_posts_are_stopped_and_why(self, house: House, server: Server) -> None:
        room = server.room("gone")
        await server.admin.type("settings", channel=room)
        await server.member.pick("track", "ballerina 2025")
        house.env.backend.delete_channel(room.id)
        await house.live_until(new_york(5, 31))
        text = (await server.admin.type("settings")).text
        assert re.search(r"stopped|paused|gone|cannot|no longer|may not", text)


class TestOptions:
    async def test_each_is_saved_and_said(self, server: Server) -> None:
        for option, typed, line, said in (
            ("country", "Germany", "Country", "Germany"),
            ("country", "gb", "Country", "United Kingdom"),
            ("country", "usa", "Country", "United States"),
            ("time_zone", "Europe/Berlin", "Time zone", "Europe/Berlin"),
            ("time_zone", "new york", "Time zone", "America/New York"),
            ("time_zone", "los angeles", "Time zone", "America/Los Angeles"),
            ("hour", "18:30", "Posting hour", "18:30"),
            ("hour", "9pm", "Posting hour", "21:00"),
            ("hour", "7", "Posting hour", "07:00"),
            ("hour", "0", "Posting hour", "00:00"),
            ("countdown", "14, 7", "Countdown", "14 and 7 days before"),
            ("countdown", "1 100 1", "Countdown", "100 and 1 days before"),
            ("countdown", "none", "Countdown", "only on the release day"),
            ("releases", "digital and cinema", "Counts", "cinema, digital"),
            ("releases", "blu-ray", "Counts", "physical"),
            ("who_may_track", "managers", "Who may track", "Manage Server"),
        ):
            reply = await server.admin.type("settings", **{option: typed})
            assert reply.shown.private
            assert "Saved" in reply.text
            assert said in lines(reply.shown)[line], typed
            assert said in (await in_force(server.admin))[line], typed

    async def test_several_are_saved_at_once(self, server: Server) -> None:
        reply = await server.admin.type("settings", country="France", hour="20", countdown="5")
        values = lines(reply.shown)
        assert "France" in values["Country"]
        assert values["Time zone"] == "Europe/Paris"
        assert values["Posting hour"] == "20:00"
        assert values["Countdown"].startswith("5 days before")

    async def test_a_country_of_one_zone_brings_it_along_and_one_of_several_says_so(self, server: Server) -> None:
        assert lines((await server.admin.type("settings", country="Japan")).shown)["Time zone"] == "Asia/Tokyo"
        reply = await server.admin.type("settings", country="Australia")
        assert "Australia/Sydney" in lines(reply.shown)["Time zone"]
        assert "guess" in lines(reply.shown)["Time zone"]

    async def test_which_of_several_zones_it_is_is_asked_on_the_card(self, server: Server) -> None:
        card = await server.admin.type("settings", country="Australia")
        assert "Which one is this server's?" in card.text
        chosen = await server.admin.choose(card.shown, "Australia/Perth", menu=ZONES)
        assert chosen.edited
        assert lines(chosen.shown)["Time zone"] == "Australia/Perth"
        assert len(chosen.shown.selects) == len(card.shown.selects) - 1
        assert "Which one" not in (await server.admin.type("settings", country="Japan")).text

    async def test_a_country_with_its_zone_keeps_the_zone_that_was_given(self, server: Server) -> None:
        reply = await server.admin.type("settings", country="US", time_zone="Honolulu")
        assert lines(reply.shown)["Time zone"] == "Pacific/Honolulu"

    async def test_zones_and_countries_are_suggested_and_what_is_suggested_is_taken(self, server: Server) -> None:
        await server.admin.type("settings", country="Germany")
        assert (await server.admin.names("settings", "time-zone", ""))[0] == "Europe/Berlin"
        assert "America/New York" in await server.admin.names("settings", "time-zone", "new y")
        assert (await server.admin.names("settings", "country", "united"))[0].startswith("United")
        assert await server.admin.names("settings", "country", "uk") != []
        for option, typed in (("time-zone", "new y"), ("country", "germ"), ("country", "")):
            for choice in await server.admin.suggested("settings", option, typed):
                reply = await server.admin.type("settings", **{option: choice["value"]})
                assert "Saved" in reply.text, choice
                labelled = await server.admin.type("settings", **{option: choice["name"]})
                assert "Saved" in labelled.text, choice

    async def test_one_release_at_least_stays_chosen(self, server: Server) -> None:
        refused = (await server.admin.type("settings", releases="none", hour="18")).refusal
        assert refused == "At least one must stay chosen: cinema, digital or physical."
        assert "cinema, digital or physical" in (await server.admin.type("settings", releases="radio")).refusal
        kept = await in_force(server.admin)
        assert (kept["Counts"], kept["Posting hour"]) == ("cinema", "09:00")

    async def test_releases_are_suggested_and_what_is_suggested_is_taken(self, server: Server) -> None:
        for choice in await server.admin.suggested("settings", "releases", ""):
            reply = await server.admin.type("settings", releases=choice["value"])
            assert lines(reply.shown)["Counts"] == choice["name"]

    async def test_survive_a_restart(self, house: House, server: Server) -> None:
        await server.admin.type("settings", country="DE", hour="18:30", countdown="14")
        before = await in_force(server.admin)
        await house.restart()
        assert await in_force(server.admin) == before

    async def test_are_a_servers_own(self, house: House, server: Server) -> None:
        await server.admin.type("settings", country="DE")
        assert "United States" in (await in_force(house.open_server("Another").admin))["Country"]


class TestReleases:
    """Which ways of release count: the card's own select."""

    async def test_each_that_is_chosen_counts_from_now_on(self, house: House, server: Server) -> None:
        both = film("Twice", "2025-06-20")
        await house.add_films(replace(both, releases=both.releases + releases("US digital 2025-07-04")))
        await server.member.pick("track", "twice")
        card = (await server.admin.type("settings")).shown
        assert lines(card)["Counts"] == "cinema"
        reply = await server.admin.choose(card, "digital", "cinema", menu=WAYS)
        assert reply.edited
        assert "Saved: releases that count: cinema, digital." in reply.text
        assert lines(reply.shown)["Counts"] == "cinema, digital"
        chosen = [option["value"] for option in reply.shown.selects[WAYS]["options"] if option.get("default")]
        assert chosen == ["cinema", "digital"]
        await house.live_until(new_york(7, 5))
        assert [said for at, said in server.told() if at.startswith(("Fri 20 Jun", "Fri 4 Jul"))] == [
            "🍿 Twice is out today in cinemas (United States).",
            "🍿 Twice can be streamed or rented digitally from today (United States).",
        ]


class TestForms:
    async def test_each_changes_the_card_and_begins_with_what_is_in_force(self, server: Server) -> None:
        card = (await server.admin.type("settings")).shown
        for what, typed, said in (
            ("Country", "Germany", "Germany"),
            ("Time zone", "tokyo", "Asia/Tokyo"),
            ("Posting hour", "18:30", "18:30"),
            ("Countdown", "10, 2", "10 and 2 days before"),
            ("Quiet hours", "22-8", "22:00 to 08:00"),
            ("Weekly digest", "mon", "on Mondays at 18:30"),
            ("Messages a day", "25", "at most 25"),
        ):
            form = await server.admin.choose(card, what, menu=OTHERS)
            changed = await server.admin.fill(form, typed)
            assert changed.edited
            assert changed.shown.private
            assert said in lines(changed.shown)[what]
            again = await server.admin.choose(changed.shown, what, menu=OTHERS)
            [row] = (again.result.modal or {})["components"]
            begins = (row.get("component") or row)["value"]
            unchanged = await server.admin.fill(again, begins)
            assert lines(unchanged.shown) == lines(changed.shown)

    async def test_what_does_not_exist_gets_a_sentence_with_an_example(self, server: Server) -> None:
        before = await in_force(server.admin)
        for what, typed in {
            "Country": "Narnia",
            "Time zone": "Mars/Olympus",
            "Posting hour": "25:00",
            "Countdown": "soon",
            "Quiet hours": "at night",
            "Weekly digest": "Funday",
            "Messages a day": "1000",
        }.items():
            refused = (await fill(server.admin, what, typed)).refusal
            assert typed in refused
            assert "For example" in refused
        assert await in_force(server.admin) == before

    async def test_who_may_track_is_turned_over_and_back(self, server: Server) -> None:
        card = (await server.admin.type("settings")).shown
        turned = await server.admin.choose(card, "Who may track", menu=OTHERS)
        assert turned.edited
        assert "Manage Server" in lines(turned.shown)["Who may track"]
        back = await server.admin.choose(turned.shown, "Who may track", menu=OTHERS)
        assert lines(back.shown)["Who may track"] == "everyone"


class TestWrongValues:
    WRONG: ClassVar = {
        "country": ["Narnia", "XX", "", " ", "U", "🇩🇪🇩🇪", "x" * 200, "DROP TABLE films"],
        "quiet_hours": ["22", "8-8", "22-25", "night", "", "22:00-8:75", "8-9-10"],
        "digest": ["Funday", "", "8", "Mon Tue"],
        "messages_a_day": [0, -1, 26, 1000],
        "time_zone": [
            "EST",
            "CET",
            "PST8PDT",
            "UTC+2",
            "Mars/Olympus",
            "GMT+25",
            "",
            "Berlin/Europe",
            "../../etc/passwd",
            "\u200b",
            "x" * 500,
        ],
        "hour": ["25", "24:00", "9:75", "-1", "noon-ish", "13pm", "0pm", "", "9 9", "1e1", "9.5"],
        "countdown": ["soon", "-1", "0", "0,5", "10,000", "400", "1.5", "1,2,3,4,5,6,7,8,9,10,11", "", ",", "9" * 400],
    }

    async def test_get_a_sentence_with_an_example_and_change_nothing(self, server: Server) -> None:
        before = await in_force(server.admin)
        for option, typed in ((option, typed) for option, several in self.WRONG.items() for typed in several):
            refused = (await server.admin.type("settings", **{option: typed})).refusal
            assert "For example" in refused, (option, typed, refused)
            assert len(refused) < 300
        assert await in_force(server.admin) == before

    async def test_one_wrong_among_several_changes_none(self, server: Server) -> None:
        before = await in_force(server.admin)
        room = server.room("elsewhere")
        refused = await server.admin.type("settings", country="DE", channel=room, hour="25:00", countdown="5")
        assert "25:00" in refused.refusal
        assert await in_force(server.admin) == before
        assert server.posts(room) == []


class TestChannel:
    @pytest.fixture(params=["option", "select"])
    def way(self, request: pytest.FixtureRequest) -> str:
        return request.param

    @staticmethod
    async def save(server: Server, way: str, room: simcord.ChannelHandle) -> Reply:
        if way == "option":
            return await server.admin.type("settings", channel=room)
        return await server.admin.choose((await server.admin.type("settings")).shown, room, menu=CHANNELS)

    async def test_is_greeted_once_and_posts_go_there(self, house: House, server: Server, way: str) -> None:
        room = server.room("premieres")
        reply = await self.save(server, way, room)
        assert reply.shown.private
        assert lines(reply.shown)["Channel"] == room.mention
        [greeting] = server.posts(room)
        assert len(greeting.words) < 300
        assert "United States" in greeting.words
        assert "09:00" in greeting.words
        assert server.posts() == []
        await server.admin.type("settings", hour="10")
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(5, 31), step=timedelta(hours=1))
        assert [when for when, _ in server.told(room)] == ["Tue 27 May 08:30", "Fri 30 May 10:00"]
        assert server.posts() == []

    async def test_without_a_permission_says_exactly_which(self, server: Server, way: str) -> None:
        for denied, named in {
            "view_channel": "View Channel",
            "send_messages": "Send Messages",
            "embed_links": "Embed Links",
            "attach_files": "Attach Files",
            "read_message_history": "Read Message History",
        }.items():
            room = server.room(denied.replace("_", "-"), **{denied: False})
            text = (await self.save(server, way, room)).text
            assert room.mention in text
            others = {"Send Messages", "Embed Links", "Attach Files", "Read Message History"} - {named}
            assert named in text, denied
            if denied != "view_channel":  # without which the others mean nothing
                assert not [other for other in others if other in text], text

    async def test_mended_and_saved_again_is_greeted(self, server: Server, way: str) -> None:
        room = server.room("quiet", send_messages=False)
        await self.save(server, way, room)
        assert server.posts(room) == []
        house = server.house
        house.env.backend.get_channel(room.id).overwrites.clear()
        reply = await self.save(server, way, room)
        assert "may not" not in reply.text
        assert len(server.posts(room)) == 1

    async def test_that_cannot_be_greeted_says_why(self, house: House, server: Server, way: str) -> None:
        for status, code, said in ((404, 10003, "no longer exists"), (500, 0, r"\(500\)"), (400, 50035, "50035")):
            room = server.room(f"room-{status}")
            house.env.inject_error("POST", f"/channels/{room.id}/messages", status=status, code=code, times=None)
            text = (await self.save(server, way, room)).text
            assert re.search(f"greeting did not arrive in {room.mention}.*{said}", text), text
            assert "Saved" in text

    async def test_refused_though_nothing_seemed_lacking_names_exactly_what_is(
        self, house: House, server: Server, way: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        room = server.room("late", embed_links=False)
        house.env.inject_error("POST", f"/channels/{room.id}/messages", status=403, code=50013)

        async def nothing_yet(*_: object) -> Sight:
            return Sight()

        monkeypatch.setattr("cogs.settings.see_channel", nothing_yet)
        assert f"may not post in {room.mention}: I lack Embed Links." in (await self.save(server, way, room)).text

    async def test_planned_posts_move_along(self, house: House, server: Server, way: str) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 1))
        room = server.room("premieres")
        await self.save(server, way, room)
        await house.live_until(new_york(6, 7))
        assert len(server.posts()) == 1
        assert len(server.posts(room)) == 1 + 3


class TestRole:
    @pytest.fixture(params=["option", "select"])
    def way(self, request: pytest.FixtureRequest) -> str:
        return request.param

    @staticmethod
    async def save(server: Server, way: str, role: simcord.RoleHandle) -> Reply:
        if way == "option":
            return await server.admin.type("settings", ping_role=role)
        return await server.admin.choose((await server.admin.type("settings")).shown, role, menu=ROLES)

    async def test_that_may_be_mentioned_is_saved(self, server: Server, way: str) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        reply = await self.save(server, way, role)
        assert role.mention in lines(reply.shown)["Role to ping on release days"]
        assert "tick" not in reply.text
        assert not reply.shown.pings

    async def test_that_may_not_be_mentioned_comes_with_how_to_tick_it(self, server: Server, way: str) -> None:
        role = server.guild.create_role("Filmgoers")
        reply = await self.save(server, way, role)
        assert re.search(r"Allow anyone to @mention this role", reply.text)
        assert role.mention in reply.text

    async def test_that_is_gone_or_unticked_is_said_whenever_the_card_is_shown(
        self, house: House, server: Server, way: str
    ) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await self.save(server, way, role)
        assert "⚠️" not in (await server.admin.type("settings")).text
        stored = house.env.backend.get_guild(server.guild.id).roles
        stored[role.id].mentionable = False
        for options in ({}, {"hour": "10"}, {"channel": server.channel}):
            assert "Allow anyone to @mention" in (await server.admin.type("settings", **options)).text, options
        del stored[role.id]
        assert "no longer exists" in (await server.admin.type("settings")).text

    async def test_that_only_the_channel_for_posts_lets_marquee_mention_is_fine(self, server: Server, way: str) -> None:
        role = server.guild.create_role("Filmgoers")
        await server.admin.type("settings", channel=server.room("loud", mention_everyone=True))
        assert "⚠️" not in (await self.save(server, way, role)).text
        await server.admin.type("settings", channel=server.room("calm", mention_everyone=False))
        assert "Allow anyone to @mention" in (await self.save(server, way, role)).text

    async def test_that_is_everyone_is_refused(self, server: Server, way: str) -> None:
        """Nobody asks for a bot that pings a whole server; Discord would show @@everyone and ping no one."""
        reply = await self.save(server, way, server.guild.default_role)
        assert reply.refusal
        assert "nobody" in (await in_force(server.admin))["Role to ping on release days"]

    async def test_can_be_taken_away_again(self, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        card = (await self.save(server, "select", role)).shown
        reply = await server.admin.choose(card, menu=ROLES)
        assert "nobody" in lines(reply.shown)["Role to ping on release days"]
