"""`make bench-pacing`: how fast posts go out below Discord's global limit, what it costs commands, and bare discord.py.

Three processes: the stand-in with its limit, `marquee run` on SQLite, and this one, which seeds, asks and counts. Posts
carry their picture, as they do at Discord: without it the bot has less to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import discord

from bot.ui.buckets import scan_seldom
from tests.chaos.seeding import WEEK, Seeding
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import BOT_TOKEN, USUAL, StandinProcess
from tests.standin.pointing import pointed_at

POSTS = "/channels/*/messages"
GOAL = 47.5
#: A person types this now and then while posts go out; it asks Discord for the server, the bot's roles and the channel.
COMMAND = "settings channel:#releases"
_ASK_SECONDS, _LOOK_SECONDS, _STUCK_SECONDS = 0.7, 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message to each of so many channels."""

    channels: int
    lost: int
    doubled: int
    refused: int  #: answers of 429
    peak: int  #: the most requests within one second
    seconds: float  #: from the first that arrived to the last
    per_second: float


@dataclass(frozen=True, slots=True)
class Answered:
    """How long commands took, in milliseconds, from the key press to the last of the answer."""

    count: int
    unanswered: int
    p50: float
    p99: float
    worst: float


async def post_with_marquee(channels: int, limit: int, *, typing: bool = True) -> tuple[Sent, Answered, Answered]:
    """Let `marquee run` tell each of so many channels of a film; commands meanwhile, and once nothing is left to do.

    Without `typing` nobody types meanwhile: what commands ask is counted as well, and posts make room for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with StandinProcess(token=TOKEN) as standin:
            stage = Stage(standin, Path(folder))
            seats = await Seeding(stage).add_many([(WEEK,)] * channels)
            guild = await standin.add_guild("The Bijou")
            channel_id, releases = [await standin.add_channel(guild.id) for _ in range(2)]

            async def ask() -> float | None:
                started = time.perf_counter()
                where = {"channel": releases}
                answer = await standin.slash("settings", where, channel_id=channel_id, user_id=guild.owner_id)
                return None if answer.type is None else (time.perf_counter() - started) * 1000

            await standin.set_global_limit(limit)
            async with stage.marquee() as bot:
                await standin.wait_until(connected=1, timeout=60)
                await standin.wait_until(requests=limit, method="POST", path=POSTS, timeout=120)
                async with _asking(ask if typing else _nothing) as busy:
                    await _wait_for_end(standin, {seat.channel_id for seat in seats})
                async with _asking(ask) as idle:
                    await asyncio.sleep(min(20.0, channels / 100))
                await bot.terminate()
            return await _count(standin, [seat.channel_id for seat in seats]), _times(busy), _times(idle)


async def post_bare(channels: int, limit: int, text: str) -> Sent:
    """Call discord.py's `channel.send` for each of so many channels, at once."""
    async with StandinProcess() as standin:
        servers = await standin.add_servers(channels, bot=USUAL)
        await standin.set_global_limit(limit)
        with pointed_at(standin.api, standin.gateway):
            async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30) as client:
                await client.login(BOT_TOKEN)
                sends = [client.get_partial_messageable(channel_id).send(text) for _, channel_id in servers]
                await asyncio.gather(*sends, return_exceptions=True)
        return await _count(standin, [channel_id for _, channel_id in servers])


async def read_books(channels: int) -> tuple[float, float]:
    """Seconds that discord.py spends on its books of rate limits for so many new channels: as it is, and as Marquee."""
    took: list[float] = []
    for is_seldom in (False, True):
        async with discord.Client(intents=discord.Intents.none()) as client:
            if is_seldom:
                scan_seldom(client)
            started = time.perf_counter()
            for channel_id in range(channels):
                client.http.get_ratelimit(f"POST /channels/{{channel_id}}/messages:{channel_id}")
            took.append(time.perf_counter() - started)
    return took[0], took[1]


async def _wait_for_end(standin: StandinProcess, meant: Collection[int]) -> None:
    """Wait until every channel has its message, or nothing has come for a while."""
    last, since = 0, time.monotonic()
    while True:
        status = await standin.get_status(method="POST", path=POSTS)
        if (there := status.finished - status.limited) >= len(meant):  # what commands posted is among it
            there = len({message.channel_id for message in await standin.list_told()} & set(meant))
        if there == len(meant):
            return
        if there > last:
            last, since = there, time.monotonic()
        if time.monotonic() - since > _STUCK_SECONDS:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _nothing() -> float | None:
    await asyncio.Event().wait()


@asynccontextmanager
async def _asking(ask: Callable[[], Awaitable[float | None]]) -> AsyncIterator[list[float | None]]:
    """Type a command again and again."""
    answers: list[float | None] = []

    async def type_away() -> None:
        while True:
            answers.append(await ask())
            await asyncio.sleep(_ASK_SECONDS)

    typing = asyncio.create_task(type_away())
    try:
        yield answers
    finally:
        typing.cancel()
        await asyncio.wait([typing])


async def _count(standin: StandinProcess, channel_ids: Sequence[int]) -> Sent:
    meant = {POSTS.replace("*", str(channel_id)) for channel_id in channel_ids}
    posts = await standin.list_requests("POST", POSTS)
    good = [post for post in posts if post.status == 200 and post.path in meant]
    reached = Counter(post.path for post in good)
    seconds = good[-1].at - good[0].at if len(good) > 1 else 0.0
    status = await standin.get_status()
    return Sent(
        channels=len(meant),
        lost=len(meant) - len(reached),
        doubled=sum(times - 1 for times in reached.values()),
        refused=status.limited,
        peak=status.peak,
        seconds=round(seconds, 1),
        per_second=round((len(good) - 1) / seconds, 2) if seconds else 0.0,
    )


def _times(answers: Sequence[float | None]) -> Answered:
    came = sorted(ms for ms in answers if ms is not None) or [0.0]
    return Answered(
        count=len(answers),
        unanswered=sum(ms is None for ms in answers),
        p50=round(came[len(came) // 2], 1),
        p99=round(came[len(came) * 99 // 100], 1),
        worst=round(came[-1], 1),
    )


def table(report: dict[str, dict[str, object]]) -> list[str]:
    """The figures as Markdown."""
    rows = ["| | channels | lost | doubled | 429s | most in a second | seconds | a second |", "|---" * 8 + "|"]
    for name in ("Marquee", "Marquee, beside commands", "channel.send"):
        if got := report.get(name):
            rows.append(f"| {name} | " + " | ".join(str(got[key]) for key in Sent.__slots__) + " |")
    rows += ["", f"| /{COMMAND} | asked | unanswered | p50, ms | p99, ms | worst, ms |", "|---|---|---|---|---|---|"]
    for name in ("while posts go out", "with nothing else to do"):
        rows.append(f"| {name} | " + " | ".join(str(report[name][key]) for key in Answered.__slots__) + " |")
    return rows


async def _measure(wanted: argparse.Namespace) -> dict[str, dict[str, object]]:
    load_before = os.getloadavg()[0]
    sent, _, _ = await post_with_marquee(wanted.channels, wanted.limit, typing=False)
    beside, busy, idle = await post_with_marquee(max(wanted.channels // 4, 200), wanted.limit)
    report: dict[str, dict[str, object]] = {
        "Marquee": asdict(sent),
        "Marquee, beside commands": asdict(beside),
        "while posts go out": asdict(busy),
        "with nothing else to do": asdict(idle),
    }
    if not wanted.no_bare:
        report["channel.send"] = asdict(await post_bare(wanted.channels, wanted.limit, "**Seven Days Ahead**: 7 days"))
    if wanted.books:
        as_it_is, seldom = await read_books(wanted.books)
        report["books"] = {"channels": wanted.books, "as it is": round(as_it_is, 2), "seldom": round(seldom, 3)}
    report["machine"] = {"load before": round(load_before, 2), "load after": round(os.getloadavg()[0], 2)}
    return report


def main(arguments: Sequence[str]) -> int:
    """Measure, print and write; 1 if a promise broke."""
    parser = argparse.ArgumentParser(prog="make bench-pacing", description=__doc__)
    parser.add_argument("--channels", type=int, default=5_000)
    parser.add_argument("--limit", type=int, default=50, help="requests a second that the stand-in allows")
    parser.add_argument("--no-bare", action="store_true", help="leave bare discord.py out")
    parser.add_argument("--books", type=int, default=10_000, help="channels for discord.py's books; 0: not measured")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    wanted = parser.parse_args(arguments)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)  # bare discord.py opens a connection for each message
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * wanted.channels + 200)), hard))
    logging.disable(logging.WARNING)  # discord.py says each 429
    report = asyncio.run(_measure(wanted))
    sys.stdout.write("\n".join(table(report)) + "\n")
    sys.stdout.write(f"{json.dumps({name: report[name] for name in ('books', 'machine') if name in report})}\n")
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    ours = (report["Marquee"], report["Marquee, beside commands"])
    return int(any(got[name] for got in ours for name in ("lost", "doubled", "refused")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
