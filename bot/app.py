"""The one place that wires everything together, opens it in order, and closes it in the reverse order."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from types import FrameType

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot import collecting
from bot.client import MarqueeClient, SyncGate
from bot.clock import SystemClock
from bot.connecting import connect, login
from bot.ports import Clock, FilmSource
from bot.scheduler import Job, Scheduler
from bot.services.asking import Asking
from bot.services.by_hand import ByHand
from bot.services.catalogue import load_catalogue
from bot.services.correcting import Correcting
from bot.services.crossposting import Crossposting
from bot.services.destinations import Doorkeeping
from bot.services.dispatch import Dispatch
from bot.services.doubting import Doubting
from bot.services.exporting import Exporting
from bot.services.films import Films
from bot.services.finding import Finding
from bot.services.following import Following
from bot.services.identifying import Identifying
from bot.services.leading import Leading
from bot.services.living import Living
from bot.services.noticing import Noticing
from bot.services.pace import Pace
from bot.services.planning import Planning
from bot.services.presence import Presence
from bot.services.recalling import Recalling
from bot.services.refresh import Refresh
from bot.services.reminding import Reminding
from bot.services.schedule import Schedule
from bot.services.search import FilmSearch
from bot.services.settings import Preferences
from bot.services.tracking import Tracking
from bot.settings import Settings, SourceSettings
from bot.sources.bundled import digest_of, find_catalogue, read_catalogue
from bot.store.database import Database, open_database
from bot.store.films import find_meta, set_meta
from bot.store.title_index import TitleIndex
from bot.ui.buckets import scan_seldom
from bot.ui.doors import DiscordDoorkeeper
from bot.ui.history import DiscordHistory
from bot.ui.live_editor import DiscordLiveEditor
from bot.ui.pictures import PictureShop
from bot.ui.publisher import DiscordPublisher
from bot.ui.sender import DiscordSender
from bot.ui.telling import DiscordTeller
from bot.ui.traffic import direct_traffic
from cogs.arrivals import Arrivals
from cogs.context import Context

log = logging.getLogger(__name__)
#: What is in flight when somebody stops Marquee has this long to finish.
GRACE = timedelta(seconds=10)
#: The jobs begin once the first commands can be answered: their first runs come all at once.
JOBS_AFTER = timedelta(seconds=0.3)
#: What pictures need is opened ahead once the start is over.
WARM_AFTER = timedelta(seconds=20)
_background: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class App:
    """Marquee, open and not yet connected."""

    db: Database
    clock: Clock
    client: MarqueeClient
    planning: Planning
    dispatch: Dispatch
    refresh: Refresh
    context: Context
    presence: Presence
    noticing: Noticing
    leading: Leading


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock) -> AsyncGenerator[App]:
    """Open the database, take the catalogue over, and wire the services to a client.

    Raises:
        OperatorError: something is not as it must be; the sentence says what to do.
    """
    async with AsyncExitStack() as stack:
        db = await open_database(settings.database_url)
        stack.push_async_callback(db.close)
        folder = settings.catalogue or find_catalogue()
        await load_catalogue(db, digest_of(folder), lambda: read_catalogue(folder), clock.now())
        search = FilmSearch(db)
        await search.load()
        sources = await _open_sources(stack, settings.sources, clock)
        refresh = Refresh(db, sources)
        asking = Asking(db, sources, refresh)
        finding = Finding(search, asking, lambda: TitleIndex.open(settings.titles_path))
        stack.push_async_callback(finding.close)
        pictures = PictureShop()
        context = Context(
            clock,
            search,
            finding,
            asking,
            refresh,
            Films(db),
            Tracking(db),
            Preferences(db),
            Doubting(db),
            Schedule(db),
            pictures,
            following=Following(db, sources, asking.adopt),
            exporting=Exporting(db),
            reminding=Reminding(db),
            by_hand=ByHand(db),
        )
        identifying = Identifying(db, clock)
        client = MarqueeClient(context, _sync_gate(db), identifying)
        owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        sender = DiscordSender(client, pictures)
        pace = Pace(settings.post_rate)
        direct_traffic(client, pace)
        scan_seldom(client)
        doorkeeper = DiscordDoorkeeper(client)
        noticing = Noticing(db, DiscordTeller(client), doorkeeper, clock, pace)
        presence = Presence(db, doorkeeper, pace)
        client.listening.append(Arrivals(presence, noticing, clock))
        living = Living(db, sender, DiscordLiveEditor(client, pictures), clock, pace)
        publishing = Crossposting(db, sender, DiscordPublisher(client), clock, pace)
        doorkeeping = Doorkeeping(db, doorkeeper, clock, pace)
        chores = [Correcting(db, sender, clock, pace), publishing, living, noticing, doorkeeping]
        recall = Recalling(db, DiscordHistory(client), clock, pace)
        dispatch = Dispatch(db, sender, clock, pace, owner=owner, chores=chores, recalling=recall)
        leading = Leading(db, pace, owner=owner, shards=settings.part_of_shards, take_over=dispatch.start)
        stack.push_async_callback(leading.leave)
        await leading.run(clock.now())
        yield App(db, clock, client, Planning(db, clock), dispatch, refresh, context, presence, noticing, leading)


async def _open_sources(stack: AsyncExitStack, settings: SourceSettings, clock: Clock) -> list[FilmSource]:
    """The sources on the network that are to be asked, over one session; TMDB knows more, so it comes first."""
    sources: list[FilmSource] = []
    if settings.tmdb_token is None and not settings.wikidata:
        return sources
    from bot.sources import tmdb, wikidata_api  # who asks nobody need not wait for them at each start
    from bot.sources.http import JsonClient
    from bot.sources.wikidata import WikidataSource

    session = await stack.enter_async_context(aiohttp.ClientSession())
    if settings.tmdb_token is not None:
        manners = tmdb.tmdb_manners(
            settings.tmdb_url or tmdb.DEFAULT_URL, settings.tmdb_token.reveal(), settings.contact
        )
        client = JsonClient(session, manners)
        stack.push_async_callback(client.close)
        sources.append(tmdb.TmdbSource(client, clock))
    if settings.wikidata:
        client = JsonClient(
            session, wikidata_api.wikidata_manners(settings.wikidata_url or wikidata_api.DEFAULT_URL, settings.contact)
        )
        stack.push_async_callback(client.close)
        sources.append(WikidataSource(client, clock))
    return sources


async def run(settings: Settings) -> None:
    """Run Marquee on Discord until SIGTERM, Ctrl-C, or an error that only its operator can mend.

    Raises:
        OperatorError: see above.
    """
    point_discord_at(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)

    for number in (signal.SIGTERM, signal.SIGINT):  # not add_signal_handler, which Windows has not
        signal.signal(number, stop)
    async with open_app(settings, SystemClock()) as app:
        await _serve(app, settings, stopping)


async def _serve(app: App, settings: Settings, stopping: asyncio.Event) -> None:
    scheduler = Scheduler(_jobs(app), app.clock, lambda: app.leading.leads)
    loop = asyncio.get_running_loop()
    begun = [loop.call_later(WARM_AFTER.total_seconds(), _warm, app.context.pictures)]
    async with app.client:
        try:
            token = settings.token.reveal() if settings.token else ""
            if await _finished_first(login(app.client, token, settings.shards), stopping):
                begun.append(loop.call_later(JOBS_AFTER.total_seconds(), _begin, scheduler))
                shards = app.client.shards_here
                log.info("Marquee is running as %s%s", app.client.user, f", with {shards}" if shards.count > 1 else "")
                await _finished_first(connect(app.client), stopping)
        finally:
            log.info("Stopping: finishing what is in flight")
            for timer in begun:
                timer.cancel()
            ends_at = loop.time() + GRACE.total_seconds()
            await scheduler.stop(GRACE)
            left = max(ends_at - loop.time(), 0)
            await app.dispatch.close(timedelta(seconds=left))
    log.info("Stopped")


def _jobs(app: App) -> list[Job]:
    """What is done again and again.

    Claims wait for the plan of a subscriber that has news: what is typed at 8:59 may not hold up the posts of 9:00.
    """
    context = app.context
    return [
        Job("lead", 2, app.leading.run),
        Job("say that it is here", 5, app.leading.beat),
        Job("plan", 5, app.planning.run, leads=True),
        Job("dispatch", 1, app.dispatch.run, leads=True),
        Job("refresh", 60, app.refresh.run, leads=True),
        Job("follow", 300, context.following.run, leads=True),
        Job("servers", 60, app.presence.run, leads=True),
        Job("missing servers", 60, app.presence.ask),
        Job("forget old notices", 3600, app.noticing.forget_old, leads=True),
        Job("films in memory", 30, context.finding.keep_up),
        Job("forget old lists", 3600, context.asking.forget_old, leads=True),
    ]


def _begin(scheduler: Scheduler) -> None:
    scheduler.start()
    collecting.begin()


def _warm(pictures: PictureShop) -> None:
    task = asyncio.create_task(_settle_in(pictures), name="settle in")
    _background.add(task)
    task.add_done_callback(_background.discard)


async def _settle_in(pictures: PictureShop) -> None:
    await pictures.warm()
    collecting.settle()


async def _finished_first(work: "asyncio.Task[None] | asyncio.Future[None]", stopping: asyncio.Event) -> bool:
    """Run `work` until it is done (True) or somebody stops Marquee (False); its errors are raised."""
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            await work
            return True
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return False
    finally:
        stop.cancel()


def point_discord_at(settings: Settings) -> None:
    """Send discord.py to another Discord: a proxy that shares rate limits, or a stand-in."""
    if settings.api_url is not None:
        Route.BASE = settings.api_url
    if settings.gateway_url is not None:
        # After an invalid session discord.py goes back to this one: both have to be set.
        DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.gateway_url)


def _sync_gate(db: Database) -> SyncGate:
    """Remembers in the store which commands Discord has been told of."""

    async def gate(digest: str, done: bool) -> bool:
        if done:
            async with db.transaction() as tx:
                await set_meta(tx, "commands", digest)
            return True
        async with db.reading() as tx:
            return await find_meta(tx, "commands") != digest

    return gate
