"""The other plugs: each is pulled while some hundred posts go out, and afterwards all are counted."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.domain.messages import RESEND_WINDOW
from tests.chaos.disks import Disk
from tests.chaos.seeding import TODAY, WEEK, Seeding
from tests.chaos.shifted import VARIABLE
from tests.chaos.stage import Stage

#: Posts are under way at Discord for so long: whenever a plug is pulled, some are.
_SLOW: Mapping[str, float] = {"late": 0.45, "answered late": 0.45}
_SLOW_SECONDS = 0.5
_LONG = 150
_GONE = int(RESEND_WINDOW.total_seconds())


@dataclass(frozen=True, slots=True)
class Pull:
    """What a plug is pulled on."""

    stage: Stage
    seeding: Seeding
    chance: random.Random
    servers: int
    times: int
    seconds: float  #: how long a trouble lasts

    async def storm(self) -> None:
        """Have Discord be slow."""
        await self.stage.standin.set_storm(_SLOW, seed=self.chance.randrange(2**32), seconds=_SLOW_SECONDS)

    async def some_arrive(self, share: float) -> None:
        """Wait until about that share of all posts has arrived, and a little longer."""
        wanted = int(self.servers * share * self.chance.uniform(0.8, 1.0))
        await self.stage.standin.wait_until(messages=wanted, timeout=_LONG)
        await asyncio.sleep(self.chance.uniform(0, _SLOW_SECONDS))

    async def finish(self) -> None:
        """Run to the end without trouble."""
        await self.stage.standin.set_storm({})
        async with self.stage.marquee() as bot:
            await self.stage.standin.wait_until(connected=1, timeout=_LONG)
            await self.stage.wait_until_settled(timeout_seconds=_LONG)
            assert await bot.terminate() == 0

    def shares(self) -> list[float]:
        """How much has arrived at each time."""
        return [(number + 1) / (self.times + 1) for number in range(self.times)]


async def terminate(pull: Pull) -> None:
    """SIGTERM: what is in flight is finished, and known."""
    for share in pull.shares():
        await pull.storm()
        async with pull.stage.marquee() as bot:
            # Before that Python itself is starting, which a signal simply ends.
            await pull.stage.standin.wait_until(connected=1, timeout=_LONG)
            await pull.some_arrive(share)
            assert await bot.terminate() == 0
        assert pull.stage.ledger.count("messages WHERE state IN ('sending', 'in_doubt')") == 0
    await pull.finish()


async def stand_still(pull: Pull) -> None:
    """SIGSTOP for longer than a lease, SIGCONT; meanwhile no second process is let in."""
    await pull.storm()
    async with pull.stage.marquee() as bot:
        for share in pull.shares():
            await pull.some_arrive(share)
            os.kill(bot.pid, signal.SIGSTOP)
            await asyncio.sleep(pull.seconds / 2)
            code, said = await pull.stage.run_to_end()
            assert (code, "in use by another Marquee" in said) == (2, True), said
            await asyncio.sleep(pull.seconds / 2)
            if pull.seconds > _GONE:
                await pull.stage.standin.expire_nonces()
            os.kill(bot.pid, signal.SIGCONT)
        await pull.stage.standin.set_storm({})
        await pull.stage.wait_until_settled(timeout_seconds=_LONG)
        assert await bot.terminate() == 0


async def kill_discord(pull: Pull) -> None:
    """Discord is killed and comes back with what it had stored; the bot lives on."""
    async with pull.stage.marquee() as bot:
        for share in pull.shares():
            await pull.storm()
            await pull.some_arrive(share)
            await pull.stage.standin.kill()
            await asyncio.sleep(pull.seconds)
            await pull.stage.standin.revive()
        await pull.stage.wait_until_settled(timeout_seconds=_LONG)
        assert await bot.terminate() == 0


async def fill_the_disk(pull: Pull) -> None:
    """Nothing can be written for a while: nothing is sent that could not be written down before."""
    stage = pull.stage
    await pull.storm()
    with Disk(stage.folder / "disk") as disk:
        _move(stage, disk.folder)
        async with stage.marquee() as bot:
            for share in pull.shares():
                await pull.some_arrive(share)
                disk.fill(bot.pid)
                await asyncio.sleep(pull.seconds)
                disk.free()
            await stage.standin.set_storm({})
            await stage.wait_until_settled(timeout_seconds=_LONG)
            assert await bot.terminate() == 0
        said = "The disk is full" if disk.is_mounted else "The disk did not read or write"
        assert said in stage.logs
        _move(stage, stage.folder)


def _move(stage: Stage, folder: Path) -> None:
    copy(stage.database, folder / "marquee.db")
    stage.use_file(folder / "marquee.db")


async def lock_the_database(pull: Pull) -> None:
    """Another program holds the database for longer than SQLite waits."""
    await pull.storm()
    async with pull.stage.marquee() as bot:
        for share in pull.shares():
            await pull.some_arrive(share)
            hold = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
            hold += "c.execute('BEGIN EXCLUSIVE'); time.sleep(float(sys.argv[2]))"
            arguments = ["-c", hold, str(pull.stage.database), str(pull.seconds)]
            holder = await asyncio.create_subprocess_exec(sys.executable, *arguments)
            assert await holder.wait() == 0
        await pull.stage.standin.set_storm({})
        await pull.stage.wait_until_settled(timeout_seconds=_LONG)
        assert await bot.terminate() == 0


async def set_the_clock(pull: Pull) -> None:
    """The clock is set forth and back by up to an hour while the bot runs, and while it is dead and nonces expire."""
    stage, clock = pull.stage, pull.stage.folder / "clock"
    stage.module = "tests.chaos.shifted"
    clock.write_text("0")
    for share in pull.shares():
        await pull.storm()
        async with stage.marquee(**{VARIABLE: str(clock)}) as bot:
            await pull.some_arrive(share - 0.5 / (pull.times + 1))
            _set(clock, pull.chance.choice([-1, 1]) * pull.chance.randint(60, 3600))
            await asyncio.sleep(pull.seconds)
            _set(clock, pull.chance.choice([0, 900]))
            await pull.some_arrive(share)
            await bot.kill()
        await stage.standin.wait_until(delayed=0, timeout=60)
        await stage.standin.expire_nonces()
        stage.ledger.let_time_pass(_GONE)
        _set(clock, pull.chance.choice([-1, 1]) * pull.chance.randint(60, 3600))
    _set(clock, 0)
    stage.module = "bot"
    stage.ledger.end_waits()  # another try was put off by up to five minutes after a time that lies ahead now
    await pull.finish()


def _set(clock: Path, seconds: int) -> None:
    new = clock.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(clock)


async def restore_a_backup(pull: Pull) -> None:
    """A copy is made while posts go out, more of them go out, and the copy is put back."""
    for share in pull.shares():
        await pull.storm()
        backup = pull.stage.folder / "backup.db"
        async with pull.stage.marquee() as bot:
            await pull.some_arrive(share - 0.5 / (pull.times + 1))
            copy(pull.stage.database, backup)
            await pull.some_arrive(share)
            await bot.kill()
        await pull.stage.standin.wait_until(delayed=0, timeout=60)
        put_back(pull.stage, backup)
        await pull.stage.standin.expire_nonces()
        pull.stage.ledger.let_time_pass(_GONE)
        pull.stage.ledger.stop_heart(_GONE)
    await pull.finish()


def copy(source: Path, target: Path) -> None:
    """What `sqlite3 marquee.db ".backup copy.db"` does, beside a running Marquee."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def put_back(stage: Stage, backup: Path) -> None:
    """Restore, as a person does: the file, and nothing of what was beside it."""
    for end in ("-wal", "-shm"):
        stage.database.with_name(stage.database.name + end).unlink(missing_ok=True)
    stage.database.write_bytes(backup.read_bytes())


@dataclass(frozen=True, slots=True)
class Plug:
    """One of them, and how it is pulled in `make chaos`."""

    pull: Callable[[Pull], Awaitable[None]]
    times: int
    seconds: float


PLUGS: Mapping[str, Plug] = {
    "SIGTERM": Plug(terminate, 20, 0),
    "SIGSTOP": Plug(stand_still, 1, 70),
    "SIGSTOP, nonces expired": Plug(stand_still, 1, 125),
    "Discord killed": Plug(kill_discord, 5, 2),
    "disk full": Plug(fill_the_disk, 2, 8),
    "database locked": Plug(lock_the_database, 2, 8),
    "clock set": Plug(set_the_clock, 6, 6),
    "backup restored": Plug(restore_a_backup, 3, 0),
}


async def pull_plug(stage: Stage, plug: Plug, servers: int, seed: int) -> Seeding:
    """Seed, and pull it; what is left is to be counted."""
    chance = random.Random(f"{plug.pull.__name__} {plug.seconds} {seed}")
    seeding = Seeding(stage)
    await seeding.add_many([(TODAY, WEEK) if chance.random() < 0.2 else (WEEK,) for _ in range(servers)])
    await plug.pull(Pull(stage, seeding, chance, servers, plug.times, plug.seconds))
    return seeding
