"""The first try of the title index, kept to be measured beside the one that came of it.

Full text with the rank as row id; a word that no title has is replaced by the likest one that some title has.
"""

import asyncio
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.domain.titles import normalise, words_of
from bot.store.title_file import connect
from bot.store.title_index import TitleHit


class FirstTry:
    """The same films as in a side file, the simple way. Made by `open`, and to be closed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._db: sqlite3.Connection
        self._words: list[str]

    @classmethod
    async def open(cls, path: Path) -> "FirstTry":
        index = cls()
        await asyncio.get_running_loop().run_in_executor(index._thread, index._fill, path)
        return index

    async def search(self, typed: str, limit: int = 25) -> list[TitleHit]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._search, typed, limit)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()

    def _fill(self, path: Path) -> None:
        simple = path.with_suffix(".first")
        made = simple.exists()
        self._db = sqlite3.connect(simple)
        if not made:
            self._db.execute("CREATE VIRTUAL TABLE texts USING fts5(words, tokenize='ascii')")
            self._db.execute("CREATE TABLE films (rank INTEGER PRIMARY KEY, ref, title, year)")
            self._db.execute("CREATE TABLE words (word PRIMARY KEY, films) WITHOUT ROWID")
            words: Counter[str] = Counter()
            for rank, ref, title, year, name in connect(path).execute("SELECT rank, ref, title, year, name FROM films"):
                words.update(words_of(name))
                self._db.execute("INSERT INTO films VALUES (?, ?, ?, ?)", (rank, ref, title, year))
                self._db.execute("INSERT INTO texts (rowid, words) VALUES (?, ?)", (rank, " ".join(words_of(name))))
            self._db.executemany("INSERT INTO words VALUES (?, ?)", words.items())
            self._db.commit()
        self._words = [row[0] for row in self._db.execute("SELECT word FROM words")]

    def _search(self, typed: str, limit: int) -> list[TitleHit]:
        words = words_of(normalise(typed))
        if not words:
            return []
        found = self._having([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}" *'], limit)
        if not found:
            found = self._having([f'"{self._corrected(word)}"' for word in words], limit)
        return found

    def _corrected(self, word: str) -> str:
        if self._db.execute("SELECT 1 FROM words WHERE word = ?", (word,)).fetchone():
            return word
        likest = extractOne(word, self._words, scorer=OSA.distance, processor=None, score_cutoff=2)
        return likest[0] if likest else word

    def _having(self, terms: list[str], limit: int) -> list[TitleHit]:
        rows = self._db.execute(
            "SELECT f.ref, f.title, f.year, f.rank FROM texts t JOIN films f ON f.rank = t.rowid "
            "WHERE texts MATCH ? ORDER BY t.rowid LIMIT ?",
            (" AND ".join(terms), limit),
        )
        return [TitleHit(ref, title, year, title, 0.0, rank) for ref, title, year, rank in rows]
