"""What a bell answers, privately: what will come in direct messages; and putting it off."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.domain.answers import Tracked
from bot.domain.dates import local_day
from bot.domain.films import Film
from bot.domain.reminders import Snooze, SnoozeOption
from bot.domain.subscribers import Subscriber, today_of
from bot.ui.bells import BELL
from bot.ui.card import Accent, Card, Part, build_card, button, gap, rows, text
from bot.ui.ids import OpenId, Tab
from bot.ui.person_ids import BellAction, BellId, MyControl, MyId, SnoozeId
from bot.ui.phrases import city, country_with_flag, local_time
from bot.ui.post_lines import without_year
from bot.ui.text import escape, listed, small
from bot.ui.tracking_card import release_lines

_TIMES_SHOWN = 3
_UNTIL = {
    Snooze.TOMORROW: "Tomorrow",
    Snooze.THREE_DAYS: "In three days",
    Snooze.MONTH_BEFORE: "A month before",
    Snooze.WEEK_BEFORE: "A week before",
    Snooze.DAY_BEFORE: "The day before",
}


def greeting(film: Film) -> str:
    """The first direct message: it shows that the others will arrive."""
    return f"🔔 You will hear of **{escape(film.label)}** here, at your own hour. `/me` shows and changes what comes."


def back_again() -> str:
    """The direct message that shows that they arrive again."""
    return "🔔 I can write to you again. `/me` shows what comes."


def render_reminder(tracked: Tracked, put_off: datetime | None, where: str, now: datetime) -> Card:
    """The answer to a bell. `put_off`: when the person wants to be told again; `where`: what was guessed from."""
    person, film = tracked.subscriber, tracked.film
    verb = "are already reminded" if tracked.already else "will be reminded"
    lines = [
        f"## You {verb} of {escape(film.label)}",
        *release_lines(tracked, today_of(person, now)),
        *_times(tracked, now),
    ]
    if put_off is not None:
        lines.append(f"You put it off: I tell you again **{local_time(put_off, person.zone, now)}**.")
    fine = [small(line) for line in (guessed_line(person, where), "`/me` shows and changes it. Nobody else sees it.")]
    parts: list[Part] = [text(*lines), gap(), text(*fine)]
    parts += rows(
        [
            button("Details", OpenId(film.id, Tab.OVERVIEW), discord.ButtonStyle.primary),
            button("My reminders", MyId(MyControl.SHOW)),
            button("Stop", BellId(BellAction.STOP, film.id)),
        ]
    )
    return build_card(parts, Accent.UPCOMING if tracked.posts else Accent.UNKNOWN)


def guessed_line(person: Subscriber, where: str) -> str:
    """What Marquee guessed of a person; empty if they chose both."""
    if person.country_chosen and person.timezone_chosen:
        return ""
    return f"Guessed {where}: {country_with_flag(person.country)} dates, {city(person.timezone)} time."


def render_snooze(tracked: Tracked, options: Sequence[SnoozeOption], now: datetime) -> Card:
    """Ask when a film is to be told again."""
    film, person = tracked.film, tracked.subscriber
    lines = [f"## When shall I tell you of {escape(film.label)} again?", *release_lines(tracked, today_of(person, now))]
    if not options:
        lines.append("There is no day left to put it off to.")
    lines += _times(tracked, now)
    buttons = [
        button(
            f"{_UNTIL[option.snooze]}: {without_year(local_day(option.due_at, person.zone))}",
            SnoozeId(film.id, option.snooze),
        )
        for option in options
    ]
    return build_card([text(*lines), *rows(buttons)], Accent.UPCOMING)


def render_put_off(tracked: Tracked, until: datetime, now: datetime) -> Card:
    """The answer to having put a film off."""
    person = tracked.subscriber
    when = local_time(until, person.zone, now)
    said = f"I will tell you of **{escape(tracked.film.label)}** again **{when}**, {city(person.timezone)} time."
    stop = button("Stop", BellId(BellAction.STOP, tracked.film.id))
    return build_card([text(said, *_times(tracked, now)), *rows([stop])], Accent.UPCOMING)


def render_stopped(film: Film) -> Card:
    """The answer to [Stop]."""
    said = f"You will not be reminded of **{escape(film.label)}** any more."
    return build_card([text(said, small(f"“{BELL}” on its card brings it back."))], Accent.UNKNOWN)


def _times(tracked: Tracked, now: datetime) -> list[str]:
    """When a person is written to, by their own clock."""
    person = tracked.subscriber
    days = list(dict.fromkeys(local_time(post.due_at, person.zone, now) for post in tracked.posts))
    if days:
        rest = len(days) - _TIMES_SHOWN
        shown = [f"**{day}**" for day in days[:_TIMES_SHOWN]] + ([f"{rest} more times"] if rest > 0 else [])
        return [f"I will write to you {listed(shown)}, {city(person.timezone)} time, and if the date moves."]
    today = today_of(person, now)
    owed = tracked.counting.ahead(today)
    if owed is not None and owed.date.day is not None and owed.date.day <= today:
        return ["Nothing is left to count down to. If the date moves, I will write to you."]
    return ["There is no day to count down to yet. I will write to you when there is one, and count down from then."]
