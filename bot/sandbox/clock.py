"""The sandbox's clock: it stands still until somebody travels. Imports the standard library only."""

from collections.abc import Callable
from datetime import UTC, datetime


class VirtualClock:
    """A `Clock` that shows what the simulated Discord's clock shows.

    The application is wired before its Discord exists; until it does, the clock stands at `begins_at`.
    """

    def __init__(self, begins_at: datetime) -> None:
        self._read: Callable[[], datetime] = lambda: begins_at.astimezone(UTC)

    def now(self) -> datetime:
        """The simulated instant, aware UTC."""
        return self._read()

    def follow(self, read: Callable[[], datetime]) -> None:
        """Show what `read` says from now on, such as `simcord.Env.now`."""
        self._read = read
