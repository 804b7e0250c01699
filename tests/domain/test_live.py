"""When a live countdown is owed and edited: zones, both changes of clocks, pauses, losses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.live import MAX_LOST, countdown_of, edit_due
from bot.domain.plan import forecast, plan
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import LiveMark, Pause
from tests.domain.examples import cases, change, film, following, guild, utc

JUNE = film("US theatrical 2025-06-06")


def begins(*args: object, **more: object) -> list[Post]:
    subscriber = guild(*args, live=True)  # type: ignore[arg-type]
    return [post for post in forecast(subscriber, [following(JUNE, **more)]) if post.kind is PostKind.LIVE]  # type: ignore[arg-type]


@cases(
    "zone, hour, day, due",
    [
        ("summer", "America/New_York", "09:00", "2025-06-06", "2025-05-07 13:00"),
        ("the other side of the world", "Pacific/Auckland", "09:00", "2025-06-06", "2025-05-06 21:00"),
        ("before clocks go forward", "America/New_York", "09:00", "2025-04-07", "2025-03-08 14:00"),
        ("after clocks went forward", "America/New_York", "09:00", "2025-04-08", "2025-03-09 13:00"),
        ("an hour that is left out", "America/New_York", "02:30", "2025-04-08", "2025-03-09 07:00"),
        ("an hour that comes twice", "America/New_York", "01:30", "2025-12-02", "2025-11-02 05:30"),
        ("in a leap year", "Europe/Berlin", "09:00", "2028-03-30", "2028-02-29 08:00"),
    ],
)
def test_is_due_at_the_posting_hour_of_the_longest_milestone(zone: str, hour: str, day: str, due: str) -> None:
    subscriber = guild(zone, hour, live=True)
    [post, alert] = forecast(subscriber, [following(film(f"US theatrical {day}"))])
    assert (post.kind, post.due_at) == (PostKind.LIVE, utc(due))
    assert alert.kind is PostKind.RELEASE
    assert post.fresh_until.astimezone(subscriber.zone).isoformat()[:16] == f"{day}T00:00"


@cases(
    "since, due",
    [
        ("tracked in the middle", "2025-05-20 15:00", ["2025-05-21 13:00"]),
        ("tracked before the hour", "2025-05-20 12:00", ["2025-05-20 13:00"]),
        ("tracked at the very hour", "2025-05-20 13:00", ["2025-05-21 13:00"]),
        ("tracked the day before", "2025-06-05 12:00", ["2025-06-05 13:00"]),
        ("tracked too late for any hour", "2025-06-05 14:00", []),
    ],
)
def test_or_at_the_first_hour_after_it_was_tracked(since: str, due: list[str]) -> None:
    assert [post.due_at for post in begins(since=utc(since))] == [utc(at) for at in due]


def test_or_known() -> None:
    moved = film("US theatrical 2025-06-06", changes=[change("1: 2025-12-05 -> 2025-06-06", "2025-05-22 15:00")])
    found = forecast(guild(live=True), [following(moved)])
    assert [post.due_at for post in found if post.kind is PostKind.LIVE] == [utc("2025-05-23 13:00")]


@cases(
    "pause, due",
    [
        ("over before", Pause(utc("2025-05-01 00:00"), utc("2025-05-07 12:59")), ["2025-05-07 13:00"]),
        ("to the very hour", Pause(utc("2025-05-01 00:00"), utc("2025-05-07 13:00")), ["2025-05-07 13:00"]),
        ("a while longer", Pause(utc("2025-05-01 00:00"), utc("2025-05-09 18:00")), ["2025-05-10 13:00"]),
        ("begun after it was due", Pause(utc("2025-05-07 13:00"), utc("2025-05-09 18:00")), ["2025-05-10 13:00"]),
        ("beyond the day", Pause(utc("2025-05-01 00:00"), utc("2025-06-06 12:00")), []),
        ("until resumed", Pause(utc("2025-05-01 00:00")), []),
    ],
)
@pytest.mark.parametrize("of_film", [True, False])
def test_waits_for_the_end_of_a_pause(pause: Pause, due: list[str], of_film: bool) -> None:
    subscriber = replace(guild(live=True), pause=None if of_film else pause)
    found = forecast(subscriber, [following(JUNE, pause=pause if of_film else None)])
    assert [post.due_at for post in found if post.kind is PostKind.LIVE] == [utc(at) for at in due]


def test_is_not_owed_where_it_is_or_was_lost_too_often() -> None:
    lost = LiveMark(lost=MAX_LOST - 1, lost_at=utc("2025-05-20 13:00"))
    [again] = begins(live=lost)
    assert (again.due_at, again.dedup_key) == (utc("2025-05-21 13:00"), "1:7:live:55:theatrical:2")
    assert begins(live=replace(lost, lost=MAX_LOST)) == []
    assert begins(live=LiveMark(there=True)) == []
    assert [post.due_at for post in begins()] == [utc("2025-05-07 13:00")]


def test_an_overdue_one_is_owed_as_long_as_it_is_fresh() -> None:
    far = replace(guild(live=True), milestones=(90,))
    late = plan(far, [following(JUNE)], utc("2025-06-05 12:00"))
    assert [post.kind for post in late.posts] == [PostKind.LIVE]
    assert [post.kind for post in plan(far, [following(JUNE)], utc("2025-06-06 12:00")).posts] == []


@given(
    st.integers(0, 365 * 24 * 60),
    st.sampled_from(["America/New_York", "Pacific/Auckland", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"]),
    st.sampled_from(["00:00", "02:30", "09:00", "23:45"]),
)
def test_is_edited_once_a_local_day_and_at_its_hour(minutes: int, zone: str, hour: str) -> None:
    subscriber, now = guild(zone, hour, live=True), utc("2025-01-01 00:00") + timedelta(minutes=minutes)
    subscription = following(film("US theatrical 2026-06-06"))
    says = countdown_of(subscriber, subscription, 55, now)
    due_at = edit_due(says, says.shown, subscriber, now)
    assert due_at is not None
    assert timedelta() < due_at - now <= timedelta(hours=49)
    local = due_at.astimezone(subscriber.zone)
    assert local.date() == says.today + timedelta(days=1)
    next_says = countdown_of(subscriber, subscription, 55, due_at)
    assert edit_due(next_says, says.shown, subscriber, due_at) == due_at
    assert edit_due(next_says, next_says.shown, subscriber, due_at) not in (due_at, None)
    moved = following(film("US theatrical 2026-07-06"))
    assert edit_due(countdown_of(subscriber, moved, 55, now), says.shown, subscriber, now) == now
