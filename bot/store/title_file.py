"""The form of the side file of film titles, as both its builder and its readers know it."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.domain.errors import DatabaseError

#: "MqTi", so that no other SQLite file is taken for one of ours.
APPLICATION_ID = 0x4D715469
#: Raised when a reader of today could not read a file of tomorrow.
FORMAT = 1

#: A beginning that more names than this share has its best films ready; reading and sorting so many takes 0.1 ms.
CROWD = 256
#: How many of its best films are ready: twice what is shown, because names of one film may stand among them twice.
HEAD = 50
HEAD_LENGTH = 60
#: Beginnings of words that can be corrected; a longer word is found by its first seven letters.
FORM_LENGTHS = (1, 2, 3, 4, 5, 6, 7)
#: A key of near1 and near2 is a checksum of letters, and in its low bits the id of a word.
WORD_BITS = 24


def deletions(text: str) -> Iterator[str]:
    """`text` without each of its letters in turn."""
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]


def key_of(text: str, word_id: int) -> int:
    """The key under which the word `word_id` stands for these letters."""
    return zlib.crc32(text.encode()) << WORD_BITS | word_id


def check_file(path: Path) -> None:
    """Refuse what is not a whole side file of this version.

    Raises:
        DatabaseError: what it is instead, and what to do.
    """
    with closing(connect(path)) as db:
        read_format(db, path)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file to read it. It is never written again: an import puts another one in its place."""
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise DatabaseError(f"{path} cannot be opened. Make the file readable for Marquee.") from error


def read_format(db: sqlite3.Connection, path: Path) -> None:
    """See `check_file`."""
    try:
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if application == APPLICATION_ID and version == FORMAT:
            db.execute(
                "SELECT rank, ref, title, year, name, original_title, original_name FROM films LIMIT 1"
            ).fetchone()
    except sqlite3.Error as error:
        raise DatabaseError(
            f"{path} is damaged, or no title index ({error}). Delete it, and import it again."
        ) from error
    if application != APPLICATION_ID:
        raise DatabaseError(f"{path} is no title index. Give MARQUEE_TITLES the name of another file.")
    if version != FORMAT:
        raise DatabaseError(f"{path} was made by another version of Marquee. Delete it, and import it again.")
