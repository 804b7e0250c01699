"""A bot that is killed in the middle of a send goes on in another database: nothing is lost, nothing doubled."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.posts import Post, PostState
from bot.services.planning import Planning
from bot.services.settings import Preferences
from bot.services.tracking import Tracking
from bot.store.database import open_database
from bot.store.moving import move
from tests.domain.oracle import Posted, what_must_be_posted
from tests.domain.script import make_script
from tests.services.year import CALM, Year
from tests.store.engines import PostgresServer
from tests.store.raw import fetch

ENDED = {PostState.SENT, PostState.SKIPPED, PostState.CANCELLED, PostState.FAILED}
#: Nobody runs: the year's clock is not that of the processes.
NEVER = datetime(2200, 1, 1, tzinfo=UTC)
MOVES = 6


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


class MovedYear(Year):
    """Wherever the bot is started anew after a kill or an outage, that is in another database."""

    folder: Path
    postgres: PostgresServer
    url: str
    moves = 0
    open_then: Counter[str] = Counter()  # noqa: RUF012 - one year a test

    async def _restart(self) -> None:
        if self.moves < MOVES:
            await self._move()
        await super()._restart()

    async def _move(self) -> None:
        self.moves += 1
        for row in await fetch(self.db, "SELECT state FROM messages WHERE state IN ('sending', 'in_doubt')"):
            self.open_then[row["state"]] += 1
        new = f"sqlite:///{self.folder}/{self.moves}.db"
        target = await self.postgres.emptied() if self.db.engine == "sqlite" else new
        await self.db.close()
        await move(self.url, target, heard_since=NEVER, show=lambda what, done, of: None)
        self.url, self.db = target, await open_database(target)
        self.planning, self.preferences, self.tracking = Planning(self.db), Preferences(self.db), Tracking(self.db)


def in_order(found: Sequence[Posted]) -> list[Posted]:
    return sorted(found, key=lambda post: (post[1:], post.at))


@pytest.mark.parametrize("seed", [22])
async def test_a_year_of_kills_in_seven_databases(seed: int, tmp_path: Path, postgres: PostgresServer) -> None:
    url = f"sqlite:///{tmp_path}/0.db"
    year = MovedYear(make_script(seed, films=6), await open_database(url), faults=True, twice=False, killed_at=None)
    year.folder, year.postgres, year.url, year.open_then = tmp_path, postgres, url, Counter()
    try:
        await year.live()
        rows: Sequence[Post] = await year.posts()
    finally:
        await year.db.close()
    wanted, found = in_order(what_must_be_posted(year.script)), in_order(year.ended)
    assert [post[1:] for post in found] == [post[1:] for post in wanted]
    assert all(timedelta() <= one.at - two.at <= CALM for one, two in zip(found, wanted, strict=True))
    assert year.wrong == []
    assert {row.state for row in rows if row.due_at < year.time} <= ENDED
    sent = Counter(row.dedup_key for row in rows if row.state is PostState.SENT)
    assert sent == Counter(post.dedup_key for _, message in year.channel.values() for post in message.posts)
    assert year.moves == MOVES
    assert year.open_then["sending"] > 1, year.open_then
