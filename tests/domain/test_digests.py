"""The weekly digest: on its weekday at the posting hour, each once, and what there is to say of a week."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate, local_day
from bot.domain.digests import MAX_OTHERS, Arrival, digest_posts, week_of
from bot.domain.films import Film, ReleaseType
from bot.domain.plan import LOOK_AHEAD, plan, still_owed
from bot.domain.posts import LISTED, Post, PostKind
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Pause, Subscriber, Subscription
from tests.domain.examples import cases, film, following, guild, release, utc
from tests.domain.script import ZONES

MONDAY, SATURDAY = 0, 5
#: A Monday, at noon in New York.
NOON = utc("2025-06-02 16:00")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def due(subscriber: Subscriber, after: str, until: str) -> list[str]:
    return [f"{post.due_at:%Y-%m-%d %H:%M}" for post in digest_posts(subscriber, utc(after), utc(until))]


def test_without_a_weekday_there_is_none() -> None:
    assert due(guild(), "2025-01-01 00:00", "2026-01-01 00:00") == []


def test_it_comes_every_week_at_the_posting_hour() -> None:
    assert due(guild(digest_weekday=MONDAY), "2025-06-01 00:00", "2025-06-17 00:00") == [
        "2025-06-02 13:00", "2025-06-09 13:00", "2025-06-16 13:00",
    ]  # fmt: skip


PLACES = [
    ("Auckland, a day ahead", guild("Pacific/Auckland", digest_weekday=MONDAY), "2025-06-01 21:00"),
    ("Honolulu", guild("Pacific/Honolulu", "23:00", digest_weekday=MONDAY), "2025-06-03 09:00"),
    ("Kathmandu", guild("Asia/Kathmandu", digest_weekday=MONDAY), "2025-06-02 03:15"),
    ("quiet until ten", guild(digest_weekday=MONDAY, quiet=QuietHours(time(22), time(10))), "2025-06-02 14:00"),
]


@cases("subscriber, expected", PLACES)
def test_its_day_is_the_local_one(subscriber: Subscriber, expected: str) -> None:
    assert due(subscriber, "2025-06-01 12:00", "2025-06-04 00:00") == [expected]


CLOCKS = [
    ("the day that spring shortens", "2025-03-09", "2025-03-09 07:00"),
    ("the day that autumn lengthens", "2025-11-02", "2025-11-02 07:30"),
    ("the Sunday after", "2025-11-09", "2025-11-09 07:30"),
]


@cases("on, expected", CLOCKS)
def test_clock_changes_lose_and_double_none(on: str, expected: str) -> None:
    subscriber = guild(hour="02:30", digest_weekday=6)
    assert due(subscriber, f"{on} 00:00", f"{on} 23:00") == [expected]


CHANGED = [
    # settings changed on Monday at noon, and when that week's digest goes
    ("the hour is still to come", guild(hour="18:00", digest_weekday=MONDAY), "2025-06-02 22:00"),
    ("the hour has passed today", guild(hour="09:00", digest_weekday=MONDAY), "2025-06-02 16:00"),
    ("it is quiet now", guild(digest_weekday=MONDAY, quiet=QuietHours(time(11), time(10))), "2025-06-03 14:00"),
    ("another day of the week", guild(digest_weekday=SATURDAY), "2025-06-07 13:00"),
    ("a day that has passed", guild(digest_weekday=6), "2025-06-08 13:00"),
]


@cases("subscriber, expected", CHANGED)
def test_a_change_of_settings_brings_none_back_but_that_of_its_day(subscriber: Subscriber, expected: str) -> None:
    changed = replace(subscriber, settings_changed_at=NOON)
    assert due(changed, "2025-05-01 00:00", "2025-06-08 18:00")[0] == expected


def test_it_is_fresh_until_the_end_of_the_next_day() -> None:
    [post] = digest_posts(guild(digest_weekday=MONDAY), NOON - DAY, NOON)
    assert post.fresh_until == utc("2025-06-04 04:00")
    assert (post.kind, post.film_id, post.channel_id) == (PostKind.DIGEST, None, 55)
    assert post.dedup_key == "1:digest:2025-06-02"


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(0, 6),
    st.dates(date(2025, 1, 1), date(2026, 1, 1)),
    st.integers(0, 1439),
)
def test_a_span_has_each_of_its_digests_whatever_its_bounds(
    zone: str, at: time, weekday: int, on: date, minute: int
) -> None:
    subscriber = guild(zone, f"{at:%H:%M}", digest_weekday=weekday)
    start = utc(f"{on} 00:00") + minute * timedelta(minutes=1)
    whole = list(digest_posts(subscriber, start, start + 35 * DAY))
    assert [local_day(post.due_at, subscriber.zone).weekday() for post in whole] == [weekday] * 5
    parts = [digest_posts(subscriber, start + n * DAY, start + (n + 1) * DAY) for n in range(35)]
    assert [post for part in parts for post in part] == whole


def test_the_plan_wakes_for_it_lists_what_was_missed_and_owes_each_once() -> None:
    subscriber = guild(digest_weekday=MONDAY)
    due_at = utc("2025-06-02 13:00")
    for now, posts, wake_at in (
        (due_at - LOOK_AHEAD - SECOND, 4, due_at - LOOK_AHEAD),
        (due_at - LOOK_AHEAD, 5, due_at + 7 * DAY - LOOK_AHEAD),
        (due_at + DAY, 5, due_at + 7 * DAY - LOOK_AHEAD),
    ):
        found = plan(subscriber, [], now)
        assert (len(found.posts), found.next_wake_at) == (posts, wake_at)
        assert all(post.due_at > now - LISTED for post in found.posts)
        assert plan(subscriber, [], now) == found


def test_the_plan_wakes_for_whatever_comes_first() -> None:
    tracked = [following(film("US theatrical 2025-06-06"))]
    for weekday, wake_at in ((MONDAY, "2025-06-02 12:55"), (6, "2025-06-01 12:55"), (5, "2025-06-03 12:55")):
        now = utc("2025-05-31 14:00") if weekday == 5 else utc("2025-05-30 14:00")
        assert plan(guild(digest_weekday=weekday), tracked, now).next_wake_at == utc(wake_at)


def test_one_on_its_way_is_still_owed_on_its_weekday_alone() -> None:
    subscriber = guild(digest_weekday=MONDAY)
    [post] = digest_posts(subscriber, NOON - DAY, NOON)
    assert still_owed([post], subscriber, [], NOON)
    assert not still_owed([post], subscriber, [], post.fresh_until)
    for changed in (guild(), guild(digest_weekday=SATURDAY)):
        assert not still_owed([post], changed, [], NOON)


def moved(film_id: int, old: str | None, new: str | None, type_: str = "theatrical", country: str = "US") -> Post:
    was, now = (None if when is None else ReleaseDate.parse(when) for when in (old, new))
    return Post(1, PostKind.DATE_CHANGE, f"{film_id}:{old}:{new}", NOON, NOON, film_id=film_id, country=country,
                type=ReleaseType(type_), date=now, old_date=was)  # fmt: skip


def opening(film_id: int, text: str, title: str = "") -> Arrival:
    return Arrival(Film(film_id, title or f"Film {film_id}", 2025), release(text))


def shown(subscriptions: list[Subscription], told: list[Post] | None = None) -> tuple[list[str], list[str]]:
    week = week_of(guild(), subscriptions, told or [], [], NOON)
    coming = [f"{a.film.id} {a.release.type} {a.release.date}" for a in week.coming]
    return coming, [f"{m.film.id} {m.old} {m.new}" for m in week.moved]


def test_what_comes_is_what_counts_here_on_its_seven_days() -> None:
    films = [
        film("US theatrical 2025-06-01", id=1),
        film("US theatrical 2025-06-02", id=2),
        film("US theatrical 2025-06-08", id=3),
        film("US theatrical 2025-06-09", id=4),
        film("DE theatrical 2025-06-05", id=5),
        film("US digital 2025-06-05", "US theatrical 2025-03-01", id=6),
        film("US theatrical 2025-06", id=7),
        film("US premiere 2025-06-04", "US theatrical 2025-07-04", id=8),
    ]
    since = [following(found) for found in films]
    assert shown(since)[0] == ["2 theatrical 2025-06-02", "3 theatrical 2025-06-08"]
    own = [following(films[4], country="DE"), following(films[5], utc("2025-04-01 00:00"))]
    assert shown(own)[0] == ["5 theatrical 2025-06-05", "6 digital 2025-06-05"]


def test_a_week_of_today_begins_on_the_local_day() -> None:
    late = utc("2025-06-03 03:00")  # still Monday in New York
    week = week_of(guild(), [], [], [], late)
    assert (week.first, week.last) == (date(2025, 6, 2), date(2025, 6, 8))


def test_what_is_paused_is_left_out() -> None:
    tracked = following(film("US theatrical 2025-06-06", id=1))
    told = [moved(1, "2025-06-13", "2025-06-06")]
    assert shown([tracked], told) == (["1 theatrical 2025-06-06"], ["1 2025-06-13 2025-06-06"])
    assert shown([replace(tracked, pause=Pause(NOON - DAY))], told) == ([], [])
    assert shown([replace(tracked, pause=Pause(NOON - DAY, NOON))], told)[0] == ["1 theatrical 2025-06-06"]


MOVES = [
    ("one", [("2025-06-13", "2025-08-01")], ["1 2025-06-13 2025-08-01"]),
    ("two in a row are one", [("2025-06-13", "2025-08-01"), ("2025-08-01", "2025-09-01")], ["1 2025-06-13 2025-09-01"]),
    ("there and back is none", [("2025-06-13", "2025-08-01"), ("2025-08-01", "2025-06-13")], []),
    ("new", [(None, "2025-08-01")], ["1 None 2025-08-01"]),
    ("withdrawn", [("2025-08-01", None)], ["1 2025-08-01 None"]),
]


@cases("steps, expected", MOVES)
def test_what_moved_is_what_came_of_it(steps: list[tuple[str | None, str | None]], expected: list[str]) -> None:
    tracked = following(film("US theatrical 2026-06-06", id=1))
    assert shown([tracked], [moved(1, *step) for step in steps])[1] == expected


def test_what_moved_is_of_tracked_films_alone_and_each_type_apart() -> None:
    tracked = following(film("US theatrical 2026-06-06", id=1))
    told = [moved(1, "2025-06-13", "2025-08-01"), moved(2, "2025-06-13", "2025-08-01"),
            moved(1, "2025-09-13", "2025-10-01", "digital")]  # fmt: skip
    assert shown([tracked], told)[1] == ["1 2025-06-13 2025-08-01", "1 2025-09-13 2025-10-01"]


def test_others_are_a_few_those_that_open_wide_first_each_once() -> None:
    wide = [opening(n, f"US theatrical 2025-06-0{n}") for n in range(3, 8)]
    limited = [opening(20 + n, f"US limited 2025-06-0{n}") for n in range(3, 8)]
    twice = [opening(3, "US limited 2025-06-07")]
    again = [opening(40, "US theatrical 2025-06-03 Re-release")]
    week = week_of(guild(), [], [], [*limited, *again, *wide, *twice], NOON)
    assert [arrival.film.id for arrival in week.others] == [3, 4, 5, 6, 7]
    assert (len(week.others), week.more) == (MAX_OTHERS, 5)
    few = week_of(guild(), [], [], [*limited[:1], *wide[3:]], NOON)
    assert ([arrival.film.id for arrival in few.others], few.more) == ([23, 6, 7], 0)


def test_a_week_without_anything_is_empty_and_names_each_film_once_otherwise() -> None:
    assert week_of(guild(), [following(film("US theatrical 2025-09-06"))], [], [], NOON).is_empty
    both = following(film("US theatrical 2025-06-06", id=1))
    week = week_of(guild(), [both], [moved(1, "2025-06-13", "2025-06-06")], [opening(2, "US limited 2025-06-06")], NOON)
    assert not week.is_empty
    assert [found.id for found in week.films] == [1, 2]
