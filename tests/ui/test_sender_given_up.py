"""A send is given up after 40 s, wherever discord.py is at that moment: what it leaves must not stop the others."""

from __future__ import annotations

import asyncio

from bot.domain.messages import Outcome, Parcel
from bot.ui.sender import DiscordSender
from tests.standin.client import StandinClient

POSTS = "/channels/*/messages"


async def test_send_given_up_in_a_global_limit_does_not_silence_the_bot(
    standin: StandinClient, sender: DiscordSender, told: Parcel, channel_id: int
) -> None:
    await standin.limit_next("POST", POSTS, retry_after=1.5, is_global=True)
    finished = (await standin.get_status()).finished
    given_up = asyncio.create_task(sender.send(told))
    await standin.wait_until(finished=finished + 1)
    for _ in range(3):  # by then discord.py has read the answer, and waits
        await standin.get_status()
    given_up.cancel()
    await asyncio.wait([given_up])
    assert given_up.cancelled()
    try:
        async with asyncio.timeout(5):
            attempt = await sender.send(told)
    except TimeoutError:
        raise AssertionError("nothing is sent any more: discord.py waits for the one that was given up") from None
    assert attempt.outcome is Outcome.SENT
    assert len(await standin.list_messages(channel_id)) == 1
