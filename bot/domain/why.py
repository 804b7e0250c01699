"""Why a date is the one in force: which release counts here, what each source says, what waits, what it was. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.dates import ReleaseDate
from bot.domain.films import CINEMA, DateChange, Doubt, DoubtReason, Film, Release, ReleaseType
from bot.domain.gate import SETTLES
from bot.domain.merge import BUNDLED, ORDER, Key, Record, first_of, has_taken_back, why_dated
from bot.domain.releases import Counting, may_count, only_basis
from bot.domain.sources import AnswerState
from bot.domain.subscribers import Wanted

_OF_WAY = {
    Wanted.CINEMA: CINEMA,
    Wanted.DIGITAL: frozenset({ReleaseType.DIGITAL, ReleaseType.TV}),
    Wanted.PHYSICAL: frozenset({ReleaseType.PHYSICAL}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking one source about a film."""

    source: str
    record: Record | None = None  #: its last word; None: it never gave one
    state: AnswerState | None = None  #: of the last time; None: it has not answered yet
    reason: str = ""  #: why it failed, as a clause
    checked_at: datetime | None = None  #: its last good answer
    next_check_at: datetime | None = None

    @property
    def is_stale(self) -> bool:
        """Whether it gave nothing of use the last time: what it said before stands."""
        return bool(self.reason) or self.state in (AnswerState.FAILED, AnswerState.GONE, AnswerState.UNKNOWN)

    @property
    def looked_up(self) -> date | None:
        """The day on which a person looked its facts up; the catalogue alone has one."""
        return self.record.film.as_of if self.record and self.source == BUNDLED else None


class Basis(StrEnum):
    """Which release counts, and why that one."""

    CINEMA = "cinema"  #: the first time that the public can see it in a cinema
    LIMITED = "limited"  #: a few cinemas come first, then all
    CHOSEN = "chosen"  #: this server waits for something else than the cinema
    ANY = "any"  #: it reaches no cinema that is known, so its first release of any type
    ELSEWHERE = "elsewhere"  #: nothing that counts here: the nearest true statement is another country's
    NONE = "none"  #: nobody names any date that counts


class Standing(StrEnum):
    """Why it is this date."""

    WORD = "word"  #: of what the sources say, by the rule in `Why.clause`
    KEPT = "kept"  #: the one from before: what a source says now is not believed yet
    TRUSTED = "trusted"  #: this server's admins trust it, ahead of the rule


@dataclass(frozen=True, slots=True)
class Word:
    """What one source says of the release that counts, or would count here."""

    asked: Asked
    said: Release | None  #: the first that it names; None if it names none
    took_back: bool  #: it named one, and names none any more
    since: datetime | None  #: when it began to say so, as far as Marquee knows
    as_ever: bool  #: it has said so ever since it was first asked
    agrees: bool  #: it says the date that is in force
    fits: bool  #: it says the same, and knows less of it: "June 2025" beside 6 June 2025
    aside: tuple[Release, ...]  #: what it has of this country that does not count, if it has nothing that does


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that speaks for a date, and against it."""

    country: str
    basis: Basis
    release: Release | None  #: in force: here or, failing that, the nearest elsewhere
    here: bool
    not_here: DoubtReason | None  #: nothing counts here although there is something: of what kind it is
    standing: Standing
    clause: str  #: why this source's word: "the newest word"
    passed_over: tuple[Release, ...]  #: of this country, and not the one: premieres, festivals, re-releases
    words: tuple[Word, ...]  #: the reviewed catalogue first
    open_doubts: tuple[Doubt, ...]
    trusted: tuple[Doubt, ...]
    history: tuple[DateChange, ...]  #: newest first


def explain(
    film: Film,
    country: str,
    counting: Counting,
    wanted: frozenset[Wanted],
    asked: Sequence[Asked],
    trusted: Sequence[Doubt] = (),
) -> Why:
    """Say why `film`, as one server sees it, has the date it has in `country`; `trusted`: doubts its admins trust."""
    release = counting.main or counting.elsewhere
    key = (release.country, release.type) if release else (country, ReleaseType.THEATRICAL)
    concerned = {country, key[0]}
    records = [each.record for each in asked if each.record]
    open_doubts = tuple(doubt for doubt in film.doubts if doubt.country in concerned)
    in_favour = tuple(doubt for doubt in trusted if doubt.country in concerned)
    standing = Standing.WORD
    if any((doubt.country, doubt.type) == key for doubt in in_favour):
        standing = Standing.TRUSTED
    elif any((doubt.country, doubt.type, doubt.old) == (*key, release.date) for doubt in open_doubts if release):
        standing = Standing.KEPT
    return Why(
        country=country,
        basis=_basis(film, counting, wanted),
        release=release,
        here=counting.main is not None,
        not_here=None if counting.main else only_basis(film.releases, country),
        standing=standing,
        clause=why_dated(records, key) if release else "",
        passed_over=_passed_over(film, country, counting),
        words=tuple(_word(each, key, country, wanted, release) for each in sorted(asked, key=_rank)),
        open_doubts=open_doubts,
        trusted=in_favour,
        history=_history(film, key, country),
    )


def settles_at(doubt: Doubt) -> datetime | None:
    """When a doubt settles by itself, if its source still says so then (aware UTC); None: only somebody's word does.

    A note that says re-release or festival is no slip of the keyboard: saying it twice makes it no release.
    """
    if doubt.reason in (DoubtReason.AGAIN, DoubtReason.FESTIVAL):
        return None
    return doubt.first_seen_at + SETTLES


def days_apart(old: ReleaseDate | None, new: ReleaseDate | None) -> int | None:
    """How many days a date went forward, or (negative) back; None if one of them is not known to the day."""
    return (new.day - old.day).days if old and new and old.day and new.day else None


def doubts_about(film: Film, country: str, release: Release | None) -> list[Doubt]:
    """The open doubts that somebody who is told the date of `release` must hear of: of it, or of a cinema here."""
    key = (release.country, release.type) if release else None
    return [
        doubt
        for doubt in film.doubts
        if (doubt.country, doubt.type) == key or (doubt.country == country and doubt.type in CINEMA)
    ]


def _basis(film: Film, counting: Counting, wanted: frozenset[Wanted]) -> Basis:
    main = counting.main
    if main is None:
        return Basis.ELSEWHERE if counting.elsewhere else Basis.NONE
    if main.type in CINEMA:
        first_wide = counting.wide is not None
        return Basis.LIMITED if first_wide else Basis.CINEMA
    if Wanted.CINEMA in wanted and not any(r.type in CINEMA and may_count(r) for r in film.releases):
        return Basis.ANY
    return Basis.CHOSEN


def _passed_over(film: Film, country: str, counting: Counting) -> tuple[Release, ...]:
    """What somebody may take for the release here: no later than it, or, where none counts, whatever there is."""
    main = counting.main
    found = [release for release in film.releases if release.country == country and release.date.first is not None]
    if main is not None:
        found = [r for r in found if not may_count(r) and r.date.sort_key <= main.date.sort_key]
    return tuple(sorted(found, key=lambda release: release.date.sort_key))


def _word(asked: Asked, key: Key, country: str, wanted: frozenset[Wanted], in_force: Release | None) -> Word:
    record = asked.record
    said = _said(record, key, country, wanted) if record else None
    took_back = said is not None and has_taken_back(said)
    since = (said.since or record.first_at) if said and record else None
    here = said is not None and not took_back and said.country == country
    aside = (
        [r for r in record.film.releases if r.country == country and not may_count(r)] if record and not here else []
    )
    same = said is not None and not took_back and in_force is not None and said.country == in_force.country
    return Word(
        asked=asked,
        said=None if took_back else said,
        took_back=took_back,
        since=since,
        as_ever=since is not None and record is not None and since <= record.first_at,
        agrees=same and said.date == in_force.date if said and in_force else False,
        fits=same and _is_vaguer(said.date, in_force.date) if said and in_force else False,
        aside=tuple(sorted(aside, key=lambda release: release.date.sort_key)),
    )


def _said(record: Record, key: Key, country: str, wanted: frozenset[Wanted]) -> Release | None:
    """What a source says under `key`; first, if `key` is abroad, what it says of the ways that are waited for here."""
    the_same = first_of(record, key)
    if key[0] == country and the_same is not None:
        return the_same
    types = CINEMA.union(*(_OF_WAY[way] for way in wanted))
    named = [first for type_ in ReleaseType if type_ in types and (first := first_of(record, (country, type_)))]
    here = min(named, key=lambda release: release.date.sort_key, default=None)
    return here or the_same


def _is_vaguer(said: ReleaseDate, in_force: ReleaseDate) -> bool:
    if said.first is None or said.last is None or in_force.first is None or in_force.last is None:
        return False
    return said != in_force and said.first <= in_force.first and in_force.last <= said.last


def _history(film: Film, key: Key, country: str) -> tuple[DateChange, ...]:
    """Of the release that counts, limited and wide together; and of a cinema here."""
    types = CINEMA if key[1] in CINEMA else {key[1]}
    concerned = {(key[0], type_) for type_ in types} | {(country, type_) for type_ in CINEMA | types}
    return tuple(change for change in reversed(film.changes) if (change.country, change.type) in concerned)


def _rank(asked: Asked) -> int:
    return ORDER.index(asked.source) if asked.source in ORDER else len(ORDER)
