"""A film's card: every tab says what is known, whose it is and how sure, within Discord's limits."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import (
    Credit,
    DateChange,
    EntryKind,
    Film,
    Franchise,
    FranchiseEntry,
    Job,
    Release,
    ReleaseType,
    Trivia,
)
from bot.domain.places import countries
from bot.domain.subscribers import Pause, Subscriber, SubscriberKind, Subscription
from bot.ui.card import MAX_COMPONENTS, MAX_TEXT, Accent, Card, Picture
from bot.ui.film_card import FilmView, picture_of, render_film_card
from bot.ui.ids import MAX_CUSTOM_ID, Tab, TabId
from bot.ui.text import width

TODAY = date(2025, 5, 30)
WIKIPEDIA = "https://en.wikipedia.org/wiki/Ballerina_%282025_film%29"
NOW = datetime(2025, 5, 30, 15, tzinfo=UTC)
PICTURE = Picture("marquee-1.png", b"png", "A cinema marquee: Ballerina · 7 days")
GUILD = Subscriber(1, SubscriberKind.GUILD, 10, channel_id=555, country_chosen=True)


def release(country: str, when: str, kind: ReleaseType = ReleaseType.THEATRICAL, note: str = "") -> Release:
    return Release(country, kind, ReleaseDate.parse(when), note, "bundled")


def moved(old: str, new: str, known_at: datetime | None = datetime(2024, 2, 21, tzinfo=UTC)) -> DateChange:
    old_date, new_date = ReleaseDate.parse(old), ReleaseDate.parse(new)
    return DateChange(1, 7, "US", ReleaseType.THEATRICAL, old_date, new_date, "bundled", known_at, history=True)


BALLERINA = Film(
    id=7,
    title="Ballerina",
    year=2025,
    summary="Raised as a dancer and an assassin, Eve hunts the people who killed her father.",
    runtime_minutes=125,
    genres=("Action", "Thriller"),
    companies=("Summit Entertainment", "Thunder Road Films"),
    distributors=("Lionsgate",),
    countries=("US",),
    releases=(
        release("GB", "2025-05-22", ReleaseType.PREMIERE, "London"),
        release("US", "2025-06-03", ReleaseType.PREMIERE, "TCL Chinese Theatre"),
        release("FR", "2025-06-04"),
        release("US", "2025-06-06"),
        release("GB", "2025-06-06"),
        release("US", "2025-07-01", ReleaseType.DIGITAL),
        release("US", "2025-09", ReleaseType.PHYSICAL, "4K UHD"),
    ),
    changes=(moved("2024-06-07", "2025-06-06"),),
    credits=(
        Credit(1, "Len Wiseman", Job.DIRECTOR, 0),
        Credit(2, "Shay Hatten", Job.WRITER, 0),
        Credit(3, "Ana de Armas", Job.CAST, 0, "Eve Macarro"),
        Credit(4, "Keanu Reeves", Job.CAST, 1, "John Wick"),
        *(Credit(10 + number, f"Dancer {number}", Job.CAST, 2 + number) for number in range(12)),
    ),
    trivia=(
        Trivia("Wick helps her || in the end.", spoiler=True, source="https://www.radiotimes.com/a"),
        Trivia("Most of the fire is real.", spoiler=False, source="https://www.denofgeek.com/b"),
        Trivia("Much was shot in Prague.", spoiler=False, source="http://insecure.example/"),
    ),
    franchise=Franchise(
        1,
        "John Wick",
        (
            FranchiseEntry(EntryKind.FILM, "John Wick", 2, 1, ReleaseDate.parse("2014-10-24"), "US"),
            FranchiseEntry(
                EntryKind.SERIES, "The Continental", 1, None, ReleaseDate.parse("2023-09-22"), "US", "Set in the 1970s."
            ),
            FranchiseEntry(EntryKind.FILM, "Ballerina", 3, 7, ReleaseDate.parse("tba"), "US", "Beside Chapter 3."),
            FranchiseEntry(EntryKind.FILM, "Caine", 4, 9, ReleaseDate.parse("2027"), "US"),
        ),
    ),
    ids={"bundled": "ballerina-2025"},
    sources=("https://en.wikipedia.org/wiki/Ballerina_(2025_film)",),
    as_of=date(2025, 5, 20),
)  # fmt: skip
TRACKED = Subscription(BALLERINA, datetime(2025, 5, 1, 12, tzinfo=UTC), 42)
VIEW = FilmView(BALLERINA, GUILD, TRACKED, TODAY, NOW, Tab.OVERVIEW, opener_id=42)


def items(card: Card) -> Iterator[discord.ui.Item]:
    return iter(card.view.walk_children())


def said(card: Card) -> str:
    return "\n".join(item.content for item in items(card) if isinstance(item, discord.ui.TextDisplay))


def buttons(card: Card) -> dict[str, discord.ui.Button]:
    return {item.label or "": item for item in items(card) if isinstance(item, discord.ui.Button)}


def leads_to(card: Card, label: str) -> TabId | None:
    return TabId.parse(buttons(card)[label].custom_id or "")


def show(tab: Tab = Tab.OVERVIEW, arg: str = "", **changed: object) -> Card:
    return render_film_card(replace(VIEW, tab=tab, arg=arg, **changed))


def abroad(country: str) -> Subscriber:
    return replace(GUILD, country=country)


def test_the_overview_says_what_the_film_is_and_when_it_is_out_here() -> None:
    assert said(show()).splitlines() == [
        "## Ballerina (2025)",
        "### Fri 6 June 2025 · in 7 days",
        "🇺🇸 United States · in cinemas",
        "Then digital: Tue 1 July 2025",
        "-# Moved once: it was 7 June 2024 until February 2024.",
        "Raised as a dancer and an assassin, Eve hunts the people who killed her father.",
        "**Director** Len Wiseman",
        "**Writer** Shay Hatten",
        "**Cast** Ana de Armas, Keanu Reeves, Dancer 0, Dancer 1, Dancer 2 and 9 more",
        "**Genres** Action, Thriller · 2 h 5 min",
        "**Companies** Summit Entertainment, Thunder Road Films",
        "**Distributor** Lionsgate",
        "-# Tracked here since Thu 1 May 2025 · posts go to <#555>",
        f"-# Marquee's catalogue, as of 20 May 2025 · read more: [wikipedia]({WIKIPEDIA})",
    ]


@pytest.mark.parametrize(
    ("releases", "country", "wanted"),
    [
        ([release("US", "2027-06")], "US", ["### June 2027 (no day yet)", "🇺🇸 United States · in cinemas"]),
        ([release("US", "2027-Q2")], "US", ["### Q2 2027 (no month yet)"]),
        ([release("US", "2027")], "US", ["### 2027 (no day yet)"]),
        ([release("US", "tba")], "US", ["### No date announced"]),
        ([release("US", "1984-04")], "US", ["### April 1984"]),
        ([release("US", "2024-05-30")], "US", ["### Thu 30 May 2024 · 1 year ago"]),
        ([release("US", "2025-05-30")], "US", ["### Fri 30 May 2025 · today"]),
        (
            [release("US", "2025-06-06")],
            "DE",
            ["### No date for 🇩🇪 Germany yet", "🇺🇸 United States · in cinemas · Fri 6 June 2025, in 7 days"],
        ),
        (
            [release("US", "2025-06-06", ReleaseType.LIMITED), release("US", "2025-06-20")],
            "US",
            ["🇺🇸 United States · limited release", "Everywhere in United States: Fri 20 June 2025"],
        ),
        ([release("US", "2025-06-03", ReleaseType.PREMIERE)], "US", ["### No date for 🇺🇸 United States yet"]),
        ([], "US", ["### No date for 🇺🇸 United States yet"]),
    ],
)
def test_a_date_says_whose_it_is_which_type_and_how_sure(
    releases: list[Release], country: str, wanted: list[str]
) -> None:
    film = replace(BALLERINA, releases=tuple(releases), changes=())
    lines = said(show(film=film, subscriber=abroad(country))).splitlines()
    assert [line for line in wanted if line not in lines] == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ([moved("2024-06-07", "2025-06-06", None)], "-# Moved once: it was 7 June 2024."),
        (
            [moved("2024-06-07", "2025-03-07"), moved("2025-03-07", "2025-06-06", datetime(2024, 9, 1, tzinfo=UTC))],
            "-# Moved twice: it was 7 June 2024, then 7 March 2025 until September 2024.",
        ),
        ([moved("2025", "2025-06-06")], None),
    ],
)
def test_only_a_date_that_went_elsewhere_has_moved(changes: list[DateChange], wanted: str | None) -> None:
    lines = said(show(film=replace(BALLERINA, changes=tuple(changes)))).splitlines()
    assert [line for line in lines if "oved" in line] == ([wanted] if wanted else [])


def test_what_is_unknown_is_left_out_or_said_in_a_few_words() -> None:
    bare = Film(7, "Caine")
    told = {tab: said(show(tab, film=bare, subscription=None)) for tab in Tab}
    assert told[Tab.OVERVIEW].splitlines() == [
        "## Caine",
        "### No date for 🇺🇸 United States yet",
        "No cast known yet.",
        "-# Not tracked here. `/track` follows it.",
        "-# Marquee's catalogue",
    ]
    assert "No cast known yet." in told[Tab.CAST]
    assert "No trivia known yet." in told[Tab.TRIVIA]
    assert "No date known yet." in told[Tab.RELEASES]
    assert "Not part of a series of films" in told[Tab.TIMELINE]
    assert "### No date yet" in told[Tab.COUNTDOWN]
    assert not [tab for tab, text in told.items() if "None" in text]


def test_an_original_title_is_told_and_films_of_one_name_are_told_apart() -> None:
    korean = replace(BALLERINA, year=2023, original_title="발레리나", credits=(Credit(5, "Lee", Job.DIRECTOR, 0),))
    assert "-# Original title: 발레리나" in said(show(film=korean))
    for tab in Tab:
        assert {"## Ballerina (2023)", "## Ballerina (2025)"} == {
            said(show(tab, film=film)).splitlines()[0] for film in (korean, BALLERINA)
        }
        assert "Lee" in said(show(tab, film=korean))


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"subscription": None}, "-# Not tracked here. `/track` follows it."),
        ({"subscription": replace(TRACKED, pause=Pause(NOW))}, "<#555> · paused"),
        ({"subscription": replace(TRACKED, channel_id=9)}, "posts go to <#9>"),
        ({"subscriber": None, "subscription": None}, "-# Dates are for United States until `/settings`"),
        ({"subscriber": replace(GUILD, kind=SubscriberKind.USER)}, "-# Tracked here since Thu 1 May 2025\n"),
    ],
)
def test_the_overview_says_whether_the_film_is_followed_here(changed: dict[str, Any], wanted: str) -> None:
    assert wanted in said(show(**changed))


def test_a_guessed_country_can_be_changed() -> None:
    card = show(subscriber=replace(GUILD, country_chosen=False))
    assert "-# The country is a guess: 🇺🇸 United States." in said(card)
    assert buttons(card)["Change"].custom_id == "mq:change:42"
    assert "Change" not in buttons(show())


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
        "Thu 22 May 2025 · premiere · London",
        "🇫🇷 **France** Wed 4 June 2025 in cinemas",
        (
            "🇺🇸 **United States** Fri 6 June 2025 in cinemas · Tue 1 July 2025 digital · "
            "September 2025 (no day yet) on disc · Tue 3 June 2025 premiere"
        ),
        "-# A premiere or festival is not the release: it is never counted.",
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


@pytest.mark.parametrize(
    ("when", "accent"),
    [("2025-06-06", Accent.UPCOMING), ("2025-05-30", Accent.OUT), ("tba", Accent.UNKNOWN), (None, Accent.UNKNOWN)],
)
def test_the_stripe_says_how_things_stand(when: str | None, accent: Accent) -> None:
    film = replace(BALLERINA, releases=(release("US", when),) if when else ())
    (container,) = [item for item in items(show(film=film)) if isinstance(item, discord.ui.Container)]
    assert container.accent_colour == accent


def test_tabs_lead_to_each_other_and_the_open_one_stands_out() -> None:
    for tab in Tab:
        card = show(tab)
        found = {label: button for label, button in buttons(card).items() if label.lower() in list(Tab)}
        assert [label.lower() for label in found] == list(Tab)
        assert [label.lower() for label, button in found.items() if button.disabled] == [tab]
        assert {label for label, button in found.items() if button.style is discord.ButtonStyle.primary} == {
            tab.capitalize()
        }
    assert "Timeline" not in buttons(show(film=replace(BALLERINA, franchise=None)))


def test_the_picture_goes_with_overview_and_countdown_and_can_be_sent_twice() -> None:
    for tab in Tab:
        card = show(tab, picture=PICTURE)
        galleries = [item for item in items(card) if isinstance(item, discord.ui.MediaGallery)]
        expected = 1 if tab in (Tab.OVERVIEW, Tab.COUNTDOWN) else 0
        assert len(galleries) == len(card.files()) == len(card.files()) == expected
        for gallery in galleries:
            assert gallery.items[0].media.url == "attachment://marquee-1.png"
            assert gallery.items[0].description == PICTURE.alt
        assert [file.fp.read() for file in card.files()] == [b"png"] * expected


def test_the_picture_is_of_the_release_that_counts_here_or_the_nearest() -> None:
    assert picture_of(BALLERINA, abroad("FR"), TODAY).where == "France"
    assert picture_of(BALLERINA, abroad("DE"), TODAY).where == "United States"
    assert picture_of(BALLERINA, None, TODAY).where == "United States"
    assert picture_of(replace(BALLERINA, releases=()), GUILD, TODAY).big == "TBA"


async def test_a_card_is_not_kept_by_discord_py() -> None:
    assert show().view.is_finished()
    await asyncio.sleep(0)


def test_old_facts_say_how_old_they_are() -> None:
    assert "as of 20 May 2025 (1 year ago)" in said(show(today=date(2026, 5, 20)))


NASTY = ["**b**", "@everyone", "<@123456789012345678>", "||", "[x](https://a.example)", "# ", "-# ", "\u202e", "\u200b",
         "🎬", "\u05d0\u05d1", "`", "\\", "\n", "_" * 30, "x" * 60]  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=12).map(lambda parts: "".join(parts)[:200])
kinds = st.sampled_from(list(ReleaseType))
whens = st.sampled_from(["2025-06-06", "2025-05-30", "1999-01-01", "2027-06", "2027-Q3", "2028", "tba"])
releases = st.builds(Release, st.sampled_from(["US", "DE", "GB", "ZZ", "FR", "JP"]), kinds,
                     whens.map(ReleaseDate.parse), nasty, st.sampled_from(["tmdb", "bundled", ""]))  # fmt: skip
changes = st.builds(
    DateChange, st.just(1), st.just(7), st.just("US"), kinds,
    st.none() | whens.map(ReleaseDate.parse), st.none() | whens.map(ReleaseDate.parse),
    nasty, st.none() | st.just(NOW), st.booleans(),
)  # fmt: skip
credits = st.builds(Credit, st.integers(0, 200), nasty, st.sampled_from(Job), st.integers(0, 99), nasty)
trivia = st.builds(Trivia, nasty, st.booleans(), st.sampled_from(["https://a.example/x", "", "no address"]))
entries = st.builds(FranchiseEntry, st.sampled_from(EntryKind), nasty, st.integers(0, 50),
                    st.none() | st.integers(1, 9), whens.map(ReleaseDate.parse), st.just("US"), nasty)  # fmt: skip
names = st.lists(nasty, max_size=30).map(tuple)
films = st.builds(
    Film,
    id=st.just(7), title=nasty, year=st.none() | st.integers(1888, 2200), original_title=nasty,
    alternative_titles=names, summary=nasty, runtime_minutes=st.none() | st.integers(-5, 6000), genres=names,
    companies=names, distributors=names, releases=st.lists(releases, max_size=60).map(tuple),
    changes=st.lists(changes, max_size=8).map(tuple), credits=st.lists(credits, max_size=100).map(tuple),
    trivia=st.lists(trivia, max_size=5).map(tuple),
    franchise=st.none() | st.builds(Franchise, st.just(1), nasty, st.lists(entries, max_size=40).map(tuple)),
    sources=st.lists(st.sampled_from(["https://a.example/" + "y" * 300, "x"]), max_size=3).map(tuple),
    as_of=st.none() | st.just(date(2020, 1, 1)),
)  # fmt: skip
LONG = "*_" * 100
OVERFULL = replace(
    BALLERINA,
    title=LONG, original_title=LONG + "x", summary=LONG * 9, genres=(LONG,) * 9, companies=(LONG,) * 9,
    distributors=(LONG,) * 9,
    releases=tuple(Release(code, kind, ReleaseDate.parse("2028"), LONG + " re-release", "tmdb")
                   for code in ("US", "GB", "DE", "FR", "ES", "IT", "JP", "KR", "BR", "MX", "IN", "AU", "VC")
                   for kind in ReleaseType),
    credits=tuple(Credit(n, LONG, job, n, LONG) for n in range(1, 100) for job in Job),
    trivia=(Trivia(LONG * 9, spoiler=True, source="https://a.example/" + "y" * 300),) * 2,
    franchise=Franchise(1, LONG, tuple(FranchiseEntry(EntryKind.SERIES, LONG, n, n, ReleaseDate.parse("2028"), "VC",
                                                     LONG) for n in range(1, 40))),
    sources=("https://a.example/" + "y" * 300,), as_of=date(2000, 2, 3),
)  # fmt: skip


def check_limits(card: Card) -> None:
    """What Discord would refuse, and what nobody should see."""
    every = list(items(card))
    texts = [item.content for item in every if isinstance(item, discord.ui.TextDisplay)]
    clickable = [item for item in every if isinstance(item, discord.ui.Button)]
    custom_ids = [item.custom_id or "" for item in clickable]
    assert len(every) <= MAX_COMPONENTS
    assert sum(width(text) for text in texts) <= MAX_TEXT
    assert all(text.strip() for text in texts)
    assert len(set(custom_ids)) == len(custom_ids)
    assert all(0 < len(custom_id) <= MAX_CUSTOM_ID for custom_id in custom_ids)
    assert all(item.label and len(item.label) <= 80 for item in clickable)
    told = "\n".join(texts)
    assert "@everyone" not in told
    assert "\u202e" not in told
    assert "<t:" not in told
    bare = told.replace(r"\<", "").replace("<#555>", "")
    assert "<@" not in bare
    assert "<#" not in bare
    assert re.sub(r"\\.", "", told).count("||") in (0, 2)
    assert "None" not in told


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(films, st.sampled_from(Tab), st.sampled_from(["", "0", "1", "7", "99", "story", "story.2", "release.9", "x"]),
       st.booleans(), st.sampled_from(["US", "DE", "AQ"]))  # fmt: skip
def test_any_film_fits_discords_limits(film: Film, tab: Tab, arg: str, followed: bool, country: str) -> None:
    subscriber = replace(GUILD, country=country, country_chosen=followed)
    subscription = replace(TRACKED, film=film) if followed else None
    shared = {n: [(1, "|| @everyone **"), (2, LONG), (3, "")] for n in range(0, 200, 3)}
    check_limits(
        show(tab, arg, film=film, subscriber=subscriber, subscription=subscription, shared=shared, picture=PICTURE)
    )


@pytest.mark.parametrize("tab", list(Tab))
@pytest.mark.parametrize("arg", ["", "1", "story", "story.1"])
def test_the_fullest_film_fits(tab: Tab, arg: str) -> None:
    shared = {n: [(1, LONG)] * 9 for n in range(200)}
    subscriber = replace(GUILD, country_chosen=False, milestones=tuple(range(1, 11)))
    subscription = replace(TRACKED, film=OVERFULL)
    check_limits(
        show(tab, arg, film=OVERFULL, subscriber=subscriber, subscription=subscription, shared=shared, picture=PICTURE)
    )
