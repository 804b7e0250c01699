"""Clocks that the tests go by."""

from datetime import datetime
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
#: A quiet morning before the first posts of the day: Ballerina's 7, 3, 1 and 0 days are still to come in the US.
START = datetime(2025, 5, 27, 8, 30, tzinfo=NEW_YORK)


def new_york(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2025) -> datetime:
    """An instant by the clocks of New York."""
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)
