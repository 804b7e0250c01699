"""A film's own post in a forum: what opens it, and what Discord's answers mean there. Pure.

Discord takes no nonce when a post is opened: asked twice, there are two. So an opening in doubt is never asked for
again; it is looked for, and only once its request can no longer land.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.destinations import Closure
from bot.domain.messages import RESEND_WINDOW, Attempt, Message, Outcome
from bot.domain.posts import Post, PostKind

#: An opening that failed for good is tried again after 1, 2, 4 … minutes, at most an hour.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
#: News of the whole server has a post in the forum too; no film has this id.
WHOLE_SERVER = 0


def opening_post(due: Iterable[Post], forum_id: int, opened: int, now: datetime) -> Post:
    """What opens a forum's post for those that are `due` there; `opened`: how often it was opened before.

    It is worth sending for as long as one of them is.
    """
    due = list(due)
    first = due[0]
    return Post(
        subscriber_id=first.subscriber_id,
        kind=PostKind.OPENING,
        dedup_key=f"{first.subscriber_id}:{first.film_id or WHOLE_SERVER}:{PostKind.OPENING}:{forum_id}:{opened}",
        due_at=now,
        fresh_until=max(post.fresh_until for post in due),
        film_id=first.film_id,
        country=first.country,
        type=first.type,
        channel_id=forum_id,
    )


def wait_before(opened: int) -> timedelta:
    """How long to wait with a post that was tried to open `opened` times in vain."""
    return min(_FIRST_WAIT * 2 ** min(opened, 10), _LONGEST_WAIT)


def in_forum(message: Message, attempt: Attempt, now: datetime) -> Attempt:
    """What an attempt means for an opening, or for a reply in a film's post; any other stays as it is.

    - A post that was opened is of use only by its id: without it, it has to be looked for.
    - One that somebody deleted is opened again, and what was to go there goes to the new one: the forum is well.
    - One that a moderator locked says nothing of the forum's others.
    """
    if message.is_opening:
        if attempt.outcome is Outcome.SENT and attempt.discord_message_id is None:
            attempt = replace(attempt, outcome=Outcome.UNKNOWN)
        if attempt.outcome is Outcome.UNKNOWN:
            return replace(attempt, retry_after=max(attempt.retry_after, message.first_sent_at + RESEND_WINDOW - now))
        return attempt
    if message.forum_id is None:
        return attempt
    gone = attempt.closure is Closure.CHANNEL
    if gone and attempt.outcome in {Outcome.CLOSED, Outcome.UNREADABLE}:
        return Attempt(Outcome.NOT_SENT, reason="Somebody deleted the film's post in the forum.", thread_lost=True)
    if attempt.outcome is Outcome.CLOSED and attempt.closure is Closure.LOCKED:
        return Attempt(Outcome.REJECTED, reason=attempt.reason)
    return attempt
