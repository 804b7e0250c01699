"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """What time it is where Marquee runs (bot.ports.Clock)."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return datetime.now(UTC)
