"""The release that counts, case by case: what is said of a film, what is counted down to, what stands beside it."""

from datetime import date
from typing import Any

import pytest

from bot.domain.films import DoubtReason, ReleaseType
from bot.domain.plan import forecast
from bot.domain.posts import PostKind
from bot.domain.releases import Counting, counting_for, counting_release, only_basis
from tests.domain.case import C, Case, D, film_of, parsed
from tests.domain.counting_cases import (
    CINEMA_CASES,
    ELSEWHERE_CASES,
    LANGUAGE_CASES,
    LIMITED_CASES,
    PRECISION_CASES,
    STREAMING_CASES,
    WANTED_CASES,
)
from tests.domain.examples import EVER, following, guild, utc
from tests.domain.note_cases import AGAIN_CASES, AGAIN_NOTES, FESTIVAL_CASES, FESTIVAL_NOTES

CASES = (
    CINEMA_CASES | LIMITED_CASES | LANGUAGE_CASES | AGAIN_CASES | FESTIVAL_CASES | STREAMING_CASES | WANTED_CASES
    | PRECISION_CASES | ELSEWHERE_CASES
)  # fmt: skip
THREE = ("US theatrical 06-06", "US digital 07-01", "US physical 09-02")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_release_that_counts(case: Case) -> None:
    tracked_on = date.fromisoformat(f"2025-{case.tracked}") if case.tracked else None
    for known in (case.known, case.known[::-1]):
        found = counting_release(film_of(*known, homes=case.homes), case.country, tracked_on, frozenset(case.wanted))
        owed = case.owed if case.owed is not None else (case.main,) if case.main else ()
        assert found == Counting(
            main=parsed(case.main) if case.main else None,
            owed=tuple(map(parsed, owed)),
            wide=parsed(case.wide) if case.wide else None,
            elsewhere=parsed(case.elsewhere) if case.elsewhere else None,
            others=tuple(map(parsed, case.others)),
        )


def test_there_are_enough_cases_without_counting_the_wordings_of_notes() -> None:
    assert len(CASES) - len(AGAIN_NOTES) - len(FESTIVAL_NOTES) >= 60


BASES: dict[str, tuple[tuple[str, ...], str, DoubtReason | None]] = {
    "a re-release": (("KR theatrical 03-19 Re-release",), "KR", DoubtReason.AGAIN),
    "a festival": (("KR premiere 09-20",), "KR", DoubtReason.FESTIVAL),
    "a preview entered as a cinema release": (("KR theatrical 09-20 Sneak preview",), "KR", DoubtReason.FESTIVAL),
    "both": (("KR premiere 09-20", "KR theatrical 03-19 4K remaster"), "KR", DoubtReason.AGAIN),
    "a release beside them": (("KR premiere 09-20", "KR theatrical 10-01"), "KR", None),
    "nothing": (("US premiere 09-20",), "KR", None),
}


@pytest.mark.parametrize("name", BASES)
def test_why_a_country_has_no_release_that_counts(name: str) -> None:
    known, country, reason = BASES[name]
    assert only_basis(map(parsed, known), country) is reason


def test_the_reason_can_be_asked_of_one_type() -> None:
    known = [parsed("US theatrical 06-06 Re-release"), parsed("US digital 07-01")]
    assert only_basis(known, "US") is None
    assert only_basis(known, "US", ReleaseType.THEATRICAL) is DoubtReason.AGAIN
    assert only_basis(known, "US", ReleaseType.DIGITAL) is None


def test_a_film_may_follow_another_countrys_dates_and_other_types_than_its_server() -> None:
    known = film_of("IS digital 08-01", "US theatrical 06-06", "US digital 07-01")
    server = guild(country="IS")

    def owed(**own: Any) -> list[str]:
        return [f"{r.country} {r.type}" for r in counting_for(server, following(known, **own)).owed]

    assert owed() == []
    assert owed(country="US") == ["US theatrical"]
    assert owed(wanted=frozenset({D})) == ["IS digital"]
    assert owed(country="US", wanted=frozenset({C, D})) == ["US theatrical", "US digital"]
    assert counting_for(server, following(known)).elsewhere == known.releases[1]


def test_each_release_that_is_owed_has_its_own_countdown_and_alert() -> None:
    server = guild(wanted=frozenset({C, D}))
    posts = forecast(server, [following(film_of("US limited 05-30", "US theatrical 06-06", "US digital 05-30"))])
    assert sum(post.kind is PostKind.RELEASE for post in posts) == 2
    assert sum(post.kind is PostKind.COUNTDOWN for post in posts) == 8
    assert len({post.dedup_key for post in posts}) == 10


def test_a_countdown_to_another_country_is_only_there_if_it_was_chosen() -> None:
    known = film_of("US theatrical 06-06")
    assert forecast(guild(country="IS"), [following(known)]) == []
    chosen = forecast(guild(country="IS"), [following(known, country="US", chosen_at=EVER)])
    assert {post.country for post in chosen} == {"US"}


def test_a_choice_for_a_film_owes_nothing_from_before_it() -> None:
    known, noon = film_of("US theatrical 06-06"), utc("2025-05-30 16:00")
    posts = forecast(guild(country="IS"), [following(known, country="US", chosen_at=noon)])
    # The seventh day's hour had passed that morning: it is posted at once. The thirtieth is over.
    assert [(post.milestone_days, post.due_at >= noon) for post in posts] == [
        (7, True),
        (3, True),
        (1, True),
        (None, True),
    ]


def test_the_release_to_speak_of_is_the_next_that_is_owed_else_the_last_that_was() -> None:
    found = counting_release(film_of(*THREE), "US", wanted=frozenset({C, D}))
    for today, expected in (("06-01", 0), ("06-06", 0), ("06-07", 1), ("07-01", 1), ("08-01", 1)):
        assert found.ahead(date.fromisoformat(f"2025-{today}")) == parsed(THREE[expected])
    late = counting_release(film_of(THREE[0], "US digital tba"), "US", wanted=frozenset({C, D}))
    assert late.ahead(date(2025, 8, 1)) == parsed(THREE[0])
    assert counting_release(film_of("US digital tba"), "US").ahead(date(2025, 8, 1)) == parsed("US digital tba")
    assert Counting(None).ahead(date(2025, 8, 1)) is None
