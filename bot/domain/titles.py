"""Bringing titles, and what people type for them, to a form in which they can be compared."""

import re
import unicodedata
from dataclasses import dataclass

_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "der", "die", "das", "el", "los", "las", "il", "lo"})
_YEAR = re.compile(r"\b(?:18|19|20|21)\d{2}\b")
_TRAILING_ARTICLE = re.compile(r"^(.+),\s*(\w+)$")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|dell|all|nell|sull)['’](\w{3,})", re.IGNORECASE)
#: Han characters, kana, Thai, Lao and Khmer. Hangul has spaces.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_JOINING = "'’`\u00b4"  # apostrophes, and the accents typed for them
#: The longest title ever released has 246 characters; more is noise.
MAX_TYPED = 250


@dataclass(frozen=True, slots=True)
class ListedTitle:
    """A film as a list of titles has it: enough to find it by, and to ask its source for the rest."""

    ref: str  #: names the film to its source: "tmdb:541671", "imdb:tt7181546"
    title: str
    original_title: str
    year: int | None
    weight: float  #: the higher, the sooner it is meant; comparable within one list only


def normalise(title: str) -> str:
    """Fold case, marks and punctuation away: "Amélie: Poulain's Tale" → "amelie poulains tale".

    Letters of any script stay; everything that is neither letter nor digit separates words, apostrophes join them.
    """
    if title.isascii():
        return " ".join(title[:MAX_TYPED].translate(_ASCII).split())
    return _normalise(title)


def _normalise(title: str) -> str:
    # Twice: a letter of another style, such as a mathematical one, becomes a plain capital first.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", title[:MAX_TYPED]).casefold())
    kept: list[str] = []
    for char in folded:
        category = unicodedata.category(char)
        if category[0] in "LN":
            kept.append(char)
        elif char == "&":
            kept.append(" and ")
        elif char.isspace() or (category[0] not in "MC" and char not in _JOINING):
            kept.append(" ")
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def split_year(typed: str) -> tuple[str, int | None]:
    """Take a year off the end of what was typed: "ballerina 2025", "Ballerina (2016)". A bare year stays a title."""
    matches = list(_YEAR.finditer(typed))
    if not matches:
        return typed, None
    rest = (typed[: matches[-1].start()] + typed[matches[-1].end() :]).strip(" ()-–,[]")
    return (rest, int(matches[-1][0])) if normalise(rest) else (typed, None)


def without_article(normalised: str) -> str:
    """Drop a leading article, unless nothing else is left: "the matrix" → "matrix"."""
    first, _, rest = normalised.partition(" ")
    return rest if rest and first in _ARTICLES else normalised


def unsorted(title: str) -> str:
    """Bring a trailing article to the front: "Matrix, The" → "The Matrix"."""
    match = _TRAILING_ARTICLE.match(title.strip())
    return f"{match[2]} {match[1]}" if match and match[2].casefold() in _ARTICLES else title


def words_of(normalised: str) -> list[str]:
    """Its words; of a script that has no spaces, each character: "7人の侍" → 7, 人, の, 侍."""
    if normalised.isascii():
        return normalised.split()
    return _UNSPACED.sub(r" \g<0> ", normalised).split()


def elided_words(title: str) -> list[str]:
    """The words that stand behind an elided article or preposition: "d'Amélie" → amelie."""
    return [normalise(word) for word in _ELISION.findall(title)]


#: What `_normalise` makes of each ASCII character, a dozen times faster; a million titles are read in an import.
_ASCII = {code: _normalise(f"x{chr(code)}x")[1:-1] for code in range(128)}
