"""Live countdowns that are in a channel: what is known of each, and what an edit comes to. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.dates import TBA
from bot.domain.live import Countdown, edit_due, next_hour
from bot.domain.messages import Attempt, Outcome, Parcel
from bot.domain.subscribers import Subscriber

#: 2, 4, 8 … seconds, then an hour each, for as long as it takes.
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """What is known of a film's live countdown in a channel."""

    film_id: int
    channel_id: int
    message_id: int | None  #: None: somebody deleted it
    due_at: datetime | None  #: when it is edited next
    shown: str
    lost: int  #: how many were deleted there
    since: datetime | None  #: when it was sent


@dataclass(frozen=True, slots=True)
class LiveEdit:
    """A live countdown that is to be edited, taken under lease."""

    film_id: int
    channel_id: int
    message_id: int
    attempt: int  #: 1 for the first; after that the channel may show what an earlier one wrote
    shown: str


@dataclass(frozen=True, slots=True)
class LiveSettled:
    """What becomes of a live countdown after an edit."""

    shown: str | None = None  #: what it says now; None: what it said, as far as anybody knows
    due_at: datetime | None = None  #: when it is edited next
    counted_on: date | None = None  #: the day that it counts from; None: it does not count
    lost: bool = False  #: somebody has deleted it
    close: bool = False  #: its channel cannot be written to


def counting(parcel: Parcel, countdown: Countdown) -> Parcel:
    """A live countdown's parcel by what is true now: its post is about the release that `countdown` leads with."""
    lead = countdown.lead
    if lead is None:
        now = {"country": countdown.country, "date": TBA}
    else:
        now = {"country": lead.country, "type": lead.type, "date": lead.date}
    posts = tuple(replace(post, **now) for post in parcel.message.posts)
    return replace(parcel, message=replace(parcel.message, posts=posts), countdown=countdown)


def settle_edit(
    edit: LiveEdit, attempt: Attempt | None, countdown: Countdown, subscriber: Subscriber, now: datetime
) -> LiveSettled:
    """Decide what an attempt to edit comes to; None: the message is gone.

    Editing twice is harmless, and nothing piles up: whatever fails is tried again, with what is true by then.
    """
    if attempt is None:
        return LiveSettled(lost=True)
    match attempt.outcome:
        case Outcome.SENT:
            due_at = edit_due(countdown, countdown.shown, subscriber, now)
            return LiveSettled(countdown.shown, due_at, countdown.today if countdown.counts else None)
        case Outcome.CLOSED:
            return LiveSettled(due_at=next_hour(subscriber, now), close=True)
        case Outcome.REJECTED | Outcome.UNREADABLE:  # an archived thread, a history that may not be read
            return LiveSettled(due_at=next_hour(subscriber, now))
        case _:
            wait = min(timedelta(seconds=2 ** min(edit.attempt, 12)), _LONGEST_WAIT)
            return LiveSettled(due_at=now + max(attempt.retry_after, wait))
