"""The tabs of a film's card about when: the franchise's timeline, the countdown."""

from datetime import date

from bot.domain.dates import ReleaseDate, span_in_words
from bot.domain.films import EntryKind, FranchiseEntry
from bot.domain.live import is_live
from bot.domain.places import flag
from bot.domain.plan import forecast, is_held_back
from bot.domain.posts import PostKind
from bot.domain.why import doubts_about
from bot.ui.card import Part, button, gap, text
from bot.ui.doubt_lines import doubt_line
from bot.ui.film_view import FilmView, TabBody, dated, distance, turn
from bot.ui.ids import Tab
from bot.ui.phrases import TYPES, city, country_with_flag, local_time, pause_line, post_name
from bot.ui.text import escape, small, within

ENTRIES_A_PAGE = 12
_MILESTONES = 8
#: Discord takes 4,000 characters a message; this leaves room for title and small print.
_BUDGET = 2800
RELEASE_ORDER, STORY_ORDER = "release", "story"


def render_timeline(view: FilmView) -> TabBody:
    """The franchise in release order or in story order, this film marked."""
    franchise = view.film.franchise
    if franchise is None:
        return TabBody((text("### Timeline", "Not part of a series of films that Marquee knows."),))
    order, _, where = view.arg.partition(".")
    by_story = order == STORY_ORDER
    entries = franchise.in_story_order() if by_story else franchise.entries
    pages = max(1, -(-len(entries) // ENTRIES_A_PAGE))
    mine = next((place for place, entry in enumerate(entries) if entry.film_id == view.film.id), 0)
    page = view.number(where, pages) if where else mine // ENTRIES_A_PAGE
    first = page * ENTRIES_A_PAGE
    numbered = list(enumerate(entries, 1))[first : first + ENTRIES_A_PAGE]
    lines = within((_entry(view, place, entry, by_story=by_story) for place, entry in numbered), _BUDGET)
    heading = f"### {escape(franchise.name, 80)} · {'story' if by_story else 'release'} order"
    turned = turn(view, Tab.TIMELINE, page, pages, f"{STORY_ORDER if by_story else RELEASE_ORDER}.")
    other = RELEASE_ORDER if by_story else STORY_ORDER
    switch = button(f"{other.capitalize()} order", view.tab_id(Tab.TIMELINE, other))
    return TabBody((text(heading, *lines),), (switch, *turned), sources=("bundled",))


def _entry(view: FilmView, place: int, entry: FranchiseEntry, *, by_story: bool) -> str:
    """A line of the timeline; where the story goes by, what is known of its place in it."""
    mine = entry.film_id == view.film.id
    main = view.counting.main
    if mine and main is not None:
        said = [_when(main.date, main.country, view.today)]
    else:
        said = [_when(entry.date, entry.country, view.today)]
    said += ["*series*" if entry.kind is EntryKind.SERIES else "", "**◂ this film**" if mine else ""]
    line = " · ".join([f"`{place:>2}` **{escape(entry.title, 90) or 'Untitled'}**", *(part for part in said if part)])
    note = escape(entry.note, 90) if by_story else ""
    return f"{line}\n{small(note)}" if note else line


def _when(when: ReleaseDate, country: str, today: date) -> str:
    """A date in the timeline, with its country's flag; empty if nothing is known."""
    if when.first is None:
        return ""
    return f"{when.in_words() if when.is_out(today) else dated(when, today)} {flag(country)}".strip()


def render_countdown(view: FilmView) -> TabBody:
    """How long it still is, and which posts are still to come."""
    release = view.counting.main or view.counting.elsewhere
    doubts = [small(doubt_line(doubt)) for doubt in doubts_about(view.film, view.country, release)[:2]]
    parts: list[Part] = [text(*_how_long(view), *doubts)]
    coming = _coming(view)
    paused = pause_line(view.subscriber, view.subscription, view.now) if view.subscriber and view.subscription else ""
    if coming or paused:
        parts.append(gap())
    if paused:
        parts.append(text(paused))
    if coming:
        clocks = city(view.subscriber.timezone) if view.subscriber else ""
        heading = "Still to come for you" if view.personal else "Still to be posted here"
        parts.append(text(f"**{heading}**", *coming, small(f"Hours in {clocks} time")))
    elif view.subscription is None and view.subscriber is not None and not view.personal:
        parts.append(text(small("Not tracked here. `/track` posts the countdown.")))
    return TabBody(tuple(parts), picture=view.picture, sources=view.dated_by)


def _how_long(view: FilmView) -> list[str]:
    counting, today = view.counting, view.today
    release = counting.main or counting.elsewhere
    lines = [] if counting.main else [f"No date for {country_with_flag(view.country)} yet."]
    if release is None:
        return ["### No date yet", *lines]
    place = f"{country_with_flag(release.country)} · {TYPES[release.type]} · {dated(release.date, today)}"
    day = release.date.day
    if day is None:
        heading = "Out" if release.date.is_out(today) else "No day yet"
        wait = "" if release.date.is_out(today) else "The countdown begins when there is a day."
        return [f"### {heading}", place, *lines, wait]
    days = (day - today).days
    if days > 1:
        long = span_in_words(today, day)
        same = long == f"{days} days"
        return [f"### {days:,} days", place, *lines, "" if same else f"That is {long}."]
    if days == 1:
        return ["### Tomorrow", place, *lines]
    if days == 0:
        return ["### Today", place, *lines]
    return ["### Out", f"{place}, {distance(release.date, today)}", *lines, _then(view)]


def _then(view: FilmView) -> str:
    owed = view.counting.ahead(view.today)
    if owed is None or owed == view.counting.main:
        return ""
    far = distance(owed.date, view.today)
    return f"Then {TYPES[owed.type]}: {dated(owed.date, view.today)}{f', {far}' if far else ''}"


def _coming(view: FilmView) -> list[str]:
    """The posts about this film that are still to come and that no pause keeps back, with when clocks here show it."""
    subscriber, subscription = view.subscriber, view.subscription
    if subscriber is None or subscription is None:
        return []
    posts = [
        post
        for post in forecast(subscriber, [subscription])
        if post.due_at > view.now
        and post.kind in (PostKind.COUNTDOWN, PostKind.LIVE, PostKind.RELEASE)
        and not is_held_back(post, subscriber, subscription)
    ]
    lines = [
        f"{local_time(post.due_at, subscriber.zone, view.now)} · {post_name(post)}" for post in posts[:_MILESTONES]
    ]
    more = [f"and {len(posts) - _MILESTONES} more"] if len(posts) > _MILESTONES else []
    if subscription.live.there and is_live(subscriber) and lines:
        lines.insert(0, f"every day {subscriber.posts_at:%H:%M} · the live countdown is updated")
    return [*lines, *more]
