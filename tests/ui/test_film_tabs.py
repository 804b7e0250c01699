"""The tabs of a film's card: cast, trivia, releases, timeline, countdown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import EntryKind, Franchise, FranchiseEntry
from bot.domain.places import countries
from bot.ui.ids import Tab, TabId
from tests.ui.films import BALLERINA, TODAY, TRACKED, abroad, buttons, leads_to, release, said, show


def test_the_cast_comes_twelve_a_page_with_what_else_they_are_in() -> None:
    first = show(Tab.CAST, shared={4: [(8, "John Wick: Chapter 5"), (9, "Caine"), (10, "BRZRKR")]})
    lines = said(first).splitlines()
    assert "-# Directed by Len Wiseman" in lines
    assert "**Writer** Shay Hatten" in lines
    assert "**Ana de Armas** as Eve Macarro" in lines
    assert "**Keanu Reeves** as John Wick · *also in John Wick: Chapter 5, Caine and 1 more*" in lines
    assert lines[-2] == "**Dancer 9**"
    assert leads_to(first, "More") == TabId(7, Tab.CAST, 42, "1")
    assert "Back" not in buttons(first)
    last = show(Tab.CAST, "1")
    assert [line for line in said(last).splitlines() if line.startswith("**")] == ["**Dancer 10**", "**Dancer 11**"]
    assert leads_to(last, "Back") == TabId(7, Tab.CAST, 42, "0")


def test_trivia_comes_one_by_one_with_spoilers_hidden_and_last() -> None:
    told = [said(show(Tab.TRIVIA, str(place))).splitlines() for place in range(3)]
    assert [lines[2] for lines in told] == [f"### Trivia · {place} of 3" for place in (1, 2, 3)]
    assert told[0][3:5] == ["Most of the fire is real.", "-# Source: [denofgeek](https://www.denofgeek.com/b)"]
    assert told[1][3] == "Much was shot in Prague."
    assert not told[1][4].startswith("-# Source")
    assert told[2][3:5] == ["Spoiler, click to read:", r"||Wick helps her \|\| in the end.||"]
    assert leads_to(show(Tab.TRIVIA, "0"), "Another") == TabId(7, Tab.TRIVIA, 42, "1")
    assert leads_to(show(Tab.TRIVIA, "1"), "Another, with a spoiler") == TabId(7, Tab.TRIVIA, 42, "2")
    assert leads_to(show(Tab.TRIVIA, "2"), "Another") == TabId(7, Tab.TRIVIA, 42, "0")


def test_trivia_begins_with_another_fact_each_day_and_never_with_a_spoiler() -> None:
    begun = [said(show(Tab.TRIVIA, today=TODAY + timedelta(days=number))).splitlines()[2] for number in range(6)]
    assert set(begun) == {"### Trivia · 1 of 3", "### Trivia · 2 of 3"}
    alone = replace(BALLERINA, trivia=BALLERINA.trivia[:1])
    assert "Another" not in " ".join(buttons(show(Tab.TRIVIA, film=alone)))
    assert "||Wick" in said(show(Tab.TRIVIA, film=alone))


def test_releases_begin_with_this_country_and_mark_premieres() -> None:
    assert said(show(Tab.RELEASES, subscriber=abroad("GB"))).splitlines()[2:-1] == [
        "### Releases",
        "**🇬🇧 United Kingdom**",
        "**Fri 6 June 2025** · in cinemas",
        "*Thu 22 May 2025 · premiere · London*",
        "🇫🇷 **France** Wed 4 June 2025 in cinemas (2 days earlier)",
        (
            "🇺🇸 **United States** Fri 6 June 2025 in cinemas · Tue 1 July 2025 digital · "
            "September 2025 (no day yet) on disc (4K UHD) · *Tue 3 June 2025 premiere (TCL Chinese Theatre)*"
        ),
        "-# *Italics*: a premiere, festival, preview or re-release. It is not the release, and never counts.",
    ]
    assert "**Fri 6 June 2025** · in cinemas · was 7 June 2024" in said(show(Tab.RELEASES))


def test_many_countries_come_in_pages() -> None:
    codes = [*list(countries())[:25], "US"]
    film = replace(BALLERINA, releases=tuple(release(code, "2025-06-06") for code in codes))
    shown = [said(show(Tab.RELEASES, str(page), film=film)) for page in range(3)]
    assert "### Releases · page 1 of 3" in shown[0]
    assert "United States" in shown[0]
    assert sum(page.count("in cinemas") for page in shown) == 26
    assert "never counted" not in shown[0]


def test_the_timeline_goes_by_release_or_by_story() -> None:
    card = show(Tab.TIMELINE)
    assert said(card).splitlines()[2:-1] == [
        "### John Wick · release order",
        "` 1` **John Wick** · 24 October 2014 🇺🇸",
        "` 2` **The Continental** · 22 September 2023 🇺🇸 · *series*",
        "` 3` **Ballerina** · Fri 6 June 2025 🇺🇸 · **◂ this film**",
        "` 4` **Caine** · 2027 (no day yet) 🇺🇸",
    ]
    story = leads_to(card, "Story order")
    assert story == TabId(7, Tab.TIMELINE, 42, "story")
    by_story = show(Tab.TIMELINE, "story")
    assert said(by_story).splitlines()[2:5] == [
        "### John Wick · story order",
        "` 1` **The Continental** · 22 September 2023 🇺🇸 · *series*",
        "-# Set in the 1970s.",
    ]
    assert leads_to(by_story, "Release order") == TabId(7, Tab.TIMELINE, 42, "release")


def test_a_long_timeline_opens_where_the_film_is() -> None:
    entries = tuple(
        FranchiseEntry(EntryKind.FILM, f"Part {n}", 40 - n, n, ReleaseDate.parse(str(1980 + n)), "US")
        for n in range(1, 40)
    )
    film = replace(BALLERINA, id=30, franchise=Franchise(1, "Saga", entries))
    card = show(Tab.TIMELINE, film=film)
    assert "**Part 30**" in said(card)
    assert leads_to(card, "Back") == TabId(30, Tab.TIMELINE, 42, "release.1")
    assert "**Part 1**" in said(show(Tab.TIMELINE, "story.3", film=film))


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (date(2025, 4, 1), ["### 66 days", "That is 2 months 5 days."]),
        (date(2025, 5, 30), ["### 7 days"]),
        (date(2025, 6, 5), ["### Tomorrow"]),
        (date(2025, 6, 6), ["### Today"]),
        (date(2025, 6, 8), ["### Out", "🇺🇸 United States · in cinemas · Fri 6 June 2025, 2 days ago"]),
    ],
)
def test_the_countdown_counts(today: date, wanted: list[str]) -> None:
    now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=20)
    lines = said(show(Tab.COUNTDOWN, today=today, now=now)).splitlines()
    assert [line for line in wanted if line not in lines] == []


def test_the_countdown_lists_the_posts_still_to_come_in_local_time() -> None:
    lines = said(show(Tab.COUNTDOWN)).splitlines()
    begin = lines.index("**Still to be posted here**")
    assert lines[begin + 1 : begin + 5] == [
        "Tue 3 June 09:00 · 3 days to go",
        "Thu 5 June 09:00 · 1 day to go",
        "Fri 6 June 09:00 · release day",
        "-# Hours in New York time",
    ]
    assert "`/track` posts the countdown" in said(show(Tab.COUNTDOWN, subscription=None))


def test_a_film_that_was_out_when_it_was_tracked_counts_what_comes_next() -> None:
    today, now = date(2025, 6, 20), datetime(2025, 6, 20, 20, tzinfo=UTC)
    late = replace(TRACKED, tracked_at=datetime(2025, 6, 10, tzinfo=UTC))
    told = said(show(Tab.COUNTDOWN, today=today, now=now, subscription=late))
    assert "Then digital: Tue 1 July 2025, in 11 days" in told
    assert "Tue 1 July 09:00 · release day" in told
