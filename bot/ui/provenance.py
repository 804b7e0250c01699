"""Whose word a card's facts are and how old it is: the small print that every card has."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.domain.dates import ReleaseDate, span_in_words
from bot.domain.films import Film, Release
from bot.domain.merge import BUNDLED, ORDER
from bot.domain.why import Asked
from bot.ui.text import link, listed, site

SOURCES = {"bundled": "Marquee's catalogue", "wikidata": "Wikidata", "tmdb": "TMDB"}
_AGED_DAYS = 31  # facts older than this have their age told
_HOURS_TOLD = 48  # after that, days


def source_name(source: str) -> str:
    """A source as people call it; ours for one that is not known."""
    return SOURCES.get(source, SOURCES["bundled"])


def ago(then: datetime, now: datetime) -> str:
    """How long ago an instant was: "just now", "5 minutes ago", "3 hours ago", "2 months 3 days ago"."""
    minutes = max(int((now - then).total_seconds()) // 60, 0)
    if minutes < 2:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    if minutes < _HOURS_TOLD * 60:
        return f"{minutes // 60} hours ago"
    return f"{span_in_words(then.date(), now.date())} ago"


def looked_up(day: date, today: date) -> str:
    """When a person looked facts up: "looked up 20 May 2025", with its age where that is more than a month.

    Empty on a day before it, as it is in the sandbox.
    """
    if day > today:
        return ""
    old = (today - day).days > _AGED_DAYS
    return f"looked up {ReleaseDate.of(day).in_words()}" + (f" ({span_in_words(day, today)} ago)" if old else "")


def age_of(source: str, film: Film, asked: Sequence[Asked], today: date, now: datetime) -> str:
    """How old a source's word is: "checked 3 hours ago", "looked up 20 May 2025"; empty if nobody knows."""
    known = next((each for each in asked if each.source == source), None)
    if source == BUNDLED or source not in SOURCES:
        day = (
            (known.looked_up if known else None) or film.as_of or (film.checked_at.date() if film.checked_at else None)
        )
        return looked_up(day, today) if day else ""
    checked_at = known.checked_at if known else film.checked_at
    if checked_at is None:
        return ""
    # Its last word stands although it does not answer now.
    return f"{'last answered' if known and known.is_stale else 'checked'} {ago(checked_at, now)}"


def with_age(source: str, film: Film, asked: Sequence[Asked], today: date, now: datetime) -> str:
    """A source and how old its word is: "TMDB, checked 3 hours ago"."""
    return ", ".join(part for part in (source_name(source), age_of(source, film, asked, today, now)) if part)


def read_more(film: Film) -> str:
    """A link to a page that states the facts; empty if there is none."""
    page = next((source for source in film.sources if site(source)), None)
    return f"read more: {link(site(page), page)}" if page else ""


def in_order(sources: Iterable[str]) -> list[str]:
    """Sources without doubles, the reviewed catalogue first."""
    return sorted(set(sources), key=lambda source: (ORDER.index(source) if source in ORDER else len(ORDER), source))


def sources_of_list(films: Sequence[Film], releases: Sequence[Release]) -> str:
    """Where the dates of a list come from, and the day on which the oldest of them was looked at; one for each film."""
    named = listed([source_name(source) for source in in_order(r.source for r in releases if r.source in SOURCES)])
    days = [day for film, release in zip(films, releases, strict=True) if (day := _day_of(film, release.source))]
    if not named or not days:
        return named
    return f"{named}, as of {ReleaseDate.of(min(days)).in_words()}"


def _day_of(film: Film, source: str) -> date | None:
    """The day on which a source's word was looked at, as far as the film alone tells."""
    checked_on = film.checked_at.date() if film.checked_at else None
    return checked_on if source in SOURCES and source != BUNDLED else film.as_of or checked_on
