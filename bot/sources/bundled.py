"""The catalogue that ships with Marquee: TOML files → films and franchises. The only file that knows their format."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from bot.domain.dates import TBA, ReleaseDate
from bot.domain.errors import CatalogueError
from bot.domain.films import (
    Catalogue,
    CatalogueEntry,
    CatalogueFranchise,
    Credit,
    DateChange,
    EntryKind,
    Film,
    Job,
    Release,
    ReleaseType,
    Trivia,
)
from bot.domain.places import countries
from bot.domain.releases import counting_release

SOURCE = "bundled"
T = TypeVar("T")


class _Release(msgspec.Struct, forbid_unknown_fields=True):
    country: str
    type: ReleaseType
    date: str
    note: str = ""


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    country: str
    type: ReleaseType
    old: str
    new: str
    known_on: str = "tba"
    source: str = ""


class _Credit(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    job: Job
    character: str = ""


class _Trivia(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    source: str
    spoiler: bool = False


class _Ids(msgspec.Struct, forbid_unknown_fields=True):
    imdb: str | None = None
    wikidata: str | None = None
    tmdb: int | None = None


class _FilmFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    as_of: dt.date
    sources: list[str]
    original_title: str = ""
    original_language: str = ""
    alternative_titles: list[str] = []
    year: int | None = None
    summary: str = ""
    runtime_minutes: int | None = None
    genres: list[str] = []
    companies: list[str] = []
    distributors: list[str] = []
    countries: list[str] = []
    ids: _Ids = msgspec.field(default_factory=_Ids)
    releases: list[_Release] = []
    date_changes: list[_Change] = []
    credits: list[_Credit] = []
    trivia: list[_Trivia] = []


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    story: int
    film: str | None = None
    series: str | None = None
    date: str = "tba"
    country: str = "US"
    note: str = ""


class _FranchiseFile(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    as_of: dt.date
    sources: list[str]
    entries: list[_Entry]


def find_catalogue() -> Path:
    """The folder of the bundled catalogue: `bot/data` when installed from a wheel, `data` in a checkout.

    Raises:
        CatalogueError: neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / "films").is_dir():
            return folder
    raise CatalogueError("The bundled film catalogue is missing; install Marquee again.")


def digest_of(folder: Path) -> str:
    """A digest of every file of the catalogue, by name and content."""
    digest = hashlib.sha256()
    for path in _files(folder):
        try:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        except OSError as error:
            raise CatalogueError(f"The catalogue file {path.name} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def read_catalogue(folder: Path) -> Catalogue:
    """Read and check the whole catalogue.

    Raises:
        CatalogueError: a file is missing, no TOML, or says what cannot be; the sentence names the file.
    """
    films = {path.stem: _film(path) for path in sorted((folder / "films").glob("*.toml"))}
    if not films:
        raise CatalogueError(f"The film catalogue in {folder} has no films; point MARQUEE_DATA at a folder that has.")
    franchises = tuple(_franchise(path, films) for path in sorted((folder / "franchises").glob("*.toml")))
    return Catalogue(SOURCE, films, franchises, digest_of(folder))


def _files(folder: Path) -> Iterator[Path]:
    for part in ("films", "franchises"):
        yield from sorted((folder / part).glob("*.toml"))


def _load(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"The catalogue file {path.name} is wrong: {error}.") from error
    except (ValueError, RecursionError) as error:  # tomllib also fails on numbers and nesting without end
        raise CatalogueError(f"The catalogue file {path.name} is not valid TOML: {error}.") from error
    except OSError as error:
        raise CatalogueError(f"The catalogue file {path.name} cannot be read: {error.strerror}.") from error


def _film(path: Path) -> Film:
    file = _load(path, _FilmFile)
    try:
        return _to_film(path.stem, file)
    except ValueError as error:
        raise CatalogueError(f"The catalogue file {path.name} is wrong: {error}.") from error


def _to_film(key: str, file: _FilmFile) -> Film:
    positions: dict[Job, Iterator[int]] = {job: count() for job in Job}
    known = {name: value for name, value in msgspec.to_builtins(file.ids).items() if value is not None}
    return Film(
        id=0,
        title=_text(file.title, "title"),
        year=file.year,
        original_title=file.original_title,
        original_language=file.original_language,
        alternative_titles=tuple(file.alternative_titles),
        summary=file.summary,
        runtime_minutes=file.runtime_minutes,
        genres=tuple(file.genres),
        companies=tuple(file.companies),
        distributors=tuple(file.distributors),
        countries=tuple(_country(code) for code in file.countries),
        releases=tuple(
            Release(_country(r.country), r.type, ReleaseDate.parse(r.date), r.note, SOURCE) for r in file.releases
        ),
        changes=tuple(_change(change) for change in file.date_changes),
        credits=tuple(
            Credit(0, _text(c.name, "name"), c.job, next(positions[c.job]), c.character) for c in file.credits
        ),
        trivia=tuple(Trivia(_text(t.text, "trivia"), t.spoiler, t.source) for t in file.trivia),
        ids={SOURCE: key, **{name: str(value) for name, value in known.items()}},
        sources=tuple(file.sources),
        as_of=file.as_of,
    )


def _change(change: _Change) -> DateChange:
    known = ReleaseDate.parse(change.known_on).first
    old, new = (None if text == "tba" else ReleaseDate.parse(text) for text in (change.old, change.new))
    known_at = dt.datetime.combine(known, dt.time(), dt.UTC) if known else None
    source = change.source or SOURCE
    return DateChange(0, 0, _country(change.country), change.type, old, new, source, known_at, history=True)


def _franchise(path: Path, films: Mapping[str, Film]) -> CatalogueFranchise:
    file = _load(path, _FranchiseFile)
    try:
        return CatalogueFranchise(path.stem, _text(file.name, "name"), tuple(_entry(e, films) for e in file.entries))
    except ValueError as error:
        raise CatalogueError(f"The catalogue file {path.name} is wrong: {error}.") from error


def _entry(entry: _Entry, films: Mapping[str, Film]) -> CatalogueEntry:
    if entry.film is not None and entry.series is not None:
        raise ValueError("an entry names both a film and a series")
    if entry.film is not None:
        film = films.get(entry.film)
        if film is None:
            raise ValueError(f"there is no film file {entry.film}.toml")
        counting = counting_release(film, entry.country)
        first = counting.main or counting.elsewhere
        date, country = (first.date, first.country) if first else (TBA, entry.country)
        return CatalogueEntry(EntryKind.FILM, film.title, entry.story, entry.film, date, country, entry.note)
    if entry.series is None:
        raise ValueError("an entry names neither a film nor a series")
    title, date, country = _text(entry.series, "series"), ReleaseDate.parse(entry.date), _country(entry.country)
    return CatalogueEntry(EntryKind.SERIES, title, entry.story, None, date, country, entry.note)


def _country(code: str) -> str:
    if code not in countries():
        raise ValueError(f"{code!r} is not a country's two letters, such as US")
    return code


def _text(text: str, what: str) -> str:
    if not text.strip():
        raise ValueError(f"a {what} is empty")
    return text
