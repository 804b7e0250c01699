"""Titles, and what is typed for them, in a form in which they can be compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.titles import MAX_TYPED, normalise, split_year, unsorted, without_article

NORMAL = [
    ("Ballerina", "ballerina"),
    ("  BALLERINA  ", "ballerina"),
    ("Amélie: Poulain's Tale", "amelie poulains tale"),
    ("Amélie: Poulain’s Tale", "amelie poulains tale"),
    ("John Wick: Chapter 3 – Parabellum", "john wick chapter 3 parabellum"),
    ("Fast & Furious", "fast and furious"),
    ("Lilo&Stitch", "lilo and stitch"),
    ("WALL·E", "wall e"),
    ("Spider-Man", "spider man"),
    ("S.W.A.T.", "s w a t"),
    ("(500) Days of Summer", "500 days of summer"),
    ("Ⅲ", "iii"),
    ("½", "1 2"),
    ("Straße", "strasse"),
    ("Ἀθῆναι", "αθηναι"),
    ("БАЛЕРИНА", "балерина"),
    ("Ёлки", "елки"),
    ("발레리나", "발레리나"),
    ("ﾊﾞﾚﾘｰﾅ", normalise("バレリーナ")),
    ("İstanbul", "istanbul"),
    ("Zero\u200bwidth", "zerowidth"),
    ("\u202eright to left", "right to left"),
    ("🎬 Film 🎬", "film"),
    ("", ""),
    ("…!?", ""),
    ("The\tMatrix", "the matrix"),
    ("The\nMatrix", "the matrix"),
    ("\U0001d401allerina", "ballerina"),
    ("\uff22allerina", "ballerina"),
]


@pytest.mark.parametrize(("title", "expected"), NORMAL)
def test_case_marks_and_punctuation_fold_away(title: str, expected: str) -> None:
    assert normalise(title) == expected


@given(st.text(max_size=40))
def test_what_is_normal_stays_so_and_holds_letters_and_digits_only(text: str) -> None:
    found = normalise(text)
    assert normalise(found) == found
    assert found == " ".join(found.split())
    assert all(char == " " or unicodedata.category(char)[0] in "LN" for char in found)


@given(st.text(max_size=40))
def test_marks_and_case_make_no_difference(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


def test_noise_is_cut_short() -> None:
    assert len(normalise("x" * 10_000)) == MAX_TYPED


YEARS = [
    ("ballerina 2025", "ballerina", 2025),
    ("Ballerina (2016)", "Ballerina", 2016),
    ("ballerina, 2016", "ballerina", 2016),
    ("Ballerina [2016]", "Ballerina", 2016),
    ("2012", "2012", None),
    ("1917", "1917", None),
    ("(2012)", "(2012)", None),
    ("ballerina", "ballerina", None),
    ("ballerina 25", "ballerina 25", None),
    ("ballerina 20256", "ballerina 20256", None),
    ("ballerina2025", "ballerina2025", None),
    ("2012 2009", "2012", 2009),
    ("Blade Runner 2049 (2017)", "Blade Runner 2049", 2017),
    ("", "", None),
]


@pytest.mark.parametrize(("typed", "rest", "year"), YEARS)
def test_a_year_at_the_end_is_taken_off_but_a_bare_one_is_a_title(typed: str, rest: str, year: int | None) -> None:
    assert split_year(typed) == (rest, year)


ARTICLES = [
    ("the matrix", "matrix"),
    ("der untergang", "untergang"),
    ("the", "the"),
    ("matrix", "matrix"),
    ("", ""),
    ("a a", "a"),
    ("theatre", "theatre"),
]


@pytest.mark.parametrize(("title", "expected"), ARTICLES)
def test_a_leading_article_is_dropped_unless_it_is_all(title: str, expected: str) -> None:
    assert without_article(title) == expected


SORTED = [
    ("Matrix, The", "The Matrix"),
    ("matrix,the", "the matrix"),
    ("Untergang, Der ", "Der Untergang"),
    ("Me, Myself", "Me, Myself"),
    ("The Good, the Bad", "The Good, the Bad"),
    ("Matrix", "Matrix"),
    (", The", ", The"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "expected"), SORTED)
def test_a_trailing_article_comes_to_the_front(typed: str, expected: str) -> None:
    assert unsorted(typed) == expected


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    rest, year = split_year(unsorted(text))
    assert year is None or 1800 <= year < 2200
    assert len(rest) <= len(text) + 1
    without_article(normalise(rest))
