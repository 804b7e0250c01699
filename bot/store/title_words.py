"""The words that titles are made of, and those that a mistyped one may stand for.

A slip takes a letter away, adds one, changes one or swaps two. Two spellings that are one slip apart are the same once
a letter is taken from either: so every word is kept under what is left of it without each of its letters, and a
mistyped one is looked up without each of its own. Nothing is compared with all words, and no alphabet is needed.
"""

import itertools
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz.distance import OSA

from bot.store.title_file import FORM_LENGTHS, WORD_BITS, deletions, key_of

_LONGEST = FORM_LENGTHS[-1]
_MASK = (1 << WORD_BITS) - 1
_FAR = chr(0x10FFFF)

_COUNT = "SELECT films, begins FROM words WHERE word = ?"
_NEAR = f"""
SELECT w.word, w.films, w.begins FROM words w WHERE w.id IN (
    SELECT n.key & {_MASK} FROM json_each(?) k JOIN {{table}} n ON n.key BETWEEN k.value AND k.value + {_MASK}
)
"""  # noqa: S608 - no one's text
_NEAR1 = _NEAR.format(table="near1")
_NEAR2 = _NEAR.format(table="near2")
_LONGER = "SELECT word, films FROM words WHERE word > ? AND word < ? AND films > 0 LIMIT 100"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word, or the beginning of one, that may have been meant."""

    text: str
    films: int  #: how many have it
    slips: int  #: between it and what was typed


class Words:
    """Reads the vocabulary of one side file; for one thread."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def known(self, word: str, begun: bool) -> int:
        """How many films have this word, or one that begins so; the latter is 1 for what is too long to be counted."""
        if begun and len(word) > _LONGEST:
            row = self._db.execute("SELECT 1 FROM words WHERE word >= ? AND word < ? LIMIT 1", (word, word + _FAR))
            return len(row.fetchall())
        row = self._db.execute(_COUNT, (word,)).fetchone()
        return 0 if row is None else int(row[1] if begun else row[0])

    def near(self, word: str, begun: bool, slips: int, most: int) -> list[Spelling]:
        """At most `most` words at most 1 or 2 slips away, `word` itself left out; the nearest and commonest first.

        `begun`: the word may still be typed on, so that what comes after counts for nothing.
        """
        if len(word) < 2:
            return []
        head = word[:_LONGEST]
        texts = {head, *deletions(head)}
        tables = [_NEAR1]
        if slips > 1:
            texts |= {shorter for text in list(texts) for shorter in deletions(text)}
            tables.append(_NEAR2)
        looked_up = "[" + ",".join(str(key_of(text, 0)) for text in texts) + "]"
        forms = {row[0]: row for table in tables for row in self._db.execute(table, (looked_up,))}
        forms.pop(word, None)
        found: dict[str, Spelling] = {}
        length = len(word)
        for form, films, begins in forms.values():
            if len(form) == _LONGEST and length + slips >= _LONGEST:
                # What is cut off may be one slip's other half: a letter dropped before brings another one in.
                if OSA.distance(head, form, score_cutoff=2 * slips) > 2 * slips:
                    continue
                if films:
                    self._add(found, word, form, films, slips, begun)
                if begins > films:
                    for longer, count in self._db.execute(_LONGER, (form, form + _FAR)):
                        self._add(found, word, longer, count, slips, begun)
            elif begun or films:
                away = OSA.distance(word, form, score_cutoff=slips)
                if away <= slips:
                    found[form] = Spelling(form, begins if begun else films, away)
        return sorted(found.values(), key=lambda s: s.slips * 3 - log(s.films + 1) - (s.text[0] == word[0]))[:most]

    def _add(self, found: dict[str, Spelling], word: str, other: str, films: int, slips: int, begun: bool) -> None:
        if begun:
            length = len(word)
            heads = [other[:length], other[: length - 1], other[: length + 1]]
            away, other = min((OSA.distance(word, head, score_cutoff=slips), head) for head in heads)
        else:
            away = OSA.distance(word, other, score_cutoff=slips)
        if away <= slips and other != word:
            had = found.get(other)
            found[other] = Spelling(other, films + (had.films if had else 0), away)


def combined(groups: Iterable[Sequence[Spelling]], most: int) -> list[str]:
    """The likeliest ways to put the spellings of all words together, without spaces."""
    best = [("", 0.0)]
    for group in groups:
        grown = [
            (text + spelling.text, cost + spelling.slips * 3 - log(spelling.films + 1) / 3)
            for (text, cost), spelling in itertools.product(best, group[:most])
        ]
        best = sorted(grown, key=lambda way: way[1])[:most] if group else best
    return [text for text, _ in best]


def without_extra_letter(joined: str) -> list[str]:
    """The text without each letter that is there twice, or that may be a missed space."""
    return [
        joined[:place] + joined[place + 1 :]
        for place, key in enumerate(joined)
        if place and (key in "cvbnm" or key == joined[place - 1])
    ]
