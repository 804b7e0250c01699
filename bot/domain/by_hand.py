"""What a person may do about a post that failed, or of which nobody can tell whether it arrived. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.plan import is_held_back, still_owed
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber, Subscription

#: Older ones are not offered any more: what they told is stale.
OFFERED_FOR = timedelta(days=7)
_AT_THE_END = re.compile(r"(?:^| )(?:sent again|said to be there|left) by <@(\d+)> on [\d-]+ [\d:]+ UTC$")


class Remedy(StrEnum):
    """What somebody decides."""

    AGAIN = "again"  #: it is not there: send it again
    THERE = "there"  #: it is there
    LEAVE = "leave"  #: ask no more


class Ending(StrEnum):
    """What came of it."""

    DONE = "done"
    TOO_LATE = "too_late"  #: somebody else decided before, or it is not a person's to decide
    OVER = "over"  #: what it tells is stale
    UNTRUE = "untrue"  #: what it tells is so no longer
    UNTRACKED = "untracked"
    PAUSED = "paused"  #: nothing goes out before somebody resumes it
    CLOSED = "closed"  #: its channel cannot be written to


@dataclass(frozen=True, slots=True)
class Stuck:
    """A post about which something is to be decided, or was."""

    post: Post
    subscriber: Subscriber
    title: str  #: of its film; empty: it is about the whole server


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a person's word on a post, which is as it stands then."""

    stuck: Stuck
    remedy: Remedy
    ending: Ending
    reason: str = ""  #: of CLOSED: why


def remedies(post: Post) -> tuple[Remedy, ...]:
    """What may be decided of `post`; empty if there is nothing to decide.

    A live countdown of which Marquee does not know the message cannot be edited: that it is there is no help. What
    opens a film's post in a forum is tried again, or opened anew, by itself.
    """
    stuck = post.state in (PostState.FAILED, PostState.UNCERTAIN) and post.kind is not PostKind.OPENING
    if not stuck or decided_by(post) is not None:
        return ()
    may_be_there = post.state is PostState.UNCERTAIN and post.kind is not PostKind.LIVE
    return (Remedy.AGAIN, Remedy.THERE if may_be_there else Remedy.LEAVE)


def note(post: Post, remedy: Remedy, user_id: int, now: datetime) -> str:
    """The reason of `post` once somebody has decided: who and when."""
    signed = f"by <@{user_id}> on {now:%Y-%m-%d %H:%M} UTC"
    match remedy:
        case Remedy.AGAIN:
            return f"sent again {signed}"
        case Remedy.THERE:
            return f"said to be there {signed}"
        case Remedy.LEAVE:
            why = post.reason.rstrip(" .")
            return f"{why}. left {signed}" if why else f"left {signed}"


def decided_by(post: Post) -> int | None:
    """Who decided what `post` came to, as far as that still stands in its reason."""
    found = _AT_THE_END.search(post.reason)
    return int(found[1]) if found else None


def goes_to(post: Post, subscriber: Subscriber, subscription: Subscription | None) -> int | None:
    """Where `post` goes if it is sent again: where its posts go today."""
    if post.kind is PostKind.LIVE or post.is_of_channel:
        return post.channel_id
    posts_go = (subscription.channel_id if subscription else None) or subscriber.channel_id
    return subscriber.admin_channel_id or posts_go if post.kind is PostKind.DOUBT else posts_go


def why_not_again(
    post: Post, subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime
) -> Ending | None:
    """Why `post` cannot be sent again at `now`; None if it can."""
    subscription = next((s for s in subscriptions if s.film.id == post.film_id), None)
    if post.fresh_until <= now:
        return Ending.OVER
    if post.film_id is not None and subscription is None:
        return Ending.UNTRACKED
    if not still_owed([post], subscriber, subscriptions, now):
        return Ending.UNTRUE
    pauses = (subscriber.pause, subscription.pause if subscription else None)
    paused = any(pause is not None and pause.covers(now) for pause in pauses)
    return Ending.PAUSED if paused or is_held_back(post, subscriber, subscription) else None
