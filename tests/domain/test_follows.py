"""Which films of a franchise or a person a server gets by itself."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import Credit, Film, Job, Release, ReleaseType
from bot.domain.follow_posts import followed_post, full_post
from bot.domain.follows import (
    MAX_AT_ONCE,
    is_lead,
    is_same_story,
    is_to_come,
    joined_refs,
    may_be_to_come,
    next_look,
    next_try,
    select,
    story_name,
)
from bot.domain.posts import CHANGE_FRESH, PostKind
from bot.domain.sources import Found
from bot.domain.subscribers import Subscriber, SubscriberKind, Wanted

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
GERMAN = Subscriber(
    7, SubscriberKind.GUILD, 900, channel_id=55, country="DE", timezone="Europe/Berlin", posting_time=time(9)
)


def film(number: int, *lines: str, year: int | None = None) -> Film:
    """A film with releases such as "DE theatrical 2027-06-04"."""
    parts = [line.split() for line in lines]
    releases = tuple(Release(country, ReleaseType(type_), ReleaseDate.parse(day)) for country, type_, day in parts)
    return Film(number, f"Film {number:02}", year, releases=releases)


@pytest.mark.parametrize(
    ("lines", "year", "to_come"),
    [
        (["DE theatrical 2027-06-04"], None, True),
        (["DE theatrical 2026-11-23"], None, True),
        (["DE theatrical 2026-11-22"], None, False),
        (["DE theatrical 2026"], None, True),
        (["DE theatrical 2025"], None, False),
        (["DE theatrical tba"], None, True),
        (["DE theatrical tba", "US theatrical 2024-01-01"], None, False),
        (["US theatrical 2026-10-01"], None, True),
        (["US theatrical 2026-05-01"], None, False),
        (["US theatrical 2001-05-01", "JP theatrical 2027-05-01"], None, False),
        (["US premiere 2020-05-01"], None, True),
        (["US premiere 2020-05-01"], 2020, False),
        ([], None, True),
        ([], 2026, True),
        ([], 2025, False),
        (["DE theatrical 2025-06-04", "DE digital 2027-01-01"], None, False),
        (["DE physical 2027-01-01", "DE theatrical 2025-06-04"], None, False),
    ],
    ids=str,
)
def test_what_is_still_to_come(lines: list[str], year: int | None, to_come: bool) -> None:
    assert is_to_come(film(1, *lines, year=year), GERMAN, TODAY) is to_come


def test_what_is_wanted_decides_when_it_comes() -> None:
    later = film(1, "DE theatrical 2026-06-04", "DE digital 2027-01-01")
    wanting = Subscriber(7, SubscriberKind.GUILD, 900, country="DE", wanted=frozenset({Wanted.DIGITAL}))
    assert is_to_come(later, wanting, TODAY)
    assert not is_to_come(later, GERMAN, TODAY)


@pytest.mark.parametrize(
    ("found", "worth"),
    [
        (Found("tmdb:1", "A", date=ReleaseDate.parse("2027")), True),
        (Found("tmdb:1", "A", date=ReleaseDate.parse("2026-09-01")), True),
        (Found("tmdb:1", "A", date=ReleaseDate.parse("2020-09-01"), year=2020), False),
        (Found("tmdb:1", "A", date=ReleaseDate.parse("tba")), True),
        (Found("tmdb:1", "A", year=2026), True),
        (Found("tmdb:1", "A", year=2025), False),
        (Found("tmdb:1", "A"), True),
    ],
    ids=str,
)
def test_what_is_worth_asking_about(found: Found, worth: bool) -> None:
    assert may_be_to_come(found, TODAY) is worth


@pytest.mark.parametrize(
    ("job", "position", "character", "lead"),
    [
        (Job.DIRECTOR, 9, "", True),
        (Job.CAST, 0, "John Wick", True),
        (Job.CAST, 4, "Selfridge", True),
        (Job.CAST, 5, "John Wick", False),
        (Job.CAST, 0, "Self", False),
        (Job.CAST, 0, "Himself - Host", False),
        (Job.CAST, 1, "John Wick (archive footage)", False),
        (Job.WRITER, 0, "", False),
        (Job.PRODUCER, 0, "", False),
    ],
)
def test_who_leads(job: Job, position: int, character: str, lead: bool) -> None:
    assert is_lead(Credit(0, "Keanu Reeves", job, position, character)) is lead


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("John Wick", "John Wick Collection", True),
        ("The Avengers Collection", "Avengers", True),
        ("Spider-Verse", "Spider-Man: Spider-Verse Collection", True),
        ("Dune", "Dune film series", True),
        ("Avengers", "Marvel Cinematic Universe", False),
        ("Alien", "Alien vs. Predator Collection", False),
        ("Wick", "Warwick", False),
        ("Series", "Collection", False),
        ("", "", False),
    ],
)
def test_what_means_one_franchise(name: str, other: str, same: bool) -> None:
    assert is_same_story(name, other) is same
    assert is_same_story(other, name) is same


def test_a_name_loses_what_its_source_appends() -> None:
    assert [story_name(name) for name in ("John Wick Collection", "Dune", " Collection")] == [
        "John Wick",
        "Dune",
        " Collection",
    ]


class TestSelect:
    def test_the_soonest_first_and_no_more_than_a_few(self) -> None:
        films = [film(n, f"DE theatrical 2027-01-{31 - n:02}") for n in range(1, 15)] + [film(30), film(31)]
        chosen = select(films, set(), 100, GERMAN, NOW)
        assert [f.id for f in chosen.new] == list(range(14, 14 - MAX_AT_ONCE, -1))
        assert [f.id for f in chosen.left] == [4, 3, 2, 1, 30, 31]
        assert chosen.full == ()

    def test_what_is_tracked_is_not_added_and_takes_no_place(self) -> None:
        films = [film(1, "DE theatrical 2027-01-01"), film(2, "DE theatrical 2020-01-01"), film(3)]
        chosen = select(films, {1, 2}, 1, GERMAN, NOW)
        assert [f.id for f in chosen.new] == [3]
        assert {f.id for f in chosen.tracked} == {1, 2}
        assert [f.id for f in chosen.before] == [1]

    @pytest.mark.parametrize("room", [-3, 0, 1])
    def test_there_is_no_more_than_room(self, room: int) -> None:
        chosen = select([film(1, "DE theatrical 2027-01-01"), film(2)], set(), room, GERMAN, NOW)
        assert [f.id for f in chosen.new] == [1][: max(room, 0)]
        assert [f.id for f in chosen.full] == [1, 2][max(room, 0) :]

    def test_days_are_the_servers_own(self) -> None:
        late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # in Berlin it is the 24th
        assert select([film(1, "DE theatrical 2026-11-23")], set(), 9, GERMAN, late).new == ()


def test_looks_come_daily_and_spread() -> None:
    looks = {next_look(number, NOW) - NOW for number in range(1, 200)}
    assert len(looks) > 150
    assert timedelta(days=1) <= min(looks)
    assert max(looks) < timedelta(days=1, hours=2)
    assert next_try(NOW) == NOW + timedelta(hours=1)
    assert next_try(NOW, 60) == NOW + timedelta(hours=1)
    assert next_try(NOW, 7200) == NOW + timedelta(hours=2)


def test_the_first_ref_stays_the_first() -> None:
    assert joined_refs(("tmdb:1", "a:2"), ["bundled:x", "tmdb:1"]) == ("tmdb:1", "a:2", "bundled:x")


class TestPost:
    def test_is_due_at_the_next_posting_hour(self) -> None:
        post = followed_post(GERMAN, 3, "John Wick", None, NOW)
        assert (post.kind, post.film_id, post.note, post.channel_id) == (PostKind.FOLLOWED, 3, "John Wick", 55)
        assert post.due_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
        assert post.fresh_until == post.due_at + CHANGE_FRESH
        early = followed_post(GERMAN, 3, "John Wick", 66, NOW - timedelta(hours=6))
        assert (early.due_at, early.channel_id) == (datetime(2026, 11, 23, 8, tzinfo=UTC), 66)

    @pytest.mark.parametrize(("by", "at_once"), [("2026-11-24", True), ("2026-11-25", False), ("2026-11-23", True)])
    def test_comes_at_once_if_the_film_is_out_by_then(self, by: str, at_once: bool) -> None:
        post = followed_post(GERMAN, 3, "John Wick", None, NOW, by=date.fromisoformat(by))
        assert (post.due_at == NOW) is at_once

    def test_there_is_one_a_film_and_one_a_month_about_a_full_list(self) -> None:
        keys = {
            followed_post(GERMAN, 3, note, None, NOW + timedelta(days=n)).dedup_key for note in "ab" for n in (0, 9)
        }
        assert len(keys) == 1
        full = [full_post(GERMAN, "John Wick", NOW + timedelta(days=n)) for n in (0, 1, 30)]
        assert full[0].dedup_key == full[1].dedup_key != full[2].dedup_key
        assert (full[0].film_id, full[0].channel_id, full[0].is_of_channel) == (None, 55, False)
