from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.world import World
from tests.sandbox.cinema import Cinema

Theatre = tuple[Cinema, World]
ZONE = ZoneInfo("America/New_York")


def said(world: World) -> list[tuple[str, str]]:
    """Each message with the time at which it was sent, on the server's clock."""
    return [
        (f"{message.created_at.astimezone(ZONE):%d %b %H:%M}", message.content)
        for message in world.channel.history(viewer=world.person)
    ]


async def go(world: World, to: str) -> list[tuple[str, str]]:
    before = len(said(world))
    await world.person.slash(world.channel, "time-travel", to=to)
    assert world.env.errors == []
    return said(world)[before:]


async def test_every_post_on_the_way_to_a_release_day_appears_on_its_day(theatre: Theatre) -> None:
    _, world = theatre
    await world.person.slash(world.channel, "track", film="ballerina")
    assert await go(world, "Ballerina’s release day") == [
        ("27 May 08:30", "⏩ From **Tue 27 May 2025, 08:30** to **Fri 6 June 2025, 09:30** …"),
        ("30 May 09:00", "**Ballerina** is out in 7 days"),
        ("03 Jun 09:00", "**Ballerina** is out in 3 days"),
        ("05 Jun 09:00", "**Ballerina** is out in 1 days"),
        ("06 Jun 09:00", "**Ballerina** is out today"),
        ("06 Jun 09:30", "⏱️ It is now **Fri 6 June 2025, 09:30** in New York. 4 posts appeared on the way."),
    ]


async def test_next_post_stops_there(theatre: Theatre) -> None:
    _, world = theatre
    await world.person.slash(world.channel, "track", film="ballerina")
    assert [text for _, text in await go(world, "next post")] == [
        "⏩ From **Tue 27 May 2025, 08:30** to the next post …",
        "**Ballerina** is out in 7 days",
        "⏱️ It is now **Fri 30 May 2025, 09:00** in New York. 1 post appeared on the way.",
    ]
    assert "3 days" in (await go(world, "next post"))[1][1]


async def test_the_clocks_change_on_the_way(theatre: Theatre) -> None:
    _, world = theatre
    arrival = (await go(world, "2025-11-05"))[-1]
    assert arrival == (
        "05 Nov 09:30",
        "⏱️ It is now **Wed 5 November 2025, 09:30** in New York. No post was due on the way.",
    )


async def test_refusals_are_private_sentences_and_time_stands_still(theatre: Theatre) -> None:
    cinema, world = theatre
    for to in ("2020-01-01", "whenever", "in 6 years", "next post"):
        result = await world.person.slash(world.channel, "time-travel", to=to)
        assert result.ephemeral
        assert result.response is not None
        assert result.response.content.endswith(".")
    assert cinema.clock.now().astimezone(ZONE) == datetime(2025, 5, 27, 8, 30, tzinfo=ZONE)


async def test_suggestions_name_the_tracked_films(theatre: Theatre) -> None:
    _, world = theatre
    await world.person.slash(world.channel, "track", film="superman")
    found = await world.person.autocomplete(world.channel, "time-travel", "to", "")
    assert [choice["name"] for choice in found][:2] == ["next post", "Superman’s release day"]
    assert all(choice["name"] == choice["value"] for choice in found)


async def test_a_journey_of_years(theatre: Theatre) -> None:
    cinema, world = theatre
    await world.person.slash(world.channel, "track", film="ballerina")
    await world.person.slash(world.channel, "track", film="superman")
    assert (await go(world, "in 5 years"))[-1][1].endswith("8 posts appeared on the way.")
    assert len(cinema.ticks) < 40


async def test_what_is_due_at_once_goes_out_after_any_command(theatre: Theatre) -> None:
    cinema, world = theatre
    before = len(cinema.ticks)
    await world.person.slash(world.channel, "track", film="ballerina")
    assert len(cinema.ticks) == before + 1


async def test_what_appeared_on_other_pages_is_said(theatre: Theatre) -> None:
    cinema, world = theatre
    await world.person.slash(world.channel, "track", film="ballerina")
    cinema.channel_id = world.announcements.id
    assert (await go(world, "next post"))[-1][1].endswith("1 post appeared on the way, on another page.")
    cinema.channel_id = world.channel.id
    await go(world, "next post")
    await world.person.slash(world.announcements, "time-travel", to="2025-06-05")
    assert world.announcements.history()[-1].content.endswith("1 post appeared on the way, on another page.")
    await world.person.slash(world.channel, "track", film="superman")
    await go(world, "2025-07-08")
    cinema.channel_id = world.announcements.id
    assert (await go(world, "2025-07-20"))[-1][1].endswith("2 posts appeared on the way, on other pages.")
