"""A server's list as a file."""

import csv
import io
import json
from dataclasses import replace

import pytest

from bot.domain.films import Film
from bot.services.exporting import ExportFormat, Exporting
from bot.services.tracking import Place
from bot.store.database import Database
from tests.services.library import CHANNEL, GUILD, NOW, USER, WICK, Desk, film, open_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await open_desk(database)


async def track(desk: Desk, *films: Film, channel_id: int | None = None) -> None:
    for film_id in await desk.store(*films):
        await desk.tracking.track(Place(GUILD, CHANNEL, USER, "en-US"), film_id, channel_id, NOW)


async def export(desk: Desk, format_: ExportFormat) -> bytes:
    exported = await Exporting(desk.db).export(GUILD, format_, NOW)
    assert exported is not None
    assert exported.filename == f"marquee-2026-11-23.{format_}"
    return exported.content


async def sheet(desk: Desk) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await export(desk, ExportFormat.CSV)).decode("utf-8-sig"), newline="")))


async def test_nothing_tracked_and_nothing_followed_is_no_file(desk: Desk) -> None:
    for guild in (GUILD, 404):
        assert await Exporting(desk.db).export(guild, ExportFormat.JSON, NOW) is None


async def test_json_has_the_films_with_ids_and_the_follows(desk: Desk) -> None:
    ids = {"bundled": "five", "imdb": "tt9000005", "tmdb": "5", "wikidata": "Q5"}
    await track(desk, replace(film("Chapter 5"), ids=ids), channel_id=66)
    await track(desk, film("Später", None, story=False, lead="A"))
    await desk.follow(WICK, "john wick")
    body = json.loads(await export(desk, ExportFormat.JSON))
    assert (body["version"], body["server"], body["country"], body["exported_at"]) == (
        1, str(GUILD), "US", NOW.isoformat(),
    )  # fmt: skip
    assert body["films"] == [
        {
            "title": "Chapter 5", "year": 2027, "imdb": "tt9000005", "tmdb": "5", "wikidata": "Q5",
            "country": "US", "type": "theatrical", "date": "2027-06-04", "precision": "day", "source": "bundled",
            "wanted": ["cinema"], "tracked_at": NOW.isoformat(), "tracked_by": str(USER), "channel": "66",
        },
        {
            "title": "Später", "year": None, "imdb": None, "tmdb": None, "wikidata": None,
            "country": "US", "type": None, "date": "tba", "precision": "tba", "source": None,
            "wanted": ["cinema"], "tracked_at": NOW.isoformat(), "tracked_by": str(USER), "channel": str(CHANNEL),
        },
    ]  # fmt: skip
    assert body["follows"] == [
        {
            "kind": "franchise", "name": "John Wick", "refs": ["tmdb:404609"], "followed_at": NOW.isoformat(),
            "followed_by": str(USER), "channel": str(CHANNEL),
        }
    ]  # fmt: skip


async def test_csv_is_one_table_that_a_spreadsheet_opens(desk: Desk) -> None:
    await track(desk, film('Amélie, "Poulain"', "2027-Q2", tmdb=5))
    await desk.follow(WICK, "john wick")
    assert (await export(desk, ExportFormat.CSV)).startswith(b"\xef\xbb\xbfkind,title,year,imdb,tmdb,wikidata,")
    [row, followed] = await sheet(desk)
    assert (row["kind"], row["title"], row["tmdb"], row["imdb"]) == ("film", 'Amélie, "Poulain"', "5", "")
    assert (row["date"], row["precision"], row["wanted"]) == ("2027-Q2", "quarter", "cinema")
    assert (row["tracked_by"], row["channel"]) == (f"<@{USER}>", f"<#{CHANNEL}>")
    assert (followed["kind"], followed["title"], followed["tmdb"], followed["date"]) == (
        "franchise", "John Wick", "404609", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("9-1-1", "9-1-1"),
        ("Wick = War", "Wick = War"),
    ],
)
async def test_no_cell_is_a_formula(desk: Desk, title: str, cell: str) -> None:
    await track(desk, replace(film(title, story=False), ids={"bundled": "x"}))
    [row] = await sheet(desk)
    assert row["title"] == cell
    assert json.loads(await export(desk, ExportFormat.JSON))["films"][0]["title"] == title
