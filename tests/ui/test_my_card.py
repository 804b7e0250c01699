"""A person's own cards, however long titles are: within Discord's limits, and true to what they have."""

from dataclasses import replace
from datetime import timedelta

import pytest
from discord.ui import TextDisplay

from bot.domain.quiet import QuietHours
from bot.domain.reminders import PERSON_MILESTONES, Reminders, snooze_options
from bot.domain.subscribers import MAX_FILMS, Subscriber, SubscriberKind
from bot.services.tracking import answer_of
from bot.ui.card import MAX_COMPONENTS, MAX_TEXT, Card
from bot.ui.my_card import A_PAGE, render_mine, render_sure
from bot.ui.person_ids import MyControl
from bot.ui.reminder_cards import render_put_off, render_reminder, render_snooze
from bot.ui.text import width
from tests.cogs.limits import problems_of_message
from tests.domain.examples import film, following, guild, utc

NOW = utc("2025-05-01 12:00")
RELEASES = ("VC theatrical 2025-06-06", "VC limited 2025-06-04", "VC digital 2025-09-06")
TITLES = ["Ballerina", "*" * 300, "🎬" * 300, "\\_|" * 100, "x"]


def person(**more: object) -> Subscriber:
    someone = guild(country="VC", zone="America/Argentina/Buenos_Aires")
    someone = replace(someone, kind=SubscriberKind.USER, milestones=PERSON_MILESTONES)
    return replace(someone, **more)  # type: ignore[arg-type]


def reminders(count: int, title: str = "Ballerina", **more: object) -> Reminders:
    films = [replace(film(*RELEASES, id=number), title=title) for number in range(1, count + 1)]
    put_off = {number: NOW + timedelta(days=number) for number in range(1, count + 1)}
    return Reminders(person(**more), [following(each) for each in films], put_off, closed=True)


def words(card: Card) -> str:
    """Every word of a card, which Discord takes."""
    raw = card.view.to_components()
    found = problems_of_message({"components": raw, "content": "", "embeds": [], "attachments": [], "flags": 1 << 15})
    assert not found, found
    assert card.view.total_children_count <= MAX_COMPONENTS
    said = "\n".join(item.content for item in card.view.walk_children() if isinstance(item, TextDisplay))
    assert width(said) <= MAX_TEXT
    return said


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("count", [0, 1, A_PAGE, MAX_FILMS])
async def test_a_page_of_any_titles_is_a_card(title: str, count: int) -> None:
    mine = reminders(count, title, quiet=QuietHours(utc("2025-01-01 08:00").time(), utc("2025-01-01 10:00").time()))
    said = words(render_mine(mine, 0, "from this server", NOW, 10**18, "No more reminders of " + title[:80]))
    assert "do not reach you any more" in said
    assert ("No reminders yet" in said) is (count == 0)
    assert (f"Page 1 of {-(-count // A_PAGE)}" in said) is (count > A_PAGE)


async def test_a_page_beyond_the_last_is_the_last() -> None:
    said = words(render_mine(reminders(A_PAGE + 1), 99, "", NOW, 42))
    assert "Page 2 of 2" in said
    assert said.count("Ballerina") == 1


async def test_a_person_without_a_row_has_nothing_to_delete() -> None:
    card = render_mine(Reminders(person(id=0), [], {}, closed=False), 0, "", NOW, 42)
    labels = [getattr(item, "label", "") for item in card.view.walk_children()]
    assert "do not reach you" not in words(card)
    assert "Delete my data" not in labels
    assert "Stop all" not in labels


@pytest.mark.parametrize("title", TITLES)
async def test_the_answers_to_a_bell_fit_any_title(title: str) -> None:
    someone = person(milestones=tuple(range(10, 0, -1)))
    subscription = following(replace(film(*RELEASES), title=title))
    tracked = answer_of(subscription.film, someone, subscription, (), NOW, already=False)
    assert "more times" in words(render_reminder(tracked, NOW, "from this server", NOW))
    options = snooze_options(someone, subscription, NOW)
    assert "again?" in words(render_snooze(tracked, options, NOW))
    assert "no day left" in words(render_snooze(tracked, [], NOW))
    assert "again" in words(render_put_off(tracked, NOW, NOW))


@pytest.mark.parametrize(("control", "count", "said"), [
    (MyControl.STOP_ALL, 1, "Stop your one reminder?"),
    (MyControl.STOP_ALL, 9, "Stop all 9 of your reminders?"),
    (MyControl.FORGET, 0, "hours and what was sent to you are deleted"),
    (MyControl.FORGET, 2, "hours, all 2 of your reminders and what"),
])  # fmt: skip
async def test_what_cannot_be_undone_is_asked_about(control: MyControl, count: int, said: str) -> None:
    assert said in words(render_sure(control, count))
