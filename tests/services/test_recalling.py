"""Back from a backup or a long absence: what is in the channel is not sent again, and what is not is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.messages import Attempt, Outcome, message_key
from bot.domain.posts import PostState
from bot.domain.recall import Seen
from bot.services.dispatch import Dispatch
from bot.services.pace import Pace
from bot.services.recalling import Recalling
from bot.store.database import Database
from tests.services.test_dispatch import CHANNEL, DUE, House

MINUTE = timedelta(minutes=1)
AWAY = timedelta(hours=3)
EARLIER = message_key(CHANNEL, ["something else that went with it"])


class Told:
    """A channel's history, as a test writes it."""

    def __init__(self) -> None:
        self.seen: list[Seen] | Attempt = []
        self.asked: list[datetime] = []

    async def list_own(self, channel_id: int, after: datetime) -> Sequence[Seen] | Attempt:
        self.asked.append(after)
        return self.seen


class Returning(House):
    """A house whose dispatch looks first."""

    def restart(self) -> Dispatch:
        self.history = Told() if not hasattr(self, "history") else self.history
        pace = Pace(100_000)
        recalling = Recalling(self.db, self.history, self.clock, pace)
        self.dispatch = Dispatch(self.db, self.sender, self.clock, pace, owner="returning", recalling=recalling)
        return self.dispatch

    async def start(self, at: datetime) -> None:
        self.clock.time = at
        await self.restart().start()

    async def go_away_and_return(self, away: timedelta = AWAY) -> None:
        """Last seen before the post was due, back when it is long due."""
        await self.start(DUE - 10 * MINUTE)
        await self.tick(DUE - 10 * MINUTE)
        await self.start(DUE - 10 * MINUTE + away)

    def saw(self, key: str, film_id: int, at: datetime) -> None:
        self.history.seen = [Seen(77, key, frozenset({film_id}), at)]


@pytest.fixture
async def house(database: Database) -> Returning:
    made = Returning(database)
    await made.set_up()
    return made


async def settle(house: Returning) -> list[PostState]:
    for _ in range(3):
        await house.tick(house.clock.time + MINUTE)
    return await house.states()


async def test_what_is_there_is_entered_and_not_sent(house: Returning) -> None:
    await house.go_away_and_return()
    house.saw(EARLIER, house.film_id, DUE + MINUTE)
    assert await settle(house) == [PostState.SENT]
    assert house.sender.sends == []
    assert len(house.history.asked) == 1
    assert house.history.asked[0] < DUE


async def test_what_is_not_there_is_sent_after_one_look(house: Returning) -> None:
    await house.go_away_and_return()
    assert await settle(house) == [PostState.SENT]
    assert (len(house.sender.sends), len(house.history.asked)) == (1, 1)


@pytest.mark.parametrize(
    ("film", "at"), [(99, DUE + MINUTE), (0, DUE - 60 * MINUTE)], ids=["another film", "before it"]
)
async def test_another_message_is_no_reason_to_be_silent(house: Returning, film: int, at: datetime) -> None:
    await house.go_away_and_return()
    house.saw(EARLIER, film or house.film_id, at)
    assert await settle(house) == [PostState.SENT]
    assert len(house.sender.sends) == 1


async def test_a_message_that_the_books_know_tells_of_other_posts(house: Returning) -> None:
    await house.start(DUE - 10 * MINUTE)
    await house.tick(DUE)
    [told] = house.sender.channel
    await house.move_film("2025-06-07")
    await house.start(DUE + timedelta(days=1, hours=3))  # now the news of it is due, and the countdown to the new day
    house.saw(told, house.film_id, DUE + timedelta(days=1))
    await settle(house)
    assert len(house.sender.channel) > 1


async def test_the_same_posts_are_known_by_their_key(house: Returning) -> None:
    await house.go_away_and_return()
    await house.planning.run(house.clock.time)
    [post] = await house.all_posts()
    house.saw(message_key(CHANNEL, [post.dedup_key]), 0, DUE)
    assert await settle(house) == [PostState.SENT]
    assert house.sender.sends == []


async def test_a_short_absence_costs_no_look(house: Returning) -> None:
    await house.start(DUE - MINUTE)
    await house.tick(DUE - MINUTE)
    await house.start(DUE)
    assert await settle(house) == [PostState.SENT]
    assert house.history.asked == []


async def test_killed_right_after_the_return_it_still_looks(house: Returning) -> None:
    await house.go_away_and_return()
    await house.start(house.clock.time + MINUTE)
    house.saw(EARLIER, house.film_id, DUE)
    assert await settle(house) == [PostState.SENT]
    assert house.sender.sends == []


async def test_a_history_that_cannot_be_read_holds_nothing_back(house: Returning) -> None:
    await house.go_away_and_return()
    house.history.seen = Attempt(Outcome.UNREADABLE, reason="may not be read")
    assert await settle(house) == [PostState.SENT]
    assert len(house.sender.sends) == 1


async def test_no_answer_is_asked_for_again(house: Returning) -> None:
    await house.go_away_and_return()
    house.history.seen = Attempt(Outcome.UNKNOWN, reason="502")
    await house.tick(house.clock.time + MINUTE)
    assert await house.states() == [PostState.BUNDLED]
    house.saw(EARLIER, house.film_id, DUE)
    assert await settle(house) == [PostState.SENT]
    assert house.sender.sends == []


async def test_who_stood_still_in_the_queue_does_not_send_any_more(house: Returning) -> None:
    await house.start(DUE - MINUTE)
    await house.planning.run(DUE)
    house.clock.time = DUE
    await house.dispatch.run(DUE)
    house.clock.time = DUE + timedelta(minutes=15)  # the machine slept between the claim and the turn
    await house.dispatch.drain()
    assert house.sender.sends == []
    assert await settle(house) == [PostState.SENT]
    assert len(house.sender.sends) == 1
