"""What a plan changes: what the store has of one subscriber, held against what is owed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.corrections import Told, to_correct
from bot.domain.live import countdown_of, edit_due, says_that_it_is_over
from bot.domain.living import LiveMessage
from bot.domain.plan import plan, still_owed
from bot.domain.posts import LISTED, Post, PostKind, PostState
from bot.domain.subscribers import Subscriber, Subscription

#: A planned post may be moved from anywhere in the listed past: look a little farther back than plan() does.
LOOK_BACK = LISTED + timedelta(days=2)
_NEVER_SENT = frozenset({PostState.CANCELLED, PostState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Case:
    """What the store has of one subscriber, as of one instant."""

    subscriber: Subscriber
    subscriptions: Sequence[Subscription]
    waiting: Sequence[Post] = ()  #: planned, due within `LOOK_BACK` or later
    sent_again: frozenset[int] = frozenset()  #: of those: ids of news that somebody had sent again by hand
    others: Mapping[str, PostState] = field(default_factory=dict[str, PostState])  #: dedup keys in any other state
    told: Sequence[Told] = ()  #: countdowns and alerts that may still be corrected
    live: Sequence[LiveMessage] = ()


@dataclass(frozen=True, slots=True)
class Orders:
    """What a plan changes, each row only if it still stands as the case had it; nothing if a fact came since."""

    subscriber_id: int
    revision: int  #: the plan knows no later fact
    next_wake_at: datetime | None
    arm: Sequence[Post] = ()  #: to be owed, unless they are on record and were not cancelled
    rearm: Sequence[Post] = ()  #: live countdowns to be owed again, if they were skipped
    move: Sequence[Post] = ()  #: by their ids
    cancel: Sequence[tuple[int, str]] = ()  #: ids, and why
    correct: Sequence[int] = ()  #: messages
    edit: Sequence[tuple[int, datetime | None]] = ()  #: messages with a live countdown, and when; None: not by itself
    free: bool = False  #: something waits for an hour or a day that the settings may have changed


def orders_for(case: Case, now: datetime) -> Orders:
    """Decide what brings the store to what `case.subscriber` is owed at `now`. Planning twice changes nothing."""
    subscriber, films = case.subscriber, {each.film.id: each for each in case.subscriptions}
    owed = plan(subscriber, case.subscriptions, now)
    waiting = {post.dedup_key: post for post in case.waiting}
    arm: list[Post] = []
    rearm: list[Post] = []
    move: list[Post] = []
    for post in owed.posts:
        stored = waiting.pop(post.dedup_key, None)
        if stored is not None:
            if _place(stored) != _place(post):
                move.append(replace(post, id=stored.id))
            continue
        state = case.others.get(post.dedup_key, PostState.CANCELLED)
        if state is PostState.CANCELLED:
            arm.append(post)
        # One that is not in sight may have been skipped long ago.
        if state in _NEVER_SENT and post.kind is PostKind.LIVE and post.fresh_until > now:
            rearm.append(post)
    cancel: list[tuple[int, str]] = []
    for post in waiting.values():
        follows = _follow(post, case, films, now)
        if isinstance(follows, str):
            cancel.append((post.id, follows))
        elif follows is not None:
            move.append(follows)
    return Orders(
        subscriber.id,
        subscriber.revision,
        owed.next_wake_at,
        arm,
        rearm,
        move,
        cancel,
        to_correct(case.told, {film_id: each.film for film_id, each in films.items()}) if case.told else (),
        tuple(_edits(case, films, now)),
        any(post.reason.startswith("waits: ") for post in case.waiting),
    )


def _place(post: Post) -> tuple[object, ...]:
    """What may change of a post that waits: when and where it goes, and what it tells of."""
    return (post.due_at, post.fresh_until, post.channel_id, post.country, post.old_date, post.change_id)


def _follow(post: Post, case: Case, films: Mapping[int, Subscription], now: datetime) -> Post | str | None:
    """What becomes of a post that no plan brings: it moves, is cancelled for that reason, or (None) stays as it is.

    News that somebody had sent again stays owed as long as it is true: other news of the film may have been told since.
    What tells of a pause, or of a film tracked by itself, goes where its posts go; nowhere if it is untracked.
    """
    if post.kind.is_forecast:
        again = post.id in case.sent_again
        if not (again and still_owed([post], case.subscriber, case.subscriptions, now)):
            return "no longer owed"
    if post.is_of_channel:
        return None
    channel_id = case.subscriber.channel_id
    if post.film_id is not None:
        subscription = films.get(post.film_id)
        if subscription is None:
            return "no longer tracked"
        channel_id = subscription.channel_id or channel_id
    if post.channel_id == channel_id:
        return None
    return "the posts go elsewhere" if post.kind is PostKind.OPENING else replace(post, channel_id=channel_id)


def _edits(case: Case, films: Mapping[int, Subscription], now: datetime) -> Iterator[tuple[int, datetime | None]]:
    """When every live countdown is to be edited that does not say what is true."""
    for live in case.live:
        subscription = films.get(live.film_id)
        if live.message_id is None or (subscription is None and says_that_it_is_over(live.shown)):
            continue
        countdown = countdown_of(case.subscriber, subscription, live.channel_id, now)
        due_at = edit_due(countdown, live.shown, case.subscriber, now)
        waits = live.due_at is not None and live.due_at <= now  # for its turn, or since an outage: not till tomorrow
        if due_at != live.due_at and not (waits and due_at is not None):
            yield live.message_id, due_at
