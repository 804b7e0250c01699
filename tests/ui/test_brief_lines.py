"""The digest beyond a day's cap: short, whole, release days first, and one ping at most."""

import re
from dataclasses import replace

import pytest

from bot.domain.messages import MAX_DIGEST, Parcel
from bot.domain.posts import Post
from bot.ui.brief_lines import render_brief
from bot.ui.post_buttons import MAX_OPTIONS
from bot.ui.posts import MAX_CONTENT, picture_of, render_correction, render_message
from bot.ui.text import width
from tests.ui.parcels import NINE, parcel, pinging, post, resume, whole_film

OUT, MOVED, SOON = "release theatrical 2025-06-06", "date_change tv 2025-06-06 -> 2025-07-09", "countdown tv 2025-06-13"
LONG = "The Hitherto Untold and Rather Wordy Adventures of a Film"


def digest(*posts: Post, now: str = NINE, role: int | None = None) -> Parcel:
    films = [whole_film(told.film_id, f"{LONG} {told.film_id}") for told in posts if told.film_id]
    made = parcel(*posts, now=now, films=films, subscriber=pinging(role) if role else None)
    return replace(made, message=replace(made.message, digest=True))


def owed(text: str, count: int, start: int = 1) -> list[Post]:
    return [replace(post(text, film_id=start + n), id=start + n) for n in range(count)]


def test_a_few_are_all_named_and_grouped_release_days_first() -> None:
    told = parcel(post(OUT), post(MOVED, film_id=2), post(SOON, film_id=3), resume(), films=[whole_film()])
    assert render_brief(told, MAX_CONTENT).splitlines() == [
        "📋 There is much to tell today. In brief:",
        "🍿 Out today (United States):",
        "- **Ballerina**: in cinemas",
        "📅 New dates (United States):",
        "- **Film 2**: 6 June 2025 → 9 July 2025 (TV)",
        "🎬 Coming up (United States):",
        "- **Film 3**: on TV in 7 days, Fri 13 June 2025",
        "▶️ Posts are back.",
    ]


@pytest.mark.parametrize("released", [0, 1, 20, 60, MAX_DIGEST])
def test_whatever_is_cut_is_counted_and_release_days_never_are(released: int) -> None:
    posts = [*owed(OUT, released), *owed(SOON, MAX_DIGEST - released, 500)]
    said = render_brief(digest(*posts), MAX_CONTENT)
    assert width(said) <= MAX_CONTENT
    first, _, rest = said.partition("🎬")
    more = re.search(r"… and (\d+) more: `/schedule`$", said)
    assert first.count("**") == 2 * released
    named = rest.count("**") // 2
    assert named + (int(more[1]) if more else 0) == MAX_DIGEST - released


def test_what_is_late_says_so_line_by_line() -> None:
    posts = [post(OUT), post(SOON, film_id=2, due="2025-06-06 15:30"), post(SOON, film_id=3)]
    lines = render_brief(digest(*posts, now="2025-06-06 16:00"), MAX_CONTENT).splitlines()
    assert [line.endswith("(late)") for line in lines if line.startswith("-")] == [True, False, True]


async def test_it_pings_as_always_if_a_film_is_out() -> None:
    role = 4_000_000_000_000_000
    assert render_message(digest(*owed(OUT, 2), *owed(SOON, 40, 9), role=role)).content.startswith(f"<@&{role}> 📋")
    assert render_message(digest(*owed(SOON, 40), role=role)).content.startswith("📋")


async def test_a_select_offers_as_many_films_as_discord_takes() -> None:
    told = digest(*owed(SOON, 40))
    rendered = render_message(told)
    [select] = rendered.view.to_components()[0]["components"]
    assert len(select["options"]) == MAX_OPTIONS
    assert rendered.last_custom_id.endswith(told.message.message_key)
    assert picture_of(told) is None


async def test_a_date_that_moves_is_struck_out_in_it() -> None:
    told = digest(*owed(OUT, 1), *owed(SOON, 3, 5))
    said = render_correction(told, {6: None}).content
    assert [line.startswith("- ~~") for line in said.splitlines() if line.startswith("-") and "**" in line] == [
        False, False, True, False,
    ]  # fmt: skip
