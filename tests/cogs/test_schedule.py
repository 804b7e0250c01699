"""`/schedule`, `/pause`, `/resume`: looking ahead and back, and keeping posts to oneself for a while."""

import re

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import BERLIN, new_york


def parts(text: str) -> tuple[list[str], list[str]]:
    """The lines of `/schedule` that are to come, and those of what was."""
    coming, _, last = text.partition("\nLast\n")
    return [line for line in coming.splitlines() if line.startswith("- ")], last.splitlines()


class TestSchedule:
    async def test_with_nothing_to_do_says_so(self, server: Server) -> None:
        reply = await server.admin.type("schedule")
        assert reply.shown.private
        assert "Nothing is due" in reply.text
        assert "Nothing has been posted yet" in reply.text
        assert not [label for label in reply.shown.buttons if "review" in label]

    async def test_says_when_and_where_what_comes_next(self, server: Server) -> None:
        room = server.room("ballet")
        await server.admin.pick("track", "superman 2025")
        await server.admin.pick("track", "ballerina 2025", channel=room)
        coming, _ = parts((await server.admin.type("schedule")).text)
        assert [line.split(" · ")[0][2:] for line in coming[:5]] == [
            "Fri 30 May 09:00",
            "Tue 3 June 09:00",
            "Thu 5 June 09:00",
            "Fri 6 June 09:00",
            "Wed 11 June 09:00",
        ]
        assert all("Ballerina (2025)" in line and room.mention in line for line in coming[:4])
        assert "7 days" in coming[0]
        assert "release day" in coming[3]
        assert "Superman (2025)" in coming[4]
        assert server.channel.mention in coming[4]

    async def test_says_it_in_the_servers_own_time(self, house: House, server: Server) -> None:
        house.locale = "de"
        await server.member.pick("track", "ballerina 2025")
        reply = await server.admin.type("schedule")
        assert "Europe/Berlin" in reply.text
        assert "Thu 29 May 09:00" in reply.text
        await house.live_until(new_york(6, 1))
        assert server.told(zone=BERLIN)[0][0] == "Thu 29 May 09:00"

    async def test_says_what_became_of_the_last_ones_newest_first(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 2))
        house.sleep_until(new_york(6, 4, 12))  # the 3-day post falls due with nobody there, and is stale by now
        await house.live_until(new_york(6, 5, 12))
        coming, last = parts((await server.admin.type("schedule")).text)
        assert len(coming) == 1
        assert re.search(r"Thu 5 June 09:00.*1 day", last[0])
        assert re.search(r"3 days.*skipped", last[1])
        assert re.search(r"Fri 30 May 09:00.*7 days", last[2])
        assert "skipped" not in last[0] + last[2]
        reason = last[1].split("skipped")[1]
        assert len(reason.strip(" :")) > 5  # why not

    async def test_says_why_a_post_failed(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        for role in house.env.backend.get_guild(server.guild.id).roles.values():
            role.permissions = 0 if role.name == "Marquee" else role.permissions & ~(1 << 11)
        await house.live_until(new_york(5, 31))
        assert server.posts() == []
        text = (await server.admin.type("schedule")).text
        _, last = parts(text)
        assert re.search(r"7 days.*(failed|skipped).*permission|Send Messages|may not", last[0], re.I)

    async def test_shows_ten_next_and_twenty_last_at_most(self, house: House, server: Server) -> None:
        await server.admin.type("settings", countdown="1")
        await server.follow(await house.add_films(*(film(f"Feature {n:02}", f"2025-06-{n + 3:02}") for n in range(20))))
        await house.live_until(new_york(6, 15))
        coming, last = parts((await server.admin.type("schedule")).text)
        assert len(coming) == 10 or "more" in coming[-1]
        assert len(last) == 20

    async def test_of_many_failed_posts_fits_into_a_card(self, house: House, server: Server) -> None:
        await server.admin.type("settings", countdown="1")
        many = [film(f"Feature {n:02} {'x' * 60}", "2025-06-03" if n < 20 else "2025-06-20") for n in range(30)]
        await server.follow(await house.add_films(*many))
        for role in house.env.backend.get_guild(server.guild.id).roles.values():
            role.permissions = 0 if role.name == "Marquee" else role.permissions & ~(1 << 11)
        await house.live_until(new_york(6, 4))
        reply = await server.admin.type("schedule")
        _, last = parts(reply.text)
        assert "skipped, paused" in last[0]
        assert last[0].endswith("lacks a permission in the channel")  # whole, not cut
        assert re.fullmatch(r"… and \d+ more", last[-1])

    async def test_names_the_year_where_it_is_not_this_one(self, house: House, server: Server) -> None:
        await house.add_films(film("The Far One", "2026-12-18"))
        assert "First post Wed 18 November 2026, 09:00" in (await server.member.pick("track", "far one")).text
        coming, _ = parts((await server.admin.type("schedule")).text)
        assert coming[0].startswith("- Wed 18 November 2026, 09:00 · ")
        assert "Wed 18 November 2026, 09:00" in (await server.member.type("next")).text
        assert "until Mon 27 April 2026, 08:30" in (await server.admin.type("pause", for_="11 months")).text

    async def test_preview_shows_all_that_is_due_together(self, house: House, server: Server) -> None:
        await server.admin.type("settings", countdown="none")
        await server.follow(await house.add_films(*(film(f"Feature {n:02}", "2025-06-06") for n in range(14))))
        preview = await server.admin.click((await server.admin.type("schedule")).shown, "Preview the next post")
        assert [f"Feature {n:02}" for n in range(14) if f"Feature {n:02}" not in preview.text] == []

    async def test_preview_leaves_out_what_a_pause_keeps_back(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="5 days")
        schedule = (await server.admin.type("schedule")).shown
        assert "in 3 days" in (await server.admin.click(schedule, "Preview the next post")).text
        await server.admin.type("pause", for_="until I resume")
        assert "keeps it back" in (await server.admin.click(schedule, "Preview the next post")).refusal

    async def test_preview_shows_the_next_post_to_one_person_without_a_ping(self, house: House, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role, countdown="none")
        await server.member.pick("track", "ballerina 2025")
        schedule = (await server.admin.type("schedule")).shown
        preview = await server.admin.click(schedule, next(b for b in schedule.buttons if "review" in b))
        assert preview.shown.private
        assert "Ballerina is out today in cinemas" in preview.text
        assert server.posts() == []
        await house.live_until(new_york(6, 7))
        assert preview.shown.content == server.posts()[0].content

    async def test_is_for_those_who_manage_the_server(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        schedule = (await server.admin.type("schedule")).shown
        for command, options in {
            "schedule": {},
            "pause": {"for_": "1 day"},
            "resume": {},
        }.items():
            server.allow_command(command, server.member)
            assert "Manage Server" in (await server.member.type(command, **options)).refusal
        assert schedule.private  # so nobody else can press its button


class TestPause:
    async def test_keeps_the_servers_posts_back_and_tells_of_them_once_in_one_message(
        self, house: House, server: Server
    ) -> None:
        await server.member.pick("track", "ballerina 2025")
        said = await server.admin.type("pause", for_="5 days")
        assert said.shown.private
        assert "Sun 1 June 08:30" in said.text
        await house.live_until(new_york(6, 2))
        [told] = server.posts()
        assert "Ballerina" in told.words
        assert "7 days" in told.words
        assert [when for when, _ in server.told()] == ["Sun 1 Jun 09:00"]
        await house.live_until(new_york(6, 7))
        assert len(server.posts()) == 1 + 3

    async def test_of_one_film_leaves_the_others(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.member.pick("track", "how to train your dragon 2025")
        await server.admin.pick("pause", "ballerina", for_="until I resume")
        await house.live_until(new_york(6, 7))
        said = [line for _, line in server.told()]
        assert said
        assert not [line for line in said if "Ballerina" in line]
        await server.admin.pick("resume", "ballerina")
        await house.live_until(new_york(6, 7, 11))
        assert "Ballerina" in server.posts()[-1].words

    async def test_is_shown_where_people_look(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="2 weeks")
        assert re.search(r"paused until.*10 June", (await server.admin.type("schedule")).text)
        await server.admin.type("resume")
        await server.admin.pick("pause", "ballerina", for_="2 weeks")
        assert re.search(r"[Pp]aused.*Ballerina", (await server.admin.type("schedule")).text)
        assert re.search(r"Ballerina.*paused", (await server.member.type("tracked")).text)

    async def test_what_falls_into_it_is_not_promised(self, server: Server) -> None:
        await server.admin.type("settings", country="US", time_zone="New York")
        await server.admin.type("pause", for_="1 week")  # to 3 June, 08:30
        tracked = (await server.member.pick("track", "ballerina 2025")).text
        assert "First post Fri 30 May" not in tracked
        assert "First post Tue 3 June 09:00" in tracked
        assert "paused" in tracked
        coming, _ = parts((await server.admin.type("schedule")).text)
        assert not [line for line in coming if "30 May" in line and not re.search("paused|held back", line)]

    async def test_takes_its_posts_out_of_the_countdown_tab(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="1 week")  # to 3 June, 08:30
        tab = (await server.member.type("next")).text
        assert "Posts are paused until Tue 3 June 08:30" in tab
        assert "Fri 30 May" not in tab
        assert "Tue 3 June 09:00 · 3 days to go" in tab
        await server.admin.pick("pause", "ballerina", for_="until I resume")
        tab = (await server.member.type("next")).text
        assert "Posts are paused until /resume" in tab.replace("`", "")
        assert "Still to be posted" not in tab

    async def test_of_a_film_where_nothing_is_tracked_says_so(self, server: Server) -> None:
        for command, options in {"pause": {"for_": "1 day"}, "resume": {}}.items():
            refused = (await server.admin.type(command, film="ballerina 2025", **options)).refusal
            assert refused.startswith("Nothing is tracked here yet"), refused

    async def test_for_good_lasts_until_resumed(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="until I resume")
        await house.live_until(new_york(6, 5, 12))
        assert server.posts() == []
        reply = await server.admin.type("resume")
        assert reply.shown.private
        await house.live_until(new_york(6, 5, 14))
        [told] = server.posts()
        assert [days for days in ("7 days", "3 days", "1 day") if days in told.words] == ["7 days", "3 days", "1 day"]
        await house.live_until(new_york(6, 7))
        assert [when for when, _ in server.told()][1:] == ["Fri 6 Jun 09:00"]

    async def test_that_kept_nothing_back_ends_in_silence(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="1 day")
        await house.live_until(new_york(5, 29))
        assert server.posts() == []
        await server.admin.type("pause", for_="until I resume")
        await server.admin.type("resume")
        await house.live_until(new_york(5, 31))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]

    async def test_a_release_day_in_a_pause_is_told_afterwards_without_a_ping(
        self, house: House, server: Server
    ) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role, countdown="none")
        await server.member.pick("track", "ballerina 2025")
        house.sleep_until(new_york(6, 5))
        await server.admin.type("pause", for_="2 days")
        await house.live_until(new_york(6, 8))
        [told] = server.posts()
        assert "Ballerina" in told.words
        assert re.search("release day|out", told.words)
        assert told.pings == ()

    async def test_a_second_pause_prolongs_the_first(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="5 days")
        await house.live_until(new_york(5, 31, 10))
        await server.admin.type("pause", for_="4 days")
        await house.live_until(new_york(6, 4, 6))
        assert server.posts() == []
        await house.live_until(new_york(6, 4, 12))
        [told] = server.posts()
        assert "7 days" in told.words  # of the first pause
        assert "3 days" in told.words  # of the second

    async def test_takes_a_time_as_people_type_it(self, server: Server) -> None:
        for typed, until in {
            "12 hours": "Tue 27 May 20:30",
            "a week": "Tue 3 June 08:30",
            "for 3 days": "Fri 30 May 08:30",
            "2w": "Tue 10 June 08:30",
            "1 month": "Fri 27 June 08:30",
        }.items():
            assert until in (await server.admin.type("pause", for_=typed)).text
            await server.admin.type("resume")
        assert "3 days" in await server.admin.names("pause", "for", "")
        assert await server.admin.names("pause", "for", "10 days") != []

    async def test_a_time_that_does_not_exist_gets_an_example(self, server: Server) -> None:
        wrong = ("soon", "", "0 days", "-1 day", "9999 days", "400 weeks", "1.5 days", "3", "5m", "day", "x" * 300)
        for typed in wrong:
            refused = (await server.admin.type("pause", for_=typed)).refusal
            assert "For example" in refused, typed
        assert "paused" not in (await server.admin.type("schedule")).text

    async def test_a_film_that_is_not_tracked_is_said_so(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        refused = (await server.admin.type("pause", for_="1 day", film="superman 2025")).refusal
        assert "not tracked" in refused
        assert "paused" not in (await server.admin.type("schedule")).text


class TestResume:
    async def test_where_nothing_is_paused_says_so(self, server: Server) -> None:
        assert "not paused" in (await server.admin.type("resume")).refusal
        await server.member.pick("track", "ballerina 2025")
        assert "not paused" in (await server.admin.pick("resume", "ballerina")).refusal

    async def test_a_pause_that_ended_by_itself_is_not_resumed_again(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="4 days")
        await house.live_until(new_york(6, 1))
        assert "not paused" in (await server.admin.type("resume")).refusal
        await house.live_until(new_york(6, 2))
        assert len(server.posts()) == 1

    async def test_early_posts_again_and_tells_only_once(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await server.admin.type("pause", for_="2 weeks")
        await house.live_until(new_york(5, 31))
        await server.admin.type("resume")
        await house.live_until(new_york(6, 20))
        assert "7 days" in server.posts()[0].words
        assert [when for when, _ in server.told()][1:] == ["Tue 3 Jun 09:00", "Thu 5 Jun 09:00", "Fri 6 Jun 09:00"]
