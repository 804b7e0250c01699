"""The page in the browser on which a person types commands and sees what the bot posts. Loopback only."""

import threading
import webbrowser
from collections.abc import AsyncGenerator
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
_OUR_SCRIPT = '<script type="module" src="/marquee.js"></script>'


@dataclass(frozen=True, slots=True)
class Page:
    """The page while it is served."""

    _preview: "Preview"

    @property
    def url(self) -> str:
        """Its address on this machine. Whoever has it can use the page, so it is printed and kept nowhere."""
        return self._preview.url

    def show_time(self, now: datetime) -> None:
        """Let "in 3 days" on the page be reckoned from `now`: it notices by itself only when Refresh is pressed."""
        self._preview.capture_time = now

    async def wait_closed(self) -> None:
        """Return when the person ends the session on the page."""
        await self._preview.wait_closed()


@asynccontextmanager
async def open_page(world: World, port: int | None) -> AsyncGenerator[Page]:
    """Serve `world` on 127.0.0.1; None or 0 takes any free port.

    Raises:
        PortInUse: something else listens there.
    """
    try:
        preview = world.env.preview(
            world.channel, viewers=[world.person], layout="channel", timezone=PAGE_TIMEZONE, port=port or 0
        )
    except ModuleNotFoundError as error:
        raise SimcordMissing from error
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="marquee-page-", ignore_cleanup_errors=True))
        _add_script(preview, Path(folder))
        try:
            await stack.enter_async_context(preview)
        except simcord.SetupError as error:
            if isinstance(error.__cause__, OSError):
                raise PortInUse(port or 0) from error
            raise SimcordMissing from error  # without its preview extra, or with a broken one
        # aiohttp would wait a minute for a command that hangs.
        preview._server.runner._shutdown_timeout = CLOSING_SECONDS  # pyright: ignore[reportPrivateUsage]
        yield Page(preview)


def open_browser(url: str) -> None:
    """Show `url` in the person's browser without waiting for it: a browser that hangs must not hold up the end."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _add_script(preview: "Preview", folder: Path) -> None:
    """Let the page load page.js too. simcord has no public way: its table of files is private, its version pinned."""
    server = preview._server  # pyright: ignore[reportPrivateUsage]
    original = Path(simcord.__file__).parent / "preview" / "static" / "index.html"
    index = folder / "index.html"
    index.write_text(original.read_text(encoding="utf-8").replace(_ITS_SCRIPT, _ITS_SCRIPT + _OUR_SCRIPT), "utf-8")
    ours = {"/": str(index), "/marquee.js": str(Path(__file__).with_name("page.js"))}
    files, types = server._STATIC_FILES, server._STATIC_CONTENT_TYPES  # pyright: ignore[reportPrivateUsage]
    vars(server).update(_STATIC_FILES=files | ours, _STATIC_CONTENT_TYPES=types | {str(index): "text/html"})
