"""Marquee as the sandbox runs it: the same application, on a database and a clock of its own."""

import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import discord
from discord.ext import commands

from bot.app import App, open_app
from bot.domain.releases import counting_for
from bot.domain.subscribers import DEFAULT_POSTING_TIME
from bot.ports import Clock
from bot.sandbox.journey import Timeline
from bot.sandbox.moments import FilmDay, Home
from bot.settings import load_settings
from bot.ui.permissions import NEEDED

_COUNTS = frozenset({"MARQUEE_DATA", "TMDB_URL", "TMDB_TOKEN", "WIKIDATA_URL"})
#: Before anyone tracked a film, the server is taken to be where the page's clock is.
_HOME = Home(ZoneInfo("America/New_York"), DEFAULT_POSTING_TIME)


@asynccontextmanager
async def open_application(database: Path, clock: Clock) -> AsyncGenerator["MarqueeApplication"]:
    """Open Marquee with its defaults, whatever `.env` holds, and ask nobody on the network.

    What counts of the environment is MARQUEE_DATA, for who writes film files, and the addresses of sources on one's own
    machine, for who writes sources.
    """
    chosen = {name: value for name, value in os.environ.items() if name in _COUNTS}
    if "WIKIDATA_URL" not in chosen:
        chosen["WIKIDATA"] = "off"
    if "TMDB_URL" not in chosen:
        chosen.pop("TMDB_TOKEN", None)
    settings = load_settings(chosen, None, need_token=False)
    async with open_app(replace(settings, database_url=f"sqlite:///{database.as_posix()}"), clock) as app:
        yield MarqueeApplication(app)
        await app.client.close()


@dataclass(frozen=True, slots=True)
class MarqueeApplication:
    """An `Application`."""

    app: App

    @property
    def client(self) -> commands.AutoShardedBot:
        """The bot, with its cogs; not logged in."""
        return self.app.client

    @property
    def permissions(self) -> discord.Permissions:
        """What the bot's invite asks for."""
        return NEEDED

    def timeline(self, guild_id: int, user_id: int) -> Timeline:
        """What is owed in one server and to one person, and a way to let it happen."""
        return MarqueeTimeline(self.app, guild_id, user_id)


@dataclass(frozen=True, slots=True)
class MarqueeTimeline:
    """A `Timeline`."""

    app: App
    guild_id: int
    user_id: int

    async def get_home(self) -> Home:
        """The server's zone and posting time."""
        subscriber = await self.app.context.tracking.find_subscriber(self.guild_id)
        return _HOME if subscriber is None else Home(subscriber.zone, subscriber.posts_at)

    async def list_film_days(self) -> Sequence[FilmDay]:
        """The tracked films' release days, earliest first."""
        subscriber, subscriptions = await self.app.context.tracking.list_tracked(self.guild_id)
        if subscriber is None:
            return []
        days: list[FilmDay] = []
        for subscription in subscriptions:
            owed = counting_for(subscriber, subscription).owed
            days += [FilmDay(subscription.film.title, release.date.day) for release in owed if release.date.day]
        return sorted(days, key=lambda film: film.on)

    async def next_due_at(self) -> datetime | None:
        """The time of the next post in the server's forecast or the person's, or of the end of a pause, told too."""
        dues = (await self._next_of_server(), await self._next_of_person())
        return min((due for due in dues if due is not None), default=None)

    async def _next_of_person(self) -> datetime | None:
        return await self.app.context.reminding.find_next(self.user_id, self.app.clock.now())

    async def _next_of_server(self) -> datetime | None:
        now = self.app.clock.now()
        agenda = await self.app.context.schedule.find_agenda(self.guild_id, now)
        if agenda is None:
            return None
        _, subscriptions = await self.app.context.tracking.list_tracked(self.guild_id)
        pauses = (agenda.subscriber.pause, *(subscription.pause for subscription in subscriptions))
        ends = [pause.until for pause in pauses if pause and pause.until and pause.until > now]
        return min([*(post.due_at for post in agenda.coming[:1]), *ends], default=None)

    async def tick(self) -> None:
        """Ask the sources, look for what is followed, plan, then send what is due, bundle after bundle."""
        await self.app.refresh.run(self.app.clock.now())
        await self.app.context.following.run(self.app.clock.now())
        await self.app.context.search.load()
        await self.app.planning.run(self.app.clock.now())
        while await self.app.dispatch.run(self.app.clock.now()):
            await self.app.dispatch.drain()
