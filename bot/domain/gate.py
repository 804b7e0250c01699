"""The gate before suspicious dates: which changes of date are believed at once, and which wait for a second word. Pure.

Festivals, re-releases, slips of the keyboard and vandalism reach every open database; a ping cannot be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.dates import ReleaseDate, placeholder_as_year
from bot.domain.films import CINEMA, DateChange, Doubt, DoubtReason, Film, Release
from bot.domain.merge import BUNDLED, Key, Record, chosen, first_of
from bot.domain.releases import changed_dates, only_basis

#: A film moves by months; half a year at once is more often another film, another release, or a slip.
JUMP = timedelta(days=180)
#: Two sources this far apart are not both right.
APART = timedelta(days=30)
#: The same word a day later is no slip: somebody would have put it right.
SETTLES = timedelta(days=1)
#: A first date that lies farther back than this is history, and no news.
NEWS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of comparing a film with what its sources say now."""

    film: Film  #: as it is in force from now on: a doubtful date is not in it
    changes: tuple[DateChange, ...]  #: believed; those with `history` set are on record and told to nobody
    doubted: tuple[Doubt, ...]  #: new ones, without an id
    passed: tuple[Doubt, ...]  #: doubts that were settled: their date is in force now
    dropped: tuple[Doubt, ...]  #: doubts that came to nothing


def judge(known: Film, merged: Film, records: Sequence[Record], now: datetime) -> Judged:
    """Decide which dates of `merged` replace those of `known` (with its open doubts), and which wait.

    `now` is aware UTC; `records` are those that `merged` was made of.
    """
    changes: list[DateChange] = []
    doubted: list[Doubt] = []
    passed: list[Doubt] = []
    held: set[Key] = set()
    open_doubts = {(doubt.country, doubt.type): doubt for doubt in known.doubts}
    for country, type_, old, new in changed_dates(known.releases, merged.releases):
        key = (country, type_)
        winner = chosen(records, key)
        before = next((r.source for r in known.releases if (r.country, r.type) == key), "")
        source = winner.source if winner else before
        reason = _suspicion(key, old, new, source, records, now)
        doubt = open_doubts.get(key)
        same = doubt is not None and (doubt.old, doubt.new) == (old, new)
        # Another source's answer is no second word of this one, which may be down since.
        heard_at = winner.checked_at if winner else now
        if reason is not None and not (same and doubt and heard_at - doubt.first_seen_at >= SETTLES):
            held.add(key)
            if not same:
                doubted.append(Doubt(0, known.id, country, type_, old, new, source, reason, now))
            continue
        if same and doubt:
            passed.append(doubt)
        changes.append(
            DateChange(0, known.id, country, type_, old, new, source, now, history=_is_history(old, new, source, now))
        )
    moved = frozenset(held)
    for doubt in _baseless(known, merged, now):
        key = (doubt.country, doubt.type)
        same = key in open_doubts and open_doubts[key].new == doubt.new
        if key not in held:
            held.add(key)
            doubted += [] if same else [doubt]
    still_open = held - {(doubt.country, doubt.type) for doubt in doubted}
    dropped = tuple(d for d in known.doubts if d not in passed and (d.country, d.type) not in still_open)
    return Judged(_with_held(known, merged, moved), tuple(changes), tuple(doubted), tuple(passed), dropped)


def as_trusted(film: Film, trusted: Sequence[Doubt]) -> Film:
    """The film as it is for those who trust some of its doubts: those dates are in force, whatever a note says."""
    keys = {(doubt.country, doubt.type) for doubt in trusted}
    if not keys:
        return film
    kept = tuple(r for r in film.releases if (r.country, r.type) not in keys)
    new = tuple(Release(d.country, d.type, d.new, source=d.source, since=d.first_seen_at) for d in trusted if d.new)
    return replace(film, releases=kept + new, doubts=tuple(d for d in film.doubts if d not in trusted))


def _suspicion(
    key: Key, old: ReleaseDate | None, new: ReleaseDate | None, source: str, records: Sequence[Record], now: datetime
) -> DoubtReason | None:
    """Why a change is not believed at once; None if it is. What the reviewed catalogue says is."""
    if source == BUNDLED or _seconded(key, new, source, records):
        return None
    today = now.date()
    if new is None or new.first is None or new.last is None:
        return None if _is_none(old) else DoubtReason.WITHDRAWN
    if new.last < today and not _is_past(old, today) and not _is_history(old, new, source, now):
        return DoubtReason.PAST
    if old is not None and _distance(old, new) > JUMP:
        return DoubtReason.JUMP
    others = (first for r in records if r.source != source and (first := first_of(r, key)))
    if any(_distance(other.date, new) > APART for other in others):
        return DoubtReason.DISAGREE
    return None


def _is_history(old: ReleaseDate | None, new: ReleaseDate | None, source: str, now: datetime) -> bool:
    """Whether a source says nothing new: a date of last year for a country that had none, or a placeholder come near.

    The 31 December that stands for a year is read as a day half a year before it: time has passed, no more.
    """
    if source == BUNDLED or new is None:
        return False
    if old is None:
        return _is_past(new, now.date() - NEWS)
    return new.day is not None and placeholder_as_year(new.day, date.min) == old


def _seconded(key: Key, new: ReleaseDate | None, source: str, records: Sequence[Record]) -> bool:
    """Whether another source says the very same."""
    others = (first for r in records if r.source != source and (first := first_of(r, key)))
    return any(other.date == new or (_is_none(new) and _is_none(other.date)) for other in others)


def _baseless(known: Film, merged: Film, now: datetime) -> list[Doubt]:
    """What would be a country's first date, were it not for a note: a re-release, or a festival in a cinema's clothes.

    A second refresh says nothing new about these: only somebody's trust, or a date without such a note, settles them.
    """
    found: dict[Key, Doubt] = {}
    waiting = {(doubt.country, doubt.type, doubt.new) for doubt in known.doubts}
    before = {(release.country, release.type, release.date) for release in known.releases}
    for release in sorted(merged.releases, key=lambda release: release.date.sort_key):
        key = (release.country, release.type)
        coming = release.date.first is not None and release.date.first > now.date()
        # One that is waiting stays when its day comes: for who trusts it, that day is its release.
        news = (*key, release.date) in waiting or (coming and (*key, release.date) not in before)
        if key in found or release.type not in CINEMA or not news:
            continue
        reason = only_basis(merged.releases, release.country)
        if reason is not None:
            found[key] = Doubt(0, known.id, *key, None, release.date, release.source, reason, now)
    return list(found.values())


def _with_held(known: Film, merged: Film, held: frozenset[Key]) -> Film:
    """The merged film with the dates that were in force for what is doubted, and the year that goes with them."""
    if not held:
        return merged
    new = [release for release in merged.releases if (release.country, release.type) not in held]
    old: list[Release] = [release for release in known.releases if (release.country, release.type) in held]
    return replace(merged, year=known.year or merged.year, releases=(*new, *old))


def _is_none(day: ReleaseDate | None) -> bool:
    return day is None or day.first is None


def _is_past(day: ReleaseDate | None, today: date) -> bool:
    return day is not None and day.last is not None and day.last < today


def _distance(one: ReleaseDate, other: ReleaseDate) -> timedelta:
    """How far two dates are apart at least; nothing if they overlap, or one is not known."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return timedelta()
    return max(one.first - other.last, other.first - one.last, timedelta())
