"""Where posts can go: announcements that are published, forums with a post for each film, and what cannot be chosen."""

from datetime import timedelta

import pytest
import simcord
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.reading import Reply
from tests.cogs.times import new_york

STEP = timedelta(hours=1)
WAYS = ["typed", "chosen"]


async def choose(server: Server, way: str, channel: simcord.ChannelHandle) -> Reply:
    """Choose the channel for posts with the command, or with the card's menu."""
    if way == "typed":
        return await server.admin.type("settings", channel=channel)
    return await server.admin.choose((await server.admin.type("settings")).shown, channel)


def threads(house: House, forum: simcord.ChannelHandle) -> list[simcord.ChannelHandle]:
    """A forum's posts, the oldest first."""
    backend = house.env.backend
    found = [channel for channel in backend.channels.values() if channel.parent_id == forum.id]
    guild = forum.guild
    return [simcord.ChannelHandle(house.env, guild, channel) for channel in sorted(found, key=lambda each: each.id)]


@pytest.mark.parametrize("way", WAYS)
class TestForum:
    async def test_has_a_post_for_each_film_with_its_news_as_replies(
        self, house: House, server: Server, way: str
    ) -> None:
        forum = server.guild.create_forum_channel("films")
        card = await choose(server, way, forum)
        assert f"posts go to {forum.mention}" in card.text
        assert "A forum: each film has its own post there" in card.text
        await server.member.pick("track", "ballerina 2025")
        await house.live_until(new_york(6, 7), step=STEP)
        (thread,) = threads(house, forum)
        assert thread.name == "Ballerina (2025)"
        opening, *news = server.posts(thread)
        assert "Ballerina has its own post" in opening.words
        assert [
            next(said for said in ("in 7 days", "in 3 days", "tomorrow", "out today") if said in post.words)
            for post in news
        ] == ["in 7 days", "in 3 days", "tomorrow", "out today"]
        assert server.posts(forum) == []

    async def test_where_marquee_may_not_write_is_refused_and_nothing_changes(
        self, house: House, server: Server, way: str
    ) -> None:
        forum = server.guild.create_forum_channel("films")
        deny(house, server, forum, send_messages_in_threads=False)
        refused = await choose(server, way, forum)
        assert refused.shown.private
        assert "I lack Send Messages in Threads" in refused.text
        assert server.channel.mention in (await server.admin.type("settings")).text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("kind", "name"), [("voice", "a voice channel"), ("stage", "a stage"), ("category", "a category")]
)
async def test_what_nobody_can_write_in_is_refused(
    house: House, server: Server, way: str, kind: str, name: str
) -> None:
    make = {
        "voice": server.guild.create_voice_channel,
        "stage": server.guild.create_stage_channel,
        "category": server.guild.create_category,
    }[kind]
    offer_anything(house, server)
    refused = await choose(server, way, make("talk"))
    assert refused.shown.private
    assert f"Posts cannot go to {name or 'a category'}. Choose a text or announcement channel" in refused.text
    assert server.channel.mention in (await server.admin.type("settings")).text


async def test_a_film_may_go_to_a_forum_of_its_own(house: House, server: Server) -> None:
    forum = server.guild.create_forum_channel("films")
    await server.admin.pick("track", "ballerina 2025", channel=forum)
    await house.live_until(new_york(5, 31), step=STEP)
    (thread,) = threads(house, forum)
    assert len(server.posts(thread)) == 2
    assert server.posts() == []


async def test_a_film_is_not_tracked_into_a_forum_where_marquee_may_not_write(house: House, server: Server) -> None:
    forum = server.guild.create_forum_channel("films")
    deny(house, server, forum, send_messages=False)
    refused = await server.admin.pick("track", "ballerina 2025", channel=forum)
    assert "I lack" in refused.text
    assert "Nothing is tracked" in (await server.member.type("tracked")).text


async def test_announcements_are_published_where_that_is_wanted(house: House, server: Server) -> None:
    news = server.guild.create_news_channel("announcements")
    await server.admin.type("settings", channel=news, publish="on")
    await server.member.pick("track", "ballerina 2025")
    await house.live_until(new_york(6, 4), step=STEP)
    greeting, *posts = server.posts(news)
    assert len(posts) == 2
    published = [r.path.split("/")[-2] for r in house.env.http_requests if r.path.endswith("/crosspost")]
    assert published == [str(post.id) for post in posts], "the greeting is for this server alone"
    assert greeting.id not in published


async def test_nothing_is_published_from_an_ordinary_channel(house: House, server: Server) -> None:
    await server.admin.type("settings", publish="on")
    await server.member.pick("track", "ballerina 2025")
    await house.live_until(new_york(6, 4), step=STEP)
    assert len(server.posts()) == 2
    assert not [r for r in house.env.http_requests if r.path.endswith("/crosspost")]


def offer_anything(house: House, server: Server) -> None:
    """Have the picker offer channels of every kind, as an old client does."""
    command = house.env.backend.find_command("settings", server.guild.id, type=1)
    assert command is not None
    for option in command["options"]:
        option.pop("channel_types", None)


def deny(house: House, server: Server, forum: simcord.ChannelHandle, **denied: bool) -> None:
    """Take permissions from Marquee in a forum."""
    bits = sum(1 << {"send_messages": 11, "send_messages_in_threads": 38}[name] for name in denied)
    role_id = server.guild.roles["Marquee"].id
    house.env.backend.get_channel(forum.id).overwrites.append(Overwrite(role_id, OverwriteType.ROLE, deny=bits))
