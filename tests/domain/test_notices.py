"""Telling that a date moved: what of it, when, once; and what is still owed of a message that is on its way."""

from dataclasses import replace

import pytest

from bot.domain.changes import as_lived
from bot.domain.dates import ReleaseDate
from bot.domain.films import DateChange, Film
from bot.domain.plan import forecast, names_its_day, plan, still_owed
from bot.domain.posts import Post, PostKind
from bot.domain.resumes import resume_post
from bot.domain.subscribers import Subscriber, Wanted
from tests.domain.examples import cases, change, film, following, guild, told, utc

JULY = "US theatrical 2025-07-09"
MOVED = change("1: 2025-06-06 -> 2025-07-09", "2025-05-20 15:00")


def notices(
    found: Film, subscriber: Subscriber | None = None, since: str = "2025-01-01 00:00", told_id: int = 0
) -> list[Post]:
    subscription = following(found, utc(since), told_change_id=told_id)
    return [post for post in forecast(subscriber or guild(), [subscription]) if post.kind is PostKind.DATE_CHANGE]


def test_a_change_is_told_with_old_and_new_date_at_the_next_posting_hour() -> None:
    (notice,) = notices(film(JULY, changes=[MOVED]))
    assert told(notice) == ("date_change", "2025-05-21 13:00")
    assert (notice.old_date, notice.date, notice.change_id) == (MOVED.old, MOVED.new, 1)
    assert (notice.fresh_until, notice.channel_id) == (utc("2025-05-28 13:00"), 55)
    assert notice.dedup_key == "1:7:date_change:1:theatrical:2025-07-09"


WHEN = [
    # known at (UTC), zone, hour, new date, when it is told
    ("before today's hour", "2025-05-20 12:59", "09:00", "2025-07-09", "2025-05-20 13:00"),
    ("in its very second", "2025-05-20 13:00", "09:00", "2025-07-09", "2025-05-21 13:00"),
    ("late in the evening", "2025-05-21 03:59", "09:00", "2025-07-09", "2025-05-21 13:00"),
    ("over the clock change", "2025-03-08 20:00", "09:00", "2025-07-09", "2025-03-09 13:00"),
    ("an hour that spring skips", "2025-03-08 20:00", "02:30", "2025-07-09", "2025-03-09 07:00"),
    ("out today: at once", "2025-05-20 12:00", "09:00", "2025-05-20", "2025-05-20 12:00"),
    ("out by the next hour: at once", "2025-05-20 15:00", "09:00", "2025-05-21", "2025-05-20 15:00"),
    ("out on the day after it", "2025-05-20 15:00", "09:00", "2025-05-22", "2025-05-21 13:00"),
    ("out already: at once", "2025-05-20 15:00", "09:00", "2025-05-01", "2025-05-20 15:00"),
    ("a month that has begun", "2025-05-20 15:00", "09:00", "2025-05", "2025-05-21 13:00"),
    ("withdrawn", "2025-05-20 15:00", "09:00", "none", "2025-05-21 13:00"),
]


@cases("known_at, hour, new, expected", WHEN)
def test_a_change_waits_for_the_posting_hour_unless_the_film_would_be_out_by_then(
    known_at: str, hour: str, new: str, expected: str
) -> None:
    releases = () if new == "none" else (f"US theatrical {new}",)
    (notice,) = notices(film(*releases, changes=[change(f"1: 2025-06-06 -> {new}", known_at)]), guild(hour=hour))
    assert told(notice) == ("date_change", expected)


AGAIN = change("2: 2025-07-09 -> 2025-08-01", "2025-05-20 18:00")
BACK = change("2: 2025-07-09 -> 2025-06-06", "2025-05-20 18:00")
FOLDED = [
    ("two before they are told", ["US theatrical 2025-08-01"], [MOVED, AGAIN], 0, ["2: 2025-06-06 -> 2025-08-01"]),
    ("the first was told", ["US theatrical 2025-08-01"], [MOVED, AGAIN], 1, ["2: 2025-07-09 -> 2025-08-01"]),
    ("both were told", ["US theatrical 2025-08-01"], [MOVED, AGAIN], 2, []),
    ("there and back", ["US theatrical 2025-06-06"], [MOVED, BACK], 0, []),
    ("there, told, and back", ["US theatrical 2025-06-06"], [MOVED, BACK], 1, ["2: 2025-07-09 -> 2025-06-06"]),
]


@cases("releases, changes, told_id, expected", FOLDED)
def test_what_was_not_yet_told_is_told_as_one(
    releases: list[str], changes: list[DateChange], told_id: int, expected: list[str]
) -> None:
    found = notices(film(*releases, changes=changes), told_id=told_id)
    assert [f"{post.change_id}: {post.old_date} -> {post.date}" for post in found] == expected


LIMITED = change("1: none -> 2025-05-30", "2025-05-20 15:00", "US limited")
GERMAN = change("1: 2025-06-05 -> 2025-07-10", "2025-05-20 15:00", "DE theatrical")
DIGITAL = change("1: 2025-09-01 -> 2025-09-02", "2025-05-20 15:00", "US digital")
SILENT = [
    ("another country", film(JULY, changes=[GERMAN])),
    ("history", film(JULY, changes=[replace(MOVED, history=True)])),
    ("nobody knows when", film(JULY, changes=[replace(MOVED, known_at=None)])),
    ("before it was tracked", film(JULY, changes=[replace(MOVED, known_at=utc("2024-12-31 12:00"))])),
    ("as it was tracked", film(JULY, changes=[replace(MOVED, known_at=utc("2025-01-01 00:00"))])),
    ("digital, before the cinema", film(JULY, "US digital 2025-09-02", changes=[DIGITAL])),
    ("wide, when limited counts", film(JULY, "US limited 2025-05-30", changes=[MOVED])),
]


@cases("found", SILENT)
def test_changes_that_move_nothing_here_are_not_told(found: Film) -> None:
    assert notices(found) == []


def test_an_earlier_limited_release_is_news_because_it_is_the_one_that_counts_now() -> None:
    (notice,) = notices(film(JULY, "US limited 2025-05-30", changes=[LIMITED]))
    assert (str(notice.type), notice.old_date, str(notice.date)) == ("limited", None, "2025-05-30")


def test_a_film_that_was_out_tells_of_its_next_release_only() -> None:
    digital = change("1: 2025-07-01 -> 2025-07-15", "2025-06-20 15:00", "US digital")
    cinema = change("2: 2025-06-06 -> 2025-06-05", "2025-06-20 15:00")
    found = film("US theatrical 2025-06-05", "US digital 2025-07-15", changes=[digital, cinema])
    assert [str(post.type) for post in notices(found, since="2025-06-10 12:00")] == ["digital"]


#: Learnt at noon in New York, so that 09:00 on the 21st is the moment to tell it.
LOSING = [
    ("an hour that passed today", guild(hour="09:00", settings_changed_at=utc("2025-05-20 20:00"))),
    ("after midnight, an hour of last evening", guild(hour="22:00", settings_changed_at=utc("2025-05-21 05:00"))),
    ("at dawn, an hour before it", guild(hour="06:00", settings_changed_at=utc("2025-05-21 11:00"))),
    ("far to the east", guild("Pacific/Auckland", settings_changed_at=utc("2025-05-20 22:00"))),
]


@cases("subscriber", LOSING)
def test_no_change_of_settings_loses_news_that_is_not_yet_told(subscriber: Subscriber) -> None:
    known = change("1: 2025-06-06 -> 2025-07-09", "2025-05-20 16:00")
    (notice,) = notices(film(JULY, changes=[known]), subscriber)
    assert subscriber.settings_changed_at is not None
    assert subscriber.settings_changed_at <= notice.due_at < utc("2025-05-22 13:00")


def test_of_a_country_that_was_chosen_later_only_what_moved_since_is_news() -> None:
    # In Germany the film was at 1 June, then 5 June; the server, American until April, counts down to the 5th.
    subscriber = guild(country="DE", settings_changed_at=utc("2025-04-01 12:00"))
    before = change("1: 2025-06-01 -> 2025-06-05", "2025-02-01 12:00", "DE theatrical")
    on = change("2: 2025-06-05 -> 2025-06-12", "2025-05-20 15:00", "DE theatrical")
    back = change("2: 2025-06-05 -> 2025-06-01", "2025-05-20 15:00", "DE theatrical")
    for changes, expected in (([before], []), ([before, on], ["2025-06-12"]), ([before, back], ["2025-06-01"])):
        date = str(changes[-1].new)
        found = notices(film(f"DE theatrical {date}", changes=changes), subscriber)
        assert [str(post.date) for post in found] == expected
        assert all(str(post.old_date) == "2025-06-05" for post in found)


def test_two_dates_that_moved_together_are_told_together_even_if_one_cannot_wait() -> None:
    wide = change("1: 2025-06-20 -> 2025-07-09", "2025-05-20 15:00")
    limited = change("2: none -> 2025-05-21", "2025-05-20 15:00", "US limited")
    found = notices(film(JULY, "US limited 2025-05-21", changes=[wide, limited]))
    assert {told(post)[1] for post in found} == {"2025-05-20 15:00"}
    assert {post.change_id for post in found} == {2}


def test_a_change_that_moved_nothing_does_not_come_back_later_as_old_news() -> None:
    # The wide release moved in February, when the limited one counted; that one is withdrawn in May.
    wide = change("1: 2025-06-06 -> 2025-07-09", "2025-02-20 15:00")
    gone = change("2: 2025-05-30 -> none", "2025-05-20 15:00", "US limited")
    found = notices(film(JULY, changes=[wide, gone]))
    assert [told(post)[1] for post in found] == ["2025-05-21 13:00"] * len(found)
    assert ("limited", None) in {(str(post.type), post.date) for post in found}


def test_news_from_long_before_the_settings_is_not_told() -> None:
    assert notices(film(JULY, changes=[MOVED]), guild(settings_changed_at=utc("2025-05-27 15:00"))) == []


def test_planning_lists_the_notice_and_the_new_countdown_but_not_the_old_one() -> None:
    found = plan(guild(), [following(film(JULY, changes=[MOVED]))], utc("2025-06-09 13:00"))
    assert [told(post)[0] for post in found.posts] == ["date_change", "30 days"]


#: A server that tracked the film between its German and its French day waits for the French one.
FRENCH, LATE = "US theatrical 2025-06-10", "2025-06-08 12:00"


def test_where_another_languages_day_is_owed_the_first_ones_correction_is_no_news() -> None:
    german = change("1: 2025-06-06 -> 2025-06-05", "2025-06-08 15:00")
    found = film("US theatrical 2025-06-05", FRENCH, "US digital 2025-07-15", changes=[german])
    assert notices(found, since=LATE) == []
    digital = change("2: 2025-07-01 -> 2025-07-15", "2025-06-08 15:00", "US digital")
    both = guild(wanted=frozenset(Wanted))
    told_now = notices(replace(found, changes=(german, digital)), both, since=LATE)
    assert [str(post.type) for post in told_now] == ["digital"]


def test_days_that_were_announced_together_are_news_even_if_the_first_is_over() -> None:
    german = change("1: none -> 2025-06-06", "2025-06-09 15:00")
    (notice,) = notices(film("US theatrical 2025-06-06", FRENCH, changes=[german]), since=LATE)
    assert (notice.old_date, str(notice.date)) == (None, "2025-06-06")


def test_who_wants_cinema_and_digital_is_told_of_what_moved_of_the_two() -> None:
    wide = change("1: 2025-06-06 -> 2025-07-09", "2025-05-20 15:00")
    digital = change("2: 2025-09-01 -> 2025-09-02", "2025-05-20 15:00", "US digital")
    disc = change("3: 2025-10-01 -> 2025-10-02", "2025-05-20 15:00", "US physical")
    found = film(JULY, "US digital 2025-09-02", "US physical 2025-10-02", changes=[wide, digital, disc])
    server = guild(wanted=frozenset({Wanted.CINEMA, Wanted.DIGITAL}))
    assert [str(post.type) for post in notices(found, server)] == ["theatrical", "digital"]
    assert [str(post.type) for post in notices(found)] == ["theatrical"]


def test_a_film_that_follows_another_country_tells_of_that_countrys_dates() -> None:
    found = film("DE theatrical 2025-07-10", JULY, changes=[GERMAN])
    (notice,) = (
        post
        for post in forecast(guild(), [following(found, utc("2025-01-01 00:00"), country="DE")])
        if post.kind is PostKind.DATE_CHANGE
    )
    assert (notice.country, str(notice.date)) == ("DE", "2025-07-10")


def test_a_countdown_to_another_languages_day_names_a_day_of_the_film() -> None:
    found = film("US theatrical 2025-06-06", FRENCH)
    posts = forecast(guild(), [following(found, utc(LATE))])
    assert [told(post)[0] for post in posts] == ["1 days", "release"]
    assert all(names_its_day(post, found) for post in posts)
    assert not any(names_its_day(post, film("US theatrical 2025-06-06")) for post in posts)
    assert not any(names_its_day(post, film("US theatrical 2025-06-10 Re-release")) for post in posts)


def test_news_of_the_first_day_is_wrong_when_it_is_another_languages_day_by_now() -> None:
    found = film(JULY, "US theatrical 2025-07-20", changes=[MOVED])
    (notice,) = notices(found)
    assert names_its_day(notice, found)
    assert not names_its_day(notice, film(JULY, "US theatrical 2025-07-01"))


def owed_now(found: Film, now: str, posts: list[Post], subscriber: Subscriber | None = None, told_id: int = 0) -> bool:
    return still_owed(posts, subscriber or guild(), [following(found, told_change_id=told_id)], utc(now))


COUNTDOWN = forecast(guild(), [following(film("US theatrical 2025-06-06"))])[1]
NOTICE = notices(film(JULY, changes=[MOVED]))[0]
STILL = [
    ("as it was", "US theatrical 2025-06-06", "2025-05-30 13:00", [COUNTDOWN], True),
    ("to its last second", "US theatrical 2025-06-06", "2025-05-31 03:59", [COUNTDOWN], True),
    ("its day is over", "US theatrical 2025-06-06", "2025-05-31 04:00", [COUNTDOWN], False),
    ("the date moved", JULY, "2025-05-30 13:00", [COUNTDOWN], False),
    ("the date is a month now", "US theatrical 2025-06", "2025-05-30 13:00", [COUNTDOWN], False),
    ("a notice that is being told", JULY, "2025-05-21 13:00", [NOTICE], True),
    ("a notice that was overtaken", "US theatrical 2025-08-01", "2025-05-21 13:00", [NOTICE], False),
    ("a notice that is stale", JULY, "2025-05-28 13:00", [NOTICE], False),
    ("one of two", JULY, "2025-05-21 13:00", [NOTICE, COUNTDOWN], False),
    ("nothing", JULY, "2025-05-21 13:00", [], True),
]


@cases("release, now, posts, expected", STILL)
def test_a_message_is_true_while_all_of_it_is_fresh_and_still_the_films_day(
    release: str, now: str, posts: list[Post], expected: bool
) -> None:
    # A post that is on its way counts as told.
    found = film(release, changes=[MOVED])
    assert owed_now(replace(found, changes=()) if COUNTDOWN in posts else found, now, posts, told_id=1) is expected


def test_what_nobody_follows_any_more_is_not_owed() -> None:
    for post in (COUNTDOWN, NOTICE):
        assert not still_owed([post], guild(), [], post.due_at)


def test_a_notice_of_a_date_that_was_withdrawn_is_true_until_there_is_one_again() -> None:
    gone = change("1: 2025-06-06 -> none", "2025-05-20 15:00")
    (notice,) = notices(film(changes=[gone]))
    assert owed_now(film(changes=[gone]), "2025-05-21 13:00", [notice], told_id=1)
    assert not owed_now(film(JULY, changes=[gone]), "2025-05-21 13:00", [notice], told_id=1)


def test_a_milestone_that_was_switched_off_is_not_owed() -> None:
    found = film("US theatrical 2025-06-06")
    assert not owed_now(found, "2025-05-30 13:00", [COUNTDOWN], guild(milestones=(3, 1)))


def test_the_message_that_ends_a_pause_is_owed_once_and_stays_true_while_fresh() -> None:
    post = resume_post(guild(), utc("2025-06-01 12:00"), utc("2025-06-08 12:00"))
    assert post.dedup_key == resume_post(guild(), utc("2025-06-01 12:00"), utc("2025-06-05 12:00")).dedup_key
    assert post.dedup_key != resume_post(guild(), utc("2025-06-02 12:00"), utc("2025-06-08 12:00")).dedup_key
    assert post.dedup_key != resume_post(guild(), utc("2025-06-01 12:00"), utc("2025-06-08 12:00"), film_id=7).dedup_key
    assert (post.due_at, post.since_at, post.channel_id) == (utc("2025-06-08 12:00"), utc("2025-06-01 12:00"), 55)
    assert still_owed([post], guild(), [], utc("2025-07-08 11:59"))
    assert not still_owed([post], guild(), [], utc("2025-07-08 12:00"))


@pytest.mark.parametrize("new", ["2025-06", "2025", "tba"])
def test_a_date_that_became_vague_is_told(new: str) -> None:
    (notice,) = notices(film(f"US theatrical {new}", changes=[change(f"1: 2025-06-06 -> {new}", "2025-05-20 15:00")]))
    assert notice.date == ReleaseDate.parse(new)


def test_what_was_taken_back_and_stated_in_one_instant_was_not_lived_through() -> None:
    trusted = change("1: 2025-06-06 -> 2025-12-09", "2025-05-20 15:00")
    back = change("2: 2025-12-09 -> 2025-06-06", "2025-05-21 15:00")
    passed = change("3: 2025-06-06 -> 2025-12-09", "2025-05-21 15:00")
    other = change("3: 2025-06-06 -> 2025-07-09", "2025-05-21 15:00")
    german = replace(passed, country="DE")
    assert as_lived([trusted, back, passed, german]) == [trusted, german]
    assert as_lived([trusted, back]) == [trusted, back]
    assert [(str(c.old), str(c.new)) for c in as_lived([trusted, back, other])] == [
        ("2025-06-06", "2025-12-09"), ("2025-12-09", "2025-07-09"),
    ]  # fmt: skip
