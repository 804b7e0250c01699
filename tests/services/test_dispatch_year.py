"""The same years as the oracle's, with the real services on a real database and a Discord that misbehaves."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.posts import Post, PostState
from bot.store.database import Database
from tests.domain.examples import utc
from tests.domain.oracle import Posted, what_must_be_posted
from tests.domain.script import Date, Event, Outage, Script, Settings, make_script
from tests.services.year import CALM, Year

FILMS = 6
ENDED = {PostState.SENT, PostState.SKIPPED, PostState.CANCELLED, PostState.FAILED}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Kills and refusals are logged at length."""
    with caplog.at_level(logging.CRITICAL + 1):
        yield


async def live(seed: int, db: Database, *, faults: bool = False, twice: bool = False) -> tuple[Year, Sequence[Post]]:
    return await live_through(make_script(seed, films=FILMS), db, faults=faults, twice=twice)


async def live_through(
    script: Script, db: Database, *, faults: bool = False, twice: bool = False, killed_at: datetime | None = None
) -> tuple[Year, Sequence[Post]]:
    year = Year(script, db, faults=faults, twice=twice, killed_at=killed_at)
    await year.live()
    return year, await year.posts()


def in_order(found: Sequence[Posted]) -> list[Posted]:
    """By what is said, then by time: so that a delayed one stands where the oracle has it."""
    return sorted(found, key=lambda post: (post[1:], post.at))


@pytest.mark.parametrize("seed", [0, 8, 19, 29])
async def test_a_year_of_outages_is_the_oracles_to_the_second(seed: int, database: Database) -> None:
    year, rows = await live(seed, database, twice=True)
    assert year.ended == what_must_be_posted(year.script)
    assert year.wrong == []
    assert {row.state for row in rows if row.due_at < year.time} <= ENDED


@pytest.mark.parametrize("seed", [12, 13, 17, 22, 24, 28])
async def test_a_year_of_faults_and_kills_loses_nothing_and_says_nothing_twice(seed: int, database: Database) -> None:
    year, rows = await live(seed, database, faults=True)
    wanted, found = in_order(what_must_be_posted(year.script)), in_order(year.ended)
    assert [post[1:] for post in found] == [post[1:] for post in wanted]
    assert all(timedelta() <= one.at - two.at <= CALM for one, two in zip(found, wanted, strict=True))
    assert year.wrong == []
    assert {row.state for row in rows if row.due_at < year.time} <= ENDED
    sent = Counter(row.dedup_key for row in rows if row.state is PostState.SENT)
    assert sent == Counter(post.dedup_key for _, message in year.channel.values() for post in message.posts)
    assert sum(year.played.values()) - year.played["none"] > 5, year.played


def alert_year(*events: Event, outage: Outage) -> Script:
    """A server in New York that follows one film to 6 June 2025, and an outage."""
    settings = Settings("US", "America/New_York", "09:00", (7,))
    films = {1: (Date("US", "theatrical", "2025-06-06"),)}
    tracked = Event(utc("2025-05-01 13:00"), 1, tracked=True)
    return Script(0, utc("2025-05-01 12:00"), settings, films, (tracked, *events), (outage,))


async def test_a_post_that_waits_moves_with_the_posting_hour_and_the_channel(database: Database) -> None:
    evening = Event(utc("2025-06-06 14:00"), settings=Settings("US", "America/New_York", "18:00", (7,)))
    # After the post was planned, and before it was due.
    elsewhere = Event(utc("2025-06-06 21:58"), settings=Settings("US", "America/New_York", "18:00", (7,), channel=66))
    outage = Outage(utc("2025-06-06 12:00"), utc("2025-06-06 15:00"), bot=False)
    year, rows = await live_through(alert_year(evening, elsewhere, outage=outage), database)
    assert [f"{post.what} {post.at:%m-%d %H:%M}" for post in year.ended] == [
        "countdown 05-30 13:00", "release 06-06 22:00",
    ]  # fmt: skip
    assert ([row.channel_id for row in rows], year.wrong) == ([55, 66], [])


async def test_a_post_that_waits_for_discord_goes_with_the_date_that_it_was_for(database: Database) -> None:
    moved = Event(utc("2025-06-06 14:00"), 1, dates=(Date("US", "theatrical", "2025-07-09"),))
    outage = Outage(utc("2025-06-06 12:00"), utc("2025-06-06 15:00"), bot=False)
    year, rows = await live_through(alert_year(moved, outage=outage), database)
    assert [f"{post.what} {post.date}" for post in year.ended] == [
        "countdown 2025-06-06", "date_change 2025-07-09", "countdown 2025-07-09", "release 2025-07-09",
    ]  # fmt: skip
    assert PostState.CANCELLED in {row.state for row in rows}
    assert (year.ended, year.wrong) == (what_must_be_posted(year.script), [])


async def test_a_message_that_arrived_in_time_is_not_corrected_because_the_bot_was_down_since(
    database: Database,
) -> None:
    outage = Outage(utc("2025-05-30 13:00") + timedelta(seconds=1), utc("2025-06-01 08:00"), bot=True)
    script = alert_year(outage=outage)
    year, rows = await live_through(script, database, killed_at=utc("2025-05-30 13:00"))
    assert [post.days for post in year.ended] == [7, 0]
    assert [row.state for row in rows] == [PostState.SENT, PostState.SENT]
    assert year.wrong == []
