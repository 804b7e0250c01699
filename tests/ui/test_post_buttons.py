"""The buttons under posts: five rows of five at most, the marker always last, and to each reader their own."""

from dataclasses import replace

import discord
import pytest

from bot.domain.films import Film
from bot.domain.messages import MAX_POSTS, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.ui.bells import BELL
from bot.ui.ids import marker_of
from bot.ui.posts import Rendered, render_message
from tests.domain.examples import guild, release
from tests.ui.parcels import parcel, pinging, post, resume, whole_film

RELEASE, MOVED, SOON = "release tv 2025-06-06", "date_change tv 2025-06-05 -> 2025-06-13", "countdown tv 2025-06-13"


def person() -> Subscriber:
    return replace(guild(), kind=SubscriberKind.USER)


def giving(*, on: bool = True) -> Subscriber:
    return replace(pinging(77), role_button=on)


def rows(rendered: Rendered) -> list[list[str]]:
    """The labels, row by row; a select by its placeholder."""
    found: dict[int | None, list[str]] = {}
    for item in rendered.view.children:
        said = item.label if isinstance(item, discord.ui.Button) else getattr(item, "placeholder", "")
        found.setdefault(item.row, []).append(said or "")
    return list(found.values())


def check(told: Parcel) -> list[list[str]]:
    """The rows of a message, which Discord takes and which ends in its marker."""
    rendered = render_message(told)
    assert marker_of(rendered.last_custom_id) == told.message.message_key
    found = rows(rendered)
    assert len(found) <= 5
    assert all(len(row) <= 5 for row in found), found
    ids = [getattr(item, "custom_id", "") for item in rendered.view.children]
    assert len(set(ids)) == len(ids)
    return found


def of(text: str, count: int, subscriber: Subscriber | None = None) -> Parcel:
    """A message about so many films, of each of which everything is known."""
    posts = [post(text, film_id=number) for number in range(1, count + 1)]
    films = [whole_film(number, "T" * 300) for number in range(1, count + 1)]
    return parcel(*posts, films=films, subscriber=subscriber)


@pytest.mark.parametrize("text", [RELEASE, MOVED, SOON])
@pytest.mark.parametrize("subscriber", [guild(), giving(), person()], ids=["server", "role", "person"])
async def test_any_number_of_films_keeps_to_discords_rows(text: str, subscriber: Subscriber) -> None:
    for count in range(1, MAX_POSTS + 1):
        found = check(of(text, count, subscriber))
        bell, stop = ("Snooze", "Stop") if subscriber.kind is SubscriberKind.USER else (BELL, "Stop tracking")
        if count <= 5:
            assert sum(bell in row for row in found) == count
            assert sum(stop in row for row in found) == count


async def test_one_film_that_moved_has_what_to_know_above_what_to_do() -> None:
    assert check(of(MOVED, 1)) == [["Details", "Cast", "Trivia", "Why?"], [BELL, "Stop tracking"]]
    assert check(of(MOVED, 1, person())) == [["Details", "Cast", "Trivia", "Why?"], ["Snooze", "Stop"]]


async def test_a_person_puts_off_and_stops_for_themselves() -> None:
    assert check(of(SOON, 1, person())) == [["Details", "Cast", "Trivia", "Snooze", "Stop"]]
    assert check(parcel(resume(), subscriber=person(), skipped=[post(SOON)])) == [["/me shows what comes next"]]


async def test_ping_me_is_on_release_days_where_people_take_the_role() -> None:
    assert ["Ping me", BELL, "Stop tracking"] in check(of(RELEASE, 1, giving()))
    assert check(of(RELEASE, 3, giving()))[0] == ["Ping me"]
    assert check(of(RELEASE, 6, giving()))[0] == ["Ping me"]
    for told in (of(SOON, 1, giving()), of(RELEASE, 1, giving(on=False)), of(RELEASE, 1, pinging(77)),
                 of(RELEASE, 1, replace(giving(), ping_role_id=None)),
                 of(RELEASE, 1, replace(giving(), kind=SubscriberKind.USER))):  # fmt: skip
        assert not any("Ping me" in row for row in check(told))


def reminder(film_id: int = 1) -> Post:
    return replace(
        post(SOON, film_id=film_id), kind=PostKind.REMINDER, dedup_key=f"1:{film_id}:reminder:9", date=None, country="",
        type=None,
    )  # fmt: skip


async def test_what_was_put_off_is_told_with_the_date_that_is_known_now() -> None:
    known = whole_film(1, "Ballerina", release("US theatrical 2025-06-13"))
    said = render_message(parcel(reminder(), films=[known], subscriber=person())).content
    assert said == (
        "🔔 Once more, as you asked: **Ballerina** opens in cinemas in 7 days: Fri 13 June 2025 (United States)."
    )
    unknown = render_message(parcel(reminder(), films=[Film(1, "Ballerina")], subscriber=person())).content
    assert unknown == "🔔 Once more, as you asked: **Ballerina**. It has no date yet."


async def test_several_that_were_put_off_are_a_list() -> None:
    films = [whole_film(1, "Ballerina", release("US theatrical 2025-06-13")), Film(2, "Someday")]
    said = render_message(parcel(reminder(), reminder(2), films=films, subscriber=person())).content.splitlines()
    assert said == [
        "🔔 Once more, as you asked:",
        "- **Ballerina**: in cinemas in 7 days, Fri 13 June 2025 (United States)",
        "- **Someday**: no date yet",
    ]


async def test_what_another_post_tells_at_the_same_time_is_not_told_twice() -> None:
    countdown = post("countdown theatrical 2025-06-13")
    said = render_message(parcel(countdown, reminder(), subscriber=person())).content
    assert said.count("Ballerina") == 1
    assert "as you asked" not in said


async def test_messages_that_are_back_speak_to_a_person() -> None:
    told = parcel(resume(), subscriber=person(), skipped=[post("countdown theatrical 2025-06-13")])
    assert render_message(told).content.splitlines()[0] == "▶️ My messages to you are back. This was due meanwhile:"
