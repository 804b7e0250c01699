"""The tabs of a film's card about what the film is: overview, cast, trivia."""

from bot.domain.dates import local_day, weekday_date
from bot.domain.films import CINEMA, PUBLIC, Credit, DoubtReason, Film, Job, Release, Trivia
from bot.domain.places import the_country
from bot.domain.releases import only_basis
from bot.domain.subscribers import SubscriberKind
from bot.domain.why import doubts_about
from bot.ui.bells import BELL
from bot.ui.card import Part, beside, button, gap, text
from bot.ui.doubt_lines import doubt_line, settling
from bot.ui.film_view import (
    FilmView,
    TabBody,
    dated,
    distance,
    moves_of,
    name_of,
    names_of,
    noted,
    some_of,
    title_of,
    turn,
)
from bot.ui.ids import ChangeId, Tab
from bot.ui.phrases import TYPES, channel, country_with_flag
from bot.ui.text import escape, link, site, small, spoiler

CAST_A_PAGE = 12  # a card takes 4,000 characters, and a line with long names has 200
#: Beside the director, whom the card's head names.
_CREW = {Job.WRITER: "Writer", Job.PRODUCER: "Producer", Job.COMPOSER: "Music"}

_NOT_ENOUGH = {
    DoubtReason.AGAIN: "Only a re-release is known here: that is not the release.",
    DoubtReason.FESTIVAL: "Only a premiere, festival or preview is known here: that is not the release.",
}


def render_overview(view: FilmView) -> TabBody:
    """What the film is, and when it is out here."""
    film = view.film
    original = escape(film.original_title, 120) if film.original_title != film.title else ""
    parts: list[Part] = [
        text(
            f"## {title_of(film)}",
            small(f"Original title: {original}") if original else "",
            *_date_lines(view),
        )
    ]
    summary = escape(film.summary, 500)
    parts += [gap(), *([text(summary), gap(line=False)] if summary else []), text(*_fact_lines(film))]
    parts += [gap(), *_here(view)]
    return TabBody(tuple(parts), picture=view.picture, sources=view.dated_by)


def _date_lines(view: FilmView) -> list[str]:
    counting, today = view.counting, view.today
    main = counting.main
    if main is None:
        nearest = counting.elsewhere
        lines = [f"### No date for {country_with_flag(view.country)} yet"]
        if nearest is not None:
            far = distance(nearest.date, today)
            when = f"{dated(nearest.date, today)}, {far}" if far else dated(nearest.date, today)
            lines.append(f"{country_with_flag(nearest.country)} · {TYPES[nearest.type]} · {when}")
        basis = only_basis(view.film.releases, view.country)
        lines.append(small(_NOT_ENOUGH[basis]) if basis else "")
        return [*lines, *_doubts(view, nearest)]
    lines = [f"### {_heading(main, view)}", f"{country_with_flag(main.country)} · {TYPES[main.type]}{noted(main)}"]
    if counting.wide is not None:
        lines.append(f"Everywhere in {the_country(main.country)}: {dated(counting.wide.date, today)}")
    following = _next_here(view, main)
    if following is not None:
        lines.append(f"Then {TYPES[following.type]}: {dated(following.date, today)}")
    moved = _moved(view.film, main)
    return [*lines, small(moved) if moved else "", *_doubts(view, main)]


def _doubts(view: FilmView, release: Release | None) -> list[str]:
    """What a source says of the date, and Marquee does not believe yet."""
    found = doubts_about(view.film, view.country, release)[:2]
    return [small(line) for doubt in found for line in (doubt_line(doubt), settling(doubt, view.subscriber, view.now))]


def _heading(main: Release, view: FilmView) -> str:
    far = distance(main.date, view.today)
    words = dated(main.date, view.today)
    return (words[:1].upper() + words[1:]) + (f" · {far}" if far else "")


def _moved(film: Film, release: Release) -> str:
    """How often the date moved, and what it was: "Moved once: it was 7 June 2024 until February 2024."."""
    moves = moves_of(film, release)
    if not moves:
        return ""
    last = moves[-1]
    until = f" until {last.known_at:%B %Y}" if last.known_at else ""
    often = {1: "once", 2: "twice"}.get(len(moves), f"{len(moves)} times")
    was = ", then ".join(move.old.in_words() for move in moves[-3:] if move.old)
    return f"Moved {often}: it was {was}{until}."


def _next_here(view: FilmView, main: Release) -> Release | None:
    """What comes after the cinema here: digital, disc, TV."""
    later = [
        release
        for release in view.film.releases
        if release.country == main.country
        and release.type in PUBLIC - CINEMA - {main.type}
        and release.date.first is not None
        and release.date.first > view.today
    ]
    return min(later, key=lambda release: release.date.sort_key, default=None)


def _fact_lines(film: Film) -> list[str]:
    directors, writers, cast = (film.people(job) for job in (Job.DIRECTOR, Job.WRITER, Job.CAST))
    genres = some_of(film.genres, 5, 30)
    length = _length(film.runtime_minutes)
    return [
        _fact("Director", "Directors", len(directors), names_of(directors, 3)),
        _fact("Writer", "Writers", len(writers), names_of(writers, 4)),
        _fact("Cast", "Cast", len(cast), names_of(cast, 5)) or "No cast known yet.",
        _fact("Genre", "Genres", len(film.genres), f"{genres} · {length}" if genres and length else genres),
        _fact("Length", "Length", 1, "" if genres else length),
        _fact("Company", "Companies", len(film.companies), some_of(film.companies, 4, 40)),
        _fact("Distributor", "Distributors", len(film.distributors), some_of(film.distributors, 2, 40)),
    ]


def _fact(one: str, many: str, count: int, said: str) -> str:
    return f"**{one if count == 1 else many}** {said}" if said else ""


def _length(minutes: int | None) -> str:
    if not minutes or minutes < 1:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])


def _here(view: FilmView) -> list[Part]:
    """Whether the film is followed here, and what Marquee guessed."""
    subscriber, subscription = view.subscriber, view.subscription
    if view.personal:
        return [text(small(_yours(view)))]
    if subscriber is None:
        return [text(small(f"Dates are for {the_country(view.country)} until `/settings` names another country."))]
    if subscription is None:
        followed = "Not tracked here. `/track` changes that."
    else:
        since = weekday_date(local_day(subscription.tracked_at, subscriber.zone))
        where = ""
        if subscriber.kind is SubscriberKind.GUILD:
            where = f" · posts go to {channel(subscription.channel_id or subscriber.channel_id)}"
        paused = subscription.pause is not None and subscription.pause.covers(view.now)
        followed = f"Tracked here since {since}{where}{' · paused' if paused else ''}"
    if subscriber.country_chosen:
        return [text(small(followed))]
    guessed = small(f"The country is a guess: {country_with_flag(subscriber.country)}.")
    return [beside(f"{small(followed)}\n{guessed}", button("Change", ChangeId()))]


def _yours(view: FilmView) -> str:
    """The same in direct messages: whether the person is reminded of it, and whose dates they see."""
    whose = f"Dates for {the_country(view.country)}: `/me` changes that."
    return f"{'You are reminded of it' if view.subscription else f'“{BELL}” writes to you before it is out'}. {whose}"


def render_cast(view: FilmView) -> TabBody:
    """Who plays whom, twelve a page, and who of them is in other followed films; the crew on the first page."""
    cast = view.film.people(Job.CAST)
    pages = max(1, -(-len(cast) // CAST_A_PAGE))
    page = view.number(view.arg, pages)
    on_page = cast[page * CAST_A_PAGE : (page + 1) * CAST_A_PAGE]
    parts: list[Part] = []
    if page == 0:
        people = {job: view.film.people(job) for job in _CREW}
        crew = [f"**{title}** {names_of(people[job], 3)}" for job, title in _CREW.items() if people[job]]
        if crew:
            parts += [text(*crew), gap()]
    heading = "### Cast" if pages == 1 else f"### Cast · page {page + 1} of {pages}"
    lines = [_part(view, credit) for credit in on_page]
    parts.append(text(heading, *(lines or ["No cast known yet."])))
    return TabBody(tuple(parts), turn(view, Tab.CAST, page, pages), sources=view.fact_source("cast"))


def _part(view: FilmView, credit: Credit) -> str:
    """A line of the cast: name, character, and the other followed films that this person is in."""
    character = escape(credit.character, 48)
    line = f"**{name_of(credit)}**" + (f" as {character}" if character else "")
    others = some_of([label for _, label in view.shared.get(credit.person_id, ())], 2, 44) if credit.person_id else ""
    return f"{line} · *also in {others}*" if others else line


def render_trivia(view: FilmView) -> TabBody:
    """One fact at a time, those that give nothing away first; each day begins with another."""
    facts = sorted(view.film.trivia, key=lambda fact: fact.spoiler)
    sources = view.fact_source("trivia")
    if not facts:
        return TabBody((text("### Trivia", "No trivia known yet."),), sources=sources)
    safe = sum(not fact.spoiler for fact in facts)
    place = view.number(view.arg, len(facts)) if view.arg else view.today.toordinal() % (safe or len(facts))
    fact = facts[place]
    parts = (text(f"### Trivia · {place + 1} of {len(facts)}", *_told(fact)),)
    if len(facts) == 1:
        return TabBody(parts, sources=sources)
    after = (place + 1) % len(facts)
    label = "Another, with a spoiler" if facts[after].spoiler else "Another"
    return TabBody(parts, (button(label, view.tab_id(Tab.TRIVIA, after)),), sources=sources)


def _told(fact: Trivia) -> list[str]:
    told = spoiler(fact.text, 900) if fact.spoiler else escape(fact.text, 900)
    source = site(fact.source)
    return [
        "Spoiler, click to read:" if fact.spoiler else "",
        told,
        small(f"Source: {link(source, fact.source)}") if source else "",
    ]
