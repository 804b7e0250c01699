"""What a channel reads of films that were tracked by themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.films import Film, ReleaseType
from bot.domain.posts import Post, PostKind
from bot.ui.post_lines import render_content
from bot.ui.posts import MAX_CONTENT, picture_of, render_message
from tests.domain.examples import guild, utc
from tests.ui.films import release
from tests.ui.parcels import NINE, parcel, pinging, post, whole_film

BALLERINA = whole_film(1, "Ballerina", release("US", "2025-06-16"))
CAINE = whole_film(2, "Caine")
FIVE = whole_film(3, "Chapter 5", release("DE", "2026"), release("FR", "2025-08-01", ReleaseType.DIGITAL))
FILMS = (BALLERINA, CAINE, FIVE)


def followed(film: Film | None, note: str = "John Wick", due: str = NINE) -> Post:
    film_id = film.id if film else None
    at = utc(due)
    return Post(1, PostKind.FOLLOWED, f"1:{film_id}:followed", at, at + timedelta(days=7), film_id=film_id, note=note)


def said(*posts: Post, now: str = NINE) -> list[str]:
    return render_content(parcel(*posts, films=FILMS, now=now), MAX_CONTENT).splitlines()


def test_one_says_why_and_when() -> None:
    why = "🆕 Tracked by itself, because you follow **John Wick**: "
    assert said(followed(BALLERINA)) == [
        f"{why}**Ballerina** opens in cinemas in 10 days: Mon 16 June 2025 (United States)."
    ]


def test_one_without_a_date_says_so() -> None:
    assert said(followed(CAINE)) == [
        "🆕 Tracked by itself, because you follow **John Wick**: **Caine**. It has no date yet."
    ]


def test_one_without_a_date_here_says_whose_it_is() -> None:
    assert said(followed(FIVE))[0].endswith("**Chapter 5** in cinemas: 2026 (Germany).")


def test_several_of_one_follow_share_a_heading() -> None:
    assert said(*map(followed, FILMS)) == [
        "🆕 Tracked by themselves, because you follow **John Wick**:",
        "- **Ballerina**: in cinemas in 10 days, Mon 16 June 2025 (United States)",
        "- **Caine**: no date yet",
        "- **Chapter 5**: in cinemas 2026 (Germany)",
    ]


def test_several_of_several_follows_say_whose_each_is() -> None:
    lines = said(followed(BALLERINA), followed(CAINE, "Ana de Armas"))
    assert lines[0] == "🆕 Tracked by themselves:"
    assert lines[1].endswith("(you follow **John Wick**)")
    assert lines[2] == "- **Caine**: no date yet (you follow **Ana de Armas**)"


def test_what_is_late_says_so() -> None:
    assert "(late: this was due at 09:00 today)" in said(followed(BALLERINA), now="2025-06-06 18:00")[0]
    several = said(followed(BALLERINA), followed(CAINE), now="2025-06-06 18:00")
    assert several[-1] == "-# Late: these were due at 09:00 today."


def test_a_full_list_says_what_to_do() -> None:
    [line] = said(followed(None))
    assert "new films of **John Wick**" in line
    assert "`/untrack`" in line


def test_what_follows_are_called_is_harmless() -> None:
    assert "@\u200beveryone \\*\\*x" in said(followed(CAINE, "@everyone **x"))[0]


def test_a_pause_that_kept_it_back_names_it() -> None:
    resumed = replace(post("resume theatrical 2025-06-06"), date=None, film_id=None)
    told = parcel(resumed, films=FILMS, skipped=[followed(CAINE), followed(None)])
    assert render_content(told, MAX_CONTENT).splitlines()[1:] == [
        "- **Caine**: tracked by itself",
        "- **John Wick**: no room for new films",
    ]


@pytest.mark.parametrize("told", [[followed(BALLERINA)], [followed(CAINE)], [followed(None)], [*map(followed, FILMS)]])
async def test_the_message_has_the_films_buttons_and_pings_nobody(told: list[Post]) -> None:
    whole = parcel(*told, films=FILMS, subscriber=pinging(77))
    rendered = render_message(whole)
    assert rendered.allowed_mentions.to_dict() == {"parse": []}
    assert "<@&" not in rendered.content
    assert rendered.last_custom_id.endswith(whole.message.message_key)
    labels = [getattr(item, "label", "") for item in rendered.view.children]
    assert ("Stop tracking" in labels) is (told[0].film_id is not None)
    assert (picture_of(whole) is None) is (told[0].film_id is None)


async def test_its_embed_says_whose_date_it_is() -> None:
    [embed] = render_message(parcel(followed(BALLERINA), films=FILMS, subscriber=guild())).embeds
    assert embed.description is not None
    assert embed.description.startswith("🇺🇸 United States · in cinemas · **Mon 16 June 2025**, in 10 days")
