"""The tab of a film's card with every release: this country's one by one, the others to compare."""

from collections.abc import Sequence
from datetime import date

from bot.domain.films import PUBLIC, Release, ReleaseType
from bot.domain.languages import language_name
from bot.domain.places import country_name, flag
from bot.domain.releases import Counting, may_count
from bot.domain.why import days_apart
from bot.ui.card import Part, gap, text
from bot.ui.doubt_lines import doubt_line, settling
from bot.ui.film_view import FilmView, TabBody, dated, moves_of, turn
from bot.ui.ids import Tab
from bot.ui.phrases import TYPES, country_with_flag
from bot.ui.provenance import in_order, source_name
from bot.ui.text import escape, small, width, within

COUNTRIES_A_PAGE = 12
_RELEASES_A_LINE = 4
#: Discord takes 4,000 characters a message; this leaves room for title and small print.
_BUDGET = 2700
_HERE_BUDGET, _DOUBTS_BUDGET = 1300, 500
_NOT_COUNTED = "*Italics*: a premiere, festival, preview or re-release. It is not the release, and never counts."


def render_releases(view: FilmView) -> TabBody:
    """Every release: this country's first, each other country's in a line, by date."""
    by_country: dict[str, list[Release]] = {}
    for release in sorted(view.film.releases, key=_by_date):
        by_country.setdefault(release.country, []).append(release)
    here = by_country.pop(view.country, [])
    counting = view.counting
    mixed = len({release.source for release in view.film.releases}) > 1
    heading = f"**{country_with_flag(view.country)}**"
    mine = within((_release_here(view, counting, release, mixed=mixed) for release in here), _HERE_BUDGET)
    first = [heading, *(mine or ["No date known yet."]), *within(_doubts(view), _DOUBTS_BUDGET)]
    others = [
        (releases, _country(view, counting, *each, mixed=mixed))
        for each in by_country.items()
        for releases in [each[1]]
    ]
    pages = _laid_out([line for _, line in others], _BUDGET - width("\n".join(first)))
    page = view.number(view.arg, len(pages))
    shown = others[pages[page]]
    title = "### Releases" if len(pages) == 1 else f"### Releases · page {page + 1} of {len(pages)}"
    parts: list[Part] = [text(title, *(first if page == 0 else ()))]
    if shown:
        parts += [gap(), text(*(line for _, line in shown))]
    told = [release for releases, _ in shown for release in releases] + (here if page == 0 else [])
    if any(not may_count(release) for release in told):
        parts.append(text(small(_NOT_COUNTED)))
    sources = tuple(in_order(release.source for release in told))
    return TabBody(tuple(parts), turn(view, Tab.RELEASES, page, len(pages)), sources=sources)


def _laid_out(lines: Sequence[str], room: int) -> list[slice]:
    """Which lines stand on which page: as many as fit, `room` on the first. There is always a first page."""
    pages: list[slice] = []
    begin = used = 0
    for place, line in enumerate(lines):
        long = width(line) + 1
        if place - begin == COUNTRIES_A_PAGE or used + long > room:
            pages.append(slice(begin, place))
            begin, used, room = place, 0, _BUDGET
        used += long
    return [*pages, slice(begin, len(lines))]


def _by_date(release: Release) -> tuple[object, ...]:
    """What counts before what does not, then by date."""
    return (
        release.type not in PUBLIC,
        not may_count(release),
        release.date.sort_key,
        list(ReleaseType).index(release.type),
    )


def _release_here(view: FilmView, counting: Counting, release: Release, *, mixed: bool) -> str:
    """A line about a release in this country; the one that counts stands out."""
    when = _dated(view, release)
    said = [f"**{when}**" if release == counting.main else when, _type(counting, release), *_marks(release, 60)]
    moves = moves_of(view.film, release) if may_count(release) else []
    said.append(f"was {moves[-1].old.in_words()}" if moves and moves[-1].old else "")
    said.append(source_name(release.source) if mixed else "")
    line = " · ".join(part for part in said if part)
    return line if may_count(release) else f"*{line}*"


def _type(counting: Counting, release: Release) -> str:
    """How it comes out; where a few cinemas begin, who is first and who follows."""
    if counting.wide is None or release.country != counting.wide.country:
        return TYPES[release.type]
    if release == counting.main:
        return f"{TYPES[release.type]} first"
    return "then in cinemas everywhere" if release == counting.wide else TYPES[release.type]


def _marks(release: Release, longest: int) -> list[str]:
    """What tells a release from others of its type: language, certification, note."""
    language = language_name(release.language) if release.language else ""
    return [part for part in (language, escape(release.certification, 16), escape(release.note, longest)) if part]


def _dated(view: FilmView, release: Release) -> str:
    words = dated(release.date, view.today)
    return words[:1].upper() + words[1:]


def _country(view: FilmView, counting: Counting, country: str, releases: Sequence[Release], *, mixed: bool) -> str:
    """A country's releases in a line; how far its first one is from the one here."""
    said: list[str] = []
    for place, release in enumerate(releases[:_RELEASES_A_LINE]):
        apart = _apart(counting.main, release, view.today) if place == 0 else ""
        marks = ", ".join(part for part in (*_marks(release, 30), apart) if part)
        line = f"{_dated(view, release)} {TYPES[release.type]}{f' ({marks})' if marks else ''}"
        said.append(line if may_count(release) else f"*{line}*")
    more = f" and {len(releases) - _RELEASES_A_LINE} more" if len(releases) > _RELEASES_A_LINE else ""
    sources = ", ".join(map(source_name, in_order(release.source for release in releases)))
    whose = f" · {sources}" if mixed else ""
    return f"{flag(country)} **{escape(country_name(country), 40)}** {' · '.join(said)}{more}{whose}".strip()


def _apart(main: Release | None, release: Release, today: date) -> str:
    """How far a release elsewhere is from the one that counts here, if it is the same kind of release and near."""
    if main is None or not may_count(release) or main.date.is_out(today):
        return ""
    days = days_apart(main.date, release.date)
    if not days or abs(days) > 60:
        return ""
    return f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"


def _doubts(view: FilmView) -> list[str]:
    """What is not believed yet of this country's dates."""
    held = [doubt for doubt in view.film.doubts if doubt.country == view.country]
    return [small(line) for doubt in held for line in (doubt_line(doubt), settling(doubt, view.subscriber, view.now))]
