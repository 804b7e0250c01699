"""A film's card: what it is, whose date it has and how sure, on every tab."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import discord
import pytest

from bot.domain.films import Credit, DateChange, Film, Job, Release, ReleaseType
from bot.domain.releases import Counting, counting_release
from bot.domain.subscribers import Pause, SubscriberKind
from bot.ui.card import Accent
from bot.ui.film_card import picture_of
from bot.ui.ids import Tab
from tests.ui.films import (
    BALLERINA,
    GUILD,
    NOW,
    PICTURE,
    TODAY,
    TRACKED,
    WIKIPEDIA,
    abroad,
    buttons,
    items,
    moved,
    release,
    said,
    show,
)


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
        f"-# Marquee's catalogue, looked up 20 May 2025 · read more: [wikipedia]({WIKIPEDIA})",
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
            ["🇺🇸 United States · limited release", "Everywhere in the United States: Fri 20 June 2025"],
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
        "-# Not tracked here. `/track` changes that.",
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
        ({"subscription": None}, "-# Not tracked here. `/track` changes that."),
        ({"subscription": replace(TRACKED, pause=Pause(NOW))}, "<#555> · paused"),
        ({"subscription": replace(TRACKED, channel_id=9)}, "posts go to <#9>"),
        ({"subscriber": None, "subscription": None}, "-# Dates are for the United States until `/settings`"),
        ({"subscriber": replace(GUILD, kind=SubscriberKind.USER)}, "-# Tracked here since Thu 1 May 2025\n"),
    ],
)
def test_the_overview_says_whether_the_film_is_followed_here(changed: dict[str, Any], wanted: str) -> None:
    assert wanted in said(show(**changed))


def test_a_guessed_country_can_be_changed() -> None:
    card = show(subscriber=replace(GUILD, country_chosen=False))
    assert "-# The country is a guess: 🇺🇸 United States." in said(card)
    assert buttons(card)["Change"].custom_id == "mq:change"
    assert "Change" not in buttons(show())


@pytest.mark.parametrize(
    ("when", "accent"),
    [("2025-06-06", Accent.UPCOMING), ("2025-05-30", Accent.OUT), ("tba", Accent.UNKNOWN), (None, Accent.UNKNOWN)],
)
def test_the_stripe_says_how_things_stand(when: str | None, accent: Accent) -> None:
    film = replace(BALLERINA, releases=(release("US", when),) if when else ())
    (container,) = [item for item in items(show(film=film)) if isinstance(item, discord.ui.Container)]
    assert container.accent_colour == accent


def test_tabs_lead_to_each_other_and_the_open_one_stands_out() -> None:
    labels = {**{tab.capitalize(): tab for tab in Tab}, "Where to watch": Tab.WATCH, "Why this date?": Tab.WHY}
    for tab in Tab:
        card = show(tab)
        found = {labels[label]: button for label, button in buttons(card).items() if label in labels}
        assert list(found) == list(Tab)
        assert [other for other, button in found.items() if button.disabled] == [tab]
        assert [other for other, button in found.items() if button.style is discord.ButtonStyle.primary] == [tab]
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
    assert picture_of(BALLERINA, counting_release(BALLERINA, "FR"), TODAY).where == "France"
    assert picture_of(BALLERINA, counting_release(BALLERINA, "DE"), TODAY).where == "United States"
    assert picture_of(BALLERINA, Counting(None), TODAY).big == "TBA"


async def test_a_card_is_not_kept_by_discord_py() -> None:
    assert show().view.is_finished()
    await asyncio.sleep(0)


def test_old_facts_say_how_old_they_are() -> None:
    assert "looked up 20 May 2025 (1 year ago)" in said(show(today=date(2026, 5, 20)))
