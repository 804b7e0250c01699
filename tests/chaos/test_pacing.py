"""Below Discord's global limit no post is refused, where bare discord.py loses some: `make bench-pacing`, in short."""

from __future__ import annotations

from tests.benchmarks.pacing import post_bare, post_with_marquee


async def test_marquee_is_never_refused_and_loses_nothing() -> None:
    sent, busy, _ = await post_with_marquee(channels=200, limit=50)
    assert (sent.channels, sent.lost, sent.doubled, sent.refused) == (200, 0, 0, 0)
    assert sent.peak <= 50
    assert busy.count > 0
    assert busy.unanswered == 0


async def test_bare_discord_py_loses_some() -> None:
    sent = await post_bare(channels=400, limit=50, text="a post")
    assert sent.refused > 400
    assert sent.lost > 0
