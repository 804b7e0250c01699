"""The page in the browser on which a person types commands and sees what the bot posts. Loopback only."""

import threading
import webbrowser
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import simcord

from bot.sandbox.errors import PortInUse, SimcordMissing
from bot.sandbox.world import World

if TYPE_CHECKING:
    from simcord import Preview

#: Posts show their time here, whatever the machine's own zone is.
PAGE_TIMEZONE = "America/New_York"
#: What the page still has under way when it closes gets this long.
CLOSING_SECONDS = 0.05
_ITS_SCRIPT = '<script type="module" src="/app.js"></script>'
#: Our scripts, by the name that the page asks for.
_FILES = {"marquee.js": "page.js", "direct.js": "direct.js"}


@dataclass(frozen=True, slots=True)
class Page:
    """The page while it is served."""

    _preview: "Preview"
    _messages: "Preview"

    @property
    def messages_url(self) -> str:
        """The address of the person's direct messages with the bot."""
        return self._messages.url

    @property
    def url(self) -> str:
        """Its address on this machine. Whoever has it can use the page, so it is printed and kept nowhere."""
        return self._preview.url

    def show_time(self, now: datetime) -> None:
        """Let "in 3 days" on the page be reckoned from `now`: it notices by itself only when Refresh is pressed."""
        self._preview.capture_time = self._messages.capture_time = now

    async def wait_closed(self) -> None:
        """Return when the person ends the session on the page."""
        await self._preview.wait_closed()


class _Previews:
    """Both pages in the place where simcord keeps its one: that one is told when an action went out."""

    _closed = False

    def __init__(self, *previews: "Preview") -> None:
        self._previews = previews

    def _mark_action_dispatched(self) -> None:
        for preview in self._previews:
            preview._mark_action_dispatched()  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def open_page(world: World, port: int | None) -> AsyncGenerator[Page]:
    """Serve `world` on 127.0.0.1, the person's direct messages on another port; None or 0 takes any free port.

    Raises:
        PortInUse: something else listens there.
    """
    async with AsyncExitStack() as stack:
        channel = await _open(stack, world, world.channel, world.person, port or 0, "marquee.js")
        vars(world.env)["_preview"] = None  # simcord opens one page, for no reason that matters here: it would refuse
        both = "marquee.js", "direct.js"
        messages = await _open(stack, world, world.user.dm_channel, world.user, 0, *both)
        vars(world.env)["_preview"] = _Previews(channel, messages)
        yield Page(channel, messages)


async def _open(
    stack: AsyncExitStack,
    world: World,
    channel: simcord.ChannelHandle,
    viewer: simcord.MemberActor | simcord.UserHandle,
    port: int,
    *scripts: str,
) -> "Preview":
    """Serve one channel as `viewer` sees it, until `stack` is closed."""
    try:
        preview = world.env.preview(channel, viewers=[viewer], layout="channel", timezone=PAGE_TIMEZONE, port=port)
    except ModuleNotFoundError as error:
        raise SimcordMissing from error
    folder = stack.enter_context(TemporaryDirectory(prefix="marquee-page-", ignore_cleanup_errors=True))
    _add_scripts(preview, Path(folder), scripts)
    try:
        await stack.enter_async_context(preview)
    except simcord.SetupError as error:
        if isinstance(error.__cause__, OSError):
            raise PortInUse(port) from error
        raise SimcordMissing from error  # without its preview extra, or with a broken one
    # aiohttp would wait a minute for a command that hangs.
    preview._server.runner._shutdown_timeout = CLOSING_SECONDS  # pyright: ignore[reportPrivateUsage]
    return preview


def open_browser(url: str) -> None:
    """Show `url` in the person's browser without waiting for it: a browser that hangs must not hold up the end."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _add_scripts(preview: "Preview", folder: Path, scripts: Sequence[str]) -> None:
    """Let the page load `scripts` of ours too. simcord has no public way: its table of files is private, and pinned."""
    server = preview._server  # pyright: ignore[reportPrivateUsage]
    original = Path(simcord.__file__).parent / "preview" / "static" / "index.html"
    index = folder / "index.html"
    tags = "".join(f'<script type="module" src="/{name}"></script>' for name in scripts)
    index.write_text(original.read_text(encoding="utf-8").replace(_ITS_SCRIPT, _ITS_SCRIPT + tags), "utf-8")
    ours = {"/": str(index)} | {f"/{name}": str(Path(__file__).with_name(_FILES[name])) for name in scripts}
    files, types = server._STATIC_FILES, server._STATIC_CONTENT_TYPES  # pyright: ignore[reportPrivateUsage]
    vars(server).update(_STATIC_FILES=files | ours, _STATIC_CONTENT_TYPES=types | {str(index): "text/html"})
