"""The weekly digest in a server: set with /settings, seen in /schedule, posted, and its films looked at."""

from datetime import timedelta

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

HOUR = timedelta(hours=1)
#: The days of the simulated Discord begin on Tuesday, 27 May 2025; this is the Monday after.
MONDAY = new_york(6, 2)


def digests(server: Server) -> list[str]:
    """When a digest was posted, and its first line."""
    return [f"{at}: {said}" for at, said in server.told() if "The week ahead" in said]


async def test_comes_on_its_day_and_tells_what_comes_what_moved_and_what_else(house: House, server: Server) -> None:
    ballerina, dune, _ = await house.add_films(
        film("Ballet", "2025-06-06", key="a"),
        film("Dunes", "2025-07-04", key="b"),
        film("Elsewhere", "2025-06-05", key="c"),
    )
    await server.follow([ballerina, dune])
    await server.admin.type("settings", digest="Monday", countdown="none")
    house.sleep_until(house.now + HOUR)
    await house.add_films(film("Dunes", "2025-08-01", key="b"))
    await house.live_until(MONDAY + 2 * HOUR, step=HOUR)
    assert [at.split(": ")[0] for at in digests(server)] == ["Mon 2 Jun 09:00"]
    post = server.posts()[-1]
    lines = post.words.splitlines()
    assert lines[0] == "🗓️ The week ahead, Mon 2 June to Sun 8 June (United States):"
    assert "- Fri 6 June: Ballet, in cinemas" in lines
    assert "- Dunes: Fri 4 July 2025 → Fri 1 August 2025 (in cinemas)" in lines
    assert "- Thu 5 June: Elsewhere" in lines
    assert post.pings == ()
    card = await server.member.choose(post, "Elsewhere")
    assert card.shown.private
    assert "Elsewhere" in card.text


async def test_with_nothing_to_say_there_is_no_message_but_a_line_in_the_schedule(house: House, server: Server) -> None:
    await server.admin.type("settings", digest="Monday", country="Iceland", time_zone="New York")
    await house.live_until(MONDAY + 2 * HOUR, step=HOUR)
    assert digests(server) == []
    assert "weekly digest · skipped: nothing to say this week" in (await server.admin.type("schedule")).text


async def test_is_in_the_schedule_with_a_preview(house: House, server: Server) -> None:
    await house.add_films(film("Elsewhere", "2025-06-05", key="c"))
    await server.admin.type("settings", digest="Monday")
    schedule = (await server.admin.type("schedule")).shown
    assert "- Mon 2 June 09:00 · weekly digest" in schedule.words
    preview = await server.admin.click(schedule, "Preview the next post")
    assert preview.shown.private
    assert "Elsewhere" in preview.text
    await server.admin.type("pause", for_="1 month")
    paused = (await server.admin.type("schedule")).text
    assert "weekly digest · held back by a pause" in paused


async def test_chosen_on_its_day_after_the_hour_it_comes_at_once_and_only_once(house: House, server: Server) -> None:
    await house.add_films(film("Elsewhere", "2025-05-29", key="c"))
    await server.admin.type("settings", hour="8")
    for day in ("Tuesday", "none", "Tuesday"):  # it is Tuesday, half past eight
        await server.admin.type("settings", digest=day)
        await house.work()
    assert len(digests(server)) == 1
    await house.restart()
    await house.live_until(house.now + timedelta(days=2))
    assert len(digests(server)) == 1


async def test_waits_for_the_end_of_quiet_hours(house: House, server: Server) -> None:
    await house.add_films(film("Elsewhere", "2025-06-05", key="c"))
    await server.admin.type("settings", digest="Monday", quiet_hours="20-11")
    assert "on Mondays at 11:00" in (await server.admin.type("settings")).text
    await house.live_until(MONDAY + 6 * HOUR, step=HOUR)
    assert [at.split(": ")[0] for at in digests(server)] == ["Mon 2 Jun 11:00"]
