"""The weekly digest as a message: what comes, what moved, what else there is; and a select with its films."""

from collections.abc import Iterator
from datetime import date

import discord
from discord.ui import Select, View

from bot.domain.dates import ReleaseDate, weekday_date
from bot.domain.digests import Arrival, Week
from bot.domain.films import Film
from bot.domain.messages import Parcel
from bot.domain.places import country_name
from bot.ui.ids import PickId
from bot.ui.phrases import TYPES
from bot.ui.post_buttons import MAX_OPTIONS
from bot.ui.post_lines import late_note, without_year
from bot.ui.provenance import sources_of_list
from bot.ui.text import escape, plain, small, width, within

_TITLES = (120, 60, 36, 20)  # characters of a title: what does not fit is said again with shorter ones
_MAX_OPTION = 100


def digest_content(parcel: Parcel, week: Week, budget: int) -> str:
    """Say what there is to say of a week in at most `budget` characters; what does not fit is counted."""
    late = late_note(parcel.message.posts[0], parcel.now, parcel.subscriber.zone)
    told = [*week.coming, *week.others]
    sources = sources_of_list([arrival.film for arrival in told], [arrival.release for arrival in told])
    tail = [small(f"Late: this was due {late}.")] if late else []
    tail += [small(f"Dates: {sources}")] if sources else []
    lines: list[str] = []
    for room in _TITLES:
        telling = _Telling(week, parcel.subscriber.country, room)
        lines = [*telling.coming(), *telling.moved(), *telling.others(), *tail]
        if width("\n".join(lines)) <= budget:
            return "\n".join(lines)
    telling = _Telling(week, parcel.subscriber.country, _TITLES[-1])
    end = [*telling.others(), *tail]
    left = budget - width("\n".join(end)) - 2
    moved = within(telling.moved(), left // 3)
    return "\n".join([*within(telling.coming(), left - width("\n".join(moved))), *moved, *end])


def digest_select(parcel: Parcel, week: Week) -> View:
    """Each film for its card; the select is also the message's marker."""
    view = View(timeout=None)
    view.stop()
    tracked = {arrival.film.id for arrival in week.coming} | {move.film.id for move in week.moved}
    options = [
        discord.SelectOption(
            label=plain(film.label, _MAX_OPTION) or "Untitled",
            value=str(film.id),
            description="Tracked here" if film.id in tracked else "Not tracked here: /track adds it",
        )
        for film in week.films[:MAX_OPTIONS]
    ]
    custom_id = str(PickId(parcel.message.message_key))
    view.add_item(Select[View](custom_id=custom_id, placeholder="Choose a film for its card", options=options))
    return view


class _Telling:
    """The lines of a digest, with titles of so many characters."""

    def __init__(self, week: Week, country: str, room: int) -> None:
        self._week = week
        self._country = country
        self._room = room

    def coming(self) -> Iterator[str]:
        week = self._week
        span = f"{without_year(week.first)} to {without_year(week.last)}"
        yield f"🗓️ **The week ahead**, {span} ({country_name(self._country)}):"
        if not week.coming:
            yield "Nothing that is tracked here comes out."
        for arrival in week.coming:
            elsewhere = arrival.release.country != self._country
            where = f" ({country_name(arrival.release.country)})" if elsewhere else ""
            yield f"- {_day(arrival)}: {self._title(arrival.film)}, {TYPES[arrival.release.type]}{where}"

    def moved(self) -> Iterator[str]:
        if self._week.moved:
            yield "\n📅 **Moved in the past week**:"
        for move in self._week.moved:
            where = TYPES[move.type]
            if move.country != self._country:
                where += f", {country_name(move.country)}"
            yield f"- {self._title(move.film)}: {_date(move.old)} → {_date(move.new)} ({where})"

    def others(self) -> Iterator[str]:
        week = self._week
        if not week.others:
            return
        yield "\n🎟️ **Also in cinemas this week**, not tracked here:"
        for arrival in week.others:
            yield f"- {_day(arrival)}: {self._title(arrival.film)}"
        more = f"{week.more} more in `/upcoming`. " if week.more else ""
        yield small(f"{more}`/track` adds a film: then it is counted down to and announced here.")

    def _title(self, film: Film) -> str:
        same = sum(other.title == film.title for other in self._week.films) > 1
        return f"**{escape(film.label if same else film.title, self._room) or 'Untitled'}**"


def _day(arrival: Arrival) -> str:
    day: date | None = arrival.release.date.day
    return without_year(day) if day else arrival.release.date.in_words()


def _date(day: ReleaseDate | None) -> str:
    if day is None or day.first is None:
        return "no date"
    return weekday_date(day.day) if day.day else day.in_words()
