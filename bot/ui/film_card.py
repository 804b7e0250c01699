"""The card of a film: one for all that is to be known of it, with a tab for each question."""

import discord

from bot.domain.films import Job
from bot.ui.card import Accent, Card, Part, build_card, button, gap, rows, shown, text
from bot.ui.film_dates import render_countdown, render_releases, render_timeline
from bot.ui.film_facts import render_cast, render_overview, render_trivia
from bot.ui.film_view import FilmView, TabBody, names_of, picture_of, source_line, title_of
from bot.ui.ids import Tab
from bot.ui.text import small

__all__ = ["FilmView", "picture_of", "render_film_card"]

_RENDERERS = {
    Tab.OVERVIEW: render_overview,
    Tab.CAST: render_cast,
    Tab.TRIVIA: render_trivia,
    Tab.RELEASES: render_releases,
    Tab.TIMELINE: render_timeline,
    Tab.COUNTDOWN: render_countdown,
}


def render_film_card(view: FilmView) -> Card:
    """Render the tab of a film's card that `view` names. What is not known is left out, or said in a few words."""
    body: TabBody = _RENDERERS[view.tab](view)
    parts: list[Part] = [shown(body.picture)] if body.picture else []
    if view.tab is not Tab.OVERVIEW:  # which begins with them itself
        parts += [_head(view), gap(line=False)]
    parts += [*body.parts, gap(), text(small(source_line(view.film, view.today)))]
    parts += [*rows(body.buttons), *rows(_tabs(view))]
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
            tab.value.capitalize(),
            view.tab_id(tab),
            discord.ButtonStyle.primary if tab is view.tab else discord.ButtonStyle.secondary,
            disabled=tab is view.tab,
        )
        for tab in Tab
        if tab is not Tab.TIMELINE or view.film.franchise is not None
    ]


def _accent(view: FilmView) -> Accent:
    main = view.counting.main
    if main is None or main.date.first is None:
        return Accent.UNKNOWN
    return Accent.OUT if main.date.is_out(view.today) else Accent.UPCOMING
