"""What `marquee db move` does: a bot's move to another database, shown while it goes on and told in the end."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import unquote, urlsplit

from bot.domain.errors import OperatorError
from bot.services.leading import GONE
from bot.settings import Settings
from bot.store.database import without_password
from bot.store.moving import Moved, move

#: A line is written so often where none can be written over.
_EVERY_SECONDS = 10


def move_database(settings: Settings, url: str, out: TextIO) -> Iterator[str]:
    """Move the bot of `settings` to `url`; what was moved and what to do next, by line. `out` shows how far it is.

    Raises:
        OperatorError: it was not moved; the sentence says why, and what to do.
    """
    progress = _Progress(out)
    started = time.monotonic()
    try:
        heard_since = datetime.now(UTC) - GONE
        moved = asyncio.run(move(settings.database_url, url, heard_since=heard_since, show=progress.show))
    except KeyboardInterrupt as error:
        raise OperatorError("Stopped. Nothing was moved: the bot is where it was.") from error
    finally:
        progress.end()
    yield from _table(moved)
    rows = sum(each.rows for each in moved)
    yield f"{rows:,} rows of {len(moved)} tables were moved, read back and found the same, in {_seconds(started)}."
    yield ""
    yield from _what_next(settings, url)


def _table(moved: Sequence[Moved]) -> Iterator[str]:
    width = max(len(each.table) for each in moved)
    yield f"{'table':{width}} {'rows':>13} {'seconds':>8}  same"
    for each in moved:
        yield f"{each.table:{width}} {each.rows:>13,} {each.seconds:>8.1f}  yes"


def _what_next(settings: Settings, url: str) -> Iterator[str]:
    hidden = without_password(url)
    password = " (with its password)" if hidden != url else ""
    yield f"Next: put DATABASE_URL={hidden}{password} into .env, and start Marquee."
    if settings.titles is None and settings.titles_path.exists() and settings.titles_path.parent != _folder(url):
        yield f"The list of titles stays where it is: put MARQUEE_TITLES={settings.titles_path.absolute()} there, too."
    yield (
        f"{without_password(settings.database_url)} is as it was. Keep it until the bot has run for a day on the "
        "new one, and never start it on both: what one has posted the other would post again."
    )


def _folder(url: str) -> Path:
    """Where the list of titles would be looked for beside that database."""
    parts = urlsplit(url)
    return Path(unquote(parts.path[1:])).parent if parts.scheme == "sqlite" else Path()


def _seconds(started: float) -> str:
    seconds = time.monotonic() - started
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} minutes"


class _Progress:
    """How far the move is: on a terminal a line that changes, elsewhere a line now and then."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._moves = out.isatty()
        self._shown_at = time.monotonic()
        self._shown = False

    def show(self, what: str, done: int, of: int) -> None:
        """Show that of `of` rows, each moved and compared, so many are done."""
        now = time.monotonic()
        if now - self._shown_at < (0.1 if self._moves else _EVERY_SECONDS):
            return
        line = f"{done / of:4.0%} {what}"
        self._out.write(f"\r\x1b[K{line}" if self._moves else f"{line}\n")
        self._out.flush()
        self._shown_at, self._shown = now, True

    def end(self) -> None:
        """Clear the line away."""
        if self._moves and self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()
