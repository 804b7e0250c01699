"""The tabs that compare countries: every release, and where to watch."""

from dataclasses import replace

import discord
import pytest

from bot.domain.films import Film, Offer, OfferKind, ReleaseType
from bot.domain.places import countries
from bot.domain.sources import AnswerState
from bot.domain.why import Asked
from bot.ui.about_card import TMDB_NOTICE, render_about
from bot.ui.card import Card
from bot.ui.ids import Tab, TabId
from tests.ui.films import BALLERINA, NOW, abroad, buttons, items, said, show
from tests.ui.test_film_limits import check_limits
from tests.ui.words import film_of, on, release, told

CODES = list(countries())


def shown(film: Film, country: str = "US", tab: Tab = Tab.RELEASES, arg: str = "", **more: object) -> Card:
    return show(tab, arg, film=film, subscriber=abroad(country), subscription=None, **more)


def test_this_country_tells_every_release_with_what_tells_it_apart() -> None:
    film, _ = film_of(
        [
            told(
                "tmdb",
                on(5, 1),
                release("US theatrical 2035-06-06", "Re-release"),
                release("US limited 2025-06-06", "NY/LA", "en", "R"),
                release("US theatrical 2025-06-20", certification="R"),
                release("US digital 2025-07", "Paramount+"),
                release("US premiere 2025-06-01", "TCL"),
                release("CH theatrical 2025-06-05", language="de", certification="12"),
                release("CH theatrical 2025-06-11", language="fr"),
            ),
            told("wikidata", on(5, 2), "FR theatrical 2025-06-04"),
        ]
    )
    assert said(shown(film)).splitlines()[1:-1] == [
        "### Releases",
        "**🇺🇸 United States**",
        "**Fri 6 June 2025** · limited release first · English · R · NY/LA · TMDB",
        "Fri 20 June 2025 · then in cinemas everywhere · R · TMDB",
        "July 2025 (no day yet) · digital · Paramount+ · TMDB",
        "*Wed 6 June 2035 · in cinemas · Re-release · TMDB*",
        "*Sun 1 June 2025 · premiere · TCL · TMDB*",
        "🇫🇷 **France** Wed 4 June 2025 in cinemas (2 days earlier) · Wikidata",
        (
            "🇨🇭 **Switzerland** Thu 5 June 2025 in cinemas (German, 12, 1 day earlier) · "
            "Wed 11 June 2025 in cinemas (French) · TMDB"
        ),
        "-# *Italics*: a premiere, festival, preview or re-release. It is not the release, and never counts.",
    ]


def test_no_country_is_lost_however_many_there_are() -> None:
    note = "*_" * 40
    film = replace(
        BALLERINA,
        releases=tuple(release(f"{code} {kind} 2025-06-06", note) for code in CODES[:100] for kind in ReleaseType),
    )
    pages, card = "", shown(film)
    for page in range(100):
        card = shown(film, arg=str(page))
        check_limits(card)
        pages += said(card)
        if "More" not in buttons(card):
            break
    else:
        raise AssertionError("the pages find no end")
    assert [code for code in CODES[:100] if countries()[code][:30] not in pages] == []
    assert page > 5


def offers(*codes: str, kinds: tuple[OfferKind, ...] = (OfferKind.STREAM,)) -> tuple[Offer, ...]:
    return tuple(Offer(code, kind, f"Service {n}") for code in codes for kind in kinds for n in range(3))


def select(card: Card) -> discord.ui.Select | None:
    return next((item for item in items(card) if isinstance(item, discord.ui.Select)), None)


def test_where_to_watch_begins_here_and_credits_justwatch() -> None:
    film = replace(BALLERINA, offers=offers("US", "DE", kinds=(OfferKind.RENT, OfferKind.STREAM)))
    asked = (Asked("tmdb", state=AnswerState.FOUND, checked_at=on(5, 30)),)
    card = shown(film, tab=Tab.WATCH, asked=asked)
    assert said(card).splitlines()[2:] == [
        "### Where to watch · 🇺🇸 United States",
        "**Stream, with a subscription** Service 0, Service 1, Service 2",
        "**Rent** Service 0, Service 1, Service 2",
        "-# Data by JustWatch, through TMDB, checked 3 hours ago",
    ]
    others = select(card)
    assert others is not None
    assert [(option.label, option.value) for option in others.options] == [("Germany", "DE")]
    assert TabId.parse(others.custom_id) == TabId(7, Tab.WATCH, 42, "pick")
    there = shown(film, tab=Tab.WATCH, arg="DE", asked=asked)
    assert "### Where to watch · 🇩🇪 Germany" in said(there)
    assert "United States" not in said(there)


def test_all_countries_can_be_reached_in_the_select() -> None:
    film = replace(BALLERINA, offers=offers(*CODES[:60]))
    reached: set[str] = set()
    arg = ""
    for _ in range(4):
        card = shown(film, "US", Tab.WATCH, arg)
        check_limits(card)
        menu = select(card)
        assert menu is not None
        assert len(menu.options) <= 25
        reached |= {option.value for option in menu.options[:-1]}
        arg = menu.options[-1].value
    assert reached == set(CODES[:60]) - {"US"}
    assert arg == "page.1"


@pytest.mark.parametrize(
    ("film", "asked", "wanted"),
    [
        (BALLERINA, (), "TMDB is asked about tracked films, if whoever runs Marquee has set `TMDB_TOKEN`."),
        (BALLERINA, (Asked("tmdb"),), "it has not answered about this film yet"),
        (*film_of([told("tmdb", on(5, 1), "US theatrical 2025-06-06")]), "No service anywhere has it yet"),
        (replace(BALLERINA, offers=offers("DE")), (), "No service in the United States has it"),
    ],
)
def test_nothing_to_watch_says_why(film: Film, asked: tuple[Asked, ...], wanted: str) -> None:
    told_ = said(shown(film, tab=Tab.WATCH, asked=asked))
    assert wanted in told_
    assert ("JustWatch, through" in told_) is bool(film.offers)


def test_about_before_anything_was_asked_says_so() -> None:
    found = said(render_about("1.0", 0, [], NOW))
    assert found.count("Not asked yet") == 3
    assert TMDB_NOTICE in found
