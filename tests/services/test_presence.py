"""Marquee learns that it was removed from a server, keeps its data for 30 days, and restores it on return."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.domain.posts import Post, PostKind, PostState
from bot.domain.shards import Shards
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind
from bot.services.pace import Pace
from bot.services.presence import ASKED, Presence
from bot.store import destinations, posts, presence, subscribers
from bot.store.database import Database
from tests.services.outside import START, ScriptedDoors

GUILD, CHANNEL = 900_000_000_000_000_001, 555_000_000_000_000_001
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass
class Registry:
    """Some servers, and who knows in which of them Marquee is."""

    db: Database
    doors: ScriptedDoors
    presence: Presence

    async def add(self, guild_id: int) -> Subscriber:
        async with self.db.transaction() as tx:
            server = Subscriber(id=0, kind=SubscriberKind.GUILD, discord_id=guild_id, channel_id=CHANNEL)
            return await subscribers.add_subscriber(tx, server, START)

    async def run(self, now: datetime) -> None:
        """What the one process of a bot does every minute."""
        await self.presence.run(now)
        await self.presence.ask(now)

    async def left_at(self, guild_id: int = GUILD) -> datetime | None:
        found = await self.find(guild_id)
        assert found is not None
        return found.left_at

    async def find(self, guild_id: int = GUILD) -> Subscriber | None:
        async with self.db.reading() as tx:
            return await subscribers.find_subscriber(tx, SubscriberKind.GUILD, guild_id)


@pytest.fixture
async def registry(database: Database) -> Registry:
    doors = ScriptedDoors()
    made = Registry(database, doors, Presence(database, doors, Pace(100_000)))
    await made.add(GUILD)
    return made


async def test_a_server_that_is_on_the_list_is_asked_nothing(registry: Registry) -> None:
    registry.doors.guilds = frozenset({GUILD, GUILD + 1})
    for hour in range(49):
        await registry.run(START + hour * HOUR)
    assert registry.doors.listed == 3, "once a day"
    assert registry.doors.asked == []
    assert await registry.left_at() is None


async def test_one_that_is_missing_is_asked_about_before_it_is_left(registry: Registry) -> None:
    registry.doors.members[GUILD] = False
    await registry.run(START)
    assert registry.doors.asked == [GUILD]
    assert await registry.left_at() == START


@pytest.mark.parametrize("member", [True, None], ids=["there", "no answer"])
async def test_a_list_alone_marks_nobody(registry: Registry, member: bool | None) -> None:
    registry.doors.members[GUILD] = member
    await registry.run(START)
    assert registry.doors.asked == [GUILD]
    assert await registry.left_at() is None


async def test_a_list_that_does_not_come_says_nothing(registry: Registry) -> None:
    registry.doors.guilds, registry.doors.members[GUILD] = None, False
    await registry.run(START)
    assert registry.doors.asked == []
    await registry.run(START + timedelta(minutes=59))
    assert registry.doors.listed == 1
    await registry.run(START + HOUR)
    assert registry.doors.listed == 2, "it is asked for again within the hour"


async def test_many_are_asked_about_a_few_at_a_time(registry: Registry) -> None:
    for number in range(1, 2 * ASKED + 5):
        await registry.add(GUILD + number)
        registry.doors.members[GUILD + number] = False
    for minute in range(3):
        await registry.run(START + timedelta(minutes=minute))
        assert len(registry.doors.asked) <= (minute + 1) * ASKED
    assert len(registry.doors.asked) == 2 * ASKED + 5
    assert await registry.left_at(GUILD + 2 * ASKED) is not None
    assert registry.doors.listed == 1


async def test_what_discord_names_at_the_start_counts_as_the_list_does(registry: Registry) -> None:
    registry.doors.guilds, registry.doors.members[GUILD] = frozenset({GUILD}), False
    await registry.run(START)
    await registry.presence.compare(frozenset(), START)
    await registry.run(START + timedelta(minutes=1))
    assert await registry.left_at() is not None
    await registry.presence.compare(frozenset({GUILD}), START + DAY)
    assert await registry.left_at() is None


async def test_a_list_of_some_shards_says_nothing_of_the_others_servers(registry: Registry) -> None:
    servers = {number: GUILD + (number << 22) for number in range(1, 9)}
    for guild_id in servers.values():
        await registry.add(guild_id)
    registry.doors.guilds = frozenset({GUILD, *servers.values()})
    await registry.run(START)
    here = Shards((1, 2), 4)
    of_these = {guild_id for guild_id in registry.doors.guilds if (guild_id >> 22) % 4 in (1, 2)}
    assert len(of_these) == 4
    there = min(of_these)
    registry.doors.members = dict.fromkeys(registry.doors.guilds, False)
    await registry.presence.compare(frozenset({there}), START, here)
    await registry.presence.ask(START)
    assert set(registry.doors.asked) == of_these - {there}
    assert {guild_id for guild_id in registry.doors.guilds if await registry.left_at(guild_id)} == of_these - {there}


async def test_a_command_shows_that_it_is_back_if_discord_agrees(registry: Registry) -> None:
    registry.doors.members[GUILD] = False
    await registry.run(START)
    assert not await registry.presence.seen(GUILD, START + DAY), "the commands alone were added"
    registry.doors.members[GUILD] = True
    assert await registry.presence.seen(GUILD, START + DAY)
    assert await registry.left_at() is None
    asked = len(registry.doors.asked)
    assert not await registry.presence.seen(GUILD, START + DAY)
    assert not await registry.presence.seen(GUILD + 5, START + DAY)
    assert len(registry.doors.asked) == asked, "where nothing was left nobody is asked"


async def test_after_30_days_its_data_is_deleted_and_not_before(registry: Registry) -> None:
    registry.doors.members[GUILD] = False
    await registry.run(START)
    await registry.run(START + 30 * DAY - HOUR)
    assert await registry.find() is not None
    await registry.run(START + 30 * DAY)
    assert await registry.find() is None


async def test_nothing_is_deleted_unless_discord_says_once_more_that_it_is_gone(registry: Registry) -> None:
    registry.doors.members[GUILD] = False
    await registry.run(START)
    registry.doors.members[GUILD] = None
    asked = len(registry.doors.asked)
    for minute in range(60):
        await registry.run(START + 30 * DAY + timedelta(minutes=minute))
    assert await registry.find() is not None
    assert len(registry.doors.asked) <= asked + 2, "asked again in an hour, not every minute"
    registry.doors.members[GUILD] = True
    await registry.run(START + 30 * DAY + 2 * HOUR)
    assert await registry.left_at() is None


async def test_coming_back_tells_in_one_message_what_was_missed(registry: Registry) -> None:
    server = await registry.find()
    assert server is not None
    async with registry.db.transaction() as tx:
        await destinations.close_destination(tx, CHANNEL, server.id, "No access.", START - HOUR)
        refused = Post(server.id, PostKind.COUNTDOWN, "1", START - HOUR, START + DAY, channel_id=CHANNEL)
        older = Post(server.id, PostKind.COUNTDOWN, "2", START - 9 * DAY, START + DAY, channel_id=CHANNEL)
        for post, at in ((refused, START - HOUR), (older, START - 9 * DAY)):
            await posts.arm_post(tx, post)
            (stored,) = [
                p for p in await posts.list_posts_since(tx, server.id, START - 10 * DAY) if p.state == "planned"
            ]
            await posts.settle_post(tx, stored.id, PostState.SKIPPED, "paused: No access.", at)
        await presence.mark_left(tx, server.id, START)
    registry.doors.guilds = frozenset({GUILD})
    await registry.run(START + 3 * DAY)
    async with registry.db.reading() as tx:
        back = await subscribers.get_subscriber(tx, server.id)
        assert (back.left_at, back.pause) == (None, Pause(START - HOUR, START + 3 * DAY))
        found = await destinations.find_destination(tx, CHANNEL)
        assert found is not None
        assert not found.paused
        listed = await posts.list_posts_since(tx, server.id, START - 10 * DAY)
        (resume,) = [post for post in listed if post.kind is PostKind.RESUME]
        assert [post.dedup_key for post in await posts.list_kept_back(tx, resume)] == ["1"], "the older one was told of"


async def test_a_pause_that_holds_is_kept_and_tells_it_all_at_its_end(registry: Registry) -> None:
    server = await registry.find()
    assert server is not None
    pause = Pause(START - DAY)
    async with registry.db.transaction() as tx:
        await subscribers.save_pause(tx, server.id, pause, START)
        await presence.mark_left(tx, server.id, START)
    await registry.presence.compare(frozenset({GUILD}), START + 3 * DAY)
    async with registry.db.reading() as tx:
        back = await subscribers.get_subscriber(tx, server.id)
        assert (back.left_at, back.pause) == (None, pause)
        assert await posts.list_posts_since(tx, server.id, START - DAY) == []
