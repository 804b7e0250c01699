"""What a subscriber is owed: milestones and the release day, from when, at which hour, and for how long."""

from datetime import timedelta

import pytest

from bot.domain.films import Film
from bot.domain.plan import LOOK_AHEAD, forecast, plan
from bot.domain.posts import LISTED, PostKind
from bot.domain.subscribers import Subscriber, Subscription
from tests.domain.examples import cases, change, film, following, guild, told, utc

JUNE = "US theatrical 2025-06-06"
#: A default year of Ballerina in New York: 09:00 there is 13:00 UTC in summer.
ALL = [
    ("30 days", "2025-05-07 13:00"),
    ("7 days", "2025-05-30 13:00"),
    ("3 days", "2025-06-03 13:00"),
    ("1 days", "2025-06-05 13:00"),
    ("release", "2025-06-06 13:00"),
]


def owed(subscriber: Subscriber, *subscriptions: Subscription) -> list[tuple[str, str]]:
    return [told(post) for post in forecast(subscriber, subscriptions)]


def test_every_milestone_and_the_release_day_at_the_posting_hour() -> None:
    assert owed(guild(), following(film(JUNE))) == ALL


SETTINGS = [
    ("no countdown", guild(milestones=()), ["2025-06-06 13:00"]),
    ("an own milestone", guild(milestones=(100,)), ["2025-02-26 14:00", "2025-06-06 13:00"]),
    ("half past six in the evening", guild(hour="18:30", milestones=(1,)), ["2025-06-05 22:30", "2025-06-06 22:30"]),
    ("midnight", guild(hour="00:00", milestones=(1,)), ["2025-06-05 04:00", "2025-06-06 04:00"]),
    ("Kathmandu", guild("Asia/Kathmandu", milestones=(1,)), ["2025-06-05 03:15", "2025-06-06 03:15"]),
    ("Auckland, a day ahead", guild("Pacific/Auckland", milestones=(1,)), ["2025-06-04 21:00", "2025-06-05 21:00"]),
    ("Honolulu", guild("Pacific/Honolulu", "23:00", milestones=(1,)), ["2025-06-06 09:00", "2025-06-07 09:00"]),
]


@cases("subscriber, instants", SETTINGS)
def test_days_are_local_days_and_hours_local_hours(subscriber: Subscriber, instants: list[str]) -> None:
    assert [when for _, when in owed(subscriber, following(film(JUNE)))] == instants


SANTIAGO, LORD_HOWE = "America/Santiago", "Australia/Lord_Howe"
CLOCKS = [
    # The hour that spring skips: just after the gap. The day after has it. The one that comes twice: its first.
    ("spring", guild(hour="02:30", milestones=(1,)), "2025-03-10", "2025-03-09 07:00", "2025-03-10 06:30"),
    ("autumn", guild(hour="01:30", milestones=(1,)), "2025-11-03", "2025-11-02 05:30", "2025-11-03 06:30"),
    ("over autumn", guild(milestones=(3,)), "2025-11-04", "2025-11-01 13:00", "2025-11-04 14:00"),
    ("no midnight", guild(SANTIAGO, "00:00", milestones=(1,)), "2025-09-07", "2025-09-06 04:00", "2025-09-07 04:00"),
    ("half an hour", guild(LORD_HOWE, "02:15", milestones=(1,)), "2025-10-05", "2025-10-03 15:45", "2025-10-04 15:30"),
    ("29 February", guild(milestones=(1,)), "2024-03-01", "2024-02-29 14:00", "2024-03-01 14:00"),
    ("no 29 February", guild(milestones=(1,)), "2025-03-01", "2025-02-28 14:00", "2025-03-01 14:00"),
    ("on 29 February", guild(milestones=(365,)), "2024-02-29", "2023-03-01 14:00", "2024-02-29 14:00"),
    ("over the year's end", guild(milestones=(7,)), "2026-01-02", "2025-12-26 14:00", "2026-01-02 14:00"),
]


@cases("subscriber, day, countdown, alert", CLOCKS)
def test_clock_changes_and_the_calendar_move_no_day(
    subscriber: Subscriber, day: str, countdown: str, alert: str
) -> None:
    found = owed(subscriber, following(film(f"US theatrical {day}")))
    assert [when for _, when in found] == [countdown, alert]


def test_a_day_that_the_calendar_left_out_has_no_countdown_left_to_post() -> None:
    apia = guild("Pacific/Apia", milestones=(1,))
    countdown, alert = forecast(apia, [following(film("US theatrical 2011-12-31"), utc("2011-01-01 00:00"))])
    assert told(countdown) == ("1 days", "2011-12-30 10:00")
    assert countdown.fresh_until == countdown.due_at
    assert told(alert) == ("release", "2011-12-30 19:00")


TRACKED = [
    ("a month before", "2025-05-07 12:59", ALL),
    ("in the very second of a milestone", "2025-05-07 13:00", ALL[1:]),
    ("five days before", "2025-06-01 08:00", ALL[2:]),
    ("the evening before", "2025-06-05 23:00", ALL[4:]),
    ("on its day, before the hour", "2025-06-06 12:59", ALL[4:]),
    ("on its day, after the hour", "2025-06-06 13:01", []),
    ("the day after", "2025-06-07 12:00", []),
]


@cases("since, expected", TRACKED)
def test_tracking_late_owes_nothing_from_before_it(since: str, expected: list[tuple[str, str]]) -> None:
    assert owed(guild(), following(film(JUNE), utc(since))) == expected


KNOWN = [
    ("long before", "2025-01-01 00:00", ALL),
    ("in the very second of a milestone", "2025-05-30 13:00", ALL[2:]),
    ("a second before it", "2025-05-30 12:59", ALL[1:]),
    ("five days before", "2025-06-01 08:00", ALL[2:]),
    ("on its day, after the hour", "2025-06-06 14:00", []),
]


@cases("known_at, expected", KNOWN)
def test_a_date_that_became_known_late_owes_nothing_from_before_it(
    known_at: str, expected: list[tuple[str, str]]
) -> None:
    found = film(JUNE, changes=[change("1: 2025-12-24 -> 2025-06-06", known_at)])
    countdowns = [post for post in owed(guild(), following(found)) if post[0] != "date_change"]
    assert countdowns == expected


def test_a_date_that_went_and_came_back_counts_from_its_return() -> None:
    there = change("1: 2025-06-06 -> 2025-08-01", "2025-05-20 12:00")
    back = change("2: 2025-08-01 -> 2025-06-06", "2025-06-01 12:00")
    assert owed(guild(), following(film(JUNE, changes=[there, back]))) == ALL[2:]


MOVED = [
    # The film's date on 3 June at 15:00, when it moved from the 6th; the days on which something is owed from then on.
    ("back", "2025-07-09", ["06-09", "07-02", "07-06", "07-08", "07-09"]),
    ("up to the day after tomorrow", "2025-06-05", ["06-04", "06-05"]),
    ("up to tomorrow", "2025-06-04", ["06-04"]),
    ("up to today", "2025-06-03", []),
    ("into the past", "2025-05-01", []),
    ("to a month", "2025-07", []),
]


@cases("new, days", MOVED)
def test_a_moved_date_has_its_own_countdown_from_when_it_is_known(new: str, days: list[str]) -> None:
    found = film(f"US theatrical {new}", changes=[change(f"1: 2025-06-06 -> {new}", "2025-06-03 15:00")])
    posts = [post for post in forecast(guild(), [following(found)]) if post.kind is not PostKind.DATE_CHANGE]
    assert [f"{post.due_at:%m-%d}" for post in posts] == days


@pytest.mark.parametrize("when", ["2025-06", "2025-Q2", "2025", "tba"])
def test_a_date_that_is_not_a_day_owes_nothing(when: str) -> None:
    assert owed(guild(), following(film(f"US theatrical {when}"))) == []


NOTHING = [
    ("a festival", film("US premiere 2025-05-22")),
    ("a re-release", film("US theatrical 2025-06-06 Re-release")),
    ("another country", film("DE theatrical 2025-06-05")),
    ("no release at all", film()),
]


@cases("found", NOTHING)
def test_what_is_no_release_here_owes_nothing(found: Film) -> None:
    assert owed(guild(), following(found)) == []


def test_a_film_that_was_out_owes_its_next_release_only() -> None:
    found = film(JUNE, "US digital 2025-07-01", "US physical 2025-09-16")
    tracked = following(found, utc("2025-06-10 12:00"))
    posts = forecast(guild(milestones=(7,)), [tracked])
    assert [(str(post.type), str(post.date), told(post)[1]) for post in posts] == [
        ("digital", "2025-07-01", "2025-06-24 13:00"),
        ("digital", "2025-07-01", "2025-07-01 13:00"),
    ]


def test_the_day_of_tracking_is_the_local_one() -> None:
    # 03:00 UTC on the 7th is still the 6th in New York, so that the film was not out before it was tracked.
    found = film(JUNE, "US digital 2025-07-01")
    assert owed(guild(), following(found, utc("2025-06-07 03:00"))) == []
    assert [name for name, _ in owed(guild(), following(found, utc("2025-06-07 05:00")))][-1] == "release"


CHANGED = [
    # the hour in force, since when, and what is owed of the day before and of the release day
    ("still to come", "18:00", "06-06 16:00", ["release 06-06 22:00"]),
    ("passed today: at once", "09:00", "06-06 16:00", ["release 06-06 16:00"]),
    ("in this very second", "09:00", "06-06 13:00", ["release 06-06 13:00"]),
    ("a countdown still to come", "18:00", "06-05 16:00", ["1 days 06-05 22:00", "release 06-06 22:00"]),
    ("a countdown passed today", "09:00", "06-05 16:00", ["1 days 06-05 16:00", "release 06-06 13:00"]),
    ("a countdown of yesterday", "09:00", "06-06 04:00", ["release 06-06 13:00"]),
    ("an alert that is fresh still", "09:00", "06-09 12:59", ["release 06-09 12:59"]),
    ("an alert that is not", "09:00", "06-09 13:00", []),
]


@cases("hour, changed, expected", CHANGED)
def test_what_new_settings_put_in_the_past_is_owed_at_once_while_it_is_fresh(
    hour: str, changed: str, expected: list[str]
) -> None:
    subscriber = guild(hour=hour, milestones=(3, 1), settings_changed_at=utc(f"2025-{changed}"))
    assert [" ".join(post).replace(" 2025-", " ") for post in owed(subscriber, following(film(JUNE)))] == expected


def test_settings_do_not_bring_back_what_tracking_came_too_late_for() -> None:
    subscriber = guild(hour="09:30", settings_changed_at=utc("2025-06-06 16:00"))
    assert owed(subscriber, following(film(JUNE), utc("2025-06-06 15:00"))) == []


def test_moving_the_zone_east_over_midnight_does_not_lose_the_alert_of_the_release_day() -> None:
    # 08:00 on the day in Los Angeles, an hour before the alert; in Auckland it is 03:00 on the next day.
    changed = utc("2025-06-06 15:00")
    subscriber = guild("Pacific/Auckland", milestones=(), settings_changed_at=changed)
    posts = forecast(subscriber, [following(film(JUNE))])
    assert [(post.kind, post.due_at) for post in posts] == [(PostKind.RELEASE, changed)]


FRESH = [
    ("a countdown", "1 days", "2025-06-06 04:00"),
    ("the alert", "release", "2025-06-09 13:00"),
]


@cases("name, until", FRESH)
def test_a_countdown_is_fresh_to_the_end_of_its_local_day_and_an_alert_for_three_days(name: str, until: str) -> None:
    found = {told(post)[0]: post.fresh_until for post in forecast(guild(), [following(film(JUNE))])}
    assert found[name] == utc(until)


def test_a_countdown_that_is_due_at_once_is_fresh_to_the_end_of_the_same_day() -> None:
    subscriber = guild(milestones=(1,), settings_changed_at=utc("2025-06-06 03:59"))
    countdown, _ = forecast(subscriber, [following(film(JUNE))])
    assert (countdown.due_at, countdown.fresh_until) == (utc("2025-06-06 03:59"), utc("2025-06-06 04:00"))


def test_a_post_goes_to_the_films_own_channel_else_to_the_servers() -> None:
    def channels(subscriber: Subscriber, subscription: Subscription) -> set[int | None]:
        return {post.channel_id for post in forecast(subscriber, [subscription])}

    assert channels(guild(), following(film(JUNE))) == {55}
    assert channels(guild(), following(film(JUNE), channel_id=66)) == {66}
    assert channels(guild(channel_id=None), following(film(JUNE))) == {None}


def test_posts_come_by_time_the_most_pressing_first_and_each_has_its_own_key() -> None:
    films = [film("US theatrical 2025-06-06", id=1), film("US theatrical 2025-06-05", id=2), film(JUNE, id=3)]
    posts = forecast(guild(), [following(found) for found in films])
    assert [post.due_at for post in posts] == sorted(post.due_at for post in posts)
    fifth = [post for post in posts if post.due_at == utc("2025-06-05 13:00")]
    assert [(post.kind, post.film_id) for post in fifth] == [
        (PostKind.RELEASE, 2), (PostKind.COUNTDOWN, 1), (PostKind.COUNTDOWN, 3),
    ]  # fmt: skip
    assert len({post.dedup_key for post in posts}) == len(posts) == 15


def test_the_key_says_whose_film_what_and_which_day() -> None:
    *_, day_before, alert = forecast(guild(), [following(film(JUNE))])
    assert day_before.dedup_key == "1:7:countdown:1:theatrical:2025-06-06"
    assert alert.dedup_key == "1:7:release:0:theatrical:2025-06-06"


def test_planning_lists_what_is_past_for_a_month_and_what_comes_within_the_look_ahead() -> None:
    subscriptions = [following(film(JUNE))]
    due_at = utc("2025-06-06 13:00")
    for now, names in (
        (due_at - LOOK_AHEAD - timedelta(seconds=1), ["30 days", "7 days", "3 days", "1 days"]),
        (due_at - LOOK_AHEAD, ["30 days", "7 days", "3 days", "1 days", "release"]),
        (due_at + LISTED - timedelta(seconds=1), ["release"]),
        (due_at + LISTED, []),
    ):
        found = plan(guild(), subscriptions, now)
        assert [told(post)[0] for post in found.posts] == names
