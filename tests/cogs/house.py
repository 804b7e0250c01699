"""Marquee at work in a simulated Discord: real store, real catalogue, real discord.py, a clock of our own."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import discord
import simcord

from bot.app import App, open_app
from bot.domain.films import Film
from bot.services.taking import take_in
from bot.settings import Settings, load_settings
from bot.ui.permissions import invite_link
from tests.cogs.people import Server
from tests.cogs.reading import Screen, screen_of
from tests.cogs.times import START

#: What the bot's invite asks for.
INVITED = discord.Permissions(int(parse_qs(urlsplit(invite_link(1)).query)["permissions"][0]))
#: 9:00 in New York and in Berlin in summer are both on a step.
STEP, FULL_STEPS_FROM = timedelta(hours=6), datetime(2020, 1, 1, 1, tzinfo=UTC)


def settings_for(database: Path, catalogue: Path | None = None) -> Settings:
    """The defaults, on a database file, asking nobody on the network, whatever the machine's environment holds."""
    values = {"DATABASE_URL": f"sqlite:///{database.as_posix()}", "WIKIDATA": "off"}
    if catalogue is not None:
        values["MARQUEE_DATA"] = str(catalogue)
    return load_settings(values, None, need_token=False)


class Env(simcord.Env):
    """simcord's, which looks every 50 ms whether an answer that took no time is complete; every 1 ms does as well."""

    async def _settle_internal(self, *, idle: float = 0.001, **options: Any) -> None:
        await super()._settle_internal(idle=idle, **options)


class Clock:
    """What time it is in the simulated Discord (bot.ports.Clock)."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self.env: Env | None = None

    def now(self) -> datetime:
        return self.env.now() if self.env else self._now


@dataclass
class House:
    """The simulated Discord with Marquee in it, and one server to begin with."""

    database: Path
    clock: Clock
    env: Env = field(init=False)
    app: App = field(init=False)
    server: Server = field(init=False)
    locale: str = "en-US"  #: of whoever types next
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def now(self) -> datetime:
        return self.env.now()

    async def open(self) -> None:
        """Start Marquee for the first time."""
        await self._start_app(None)
        self.env = Env(self.app.client, check_errors=False)
        self.env.backend.advance_clock((self.clock.now() - self.env.now()).total_seconds())
        self.env.backend.bot_user.name = "Marquee"
        self.clock.env = self.env
        self._speak_locales()
        handler = self.app.client.tree.on_error
        await self.env.start()
        self.app.client.tree.on_error = handler  # simcord's own takes a refusal for a crash
        self.server = self.open_server("The Picture House")

    async def restart(self, *, catalogue: Path | None = None) -> None:
        """End Marquee, and start it again on the same database."""
        await self._stop_app()
        await self._start_app(catalogue)
        handler = self.app.client.tree.on_error
        await self.env.restart_bot(self.app.client)
        self.app.client.tree.on_error = handler

    async def close(self) -> None:
        await self.env.shutdown()
        await self._stop_app()

    async def _start_app(self, catalogue: Path | None) -> None:
        self._running = AsyncExitStack()
        self.app = await self._running.enter_async_context(open_app(settings_for(self.database, catalogue), self.clock))

    async def _stop_app(self) -> None:
        await self.app.dispatch.drain()
        await self.app.client.close()
        await self._running.aclose()

    def _speak_locales(self) -> None:
        """Have interactions carry the typist's locale: simcord's people all speak American English."""
        emit = self.env.backend.emit

        def speaking(event: str, payload: Any) -> None:
            emit(event, {**payload, "locale": self.locale} if event == "INTERACTION_CREATE" else payload)

        self.env.backend.emit = speaking  # type: ignore[method-assign]

    def open_server(self, name: str) -> Server:
        """Make a server where Marquee was invited with what its link asks for."""
        guild = self.env.create_guild(name)
        self.env.backend.get_guild(guild.id).roles[guild.roles["Marquee"].id].permissions = INVITED.value
        channel = guild.create_text_channel("releases")
        return Server(self, guild, channel)

    async def live_until(self, instant: datetime, *, step: timedelta = STEP) -> None:
        """Let time pass with Marquee running, a look at the clock every `step`, on the full step."""
        while self.now < instant:
            late = (self.now - FULL_STEPS_FROM) % step
            self.sleep_until(min(self.now + step - late, instant.astimezone(UTC)))
            await self.work()

    def sleep_until(self, instant: datetime) -> None:
        """Let time pass with Marquee not running."""
        self.env.backend.advance_clock(max(0.0, (instant - self.now).total_seconds()))

    async def work(self) -> None:
        """What the scheduler does again and again: plan, then send what is due, until nothing is."""
        await self.app.planning.run(self.now)
        for _ in range(50):
            started = await self.app.dispatch.run(self.now)
            await self.app.dispatch.drain()
            if not started:
                return
        raise AssertionError("the dispatcher finds no end")

    async def add_films(self, *films: Film) -> list[int]:
        """Put films into the store, or change them, as a new catalogue does; their ids."""
        async with self.app.db.transaction() as tx:
            ids = [(await take_in(tx, film, "bundled", self.now)).film_id for film in films]
        await self.app.context.search.load()
        return ids

    def screens(self, channel: simcord.ChannelHandle) -> list[Screen]:
        """Everything in a channel, the oldest first, private answers too."""
        stored = self.env.backend.messages.get(channel.id, {})
        return [screen_of(self.env.backend, message) for _, message in sorted(stored.items())]


def errors_in(records: Sequence[logging.LogRecord]) -> list[str]:
    """What was logged as an error, by Marquee or by discord.py."""
    return [record.getMessage() + str(record.exc_info or "") for record in records if record.levelno >= logging.ERROR]


@asynccontextmanager
async def open_house(database: Path, start: datetime = START) -> AsyncGenerator[House]:
    """Open a house on a database that has the catalogue."""
    house = House(database, Clock(start))
    await house.open()
    try:
        yield house
    finally:
        await house.close()
        await asyncio.sleep(0)
