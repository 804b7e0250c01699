"""Building the side file of film titles: beside the old one, and renamed into its place when it is whole."""

import os
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bot.domain.errors import DatabaseError, OperatorError
from bot.domain.titles import ListedTitle, elided_words, normalise, without_article, words_of
from bot.store.title_file import (
    APPLICATION_ID,
    CROWD,
    FORM_LENGTHS,
    FORMAT,
    HEAD,
    HEAD_LENGTH,
    check_file,
    deletions,
    key_of,
)

#: Called now and then with what is being done, how much of it is done, and of how much (0: not known).
Progress = Callable[[str, int, int], None]
_STEP = 10_000

_SCHEMA = """
-- The films, the most wanted first. `name` is the title as it is compared; `original…` only where it differs.
CREATE TABLE films (
    rank INTEGER PRIMARY KEY, ref TEXT NOT NULL, title TEXT NOT NULL, year INTEGER, name TEXT NOT NULL,
    original_title TEXT, original_name TEXT
);
-- What a film's names begin with, without spaces, so that run-on and split words make no difference.
CREATE TABLE names (name TEXT NOT NULL, film INTEGER NOT NULL, PRIMARY KEY (name, film)) WITHOUT ROWID;
-- The most wanted films of beginnings that very many share.
CREATE TABLE heads (name TEXT PRIMARY KEY, films BLOB NOT NULL) WITHOUT ROWID;
-- Every word, and every beginning of one up to 7 letters: how many films have it as a word, and as a beginning.
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL, films INTEGER NOT NULL, begins INTEGER NOT NULL);
-- Words and beginnings by what is left of them without one letter, and without two: see title_words.py.
CREATE TABLE near1 (key INTEGER PRIMARY KEY);
CREATE TABLE near2 (key INTEGER PRIMARY KEY);
-- detail, columnsize and content: no places, no lengths, no copy. The ascii tokenizer splits at spaces only: whatever
-- else could split is normalised away before.
CREATE VIRTUAL TABLE texts USING fts5(
    words, content='', columnsize=0, detail=none, prefix='1 2 3 4 5', tokenize='ascii'
);
CREATE TABLE listed (
    source TEXT NOT NULL, weight REAL NOT NULL, ref TEXT NOT NULL, title TEXT NOT NULL, year INTEGER,
    name TEXT NOT NULL, original_title TEXT, original_name TEXT
);
"""
#: Lists have weights of their own: what is in the first hundredth of one stands with the first hundredth of another.
_RANK = """
INSERT INTO films (ref, title, year, name, original_title, original_name)
SELECT ref, title, year, name, original_title, original_name FROM (
    SELECT *, CAST(row_number() OVER (PARTITION BY source ORDER BY weight DESC, ref) AS REAL)
        / count(*) OVER (PARTITION BY source) AS place
    FROM listed
) ORDER BY place, source DESC
"""
_KEEP = """
INSERT INTO listed
SELECT substr(ref, 1, instr(ref, ':') - 1), -rank, ref, title, year, name, original_title, original_name
FROM old.films WHERE ref NOT LIKE :source || ':%'
"""


def build_titles(path: Path, source: str, films: Iterable[ListedTitle], progress: Progress) -> tuple[int, int]:
    """Put `films` in the place of what the file at `path` has of `source`; (how many they are, how many all are).

    Whatever happens midway, an exception of `films` included, the file stays as it was.

    Raises:
        OperatorError: there is no film, or the file or its folder cannot be used; the sentence says what to do.
    """
    if not path.parent.is_dir():
        raise DatabaseError(f"The folder {path.parent} does not exist. Make it, or give another one.")
    lock = FileLock(f"{path}.lock")
    part = path.with_name(f"{path.name}.part")
    try:
        lock.acquire(blocking=False)
        try:
            part.unlink(missing_ok=True)  # of an import that was killed
            with closing(sqlite3.connect(part.absolute().as_uri(), uri=True, isolation_level=None)) as db:
                counts = _Build(db, progress).run(path, source, films)
            _sync(part)
            part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            lock.release()
    except Timeout as error:
        raise DatabaseError(f"Another import into {path} is running. Wait for it, then try again.") from error
    except OSError as error:
        raise DatabaseError(f"{path} cannot be written ({error.strerror}). Make its folder writable.") from error
    except sqlite3.Error as error:
        raise DatabaseError(f"{path} cannot be written ({error}). Is there space left on the disk?") from error
    return counts


class _Build:
    def __init__(self, db: sqlite3.Connection, progress: Progress) -> None:
        self._db = db
        self._progress = progress

    def run(self, path: Path, source: str, films: Iterable[ListedTitle]) -> tuple[int, int]:
        if path.exists():
            check_file(path)
        # Until the file is renamed nobody reads it: a crash may leave it in any state.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "page_size = 4096"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._db.execute("INSERT INTO texts (texts, rank) VALUES ('hashsize', 33554432)")
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._rows(source, films))
        mine = self._count("listed")
        self._db.execute("COMMIT")
        if not mine:
            raise OperatorError("This list has no film in it. Nothing was imported.")
        if path.exists():
            self._db.execute("ATTACH :file AS old", {"file": f"{path.absolute().as_uri()}?mode=ro"})
            self._db.execute(_KEEP, {"source": source})
            self._db.execute("DETACH old")
        self._db.execute("BEGIN")
        self._progress("sorting", 0, 0)
        self._db.execute(_RANK)
        self._db.execute("DROP TABLE listed")
        count = self._count("films")
        words = self._index(count)
        self._write_heads()
        self._write_words(words)
        self._progress("packing", 0, 0)
        self._db.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {FORMAT}")
        self._db.execute("COMMIT")
        self._db.execute("VACUUM")
        return mine, count

    def _rows(self, source: str, films: Iterable[ListedTitle]) -> Iterator[tuple[object, ...]]:
        for film in films:
            name = normalise(film.title)
            other = normalise(film.original_title)
            if not name and not other:
                continue
            original = film.original_title if film.original_title != film.title else None
            yield source, film.weight, film.ref, film.title, film.year, name, original, other if other != name else None

    def _index(self, count: int) -> Counter[str]:
        """Fill the full text and the names, in the order of ranks; how many films have each word."""
        words: Counter[str] = Counter()

        def texts() -> Iterator[tuple[int, str]]:
            for rank, title, name, other, year in self._db.execute(
                "SELECT rank, coalesce(original_title, title), name, original_name, year FROM films"
            ):
                own = set(words_of(name if other is None else f"{name} {other}") + elided_words(title))
                words.update(own)
                yield rank, " ".join(own if year is None else own | {str(year)})
                if rank % _STEP == 0:
                    self._progress("indexing words", rank, count)

        def names() -> Iterator[tuple[str, int]]:
            for rank, name, other in self._db.execute("SELECT rank, name, original_name FROM films"):
                for spelling in {name, without_article(name), *((other, without_article(other)) if other else ())}:
                    if spelling:
                        yield spelling.replace(" ", ""), rank

        self._progress("indexing words", 0, count)
        self._db.executemany("INSERT INTO texts (rowid, words) VALUES (?, ?)", texts())
        self._progress("indexing beginnings", 0, 0)
        self._db.execute("CREATE TEMP TABLE unsorted (name TEXT, film INTEGER)")
        self._db.executemany("INSERT INTO unsorted VALUES (?, ?)", names())
        self._db.execute("INSERT OR IGNORE INTO names SELECT name, film FROM unsorted ORDER BY name, film")
        self._db.execute("DROP TABLE unsorted")
        return words

    def _write_heads(self) -> None:
        rows = self._db.execute("SELECT name, film FROM names ORDER BY name, film")
        self._db.executemany("INSERT INTO heads VALUES (?, ?)", sorted(crowded_beginnings(rows)))

    def _write_words(self, films: Counter[str]) -> None:
        self._progress("indexing spellings", 0, 0)
        begins: Counter[str] = Counter()
        for word, count in films.items():
            for length in FORM_LENGTHS:
                if length <= len(word):
                    begins[word[:length]] += count
        forms = sorted(begins.keys() | films.keys())
        self._db.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?)",
            ((place, form, films[form], begins[form]) for place, form in enumerate(forms)),
        )
        self._db.execute("CREATE UNIQUE INDEX words_by_word ON words (word)")

        def one() -> Iterator[tuple[int]]:
            for place, form in enumerate(forms):
                if form in begins and len(form) > 1:
                    yield from ((key_of(text, place),) for text in {form, *deletions(form)})

        def two() -> Iterator[tuple[int]]:
            for place, form in enumerate(forms):
                if form in begins and len(form) > 4 and (films[form] or len(form) == FORM_LENGTHS[-1]):
                    once = set(deletions(form))
                    twice = {text for shorter in once for text in deletions(shorter)}
                    yield from ((key_of(text, place),) for text in twice - once)

        for table, found in (("near1", one()), ("near2", two())):
            self._db.execute("CREATE TEMP TABLE unsorted (key INTEGER)")
            self._db.executemany("INSERT INTO unsorted VALUES (?)", found)
            self._db.execute(f"INSERT OR IGNORE INTO {table} SELECT key FROM unsorted ORDER BY key")  # noqa: S608
            self._db.execute("DROP TABLE unsorted")

    def _count(self, table: str) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a name from here


def crowded_beginnings(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    """Of names in order: each beginning that more than CROWD rows share, with the ranks of its HEAD best films."""
    # Open beginnings, the longer the later: [length, rows, best ranks]. A row closes those that it does not share.
    is_open: list[tuple[int, int, list[int]]] = []
    before, rank_before = "", 0

    def close_down_to(shared: int, name: str) -> Iterator[tuple[str, bytes]]:
        length, count = len(name), 1
        ranks: list[int] = [rank_before]
        while True:
            below = is_open[-1][0] if is_open else 0
            down = max(below, shared)
            if count > CROWD:
                best = array("I", sorted(set(ranks))[:HEAD]).tobytes()
                yield from ((name[:end], best) for end in range(down + 1, min(length, HEAD_LENGTH) + 1))
            if below < shared or not is_open:
                is_open.append((shared, count, ranks))
                return
            _, more, others = is_open.pop()
            ranks = others + ranks
            if len(ranks) > 4 * HEAD:
                ranks = sorted(set(ranks))[:HEAD]
            length, count = below, count + more
            if below == shared:
                is_open.append((shared, count, ranks))
                return

    for name, rank in rows:
        if before:
            yield from close_down_to(_shared(before, name), before)
        before, rank_before = name, rank
    if before:
        yield from close_down_to(0, before)


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
