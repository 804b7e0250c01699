"""The tab that `/why` opens, and what is said on the others of dates that are not believed yet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.films import DateChange, Doubt, DoubtReason, Film, ReleaseType
from bot.domain.sources import AnswerState
from bot.domain.why import Asked
from bot.ui.card import Card
from bot.ui.doubt_lines import doubt_line, settling
from bot.ui.ids import Tab
from bot.ui.provenance import ago
from tests.ui.films import GUILD, NOW, TRACKED, abroad, buttons, said, show
from tests.ui.test_film_limits import check_limits
from tests.ui.words import Said, film_of, on, release, told

AGREEING = (
    told("bundled", on(4, 1), "US theatrical 2025-06-06"),
    told("tmdb", on(5, 1), "US theatrical 2025-06-06", "US premiere 2025-06-03"),
    told("wikidata", on(5, 29), "US theatrical 2025-06"),
)
JUMPED = (
    told("tmdb", on(5, 1), "US theatrical 2025-06-06"),
    told("tmdb", on(5, 20), "US theatrical 2025-06-13"),
    told("tmdb", on(5, 30), "US theatrical 2025-12-16"),
)


def card(*says: Said, tab: Tab = Tab.WHY, country: str = "US", **changed: object) -> Card:
    film, asked = film_of(says)
    subscription = replace(TRACKED, film=film)
    view = {"film": film, "asked": asked, "subscription": subscription, "subscriber": abroad(country), **changed}
    return show(tab, **view)


def lines(*says: Said, **changed: object) -> list[str]:
    return said(card(*says, **changed)).splitlines()  # type: ignore[arg-type]


def test_sources_that_agree() -> None:
    assert lines(*AGREEING) == [
        "## Ballerina (2025)",
        "### Fri 6 June 2025",
        "🇺🇸 United States · in cinemas",
        "**Which release** The first day on which the public can see it in cinemas counts.",
        "-# Not counted: premiere, 3 June 2025.",
        "**Whose word** TMDB: the most precise word that the others do not contradict",
        "**What each source says**",
        "✅ **Marquee's catalogue** Fri 6 June 2025",
        "-# Looked up 1 April 2025 (1 month 29 days ago)",
        "✅ **TMDB** Fri 6 June 2025",
        "-# At least since 1 May 2025 · checked 29 days ago",
        "▫️ **Wikidata** June 2025 (no day yet), which fits",
        "-# At least since 29 May 2025 · checked 27 hours ago",
        "-# Nobody tracks the film, so sources are not asked about it regularly.",
        "**What it was before**",
        "It has not changed since Marquee knows it.",
    ]


def test_a_date_that_is_not_believed_yet_says_why_and_what_settles_it() -> None:
    found = lines(*JUMPED)
    assert found[1:5] == [
        "### Fri 13 June 2025",
        "🇺🇸 United States · in cinemas",
        "**Which release** The first day on which the public can see it in cinemas counts.",
        "**Whose word** TMDB's earlier word: what is said now is not believed yet",
    ]
    begin = found.index(
        "⚠️ TMDB now says **16 December 2025** (in cinemas, United States). Not believed yet: 186 days later at once."
    )
    assert found[begin + 1 :] == [
        "-# It counts once another source agrees, or by itself if TMDB still says so after Sat 31 May 08:00.",
        "**What it was before**",
        "- 20 May 2025: delayed by 7 days, from 6 June 2025 to 13 June 2025 · TMDB",
    ]


@pytest.mark.parametrize("tab", [Tab.OVERVIEW, Tab.RELEASES, Tab.COUNTDOWN])
def test_every_tab_with_the_date_says_that_another_one_is_doubted(tab: Tab) -> None:
    found = [line for line in lines(*JUMPED, tab=tab) if "⚠️" in line]
    assert len(found) == 1
    assert found[0].startswith("-# ⚠️ TMDB now says **16 December 2025**")


def test_a_trusted_date_says_who_trusts_it() -> None:
    film, asked = film_of(JUMPED)
    [doubt] = film.doubts
    trusting = replace(film, releases=(replace(film.releases[0], date=doubt.new or film.releases[0].date),), doubts=())
    found = said(show(Tab.WHY, film=trusting, asked=asked, trusted=(doubt,), subscription=None)).splitlines()
    assert "### Tue 16 December 2025" in found
    assert "**Whose word** TMDB: an admin here trusts it" in found
    assert "⚠️" not in "".join(found)


def test_no_date_here_says_so_and_names_the_nearest_with_its_country() -> None:
    found = lines(told("tmdb", on(5, 1), "US theatrical 2025-06-06", "IS digital 2025-08-01"), country="IS")
    assert found[1:8] == [
        "### No date for 🇮🇸 Iceland yet",
        "No source names a cinema date for Iceland.",
        "-# Not counted: digital, 1 August 2025.",
        "**Nearest** 🇺🇸 United States · in cinemas · Fri 6 June 2025",
        "**Whose word** TMDB: the only source to name one",
        "-# Nothing is counted down to another country's date, unless `/track` chose that country.",
        "**What each source says**",
    ]
    assert found[8] == "✅ **TMDB** United States: Fri 6 June 2025 · for Iceland none that counts"


def test_nothing_but_a_festival() -> None:
    festival = release("US theatrical 2025-09-04", "Telluride Film Festival")
    found = lines(told("tmdb", on(5, 1), festival))
    assert found[1:4] == [
        "### No date for 🇺🇸 United States yet",
        "Only a premiere, festival or preview is known there, and that never counts.",
        "-# Not counted: in cinemas, 4 September 2025 (Telluride Film Festival).",
    ]
    overview = lines(told("tmdb", on(5, 1), festival), tab=Tab.OVERVIEW)
    assert "-# Only a premiere, festival or preview is known here: that is not the release." in overview


def test_limited_before_wide_and_another_languages_day() -> None:
    found = lines(told("tmdb", on(5, 1), "US limited 2025-06-06", "US theatrical 2025-06-20"))
    assert "**Which release** The limited release comes before the wide one (Fri 20 June 2025), so it counts." in found
    swiss = told(
        "tmdb",
        on(5, 1),
        release("CH theatrical 2025-06-05", language="de"),
        release("CH theatrical 2025-06-11", language="fr"),
    )
    assert "Of several days the earliest: there is also Wed 11 June 2025 (French)." in "\n".join(
        lines(swiss, country="CH")
    )


@pytest.mark.parametrize(
    ("state", "reason", "wanted"),
    [
        (AnswerState.GONE, "", "It has removed the film; its last word is kept."),
        (AnswerState.UNKNOWN, "", "It does not have the film any more"),
        (AnswerState.FAILED, "it has no title", "It gives no usable answer at present (it has no title)"),
        (AnswerState.FOUND, "no connection", "It gives no usable answer at present (no connection)"),
    ],
)
def test_what_is_wrong_with_a_source_is_said_plainly(state: AnswerState, reason: str, wanted: str) -> None:
    film, asked = film_of([told("tmdb", on(5, 1), "US theatrical 2025-06-06")])
    troubled = [replace(one, state=state, reason=reason) for one in asked]
    found = said(show(Tab.WHY, film=film, asked=tuple(troubled), subscription=None))
    assert f"-# ⚠️ {wanted}" in found
    assert "last answered 29 days ago" in found


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked("tmdb"), "▫️ **TMDB** has not been heard yet: it will be asked"),
        (Asked("tmdb", reason="*slow*"), r"▫️ **TMDB** has not answered yet (\*slow\*)"),
        (Asked("tmdb", state=AnswerState.UNKNOWN), "▫️ **TMDB** does not know this film"),
        (Asked("tmdb", next_check_at=NOW + timedelta(hours=4)), "-# TMDB is asked again on Fri 30 May 15:00."),
        (Asked("tmdb", next_check_at=NOW - timedelta(hours=4)), "-# TMDB is about to be asked again."),
        (Asked("bundled"), "-# Other sources are asked about a film once somebody tracks it."),
    ],
)
def test_a_source_without_a_word_says_why(asked: Asked, wanted: str) -> None:
    assert wanted in said(show(Tab.WHY, asked=(asked,), subscription=None)).splitlines()


def test_the_footer_says_whose_word_it_is_and_how_old() -> None:
    def last(tab: Tab) -> str:
        return lines(*AGREEING, tab=tab)[-1]

    catalogue = "Marquee's catalogue, looked up 1 April 2025 (1 month 29 days ago)"
    assert last(Tab.OVERVIEW) == f"-# Date: TMDB, checked 29 days ago · other facts: {catalogue}"
    assert last(Tab.COUNTDOWN) == "-# TMDB, checked 29 days ago"
    assert last(Tab.RELEASES) == "-# TMDB, checked 29 days ago"
    assert last(Tab.CAST) == f"-# {catalogue}"
    failing = replace(film_of(JUMPED)[1][0], reason="no connection")
    assert lines(*JUMPED, tab=Tab.OVERVIEW, asked=(failing,))[-1] == "-# TMDB, last answered 3 hours ago"


@pytest.mark.parametrize(
    ("back", "wanted"),
    [
        (timedelta(seconds=-30), "just now"), (timedelta(seconds=90), "just now"),
        (timedelta(minutes=5), "5 minutes ago"), (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=47), "47 hours ago"), (timedelta(days=3), "3 days ago"),
        (timedelta(days=33), "1 month 3 days ago"),
    ],
)  # fmt: skip
def test_how_long_ago_is_told_as_people_do(back: timedelta, wanted: str) -> None:
    assert ago(NOW - back, NOW) == wanted


@pytest.mark.parametrize("reason", list(DoubtReason))
def test_every_reason_has_words_and_festivals_do_not_settle_by_themselves(reason: DoubtReason) -> None:
    gone = reason is DoubtReason.WITHDRAWN
    old, new = release("US theatrical 2025-06-06").date, release("US theatrical 2026-06-06").date
    doubt = Doubt(1, 7, "US", ReleaseType.THEATRICAL, old, None if gone else new, "tmdb", reason, NOW)
    assert ("names no date any more" if gone else "**6 June 2026**") in doubt_line(doubt)
    by_itself = reason not in (DoubtReason.AGAIN, DoubtReason.FESTIVAL)
    assert ("after Sat 31 May" in settling(doubt, GUILD, NOW)) is by_itself
    assert ("UTC" in settling(doubt, None, NOW)) is by_itself
    assert "as soon as" in settling(doubt, GUILD, NOW + timedelta(days=2)) or not by_itself


def test_a_long_story_fits() -> None:
    codes = ("US", "GB", "DE", "FR")
    film, asked = film_of(
        [
            (source, on(5, 1), tuple(release(f"{code} theatrical 2025-06-0{day}", "*_" * 90) for code in codes))
            for day, source in enumerate(("bundled", "tmdb", "wikidata"), 1)
        ]
    )
    changes = tuple(
        DateChange(
            n, 7, "US", ReleaseType.THEATRICAL, film.releases[0].date, None, "tmdb", datetime(2024, 1, 1, tzinfo=UTC)
        )
        for n in range(300)
    )
    doubts = tuple(
        Doubt(n, 7, "US", kind, film.releases[0].date, film.releases[1].date, "tmdb", DoubtReason.AGAIN, NOW)
        for n, kind in enumerate([*ReleaseType] * 9)
    )
    troubled = tuple(replace(one, reason="*_" * 200, state=AnswerState.FAILED) for one in asked)
    full: Film = replace(film, title="*_" * 100, changes=changes, doubts=doubts)
    for tab in Tab:
        check_limits(show(tab, film=full, asked=troubled, subscription=None))
    assert "Why this date?" in buttons(show(Tab.WHY, film=full, asked=troubled, subscription=None))
