"""The weekly digest: when it is owed, and what there is to say of a week. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.dates import ReleaseDate, local_day, local_instant
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.posts import Post, PostKind
from bot.domain.releases import counting_for, may_count
from bot.domain.subscribers import Subscriber, Subscription

#: A digest tells of so many days from its own on, and of what moved in so many before it.
WEEK = timedelta(days=7)
#: One is due in any span of this length, wherever it begins: quiet hours and clocks move it by less than two days.
NEXT_WITHIN = timedelta(days=9)
#: Of the films that nobody here tracks: a handful, not a programme.
MAX_OTHERS = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A film and its release that falls into the week."""

    film: Film
    release: Release


@dataclass(frozen=True, slots=True)
class Move:
    """What a film's date was before the past week, and what it is now."""

    film: Film
    country: str
    type: ReleaseType
    old: ReleaseDate | None
    new: ReleaseDate | None


@dataclass(frozen=True, slots=True)
class Week:
    """What there is to say of the seven days from `first` on."""

    first: date
    coming: tuple[Arrival, ...] = ()  #: of the films that are tracked, by date
    moved: tuple[Move, ...] = ()  #: of those, what was told in the past week
    others: tuple[Arrival, ...] = ()  #: a few others that come to the country's cinemas, by date
    more: int = 0  #: how many of those there are beyond the few

    @property
    def last(self) -> date:
        """The last of the seven days."""
        return self.first + WEEK - _DAY

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.coming or self.moved or self.others)

    @property
    def films(self) -> tuple[Film, ...]:
        """Each film that is spoken of, once, in the order of the text."""
        every = (*(a.film for a in self.coming), *(m.film for m in self.moved), *(a.film for a in self.others))
        return tuple({film.id: film for film in every}.values())


def digest_posts(subscriber: Subscriber, after: datetime, until: datetime) -> Iterator[Post]:
    """The digests that fall due later than `after`, `until` then: at the posting hour of the chosen weekday.

    A change of settings brings none back from before it, but for one of the same day: its hour may have been moved
    into the past. It is fresh until the end of the next day: a night's outage costs none.
    """
    if subscriber.digest_weekday is None:
        return
    day = local_day(after, subscriber.zone) - 3 * _DAY
    day += (subscriber.digest_weekday - day.weekday()) % 7 * _DAY
    while day <= local_day(until, subscriber.zone):
        due_at = _due(subscriber, day)
        if due_at is not None and after < due_at <= until:
            yield Post(
                subscriber_id=subscriber.id,
                kind=PostKind.DIGEST,
                dedup_key=f"{subscriber.id}:{PostKind.DIGEST}:{day}",
                due_at=due_at,
                fresh_until=local_instant(day + 2 * _DAY, time(), subscriber.zone),
                channel_id=subscriber.channel_id,
            )
        day += WEEK


def _due(subscriber: Subscriber, day: date) -> datetime | None:
    due_at = local_instant(day, subscriber.posts_at, subscriber.zone)
    changed_at = subscriber.settings_changed_at
    if changed_at is not None and due_at <= changed_at:
        if local_day(changed_at, subscriber.zone) != day:
            return None
        due_at = changed_at
    return subscriber.when_loud(due_at)


def week_of(
    subscriber: Subscriber,
    subscriptions: Sequence[Subscription],
    told: Iterable[Post],
    openings: Iterable[Arrival],
    now: datetime,
) -> Week:
    """Put together what is to be said of the week that begins on the local day of `now`.

    `told`: the changes of date that the server was told of in the past week, by time. `openings`: what comes to the
    country's cinemas in the week, by date, of films that are not tracked: a few are kept, those that open wide first.
    Paused films are left out.
    """
    first = local_day(now, subscriber.zone)
    week = Week(first)
    heard = [s for s in subscriptions if not (s.pause and s.pause.covers(now))]
    coming = [
        Arrival(subscription.film, release)
        for subscription in heard
        for release in counting_for(subscriber, subscription).owed
        if _falls_into(week, release)
    ]
    first_of = {each.film.id: each for each in reversed(list(openings)) if may_count(each.release)}
    others = [each for each in first_of.values() if _falls_into(week, each.release)]
    wide_first = sorted(others, key=lambda each: (each.release.type is not ReleaseType.THEATRICAL, *_by_date(each)))
    few = wide_first[:MAX_OTHERS]
    return replace(
        week,
        coming=tuple(sorted(coming, key=_by_date)),
        moved=tuple(_net({s.film.id: s.film for s in heard}, told)),
        others=tuple(sorted(few, key=_by_date)),
        more=len(others) - len(few),
    )


def _falls_into(week: Week, release: Release) -> bool:
    return release.date.day is not None and week.first <= release.date.day <= week.last


def _by_date(arrival: Arrival) -> tuple[date, str, int]:
    return (arrival.release.date.day or date.max, arrival.film.title, arrival.film.id)


def _net(films: dict[int, Film], told: Iterable[Post]) -> Iterator[Move]:
    """Fold what was told of one date into what came of it; what came back is no news."""
    moves: dict[tuple[int, str, ReleaseType | None], tuple[ReleaseDate | None, ReleaseDate | None]] = {}
    for post in told:
        key = (post.film_id or 0, post.country, post.type)
        old = moves[key][0] if key in moves else post.old_date
        moves[key] = (old, post.date)
    for (film_id, country, type_), (old, new) in moves.items():
        if film_id in films and type_ is not None and old != new:
            yield Move(films[film_id], country, type_, old, new)
