"""The real Marquee in the sandbox, without a browser."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

import discord
import pytest

from bot.sandbox.clock import VirtualClock
from bot.sandbox.journey import Timeline, travel
from bot.sandbox.moments import FilmDay
from bot.sandbox.session import begins_at
from bot.sandbox.wiring import MarqueeApplication, open_application
from bot.sandbox.world import World, open_world

Marquee = tuple[MarqueeApplication, World, Timeline]


@asynccontextmanager
async def open_marquee(folder: Path) -> AsyncGenerator[Marquee]:
    start = begins_at(None)
    clock = VirtualClock(start)
    async with (
        open_application(folder / "marquee.db", clock) as application,
        open_world(application.client, begins_at=start, permissions=application.permissions, clock=clock) as world,
    ):
        await application.client.tree.sync()
        yield application, world, application.timeline(world.guild.id, world.user.id)


@pytest.fixture
async def marquee(tmp_path: Path) -> AsyncGenerator[Marquee]:
    async with open_marquee(tmp_path) as opened:
        yield opened


async def track_ballerina(world: World) -> None:
    found = await world.person.autocomplete(world.channel, "track", "film", "ballerina")
    await world.person.slash(world.channel, "track", film=found[0]["value"])


async def test_a_new_server_owes_nothing_and_is_in_new_york(marquee: Marquee) -> None:
    _, _, timeline = marquee
    home = await timeline.get_home()
    assert (home.zone.key, home.posting_time) == ("America/New_York", time(9))
    assert list(await timeline.list_film_days()) == []
    assert await timeline.next_due_at() is None
    await timeline.tick()


async def test_a_tracked_film_is_on_the_timeline(marquee: Marquee) -> None:
    _, world, timeline = marquee
    await track_ballerina(world)
    assert list(await timeline.list_film_days()) == [FilmDay("Ballerina", date(2025, 6, 6))]
    assert await timeline.next_due_at() == datetime(2025, 5, 30, 13, tzinfo=UTC)


async def test_the_end_of_a_pause_is_told_at_its_time(marquee: Marquee) -> None:
    _, world, timeline = marquee
    await track_ballerina(world)
    await world.person.slash(world.channel, "pause", **{"for": "5 days"})
    ends_at = datetime(2025, 6, 1, 12, 30, tzinfo=UTC)
    before = len(world.channel.history())
    assert await travel(world, timeline, until=ends_at, to_next_post=True, stopped=lambda: False) == 1
    (told,) = world.channel.history()[before:]
    assert told.created_at == ends_at
    assert "Ballerina" in told.content
    assert await timeline.next_due_at() == datetime(2025, 6, 3, 13, tzinfo=UTC)


async def test_four_posts_each_once_each_on_its_day(marquee: Marquee) -> None:
    _, world, timeline = marquee
    await track_ballerina(world)
    before = len(world.channel.history())
    until = datetime(2025, 6, 7, 12, tzinfo=UTC)
    assert await travel(world, timeline, until=until, stopped=lambda: False) == 4
    sent = world.channel.history()[before:]
    assert [message.created_at for message in sent] == [
        datetime(2025, month, day, 13, tzinfo=UTC) for month, day in ((5, 30), (6, 3), (6, 5), (6, 6))
    ]
    assert all("Ballerina" in message.content and len(message.attachments) == 1 for message in sent)
    later = await timeline.next_due_at()
    assert later is None or later > until
    assert world.env.errors == []


async def test_posts_in_the_announcement_channel_are_published(marquee: Marquee) -> None:
    _, world, timeline = marquee
    await world.person.slash(world.channel, "settings", channel=world.announcements, publish="on")
    await track_ballerina(world)
    await travel(world, timeline, until=datetime(2025, 6, 7, 12, tzinfo=UTC), stopped=lambda: False)
    greeting, *posts = world.announcements.history()
    assert "will post here" in greeting.content
    published = [
        request.path.split("/")[-2] for request in world.env.http_requests if request.path.endswith("crosspost")
    ]
    assert published == [str(post.id) for post in posts]
    assert len(posts) == 4


async def test_the_bot_has_what_its_invite_asks_for_and_may_give_roles(marquee: Marquee) -> None:
    application, world, _ = marquee
    (role,) = [role for role in world.env.backend.get_guild(world.guild.id).roles.values() if role.managed]
    by_an_admin = discord.Permissions(manage_roles=True)
    assert discord.Permissions(role.permissions) == application.permissions | by_an_admin
    assert not application.permissions.manage_roles
    assert application.permissions.send_messages
    assert application.permissions.read_message_history
    assert not application.permissions.administrator


async def test_what_the_environment_holds_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/theirs.db")
    monkeypatch.setenv("LOG_LEVEL", "nonsense")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("DISCORD_TOKEN")
    (tmp_path / "own").mkdir()
    async with open_marquee(tmp_path / "own"):
        assert (tmp_path / "own" / "marquee.db").exists()
    assert not (tmp_path / "theirs.db").exists()
