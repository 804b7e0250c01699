"""`marquee sandbox`: runs a session until Ctrl-C, and ends it at once. Imports simcord only when it is called."""

import asyncio
import contextlib
import signal
from collections.abc import Generator
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING

from bot.sandbox.errors import SimcordMissing

if TYPE_CHECKING:
    from bot.sandbox.application import OpenApplication


async def run_sandbox(*, at: date | None, port: int | None, open_browser: bool) -> None:
    """Serve a sandbox that begins on `at` until Ctrl-C, SIGTERM, or the page's own "End preview session".

    Raises:
        OperatorError: simcord is missing, the port is taken, or `at` cannot be.
    """
    from bot.sandbox.wiring import open_application

    await serve(open_application, at=at, port=port, browser=open_browser)


async def serve(open_application: "OpenApplication", *, at: date | None, port: int | None, browser: bool) -> None:
    """Serve a sandbox of the application that `open_application` opens; see `run_sandbox`."""
    try:
        from bot.sandbox.session import run_session
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "simcord":
            raise
        raise SimcordMissing from error
    stop = asyncio.Event()
    with _stopping(stop):
        session = asyncio.create_task(
            run_session(open_application, at=at, port=port, browser=browser, stopped=stop.is_set)
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({session, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not session.done():
            session.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await session


@contextlib.contextmanager
def _stopping(stop: asyncio.Event) -> Generator[None]:
    """Set `stop` on the first Ctrl-C or SIGTERM; a second one does what it always does.

    Not through the loop, which takes no signal handlers on Windows.
    """
    loop = asyncio.get_running_loop()

    def asked(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        restore()
