"""Putting a film off: on which days, until when it is fresh, and what people are never asked."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.dates import ReleaseDate
from bot.domain.films import Doubt, DoubtReason, ReleaseType
from bot.domain.plan import forecast
from bot.domain.posts import ALERT_FRESH, PostKind
from bot.domain.quiet import QuietHours
from bot.domain.reminders import PERSON_MILESTONES, Snooze, by_date, reminder_post, snooze_options
from bot.domain.subscribers import Subscriber, SubscriberKind
from tests.domain.examples import cases, change, day, film, following, guild, utc

NOON = utc("2025-05-01 16:00")
OUT = "US theatrical 2025-06-06"


def person(**more: object) -> Subscriber:
    return replace(guild(**more), kind=SubscriberKind.USER, milestones=more.get("milestones", PERSON_MILESTONES))  # type: ignore[arg-type]


def offered(someone: Subscriber, *releases: str, now: str = "2025-05-01 16:00") -> dict[str, str]:
    options = snooze_options(someone, following(film(*releases)), utc(now))
    return {option.snooze.value: f"{option.due_at:%Y-%m-%d %H:%M}" for option in options}


@cases(
    "now, dates",
    [
        ("far ahead", "2025-05-01 16:00", {"tomorrow": "2025-05-02 13:00", "three_days": "2025-05-04 13:00",
                                          "month_before": "2025-05-07 13:00"}),
        ("no day on which something comes anyway", "2025-06-04 16:00", {"three_days": "2025-06-07 13:00"}),
        ("the eve", "2025-06-05 16:00", {"three_days": "2025-06-08 13:00"}),
        ("out", "2025-06-06 16:00", {"tomorrow": "2025-06-07 13:00", "three_days": "2025-06-09 13:00"}),
    ],
)  # fmt: skip
def test_days_are_offered_on_which_nothing_comes(now: str, dates: dict[str, str]) -> None:
    assert offered(person(), OUT, now=now) == dates


def test_who_hears_of_nothing_before_the_day_may_choose_every_day() -> None:
    assert list(offered(person(milestones=()), OUT)) == [snooze.value for snooze in Snooze]


def test_without_a_day_only_the_next_days_are_offered() -> None:
    assert list(offered(person(), "US theatrical 2025-Q4")) == ["tomorrow", "three_days"]


def test_the_hour_is_the_persons_own_past_their_quiet_hours() -> None:
    someone = replace(person(zone="Europe/Berlin", hour="07:00"), quiet=QuietHours(time(22), time(8)))
    assert offered(someone, OUT)["tomorrow"] == "2025-05-02 06:00"


def test_a_reminder_is_fresh_until_the_release_is_no_news() -> None:
    post = reminder_post(person(), following(film(OUT)), utc("2025-05-30 13:00"), 99)
    assert (post.kind, post.dedup_key, post.date) == (PostKind.REMINDER, "1:7:reminder:99", None)
    assert post.fresh_until == utc("2025-06-06 13:00") + ALERT_FRESH


@cases(
    "release", [("past", OUT), ("without a day", "US theatrical 2025-Q4"), ("with no date at all", "GB tv 2025-06-06")]
)
def test_a_reminder_is_fresh_for_a_day_at_least(release: str) -> None:
    due_at = utc("2025-07-01 13:00")
    post = reminder_post(person(), following(film(release)), due_at, 99)
    assert post.fresh_until >= due_at + timedelta(days=1)


def test_people_are_never_asked_about_a_doubt_and_hear_of_what_passed() -> None:
    dates = ReleaseDate.parse("2025-06-06"), ReleaseDate.parse("2025-12-09")
    doubt = Doubt(5, 7, "US", ReleaseType.THEATRICAL, *dates, "tmdb", DoubtReason.JUMP, utc("2025-05-10 12:00"))
    doubted = replace(film(OUT), doubts=(doubt,))
    kinds = {
        kind: {post.kind for post in forecast(replace(guild(), kind=kind), [following(doubted, NOON)])}
        for kind in SubscriberKind
    }
    assert PostKind.DOUBT in kinds[SubscriberKind.GUILD]
    assert PostKind.DOUBT not in kinds[SubscriberKind.USER]
    moved = film("US theatrical 2025-06-13", changes=[change("3: 2025-06-06 -> 2025-06-13", "2025-05-10 12:00")])
    assert PostKind.DATE_CHANGE in {post.kind for post in forecast(person(), [following(moved, NOON)])}


def test_a_list_begins_with_what_comes_next_and_ends_with_what_is_out() -> None:
    titles = {"later": "2025-09-01", "next": "2025-06-06", "some day": "2027", "out": "2025-01-01"}
    followed = [
        following(replace(film(f"US theatrical {when}", id=number), title=title))
        for number, (title, when) in enumerate(titles.items(), 1)
    ]
    ordered = [one.film.title for one in by_date(person(), followed, day("2025-05-01"))]
    assert ordered == ["next", "later", "some day", "out"]
