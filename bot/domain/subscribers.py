"""Who is told, when and where: a guild or a user, their settings, and the films they follow."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from bot.domain.dates import local_day
from bot.domain.films import Film
from bot.domain.quiet import QuietHours

#: Days before the release, by local dates, on which a countdown is posted.
DEFAULT_MILESTONES = (30, 7, 3, 1)
DEFAULT_POSTING_TIME = time(9)
#: Where nothing hints at a country: most films have a date there first.
DEFAULT_COUNTRY = "US"
#: A year ahead is the farthest that a countdown is of use; more than ten a film is noise.
MAX_MILESTONE_DAYS, MAX_MILESTONES = 365, 10
#: A guild's channel stays readable, and a plan cheap.
MAX_FILMS = 200
#: Messages a channel and local day before a digest takes over.
DEFAULT_DAILY_CAP, MAX_DAILY_CAP = 6, 25


@cache  # zoneinfo keeps the last eight, and reads any other from its file again
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


class SubscriberKind(StrEnum):
    """What a subscriber is on Discord."""

    GUILD = "guild"
    USER = "user"


class TrackRight(StrEnum):
    """Who may `/track` and `/untrack`."""

    EVERYONE = "everyone"
    MANAGERS = "managers"


class Wanted(StrEnum):
    """A way of release that a subscriber wants to hear of."""

    CINEMA = "cinema"  #: limited or wide
    DIGITAL = "digital"  #: streaming, rent or buy, or on TV
    PHYSICAL = "physical"  #: a disc


DEFAULT_WANTED = frozenset({Wanted.CINEMA})


@dataclass(frozen=True, slots=True)
class Pause:
    """No posts for a while. It stays on record after its end, until the next one."""

    since: datetime
    until: datetime | None = None  #: None: until somebody resumes

    def covers(self, now: datetime) -> bool:
        """Whether posts due at `now` are skipped."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A guild or a user with the settings in force."""

    id: int  #: 0 before it is stored
    kind: SubscriberKind
    discord_id: int
    channel_id: int | None = None
    country: str = DEFAULT_COUNTRY
    timezone: str = "America/New_York"
    posting_time: time = DEFAULT_POSTING_TIME
    milestones: tuple[int, ...] = DEFAULT_MILESTONES
    ping_role_id: int | None = None
    track_right: TrackRight = TrackRight.EVERYONE
    pause: Pause | None = None
    country_chosen: bool = False  #: False: guessed from a locale; cards say so and offer to change it
    timezone_chosen: bool = False
    settings_changed_at: datetime | None = (
        None  #: country, zone, hour, milestones, wanted: nothing is owed from before it
    )
    revision: int = 0
    wanted: frozenset[Wanted] = DEFAULT_WANTED  #: never empty; each is counted down to and announced
    quiet: QuietHours | None = None  #: nothing is sent in them
    digest_weekday: int | None = None  #: 0 for Monday: when the weekly digest comes; None: there is none
    live: bool = False  #: one message a film that is edited daily, instead of countdowns
    daily_cap: int = DEFAULT_DAILY_CAP  #: messages a channel and local day before a digest takes over
    role_button: bool = False  #: whether a button gives and takes the ping role
    crosspost: bool = False  #: whether posts in announcement channels are published to those who follow them
    admin_channel_id: int | None = None  #: where admins are asked and told; None: where the posts go
    left_at: datetime | None = None  #: when Marquee was removed from the server; None: it is there

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return _zone(self.timezone)

    @property
    def may_ping_themselves(self) -> bool:
        """Whether people here give themselves the role that is pinged, and give it back."""
        return self.kind is SubscriberKind.GUILD and self.role_button and self.ping_role_id is not None

    @property
    def posts_at(self) -> time:
        """The hour at which posts appear: the posting time, or the end of the quiet hours that cover it."""
        return self.quiet.end if self.quiet and self.quiet.cover(self.posting_time) else self.posting_time

    def when_loud(self, instant: datetime) -> datetime:
        """`instant`, or the end of the quiet hours that it falls into."""
        return (self.quiet.end_after(instant, self.zone) if self.quiet else None) or instant


@dataclass(frozen=True, slots=True)
class LiveMark:
    """What became of a film's live countdown in one channel."""

    there: bool = False  #: it is in the channel, as far as anybody knows
    lost: int = 0  #: how many of them somebody has deleted there
    lost_at: datetime | None = None  #: when that was last found out
    counted_on: date | None = None  #: the last local day on which it said how many days are left


NO_LIVE = LiveMark()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber follows a film."""

    film: Film  #: brief: with releases and changes, without credits
    tracked_at: datetime
    tracked_by: int
    channel_id: int | None = None  #: overrides the subscriber's channel
    pause: Pause | None = None
    told_change_id: int = 0  #: the newest change of date that this subscriber was told of, or is being told of
    wanted: frozenset[Wanted] | None = None  #: overrides the subscriber's
    country: str | None = None  #: overrides the subscriber's: "follow the US date for this film"
    chosen_at: datetime | None = None  #: when those two were last chosen: nothing is owed from before it
    live: LiveMark = NO_LIVE  #: where its posts go now
    answered: frozenset[int] = frozenset()  #: doubts that the server's admins have trusted, or said to wait for


def in_force(subscriber: Subscriber, subscription: Subscription) -> Subscriber:
    """The settings that hold for one film: the subscriber's, with the country and types that its subscription chose."""
    own = (subscription.country, subscription.wanted, subscription.chosen_at)
    if own == (None, None, None):
        return subscriber
    changes = [at for at in (subscriber.settings_changed_at, subscription.chosen_at) if at is not None]
    return replace(
        subscriber,
        country=subscription.country or subscriber.country,
        wanted=subscriber.wanted if subscription.wanted is None else subscription.wanted,
        settings_changed_at=max(changes, default=None),
    )


def today_of(subscriber: Subscriber | None, now: datetime) -> date:
    """The local day of a subscriber; UTC's for somebody who has none."""
    return local_day(now, subscriber.zone) if subscriber else now.date()
