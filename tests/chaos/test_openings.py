"""kill -9 while films' own posts are opened in forums: each is there once, though Discord takes no nonce for it."""

from __future__ import annotations

import random
from collections import Counter

from bot.domain.messages import RESEND_WINDOW
from tests.chaos.seeding import TODAY, WEEK, Seat, Seeding
from tests.chaos.stage import Stage

FORUM = 15
KILLS, WAVE = 2, 8
OPENINGS = "/channels/*/threads"
#: A request never takes effect; it does and is never answered; it takes effect, and the answer is late.
NEVER, UNANSWERED, LATE = range(3)


async def make_trouble(stage: Stage, seat: Seat, kind: int) -> None:
    """Have the next post that is opened in a forum go wrong."""
    path = f"/channels/{seat.channel_id}/threads"
    if kind == LATE:
        await stage.standin.delay_next("POST", path, 0.3, stored=True)
    else:
        await stage.standin.hang_next("POST", path, stored=kind == UNANSWERED)


async def test_each_film_has_one_post_in_each_forum_and_its_news_in_it(stage: Stage) -> None:
    seeding, chance, under_way = Seeding(stage), random.Random(20250606), 0
    for _ in range(KILLS):
        seats = await seeding.add(*[(TODAY, WEEK)] * WAVE, kind=FORUM)
        for seat in seats:
            await make_trouble(stage, seat, chance.choice([NEVER, UNANSWERED, LATE]))
        since = len(await stage.standin.list_requests())
        async with stage.marquee() as bot:
            # It does not know yet that these are forums: Discord tells by its first refusal.
            asked = chance.randint(2, WAVE)
            await stage.standin.wait_until(requests=asked, method="POST", path=OPENINGS, since=since, timeout=30)
            await bot.kill()
        under_way += stage.ledger.count("messages WHERE state IN ('sending', 'in_doubt')")
        # None of them can land any more.
        stage.ledger.let_time_pass(int(RESEND_WINDOW.total_seconds()))
    assert under_way > 0, "no kill met a message on its way"
    await stage.standin.clear_faults()
    async with stage.marquee() as bot:
        await stage.wait_until_settled(timeout_seconds=60)
        assert await bot.terminate() == 0
    for seat in seeding.seats:
        await audit_forum(stage, seat)
    openings = stage.ledger.rows(
        "SELECT m.state FROM messages m JOIN message_posts mp ON mp.message_id = m.id "
        "JOIN posts p ON p.id = mp.post_id WHERE p.kind = 'opening' AND m.attempt > 1"
    )
    ended = Counter(row["state"] for row in openings)
    assert min(ended["sent"], ended["dissolved"]) > 0, "no kill left both: what had arrived, and what had not"


async def audit_forum(stage: Stage, seat: Seat) -> None:
    """Each film has one post, which begins with its introduction; its news is in it, once."""
    threads = await stage.standin.list_threads(seat.channel_id)
    assert sorted(thread.name for thread in threads) == sorted(seat.titles)
    for thread in threads:
        opening, *news = await stage.standin.list_messages(thread.id)
        assert f"**{thread.name}** has its own post" in opening.content
        assert [message.content.count(f"**{thread.name}**") for message in news] == [1]
