"""Which release counts for a subscriber, and what a change of date is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.dates import Precision, ReleaseDate, local_day, span_in_words
from bot.domain.films import CINEMA, PUBLIC, DateChange, DoubtReason, Film, Release, ReleaseType
from bot.domain.notes import is_again, is_screening
from bot.domain.subscribers import DEFAULT_WANTED, Subscriber, Subscription, Wanted, in_force

#: On one day the wide release goes before the limited one.
_RANK = (
    ReleaseType.THEATRICAL, ReleaseType.LIMITED, ReleaseType.DIGITAL, ReleaseType.PHYSICAL, ReleaseType.TV,
    ReleaseType.PREMIERE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counting:
    """What may truly be said of a film's release in one country."""

    main: Release | None  #: answers "when is it out here?"; None when this country has no date
    owed: tuple[Release, ...] = ()  #: what posts are about, by date: at most one of each wanted way, none of two types
    wide: Release | None = None  #: `main` is limited, and this is the wide release
    elsewhere: Release | None = None  #: no date here: the nearest true statement, in another country
    others: tuple[Release, ...] = ()  #: of the type of `main`, here: another language's day, another service's

    def ahead(self, today: date) -> Release | None:
        """The release to speak of on `today`: the next that is owed, else the last that was, else `main`."""
        dated = [release for release in self.owed if release.date.last is not None]
        coming = [release for release in dated if not _was_out(release, today)]
        return next(iter([*coming[:1], *dated[-1:], *self.owed]), self.main)


def may_count(release: Release) -> bool:
    """Whether the public can first see the film by it: no premiere, festival or preview, no noted re-release."""
    return release.type in PUBLIC and not is_screening(release) and not is_again(release)


def counting_for(subscriber: Subscriber, subscription: Subscription) -> Counting:
    """Choose the releases that count for a subscriber who follows a film, by the settings in force for it."""
    settings = in_force(subscriber, subscription)
    tracked_on = local_day(subscription.tracked_at, settings.zone)
    return counting_release(subscription.film, settings.country, tracked_on, settings.wanted)


def counting_release(
    film: Film, country: str, tracked_on: date | None = None, wanted: frozenset[Wanted] = DEFAULT_WANTED
) -> Counting:
    """Choose the releases of `film` that count in `country` for who wants to hear of `wanted`.

    Of each wanted way the earliest counts, whatever its language or service; `main` is the earliest of those. A
    festival, a gala, a preview or a noted re-release never counts. A film that reaches no cinema anywhere has its first
    release of any type here in the cinema's place. Where none of the wanted is known, the cinema release stays what is
    said of the film, but is not owed. With `tracked_on` (the local day of `/track`), a film that was out before it owes
    only what is still to come: of the wanted ways; to who wants the cinema alone, of any type, the cinema first.
    """
    known = [release for release in film.releases if may_count(release)]
    here = _here(known, country)
    reaches_cinema = any(release.type in CINEMA for release in known)
    pools = {way: _pool(here, way, reaches_cinema=reaches_cinema) for way in Wanted}
    firsts = [pools[way][0] for way in Wanted if way in wanted and pools[way]]
    main = min(firsts or pools[Wanted.CINEMA][:1], key=_order, default=None)
    if main is None:
        return Counting(None, elsewhere=_nearest(known, country, film.countries, wanted))
    wide = next((release for release in pools[Wanted.CINEMA] if release.type is ReleaseType.THEATRICAL), None)
    if wanted == DEFAULT_WANTED and tracked_on is not None and _was_out(main, tracked_on):
        pools[Wanted.CINEMA] = sorted(
            here, key=lambda release: (release.date.first is None, release.type not in CINEMA)
        )
    owed = {_still_to_come(pools[way], tracked_on) for way in wanted} - {None}
    return Counting(
        main,
        tuple(sorted((release for release in owed if release), key=_order)),
        wide if main.type is ReleaseType.LIMITED else None,
        others=tuple(release for release in here if release.type is main.type and release is not main),
    )


def _here(known: Sequence[Release], country: str) -> list[Release]:
    """A country's releases by date, each said once: "June 2025" beside 6 June 2025 is the same, less well known."""
    local = sorted((release for release in known if release.country == country), key=_order)
    return [release for release in local if not any(_is_surer(other, release) for other in local)]


def _is_surer(release: Release, than: Release) -> bool:
    """Whether `release` says the same as `than`, and more exactly."""
    day, vague = release.date, than.date
    if release.type is not than.type or day.first is None or day.last is None:
        return False
    if vague.first is None or vague.last is None:
        return True
    finer = day.last - day.first < vague.last - vague.first
    return finer and vague.first <= day.first and day.last <= vague.last


def _pool(here: Sequence[Release], way: Wanted, *, reaches_cinema: bool) -> list[Release]:
    """The releases of one way, by date. A broadcast years after the cinema is no answer to "when can I stream it?"."""
    if way is Wanted.PHYSICAL:
        return [release for release in here if release.type is ReleaseType.PHYSICAL]
    if way is Wanted.DIGITAL:
        at_home = {ReleaseType.DIGITAL} if reaches_cinema else {ReleaseType.DIGITAL, ReleaseType.TV}
        return [release for release in here if release.type in at_home]
    return [release for release in here if release.type in CINEMA] if reaches_cinema else list(here[:1])


def _still_to_come(pool: Sequence[Release], tracked_on: date | None) -> Release | None:
    return next((release for release in pool if tracked_on is None or not _was_out(release, tracked_on)), None)


def _order(release: Release) -> tuple[date, int, int, str, str, str]:
    """By date; of two on one day always the same one, whatever order a source has them in."""
    return (*release.date.sort_key, _RANK.index(release.type), release.country, release.language, release.note)


def _was_out(release: Release, day: date) -> bool:
    return release.date.last is not None and release.date.last < day


def _nearest(known: Sequence[Release], country: str, homes: Sequence[str], wanted: frozenset[Wanted]) -> Release | None:
    """The statement to make when a country has no date: its home, else the US, else the earliest; what is wanted first.

    "To be announced" is no statement, and a mere year, quarter or month that ended before the film's first known day
    anywhere was overtaken.
    """
    dated = [release for release in known if release.country != country and release.date.first is not None]
    first_day = min((release.date.day for release in dated if release.date.day), default=date.min)
    pools = [_pool(dated, way, reaches_cinema=True) for way in wanted]

    def rank(release: Release) -> tuple[object, ...]:
        home = 0 if release.country in homes else 1 if release.country == "US" else 2
        return (all(release not in pool for pool in pools), release.type not in CINEMA, home, _order(release))

    return min((release for release in dated if not _was_out(release, first_day)), key=rank, default=None)


def only_basis(releases: Iterable[Release], country: str, type_: ReleaseType | None = None) -> DoubtReason | None:
    """Why no release of a country (and type) counts: all are re-releases, or festivals. None if one does, or none is.

    Where there are both, the re-release is the reason.
    """
    there = [release for release in releases if release.country == country and type_ in (None, release.type)]
    if not there or any(may_count(release) for release in there):
        return None
    return DoubtReason.AGAIN if any(is_again(release) for release in there) else DoubtReason.FESTIVAL


def changed_dates(
    old: Sequence[Release], new: Sequence[Release]
) -> list[tuple[str, ReleaseType, ReleaseDate | None, ReleaseDate | None]]:
    """List (country, type, old, new) wherever the first release of a country and type has another date than before.

    None: there was, or is, no such release. Only what may count is looked at, and of several languages or services the
    earliest alone: it is what is told, so another one's day moves in silence.
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
    return {(r.country, r.type): r.date for r in sorted(filter(may_count, releases), key=_order, reverse=True)}


def has_date(film: Film, country: str, type_: ReleaseType | None, on: ReleaseDate | None) -> bool:
    """Whether a release of that country and type, in whatever language, is on that date and may count."""
    return any((r.country, r.type, r.date) == (country, type_, on) and may_count(r) for r in film.releases)


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
