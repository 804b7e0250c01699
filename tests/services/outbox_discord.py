"""A Discord with nonces, a history and whims, and a plug: what the outbox's property test runs against."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from bot.domain.dates import ReleaseDate
from bot.domain.destinations import Closure
from bot.domain.messages import RESEND_WINDOW, Attempt, Message, Outcome, Parcel
from bot.services.pace import Pace
from bot.store.database import Database, Engine, Lock, Row, Transaction

#: Messages on a page of the history; Discord's are 100.
PAGE = 2


class Whim(StrEnum):
    """What becomes of one request."""

    OK = "ok"
    LIMITED = "429"
    REFUSED = "connection refused"
    BAD = "400"
    TOKEN = "401"
    FORBIDDEN = "403"
    BROKEN = "502"
    STORED_502 = "stored, then 502"
    DROPPED = "dropped before"
    STORED_DROPPED = "dropped after"
    LATE = "time-out"
    STORED_LATE = "stored, then time-out"
    HUNG = "the process is stopped before the answer"


STORES = {Whim.OK, Whim.STORED_502, Whim.STORED_DROPPED, Whim.STORED_LATE, Whim.HUNG}
RETRY_AFTER = timedelta(seconds=45)
_ANSWERS = {
    Whim.LIMITED: Attempt(Outcome.NOT_SENT, reason="429", retry_after=RETRY_AFTER),
    Whim.REFUSED: Attempt(Outcome.NOT_SENT, reason="refused"),
    Whim.BAD: Attempt(Outcome.REJECTED, reason="400"),
    Whim.TOKEN: Attempt(Outcome.UNAUTHORISED, reason="401"),
    Whim.FORBIDDEN: Attempt(Outcome.CLOSED, reason="403", closure=Closure.ACCESS),
    Whim.BROKEN: Attempt(Outcome.UNKNOWN, reason="502"),
    Whim.STORED_502: Attempt(Outcome.UNKNOWN, reason="502"),
    Whim.DROPPED: Attempt(Outcome.UNKNOWN, reason="reset"),
    Whim.STORED_DROPPED: Attempt(Outcome.UNKNOWN, reason="reset"),
}


class PulledError(BaseException):
    """The plug was pulled: nothing of this process runs on."""


class Plug:
    """Counts what a process does; after so many steps it is dead."""

    def __init__(self) -> None:
        self.left: int | None = None

    def step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise PulledError


@dataclass
class Stored:
    """A message in a channel, as Discord has it."""

    id: int
    channel_id: int
    at: datetime  #: by Discord's own clock
    key: str = ""  #: empty: somebody else's
    deleted: bool = False


@dataclass
class Discord:
    """Every channel, and what was ever stored in it."""

    now: datetime  #: Discord's clock is right
    stored: list[Stored] = field(default_factory=list[Stored])
    carried: Counter[str] = field(default_factory=Counter[str])  #: messages ever stored, by dedup key
    whims: list[Whim] = field(default_factory=list[Whim])  #: for the next requests; then all is well
    readable: bool = True
    reachable: bool = True  #: its history
    checks_nonces: ClassVar[bool] = True
    reads_to_the_end: ClassVar[bool] = True

    def store(self, parcel: Parcel) -> int:
        """Store a message, unless its nonce is known yet."""
        message = parcel.message
        for known in self.stored:
            fresh = self.now - known.at <= RESEND_WINDOW
            same = known.key == message.message_key and known.channel_id == message.channel_id
            if same and fresh and self.checks_nonces:
                return known.id
        self.carried.update(post.dedup_key for post in message.posts)
        return self.add(message.channel_id, message.message_key)

    def add(self, channel_id: int, key: str = "") -> int:
        """Whatever anybody writes."""
        self.stored.append(Stored(len(self.stored) + 1, channel_id, self.now, key))
        return len(self.stored)

    def pages(self, channel_id: int, after: datetime) -> Iterable[list[Stored]]:
        there = [m for m in self.stored if m.channel_id == channel_id and m.at > after and not m.deleted]
        found = [there[start : start + PAGE] for start in range(0, len(there), PAGE)]
        return found if self.reads_to_the_end else found[:1]


class Line:
    """A process's connection to Discord: the sender of one dispatch."""

    def __init__(self, discord: Discord, plug: Plug, watch: "Watch") -> None:
        self._discord = discord
        self._plug = plug
        self._watch = watch
        self.hung: dict[asyncio.Task[Any], asyncio.Event] = {}
        self.hangs = asyncio.Event()

    async def send(self, parcel: Parcel) -> Attempt:
        self._plug.step()
        self._watch.sending(parcel)
        whim = self._discord.whims.pop(0) if self._discord.whims else Whim.OK
        await asyncio.sleep(0)
        self._plug.step()
        id_ = self._discord.store(parcel) if whim in STORES else None
        self._plug.step()
        if whim is Whim.HUNG and (task := asyncio.current_task()) is not None:
            self.hung[task] = event = asyncio.Event()
            self.hangs.set()
            await event.wait()
        if whim in (Whim.LATE, Whim.STORED_LATE):
            raise TimeoutError
        attempt = _ANSWERS.get(whim, Attempt(Outcome.SENT, id_))
        self._watch.answered(parcel, attempt)
        return attempt

    async def find(self, message: Message, after: datetime) -> Attempt:
        self._plug.step()
        if not self._discord.readable:
            return Attempt(Outcome.UNREADABLE, reason="may not be read")
        if not self._discord.reachable:
            return Attempt(Outcome.UNKNOWN, reason="503")
        for page in self._discord.pages(message.channel_id, after):
            for known in page:
                if known.key == message.message_key:
                    return Attempt(Outcome.SENT, known.id)
        self._plug.step()
        return Attempt(Outcome.NOT_SENT, reason="not there")

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        self._plug.step()
        return Attempt(Outcome.SENT, parcel.message.discord_message_id)


class Watch(Protocol):
    """What the test sees of one process; each method fails if something happens that may not."""

    def sending(self, parcel: Parcel) -> None: ...

    def answered(self, parcel: Parcel, attempt: Attempt) -> None: ...

    def wrote(self, name: str, values: Mapping[str, Any], rows: list[Row]) -> None: ...


class FreePace(Pace):
    """Everybody's turn at once: real time plays no part."""

    def __init__(self) -> None:
        super().__init__(1000)

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


class PluggedTransaction:
    """A transaction whose process may die at each of its statements."""

    def __init__(self, tx: Transaction, plug: Plug) -> None:
        self._tx = tx
        self._plug = plug
        self.written: list[tuple[str, Mapping[str, Any], list[Row]]] = []

    async def all(self, name: str, /, **values: Any) -> list[Row]:
        self._plug.step()
        rows = await self._tx.all(name, **values)
        self.written.append((name, values, rows))
        return rows

    async def one(self, name: str, /, **values: Any) -> Row | None:
        rows = await self.all(name, **values)
        return rows[0] if rows else None

    async def many(self, name: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        self._plug.step()
        rows = list(rows)
        await self._tx.many(name, rows)
        self.written += [(name, values, []) for values in rows]


class PluggedDatabase:
    """The database as one process has it: one transaction at a time, so that every run of a test is the same."""

    def __init__(self, db: Database, turn: asyncio.Lock, plug: Plug, watch: Watch) -> None:
        self._db = db
        self._turn = turn
        self._plug = plug
        self._watch = watch

    @property
    def engine(self) -> Engine:
        return self._db.engine

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[PluggedTransaction]:
        async with self._turn:
            self._plug.step()
            async with self._db.transaction() as tx:
                plugged = PluggedTransaction(tx, self._plug)
                yield plugged
                self._plug.step()
            for written in plugged.written:  # committed
                self._watch.wrote(*written)
        self._plug.step()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        async with self._turn:
            self._plug.step()
            async with self._db.reading() as tx:
                yield tx

    def noting(self) -> AbstractAsyncContextManager[Transaction]:
        return self.transaction()

    def looking(self) -> AbstractAsyncContextManager[Transaction]:
        return self.reading()

    def lead_lock(self) -> Lock:
        return self._db.lead_lock()

    async def close(self) -> None:
        pass


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
