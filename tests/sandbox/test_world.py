from datetime import UTC, date, datetime
from pathlib import Path

import discord
import pytest

from bot.sandbox.closing import Closing
from bot.sandbox.errors import BadStart
from bot.sandbox.session import begins_at
from bot.sandbox.world import World
from tests.sandbox.cinema import Cinema
from tests.sandbox.conftest import open_theatre

Theatre = tuple[Cinema, World]


def texts(world: World) -> list[str]:
    return [message.content for message in world.channel.history(viewer=world.person)]


async def test_it_begins_before_ballerinas_posts(theatre: Theatre) -> None:
    cinema, world = theatre
    assert world.now() == cinema.clock.now() == datetime(2025, 5, 27, 12, 30, tzinfo=UTC)


async def test_it_begins_on_another_day_before_that_days_posts(tmp_path: Path) -> None:
    async with open_theatre(tmp_path, date(2026, 12, 18)) as (_, world):
        assert world.now() == datetime(2026, 12, 18, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(1999, 1, 1), date(2150, 1, 1), date.max])
def test_no_world_begins_outside_discords_time(day: date) -> None:
    with pytest.raises(BadStart, match=r"2016-01-01 to 2100-01-01"):
        begins_at(day)


async def test_the_bot_may_do_what_its_invite_asks_for_and_no_more(theatre: Theatre) -> None:
    cinema, world = theatre
    seen: list[discord.Permissions] = []

    @cinema.client.tree.command(description="Look")
    async def look(interaction: discord.Interaction) -> None:
        seen.append(interaction.app_permissions)
        await interaction.response.send_message("ok")

    await cinema.client.tree.sync()
    await world.person.slash(world.channel, "look")
    assert seen[0].attach_files
    assert not seen[0].manage_messages
    assert not seen[0].administrator


async def test_the_bot_writes_in_no_channel_that_is_taken_from_it(theatre: Theatre) -> None:
    cinema, world = theatre
    await cinema.client.add_cog(Closing(world))
    await cinema.client.tree.sync()
    here = cinema.client.get_partial_messageable(world.channel.id)
    await world.person.slash(world.channel, "sandbox-channel", right="take")
    with pytest.raises(discord.Forbidden, match="50013"):
        await here.send("a post")
    assert "No post was due" in (await travelled(world))
    await world.person.slash(world.channel, "sandbox-channel", right="give")
    await here.send("a post")


async def test_discord_refuses_one_post_and_what_is_tried_in_its_place(theatre: Theatre) -> None:
    cinema, world = theatre
    await cinema.client.add_cog(Closing(world))
    await cinema.client.tree.sync()
    here = cinema.client.get_partial_messageable(world.channel.id)
    await world.person.slash(world.channel, "sandbox-channel", right="refuse")
    await cinema.client.get_partial_messageable(world.announcements.id).send("elsewhere")
    for _ in range(2):
        with pytest.raises(discord.HTTPException, match="50035"):
            await here.send("a post")
    await here.send("a post")


async def travelled(world: World) -> str:
    await world.person.slash(world.channel, "time-travel", to="tomorrow")
    return texts(world)[-1]


async def test_what_a_button_made_due_happens_before_the_world_rests(theatre: Theatre) -> None:
    cinema, world = theatre
    world.person.afterwards = cinema.tick
    await world.person.slash(world.channel, "track", film="ballerina")
    before = len(cinema.ticks)
    card = world.channel.history(viewer=world.person)[-1]
    await world.person.click(card, label="Cast")
    await world.person.select(card, ["Superman"])
    assert len(cinema.ticks) == before + 2


async def test_the_person_may_everything(theatre: Theatre) -> None:
    _, world = theatre
    allowed = world.env.backend.compute_permissions(world.guild.id, world.person.id, world.channel.id)
    assert discord.Permissions(allowed) == discord.Permissions.all()


async def test_a_refusal_is_no_crash(theatre: Theatre) -> None:
    _, world = theatre
    result = await world.person.slash(world.channel, "track", film="zzz")
    assert result.ephemeral
    assert world.env.errors == []


@pytest.mark.parametrize(
    "line", ["/track ballerina", "  /track   Ballerina ", "/track film:ballerina", "/track film: Ballerina"]
)
async def test_a_command_typed_in_one_go_is_run(theatre: Theatre, line: str) -> None:
    cinema, world = theatre
    await world.person.send(world.channel, line)
    assert list(cinema.tracked) == ["Ballerina"]
    assert texts(world)[0] == line


@pytest.mark.parametrize(
    "line", ["hello", "/nothing here", "track ballerina", "/track", "/ track x", "//track ballerina", "/track\u200b x"]
)
async def test_other_text_stays_a_message(theatre: Theatre, line: str) -> None:
    cinema, world = theatre
    await world.person.send(world.channel, line)
    assert cinema.tracked == {}
    assert texts(world) == [line]
    assert world.env.errors == []


async def test_only_what_the_bot_sends_by_itself_is_a_post(theatre: Theatre) -> None:
    cinema, world = theatre
    await world.person.send(world.channel, "hello")
    await world.person.slash(world.channel, "track", film="ballerina")
    assert world.count_posts() == 0
    await cinema.client.get_partial_messageable(world.channel.id).send("a post")
    assert world.count_posts() == 1


async def test_the_clock_never_goes_back(theatre: Theatre) -> None:
    _, world = theatre
    before = world.now()
    world.advance_to(datetime(2020, 1, 1, tzinfo=UTC))
    assert world.now() == before


async def test_records_are_forgotten(theatre: Theatre) -> None:
    _, world = theatre
    await world.person.slash(world.channel, "track", film="ballerina")
    world.forget_records()
    assert not world.env.http_requests
    assert not world.env.backend.transcript
