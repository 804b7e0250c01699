from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.journey import travel
from bot.sandbox.moments import FilmDay, Home

START = datetime(2025, 5, 27, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Street:
    """A stage and a timeline: posts go out at their instants, unless something holds them up."""

    due: list[datetime]
    wakes: list[datetime] = field(default_factory=list)
    holds: int = 0  #: ticks that send nothing
    clock: datetime = START
    sent: list[tuple[datetime, datetime]] = field(default_factory=list)  #: (due, when)
    ticks: int = 0

    def now(self) -> datetime:
        return self.clock

    def advance_to(self, instant: datetime) -> None:
        assert instant >= self.clock, "time went back"
        self.clock = instant

    def count_posts(self) -> int:
        return len(self.sent)

    async def get_home(self) -> Home:
        return Home(ZoneInfo("UTC"), time(9))

    async def list_film_days(self) -> Sequence[FilmDay]:
        return []

    async def next_due_at(self) -> datetime | None:
        return min([*self.due, *self.wakes], default=None)

    async def tick(self) -> None:
        self.ticks += 1
        self.wakes = [wake for wake in self.wakes if wake > self.clock]
        ripe = [due for due in sorted(self.due) if due <= self.clock]
        if ripe and self.holds:
            self.holds -= 1
        elif ripe:  # one a tick, as a dispatcher that has one message a channel in flight
            self.due.remove(ripe[0])
            self.sent.append((ripe[0], self.clock))


async def go(street: Street, until: datetime, *, to_next_post: bool = False, stopped_after: int = 10**9) -> int:
    return await travel(
        street, street, until=until, to_next_post=to_next_post, stopped=lambda: street.ticks >= stopped_after
    )


async def test_every_post_on_the_way_goes_out_at_its_own_time_in_order() -> None:
    dues = [START + days * DAY for days in (10, 3, 7, 9)]
    street = Street([*dues, START + 11 * DAY])
    assert await go(street, START + 10 * DAY + timedelta(minutes=30)) == 4
    assert street.sent == [(due, due) for due in sorted(dues)]
    assert street.clock == START + 10 * DAY + timedelta(minutes=30)


async def test_a_post_due_at_the_very_end_goes_out() -> None:
    street = Street([START + DAY])
    assert await go(street, START + DAY) == 1


async def test_what_is_due_before_the_start_goes_out_first() -> None:
    street = Street([START - DAY, START + DAY])
    assert await go(street, START + 2 * DAY) == 2
    assert street.sent[0] == (START - DAY, START)


async def test_several_at_one_instant() -> None:
    street = Street([START + DAY] * 5)
    assert await go(street, START + 2 * DAY) == 5
    assert {when for _, when in street.sent} == {START + DAY}


async def test_nothing_owed_just_moves_the_clock() -> None:
    street = Street([])
    assert await go(street, START + 1500 * DAY) == 0
    assert street.clock == START + 1500 * DAY
    assert street.ticks == 2


async def test_the_next_post_and_its_fellows_at_that_instant_and_no_more() -> None:
    street = Street([START + 2 * DAY, START + 2 * DAY, START + 3 * DAY], wakes=[START + DAY])
    assert await go(street, START + 1000 * DAY, to_next_post=True) == 2
    assert street.clock == START + 2 * DAY


async def test_no_next_post_leaves_the_clock_where_the_last_work_was() -> None:
    street = Street([], wakes=[START + DAY])
    assert await go(street, START + 1000 * DAY, to_next_post=True) == 0
    assert street.clock == START + DAY


async def test_what_is_held_up_is_tried_again_and_later_posts_still_come() -> None:
    street = Street([START + DAY, START + 2 * DAY], holds=3)
    assert await go(street, START + 3 * DAY) == 2
    (first_due, first), (_, second) = street.sent
    assert first_due < first < first_due + timedelta(minutes=10)
    assert second == START + 2 * DAY


async def test_what_never_goes_out_does_not_hold_the_journey_up() -> None:
    street = Street([START + DAY], holds=10**9)
    assert await go(street, START + 365 * DAY) == 0
    assert street.clock == START + 365 * DAY
    assert street.ticks < 9000


async def test_stops_when_told_to() -> None:
    street = Street([START + days * DAY for days in range(1, 1000)])
    await go(street, START + 1000 * DAY, stopped_after=20)
    assert street.ticks <= 22
