"""Posts: one thing owed to one subscriber each, what it says, and where it stands. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.dates import ReleaseDate
from bot.domain.films import ReleaseType

#: A release-day alert is worth having for a long weekend; after its day it says "out since Friday".
ALERT_FRESH = timedelta(days=3)
CHANGE_FRESH = timedelta(days=7)
#: What was missed longer ago than this is not even listed as skipped.
LISTED = timedelta(days=30)
#: Later than this and the message says that it is late.
LATE = timedelta(minutes=60)


class PostKind(StrEnum):
    """What a post says, the most pressing first; the order bundles go by."""

    RELEASE = "release"
    DATE_CHANGE = "date_change"
    COUNTDOWN = "countdown"
    LIVE = "live"  #: one message that counts down by being edited every day
    REMINDER = "reminder"  #: what a person put off, told again
    RESUME = "resume"
    FOLLOWED = "followed"  #: a film was tracked by itself, because of a franchise or a person
    DIGEST = "digest"  #: what comes this week, and what moved
    DOUBT = "doubt"  #: for the admins: a suspicious date that is not believed yet
    OPENING = "opening"  #: the first message of a film's own post in a forum; its other posts are replies

    @property
    def priority(self) -> int:
        """0 goes out first."""
        return _PRIORITIES[self]

    @property
    def names_a_day(self) -> bool:
        """Whether such a post is untrue once the film's day is another one."""
        return self in (PostKind.RELEASE, PostKind.COUNTDOWN, PostKind.DATE_CHANGE)

    @property
    def is_forecast(self) -> bool:
        """Whether plan() owes it from the facts; the others were owed by what somebody did, and stay owed."""
        return self not in (PostKind.RESUME, PostKind.FOLLOWED, PostKind.REMINDER, PostKind.OPENING)


_PRIORITIES = {kind: place for place, kind in enumerate(PostKind)}


class PostState(StrEnum):
    """Where a post stands."""

    PLANNED = "planned"
    BUNDLED = "bundled"  #: in a message that is on its way
    SENT = "sent"  #: it is in the channel
    SKIPPED = "skipped"  #: never sent, and why: stale, paused
    CANCELLED = "cancelled"  #: no longer owed
    FAILED = "failed"  #: Discord refused it
    UNCERTAIN = "uncertain"  #: nobody can tell whether it arrived


#: The states that a post stays in.
SETTLED = frozenset({PostState.SENT, PostState.SKIPPED, PostState.FAILED, PostState.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class Post:
    """One thing owed to one subscriber."""

    subscriber_id: int
    kind: PostKind
    dedup_key: str  #: subscriber:film:kind:milestone:type:date; at most one message ever carries it
    due_at: datetime
    fresh_until: datetime
    film_id: int | None = None  #: None: about the whole server
    milestone_days: int | None = None
    country: str = ""
    type: ReleaseType | None = None
    date: ReleaseDate | None = None
    old_date: ReleaseDate | None = None  #: of a date change
    change_id: int | None = None
    channel_id: int | None = None  #: None: nobody said where yet
    since_at: datetime | None = None  #: of a resume: when the pause began
    id: int = 0
    state: PostState = PostState.PLANNED
    reason: str = ""
    settled_at: datetime | None = None
    doubt_id: int | None = None  #: of a doubt: which one
    note: str = ""  #: of a film that was tracked by itself: because of whom or what

    @property
    def is_of_channel(self) -> bool:
        """Of a resume: whether it tells of a channel that was reopened, and not of a pause."""
        return self.dedup_key.split(":")[1].startswith("#")
