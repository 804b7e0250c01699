"""The lock by which one of several processes leads: PostgreSQL's, held by a connection of its own."""

from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - has none; its objects are Any here

from bot.domain.errors import DatabaseError
from bot.store.postgres_errors import LOST, advising

#: PostgreSQL ends the connection, and frees the lock, of a process that has not spoken for so long: it is frozen, cut
#: off, or its machine is gone. One that was killed is noticed at once.
SILENT_SECONDS = 6
#: An answer that takes longer is none: the lock may be another's by then.
_ANSWER_SECONDS = 3
#: Any number that nobody else takes: "leading" in ASCII.
LEAD_LOCK = int.from_bytes(b"leading", "big")


class PostgresLock:
    """A session-level advisory lock. `take` it again every second or two, or it is lost."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: Any = None
        self._held = False

    async def take(self) -> bool:
        """Take the lock, or make sure that it is still ours; False if another process has it.

        Raises:
            DatabaseError: the server cannot be asked. The lock is to be taken for lost.
        """
        try:
            with advising(self._name, OSError):
                if self._connection is None or self._connection.is_closed():
                    self._held = False
                    self._connection = await self._connected()
                question = "SELECT true" if self._held else f"SELECT pg_try_advisory_lock({LEAD_LOCK})"
                self._held = bool(await self._connection.fetchval(question))
        except asyncpg.InternalClientError as error:  # asked on a connection that was being lost
            self._drop()
            raise DatabaseError(LOST.format(name=self._name, error=error)) from error
        except BaseException:  # cancellation too: what was asked may have been answered
            self._drop()
            raise
        return self._held

    async def release(self) -> None:
        """Let another process have it, at once."""
        connection, self._connection, self._held = self._connection, None, False
        if connection is not None and not connection.is_closed():
            try:
                await connection.close(timeout=_ANSWER_SECONDS)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                connection.terminate()

    async def _connected(self) -> Any:  # noqa: ANN401 - untyped there
        return await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            self._url,
            timeout=_ANSWER_SECONDS,
            command_timeout=_ANSWER_SECONDS,
            server_settings={"idle_session_timeout": f"{SILENT_SECONDS}s", "application_name": "marquee"},
        )

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection, self._held = None, False
