"""What a subscriber is owed, until when it is fresh, and when to look again. The heart of Marquee: keep it pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.domain.changes import notice_due, worth_asking, worth_telling
from bot.domain.dates import ReleaseDate, local_day, local_instant
from bot.domain.digests import NEXT_WITHIN, digest_posts
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.live import is_live, live_posts
from bot.domain.posts import ALERT_FRESH, CHANGE_FRESH, LISTED, Post, PostKind
from bot.domain.quiet_posts import out_of_quiet
from bot.domain.releases import counting_for, first_date, has_date
from bot.domain.subscribers import Subscriber, Subscription, in_force

#: Posts become rows this long before they are due: a fact that changes sooner needs no row undone.
LOOK_AHEAD = timedelta(minutes=5)
_DAY, _MIDNIGHT = timedelta(days=1), time()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is owed up to the look-ahead, and when to look again (None: not before a fact changes)."""

    posts: tuple[Post, ...]
    next_wake_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Of what is due after `until`, and most is, a plan asks only when: to make posts of it all would take longest."""

    until: datetime
    due_at: list[datetime] = field(default_factory=list[datetime])


def plan(subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime) -> Plan:
    """Decide which posts `subscriber` is owed at `now`, and when to look again.

    `now` is aware UTC; hours are read in the subscriber's time zone. Posts are ordered by time; those already past are
    among them back to `LISTED`, so that what an outage made stale is on record. Empty when no release has a day.
    """
    near: list[Post] = []
    ahead = _Ahead(now + LOOK_AHEAD)
    owed = _forecast(subscriber, subscriptions, ahead if subscriber.quiet is None else None)
    digests = digest_posts(subscriber, now - LISTED, now + LOOK_AHEAD + NEXT_WITHIN)
    for post in sorted([*owed, *digests], key=_order):
        if post.due_at <= now - LISTED and not (post.kind is PostKind.LIVE and post.fresh_until > now):
            continue
        if post.due_at <= now + LOOK_AHEAD:
            near.append(post)
        else:
            ahead.due_at.append(post.due_at)
            break
    return Plan(tuple(near), min(ahead.due_at) - LOOK_AHEAD if ahead.due_at else None)


def whole_forecast(
    subscriber: Subscriber, subscriptions: Sequence[Subscription], since: datetime, until: datetime
) -> list[Post]:
    """List every post that `subscriber` is owed, by time; of weekly digests those due after `since`, `until` then."""
    return sorted([*forecast(subscriber, subscriptions), *digest_posts(subscriber, since, until)], key=_order)


def forecast(subscriber: Subscriber, subscriptions: Sequence[Subscription]) -> list[Post]:
    """List every post that `subscriber` is owed as far as the facts go, past and to come, by time; no digests."""
    return sorted(_forecast(subscriber, subscriptions, None), key=_order)


def _forecast(subscriber: Subscriber, subscriptions: Sequence[Subscription], ahead: "_Ahead | None") -> Iterator[Post]:
    """The same in any order; with `ahead`, of what is due after it no more than when, the first of each release."""
    owed = (post for subscription in subscriptions for post in _owed(subscriber, subscription, ahead))
    return out_of_quiet(subscriber, owed)


def _order(post: Post) -> tuple[datetime, int, str]:
    return (post.due_at, post.kind.priority, post.dedup_key)


def is_held_back(post: Post, subscriber: Subscriber, subscription: Subscription | None) -> bool:
    """Whether a pause that is known of today will keep `post` back when it falls due."""
    pauses = (subscriber.pause, subscription.pause if subscription else None)
    return any(pause is not None and pause.covers(post.due_at) for pause in pauses)


def still_owed(
    posts: Iterable[Post], subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime
) -> bool:
    """Whether every one of `posts` is fresh at `now` and says what the facts still say."""
    owed = {post.dedup_key for post in whole_forecast(subscriber, subscriptions, now - LISTED, now + NEXT_WITHIN)}
    films = {subscription.film.id: subscription.film for subscription in subscriptions}

    def says_the_truth(post: Post) -> bool:
        if not post.kind.is_forecast or post.dedup_key in owed:
            return True
        # forecast() lists only untold changes, and one that is under way counts as told.
        film = films.get(post.film_id or 0) if post.kind is PostKind.DATE_CHANGE else None
        return film is not None and names_its_day(post, film)

    return all(post.fresh_until > now and says_the_truth(post) for post in posts)


def names_its_day(post: Post, film: Film) -> bool:
    """Whether the day that `post` names is still its film's.

    News is of the first release of its type; a countdown may be to another language's, if the first was over when
    the film was tracked.
    """
    if not post.kind.names_a_day:
        return True
    if post.kind is PostKind.DATE_CHANGE:
        return first_date(film, post.country, post.type) == post.date
    return has_date(film, post.country, post.type, post.date)


def _owed(subscriber: Subscriber, subscription: Subscription, ahead: "_Ahead | None") -> Iterator[Post]:
    film = subscription.film
    subscriber = in_force(subscriber, subscription)
    channel_id = subscription.channel_id or subscriber.channel_id
    for post in _notices(subscriber, subscription):
        yield replace(post, channel_id=channel_id)
    for post in _doubts(subscriber, subscription):
        yield replace(post, channel_id=subscriber.admin_channel_id or channel_id)
    for release in counting_for(subscriber, subscription).owed:
        if (day := release.date.day) is None:
            continue
        known_at = _known_at(film, release)
        yield from live_posts(subscriber, subscription, release, day, known_at)
        yield from _countdown(subscriber, subscription, release, day, known_at, ahead)


def _countdown(
    subscriber: Subscriber,
    subscription: Subscription,
    release: Release,
    day: date,
    known_at: Sequence[datetime],
    ahead: "_Ahead | None",
) -> Iterator[Post]:
    """The milestones of a release that is known to be on `day`, unless they are counted live, and its alert.

    Not what fell due before anyone could owe it: tracking five days before a release does not post 30 and 7.
    """
    film, zone, posts_at = subscription.film, subscriber.zone, subscriber.posts_at
    channel_id = subscription.channel_id or subscriber.channel_id
    since = max([subscription.tracked_at, *known_at])
    for milestone in (*(() if is_live(subscriber) else sorted(subscriber.milestones, reverse=True)), 0):
        kind = PostKind.COUNTDOWN if milestone else PostKind.RELEASE
        local = day - timedelta(days=milestone)
        due_at = local_instant(local, posts_at, zone)
        if due_at <= since:
            continue
        fresh_until = local_instant(local + _DAY, _MIDNIGHT, zone) if milestone else due_at + ALERT_FRESH
        due_at = _not_before(kind, due_at, fresh_until, subscriber, subscription)
        if due_at is None:
            continue
        if ahead is not None and due_at > ahead.until:
            ahead.due_at.append(due_at)
            return
        yield Post(
            subscriber_id=subscriber.id,
            kind=kind,
            dedup_key=_dedup_key(subscriber, film, kind, str(milestone), release.type, release.date),
            due_at=due_at,
            fresh_until=fresh_until,
            film_id=film.id,
            milestone_days=milestone or None,
            country=release.country,
            type=release.type,
            date=release.date,
            channel_id=channel_id,
        )


def _notices(subscriber: Subscriber, subscription: Subscription) -> Iterator[Post]:
    """What moved, if what counts here is not what this subscriber was last told of.

    With it all that is known of the film is told: what moved, and did not matter here, does not come back as old news.
    """
    film = subscription.film
    # What was old when the settings changed is no news: a country that was chosen today did not follow it then.
    changed_at = subscriber.settings_changed_at
    since = max(subscription.tracked_at, changed_at - CHANGE_FRESH if changed_at else subscription.tracked_at)
    untold = [
        change
        for change in film.changes
        if not change.history
        and change.id > subscription.told_change_id
        and change.known_at is not None
        and change.known_at > since
        and change.country == subscriber.country
    ]
    told = worth_telling(subscriber, subscription, untold) if untold else ()
    if not told:
        return
    due_at = notice_due(subscriber, told)
    for change in told:
        yield Post(
            subscriber_id=subscriber.id,
            kind=PostKind.DATE_CHANGE,
            dedup_key=_dedup_key(subscriber, film, PostKind.DATE_CHANGE, str(change.id), change.type, change.new),
            due_at=due_at,
            fresh_until=due_at + CHANGE_FRESH,
            film_id=film.id,
            country=change.country,
            type=change.type,
            date=change.new,
            old_date=change.old,
            change_id=max(known.id for known in film.changes),
        )


def _doubts(subscriber: Subscriber, subscription: Subscription) -> Iterator[Post]:
    """What admins are asked about, at once: a doubt may settle itself within a day, and the posting hour be late."""
    film = subscription.film
    for doubt in worth_asking(subscriber, subscription):
        yield Post(
            subscriber_id=subscriber.id,
            kind=PostKind.DOUBT,
            dedup_key=_dedup_key(subscriber, film, PostKind.DOUBT, str(doubt.id), doubt.type, doubt.new),
            due_at=doubt.first_seen_at,
            fresh_until=doubt.first_seen_at + CHANGE_FRESH,
            film_id=film.id,
            country=doubt.country,
            type=doubt.type,
            date=doubt.new,
            old_date=doubt.old,
            doubt_id=doubt.id,
        )


def _not_before(
    kind: PostKind, due_at: datetime, fresh_until: datetime, subscriber: Subscriber, subscription: Subscription
) -> datetime | None:
    """When a countdown or alert goes out by the settings of today; None if it was said, or fell due before them.

    A new posting hour that has passed today posts at once, and so does an alert that a new zone brings into the past:
    else the release day would be lost to moving the hour from 18:00 to 9:00 at noon. One that went out before the
    change has the same dedup_key, and is not sent twice.
    """
    counted_on = subscription.live.counted_on if kind is PostKind.COUNTDOWN else None
    if counted_on is not None and local_day(due_at, subscriber.zone) <= counted_on:
        return None  # the live countdown, turned off since, said so that day
    changed_at = subscriber.settings_changed_at
    if changed_at is None or due_at > changed_at:
        return due_at
    if kind is PostKind.RELEASE:
        return changed_at if changed_at < fresh_until else None
    return changed_at if local_day(due_at, subscriber.zone) == local_day(changed_at, subscriber.zone) else None


def _known_at(film: Film, release: Release) -> list[datetime]:
    """When its date came to be known. A trusted date that passes is taken back and stated in one instant: no news."""
    story = [change for change in film.changes if (change.country, change.type) == (release.country, release.type)]
    return [
        change.known_at
        for before, change in zip([None, *story], story, strict=False)
        if change.known_at is not None
        and change.new == release.date
        and not (before and (before.old, before.known_at) == (change.new, change.known_at))
    ]


def _dedup_key(
    subscriber: Subscriber, film: Film, kind: PostKind, number: str, type_: ReleaseType, on: ReleaseDate | None
) -> str:
    """What makes a post the same post. A server that changes its country is not told the same day again."""
    return f"{subscriber.id}:{film.id}:{kind}:{number}:{type_}:{on or 'none'}"
