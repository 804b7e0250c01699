"""What people are told by themselves: how little by default, and putting a film off to another day. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.dates import local_day, local_instant
from bot.domain.plan import forecast
from bot.domain.posts import ALERT_FRESH, CHANGE_FRESH, Post, PostKind
from bot.domain.releases import counting_for
from bot.domain.subscribers import Subscriber, Subscription

#: Fewer than a server's: what one person asked for is told twice before the day, and on it.
PERSON_MILESTONES = (7, 1)


class Snooze(StrEnum):
    """Until when a person puts a film off, in the order in which it is offered."""

    TOMORROW = "tomorrow"
    THREE_DAYS = "three_days"
    MONTH_BEFORE = "month_before"
    WEEK_BEFORE = "week_before"
    DAY_BEFORE = "day_before"


_BEFORE = {Snooze.MONTH_BEFORE: 30, Snooze.WEEK_BEFORE: 7, Snooze.DAY_BEFORE: 1}
_FROM_TODAY = {Snooze.TOMORROW: 1, Snooze.THREE_DAYS: 3}


@dataclass(frozen=True, slots=True)
class Reminders:
    """All that a person has asked for."""

    person: Subscriber  #: guessed, with the id 0, if nothing is stored of them
    followed: Sequence[Subscription]
    put_off: Mapping[int, datetime]  #: film id → when it is told again
    closed: bool  #: direct messages stopped arriving


@dataclass(frozen=True, slots=True)
class SnoozeOption:
    """One way to put a film off, and when it is told again."""

    snooze: Snooze
    due_at: datetime


def snooze_options(person: Subscriber, subscription: Subscription, now: datetime) -> list[SnoozeOption]:
    """List the ways to put a film off at `now`: at the person's own hour, on days on which nothing comes anyway."""
    coming = {local_day(post.due_at, person.zone) for post in forecast(person, [subscription]) if post.due_at > now}
    today = local_day(now, person.zone)
    released_on = _released_on(person, subscription, today)
    days = {snooze: today + timedelta(days=ahead) for snooze, ahead in _FROM_TODAY.items()}
    if released_on is not None:
        days |= {snooze: released_on - timedelta(days=before) for snooze, before in _BEFORE.items()}
    options = [
        SnoozeOption(snooze, local_instant(days[snooze], person.posts_at, person.zone))
        for snooze in Snooze
        if snooze in days and days[snooze] not in coming
    ]
    return [option for option in options if option.due_at > now]


def reminder_post(person: Subscriber, subscription: Subscription, due_at: datetime, key: int) -> Post:
    """The post that tells of a film again at `due_at`; `key`: the click that asked for it.

    It names no date: what is known of the film then is said. Fresh until the release is no news any more.
    """
    film = subscription.film
    released_on = _released_on(person, subscription, local_day(due_at, person.zone))
    stale_at = due_at + CHANGE_FRESH
    if released_on is not None:
        stale_at = local_instant(released_on, person.posts_at, person.zone) + ALERT_FRESH
    return Post(
        subscriber_id=person.id,
        kind=PostKind.REMINDER,
        dedup_key=f"{person.id}:{film.id}:{PostKind.REMINDER}:{key}",
        due_at=due_at,
        fresh_until=stale_at,
        film_id=film.id,
        channel_id=person.channel_id,
    )


def by_date(person: Subscriber, followed: Sequence[Subscription], today: date) -> list[Subscription]:
    """A person's films, what comes next first, those without a day after them, what is out last."""

    def order(subscription: Subscription) -> tuple[int, date, str]:
        release = counting_for(person, subscription).ahead(today)
        last = release.date.last if release else None
        if last is None:
            return (1, date.max, subscription.film.label)
        return (0 if last >= today else 2, last, subscription.film.label)

    return sorted(followed, key=order)


def _released_on(person: Subscriber, subscription: Subscription, today: date) -> date | None:
    """The day of the release that is ahead on `today`; None if none is known to the day."""
    release = counting_for(person, subscription).ahead(today)
    day = release.date.day if release else None
    return day if day is not None and day >= today else None
