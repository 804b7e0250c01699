"""Months in which everything happens to a live countdown, read after every look by rules that share no code with it."""

import os
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from bot.domain.messages import Attempt, Outcome
from bot.domain.posts import PostKind
from bot.store import subscribers
from bot.store.database import Database
from tests.services.board import CHANNEL, OTHER, SERVER, START, BoardHouse, open_house

DAY, STEP = timedelta(days=1), timedelta(hours=3)
#: Those that told the first mistakes; LIVE_SEEDS=100 for more.
SEEDS = range(int(os.environ["LIVE_SEEDS"])) if "LIVE_SEEDS" in os.environ else (3, 11, 21, 24, 26)
#: PostgreSQL takes three times as long over each.
STORIES = [*(("sqlite", seed) for seed in SEEDS), *(("postgres", seed) for seed in SEEDS[:: 1 + len(SEEDS) // 2])]
END = START + 80 * DAY
NEW_YORK = timedelta(hours=-4)  # all these months are summer there
HOUR, LONGEST = 9, 30
BUSY = Attempt(Outcome.UNKNOWN, reason="Discord did not say (503).")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")


class World:
    """What a person who sees everything would write down, and what they would expect to read."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.day: date | None = date(2025, 6, 6)
        self.live = self.tracked = True
        self.paused = False
        self.channel = CHANNEL
        self.since = START  #: when that which is owed now, and where, last became otherwise
        self.deleted: dict[int, int] = {}
        self.left: list[str] = []  #: what stays true of a film that was untracked
        self.happened: set[str] = set()

    async def happen(self, house: BoardHouse) -> None:
        """Something, perhaps."""
        off = ["live"] * (not self.live) + ["track"] * (not self.tracked) + ["pause"] * self.paused
        name = self.dice.choice(
            ["move", "move", "near", "tba", "live", "track", "pause", "channel", "delete", "busy", "down", "restart"]
            + off * 8
            + ["move"] * 6 * (self.day is None)
        )
        self.happened.add(name)
        now = house.clock.time
        match name:
            case "move" | "near" | "tba":
                far = self.dice.choice((5, 12, 25, 40, 60)) if name == "move" else self.dice.choice((1, 2, 3))
                self.day = None if name == "tba" else _local(now).date() + far * DAY
                await house.move_film(self.day.isoformat() if self.day else "tba")
            case "live":
                self.live = not self.live
                await house.change(live=self.live)
            case "track" if self.tracked:
                self.left = [said for said in self.expected(self.channel, now) if said.startswith("has been out")]
                await house.tracking.untrack(SERVER, house.film_id, now)
                self.tracked = False
            case "track":
                async with house.db.transaction() as tx:
                    await subscribers.add_subscription(tx, house.subscriber_id, house.film_id, now, 1, None)
                self.tracked = True
            case "pause":
                await (house.resume() if self.paused else house.pause(None))
                self.paused = not self.paused
            case "channel":
                self.channel = OTHER if self.channel == CHANNEL else CHANNEL
                await house.change(channel_id=self.channel)
            case "delete" if house.board.words:
                gone = self.dice.choice(list(house.board.words))
                del house.board.words[gone]
                where = house.board.where[gone]
                self.deleted[where] = self.deleted.get(where, 0) + 1
                # Found out at an edit, which comes the next day at the latest; the day after there is a new one.
                self.since = now + DAY
                return
            case "busy":
                house.board.answers += [BUSY] * self.dice.randrange(1, 4)
            case "down":
                house.clock.time += self.dice.randrange(1, 4) * DAY
                house.restart()
                self.since = max(self.since, house.clock.time)
                return
            case _:
                house.restart()
        if name not in ("busy", "restart"):
            # One that somebody deleted while it had nothing to say is missed now, and comes a day later.
            missing = self.deleted.get(self.channel) and self.channel not in map(
                house.board.where.get, house.board.words
            )
            self.since = max(self.since, now + DAY if missing else now)

    def misses(self, house: BoardHouse, now: datetime) -> list[str]:
        """What is wrong with the channels at `now`, in words; nothing is under way."""
        wrong: list[str] = []
        for channel in (CHANNEL, OTHER):
            there = [id_ for id_ in house.board.words if house.board.where[id_] == channel]
            if len(there) > 1:
                wrong.append(f"{len(there)} in channel {channel}")
            for id_ in there:
                said = house.board.words[id_].partition("\n")[0].replace("**", "").partition("Ballerina ")[2]
                if said not in (expected := self.expected(channel, now)):
                    wrong.append(f"{said!r}, not {expected}")
            if not there and self.is_owed(channel, now):
                wrong.append(f"none in channel {channel}")
        return wrong

    def expected(self, channel: int, now: datetime) -> list[str]:
        """What a message may say: by today's days, before the posting hour by yesterday's too."""
        if not self.tracked:
            return ["is no longer tracked here: this countdown has ended.", *self.left]
        if self.day is None:
            return ["has no release date in the United States at present."]
        day = f"{WEEKDAYS[self.day.weekday()]} {self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"
        if not self.live or channel != self.channel:
            return [f"in cinemas: {day} (United States)."]
        today = _local(now).date()
        return [_counted(self.day, day, today - age * DAY) for age in ((0,) if _local(now).hour >= HOUR else (0, 1))]

    def is_owed(self, channel: int, now: datetime) -> bool:
        """Whether one must be there: a posting hour has passed since it could be, and before its day."""
        wanted = self.live and self.tracked and not self.paused and channel == self.channel and self.day is not None
        if not wanted or self.day is None or self.deleted.get(channel, 0) >= 3:
            return False
        local = _local(now)
        last_hour = local.replace(hour=HOUR, minute=0) - (DAY if local.hour < HOUR else timedelta())
        days = (self.day - last_hour.date()).days
        return 0 < days <= LONGEST and last_hour > _local(self.since)


def _local(instant: datetime) -> datetime:
    return (instant + NEW_YORK).replace(tzinfo=None)


def _counted(day: date, in_words: str, today: date) -> str:
    days = (day - today).days
    if days < 0:
        return f"has been out in cinemas since {in_words.rpartition(' ')[0]} (United States)."
    if days == 0:
        return "is out today in cinemas (United States)."
    when = "tomorrow" if days == 1 else f"in {days} days"
    return f"opens in cinemas {when}: {in_words} (United States)."


async def live_through(seed: int, db: Database) -> tuple[World, BoardHouse, Sequence[str]]:
    """A story told by dice; what was ever wrong in it."""
    world, wrong = World(seed), list[str]()
    async with open_house(db) as house:
        counted: set[tuple[int, date]] = set()
        while house.clock.time < END and not wrong:
            if world.dice.random() < 0.04:
                await world.happen(house)
            await house.tick(house.clock.time + STEP)
            for _ in range(2 * len(house.board.answers)):  # Discord is busy for a while
                await house.tick(house.clock.time + timedelta(minutes=1))
            house.board.answers.clear()
            await house.tick(house.clock.time + timedelta(minutes=1))
            now = house.clock.time
            wrong += [f"{_local(now):%d %b %H:%M}: {what}" for what in world.misses(house, now)]
            for id_, words in house.board.words.items():
                if "updated every day" in words and _local(now).hour >= HOUR and _local(now).hour < HOUR + 3:
                    counted.add((house.board.where[id_], _local(now).date()))
        beside = [
            post
            for post in house.board.others
            if post.kind is PostKind.COUNTDOWN and (post.channel_id, _local(post.due_at).date()) in counted
        ]
        wrong += [f"a countdown beside it: {post.dedup_key}" for post in beside]
    return world, house, wrong


@pytest.mark.parametrize(("engine", "seed"), STORIES, indirect=["engine"])
async def test_never_two_never_none_and_always_true(seed: int, database: Database) -> None:
    world, house, wrong = await live_through(seed, database)
    assert wrong == []
    assert len(world.happened) > 4
    assert house.board.edits > 5 or "LIVE_SEEDS" in os.environ
