"""What a post says: true on the server's own day, worded for its type, late only if it says so."""

import re

import pytest

from bot.domain.films import Film
from bot.domain.messages import MAX_POSTS, Parcel
from bot.ui.post_lines import MAX_SKIPPED, render_content
from bot.ui.posts import MAX_CONTENT
from bot.ui.text import escape
from tests.domain.examples import cases, guild
from tests.ui.parcels import NINE, parcel, post, resume, whole_film

LATER = "2025-06-06 14:01"
LATE_TODAY = "(late: this was due at 09:00 today)"
LATE_ON_FRIDAY = "(late: this was due at 09:00 on Fri 6 June)"


def said(told: Parcel) -> str:
    return render_content(told, MAX_CONTENT)


@cases(
    "text, now, sentence",
    [
        ("a week ahead", "countdown theatrical 2025-06-13", NINE,
         "🎬 **Ballerina** opens in cinemas in 7 days: Fri 13 June 2025 (United States)."),
        ("the day before", "countdown theatrical 2025-06-07", NINE,
         "🎬 **Ballerina** opens in cinemas tomorrow: Sat 7 June 2025 (United States)."),
        ("limited", "countdown limited 2025-06-07", NINE,
         "🎬 **Ballerina** opens in selected cinemas tomorrow: Sat 7 June 2025 (United States)."),
        ("digital", "countdown digital 2025-06-13", NINE,
         "🎬 **Ballerina** can be streamed or rented digitally from Fri 13 June 2025, in 7 days (United States)."),
        ("on disc", "countdown physical 2025-06-13", NINE,
         "🎬 **Ballerina** comes out on disc in 7 days: Fri 13 June 2025 (United States)."),
        ("on TV", "countdown tv 2025-06-13", NINE,
         "🎬 **Ballerina** is on TV in 7 days: Fri 13 June 2025 (United States)."),
        ("release day", "release theatrical 2025-06-06", NINE,
         "🍿 **Ballerina** is out today in cinemas (United States)."),
        ("release day, digital", "release digital 2025-06-06", NINE,
         "🍿 **Ballerina** can be streamed or rented digitally from today (United States)."),
        ("release day, disc", "release physical 2025-06-06", NINE,
         "🍿 **Ballerina** is out today on disc (United States)."),
        ("release day, TV", "release tv 2025-06-06", NINE, "🍿 **Ballerina** is on TV today (United States)."),
        ("release day, limited", "release limited 2025-06-06", NINE,
         "🍿 **Ballerina** is out today in selected cinemas (United States)."),
        ("two days after", "release limited 2025-06-06", "2025-06-08 13:00",
         f"🍿 **Ballerina** has been out in selected cinemas since Fri 6 June (United States). {LATE_ON_FRIDAY}"),
        ("two days after, digital", "release digital 2025-06-06", "2025-06-08 13:00",
         f"🍿 **Ballerina** can be streamed or rented digitally since Fri 6 June (United States). {LATE_ON_FRIDAY}"),
        ("an hour is not late", "release theatrical 2025-06-06", "2025-06-06 14:00",
         "🍿 **Ballerina** is out today in cinemas (United States)."),
        ("more than an hour is", "release theatrical 2025-06-06", LATER,
         f"🍿 **Ballerina** is out today in cinemas (United States). {LATE_TODAY}"),
        ("late in the evening, the next day in UTC", "countdown theatrical 2025-06-07", "2025-06-07 03:30",
         f"🎬 **Ballerina** opens in cinemas tomorrow: Sat 7 June 2025 (United States). {LATE_TODAY}"),
        ("delayed", "date_change theatrical 2025-06-06 -> 2025-07-09", NINE,
         "📅 **Ballerina** was delayed by 1 month 3 days, from 6 June 2025 to 9 July 2025 (cinemas, United States)."),
        ("moved up", "date_change digital 2025-07-09 -> 2025-07-02", NINE,
         "📅 **Ballerina** was moved up by 7 days, from 9 July 2025 to 2 July 2025 (digital, United States)."),
        ("delayed, vaguely", "date_change theatrical 2025-06 -> 2026", NINE,
         "📅 **Ballerina** was delayed, from June 2025 to 2026 (cinemas, United States)."),
        ("announced", "date_change physical none -> 2025-07-09", NINE,
         "📅 **Ballerina** has a date: 9 July 2025 (disc, United States)."),
        ("announced after tba", "date_change tv tba -> 2025-07", NINE,
         "📅 **Ballerina** has a date: July 2025 (TV, United States)."),
        ("now known to the day", "date_change limited 2025-07 -> 2025-07-09", NINE,
         "📅 **Ballerina** has a date: 9 July 2025, until now July 2025 (selected cinemas, United States)."),
        ("no longer known to the day", "date_change theatrical 2025-07-09 -> 2025-07", NINE,
         "📅 **Ballerina** is now only dated July 2025: it was 9 July 2025 (cinemas, United States)."),
        ("withdrawn", "date_change theatrical 2025-07-09 -> none", NINE,
         "📅 **Ballerina** has no date any more: it was 9 July 2025 (cinemas, United States)."),
    ],
)  # fmt: skip
def test_one_post_is_one_sentence(text: str, now: str, sentence: str) -> None:
    assert said(parcel(post(text), now=now)) == sentence


@cases(
    "zone, sentence",
    [
        ("New York, still the eve", "America/New_York", "opens in cinemas tomorrow"),
        ("Auckland, the day itself", "Pacific/Auckland", "is out today in cinemas"),
    ],
)
def test_days_are_those_of_the_servers_own_calendar(zone: str, sentence: str) -> None:
    told = post("release theatrical 2025-06-07", due="2025-06-06 22:00")
    assert sentence in said(parcel(told, now="2025-06-06 22:00", subscriber=guild(zone)))


def test_several_posts_are_lines_in_their_order_with_a_heading_for_several_of_a_kind() -> None:
    told = parcel(
        post("release theatrical 2025-06-06"),
        post("date_change theatrical 2025-06-06 -> 2025-07-09", film_id=2),
        post("countdown theatrical 2025-06-07", film_id=3),
        post("countdown theatrical 2025-06-13", film_id=4),
    )
    assert said(told).splitlines() == [
        "🍿 **Ballerina** is out today in cinemas (United States).",
        "📅 **Film 2** was delayed by 1 month 3 days, from 6 June 2025 to 9 July 2025 (cinemas, United States).",
        "🎬 Coming up in cinemas (United States):",
        "- **Film 3**: tomorrow, Sat 7 June 2025",
        "- **Film 4**: in 7 days, Fri 13 June 2025",
    ]


def test_a_list_says_what_its_lines_do_not_share() -> None:
    told = parcel(
        post("release theatrical 2025-06-06"),
        post("release digital 2025-06-05", film_id=2, due="2025-06-05 13:00", country="DE"),
    )
    assert said(told).splitlines() == [
        "🍿 Out now:",
        "- **Ballerina**: in cinemas (United States)",
        "- **Film 2**: digital since Thu 5 June (Germany) (late: due at 09:00 on Thu 5 June)",
    ]


def test_what_is_late_together_says_so_once() -> None:
    told = parcel(post("release tv 2025-06-06"), post("release tv 2025-06-06", film_id=2), now=LATER)
    assert said(told).splitlines() == [
        "🍿 Out today on TV (United States):",
        "- **Ballerina**",
        "- **Film 2**",
        "-# Late: these were due at 09:00 today.",
    ]


def test_films_of_one_title_are_told_apart_by_their_years() -> None:
    films = [Film(1, "Superman", 1978), Film(2, "Superman", 2025)]
    told = parcel(post("release tv 2025-06-06"), post("release tv 2025-06-06", film_id=2), films=films)
    assert said(told).replace("\\", "").splitlines()[1:] == ["- **Superman (1978)**", "- **Superman (2025)**"]


def test_a_title_is_text_and_nothing_else() -> None:
    title = "**Bold** ||gone|| <@&77> @everyone"
    line = said(parcel(post("release tv 2025-06-06"), films=[Film(1, title)]))
    assert line == f"🍿 **{escape(title)}** is on TV today (United States)."
    assert "<@&77>" not in line
    assert "**Bold**" not in line


def test_resuming_tells_what_was_held_back() -> None:
    held = [
        post("countdown theatrical 2025-06-13"),
        post("release digital 2025-06-05", film_id=2),
        post("date_change theatrical 2025-06-06 -> 2025-07-09", film_id=3),
    ]
    assert said(parcel(resume(), skipped=held)).splitlines() == [
        "▶️ Posts are back. While they were paused, these were held back:",
        "- **Ballerina**: 7 days to go (13 June 2025)",
        "- **Film 2**: release day (5 June 2025)",
        "- **Film 3**: date change, 6 June 2025 → 9 July 2025",
    ]


def test_resuming_one_film_names_it_and_a_long_list_is_counted() -> None:
    held = [post("countdown theatrical 2025-06-13") for _ in range(MAX_SKIPPED + 4)]
    lines = said(parcel(resume(film_id=1), skipped=held)).splitlines()
    assert lines[0].startswith("▶️ Posts about **Ballerina** are back.")
    assert len(lines) == 1 + MAX_SKIPPED + 1
    assert lines[-1] == "- and 4 more"


def test_a_film_that_is_gone_does_not_stop_the_message() -> None:
    told = parcel(resume(), skipped=[post("release digital 2025-06-05")])
    gone = Parcel(told.message, told.subscriber, {}, told.skipped, told.now)
    assert said(gone).splitlines()[1] == "- A film: release day (5 June 2025)"


@pytest.mark.parametrize("text", ["countdown theatrical 2025-06-13", "date_change theatrical 2025-06-06 -> 2025-09-30"])
@pytest.mark.parametrize("length", [40, 200])
def test_a_full_message_still_has_a_line_for_every_film(text: str, length: int) -> None:
    films = [whole_film(n, f"{n:02} {'Tremendously ' * 20}"[:length]) for n in range(1, MAX_POSTS + 1)]
    lines = said(parcel(*(post(text, film_id=film.id) for film in films), films=films)).splitlines()
    assert [re.findall(r"\*\*(\d\d) ", line) for line in lines[1:]] == [[f"{film.id:02}"] for film in films]
    assert all("2025" in line for line in lines[1:])


def test_an_end_of_a_pause_that_kept_nothing_back_is_not_told_beside_other_posts() -> None:
    told = said(parcel(post("release theatrical 2025-06-06"), resume()))
    assert told.startswith("🍿")
    assert "Posts are back" not in told
    kept = said(parcel(post("release theatrical 2025-06-06"), resume(), skipped=[post("countdown tv 2025-06-13")]))
    assert "Posts are back. While they were paused" in kept
