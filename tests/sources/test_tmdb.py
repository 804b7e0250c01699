"""What TMDB says of a film, in our words; and which questions it is asked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.dates import FIRST_YEAR, LAST_YEAR, ReleaseDate
from bot.domain.errors import SourceUnavailable
from bot.domain.films import Job, Offer, OfferKind, Release, ReleaseType
from bot.domain.sources import AnswerState, FoundPerson, Month, Question
from bot.sources import tmdb_shapes
from bot.sources.tmdb import read_answer
from bot.sources.tmdb_film import NotWholeError, read_film
from tests.loopback.tmdb import LoopbackTmdb
from tests.loopback.tmdb_world import Credited, Dated, Json
from tests.sources.asking import NOW, Asking

TODAY = NOW.date()
PARTS = "release_dates,credits,external_ids,watch/providers,alternative_titles"


@pytest.fixture
def lantern(tmdb: LoopbackTmdb) -> dict[str, Any]:
    """The whole answer about film 1."""
    film = tmdb.world.films[1]
    return film.details() | {name: film.part(name) for name in PARTS.split(",")}


def release(
    country: str, type: ReleaseType, day: str, note: str = "", language: str = "", certification: str = ""
) -> Release:
    return Release(country, type, ReleaseDate.parse(day), note, "tmdb", language, certification)


class TestFilm:
    async def test_in_one_call_with_all_that_is_asked_for(self, ask: Asking) -> None:
        answer = await ask.one(tmdb="1")
        assert [(a.path, a.query) for a in ask.tmdb.faults.asked] == [("/3/movie/1", {"append_to_response": PARTS})]
        assert answer.state is AnswerState.FOUND
        film = answer.film
        assert film is not None
        assert (film.id, film.title, film.original_title, film.original_language) == (
            0, "The Lantern", "La Lanterne", "fr",
        )  # fmt: skip
        assert (film.year, film.runtime_minutes) == (2026, 118)
        assert film.summary == "A keeper of a lighthouse follows a light inland."
        assert (film.genres, film.companies, film.countries) == (("Drama", "Mystery"), ("Phare Films",), ("FR", "BE"))
        assert film.alternative_titles == ("Die Laterne",)
        assert film.ids == {"tmdb": "1", "imdb": "tt9000001", "wikidata": "Q900001"}
        assert film.belongs_to == {"tmdb:70": "The Lantern Collection"}
        assert film.sources == ("https://www.themoviedb.org/movie/1",)
        assert film.releases == (
            release("CH", ReleaseType.THEATRICAL, "2027-02-03", language="fr"),
            release("CH", ReleaseType.THEATRICAL, "2027-02-11", language="de"),
            release("FR", ReleaseType.PREMIERE, "2026-09-05", note="Deauville"),
            release("FR", ReleaseType.THEATRICAL, "2027-02-03", certification="U"),
            release("JP", ReleaseType.THEATRICAL, "2028"),
            release("US", ReleaseType.LIMITED, "2027-03-05"),
            release("US", ReleaseType.THEATRICAL, "2027-03-19", certification="PG-13"),
        )
        assert film.offers == (
            Offer("US", OfferKind.STREAM, "Streamly"),
            Offer("US", OfferKind.FREE, "Free Reel"),
            Offer("US", OfferKind.BUY, "Kiosk"),
        )

    async def test_people_once_a_job_in_their_order(self, ask: Asking) -> None:
        film = (await ask.one(tmdb="1")).film
        assert film is not None
        named = {job: [(c.name, c.character, c.refs) for c in film.people(job)] for job in Job}
        assert named == {
            Job.DIRECTOR: [("Ada Brun", "", ("tmdb:11",))],
            Job.WRITER: [("Ada Brun", "", ("tmdb:11",)), ("Jo Vance", "", ("tmdb:12",))],
            Job.CAST: [("Max Rye", "The Keeper", ("tmdb:15",)), ("Nia Sol", "Odile", ("tmdb:16",))],
            Job.PRODUCER: [("Kim Oller", "", ("tmdb:13",))],
            Job.COMPOSER: [("Lee Park", "", ("tmdb:14",))],
        }
        assert [credit.position for credit in film.people(Job.WRITER)] == [0, 1]

    async def test_the_first_twenty_of_a_long_cast(self, ask: Asking) -> None:
        cast = tuple(Credited(1000 - order, f"Actor {order}", order=order) for order in range(60))
        ask.tmdb.world.add_film(20, "The Crowd", credits=tuple(reversed(cast)))
        film = (await ask.one(tmdb="20")).film
        assert film is not None
        assert [credit.name for credit in film.people(Job.CAST)] == [f"Actor {order}" for order in range(20)]

    async def test_unchanged_since_the_last_answer(self, ask: Asking) -> None:
        first = await ask.one(tmdb="4")
        again = await ask.one(first.validator, tmdb="4")
        assert first.validator
        assert (again.state, again.film, again.validator) == (AnswerState.UNCHANGED, None, first.validator)
        ask.tmdb.world.move(4, "US", "theatrical", "2027-04-02")
        moved = await ask.one(first.validator, tmdb="4")
        assert moved.state is AnswerState.FOUND
        assert moved.validator != first.validator

    @pytest.mark.parametrize("validator", ['0:"old"', '"bare"', "1:not an etag", '1:"a"\r\nX-Evil: 1', "\0", "1:"])
    async def test_a_validator_of_another_reader_or_of_no_sense_is_not_sent(self, validator: str, ask: Asking) -> None:
        assert (await ask.one(validator, tmdb="4")).state is AnswerState.FOUND
        assert "If-None-Match" not in ask.tmdb.faults.asked[0].headers

    async def test_a_year_that_stands_for_a_placeholder_is_read_afresh(self, ask: Asking) -> None:
        assert (await ask.one(tmdb="2")).validator == ""

    async def test_retitled_moved_and_withdrawn(self, ask: Asking) -> None:
        ask.tmdb.world.retitle(4, "An Orchard")
        ask.tmdb.world.move(4, "US", "theatrical", None)
        film = (await ask.one(tmdb="4")).film
        assert film is not None
        assert (film.title, film.releases) == ("An Orchard", ())


class TestWhichFilm:
    async def test_by_its_imdb_id(self, ask: Asking) -> None:
        answer = await ask.one(imdb="tt9000001")
        assert answer.film is not None
        assert answer.film.ids["tmdb"] == "1"
        assert [asked.path for asked in ask.tmdb.faults.asked] == ["/3/find/tt9000001", "/3/movie/1"]

    async def test_gone(self, ask: Asking) -> None:
        ask.tmdb.world.delete(4)
        assert (await ask.one(tmdb="4")).state is AnswerState.GONE

    async def test_gone_under_every_id(self, ask: Asking) -> None:
        ask.tmdb.world.delete(1)
        assert (await ask.one(tmdb="1", imdb="tt9000001")).state is AnswerState.GONE

    async def test_merged_with_another_it_is_found_there(self, ask: Asking) -> None:
        ask.tmdb.world.merge(1, into=6)
        answer = await ask.one(tmdb="1", imdb="tt9000001")
        assert answer.film is not None
        assert answer.film.ids == {"tmdb": "6", "imdb": "tt9000001"}

    @pytest.mark.parametrize(
        "ids",
        [{}, {"wikidata": "Q1"}, {"imdb": "tt1234567"}, {"imdb": "nm0000001"}, {"tmdb": "../person/1"}, {"tmdb": "0"}],
    )
    async def test_unknown(self, ids: dict[str, str], ask: Asking) -> None:
        assert (await ask.one(**ids)).state is AnswerState.UNKNOWN

    async def test_an_imdb_id_that_leads_to_another_film_is_not_followed(self, ask: Asking) -> None:
        ask.tmdb.says["/3/find/tt9000009"] = {"movie_results": [ask.tmdb.world.films[1].brief()]}
        answer = await ask.one(imdb="tt9000009")
        assert answer.state is AnswerState.FAILED
        assert "another film" in answer.reason

    async def test_answers_stand_in_the_questions_order(self, ask: Asking) -> None:
        questions = [Question({"tmdb": "4"}), Question({}), Question({"imdb": "tt9000001"}), Question({"tmdb": "99"})]
        states = [answer.state for answer in await ask.source.fetch_films(questions)]
        assert states == [AnswerState.FOUND, AnswerState.UNKNOWN, AnswerState.FOUND, AnswerState.GONE]
        assert await ask.source.fetch_films([]) == []


class TestDates:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            ("2027-06-04T00:00:00.000Z", "2027-06-04"),
            ("2027-06-04", "2027-06-04"),
            ("2027-06-04 09:30:00 UTC", "2027-06-04"),
            ("2027-06-04T23:59:59.999Z", "2027-06-04"),
            ("2028-02-29", "2028-02-29"),
            ("2026-12-31", "2026-12-31"),  # near: somebody means it
            ("2027-01-01", "2027-01-01"),
            ("2027-12-31", "2027"),  # far: it stands for the year
            ("2028-01-01", "2028"),
            ("1999-12-31", "1999-12-31"),  # past: it was a day
        ],
    )
    def test_a_day_without_a_zone(self, said: str, meant: str, lantern: dict[str, Any]) -> None:
        lantern["release_dates"] = {"results": [{"iso_3166_1": "US", "release_dates": [Dated("x").to_json()]}]}
        lantern["release_dates"]["results"][0]["release_dates"][0]["release_date"] = said
        assert [str(r.date) for r in read_film(lantern, "1", TODAY).releases] == [meant]

    @pytest.mark.parametrize(
        "wrong",
        [
            "2025-13-45", "2027-02-29", "0001-01-01T00:00:00.000Z", "9999-12-31T00:00:00.000Z", "TBA", "2027",
            "2027-06-04x", "٢٠٢٧-٠٦-٠٤", None, 20270604, True, ["2027-06-04"], {"date": "2027-06-04"},
            f"{FIRST_YEAR - 1}-06-04", f"{LAST_YEAR + 1}-06-04",
        ],
    )  # fmt: skip
    def test_one_wrong_date_is_left_out_and_the_film_is_not(self, wrong: object, lantern: dict[str, Any]) -> None:
        countries = lantern["release_dates"]["results"]
        countries[1]["release_dates"][0]["release_date"] = wrong
        lantern["release_date"] = wrong
        film = read_film(lantern, "1", TODAY)
        assert len(film.releases) == 6
        assert film.year == 2026

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [("type", 9), ("type", 0), ("iso_3166_1", "XX"), ("iso_3166_1", "us"), ("iso_3166_1", "")],
    )
    def test_what_we_have_no_word_for_is_left_out(self, field: str, wrong: object, lantern: dict[str, Any]) -> None:
        country = lantern["release_dates"]["results"][0]
        target = country if field in country else country["release_dates"][0]
        target[field] = wrong
        assert len(read_film(lantern, "1", TODAY).releases) in (5, 6)

    def test_an_empty_date_is_not_known_and_no_nonsense(self, lantern: dict[str, Any]) -> None:
        unknown = Dated("").to_json() | {"release_date": ""}
        lantern["release_dates"] = {"results": [{"iso_3166_1": "US", "release_dates": [unknown]}]}
        assert read_film(lantern, "1", TODAY).releases == ()

    def test_a_note_of_a_wrong_type_costs_no_date(self, lantern: dict[str, Any]) -> None:
        for country in lantern["release_dates"]["results"]:
            for item in country["release_dates"]:
                item |= {"note": None, "certification": 7, "iso_639_1": []}
        assert len(read_film(lantern, "1", TODAY).releases) == 7

    def test_more_nonsense_than_dates_is_no_answer(self, lantern: dict[str, Any]) -> None:
        for country in lantern["release_dates"]["results"]:
            for item in country["release_dates"][:1]:
                item["release_date"] = "soon"
        with pytest.raises(NotWholeError, match="most of its dates"):
            read_film(lantern, "1", TODAY)


class TestWhole:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            pytest.param({"id": 2}, "another film", id="another id"),
            pytest.param({"id": "1"}, "another film", id="an id in quotes"),
            pytest.param({"id": True}, "another film", id="an id that is true"),
            pytest.param({"title": None}, "no title", id="no title"),
            pytest.param({"title": " \u202e\n"}, "no title", id="a title of nothing"),
            pytest.param({"title": ["The Lantern"]}, "no title", id="a title in a list"),
            pytest.param({"release_dates": None}, "no release_dates", id="no dates"),
            pytest.param({"release_dates": {"results": {}}}, "no release_dates", id="dates in a table"),
            pytest.param({"credits": {"cast": []}}, "no credits", id="no crew"),
            pytest.param({"credits": {"success": False}}, "no credits", id="a part that failed"),
            pytest.param({"external_ids": []}, "no external_ids", id="ids in a list"),
            pytest.param({"watch/providers": {"results": []}}, "no watch/providers", id="offers in a list"),
            pytest.param({"alternative_titles": {}}, "no alternative_titles", id="no other titles"),
            pytest.param({"credits": {"cast": [1, 2, {}], "crew": []}}, "most of its cast", id="a cast of nonsense"),
            pytest.param({"release_dates": {"results": [1]}}, "most of its dates", id="a country of nonsense"),
        ],
    )
    def test_what_is_not_whole_says_nothing(self, change: Json, says: str, lantern: dict[str, Any]) -> None:
        answer = read_answer(lantern | change, "1", TODAY, '"etag"')
        assert (answer.state, answer.film, answer.validator) == (AnswerState.FAILED, None, "")
        assert says in answer.reason

    @pytest.mark.parametrize(
        ("field", "wrong", "name", "left"),
        [
            ("runtime", 0, "runtime_minutes", None),
            ("runtime", -90, "runtime_minutes", None),
            ("runtime", 10**30, "runtime_minutes", None),
            ("runtime", True, "runtime_minutes", None),
            ("runtime", "118", "runtime_minutes", None),
            ("original_language", "french", "original_language", ""),
            ("original_language", "xx", "original_language", ""),
            ("original_language", "cn", "original_language", "zh"),
            ("overview", None, "summary", ""),
            ("overview", {"text": "x"}, "summary", ""),
            ("genres", [{"name": "Drama"}, {"name": 7}, None, {}], "genres", ("Drama",)),
            ("genres", "Drama", "genres", ()),
            ("origin_country", ["FR", "XX", 5], "countries", ("FR",)),
            ("origin_country", None, "countries", ("FR", "BE")),
            ("belongs_to_collection", {"id": -1, "name": "x"}, "belongs_to", {}),
            ("belongs_to_collection", {"id": 70, "name": "\0"}, "belongs_to", {}),
            ("belongs_to_collection", [], "belongs_to", {}),
            ("original_title", "La\0 Lan\u202eterne\r\n", "original_title", "La Lanterne"),
        ],
    )
    def test_one_wrong_field_is_left_out(
        self, field: str, wrong: object, name: str, left: object, lantern: dict[str, Any]
    ) -> None:
        assert getattr(read_film(lantern | {field: wrong}, "1", TODAY), name) == left

    def test_ids_that_are_none_are_left_out(self, lantern: dict[str, Any]) -> None:
        lantern |= {"external_ids": {"imdb_id": "9000001", "wikidata_id": "P31"}, "imdb_id": ""}
        assert read_film(lantern, "1", TODAY).ids == {"tmdb": "1"}

    def test_a_title_without_end_has_one(self, lantern: dict[str, Any]) -> None:
        film = read_film(lantern | {"title": "x" * 10_000, "overview": "y" * 10_000}, "1", TODAY)
        assert (len(film.title), len(film.summary)) == (tmdb_shapes.MAX_TITLE, tmdb_shapes.MAX_TEXT)


class TestLists:
    async def test_search(self, ask: Asking) -> None:
        found = await ask.source.search("lantern", None, "US")
        assert [(film.ref, film.title, film.year) for film in found] == [
            ("tmdb:1", "The Lantern", 2027),
            ("tmdb:2", "The Lantern 2", 2029),
        ]
        assert (found[0].original_title, found[0].popularity) == ("La Lanterne", 9.5)
        assert found[0].date == ReleaseDate.parse("2027-03-05")
        assert found[1].date == ReleaseDate.parse("2029")
        assert await ask.source.search("lantern", 2029, "") == [found[1]]
        assert await ask.source.search("no such film", None, "") == []

    async def test_what_is_typed_without_end_is_cut(self, ask: Asking) -> None:
        assert await ask.source.search("a&b=c#\n\0" * 10_000, None, "US") == []
        assert len(ask.tmdb.faults.asked[0].query["query"]) == 250

    async def test_a_franchise_in_order_of_release(self, ask: Asking) -> None:
        assert [film.ref for film in await ask.source.list_of_franchise("tmdb:70")] == ["tmdb:1", "tmdb:2"]

    async def test_a_franchise_as_its_documentation_has_it(self, ask: Asking) -> None:
        # The page says `name`, the API says `title`: https://github.com/lorenzopant/tmdb/issues/119
        part: Json = {"id": 2, "name": "The Lantern 2", "original_name": "La Lanterne 2", "release_date": ""}
        ask.tmdb.says["/3/collection/70"] = {"id": 70, "parts": [part]}
        (film,) = await ask.source.list_of_franchise("tmdb:70")
        assert (film.title, film.original_title, film.year) == ("The Lantern 2", "La Lanterne 2", None)

    @pytest.mark.parametrize("ref", ["tmdb:71", "wikidata:Q1", "tmdb:", "tmdb:7/../8", "70"])
    async def test_a_franchise_or_person_that_it_has_not(self, ref: str, ask: Asking) -> None:
        assert await ask.source.list_of_franchise(ref) == []
        assert await ask.source.list_of_person(ref) == []

    async def test_people(self, ask: Asking) -> None:
        assert await ask.source.search_people("max") == [FoundPerson("tmdb:15", "Max Rye", "The Lantern")]

    async def test_a_persons_films_are_those_directed_and_led(self, ask: Asking) -> None:
        films = await ask.source.list_of_person("tmdb:15")
        assert [film.title for film in films] == ["The Lantern", "A Quiet Orchard", "Harbour"]

    async def test_what_comes_to_a_countrys_cinemas(self, ask: Asking) -> None:
        month = Month(date(2027, 3, 1), date(2027, 3, 31))
        assert [film.title for film in await ask.source.list_coming("US", month)] == ["The Lantern", "A Quiet Orchard"]
        assert ask.tmdb.faults.asked[0].query["with_release_type"] == "2|3"
        assert await ask.source.list_coming("NO", month) == []

    async def test_a_long_month_ends(self, ask: Asking) -> None:
        for number in range(1000, 1250):
            ask.tmdb.world.add_film(number, f"Film {number}", releases={"US": "2027-05-07"})
        found = await ask.source.list_coming("US", Month(date(2027, 5, 1), date(2027, 5, 31)))
        assert (len(found), ask.tmdb.faults.count()) == (100, 5)

    @pytest.mark.parametrize("body", [{}, {"results": None}, {"results": {"id": 1}}, {"success": False}])
    async def test_a_list_that_is_none_is_trouble(
        self, body: Json, ask: Asking, caplog: pytest.LogCaptureFixture
    ) -> None:
        ask.tmdb.says["/3/search/movie"] = body
        for _ in range(5):
            with pytest.raises(SourceUnavailable, match="documentation"):
                await ask.source.search("lantern", None, "")
        assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1

    async def test_wrong_items_are_left_out_of_a_list(self, ask: Asking) -> None:
        good = ask.tmdb.world.films[1].brief()
        wrong = [None, 7, "x", [], {}, {"id": "1", "title": "x"}, good | {"id": -1}, good | {"id": 2**40}]
        wrong += [good | {"id": 8, "title": None}, good | {"id": 9, "adult": True}]
        odd = good | {"id": 5, "popularity": 10**400, "release_date": "2025-13-45", "original_title": 3}
        ask.tmdb.says["/3/search/movie"] = {"results": [*wrong, good, odd], "total_pages": 1}
        found = await ask.source.search("lantern", None, "")
        assert [(film.ref, film.year, film.popularity) for film in found] == [
            ("tmdb:1", 2026, 9.5),
            ("tmdb:5", None, 0),
        ]


class TestChanges:
    async def test_all_pages_of_the_days(self, ask: Asking) -> None:
        ask.tmdb.world.changes = [(TODAY, number) for number in range(1, 251)]
        ask.tmdb.world.changes.append((TODAY - timedelta(days=5), 999))
        changed = await ask.source.list_changed(NOW - timedelta(hours=30), NOW)
        assert changed == frozenset(str(number) for number in range(1, 251))
        assert ask.tmdb.faults.count() == 3
        assert ask.tmdb.faults.asked[0].query == {"start_date": "2026-11-22", "end_date": "2026-11-24", "page": "1"}

    async def test_fourteen_days_at_most(self, ask: Asking) -> None:
        assert await ask.source.list_changed(NOW - timedelta(days=13), NOW) is not None
        assert await ask.source.list_changed(NOW - timedelta(days=14), NOW) is None
        assert await ask.source.list_changed(datetime(1970, 1, 1, tzinfo=UTC), NOW) is None
        assert ask.tmdb.faults.count() == 1

    async def test_more_pages_than_it_gives_are_no_list(self, ask: Asking) -> None:
        ask.tmdb.world.changes = [(TODAY, number) for number in range(1, 50_102)]
        assert await ask.source.list_changed(NOW, NOW) is None
        assert ask.tmdb.faults.count() == 1
