"""Whole conversations with a Wikidata on loopback, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import Job
from bot.domain.sources import AnswerState, Month, Question
from bot.ports import FilmSource
from bot.sources.wikidata import search_words
from tests.loopback.wikidata_world import item, statement, text
from tests.sources.wikidata_house import CONTACT, House, house

BALLERINA = "Q107226137"
US, DE = "Q30", "Q183"


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as opened:
        for qid, label in {"Q233868": "Ana de Armas", "Q558906": "Len Wiseman", "Q777001": "Eve Macarro"}.items():
            opened.world.add_item(qid, label)
        opened.world.add_film(
            BALLERINA,
            "Ballerina",
            dates=[("2025-06-06", 11, US), ("2025-06-05", 11, DE)],
            imdb="tt7181546",
            tmdb="541671",
            directors=["Q558906"],
            cast=[("Q233868", "Q777001")],
        )
        yield opened


class TestFilms:
    async def test_by_its_own_id(self, home: House) -> None:
        answer = await home.ask(wikidata=BALLERINA)
        assert answer.state is AnswerState.FOUND
        assert answer.film is not None
        assert answer.film.title == "Ballerina"
        assert [(r.country, str(r.date)) for r in answer.film.releases] == [("US", "2025-06-06"), ("DE", "2025-06-05")]
        assert [(c.job, c.name, c.character) for c in answer.film.credits] == [
            (Job.DIRECTOR, "Len Wiseman", ""),
            (Job.CAST, "Ana de Armas", "Eve Macarro"),
        ]
        assert answer.film.ids == {"wikidata": BALLERINA, "imdb": "tt7181546", "tmdb": "541671"}

    async def test_says_who_asks_and_how_it_wants_its_answer(self, home: House) -> None:
        await home.ask(wikidata=BALLERINA)
        agents = [asked.headers["User-Agent"] for asked in home.wikidata.faults.asked]
        assert all(agent.startswith("Marquee/") and f"({CONTACT})" in agent for agent in agents)
        for asked in home.seen:
            assert (asked["format"], asked["formatversion"], asked["maxlag"]) == ("json", "2", "5")

    async def test_names_are_asked_for_once(self, home: House) -> None:
        await home.ask(wikidata=BALLERINA)
        await home.ask(wikidata=BALLERINA)
        whole = "wbgetentities info|labels|aliases|claims"
        assert home.questions == [whole, "wbgetentities labels", whole]
        home.time.now_at += timedelta(days=8)
        await home.ask(wikidata=BALLERINA)
        assert home.questions[3:] == [whole, "wbgetentities labels"]

    async def test_what_did_not_change_is_not_read_again(self, home: House) -> None:
        first = await home.ask(wikidata=BALLERINA)
        home.forget()
        again = await home.ask(first.validator, wikidata=BALLERINA)
        assert (again.state, again.film, again.validator) == (AnswerState.UNCHANGED, None, first.validator)
        assert home.questions == ["wbgetentities info"]

    async def test_a_moved_date_is_read(self, home: House) -> None:
        first = await home.ask(wikidata=BALLERINA)
        home.world.move(BALLERINA, [("2025-07-04", 11, US)])
        again = await home.ask(first.validator, wikidata=BALLERINA)
        assert again.state is AnswerState.FOUND
        assert again.validator not in ("", first.validator)
        assert again.film is not None
        assert [str(release.date) for release in again.film.releases] == ["2025-07-04"]

    async def test_a_placeholder_is_read_anew_until_it_is_near(self, home: House) -> None:
        home.world.add_film("Q200", "Some time", dates=[("2027-12-31", 11, US)])
        answer = await home.ask(wikidata="Q200")
        assert (answer.validator, str((await home.film("Q200")).releases[0].date)) == ("", "2027")
        home.time.now_at = datetime(2027, 8, 1, tzinfo=UTC)
        assert str((await home.film("Q200")).releases[0].date) == "2027-12-31"
        assert (await home.ask(wikidata="Q200")).validator

    async def test_a_merged_item_is_followed_to_its_new_id(self, home: House) -> None:
        home.world.add_film("Q300", "Ballerina")
        first = await home.ask(wikidata="Q300")
        home.world.merge("Q300", BALLERINA)
        answer = await home.ask(first.validator, wikidata="Q300")
        assert answer.film is not None
        assert answer.film.ids["wikidata"] == BALLERINA

    async def test_a_deleted_item_is_gone_with_and_without_a_validator(self, home: House) -> None:
        first = await home.ask(wikidata=BALLERINA)
        home.world.delete(BALLERINA)
        assert (await home.ask(first.validator, wikidata=BALLERINA)).state is AnswerState.GONE
        assert (await home.ask(wikidata=BALLERINA)).state is AnswerState.GONE

    async def test_what_is_no_film_is_unknown(self, home: House) -> None:
        home.world.add_film("Q400", "Ballerina", classes=["Q571"])
        assert (await home.ask(wikidata="Q400")).state is AnswerState.UNKNOWN

    async def test_an_item_without_a_title_has_failed(self, home: House) -> None:
        home.world.add_film("Q401", "")
        answer = await home.ask(wikidata="Q401")
        assert (answer.state, answer.reason) == (AnswerState.FAILED, "its item has no title")

    @pytest.mark.parametrize("qid", ["", "Q", "Q0", "Q12x", "P31", "L1", "Q99999999999", "q1", "Q1|Q2"])
    async def test_what_can_be_no_id_is_not_asked_for(self, home: House, qid: str) -> None:
        assert (await home.ask(wikidata=qid)).state is AnswerState.UNKNOWN
        assert home.seen == []

    async def test_places_are_looked_up_once(self, home: House) -> None:
        home.world.add_item("Q39984", "Cannes", statement("P17", item("Q142")))
        for qid in ("Q500", "Q501"):
            home.world.add_film(qid, "Shown", dates=[("2025-05-20", 11, "Q39984"), ("2025-06-06", 11, US)])
        for qid in ("Q500", "Q501"):
            film = await home.film(qid)
            assert [(r.country, r.type, r.note) for r in film.releases] == [
                ("FR", "premiere", "Cannes"),
                ("US", "theatrical", ""),
            ]
        assert home.questions.count("wbgetentities labels|claims") == 1

    async def test_a_hundred_and_twenty_films(self, home: House) -> None:
        ids = [f"Q{number}" for number in range(1000, 1120)]
        for qid in ids:
            home.world.add_film(qid, f"Film {qid}", directors=["Q558906"])
        answers = await home.source.fetch_films([Question({"wikidata": qid}) for qid in ids])
        assert [answer.film.title for answer in answers if answer.film] == [f"Film {qid}" for qid in ids]
        assert all(len(asked["ids"].split("|")) <= 50 for asked in home.seen)
        home.forget()
        home.world.touch("Q1007")
        known = [Question({"wikidata": qid}, answer.validator) for qid, answer in zip(ids, answers, strict=True)]
        states = [answer.state for answer in await home.source.fetch_films(known)]
        assert states == [AnswerState.FOUND if qid == "Q1007" else AnswerState.UNCHANGED for qid in ids]
        assert home.questions == ["wbgetentities info"] * 3 + ["wbgetentities info|labels|aliases|claims"]

    async def test_a_mixed_lot_comes_back_in_order(self, home: House) -> None:
        home.world.add_film("Q2", "Second", imdb="tt0000002")
        questions = [
            Question({"wikidata": "Q404404"}),
            Question({"imdb": "tt0000002"}),
            Question({}),
            Question({"wikidata": BALLERINA}, (await home.ask(wikidata=BALLERINA)).validator),
            Question({"wikidata": "Q2"}),
        ]
        states = [answer.state for answer in await home.source.fetch_films(questions)]
        assert states == [
            AnswerState.GONE,
            AnswerState.FOUND,
            AnswerState.UNKNOWN,
            AnswerState.UNCHANGED,
            AnswerState.FOUND,
        ]

    async def test_nothing_asked_nothing_sent(self, home: House) -> None:
        assert await home.source.fetch_films([]) == []
        assert home.seen == []

    async def test_two_who_ask_the_same_share_a_request(self, home: House) -> None:
        await asyncio.gather(*(home.ask(wikidata=BALLERINA) for _ in range(5)))
        assert len(home.seen) == 2


class TestOtherIds:
    async def test_by_imdb_or_tmdb(self, home: House) -> None:
        for ids in ({"imdb": "tt7181546"}, {"tmdb": "541671"}, {"imdb": "tt7181546", "tmdb": "541671"}):
            answer = await home.ask(**ids)
            assert answer.film is not None
            assert answer.film.ids["wikidata"] == BALLERINA

    async def test_never_by_title(self, home: House) -> None:
        assert (await home.ask(imdb="tt9999999")).state is AnswerState.UNKNOWN
        assert (await home.ask(bundled="ballerina-2025")).state is AnswerState.UNKNOWN

    async def test_one_search_for_many(self, home: House) -> None:
        for number in range(40):
            home.world.add_film(f"Q{600 + number}", f"Film {number}", imdb=f"tt{1000000 + number}")
        questions = [Question({"imdb": f"tt{1000000 + number}"}) for number in range(40)]
        answers = await home.source.fetch_films(questions)
        assert [answer.film.title for answer in answers if answer.film] == [f"Film {number}" for number in range(40)]
        searches = [asked["srsearch"] for asked in home.seen if asked["action"] == "query"]
        assert len(searches) == 3
        assert all(len(query) <= 300 for query in searches)

    async def test_an_item_that_contradicts_the_other_id_is_another_film(self, home: House) -> None:
        assert (await home.ask(imdb="tt7181546", tmdb="999")).state is AnswerState.UNKNOWN

    async def test_of_two_items_the_older_is_the_film(self, home: House) -> None:
        home.world.add_film("Q900000000", "Ballerina again", imdb="tt7181546")
        answer = await home.ask(imdb="tt7181546")
        assert answer.film is not None
        assert answer.film.ids["wikidata"] == BALLERINA

    async def test_the_book_of_the_film_is_not_the_film(self, home: House) -> None:
        home.world.add_film("Q700", "A book", classes=["Q571"], imdb="tt0000700")
        assert (await home.ask(imdb="tt0000700")).state is AnswerState.UNKNOWN

    @pytest.mark.parametrize("value", ["", "tt", "nm0000206", "tt1|P31=Q5", "tt7181546 "])
    async def test_what_can_be_no_id_is_not_searched(self, home: House, value: str) -> None:
        assert (await home.ask(imdb=value)).state is AnswerState.UNKNOWN
        assert home.seen == []


class TestSearch:
    async def test_by_title(self, home: House) -> None:
        home.world.add_film("Q19285341", "Ballerina", dates=[("2016-12-14", 11, "Q142")])
        home.world.add_film("Q888", "Ballerina", classes=["Q571"])
        found = await home.source.search("ballerina", None, "DE")
        assert [(one.ref, one.year, one.directors, one.date) for one in found] == [
            (f"wikidata:{BALLERINA}", 2025, ("Len Wiseman",), ReleaseDate.parse("2025-06-05")),
            ("wikidata:Q19285341", 2016, (), ReleaseDate.parse("2016-12-14")),
        ]

    async def test_the_year_that_was_typed_comes_first(self, home: House) -> None:
        home.world.add_film("Q19285341", "Ballerina", dates=[("2016-12-14", 11, "Q142")])
        found = await home.source.search("ballerina", 2016, "US")
        assert [one.year for one in found] == [2016, 2025]

    async def test_a_person_who_waits_is_not_sent_away_for_a_lag(self, home: House) -> None:
        await home.source.search("ballerina", None, "US")
        assert ["maxlag" in asked for asked in home.seen] == [False] * 3

    @pytest.mark.parametrize("typed", ["", "   ", "-", "\"'", "🎬", "::"])
    async def test_nothing_to_search_for(self, home: House, typed: str) -> None:
        assert list(await home.source.search(typed, None, "US")) == []
        assert home.seen == []

    async def test_a_question_is_never_too_long(self, home: House) -> None:
        await home.source.search("ballerina " * 100, None, "US")
        assert len(home.seen[0]["srsearch"]) <= 300

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("Ballerina", "Ballerina"),
            ("haswbstatement:P31=Q5", "haswbstatement P31 Q5"),
            ("insource:/x/ dune", "insource x dune"),
            ('"dune" -part', "dune part"),
            ("NOT dune OR (x AND y)", "not dune or x and y"),
            ("Ocean's Eleven", "Ocean's Eleven"),
            ("Spider-Man: No Way Home", "Spider Man No Way Home"),
            ("~dune* \\ ?", "dune"),
            ("Amélie", "Amélie"),
            ("君の名は", "君の名は"),
            ("9.5", "9.5"),
            ("one two three", "one two"),
        ],
    )
    def test_what_is_typed_is_words_and_no_orders(self, typed: str, words: str) -> None:
        assert search_words(typed, 23 if typed != "one two three" else 8) == words


class TestFranchisesAndPeople:
    async def test_a_series(self, home: House) -> None:
        home.world.add_film("Q801", "Part One", more=[statement("P179", item("Q800"))])
        home.world.add_film("Q802", "Part Two", more=[statement("P179", item("Q800"))])
        home.world.add_film("Q803", "The Game", classes=["Q7889"], more=[statement("P179", item("Q800"))])
        found = await home.source.list_of_franchise("wikidata:Q800")
        assert [one.title for one in found] == ["Part One", "Part Two"]

    async def test_people(self, home: House) -> None:
        trade = statement("P106", item("Q33999"))
        home.world.add_item("Q901", "Chris Evans", statement("P31", item("Q5")), trade, description="American actor")
        home.world.add_item("Q902", "Chris Evans", statement("P31", item("Q5")), description="footballer")
        found = await home.source.search_people("chris evans")
        assert [(one.ref, one.name, one.known_for) for one in found] == [
            ("wikidata:Q901", "Chris Evans", "American actor")
        ]

    async def test_films_that_a_person_directs_or_leads_newest_items_first(self, home: House) -> None:
        crowd = [(f"Q{number}", "") for number in range(1, 12)]
        home.world.add_film("Q950", "As an extra", cast=[*crowd, ("Q233868", "")])
        home.world.add_film("Q951", "As a lead", cast=[("Q233868", ""), *crowd])
        home.world.add_film("Q952", "Directed", directors=["Q233868"])
        home.world.add_film("Q953", "A series", classes=["Q5398426"], cast=[("Q233868", "")])
        found = await home.source.list_of_person("wikidata:Q233868")
        assert [one.title for one in found] == ["Ballerina", "Directed", "As a lead"]

    @pytest.mark.parametrize("ref", ["", "tmdb:224513", "wikidata:", "wikidata:P31", "wikidata:Q1|P31=Q5"])
    async def test_what_is_no_ref_of_its_is_not_asked_for(self, home: House, ref: str) -> None:
        assert list(await home.source.list_of_franchise(ref)) == []
        assert list(await home.source.list_of_person(ref)) == []
        assert home.seen == []

    async def test_lists_that_it_does_not_have(self, home: House) -> None:
        month = Month(datetime(2027, 1, 1, tzinfo=UTC).date(), datetime(2027, 1, 31, tzinfo=UTC).date())
        assert list(await home.source.list_coming("US", month)) == []
        assert await home.source.list_changed(home.time.now() - timedelta(hours=1), home.time.now()) is None
        assert home.seen == []


async def test_it_is_a_film_source(home: House) -> None:
    source: FilmSource = home.source
    assert (source.name, source.batch) == ("wikidata", 50)


async def test_a_names_new_id_is_the_credits_ref(home: House) -> None:
    home.world.add_item("Q61", "Len Wiseman")
    home.world.add_film("Q62", "Film", directors=["Q60"], more=[statement("P345", text("tt0000062"))])
    home.world.merged["Q60"] = "Q61"
    assert [credit.refs for credit in (await home.film("Q62")).credits] == [("wikidata:Q61",)]
