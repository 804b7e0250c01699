"""The card of a film: one for all that is to be known of it, with a tab for each question."""

import discord

from bot.domain.films import Job
from bot.ui.bells import bell
from bot.ui.card import Accent, Card, Part, build_card, button, gap, rows, shown, text
from bot.ui.film_dates import render_countdown, render_timeline
from bot.ui.film_facts import render_cast, render_overview, render_trivia
from bot.ui.film_releases import render_releases
from bot.ui.film_view import FilmView, TabBody, names_of, picture_of, title_of
from bot.ui.ids import CheckId, Tab
from bot.ui.provenance import in_order, read_more
from bot.ui.text import small
from bot.ui.watch_card import render_watch
from bot.ui.why_card import render_why

__all__ = ["FilmView", "picture_of", "render_film_card"]

_RENDERERS = {
    Tab.OVERVIEW: render_overview,
    Tab.CAST: render_cast,
    Tab.TRIVIA: render_trivia,
    Tab.RELEASES: render_releases,
    Tab.TIMELINE: render_timeline,
    Tab.COUNTDOWN: render_countdown,
    Tab.WATCH: render_watch,
    Tab.WHY: render_why,
}
_SPEAKS_FOR_ITSELF = (Tab.WHY, Tab.WATCH)
_LABELS = {Tab.WATCH: "Where to watch", Tab.WHY: "Why this date?"}


def render_film_card(view: FilmView) -> Card:
    """Render the tab of a film's card that `view` names. What is not known is left out, or said in a few words."""
    body: TabBody = _RENDERERS[view.tab](view)
    parts: list[Part] = [shown(body.picture)] if body.picture else []
    if view.tab is not Tab.OVERVIEW:  # which begins with them itself
        parts += [_head(view), gap(line=False)]
    parts += list(body.parts)
    if footer := _footer(view, body):
        parts += [gap(), text(small(footer))]
    parts += [*body.controls, *rows([*body.buttons, *_check(view), bell(view.film.id)]), *rows(_tabs(view))]
    return build_card(parts, _accent(view), (body.picture,) if body.picture else ())


def _head(view: FilmView) -> Part:
    """Title, year and director: what tells films of one name apart."""
    directors = view.film.people(Job.DIRECTOR)
    return text(
        f"## {title_of(view.film)}",
        small(f"Directed by {names_of(directors, 2)}") if directors else "",
    )


def _tabs(view: FilmView) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    """A button a tab; the open one stands out and does nothing."""
    return [
        button(
            _LABELS.get(tab) or tab.value.capitalize(),
            view.tab_id(tab),
            discord.ButtonStyle.primary if tab is view.tab else discord.ButtonStyle.secondary,
            disabled=tab is view.tab,
        )
        for tab in Tab
        if tab is not Tab.TIMELINE or view.film.franchise is not None
    ]


def _check(view: FilmView) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    """For admins, where dates are spoken of: to have the sources asked now."""
    asks = view.may_check and view.tab in (Tab.OVERVIEW, Tab.WHY)
    return [button("Check now", CheckId(view.film.id))] if asks else []


def _footer(view: FilmView, body: TabBody) -> str:
    """Whose word this tab is, and how old; on the overview also whose the film's other facts are."""
    own = in_order(body.sources)
    said = [view.with_age(source) for source in own]
    if view.tab is Tab.OVERVIEW:
        others = in_order({origin.source for origin in view.film.origins.values()} - set(own))
        if own and others:
            said[0] = f"Date: {said[0]}"
            said.append(f"other facts: {' and '.join(view.with_age(source) for source in others)}")
    if not said and view.tab not in _SPEAKS_FOR_ITSELF:
        said.append(view.with_age("bundled"))
    more = read_more(view.film) if view.tab is not Tab.WATCH else ""
    line = " · ".join(part for part in (*said, more) if part)
    return line[:1].upper() + line[1:]


def _accent(view: FilmView) -> Accent:
    main = view.counting.main
    if main is None or main.date.first is None:
        return Accent.UNKNOWN
    return Accent.OUT if main.date.is_out(view.today) else Accent.UPCOMING
