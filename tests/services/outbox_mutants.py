"""Copies of the outbox with one mistake each: the property test must fail on every one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from bot.domain import messages
from bot.domain.allowance import Share, Told
from bot.domain.messages import Message, MessageState, Settlement
from bot.domain.posts import PostState
from bot.domain.subscribers import Subscriber
from bot.services import claiming, dispatch, settling
from bot.ui import post_lines
from tests.services.outbox_discord import Discord
from tests.services.outbox_machine import Outbox

_settle = messages.settle


def changing(change: Callable[[Settlement], Settlement]) -> Callable[..., Settlement]:
    """A settle() whose every answer is changed."""

    def changed(*values: Any, **named: Any) -> Settlement:
        return change(_settle(*values, **named))

    return changed


def _planned_again_in_doubt(settlement: Settlement) -> Settlement:
    if settlement.message is not MessageState.IN_DOUBT:
        return settlement
    return replace(settlement, message=MessageState.DISSOLVED, posts=PostState.PLANNED)


def _sent_in_doubt(settlement: Settlement) -> Settlement:
    if settlement.message is not MessageState.IN_DOUBT:
        return settlement
    return replace(settlement, message=MessageState.SENT, posts=PostState.SENT)


def _without_backoff(settlement: Settlement) -> Settlement:
    dissolved = settlement.message is MessageState.DISSOLVED
    return replace(settlement, retry_at=None) if dissolved else settlement


def _skipped_when_dissolved(settlement: Settlement) -> Settlement:
    dissolved = settlement.message is MessageState.DISSOLVED
    return replace(settlement, posts=PostState.SKIPPED) if dissolved else settlement


def _refusal_ends_all(*values: Any, **named: Any) -> Settlement:
    return _settle(*values, **{**named, "resent": False})


def _loud(_: Subscriber, instant: datetime) -> datetime:
    return instant


def _may_always_resend(_: Message, __: datetime) -> bool:
    return True


def _always_a_digest(told: Told, cap: int) -> Share:
    return Share.ALL if told.messages < cap else Share.DIGEST


#: What each breaks: (object, name, what stands there instead).
PATCHES: dict[str, tuple[object, str, object]] = {
    "the nonce is not passed": (Discord, "checks_nonces", False),
    "sent again after the window": (Message, "may_resend", _may_always_resend),
    "the history is not read to its end": (Discord, "reads_to_the_end", False),
    "the history is read from after the send": (dispatch, "HISTORY_MARGIN", timedelta(seconds=-300)),
    "planned again although in doubt": (settling, "settle", changing(_planned_again_in_doubt)),
    "sent although in doubt": (settling, "settle", changing(_sent_in_doubt)),
    "dissolved without backoff": (settling, "settle", changing(_without_backoff)),
    "dissolved and forgotten": (settling, "settle", changing(_skipped_when_dissolved)),
    "a refusal of the second attempt counts for the first": (settling, "settle", _refusal_ends_all),
    "what is no longer true is sent again": (dispatch, "still_owed", lambda *_: True),
    "the cap is ignored": (claiming, "share_of", lambda *_: Share.ALL),
    "the digest does not end the day": (claiming, "share_of", _always_a_digest),
    "what is late does not say so": (post_lines, "late_note", lambda *_: ""),
    "quiet hours are ignored": (Subscriber, "when_loud", _loud),
}  # fmt: skip
#: What each breaks in a statement: by its name what to look for, and what stands there instead.
_UNPLANNED = "AND s.planned_revision >= s.revision"
_EARLIER = "AND p.due_at <= :now", "AND p.due_at <= :now + 600"
_UNFENCED = "AND state = 'sending' AND owner = :owner AND attempt = :attempt", "AND (1 = 1 OR :owner = :attempt)"
STATEMENTS: dict[str, dict[str, tuple[str, str]]] = {
    "the lease is ignored": {"take_doubtful": ("lease_until <= :now", "lease_until >= 0")},
    "the fence is dropped": {"settle_message": _UNFENCED, "settle_arrived": _UNFENCED},
    "the fence of many is dropped": {"settle_arrived": _UNFENCED},
    "claimed from a plan older than the facts": {
        "list_claimable": (_UNPLANNED, ""), "list_due_posts": (_UNPLANNED, ""), "take_due_posts": (_UNPLANNED, ""),
    },
    "claimed before it is due": {"list_due_posts": _EARLIER, "take_due_posts": _EARLIER},
    "a closed channel is written to": {
        "list_claimable": ("d.state = 'paused'", "d.state = 'never'"),
        "list_due_posts": ("d.state = 'paused'", "d.state = 'never'"),
        "take_due_posts": ("d.state = 'paused'", "d.state = 'never'"),
        "skip_due_posts": ("d.state = 'paused'", "d.state = 'never'"),
    },
}  # fmt: skip
MUTANTS = (*PATCHES, *STATEMENTS)


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The outbox with that mistake."""
    if name in PATCHES:
        thing, attribute, instead = PATCHES[name]
        with patch.object(thing, attribute, instead):
            yield
        return
    with patch.object(Outbox, "statements", STATEMENTS[name]):
        yield
