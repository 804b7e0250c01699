"""`/track` in this server: its channel, its country, its zone, its limit, and whoever stops it."""

import re
from datetime import timedelta

import pytest
import simcord

from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york


class TestChannel:
    async def test_is_for_those_who_manage_the_server(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle", channel=server.room("ballet"))
        assert "Manage Server" in reply.refusal
        assert "Nothing is tracked" in (await server.member.type("tracked")).refusal

    async def test_is_where_this_films_posts_go_and_no_others(self, house: House, server: Server) -> None:
        room = server.room("ballet")
        reply = await server.admin.pick("track", "balle", channel=room)
        assert f"First post Fri 30 May 09:00 in {room.mention}, then 3 more" in reply.text
        await server.member.pick("track", "how to train your dragon 2025")
        await house.live_until(new_york(6, 14))
        assert [said.split(" ")[1] for _, said in server.told(room)] == ["Ballerina"] * 4
        assert ["How to Train Your Dragon" in said for _, said in server.told()] == [True] * 4

    async def test_where_marquee_may_not_post_names_the_permission(self, server: Server) -> None:
        for denied, named in {
            "send_messages": "Send Messages",
            "view_channel": "View Channel",
            "embed_links": "Embed Links",
            "attach_files": "Attach Files",
        }.items():
            room = server.room("quiet", **{denied: False})
            reply = await server.admin.pick("track", "balle", channel=room)
            assert re.search(f"may not post in {room.mention}.*{named}", reply.text), (denied, reply.text)

    async def test_may_be_a_thread_or_an_announcement_channel(self, house: House, server: Server) -> None:
        backend = house.env.backend
        thread = backend.create_thread(server.channel.id, "ballet", server.member.actor.id)
        news = server.guild.create_news_channel("news")
        rooms = [simcord.ChannelHandle(house.env, server.guild, thread), news]
        for room, typed in zip(rooms, ("ballerina 2025", "f1 2025"), strict=True):
            reply = await server.admin.pick("track", typed, channel=room)
            assert f"in {room.mention}" in reply.text
            assert "may not post" not in reply.text
        await house.live_until(new_york(5, 31))
        assert [len(server.posts(room)) for room in rooms] == [1, 1]

    async def test_the_channel_typed_in_is_looked_at_too(self, server: Server) -> None:
        room = server.room("quiet", send_messages=False)
        reply = await server.member.pick("track", "balle")
        assert "Send Messages" not in reply.text
        other = server.house.open_server("Another")
        quiet = other.room("quiet", send_messages=False)
        typed = await other.member.type_in(quiet, "track", film="ballerina (2025)")
        assert "Send Messages" in typed.text
        assert quiet.mention in typed.text
        assert room.mention not in typed.text


class TestGuess:
    async def test_is_said_and_can_be_changed(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        assert re.search(r"(US|United States) dates, 09:00 New York.*guess", reply.text)
        assert "Change" in reply.shown.buttons
        settings = await server.admin.click(reply.shown, "Change")
        assert settings.shown.private
        assert "guessed" in settings.text
        refused = await server.member.click(reply.shown, "Change")
        assert "Manage Server" in refused.refusal

    async def test_goes_by_the_typists_language(self, house: House) -> None:
        for house.locale, said in {
            "de": "Germany dates, 09:00 Berlin",
            "en-GB": "United Kingdom dates, 09:00 London",
            "ja": "Japan dates, 09:00 Tokyo",
            "pt-BR": "Brazil dates, 09:00 Sao Paulo",
        }.items():
            reply = await house.open_server(house.locale).member.pick("track", "ballerina 2025")
            assert said in reply.text

    async def test_is_made_once_and_not_by_the_next_typist(self, house: House, server: Server) -> None:
        house.locale = "de"
        await server.member.pick("track", "ballerina 2025")
        house.locale = "fr"
        reply = await server.other.pick("track", "superman 2025")
        assert "Germany" in reply.text

    async def test_a_chosen_country_is_no_guess(self, server: Server) -> None:
        await server.admin.type("settings", country="DE")
        reply = await server.member.pick("track", "balle")
        assert "guess" not in reply.text
        assert "Germany" in reply.text

    async def test_one_zone_is_not_asked_about(self, house: House, server: Server) -> None:
        house.locale = "de"
        assert (await server.member.pick("track", "ballerina 2025")).shown.selects == []

    async def test_of_several_zones_the_right_one_is_asked_for(self, house: House, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        assert {"America/New York", "America/Chicago", "America/Los Angeles", "Pacific/Honolulu"} <= set(
            reply.shown.options
        )
        chosen = await server.member.choose(reply.shown, "America/Los Angeles")
        assert "Los Angeles" in chosen.text
        await house.live_until(new_york(5, 31), step=timedelta(hours=3))
        assert server.told() == [("Fri 30 May 12:00", server.told()[0][1])]
        assert (await server.member.pick("track", "superman 2025")).shown.selects == []

    async def test_a_zone_that_was_chosen_is_the_managers_to_change(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        still_asking = await server.member.pick("track", "superman 2025")
        await server.admin.choose(reply.shown, "America/Chicago")
        refused = await server.member.choose(still_asking.shown, "America/Denver")
        assert "Manage Server" in refused.refusal
        assert "America/Chicago" in (await server.admin.type("settings")).text

    async def test_once_a_zone_is_chosen_the_answer_no_longer_asks(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        chosen = await server.member.choose(reply.shown, "America/Chicago")
        assert chosen.edited
        assert chosen.shown.selects == []
        assert "09:00 Chicago" in chosen.text
        assert "Ballerina (2025) is tracked" in chosen.text
        assert "guess" not in (await server.admin.type("settings")).text.split("Time zone")[1].splitlines()[0]

    async def test_a_zone_chosen_for_a_film_that_is_no_longer_tracked_is_saved_as_well(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        await server.member.pick("untrack", "balle")
        assert "09:00 America/Chicago" in (await server.member.choose(reply.shown, "America/Chicago")).refusal


class TestLimit:
    @pytest.fixture
    def full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bot.services.tracking.MAX_FILMS", 2)

    async def test_is_said_privately_and_nothing_is_added(self, server: Server, full: None) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.member.pick("track", "superman 2025")
        refused = await server.member.pick("track", "weapons")
        assert "2 films" in refused.refusal
        assert "/untrack" in refused.refusal
        assert "Weapons" not in (await server.member.type("tracked")).text

    async def test_does_not_stand_in_the_way_of_what_is_tracked(self, server: Server, full: None) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.member.pick("track", "superman 2025")
        assert "already tracked" in (await server.member.pick("track", "ballerina 2025")).text
        await server.member.type("untrack", film="superman")
        assert "is tracked" in (await server.member.pick("track", "weapons")).text

    async def test_is_a_servers_own(self, house: House, server: Server, full: None) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.member.pick("track", "superman 2025")
        assert "is tracked" in (await house.open_server("Another").member.pick("track", "weapons")).text


class TestStopButton:
    async def test_untracks_the_film_and_its_posts_do_not_come(self, house: House, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        stopped = await server.other.click(reply.shown, "Stop tracking")
        assert "no longer tracked" in stopped.text
        await house.live_until(new_york(6, 7))
        assert server.posts() == []

    async def test_pressed_twice_says_so(self, server: Server) -> None:
        reply = await server.member.pick("track", "balle")
        await server.other.click(reply.shown, "Stop tracking")
        again = await server.other.click(reply.shown, "Stop tracking")
        assert "not tracked" in again.refusal
