"""Several `marquee run` on one PostgreSQL, each to be killed and started for itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.books import PostgresBooks
from tests.chaos.postgres import DurableServer, durable_server
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess
from tests.standin.process import PythonProcess

#: What a supervisor waits before it starts a Marquee again that ended because its database was away.
_AGAIN_SECONDS = 1.0
_CANNOT_RUN = 2
_RUNNING = "Marquee is running"


@dataclass(slots=True)
class Member:
    """One of them, in one of its lives."""

    number: int
    process: PythonProcess
    log: Path

    @property
    def user(self) -> str:
        """What it is called at PostgreSQL, in all its lives."""
        return user_of(self.number)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.exit_code is None

    @property
    def is_ready(self) -> bool:
        """Whether it has logged in, so that it can take over."""
        return self.is_alive and _RUNNING in self.said

    @property
    def said(self) -> str:
        """Its log."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""


class Fleet:
    """`count` processes, each with its share of the shards. Use it in `async with`: it kills what is left."""

    def __init__(self, stage: Stage, server: DurableServer, count: int) -> None:
        self._stage = stage
        self._server = server
        self._count = count
        self._members: dict[int, Member] = {}
        self._coming: dict[int, asyncio.Task[None]] = {}
        self.refused = 0  #: starts that ended with a sentence, as the database was away

    @property
    def alive(self) -> list[Member]:
        """Those that run, by number."""
        return [member for _, member in sorted(self._members.items()) if member.is_alive]

    async def start(self, number: int) -> Member:
        """Start one that is not running."""
        shards = ("--shards", str(number), "--shard-count", str(self._count)) if self._count > 1 else ()
        url = self._server.url(user_of(number))
        process = self._stage.marquee(*shards, DATABASE_URL=url, POST_RATE="50")
        member = Member(number, process, self._stage.log_path(self._stage.runs))
        await process.start()
        self._members[number] = member  # before that it can be asked nothing
        return member

    async def start_all(self) -> None:
        """Start those that do not run; none of them comes back later."""
        await self._forget_the_coming()
        running = {member.number for member in self.alive}
        for number in range(self._count):
            if number not in running:
                await self.start(number)

    def come_back(self, member: Member, seconds: float) -> None:
        """Start a dead one again after a while, as a supervisor does; again and again, if its database is away."""
        self._coming[member.number] = asyncio.create_task(self._start_later(member.number, seconds))

    async def kill_all(self) -> None:
        """SIGKILL; none of them comes back later."""
        await self._forget_the_coming()
        await asyncio.gather(*(member.process.kill() for member in self.alive))

    async def terminate_all(self) -> list[int]:
        """SIGTERM to all at once; their exit codes."""
        return list(await asyncio.gather(*(member.process.terminate() for member in self.alive)))

    async def wait_until_ready(self, timeout_seconds: float = 60) -> None:
        """Wait until all have logged in.

        Raises:
            TimeoutError: some have not.
        """
        async with asyncio.timeout(timeout_seconds):
            while sum(member.is_ready for member in self.alive) < self._count:
                self.find_the_ended()
                await asyncio.sleep(0.05)

    def find_the_ended(self) -> None:
        """See that nobody has ended who was not killed.

        Raises:
            AssertionError: with what it said last.
        """
        for number, member in self._members.items():
            coming = self._coming.get(number)
            if not member.is_alive and (coming is None or coming.done()):
                raise AssertionError(f"{member.log.name} ended with {member.process.exit_code}: {member.said[-2000:]}")

    async def _start_later(self, number: int, seconds: float) -> None:
        await asyncio.sleep(seconds)
        while True:
            member = await self.start(number)
            while not member.is_ready:
                if not member.is_alive:
                    break
                await asyncio.sleep(0.1)
            if member.process.exit_code != _CANNOT_RUN:
                return
            self.refused += 1
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _forget_the_coming(self) -> None:
        for coming in self._coming.values():
            coming.cancel()
        await asyncio.gather(*self._coming.values(), return_exceptions=True)
        self._coming.clear()

    async def __aenter__(self) -> Fleet:
        """Start all."""
        await self.start_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill what is left."""
        await self.kill_all()


@asynccontextmanager
async def postgres_stage(folder: Path, processes: int) -> AsyncIterator[tuple[DurableServer, Stage]]:
    """Set a stage in `folder` whose database is a PostgreSQL of its own, for so many processes."""
    users = [user_of(number) for number in range(processes)]
    async with (
        durable_server(users) as server,
        StandinProcess(token=TOKEN, log=folder / "standin.log") as standin,
    ):
        with closing(PostgresBooks(server.url())) as books:
            yield server, Stage(standin, folder, (server.url(), books))


def user_of(number: int) -> str:
    """What a process is called at PostgreSQL."""
    return f"marquee_{number}"
