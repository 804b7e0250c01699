"""When a source is asked again, decided without a network."""

import asyncio

import pytest

from bot.domain.errors import SourceRefused, SourceUnavailable
from bot.sources.health import Fault, SourceHealth
from bot.sources.pacing import PATIENCE_SECONDS, Failure, SingleFlight, read_retry_after, wait_before_retry
from tests.sources.asking import FakeTime

SUNDAY = "Sun, 22 Nov 2026 12:00:00 GMT"


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            pytest.param("7", 7.0, id="seconds"),
            pytest.param(" 0 ", 0.0, id="at once"),
            pytest.param("Sun, 22 Nov 2026 12:00:30 GMT", 30.0, id="a date"),
            pytest.param("Sun, 22 Nov 2026 11:00:00 GMT", 0.0, id="a date that is past"),
            pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0, id="a date beyond reason"),
            pytest.param("999999999", 86_400.0, id="seconds beyond reason"),
            pytest.param("-5", None, id="negative"),
            pytest.param("1.5", None, id="a fraction"),
            pytest.param("٣", None, id="Arabic digits"),
            pytest.param("soon", None, id="a word"),
            pytest.param("Sun, 32 Nov 2026 12:00:30 GMT", None, id="no day"),
            pytest.param("", None, id="empty"),
            pytest.param(None, None, id="none"),
        ],
    )
    def test_what_it_says(self, header: str | None, seconds: float | None) -> None:
        assert read_retry_after(header, SUNDAY) == seconds

    @pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 22 Nov 2026 12:00:00"])
    def test_a_date_means_nothing_without_the_sources_own(self, date: str | None) -> None:
        assert read_retry_after("Sun, 22 Nov 2026 12:00:30 GMT", date) is None


class TestWaits:
    def test_they_double_and_half_is_chance(self) -> None:
        failure = Failure("it has trouble")
        waits = [wait_before_retry(failure, attempt, 9, 0, chance) for attempt in (1, 2, 3) for chance in (0, 0.999)]
        assert waits == pytest.approx([0.25, 0.5, 0.5, 1.0, 1.0, 2.0], rel=0.01)

    def test_what_the_source_asks_for_comes_first(self) -> None:
        assert wait_before_retry(Failure("x", retry_seconds=4), 1, 3, 0, 0) == 4
        assert wait_before_retry(Failure("x", retry_seconds=4), 1, 3, 0, 1) == pytest.approx(4.4)

    @pytest.mark.parametrize(
        ("failure", "attempt", "waited"),
        [
            pytest.param(Failure("x", again=False), 1, 0, id="asking again is no use"),
            pytest.param(Failure("x"), 3, 0, id="asked often enough"),
            pytest.param(Failure("x"), 1, PATIENCE_SECONDS, id="waited long enough"),
            pytest.param(Failure("x", retry_seconds=PATIENCE_SECONDS + 1), 1, 0, id="asked to wait too long"),
        ],
    )
    def test_giving_up(self, failure: Failure, attempt: int, waited: float) -> None:
        assert wait_before_retry(failure, attempt, 3, waited, 0) is None


class TestHealth:
    @staticmethod
    def down(seconds: float | None = None) -> SourceUnavailable:
        return SourceUnavailable("tmdb", "it takes too long to answer", seconds)

    def test_one_line_when_it_fails_and_one_when_it_answers(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        health = SourceHealth("tmdb", lambda: 0.0)
        for _ in range(5):
            health.failed(self.down(), Fault.SOURCE)
        for _ in range(5):
            health.answered()
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]

    def test_one_that_comes_and_goes_is_told_of_every_ten_minutes(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        time = FakeTime()
        health = SourceHealth("tmdb", lambda: time.now)
        for _ in range(60):  # for an hour, each minute down and up
            health.failed(self.down(), Fault.UNSURE)
            time.now += 30
            health.answered()
            time.now += 30
        assert len(caplog.records) == 2 * 6

    def test_down_it_fails_at_once_until_one_call_looks_again(self) -> None:
        time = FakeTime()
        health = SourceHealth("tmdb", lambda: time.now)
        health.failed(self.down(), Fault.SOURCE)
        with pytest.raises(SourceUnavailable) as caught:
            health.check()
        assert caught.value.retry_seconds == 60
        time.now += 60
        health.check()
        with pytest.raises(SourceUnavailable):
            health.check()  # another one, while the first is looking
        health.answered()
        health.check()
        assert health.error is None

    def test_it_is_left_alone_as_long_as_it_asks(self) -> None:
        time = FakeTime()
        health = SourceHealth("tmdb", lambda: time.now)
        health.failed(self.down(600), Fault.SOURCE)
        time.now += 599
        with pytest.raises(SourceUnavailable):
            health.check()

    def test_refused_it_is_left_alone_for_an_hour(self) -> None:
        time = FakeTime()
        health = SourceHealth("tmdb", lambda: time.now)
        health.failed(SourceRefused("tmdb", "it refuses us"), Fault.SOURCE)
        time.now += 3599
        with pytest.raises(SourceRefused):
            health.check()
        time.now += 1
        health.check()

    def test_one_question_does_not_bring_it_down_and_three_in_a_row_do(self) -> None:
        health = SourceHealth("tmdb", lambda: 0.0)
        for _ in range(9):
            health.failed(self.down(), Fault.QUESTION)
            health.check()
        for _ in range(2):
            health.failed(self.down(), Fault.UNSURE)
            health.check()
        health.failed(self.down(), Fault.UNSURE)
        with pytest.raises(SourceUnavailable):
            health.check()


class TestSingleFlight:
    async def test_one_answer_for_all_who_ask_at_once_and_a_new_one_afterwards(self) -> None:
        flights, started = SingleFlight[int](), 0
        gate = asyncio.Event()

        async def fly() -> int:
            nonlocal started
            started += 1
            await gate.wait()
            return started

        callers = [asyncio.create_task(flights.share("a", fly)) for _ in range(5)]
        await asyncio.sleep(0)
        gate.set()
        assert await asyncio.gather(*callers) == [1] * 5
        assert await flights.share("a", fly) == 2

    async def test_one_who_leaves_takes_nothing_from_the_others(self) -> None:
        flights, gate = SingleFlight[str](), asyncio.Event()

        async def fly() -> str:
            await gate.wait()
            return "landed"

        leaving, staying = (asyncio.create_task(flights.share("a", fly)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        gate.set()
        assert await staying == "landed"
        assert leaving.cancelled()

    async def test_an_error_is_everybodys_and_is_not_kept(self) -> None:
        flights = SingleFlight[str]()

        async def fail() -> str:
            await asyncio.sleep(0)
            raise SourceUnavailable("tmdb", "it has trouble")

        async def fly() -> str:
            return "landed"

        outcomes = await asyncio.gather(*(flights.share("a", fail) for _ in range(3)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [SourceUnavailable] * 3
        assert await flights.share("a", fly) == "landed"

    async def test_closing_ends_what_is_in_the_air(self) -> None:
        flights = SingleFlight[None]()
        caller = asyncio.create_task(flights.share("a", asyncio.Event().wait))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await flights.close()
        with pytest.raises(asyncio.CancelledError):
            await caller
