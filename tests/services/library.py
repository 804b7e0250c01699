"""Services that follow franchises and people, on a real database, with a source that is told what it lists."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.dates import ReleaseDate
from bot.domain.errors import FilmNotFound, SourcesSilent, SourceUnavailable
from bot.domain.films import Credit, Film, Job, Release, ReleaseType
from bot.domain.follows import Followed, FollowKind
from bot.domain.posts import Post, PostKind
from bot.domain.sources import Found, FoundPerson
from bot.domain.subscribers import Subscriber
from bot.services.following import Following
from bot.services.taking import take_in
from bot.services.tracking import Place, Tracking
from bot.store import posts as post_store
from bot.store.database import Database

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
DAY = timedelta(days=1, hours=3)
GUILD, USER, CHANNEL = 900, 7, 55


WICK = FollowKind.FRANCHISE
PERSON = FollowKind.PERSON


@dataclass
class Library:
    """A source, reduced to lists; and what adopting a film from it comes to."""

    db: Database
    name: str = "tmdb"
    films: dict[str, Film] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    people: list[FoundPerson] = field(default_factory=list)
    fails: bool = False
    asked: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    wait: asyncio.Event | None = None
    asked_for: asyncio.Event = field(default_factory=asyncio.Event)

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        return await self._list(ref)

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        return await self._list(ref)

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        self._ask(typed)
        return self.people

    async def adopt(self, ref: str, now: datetime) -> int:
        if self.fails:
            raise SourcesSilent(["tmdb"])
        if ref not in self.films:
            raise FilmNotFound(ref)
        self.adopted.append(ref)
        async with self.db.transaction() as tx:
            return (await take_in(tx, self.films[ref], "tmdb", now)).film_id

    async def _list(self, ref: str) -> Sequence[Found]:
        self._ask(ref)
        if self.wait is not None:
            self.asked_for.set()
            await self.wait.wait()
        return [self._found(each) for each in self.lists.get(ref, [])]

    def _ask(self, question: str) -> None:
        self.asked.append(question)
        if self.fails:
            raise SourceUnavailable("tmdb", "it does not answer", 7200)

    def _found(self, ref: str) -> Found:
        film = self.films.get(ref, Film(0, "Nothing"))
        return Found(ref, film.title, film.year, date=film.releases[0].date if film.releases else None)


@dataclass
class Desk:
    """The services, a server that follows, and the source."""

    db: Database
    library: Library
    following: Following
    tracking: Tracking
    server: Subscriber

    async def store(self, *films: Film, source: str = "bundled") -> list[int]:
        async with self.db.transaction() as tx:
            return [(await take_in(tx, film, source, NOW)).film_id for film in films]

    async def follow(self, kind: FollowKind, typed: str, now: datetime = NOW) -> Followed:
        [candidate] = await self.following.search.resolve(kind, typed)
        return await self.following.follow(self.server, candidate, None, USER, now)

    async def tracked(self) -> list[str]:
        _, subscriptions = await self.tracking.list_tracked(GUILD)
        return sorted(subscription.film.title for subscription in subscriptions)

    async def posts(self) -> list[Post]:
        async with self.db.reading() as tx:
            stored = await post_store.list_posts_since(tx, self.server.id, NOW - timedelta(days=90))
        return [post for post in stored if post.kind is PostKind.FOLLOWED]


async def open_desk(db: Database) -> Desk:
    """An empty store with one server in it."""
    library, tracking = Library(db), Tracking(db)
    server = await tracking.get_subscriber(Place(GUILD, CHANNEL, USER, "en-US"), NOW)
    return Desk(db, library, Following(db, [library], library.adopt), tracking, server)


def film(
    title: str,
    day: str | None = "2027-06-04",
    *,
    tmdb: int | None = None,
    story: bool = True,
    lead: str = "Keanu Reeves",
) -> Film:
    """A film of the John Wick collection (unless not `story`) that somebody leads."""
    releases = (Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(day)),) if day else ()
    refs = ("tmdb:6384",) if lead == "Keanu Reeves" and tmdb else ()
    return Film(
        0,
        title,
        int(day[:4]) if day else None,
        releases=releases,
        credits=(Credit(0, lead, Job.CAST, 0, "John Wick", refs),),
        ids={"tmdb": str(tmdb)} if tmdb else {"bundled": title.casefold().replace(" ", "-")},
        belongs_to={"tmdb:404609": "John Wick Collection"} if story else {},
    )
