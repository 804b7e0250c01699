"""How values stand in columns: instants as epoch seconds, days and dates as text, lists as JSON text."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.domain.dates import ReleaseDate


def epoch(instant: datetime) -> int:
    """An aware instant as whole seconds, rounded down."""
    return int(instant.timestamp())


def epoch_after(instant: datetime) -> int:
    """An aware instant as whole seconds, rounded up: not before it."""
    return -int(-instant.timestamp() // 1)


def epoch_or_none(instant: datetime | None) -> int | None:
    """`epoch`, where NULL has a meaning."""
    return None if instant is None else epoch(instant)


def instant_of(seconds: int) -> datetime:
    """The aware UTC instant that a column holds."""
    return datetime.fromtimestamp(seconds, UTC)


def instant_or_none(seconds: int | None) -> datetime | None:
    """`instant_of`, where NULL has a meaning."""
    return None if seconds is None else instant_of(seconds)


def json_text(values: Iterable[str | int]) -> str:
    """A list as it stands in one column."""
    return json.dumps(list(values), ensure_ascii=False)


def texts_of(column: str) -> tuple[str, ...]:
    """The texts that a column lists."""
    return tuple(json.loads(column))


def numbers_of(column: str) -> tuple[int, ...]:
    """The whole numbers that a column lists."""
    return tuple(json.loads(column))


def date_or_none(column: str | None) -> ReleaseDate | None:
    """The release date that a column holds."""
    return None if column is None else ReleaseDate.parse(column)


def text_or_none(date: ReleaseDate | None) -> str | None:
    """A release date as it stands in a column."""
    return None if date is None else str(date)
