"""Damaged answers: nothing but a SourceError leaves the source, and only a whole answer is FOUND."""

import json
from random import Random

import pytest

from bot.domain.errors import SourceError
from bot.domain.sources import AnswerState
from bot.sources import tmdb_film
from tests.sources.asking import Asking
from tests.sources.fuzzing import mutate
from tests.sources.tmdb_fuzz import TmdbFuzz, film_answer


@pytest.fixture(autouse=True)
def _no_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR")


@pytest.mark.parametrize("seed", range(4))
async def test_some_thousand_answers(seed: int) -> None:
    fuzz = TmdbFuzz(seed)
    await fuzz.run(1_000)
    assert fuzz.outcomes.total() == 1_000
    assert fuzz.outcomes["film: found"] > 50
    assert fuzz.outcomes["film: failed"] > 50


async def test_a_few_of_them_over_http(ask: Asking) -> None:
    chance, whole, states = Random(7), json.dumps(film_answer(ask.tmdb)).encode(), set[AnswerState]()
    for _ in range(150):
        ask.tmdb.says["/3/movie/1"] = mutate(whole, chance)
        ask.time.now += 4000
        try:
            answer = await ask.one(tmdb="1")
        except SourceError:
            continue
        states.add(answer.state)
        assert answer.film is None or answer.state is AnswerState.FOUND
        if answer.film is not None:
            # Over HTTP there is no ETag here, so there is nothing to send along.
            assert answer.validator == ""
            assert answer.film.ids["tmdb"] == "1"
    assert states == {AnswerState.FOUND, AnswerState.FAILED}


async def test_a_reader_that_loses_dates_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    releases = tmdb_film._releases
    monkeypatch.setattr(tmdb_film, "_releases", lambda results, today: releases(results, today)[1:])
    with pytest.raises(AssertionError):
        await TmdbFuzz(0).run(200)


async def test_a_reader_that_takes_any_answer_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tmdb_film, "_check_whole", lambda body, asked: None)
    with pytest.raises((AssertionError, TypeError, KeyError)):
        await TmdbFuzz(0).run(1_000)


async def test_a_reader_that_believes_nonsense_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tmdb_film, "text", lambda value, longest=0: str(value or ""))
    with pytest.raises(AssertionError):
        await TmdbFuzz(0).run(1_000)
