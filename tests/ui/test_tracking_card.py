"""What `/track` says of a film for servers that want more than the cinema, or another country's dates."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.answers import Tracked
from bot.domain.releases import counting_for
from bot.domain.subscribers import Subscriber, Subscription, Wanted
from bot.ui.tracking_card import render_tracked
from tests.ui.films import BALLERINA, GUILD, NOW, said

ALL = frozenset(Wanted)


def lines(subscriber: Subscriber, tracked_at: datetime = NOW, **own: str) -> list[str]:
    subscription = Subscription(BALLERINA, tracked_at, 1, **own)  # type: ignore[arg-type]
    counting = counting_for(subscriber, subscription)
    tracked = Tracked(BALLERINA, subscriber, subscription, counting, (), already=False, zones=())
    return said(render_tracked(tracked, [], max(NOW, tracked_at))).splitlines()


def test_each_wanted_release_has_its_line_with_country_type_and_how_sure() -> None:
    told = lines(replace(GUILD, wanted=ALL))
    assert "🇺🇸 United States · in cinemas · **Fri 6 June 2025**, in 7 days" in told
    assert "Then: 🇺🇸 United States · digital · **Tue 1 July 2025**, in 32 days." in told
    assert "Then: 🇺🇸 United States · on disc · **September 2025**." in told
    assert not any(line.startswith("Then:") for line in lines(GUILD))


def test_what_is_still_to_come_of_a_film_that_was_out_is_all_that_is_wanted() -> None:
    told = lines(replace(GUILD, wanted=ALL), datetime(2025, 6, 20, 15, tzinfo=UTC))
    assert [line.split(" · ")[1] for line in told if line.startswith("Still to come:")] == ["digital", "on disc"]


def test_a_film_that_follows_another_country_says_whose_date_it_is() -> None:
    iceland = replace(GUILD, country="IS")
    assert any(line.startswith("🇮🇸 Iceland · no date yet") for line in lines(iceland))
    told = lines(iceland, country="FR")
    assert "🇫🇷 France · in cinemas · **Wed 4 June 2025**, in 5 days" in told
    assert "-# Following France's date for this film, 09:00 New York; the others here go by Iceland." in told
    assert not any("🇮🇸" in line for line in told)
