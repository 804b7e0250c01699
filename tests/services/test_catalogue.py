"""The catalogue is taken over at the start: once, whole, and without anybody being told what is not news."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.errors import CatalogueError
from bot.domain.films import Catalogue, Film
from bot.domain.posts import PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.catalogue import Loaded, load_catalogue
from bot.services.planning import Planning
from bot.sources.bundled import digest_of, read_catalogue
from bot.store import films as film_store
from bot.store import planning
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, open_database

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
FILM = """
title = "{title}"
as_of = 2026-01-01
sources = ["https://example.org/film"]
[ids]
imdb = "{imdb}"
[[releases]]
country = "US"
type = "theatrical"
date = "{date}"
"""
MOVED = """
[[date_changes]]
country = "US"
type = "theatrical"
old = "2026-12-18"
new = "2027-02-05"
known_on = "2026-01-11"
source = "https://example.org/moved"
"""
FRANCHISE = """
name = "Both"
as_of = 2026-01-01
sources = ["https://example.org/both"]
[[entries]]
film = "first-2026"
story = 1
"""


class Shelf:
    """A catalogue on disk, which counts how often it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads = 0
        for part in ("films", "franchises"):
            (folder / part).mkdir(parents=True)
        self.put("first-2026", "2026-12-18", "tt0000001")
        (folder / "franchises" / "both.toml").write_text(FRANCHISE)

    def put(self, key: str, date: str, imdb: str, more: str = "") -> None:
        (self.folder / "films" / f"{key}.toml").write_text(FILM.format(title=key, imdb=imdb, date=date) + more)

    def read(self) -> Catalogue:
        self.reads += 1
        return read_catalogue(self.folder)

    async def load(self, db: Database, now: datetime = NOW) -> Loaded:
        return await load_catalogue(db, digest_of(self.folder), self.read, now)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data")


@pytest.fixture
def db(database: Database) -> Database:
    return database


async def film(db: Database, key: str = "first-2026") -> Film:
    async with db.reading() as tx:
        film_id = await film_store.find_film_id(tx, "bundled", key)
        found = await film_store.find_film(tx, film_id) if film_id else None
    assert found is not None
    return found


async def follower(db: Database) -> Subscriber:
    """A server that tracks the first film and is planned."""
    film_id = (await film(db)).id
    async with db.transaction() as tx:
        guild = Subscriber(id=0, kind=SubscriberKind.GUILD, discord_id=1, channel_id=2)
        guild = await subscriber_store.add_subscriber(tx, guild, NOW)
        await subscriber_store.add_subscription(tx, guild.id, film_id, NOW, 7, None)
    assert await Planning(db).run(NOW) == 1
    return await server(db, guild)


async def server(db: Database, guild: Subscriber) -> Subscriber:
    async with db.reading() as tx:
        return await subscriber_store.get_subscriber(tx, guild.id)


async def notices(db: Database, guild: Subscriber) -> list[tuple[ReleaseDate | None, ReleaseDate | None]]:
    """What is to be told of moved dates, after planning: from, and to."""
    await Planning(db).run(LATER + timedelta(days=1))  # posts become rows a while before they are due
    async with db.reading() as tx:
        owed = await post_store.list_posts_since(tx, guild.id, NOW)
    return [(post.old_date, post.date) for post in owed if post.kind is PostKind.DATE_CHANGE]


async def test_the_first_load_takes_all_of_it(db: Database, shelf: Shelf) -> None:
    assert await shelf.load(db) == Loaded(films=1, moved=0)
    first = await film(db)
    assert (first.title, first.ids) == ("first-2026", {"bundled": "first-2026", "imdb": "tt0000001"})
    assert first.franchise is not None
    assert [entry.film_id for entry in first.franchise.entries] == [first.id]


async def test_what_has_not_changed_is_not_read_again(db: Database, shelf: Shelf) -> None:
    await shelf.load(db)
    assert await shelf.load(db, LATER) == Loaded(films=0, moved=0)
    assert shelf.reads == 1
    assert (await film(db)).checked_at == NOW


@pytest.mark.parametrize("more", ["", MOVED], ids=["the date alone", "and its history, as data/README.md asks"])
async def test_a_date_that_moves_is_owed_once(db: Database, shelf: Shelf, more: str) -> None:
    await shelf.load(db)
    guild = await follower(db)
    shelf.put("first-2026", "2027-02-05", "tt0000001", more)
    assert await shelf.load(db, LATER) == Loaded(films=1, moved=1)
    async with db.reading() as tx:
        assert await planning.list_awake(tx, LATER, 10) == [guild.id]
    assert (await server(db, guild)).revision == guild.revision + 1
    moved = (ReleaseDate.parse("2026-12-18"), ReleaseDate.parse("2027-02-05"))
    assert [(c.old, c.new, c.history) for c in (await film(db)).changes] == [(*moved, False)]
    assert await notices(db, guild) == [moved]

    shelf.put("first-2026", "2027-02-05", "tt0000001", more + "# another byte\n")
    assert await shelf.load(db, LATER) == Loaded(films=1, moved=0)
    assert len((await film(db)).changes) == 1
    assert await notices(db, guild) == [moved]


async def test_history_that_a_film_begins_with_is_told_to_nobody(db: Database, shelf: Shelf) -> None:
    shelf.put("first-2026", "2027-02-05", "tt0000001", MOVED)
    assert await shelf.load(db) == Loaded(films=1, moved=0)
    guild = await follower(db)
    assert [change.history for change in (await film(db)).changes] == [True]
    assert await notices(db, guild) == []


@pytest.mark.parametrize("imdb", ["tt0000002", "tt0000001"], ids=["its own id", "an id that another file has"])
async def test_a_film_that_is_new_changes_nothing_for_anyone(db: Database, shelf: Shelf, imdb: str) -> None:
    await shelf.load(db)
    guild, first = await follower(db), await film(db)
    shelf.put("second-2026", "2026-06-06", imdb)
    assert await shelf.load(db, LATER) == Loaded(films=2, moved=0)
    assert await server(db, guild) == guild
    second = await film(db, "second-2026")
    assert (second.title, second.changes) == ("second-2026", ())
    assert (await film(db)).title == first.title
    assert (await film(db)).releases == first.releases
    assert await notices(db, guild) == []


async def test_a_film_that_is_gone_stays_and_a_franchise_does_not(db: Database, shelf: Shelf) -> None:
    await shelf.load(db)
    guild, first = await follower(db), await film(db)
    shelf.put("second-2026", "2026-06-06", "tt0000002")
    (shelf.folder / "films" / "first-2026.toml").unlink()
    (shelf.folder / "franchises" / "both.toml").unlink()
    await shelf.load(db, LATER)
    left = await film(db)
    assert (left.id, left.releases, left.franchise) == (first.id, first.releases, None)
    assert await server(db, guild) == guild


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("films/second-2026.toml", "title = ", id="a film"),
        pytest.param("franchises/more.toml", 'name = "More"', id="a franchise"),
    ],
)
async def test_a_corrupt_catalogue_leaves_everything_as_it_was(
    db: Database, shelf: Shelf, file: str, text: str
) -> None:
    await shelf.load(db)
    guild, first = await follower(db), await film(db)
    shelf.put("first-2026", "2027-02-05", "tt0000001")
    (shelf.folder / file).write_text(text)
    with pytest.raises(CatalogueError, match=Path(file).name):
        await shelf.load(db, LATER)
    assert (await film(db), await server(db, guild)) == (first, guild)
    (shelf.folder / file).unlink()
    assert await shelf.load(db, LATER) == Loaded(films=1, moved=1)  # the good part was not taken for loaded


async def test_what_fails_half_way_is_not_half_taken_over(
    db: Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelf.load(db)
    guild, first = await follower(db), await film(db)
    shelf.put("first-2026", "2027-02-05", "tt0000001")

    async def full(*_: object) -> int:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(film_store, "save_franchise", full)
        with pytest.raises(OSError, match="no space"):
            await shelf.load(db, LATER)
    assert (await film(db), await server(db, guild)) == (first, guild)
    assert (await shelf.load(db, LATER)).moved == 1


async def test_processes_that_start_at_once_take_it_over_once(db: Database, url: str, shelf: Shelf) -> None:
    """On SQLite there is one process, and the others are tasks of it."""
    await shelf.load(db)
    guild = await follower(db)
    shelf.put("first-2026", "2027-02-05", "tt0000001")
    others = [] if db.engine == "sqlite" else [await open_database(url) for _ in range(2)]
    loaded = await asyncio.gather(*(shelf.load(each, LATER) for each in [db, *others] * 2))
    for other in others:
        await other.close()
    assert sorted(each.films for each in loaded) == [0] * (len(loaded) - 1) + [1]
    assert len((await film(db)).changes) == 1
    assert len(await notices(db, guild)) == 1
