"""Lists of film titles as TMDB and IMDb publish them, read line by line; the only file that knows their words.

TMDB: the daily export of movie ids, https://developer.themoviedb.org/docs/daily-id-exports.
IMDb: title.basics.tsv.gz, https://developer.imdb.com/non-commercial-datasets/.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bot.domain.errors import OperatorError
from bot.domain.titles import ListedTitle

#: Called now and then with how many bytes of the file are read, and how many it has.
Progress = Callable[[int, int], None]

#: The longest line of either is under 2,000 bytes.
MAX_LINE_BYTES = 16 * 1024
#: Unpacked, TMDB's export has 0.1 GB, IMDb's file 1 GB.
MAX_BYTES = 4 * 1024**3
#: Both unpack to six times their size. A file of nothing but zeros, to a thousand times.
MAX_RATIO = 200
_RATIO_FROM = 64 * 1024**2
_MAX_BLANK = 100
_STEP = 5_000

_IMDB_NEEDED = (
    "tconst",
    "titleType",
    "primaryTitle",
    "originalTitle",
    "isAdult",
    "startYear",
    "runtimeMinutes",
    "genres",
)
_IMDB_NULL = r"\N"


class TitleFileError(OperatorError):
    """A file that is not the list it was given as; the sentence says what it is instead."""


class _TmdbLine(msgspec.Struct):
    id: int
    original_title: str | None
    popularity: float | None
    adult: bool = False
    video: bool = False


def read_tmdb(path: Path, progress: Progress) -> Iterator[ListedTitle]:
    """Every film of TMDB's export but adult ones and mere videos; weighed by popularity. It knows no years.

    Raises:
        TitleFileError: at the first line that is not TMDB's.
    """
    decode = msgspec.json.Decoder(_TmdbLine).decode
    for number, line in _lines(path, progress):
        try:
            film = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _wrong(path, number, "TMDB's export of movie ids, such as movie_ids_05_15_2026.json.gz") from error
        if film.adult or film.video or not film.original_title:
            continue
        yield ListedTitle(
            f"tmdb:{film.id}", film.original_title, film.original_title, None, max(film.popularity or 0.0, 0.0)
        )


def read_imdb(path: Path, this_year: int, progress: Progress) -> Iterator[ListedTitle]:
    """Every film and television film of title.basics but adult ones; weighed by `_weight`.

    Raises:
        TitleFileError: at the first line that is not IMDb's.
    """
    columns: dict[str, int] = {}
    for number, line in _lines(path, progress):
        try:
            cells = line.decode().rstrip("\r\n").split("\t")
        except UnicodeDecodeError as error:
            raise _wrong(path, number, "IMDb's title.basics.tsv.gz") from error
        if not columns:
            columns = {name: place for place, name in enumerate(cells)}
            if not columns.keys() >= set(_IMDB_NEEDED):
                raise _wrong(path, number, "IMDb's title.basics.tsv.gz")
            continue
        if len(cells) != len(columns):
            raise _wrong(path, number, "IMDb's title.basics.tsv.gz")
        ref, kind, title, original, adult, year, runtime, genres = (cells[columns[name]] for name in _IMDB_NEEDED)
        if kind not in ("movie", "tvMovie") or adult != "0" or title in ("", _IMDB_NULL):
            continue
        if not re.fullmatch(r"tt[0-9]{1,15}", ref) or not re.fullmatch(r"[0-9]{4}|\\N", year):
            raise _wrong(path, number, "IMDb's title.basics.tsv.gz")
        original = title if original in ("", _IMDB_NULL) else original
        known = int(year) if year != _IMDB_NULL else None
        facts = (runtime != _IMDB_NULL) + (0 if genres == _IMDB_NULL else genres.count(",") + 1)
        weight = _weight(known, this_year, facts, shown_abroad=original != title, television=kind == "tvMovie")
        yield ListedTitle(f"imdb:{ref}", title, original, known, weight)


def _weight(year: int | None, this_year: int, facts: int, *, shown_abroad: bool, television: bool) -> float:
    """A guess at how wanted a film is, because title.basics has no measure of it.

    What is to come first; then films of which more is known, that have a title of their own in English, that were made
    for the cinema, and newer ones.
    """
    age = this_year - year if year is not None else 60
    coming = 3.0 if year is not None and age <= 0 else 0.0
    return coming + facts + shown_abroad - 1.5 * television - min(max(age, 0), 120) / 40


def _lines(path: Path, progress: Progress) -> Iterator[tuple[int, bytes]]:
    """The lines of a gzip file, numbered from 1; never more of it in memory, or unpacked, than a list can have."""
    unpacked = number = blank = 0
    try:
        with path.open("rb") as packed:
            size = path.stat().st_size
            if not size:
                raise TitleFileError(f"{path} is empty. Download it again.")
            if packed.read(2) != b"\x1f\x8b":
                raise TitleFileError(f"{path} is not a gzip file. Give the file as it was downloaded, not unpacked.")
            packed.seek(0)
            with gzip.open(packed) as lines:
                while line := lines.readline(MAX_LINE_BYTES + 1):
                    number += 1
                    unpacked += len(line)
                    if len(line) > MAX_LINE_BYTES:
                        raise TitleFileError(
                            f"Line {number} of {path} is longer than {MAX_LINE_BYTES:,} bytes; no title is."
                        )
                    if unpacked > MAX_BYTES or (unpacked > _RATIO_FROM and unpacked > packed.tell() * MAX_RATIO):
                        raise TitleFileError(f"{path} unpacks to far more than a list of titles does. It was not read.")
                    if number % _STEP == 0:
                        progress(packed.tell(), size)
                    if not line.isspace():
                        yield number, line
                    elif (blank := blank + 1) > _MAX_BLANK:
                        raise TitleFileError(f"{path} has more than {_MAX_BLANK} blank lines; no list of titles has.")
        progress(size, size)
    except EOFError as error:
        raise TitleFileError(f"{path} ends in its middle. Download it again.") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise TitleFileError(f"{path} is damaged ({error}). Download it again.") from error
    except OSError as error:
        raise TitleFileError(f"{path} cannot be read: {error.strerror}.") from error
    if not number:
        raise TitleFileError(f"{path} has nothing in it. Download it again.")


def _wrong(path: Path, number: int, wanted: str) -> TitleFileError:
    return TitleFileError(f"Line {number} of {path} is not a line of {wanted}. Nothing was imported.")
