"""What Discord allows, on a clock that the test moves."""

import random
from itertools import pairwise

import pytest

from bot.services.limits import (
    GLOBAL_LIMIT,
    INVALID_LIMIT,
    INVALID_SECONDS,
    LONGEST_WAY_SECONDS,
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
        for index in range(800):
            now += chance.choice([0.0, 0.001, 0.02, 0.3 if seed % 4 == 0 else 0.02])
            while True:
                for answered, slot in [entry for entry in pending if entry[0] <= now]:
                    window.end(slot, answered, answered=True)
                    pending.remove((answered, slot))
                if (wait := window.wait(now)) == 0:
                    break
                now = min(now + wait, *(answered for answered, _ in pending), now + 1) + 1e-9
            slot = window.take(now)
            # Forth and back it takes 30 ms at least; now and then all stand still for most of a second.
            late = 0.7 - index % 100 / 1000 if index % 100 < 20 else chance.random() * 0.05
            arrived.append(now + 0.02 + (late if index > 50 else 0))
            pending.append((arrived[-1] + 0.01 + (chance.random() * 0.1 if index > 50 else 0), slot))
        assert most_in_a_second(arrived) <= GLOBAL_LIMIT

    def test_a_burst_goes_at_once_and_the_next_waits_its_second_out(self) -> None:
        window = Window(3)
        slots: list[Slot] = []
        for _ in range(3):
            assert window.wait(10.0) == 0
            slots.append(window.take(10.0))
        assert window.wait(10.0) == pytest.approx(1 + LONGEST_WAY_SECONDS)
        window.end(slots[1], 10.1, answered=True)
        assert window.wait(10.1) == pytest.approx(0.91), "its answer is the quickest ever: it was not late"
        window.end(slots[0], 10.3, answered=True)
        assert window.wait(11.02) == 0
        window.take(11.02)
        assert window.wait(11.02) == pytest.approx(0.19, abs=0.001), "this one may have been 0.2 s late"

    @pytest.mark.parametrize(("answer", "at_least"), [(0.01, 49.0), (0.2, 49.0), (0.8, 49.0), (7.0, 8.0)])
    def test_answers_that_all_take_long_cost_little(self, answer: float, at_least: float) -> None:
        window, now, left = Window(), 0.0, list[float]()
        pending: list[tuple[float, Slot]] = []
        for _ in range(500):
            while (wait := window.wait(now)) > 0:
                now = min([now + wait, *(answered for answered, _ in pending)]) + 1e-9
                while pending and pending[0][0] <= now:
                    window.end(pending[0][1], pending.pop(0)[0], answered=True)
            pending.append((now + answer, window.take(now)))
            left.append(now)
        assert 500 / (left[-1] - left[0]) >= at_least

    def test_what_never_got_there_says_nothing_of_how_quick_discord_is(self) -> None:
        window = Window(1)
        window.end(window.take(0.0), 0.2, answered=True)
        window.end(window.take(5.0), 5.001, answered=False)  # the connection was refused
        window.end(window.take(10.0), 10.2, answered=True)
        assert window.wait(10.2) == pytest.approx(0.81, abs=0.001)

    def test_discord_may_become_slower_for_good(self) -> None:
        window, now = Window(1), 0.0
        window.end(window.take(now), now + 0.05, answered=True)
        waits: list[float] = []
        for _ in range(170_000):  # an hour of posts
            now += 10
            window.end(window.take(now), now + 0.25, answered=True)
            waits.append(window.wait(now))
        assert waits[0] == pytest.approx(1.21, abs=0.001)
        assert waits[-1] == pytest.approx(1.01, abs=0.001)


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

    def test_a_clock_that_begins_below_zero_slows_nobody_down(self) -> None:
        assert Easing(48).per_second(-50_000_000.0) == 48

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
