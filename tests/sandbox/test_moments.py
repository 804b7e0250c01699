from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.moments import BadMoment, FilmDay, Home, parse_moment, suggest_moments

NEW_YORK = Home(ZoneInfo("America/New_York"), time(9))
NOW = datetime(2025, 5, 27, 12, 30, tzinfo=UTC)  # a Tuesday, 08:30
BALLERINA = FilmDay("Ballerina", date(2025, 6, 6))
FILMS = [BALLERINA, FilmDay("F1", date(2025, 6, 27))]


def local(typed: str, home: Home = NEW_YORK, now: datetime = NOW) -> str:
    instant = parse_moment(typed, now, home, FILMS)
    return "next post" if instant is None else f"{instant.astimezone(home.zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("next post", "next post"),
        ("  Next   POST ", "next post"),
        ("", "next post"),
        ("Ballerina’s release day", "2025-06-06 09:30"),
        ("ballerina's release day", "2025-06-06 09:30"),
        ("ballerina", "2025-06-06 09:30"),
        ("2025-06-06", "2025-06-06 09:30"),
        ("2025-6-6", "2025-06-06 09:30"),
        ("2025-06-06 18:45", "2025-06-06 18:45"),
        ("6 June 2025", "2025-06-06 09:30"),
        ("6th of June, 2025", "2025-06-06 09:30"),
        ("June 6, 2025", "2025-06-06 09:30"),
        ("jun 6", "2025-06-06 09:30"),
        ("1 January", "2026-01-01 09:30"),
        ("today", "2025-05-27 09:30"),
        ("tomorrow", "2025-05-28 09:30"),
        ("friday", "2025-05-30 09:30"),
        ("next tuesday", "2025-06-03 09:30"),
        ("in 3 days", "2025-05-30 09:30"),
        ("3 days", "2025-05-30 09:30"),
        ("in a week", "2025-06-03 09:30"),
        ("in 1 month", "2025-06-27 09:30"),
        ("in 2 years", "2027-05-27 09:30"),
        ("in 2 hours", "2025-05-27 10:30"),
        ("in 45 minutes", "2025-05-27 09:15"),
    ],
)
def test_reads(typed: str, expected: str) -> None:
    assert local(typed) == expected


@pytest.mark.parametrize(
    ("posting_time", "expected"),
    [(time(20), "2025-06-06 20:30"), (time(0), "2025-06-06 00:30"), (time(23, 45), "2025-06-06 23:59")],
)
def test_a_day_ends_after_its_posts_and_not_on_the_next(posting_time: time, expected: str) -> None:
    assert local("2025-06-06", Home(NEW_YORK.zone, posting_time)) == expected


def test_a_day_is_the_servers() -> None:
    auckland = Home(ZoneInfo("Pacific/Auckland"), time(9))
    now = datetime(2025, 5, 27, 13, tzinfo=UTC)  # 01:00 on the 28th there
    assert local("today", auckland, now) == "2025-05-28 09:30"
    assert local("in 3 days", auckland, now) == "2025-05-31 09:30"


def test_an_hour_that_the_clocks_leave_out() -> None:
    assert local("2026-03-08 02:30") == "2026-03-08 03:00"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2025-05-26", "is over: it is Tue 27 May 2025, 08:30"),
        ("2025-05-27 08:30", "Time goes forward only"),
        ("2031-01-01", "more than 5 years off"),
        ("in 90000 years", "does not exist"),
        ("in 9000 years", "does not exist"),
        ("in 123456 years", "not a day or a time"),
        ("31 June", "does not exist"),
        ("2025-02-30", "does not exist"),
        ("2025-06-06 25:00", "does not exist"),
        ("6 foober", "does not exist"),
        ("whenever", "not a day or a time"),
        ("06/07/2025", "not a day or a time"),
        ("'; DROP TABLE posts; --", "not a day or a time"),
        ("\u202e@everyone **x** ||y|| <@&1>", "“everyone x y 1” is not a day"),
        ("\u200b", "“that” is not a day"),
        ("🎬" * 200, "“that” is not a day"),
        ("x" * 6000, "not a day or a time"),
    ],
)
def test_refuses_in_one_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadMoment) as refusal:
        parse_moment(typed, NOW, NEW_YORK, FILMS)
    assert sentence in str(refusal.value)
    assert len(str(refusal.value)) < 250
    assert not set("@<*|\u202e\u200b") & set(str(refusal.value))


def test_the_farthest_day_is_allowed() -> None:
    assert local("in 5 years") == "2030-05-27 09:30"
    with pytest.raises(BadMoment, match="more than 5 years off"):
        local("2030-05-28")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", "next post"),
        ("ball", "Ballerina’s release day"),
        ("f1's", "F1’s release day"),
        ("in 3", "in 3 days"),
        ("in 11 days", "in 11 days"),
        ("6 June", "6 June"),
    ],
)
def test_suggests(typed: str, first: str) -> None:
    assert suggest_moments(typed, NOW, NEW_YORK, FILMS)[0] == first


@pytest.mark.parametrize("typed", ["", "ball", "release", "in", "2025", "next"])
def test_every_suggestion_can_be_travelled_to(typed: str) -> None:
    for choice in suggest_moments(typed, NOW, NEW_YORK, FILMS):
        parse_moment(choice, NOW, NEW_YORK, FILMS)


def test_suggests_nothing_that_is_over_or_nonsense() -> None:
    assert "Ballerina’s release day" not in suggest_moments("", datetime(2025, 6, 7, 12, tzinfo=UTC), NEW_YORK, FILMS)
    assert suggest_moments("whenever", NOW, NEW_YORK, FILMS) == []


def test_suggestions_fit_discords_limits() -> None:
    films = [FilmDay(f"{'A very long title ' * 12}{n}", date(2025, 7, 1)) for n in range(200)]
    found = suggest_moments("", NOW, NEW_YORK, films)
    assert len(found) <= 25
    assert max(map(len, found)) <= 100
    assert parse_moment(found[1], NOW, NEW_YORK, films) is not None
