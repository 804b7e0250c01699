"""A million film titles that never were, from a seed: as long, as alike and as unevenly loved as real ones.

Nothing is read from a list of real titles but the catalogue's own words, which lend their letters.
"""

import bisect
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CATALOGUE = Path(__file__).parents[2] / "data" / "films"
#: Share of titles with 1, 2, 3 … words; counted on 7,000 English titles of 2000 to 2025.
LENGTHS = (21.8, 31.5, 22.1, 11.6, 6.4, 3.4, 1.9, 0.8, 0.3, 0.2)
#: Share of all words in titles, in %; counted likewise. The words below them follow Zipf's law.
COMMON = {
    "the": 11.0, "of": 3.1, "a": 1.5, "and": 1.5, "in": 1.0, "to": 0.7, "man": 0.55, "movie": 0.47, "i": 0.44,
    "love": 0.44, "you": 0.42, "my": 0.4, "for": 0.36, "last": 0.34, "me": 0.34, "on": 0.32, "night": 0.29,
    "with": 0.29, "black": 0.29, "life": 0.29, "day": 0.27, "all": 0.25, "house": 0.25, "christmas": 0.24,
    "world": 0.24, "american": 0.23, "girl": 0.23, "dead": 0.23,
}  # fmt: skip
#: As many words as a million titles in a dozen languages have (some 200,000 of them get drawn).
VOCABULARY = 300_000
#: P(popularity > x) = (0.5 / x) ** SLOPE: a quarter of all popularity is with one film in a hundred.
SLOPE = 1.4
#: No film of a day has more.
HIGHEST = 3_000.0
MARKS = str.maketrans({"a": "á", "e": "é", "o": "ö", "u": "ü", "i": "í", "c": "ç", "n": "ñ", "s": "š"})
CYRILLIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абсдефгхийклмнопкрстувшхыз")
HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 1500)))
KANA = "".join(map(chr, (*range(0x3042, 0x3093), *range(0x30A2, 0x30F3))))
SUBTITLES = ("Part Two", "The Movie", "Chapter 3", "Resurrection", "The Return", "Origins", "Reloaded")


@dataclass(frozen=True, slots=True)
class Film:
    """A film that never was."""

    id: int
    title: str
    year: int
    popularity: float


def made_up_films(count: int, seed: int = 1) -> list[Film]:
    """The same films for the same seed, in no order; ids from 1."""
    chance = random.Random(seed)
    titles = _titles(chance, _Words(chance, max(VOCABULARY * count // 1_000_000, 5_000)))
    films: list[Film] = []
    for number in range(1, count + 1):
        again = chance.random()
        if again < 0.05 and films:  # a remake, or a film that happens to share the name
            title = films[int(len(films) * chance.random() ** 2)].title
        elif again < 0.09 and films:
            title = _sequel(films[int(len(films) * chance.random() ** 2)].title, chance)
        else:
            title = next(titles)
        year = 2027 - min(int(chance.expovariate(1 / 22)), 125)
        films.append(Film(number, title, year, min(round(0.5 * (1 - chance.random()) ** (-1 / SLOPE), 4), HIGHEST)))
    return films


class _Words:
    """Draws words: the commonest as often as in real titles, the others by Zipf's law, spelt like the catalogue's."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self._chance = chance
        text = " ".join(path.read_text(encoding="utf-8") for path in sorted(CATALOGUE.glob("*.toml")))
        quoted = " ".join(part for part in re.findall('"([^"]*)"', text) if " " in part)
        known = Counter(re.findall(r"[a-z]{2,}", quoted.lower()))
        spelt = _Speller(known, chance)
        words = dict.fromkeys(word for word, _ in known.most_common(1500) if word not in COMMON)
        words |= dict.fromkeys(str(number) for number in (2, 3, 4, 5, 1, 13, 100, 2000, 1984))
        while len(words) < size:
            words[spelt.word()] = None
        rest = 100 - sum(COMMON.values())
        zipf = [1 / (rank + 15) for rank in range(len(words))]
        scale = rest / sum(zipf)
        self._words: Sequence[str] = [*COMMON, *words]
        self._bounds = list(itertools.accumulate([*COMMON.values(), *(weight * scale for weight in zipf)]))

    def draw(self) -> str:
        return self._words[bisect.bisect(self._bounds, self._chance.random() * self._bounds[-1])]

    def draw_title(self) -> str:
        """A word that is a title alone: common ones less often than Zipf has it, at most some 50 films of a name."""
        return self._words[
            min(len(COMMON) + int(len(self._words) * self._chance.random() ** 2.2), len(self._words) - 1)
        ]


class _Speller:
    """Words in which each letter follows the two before it as often as it does in real words."""

    def __init__(self, known: Counter[str], chance: random.Random) -> None:
        follows: dict[str, Counter[str]] = {}
        for word in known:
            for place in range(len(word) + 1):
                before = f"  {word}"[place : place + 2]
                follows.setdefault(before, Counter())[f"{word}."[place]] += 1
        self._next = {before: "".join(letters.elements()) for before, letters in follows.items()}
        self._chance = chance

    def word(self) -> str:
        letters = "  "
        while len(letters) < 15:
            letter = self._chance.choice(self._next[letters[-2:]])
            if letter == "." and len(letters) > 4:
                break
            letters = "  " if letter == "." else letters + letter
        return letters.strip()


def _titles(chance: random.Random, words: _Words) -> Iterator[str]:
    lengths = range(1, len(LENGTHS) + 1)
    while True:
        script = chance.random()
        if script < 0.04:
            yield "".join(chance.choice(HAN) for _ in range(chance.randint(2, 7)))
        elif script < 0.06:
            yield "".join(chance.choice(HAN if chance.random() < 0.3 else KANA) for _ in range(chance.randint(3, 10)))
        else:
            drawn = [words.draw() for _ in range(chance.choices(lengths, LENGTHS)[0])]
            if len(drawn) == 1:
                drawn = [words.draw_title()]
            while drawn[-1] in ("the", "of", "a", "and", "in", "to"):
                drawn[-1] = words.draw()
            if script < 0.11:
                yield " ".join(drawn).translate(CYRILLIC).capitalize()
            elif script < 0.2:
                yield " ".join(drawn).translate(MARKS).capitalize()
            else:
                yield _pointed([word if word in ("of", "and", "in") else word.capitalize() for word in drawn], chance)


def _pointed(words: list[str], chance: random.Random) -> str:
    words[0] = words[0].capitalize()
    if len(words) > 2 and chance.random() < 0.15:
        words[len(words) // 2 - 1] += ":"
    if len(words) > 1 and chance.random() < 0.02:
        return "-".join(words)
    return " ".join(words)


def _sequel(title: str, chance: random.Random) -> str:
    number = chance.choice((2, 2, 2, 3, 3, 4, 5))
    return f"{title} {number}" if chance.random() < 0.7 else f"{title}: {chance.choice(SUBTITLES)}"
