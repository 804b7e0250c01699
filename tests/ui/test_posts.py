"""A post as Discord gets it: within its limits, pinging one role at most, marked at its end."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import MAX_POSTS, Parcel
from bot.domain.posts import Post
from bot.ui.bells import BELL
from bot.ui.card import Picture
from bot.ui.ids import PickId, PostAction, PostId, marker_of
from bot.ui.post_lines import render_content
from bot.ui.posts import MAX_CONTENT, Rendered, picture_of, render_correction, render_message
from bot.ui.text import width
from tests.domain.examples import cases, utc
from tests.ui.parcels import NINE, parcel, pinging, post, resume, whole_film

PICTURE = Picture("marquee.png", b"png", "A cinema marquee")


def labels(rendered: Rendered) -> list[list[str | None]]:
    rows: dict[int | None, list[str | None]] = {}
    for item in rendered.view.children:
        if isinstance(item, discord.ui.Button):
            rows.setdefault(item.row, []).append(item.label)
    return list(rows.values())


_titles = st.text(st.one_of(st.characters(), st.sampled_from(list("*_~`|<@&>[]() ab🎬"))), max_size=200)
_texts = st.sampled_from(
    [
        *(f"release {type_} 2025-06-06" for type_ in ReleaseType),
        *(f"countdown {type_} 2025-06-13" for type_ in ReleaseType),
        "date_change limited 2025-09-30 -> 2027-12-31",
        "date_change theatrical 2025-09 -> none",
        "date_change digital none -> 2026-Q3",
    ]
)  # fmt: skip


@st.composite
def _parcels(draw: st.DrawFn) -> Parcel:
    """Any message: what is in it, how late, with which titles."""
    drawn = draw(st.lists(st.tuples(_texts, _titles, st.sampled_from(["US", "GB", "VC"])), max_size=MAX_POSTS))
    posts: list[Post] = []
    films: list[Film] = []
    for number, (text, title, country) in enumerate(drawn, 1):
        hours = draw(st.integers(0, 20))
        due = f"{utc(NINE) - timedelta(hours=hours):%Y-%m-%d %H:%M}"
        posts.append(post(text, film_id=number, country=country, due=due))
        films.append(whole_film(number, title))
    posts.sort(key=lambda told: told.kind.priority)
    if draw(st.booleans()) or not posts:
        posts.append(resume())
    held = [post("date_change limited 2025-09-30 -> 2027-12-31", film_id=film.id) for film in films]
    return parcel(*posts, films=films, skipped=held, subscriber=pinging(2**63 - 1))


@given(_parcels())
async def test_any_message_fits_pings_at_most_one_role_and_ends_in_its_marker(told: Parcel) -> None:
    rendered = render_message(told, PICTURE)
    assert 0 < width(rendered.content) <= MAX_CONTENT
    assert marker_of(rendered.last_custom_id) == told.message.message_key
    assert sum(len(embed) for embed in rendered.embeds) <= 6000
    pinged = re.findall(r"<@&\d+>", rendered.content)
    assert pinged == ([f"<@&{2**63 - 1}>"] if rendered.allowed_mentions.roles else [])
    assert not re.search(r"<@!?\d|@everyone|@here", rendered.content)
    everything = dict.fromkeys(range(MAX_POSTS + 1), ReleaseDate.parse("2025-09-30"))
    assert width(render_correction(told, everything).content) <= MAX_CONTENT


async def test_release_day_pings_exactly_the_one_role() -> None:
    rendered = render_message(parcel(post("release theatrical 2025-06-06"), subscriber=pinging(77)))
    assert rendered.content == "<@&77> 🍿 **Ballerina** is out today in cinemas (United States)."
    assert rendered.allowed_mentions.to_dict() == {"parse": [], "roles": [77]}


@pytest.mark.parametrize("text", ["countdown theatrical 2025-06-13", "date_change theatrical 2025-06-06 -> 2025-07-09"])
async def test_nothing_else_pings(text: str) -> None:
    rendered = render_message(parcel(post(text), subscriber=pinging(77)))
    assert "<@" not in rendered.content
    assert rendered.allowed_mentions.to_dict() == {"parse": []}


async def test_release_day_without_a_role_pings_nobody() -> None:
    rendered = render_message(parcel(post("release theatrical 2025-06-06")))
    assert rendered.allowed_mentions.to_dict() == {"parse": []}


async def test_one_film_has_its_details_its_picture_and_a_row_of_buttons() -> None:
    told = parcel(
        post("release theatrical 2025-06-06"),
        films=[
            whole_film(
                1, "Ballerina", Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse("2025-06-06"), source="bundled")
            )
        ],
    )
    rendered = render_message(told, PICTURE)
    (embed,) = rendered.embeds
    assert embed.description is not None
    assert embed.description.splitlines() == [
        "🇺🇸 United States · in cinemas · **Fri 6 June 2025**, today",
        "Directed by Len Wiseman",
        "With Ana de Armas, Keanu Reeves, Lance Reddick",
    ]
    assert embed.footer.text == "Marquee's catalogue, as of 30 May 2025"
    assert embed.image.url == "attachment://marquee.png"
    assert [file.filename for file in rendered.files()] == ["marquee.png"]
    assert labels(rendered) == [["Details", "Cast", "Trivia", BELL, "Stop tracking"]]
    assert PostId.parse(rendered.last_custom_id) == PostId(PostAction.STOP, 1, told.message.message_key)


async def test_buttons_for_what_is_not_known_are_left_out() -> None:
    rendered = render_message(parcel(post("release tv 2025-06-06"), films=[Film(1, "Ballerina")]))
    assert labels(rendered) == [["Details", BELL, "Stop tracking"]]


async def test_only_where_a_date_moved_there_is_a_button_that_says_why() -> None:
    told = parcel(post("date_change theatrical 2025-06-06 -> 2025-06-13"), post("countdown tv 2025-06-13", film_id=2))
    assert [("Why?" in row) for row in labels(render_message(told))] == [True, False]


async def test_a_list_of_several_sources_names_each_with_the_oldest_day() -> None:
    sources = ("bundled", "tmdb")
    checked = replace(Film(2, "Film 2"), as_of=date(2024, 1, 1), checked_at=datetime(2025, 6, 1, 9, tzinfo=UTC))
    films = [
        replace(film, releases=(Release("US", ReleaseType.TV, ReleaseDate.parse("2025-06-13"), source=source),))
        for film, source in zip((replace(Film(1, "Film 1"), as_of=date(2025, 5, 30)), checked), sources, strict=True)
    ]
    told = parcel(*(post("countdown tv 2025-06-13", film_id=n) for n in (1, 2)), films=films)
    (embed,) = render_message(told).embeds
    assert embed.footer.text == "Marquee's catalogue and TMDB, as of 30 May 2025"


async def test_up_to_five_films_have_a_row_each_that_names_its_film() -> None:
    rendered = render_message(parcel(*(post("countdown tv 2025-06-13", film_id=n) for n in range(1, 6))))
    rest: list[str | None] = ["Cast", "Trivia", BELL, "Stop tracking"]
    assert labels(rendered) == [
        [f"Details · {title}", *rest] for title in ("Ballerina", "Film 2", "Film 3", "Film 4", "Film 5")
    ]
    assert rendered.embeds == ()


async def test_more_films_share_one_select_and_have_no_picture() -> None:
    told = parcel(*(post("countdown tv 2025-06-13", film_id=n) for n in range(1, 7)))
    rendered = render_message(told, None)
    (select,) = rendered.view.children
    assert isinstance(select, discord.ui.Select)
    assert [option.value for option in select.options] == ["1", "2", "3", "4", "5", "6"]
    assert PickId.parse(rendered.last_custom_id) == PickId(told.message.message_key)
    assert rendered.embeds == ()
    assert picture_of(told) is None


async def test_two_posts_of_one_film_are_one_row() -> None:
    told = parcel(post("release theatrical 2025-06-06"), post("countdown digital 2025-06-13"))
    assert labels(render_message(told)) == [["Details", "Cast", "Trivia", BELL, "Stop tracking"]]


async def test_a_message_without_films_is_marked_by_a_button_that_does_nothing() -> None:
    rendered = render_message(parcel(resume(), skipped=[post("release tv 2025-06-05")]))
    (button,) = rendered.view.children
    assert isinstance(button, discord.ui.Button)
    assert button.disabled
    assert rendered.embeds == ()


async def test_plain_is_text_and_marker_alone() -> None:
    told = parcel(post("release theatrical 2025-06-06"), plain=True)
    rendered = render_message(told, None)
    assert (rendered.embeds, rendered.files(), len(rendered.view.children)) == ((), [], 1)
    assert rendered.content == render_content(told, MAX_CONTENT)
    assert marker_of(rendered.last_custom_id) == told.message.message_key
    assert picture_of(told) is None


async def test_views_are_stopped_so_that_nothing_keeps_them() -> None:
    assert render_message(parcel(post("release tv 2025-06-06"))).view.is_finished()


def test_the_picture_is_the_most_pressing_films() -> None:
    spec = picture_of(parcel(post("release theatrical 2025-06-06"), post("countdown tv 2025-06-13", film_id=2)))
    assert spec is not None
    assert (spec.titles[0], spec.big, spec.where) == ("Ballerina", "Today", "United States")


def test_the_picture_of_a_date_withdrawn_says_so() -> None:
    spec = picture_of(parcel(post("date_change theatrical 2025-06-06 -> none")))
    assert spec is not None
    assert spec.big == "TBA"


TWO = (post("countdown theatrical 2025-06-13"), post("countdown theatrical 2025-06-20", film_id=2))
NOTE = "-# Corrected: what is struck out has changed since. `/film` shows what is known now."


async def test_a_correction_strikes_out_only_what_moved_and_says_the_new_date() -> None:
    told = parcel(*(replace(each, id=number) for number, each in enumerate(TWO, 1)))
    corrected = render_correction(told, {1: ReleaseDate.parse("2025-07-09")}, PICTURE)
    assert corrected.content.splitlines() == [
        "🎬 Coming up in cinemas (United States):",
        "- ~~**Ballerina**: in 7 days, Fri 13 June 2025~~ Moved to **9 July 2025**.",
        "- **Film 2**: in 14 days, Fri 20 June 2025",
        NOTE,
    ]
    (embed,) = corrected.embeds
    assert "20 June 2025" in (embed.description or "")
    assert corrected.allowed_mentions.to_dict() == {"parse": []}
    assert picture_of(told, [1]) == picture_of(parcel(TWO[1]))


@cases(
    "day, said",
    [
        ("to a day", "2025-07-09", "Moved to **9 July 2025**."),
        ("to a month", "2025-07", "Now dated **July 2025**."),
        ("to nowhere", "tba", "It has no date any more."),
        ("to another way of release", None, "That has changed."),
    ],
)
async def test_what_is_said_behind_a_line_that_is_struck_out(day: str | None, said: str) -> None:
    told = parcel(replace(post("release theatrical 2025-06-06"), id=1), subscriber=pinging(77))
    corrected = render_correction(told, {1: ReleaseDate.parse(day) if day else None})
    assert corrected.content == (f"🍿 ~~**Ballerina** is out today in cinemas (United States).~~ {said}\n{NOTE}")
    assert (corrected.embeds, picture_of(told, [1])) == ((), None)


async def test_what_is_true_again_reads_as_it_did_but_calls_nobody() -> None:
    told = parcel(replace(post("release theatrical 2025-06-06"), id=1), subscriber=pinging(77))
    sent, again = render_message(told, PICTURE), render_correction(told, {}, PICTURE)
    assert sent.content == f"<@&77> {again.content}"
    assert (again.embeds, again.pictures) == (sent.embeds, sent.pictures)
    assert again.allowed_mentions.to_dict() == {"parse": []}
