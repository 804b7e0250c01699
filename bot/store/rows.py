"""Rows on their way from one database to another: whether the other can hold them, and what they come to."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from bot.domain.errors import DatabaseError
from bot.store.statements import Engine
from bot.store.tables import Column, Table

Row = tuple[Any, ...]

_WIDE, _WHOLE = 1 << 63, 1 << 31


class Sum:
    """Counts rows, and sums up what stands in them, in their order: two sums are equal if all rows are."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = blake2b(digest_size=16)

    def add(self, page: Sequence[Row]) -> None:
        """Take the next rows in. None, a number and the text of that number are three things."""
        self.rows += len(page)
        self._hash.update("".join(map(repr, page)).encode())

    @property
    def digest(self) -> str:
        """What all rows until here come to."""
        return self._hash.hexdigest()


def check(table: Table, page: Sequence[Row], engine: Engine) -> None:
    """See that `engine` can hold every value of `page` as it is.

    Raises:
        DatabaseError: it cannot; the sentence names the table, the row and the column.
    """
    for number, (column, values) in enumerate(zip(table.columns, zip(*page, strict=True), strict=False)):
        if not _fits_all(column, values, engine):
            for row in page:
                fault = _fault(column, row[number], engine)
                if fault:
                    raise DatabaseError(f"{_place(table, row)}: {column.name} {fault}. Put it right, then move again.")


def _fits_all(column: Column, values: Sequence[Any], engine: Engine) -> bool:
    """Whether surely all fit: of a page at once, because a look at each one takes ten times as long."""
    kinds = set(map(type, values))
    if type(None) in kinds and not column.nullable:
        return False
    wanted: type = str if column.kind == "text" else int
    if not kinds <= {wanted, type(None)}:
        return False
    there: list[Any] = [value for value in values if value is not None]
    if column.kind == "text":
        text = "".join(there)
        return _is_unicode(text) and (engine == "sqlite" or "\0" not in text)
    return not there or (_in_range(column, min(there)) and _in_range(column, max(there)))


def _fault(column: Column, value: Any, engine: Engine) -> str:  # noqa: ANN401 - what a column holds
    """What is wrong with one value; empty if nothing is."""
    if value is None:
        return "" if column.nullable else "is empty, and must not be"
    if column.kind == "text":
        if not isinstance(value, str):
            return f"is not a text but {type(value).__name__}"
        if not _is_unicode(value):
            return "is not written in UTF-8"
        return (
            "has a NUL character in it, which PostgreSQL cannot hold" if engine == "postgres" and "\0" in value else ""
        )
    if not isinstance(value, int):
        return f"is not a whole number but {type(value).__name__}"
    return "" if _in_range(column, value) else "is too large a number"


def _is_unicode(text: str) -> bool:
    """Whether bytes that no text has were not kept as half characters when it was read."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in_range(column: Column, value: int) -> bool:
    limit = _WHOLE if column.kind == "whole" else _WIDE
    return -limit <= value < limit


def _place(table: Table, row: Row) -> str:
    named = dict(zip((column.name for column in table.columns), row, strict=True))
    return f"{table.name}, {', '.join(f'{name} {named[name]!r:.80}' for name in table.key)}"
