"""The line of what is due, seen through a small window: nothing waits for ever behind what is stuck."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.messages import Attempt, Outcome, settle
from bot.domain.posts import PostKind
from bot.domain.subscribers import Subscriber
from bot.services import claiming
from bot.services.claiming import Claimed, Claiming
from bot.store import messages, subscribers
from bot.store.database import Database
from tests.store.samples import GUILD, NOW, a_post, arm, put_to_sleep, store_guild

SECOND = timedelta(seconds=1)
CHANNELS = 10**15


@pytest.fixture(autouse=True)
def window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look reads ten posts at most, but for a page of each priority."""
    monkeypatch.setattr(claiming, "PAGE", 5)
    monkeypatch.setattr(claiming, "A_LOOK", 10)


async def a_guild(database: Database, number: int) -> Subscriber:
    return await store_guild(database, replace(GUILD, discord_id=number, channel_id=number))


async def stick(database: Database, guild: Subscriber) -> None:
    """A fact is newer than the plan of it: nothing of it may be claimed, nor skipped."""
    async with database.transaction() as tx:
        await subscribers.wake_subscriber(tx, guild.id, NOW)


async def look(database: Database, claims: Claiming, now: datetime = NOW, room: int = 150) -> list[Claimed]:
    async with database.transaction() as tx:
        return await claims.claim(tx, now, room)


def channels(claimed: list[Claimed]) -> list[int]:
    return [taken.message.channel_id for taken in claimed]


async def test_what_is_behind_any_number_of_stuck_heads_is_reached(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if a lap through them takes longer than one may claim from one place."""
    monkeypatch.setattr(claiming, "A_LAP", 2 * SECOND)
    stuck, free = await a_guild(database, CHANNELS + 1), await a_guild(database, CHANNELS + 2)
    await arm(database, *(a_post(stuck, n, due_at=NOW - timedelta(hours=2)) for n in range(40)))
    await arm(database, a_post(free, 1000, due_at=NOW - SECOND))
    await stick(database, stuck)
    claims = Claiming("us")
    looks = [await look(database, claims, NOW + n * SECOND) for n in range(15)]
    assert [channels(claimed) for claimed in looks if claimed] == [[free.channel_id]]
    assert looks[0] == []  # the window is bounded


async def test_heads_that_come_free_are_claimed_although_a_look_is_far_behind_them(database: Database) -> None:
    stuck, free = await a_guild(database, CHANNELS), await a_guild(database, CHANNELS + 1)
    heads, others = range(CHANNELS + 10, CHANNELS + 22), range(CHANNELS + 100, CHANNELS + 150)
    await arm(database, *(a_post(stuck, n, channel_id=n, due_at=NOW - timedelta(hours=2)) for n in heads))
    await arm(database, *(a_post(free, n, channel_id=n, due_at=NOW - SECOND) for n in others))
    await stick(database, stuck)
    claims = Claiming("us")
    looks = [await look(database, claims, NOW + n * SECOND, room=2) for n in range(5)]
    assert len(looks[-1]) == 2
    await put_to_sleep(database, stuck.id)
    after = [channels(await look(database, claims, NOW + n * SECOND, room=2)) for n in range(5, 13)]
    assert after[0] == [*heads[:2]]  # they are looked at each time
    assert {channel for claimed in after for channel in claimed} > set(heads)  # and the others have their turns again


async def test_the_head_of_a_more_pressing_line_comes_before_where_a_look_ended(database: Database) -> None:
    stuck, free = await a_guild(database, CHANNELS + 1), await a_guild(database, CHANNELS + 2)
    await arm(database, *(a_post(stuck, n, due_at=NOW - timedelta(hours=2)) for n in range(25)))
    await arm(database, a_post(free, 900, due_at=NOW))
    await stick(database, stuck)
    claims = Claiming("us")
    assert await look(database, claims) == []
    await arm(database, a_post(free, 901, kind=PostKind.RELEASE, channel_id=CHANNELS + 3))
    assert channels(await look(database, claims)) == [CHANNELS + 3]


async def test_a_server_of_many_channels_leaves_the_others_their_turn(database: Database) -> None:
    many, few = await a_guild(database, CHANNELS + 1), await a_guild(database, CHANNELS + 2)
    theirs = range(CHANNELS + 10, CHANNELS + 13)
    await arm(database, *(a_post(many, n, channel_id=n, due_at=NOW - SECOND) for n in theirs))
    await arm(database, a_post(few, 900, due_at=NOW))
    assert channels(await look(database, Claiming("us"), room=2)) == [theirs[0], few.channel_id]


async def test_a_channel_is_claimed_once_however_many_pages_name_it(database: Database) -> None:
    guild = await a_guild(database, CHANNELS + 1)
    await arm(database, *(a_post(guild, n, due_at=NOW - SECOND) for n in range(8)))
    await arm(database, *(a_post(guild, n, kind=PostKind.RELEASE) for n in range(100, 104)))
    claims = Claiming("us")
    (taken,) = await look(database, claims)
    assert await look(database, claims, NOW + SECOND) == []
    attempt = Attempt(Outcome.SENT, 5)
    async with database.transaction() as tx:
        assert await messages.settle_message(tx, taken.message, settle(taken.message, attempt, NOW), attempt, NOW)
    assert len(taken.message.posts) == 12
