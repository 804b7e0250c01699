"""What `/follow` answers, however much there is to say, and the line about it in `/tracked`."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.films import Film, ReleaseType
from bot.domain.follows import MAX_FOLLOWS, Candidate, Follow, Followed, FollowKind
from bot.domain.subscribers import Pause, Subscription
from bot.services.follow_search import MAX_REF
from bot.ui.card import Card
from bot.ui.follow_cards import (
    choice_value,
    exported_line,
    follows_line,
    read_choice,
    render_follow_picker,
    render_followed,
    render_follows,
)
from bot.ui.list_cards import render_tracked_list
from tests.ui.films import GUILD, release, said

NOW = datetime(2025, 5, 30, 15, tzinfo=UTC)
WICK = Follow(1, 1, FollowKind.FRANCHISE, "John Wick", ("tmdb:404609",), None, 7, NOW, NOW)


def film(number: int, title: str = "Caine") -> Film:
    return Film(number, title, 2025, releases=(release("DE", "2025-09-24", ReleaseType.LIMITED),))


def answer(**more: object) -> str:
    followed = replace(Followed(WICK, GUILD, ()), **more)  # type: ignore[arg-type]
    return said(render_followed(followed, [], NOW))


async def test_says_what_was_tracked_and_where_news_will_be() -> None:
    told = answer(tracked=(film(1),))
    assert "one notice each in <#555>" in told
    assert "**Tracked just now: 1 film**" in told
    assert "**Caine (2025)** · 🇩🇪 Germany · limited release" in told


async def test_says_what_was_not_tracked_and_why() -> None:
    films = tuple(film(n) for n in range(1, 9))
    assert "Tracked already: **Caine (2025)**." in answer(before=films[:1])
    assert "and 3 more. `/track` those that you want" in answer(left=films)
    assert "this server tracks 200 films, the most it can" in answer(full=films[:2])
    assert "TMDB and Wikidata did not answer" in answer(silent=("tmdb", "wikidata"))
    assert "Nothing new is to come in the United States" in answer()
    assert "already followed" in answer(already=True)


@pytest.mark.parametrize("text", ["*" * 400, "🎬" * 400, "@everyone " * 40, "W\u0301" * 400, ""])
async def test_the_longest_names_fit(text: str) -> None:
    films = tuple(film(n, text) for n in range(1, 21))
    follows = [replace(WICK, id=n, name=text, kind=FollowKind.PERSON) for n in range(MAX_FOLLOWS)]
    whole = Followed(follows[0], GUILD, films[:10], films, films, films, ("tmdb", "wikidata"))
    subscriptions = [Subscription(each, NOW, 1, pause=Pause(NOW)) for each in films]
    candidates = [Candidate(FollowKind.PERSON, text, (f"tmdb:{n}",), (text, text)) for n in range(30)]
    cards: list[Card] = [
        render_followed(whole, ["Send Messages", "Embed Links", "Attach Files"], NOW),
        render_tracked_list(GUILD, subscriptions, 0, NOW, 1, follows_line(follows)),
        render_follow_picker(candidates, text, 2**63 - 1, 2**63 - 1),
        render_follows(follows),
    ]
    for card in cards:
        assert "@everyone" not in said(card)


async def test_a_choice_carries_channel_ref_and_name() -> None:
    odd = Candidate(FollowKind.PERSON, "A|B", ("tmdb:1",))
    assert read_choice(choice_value(odd, 77)) == (77, "tmdb:1", "A|B")
    assert read_choice(choice_value(odd, None)) == (None, "tmdb:1", "A|B")
    longest = Candidate(FollowKind.PERSON, "A" * 300, ("b" * MAX_REF,))
    assert len(choice_value(longest, 2**63 - 1)) <= 100


def test_what_is_exported_is_counted() -> None:
    assert exported_line(1, 0, csv=False) == "Everything that this server tracks: 1 film."
    assert "2 films and 3 followed" in exported_line(2, 3, csv=True)
    assert "apostrophe" in exported_line(2, 3, csv=True)
