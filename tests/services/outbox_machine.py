"""The outbox lived at random: facts move, time jumps, Discord has whims, processes die.

Nothing doubles, nothing is lost, everything ends. A real database, real Planning and Dispatch. The limits of
docs/delivery.md stay out of it: nobody deletes a message that is not settled, no request lands after its process gave
it up, and the clock is never wrong by more than HISTORY_MARGIN.
"""

from datetime import date, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from bot.domain.messages import HISTORY_MARGIN, RESEND_WINDOW
from bot.domain.quiet import QuietHours
from bot.services.planning import Planning
from bot.services.settings import Preferences
from bot.services.taking import take_in
from bot.services.tracking import Tracking
from bot.store import subscribers
from bot.store.columns import epoch
from bot.store.database import Row
from tests.services.outbox_discord import Whim
from tests.services.outbox_watch import ZONE
from tests.services.outbox_world import CHANNELS, DAY, GUILD, HOUR, MINUTE, SKIPPED, OutboxWorld

WAITS = [timedelta(), timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=61), timedelta(seconds=100),
         timedelta(seconds=130), 6 * MINUTE, 3 * HOUR, DAY]  # fmt: skip
SOON = [timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=70), timedelta(seconds=130)]
#: What somebody's plain "all is well" is drawn from more often than any trouble.
WHIMS = st.lists(st.sampled_from([Whim.OK, *Whim]), max_size=3)


class Outbox(OutboxWorld):
    """What may happen to it, and what holds always."""

    @initialize(cap=st.sampled_from([1, 1, 2, 6]), quiet=st.sampled_from([None, None, (time(9, 30), time(11))]))
    def set_up(self, cap: int, quiet: tuple[time, time] | None) -> None:
        self.facts.cap, self.facts.quiet = cap, quiet
        self.run(self._set_up())

    # What happens

    @rule(process=st.sampled_from(["main", "main", "other"]), wait=st.sampled_from(WAITS), whims=WHIMS)
    def tick(self, process: str, wait: timedelta, whims: list[Whim]) -> None:
        self._pass(wait)
        self.run(self._tick(getattr(self, process), whims))

    @rule(whims=WHIMS, process=st.sampled_from(["main", "other"]))
    def tick_when_something_is_due(self, whims: list[Whim], process: str) -> None:
        self._pass(max(self.run(self._next_event()) - self.now(), timedelta()))
        self.run(self._tick(getattr(self, process), whims))

    @rule(
        whim=st.sampled_from([Whim.STORED_502, Whim.STORED_LATE, Whim.DROPPED, Whim.LIMITED, Whim.FORBIDDEN]),
        waits=st.tuples(st.sampled_from(SOON), st.sampled_from([timedelta(seconds=9), 2 * MINUTE, 20 * MINUTE])),
        again=st.sampled_from([Whim.LIMITED, Whim.FORBIDDEN, Whim.OK]),
        chatter=st.integers(0, 3),
    )
    def trouble(self, whim: Whim, waits: tuple[timedelta, timedelta], again: Whim, chatter: int) -> None:
        """Two answers that go wrong, and what comes of it."""
        self.clear()
        self.run(self._owe(1))
        self.chat(chatter)
        self.run(self._tick(self.main, [whim, whim]))
        for wait, answer in zip(waits, (again, Whim.OK), strict=True):
            self._pass(wait)
            self.run(self._owe(1))
            self.run(self._tick(self.main, [answer, answer]))

    @rule(refusal=st.sampled_from([Whim.LIMITED, Whim.FORBIDDEN, Whim.REFUSED]), first=st.booleans())
    def refused(self, refusal: Whim, first: bool) -> None:
        """At the first attempt, or at the second of which nobody knows what came of the first."""
        self.clear()
        self.run(self._owe(1))
        self.run(self._tick(self.main, [refusal if first else Whim.STORED_502]))
        self._pass(timedelta(seconds=10))
        self.run(self._owe(1))
        self.run(self._tick(self.main, [refusal]))
        self._pass(3 * MINUTE)
        self.run(self._tick(self.main))

    def clear(self) -> None:
        """Nothing keeps a message back: neither hour nor cap nor pause."""
        if self.facts.paused:
            self.pause_or_resume()
        if self.facts.closed:
            self.reopen()
        self.facts.quiet, self.facts.cap = None, 25
        self.run(Preferences(self.db).change(self.subscriber_id, self.now(), quiet=None, daily_cap=25))
        self.run(self._tick(self.main))

    @rule(count=st.integers(1, 2), late=st.booleans())
    def quiet_falls(self, count: int, late: bool) -> None:
        """What is due or in doubt when the quiet hours begin waits for their end."""
        if late:
            self.clear()
        self.run(self._owe(count))
        if late:
            self.run(self._tick(self.main, [Whim.DROPPED, Whim.DROPPED]))
        hour = self.now().astimezone(ZONE).hour
        self.facts.quiet = time(hour), time((hour + 2) % 24)
        quiet = QuietHours(*self.facts.quiet)
        self.run(Preferences(self.db).change(self.subscriber_id, self.now(), quiet=quiet))
        self._pass(timedelta(seconds=8))
        self.run(self._tick(self.main))

    @rule(count=st.integers(2, 5), at_once=st.integers(1, 2))
    def much_to_tell(self, count: int, at_once: int) -> None:
        """More than a channel should hear in a day."""
        for _ in range(count):
            self.run(self._owe(at_once))
            self.run(self._tick(self.main))
            self._pass(MINUTE)

    @rule(film=st.integers(1, 3), whim=st.sampled_from([Whim.DROPPED, Whim.STORED_502, Whim.OK]), planned=st.booleans())
    def a_date_moves_at_the_last_moment(self, film: int, whim: Whim, planned: bool) -> None:
        """In doubt, or just before its hour; and the planner may not have seen it yet."""
        self.clear()
        if film not in self.facts.followed:
            self.untrack_or_track(film)
        self.move(film, 2)
        for _ in range(5):
            self.run(self._plan())
            if self.run(self._due_of(film)):
                break
            self._pass(max(self.run(self._next_event()) - self.now(), timedelta()))
        if planned:
            self.move(film, 7)
        self.run(self._tick(self.main, [whim, whim], plans=False))
        self.move(film, 5)
        self._pass(timedelta(seconds=10))
        self.run(self._tick(self.main))

    async def _due_of(self, film: int) -> list[Row]:
        due = await self._rows("SELECT * FROM posts WHERE state = 'planned'")
        return [row for row in due if row["film_id"] == film and row["due_at"] <= epoch(self.now())]

    @rule(wait=st.sampled_from([timedelta(seconds=5), timedelta(seconds=70), timedelta(seconds=130)]))
    def another_takes_over(self, wait: timedelta) -> None:
        """A process is stopped in the middle of a send and goes on later, when another has looked after it."""
        self.clear()
        self.run(self._owe(1))
        self.run(self._tick(self.main, [Whim.HUNG, Whim.HUNG]))
        self._pass(wait)
        self.run(self._tick(self.other))
        self.run(self._wake(self.main))

    @rule(steps=st.integers(0, 60), whims=WHIMS, wait=st.sampled_from(WAITS))
    def pull_the_plug(self, steps: int, whims: list[Whim], wait: timedelta) -> None:
        """The process dies at one of its steps; another starts later."""
        self.main.plug.left = steps
        self.run(self._tick(self.main, whims))
        self.run(self.main.die())
        self.discord.whims.clear()
        self._pass(wait)
        self.run(self._restart())

    @precondition(lambda self: bool(self.main.line.hung))
    @rule(wait=st.sampled_from([timedelta(), timedelta(seconds=70), 5 * MINUTE]))
    def wake_what_hangs(self, wait: timedelta) -> None:
        """Its answer is read at last, perhaps long after its lease."""
        self._pass(wait)
        self.run(self._wake(self.main))

    @rule(film=st.integers(1, 3), ahead=st.sampled_from([0, 1, 1, 2, 7, 40]))
    def move(self, film: int, ahead: int) -> None:
        day = self.now().astimezone(ZONE).date() + ahead * DAY
        if film in self.facts.days and day != self.facts.days[film]:
            self.facts.days[film] = day
            self.run(self._move(film, day))

    async def _move(self, film: int, day: date) -> None:
        async with self.db.transaction() as tx:
            await take_in(tx, self._film(film - 1, day), "bundled", self.now())

    @rule(film=st.integers(1, 3))
    def untrack_or_track(self, film: int) -> None:
        if film in self.facts.followed:
            self.run(Tracking(self.db).untrack(GUILD, film, self.now()))
            self.facts.followed.discard(film)
        else:
            self.run(self._follow(film))
            self.facts.followed.add(film)

    async def _follow(self, film: int) -> None:
        async with self.db.transaction() as tx:
            await subscribers.add_subscription(tx, self.subscriber_id, film, self.now(), 1, None)

    @rule(
        hour=st.integers(6, 20),
        quiet=st.sampled_from([None, (time(9), time(10)), (time(22), time(8))]),
        cap=st.sampled_from([1, 2, 6]),
        what=st.sampled_from(["hour", "quiet", "cap"]),
    )
    def change_settings(self, hour: int, quiet: tuple[time, time] | None, cap: int, what: str) -> None:
        choices: dict[str, Any] = {"posting_time": time(hour)}
        if what == "quiet":
            self.facts.quiet, choices = quiet, {"quiet": QuietHours(*quiet) if quiet else None}
        elif what == "cap":
            self.facts.cap, choices = cap, {"daily_cap": cap}
        self.run(Preferences(self.db).change(self.subscriber_id, self.now(), **choices))

    @rule()
    def pause_or_resume(self) -> None:
        self.run(self._pause_or_resume())

    @precondition(lambda self: bool(self.facts.closed))
    @rule()
    def reopen(self) -> None:
        self.run(self._reopen())

    @rule(count=st.integers(1, 5))
    def chat(self, count: int) -> None:
        """Other people write."""
        for channel_id in CHANNELS:
            for _ in range(count):
                self.discord.add(channel_id)

    @rule()
    def let_the_history_be_read_or_not(self) -> None:
        self.discord.readable = not self.discord.readable

    @rule(by=st.sampled_from([-20 * MINUTE, -10 * MINUTE, 10 * MINUTE, 20 * MINUTE]))
    def set_the_clock(self, by: timedelta) -> None:
        """Wrong by less than HISTORY_MARGIN, and never so that a nonce's time seems to begin again."""
        first, after = self.run(self._first_open()), self.now() + by
        if self.paused_once and by < timedelta():  # a pause that is still to come keeps back what it covers
            return
        begins_again = first is not None and first <= after < first + RESEND_WINDOW
        if abs(after - self.discord.now) < HISTORY_MARGIN and not begins_again:
            self.facts.now = after

    @precondition(lambda self: bool(self.discord.stored))
    @rule(which=st.integers(0, 100))
    def delete(self, which: int) -> None:
        """A moderator deletes what has arrived and been noted."""
        ours = [m for m in self.discord.stored if m.key]
        if ours and self.run(self._first_open()) is None:
            ours[which % len(ours)].deleted = True

    @rule()
    def plan_twice(self) -> None:
        """The second time changes nothing."""
        self.run(self._plan())
        before = self.run(self._rows("SELECT * FROM posts ORDER BY id"))
        self.run(self._plan())
        assert self.run(self._rows("SELECT * FROM posts ORDER BY id")) == before

    async def _plan(self) -> None:
        async with self.db.transaction() as tx:
            await subscribers.wake_subscriber(tx, self.subscriber_id, self.now())
        await Planning(self.db).run(self.now())

    # What holds always

    @invariant()
    def what_is_sent_exists_and_membership_never_changes(self) -> None:
        rows = self.run(self._rows(
            "SELECT m.id AS message_id, p.id AS post_id, p.state, p.dedup_key FROM message_posts mp"
            " JOIN messages m ON m.id = mp.message_id JOIN posts p ON p.id = mp.post_id"
        ))  # fmt: skip
        for row in self.run(self._rows("SELECT DISTINCT reason FROM posts WHERE state = 'skipped'")):
            assert row["reason"].startswith(SKIPPED), f"skipped because of {row['reason']!r}"
        members: dict[int, set[int]] = {}
        for row in rows:
            members.setdefault(row["message_id"], set()).add(row["post_id"])
            assert row["state"] != "sent" or self.discord.carried[row["dedup_key"]], f"{row['dedup_key']} is not there"
        for message_id, carried in self.members.items():
            assert members.get(message_id) == carried, "a message carries other posts than before"
        self.members = {message_id: frozenset(carried) for message_id, carried in members.items()}
