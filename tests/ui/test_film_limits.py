"""Any film, however nasty, makes a card that Discord takes."""

import re
from dataclasses import replace
from datetime import date

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from bot.ui.card import MAX_COMPONENTS, MAX_TEXT, Card
from bot.ui.ids import MAX_CUSTOM_ID, Tab
from bot.ui.text import width
from tests.ui.films import BALLERINA, GUILD, NOW, PICTURE, TRACKED, items, show

NASTY = ["**b**", "@everyone", "<@123456789012345678>", "||", "[x](https://a.example)", "# ", "-# ", "\u202e", "\u200b",
         "🎬", "\u05d0\u05d1", "`", "\\", "\n", "_" * 30, "x" * 60]  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=12).map(lambda parts: "".join(parts)[:200])
kinds = st.sampled_from(list(ReleaseType))
whens = st.sampled_from(["2025-06-06", "2025-05-30", "1999-01-01", "2027-06", "2027-Q3", "2028", "tba"])
releases = st.builds(Release, st.sampled_from(["US", "DE", "GB", "ZZ", "FR", "JP"]), kinds,
                     whens.map(ReleaseDate.parse), nasty, st.sampled_from(["tmdb", "bundled", ""]))  # fmt: skip
changes = st.builds(
    DateChange, st.just(1), st.just(7), st.just("US"), kinds,
    st.none() | whens.map(ReleaseDate.parse), st.none() | whens.map(ReleaseDate.parse),
    nasty, st.none() | st.just(NOW), st.booleans(),
)  # fmt: skip
credits = st.builds(Credit, st.integers(0, 200), nasty, st.sampled_from(Job), st.integers(0, 99), nasty)
trivia = st.builds(Trivia, nasty, st.booleans(), st.sampled_from(["https://a.example/x", "", "no address"]))
entries = st.builds(FranchiseEntry, st.sampled_from(EntryKind), nasty, st.integers(0, 50),
                    st.none() | st.integers(1, 9), whens.map(ReleaseDate.parse), st.just("US"), nasty)  # fmt: skip
names = st.lists(nasty, max_size=30).map(tuple)
films = st.builds(
    Film,
    id=st.just(7), title=nasty, year=st.none() | st.integers(1888, 2200), original_title=nasty,
    alternative_titles=names, summary=nasty, runtime_minutes=st.none() | st.integers(-5, 6000), genres=names,
    companies=names, distributors=names, releases=st.lists(releases, max_size=60).map(tuple),
    changes=st.lists(changes, max_size=8).map(tuple), credits=st.lists(credits, max_size=100).map(tuple),
    trivia=st.lists(trivia, max_size=5).map(tuple),
    franchise=st.none() | st.builds(Franchise, st.just(1), nasty, st.lists(entries, max_size=40).map(tuple)),
    sources=st.lists(st.sampled_from(["https://a.example/" + "y" * 300, "x"]), max_size=3).map(tuple),
    as_of=st.none() | st.just(date(2020, 1, 1)),
)  # fmt: skip
LONG = "*_" * 100
OVERFULL = replace(
    BALLERINA,
    title=LONG, original_title=LONG + "x", summary=LONG * 9, genres=(LONG,) * 9, companies=(LONG,) * 9,
    distributors=(LONG,) * 9,
    releases=tuple(Release(code, kind, ReleaseDate.parse("2028"), LONG + " re-release", "tmdb")
                   for code in ("US", "GB", "DE", "FR", "ES", "IT", "JP", "KR", "BR", "MX", "IN", "AU", "VC")
                   for kind in ReleaseType),
    credits=tuple(Credit(n, LONG, job, n, LONG) for n in range(1, 100) for job in Job),
    trivia=(Trivia(LONG * 9, spoiler=True, source="https://a.example/" + "y" * 300),) * 2,
    franchise=Franchise(1, LONG, tuple(FranchiseEntry(EntryKind.SERIES, LONG, n, n, ReleaseDate.parse("2028"), "VC",
                                                     LONG) for n in range(1, 40))),
    sources=("https://a.example/" + "y" * 300,), as_of=date(2000, 2, 3),
)  # fmt: skip


def check_limits(card: Card) -> None:
    """What Discord would refuse, and what nobody should see."""
    every = list(items(card))
    texts = [item.content for item in every if isinstance(item, discord.ui.TextDisplay)]
    clickable = [item for item in every if isinstance(item, discord.ui.Button)]
    custom_ids = [item.custom_id or "" for item in clickable]
    assert len(every) <= MAX_COMPONENTS
    assert sum(width(text) for text in texts) <= MAX_TEXT
    assert all(text.strip() for text in texts)
    assert len(set(custom_ids)) == len(custom_ids)
    assert all(0 < len(custom_id) <= MAX_CUSTOM_ID for custom_id in custom_ids)
    assert all(item.label and len(item.label) <= 80 for item in clickable)
    told = "\n".join(texts)
    assert "@everyone" not in told
    assert "\u202e" not in told
    assert "<t:" not in told
    bare = told.replace(r"\<", "").replace("<#555>", "")
    assert "<@" not in bare
    assert "<#" not in bare
    assert re.sub(r"\\.", "", told).count("||") in (0, 2)
    assert "None" not in told


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(films, st.sampled_from(Tab), st.sampled_from(["", "0", "1", "7", "99", "story", "story.2", "release.9", "x"]),
       st.booleans(), st.sampled_from(["US", "DE", "AQ"]))  # fmt: skip
def test_any_film_fits_discords_limits(film: Film, tab: Tab, arg: str, followed: bool, country: str) -> None:
    subscriber = replace(GUILD, country=country, country_chosen=followed)
    subscription = replace(TRACKED, film=film) if followed else None
    shared = {n: [(1, "|| @everyone **"), (2, LONG), (3, "")] for n in range(0, 200, 3)}
    check_limits(
        show(tab, arg, film=film, subscriber=subscriber, subscription=subscription, shared=shared, picture=PICTURE)
    )


@pytest.mark.parametrize("tab", list(Tab))
@pytest.mark.parametrize("arg", ["", "1", "story", "story.1"])
def test_the_fullest_film_fits(tab: Tab, arg: str) -> None:
    shared = {n: [(1, LONG)] * 9 for n in range(200)}
    subscriber = replace(GUILD, country_chosen=False, milestones=tuple(range(1, 11)))
    subscription = replace(TRACKED, film=OVERFULL)
    check_limits(
        show(tab, arg, film=OVERFULL, subscriber=subscriber, subscription=subscription, shared=shared, picture=PICTURE)
    )
