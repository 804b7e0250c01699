"""Quiet hours by the clock on the wall, and that plan() owes nothing in them and loses no alert to them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate, local_day, local_instant
from bot.domain.films import DateChange, Doubt, DoubtReason, Film, ReleaseType
from bot.domain.follow_posts import followed_post, full_post
from bot.domain.plan import forecast
from bot.domain.posts import Post, PostKind
from bot.domain.quiet import QuietHours
from bot.domain.resumes import resume_post
from bot.domain.subscribers import Subscriber
from tests.domain.examples import cases, change, film, following, guild, release, told, utc
from tests.domain.script import ZONES

NIGHT = QuietHours(time(22), time(8))
MINUTE = timedelta(minutes=1)
HOURS = st.times().map(lambda at: at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0))
QUIETS = st.tuples(HOURS, HOURS).filter(lambda two: two[0] != two[1]).map(lambda two: QuietHours(*two))
TURNS = ("2025-03-09", "2025-03-30", "2025-04-06", "2025-04-26", "2025-09-07", "2025-10-05", "2025-11-02")
DAYS = st.dates(date(2025, 1, 5), date(2026, 1, 5)) | st.sampled_from(TURNS).map(date.fromisoformat)
INSTANTS = st.builds(lambda day, at: datetime.combine(day, at, UTC), DAYS, HOURS)

COVER = [
    ("over midnight", NIGHT, ["22:00", "23:59", "00:00", "07:59"], ["08:00", "12:00", "21:59"]),
    ("within a day", QuietHours(time(12), time(14)), ["12:00", "13:59"], ["14:00", "00:00", "11:59"]),
    ("from midnight", QuietHours(time(0), time(6)), ["00:00", "05:59"], ["06:00", "23:59"]),
    ("to midnight", QuietHours(time(20), time(0)), ["20:00", "23:59"], ["00:00", "19:59"]),
]


@cases("quiet, inside, outside", COVER)
def test_they_go_from_their_start_up_to_their_end(quiet: QuietHours, inside: list[str], outside: list[str]) -> None:
    assert [at for at in inside if not quiet.cover(time.fromisoformat(at))] == []
    assert [at for at in outside if quiet.cover(time.fromisoformat(at))] == []


NEW_YORK = "America/New_York"
ENDS = [
    ("in the evening", NEW_YORK, NIGHT, "2025-06-07 02:00", "2025-06-07 12:00"),
    ("in the morning", NEW_YORK, NIGHT, "2025-06-07 11:59", "2025-06-07 12:00"),
    ("at their end", NEW_YORK, NIGHT, "2025-06-07 12:00", None),
    ("over spring", NEW_YORK, NIGHT, "2025-03-09 03:00", "2025-03-09 12:00"),
    ("an end that spring skips", NEW_YORK, QuietHours(time(22), time(2, 30)), "2025-03-09 03:00", "2025-03-09 07:00"),
    ("an end that comes twice", NEW_YORK, QuietHours(time(22), time(1, 30)), "2025-11-02 05:00", "2025-11-02 05:30"),
    ("again after it", NEW_YORK, QuietHours(time(22), time(1, 30)), "2025-11-02 06:10", "2025-11-02 06:30"),
    ("a loud time that spring skips", NEW_YORK, QuietHours(time(2, 30), time(2, 10)), "2025-03-09 07:00",
     "2025-03-10 06:10"),
    ("a day that never was", "Pacific/Apia", NIGHT, "2011-12-30 09:00", "2011-12-30 18:00"),
]  # fmt: skip


@cases("zone, quiet, instant, end", ENDS)
def test_they_end_when_the_clock_shows_it(zone: str, quiet: QuietHours, instant: str, end: str | None) -> None:
    assert quiet.end_after(utc(instant), ZoneInfo(zone)) == (utc(end) if end else None)


@given(st.sampled_from(ZONES), QUIETS, INSTANTS)
def test_their_end_is_later_loud_and_within_two_days(zone: str, quiet: QuietHours, instant: datetime) -> None:
    end = quiet.end_after(instant, ZoneInfo(zone))
    assert (end is not None) == quiet.covers(instant, ZoneInfo(zone))
    if end is not None:
        assert instant < end <= instant + timedelta(hours=49)
        assert not quiet.covers(end, ZoneInfo(zone))


HOUR_IN_FORCE = [
    ("before them", "21:00", "21:00"),
    ("in them, on the evening before", "23:00", "08:00"),
    ("in them, in the morning", "07:00", "08:00"),
    ("at their end", "08:00", "08:00"),
]


@cases("hour, in_force", HOUR_IN_FORCE)
def test_the_posting_hour_gives_way_to_their_end_on_the_same_day(hour: str, in_force: str) -> None:
    subscriber = guild(hour=hour, quiet=NIGHT, milestones=(1,))
    assert f"{subscriber.posts_at:%H:%M}" == in_force
    posts = forecast(subscriber, [following(film("US theatrical 2025-06-06"))])
    dues = [post.due_at.astimezone(subscriber.zone) for post in posts]
    assert [f"{due:%m-%d %H:%M}" for due in dues] == [f"06-05 {in_force}", f"06-06 {in_force}"]


def test_news_that_cannot_wait_waits_for_the_morning() -> None:
    known = utc("2025-06-06 03:30")  # 23:30 on the day before
    found = film("US theatrical 2025-06-06", changes=[change("1: 2025-07-09 -> 2025-06-06", "2025-06-06 03:30")])
    loud, quiet = (forecast(guild(quiet=hours, milestones=()), [following(found)]) for hours in (None, NIGHT))
    assert [told(post) for post in loud] == [("date_change", "2025-06-06 03:30"), ("release", "2025-06-06 13:00")]
    assert [told(post) for post in quiet] == [("date_change", "2025-06-06 12:00"), ("release", "2025-06-06 13:00")]
    assert quiet[0].fresh_until - quiet[0].due_at == loud[0].fresh_until - known


CHANGED = [
    # quiet hours set at noon on the day, and when the alert of 18:00 goes
    ("over the hour", QuietHours(time(17), time(20)), "20:00"),
    ("over midnight: the morning has passed", QuietHours(time(17), time(9)), "12:00"),
    ("over noon too: the next morning", QuietHours(time(11), time(10)), "10:00 next day"),
    ("over noon alone", QuietHours(time(11), time(13)), "18:00"),
]


@cases("quiet, expected", CHANGED)
def test_quiet_hours_that_are_set_at_noon_lose_no_alert_of_that_day(quiet: QuietHours, expected: str) -> None:
    subscriber = guild(hour="18:00", quiet=quiet, milestones=(1,), settings_changed_at=utc("2025-06-06 16:00"))
    [alert] = forecast(subscriber, [following(film("US theatrical 2025-06-06"))])
    due = alert.due_at.astimezone(subscriber.zone)
    assert f"{due:%H:%M}{' next day' if due.day == 7 else ''}" == expected
    assert alert.fresh_until > alert.due_at + timedelta(days=2)


def test_a_countdown_is_not_told_on_the_day_after() -> None:
    changed = utc("2025-06-05 22:30")  # 18:30; the 1-day countdown was to go at 19:00
    subscriber = guild(hour="19:00", quiet=QuietHours(time(18), time(17)), milestones=(1,), settings_changed_at=changed)
    posts = forecast(subscriber, [following(film("US theatrical 2025-06-06"))])
    assert [told(post)[0] for post in posts] == ["release"]


def everything(subscriber: Subscriber, on: date, at: datetime) -> list[Post]:
    """What can be owed about a film that comes `on` a day and of which something becomes known `at` an instant."""
    then, now = ReleaseDate.of(on + timedelta(days=40)), ReleaseDate.of(on)
    learnt = DateChange(1, 1, "US", ReleaseType.THEATRICAL, then, now, "test", at)
    moved = Film(1, "A", releases=(release(f"US theatrical {on}"),), changes=(learnt,))
    doubt = Doubt(1, 2, "US", ReleaseType.THEATRICAL, now, then, "test", DoubtReason.JUMP, at)
    doubtful = Film(2, "B", releases=moved.releases, doubts=(doubt,))
    posts = forecast(subscriber, [following(moved), following(doubtful), following(film(f"US theatrical {on}", id=3))])
    return [*posts, resume_post(subscriber, at - timedelta(days=1), at), full_post(subscriber, "X", at),
            followed_post(subscriber, 4, "X", None, at, by=on)]  # fmt: skip


@given(st.sampled_from(ZONES), HOURS, QUIETS, DAYS, INSTANTS, st.none() | INSTANTS)
@example("America/New_York", time(7), NIGHT, date(2025, 6, 6), utc("2025-06-05 04:00"), None)
def test_nothing_is_owed_in_quiet_hours_and_no_alert_is_lost_to_them(
    zone: str, hour: time, quiet: QuietHours, on: date, at: datetime, changed: datetime | None
) -> None:
    still = guild(zone, f"{hour:%H:%M}", milestones=(7, 1), settings_changed_at=changed, quiet=quiet)
    loud = replace(still, posting_time=still.posts_at, quiet=None)
    posts, otherwise = everything(still, on, at), everything(loud, on, at)
    assert [told(post) for post in posts if quiet.covers(post.due_at, still.zone)] == []
    assert [told(post) for post in posts if post.due_at >= post.fresh_until] == []
    keys, wanted = (
        [post.dedup_key for post in some if post.kind is not PostKind.COUNTDOWN] for some in (posts, otherwise)
    )
    assert sorted(keys) == sorted(wanted)
    assert {post.dedup_key for post in posts} <= {post.dedup_key for post in otherwise}


@given(st.sampled_from(ZONES), HOURS, QUIETS, DAYS)
def test_the_alert_goes_on_its_own_local_day(zone: str, hour: time, quiet: QuietHours, on: date) -> None:
    subscriber = guild(zone, f"{hour:%H:%M}", milestones=(), quiet=quiet)
    wanted = local_instant(on, subscriber.posts_at, subscriber.zone)
    midnight = local_instant(on + timedelta(days=1), time(), subscriber.zone)
    minutes = range(0, int((midnight - wanted) / MINUTE), 5)
    assume(any(not quiet.covers(wanted + MINUTE * minute, subscriber.zone) for minute in minutes))
    [alert] = forecast(subscriber, [following(film(f"US theatrical {on}"))])
    assert local_day(alert.due_at, subscriber.zone) == on


def test_without_quiet_hours_nothing_moves() -> None:
    subscriber = guild()
    assert subscriber.posts_at == subscriber.posting_time
    assert subscriber.when_loud(utc("2025-06-06 03:30")) == utc("2025-06-06 03:30")
