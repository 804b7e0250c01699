"""What Discord allows, on a clock that the test moves."""

import random
from itertools import pairwise

import pytest

from bot.services.limits import (
    GLOBAL_LIMIT,
    INVALID_LIMIT,
    INVALID_SECONDS,
    JITTER_SECONDS,
    Easing,
    InvalidAnswers,
    Slot,
    Window,
)


def most_in_a_second(times: list[float]) -> int:
    """The most of these instants that lie within one second, wherever it begins."""
    ordered = sorted(times)
    return max(sum(start <= time <= start + 1 for time in ordered) for start in ordered)


class TestWindow:
    @pytest.mark.parametrize("seed", range(20))
    def test_never_more_arrive_in_a_second_than_are_allowed(self, seed: int) -> None:
        chance = random.Random(seed)
        window, now, arrived = Window(), 100.0, list[float]()
        pending: list[tuple[float, Slot]] = []
        for _ in range(600):
            now += chance.choice([0.0, 0.001, 0.02, 0.3 if seed % 4 == 0 else 0.02])
            for answered, slot in [entry for entry in pending if entry[0] <= now]:
                slot.arrived(answered)
                pending.remove((answered, slot))
            now += window.wait(now)
            slot = window.take(now)
            way = chance.random() * JITTER_SECONDS  # up to here the promise holds, however the ways differ
            arrived.append(now + way)
            pending.append((now + way + chance.random() * 0.1, slot))
        assert most_in_a_second(arrived) <= GLOBAL_LIMIT

    def test_a_burst_goes_at_once_and_the_next_waits_its_second_out(self) -> None:
        window = Window(3)
        slots = []
        for _ in range(3):
            assert window.wait(10.0) == 0
            slots.append(window.take(10.0))
        assert window.wait(10.0) == pytest.approx(1 + JITTER_SECONDS)
        slots[1].arrived(10.01)
        assert window.wait(10.5) == pytest.approx(0.51), "an answer that is here shortens the wait"
        assert window.wait(11.01) == 0

    def test_slow_answers_do_not_make_it_slow(self) -> None:
        window, now, left = Window(), 0.0, list[float]()
        for _ in range(500):
            now += window.wait(now)
            window.take(now)
            left.append(now)
        assert 500 / (left[-1] - left[0]) >= 47.5


class TestEasing:
    def test_a_fifth_goes_and_comes_back_by_and_by(self) -> None:
        easing = Easing(48)
        assert easing.per_second(5.0) == 48
        easing.ease(5.0)
        paces = [easing.per_second(5.0 + second) for second in range(0, 200, 15)]
        assert paces[:3] == pytest.approx([38.4, 39.4, 40.4])
        assert paces[-1] == 48
        assert all(before <= after for before, after in pairwise(paces))

    def test_it_goes_on_falling_but_never_stops(self) -> None:
        easing = Easing(48)
        for second in range(60):
            easing.ease(float(second))
        assert easing.per_second(60.0) == 1

    def test_who_is_slow_by_choice_stays_there(self) -> None:
        easing = Easing(1)
        easing.ease(0.0)
        assert easing.per_second(0.0) == 1


class TestInvalidAnswers:
    def test_half_of_what_discord_takes_stops_the_sending_once(self) -> None:
        invalid = InvalidAnswers()
        stops = [invalid.note(index / 100) for index in range(INVALID_LIMIT + 500)]
        assert stops.index(True) == INVALID_LIMIT - 1
        assert stops.count(True) == 1
        assert invalid.shut_for(60.0) > INVALID_SECONDS - 60
        assert INVALID_LIMIT <= 5_000

    def test_ten_minutes_later_it_goes_on(self) -> None:
        invalid = InvalidAnswers()
        for index in range(INVALID_LIMIT):
            invalid.note(index / 100)
        last = (INVALID_LIMIT - 1) / 100
        assert invalid.shut_for(last + INVALID_SECONDS - 1) == pytest.approx(1)
        assert invalid.shut_for(last + INVALID_SECONDS) == 0
        assert not invalid.note(last + INVALID_SECONDS), "what is out of the window counts no longer"

    def test_a_few_all_day_stop_nothing(self) -> None:
        invalid = InvalidAnswers()
        gap = INVALID_SECONDS / (INVALID_LIMIT - 2)
        assert not any(invalid.note(index * gap) for index in range(3 * INVALID_LIMIT))
