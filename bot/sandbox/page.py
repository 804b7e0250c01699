"""The pages in the browser on which a person types commands and sees what the bot posts. Loopback only."""

import asyncio
import threading
import webbrowser
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import simcord

from bot.sandbox.errors import Busy, PortInUse, SimcordMissing
from bot.sandbox.world import World

if TYPE_CHECKING:
    from simcord import Preview

#: Posts show their time here, whatever the machine's own zone is.
PAGE_TIMEZONE = "America/New_York"
#: What the page still has under way when it closes gets this long.
CLOSING_SECONDS = 0.05
#: How often is looked for a new post in the forum, which gets a page of its own.
LOOK_SECONDS = 0.5
_ITS_SCRIPT = '<script type="module" src="/app.js"></script>'


class Pages:
    """The pages while they are served: the channel's, the person's direct messages, and one for each further place."""

    def __init__(self, world: World, stack: AsyncExitStack) -> None:
        self._world = world
        self._stack = stack
        self._previews: list[Preview] = []
        self._threads: set[int] = set()
        self._closed = False  # what simcord asks of its one page

    @property
    def url(self) -> str:
        """The channel's address on this machine. Whoever has it can use the page, so it is printed and kept nowhere."""
        return self._previews[0].url

    def show_time(self, now: datetime) -> None:
        """Let "in 3 days" on the pages be reckoned from `now`: they notice by themselves at Refresh only."""
        for preview in self._previews:
            preview.capture_time = now

    async def wait_closed(self) -> None:
        """Return when the person ends the session on the channel's page."""
        await self._previews[0].wait_closed()

    async def open(
        self,
        channel: simcord.ChannelHandle,
        viewer: simcord.MemberActor | simcord.UserHandle,
        name: str = "",
        port: int = 0,
    ) -> str:
        """Serve one channel as `viewer` sees it, called `name` in its corner; its address.

        Raises:
            PortInUse: something else listens there.
            Busy: a command is being answered.
        """
        vars(self._world.env)["_preview"] = None  # simcord opens one page, for no reason that matters here
        try:
            preview = self._preview(channel, viewer, port)
            folder = self._stack.enter_context(TemporaryDirectory(prefix="marquee-page-", ignore_cleanup_errors=True))
            _add_script(preview, Path(folder), name)
            await self._enter(preview, port)
            self._previews.append(preview)
        finally:
            vars(self._world.env)["_preview"] = self
        return preview.url

    async def watch_forum(self, opened: Callable[[str, str], None]) -> None:
        """Serve a page for each post in the forum as soon as there is one, and tell `opened` its name and address."""
        while True:
            for thread in self._world.forum.threads:
                if thread.id not in self._threads:
                    with suppress(Busy):
                        name = thread.name or "A post"
                        opened(name, await self.open(thread, self._world.person, name))
                        self._threads.add(thread.id)
            await asyncio.sleep(LOOK_SECONDS)

    def _preview(
        self, channel: simcord.ChannelHandle, viewer: simcord.MemberActor | simcord.UserHandle, port: int
    ) -> "Preview":
        env = self._world.env
        try:
            return env.preview(channel, viewers=[viewer], layout="channel", timezone=PAGE_TIMEZONE, port=port)
        except ModuleNotFoundError as error:
            raise SimcordMissing from error
        except simcord.SetupError as error:
            raise Busy from error

    async def _enter(self, preview: "Preview", port: int) -> None:
        try:
            await self._stack.enter_async_context(preview)
        except simcord.SetupError as error:
            if isinstance(error.__cause__, OSError):
                raise PortInUse(port) from error
            raise SimcordMissing from error  # without its preview extra, or with a broken one
        # aiohttp would wait a minute for a command that hangs.
        preview._server.runner._shutdown_timeout = CLOSING_SECONDS  # pyright: ignore[reportPrivateUsage]

    def _mark_action_dispatched(self) -> None:
        """What simcord tells its one page: an action went out. All of them are told."""
        for preview in self._previews:
            preview._mark_action_dispatched()  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def open_pages(world: World, port: int | None) -> AsyncGenerator[Pages]:
    """Serve the world's channel on 127.0.0.1; None or 0 takes any free port.

    Raises:
        PortInUse: something else listens there.
    """
    async with AsyncExitStack() as stack:
        pages = Pages(world, stack)
        await pages.open(world.channel, world.person, port=port or 0)
        yield pages


def open_browser(url: str) -> None:
    """Show `url` in the person's browser without waiting for it: a browser that hangs must not hold up the end."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _add_script(preview: "Preview", folder: Path, name: str) -> None:
    """Let the page load our script too, and know its `name`.

    simcord has no public way: its table of files is private, and pinned.
    """
    server = preview._server  # pyright: ignore[reportPrivateUsage]
    original = Path(simcord.__file__).parent / "preview" / "static" / "index.html"
    index = folder / "index.html"
    tag = f'<script type="module" src="/marquee.js" data-place="{escape(name)}"></script>'
    index.write_text(original.read_text(encoding="utf-8").replace(_ITS_SCRIPT, _ITS_SCRIPT + tag), "utf-8")
    ours = {"/": str(index), "/marquee.js": str(Path(__file__).with_name("page.js"))}
    files, types = server._STATIC_FILES, server._STATIC_CONTENT_TYPES  # pyright: ignore[reportPrivateUsage]
    vars(server).update(_STATIC_FILES=files | ours, _STATIC_CONTENT_TYPES=types | {str(index): "text/html"})
