"""`/settings` for how loud Marquee is: quiet hours, digest, style, messages a day, button, publishing, admins."""

from datetime import timedelta

import pytest

from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.test_role_button import let_give_roles
from tests.cogs.test_settings import ADMINS, OTHERS, fill, in_force, lines
from tests.cogs.times import new_york

MOVED = "Posts go at 08:00, when quiet hours end"


class TestOptions:
    async def test_each_is_saved_and_said(self, server: Server) -> None:
        room = server.room("mods")
        for option, typed, line, shown, said in (
            ("quiet_hours", "22:00–08:00", "Quiet hours", "22:00 to 08:00", "quiet hours 22:00 to 08:00"),
            ("quiet_hours", "none", "Quiet hours", "none", "no quiet hours"),
            ("digest", "Friday", "Weekly digest", "on Fridays at 09:00", "weekly digest on Fridays at 09:00"),
            ("digest", "none", "Weekly digest", "off", "weekly digest off"),
            ("countdown_style", "live", "Countdown style", "one live message", "countdown as one live message"),
            ("countdown_style", "posts", "Countdown style", "a post each time", "countdown as a post each time"),
            ("messages_a_day", 1, "Messages a day", "at most 1;", "at most 1 a day"),
            ("messages_a_day", 25, "Messages a day", "at most 25;", "at most 25 a day"),
            ("ping_button", "on", "“Ping me” button", "on, once there is a role", "“Ping me” button on"),
            ("ping_button", "off", "“Ping me” button", "off", "“Ping me” button off"),
            ("publish", "on", "Publish posts", "on, where the channel is an announcement channel", "are published"),
            ("publish", "off", "Publish posts", "off", "are not published"),
            ("admin_channel", room, "Questions and troubles", room.mention, f"go to {room.mention}"),
        ):
            reply = await server.admin.type("settings", **{option: typed})
            assert reply.shown.private
            assert f"{said}" in reply.text.splitlines()[1], (option, typed, reply.text)
            assert reply.text.splitlines()[1].startswith("✅ Saved: ")
            assert lines(reply.shown)[line].startswith(shown), (option, typed)
            assert (await in_force(server.admin))[line].startswith(shown), (option, typed)

    async def test_survive_a_restart(self, house: House, server: Server) -> None:
        await server.admin.type("settings", quiet_hours="22-8", digest="Sunday", countdown_style="live", publish="on",
                                messages_a_day=3, ping_button="on", admin_channel=server.room("mods"))  # fmt: skip
        before = await in_force(server.admin)
        await house.restart()
        assert await in_force(server.admin) == before

    async def test_weekdays_are_suggested_and_what_is_suggested_is_taken(self, server: Server) -> None:
        for choice in await server.admin.suggested("settings", "digest", ""):
            assert "Saved" in (await server.admin.type("settings", digest=choice["value"])).text

    async def test_an_abbreviated_zone_says_what_to_type_instead(self, server: Server) -> None:
        refused = (await server.admin.type("settings", time_zone="EST", hour="18")).refusal
        assert refused.startswith("“EST” stands for several clocks, and does not follow summer time")
        assert "America/New_York" in refused.replace("\\", "")
        assert (await in_force(server.admin))["Posting hour"] == "09:00"
        assert (await server.admin.names("settings", "time-zone", "est"))[0] == "America/New York"

    async def test_milestones_that_are_none_are_refused_each_with_its_reason(self, server: Server) -> None:
        for typed, said in (("0", "always announced"), ("-1", "1 to 365"), ("10,000", "1 to 365")):
            for refused in (
                (await server.admin.type("settings", countdown=typed)).refusal,
                (await fill(server.admin, "Countdown", typed)).refusal,
            ):
                assert said in refused, typed
        assert (await in_force(server.admin))["Countdown"].startswith("30, 7, 3 and 1 days")


class TestQuietHours:
    async def test_that_cover_the_posting_hour_are_said_and_move_it(self, house: House, server: Server) -> None:
        reply = await server.admin.type("settings", hour="7", quiet_hours="22-8")
        assert MOVED in reply.text
        assert (
            "Saved: posting hour 07:00, quiet hours 22:00 to 08:00. Posts go at 08:00, when quiet hours" in reply.text
        )
        assert lines(reply.shown)["Posting hour"] == "07:00"
        assert MOVED in (await server.admin.type("settings")).text
        tracked = await server.member.pick("track", "ballerina 2025")
        assert "08:00" in tracked.text
        await house.live_until(new_york(6, 7), step=timedelta(hours=1))
        assert {when.rsplit(" ", 1)[1] for when, _ in server.told()} == {"08:00"}
        assert [when for when, said in server.told() if "is out today" in said] == ["Fri 6 Jun 08:00"]

    async def test_that_do_not_cover_it_say_nothing_of_it(self, server: Server) -> None:
        assert "when quiet hours end" not in (await server.admin.type("settings", quiet_hours="22-9")).text
        assert "Posts go at 09:30" in (await server.admin.type("settings", quiet_hours="22-9:30")).text

    async def test_that_are_set_alone_say_where_the_hour_goes(self, server: Server) -> None:
        reply = await server.admin.type("settings", quiet_hours="8-18")
        assert "Saved: quiet hours 08:00 to 18:00. Posts go at 18:00, when quiet hours end." in reply.text

    async def test_the_greeting_names_the_hour_at_which_posts_go(self, server: Server) -> None:
        room = server.room("premieres")
        await server.admin.type("settings", quiet_hours="20-10", channel=room)
        assert "at 10:00 New York time" in server.posts(room)[0].words


class TestCard:
    async def test_begins_each_form_with_what_is_in_force(self, server: Server) -> None:
        for what, typed, begins in (
            ("Quiet hours", "10pm to 8am", "22:00 to 08:00"),
            ("Weekly digest", "thu", "Thursday"),
            ("Weekly digest", "off", "none"),
            ("Messages a day", "3", "3"),
        ):
            card = (await fill(server.admin, what, typed)).shown
            again = await server.admin.choose(card, what, menu=OTHERS)
            [row] = (again.result.modal or {})["components"]
            assert (row.get("component") or row)["value"] == begins
            assert lines((await server.admin.fill(again, begins)).shown) == lines(card)

    @pytest.mark.parametrize("what", ["Countdown style", "“Ping me” button", "Publish posts"])
    async def test_turns_over_what_is_one_of_two(self, server: Server, what: str) -> None:
        card = (await server.admin.type("settings")).shown
        before = lines(card)[what]
        turned = await server.admin.choose(card, what, menu=OTHERS)
        assert turned.edited
        assert lines(turned.shown)[what] != before
        back = await server.admin.choose(turned.shown, what, menu=OTHERS)
        assert lines(back.shown)[what] == before

    async def test_chooses_a_channel_for_admins_and_takes_it_away(self, server: Server) -> None:
        room = server.room("mods")
        card = await server.admin.choose((await server.admin.type("settings")).shown, room, menu=ADMINS)
        assert lines(card.shown)["Questions and troubles"] == room.mention
        assert "⚠️" not in card.text
        back = await server.admin.choose(card.shown, menu=ADMINS)
        assert lines(back.shown)["Questions and troubles"] == "the channel for posts"
        assert server.posts(room) == []

    async def test_warns_of_a_channel_for_admins_that_it_may_not_write_in(self, server: Server) -> None:
        room = server.room("mods", send_messages=False)
        reply = await server.admin.type("settings", admin_channel=room)
        assert f"Questions and troubles cannot go to {room.mention}: I lack Send Messages." in reply.text

    async def test_says_what_the_button_waits_for(self, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        let_give_roles(server)
        await server.admin.type("settings", ping_button="on")
        reply = await server.admin.type("settings", ping_role=role)
        assert lines(reply.shown)["“Ping me” button"] == "on: it gives and takes the role"

    async def test_stays_within_discords_limits_whatever_is_chosen(self, server: Server) -> None:
        role = server.guild.create_role("Filmgoers")
        let_give_roles(server)
        await server.admin.type("settings", country="Antarctica", countdown="365 364 363 362 361 360 359 358 357 356",
                                hour="7", quiet_hours="22-8", digest="Wed", countdown_style="live", publish="on",
                                ping_button="on", ping_role=role, messages_a_day=25,
                                admin_channel=server.room("mods", send_messages=False),
                                channel=server.room("closed", view_channel=False))  # fmt: skip
        card = (await server.admin.type("settings")).shown  # screen_of() holds it against every limit
        assert len(card.selects) == 6
        assert len(card.components) <= 30
        assert card.text.count("⚠️") == 3


async def test_what_went_out_today_does_not_come_again_at_a_later_hour(house: House, server: Server) -> None:
    await server.member.pick("track", "ballerina 2025")
    await house.live_until(new_york(5, 30, 10))
    await server.admin.type("settings", hour="12")
    schedule = await server.admin.type("schedule")
    coming = schedule.text.partition("Last")[0]
    assert "3 days to go" in coming
    assert "7 days to go" not in coming
    assert "in 3 days" in (await server.admin.click(schedule.shown, "Preview the next post")).text
    await house.live_until(new_york(5, 31))
    assert len(server.posts()) == 1
