"""How well titles fit what somebody typed, on the scale of the search over stored films: 100 is the very title."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.domain.titles import without_article

EXACT = 100.0
SAME = 99.0  #: but for an article
RESPACED = 98.0  #: but for spaces
BEGINS = 95.0
BEGINS_BARE = 93.0  #: without the article that was typed
WORDS = 90.0
RUN_ON = 89.0
INSIDE = 86.0
_LONG = 5
#: A misspelt title fits less than any that has the words as they were typed.
MISSPELT = 88.0
_HEAD = 0.04  #: taken off where only the beginning of a title is like what was typed
_NUMBER = re.compile(r"\b(?:\d+|i{2,3}|iv|vi{1,3}|ix)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was typed: the year at its end is the film's, or a part of the title."""

    text: str  #: normalised
    bare: str  #: without its article
    joined: str  #: without its spaces
    words: tuple[str, ...]
    numbers: frozenset[str]
    year: int | None

    @classmethod
    def of(cls, text: str, year: int | None, words: Sequence[str]) -> "Reading":
        """Prepare a normalised text for being compared with hundreds of titles."""
        numbers = frozenset(_NUMBER.findall(text))
        return cls(text, without_article(text), text.replace(" ", ""), tuple(words), numbers, year)

    def fit_with_slips(self, slips: float) -> float:
        """The fit of a beginning that so many slips away turn into what was typed."""
        return (1 - slips / max(len(self.text), slips) - _HEAD) * MISSPELT

    def fits(self, names: Sequence[str], years: Sequence[int | None]) -> list[float]:
        """How well each normalised title fits; more than MISSPELT only when every word is as it was typed."""
        fits = [self._as_typed(name) for name in names]
        places = [place for place, fit in enumerate(fits) if not fit]
        misspelt = self._misspelt([names[place] for place in places])
        for place, fit in zip(places, misspelt, strict=True):
            fits[place] = fit
        if self.year is not None:
            for place, year in enumerate(years):
                if year is not None:
                    fits[place] += 3 if year == self.year else -12 if abs(year - self.year) > 1 else -4
        return fits

    def _as_typed(self, name: str) -> float:
        text = self.text
        if name.startswith(text):
            return EXACT if name == text else BEGINS
        joined = name.replace(" ", "")
        bare = without_article(name)
        if bare == self.bare:
            return SAME
        if joined == self.joined:
            return RESPACED
        if bare.startswith(text):
            return BEGINS
        if bare.startswith(self.bare):
            return BEGINS_BARE
        if self._begins_words(name):
            return WORDS
        if joined.startswith(self.joined):
            return RUN_ON
        # Further in a word, or in a script without spaces.
        return INSIDE if len(text) >= (_LONG if text.isascii() else 2) and text in name else 0.0

    def _begins_words(self, name: str) -> bool:
        """Whether every word begins a word of the title, in order."""
        place = 0
        name = f" {name}"
        for word in self.words:
            place = name.find(f" {word}", place) + 1
            if place == 0:
                return False
        return True

    def _misspelt(self, names: Sequence[str]) -> list[float]:
        likeness = [0.0] * len(names)
        bare = [without_article(name) for name in names]
        self._compare(likeness, self.text, names)
        if any(map(str.__ne__, bare, names)) or self.bare != self.text:
            self._compare(likeness, self.bare, bare, less=0.01)
        for place, name in enumerate(names):
            # "Zootopia 3" is no misspelt "Zootopia 2".
            if self.numbers and likeness[place] and not self.numbers.issubset(_NUMBER.findall(name)):
                likeness[place] -= 0.16
        return [max(like, 0.0) * MISSPELT for like in likeness]

    @staticmethod
    def _compare(likeness: list[float], text: str, names: Sequence[str], less: float = 0.0) -> None:
        """Raise each likeness to that of the whole title, or of its beginning, with slips; many in one call."""
        length = len(text)
        takes = [(names, less)]
        takes += [([name[:end] for name in names], less + _HEAD) for end in (length - 1, length, length + 1)]
        for compared, off in takes:
            for _, like, place in extract(
                text, compared, scorer=OSA.normalized_similarity, processor=None, limit=None, score_cutoff=0.4
            ):
                likeness[place] = max(likeness[place], like - off)
