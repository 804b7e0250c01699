"""Small wrong variants of the core. The comparison with the oracle must tell each of them from the right one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain import changes, releases
from bot.domain import plan as planner
from bot.domain.films import Release, ReleaseType
from bot.domain.plan import Plan
from bot.domain.posts import Post
from bot.domain.releases import Counting
from bot.domain.subscribers import Wanted

Mutant = Callable[[pytest.MonkeyPatch], None]
DAY = timedelta(days=1)


def _wall(day: date, at: time, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).replace(fold=fold).astimezone(UTC)


def the_second_of_an_hour_that_comes_twice(patch: pytest.MonkeyPatch) -> None:
    right = planner.local_instant

    def second(day: date, at: time, zone: ZoneInfo) -> datetime:
        return max(right(day, at, zone), _wall(day, at, zone, 1))

    patch.setattr(planner, "local_instant", second)


def an_hour_that_is_left_out_comes_early(patch: pytest.MonkeyPatch) -> None:
    def early(day: date, at: time, zone: ZoneInfo) -> datetime:
        return min(_wall(day, at, zone, 0), _wall(day, at, zone, 1))

    patch.setattr(planner, "local_instant", early)


def hours_of_winter_all_year(patch: pytest.MonkeyPatch) -> None:
    right = planner.local_instant

    def winter(day: date, at: time, zone: ZoneInfo) -> datetime:
        january = datetime.combine(day.replace(month=1, day=2), at, tzinfo=zone)
        return right(day, at, zone) if day.month == 1 else january.astimezone(UTC) + (day - january.date())

    patch.setattr(planner, "local_instant", winter)


def days_of_utc(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "local_day", lambda instant, zone: instant.date())


def milestones_a_day_early(patch: pytest.MonkeyPatch) -> None:
    right = planner._countdown

    def early(subscriber: Any, *rest: Any) -> Iterator[Post]:
        return right(replace(subscriber, milestones=tuple(days + 1 for days in subscriber.milestones)), *rest)

    patch.setattr(planner, "_countdown", early)


def tracked_in_the_same_second_is_early_enough(patch: pytest.MonkeyPatch) -> None:
    right = planner._countdown

    def gentle(subscriber: Any, subscription: Any, *rest: Any) -> Iterator[Post]:
        earlier = replace(subscription, tracked_at=subscription.tracked_at - timedelta(seconds=1))
        return right(subscriber, earlier, *rest)

    patch.setattr(planner, "_countdown", gentle)


def a_date_counts_from_before_it_was_known(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "_known_at", lambda film, post: [])


def new_settings_lose_what_they_put_in_the_past(patch: pytest.MonkeyPatch) -> None:
    right = planner._not_before

    def strict(kind: Any, due_at: datetime, fresh_until: datetime, subscriber: Any, rest: Any) -> datetime | None:
        changed_at = subscriber.settings_changed_at
        return None if changed_at and due_at <= changed_at else right(kind, due_at, fresh_until, subscriber, rest)

    patch.setattr(planner, "_not_before", strict)


def a_countdown_is_fresh_for_24_hours(patch: pytest.MonkeyPatch) -> None:
    right = planner._countdown

    def lasting(*arguments: Any) -> Iterator[Post]:
        for post in right(*arguments):
            yield replace(post, fresh_until=max(post.fresh_until, post.due_at + DAY))

    patch.setattr(planner, "_countdown", lasting)


def an_alert_is_fresh_for_two_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "ALERT_FRESH", 2 * DAY)


def news_is_fresh_for_a_month(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "CHANGE_FRESH", 30 * DAY)


def news_waits_even_if_the_film_is_out_by_then(patch: pytest.MonkeyPatch) -> None:
    right = planner.notice_due

    def patient(subscriber: Any, changes: Any) -> datetime:
        return right(subscriber, [replace(change, new=None) for change in changes])

    patch.setattr(planner, "notice_due", patient)


def news_never_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "notice_due", lambda subscriber, changes: max(change.known_at for change in changes))


def each_change_is_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "net_changes", lambda changes: list(changes))


def what_was_told_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = planner._notices
    patch.setattr(planner, "_notices", lambda who, what: right(who, replace(what, told_change_id=0)))


def an_outage_is_forgotten_after_an_hour(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "LISTED", timedelta(hours=1))


def wakes_too_late(patch: pytest.MonkeyPatch) -> None:
    right = planner.plan

    def late(*arguments: Any) -> Plan:
        found = right(*arguments)
        return replace(found, next_wake_at=found.next_wake_at and found.next_wake_at + timedelta(minutes=6))

    patch.setattr(planner, "plan", late)


def a_festival_is_a_release(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(releases, "PUBLIC", frozenset(ReleaseType))
    patch.setattr(releases, "CINEMA", releases.CINEMA | {ReleaseType.PREMIERE})


def a_re_release_is_a_release(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(releases, "is_again", lambda release: False)


def what_is_wanted_makes_no_difference(patch: pytest.MonkeyPatch) -> None:
    right = releases.counting_release
    patch.setattr(
        releases, "counting_release", lambda film, country, tracked_on, wanted: right(film, country, tracked_on)
    )


def all_is_wanted(patch: pytest.MonkeyPatch) -> None:
    right = releases.counting_release
    patch.setattr(releases, "counting_release", lambda a, b, c=None, _d=None: right(a, b, c, frozenset(Wanted)))


def one_release_a_film_is_enough(patch: pytest.MonkeyPatch) -> None:
    right = releases.counting_release

    def first(*arguments: Any) -> Counting:
        found = right(*arguments)
        return replace(found, owed=found.owed[:1])

    patch.setattr(releases, "counting_release", first)


def a_films_own_choice_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    for module in (planner, releases):
        patch.setattr(module, "in_force", lambda subscriber, subscription: subscriber)


def a_films_own_country_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    _without(patch, country=None)


def a_films_own_types_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    _without(patch, wanted=None)


def a_choice_holds_from_before_it_was_made(patch: pytest.MonkeyPatch) -> None:
    _without(patch, chosen_at=None)


def _without(patch: pytest.MonkeyPatch, **own: None) -> None:
    right = planner.in_force
    for module in (planner, releases):
        patch.setattr(module, "in_force", lambda who, what: right(who, replace(what, **own)))  # type: ignore[arg-type]


def a_broadcast_is_streaming(patch: pytest.MonkeyPatch) -> None:
    right = releases._pool

    def pool(here: Any, way: Wanted, *, reaches_cinema: bool) -> list[Release]:
        return right(here, way, reaches_cinema=reaches_cinema and way is Wanted.CINEMA)

    patch.setattr(releases, "_pool", pool)


def without_a_cinema_nothing_counts(patch: pytest.MonkeyPatch) -> None:
    right = releases._pool
    patch.setattr(releases, "_pool", lambda here, way, **_: right(here, way, reaches_cinema=True))


def a_month_beside_a_day_of_it_is_another_release(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(releases, "_is_surer", lambda release, than: False)


def what_was_over_when_tracked_is_owed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(releases, "_still_to_come", lambda pool, tracked_on: next(iter(pool), None))


def another_languages_day_is_news_with_the_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "_is_new", lambda release, was, became: (release.country, release.type) in was)


def whatever_moved_is_told(patch: pytest.MonkeyPatch) -> None:
    right = changes._identities
    calls: Iterator[int] = count()

    def other(*arguments: Any) -> set[Any]:
        return {(next(calls), None), *right(*arguments)}

    patch.setattr(changes, "_identities", other)


MUTANTS: tuple[Mutant, ...] = (
    the_second_of_an_hour_that_comes_twice,
    an_hour_that_is_left_out_comes_early,
    hours_of_winter_all_year,
    days_of_utc,
    milestones_a_day_early,
    tracked_in_the_same_second_is_early_enough,
    a_date_counts_from_before_it_was_known,
    new_settings_lose_what_they_put_in_the_past,
    a_countdown_is_fresh_for_24_hours,
    an_alert_is_fresh_for_two_days,
    news_is_fresh_for_a_month,
    news_waits_even_if_the_film_is_out_by_then,
    news_never_waits,
    each_change_is_told,
    what_was_told_is_forgotten,
    an_outage_is_forgotten_after_an_hour,
    wakes_too_late,
    a_festival_is_a_release,
    a_re_release_is_a_release,
    what_is_wanted_makes_no_difference,
    all_is_wanted,
    one_release_a_film_is_enough,
    a_films_own_choice_is_forgotten,
    a_films_own_country_is_forgotten,
    a_films_own_types_are_forgotten,
    a_choice_holds_from_before_it_was_made,
    a_broadcast_is_streaming,
    without_a_cinema_nothing_counts,
    a_month_beside_a_day_of_it_is_another_release,
    what_was_over_when_tracked_is_owed,
    another_languages_day_is_news_with_the_first,
    whatever_moved_is_told,
)
