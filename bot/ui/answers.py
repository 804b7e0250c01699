"""What Discord's answer to a request, or its silence, comes to: the table of docs/delivery.md. No I/O."""

import math
from collections.abc import Sequence
from datetime import timedelta

import aiohttp
import discord

from bot.domain.destinations import Closure
from bot.domain.messages import Attempt, Outcome
from bot.ui.permissions import NAMES
from bot.ui.text import listed, plain

#: What a request of discord.py's ends in, other than an answer of 2xx.
Trouble = (aiohttp.ClientError, discord.HTTPException, discord.RateLimited, discord.LoginFailure, OSError, TimeoutError)
#: A try that ended without a status: the connection broke.
BROKEN = 0
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_UNKNOWN_CHANNEL, _UNKNOWN_GUILD, _UNKNOWN_MESSAGE = 10003, 10004, 10008
_MISSING_ACCESS, _CANNOT_DM, _MISSING_PERMISSIONS = 50001, 50007, 50013
_NO_TEXT_CHANNEL, _IS_FORUM = 50008, 40058
_NO_TAGS, _TOO_MANY_THREADS = frozenset({40066, 40067}), 160006
_NEEDED = listed([name for flag, name in NAMES.items() if flag != "send_messages_in_threads"])
_CLOSED = {
    _UNKNOWN_CHANNEL: "The channel no longer exists.",
    _UNKNOWN_GUILD: "Marquee is not in the server any more.",
    _MISSING_ACCESS: "Marquee cannot see the channel: it needs View Channel there, and to be in the server.",
    _MISSING_PERMISSIONS: f"Marquee lacks a permission in the channel. It needs {_NEEDED}; "
    "in a thread, Send Messages in Threads too.",
    _CANNOT_DM: "This person does not take direct messages from Marquee.",
}
_CLOSURES = {
    _UNKNOWN_CHANNEL: Closure.CHANNEL,
    _UNKNOWN_GUILD: Closure.SERVER,
    _MISSING_ACCESS: Closure.ACCESS,
    _MISSING_PERMISSIONS: Closure.PERMISSION,
    _CANNOT_DM: Closure.DIRECT,
}
#: No code of Discord's at all, and "slow mode".
_PASSING = frozenset({0, 20016, 20028})
_PASSES_AFTER = timedelta(minutes=1)
_FULL_AFTER = timedelta(minutes=10)
_MAX_QUOTE = 300
_MAX_WAIT_SECONDS = 86_400.0


def sending_of(error: BaseException, tries: Sequence[int]) -> Attempt:
    """What an attempt to send came to that ended in `error`.

    `tries`: the status of each request that discord.py made for it, `BROKEN` for none. It tries again by itself after a
    5xx; what refuses the second request says nothing of the first.
    """
    if any(200 <= status < 300 for status in tries):
        return Attempt(Outcome.SENT)  # stored; only reading the answer failed
    attempt = _last_try(error)
    earlier_may_be_there = any(status == BROKEN or status >= 500 for status in tries[:-1])
    if earlier_may_be_there and attempt.outcome is not Outcome.SENT:
        return Attempt(Outcome.UNKNOWN, reason=attempt.reason, retry_after=attempt.retry_after)
    return attempt


def takes_no_messages(error: BaseException, tries: Sequence[int]) -> bool:
    """Whether Discord refused a message because nobody can write one in such a channel, a forum for one."""
    refused = isinstance(error, discord.HTTPException) and error.code in {_NO_TEXT_CHANNEL, _IS_FORUM}
    return refused and sending_of(error, tries).outcome is Outcome.REJECTED


def locked(tries: Sequence[int] = ()) -> Attempt:
    """What an attempt came to in a thread that a moderator locked; `tries` as in `sending_of`."""
    reason = "A moderator locked the thread. Unlock it, or give Marquee Manage Threads there."
    if any(status == BROKEN or status >= 500 for status in tries):
        return Attempt(Outcome.UNKNOWN, reason=reason)
    return Attempt(Outcome.CLOSED, reason=reason, closure=Closure.LOCKED)


def reading_of(error: BaseException) -> Attempt:
    """What reading a channel's history came to that ended in `error`."""
    attempt = _last_try(error)
    if isinstance(error, discord.HTTPException) and error.status in {403, 404} and error.code in _CLOSED:
        return Attempt(Outcome.UNREADABLE, reason=_CLOSED[error.code], closure=_CLOSURES[error.code])
    return Attempt(Outcome.UNKNOWN, reason=attempt.reason, retry_after=attempt.retry_after)


def editing_of(error: BaseException) -> Attempt:
    """What an edit came to that ended in `error`; SENT for a message that is deleted: there is nothing left to edit."""
    return _last_try(error)


def is_closed_by(error: BaseException, *codes: int) -> bool:
    """Whether Discord itself, and not a proxy's page, refused with one of these codes."""
    return isinstance(error, discord.HTTPException) and error.status in {403, 404} and error.code in codes


def is_unauthorised(error: BaseException) -> bool:
    """Whether Discord refuses the bot's token."""
    return _last_try(error).outcome is Outcome.UNAUTHORISED


def _last_try(error: BaseException) -> Attempt:
    match error:
        case discord.HTTPException():
            return _status(error)
        case discord.RateLimited():
            return _wait(error.retry_after)
        case discord.LoginFailure():
            return Attempt(Outcome.UNAUTHORISED, reason="Discord refuses the bot's token.")
        case aiohttp.ClientConnectorError():
            return Attempt(Outcome.NOT_SENT, reason="Discord could not be reached.")
        case _:
            return Attempt(Outcome.UNKNOWN, reason=f"The connection to Discord broke ({type(error).__name__}).")


def _status(error: discord.HTTPException) -> Attempt:
    if error.status == 429:
        return _wait(error.response.headers.get("Retry-After"))
    if error.status == 401:
        return Attempt(Outcome.UNAUTHORISED, reason="Discord refuses the bot's token (401).")
    if error.status == 404 and error.code == _UNKNOWN_MESSAGE:
        return Attempt(Outcome.SENT, reason="It was sent before, and has been deleted since.")
    if error.status in {403, 404}:
        if error.code in _CLOSED:
            return Attempt(Outcome.CLOSED, reason=_CLOSED[error.code], closure=_CLOSURES[error.code])
        if error.code in _PASSING:
            # A page of a proxy, or "slow down": a channel that is closed for it stays closed until an admin acts.
            return Attempt(Outcome.NOT_SENT, reason=_quote(error), retry_after=_PASSES_AFTER)
    if error.code in _NO_TAGS:
        reason = "The forum asks for a tag, and all its tags are for moderators. Add one that everybody may give."
        return Attempt(Outcome.CLOSED, reason=reason, closure=Closure.KIND)
    if error.code == _TOO_MANY_THREADS:
        return Attempt(Outcome.NOT_SENT, reason="The server has too many open threads.", retry_after=_FULL_AFTER)
    if 400 <= error.status < 500 and error.status != 408:
        return Attempt(Outcome.REJECTED, reason=f"Discord refuses this message: {_quote(error)}")
    return Attempt(Outcome.UNKNOWN, reason=f"Discord did not say whether it took the message ({error.status}).")


def _wait(seconds: str | float | None) -> Attempt:
    """Refused for now, by a rate limit."""
    try:
        wait = float(seconds or 0)
    except ValueError:  # a Retry-After may also be a date
        wait = 0.0
    wait = min(max(wait, 0.0), _MAX_WAIT_SECONDS) if math.isfinite(wait) else 0.0
    return Attempt(Outcome.NOT_SENT, reason="Discord asked Marquee to wait.", retry_after=timedelta(seconds=wait))


def _quote(error: discord.HTTPException) -> str:
    """Discord's own words, on one line."""
    return f"{plain(error.text, _MAX_QUOTE) or 'no reason given'} ({error.code or error.status})"
