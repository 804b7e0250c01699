"""A message's key, how long it may be sent again, and what each outcome makes of it."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import (
    DOUBT_LIMIT,
    DOUBT_LOOKS,
    LEASE,
    RESEND_WINDOW,
    SEND_TIMEOUT,
    Attempt,
    Message,
    MessageState,
    Outcome,
    Settlement,
    message_key,
    settle,
)
from bot.domain.posts import PostState
from tests.domain.examples import utc

FIRST = utc("2025-06-06 13:00")
KEYS = ["1:7:release:0:theatrical:2025-06-06", "1:8:countdown:7:theatrical:2025-06-13"]


def message(attempt: int = 1) -> Message:
    return Message(1, 1, 55, MessageState.SENDING, "me", FIRST + LEASE, attempt, FIRST, "k" * 24)


keys = st.lists(st.text(max_size=60), min_size=1, max_size=25, unique=True)


@given(keys.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), st.integers(1, 2**63))
def test_a_key_fits_discords_nonce_and_hangs_on_what_is_sent_where_not_on_its_order(
    orders: tuple[list[str], list[str]], channel_id: int
) -> None:
    key = message_key(channel_id, orders[0])
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", key)
    assert key == message_key(channel_id, orders[1])
    assert key != message_key(channel_id + 1, orders[0])
    assert key != message_key(channel_id, [*orders[0], "one more"])


def test_a_key_stays_the_same_from_version_to_version() -> None:
    # A message that is in doubt when the bot is updated is looked for by the key that the old version gave it.
    assert message_key(123456789012345678, KEYS) == "XcULFG9eZfSGWgIdBSHQXFCT"
    assert message_key(123456789012345678, iter(reversed(KEYS))) == "XcULFG9eZfSGWgIdBSHQXFCT"


def test_a_key_does_not_run_its_parts_together() -> None:
    assert len({message_key(1, ["a", "b"]), message_key(1, ["ab"]), message_key(1, ["b", "ab"])}) == 3


def test_the_times_of_a_send_nest() -> None:
    assert SEND_TIMEOUT < LEASE < RESEND_WINDOW < DOUBT_LIMIT


@pytest.mark.parametrize(("seconds", "may"), [(0, True), (79, True), (80, False), (120, False), (-1, False)])
def test_a_message_is_sent_again_only_if_that_ends_inside_the_window(seconds: int, may: bool) -> None:
    assert message().may_resend(FIRST + timedelta(seconds=seconds)) is may


AGES = [timedelta(), RESEND_WINDOW, DOUBT_LIMIT, DOUBT_LIMIT + timedelta(seconds=1)]
ENDS = {
    # outcome: message, posts that are still true, posts that are not
    Outcome.SENT: ("sent", "sent", "sent"),
    Outcome.NOT_SENT: ("dissolved", "planned", "cancelled"),
    Outcome.UNAUTHORISED: ("dissolved", "planned", "cancelled"),
    Outcome.REJECTED: ("failed", "failed", "failed"),
    Outcome.CLOSED: ("failed", "skipped", "skipped"),
    Outcome.UNREADABLE: ("uncertain", "uncertain", "uncertain"),
    Outcome.UNKNOWN: ("in_doubt", None, None),
    Outcome.NOTHING: ("dissolved", "skipped", "skipped"),
}


@pytest.mark.parametrize(("outcome", "still_true", "age"), list(product(Outcome, [True, False], AGES)))
def test_every_outcome_ends_a_message_or_leaves_it_in_doubt(outcome: Outcome, still_true: bool, age: timedelta) -> None:
    now = FIRST + age
    state, true, untrue = ENDS[outcome]
    asked = message()
    if outcome is Outcome.UNKNOWN and age > DOUBT_LIMIT:
        state = true = untrue = "uncertain"
        assert settle(asked, Attempt(outcome), now).message is MessageState.IN_DOUBT  # one look is not enough
        asked = replace(asked, attempt=DOUBT_LOOKS + 1)
    found = settle(asked, Attempt(outcome), now, still_true=still_true)
    posts = true if still_true else untrue
    again = found.retry_at if state in ("dissolved", "in_doubt") else None
    assert again is None or 1.5 <= (again - now).total_seconds() <= 2.5
    assert found == Settlement(
        MessageState(state), PostState(posts) if posts else None, again,
        close_destination=outcome is Outcome.CLOSED, stop_dispatch=outcome is Outcome.UNAUTHORISED,
    )  # fmt: skip


REFUSED = [Outcome.NOT_SENT, Outcome.UNAUTHORISED, Outcome.REJECTED, Outcome.CLOSED]


@pytest.mark.parametrize(("outcome", "still_true"), list(product(Outcome, [True, False])))
def test_a_refusal_of_the_second_attempt_says_nothing_of_the_first(outcome: Outcome, still_true: bool) -> None:
    found = settle(message(2), Attempt(outcome), FIRST, still_true=still_true, resent=True)
    if outcome not in REFUSED:
        assert found == settle(message(2), Attempt(outcome), FIRST, still_true=still_true)
        return
    assert (found.message, found.posts) == (MessageState.IN_DOUBT, None)
    assert found.retry_at is not None
    assert found.retry_at > FIRST
    assert found.stop_dispatch is (outcome is Outcome.UNAUTHORISED)
    assert not found.close_destination


BACKOFF = [(1, 2), (2, 4), (3, 8), (8, 256), (9, 300), (100, 300), (10**9, 300)]


def waits(asked: Message, outcome: Outcome = Outcome.UNKNOWN) -> float:
    """How many seconds it waits after this."""
    again = settle(asked, Attempt(outcome), FIRST).retry_at
    assert again is not None
    return (again - FIRST).total_seconds()


@pytest.mark.parametrize(("attempt", "seconds"), BACKOFF)
def test_waits_double_to_five_minutes_give_or_take_a_quarter(attempt: int, seconds: int) -> None:
    for outcome in (Outcome.NOT_SENT, Outcome.UNAUTHORISED, Outcome.UNKNOWN):
        assert 0.75 * seconds <= waits(message(attempt), outcome) <= 1.25 * seconds
        assert waits(message(attempt), outcome) == waits(message(attempt), outcome)


def test_what_failed_together_does_not_return_together() -> None:
    keys = [message_key(55, [str(number)]) for number in range(200)]
    spread = sorted(waits(replace(message(9), message_key=key)) for key in keys)
    assert spread[0] < 240
    assert spread[-1] > 360
    assert all(later - sooner < 15 for sooner, later in pairwise(spread))


@pytest.mark.parametrize("asked", [3, 60, 900])
def test_discord_may_ask_for_a_longer_wait(asked: int) -> None:
    attempt = Attempt(Outcome.NOT_SENT, retry_after=timedelta(seconds=asked))
    assert settle(message(), attempt, FIRST).retry_at == FIRST + timedelta(seconds=asked)
