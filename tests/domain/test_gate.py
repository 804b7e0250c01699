"""Which changes of date are believed at once, which wait for a second word, and what becomes of those that wait."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import Doubt, DoubtReason, Film, Release, ReleaseType
from bot.domain.gate import NEWS, SETTLES, Judged, as_trusted, judge
from bot.domain.merge import Record, merge, remember
from bot.domain.releases import changed_dates
from tests.domain.examples import cases, day, release, utc

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NOW = utc("2027-03-01 12:00")
OLD = "2027-06-04"
US = ("US", ReleaseType.THEATRICAL)
Said = tuple[str, str]  #: a source, and its dates of US cinemas, parted by commas


class Story:
    """A film as answer follows answer, each through the gate."""

    def __init__(self, *first: Said) -> None:
        self.now = NOW - 300 * DAY
        self.records: dict[str, Record] = {}
        self.film = Film(7, "Ballerina")
        self._next_id = 1
        for each in first:
            self._note(*each)
        self.film = merge(7, tuple(self.records.values()))
        self.now = NOW

    def say(self, source: str, text: str, *, after: timedelta = timedelta()) -> Judged:
        """A source answers, some time after what was before; its doubts are stored."""
        self.now += after
        self._note(source, text)
        records = tuple(self.records.values())
        judged = judge(self.film, merge(7, records), records, self.now)
        _hold_together(self.film, merge(7, records), judged)
        ended = {*judged.passed, *judged.dropped}
        still = [doubt for doubt in self.film.doubts if doubt not in ended]
        new = [replace(doubt, id=self._next_id + at) for at, doubt in enumerate(judged.doubted)]
        self._next_id += len(new)
        self.film = replace(judged.film, doubts=(*still, *new))
        return judged

    def _note(self, source: str, text: str) -> None:
        listed = [part.strip() for part in text.split(",") if part.strip()]
        listed = [part if part[:2].isupper() else f"US theatrical {part}" for part in listed]
        facts = Film(0, "Ballerina", releases=tuple(map(release, listed)), as_of=self.now.date())
        self.records[source] = remember(self.records.get(source), facts, source, self.now)

    @property
    def in_force(self) -> str:
        return " ".join(sorted(str(r.date) for r in self.film.releases if (r.country, r.type) == US)) or "none"


def _hold_together(known: Film, merged: Film, judged: Judged) -> None:
    """What is true of every judgement."""
    moved = changed_dates(known.releases, merged.releases)
    told = {(c.country, c.type, c.old, c.new) for c in judged.changes}
    new = {(d.country, d.type, d.old, d.new) for d in judged.doubted}
    waiting = {(d.country, d.type, d.old, d.new) for d in known.doubts if d not in judged.dropped} - told
    assert set(moved) <= told | new | waiting
    assert told <= set(moved)
    assert told.isdisjoint(new)
    assert set(changed_dates(known.releases, judged.film.releases)) == told
    assert not set(judged.passed) & set(judged.dropped)
    keys = [(d.country, d.type) for d in (*judged.doubted, *known.doubts) if d not in (*judged.passed, *judged.dropped)]
    assert len(keys) == len(set(keys))
    assert all(c.known_at is not None and c.film_id == known.id for c in judged.changes)


HELD: list[tuple[object, ...]] = [
    ("180 days later", ("tmdb", OLD), ("tmdb", "2027-12-01"), None),
    ("181 days later", ("tmdb", OLD), ("tmdb", "2027-12-02"), DoubtReason.JUMP),
    ("180 days sooner", ("tmdb", "2027-12-01"), ("tmdb", OLD), None),
    ("181 days sooner", ("tmdb", "2027-12-02"), ("tmdb", OLD), DoubtReason.JUMP),
    ("the next year begins within them", ("tmdb", OLD), ("tmdb", "2027-12"), None),
    ("only its year", ("tmdb", OLD), ("tmdb", "2027"), None),
    ("a whole year later", ("tmdb", OLD), ("tmdb", "2028"), DoubtReason.JUMP),
    ("yesterday", ("tmdb", OLD), ("tmdb", "2027-02-28"), DoubtReason.PAST),
    ("today", ("tmdb", OLD), ("tmdb", "2027-03-01"), None),
    ("the past, by a slip", ("tmdb", OLD), ("tmdb", "2026-06-04"), DoubtReason.PAST),
    ("from one past day to another", ("tmdb", "2027-02-01"), ("tmdb", "2027-01-20"), None),
    ("a first date a month ago", ("tmdb", ""), ("tmdb", "2027-01-30"), DoubtReason.PAST),
    ("a first date of long ago is history", ("tmdb", ""), ("tmdb", "2027-01-29"), None),
    ("a first date to come", ("tmdb", ""), ("tmdb", "2031-06-04"), None),
    ("to be announced gets a date", ("tmdb", "tba"), ("tmdb", "2031-06-04"), None),
    ("withdrawn", ("tmdb", OLD), ("tmdb", ""), DoubtReason.WITHDRAWN),
    ("to be announced again", ("tmdb", OLD), ("tmdb", "tba"), DoubtReason.WITHDRAWN),
    ("to be announced no more", ("tmdb", "tba"), ("tmdb", ""), None),
    ("it was a re-release", ("tmdb", OLD), ("tmdb", f"{OLD} Re-release"), DoubtReason.WITHDRAWN),
    ("only a re-release", ("tmdb", ""), ("tmdb", "2027-06-04 30th Anniversary"), DoubtReason.AGAIN),
    ("only a festival", ("tmdb", ""), ("tmdb", "2027-05-20 Cannes"), DoubtReason.FESTIVAL),
    ("a re-release that was", ("tmdb", ""), ("tmdb", "2026-06-04 Re-release"), None),
    ("a premiere is no basis for a doubt", ("tmdb", ""), ("tmdb", "US premiere 2027-05-20"), None),
    ("a festival beside a release", ("tmdb", OLD), ("tmdb", f"{OLD}, 2027-05-20 Cannes"), None),
    ("what the catalogue says", ("bundled", OLD), ("bundled", "2028-06-04"), None),
    ("what the catalogue withdraws", ("bundled", OLD), ("bundled", ""), None),
    ("a re-release in the catalogue", ("bundled", ""), ("bundled", "2027-06-04 Re-release"), DoubtReason.AGAIN),
]


@cases("first, then, reason", HELD)
def test_what_is_held_and_why(first: Said, then: Said, reason: DoubtReason | None) -> None:
    story = Story(first)
    before = story.in_force
    judged = story.say(*then)
    assert [doubt.reason for doubt in judged.doubted] == ([reason] if reason else [])
    if reason in (DoubtReason.AGAIN, DoubtReason.FESTIVAL):
        assert judged.changes == ()
    elif reason is not None:
        assert story.in_force == before
        assert [(d.film_id, d.source, d.first_seen_at) for d in judged.doubted] == [(7, then[0], NOW)]


def test_the_last_day_that_is_news() -> None:
    judged = Story(("tmdb", "")).say("tmdb", str((NOW - NEWS - 2 * DAY).date()))
    assert [change.history for change in judged.changes] == [True]
    assert [c.history for c in Story(("bundled", "")).say("bundled", "2020-01-01").changes] == [False]


APART: list[tuple[object, ...]] = [
    ("30 days", "2027-07-04", None),
    ("31 days", "2027-07-05", DoubtReason.DISAGREE),
    ("its month begins within them", "2027-07", None),
    ("31 days before", "2027-05-04", DoubtReason.DISAGREE),
]


@cases("text, reason", APART)
def test_two_sources_that_disagree(text: str, reason: DoubtReason | None) -> None:
    story = Story(("tmdb", OLD), ("wikidata", OLD))
    assert [doubt.reason for doubt in story.say("tmdb", text).doubted] == ([reason] if reason else [])
    assert story.in_force == (OLD if reason else text)


def test_a_second_source_lets_it_through_at_once() -> None:
    story = Story(("tmdb", OLD), ("wikidata", OLD))
    [doubt] = story.say("tmdb", "2028-02-04").doubted
    judged = story.say("wikidata", "2028-02-04", after=MINUTE)
    assert [d.id for d in judged.passed] == [doubt.id or 1]
    assert [(str(c.old), str(c.new), c.history) for c in judged.changes] == [(OLD, "2028-02-04", False)]
    assert (story.in_force, story.film.doubts) == ("2028-02-04", ())


def test_so_does_the_catalogue() -> None:
    story = Story(("tmdb", OLD))
    story.say("tmdb", "2028-02-04")
    judged = story.say("bundled", "2028-02-04", after=DAY / 2)
    assert (len(judged.passed), story.in_force) == (1, "2028-02-04")


def test_a_second_silence_withdraws_at_once() -> None:
    story = Story(("tmdb", OLD), ("wikidata", OLD))
    assert [d.reason for d in story.say("tmdb", "").doubted] == [DoubtReason.WITHDRAWN]
    judged = story.say("wikidata", "", after=MINUTE)
    assert (len(judged.passed), [c.new for c in judged.changes], story.in_force) == (1, [None], "none")


LATER: list[tuple[object, ...]] = [
    ("a jump", OLD, "2028-06-04"),
    ("a withdrawal", OLD, ""),
    ("the past", OLD, "2027-02-01"),
]


@cases("first, then", LATER)
def test_the_same_word_a_day_later_passes(first: str, then: str) -> None:
    story = Story(("tmdb", first))
    story.say("tmdb", then)
    early = story.say("tmdb", then, after=SETTLES - MINUTE)
    assert (early.changes, early.doubted, early.passed, early.dropped, story.in_force) == ((), (), (), (), first)
    late = story.say("tmdb", then, after=MINUTE)
    assert (len(late.passed), len(late.changes), late.dropped) == (1, 1, ())
    assert (story.in_force, story.film.doubts) == (then or "none", ())
    assert story.say("tmdb", then, after=DAY).changes == ()


def test_another_sources_answer_is_no_second_word() -> None:
    story = Story(("tmdb", OLD), ("wikidata", OLD))
    story.say("tmdb", "2028-06-04")  # and then it is down
    for _ in range(3):
        judged = story.say("wikidata", OLD, after=DAY)
        assert (judged.changes, judged.passed, judged.dropped, story.in_force) == ((), (), (), OLD)
    assert len(story.say("tmdb", "2028-06-04", after=MINUTE).passed) == 1


def test_a_note_never_passes_by_itself() -> None:
    story = Story(("tmdb", ""))
    assert len(story.say("tmdb", "2027-06-04 Re-release").doubted) == 1
    for _ in range(40):
        judged = story.say("tmdb", "2027-06-04 Re-release", after=3 * DAY)
        assert (judged.changes, judged.doubted, judged.passed, judged.dropped) == ((), (), (), ())
    passed = story.say("tmdb", "2027-08-04", after=DAY)
    assert (len(passed.dropped), [str(c.new) for c in passed.changes]) == (1, ["2027-08-04"])


def test_another_doubtful_date_takes_the_place_of_the_first_and_waits_anew() -> None:
    story = Story(("tmdb", OLD))
    first = story.say("tmdb", "2028-06-04")
    second = story.say("tmdb", "2028-07-04", after=SETTLES - MINUTE)
    assert (len(first.doubted), len(second.doubted), len(second.dropped), second.passed) == (1, 1, 1, ())
    assert story.say("tmdb", "2028-07-04", after=MINUTE).passed == ()
    assert len(story.say("tmdb", "2028-07-04", after=SETTLES).passed) == 1


def test_back_before_it_passed_is_dropped_in_silence() -> None:
    story = Story(("tmdb", OLD))
    story.say("tmdb", "2028-06-04")
    judged = story.say("tmdb", OLD, after=DAY)
    assert (judged.changes, judged.doubted, len(judged.dropped)) == ((), (), 1)
    assert story.film.doubts == ()


def test_a_believable_date_after_a_doubtful_one_is_told_from_the_one_in_force() -> None:
    story = Story(("tmdb", OLD))
    story.say("tmdb", "2028-06-04")
    judged = story.say("tmdb", "2027-06-18", after=DAY)
    assert [(str(c.old), str(c.new)) for c in judged.changes] == [(OLD, "2027-06-18")]
    assert (judged.passed, len(judged.dropped)) == ((), 1)


def test_countries_and_types_are_judged_each_for_itself() -> None:
    first = "US theatrical 2027-06-04, DE theatrical 2027-06-03, US digital 2027-08-04, FR theatrical 2027-06-02"
    then = "US theatrical 2028-06-04, DE theatrical 2027-06-10, US digital 2027-08-04, IS theatrical 2027-06-09"
    story = Story(("tmdb", first))
    judged = story.say("tmdb", then)
    assert [(d.country, d.reason) for d in judged.doubted] == [
        ("FR", DoubtReason.WITHDRAWN),
        ("US", DoubtReason.JUMP),
    ]
    assert [(c.country, str(c.new)) for c in judged.changes] == [("DE", "2027-06-10"), ("IS", "2027-06-09")]
    assert sorted(f"{r.country} {r.type} {r.date}" for r in story.film.releases) == [
        "DE theatrical 2027-06-10",
        "FR theatrical 2027-06-02",
        "IS theatrical 2027-06-09",
        "US digital 2027-08-04",
        "US theatrical 2027-06-04",
    ]


def test_the_year_waits_with_its_date() -> None:
    def said(date: str, year: int) -> Record:
        film = Film(0, "Ballerina", year, releases=(release(f"US theatrical {date}"),))
        return Record("tmdb", film, NOW, NOW)

    known, moved = merge(7, [said(OLD, 2027)]), [said("2028-06-04", 2028)]
    assert judge(known, merge(7, moved), moved, NOW).film.year == 2027


NEARER: Sequence[tuple[str, str, bool]] = (
    ("the last day of the year", "2028-12-31", False),
    ("the first", "2028-01-01", False),
    ("another day", "2028-12-30", True),
    ("a month", "2028-07", True),
)


@cases("then, told", NEARER)
def test_a_placeholder_that_comes_near_is_no_news(then: str, told: bool) -> None:
    judged = Story(("tmdb", "2028")).say("tmdb", then)
    assert [change.history for change in judged.changes] == [not told]
    assert [str(release.date) for release in judged.film.releases] == [then]


def test_what_is_held_keeps_its_source_and_age() -> None:
    story = Story(("tmdb", OLD))
    before = story.film.releases
    story.say("tmdb", "2028-06-04")
    assert story.film.releases == before


class TestTrusting:
    """The film as it is for those who trust a doubt."""

    DOUBT = Doubt(3, 7, *US, ReleaseDate.of(day(OLD)), ReleaseDate.parse("2028-06-04"), "tmdb", DoubtReason.JUMP, NOW)

    def test_has_the_doubtful_date_in_force(self) -> None:
        other = release("DE theatrical 2027-06-03")
        film = Film(7, "Ballerina", releases=(release(f"US theatrical {OLD}"), other), doubts=(self.DOUBT,))
        trusting = as_trusted(film, [self.DOUBT])
        assert trusting.releases == (other, Release(*US, ReleaseDate.parse("2028-06-04"), source="tmdb", since=NOW))
        assert trusting.doubts == ()

    def test_or_none_where_it_is_withdrawn(self) -> None:
        withdrawn = replace(self.DOUBT, new=None)
        film = Film(7, "Ballerina", releases=(release(f"US theatrical {OLD}"),), doubts=(withdrawn,))
        assert as_trusted(film, [withdrawn]).releases == ()

    def test_trusting_nothing_changes_nothing(self) -> None:
        film = Film(7, "Ballerina", releases=(release(f"US theatrical {OLD}"),), doubts=(self.DOUBT,))
        assert as_trusted(film, []) is film


TEXTS = st.sampled_from(
    ["2027-06-04", "2027-06-18", "2027-12-02", "2028-06-04", "2026-06-04", "2027", "2028", "tba", "2027-05-20 Cannes",
     "2027-09-01 Re-release", "US digital 2027-08-01", "DE theatrical 2027-06-03", "DE theatrical 2029-06-03"]
)  # fmt: skip
ANSWERS = st.tuples(
    st.sampled_from(["tmdb", "tmdb", "wikidata", "bundled"]),
    st.lists(TEXTS, max_size=3, unique=True).map(", ".join),
    st.sampled_from([MINUTE, timedelta(hours=6), SETTLES - MINUTE, SETTLES, 9 * DAY]),
)


@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=2, unique=True).map(", ".join), st.lists(ANSWERS, min_size=1, max_size=8))
def test_every_difference_is_told_or_held(first: str, answers: Sequence[tuple[str, str, timedelta]]) -> None:
    story = Story(("tmdb", first))
    for source, text, after in answers:
        opened = {doubt.id: doubt.first_seen_at for doubt in story.film.doubts}
        judged = story.say(source, text, after=after)
        assert all(story.now >= opened[doubt.id] for doubt in (*judged.passed, *judged.dropped))
        for doubt in story.film.doubts:
            _is_not_in_force(story.film, doubt)


@settings(max_examples=80)
@given(st.lists(TEXTS, max_size=3, unique=True).map(", ".join), st.lists(TEXTS, max_size=3, unique=True).map(", ".join))
def test_one_source_that_stays_with_its_word_is_believed_after_a_day(first: str, then: str) -> None:
    story = Story(("tmdb", first))
    story.say("tmdb", then)
    story.say("tmdb", then, after=SETTLES)
    late: datetime = story.now
    judged = story.say("tmdb", then, after=SETTLES)
    baseless = {DoubtReason.AGAIN, DoubtReason.FESTIVAL}
    assert judged.changes == ()
    assert {doubt.reason for doubt in story.film.doubts} <= baseless
    assert all(doubt.first_seen_at <= late for doubt in story.film.doubts)


def _is_not_in_force(film: Film, doubt: Doubt) -> None:
    if doubt.reason in (DoubtReason.AGAIN, DoubtReason.FESTIVAL):
        return  # its note says so: it stands there to be seen, and counts for nobody
    first = changed_dates((), [r for r in film.releases if (r.country, r.type) == (doubt.country, doubt.type)])
    assert [new for *_, new in first] == ([doubt.old] if doubt.old else [])
