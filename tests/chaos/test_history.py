"""Killed while Discord had the request, and back when the nonce is forgotten: the channel's history says what to do."""

from __future__ import annotations

from bot.domain.messages import LEASE, RESEND_WINDOW
from tests.chaos.audit import ENDS, audit, marker
from tests.chaos.seeding import MOVING, WEEK, Seat, Seeding
from tests.chaos.stage import Stage

POSTS = "/channels/*/messages"
#: More than one page of the history.
CHATTER = 101


async def hang(stage: Stage, seats: list[Seat], *, stored: bool) -> None:
    for seat in seats:
        await stage.standin.hang_next("POST", f"/channels/{seat.channel_id}/messages", stored=stored)


async def chat(stage: Stage, seat: Seat, lines: int) -> None:
    for number in range(lines):
        await stage.standin.say(seat.channel_id, f"line {number}", user_id=seat.guild.owner_id)


async def kill_when_all_hang(stage: Stage, arrived: int, sent: int) -> None:
    """Start, and kill when `sent` requests hang, of which `arrived` took effect."""
    before = (await stage.standin.get_status()).messages
    async with stage.marquee() as bot:
        await stage.standin.wait_until(messages=before + arrived, requests=sent, method="POST", path=POSTS, timeout=20)
        await bot.kill()
    assert stage.ledger.count("messages WHERE state = 'sending'") == sent


async def run_until_settled(stage: Stage) -> None:
    async with stage.marquee() as bot:
        await stage.wait_until_settled()
        assert await bot.terminate() == 0


async def posts_to(stage: Stage, seat: Seat) -> int:
    return len(await stage.standin.list_requests("POST", f"/channels/{seat.channel_id}/messages"))


async def test_found_absent_or_unreadable(stage: Stage) -> None:
    seeding = Seeding(stage)
    arrived = await seeding.add((WEEK,), (WEEK,), (WEEK,))
    absent = await seeding.add((WEEK,), (WEEK,), (WEEK,))
    await hang(stage, arrived, stored=True)
    await hang(stage, absent, stored=False)
    await chat(stage, arrived[0], CHATTER)
    await chat(stage, absent[0], CHATTER)
    await kill_when_all_hang(stage, len(arrived), len(arrived) + len(absent))
    stage.ledger.let_time_pass(int(RESEND_WINDOW.total_seconds()))
    await stage.standin.expire_nonces()
    unreadable = [arrived[2], absent[2]]
    await chat(stage, absent[2], 1)  # in an empty channel even Marquee can tell that nothing came
    for seat in unreadable:
        await stage.standin.deny(seat.channel_id, "read_message_history")
    await run_until_settled(stage)
    await audit(stage, seeding.seats, untold=[absent[2].channel_id])
    assert [await posts_to(stage, seat) for seat in arrived] == [1, 1, 1]
    assert [await posts_to(stage, seat) for seat in absent] == [2, 2, 1]
    uncertain = {post.channel_id for post in stage.ledger.list_posts() if post.state == "uncertain"}
    assert uncertain == {seat.channel_id for seat in unreadable}
    for seat in seeding.seats:
        told = await stage.standin.list_messages(await stage.standin.open_dm(seat.guild.owner_id))
        assert len(told) == (seat in unreadable)
        assert all("nobody can tell" in message.content for message in told)


async def test_no_longer_true_is_never_sent_again_and_corrected_where_it_arrived(stage: Stage) -> None:
    seeding = Seeding(stage)
    [arrived, absent] = await seeding.add((MOVING,), (MOVING,))
    await hang(stage, [arrived], stored=True)
    await hang(stage, [absent], stored=False)
    await kill_when_all_hang(stage, 1, 2)
    stage.ledger.let_time_pass(int(RESEND_WINDOW.total_seconds()))  # until then it may still be on its way
    [wrong] = await stage.standin.list_messages(arrived.channel_id)
    seeding.move(MOVING, 9)
    await run_until_settled(stage)
    there = await audit(stage, seeding.seats, untold=[absent.channel_id], ends=ENDS | {"cancelled"})
    [corrected] = there[arrived.channel_id]
    assert (corrected.id, corrected.edits, marker(corrected)) == (wrong.id, 1, marker(wrong))
    assert "~~ Moved to **" in corrected.content
    assert [await posts_to(stage, seat) for seat in (arrived, absent)] == [1, 1]
    assert {post.state for post in stage.ledger.list_posts() if post.channel_id == absent.channel_id} == {"cancelled"}


async def test_killed_in_the_middle_of_a_correction_it_is_made_again(stage: Stage) -> None:
    seeding = Seeding(stage)
    [seat] = await seeding.add((MOVING,))
    await run_until_settled(stage)
    [told] = await stage.standin.list_messages(seat.channel_id)
    seeding.move(MOVING, 9)
    await stage.standin.hang_next("PATCH", f"{POSTS}/*", stored=True)
    async with stage.marquee() as bot:
        await stage.standin.wait_until(requests=1, method="PATCH", path=f"{POSTS}/*", timeout=20)
        await bot.kill()
    [half] = await stage.standin.list_messages(seat.channel_id)
    assert stage.ledger.count("corrections") == 1
    stage.ledger.let_time_pass(int(LEASE.total_seconds()))
    await run_until_settled(stage)
    [corrected] = (await audit(stage, seeding.seats))[seat.channel_id]
    assert (corrected.id, corrected.edits, marker(corrected)) == (told.id, 2, marker(told))
    assert corrected.content == half.content
    assert "~~ Moved to **" in corrected.content
