"""Servers that follow films whose posts are due, put into the database by the bot's own store before it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.catalogue import load_catalogue
from bot.sources.bundled import digest_of, read_catalogue
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction, open_database
from bot.store.films import find_film_id
from tests.chaos.stage import Stage
from tests.standin.client import USUAL
from tests.standin.records import Guild

WEEK, TODAY, MOVING = "Seven Days Ahead", "Out This Morning", "Soon To Be Moved"
#: More films than one message holds: two messages to one channel, one after the other.
MANY = tuple(f"Reel Number {number:02}" for number in range(28))
#: Days from the servers' local day to the release.
FILMS: Mapping[str, int] = {WEEK: 7, TODAY: 0, MOVING: 7} | dict.fromkeys(MANY, 7)
_FILM = """title = "{title}"
as_of = {as_of}
sources = ["https://example.org/{key}"]
{credits}
[[releases]]
country = "US"
type = "theatrical"
date = "{day}"
"""
_CREDITS = """
[[credits]]
name = "Ida Reel"
job = "cast"
character = "The Usher"

"""


@dataclass(frozen=True, slots=True)
class Seat:
    """A server with a channel of its own, and the titles that are to be told there, each once."""

    guild: Guild
    channel_id: int
    titles: tuple[str, ...]


class Seeding:
    """Adds servers to a stage between the bot's runs; each has followed its films for three days.

    A few minutes before the test it was their posting hour, around their noon: no post gets late or stale meanwhile.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._now = datetime.now(UTC)
        self._long_ago = self._now - timedelta(days=30)
        self._zone = noon_zone(self._now)
        local = self._now.astimezone(ZoneInfo(self._zone))
        self._posting_time = (local - timedelta(minutes=10)).time().replace(second=0, microsecond=0)
        self.today = local.date()
        self.seats: list[Seat] = []
        stage.catalogue = write_catalogue(stage.folder / "catalogue", self.today, FILMS)

    async def add(self, *followed: Sequence[str], kind: int = 0) -> list[Seat]:
        """Make a server with a channel of this kind for each of `followed`; only while the bot is not running."""
        standin = self._stage.standin
        guilds = await asyncio.gather(*(standin.add_guild("The Rialto") for _ in followed))
        channel_ids = await asyncio.gather(*(standin.add_channel(guild.id, kind=kind) for guild in guilds))
        seats = [Seat(*seat) for seat in zip(guilds, channel_ids, map(tuple, followed), strict=True)]
        await self._take_their_seats(seats)
        return seats

    async def add_many(self, followed: Sequence[Sequence[str]], *, bot: Sequence[str] = USUAL) -> list[Seat]:
        """Make thousands of servers, in which the bot may do what `bot` says; only while it is not running."""
        servers = await self._stage.standin.add_servers(len(followed), bot=bot)
        seats = [Seat(*server, tuple(titles)) for server, titles in zip(servers, followed, strict=True)]
        await self._take_their_seats(seats)
        return seats

    async def _take_their_seats(self, seats: Sequence[Seat]) -> None:
        folder = self._stage.folder / "catalogue"
        async with self._opened() as db:
            await load_catalogue(db, digest_of(folder), lambda: read_catalogue(folder), self._long_ago)
            async with db.transaction() as tx:
                for seat in seats:
                    await subscriber_store.add_subscriber(tx, self._subscriber(seat), self._long_ago)
                    await self._follow(tx, seat, seat.titles)
        self.seats += seats

    async def follow(self, seat: Seat, *titles: str) -> None:
        """Let a server follow more films; only while the bot is not running."""
        async with self._opened() as db, db.transaction() as tx:
            await self._follow(tx, seat, titles)

    def move(self, title: str, days: int) -> None:
        """Give a film another date in the catalogue, so many days from today; told at the bot's next start."""
        write_catalogue(self._stage.folder / "catalogue", self.today, {title: days})

    async def _follow(self, tx: Transaction, seat: Seat, titles: Sequence[str]) -> None:
        stored = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, seat.guild.id)
        assert stored is not None
        for title in titles:
            film_id = await find_film_id(tx, "bundled", key_of(title))
            assert film_id is not None
            tracked_at = self._now - timedelta(days=3)
            await subscriber_store.add_subscription(tx, stored.id, film_id, tracked_at, seat.guild.owner_id, None)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Database]:
        db = await open_database(self._stage.url)
        try:
            yield db
        finally:
            await db.close()

    def _subscriber(self, seat: Seat) -> Subscriber:
        return Subscriber(
            id=0,
            kind=SubscriberKind.GUILD,
            discord_id=seat.guild.id,
            channel_id=seat.channel_id,
            timezone=self._zone,
            posting_time=self._posting_time,
        )


def write_catalogue(folder: Path, today: date, films: Mapping[str, int]) -> Path:
    """Write a catalogue whose films come out so many days after `today`; its folder."""
    (folder / "films").mkdir(parents=True, exist_ok=True)
    for title, days in films.items():
        key, day = key_of(title), today + timedelta(days=days)
        text = _FILM.format(title=title, key=key, as_of=today, day=day, credits=_CREDITS if title == WEEK else "")
        (folder / "films" / f"{key}.toml").write_text(text, encoding="utf-8")
    return folder


def key_of(title: str) -> str:
    """The name of a film's file."""
    return title.lower().replace(" ", "-")


def noon_zone(now: datetime) -> str:
    """The time zone in which it is between noon and one o'clock; the signs of these zones are the other way round."""
    return f"Etc/GMT{now.hour - 12:+d}"
