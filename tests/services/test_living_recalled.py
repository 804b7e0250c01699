"""A backup is put back from before a live countdown was sent: it is found, edited, and not posted a second time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.messages import Attempt, message_key
from bot.domain.recall import Seen
from bot.services.dispatch import Dispatch
from bot.services.living import Living
from bot.services.pace import Pace
from bot.services.recalling import Recalling
from bot.store.database import Database
from tests.services.board import CHANNEL, BoardHouse, new_york

MINUTE = timedelta(minutes=1)
SENT_AT = new_york(5, 7)


class Remembering(BoardHouse):
    """A house that looks into the channel after an absence; what it sees there is `seen`."""

    seen: Sequence[Seen] = ()

    async def list_own(self, channel_id: int, after: datetime) -> Sequence[Seen] | Attempt:
        return self.seen

    async def come_back(self, at: datetime) -> None:
        pace = Pace(100_000)
        living = Living(self.db, self.board, self.board, self.clock, pace)
        recalling = Recalling(self.db, self, self.clock, pace)
        self.clock.time = at
        self.dispatch = Dispatch(
            self.db, self.board, self.clock, pace, owner=f"at {at}", chores=[living], recalling=recalling
        )
        await self.dispatch.start()


@pytest.fixture
async def house(database: Database) -> Remembering:
    """Last seen before the countdown was due, and back three hours after."""
    made = Remembering(database)
    await made.set_up()
    await made.come_back(SENT_AT - 4 * MINUTE)
    await made.tick()
    await made.come_back(SENT_AT + timedelta(hours=3))
    return made


@pytest.mark.parametrize("mine", [True, False])
async def test_is_known_by_its_own_key_alone(house: Remembering, mine: bool) -> None:
    [(key, _)] = await house.live_posts()
    own = message_key(CHANNEL, [f"{house.subscriber_id}:{house.film_id}:live:{key}"])
    there = Seen(77, own if mine else message_key(CHANNEL, ["a notice"]), frozenset({house.film_id}), SENT_AT)
    house.seen = [there]
    house.board.words[77] = "🎬 **Ballerina** opens in cinemas in 30 days: Fri 6 June 2025 (United States)."
    for _ in range(3):
        await house.tick(house.clock.time + MINUTE)
    await house.tick(new_york(5, 8))
    assert len(house.board.keys) == (0 if mine else 1)
    says = {id_: "in 29 days" in words for id_, words in house.board.words.items()}
    assert says == ({77: True} if mine else {77: False, 900: True})
