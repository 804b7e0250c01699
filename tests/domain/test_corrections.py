"""Which messages are to be edited, into what, and what an attempt comes to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.corrections import (
    STRUCK,
    Correction,
    Told,
    changed_reasons,
    moved_days,
    settle_correction,
    to_correct,
)
from bot.domain.dates import TBA, ReleaseDate
from bot.domain.films import Film, ReleaseType
from bot.domain.messages import Attempt, Message, MessageState, Outcome
from bot.domain.posts import Post, PostKind
from tests.domain.examples import cases, film, following, guild, utc

NOW = utc("2025-06-01 12:00")
GIVEN_UP = "not corrected: The channel no longer exists."


def post(text: str, id: int = 1, *, film_id: int = 7, reason: str = "", country: str = "US") -> Post:
    """A post of that film: "countdown theatrical 2025-06-06"."""
    kind, type_, day = text.split()
    date = None if day == "none" else ReleaseDate.parse(day)
    return Post(
        1, PostKind(kind), f"1:{film_id}:{text}", NOW, NOW, film_id, country=country, type=ReleaseType(type_),
        date=date, id=id, reason=reason,
    )  # fmt: skip


def told(*lines: str) -> list[Told]:
    """Posts in messages: "3: countdown theatrical 2025-06-06", with "struck" or "lost" behind."""
    found: list[Told] = []
    for number, line in enumerate(lines, 1):
        message_id, _, text = line.partition(": ")
        words = text.split()
        reason = {"struck": STRUCK, "lost": GIVEN_UP}.get(words[3], "") if len(words) > 3 else ""
        found.append(Told(int(message_id), post(" ".join(words[:3]), number, reason=reason)))
    return found


OLD, NEW = "countdown theatrical 2025-06-06", "countdown theatrical 2025-07-09"
JUNE, JULY = "US theatrical 2025-06-06", "US theatrical 2025-07-09"


@cases(
    "lines, releases, expected",
    [
        ("nothing was told", [], [JULY], []),
        ("what is true stays", [f"1: {OLD}"], [JUNE], []),
        ("what moved is edited", [f"1: {OLD}"], [JULY], [1]),
        ("what is withdrawn too", [f"1: {OLD}"], [], [1]),
        ("and what is only a month now", [f"1: {OLD}"], ["US theatrical 2025-06"], [1]),
        ("an alert too", ["1: release theatrical 2025-06-06"], [JULY], [1]),
        ("only the latest", [f"1: {OLD}", f"2: {OLD}", f"3: {OLD}"], [JULY], [3]),
        ("the latest may be the alert", [f"1: {OLD}", "2: release theatrical 2025-06-06"], [JULY], [2]),
        ("not an old one behind a true one", [f"1: {OLD}", f"2: {NEW}"], [JULY], []),
        ("each type has its latest", [f"1: {OLD}", "2: countdown digital 2025-08-01"], [JULY], [1, 2]),
        ("what is struck out is not struck out again", [f"1: {OLD} struck"], [JULY], []),
        ("what is true again is written anew", [f"1: {OLD} struck"], [JUNE], [1]),
        ("even if it is not the latest", [f"1: {OLD} struck", f"2: {NEW}"], [JUNE], [1, 2]),
        ("what could not be edited is left alone", [f"1: {OLD} lost"], [JULY], []),
        ("and an older one is not edited in its place", [f"1: {OLD}", f"2: {OLD} lost"], [JULY], []),
        ("two posts in one message", [f"1: {OLD}", "1: release theatrical 2025-06-06"], [JULY], [1]),
        ("another language's day is still there", [f"1: {OLD}"], ["US theatrical 2025-06-01", JUNE], []),
        ("a noted re-release is not the day", [f"1: {OLD}"], [JULY, f"{JUNE} 4K re-release"], [1]),
    ],
)
def test_the_messages_that_are_to_be_edited(lines: list[str], releases: list[str], expected: list[int]) -> None:
    assert to_correct(told(*lines), {7: film(*releases)}) == expected
    assert to_correct(reversed(told(*lines)), {7: film(*releases)}) == expected


def test_a_film_that_is_followed_no_longer_is_nobodys_business() -> None:
    assert to_correct(told(f"1: {OLD}", f"2: {OLD} struck"), {}) == []


def test_of_two_films_in_one_message_one_is_enough() -> None:
    other = Told(1, post("countdown theatrical 2025-06-20", 2, film_id=8))
    films = {7: film(JUNE), 8: film("US theatrical 2025-07-18", id=8)}
    assert to_correct([*told(f"1: {OLD}"), other], films) == [1]


@cases(
    "text, releases, expected",
    [
        ("to another day", OLD, [JULY], ReleaseDate.parse("2025-07-09")),
        ("to a month", OLD, ["US theatrical 2025-09"], ReleaseDate.parse("2025-09")),
        ("no date at all", OLD, [], TBA),
        ("to be announced", OLD, ["US theatrical tba"], TBA),
        ("another country's is none", OLD, ["GB theatrical 2025-07-09"], TBA),
        ("another way of release", "countdown theatrical 2025-06-06", ["US digital 2025-06-06"], None),
        ("the first of two languages counts", OLD, [JULY, "US theatrical 2025-08-01"], ReleaseDate.parse("2025-07-09")),
        ("a re-release is none", OLD, ["US theatrical 2025-09-01 re-release"], TBA),
    ],
)
def test_the_day_that_is_named_instead(text: str, releases: list[str], expected: ReleaseDate | None) -> None:
    known = film(*releases)
    assert moved_days([post(text)], {7: known}, guild(), [following(known)]) == {1: expected}


def test_the_day_is_the_one_that_counts_for_who_tracked_late() -> None:
    """The first language was over when the film was tracked: its day is not what the other one moved to."""
    known = film("CH theatrical 2025-05-01", "CH theatrical 2025-07-09")
    swiss = guild(country="CH")
    subscription = following(known, utc("2025-05-20 12:00"))
    assert moved_days([post(OLD, country="CH")], {7: known}, swiss, [subscription]) == {
        1: ReleaseDate.parse("2025-07-09")
    }
    assert moved_days([post(OLD, country="CH")], {7: known}, swiss, []) == {1: None}  # nobody knows which


def test_a_date_that_one_server_trusts_counts_there() -> None:
    for_all, trusted = film(JUNE), film(JULY)
    assert moved_days([post(OLD)], {7: for_all}, guild(), [following(trusted)]) == {1: ReleaseDate.parse("2025-07-09")}
    assert moved_days([post(OLD)], {7: for_all}, guild(), []) == {}


def test_a_film_that_turned_out_to_be_another_goes_by_that_one() -> None:
    assert moved_days([post(OLD, film_id=3)], {3: film(JULY, id=7)}, guild(), [following(film(JUNE, id=7))]) == {}


@pytest.mark.parametrize("text", ["date_change theatrical 2025-06-06", "resume theatrical none"])
def test_news_is_never_struck_out(text: str) -> None:
    assert moved_days([post(text)], {7: film(JULY)}, guild(), []) == {}


def test_reasons_change_only_where_the_channel_shows_something_else() -> None:
    posts = [post(OLD, 1), post(OLD, 2, reason=STRUCK), post(OLD, 3, reason=STRUCK), post(OLD, 4, reason=GIVEN_UP)]
    posts += [replace(post(OLD, 5), reason="It was sent before."), post(OLD, 6)]
    assert changed_reasons(posts, dict.fromkeys([1, 2])) == {1: STRUCK, 3: "", 4: ""}


def correction(attempt: int = 1) -> Correction:
    posts = (post(OLD, 1), post(OLD, 2, reason=STRUCK), post("countdown theatrical 2025-06-20", 3, film_id=8))
    message = Message(5, 1, 55, MessageState.SENT, "a", NOW, 1, NOW, "key", posts, 900)
    return Correction(message, attempt)


MOVED: dict[int, ReleaseDate | None] = {1: None, 2: None}


@pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.UNKNOWN, Outcome.UNAUTHORISED])
def test_what_may_pass_is_tried_for_a_day(outcome: Outcome) -> None:
    now, attempt = NOW, 1
    waits: list[timedelta] = []
    while (settled := settle_correction(correction(attempt), Attempt(outcome), MOVED, now)).retry_at:
        assert (settled.reasons, settled.given_up) == ({}, False)
        waits.append(settled.retry_at - now)
        now, attempt = settled.retry_at, attempt + 1
    assert [wait.seconds for wait in waits[:3]] == [2, 4, 8]
    assert max(waits) == timedelta(hours=1)
    assert timedelta(hours=20) < now - NOW < timedelta(hours=28)
    assert (settled.given_up, settled.reasons.keys()) == (True, {1})


def test_discord_says_how_long_to_wait() -> None:
    later = Attempt(Outcome.NOT_SENT, retry_after=timedelta(hours=2))
    assert settle_correction(correction(), later, MOVED, NOW).retry_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize("outcome", [Outcome.CLOSED, Outcome.REJECTED, Outcome.UNREADABLE])
def test_what_does_not_pass_is_given_up(outcome: Outcome) -> None:
    settled = settle_correction(correction(), Attempt(outcome, reason="Gone."), MOVED, NOW)
    assert (settled.retry_at, settled.given_up) == (None, True)
    assert settled.reasons == {1: "not corrected: Gone."}
    assert to_correct([Told(5, post(OLD, 1, reason=settled.reasons[1]))], {7: film(JULY)}) == []


def test_what_was_edited_is_known_to_be() -> None:
    settled = settle_correction(correction(), Attempt(Outcome.SENT, 900), MOVED, NOW)
    assert (settled.retry_at, settled.given_up, settled.reasons) == (None, False, {1: STRUCK})


def test_flipping_a_hundred_times_always_ends_in_the_truth() -> None:
    """Whoever edits what `to_correct` lists, and writes down `changed_reasons`, needs one edit a flip and no more."""
    shown = post(OLD, 1)
    for flip in range(100):
        known: Film = film(JULY if flip % 2 == 0 else JUNE)
        assert to_correct([Told(1, shown)], {7: known}) == [1]
        moved = moved_days([shown], {7: known}, guild(), [following(known)])
        shown = replace(shown, reason=changed_reasons([shown], moved)[1])
        assert (shown.reason == STRUCK) == (flip % 2 == 0)
        assert to_correct([Told(1, shown)], {7: known}) == []
