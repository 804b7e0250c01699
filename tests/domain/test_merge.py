"""What several sources say of a film becomes one film: who wins, whose word it is, and that nothing is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import Credit, Film, Job, Origin, Release, ReleaseType
from bot.domain.merge import Record, chosen, first_of, has_taken_back, merge, recall, remember, why_dated, word_at
from bot.domain.releases import may_count
from tests.domain.examples import cases, day, release, utc

US = ("US", ReleaseType.THEATRICAL)
T = [utc(f"2027-01-{number:02} 12:00") for number in range(1, 29)]
DAY = timedelta(days=1)


def said(source: str, *steps: tuple[datetime, str], **facts: object) -> Record:
    """What a source said, answer by answer: several releases of US cinemas in one answer are parted by commas."""
    record: Record | None = None
    for at, text in steps:
        dated = tuple(release(f"US theatrical {part.strip()}") for part in text.split(",") if part.strip())
        record = remember(record, Film(0, "Ballerina", releases=dated, **facts), source, at)  # type: ignore[arg-type]
    assert record is not None
    return record


def dates(film: Film) -> list[str]:
    return [str(r.date) for r in film.releases if may_count(r)]


class TestFacts:
    """Texts, lists and ids: the reviewed catalogue, then TMDB, then Wikidata."""

    RECORDS = (
        Record("wikidata", Film(0, "W", 2026, summary="w", ids={"wikidata": "Q1", "imdb": "tt3"}), T[0], T[3]),
        Record("tmdb", Film(0, "T", 2025, genres=("Action",), ids={"tmdb": "5", "imdb": "tt2"}), T[1], T[2]),
        Record("bundled", Film(0, "B", sources=("https://b",), ids={"bundled": "b", "tmdb": "4"}), T[2], T[2]),
    )

    def test_the_first_that_has_it_wins(self) -> None:
        film = merge(7, self.RECORDS)
        assert (film.id, film.title, film.year, film.summary, film.genres) == (7, "B", 2025, "w", ("Action",))
        assert film.checked_at == T[3]
        assert film.origins["title"] == Origin("bundled", "reviewed by people")
        assert film.origins["year"] == Origin("tmdb", "the first of those asked")
        assert film.origins["summary"] == Origin("wikidata", "the only one to say")
        assert "runtime_minutes" not in film.origins

    def test_a_source_knows_its_own_id_best_and_the_rest_goes_by_rank(self) -> None:
        assert merge(7, self.RECORDS).ids == {"bundled": "b", "tmdb": "5", "imdb": "tt2", "wikidata": "Q1"}

    def test_alternative_titles_and_pages_of_all_are_kept_once(self) -> None:
        one = Film(0, "T", alternative_titles=("A", "B"), sources=("https://t",))
        two = Film(0, "W", alternative_titles=("B", "C"), sources=("https://t", "https://w"))
        film = merge(7, [Record("wikidata", two, T[0], T[0]), Record("tmdb", one, T[0], T[0])])
        assert film.alternative_titles == ("A", "B", "C")
        assert film.sources == ("https://t", "https://w")

    def test_franchises_of_all_are_kept_and_the_first_name_of_one_wins(self) -> None:
        one = Film(0, "T", belongs_to={"tmdb:1": "Wick"})
        two = Film(0, "W", belongs_to={"tmdb:1": "wick", "wikidata:Q1": "John Wick"})
        film = merge(7, [Record("wikidata", two, T[0], T[0]), Record("tmdb", one, T[0], T[0])])
        assert film.belongs_to == {"tmdb:1": "Wick", "wikidata:Q1": "John Wick"}


class TestPeople:
    """Job by job, the list of the first source that has one."""

    @staticmethod
    def credit(name: str, job: Job = Job.CAST, position: int = 0, *refs: str) -> Credit:
        return Credit(0, name, job, position, "", refs)

    def test_one_name_in_one_film_is_one_person(self) -> None:
        bundled = Film(0, "B", credits=(self.credit("Ana de Armas"),))
        tmdb = Film(0, "T", credits=(self.credit("Ana De Armas", Job.CAST, 0, "tmdb:224513"),))
        wikidata = Film(0, "W", credits=(self.credit("ana de ármas", Job.PRODUCER, 0, "wikidata:Q1"),))
        film = merge(
            7, [Record(s, f, T[0], T[0]) for s, f in (("tmdb", tmdb), ("wikidata", wikidata), ("bundled", bundled))]
        )
        both = ("tmdb:224513", "wikidata:Q1")
        assert [(c.name, c.job, c.refs) for c in film.credits] == [
            ("Ana de Armas", Job.CAST, both),
            ("ana de ármas", Job.PRODUCER, both),
        ]
        assert (film.origins["cast"].source, film.origins["producer"].source) == ("bundled", "wikidata")

    def test_two_of_one_name_whom_a_source_tells_apart_stay_two(self) -> None:
        tmdb = Film(
            0,
            "T",
            credits=(self.credit("Wu Jing", Job.CAST, 0, "tmdb:1"), self.credit("Wu Jing", Job.CAST, 1, "tmdb:2")),
        )
        wikidata = Film(0, "W", credits=(self.credit("Wu Jing", Job.DIRECTOR, 0, "wikidata:Q1"),))
        film = merge(7, [Record("tmdb", tmdb, T[0], T[0]), Record("wikidata", wikidata, T[0], T[0])])
        assert [c.refs for c in film.people(Job.CAST)] == [("tmdb:1",), ("tmdb:2",)]
        assert [c.refs for c in film.people(Job.DIRECTOR)] == [("wikidata:Q1",)]

    def test_a_list_is_not_mixed_from_two(self) -> None:
        one = Film(0, "B", credits=(self.credit("A"),))
        two = Film(0, "T", credits=(self.credit("B"), self.credit("A", Job.CAST, 1), self.credit("C", Job.WRITER)))
        film = merge(7, [Record("bundled", one, T[0], T[0]), Record("tmdb", two, T[0], T[0])])
        assert [(c.name, c.job) for c in film.credits] == [("C", Job.WRITER), ("A", Job.CAST)]


BUNDLED = said("bundled", (T[20], "2027-06-04"), as_of=day("2027-01-10"))

DATES: list[tuple[object, ...]] = [
    ("nothing else", [said("tmdb", (T[1], "2027-06-04"))], ["2027-06-04"], "the only source to name one"),
    (
        "all agree",
        [said("tmdb", (T[1], "2027-06-04")), said("wikidata", (T[2], "2027-06-04"))],
        ["2027-06-04"],
        "all sources agree",
    ),
    (
        "the newest word wins",
        [said("tmdb", (T[1], "2027-06-04"), (T[5], "2027-06-11")), said("wikidata", (T[2], ""), (T[4], "2027-06-18"))],
        ["2027-06-11"],
        "the newest word",
    ),
    (
        "wikidata's first word is the oldest",
        [said("tmdb", (T[1], "2027-06-04")), said("wikidata", (T[9], "2027-06-18"))],
        ["2027-06-04"],
        "the newest word",
    ),
    (
        "wikidata's second word is as young as it is",
        [said("tmdb", (T[1], "2027-06-04")), said("wikidata", (T[2], "2027-06-18"), (T[3], "2027-06-25"))],
        ["2027-06-25"],
        "the newest word",
    ),
    (
        "the catalogue's word is as old as its review",
        [BUNDLED, said("tmdb", (T[1], "2027-06-04"), (T[12], "2027-06-11"))],
        ["2027-06-11"],
        "the newest word",
    ),
    (
        "and younger than what was said before it",
        [BUNDLED, said("tmdb", (T[1], "2027-06-18"))],
        ["2027-06-04"],
        "the newest word",
    ),
    (
        "a vaguer word does not displace a precise one",
        [said("tmdb", (T[1], "2027-06-04")), said("wikidata", (T[2], ""), (T[5], "2027"))],
        ["2027-06-04"],
        "the most precise word that the others do not contradict",
    ),
    (
        "the most precise of three",
        [BUNDLED, said("tmdb", (T[14], "2027")), said("wikidata", (T[2], ""), (T[13], "2027-Q2"))],
        ["2027-06-04"],
        "the most precise word that the others do not contradict",
    ),
    (
        "unless its source took the rest back",
        [said("tmdb", (T[1], "2027-06-04"), (T[5], "2027")), said("wikidata", (T[2], "2027-06-04"))],
        ["2027"],
        "the newest word",
    ),
    (
        "and it stays taken back",
        [
            said("tmdb", (T[1], "2027-06-04"), (T[5], "2027"), (T[6], "2027"), (T[7], "2027-Q2")),
            said("wikidata", (T[2], "2027-06-04")),
        ],
        ["2027-Q2"],
        "the newest word",
    ),
    (
        "until it names a day",
        [
            said("tmdb", (T[1], "2027-06-04"), (T[5], "2027"), (T[6], "2027-06-11"), (T[7], "2028")),
            said("wikidata", (T[2], "2028-06-04")),
        ],
        ["2028-06-04"],
        "the most precise word that the others do not contradict",
    ),
    (
        "a year that does not hold the day contradicts it",
        [said("tmdb", (T[1], "2027-06-04")), said("wikidata", (T[2], ""), (T[5], "2028"))],
        ["2028"],
        "the newest word",
    ),
    (
        "to be announced says no more than silence",
        [said("bundled", (T[20], "tba"), as_of=day("2027-01-20")), said("tmdb", (T[1], "2027-06-04"))],
        ["2027-06-04"],
        "the most precise word that the others do not contradict",
    ),
    (
        "unless it had named a day",
        [
            said("bundled", (T[2], "2027-06-04"), (T[20], "tba"), as_of=day("2027-01-20")),
            said("tmdb", (T[1], "2027-06-04")),
        ],
        ["tba"],
        "the newest word",
    ),
    (
        "falling silent is a word",
        [said("tmdb", (T[1], "2027-06-04"), (T[5], "")), said("wikidata", (T[2], "2027-06-04"))],
        [],
        "the newest word",
    ),
    (
        "an older silence is not the newest",
        [said("tmdb", (T[1], "2027-06-04"), (T[5], "")), said("wikidata", (T[2], ""), (T[6], "2027-06-11"))],
        ["2027-06-11"],
        "the only source to name one",
    ),
    (
        "a note is no new word",
        [
            said("tmdb", (T[1], "2027-06-04"), (T[9], "2027-06-04 IMAX")),
            said("wikidata", (T[2], ""), (T[5], "2027-06-11")),
        ],
        ["2027-06-11"],
        "the newest word",
    ),
    (
        "a date that is only a re-release by now was taken back",
        [said("tmdb", (T[1], "2027-06-04"), (T[5], "2027-06-04 Re-release"))],
        [],
        "the only source to name one",
    ),
    ("nobody says anything", [said("tmdb", (T[1], ""))], [], "nobody names a date"),
]


@cases("records, in_force, why", DATES)
def test_the_date_in_force(records: Sequence[Record], in_force: list[str], why: str) -> None:
    for order in (records, records[::-1]):
        film = merge(7, order)
        assert dates(film) == in_force
        assert why_dated(order, US) == why
        winner = chosen(order, US)
        assert {r.source for r in film.releases if may_count(r)} <= {winner.source if winner else ""}


def test_re_releases_and_festivals_of_all_sources_stay_visible() -> None:
    one = said("tmdb", (T[1], "2027-06-04, 2027-05-20 Cannes, 2030-06-04 Re-release"))
    two = said("wikidata", (T[1], "2027-06-11, 2027-05-20 Festival de Cannes, 2027-03-01 SXSW"))
    film = merge(7, [two, one])
    assert sorted((str(r.date), r.source) for r in film.releases) == [
        ("2027-03-01", "wikidata"),
        ("2027-05-20", "tmdb"),
        ("2027-06-04", "tmdb"),
        ("2030-06-04", "tmdb"),
    ]


def test_all_languages_of_the_source_that_is_believed() -> None:
    german, french = replace(release("CH theatrical 2027-06-03"), language="de"), release("CH theatrical 2027-06-09")
    record = remember(None, Film(0, "T", releases=(german, replace(french, language="fr"))), "tmdb", T[0])
    other = remember(None, Film(0, "W", releases=(release("CH theatrical 2027-06-03"),)), "wikidata", T[0])
    assert [(r.language, str(r.date)) for r in merge(7, [other, record]).releases] == [
        ("de", "2027-06-03"),
        ("fr", "2027-06-09"),
    ]


class TestRemember:
    """A new answer in the place of the one before."""

    def test_an_unchanged_word_keeps_its_age(self) -> None:
        record = said("tmdb", (T[0], "2027-06-04"), (T[3], "2027-06-04"), (T[5], "2027-06-04 IMAX"))
        assert [r.since for r in record.film.releases] == [T[0]]
        assert (record.first_at, record.checked_at) == (T[0], T[5])

    def test_a_moved_date_is_a_new_word(self) -> None:
        assert [r.since for r in said("tmdb", (T[0], "2027-06-04"), (T[3], "2027-06-11")).film.releases] == [T[3]]

    def test_silence_is_as_old_as_its_beginning(self) -> None:
        record = said("tmdb", (T[0], "2027-06-04"), (T[3], ""), (T[5], ""))
        [mark] = record.film.releases
        assert (has_taken_back(mark), mark.since) == (True, T[3])

    def test_and_ends_when_the_date_is_back(self) -> None:
        record = said("tmdb", (T[0], "2027-06-04"), (T[3], ""), (T[5], "2027-06-04"))
        assert [(str(r.date), r.since) for r in record.film.releases] == [("2027-06-04", T[5])]

    def test_a_festival_that_goes_leaves_no_mark(self) -> None:
        assert said("tmdb", (T[0], "2027-05-20 Cannes"), (T[3], "")).film.releases == ()

    def test_a_catalogue_without_a_new_review_is_no_newer(self) -> None:
        assert word_at(BUNDLED, BUNDLED.film.releases[0]) == utc("2027-01-10 00:00")


def test_what_is_left_of_a_word_that_cannot_be_read() -> None:
    tmdb = said("tmdb", (T[1], "2027-06-04"), ids={"tmdb": "1"}, summary="s", genres=("Action",))
    tmdb = replace(tmdb, film=replace(tmdb.film, credits=(Credit(0, "A", Job.CAST, 0, "x", ("tmdb:1",)),)))
    wikidata = said("wikidata", (T[2], "2027-06-18"), ids={"wikidata": "Q1"}, runtime_minutes=90)
    film = merge(7, [tmdb, wikidata])
    again = recall(film, "tmdb", T[1], T[4])
    assert merge(7, [again, wikidata]) == replace(film, checked_at=T[4])
    assert again.film.runtime_minutes is None
    assert recall(film, "wikidata", T[2], T[4]).film.releases == ()


SOURCES = ("bundled", "tmdb", "wikidata")
WHEN = st.sampled_from(["2027-06-04", "2027-06-11", "2027-06", "2027-Q2", "2027", "2028", "2028-01-14", "tba"])
NOTES = st.sampled_from(["", "", "", "IMAX", "Re-release", "Cannes"])
PAIRS = st.sampled_from(["US theatrical", "US limited", "CH theatrical", "US digital", "FR premiere"])


@st.composite
def releases_of(draw: st.DrawFn) -> Release:
    language = draw(st.sampled_from(["", "", "de", "fr"]))
    return replace(release(f"{draw(PAIRS)} {draw(WHEN)} {draw(NOTES)}".strip()), language=language)


@st.composite
def films_of(draw: st.DrawFn) -> Film:
    names = draw(st.lists(st.sampled_from(["Ann", "Bob", "ánn"]), max_size=3))
    jobs = st.sampled_from([Job.CAST, Job.DIRECTOR])
    return Film(
        0,
        draw(st.sampled_from(["Ballerina", "From the World of John Wick"])),
        draw(st.sampled_from([None, 2025, 2027])),
        summary=draw(st.sampled_from(["", "A film."])),
        genres=draw(st.sampled_from([(), ("Action",)])),
        alternative_titles=tuple(draw(st.lists(st.sampled_from("AB"), max_size=2, unique=True))),
        releases=tuple(draw(st.lists(releases_of(), max_size=4))),
        credits=tuple(
            Credit(0, name, draw(jobs), at, "", draw(st.sampled_from([(), (f"tmdb:{at}",)])))
            for at, name in enumerate(names)
        ),
        ids=draw(st.dictionaries(st.sampled_from(SOURCES), st.sampled_from(["1", "2"]))),
        as_of=draw(st.sampled_from([None, day("2027-01-05")])),
    )


@st.composite
def records_of(draw: st.DrawFn, source: str | None = None) -> Record:
    source = source or draw(st.sampled_from(SOURCES))
    record: Record | None = None
    for at in draw(st.lists(st.sampled_from(T), min_size=1, max_size=4, unique=True).map(sorted)):
        record = remember(record, draw(films_of()), source, at)
    assert record is not None
    return record


ALL = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*(records_of(name) for name in names))
)


@settings(max_examples=60)
@given(ALL.flatmap(lambda records: st.tuples(st.just(records), st.permutations(records))))
def test_the_order_of_records_never_matters(pair: tuple[Sequence[Record], Sequence[Record]]) -> None:
    assert merge(7, pair[0]) == merge(7, pair[1])


@settings(max_examples=60)
@given(ALL)
def test_merging_twice_is_merging_once(records: Sequence[Record]) -> None:
    once = merge(7, records)
    twice = merge(7, [recall(once, source, T[0], T[0]) for source in SOURCES])
    assert set(map(str, twice.releases)) == set(map(str, once.releases))
    assert (twice.title, twice.year, twice.summary, twice.genres) == (
        once.title, once.year, once.summary, once.genres,
    )  # fmt: skip
    assert [(c.name, c.job) for c in twice.credits] == [(c.name, c.job) for c in once.credits]


@settings(max_examples=60)
@given(records_of())
def test_a_source_that_repeats_itself_changes_nothing(record: Record) -> None:
    said_again = replace(record.film, releases=tuple(r for r in record.film.releases if not has_taken_back(r)))
    again = remember(record, said_again, record.source, T[-1] + DAY)
    assert again.film == record.film
    assert again.first_at == record.first_at
    assert merge(7, [again]) == replace(merge(7, [record]), checked_at=T[-1] + DAY)


@settings(max_examples=60)
@given(ALL)
def test_what_somebody_states_and_nobody_contradicts_is_there(records: Sequence[Record]) -> None:
    film = merge(7, records)
    for record in records:
        for name in ("title", "year", "summary", "genres"):
            assert bool(getattr(film, name)) >= bool(getattr(record.film, name))
        assert set(record.film.alternative_titles) <= set(film.alternative_titles)
        assert record.film.ids.keys() <= film.ids.keys()
        assert {c.job for c in record.film.credits} <= {c.job for c in film.credits}
        for each in record.film.releases:
            key = (each.country, each.type)
            if not may_count(each):
                alike = [r.date for r in film.releases if (r.country, r.type) == key]
                assert any(date == each.date or _holds(each.date, date) for date in alike)
                continue
            words = [first for r in records if (first := first_of(r, key))]
            if {word.date for word in words} == {each.date} and not any(map(has_taken_back, (each, *words))):
                assert any((r.country, r.type, r.date) == (*key, each.date) for r in film.releases)


@settings(max_examples=60)
@given(ALL)
def test_a_day_is_displaced_by_another_word_never_by_less_of_the_same(records: Sequence[Record]) -> None:
    for key in {(r.country, r.type) for record in records for r in record.film.releases}:
        winner = chosen(records, key)
        if winner is None or (first := first_of(winner, key)) is None or any(map(has_taken_back, winner.film.releases)):
            continue
        finer = [
            word
            for record in records
            if (word := first_of(record, key)) and word.date.day and word.date != first.date
            if _holds(first.date, word.date)
        ]
        assert finer == []


def _holds(outer: ReleaseDate, inner: ReleaseDate) -> bool:
    if outer.first is None or outer.last is None:
        return True
    return bool(inner.first and inner.last and outer.first <= inner.first and inner.last <= outer.last)


@settings(max_examples=60)
@given(records_of(), films_of())
def test_remember_loses_no_date_silently_and_keeps_the_age_of_what_stays(old: Record, film: Film) -> None:
    now = T[-1] + DAY
    new = remember(old, film, old.source, now)
    named = {(r.country, r.type) for r in new.film.releases if may_count(r)}
    assert {(r.country, r.type) for r in old.film.releases if may_count(r)} <= named
    before = {(r.country, r.type, r.date): r.since for r in old.film.releases if may_count(r) and not has_taken_back(r)}
    for each in new.film.releases:
        since = before.get((each.country, each.type, each.date))
        if may_count(each) and not has_taken_back(each):
            assert each.since == since if since else each.since == now
        assert each.since is not None
        assert each.since <= now
        assert each.source == old.source


@pytest.mark.parametrize("source", SOURCES)
def test_marks_are_never_in_force(source: str) -> None:
    record = said(source, (T[0], "2027-06-04"), (T[3], "2027"), (T[5], ""))
    assert merge(7, [record]).releases == ()
