"""A claim looks at the heads of the lines of what is due: nothing starves behind what is stuck, on both engines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest

from bot.domain.messages import Attempt, Outcome, settle
from bot.domain.posts import PostKind, PostState
from bot.domain.subscribers import Pause, Subscriber
from bot.services import claiming
from bot.services.claiming import Claiming
from bot.store import claims, messages, subscribers
from bot.store.database import Database
from tests.store.samples import GUILD, HOUR, NOW, a_post, arm, follow, put_to_sleep, store_film, store_guild, stored

SECOND = timedelta(seconds=1)
CHANNEL = 5_000_000_000_000_000
GUILDS = 7_000_000_000_000_000


@pytest.fixture(autouse=True)
def small_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "PAGE", 4)
    monkeypatch.setattr(claiming, "A_LOOK", 8)


async def guilds(database: Database, count: int) -> list[Subscriber]:
    """Servers, of which each owes a post to its channel, the first of them first."""
    made: list[Subscriber] = []
    for number in range(count):
        guild = replace(GUILD, discord_id=GUILDS + number, channel_id=CHANNEL + number)
        made.append(await store_guild(database, guild))
    await arm(database, *(a_post(guild, due_at=NOW - HOUR + number * SECOND) for number, guild in enumerate(made)))
    return made


async def wake(database: Database, woken: Sequence[Subscriber]) -> None:
    async with database.transaction() as tx:
        for guild in woken:
            await subscribers.wake_subscriber(tx, guild.id, NOW)


async def look(database: Database, ours: Claiming, second: int = 0, room: int = 10) -> list[int]:
    """The channels of what one look claims."""
    async with database.transaction() as tx:
        claimed = await ours.claim(tx, NOW + second * SECOND, room)
    return [one.message.channel_id - CHANNEL for one in claimed]


async def test_more_is_looked_at_only_while_there_is_room(database: Database) -> None:
    await guilds(database, 11)
    ours = Claiming("us")
    assert await look(database, ours, room=3) == [0, 1, 2]
    assert await look(database, ours, room=6) == [3, 4, 5, 6, 7, 8]
    assert await look(database, ours) == [9, 10]
    assert await look(database, ours) == []


async def test_what_is_behind_many_that_are_stuck_has_its_turn(database: Database) -> None:
    made = await guilds(database, 30)
    await wake(database, made[:25])  # planned again in a moment; until then nothing of them is claimed
    ours = Claiming("us")
    found = [await look(database, ours, second) for second in range(5)]
    assert sorted(chain.from_iterable(found)) == [25, 26, 27, 28, 29]
    assert found[0] == []  # it was a look of eight posts and a page


async def test_the_head_of_a_line_is_looked_at_every_time(database: Database) -> None:
    made = await guilds(database, 30)
    await wake(database, made)
    ours = Claiming("us")
    for second in range(2):
        assert await look(database, ours, second) == []
    await put_to_sleep(database, made[1].id)
    assert await look(database, ours, 2) == [1]


async def test_what_comes_free_in_between_is_seen_within_half_a_minute(database: Database) -> None:
    made = await guilds(database, 120)
    await wake(database, made[:100])
    ours = Claiming("us")
    seconds = iter(range(200))
    while not (await look(database, ours, next(seconds), room=1)):
        pass
    await put_to_sleep(database, made[6].id)  # behind the first page, before the place that was reached
    freed_at = next(seconds)
    while 6 not in await look(database, ours, second := next(seconds), room=1):
        await wake(database, made[100:])  # there is always something due behind
        await arm(database, a_post(made[110], second, due_at=NOW - HOUR + 110 * SECOND, channel_id=CHANNEL + second))
        await put_to_sleep(database, made[110].id)
    assert second - freed_at <= claiming.A_LAP.total_seconds() + 5


async def test_a_less_pressing_line_is_not_kept_waiting_by_one_that_is_stuck(database: Database) -> None:
    made = await guilds(database, 13)
    alerts = [a_post(guild, 2, kind=PostKind.RELEASE) for guild in made[:12]]
    await arm(database, *alerts)
    await wake(database, made[:12])
    ours = Claiming("us")
    found = [await look(database, ours, second) for second in range(6)]
    assert list(chain.from_iterable(found)) == [12]


async def test_what_waits_does_not_stand_in_the_line(database: Database) -> None:
    made = await guilds(database, 9)
    for guild in made[:8]:
        async with database.transaction() as tx:
            await claims.hold(tx, guild, None, NOW, NOW + HOUR, "quiet hours", releases=True)
    assert await look(database, Claiming("us"), room=1) == [8]
    assert sorted(await look(database, Claiming("us"), 3600)) == [0, 1, 2, 3, 4, 5, 6, 7]


async def test_a_release_day_first_then_everyones_first(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "PAGE", 100)
    large, *small = await guilds(database, 3)
    await arm(database, *(a_post(large, n, channel_id=CHANNEL + n, due_at=NOW - 9 * HOUR) for n in range(100, 120)))
    await arm(database, a_post(large, 99, kind=PostKind.RELEASE, channel_id=CHANNEL + 99))
    found = await look(database, Claiming("us"), room=5)
    assert found[0] == 99
    assert set(found[1:3]) == {1, 2}  # before the large one has its second turn
    assert len(small) == 2


async def test_of_a_channel_that_two_lines_lead_to_there_is_one_message(database: Database) -> None:
    (guild,) = await guilds(database, 1)
    await arm(database, a_post(guild, 2, kind=PostKind.RELEASE), a_post(guild, 3, kind=PostKind.FOLLOWED))
    async with database.transaction() as tx:
        (claimed,) = await Claiming("us").claim(tx, NOW, 10)
    kinds = [post.kind for post in claimed.message.posts]
    assert kinds == [PostKind.RELEASE, PostKind.COUNTDOWN, PostKind.FOLLOWED]


async def test_what_is_paused_is_not_claimed_along_from_farther_down(database: Database) -> None:
    """The page shows the alert alone; the countdown of a film that is paused would share its message."""
    (guild,) = await guilds(database, 1)
    film_id = await store_film(database)
    await follow(database, guild.id, film_id, tracked_at=NOW - 9 * HOUR)
    paused = a_post(guild, 3, film_id=film_id)
    await arm(database, a_post(guild, 2, kind=PostKind.RELEASE), paused)
    async with database.transaction() as tx:
        await subscribers.pause_subscription(tx, guild.id, film_id, Pause(NOW - HOUR), NOW - HOUR)
    await put_to_sleep(database, guild.id)
    async with database.transaction() as tx:
        (claimed,) = await Claiming("us").claim(tx, NOW, 1)
    assert [post.film_id for post in claimed.message.posts] == [None, None]
    assert (await stored(database, paused)).state is PostState.SKIPPED


async def test_a_paused_server_is_told_nothing(database: Database) -> None:
    paused, other = await guilds(database, 2)
    async with database.transaction() as tx:
        await subscribers.save_pause(tx, paused.id, Pause(NOW - 2 * HOUR), NOW - 2 * HOUR)
    await put_to_sleep(database, paused.id)
    assert await look(database, Claiming("us")) == [1]
    assert (await stored(database, a_post(paused))).reason == "paused"
    assert (await stored(database, a_post(other))).state is PostState.BUNDLED


async def test_messages_are_as_they_are_stored(database: Database) -> None:
    (guild,) = await guilds(database, 1)
    async with database.transaction() as tx:
        (claimed,) = await Claiming("us").claim(tx, NOW + timedelta(milliseconds=700), 1)
    async with database.reading() as tx:
        assert await messages.get_message(tx, claimed.message.id) == claimed.message
    assert claimed.subscriber.id == guild.id


async def test_what_is_stuck_in_its_channel_goes_once_that_is_free(database: Database) -> None:
    (guild,) = await guilds(database, 1)
    async with database.transaction() as tx:
        (claimed,) = await Claiming("us").claim(tx, NOW, 1)
    await arm(database, *(a_post(guild, number) for number in range(2, 8)))
    assert await look(database, Claiming("them"), 1) == []
    attempt = Attempt(Outcome.SENT, 7)
    async with database.transaction() as tx:
        assert await messages.settle_message(tx, claimed.message, settle(claimed.message, attempt, NOW), attempt, NOW)
    assert await look(database, Claiming("us"), 2) == [0]
