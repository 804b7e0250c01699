"""Bundles of posts on their way to a destination, and what an attempt's outcome makes of them. Pure."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from bot.domain.channels import ChannelKind
from bot.domain.destinations import Closure
from bot.domain.digests import Week
from bot.domain.films import Film
from bot.domain.live import Countdown
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.subscribers import Subscriber

#: Own time-out around one send: discord.py's is 300 s, retries included.
SEND_TIMEOUT = timedelta(seconds=40)
#: After this another process may take a message over: longer than any send of a living owner.
LEASE = timedelta(seconds=60)
#: Within it Discord drops a second message with the same nonce ("the past few minutes", no number promised).
RESEND_WINDOW = timedelta(seconds=120)
#: Clocks differ: the history is read from this long before the first attempt.
HISTORY_MARGIN = timedelta(minutes=15)
#: In doubt and Discord will not say: give up asking after this and so many looks (an hour at least), and tell an admin.
DOUBT_LIMIT, DOUBT_LOOKS = timedelta(hours=30), 20
#: One message never holds more: a select has at most 25 options.
MAX_POSTS = 25
#: The digest beyond a day's cap names them in brief, and counts the rest; what is still more waits.
MAX_DIGEST = 100
#: Questions to admins go in messages of their own, a row of buttons each.
MAX_DOUBTS = 5


class MessageState(StrEnum):
    """Where a message stands."""

    SENDING = "sending"  #: owned, under lease; an attempt may have reached Discord
    IN_DOUBT = "in_doubt"  #: an attempt ended without an answer
    SENT = "sent"
    DISSOLVED = "dissolved"  #: known not to be there; its posts are planned again, or cancelled
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Outcome(StrEnum):
    """What one attempt to send, or to look a message up, came to."""

    SENT = "sent"
    NOT_SENT = "not_sent"  #: known not to have been stored: 429, connection refused, or absent from the history
    UNAUTHORISED = "unauthorised"  #: 401: the token no longer works
    REJECTED = "rejected"  #: 400: Discord refuses this content
    CLOSED = "closed"  #: 403/404: the destination cannot be written to
    UNKNOWN = "unknown"  #: time-out, reset, 5xx: it may or may not be there
    UNREADABLE = "unreadable"  #: the history may not be read
    NOTHING = "nothing"  #: there was nothing to say, and nothing was tried


#: This attempt was surely not stored.
_REFUSALS = frozenset({Outcome.NOT_SENT, Outcome.UNAUTHORISED, Outcome.REJECTED, Outcome.CLOSED})


@dataclass(frozen=True, slots=True)
class Attempt:
    """An outcome, with what Discord said."""

    outcome: Outcome
    discord_message_id: int | None = None
    reason: str = ""  #: one sentence for an admin
    retry_after: timedelta = timedelta()
    closure: Closure | None = None  #: of CLOSED: why
    kind: ChannelKind | None = None  #: what the channel turned out to be
    thread_lost: bool = False  #: the film's post in a forum is there no longer

    @property
    def may_be_for_more_than_text(self) -> bool:
        """Whether plain text may pass: Discord refuses the content, or for a permission that files or embeds need."""
        lacks = self.outcome is Outcome.CLOSED and self.closure is Closure.PERMISSION
        return lacks or self.outcome is Outcome.REJECTED


@dataclass(frozen=True, slots=True)
class Message:
    """One or more posts of one subscriber on their way to one destination. Membership never changes."""

    id: int
    subscriber_id: int
    channel_id: int
    state: MessageState
    owner: str
    lease_until: datetime
    attempt: int  #: 1 for the first
    first_sent_at: datetime
    message_key: str
    posts: tuple[Post, ...] = ()
    discord_message_id: int | None = None
    plain: bool = False  #: tried again as plain text after a 400
    digest: bool = False  #: all that was due, in brief: the day's cap was reached

    @property
    def is_opening(self) -> bool:
        """Whether it opens a film's own post in a forum."""
        return any(post.kind is PostKind.OPENING for post in self.posts)

    @property
    def forum_id(self) -> int | None:
        """Of a reply in a film's own post: the forum that it is in."""
        there = next((post.channel_id for post in self.posts), None)
        return there if there != self.channel_id else None

    @property
    def destination_id(self) -> int:
        """What is closed if it cannot be written to: the channel, or the whole forum."""
        return self.forum_id or self.channel_id

    def may_resend(self, now: datetime) -> bool:
        """Whether sending again with the same key is surely deduplicated.

        Discord takes none for an opening, and a clock that was set back knows nothing.
        """
        return not self.is_opening and self.first_sent_at <= now < self.first_sent_at + RESEND_WINDOW - SEND_TIMEOUT


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message with all that rendering it needs."""

    message: Message
    subscriber: Subscriber
    films: Mapping[int, Film]  #: by film id, whole, each film that a post is about
    skipped: tuple[Post, ...]  #: what a resume post tells of
    now: datetime
    countdown: Countdown | None = None  #: of a live countdown: what it says now
    week: Week | None = None  #: of a weekly digest: what it tells


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a message and its posts."""

    message: MessageState
    posts: PostState | None  #: None: they stay bundled
    retry_at: datetime | None = None  #: not before this is the message, or are its posts, taken up again
    close_destination: bool = False
    stop_dispatch: bool = False
    withdrawn: bool = False  #: it had nothing to tell: no post of it is planned again


def message_key(channel_id: int, dedup_keys: Iterable[str]) -> str:
    """Make the 24 characters that are the message's nonce and its marker in the history.

    Discord allows a nonce of 25. The same posts to the same destination always make the same key.
    """
    digest = blake2b(digest_size=18)
    digest.update(str(channel_id).encode())
    for key in sorted(dedup_keys):
        digest.update(b"\0" + key.encode())
    return urlsafe_b64encode(digest.digest()).decode()


def settle(
    message: Message, attempt: Attempt, now: datetime, *, still_true: bool = True, resent: bool = False
) -> Settlement:
    """Decide what an attempt's outcome makes of `message`.

    `still_true`: every post in it is still owed. `resent`: an earlier attempt may have reached Discord, so that a
    refusal of this one says nothing of the message: it stays in doubt until its destination's history is read.
    """
    if attempt.outcome is Outcome.SENT:
        return Settlement(MessageState.SENT, PostState.SENT)
    back = PostState.PLANNED if still_true else PostState.CANCELLED
    wait = now + max(attempt.retry_after, _backoff(message.message_key, message.attempt))
    if resent and attempt.outcome in _REFUSALS:
        stop = attempt.outcome is Outcome.UNAUTHORISED
        return Settlement(MessageState.IN_DOUBT, None, wait, stop_dispatch=stop)
    match attempt.outcome:
        case Outcome.NOT_SENT:
            return Settlement(MessageState.DISSOLVED, back, wait)
        case Outcome.UNAUTHORISED:
            return Settlement(MessageState.DISSOLVED, back, wait, stop_dispatch=True)
        case Outcome.REJECTED:
            return Settlement(MessageState.FAILED, PostState.FAILED)
        case Outcome.CLOSED:
            # Kept back like what falls due later: one message tells of both when the destination opens again.
            return Settlement(MessageState.FAILED, PostState.SKIPPED, close_destination=True)
        case Outcome.NOTHING:
            return Settlement(MessageState.DISSOLVED, PostState.SKIPPED)
        case Outcome.UNREADABLE:
            return Settlement(MessageState.UNCERTAIN, PostState.UNCERTAIN)
        case Outcome.UNKNOWN:
            if now - message.first_sent_at > DOUBT_LIMIT and message.attempt > DOUBT_LOOKS:
                return Settlement(MessageState.UNCERTAIN, PostState.UNCERTAIN)
            return Settlement(MessageState.IN_DOUBT, None, wait)


def _backoff(key: str, attempt: int) -> timedelta:
    """2, 4, 8 … seconds, at most five minutes, give or take a quarter: what failed together does not return together.

    The same for the same message and attempt.
    """
    chance = blake2b(f"{key}:{attempt}".encode(), digest_size=4).digest()
    spread = 0.75 + 0.5 * int.from_bytes(chance, "big") / 0xFFFFFFFF
    return timedelta(seconds=min(2 ** min(attempt, 9), 300) * spread)
