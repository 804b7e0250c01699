"""What an operator can do about PostgreSQL's errors. Imported only when asked for."""

from collections.abc import Generator
from contextlib import contextmanager

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - has none; its objects are Any here

from bot.domain.errors import DatabaseError

LOST = "{name} closed the connection ({error}). Look after that server."
#: What an operator can do about each family of errors; anything else is a defect and stays as it is.
_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (asyncpg.InvalidAuthorizationSpecificationError, "{name} refuses this user ({error}). Check name and password."),
    (
        asyncpg.InsufficientPrivilegeError,
        "{name} does not let this user ({error}). Grant the right, or use another user.",
    ),
    (asyncpg.InvalidCatalogNameError, "{name} does not exist. Make it with createdb, or give another address."),
    (asyncpg.ReadOnlySQLTransactionError, "{name} can only be read. Give the address of the server that takes writes."),
    (asyncpg.DiskFullError, "{name} has no disk space left ({error}). Free some."),
    (asyncpg.TooManyConnectionsError, "{name} has no connection left ({error}). Raise its max_connections."),
    (asyncpg.DeadlockDetectedError, "{name} could not do two things at once ({error}). Nothing was saved: try again."),
    (asyncpg.OperatorInterventionError, "{name} is not serving ({error}). Look after that server."),
    (asyncpg.PostgresConnectionError, LOST),
    (asyncpg.ClientConfigurationError, "{name} has an address that cannot be read ({error}). Correct it."),
    (OSError, "{name} cannot be reached ({error}). Check the address, and that the server is running."),
)


@contextmanager
def advising(name: str, *also: type[Exception]) -> Generator[None]:
    """Turn what only an operator can mend into a `DatabaseError` that says how; `also`: OSError, while connecting."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, *also) as error:
        advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), None)
        if advice is None:
            raise
        raise DatabaseError(advice.format(name=name, error=error)) from error
