"""Which release counts for a subscriber, and what a change of its date is called."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import PUBLIC, DateChange, ReleaseType
from bot.domain.releases import (
    ChangeKind,
    change_in_words,
    changed_dates,
    counting_release,
    first_date,
    kind_of_change,
    net_changes,
)
from tests.domain.examples import cases, change, day, film, release

JUNE = "US theatrical 2025-06-06"

MAIN = [
    ("one", (JUNE,), "2025-06-06"),
    ("none", (), None),
    ("a festival before it", ("US premiere 2025-05-22", JUNE), "2025-06-06"),
    ("a festival only", ("US premiere 2025-05-22",), None),
    ("a noted re-release before it", ("US theatrical 2025-01-01 Re-release", JUNE), "2025-06-06"),
    ("a re-release after it", (JUNE, "US theatrical 2026-06-06 10th anniversary"), "2025-06-06"),
    ("a re-release only", ("US theatrical 2026-06-06 Restored in 4K",), None),
    ("limited before wide", (JUNE, "US limited 2025-05-30"), "2025-05-30"),
    ("wide before limited", (JUNE, "US limited 2025-06-13"), "2025-06-06"),
    ("several of a type, in any order", ("US theatrical 2025-07-01 IMAX", JUNE), "2025-06-06"),
    ("digital before the cinema does not count", ("US digital 2025-05-01", JUNE), "2025-06-06"),
    ("streaming only", ("US digital 2025-05-01",), "2025-05-01"),
    ("streaming here, a cinema elsewhere", ("US digital 2025-05-01", "GB theatrical 2025-06-06"), None),
    ("disc and TV, no cinema anywhere", ("US tv 2025-08-01", "US physical 2025-07-01"), "2025-07-01"),
    ("another country only", ("DE theatrical 2025-06-05",), None),
    ("a day within a month that is known only as a month", ("US limited 2025-06", JUNE), "2025-06-06"),
    ("a month before a day", ("US limited 2025-05", JUNE), "2025-05"),
    ("to be announced", ("US theatrical tba",), "tba"),
    ("to be announced beside a day", ("US limited tba", JUNE), "2025-06-06"),
]  # fmt: skip


@cases("releases, expected", MAIN)
def test_the_release_that_counts_here(releases: tuple[str, ...], expected: str | None) -> None:
    for order in (releases, releases[::-1]):
        found = counting_release(film(*order), "US")
        assert (str(found.main.date) if found.main else None) == expected
        assert found.owed == ((found.main,) if found.main else ())


ELSEWHERE = [
    ("the film's home", (), ("FR",), "FR"),
    ("the United States, if its home has none", (), ("JP",), "US"),
    ("the earliest, without either", (), (), "US"),
    ("its home's cinema before an earlier stream", ("FR digital 2025-01-01",), ("FR",), "FR"),
]


@cases("more, homes, expected", ELSEWHERE)
def test_without_a_date_here_the_nearest_true_statement_is_another_countrys(
    more: tuple[str, ...], homes: tuple[str, ...], expected: str
) -> None:
    releases = ("IT theatrical 2025-06-01", "FR theatrical 2025-06-04", JUNE, *more)
    found = counting_release(film(*releases, countries=homes), "NP")
    assert (found.main, found.owed, found.wide) == (None, (), None)
    assert found.elsewhere is not None
    assert (found.elsewhere.country, found.elsewhere.type) == (expected, ReleaseType.THEATRICAL)


def test_the_earliest_stands_in_where_neither_home_nor_the_united_states_has_a_date() -> None:
    found = counting_release(film("IT theatrical 2025-06-12", "FR theatrical 2025-06-04"), "NP")
    assert found.elsewhere is not None
    assert found.elsewhere.country == "FR"


def test_a_festival_elsewhere_is_no_statement_about_a_release() -> None:
    assert counting_release(film("FR premiere 2025-05-22"), "US").elsewhere is None


def test_a_limited_release_names_the_wide_one_that_follows() -> None:
    found = counting_release(film("US limited 2025-05-30", JUNE), "US")
    assert found.wide == release(JUNE)
    assert counting_release(film(JUNE), "US").wide is None


STILL_TO_COME = [
    # releases, tracked on, what is owed
    ("the day before", (JUNE,), "2025-06-05", "2025-06-06"),
    ("on its day", (JUNE,), "2025-06-06", "2025-06-06"),
    ("the day after", (JUNE,), "2025-06-07", None),
    ("after it, before digital", (JUNE, "US digital 2025-07-01"), "2025-06-07", "2025-07-01"),
    ("on the day of digital", (JUNE, "US digital 2025-07-01"), "2025-07-01", "2025-07-01"),
    ("after digital, before disc", (JUNE, "US digital 2025-07-01", "US physical 2025-09"), "2025-07-02", "2025-09"),
    ("between limited and wide", ("US limited 2025-05-30", JUNE), "2025-06-01", "2025-06-06"),
    ("after all of it", (JUNE, "US digital 2025-07-01"), "2025-07-02", None),
    ("a re-release still to come is none", (JUNE, "US theatrical 2035-06-06 Anniversary"), "2025-06-07", None),
    ("another country's is none", (JUNE, "DE digital 2025-07-01"), "2025-06-07", None),
    ("within its month", ("US theatrical 2025-06",), "2025-06-30", "2025-06"),
    ("after its month", ("US theatrical 2025-06",), "2025-07-01", None),
    ("nothing known", ("US theatrical tba",), "2025-07-01", "tba"),
]  # fmt: skip


@cases("releases, tracked_on, owed", STILL_TO_COME)
def test_a_film_that_was_out_when_tracked_owes_only_what_is_still_to_come(
    releases: tuple[str, ...], tracked_on: str, owed: str | None
) -> None:
    found = counting_release(film(*releases), "US", day(tracked_on))
    assert found.main is not None
    assert [str(release.date) for release in found.owed] == ([owed] if owed else [])


releases = st.builds(
    "{} {} {} {}".format,
    st.sampled_from(["US", "DE"]),
    st.sampled_from(list(ReleaseType)),
    st.sampled_from(["2025-05-30", "2025-06-06", "2025-06", "2025-Q2", "2025", "tba"]),
    st.sampled_from(["", "Re-release"]),
)


@given(st.lists(releases, max_size=8).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_what_counts_is_public_new_and_of_this_country_in_whatever_order_facts_come(
    orders: tuple[list[str], list[str]],
) -> None:
    found, again = (counting_release(film(*order), "US", day("2025-06-01")) for order in orders)
    assert found == again
    for chosen in (found.main, *found.owed, found.wide):
        assert chosen is None or (chosen.country == "US" and chosen.type in PUBLIC and not chosen.note)
    assert found.main is None or found.elsewhere is None


NAMES = [
    # old, new, name, sentence
    (None, "2025-06-06", "announced", "date announced: 6 June 2025"),
    ("tba", "2025-06", "announced", "date announced: June 2025"),
    ("2025-06-06", None, "withdrawn", "date withdrawn: it was 6 June 2025, and no new one is known"),
    ("2025", "tba", "withdrawn", "date withdrawn: it was 2025, and no new one is known"),
    ("2025-06-06", "2025-07-09", "delayed", "delayed by 1 month 3 days, from 6 June 2025 to 9 July 2025"),
    ("2024-06-07", "2025-06-06", "delayed", "delayed by 11 months 30 days, from 7 June 2024 to 6 June 2025"),
    ("2025-06-06", "2025-06-05", "moved up", "moved up by 1 day, from 6 June 2025 to 5 June 2025"),
    ("2025-12-31", "2026-01-01", "delayed", "delayed by 1 day, from 31 December 2025 to 1 January 2026"),
    ("2025-06", "2025-06-06", "now known better", "date set: 6 June 2025 (until now: June 2025)"),
    ("2025-06", "2025-06-01", "now known better", "date set: 1 June 2025 (until now: June 2025)"),
    ("2025", "2025-Q2", "now known better", "date set: Q2 2025 (until now: 2025)"),
    ("2025-06-06", "2025-06", "now known less well", "now only June 2025 (it was 6 June 2025)"),
    ("2025-06-01", "2025-Q2", "now known less well", "now only Q2 2025 (it was 1 June 2025)"),
    ("2025-Q4", "2025", "now known less well", "now only 2025 (it was Q4 2025)"),
    ("2025-06", "2025-07-09", "delayed", "delayed, from June 2025 to 9 July 2025"),
    ("2025-06-06", "2025-Q3", "delayed", "delayed, from 6 June 2025 to Q3 2025"),
    ("2025-06-06", "2026", "delayed", "delayed, from 6 June 2025 to 2026"),
    ("2025-Q3", "2025-05", "moved up", "moved up, from Q3 2025 to May 2025"),
    ("2026", "2025", "moved up", "moved up, from 2026 to 2025"),
]


@cases("old, new, name, sentence", [(f"{row[0]} to {row[1]}", *row) for row in NAMES])
def test_a_change_of_date_has_a_name_and_a_sentence(old: str | None, new: str | None, name: str, sentence: str) -> None:
    was, now = (ReleaseDate.parse(text) if text else None for text in (old, new))
    assert kind_of_change(was, now) is ChangeKind(name)
    assert change_in_words(was, now) == sentence


CHANGED = [
    ("moved", (JUNE,), ("US theatrical 2025-07-09",), ["US theatrical 2025-06-06 -> 2025-07-09"]),
    ("the same", (JUNE,), (JUNE,), []),
    ("in another order", (JUNE, "DE theatrical 2025-06-05"), ("DE theatrical 2025-06-05", JUNE), []),
    ("new", (), (JUNE,), ["US theatrical None -> 2025-06-06"]),
    ("withdrawn", (JUNE,), (), ["US theatrical 2025-06-06 -> None"]),
    ("a later one of its type", (JUNE, "US theatrical 2025-07-01"), (JUNE, "US theatrical 2025-08-01"), []),
    ("an earlier one of its type", (JUNE,), (JUNE, "US theatrical 2025-06"), []),
    ("a surely earlier one", (JUNE,), (JUNE, "US theatrical 2025-05"), ["US theatrical 2025-06-06 -> 2025-05"]),
    ("another type", (JUNE,), (JUNE, "US limited 2025-05-30"), ["US limited None -> 2025-05-30"]),
    ("a festival", (), ("US premiere 2025-05-22",), []),
    ("a re-release", (JUNE,), (JUNE, "US theatrical 2025-01-01 Reissue"), []),
    (
        "two countries",
        (JUNE, "DE theatrical 2025-06-05"),
        ("US theatrical 2025-07-09", "DE theatrical 2025-07"),
        ["DE theatrical 2025-06-05 -> 2025-07", "US theatrical 2025-06-06 -> 2025-07-09"],
    ),
]


@cases("old, new, expected", CHANGED)
def test_dates_that_are_not_what_they_were_are_found(
    old: tuple[str, ...], new: tuple[str, ...], expected: list[str]
) -> None:
    found = changed_dates(film(*old).releases, film(*new).releases)
    assert [f"{country} {type_} {was} -> {now}" for country, type_, was, now in found] == expected


def test_the_first_date_of_a_type_is_the_earliest_that_is_no_re_release() -> None:
    again = "US theatrical 2025-01-01 Remastered"
    found = film("US theatrical 2025-07-01", JUNE, again, "DE theatrical 2025-06-05")
    assert first_date(found, "US", ReleaseType.THEATRICAL) == release(JUNE).date
    assert first_date(found, "US", ReleaseType.DIGITAL) is None
    assert first_date(found, "FR", ReleaseType.THEATRICAL) is None


FIRST = change("1: 2025-06-06 -> 2025-07-09", "2025-05-01 10:00")
SECOND = change("2: 2025-07-09 -> 2025-08-01", "2025-05-02 10:00")
LIMITED = change("2: none -> 2025-06-01", "2025-05-02 10:00", "US limited")
THIRD = change("3: 2025-07-09 -> 2025-08-01", "2025-05-03 10:00")
FOLDS = [
    ("one", [FIRST], ["1: 2025-06-06 -> 2025-07-09"]),
    ("two in a row", [FIRST, SECOND], ["2: 2025-06-06 -> 2025-08-01"]),
    ("in the wrong order", [SECOND, FIRST], ["2: 2025-06-06 -> 2025-08-01"]),
    ("there and back", [FIRST, change("2: 2025-07-09 -> 2025-06-06", "2025-05-02 10:00")], []),
    ("announced", [change("1: none -> 2025-06-06", "2025-05-01 10:00")], ["1: None -> 2025-06-06"]),
    ("withdrawn", [FIRST, change("2: 2025-07-09 -> none", "2025-05-02 10:00")], ["2: 2025-06-06 -> None"]),
    ("two types", [FIRST, LIMITED, THIRD], ["2: None -> 2025-06-01", "3: 2025-06-06 -> 2025-08-01"]),
]


@cases("changes, expected", FOLDS)
def test_changes_fold_into_what_came_of_them(changes: list[DateChange], expected: list[str]) -> None:
    folded = net_changes(changes)
    assert [f"{found.id}: {found.old} -> {found.new}" for found in folded] == expected
    known_at = {change.id: change.known_at for change in changes}
    assert all(found.known_at == known_at[found.id] for found in folded)
