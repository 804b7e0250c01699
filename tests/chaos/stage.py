"""A stand-in, a folder with a database, and `marquee run` as a process as often as a test wants it."""

from __future__ import annotations

import base64
import time
from pathlib import Path

from tests.chaos.books import Books, SqliteBooks
from tests.chaos.ledger import Ledger
from tests.standin.client import StandinProcess
from tests.standin.process import PythonProcess

#: Three parts as Discord's tokens have, the first one an application's id in base64; nobody's.
TOKEN = f"{base64.urlsafe_b64encode(b'1100000000000000001').decode().rstrip('=')}.GmQxYz.{'q9_Zx-7' * 5}QrS"

#: A checkout may have a .env: what is set here wins over it, and blank means unset.
_SETTINGS = ("DISCORD_TOKEN_FILE", "LOG_LEVEL", "LOG_FORMAT", "MARQUEE_DATA", "POST_RATE", "TMDB_TOKEN")
#: How often the books are looked at while nothing is asked of Discord.
_LOOK_SECONDS = 0.25


class Stage:
    """What outlives the bot: Discord, the database, the catalogue, and the logs of every run.

    The database is a file in `folder`, or `elsewhere`: a server's address, and the books that are kept there.
    """

    def __init__(self, standin: StandinProcess, folder: Path, elsewhere: tuple[str, Books] | None = None) -> None:
        self.standin = standin
        self.folder = folder
        self.use_file(folder / "marquee.db")
        if elsewhere is not None:
            self.url, books = elsewhere
            self.ledger = Ledger(books)
        #: None: the one that comes with Marquee.
        self.catalogue: Path | None = None
        #: What is run; `bot` is Marquee as it is.
        self.module = "bot"
        self.runs = 0  #: so many were prepared

    def use_file(self, database: Path) -> None:
        """Keep the books in that SQLite file from now on."""
        self.database = database
        self.url = f"sqlite:///{database}"
        self.ledger = Ledger(SqliteBooks(database))

    def marquee(self, *arguments: str, **settings: str) -> PythonProcess:
        """Prepare a `marquee run`, with other settings than the usual ones if given."""
        self.runs += 1
        environment = dict.fromkeys(_SETTINGS, "")
        environment |= {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": self.url, "WIKIDATA": "off"}
        environment |= {"DISCORD_API_URL": self.standin.api, "DISCORD_GATEWAY_URL": self.standin.gateway}
        environment |= {"MARQUEE_DATA": str(self.catalogue or "")} | settings
        return PythonProcess(self.module, "run", *arguments, environment=environment, log=self.log_path(self.runs))

    async def run_to_end(self, **settings: str) -> tuple[int, str]:
        """Run `marquee run` until it ends by itself; its exit code, and all that it said."""
        async with self.marquee(**settings) as bot:
            code = await bot.wait()
        return code, self.log_of(self.runs)

    def log_of(self, run: int) -> str:
        """Read what a run wrote to standard output and error, 1 for the first."""
        return self.log_path(run).read_text(encoding="utf-8")

    @property
    def logs(self) -> str:
        """What all runs wrote."""
        return "".join(self.log_of(run + 1) for run in range(self.runs) if self.log_path(run + 1).exists())

    async def wait_until_settled(self, *, timeout_seconds: float = 40) -> None:
        """Wait until nothing that is due is on its way any more; look again with every request that is answered.

        Raises:
            TimeoutError: with what is still open.
        """
        ends_at = time.monotonic() + timeout_seconds
        while left := self.ledger.list_open():
            if time.monotonic() > ends_at:
                raise TimeoutError(f"still open after {timeout_seconds} s: {left}")
            finished = (await self.standin.get_status()).finished
            try:
                await self.standin.wait_until(finished=finished + 1, timeout=_LOOK_SECONDS)
            except TimeoutError:  # nothing is asked of Discord: a retry waits for its time, or the store is written
                continue

    def log_path(self, run: int) -> Path:
        """Where a run writes to, 1 for the first."""
        return self.folder / f"run-{run:02}.log"
