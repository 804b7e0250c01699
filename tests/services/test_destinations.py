"""Closed channels are looked at now and then; they open by themselves, without a backlog and without noise."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.domain.destinations import Closure, Destination, Door, Look, first_look_at
from bot.domain.posts import PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.destinations import LOOKS, Doorkeeping, reopen
from bot.services.pace import Pace
from bot.services.settings import Preferences
from bot.store import destinations, posts, presence, subscribers
from bot.store.database import Database
from tests.services.outside import START, HandClock, ScriptedDoors

CHANNEL = 555_000_000_000_000_001
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Yard:
    """A server with closed channels, and who looks at them."""

    db: Database
    clock: HandClock
    doors: ScriptedDoors
    keeping: Doorkeeping
    guild: Subscriber

    async def close(self, *channels: int, closure: Closure = Closure.PERMISSION) -> None:
        async with self.db.transaction() as tx:
            for channel in channels:
                at = first_look_at(closure, channel, self.clock.time)
                await destinations.close_destination(tx, channel, self.guild.id, "No.", self.clock.time, at)

    async def after(self, wait: timedelta) -> int:
        """Let time pass, and do what is due then; how much that was."""
        self.clock.time += wait
        work = await self.keeping.take(self.clock.time, 100)
        for each in work:
            await each()
        return len(work)

    async def find(self, channel: int = CHANNEL) -> Destination:
        async with self.db.reading() as tx:
            found = await destinations.find_destination(tx, channel)
        assert found is not None
        return found

    async def resumes(self) -> list[tuple[int | None, timedelta]]:
        """What tells of reopenings: where, and how long ago what was missed began."""
        async with self.db.reading() as tx:
            owed = await posts.list_posts_since(tx, self.guild.id, START - HOUR)
        found = [post for post in owed if post.kind is PostKind.RESUME and post.since_at]
        return [(post.channel_id, post.due_at - (post.since_at or post.due_at)) for post in found]


@pytest.fixture
async def yard(database: Database) -> Yard:
    clock, doors = HandClock(), ScriptedDoors()
    async with database.transaction() as tx:
        server = Subscriber(id=0, kind=SubscriberKind.GUILD, discord_id=77, channel_id=CHANNEL)
        guild = await subscribers.add_subscriber(tx, server, START)
    return Yard(database, clock, doors, Doorkeeping(database, doors, clock, Pace(100_000)), guild)


async def test_it_is_looked_at_ever_more_seldom_while_it_stays_shut(yard: Yard) -> None:
    yard.doors.looks[CHANNEL] = Look(Door.SHUT)
    await yard.close(CHANNEL)
    looks: list[int] = []
    for hour in range(24 * 7):
        if await yard.after(HOUR):
            looks.append(hour + 1)
    assert len(looks) in range(9, 12), looks
    gaps = [later - earlier for earlier, later in pairwise(looks)]
    assert gaps[:5] == sorted(gaps[:5])
    assert all(gap in (22, 23, 24, 25, 26, 27) for gap in gaps[5:])
    assert yard.doors.looked == [CHANNEL] * len(looks)
    assert (await yard.find()).paused
    assert await yard.resumes() == []


async def test_it_opens_by_itself_and_one_message_tells_what_was_missed(yard: Yard) -> None:
    yard.doors.looks[CHANNEL] = Look(Door.SHUT)
    await yard.close(CHANNEL)
    await yard.after(2 * HOUR)
    del yard.doors.looks[CHANNEL]
    await yard.after(3 * HOUR)
    assert not (await yard.find()).paused
    assert await yard.resumes() == [(CHANNEL, 5 * HOUR)]
    assert await yard.after(48 * HOUR) == 0


async def test_a_door_that_looks_open_and_is_not_is_tried_ever_more_seldom(yard: Yard) -> None:
    await yard.close(CHANNEL)
    opened: list[int] = []
    for hour in range(24 * 4):
        if await yard.after(HOUR):
            opened.append(hour)
            await yard.close(CHANNEL)  # the message that told of it was refused
    assert len(opened) in range(6, 9), opened
    assert (await yard.find()).missed_since == START, "what was missed is still to be told"
    assert len({since for _, since in await yard.resumes()}) == len(opened), "each opening has its own post"


async def test_a_silence_says_nothing(yard: Yard) -> None:
    yard.doors.looks[CHANNEL] = Look(Door.UNKNOWN)
    await yard.close(CHANNEL)
    await yard.after(2 * HOUR)
    found = await yard.find()
    assert (found.paused, found.probes) == (True, 0)
    assert await yard.after(12 * MINUTE) == 1


async def test_a_deleted_channel_is_given_up(yard: Yard) -> None:
    yard.doors.looks[CHANNEL] = Look(Door.GONE)
    await yard.close(CHANNEL, closure=Closure.CHANNEL)
    for _ in range(20):
        await yard.after(timedelta(days=8))
    assert len(yard.doors.looked) == 4
    assert (await yard.find()).paused


async def test_a_look_that_finds_no_server_marks_it_left(yard: Yard) -> None:
    yard.doors.looks[CHANNEL] = Look(Door.LEFT)
    await yard.close(CHANNEL, closure=Closure.ACCESS)
    await yard.after(2 * MINUTE)
    async with yard.db.reading() as tx:
        assert (await subscribers.get_subscriber(tx, yard.guild.id)).left_at == yard.clock.time
    for _ in range(5):
        await yard.after(24 * HOUR)
    assert yard.doors.looked == [CHANNEL], "a server that was left is asked nothing"


async def test_few_are_looked_at_in_a_minute(yard: Yard) -> None:
    channels = range(CHANNEL, CHANNEL + 3 * LOOKS)
    yard.doors.looks = {channel: Look(Door.SHUT) for channel in channels}
    await yard.close(*channels)
    assert await yard.after(2 * HOUR) == LOOKS
    assert await yard.after(timedelta(seconds=1)) == 0
    assert await yard.after(MINUTE) == LOOKS
    assert await yard.after(MINUTE) == LOOKS
    assert sorted(yard.doors.looked) == list(channels)


async def test_a_refused_token_stops_the_dispatch(yard: Yard) -> None:
    yard.doors.looks[CHANNEL] = Look(Door.UNAUTHORISED)
    await yard.close(CHANNEL)
    yard.clock.time += 2 * HOUR
    (work,) = await yard.keeping.take(yard.clock.time, 10)
    assert (await work()).outcome == "unauthorised"
    assert (await yard.find()).probes == 0


async def test_a_person_who_comes_back_is_written_to_again(yard: Yard) -> None:
    async with yard.db.transaction() as tx:
        someone = Subscriber(id=0, kind=SubscriberKind.USER, discord_id=78, channel_id=CHANNEL)
        yard.guild = await subscribers.add_subscriber(tx, someone, START)
    await yard.close(CHANNEL, closure=Closure.DIRECT)
    assert await yard.after(1000 * HOUR) == 0
    await Preferences(yard.db).reopen_all(yard.guild, yard.clock.time)
    assert not (await yard.find()).paused
    assert await yard.resumes() == [(CHANNEL, 1000 * HOUR)]


async def test_what_is_not_closed_is_not_reopened(yard: Yard) -> None:
    async with yard.db.transaction() as tx:
        assert not await reopen(tx, yard.guild, CHANNEL, START)
    assert await yard.resumes() == []


async def test_a_look_at_a_server_that_is_known_to_be_left_asks_nobody(yard: Yard) -> None:
    await yard.close(CHANNEL)
    async with yard.db.transaction() as tx:
        await presence.mark_left(tx, yard.guild.id, START)
    await yard.after(2 * HOUR)
    assert yard.doors.looked == []
