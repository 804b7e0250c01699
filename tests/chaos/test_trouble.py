"""Discord in trouble while Marquee lives: every answer of the table in docs/delivery.md comes to its row's end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.chaos.audit import audit
from tests.chaos.seeding import MANY, TODAY, WEEK, Seat, Seeding
from tests.chaos.stage import Stage
from tests.standin.client import StandinProcess

POSTS = "/channels/*/messages"
Order = Callable[[StandinProcess, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the next requests to a channel meet, after which the post gets there all the same."""

    servers: int
    order: Order
    requests: int = 1  #: that meet it


#: Answers that never come are in test_kill and test_stop: Marquee waits 40 s for them.
PASSING: Mapping[str, Trouble] = {
    "dropped after storing": Trouble(10, lambda s, path: s.drop_next("POST", path, stored=True)),
    "reset after storing": Trouble(3, lambda s, path: s.drop_next("POST", path, stored=True, reset=True)),
    "dropped before storing": Trouble(3, lambda s, path: s.drop_next("POST", path, stored=False)),
    "500 after storing": Trouble(3, lambda s, path: s.fail_next("POST", path, 500, stored=True)),
    "500 before storing": Trouble(3, lambda s, path: s.fail_next("POST", path, 500)),
    "503 after storing": Trouble(3, lambda s, path: s.fail_next("POST", path, 503, stored=True)),
    "503 twice": Trouble(3, lambda s, path: s.fail_next("POST", path, 503, times=2), requests=2),
    "429": Trouble(3, lambda s, path: s.limit_next("POST", path, retry_after=0.3)),
    "429 six times": Trouble(3, lambda s, path: s.limit_next("POST", path, retry_after=0.1, times=6), requests=6),
    "400 once": Trouble(3, lambda s, path: s.fail_next("POST", path, 400, code=50035)),
}


async def test_what_passes_costs_no_post_and_doubles_none(stage: Stage) -> None:
    seeding = Seeding(stage)
    await seeding.add(*[(WEEK, TODAY)] * 60)
    hit: dict[str, list[Seat]] = {}
    for name, trouble in PASSING.items():
        hit[name] = await seeding.add(*[(WEEK, TODAY)] * trouble.servers)
        for seat in hit[name]:
            await trouble.order(stage.standin, f"/channels/{seat.channel_id}/messages")
    await run_until_settled(stage)
    there = await audit(stage, seeding.seats)
    assert stage.ledger.paused() == {}
    assert stage.ledger.count("posts WHERE state = 'failed'") == 0
    assert [there[seat.channel_id][0].embeds for seat in hit["400 once"]] == [[], [], []], "not as plain text"
    met = [request.fault for request in await stage.standin.list_requests("POST", POSTS) if request.fault]
    assert len(met) == sum(trouble.servers * trouble.requests for trouble in PASSING.values())


async def run_until_settled(stage: Stage, **settings: str) -> None:
    async with stage.marquee(**settings) as bot:
        await stage.standin.wait_until(connected=1, timeout=20)
        await stage.wait_until_settled()
        assert await bot.terminate() == 0
    await stage.standin.wait_until(connected=0)


async def test_storm_of_global_limits_loses_nothing(stage: Stage) -> None:
    seeding = Seeding(stage)
    await seeding.add(*[(WEEK,)] * 60)
    await stage.standin.set_global_limit(15)
    await run_until_settled(stage, POST_RATE="50")
    await audit(stage, seeding.seats)
    # One refusal makes all wait and go slower; what was on its way by then, more on a slow machine, is refused as well.
    assert 1 <= (await stage.standin.get_status()).limited <= len(seeding.seats)


async def test_channel_that_refuses_is_left_alone_and_its_subscription_kept(stage: Stage) -> None:
    seeding = Seeding(stage)
    denied, unseen, deleted, fine = await seeding.add(MANY, (WEEK,), (WEEK,), MANY)
    await stage.standin.deny(denied.channel_id, "send_messages")
    await stage.standin.deny(unseen.channel_id, "view_channel")
    await stage.standin.delete_channel(deleted.channel_id)
    followed = stage.ledger.count("subscriptions")
    await run_until_settled(stage)
    await seeding.follow(denied, WEEK)
    await run_until_settled(stage)
    refused = [denied, unseen, deleted]
    await audit(stage, seeding.seats, untold=[seat.channel_id for seat in refused])
    reasons = stage.ledger.paused()
    assert reasons.keys() == {seat.channel_id for seat in refused}
    assert "Send Messages" in reasons[denied.channel_id]
    assert "no longer exists" in reasons[deleted.channel_id]
    assert "View Channel" in reasons[unseen.channel_id]
    for seat in refused:
        asked = await stage.standin.list_requests("*", f"/channels/{seat.channel_id}/**")
        # A missing permission may be for files or embeds alone: once more as plain text.
        assert [request.method for request in asked] == ["POST"] * (2 if seat is denied else 1)
    assert stage.ledger.count("subscriptions") == followed + 1
    states = [post.state for post in stage.ledger.list_posts() if post.channel_id == denied.channel_id]
    assert states == ["skipped"] * (len(MANY) + 1)
    for seat in refused:
        told = await stage.standin.list_messages(await stage.standin.open_dm(seat.guild.owner_id))
        assert [f"<#{seat.channel_id}>" in message.content for message in told] == [True]
    assert len(await stage.standin.list_messages(fine.channel_id)) == 2


async def test_server_that_removed_marquee_is_left_alone_and_its_data_kept(stage: Stage) -> None:
    """Discord names it no more at the connecting; until Marquee has asked about it, its channel refuses one post."""
    seeding = Seeding(stage)
    removed, fine = await seeding.add((WEEK,), (WEEK,))
    await stage.standin.remove_guild(removed.guild.id)
    await run_until_settled(stage)
    assert stage.ledger.count("subscribers WHERE left_at IS NOT NULL") == 1
    assert stage.ledger.count("subscriptions") == 2
    assert len(await stage.standin.list_requests("*", f"/channels/{removed.channel_id}/**")) <= 1
    assert len(await stage.standin.list_messages(fine.channel_id)) == 1


async def test_content_that_discord_refuses_twice_has_failed(stage: Stage) -> None:
    seeding = Seeding(stage)
    [refused, other] = await seeding.add((WEEK,), (WEEK,))
    path = f"/channels/{refused.channel_id}/messages"
    await stage.standin.fail_next("POST", path, 400, code=50035, times=9)
    await run_until_settled(stage)
    await audit(stage, [refused, other], untold=[refused.channel_id])
    assert len(await stage.standin.list_requests("POST", path)) == 2
    assert stage.ledger.paused() == {}
