"""What `/me` shows, to one person alone: their clock, their reminders, and the ways to change or end them."""

from collections.abc import Sequence
from datetime import datetime

import discord
from discord.ui import ActionRow, LayoutView, Select

from bot.domain.plan import forecast
from bot.domain.releases import counting_for
from bot.domain.reminders import Reminders, by_date
from bot.domain.subscribers import MAX_FILMS, Subscriber, Subscription, today_of
from bot.ui.bells import BELL
from bot.ui.card import Accent, Card, Part, build_card, button, gap, rows, text
from bot.ui.ids import PageId
from bot.ui.person_ids import MyControl, MyId
from bot.ui.phrases import country_with_flag, film_choice, local_time, release_line
from bot.ui.reminder_cards import guessed_line
from bot.ui.setting_lines import milestones_in_words, quiet_in_words
from bot.ui.text import escape, small

A_PAGE = 8
_MAX_LABEL = 120
#: The name of its pages.
LIST = "reminders"
_CLOSED = (
    "⚠️ My direct messages do not reach you any more, so nothing is sent. Open a server's menu where we both are → "
    "Privacy Settings → allow direct messages (and unblock me), then type `/me` again."
)


def render_mine(reminders: Reminders, page: int, where: str, now: datetime, opener_id: int, said: str = "") -> Card:
    """A person's own card. `where`: what was guessed from; `said`: what has just been done."""
    person = reminders.person
    parts: list[Part] = [text("## Your reminders", *([f"✅ {said}"] if said else [])), text(*_settings(person))]
    if guessed := guessed_line(person, where):
        parts.append(text(small(guessed)))
    if reminders.closed:
        parts.append(text(_CLOSED))
    parts.append(gap())
    parts += _films(reminders, page, now, opener_id)
    parts.append(ActionRow[LayoutView](_changes(person)))
    parts += rows(_ends(reminders))
    parts.append(text(small("Only you see this.")))
    return build_card(parts, Accent.REFUSED if reminders.closed else Accent.UPCOMING)


def render_sure(control: MyControl, count: int) -> Card:
    """Ask once more before all reminders, or all data, are gone."""
    many = "your one reminder" if count == 1 else f"all {count} of your reminders"
    if control is MyControl.STOP_ALL:
        asked, label, surely = f"Stop {many}? Your settings stay.", "Stop all", MyControl.STOP_ALL_SURELY
    else:
        gone = "Your country, clock and hours" + (f", {many}" if count else "") + " and what was sent to you"
        asked = f"Delete what Marquee stores of you? {gone} are deleted. What you tracked for a server stays with it."
        label, surely = "Delete", MyControl.FORGET_SURELY
    buttons = [
        button(label, MyId(surely), discord.ButtonStyle.danger),
        button("Keep", MyId(MyControl.SHOW)),
    ]
    return build_card([text(asked), *rows(buttons)], Accent.REFUSED)


def render_forgotten() -> Card:
    """The answer to having deleted everything."""
    said = "Marquee stores nothing of you any more: no settings, no reminders, no direct messages."
    return build_card([text(said, small(f"“{BELL}” on a film's card begins anew."))], Accent.UNKNOWN)


def _settings(person: Subscriber) -> list[str]:
    lines = [
        f"**Country** · {country_with_flag(person.country)}",
        f"**Time zone** · {person.timezone.replace('_', ' ')}",
        f"**Hour** · {person.posting_time:%H:%M}",
        f"**Days before** · {milestones_in_words(person.milestones)}",
        f"**Quiet hours** · {quiet_in_words(person)}",
    ]
    if person.posts_at != person.posting_time:
        lines.append(small(f"I write at {person.posts_at:%H:%M}, when your quiet hours end."))
    return lines


def _films(reminders: Reminders, page: int, now: datetime, opener_id: int) -> list[Part]:
    """The films of a page, a line each, and a select to stop one."""
    person = reminders.person
    if not reminders.followed:
        return [text(f"No reminders yet. Press “{BELL}” on a film's card: `/film` opens one.")]
    ordered = by_date(person, reminders.followed, today_of(person, now))
    last = -(-len(ordered) // A_PAGE) - 1
    page = min(page, last)
    shown = ordered[page * A_PAGE : (page + 1) * A_PAGE]
    parts: list[Part] = [
        text(f"### {len(ordered)} of {MAX_FILMS}", *(f"- {_line(reminders, one, now)}" for one in shown)),
        ActionRow[LayoutView](_stop_one(person, shown)),
    ]
    if last:
        turns = [
            button("Previous", PageId(LIST, max(page - 1, 0), opener_id), disabled=page == 0),
            button("Next", PageId(LIST, min(page + 1, last), opener_id), disabled=page == last),
        ]
        parts += [text(small(f"Page {page + 1} of {last + 1}")), *rows(turns)]
    return parts


def _line(reminders: Reminders, subscription: Subscription, now: datetime) -> str:
    """A film, its date, and when the person is written to next."""
    person, film = reminders.person, subscription.film
    release = counting_for(person, subscription).ahead(today_of(person, now))
    said = release_line(release, today_of(person, now)).split(" · ", 1)[1] if release else "no date yet"
    coming = [post.due_at for post in forecast(person, [subscription]) if post.due_at > now]
    if (again := reminders.put_off.get(film.id)) is not None:
        coming.append(again)
    written = f" · I write {local_time(min(coming), person.zone, now)}" if coming else ""
    return f"**{escape(film.label, _MAX_LABEL)}** · {said}{written}"


def _stop_one(person: Subscriber, shown: Sequence[Subscription]) -> Select[LayoutView]:
    films = [subscription.film for subscription in shown]
    options = [discord.SelectOption(label=film_choice(film, person.country), value=str(film.id)) for film in films]
    custom_id = str(MyId(MyControl.STOP_ONE))
    return Select[LayoutView](custom_id=custom_id, placeholder="Stop a reminder…", options=options)


def _changes(person: Subscriber) -> Select[LayoutView]:
    choices = {
        "country": ("Country", "Whose release dates count for you"),
        "timezone": ("Time zone", "Whose clock your hour is on"),
        "hour": ("Hour", f"When I write to you; now {person.posting_time:%H:%M}"),
        "milestones": ("Days before", "How long before a release I write to you"),
        "quiet": ("Quiet hours", "When I never write to you"),
    }
    options = [discord.SelectOption(label=name, value=key, description=said) for key, (name, said) in choices.items()]
    custom_id = str(MyId(MyControl.CHANGE))
    return Select[LayoutView](custom_id=custom_id, placeholder="Change something…", options=options)


def _ends(reminders: Reminders) -> list[discord.ui.Button[LayoutView]]:
    """To stop everything, and to be forgotten: where there is something to stop or to forget."""
    ends: list[discord.ui.Button[LayoutView]] = []
    if reminders.followed:
        ends.append(button("Stop all", MyId(MyControl.STOP_ALL)))
    if reminders.person.id:
        ends.append(button("Delete my data", MyId(MyControl.FORGET), discord.ButtonStyle.danger))
    return ends
