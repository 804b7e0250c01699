"""Why a date is the one in force: the release that counts, each source's word, what waits."""

from dataclasses import replace

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import DoubtReason, Release, ReleaseType
from bot.domain.gate import SETTLES, as_trusted
from bot.domain.languages import language_name
from bot.domain.releases import counting_release
from bot.domain.subscribers import DEFAULT_WANTED, Wanted
from bot.domain.why import Asked, Basis, Standing, Why, days_apart, doubts_about, explain, settles_at
from tests.ui.words import Said, film_of, on, release, told


def why(*says: Said, country: str = "US", wanted: frozenset[Wanted] = DEFAULT_WANTED, trust: bool = False) -> Why:
    film, asked = film_of(says)
    trusted = film.doubts if trust else ()
    film = as_trusted(film, trusted)
    return explain(film, country, counting_release(film, country, wanted=wanted), wanted, asked, trusted)


def words(found: Why) -> dict[str, tuple[str, str]]:
    """What each source says, and how it stands to what is in force."""
    return {
        word.asked.source: (
            str(word.said.date) if word.said else "took back" if word.took_back else "nothing",
            "agrees" if word.agrees else "fits" if word.fits else "",
        )
        for word in found.words
    }


DIGITAL = frozenset({Wanted.DIGITAL})


@pytest.mark.parametrize(
    ("releases", "country", "wanted", "basis"),
    [
        (["US theatrical 2025-06-06"], "US", DEFAULT_WANTED, Basis.CINEMA),
        (["US limited 2025-06-06"], "US", DEFAULT_WANTED, Basis.CINEMA),
        (["US limited 2025-06-06", "US theatrical 2025-06-20"], "US", DEFAULT_WANTED, Basis.LIMITED),
        (["US theatrical 2025-06-06", "US digital 2025-07-01"], "US", DIGITAL, Basis.CHOSEN),
        (["US digital 2025-07-01"], "US", DEFAULT_WANTED, Basis.ANY),
        (["US theatrical 2025-06-06"], "IS", DEFAULT_WANTED, Basis.ELSEWHERE),
        (["US premiere 2025-06-03"], "US", DEFAULT_WANTED, Basis.NONE),
        ([], "US", DEFAULT_WANTED, Basis.NONE),
    ],
)
def test_the_rule_that_chose_the_release_is_told(
    releases: list[str], country: str, wanted: frozenset[Wanted], basis: Basis
) -> None:
    assert why(told("tmdb", on(5, 1), *releases), country=country, wanted=wanted).basis is basis


def test_sources_that_agree_all_stand_behind_the_date() -> None:
    found = why(
        told("bundled", on(4, 1), "US theatrical 2025-06-06"),
        told("tmdb", on(5, 1), "US theatrical 2025-06-06"),
        told("wikidata", on(5, 2), "US theatrical 2025-06"),
    )
    assert words(found) == {
        "bundled": ("2025-06-06", "agrees"), "tmdb": ("2025-06-06", "agrees"), "wikidata": ("2025-06", "fits"),
    }  # fmt: skip
    assert found.standing is Standing.WORD
    assert found.clause
    assert found.history == ()


def test_a_date_that_is_not_believed_leaves_the_old_one_standing() -> None:
    found = why(told("tmdb", on(5, 1), "US theatrical 2025-06-06"), told("tmdb", on(5, 9), "US theatrical 2025-12-09"))
    assert found.standing is Standing.KEPT
    assert found.release is not None
    assert found.release.date == ReleaseDate.parse("2025-06-06")
    assert words(found) == {"tmdb": ("2025-12-09", "")}
    [doubt] = found.open_doubts
    assert doubt.reason is DoubtReason.JUMP
    assert days_apart(doubt.old, doubt.new) == 186
    assert settles_at(doubt) == on(5, 9) + SETTLES


def test_a_date_that_admins_trust_is_in_force_for_them() -> None:
    says = told("tmdb", on(5, 1), "US theatrical 2025-06-06"), told("tmdb", on(5, 9), "US theatrical 2025-12-09")
    found = why(*says, trust=True)
    assert found.standing is Standing.TRUSTED
    assert words(found) == {"tmdb": ("2025-12-09", "agrees")}
    assert found.open_doubts == ()
    assert len(found.trusted) == 1


def test_a_source_that_falls_silent_is_said_to_have_taken_its_word_back() -> None:
    found = why(
        told("tmdb", on(5, 1), "US theatrical 2025-06-06", "DE theatrical 2025-06-05"),
        told("tmdb", on(5, 9), "DE theatrical 2025-06-05"),
    )
    assert words(found) == {"tmdb": ("took back", "")}
    assert [doubt.reason for doubt in found.open_doubts] == [DoubtReason.WITHDRAWN]


def test_a_festival_alone_is_no_date_and_is_named() -> None:
    festival = release("US theatrical 2025-09-04", "Telluride Film Festival")
    found = why(told("tmdb", on(5, 1), festival))
    assert (found.basis, found.not_here) == (Basis.NONE, DoubtReason.FESTIVAL)
    assert [one.note for one in found.passed_over] == ["Telluride Film Festival"]
    assert [one.note for word in found.words for one in word.aside] == ["Telluride Film Festival"]


def test_what_comes_before_the_release_and_is_none_is_named_and_nothing_after_it() -> None:
    found = why(
        told(
            "tmdb",
            on(5, 1),
            "US premiere 2025-06-03",
            "US theatrical 2025-06-06",
            release("US theatrical 2035-06-06", "Re-release"),
            "US digital 2025-07-01",
        )
    )
    assert [one.type for one in found.passed_over] == [ReleaseType.PREMIERE]


def test_a_source_that_knows_another_kind_of_release_is_quoted_with_it() -> None:
    found = why(
        told("tmdb", on(5, 1), "US limited 2025-06-06", "US theatrical 2025-06-20"),
        told("wikidata", on(5, 2), "US theatrical 2025-06-20"),
    )
    said = {word.asked.source: word.said for word in found.words}
    assert isinstance(said["wikidata"], Release)
    assert said["wikidata"].type is ReleaseType.THEATRICAL


def test_the_history_is_of_cinemas_here_newest_first() -> None:
    found = why(
        told("tmdb", on(3, 1), "US theatrical 2025-05-06", "FR theatrical 2025-06-01", "US digital 2025-08-01"),
        told("tmdb", on(4, 1), "US theatrical 2025-05-30", "FR theatrical 2025-06-02", "US digital 2025-08-02"),
        told("tmdb", on(5, 1), "US theatrical 2025-06-06", "FR theatrical 2025-06-02", "US digital 2025-08-02"),
    )
    assert [(str(c.old), str(c.new)) for c in found.history] == [
        ("2025-05-30", "2025-06-06"), ("2025-05-06", "2025-05-30"),
    ]  # fmt: skip


def test_a_source_that_never_answered_is_listed_all_the_same() -> None:
    film, asked = film_of([told("bundled", on(4, 1), "US theatrical 2025-06-06")])
    counting = counting_release(film, "US")
    found = explain(film, "US", counting, DEFAULT_WANTED, [Asked("wikidata"), *asked, Asked("tmdb", reason="slow")])
    assert [word.asked.source for word in found.words] == ["bundled", "tmdb", "wikidata"]
    assert [word.said is None for word in found.words] == [False, True, True]


def test_only_doubts_about_this_country_or_the_date_told_are_told() -> None:
    film, _ = film_of(
        [
            told("tmdb", on(5, 1), "US theatrical 2025-06-06", "FR theatrical 2025-06-06", "JP theatrical 2025-06-06"),
            told("tmdb", on(5, 9), "US theatrical 2026-06-06", "FR theatrical 2026-06-06", "JP theatrical 2026-06-06"),
        ]
    )
    assert len(film.doubts) == 3
    elsewhere = counting_release(replace(film, countries=("JP",)), "IS").elsewhere
    assert [doubt.country for doubt in doubts_about(film, "IS", elsewhere)] == ["JP"]
    assert [doubt.country for doubt in doubts_about(film, "FR", counting_release(film, "FR").main)] == ["FR"]


def test_languages_have_names() -> None:
    assert [language_name(code) for code in ("de", "FR", "xq")] == ["German", "French", "XQ"]
