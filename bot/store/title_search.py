"""Finding titles in the side file: as typed first, and where that gives too little, as it may have been meant."""

import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from bot.domain.titles import MAX_TYPED, normalise, split_year, unsorted, words_of
from bot.store.title_file import CROWD, HEAD_LENGTH
from bot.store.title_fit import BEGINS, BEGINS_BARE, MISSPELT, SAME, WORDS, Reading
from bot.store.title_words import Spelling, Words, combined, without_extra_letter

_FAR = chr(0x10FFFF)
#: Words read of what was typed; no title that anybody types has more, and each costs.
_MAX_WORDS = 10
#: Films taken of a list that holds whatever has the words; the most wanted first.
_TAKEN = 120
#: Films taken of those that begin alike.
_SHOWN = 30
#: Films taken of those with one and the same corrected name.
_NAMESAKES = 8
#: So many letters begin no title by accident: if one begins so, no other spelling was meant.
_SURE = 10
#: A word that more films have is left out of the full text's question when there is a much rarer one.
_FREQUENT = 5_000
#: What one search may read of the full text's lists, in entries; some 15 ns each.
_READ = 300_000
#: A part of a run-on word that is looked for has so many letters.
_PART = 3
#: Ways to spell everything that was typed.
_WAYS = 16

#: Which films are shown when too many fit: logarithms of how unlikely it is that a film was meant. Interest in a film
#: falls with its rank by this power …
_WANTED = 0.7
_WHOLE = -1.0  #: … a title that was typed to its end is likelier than one that only begins so,
_INSIDE = 2.0  #: one that has the words further in is less likely,
_WRONG = 1.0  #: one that was mistyped still less,
_A_SLIP = 2.5  #: and so for each slip.

_EXACT = "SELECT film FROM names WHERE name = ? LIMIT 30"
_HEAD = "SELECT films FROM heads WHERE name = ?"
_BEGIN = f"SELECT film FROM names WHERE name >= ? AND name < ? LIMIT {CROWD}"  # noqa: S608 - a number
_TEXTS = "SELECT rowid FROM texts WHERE texts MATCH ? LIMIT ?"
_NAMES = "SELECT rank, name, year, original_name FROM films WHERE rank IN (SELECT value FROM json_each(?))"
_FILM = "SELECT ref, title, year, original_title FROM films WHERE rank = ?"


@dataclass(frozen=True, slots=True)
class TitleHit:
    """A film that fits what was typed."""

    ref: str  #: names the film to its source: "tmdb:541671", "imdb:tt7181546"
    title: str
    year: int | None
    original_title: str
    #: 0 to 100, on the scale of the search over stored films.
    fit: float
    #: 1 is the most wanted film of all.
    rank: int


class TitleSearch:
    """Searches one open side file; for one thread."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._words = Words(db)

    def search(self, typed: str, limit: int, this_year: int | None) -> list[TitleHit]:
        """At most `limit` films, the best first; at equal fit what is to come, then the most wanted."""
        readings = _readings(typed)
        if not readings or limit < 1:
            return []
        finding = _Finding(self._db, self._words, readings)
        finding.as_typed(limit)
        finding.as_meant(limit)
        found: list[tuple[tuple[float, bool, int], TitleHit]] = []
        for rank, fit in finding.best(limit):
            ref, title, year, original = self._db.execute(_FILM, (rank,)).fetchone()
            is_out = this_year is None or year is None or year < this_year
            hit = TitleHit(ref, title, year, original or title, min(fit, 100.0), rank)
            found.append(((-round(fit), is_out, rank), hit))
        return [hit for _, hit in sorted(found, key=lambda pair: pair[0])]


def _readings(typed: str) -> list[Reading]:
    typed = unsorted(typed[:MAX_TYPED])
    text, year = split_year(typed)
    # "Blade Runner 2049": what looks like a year may be a part of the title.
    found: list[Reading] = []
    for spelt, of in ((typed, None), *(((text, year),) if year else ())):
        normal = normalise(spelt)
        if normal:
            found.append(Reading.of(normal, of, words_of(normal)[:_MAX_WORDS]))
    return found


class _Finding:
    """One search under way: the films looked at so far, and how well each fits."""

    def __init__(self, db: sqlite3.Connection, words: Words, readings: Sequence[Reading]) -> None:
        self._db = db
        self._words = words
        self._readings = readings
        self._fits: dict[int, float] = {}
        self._left = _READ

    def best(self, limit: int) -> list[tuple[int, float]]:
        """The films to show: those most likely meant, by how wanted they are and what had to go wrong in typing."""
        reading = self._readings[-1]
        length = len(reading.text)
        least = max(min(60.0, reading.fit_with_slips(1.3)), 40.0)

        def doubt(hit: tuple[int, float]) -> float:
            rank, fit = hit
            if fit >= SAME:
                wrong = _WHOLE
            elif fit >= BEGINS_BARE:
                wrong = 0.0
            elif fit > MISSPELT:
                wrong = _INSIDE
            else:
                wrong = _WRONG + _A_SLIP * (1 - fit / MISSPELT) * length
            return _WANTED * log(rank + 20) + wrong

        hits = [hit for hit in self._fits.items() if hit[1] >= least]
        return sorted(hits, key=doubt)[:limit] if len(hits) > limit else hits

    def _count(self, fit: float) -> int:
        return sum(found >= fit for found in self._fits.values())

    def as_typed(self, limit: int) -> None:
        """Look for titles that begin so, then for those that have the words."""
        ranks: list[int] = []
        for reading in self._readings:
            ranks += self._beginning(reading.joined)
        self._take(ranks)
        if self._count(BEGINS) >= limit:
            return
        for reading in self._readings:
            if reading.bare != reading.text:
                ranks += self._beginning(reading.bare.replace(" ", ""))
            last = len(reading.words) - 1
            groups = [
                [Spelling(word, self._words.known(word, place == last), 0)] for place, word in enumerate(reading.words)
            ]
            if all(group[0].films for group in groups):
                ranks += self._with_words(groups)
        self._take(ranks)

    def as_meant(self, limit: int) -> None:
        """Look for titles whose words are spelt a little otherwise; the further, the less there is to show."""
        reading = self._readings[-1]
        last = len(reading.words) - 1
        enough = self._count(WORDS) >= limit
        if len(reading.joined) >= _SURE and (enough or self._count(BEGINS)):
            return
        films = [self._words.known(word, place == last) for place, word in enumerate(reading.words)]
        groups = [[Spelling(word, count, 0)] if count else [] for word, count in zip(reading.words, films, strict=True)]
        unknown = [place for place, count in enumerate(films) if not count]
        for places in (unknown, [place for place, count in enumerate(films) if count]):
            if not places:
                continue
            for place in places:
                groups[place] += self._words.near(reading.words[place], place == last, 1, 3 * _WAYS)
            self._take_spellings(reading, groups, not enough)
            if self._found(reading, 1.5):
                return
        if not self._found(reading, 1.5 if last == 0 else 2.5):
            self._far_from(reading, groups, unknown or range(last + 1))

    def _take_spellings(self, reading: Reading, groups: Sequence[Sequence[Spelling]], words_too: bool) -> None:
        ranks: list[int] = []
        exact: list[int] = []
        ways, most = (_WAYS, _TAKEN) if words_too else (_WAYS // 2, _SHOWN)
        for joined in (*combined(groups, ways), *without_extra_letter(reading.joined)):
            ranks += self._beginning(joined)
            exact += self._named(joined)
        if words_too and len(reading.words) == 1:
            for spelling in self._words.near(reading.joined, False, 1, 100):  # a rare word may be all of a title
                exact += self._named(spelling.text)
        ranks = sorted(set(ranks))[:most] + exact
        if words_too and any(groups):
            ranks += self._with_words([group for group in groups if group])
        self._take(ranks)

    def _far_from(self, reading: Reading, groups: list[list[Spelling]], doubtful: Iterable[int]) -> None:
        """Look further: two slips in a word, a title that only begins alike, a word that no slip explains."""
        last = len(reading.words) - 1
        wide = list(groups)
        for place in doubtful:
            if len(reading.words[place]) > 4:
                wide[place] = groups[place] + self._words.near(reading.words[place], place == last, 2, 2 * _WAYS)
        self._take(self._beginning_alike(reading.joined))
        self._take_spellings(reading, wide, True)
        if self._found(reading, 2.5):
            return
        some = [group for group in groups if group]
        ranks: list[int] = []
        for place, group in enumerate(groups):
            if not group:
                for part, rest in self._parts(reading.words[place], place == last):
                    ranks += self._with_words([*some, [part]] if place == last else [[part], *some])
                    for whole in rest:
                        ranks += self._beginning(reading.joined.replace(reading.words[place], whole))
        if len(some) > 1:
            for left_out in range(min(len(some), 5)):
                ranks += self._with_words([group for place, group in enumerate(some) if place != left_out])
        self._take(ranks)

    def _parts(self, word: str, begun: bool) -> list[tuple[Spelling, list[str]]]:
        """The rarest words that an unknown one ends or begins with, and what the whole may be then.

        A space was missed, and in what is left of the word something else is wrong.
        """
        if len(word) < 2 * _PART:
            return []
        found: list[tuple[Spelling, list[str]]] = []
        for cut in range(2, len(word) - 1):
            left, right = word[:cut], word[cut:]
            if cut >= _PART and (films := self._words.known(left, False)):
                found.append((Spelling(left, films, 0), [left + s.text for s in self._words.near(right, begun, 1, 4)]))
            if len(right) >= _PART and (films := self._words.known(right, begun)):
                found.append((Spelling(right, films, 0), [s.text + right for s in self._words.near(left, False, 1, 4)]))
        return sorted(found, key=lambda pair: pair[0].films)[:3]

    def _found(self, reading: Reading, slips: float) -> bool:
        """Whether a title is at most so many slips away."""
        return max(self._fits.values(), default=0.0) >= reading.fit_with_slips(slips)

    def _beginning(self, joined: str) -> list[int]:
        """The most wanted films with a name that begins so, and the most wanted of those with no other name."""
        if len(joined) <= HEAD_LENGTH:
            row = self._db.execute(_HEAD, (joined,)).fetchone()
            if row is not None:
                return array("I", row[0]).tolist()[:_SHOWN] + [row[0] for row in self._db.execute(_EXACT, (joined,))]
        return sorted(row[0] for row in self._db.execute(_BEGIN, (joined, joined + _FAR)))[:_SHOWN]

    def _named(self, joined: str) -> list[int]:
        return [row[0] for row in self._db.execute(_EXACT, (joined,))][:_NAMESAKES]

    def _beginning_alike(self, joined: str) -> list[int]:
        """Films with a name that shares its beginning with what was typed, as long as there is one."""
        ranks: list[int] = []
        low, high = 1, len(joined)
        while low < high:
            middle = (low + high + 1) // 2
            if self._db.execute(_BEGIN, (joined[:middle], joined[:middle] + _FAR)).fetchone():
                low = middle
            else:
                high = middle - 1
        for length in range(low, max(low - 4, 2), -1):
            ranks += self._beginning(joined[:length])
        return ranks

    def _with_words(self, groups: Sequence[Sequence[Spelling]]) -> list[int]:
        """The most wanted films that have a word of every group; the last group's are beginnings."""
        weights = [sum(spelling.films for spelling in group) for group in groups]
        least = min(weights)
        parts: list[str] = []
        for place, group in enumerate(groups):
            if weights[place] > _FREQUENT and weights[place] > 10 * least:
                continue
            star = " *" if place == len(groups) - 1 else ""
            parts.append("(" + " OR ".join(f'"{spelling.text}"{star}' for spelling in group) + ")")
            self._left -= weights[place]
        if self._left < 0:
            return []
        return [row[0] for row in self._db.execute(_TEXTS, (" AND ".join(parts), _TAKEN))]

    def _take(self, ranks: Iterable[int]) -> None:
        """Read these films, and see how well they fit."""
        new = sorted(set(ranks) - self._fits.keys())
        if not new:
            return
        rows = self._db.execute(_NAMES, (str(new),)).fetchall()
        rows += [(rank, other, year, None) for rank, _, year, other in rows if other]
        names, years = [row[1] for row in rows], [row[2] for row in rows]
        for reading in self._readings:
            for row, fit in zip(rows, reading.fits(names, years), strict=True):
                self._fits[row[0]] = max(fit, self._fits.get(row[0], 0.0))
