"""The tab about where a film can be watched, country by country: JustWatch's data, which has to be named."""

from collections.abc import Sequence

import discord
from discord.ui import ActionRow, LayoutView, Select

from bot.domain.films import Offer, OfferKind
from bot.domain.places import country_name, flag, the_country
from bot.ui.card import Part, gap, text
from bot.ui.film_view import FilmView, TabBody, some_of
from bot.ui.ids import Tab
from bot.ui.phrases import country_with_flag
from bot.ui.text import plain, small

#: Whose data it is (https://developer.themoviedb.org/reference/movie-watch-providers).
CREDIT = "Data by JustWatch, through"
_SOURCE = "tmdb"
_SERVICES = 12
#: A select has 25 options; the last leads to more.
_A_PAGE = 24
_MORE = "page"
_KINDS = {
    OfferKind.STREAM: "Stream, with a subscription",
    OfferKind.FREE: "Free",
    OfferKind.RENT: "Rent",
    OfferKind.BUY: "Buy",
}


def render_watch(view: FilmView) -> TabBody:
    """Where to watch the film, in this server's country or in the one that was picked."""
    by_country: dict[str, list[Offer]] = {}
    for offer in view.film.offers:
        by_country.setdefault(offer.country, []).append(offer)
    picked = view.arg if view.arg in by_country else ""
    country = picked or view.country
    parts: list[Part] = [
        text(f"### Where to watch · {country_with_flag(country)}", *_offers(by_country.get(country, ())))
    ]
    if country not in by_country:
        parts.append(text(*_nothing(view, bool(by_country))))
    if by_country:
        parts += [gap(), text(small(f"{CREDIT} {view.with_age(_SOURCE)}"))]
    others = sorted((code for code in by_country if code != country), key=country_name)
    controls = (_select(view, others),) if others else ()
    return TabBody(tuple(parts), controls=controls)


def _offers(offers: Sequence[Offer]) -> list[str]:
    """A line for each way to watch."""
    lines: list[str] = []
    for kind, title in _KINDS.items():
        services = list(dict.fromkeys(offer.service for offer in offers if offer.kind is kind))
        if services:
            lines.append(f"**{title}** {some_of(services, _SERVICES, 40)}")
    return lines


def _nothing(view: FilmView, elsewhere: bool) -> list[str]:
    """Why there is nothing to show, and what would change that."""
    if elsewhere:
        return [
            f"No service in {the_country(view.country)} has it, as far as JustWatch knows. Others do: pick a country."
        ]
    asked = next((each for each in view.asked if each.source == _SOURCE), None)
    if asked is not None and asked.record is not None:
        return [
            "No service anywhere has it yet, as far as JustWatch knows. That is looked up with every check of TMDB."
        ]
    if asked is not None:
        return ["TMDB is to be asked; it has not answered about this film yet. Look again in a while."]
    return [
        "Not known. It comes from JustWatch through TMDB, which has not been asked about this film.",
        small("TMDB is asked about tracked films, if whoever runs Marquee has set `TMDB_TOKEN`."),
    ]


def _select(view: FilmView, others: Sequence[str]) -> Part:
    """The other countries; a page of them, if they are many."""
    prefix, _, number = view.arg.partition(".")
    pages = max(1, -(-len(others) // _A_PAGE))
    page = view.number(number, pages) if prefix == _MORE else 0
    shown = others[page * _A_PAGE : (page + 1) * _A_PAGE]
    options = [
        discord.SelectOption(label=plain(country_name(code), 90), value=code, emoji=flag(code) or None)
        for code in shown
    ]
    if pages > 1:
        after = (page + 1) % pages
        options.append(discord.SelectOption(label="More countries …", value=f"{_MORE}.{after}"))
    placeholder = "Another country" if pages == 1 else f"Another country · {page + 1} of {pages}"
    select = Select[LayoutView](custom_id=str(view.tab_id(Tab.WATCH, "pick")), placeholder=placeholder, options=options)
    return ActionRow[LayoutView](select)
