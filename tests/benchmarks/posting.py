"""Marquee sending to many channels of a stand-in without limits, in this very process, and bare discord.py doing so."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import discord

import bot.app
from bot import collecting
from bot.app import App
from bot.clock import SystemClock
from bot.domain.messages import Parcel, message_key
from bot.services.limits import Portion, Window
from bot.services.pace import Pace
from bot.services.parcels import read_parcel
from bot.settings import load_settings
from bot.store.messages import get_message
from bot.ui.card import Picture
from bot.ui.posts import Rendered, picture_of, render_message
from tests.chaos.seeding import WEEK, Seeding
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import BOT_TOKEN, USUAL, StandinProcess
from tests.standin.pointing import pointed_at

IN_FLIGHT = 50
#: Claimed anew as soon as so few are left: the scheduler's clock, but quicker, for there is no limit to wait for.
_CLAIM_BELOW = 100
_LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Run:
    """So many messages, in seconds of the clock and of the processors, all threads of this process together."""

    messages: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Of one message."""
        return self.cpu_seconds / self.messages * 1000


class Unlimited(Pace):
    """So many in flight, and no other limit; the door is passed as always."""

    def __init__(self, *_: object) -> None:
        super().__init__(1_000_000)
        self._window = Window(1_000_000)
        self._flying = asyncio.Semaphore(IN_FLIGHT)

    def share(self, portion: Portion) -> None:
        pass

    async def _take_turn(self) -> None:
        await self._flying.acquire()

    async def __aexit__(self, *error: object) -> None:
        self._flying.release()
        await super().__aexit__(None, None, None)


@asynccontextmanager
async def a_bot(
    channels: int, titles: Sequence[str] = (), pace: type[Pace] = Pace
) -> AsyncIterator[tuple[App, StandinProcess]]:
    """Marquee, logged in, on SQLite, with so many servers that follow these films, and nothing planned yet."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandinProcess(token=TOKEN) as standin:
            stage = Stage(standin, Path(folder))
            await Seeding(stage).add_many([titles] * channels)
            environment = {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": stage.url, "WIKIDATA": "off"}
            settings = load_settings(environment | {"MARQUEE_DATA": str(stage.catalogue)}, None, need_token=True)
            with pointed_at(standin.api, standin.gateway), patch.object(bot.app, "Pace", pace):
                async with bot.app.open_app(settings, SystemClock()) as app, app.client:
                    await app.client.login(TOKEN)
                    yield app, standin


async def send_with_marquee(channels: int) -> Run:
    """Claim, render, send and settle a message to each of so many channels."""
    async with a_bot(channels, [WEEK], Unlimited) as (app, standin):
        await app.planning.run(app.clock.now())
        run = await timed(channels, send_all(app))
        there = {message.channel_id for message in await standin.list_told()}
        if len(there) != channels:
            raise AssertionError(f"{len(there)} of {channels} channels were told")
        return run


async def send_all(app: App) -> None:
    """Tick until nothing is owed."""
    under_way = app.dispatch._under_way  # pyright: ignore[reportPrivateUsage]
    while await app.dispatch.run(app.clock.now()) or under_way:
        while len(under_way) > _CLAIM_BELOW:  # noqa: ASYNC110 - an event would have to be set by every delivery
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(_LOOK_SECONDS)


async def example() -> tuple[Parcel, Picture | None]:
    """Send one message, and see what it was made of."""
    async with a_bot(1, [WEEK], Unlimited) as (app, _):
        await app.planning.run(app.clock.now())
        await send_all(app)
        async with app.db.reading() as tx:
            parcel = await read_parcel(tx, await get_message(tx, 1), app.clock.now())
        spec = picture_of(parcel)
        return parcel, await app.context.pictures.get_picture(spec) if spec else None


async def send_bare(channels: int, body: tuple[Parcel, Picture | None]) -> Run:
    """Call `channel.send` with as many bodies, ready made, each with its own key as Marquee's have."""
    async with StandinProcess() as standin:
        servers = await standin.add_servers(channels, bot=USUAL)
        with pointed_at(standin.api, standin.gateway):
            async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30) as client:
                await client.login(BOT_TOKEN)
                work = iter([(channel_id, *_rendered(channel_id, *body)) for _, channel_id in servers])
                run = await timed(channels, _work_off(client, work))
        if (sent := (await standin.get_status()).messages) != channels:
            raise AssertionError(f"{sent} of {channels} channels were told")
        return run


def _rendered(channel_id: int, parcel: Parcel, picture: Picture | None) -> tuple[str, Rendered]:
    key = message_key(channel_id, (post.dedup_key for post in parcel.message.posts))
    return key, render_message(replace(parcel, message=replace(parcel.message, message_key=key)), picture)


async def _work_off(client: discord.Client, work: Iterator[tuple[int, str, Rendered]]) -> None:
    async def send() -> None:
        for channel_id, key, body in work:
            await client.get_partial_messageable(channel_id).send(
                body.content, embeds=list(body.embeds), files=body.files(), view=body.view,
                allowed_mentions=body.allowed_mentions, nonce=key,
            )  # fmt: skip

    await asyncio.gather(*(send() for _ in range(IN_FLIGHT)))


async def timed(messages: int, work: Awaitable[object]) -> Run:
    """Do the work, with a heap as a bot has that has run for a while."""
    collecting.settle()
    began, began_cpu = time.perf_counter(), time.process_time()
    await work
    run = Run(messages, time.perf_counter() - began, time.process_time() - began_cpu)
    collecting.end()
    return run
