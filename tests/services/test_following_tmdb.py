"""Following a person from end to end: a TMDB on the loopback, the real source, and a channel that reads of it once."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.follows import Followed, FollowKind
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber
from bot.services.asking import Asking
from bot.services.following import Following
from bot.services.planning import Planning
from bot.services.refresh import Refresh
from bot.store import posts as post_store
from bot.store.database import Database
from bot.ui.post_lines import render_content
from tests.loopback.faults import Fault
from tests.loopback.tmdb import LoopbackTmdb, serve
from tests.loopback.tmdb_world import Credited
from tests.services.dispatching import make_dispatch
from tests.services.library import NOW, USER, open_desk
from tests.sources.asking import asking

DAY = timedelta(days=1, hours=3)
LEAD = Credited(15, "Max Rye", character="The Keeper")


@dataclass
class Channel:
    """Where messages arrive, as their words."""

    read: list[str] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Attempt:
        self.read.append(render_content(parcel, 2000))
        return Attempt(Outcome.SENT, 900)

    async def find(self, message: Message, after: datetime) -> Attempt:
        return Attempt(Outcome.NOT_SENT)

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        return Attempt(Outcome.SENT, 900)


class Town:
    """Marquee with TMDB behind it, a server, and time that a test moves."""

    def __init__(self, db: Database, tmdb: LoopbackTmdb, following: Following, server: Subscriber) -> None:
        self.db, self.tmdb, self.following, self.server = db, tmdb, following, server
        self.channel, self.time = Channel(), NOW
        self._dispatch = make_dispatch(db, self.channel, self, owner="test", per_second=50)

    def now(self) -> datetime:
        return self.time

    async def follow(self, name: str) -> Followed:
        [found] = await self.following.search.resolve(FollowKind.PERSON, name)
        return await self.following.follow(self.server, found, None, USER, self.time)

    async def pass_a_day(self) -> int:
        """Look for new films a day later, then plan and send what is due until the next posting hour."""
        self.time += DAY
        looked = await self.following.run(self.time)
        for _ in range(2):
            await Planning(self.db).run(self.time)
            while await self._dispatch.run(self.time):
                await self._dispatch.drain()
            self.time += timedelta(hours=24)
        return looked

    async def notices(self) -> list[Post]:
        async with self.db.reading() as tx:
            stored = await post_store.list_posts_since(tx, self.server.id, NOW)
        return [post for post in stored if post.kind is PostKind.FOLLOWED]


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with serve() as tmdb, asking(tmdb) as ask:
        desk = await open_desk(database)
        add = tmdb.world.add_film
        add(1, "The Lantern", releases={"US": "2029-03-19"}, credits=(LEAD,))
        add(2, "An Old Orchard", releases={"US": "2012-03-23"}, credits=(LEAD,))
        add(3, "Max Rye: A Life", releases={"US": "2029-01-10"}, credits=(replace(LEAD, character="Self"),))
        films = Asking(desk.db, [ask.source], Refresh(desk.db, [ask.source]))
        yield Town(desk.db, tmdb, Following(desk.db, [ask.source], films.adopt), desk.server)


async def test_a_new_film_is_tracked_and_told_once(town: Town) -> None:
    followed = await town.follow("max rye")
    assert [film.title for film in followed.tracked] == ["The Lantern"]
    assert await town.pass_a_day() == 1
    assert await town.notices() == []

    add = town.tmdb.world.add_film
    add(4, "Harbour", releases={"US": "2029-06-05"}, credits=(replace(LEAD, order=1),))
    add(5, "A Cameo", releases={"US": "2029-06-11"}, credits=(replace(LEAD, order=9),))
    assert await town.pass_a_day() == 1
    [notice] = await town.notices()
    assert (notice.state, notice.note) == (PostState.SENT, "Max Rye")
    [read] = town.channel.read
    assert read.startswith("🆕 Tracked by itself, because you follow **Max Rye**: **Harbour** opens in cinemas in ")
    assert ": Tue 5 June 2029 (United States)." in read
    for _ in range(2):
        assert await town.pass_a_day() == 1
    assert await town.notices() == [notice]
    assert len(town.channel.read) == 1


async def test_a_source_that_is_down_loses_nothing(town: Town) -> None:
    await town.follow("max rye")
    town.tmdb.world.add_film(4, "Harbour", releases={"US": "2029-06-05"}, credits=(LEAD,))
    town.tmdb.faults.plan(Fault.BUSY)
    assert await town.pass_a_day() == 1
    assert town.channel.read == []
    town.tmdb.faults.clear()
    assert await town.pass_a_day() == 1
    assert len(town.channel.read) == 1


async def test_a_source_that_is_down_as_somebody_follows_is_said(town: Town) -> None:
    [found] = await town.following.search.resolve(FollowKind.PERSON, "max rye")
    town.tmdb.faults.plan(Fault.BUSY)
    followed = await town.following.follow(town.server, found, None, USER, NOW)
    assert (followed.tracked, followed.silent) == ((), ("tmdb",))
    assert followed.follow.refs == ("tmdb:15",)
