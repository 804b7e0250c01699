"""Which changes of date are news to a subscriber and when, and which doubts its admins are asked about. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.dates import ReleaseDate, local_day, local_instant
from bot.domain.films import DateChange, Doubt, Release, ReleaseType
from bot.domain.gate import as_trusted
from bot.domain.releases import counting_for, may_count, net_changes
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription

_Dates = Mapping[tuple[str, ReleaseType], ReleaseDate | None]


def worth_telling(subscriber: Subscriber, subscription: Subscription, untold: Sequence[DateChange]) -> list[DateChange]:
    """What came of `untold`, as far as it concerns what counted here before or counts now."""
    film = subscription.film
    oldest_first = sorted(untold, key=lambda c: c.id)
    was = {(c.country, c.type): c.old for c in reversed(oldest_first)}
    became = {(c.country, c.type): c.new for c in oldest_first}
    kept = tuple(r for r in film.releases if not _is_new(r, was, became))
    undone = tuple(Release(*key, old) for key, old in was.items() if old)
    before = _identities(subscriber, replace(subscription, film=replace(film, releases=kept + undone)))
    after = _identities(subscriber, subscription)
    if before == after:
        return []
    moved = [change for change in net_changes(untold) if _is_dated(change.old) or _is_dated(change.new)]
    types = {type_ for type_, _ in before ^ after}
    return [change for change in moved if change.type in types] or moved


def _is_new(release: Release, was: _Dates, became: _Dates) -> bool:
    """Whether it was not there before what moved did. Another language's day, beside the one that moved, was."""
    key = (release.country, release.type)
    return key in was and may_count(release) and (was[key] is None or release.date == became[key])


def _identities(subscriber: Subscriber, subscription: Subscription) -> set[tuple[ReleaseType, ReleaseDate]]:
    """What counts, as far as it has a date: "to be announced" says no more than silence."""
    owed = counting_for(subscriber, subscription).owed
    return {(release.type, release.date) for release in owed if _is_dated(release.date)}


def _is_dated(day: ReleaseDate | None) -> bool:
    return day is not None and day.first is not None


def notice_due(subscriber: Subscriber, changes: Sequence[DateChange]) -> datetime:
    """The next posting hour after the news, and after the last change of settings; at once if it would be out by then.

    No change of settings may carry the hour into the past: the news would be lost.
    """
    zone = subscriber.zone
    known_at = max(at for at in (*(c.known_at for c in changes), subscriber.settings_changed_at) if at is not None)
    today = local_day(known_at, zone)
    due_at = local_instant(today, subscriber.posts_at, zone)
    if due_at <= known_at:
        due_at = local_instant(today + timedelta(days=1), subscriber.posts_at, zone)
    days = [change.new.day for change in changes if change.new and change.new.day]
    return known_at if any(day <= local_day(due_at, zone) for day in days) else due_at


def as_lived(changes: Sequence[DateChange]) -> list[DateChange]:
    """Fold what was learnt of one date in one instant into what came of it.

    For a server that trusted a date, its passing is two steps, back and forth, and it lived through none.
    """
    lived: list[DateChange] = []
    for change in changes:
        last = next((c for c in reversed(lived) if (c.country, c.type) == (change.country, change.type)), None)
        if last is None or last.history or last.known_at is None or last.known_at != change.known_at:
            lived.append(change)
            continue
        lived.remove(last)
        lived += net_changes([last, change])
    return lived


def worth_asking(subscriber: Subscriber, subscription: Subscription) -> list[Doubt]:
    """List the doubts that would change what counts here, and that no admin has answered.

    One that was there when the film was tracked is on its card; nobody is asked about it. A person never is: for
    them it passes as it does where admins say nothing.
    """
    if subscriber.kind is SubscriberKind.USER or not subscription.film.doubts:
        return []
    counts = _identities(subscriber, subscription)

    def matters(doubt: Doubt) -> bool:
        trusting = replace(subscription, film=as_trusted(subscription.film, [doubt]))
        return doubt.country == subscriber.country and _identities(subscriber, trusting) != counts

    return [
        doubt
        for doubt in subscription.film.doubts
        if doubt.id not in subscription.answered and doubt.first_seen_at > subscription.tracked_at and matters(doubt)
    ]
