"""Everything that can be wrong with a source, over real HTTP: no crash, nothing erased, one line in the log."""

import asyncio
import logging

import pytest

from bot.domain.errors import SourceError, SourceRefused, SourceUnavailable
from bot.domain.sources import AnswerState, Question
from tests.loopback.faults import Fault
from tests.loopback.tmdb import TOKEN, LoopbackTmdb
from tests.sources.asking import Asking, asking

TROUBLES = [
    # what is wrong, requests made for one question, what is said of it
    (Fault.TRUNCATED, 3, "is no JSON"),
    (Fault.EMPTY, 3, "is no JSON"),
    (Fault.HTML, 3, "is no JSON"),
    (Fault.ARRAY, 3, "is no JSON object"),
    (Fault.CUT_OFF, 3, "broke off"),
    (Fault.RESET, 6, "closed the connection"),  # aiohttp asks a second time by itself before it says so
    (Fault.TROUBLE, 3, "HTTP 500"),
    (Fault.BUSY, 3, "HTTP 503"),
    (Fault.DRIP, 3, "too long"),
    (Fault.HANG, 3, "too long"),
    (Fault.STORM, 3, "HTTP 429"),
    (Fault.HUGE, 1, "larger than 4 MB"),
    (Fault.BOMB, 1, "larger than 4 MB"),
    (Fault.ELSEWHERE, 1, "another address"),
    (Fault.ROUND, 3, "circles"),
    (Fault.STRANGE_404, 1, "check TMDB_URL"),
]


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name.startswith("bot.")]


@pytest.fixture(autouse=True)
def _all_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


class TestTrouble:
    @pytest.mark.parametrize(("fault", "requests", "says"), TROUBLES, ids=[case[0].value for case in TROUBLES])
    async def test_no_crash_one_line_and_one_when_it_is_over(
        self, fault: Fault, requests: int, says: str, ask: Asking, caplog: pytest.LogCaptureFixture
    ) -> None:
        ask.tmdb.faults.plan(fault)
        with pytest.raises(SourceUnavailable, match=says) as caught:
            await ask.one(tmdb="1")
        assert ask.tmdb.faults.count("/3/") == requests
        assert caught.value.__context__ is None, "an exception of the library may show the key"
        for question in ({"tmdb": "2"}, {"tmdb": "4"}, {"tmdb": "5"}):
            with pytest.raises(SourceUnavailable, match=says):
                await ask.one(**question)
        ask.tmdb.faults.clear()
        ask.time.now += 61
        assert (await ask.one(tmdb="1")).state is AnswerState.FOUND
        told = lines(caplog)
        assert [level for level, _ in told] == ["WARNING", "INFO"]
        assert says in told[0][1]
        assert told[1][1] == "tmdb answers again"
        assert TOKEN not in caplog.text

    @pytest.mark.parametrize("fault", [Fault.STORM, Fault.DRIP, Fault.RESET], ids=str)
    async def test_down_it_is_not_asked_again_for_a_minute(self, fault: Fault, ask: Asking) -> None:
        ask.tmdb.faults.plan(fault)
        with pytest.raises(SourceUnavailable):
            await ask.one(tmdb="1")
        asked = ask.tmdb.faults.count()
        outcomes = await asyncio.gather(
            ask.source.search("lantern", None, "US"), ask.one(tmdb="2"), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [SourceUnavailable] * 2
        assert ask.tmdb.faults.count() == asked

    @pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.TROUBLE, Fault.CUT_OFF, Fault.HANG], ids=str)
    async def test_a_passing_one_is_not_even_told(
        self, fault: Fault, ask: Asking, caplog: pytest.LogCaptureFixture
    ) -> None:
        ask.tmdb.faults.plan(fault, times=2)
        assert (await ask.one(tmdb="1")).state is AnswerState.FOUND
        assert ask.tmdb.faults.count() == 3
        assert ask.time.slept == [0.375, 0.75]
        assert lines(caplog) == []

    async def test_a_redirect_on_its_own_host_is_followed(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.ROUND, times=1)
        assert (await ask.one(tmdb="1")).state is AnswerState.FOUND

    async def test_nobody_there(self, tmdb: LoopbackTmdb, caplog: pytest.LogCaptureFixture) -> None:
        tmdb.url = "http://127.0.0.1:9/3"
        async with asking(tmdb) as ask:
            with pytest.raises(SourceUnavailable, match="cannot be reached"):
                await ask.one(tmdb="1")
        assert len(lines(caplog)) == 1

    async def test_one_film_in_trouble_does_not_keep_the_others_waiting(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.TROUBLE, under="/3/movie/2")
        answers = await ask.source.fetch_films([Question({"tmdb": number}) for number in ("1", "2", "4")])
        assert [answer.state for answer in answers] == [AnswerState.FOUND, AnswerState.FAILED, AnswerState.FOUND]
        assert answers[1].reason == "it has trouble (HTTP 500)"


class TestRefused:
    async def test_a_bad_key_is_said_once_and_rests_for_an_hour(
        self, tmdb: LoopbackTmdb, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with asking(tmdb, token="a-key-that-is-wrong") as ask:
            for _ in range(3):
                with pytest.raises(SourceRefused, match=r"HTTP 401.*TMDB_TOKEN"):
                    await ask.source.search("lantern", None, "")
                ask.time.now += 1000
            assert tmdb.faults.count() == 1
            ask.time.now += 600
            with pytest.raises(SourceRefused):
                await ask.one(tmdb="1")
            assert tmdb.faults.count() == 2
            tmdb.token = "a-key-that-is-wrong"
            ask.time.now += 3600
            assert (await ask.one(tmdb="1")).state is AnswerState.FOUND
        told = lines(caplog)
        assert [level for level, _ in told] == ["WARNING", "INFO"]
        assert "check TMDB_TOKEN" in told[0][1]
        assert "a-key-that-is-wrong" not in caplog.text

    async def test_forbidden_is_refused_too(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.FORBIDDEN)
        with pytest.raises(SourceRefused, match="HTTP 403"):
            await ask.source.fetch_films([Question({"tmdb": "1"}), Question({"tmdb": "2"})])

    async def test_no_way_of_showing_the_client_shows_the_key(self, ask: Asking) -> None:
        assert TOKEN not in f"{ask.client!r} {ask.client._manners!r} {vars(ask.source)!r}"


class TestLimits:
    async def test_retry_after_is_waited_for(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.STORM, times=2, Retry_After="3")
        assert (await ask.one(tmdb="1")).state is AnswerState.FOUND
        assert ask.time.slept == [3.15, 3.15]

    async def test_all_wait_when_one_is_told_to(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.STORM, times=1, Retry_After="3")
        await asyncio.gather(ask.one(tmdb="1"), ask.one(tmdb="2"))
        await ask.one(tmdb="4")
        assert ask.tmdb.faults.count() == 4
        assert ask.time.now < 1000 + 3.15 * 2 + 0.1

    async def test_a_long_wait_is_left_to_the_next_refresh(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.STORM, Retry_After="600")
        with pytest.raises(SourceUnavailable) as caught:
            await ask.one(tmdb="1")
        assert caught.value.retry_seconds == 600
        assert (ask.tmdb.faults.count(), ask.time.slept) == (1, [])
        ask.tmdb.faults.clear()
        ask.time.now += 590
        with pytest.raises(SourceUnavailable):
            await ask.one(tmdb="1")
        ask.time.now += 10
        assert (await ask.one(tmdb="1")).state is AnswerState.FOUND

    async def test_a_storm_without_end_ends(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.STORM, Retry_After="9")
        with pytest.raises(SourceError):
            await ask.source.fetch_films([Question({"tmdb": str(number)}) for number in range(1, 7)])
        assert ask.tmdb.faults.count() <= 6 * 3
        assert ask.time.now - 1000 <= 60

    async def test_no_more_in_flight_than_allowed(self, ask: Asking) -> None:
        for number in range(100, 140):
            ask.tmdb.world.add_film(number, f"Film {number}")
        ask.tmdb.faults.gate = gate = asyncio.Event()
        questions = [Question({"tmdb": str(number)}) for number in range(100, 140)]
        fetching = asyncio.create_task(ask.source.fetch_films(questions))
        await ask.tmdb.faults.arrived.wait()
        asyncio.get_running_loop().call_later(0.05, gate.set)
        await fetching
        assert (ask.tmdb.faults.count(), ask.tmdb.faults.most_at_once) == (40, 8)

    async def test_the_rate_is_kept(self, ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
        taken: list[float] = []

        async def acquire(amount: float = 1) -> None:
            taken.append(amount)

        monkeypatch.setattr(ask.client._limiter, "acquire", acquire)
        ask.tmdb.faults.plan(Fault.TROUBLE, times=2)
        await ask.one(tmdb="1")
        assert taken == [1, 1, 1], "every attempt, retries too"


class TestSingleFlight:
    async def test_one_request_for_two_who_ask_the_same(self, ask: Asking) -> None:
        first, second, other = await asyncio.gather(ask.one(tmdb="1"), ask.one(tmdb="1"), ask.one(tmdb="2"))
        assert first == second != other
        assert ask.tmdb.faults.count() == 2

    async def test_the_one_who_leaves_does_not_take_the_answer_along(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.HANG, times=1)
        leaving, staying = asyncio.create_task(ask.one(tmdb="1")), asyncio.create_task(ask.one(tmdb="1"))
        await ask.tmdb.faults.arrived.wait()
        leaving.cancel()
        assert (await staying).state is AnswerState.FOUND
        assert leaving.cancelled()

    async def test_a_time_out_is_noted_although_nobody_waited_for_it(self, ask: Asking) -> None:
        ask.tmdb.faults.plan(Fault.HANG)
        searching = asyncio.create_task(ask.source.search("lantern", None, ""))
        await ask.tmdb.faults.arrived.wait()
        searching.cancel()
        await asyncio.wait(list(ask.client._flights._flights.values()))
        with pytest.raises(SourceUnavailable):
            await ask.source.search("orchard", None, "")
