"""Lists of films: what is tracked, what is coming."""

from collections.abc import Sequence
from datetime import date, datetime

import discord
from discord.ui import ActionRow, LayoutView, Select

from bot.domain.answers import Coming
from bot.domain.films import Film
from bot.domain.places import the_country
from bot.domain.releases import Counting, counting_for
from bot.domain.subscribers import MAX_FILMS, Subscriber, Subscription, today_of
from bot.ui.card import Accent, Card, Part, build_card, button, gap, rows, text
from bot.ui.ids import ChooseId, PageId, Purpose
from bot.ui.phrases import TYPES, country_with_flag, film_choice, release_line
from bot.ui.provenance import sources_of_list
from bot.ui.text import escape, small

FILMS_A_PAGE = 10
#: A page of the longest titles, and what is said of them, still fits into a card.
_MAX_LABEL = 180


def render_tracked_list(
    subscriber: Subscriber, followed: Sequence[Subscription], page: int, now: datetime, opener_id: int, also: str = ""
) -> Card:
    """The server's films by next date, what is out apart, ten a page; `also`: a line below every page."""
    today = today_of(subscriber, now)
    ordered = sorted(followed, key=lambda s: _order(s, subscriber, today))
    last = max(-(-len(ordered) // FILMS_A_PAGE) - 1, 0)
    page = min(page, last)
    shown = ordered[page * FILMS_A_PAGE : (page + 1) * FILMS_A_PAGE]
    lines: list[str] = []
    section = ""
    for subscription in shown:
        counting = counting_for(subscriber, subscription)
        name = _section(counting, today)
        if name != section:
            lines.append(f"**{name}**")
            section = name
        lines.append(f"- {_line(subscriber, subscription, counting, today, now)}")
    parts: list[Part] = [text(f"## Tracked here: {len(followed)} of {MAX_FILMS}"), text(*lines)]
    whose = f"Dates for {country_with_flag(subscriber.country)}{_sources(subscriber, shown, today)}."
    parts += [gap(), text(small(f"{whose} Pick a film for its card."), also)]
    parts.append(_picker([s.film for s in shown], subscriber.country, opener_id))
    if last:
        parts += _pages("tracked", page, last, opener_id, "")
    return build_card(parts, Accent.UPCOMING)


def render_coming(
    coming: Sequence[Coming], heading: str, country: str, page: int, today: date, opener_id: int, arg: str
) -> Card:
    """Films to come in a country, by date, ten a page. `arg` says which list, for the page buttons."""
    last = max(-(-len(coming) // FILMS_A_PAGE) - 1, 0)
    page = min(page, last)
    shown = coming[page * FILMS_A_PAGE : (page + 1) * FILMS_A_PAGE]
    sources = sources_of_list([c.film for c in shown], [c.release for c in shown])
    lines = [f"- **{escape(c.film.label)}** · {c.release.date.in_words()} · {TYPES[c.release.type]}" for c in shown]
    parts: list[Part] = [
        text(f"## {heading}", small(f"Dates for {country_with_flag(country)}{f' by {sources}' if sources else ''}.")),
        text(*lines),
        _picker([c.film for c in shown], country, opener_id),
    ]
    if last:
        parts += _pages("coming", page, last, opener_id, arg)
    return build_card(parts, Accent.UPCOMING)


def nothing_tracked() -> str:
    """What `/tracked` says before the first film."""
    return "Nothing is tracked here yet. Type `/track` and a film's title, or see what is coming with `/upcoming`."


def nothing_coming(country: str, month: date | None) -> str:
    """What `/upcoming` says of a month without a film."""
    when = f" in {month:%B %Y}" if month else ""
    return f"No film that Marquee knows has a date for {the_country(country)}{when}. Try another month, or `/film`."


def _order(subscription: Subscription, subscriber: Subscriber, today: date) -> tuple[int, date, str]:
    release = counting_for(subscriber, subscription).ahead(today)
    if release is None or release.date.last is None:
        return (1, date.max, subscription.film.label)
    if release.date.last >= today:
        return (0, release.date.last, subscription.film.label)
    return (2, date.fromordinal(date.max.toordinal() - release.date.last.toordinal()), subscription.film.label)


def _sources(subscriber: Subscriber, followed: Sequence[Subscription], today: date) -> str:
    """Whose dates a list shows, and how old the oldest is: " by TMDB, as of 6 June 2025"; empty if it shows none."""
    told = {s.film.id: (c.ahead(today) or c.elsewhere) for s in followed for c in [counting_for(subscriber, s)]}
    sources = sources_of_list([s.film for s in followed if told[s.film.id]], [r for r in told.values() if r])
    return f" by {sources}" if sources else ""


def _section(counting: Counting, today: date) -> str:
    release = counting.ahead(today)
    if release is None or release.date.last is None:
        return "No date yet"
    return "To come" if release.date.last >= today else "Out"


def _line(subscriber: Subscriber, subscription: Subscription, counting: Counting, today: date, now: datetime) -> str:
    release = counting.ahead(today)
    paused = " · paused" if subscription.pause and subscription.pause.covers(now) else ""
    if release is None:
        nearest = f" ({release_line(counting.elsewhere, today)})" if counting.elsewhere else ""
        return f"**{escape(subscription.film.label, _MAX_LABEL)}** · no date here{nearest}{paused}"
    said = release_line(release, today)
    if release.country == subscriber.country:  # which is in the small print below: every line would repeat it
        said = said.split(" · ", 1)[1]
    return f"**{escape(subscription.film.label, _MAX_LABEL)}** · {said}{paused}"


def _picker(films: Sequence[Film], country: str, opener_id: int) -> Part:
    options = [discord.SelectOption(label=film_choice(film, country), value=f"{ref_of(film)}|") for film in films]
    custom_id = str(ChooseId(Purpose.FILM, opener_id))
    return ActionRow[LayoutView](Select[LayoutView](custom_id=custom_id, placeholder="Show a film", options=options))


def ref_of(film: Film) -> str:
    """What a select says of a film: its id here, or what its source calls one that is not in the store."""
    return f"id:{film.id}" if film.id else next(f"{source}:{own}" for source, own in film.ids.items())


def _pages(name: str, page: int, last: int, opener_id: int, arg: str) -> list[Part]:
    return [
        text(small(f"Page {page + 1} of {last + 1}")),
        *rows(
            [
                button("Previous", PageId(name, max(page - 1, 0), opener_id, arg), disabled=page == 0),
                button("Next", PageId(name, min(page + 1, last), opener_id, arg), disabled=page == last),
            ]
        ),
    ]
