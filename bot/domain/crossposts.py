"""Publishing messages of announcement channels: which, how many an hour, and what Discord's answers come to. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.domain.messages import Attempt, Message, Outcome
from bot.domain.posts import PostKind

#: Discord lets a channel publish about ten an hour, people's own among them, and names no number.
AN_HOUR = 8
#: What could not be published in a day is no news.
GIVEN_UP_AFTER = timedelta(hours=24)
#: Not for strangers: what admins are asked, and what this server missed.
_KEPT = frozenset({PostKind.DOUBT, PostKind.RESUME, PostKind.OPENING, PostKind.REMINDER})
_LONGEST_WAIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Crosspost:
    """A message that is to be published."""

    message: Message
    attempt: int  #: 1 for the first


class Ending(Enum):
    """What became of it."""

    DONE = auto()
    LATER = auto()
    GIVEN_UP = auto()
    NO_NEWS_CHANNEL = auto()  #: nothing there can be published


@dataclass(frozen=True, slots=True)
class Published:
    """An ending, and when it is tried again."""

    ending: Ending
    retry_at: datetime | None = None


def is_for_all(message: Message) -> bool:
    """Whether those who follow the channel are to read it."""
    return not any(post.kind in _KEPT for post in message.posts)


def settle_crosspost(crosspost: Crosspost, attempt: Attempt, now: datetime) -> Published:
    """Decide what an attempt to publish comes to. Twice is refused as done: whatever may pass is tried again.

    `attempt.kind`: what the channel turned out to be, if nothing can be published there.
    """
    if attempt.kind is not None:
        return Published(Ending.NO_NEWS_CHANNEL)
    if attempt.outcome is Outcome.SENT:
        return Published(Ending.DONE)
    if attempt.outcome in {Outcome.NOT_SENT, Outcome.UNAUTHORISED, Outcome.UNKNOWN} and not is_too_old(crosspost, now):
        wait = min(timedelta(seconds=2 ** min(crosspost.attempt + 1, 12)), _LONGEST_WAIT)
        return Published(Ending.LATER, now + max(attempt.retry_after, wait))
    return Published(Ending.GIVEN_UP)


def is_too_old(crosspost: Crosspost, now: datetime) -> bool:
    """Whether it is no news any more."""
    return now - crosspost.message.first_sent_at > GIVEN_UP_AFTER
