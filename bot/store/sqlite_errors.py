"""What an operator can do about SQLite's errors."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import DatabaseError

#: What an operator can do about each of SQLite's primary result codes; anything else is a defect and stays as it is.
_ADVICE = {
    sqlite3.SQLITE_BUSY: "{path} is in use by another program. Close it, and try again.",
    sqlite3.SQLITE_READONLY: "{path} cannot be written to. Make the file and its folder writable for Marquee.",
    sqlite3.SQLITE_IOERR: "The disk did not read or write {path} ({error}). Check the disk.",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged ({error}). Restore it from a backup.",
    sqlite3.SQLITE_FULL: "The disk is full: nothing more can be saved in {path}. Free some space.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened. Make the file and its folder readable and writable for Marquee.",
    sqlite3.SQLITE_NOTADB: "{path} is not a database. Move it away, or give the address of another file.",
}


@contextmanager
def advising(path: Path) -> Generator[None]:
    """Turn what only an operator can mend into a `DatabaseError` that says how."""
    try:
        yield
    except sqlite3.Error as error:
        advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the low byte is the primary code
        if advice is None:
            raise
        raise DatabaseError(advice.format(path=path, error=error)) from error
