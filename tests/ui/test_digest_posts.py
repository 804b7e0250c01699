"""The weekly digest as Discord gets it: within every limit, marked, read well, and ringing for nobody."""

from dataclasses import replace
from datetime import date, timedelta

from discord.ui import Select
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.digests import Arrival, Move, Week
from bot.domain.films import Film, ReleaseType
from bot.domain.messages import Parcel
from bot.domain.posts import Post, PostKind
from bot.ui.ids import marker_of
from bot.ui.posts import MAX_CONTENT, Rendered, picture_of, render_message
from bot.ui.text import width
from tests.domain.examples import release, utc
from tests.ui.parcels import parcel, pinging

MONDAY = "2025-06-02 13:00"
FIRST = date(2025, 6, 2)


def a_film(film_id: int, title: str) -> Film:
    return Film(film_id, title, 2025)


def arrival(film_id: int, title: str, text: str) -> Arrival:
    return Arrival(a_film(film_id, title), replace(release(text), source="tmdb"))


def move(film_id: int, title: str, old: str | None, new: str | None, country: str = "US") -> Move:
    was, now = (None if day is None else ReleaseDate.parse(day) for day in (old, new))
    return Move(a_film(film_id, title), country, ReleaseType.THEATRICAL, was, now)


FULL = Week(
    FIRST,
    (arrival(1, "Ballerina", "US theatrical 2025-06-06"), arrival(2, "Leap!", "DE digital 2025-06-05")),
    (
        move(3, "Dune", "2025-06-13", "2025-08-01"),
        move(4, "Heat 2", None, "2025-Q3", "DE"),
        move(5, "It", "2025", None),
    ),
    (arrival(6, "Materialists", "US theatrical 2025-06-04"),),
    more=7,
)


def digest(week: Week, *, now: str = MONDAY, plain: bool = False) -> Parcel:
    post = Post(1, PostKind.DIGEST, "1:digest:2025-06-02", utc(MONDAY), utc(MONDAY) + timedelta(days=1))
    return replace(parcel(post, now=now, subscriber=pinging(77), plain=plain), week=week)


def rendered(week: Week, *, now: str = MONDAY, plain: bool = False) -> Rendered:
    return render_message(digest(week, now=now, plain=plain))


async def test_says_what_comes_what_moved_and_what_else_there_is() -> None:
    assert rendered(FULL).content.splitlines() == [
        "🗓️ **The week ahead**, Mon 2 June to Sun 8 June (United States):",
        "- Fri 6 June: **Ballerina**, in cinemas",
        "- Thu 5 June: **Leap!**, digital (Germany)",
        "",
        "📅 **Moved in the past week**:",
        "- **Dune**: Fri 13 June 2025 → Fri 1 August 2025 (in cinemas)",
        "- **Heat 2**: no date → Q3 2025 (in cinemas, Germany)",
        "- **It**: 2025 → no date (in cinemas)",
        "",
        "🎟️ **Also in cinemas this week**, not tracked here:",
        "- Wed 4 June: **Materialists**",
        "-# 7 more in `/upcoming`. `/track` adds a film: then it is counted down to and announced here.",
        "-# Dates: TMDB",
    ]


async def test_leaves_out_what_there_is_not() -> None:
    only_others = rendered(Week(FIRST, others=FULL.others)).content
    assert "\nNothing that is tracked here comes out.\n\n🎟️" in only_others
    assert "Moved" not in only_others
    assert "more in" not in only_others
    only_coming = rendered(Week(FIRST, FULL.coming)).content
    assert "Also in cinemas" not in only_coming
    assert "Nothing" not in only_coming


async def test_has_a_select_of_its_films_that_marks_it_and_calls_nobody() -> None:
    shown = rendered(FULL)
    [select] = shown.view.children
    assert isinstance(select, Select)
    assert [(option.label, option.value, option.description) for option in select.options] == [
        ("Ballerina (2025)", "1", "Tracked here"),
        ("Leap! (2025)", "2", "Tracked here"),
        ("Dune (2025)", "3", "Tracked here"),
        ("Heat 2 (2025)", "4", "Tracked here"),
        ("It (2025)", "5", "Tracked here"),
        ("Materialists (2025)", "6", "Not tracked here: /track adds it"),
    ]
    assert marker_of(shown.last_custom_id) == digest(FULL).message.message_key
    assert (shown.allowed_mentions.roles, shown.allowed_mentions.users, shown.allowed_mentions.everyone) == (False,) * 3
    assert "<@&77>" not in shown.content
    assert shown.embeds == ()
    assert picture_of(digest(FULL)) is None


async def test_as_plain_text_it_says_the_same_and_is_marked() -> None:
    plain = rendered(FULL, plain=True)
    assert plain.content == rendered(FULL).content
    assert plain.embeds == ()
    assert marker_of(plain.last_custom_id) == digest(FULL).message.message_key


async def test_what_is_late_says_so() -> None:
    assert "Late" not in rendered(FULL, now="2025-06-02 14:00").content
    assert rendered(FULL, now="2025-06-02 15:00").content.endswith(
        "\n-# Late: this was due at 09:00 today.\n-# Dates: TMDB"
    )
    assert "at 09:00 on Mon 2 June" in rendered(FULL, now="2025-06-03 13:00").content


async def test_two_films_of_one_title_are_told_apart() -> None:
    twice = (arrival(1, "Leap!", "US theatrical 2025-06-06"), Arrival(Film(2, "Leap!", 2016), FULL.coming[0].release))
    said = rendered(Week(FIRST, twice)).content
    assert "**Leap! (2025)**" in said
    assert "**Leap! (2016)**" in said


async def test_titles_cannot_format_ping_or_break_out() -> None:
    said = rendered(Week(FIRST, (arrival(1, "**x** @everyone <@&77>\n# big", "US theatrical 2025-06-06"),))).content
    assert "@everyone" not in said
    assert "<@&77>" not in said
    assert len(said.splitlines()) == 3


TITLES = st.text(max_size=150) | st.sampled_from(["Ballerina", "🎬" * 80, "*" * 90, "فيلم", "A very long title " * 8])


@settings(max_examples=40)
@given(st.lists(TITLES, max_size=200), st.lists(TITLES, max_size=60), st.lists(TITLES, max_size=5))
@example(["Ballerina"] * 200, ["🎬" * 80] * 60, ["*" * 90] * 5)
@example(["Ballerina"] * 10, ["A very long title " * 8] * 60, [])
async def test_stays_within_discords_limits_whatever_there_is(
    coming: list[str], moved: list[str], others: list[str]
) -> None:
    titles = [*coming, *moved, *others]
    week = Week(
        FIRST,
        tuple(arrival(n, title, "US theatrical 2025-06-06") for n, title in enumerate(coming, 1)),
        tuple(move(n, title, "2025-06-13", "2025-08-01") for n, title in enumerate(moved, 1000)),
        tuple(arrival(n, title, "US theatrical 2025-06-06") for n, title in enumerate(others, 2000)),
    )
    if week.is_empty:
        return
    shown = rendered(week, now="2025-06-03 13:00")
    assert width(shown.content) <= MAX_CONTENT
    assert "The week ahead" in shown.content
    assert "Late: this was due" in shown.content
    assert bool(others) == ("Also in cinemas" in shown.content)
    [select] = shown.view.children
    assert isinstance(select, Select)
    assert len(select.options) == min(len(titles), 25)
    assert all(1 <= len(option.label) <= 100 for option in select.options)
