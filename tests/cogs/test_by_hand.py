"""Posts that failed or may be there, in `/schedule`: who may decide about them, and what comes of it."""

import logging

import pytest

from bot.domain.by_hand import OFFERED_FOR
from bot.domain.posts import PostState
from bot.store import by_hand
from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Person, Server
from tests.cogs.reading import Reply, Screen
from tests.cogs.times import new_york

pytestmark = pytest.mark.breaks  # what Discord refuses is an error in the log
DUE = new_york(5, 30, 9)
UNREADABLE = "The channel's history may not be read. Give me Read Message History."


async def fail(house: House, server: Server, *films: str) -> None:
    """The countdown of 7 days is refused by Discord, as plain text too."""
    await server.admin.type("settings", countdown="7")
    await server.follow(
        await house.add_films(*(film(title, "2025-06-06", year=2025) for title in films or ("Bolero",)))
    )
    house.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=400, code=50035, times=2)
    house.sleep_until(DUE)
    await house.work()
    assert server.posts() == []


async def doubt(house: House, server: Server) -> None:
    """What failed may be there instead, as far as the books know."""
    subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
    assert subscriber is not None
    async with house.app.db.transaction() as tx:
        for post in await by_hand.list_stuck(tx, subscriber.id, house.now - OFFERED_FOR, 25):
            assert await by_hand.decide_post(tx, post, PostState.UNCERTAIN, UNREADABLE, house.now)


def offered(screen: Screen) -> list[str]:
    return [option["label"] for select in screen.selects for option in select["options"]]


async def choose(person: Person, number: int = 0) -> Reply:
    schedule = (await person.type("schedule")).shown
    return await person.choose(schedule, schedule.selects[0]["options"][number]["value"])


async def test_a_schedule_without_any_has_no_select(house: House, server: Server) -> None:
    await server.follow(await house.add_films(film("Bolero", "2025-06-06")))
    await house.live_until(new_york(5, 31))
    assert len(server.posts()) == 1
    assert (await server.admin.type("schedule")).shown.selects == []


async def test_what_failed_is_named_with_its_reason_and_sent_again(house: House, server: Server) -> None:
    await fail(house, server)
    house.sleep_until(new_york(5, 30, 11))
    schedule = await server.admin.type("schedule")
    assert offered(schedule.shown) == ["Bolero (2025) · 7 days to go · Fri 30 May 09:00"]
    asked = await choose(server.admin)
    assert asked.shown.private
    assert asked.text.startswith("Bolero (2025): 7 days to go · Fri 30 May 09:00 · " + server.channel.mention)
    assert "It was not sent. " in asked.text
    assert asked.shown.buttons == ["Send again", "Leave it"]
    reply = await server.admin.click(asked.shown, "Send again")
    assert reply.edited
    assert reply.shown.buttons == []
    assert reply.shown.words.startswith("Bolero (2025): 7 days to go is sent again within a minute")
    await house.work()
    (post,) = server.posts()
    assert "(late: this was due" in post.words
    assert (await server.admin.type("schedule")).shown.selects == []


async def test_what_may_be_there_is_looked_for_by_a_person(house: House, server: Server) -> None:
    await fail(house, server)
    await doubt(house, server)
    asked = await choose(server.admin)
    assert asked.shown.words.splitlines()[1] == (
        f"It may be there or not; nobody can tell. {UNREADABLE} Look into the channel: is it there?"
    )
    assert asked.shown.buttons == ["Send again", "It is there"]
    reply = await server.admin.click(asked.shown, "It is there")
    assert reply.shown.words == "Noted: Bolero (2025): 7 days to go is there. It is not sent again."
    await house.work()
    assert server.posts() == []
    schedule = await server.admin.type("schedule")
    assert schedule.shown.selects == []
    assert f"✅ Fri 30 May 09:00 · Bolero (2025): 7 days to go · <@{server.admin.actor.id}> said so" in schedule.text


async def test_what_is_left_stays_and_says_who_left_it(house: House, server: Server) -> None:
    await fail(house, server)
    reply = await server.admin.click((await choose(server.admin)).shown, "Leave it")
    assert reply.shown.words == "Noted: Bolero (2025): 7 days to go is left as it is. It is not sent again."
    schedule = await server.admin.type("schedule")
    assert schedule.shown.selects == []
    (line,) = [line for line in schedule.text.splitlines() if line.startswith("❌")]
    assert line.endswith(f" · <@{server.admin.actor.id}> left it so")
    assert "UTC" not in line


async def test_who_comes_second_hears_what_became_of_it(house: House, server: Server) -> None:
    await fail(house, server)
    await doubt(house, server)
    first, second = await choose(server.admin), await choose(server.admin)
    schedule = (await server.admin.type("schedule")).shown
    await server.admin.click(first.shown, "It is there")
    reply = await server.admin.click(second.shown, "Send again")
    said = f"Bolero (2025): 7 days to go is there: <@{server.admin.actor.id}> said so."
    assert reply.shown.words == said
    again = await server.admin.choose(schedule, schedule.selects[0]["options"][0]["value"])
    assert (again.shown.words, again.shown.buttons, again.shown.private) == (said, [], True)
    await house.work()
    assert server.posts() == []


async def test_only_who_may_manage_the_server_may_decide(house: House, server: Server) -> None:
    await fail(house, server)
    server.allow_command("schedule", server.member)
    assert "Manage Server" in (await server.member.type("schedule")).refusal
    schedule = (await server.admin.type("schedule")).shown
    asked = await choose(server.admin)
    for role in house.env.backend.get_guild(server.guild.id).roles.values():
        if role.name == "admin":
            role.permissions = 0  # what is open on the screen outlives the right to it
    for press in (
        lambda: server.admin.choose(schedule, schedule.selects[0]["options"][0]["value"]),
        lambda: server.admin.click(asked.shown, "Send again"),
        lambda: server.admin.click(asked.shown, "Leave it"),
    ):
        refused = (await press()).refusal
        assert refused.startswith("You need the “Manage Server” permission to decide about posts that did not arrive.")
    await house.work()
    assert server.posts() == []


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("moved", "is not sent again: it is about a date that has moved, or is not wanted here any more."),
        ("tomorrow", "is not sent again: its day is over."),
        ("paused", "is not sent again: posts are paused. /resume first."),
        ("untracked", "is not sent again: the film is no longer tracked here. /track it first."),
    ],
)
async def test_what_is_not_worth_it_any_more_says_why(house: House, server: Server, then: str, said: str) -> None:
    await fail(house, server)
    asked = await choose(server.admin)
    match then:
        case "moved":
            await house.add_films(film("Bolero", "2025-06-09", year=2025))
        case "tomorrow":
            house.sleep_until(new_york(5, 31, 0, 1))
        case "paused":
            await server.admin.type("pause", for_="1 day")
        case _:
            await server.admin.pick("untrack", "bolero")
    reply = await server.admin.click(asked.shown, "Send again")
    assert reply.shown.words.replace("`", "") == f"Bolero (2025): 7 days to go {said}"
    assert reply.shown.buttons == []


async def test_many_fit_into_one_select_and_outlive_a_restart(house: House, server: Server) -> None:
    titles = [f"Feature {number:02} {'x' * 120}" for number in range(25)]
    await fail(house, server, *titles)
    asked = await choose(server.admin, 24)
    labels = offered((await server.admin.type("schedule")).shown)
    assert len(labels) == 25
    assert all(label.endswith(" · 7 days to go · Fri 30 May 09:00") and len(label) <= 100 for label in labels)
    await house.restart()
    await server.admin.click(asked.shown, "Send again")
    await house.work()
    (post,) = server.posts()
    assert labels[24].split(" ")[1] in post.words


async def test_the_log_says_who_decided(house: House, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    await fail(house, server)
    with caplog.at_level(logging.INFO, logger="bot.services.by_hand"):
        await server.admin.click((await choose(server.admin)).shown, "Send again")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "bot.services.by_hand"]
    assert line.endswith(f": again, decided by user {server.admin.actor.id}")
