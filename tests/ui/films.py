"""An example film, and how the tests look at its card."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import discord

from bot.domain.dates import ReleaseDate
from bot.domain.films import (
    Credit,
    DateChange,
    EntryKind,
    Film,
    Franchise,
    FranchiseEntry,
    Job,
    Release,
    ReleaseType,
    Trivia,
)
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription
from bot.ui.card import Card, Picture
from bot.ui.film_card import FilmView, render_film_card
from bot.ui.ids import Tab, TabId

TODAY = date(2025, 5, 30)
WIKIPEDIA = "https://en.wikipedia.org/wiki/Ballerina_%282025_film%29"
NOW = datetime(2025, 5, 30, 15, tzinfo=UTC)
PICTURE = Picture("marquee-1.png", b"png", "A cinema marquee: Ballerina · 7 days")
GUILD = Subscriber(1, SubscriberKind.GUILD, 10, channel_id=555, country_chosen=True)


def release(country: str, when: str, kind: ReleaseType = ReleaseType.THEATRICAL, note: str = "") -> Release:
    return Release(country, kind, ReleaseDate.parse(when), note, "bundled")


def moved(old: str, new: str, known_at: datetime | None = datetime(2024, 2, 21, tzinfo=UTC)) -> DateChange:
    old_date, new_date = ReleaseDate.parse(old), ReleaseDate.parse(new)
    return DateChange(1, 7, "US", ReleaseType.THEATRICAL, old_date, new_date, "bundled", known_at, history=True)


BALLERINA = Film(
    id=7,
    title="Ballerina",
    year=2025,
    summary="Raised as a dancer and an assassin, Eve hunts the people who killed her father.",
    runtime_minutes=125,
    genres=("Action", "Thriller"),
    companies=("Summit Entertainment", "Thunder Road Films"),
    distributors=("Lionsgate",),
    countries=("US",),
    releases=(
        release("GB", "2025-05-22", ReleaseType.PREMIERE, "London"),
        release("US", "2025-06-03", ReleaseType.PREMIERE, "TCL Chinese Theatre"),
        release("FR", "2025-06-04"),
        release("US", "2025-06-06"),
        release("GB", "2025-06-06"),
        release("US", "2025-07-01", ReleaseType.DIGITAL),
        release("US", "2025-09", ReleaseType.PHYSICAL, "4K UHD"),
    ),
    changes=(moved("2024-06-07", "2025-06-06"),),
    credits=(
        Credit(1, "Len Wiseman", Job.DIRECTOR, 0),
        Credit(2, "Shay Hatten", Job.WRITER, 0),
        Credit(3, "Ana de Armas", Job.CAST, 0, "Eve Macarro"),
        Credit(4, "Keanu Reeves", Job.CAST, 1, "John Wick"),
        *(Credit(10 + number, f"Dancer {number}", Job.CAST, 2 + number) for number in range(12)),
    ),
    trivia=(
        Trivia("Wick helps her || in the end.", spoiler=True, source="https://www.radiotimes.com/a"),
        Trivia("Most of the fire is real.", spoiler=False, source="https://www.denofgeek.com/b"),
        Trivia("Much was shot in Prague.", spoiler=False, source="http://insecure.example/"),
    ),
    franchise=Franchise(
        1,
        "John Wick",
        (
            FranchiseEntry(EntryKind.FILM, "John Wick", 2, 1, ReleaseDate.parse("2014-10-24"), "US"),
            FranchiseEntry(
                EntryKind.SERIES, "The Continental", 1, None, ReleaseDate.parse("2023-09-22"), "US", "Set in the 1970s."
            ),
            FranchiseEntry(EntryKind.FILM, "Ballerina", 3, 7, ReleaseDate.parse("tba"), "US", "Beside Chapter 3."),
            FranchiseEntry(EntryKind.FILM, "Caine", 4, 9, ReleaseDate.parse("2027"), "US"),
        ),
    ),
    ids={"bundled": "ballerina-2025"},
    sources=("https://en.wikipedia.org/wiki/Ballerina_(2025_film)",),
    as_of=date(2025, 5, 20),
)  # fmt: skip
TRACKED = Subscription(BALLERINA, datetime(2025, 5, 1, 12, tzinfo=UTC), 42)
VIEW = FilmView(BALLERINA, GUILD, TRACKED, TODAY, NOW, Tab.OVERVIEW, opener_id=42)


def items(card: Card) -> Iterator[discord.ui.Item]:
    return iter(card.view.walk_children())


def said(card: Card) -> str:
    return "\n".join(item.content for item in items(card) if isinstance(item, discord.ui.TextDisplay))


def buttons(card: Card) -> dict[str, discord.ui.Button]:
    return {item.label or "": item for item in items(card) if isinstance(item, discord.ui.Button)}


def leads_to(card: Card, label: str) -> TabId | None:
    return TabId.parse(buttons(card)[label].custom_id or "")


def show(tab: Tab = Tab.OVERVIEW, arg: str = "", **changed: object) -> Card:
    return render_film_card(replace(VIEW, tab=tab, arg=arg, **changed))


def abroad(country: str) -> Subscriber:
    return replace(GUILD, country=country)
