"""What a Wikidata that fails, lags or talks nonsense can do: nothing but be unavailable."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.domain.errors import SourceError, SourceRefused, SourceUnavailable
from bot.domain.films import Film
from bot.domain.sources import AnswerState, Question
from tests.loopback.faults import Fault
from tests.loopback.wikidata_catalogue import add_catalogue
from tests.loopback.wikidata_world import WikidataWorld, amount, item, statement, text, time
from tests.sources.wikidata_house import House, house

FILM, PERSON = "Q100", "Q200"
US = {"P291": [item("Q30")]}
WHOLE = {"action": "wbgetentities", "format": "json", "formatversion": "2"}


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house(total_seconds=0.3) as opened:
        opened.world.add_item(PERSON, "Len Wiseman")
        opened.world.add_film(FILM, "Ballerina", dates=[("2025-06-06", 11, "Q30")], directors=[PERSON])
        yield opened


class TestErrorsWithHttp200:
    @pytest.mark.parametrize("code", ["maxlag", "ratelimited", "readonly", "internal_api_error_DBQueryError"])
    async def test_a_passing_one_is_sat_out(self, home: House, code: str) -> None:
        home.wikidata.fail(code, retry_after="5")
        assert (await home.ask(wikidata=FILM)).state is AnswerState.FOUND
        assert sum(home.time.slept) >= 5

    async def test_a_lag_that_lasts(self, home: House) -> None:
        home.wikidata.fail("maxlag", times=10, retry_after="5")
        with pytest.raises(SourceUnavailable, match="its databases lag behind") as raised:
            await home.ask(wikidata=FILM)
        assert raised.value.retry_seconds == 5

    async def test_one_that_does_not_pass_is_not_asked_again(self, home: House) -> None:
        home.wikidata.fail("badvalue", times=10)
        with pytest.raises(SourceUnavailable, match=r"does not take the question \(badvalue\)"):
            await home.ask(wikidata=FILM)
        assert len(home.seen) == 1

    async def test_a_search_that_is_too_busy(self, home: House) -> None:
        home.wikidata.fail("cirrussearch-too-busy-error", times=10)
        with pytest.raises(SourceUnavailable, match="its search is too busy"):
            await home.source.search("ballerina", None, "US")

    async def test_an_id_that_it_will_not_look_up_does_not_spoil_the_others(
        self, home: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spoilt, answer = "Q2000000000", home.world.answer

        def refuse(params: Any) -> dict[str, Any]:
            if spoilt in params.get("ids", "").split("|"):
                return {"error": {"code": "no-such-entity", "info": "…", "id": spoilt}}  # the old form
            return answer(params)

        monkeypatch.setattr(home.world, "answer", refuse)
        ids = [FILM, spoilt, "Q404404"]
        states = [one.state for one in await home.source.fetch_films([Question({"wikidata": qid}) for qid in ids])]
        assert states == [AnswerState.FOUND, AnswerState.GONE, AnswerState.GONE]

    @pytest.mark.parametrize("error", [{"code": 3}, {}, "x", [], {"code": "Ü\n"}])
    async def test_an_error_that_makes_no_sense(
        self, home: House, monkeypatch: pytest.MonkeyPatch, error: object
    ) -> None:
        monkeypatch.setattr(home.world, "answer", lambda _: {"error": error})
        with pytest.raises(SourceUnavailable, match=r"\(unknown\)"):
            await home.ask(wikidata=FILM)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.ROUND])
async def test_every_fault_is_an_error_and_its_end_an_answer(home: House, fault: Fault) -> None:
    home.wikidata.faults.plan(fault)
    with pytest.raises(SourceError) as raised:
        await home.ask(wikidata=FILM)
    assert isinstance(raised.value, SourceRefused) == (fault in (Fault.REFUSED, Fault.FORBIDDEN))
    home.wikidata.faults.clear()
    await home.time.sleep(7200)
    assert (await home.ask(wikidata=FILM)).state is AnswerState.FOUND


async def test_a_fault_that_passes_is_not_noticed(home: House) -> None:
    home.wikidata.faults.plan(Fault.TROUBLE, times=1)
    assert (await home.ask(wikidata=FILM)).state is AnswerState.FOUND


async def test_who_does_not_say_whom_to_write_to_is_told_so(home: House) -> None:
    home.wikidata.faults.plan(Fault.FORBIDDEN)
    with pytest.raises(SourceRefused, match="MARQUEE_CONTACT"):
        await home.ask(wikidata=FILM)


async def test_trouble_is_logged_once_and_its_end_once(home: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    home.wikidata.faults.plan(Fault.TROUBLE)
    for _ in range(20):
        with pytest.raises(SourceUnavailable):
            await home.ask(wikidata=FILM)
        await home.time.sleep(120)
    home.wikidata.faults.clear()
    for _ in range(3):
        await home.ask(wikidata=FILM)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_failure_half_way_is_an_error_and_no_half_a_film(home: House) -> None:
    home.wikidata.faults.plan(Fault.ROUND, times=1)  # one redirect to itself is followed
    await home.ask(wikidata=FILM)
    home.world.add_film("Q101", "Another", directors=["Q201"])
    home.world.add_item("Q201", "A new name")
    answers = 0

    def after_the_first(params: Any) -> dict[str, Any]:
        nonlocal answers
        answers += 1
        return WikidataWorld.answer(home.world, params) if answers == 1 else {"entities": 3}

    home.world.answer = after_the_first  # type: ignore[method-assign]
    with pytest.raises(SourceUnavailable, match="no list of items"):
        await home.ask(wikidata="Q101")


class TestNonsense:
    """Answers that are JSON objects, and make no sense of one film among others."""

    async def answered(self, home: House, **changed: Any) -> list[AnswerState]:
        """Ask for two films, of which the item of the first is changed on its way."""
        home.world.add_film("Q101", "Another", directors=[PERSON])
        told = home.world.answer

        def changing(params: Any) -> dict[str, Any]:
            body = json.loads(json.dumps(told(params)))
            if FILM in body.get("entities", {}):
                fields = body["entities"][FILM]
                fields |= {name: value for name, value in changed.items() if value != "gone"}
                for name, value in changed.items():
                    if value == "gone":
                        fields.pop(name, None)
            return body

        home.world.answer = changing  # type: ignore[method-assign]
        questions = [Question({"wikidata": FILM}), Question({"wikidata": "Q101"})]
        return [answer.state for answer in await home.source.fetch_films(questions)]

    @pytest.mark.parametrize(
        "changed",
        [
            {"id": "Q101"},
            {"id": None},
            {"id": "gone"},
            {"lastrevid": "12"},
            {"lastrevid": -1},
            {"lastrevid": True},
            {"claims": "gone"},
            {"claims": None},
            {"claims": "x"},
            {"claims": ["x"]},
            {"labels": "gone"},
            {"labels": 3},
            {"labels": []},
            {"labels": {"en": {"language": "en"}}},
        ],
        ids=str,
    )
    async def test_without_its_core_a_film_has_failed_and_the_other_is_found(
        self, home: House, changed: dict[str, Any]
    ) -> None:
        assert await self.answered(home, **changed) == [AnswerState.FAILED, AnswerState.FOUND]

    @pytest.mark.parametrize(
        ("property_id", "said"),
        [
            ("P577", 3),
            ("P577", None),
            ("P577", {}),
            ("P577", []),
            ("P577", [None]),
            ("P577", [{"mainsnak": {"snaktype": "value", "property": "P577"}, "rank": "normal"}]),
            ("P577", [statement("P577", time("2025-13-45"), "normal", US)]),
            ("P577", [statement("P577", time("2025-06-06"), "normal", US), 3, 3]),
            ("P577", [{**statement("P577", time("2025-06-06"), "normal", US), "rank": "best"}]),
            ("P577", [{**statement("P577", time("2025-06-06")), "qualifiers": {"P291": ["x"]}}]),
            ("P577", [{**statement("P577", time("2025-06-06")), "qualifiers": 3}]),
            ("P31", "Q11424"),
            ("P57", [statement("P57", time("2025-06-06"))]),
            ("P1476", [statement("P1476", item(PERSON))]),
            ("P2047", [statement("P2047", item(PERSON))]),
            ("P345", [statement("P345", item(PERSON))]),
        ],
        ids=str,
    )
    async def test_a_property_that_is_mostly_nonsense_takes_nothing_from_a_film(
        self, home: House, property_id: str, said: object
    ) -> None:
        body = home.world.answer({**WHOLE, "ids": FILM})
        claims = {**body["entities"][FILM]["claims"], property_id: said}
        assert await self.answered(home, claims=claims) == [AnswerState.FAILED, AnswerState.FOUND]

    @pytest.mark.parametrize(
        ("property_id", "said"),
        [
            ("P577", [statement("P577", None, "normal", US)]),
            ("P577", [statement("P577", time("2025-06-06"), "normal", US), 3]),
            ("P577", [statement("P577", time("-0044-00-00", 9), "normal", US)]),
            ("P577", [statement("P577", time("2020-00-00", 8), "normal", US)]),
            ("P577", [{**statement("P577", time("2025-06-06")), "qualifiers": []}]),
            ("P2047", [statement("P2047", amount("125", "Q1"))]),
            ("P345", [statement("P345", text("nm0000206"))]),
            ("P9999", 3),
        ],
        ids=str,
    )
    async def test_what_is_only_unusual_is_believed(self, home: House, property_id: str, said: object) -> None:
        body = home.world.answer({**WHOLE, "ids": FILM})
        claims = {**body["entities"][FILM]["claims"], property_id: said}
        assert await self.answered(home, claims=claims) == [AnswerState.FOUND, AnswerState.FOUND]

    @pytest.mark.parametrize(
        "changed",
        [{"aliases": 3}, {"aliases": {"en": [3, {"value": "B"}]}}, {"pageid": "x"}, {"type": None}, {"redirects": 3}],
        ids=str,
    )
    async def test_the_rest_may_be_anything(self, home: House, changed: dict[str, Any]) -> None:
        assert await self.answered(home, **changed) == [AnswerState.FOUND, AnswerState.FOUND]

    @pytest.mark.parametrize("said", [None, 3, {"id": PERSON}, {"id": "Q9", "labels": {}}, {"id": PERSON, "labels": 3}])
    async def test_a_name_that_makes_no_sense_costs_no_film_its_people(
        self, home: House, monkeypatch: pytest.MonkeyPatch, said: object
    ) -> None:
        told = home.world.answer

        def changing(params: Any) -> dict[str, Any]:
            return {"entities": {PERSON: said}} if params.get("props") == "labels" else told(params)

        monkeypatch.setattr(home.world, "answer", changing)
        assert (await home.ask(wikidata=FILM)).state is AnswerState.FAILED
        monkeypatch.undo()
        assert [credit.name for credit in (await home.film(FILM)).credits] == ["Len Wiseman"]

    @pytest.mark.parametrize("said", ["gone", 3, [3]], ids=str)
    async def test_a_place_that_makes_no_sense_costs_no_film_its_dates(
        self, home: House, monkeypatch: pytest.MonkeyPatch, said: object
    ) -> None:
        home.world.add_item("Q39984", "Cannes", statement("P17", item("Q142")))
        home.world.move(FILM, [("2025-05-20", 11, "Q39984")])
        told = home.world.answer

        def changing(params: Any) -> dict[str, Any]:
            body = told(params)
            for entity in body["entities"].values():
                if params["props"] == "labels|claims" and said == "gone":
                    entity.pop("claims")
                elif params["props"] == "labels|claims":
                    entity["claims"]["P17"] = said
            return body

        monkeypatch.setattr(home.world, "answer", changing)
        assert (await home.ask(wikidata=FILM)).state is AnswerState.FAILED
        monkeypatch.undo()
        assert [release.note for release in (await home.film(FILM)).releases] == ["Cannes"]

    @pytest.mark.parametrize("body", [{}, {"query": 3}, {"query": {}}, {"query": {"search": {}}}])
    async def test_a_search_without_hits(
        self, home: House, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
    ) -> None:
        monkeypatch.setattr(home.world, "answer", lambda _: body)
        with pytest.raises(SourceUnavailable, match="no list of hits"):
            await home.source.search("ballerina", None, "US")

    async def test_hits_that_are_no_items(self, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
        hits = [3, {}, {"title": "P31"}, {"title": "Lexeme:L1"}, {"title": FILM, "ns": 1}, {"title": FILM, "ns": 0}]
        told = home.world.answer
        body = {"query": {"search": hits}}
        monkeypatch.setattr(home.world, "answer", lambda p: body if p.get("list") else told(p))
        assert [found.ref for found in await home.source.search("ballerina", None, "US")] == [f"wikidata:{FILM}"]


async def test_the_catalogues_films_come_back_as_they_were() -> None:
    """The loopback that the sandbox looks at says what our catalogue says."""
    from bot.sources.bundled import find_catalogue, read_catalogue

    catalogue = read_catalogue(find_catalogue())
    async with house() as home:
        items = add_catalogue(home.world, catalogue)
        answers = await home.source.fetch_films([Question({"wikidata": qid}) for qid in items.values()])
        read = dict(zip(items, answers, strict=True))
    assert all(answer.state is AnswerState.FOUND for answer in answers)
    ballerina = read["ballerina-2025"].film
    assert ballerina is not None
    assert days_of(ballerina) == days_of(catalogue.films["ballerina-2025"])


def days_of(film: Film) -> set[tuple[str, str, str]]:
    return {(release.country, release.type, str(release.date)) for release in film.releases if release.date.day}


async def test_a_slow_answer_holds_up_nobody_else(home: House) -> None:
    home.wikidata.faults.plan(Fault.HANG, times=1)
    async with asyncio.timeout(5):
        answer = await home.ask(wikidata=FILM)
    assert answer.state is AnswerState.FOUND


class TestLoopback:
    """What the sandbox drives it with."""

    async def told(self, home: House, verb: str, **arguments: object) -> int:
        address = home.wikidata.url.replace("/w/api.php", f"/control/{verb}")
        async with aiohttp.ClientSession() as session, session.post(address, json=arguments) as response:
            return response.status

    async def test_a_date_is_moved_while_it_runs(self, home: House) -> None:
        assert await self.told(home, "move", qid=FILM, dates=[["2027-06-11", 11, "Q30"]]) == 200
        assert [str(release.date) for release in (await home.film(FILM)).releases] == ["2027-06-11"]

    async def test_trouble_comes_and_goes(self, home: House) -> None:
        await self.told(home, "fault", fault="trouble")
        with pytest.raises(SourceUnavailable):
            await home.ask(wikidata=FILM)
        await self.told(home, "well")
        await self.told(home, "fail", code="maxlag", retry_after="1")
        await home.time.sleep(7200)
        assert (await home.ask(wikidata=FILM)).state is AnswerState.FOUND
        assert await self.told(home, "explode") == 400
