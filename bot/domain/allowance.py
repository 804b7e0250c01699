"""How much a channel is told in a day, and when what is too much for it may go. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.domain.dates import local_day, local_instant
from bot.domain.subscribers import Subscriber


class Share(StrEnum):
    """What of all that is due a channel's next message may carry."""

    ALL = "all"
    DIGEST = "digest"  #: the day's last but for release days: everything, in brief
    RELEASES = "releases"  #: a release day waits for nobody


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told on a day, or may have been."""

    messages: int
    digests: int  #: among those, that of the daily cap


def share_of(told: Told, cap: int) -> Share:
    """Decide what a channel may be told that was `told` so much today; `cap`: messages a day."""
    if told.messages < cap:
        return Share.ALL
    return Share.RELEASES if told.digests else Share.DIGEST


def day_of(subscriber: Subscriber, now: datetime) -> tuple[datetime, datetime]:
    """The first instant of the subscriber's local day, and that of the next one."""
    today = local_day(now, subscriber.zone)
    return (
        local_instant(today, time(), subscriber.zone),
        local_instant(today + timedelta(days=1), time(), subscriber.zone),
    )


def next_turn(subscriber: Subscriber, now: datetime) -> datetime:
    """When a channel is told again that has heard enough today: at tomorrow's posting hour."""
    tomorrow = local_day(now, subscriber.zone) + timedelta(days=1)
    return subscriber.when_loud(local_instant(tomorrow, subscriber.posts_at, subscriber.zone))
