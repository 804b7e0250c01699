"""Runs the real plan() through a script the way services/planning.py does, woken only when it asked to be."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from bot.domain import plan as planner
from bot.domain.dates import ReleaseDate
from bot.domain.films import DateChange, Film, Release, ReleaseType
from bot.domain.posts import LISTED, Post, PostKind, PostState
from bot.domain.quiet import QuietHours
from bot.domain.releases import changed_dates
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription, Wanted
from tests.domain.oracle import Posted
from tests.domain.script import Date, Event, Script, Settings


@dataclass
class Desk:
    """A store and a planner for one subscriber, in memory."""

    script: Script
    eager: bool = False  #: plans at every moment and once more, not only when it asked to be woken
    plans: int = 0

    def __post_init__(self) -> None:
        first = Subscriber(1, SubscriberKind.GUILD, 900, channel_id=55)
        self.subscriber = replace(first, **_settings(self.script.settings))
        self.films = {
            number: Film(number, f"Film {number}", releases=_releases(dates))
            for number, dates in self.script.films.items()
        }
        self.tracked: dict[int, datetime] = {}
        self.chosen: dict[int, dict[str, Any]] = {}  #: film → what its subscription chose for itself
        self.stored: dict[str, Post] = {}
        self.wake_at: datetime | None = None
        self.posted: list[Posted] = []
        self.changes = 0

    def run(self) -> list[Posted]:
        """Live through the script; what was posted, by time."""
        events = list(self.script.events)
        now = self.script.start
        while now < self.script.end:
            if not self.script.asleep(now):
                while events and events[0].at <= now:
                    self._learn(events.pop(0))
                if self.eager or (self.wake_at is not None and self.wake_at <= now):
                    self.plan(now)
                if self.eager:
                    assert self.plan(now) == 0, f"planning twice changed something at {now}"
            if not self.script.mute(now):
                self._dispatch(now)
            now = self._next(now, events)
        return sorted(self.posted)

    def _next(self, now: datetime, events: list[Event]) -> datetime:
        moments = [event.at for event in events[:1]] + [outage.end for outage in self.script.outages]
        moments += [self.wake_at] if self.wake_at else []
        moments.append(self.subscriber.when_loud(now))
        moments += [post.due_at for post in self.stored.values() if post.state is PostState.PLANNED]
        return min((moment for moment in moments if moment > now), default=self.script.end)

    def _learn(self, event: Event) -> None:
        if event.settings is not None:
            self.subscriber = replace(self.subscriber, settings_changed_at=event.at, **_settings(event.settings))
        elif event.tracked is True:
            self.tracked.setdefault(event.film, event.at)
        elif event.tracked is False:
            self.tracked.pop(event.film, None)
            self.chosen.pop(event.film, None)
        elif event.chosen is not None:
            country, wanted = event.chosen
            own = {"country": country, "wanted": wanted and _wanted(wanted), "chosen_at": event.at}
            self.chosen |= {event.film: own} if event.film in self.tracked else {}
        elif event.dates is not None:
            film, releases = self.films[event.film], _releases(event.dates)
            for country, type_, old, new in changed_dates(film.releases, releases):
                self.changes += 1
                change = DateChange(self.changes, film.id, country, type_, old, new, "test", event.at)
                film = replace(film, changes=(*film.changes, change))
            self.films[event.film] = replace(film, releases=releases)
        self.wake_at = event.at

    def plan(self, now: datetime) -> int:
        """Bring what is stored to what is owed; how many rows that changed."""
        self.plans += 1
        owed = planner.plan(self.subscriber, self.subscriptions(), now)
        touched = 0
        known = dict(self.stored)
        for post in owed.posts:
            stored = known.pop(post.dedup_key, None)
            if stored is None or stored.state is PostState.CANCELLED or _moved(stored, post):
                self.stored[post.dedup_key] = post
                touched += 1
        for post in known.values():
            if post.state is PostState.PLANNED and post.due_at > now - LISTED:
                self.stored[post.dedup_key] = replace(post, state=PostState.CANCELLED)
                touched += 1
        self.wake_at = owed.next_wake_at
        return touched

    def subscriptions(self) -> list[Subscription]:
        return [
            Subscription(self.films[number], since, 1, told_change_id=self._told(number), **self.chosen.get(number, {}))
            for number, since in self.tracked.items()
        ]

    def _told(self, number: int) -> int:
        told = (p.change_id or 0 for p in self.stored.values() if p.film_id == number and p.state is PostState.SENT)
        return max(told, default=0)

    def _dispatch(self, now: datetime) -> None:
        if self.subscriber.when_loud(now) != now:
            return  # what an outage kept back waits for the end of quiet hours as well
        for key, post in self.stored.items():
            if post.state is not PostState.PLANNED or post.due_at > now:
                continue
            if post.fresh_until <= now:
                self.stored[key] = replace(post, state=PostState.SKIPPED)
                continue
            self.stored[key] = replace(post, state=PostState.SENT)
            self.posted.append(posted(post, now))


def posted(post: Post, at: datetime) -> Posted:
    """A post that arrived, in the oracle's words."""
    assert post.film_id is not None
    old = str(post.old_date) if post.kind is PostKind.DATE_CHANGE and post.old_date else ""
    when = str(post.date) if post.date else ""
    return Posted(at, str(post.kind), post.film_id, post.milestone_days or 0, str(post.type), when, old)


def _moved(stored: Post, owed: Post) -> bool:
    return stored.state is PostState.PLANNED and _place(stored) != _place(owed)


def _place(post: Post) -> tuple[object, ...]:
    return (post.due_at, post.fresh_until, post.channel_id, post.country, post.old_date, post.change_id)


def _releases(dates: tuple[Date, ...]) -> tuple[Release, ...]:
    return tuple(
        Release(d.country, ReleaseType(d.type), ReleaseDate.parse(d.when), d.note, language=d.language) for d in dates
    )


def _settings(settings: Settings) -> dict[str, object]:
    return {
        "country": settings.country,
        "timezone": settings.zone,
        "posting_time": time.fromisoformat(settings.hour),
        "milestones": settings.milestones,
        "wanted": _wanted(settings.wanted),
        "quiet": QuietHours(*map(time.fromisoformat, settings.quiet)) if settings.quiet else None,
    }


def _wanted(names: tuple[str, ...]) -> frozenset[Wanted]:
    return frozenset(Wanted(name) for name in names)
