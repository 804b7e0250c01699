"""Admins are told once what happened to their posts: in a channel, or at the next command of somebody who may know."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.admin_notices import MAX_TRIES, AdminNotice
from bot.domain.destinations import Closure, Door, Look
from bot.domain.messages import (
    LEASE,
    RESEND_WINDOW,
    Attempt,
    Message,
    MessageState,
    Outcome,
    Settlement,
    settle,
)  # fmt: skip
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.noticing import Noticing, note_outcome
from bot.services.pace import Pace
from bot.store import admin_notices, destinations, subscribers
from bot.store.database import Database
from tests.services.outside import START, HandClock, ScriptedDoors, ScriptedTeller

MAIN, OTHER, ADMINS = 555_000_000_000_000_001, 555_000_000_000_000_002, 555_000_000_000_000_003
GUILD = SubscriberKind.GUILD
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Desk:
    """A server, and who tells its admins."""

    db: Database
    clock: HandClock
    doors: ScriptedDoors
    teller: ScriptedTeller
    noticing: Noticing
    server: Subscriber

    async def ends(self, attempt: Attempt, *, channel: int = MAIN, number: int = 1, bare: bool = False) -> None:
        """A message ends with that answer."""
        now = self.clock.time
        message = Message(
            number, self.server.id, channel, MessageState.SENDING, "us", now + LEASE, 1, now, f"key {number}"
        )
        settlement = settle(message, attempt, now)
        async with self.db.transaction() as tx:
            if settlement.close_destination:
                await destinations.close_destination(tx, channel, self.server.id, attempt.reason, now)
            await note_outcome(tx, message, settlement, attempt, now, bare=bare)

    async def after(self, wait: timedelta = timedelta()) -> int:
        """Let time pass, and tell what is due; how much that was."""
        self.clock.time += wait
        work = await self.noticing.take(self.clock.time, 100)
        for each in work:
            await each()
        return len(work)

    async def waiting(self, *, is_manager: bool = True) -> list[AdminNotice]:
        return await self.noticing.list_waiting(
            self.server.kind, self.server.discord_id, self.clock.time, is_manager=is_manager
        )

    def restart(self) -> None:
        self.noticing = Noticing(self.db, self.teller, self.doors, self.clock, Pace(100_000))


@pytest.fixture(params=[SubscriberKind.GUILD])
async def desk(request: pytest.FixtureRequest, database: Database) -> Desk:
    clock, doors, teller = HandClock(), ScriptedDoors(), ScriptedTeller()
    async with database.transaction() as tx:
        owner = Subscriber(id=0, kind=request.param, discord_id=77, channel_id=MAIN, admin_channel_id=ADMINS)
        server = await subscribers.add_subscriber(tx, owner, START)
    noticing = Noticing(database, teller, doors, clock, Pace(100_000))
    return Desk(database, clock, doors, teller, noticing, server)


CLOSED = Attempt(Outcome.CLOSED, reason="No access.", closure=Closure.ACCESS)
UNREADABLE = Attempt(Outcome.UNREADABLE, reason="It may not be read.")


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (CLOSED, ("have stopped. No access.", "go on by themselves", "`/settings`")),
        (Attempt(Outcome.CLOSED, reason="Gone.", closure=Closure.CHANNEL), ("Choose another channel in `/settings`",)),
        (UNREADABLE, ("may be there or not", "In `/schedule` you say that it is there, or have it sent again")),
        (
            Attempt(Outcome.REJECTED, reason="Too long."),
            ("refused a post", "Too long.", "`/schedule` names it, and sends it again"),
        ),
    ],
    ids=["closed", "deleted", "uncertain", "failed"],
)
async def test_it_is_told_once_and_says_what_to_do(desk: Desk, attempt: Attempt, words: tuple[str, ...]) -> None:
    await desk.ends(attempt)
    assert await desk.after() == 1
    desk.restart()
    await desk.ends(attempt, number=2)  # more of the same
    assert await desk.after(HOUR) == 0
    ((places, sentence, nonce),) = desk.teller.told
    assert ADMINS in places
    assert MAIN not in places, "not where it happened"
    assert f"<#{MAIN}>" in sentence
    assert [word for word in words if word not in sentence] == []
    assert len(nonce) <= 25
    assert await desk.waiting() == []


@pytest.mark.parametrize(
    "attempt", [Attempt(Outcome.SENT, 1), Attempt(Outcome.NOT_SENT), Attempt(Outcome.UNKNOWN)], ids=str
)
async def test_what_ends_well_or_has_not_ended_is_told_to_nobody(desk: Desk, attempt: Attempt) -> None:
    await desk.ends(attempt)
    assert await desk.after(HOUR) == 0


async def test_a_missing_permission_is_named_when_it_is_told(desk: Desk) -> None:
    desk.doors.looks[MAIN] = Look(Door.OPEN, ("Attach Files",))
    await desk.ends(Attempt(Outcome.SENT, 1), bare=True)
    await desk.ends(Attempt(Outcome.SENT, 1), bare=True, number=2)
    await desk.after()
    ((_, sentence, _),) = desk.teller.told
    assert "it lacks Attach Files there" in sentence


async def test_channels_that_the_server_gave_come_after_the_admins_one(desk: Desk) -> None:
    async with desk.db.transaction() as tx:
        await subscribers.save_settings(tx, desk.server, START)
    await desk.ends(CLOSED, channel=OTHER)
    await desk.after()
    assert desk.teller.told[0][0] == (ADMINS, MAIN)


async def test_a_channel_that_closes_again_before_anything_arrived_is_not_told_of_again(desk: Desk) -> None:
    await desk.ends(CLOSED)
    await desk.after()
    async with desk.db.transaction() as tx:
        await destinations.open_destination(tx, MAIN, START + HOUR, probes=2)
    desk.clock.time += 2 * HOUR
    await desk.ends(CLOSED, number=2)
    assert await desk.after() == 0
    async with desk.db.transaction() as tx:
        await destinations.open_destination(tx, MAIN, START + 3 * HOUR)  # by hand
    desk.clock.time += 2 * HOUR
    await desk.ends(CLOSED, number=3)
    assert await desk.after() == 1


async def test_what_surely_did_not_arrive_is_tried_again_and_less_and_less(desk: Desk) -> None:
    desk.teller.answers = [Attempt(Outcome.NOT_SENT)] * 3
    await desk.ends(CLOSED)
    done = [await desk.after(MINUTE) for _ in range(20)]
    assert sum(done) == 4
    assert desk.teller.searched == [], "nothing can be found that never left"


async def test_what_may_have_arrived_is_sent_again_with_its_nonce_while_that_holds(desk: Desk) -> None:
    desk.teller.answers = [Attempt(Outcome.UNKNOWN)]
    await desk.ends(CLOSED)
    await desk.after()
    assert await desk.after(LEASE) == 0
    assert await desk.after(MINUTE) == 1
    assert desk.teller.searched != [], "the nonce is forgotten by now"


async def test_who_was_killed_while_telling_looks_before_it_tells_again(desk: Desk) -> None:
    await desk.ends(CLOSED)
    work = await desk.noticing.take(desk.clock.time, 1)
    assert len(work) == 1  # and killed after Discord stored it
    async with desk.db.transaction() as tx:
        await admin_notices.try_notice(tx, 1, desk.clock.time)
    desk.restart()
    desk.teller.found = Attempt(Outcome.SENT)
    assert await desk.after(RESEND_WINDOW) == 1
    assert desk.teller.told == [], "it is there"
    assert await desk.after(HOUR) == 0


async def test_who_was_killed_a_moment_ago_tells_again_with_the_same_nonce(desk: Desk) -> None:
    await desk.ends(CLOSED)
    (work,) = await desk.noticing.take(desk.clock.time, 1)
    desk.teller.dies = True
    with pytest.raises(asyncio.CancelledError):
        await work()
    desk.teller.dies = False
    desk.restart()
    assert await desk.after(LEASE) == 1
    assert len({nonce for *_, nonce in desk.teller.told}) == 1
    assert len(desk.teller.told) == 2
    assert desk.teller.searched == []


@pytest.mark.parametrize("answers", [[Attempt(Outcome.CLOSED)], [Attempt(Outcome.NOT_SENT)] * MAX_TRIES])
async def test_where_nobody_can_be_written_to_it_waits_for_a_command(desk: Desk, answers: list[Attempt]) -> None:
    desk.teller.answers = list(answers)
    await desk.ends(CLOSED)
    for _ in range(MAX_TRIES + 1):
        await desk.after(HOUR)
    assert len(desk.teller.told) == len(answers)
    found = await desk.waiting()
    assert ["have stopped" in notice.sentence for notice in found] == [True]
    assert await desk.waiting() == [], "it is being told"
    desk.noticing.not_told(found)
    found = await desk.waiting()
    await desk.noticing.told(found, desk.clock.time)
    desk.restart()
    assert await desk.waiting() == []


async def test_those_who_manage_the_server_are_told_first_and_after_a_day_anyone(desk: Desk) -> None:
    desk.teller.answers = [Attempt(Outcome.CLOSED)]
    await desk.ends(CLOSED)
    await desk.after(23 * HOUR)
    assert await desk.waiting(is_manager=False) == []
    desk.clock.time += HOUR
    assert len(await desk.waiting(is_manager=False)) == 1


@pytest.mark.parametrize("desk", [SubscriberKind.USER], indirect=True)
async def test_a_person_is_told_at_their_next_command(desk: Desk) -> None:
    await desk.ends(Attempt(Outcome.CLOSED, reason="Closed DMs.", closure=Closure.DIRECT))
    assert await desk.after(HOUR) == 0, "there is nobody else to be told"
    (notice,) = await desk.waiting()
    assert "direct messages to you have stopped. Closed DMs." in notice.sentence


async def test_what_is_known_not_to_be_a_failure_is_left_to_its_closing(desk: Desk) -> None:
    """A closed channel's message is settled as failed: one notice, not two."""
    settlement = settle(_any(desk), CLOSED, START)
    assert settlement == Settlement(MessageState.FAILED, settlement.posts, close_destination=True)
    await desk.ends(CLOSED)
    assert await desk.after() == 1


def _any(desk: Desk) -> Message:
    return Message(1, desk.server.id, MAIN, MessageState.SENDING, "us", START + LEASE, 1, START, "key")
