"""Making one film of what several sources say of it, field by field: which source wins, and why. Pure.

For texts and people the order is fixed: the reviewed catalogue, then TMDB, then Wikidata; lists of names are joined.
For a date the newest word wins, because a date that moves is what all this is for. A word's age is when its source
began to say so; what Wikidata said when it was first asked may be of any age, and counts as the oldest. A word that
knows less of the same date ("2027" beside 4 June 2027, or "to be announced") does not displace one that knows more,
unless its source took the rest back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from bot.domain.dates import TBA, ReleaseDate
from bot.domain.films import Credit, Film, Job, Origin, Release, ReleaseType
from bot.domain.releases import may_count
from bot.domain.titles import normalise

BUNDLED = "bundled"
#: Who is asked first for a text or a list of people.
ORDER = (BUNDLED, "tmdb", "wikidata")
_DAWN = datetime.min.replace(tzinfo=UTC)
_TEXTS = ("title", "original_title", "original_language", "summary")
_VALUES = ("year", "runtime_minutes")
_LISTS = ("genres", "companies", "distributors", "countries")
_KEPT_BY_ALL = ("alternative_titles", "sources")
#: The note of a date that a source had and names no longer, or not so well. Nobody ever sees it.
_SILENT = "(named no longer)"
Key = tuple[str, ReleaseType]


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of a film, and since when it is asked."""

    source: str
    film: Film  #: where it once said a date, and says none or less of it by now, stands a marked "tba"
    first_at: datetime  #: its first answer (aware UTC)
    checked_at: datetime  #: its last good answer


def merge(film_id: int, records: Sequence[Record]) -> Film:
    """Make the film `film_id` of what its sources say; at least one record.

    What no source says is empty. The result's releases carry their source; `origins` says why each fact is whose.
    """
    ordered = sorted(records, key=lambda record: _rank(record.source))
    origins: dict[str, Origin] = {}
    facts: dict[str, Any] = {}
    for name in (*_TEXTS, *_VALUES, *_LISTS, "trivia", "offers"):
        said = [(record.source, value) for record in ordered if (value := getattr(record.film, name))]
        if said:
            source, facts[name] = said[0]
            origins[name] = Origin(source, _why_first(source, [source for source, _ in said]))
    for name in _KEPT_BY_ALL:
        facts[name] = _joined(getattr(record.film, name) for record in ordered)
    credits = _merge_credits(ordered, origins)
    releases = _merge_releases(ordered)
    return Film(
        id=film_id,
        **facts,
        credits=credits,
        releases=releases,
        changes=tuple(change for record in ordered for change in record.film.changes),
        ids=_first_ids(ordered),
        belongs_to={ref: name for record in reversed(ordered) for ref, name in record.film.belongs_to.items()},
        as_of=max((record.film.as_of for record in ordered if record.film.as_of), default=None),
        checked_at=max(record.checked_at for record in ordered),
        origins=origins,
    )


def remember(old: Record | None, film: Film, source: str, now: datetime) -> Record:
    """Put a new answer in the place of `old`: since when it says each date, and what it says no longer.

    A date that it had and does not name any more is kept as "tba", marked: falling silent is a word as well. The mark
    stands beside a date that knows less than the one before it. A note or a rating that changes is no new word.
    """
    if old is None:
        releases = tuple(replace(release, source=source, since=now) for release in film.releases)
        return Record(source, replace(film, releases=releases), now, now)
    since: dict[object, datetime] = {}
    for release in old.film.releases:
        begun = release.since or old.first_at
        since[_word(release)] = min(begun, since.get(_word(release), begun))
    releases = tuple(replace(r, source=source, since=since.get(_word(r), now)) for r in film.releases)
    record = Record(source, replace(film, releases=releases), old.first_at, now)
    marks = [mark for key in _counted(old) if (mark := _mark(old, record, key, now))]
    return replace(record, film=replace(film, releases=(*releases, *marks)))


def recall(film: Film, source: str, first_at: datetime, checked_at: datetime) -> Record:
    """What is left of a source's word in the film in force, where its record cannot be read any more."""
    whose = {name for name, origin in film.origins.items() if origin.source == source}
    names = (*_TEXTS, *_VALUES, *_LISTS, "trivia", "offers")
    facts: dict[str, Any] = {"title": "", **{name: getattr(film, name) for name in names if name in whose}}
    word = Film(
        id=0,
        **facts,
        credits=tuple(credit for credit in film.credits if credit.job in whose),
        releases=tuple(release for release in film.releases if release.source == source),
        alternative_titles=film.alternative_titles,
        sources=film.sources,
        ids=dict(film.ids),
        belongs_to=dict(film.belongs_to),
        as_of=film.as_of if source == BUNDLED else None,
    )
    return Record(source, word, first_at, checked_at)


def word_at(record: Record, release: Release) -> datetime:
    """How old the word of a source about a release is (aware UTC). None is newer than when Marquee last had it."""
    if record.source == BUNDLED and record.film.as_of is not None:
        return min(datetime.combine(record.film.as_of, time(), UTC), record.checked_at)
    since = release.since or record.first_at
    return _DAWN if record.source == "wikidata" and since <= record.first_at else since


def chosen(records: Sequence[Record], key: Key) -> Record | None:
    """Whose word about the releases of a country and type is in force; None if nobody says anything of them."""
    said = [(record, first) for record in records if (first := first_of(record, key))]
    said.sort(key=lambda word: (word_at(*word), -_rank(word[0].source)), reverse=True)
    if not said:
        return None
    newest, *older = said
    for word in older:
        if not _knows_less_now(newest[0], key) and _is_within(word[1].date, newest[1].date):
            newest = word
    return newest[0]


def first_of(record: Record, key: Key) -> Release | None:
    """The first release of a country and type that a source names, re-releases and festivals aside."""
    named = [r for r in record.film.releases if (r.country, r.type) == key and may_count(r)]
    return min(named, key=lambda release: release.date.sort_key, default=None)


def has_taken_back(release: Release) -> bool:
    """Whether a record's release only says that its source named a date, and names none any more."""
    return release.note == _SILENT


def why_dated(records: Sequence[Record], key: Key) -> str:
    """Say in a clause why the date in force for a country and type is the one it is."""
    winner = chosen(records, key)
    said = {record.source: first for record in records if (first := first_of(record, key))}
    if winner is None:
        return "nobody names a date"
    others = [r.date for source, r in said.items() if source != winner.source and not has_taken_back(r)]
    if not others:
        return "the only source to name one"
    mine = said[winner.source].date
    if all(date == mine for date in others):
        return "all sources agree"
    if any(_is_within(mine, date) and mine != date for date in others):
        return "the most precise word that the others do not contradict"
    return "the newest word"


def _merge_releases(records: Sequence[Record]) -> tuple[Release, ...]:
    keys = dict.fromkeys((r.country, r.type) for record in records for r in record.film.releases)
    kept: list[Release] = []
    for key in keys:
        winner = chosen(records, key)
        for record in records:
            for release in record.film.releases:
                if (release.country, release.type) != key:
                    continue
                ours = record is winner and not has_taken_back(release)
                wanted = ours if may_count(release) else not _has(kept, release)
                if wanted:
                    kept.append(replace(release, source=record.source))
    return tuple(kept)


def _merge_credits(records: Sequence[Record], origins: dict[str, Origin]) -> tuple[Credit, ...]:
    """The list of the first source that has one, job by job; a person of the same name is the same one in one film.

    Two of one name, whom a source tells apart, are nobody else's one.
    """
    called: dict[str, dict[str, None]] = {}
    for record in records:
        for credit in record.film.credits:
            called.setdefault(normalise(credit.name), {}).update(dict.fromkeys(credit.refs))
    kept: list[Credit] = []
    for job in Job:
        said = [record for record in records if any(credit.job is job for credit in record.film.credits)]
        if said:
            people = said[0].film.people(job)
            kept += [replace(credit, refs=_refs(credit, called[normalise(credit.name)])) for credit in people]
            origins[job.value] = Origin(said[0].source, _why_first(said[0].source, [r.source for r in said]))
    return tuple(kept)


def _refs(credit: Credit, called: Iterable[str]) -> tuple[str, ...]:
    """All that sources call a person, unless one of them has several of the name."""
    refs = tuple(called)
    by = [ref.partition(":")[0] for ref in refs]
    return refs if len(by) == len(set(by)) else credit.refs


def _first_ids(records: Sequence[Record]) -> dict[str, str]:
    """All ids; a source's own word about its own id comes before anybody else's."""
    ids: dict[str, str] = {}
    for record in records:
        ids = {**record.film.ids, **ids}
    return ids | {r.source: own for r in records if (own := r.film.ids.get(r.source))}


def _why_first(source: str, said: Sequence[str]) -> str:
    if len(said) == 1:
        return "the only one to say"
    return "reviewed by people" if source == BUNDLED else "the first of those asked"


def _joined(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))


def _rank(source: str) -> int:
    return ORDER.index(source) if source in ORDER else len(ORDER)


def _word(release: Release) -> object:
    """What a release says of the date: another note or language alone is no other word."""
    return (release.country, release.type, release.date, has_taken_back(release), may_count(release))


def _counted(record: Record) -> Sequence[Key]:
    return sorted({(r.country, r.type) for r in record.film.releases if may_count(r)})


def _knows_less_now(record: Record, key: Key) -> bool:
    return any((r.country, r.type) == key and has_taken_back(r) for r in record.film.releases)


def _mark(old: Record, new: Record, key: Key, now: datetime) -> Release | None:
    """The mark beside what `new` says under `key`, where it knows less than what `old` said; None where it does not."""
    was, said = first_of(old, key), first_of(new, key)
    marked = next((r for r in old.film.releases if (r.country, r.type) == key and has_taken_back(r)), None)
    if said is None:
        fell_silent_at = was.since if was is not None and has_taken_back(was) else now
        return Release(*key, TBA, _SILENT, new.source, since=fell_silent_at)
    if said.date.day or not (marked or (was and _is_within(was.date, said.date))):
        return None
    return marked or Release(*key, TBA, _SILENT, new.source, since=now)


def _has(releases: Sequence[Release], wanted: Release) -> bool:
    """Whether one of `releases` says what `wanted` says, or more: "May 2025" beside 31 May 2025 is the same."""
    alike = [r.date for r in releases if (r.country, r.type) == (wanted.country, wanted.type)]
    return any(date == wanted.date or _is_within(date, wanted.date) for date in alike)


def _is_within(inner: ReleaseDate, outer: ReleaseDate) -> bool:
    """Whether `inner` says the same as `outer`, and more."""
    if inner.first is None or inner.last is None:
        return False
    if outer.first is None or outer.last is None:
        return True
    return outer.first <= inner.first and inner.last <= outer.last and inner != outer
