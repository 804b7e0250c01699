"""Which release counts for a subscriber, and what a change of date is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.dates import Precision, ReleaseDate, span_in_words
from bot.domain.films import CINEMA, PUBLIC, DateChange, Film, Release, ReleaseType

_AGAIN = ("re-release", "rerelease", "reissue", "anniversary", "restored", "remaster")


@dataclass(frozen=True, slots=True)
class Counting:
    """What may truly be said of a film's release in one country."""

    main: Release | None  #: answers "when is it out here?"; None when this country has no date
    owed: Release | None  #: what posts are about: `main`, or what is still to come of a film that was out when tracked
    wide: Release | None = None  #: `main` is limited, and this is the wide release
    elsewhere: Release | None = None  #: no date here: the nearest true statement, in another country


def is_again(release: Release) -> bool:
    """Whether a note marks the release as one of a film that had been out before."""
    note = release.note.lower()
    return any(word in note for word in _AGAIN)


def counting_release(film: Film, country: str, tracked_on: date | None = None) -> Counting:
    """Choose the release of `film` that counts in `country`.

    The earliest cinema release that no note marks as a re-release; a festival or gala never counts. A film that reaches
    no cinema anywhere counts by its first digital, physical or TV release here. With `tracked_on` (the local day of
    `/track`), a film that was out before it owes only what is still to come, of any public type.
    """
    fresh = [r for r in film.releases if r.type in PUBLIC and not is_again(r)]
    here = sorted((r for r in fresh if r.country == country), key=_order)
    cinema_somewhere = any(r.type in CINEMA for r in fresh)
    wanted = [r for r in here if r.type in CINEMA] if cinema_somewhere else here
    if not wanted:
        return Counting(None, None, elsewhere=_nearest(fresh, film.countries))
    main = wanted[0]
    limited = main.type is ReleaseType.LIMITED
    wide = next((r for r in wanted if r.type is ReleaseType.THEATRICAL), None) if limited else None
    owed: Release | None = main
    if tracked_on is not None and _was_out(main, tracked_on):
        owed = next((r for r in here if r is not main and not _was_out(r, tracked_on)), None)
    return Counting(main, owed, wide)


def _order(release: Release) -> tuple[date, int, int]:
    return (*release.date.sort_key, list(ReleaseType).index(release.type))


def _was_out(release: Release, day: date) -> bool:
    return release.date.last is not None and release.date.last < day


def _nearest(releases: Sequence[Release], origins: Sequence[str]) -> Release | None:
    """The statement to make when a country has no date: its home, else the US, else the earliest; cinema first."""

    def rank(release: Release) -> tuple[bool, int, tuple[date, int, int]]:
        home = 0 if release.country in origins else 1 if release.country == "US" else 2
        return (release.type not in CINEMA, home, _order(release))

    return min(releases, key=rank, default=None)


def changed_dates(
    old: Sequence[Release], new: Sequence[Release]
) -> list[tuple[str, ReleaseType, ReleaseDate | None, ReleaseDate | None]]:
    """List (country, type, old, new) wherever the first release of a country and type has another date than before.

    None: there was, or is, no such release. Noted re-releases and premieres are not looked at.
    """
    before, after = _first_dates(old), _first_dates(new)
    return [
        (*key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def first_date(film: Film, country: str, type_: ReleaseType | None) -> ReleaseDate | None:
    """The date of the first release of a type in a country; None if there is none."""
    return next((day for key, day in _first_dates(film.releases).items() if key == (country, type_)), None)


def _first_dates(releases: Sequence[Release]) -> dict[tuple[str, ReleaseType], ReleaseDate]:
    public = [r for r in releases if r.type in PUBLIC and not is_again(r)]
    return {(r.country, r.type): r.date for r in sorted(public, key=_order, reverse=True)}


class ChangeKind(StrEnum):
    """What happened to a date."""

    ANNOUNCED = "announced"
    MOVED_UP = "moved up"
    DELAYED = "delayed"
    PRECISE = "now known better"
    VAGUE = "now known less well"
    WITHDRAWN = "withdrawn"


def kind_of_change(old: ReleaseDate | None, new: ReleaseDate | None) -> ChangeKind:
    """Name the change from `old` to `new`; None and "tba" both mean that no date is known."""
    if old is None or old.first is None:
        return ChangeKind.ANNOUNCED
    if new is None or new.first is None or new.last is None or old.last is None:
        return ChangeKind.WITHDRAWN
    order = list(Precision)
    if old.first <= new.first and new.last <= old.last:
        return ChangeKind.PRECISE
    if new.first <= old.first and old.last <= new.last and order.index(new.precision) > order.index(old.precision):
        return ChangeKind.VAGUE
    return ChangeKind.DELAYED if new.first > old.first else ChangeKind.MOVED_UP


def change_in_words(old: ReleaseDate | None, new: ReleaseDate | None) -> str:
    """Say the change: "delayed by 1 month 3 days, from 6 June 2025 to 9 July 2025"."""
    was = old.in_words() if old else ""
    now = new.in_words() if new else ""
    match kind_of_change(old, new):
        case ChangeKind.ANNOUNCED:
            return f"date announced: {now}"
        case ChangeKind.WITHDRAWN:
            return f"date withdrawn: it was {was}, and no new one is known"
        case ChangeKind.PRECISE:
            return f"date set: {now} (until now: {was})"
        case ChangeKind.VAGUE:
            return f"now only {now} (it was {was})"
        case kind:
            by = f" by {span_in_words(old.day, new.day)}" if old and new and old.day and new.day else ""
            return f"{kind.value}{by}, from {was} to {now}"


def net_changes(changes: Iterable[DateChange]) -> list[DateChange]:
    """Fold changes of one country and type into what came of them, newest last. Back where it was: nothing.

    The result carries the id and time of its newest change, and the `old` of its first.
    """
    folded: dict[tuple[str, ReleaseType], DateChange] = {}
    for change in sorted(changes, key=lambda c: c.id):
        key = (change.country, change.type)
        first = folded.pop(key, change)
        folded[key] = DateChange(
            change.id, change.film_id, change.country, change.type, first.old, change.new,
            change.source, change.known_at, change.history,
        )  # fmt: skip
    return [change for change in folded.values() if change.old != change.new]
