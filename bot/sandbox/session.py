"""One sandbox from start to end: application, world, pages and its own commands put together."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import discord

from bot.domain.dates import local_instant, weekday_date
from bot.sandbox.application import OpenApplication
from bot.sandbox.clock import VirtualClock
from bot.sandbox.closing import Closing
from bot.sandbox.errors import BadStart
from bot.sandbox.page import PAGE_TIMEZONE, Pages, open_browser, open_pages
from bot.sandbox.time_travel import TimeTravel, Travel
from bot.sandbox.world import ANNOUNCEMENTS_NAME, FORUM_NAME, World, open_world

#: Ballerina's posts of 30 May, 3, 5 and 6 June 2025 are still to come, and no post of the first day is gone yet.
FIRST_DAY, FIRST_TIME = date(2025, 5, 27), time(8, 30)
#: Discord's ids count from 2015; at the far end a journey of years has to fit.
EARLIEST, LATEST = date(2016, 1, 1), date(2100, 1, 1)
_BALLERINA_OUT = date(2025, 6, 6)


def begins_at(at: date | None) -> datetime:
    """The sandbox's first instant, in the morning of `at` in New York, before that day's posts.

    Raises:
        BadStart: the simulated Discord cannot be there.
    """
    day = at or FIRST_DAY
    if not EARLIEST <= day <= LATEST:
        raise BadStart(EARLIEST, LATEST)
    return local_instant(day, FIRST_TIME, ZoneInfo(PAGE_TIMEZONE))


async def run_session(
    open_application: OpenApplication,
    *,
    at: date | None,
    port: int | None,
    browser: bool,
    stopped: Callable[[], bool],
) -> None:
    """Open a sandbox, print its address, and serve it until the person ends it on the page, or this is cancelled."""
    start = begins_at(at)
    clock = VirtualClock(start)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="marquee-sandbox-", ignore_cleanup_errors=True))
        application = await stack.enter_async_context(open_application(Path(folder) / "marquee.db", clock))
        client = application.client
        world = await stack.enter_async_context(
            open_world(client, begins_at=start, permissions=application.permissions, clock=clock)
        )
        pages: Pages | None = None

        def arrived(now: datetime) -> None:
            world.forget_records()
            if pages is not None:
                pages.show_time(now)

        travel = Travel(world, application.timeline(world.guild.id, world.user.id), arrived, stopped)
        await client.add_cog(TimeTravel(travel))
        await client.add_cog(Closing(world))
        world.person.afterwards = travel.timeline.tick
        await client.tree.sync()
        await _welcome(client, world)
        pages = await stack.enter_async_context(open_pages(world, port))
        others = {
            "your direct messages": await pages.open(world.user.dm_channel, world.user, "Direct messages"),
            f"#{ANNOUNCEMENTS_NAME}": await pages.open(world.announcements, world.person, f"#{ANNOUNCEMENTS_NAME}"),
        }
        _announce(pages.url, others, world)
        if browser:
            open_browser(pages.url)
        watching = asyncio.create_task(pages.watch_forum(_announce_thread))
        try:
            await pages.wait_closed()
        finally:
            watching.cancel()


async def _welcome(client: discord.Client, world: World) -> None:
    """Say in the channel what to type."""
    today = world.now().astimezone(ZoneInfo(PAGE_TIMEZONE)).date()
    if today < _BALLERINA_OUT:
        steps = "Type `/track ballerina`, then `/cast`, `/trivia`, `/settings`, and `/time-travel next post`."
    else:
        steps = "Type `/upcoming`, then `/track` a film from it, `/cast`, and `/time-travel next post`."
    text = f"👋 Here it is **{weekday_date(today)}**, and time stands still until you move it. {steps}"
    await client.get_partial_messageable(world.channel.id).send(text)


def _announce(url: str, others: Mapping[str, str], world: World) -> None:
    """Print the addresses; people copy them, and tests read the first."""
    here = world.now().astimezone(UTC).astimezone(ZoneInfo(PAGE_TIMEZONE))
    _print(
        f"Marquee’s sandbox: {url}",
        f"There it is {weekday_date(here.date())}, {here:%H:%M}. Nothing leaves this computer. Ctrl-C ends it.",
        "Further pages, for later:",
        *(f"  {name}: {address}" for name, address in others.items()),
        f"  #{FORUM_NAME}: each film’s post gets a page once it is there, and its address appears here",
    )


def _announce_thread(name: str, url: str) -> None:
    _print(f"  {name} in #{FORUM_NAME}: {url}")


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
