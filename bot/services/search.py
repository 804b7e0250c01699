"""Finding the film that somebody means by what they typed, typos and all, over the films that the store knows."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.domain.errors import FilmNotFound
from bot.domain.films import Film
from bot.domain.releases import counting_release
from bot.domain.titles import MAX_TYPED, normalise, split_year, unsorted, without_article
from bot.store import films as film_store
from bot.store.database import Database

#: Discord shows at most 25 choices.
MAX_HITS = 25
#: Below this a title does not look like what was typed.
FITS = 68.0
#: Worth naming in "did you mean".
NEAR = 50.0
#: Text in place of a choice: only a title this close is taken without asking.
SURE = 84.0
#: Films whose fit differs by less than this are asked about.
TIED = 4.0
#: The fit of a title that begins with what was typed.
BEGINS = 95.0
#: A film bears the time at which taking it in began; it may be written this much later, after others that began then.
UNDER_WAY = timedelta(minutes=15)
#: What `_soonest` says of a film that is out.
OUT = 2
#: Long enough that a misspelt part of a title is told from chance.
_LONG = 6
_NUMBER = re.compile(r"\b(?:\d+|i{2,3}|iv|vi{1,3}|ix)\b")
_FILM_REF = re.compile(r"id:(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Hit:
    """A film that fits, and how well (0 to 100)."""

    film: Film
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    film: Film
    names: tuple[str, ...]  #: normalised: title, original and alternative titles


class FilmSearch:
    """All titles in memory; `load` takes in what changed in the store, whoever changed it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._entries: list[_Entry] = []
        self._by_id: dict[int, Film] = {}
        self._by_number: dict[int, _Entry] = {}
        self._refs: dict[str, int] = {}
        self._since: datetime | None = None
        #: Films that were new or changed since an index over them was last made.
        self.changed: set[int] = set()

    async def load(self) -> int:
        """Read the films that are new or changed since the last time; how many there were."""
        since = self._since and self._since - UNDER_WAY
        async with self._db.reading() as tx:
            films, joined = await film_store.list_films_since(tx, since)
        self._since = max((film.checked_at for film in films if film.checked_at), default=self._since)
        fresh = [film for film in films if self._by_id.get(film.id) != film]
        gone = [film_id for film_id in joined if self._by_id.pop(film_id, None)]
        if fresh or gone:
            self._by_id |= {film.id: film for film in fresh}
            changed = {film.id for film in fresh} | set(gone)
            self.changed |= changed
            kept = [entry for entry in self._entries if entry.film.id not in changed]
            self._entries = sorted([*kept, *(_Entry(film, _names(film)) for film in fresh)], key=_number)
            self._by_number = {entry.film.id: entry for entry in self._entries}
            self._refs = {f"{s}:{own}": film.id for film in self._by_id.values() for s, own in film.ids.items()}
        return len(fresh)

    @property
    def films(self) -> Sequence[Film]:
        """Every film, brief."""
        return [entry.film for entry in self._entries]

    def find_by_ref(self, ref: str) -> Film | None:
        """Find the film that a source calls so: "tmdb:541671"."""
        return self._by_id.get(self._refs.get(ref, 0))

    def suggest(self, typed: str, country: str, today: date, among: Collection[int] | None = None) -> list[Hit]:
        """At most 25 films for what has been typed so far, the best first; at equal fit the next to come first.

        Nothing typed: what comes next. `among`: only films with these ids.
        """
        typed = unsorted(typed[:MAX_TYPED])
        text, year = split_year(typed)
        # "Blade Runner 2049": what looks like a year may be a part of the title.
        readings = [(normalise(text), year), *([(normalise(typed), None)] if year else [])]
        if not readings[0][0] and typed.strip():
            return []
        entries = self._entries if among is None else self._entries_of(among)
        hits = [Hit(entry.film, max(_score(*reading, entry) for reading in readings)) for entry in entries]
        fitting = [hit for hit in hits if hit.score >= FITS]
        fitting.sort(key=lambda hit: (-round(hit.score), *_soonest(hit.film, country, today), hit.film.label))
        return fitting[:MAX_HITS]

    def _entries_of(self, ids: Collection[int]) -> list[_Entry]:
        return [entry for film_id in sorted(ids) if (entry := self._by_number.get(film_id)) is not None]

    def resolve(self, typed: str, country: str, today: date, among: Collection[int] | None = None) -> list[Film]:
        """The film that a submitted text means; several when it must be asked which, best first.

        Takes the value of a choice ("id:12"), the label that Discord sometimes submits instead, or free text.

        Raises:
            FilmNotFound: nothing fits; the error names the nearest titles.
        """
        if match := _FILM_REF.fullmatch(typed.strip()):
            film = self._by_id.get(int(match[1]))
            if film is None:
                raise FilmNotFound(typed)
            return [film]
        label = typed.split(" · ", 1)[0].rstrip("… ")
        films = self._by_id.values() if among is None else [entry.film for entry in self._entries_of(among)]
        named = [film for film in films if film.label == label]
        if len(named) == 1:
            return named
        hits = self.suggest(label, country, today, among) if normalise(label) else []
        if not hits:
            raise FilmNotFound(shown(typed), self._nearest(typed, among))
        if hits[0].score < SURE:
            if len(hits) == 1:
                raise FilmNotFound(shown(typed), [hits[0].film.label])
            return [hit.film for hit in hits]
        least = hits[0].score - TIED
        if _soonest(hits[0].film, country, today)[0] == OUT:
            # "dune", when another Dune is still to come: the exact title may not be the film that is meant.
            return [h.film for h in hits if h.score > least or (h.score >= BEGINS and not _is_out(h, country, today))]
        return [hit.film for hit in hits if hit.score > least]

    def _nearest(self, typed: str, among: Collection[int] | None) -> list[str]:
        wanted = normalise(typed)
        entries = self._entries if among is None else self._entries_of(among)
        scored = [
            (max((fuzz.ratio(wanted, name) for name in entry.names), default=0.0), entry.film.label)
            for entry in entries
        ]
        return [label for score, label in sorted(scored, reverse=True)[:3] if wanted and score >= NEAR]


def shown(typed: str) -> str:
    """What somebody typed, short enough to say back."""
    text = " ".join(typed.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _number(entry: _Entry) -> int:
    return entry.film.id


def _names(film: Film) -> tuple[str, ...]:
    names = (film.title, film.original_title, *film.alternative_titles)
    return tuple(dict.fromkeys(normal for name in names if (normal := normalise(name))))


def _score(wanted: str, year: int | None, entry: _Entry) -> float:
    if not wanted:
        return 100.0
    best = max((likeness(wanted, name) for name in entry.names), default=0.0)
    if year is not None and entry.film.year is not None:
        best += 3 if entry.film.year == year else -12 if abs(entry.film.year - year) > 1 else -4
    return best


def likeness(wanted: str, name: str) -> float:
    """How well a normalised name fits: whole, beginning, beginnings of words, run together, misspelt."""
    bare_wanted, bare_name = without_article(wanted), without_article(name)
    if wanted == name:
        return 100.0
    if bare_wanted == bare_name or wanted.replace(" ", "") == name.replace(" ", ""):
        return 99.0
    if name.startswith(wanted) or bare_name.startswith(bare_wanted):
        return BEGINS
    if _begins_words(wanted.split(), name.split()):
        return 90.0
    joined_wanted, joined_name = wanted.replace(" ", ""), name.replace(" ", "")
    if len(joined_wanted) >= 3 and joined_name.startswith(joined_wanted):
        return 89.0
    if len(joined_wanted) >= 5 and joined_wanted in joined_name:
        return 86.0
    if bare_wanted is wanted and bare_name is name:  # no article: most titles, each of which is looked at
        return _misspelt(wanted, name)
    return max(_misspelt(wanted, name), _misspelt(bare_wanted, bare_name))


def _begins_words(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether every wanted word begins a word of the name, in order."""
    rest = iter(words)
    return all(any(word.startswith(part) for word in rest) for part in wanted)


def _misspelt(wanted: str, name: str) -> float:
    """Fit of a whole title with typos, or of its beginning with typos; 0 for what is too short to tell."""
    if len(wanted) < 4:
        return 0.0
    whole = OSA.normalized_similarity(wanted, name) * 100
    head = OSA.normalized_similarity(wanted, name[: len(wanted)]) * 100 - 4
    tokens = fuzz.token_sort_ratio(wanted, name) - 6
    inside = fuzz.partial_ratio(wanted, name) - 14 if _LONG <= len(wanted) < len(name) else 0.0
    # "Zootopia 3" is no misspelt "Zootopia 2".
    numbers = _NUMBER.findall(wanted)
    other_number = 16.0 if numbers and set(numbers) - set(_NUMBER.findall(name)) else 0.0
    return min(max(whole, head, tokens, inside), 88.0) - other_number


def _soonest(film: Film, country: str, today: date) -> tuple[int, date]:
    """Orders what is still to come by date, then what has no date, then what is out, the newest first."""
    counting = counting_release(film, country)
    release = counting.main or counting.elsewhere
    day = release.date.last if release else None
    if day is None:
        return (1, date.max)
    if day >= today:
        return (0, day)
    return (OUT, date.fromordinal(date.max.toordinal() - day.toordinal()))


def _is_out(hit: Hit, country: str, today: date) -> bool:
    return _soonest(hit.film, country, today)[0] == OUT
