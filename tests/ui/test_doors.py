"""Looking at channels and servers over real HTTP: nothing is written, and nobody is believed but Discord itself."""

import discord
import pytest

from bot.domain.destinations import Door, Look
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.ui import doors
from bot.ui.doors import DiscordDoorkeeper
from bot.ui.sender import DiscordSender
from tests.standin.client import StandinClient
from tests.standin.pointing import pointed_at
from tests.standin.records import Guild


@pytest.fixture
def keeper(client: discord.Client, sender: DiscordSender) -> DiscordDoorkeeper:
    """As the bot that `sender` logged in."""
    return DiscordDoorkeeper(client)


@pytest.fixture
def server(guild: Guild) -> Subscriber:
    return Subscriber(1, SubscriberKind.GUILD, guild.id)


async def test_a_channel_that_can_be_written_to(
    standin: StandinClient, keeper: DiscordDoorkeeper, server: Subscriber, channel_id: int
) -> None:
    before = len(await standin.list_requests())
    assert await keeper.look(server, channel_id) == Look(Door.OPEN)
    asked = await standin.list_requests(since=before)
    assert {request.method for request in asked} == {"GET"}, "nobody sees it"
    assert len(asked) <= 4


@pytest.mark.parametrize(
    ("denied", "look"),
    [
        (["view_channel"], Look(Door.SHUT, ("View Channel",))),
        (["send_messages"], Look(Door.SHUT, ("Send Messages",))),
        (["attach_files", "embed_links"], Look(Door.OPEN, ("Embed Links", "Attach Files"))),
        (["read_message_history"], Look(Door.OPEN, ("Read Message History",))),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
async def test_what_marquee_lacks(
    standin: StandinClient,
    keeper: DiscordDoorkeeper,
    server: Subscriber,
    channel_id: int,
    denied: list[str],
    look: Look,
) -> None:
    await standin.deny(channel_id, *denied)
    assert await keeper.look(server, channel_id) == look
    await standin.deny(channel_id)
    assert await keeper.look(server, channel_id) == Look(Door.OPEN)


async def test_a_thread_goes_by_its_parent(
    standin: StandinClient, keeper: DiscordDoorkeeper, server: Subscriber, channel_id: int
) -> None:
    thread_id = await standin.add_channel(server.discord_id, "talk", kind=11, parent_id=channel_id)
    assert await keeper.look(server, thread_id) == Look(Door.OPEN)
    await standin.deny(channel_id, "send_messages")
    assert (await keeper.look(server, thread_id)).door is Door.OPEN
    await standin.deny(channel_id, "send_messages_in_threads")
    assert (await keeper.look(server, thread_id)).door is Door.SHUT


async def test_a_deleted_channel(
    standin: StandinClient, keeper: DiscordDoorkeeper, server: Subscriber, channel_id: int
) -> None:
    await standin.delete_channel(channel_id)
    assert await keeper.look(server, channel_id) == Look(Door.GONE)


async def test_a_server_that_removed_marquee(
    standin: StandinClient, keeper: DiscordDoorkeeper, server: Subscriber, channel_id: int
) -> None:
    assert await keeper.is_member(server.discord_id) is True
    await standin.remove_guild(server.discord_id)
    assert await keeper.look(server, channel_id) == Look(Door.LEFT)
    assert await keeper.is_member(server.discord_id) is False
    assert await keeper.is_member(1) is False


@pytest.mark.parametrize(("status", "code"), [(503, 0), (404, 0), (403, 0), (404, 10003), (401, 0)])
async def test_what_is_no_word_on_membership_is_none(
    standin: StandinClient, keeper: DiscordDoorkeeper, server: Subscriber, status: int, code: int
) -> None:
    await standin.fail_next("GET", "/guilds/*", status, code=code)
    assert await keeper.is_member(server.discord_id) is None


@pytest.mark.parametrize(
    ("status", "door"), [(503, Door.UNKNOWN), (403, Door.UNKNOWN), (404, Door.UNKNOWN), (401, Door.UNAUTHORISED)]
)
@pytest.mark.parametrize("path", ["/guilds/*", "/guilds/*/members/*", "/channels/*"])
async def test_a_proxys_page_or_an_outage_says_nothing_of_a_channel(
    standin: StandinClient,
    keeper: DiscordDoorkeeper,
    server: Subscriber,
    channel_id: int,
    path: str,
    status: int,
    door: Door,
) -> None:
    await standin.fail_next("GET", path, status)
    assert await keeper.look(server, channel_id) == Look(door)


async def test_nobody_there(keeper: DiscordDoorkeeper, server: Subscriber, channel_id: int) -> None:
    with pointed_at("http://127.0.0.1:9/api/v10", "ws://127.0.0.1:9"):  # the discard port: nobody listens
        assert await keeper.look(server, channel_id) == Look(Door.UNKNOWN)
        assert await keeper.is_member(server.discord_id) is None
        assert await keeper.list_guilds() is None


class TestTheList:
    async def test_it_is_read_page_by_page(
        self, standin: StandinClient, keeper: DiscordDoorkeeper, server: Subscriber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(doors, "_PAGE", 2)
        more = {(await standin.add_guild(f"No. {number}")).id for number in range(4)}
        await standin.remove_guild(server.discord_id)
        listed = await keeper.list_guilds()
        assert listed is not None
        assert listed >= more
        assert server.discord_id not in listed
        assert len(await standin.list_requests("GET", "/users/@me/guilds")) >= 3

    async def test_a_page_that_fails_makes_it_none(
        self, standin: StandinClient, keeper: DiscordDoorkeeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(doors, "_PAGE", 2)
        for number in range(4):
            await standin.add_guild(f"No. {number}")
        before = len(await standin.list_requests("GET", "/users/@me/guilds"))
        await standin.delay_next("GET", "/users/@me/guilds", 0)  # the first page passes
        await standin.fail_next("GET", "/users/@me/guilds", 503)
        assert await keeper.list_guilds() is None
        assert len(await standin.list_requests("GET", "/users/@me/guilds")) - before == 2

    async def test_a_list_that_cannot_be_read_is_none(self, standin: StandinClient, keeper: DiscordDoorkeeper) -> None:
        await standin.fail_next("GET", "/users/@me/guilds", 200)  # 200, and then not a list
        assert await keeper.list_guilds() is None
