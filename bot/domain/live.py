"""The live countdown: one message a film that is edited every day. When it is owed, and what it says now. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.dates import local_day, local_instant
from bot.domain.films import Release
from bot.domain.posts import Post, PostKind
from bot.domain.releases import counting_for
from bot.domain.subscribers import Subscriber, Subscription, in_force

#: Who deletes it so often does not want it there: it is left alone.
MAX_LOST = 3
#: Between what `shown` says of the facts and of the day.
_AT, _OVER = " @ ", "over"
_DAY = timedelta(days=1)


class Standing(StrEnum):
    """What a live countdown is there for."""

    COUNTING = "counting"
    RESTING = "resting"  #: somebody turned it off, or the film's posts go elsewhere: it says the date, and no days
    ENDED = "ended"  #: its film is tracked no longer


@dataclass(frozen=True, slots=True)
class Countdown:
    """What a live countdown says, by the facts of `today`."""

    standing: Standing
    today: date  #: the local day that it counts from
    country: str  #: whose dates
    releases: tuple[Release, ...] = ()  #: those that count, by date
    longest: int = 0  #: days before the release at which countdowns begin
    elsewhere: int | None = None  #: of a resting one: the channel in which it goes on

    @property
    def lead(self) -> Release | None:
        """The release to speak of first: the next, else the last that was."""
        coming = [release for release in self.releases if not _is_over(release, self.today)]
        dated = [release for release in self.releases if release.date.first is not None]
        return next(iter([*coming, *dated[-1:], *self.releases]), None)

    @property
    def counts(self) -> bool:
        """Whether tomorrow it says something else, although nothing has changed."""
        return self.standing is Standing.COUNTING and any(
            r.date.day and r.date.day >= self.today for r in self.releases
        )

    @property
    def is_over(self) -> bool:
        """Whether it has counted to its end."""
        lead = self.lead
        return self.standing is Standing.COUNTING and lead is not None and _is_over(lead, self.today)

    @property
    def shown(self) -> str:
        """What it says, in short: as long as this is the same, there is nothing to edit."""
        facts = [self.standing.value]
        if self.standing is not Standing.ENDED:
            facts += [f"{r.type} {r.country} {r.date}" for r in self.releases] or [self.country]
        if self.elsewhere is not None:
            facts.append(f"#{self.elsewhere}")
        return ", ".join(facts) + _AT + (self.today.isoformat() if self.counts else _OVER if self.is_over else "rest")


def countdown_of(
    subscriber: Subscriber, subscription: Subscription | None, channel_id: int, now: datetime
) -> Countdown:
    """Say what the live countdown of a film in a channel is to say at `now`; no subscription: it is not tracked."""
    today = local_day(now, subscriber.zone)
    if subscription is None:
        return Countdown(Standing.ENDED, today, subscriber.country)
    settings = in_force(subscriber, subscription)
    counting = counting_for(subscriber, subscription)
    goes_to = subscription.channel_id or subscriber.channel_id
    wanted = is_live(subscriber)
    return Countdown(
        Standing.COUNTING if wanted and goes_to == channel_id else Standing.RESTING,
        today,
        settings.country,
        counting.owed or ((counting.main,) if counting.main else ()),  # it may have been out when it was tracked
        max(subscriber.milestones, default=0),
        goes_to if wanted and goes_to != channel_id else None,
    )


def says_that_it_is_over(shown: str) -> bool:
    """Whether a message says that the film is out: that stays true, tracked or not."""
    return shown.endswith(_AT + _OVER)


def edit_due(countdown: Countdown, shown: str, subscriber: Subscriber, now: datetime) -> datetime | None:
    """When a message that says `shown` is to be edited; None: not before a fact changes.

    At once if the facts are others; else once a day at the posting hour, today's if that day has had no edit.
    """
    if shown.partition(_AT)[0] != countdown.shown.partition(_AT)[0]:
        return now
    said_today = shown == countdown.shown
    if said_today and not countdown.counts:
        return None
    day = countdown.today + _DAY if said_today else countdown.today
    return max(now, local_instant(day, subscriber.posts_at, subscriber.zone))


def live_posts(
    subscriber: Subscriber, subscription: Subscription, release: Release, day: date, known_at: Sequence[datetime]
) -> Iterable[Post]:
    """The post with which a live countdown begins; none if it is there, or not wanted there.

    `subscriber`: with the settings in force for the film. `known_at`: when the day of `release` came to be known.
    Due at the posting hour of the longest milestone, or at the first one at which it can be owed: after it was tracked,
    known, turned on, deleted, or kept back by a pause; before the release day. Its key names no date, so that a date
    that moves never makes another one, and how many were lost, so that the next is another.
    """
    mark, channel_id = subscription.live, subscription.channel_id or subscriber.channel_id
    if not is_live(subscriber) or mark.there or mark.lost >= MAX_LOST or channel_id is None:
        return
    since = [subscription.tracked_at, *known_at, subscriber.settings_changed_at, mark.lost_at]
    begins = local_instant(day - max(subscriber.milestones) * _DAY, subscriber.posts_at, subscriber.zone)
    due_at = next_hour(subscriber, max(at for at in (*since, begins - timedelta(seconds=1)) if at is not None))
    midnight = local_instant(day, time(), subscriber.zone)
    for pause in (subscriber.pause, subscription.pause):
        # One that began after it was due found it unsent: else it were there.
        if pause is not None and pause.since < midnight:
            if pause.until is None:
                return
            due_at = max(due_at, next_hour(subscriber, pause.until - timedelta(seconds=1)))
    if due_at >= midnight:
        return
    film = subscription.film
    yield Post(
        subscriber_id=subscriber.id,
        kind=PostKind.LIVE,
        dedup_key=f"{subscriber.id}:{film.id}:{PostKind.LIVE}:{channel_id}:{release.type}:{mark.lost}",
        due_at=due_at,
        fresh_until=midnight,
        film_id=film.id,
        country=release.country,
        type=release.type,
        date=release.date,
        channel_id=channel_id,
        note=countdown_of(subscriber, subscription, channel_id, due_at).shown,
    )


def is_live(subscriber: Subscriber) -> bool:
    """Whether films are counted down to in a message each, and not in posts."""
    return subscriber.live and bool(subscriber.milestones)


def next_hour(subscriber: Subscriber, after: datetime) -> datetime:
    """The first posting hour later than `after`."""
    today = local_day(after, subscriber.zone)
    hours = (local_instant(today + days * _DAY, subscriber.posts_at, subscriber.zone) for days in range(3))
    return next(hour for hour in hours if hour > after)


def _is_over(release: Release, today: date) -> bool:
    return release.date.last is not None and release.date.last < today
