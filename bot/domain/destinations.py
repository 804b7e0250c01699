"""A channel's health: why it was closed, what a look at it found, and when to look again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

#: The first look at a closed channel, and the longest wait between two. Each later one waits twice as long.
FIRST_WAIT, LONGEST_WAIT = timedelta(hours=1), timedelta(hours=24)
#: "You cannot see it" is also what a server answers that Marquee was removed from: that is soon looked into.
SOON = timedelta(minutes=1)
#: Nobody answered: that says nothing of the channel.
NO_ANSWER_WAIT = timedelta(minutes=10)
#: A deleted channel does not come back: a few looks, in case the answer was wrong, and no more.
GONE_WAIT, GONE_LOOKS = timedelta(days=7), 4


class Closure(StrEnum):
    """Why Discord closed a destination, by its answer to a message."""

    ACCESS = "access"  #: 403 50001: Marquee cannot see it, or is not in the server
    PERMISSION = "permission"  #: 403 50013: it may not do there what it tried
    DIRECT = "direct"  #: 403 50007: a person who takes no direct messages
    CHANNEL = "channel"  #: 404 10003: it was deleted
    SERVER = "server"  #: 404 10004: Marquee is not in the server
    LOCKED = "locked"  #: a moderator locked the thread, and Marquee may not manage threads
    KIND = "kind"  #: the channel is one where Marquee cannot write at all


class Door(StrEnum):
    """What a look at a destination found, without writing there."""

    OPEN = "open"
    SHUT = "shut"  #: it may not be written to, as things are
    GONE = "gone"  #: it was deleted
    LEFT = "left"  #: Marquee is not in the server
    UNKNOWN = "unknown"  #: nobody answered
    UNAUTHORISED = "unauthorised"  #: 401: the token no longer works


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found, and what Marquee lacks there by the names that Discord shows, for posts at their best."""

    door: Door
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel's health: whether Marquee may write there."""

    channel_id: int
    paused: bool  #: nothing is sent there until it can be written to again
    reason: str  #: why, one sentence for an admin
    since: datetime  #: when it was paused, or opened again
    subscriber_id: int | None = None
    probes: int = 0  #: looks since posts last arrived there
    missed_since: datetime | None = None  #: what fell due from then on was not told there yet


def first_look_at(closure: Closure | None, channel_id: int, now: datetime) -> datetime | None:
    """When to look for the first time at a destination that is closed `now`; None: it is opened by a person alone."""
    if closure is Closure.DIRECT:
        return None
    if closure in (Closure.ACCESS, Closure.SERVER):
        return now + _spread(SOON, channel_id, 0)
    return now + _spread(FIRST_WAIT, channel_id, 0)


def next_look_at(door: Door, probes: int, channel_id: int, now: datetime) -> datetime | None:
    """When to look again after `probes` looks, the last of which found `door`; None: never again."""
    if door in (Door.UNKNOWN, Door.UNAUTHORISED):
        return now + _spread(NO_ANSWER_WAIT, channel_id, probes)
    if door is Door.GONE:
        return now + _spread(GONE_WAIT, channel_id, probes) if probes < GONE_LOOKS else None
    wait = min(FIRST_WAIT * 2 ** min(max(probes - 1, 0), 10), LONGEST_WAIT)
    return now + _spread(wait, channel_id, probes)


def _spread(wait: timedelta, channel_id: int, number: int) -> timedelta:
    """`wait`, a tenth more or less: channels that were closed together are not looked at together."""
    drawn = int.from_bytes(blake2b(f"{channel_id}:{number}".encode(), digest_size=4).digest(), "big")
    return wait * (0.9 + 0.2 * drawn / 2**32)
