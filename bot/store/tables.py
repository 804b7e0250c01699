"""A database's tables as they are there, read from the database itself: so no list of columns can be forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.errors import DatabaseError

#: Of the moment, and of one database: which migrations it ran, which processes are on it, whose turn it is.
NOT_MOVED = frozenset({"schema_migrations", "processes", "identify_turns"})

Kind = Literal["whole", "wide", "text"]  #: of 32 bits, of 64 bits, of any length


@dataclass(frozen=True, slots=True)
class Column:
    """One column, and what it takes."""

    name: str
    kind: Kind
    nullable: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table. Its rows have an order: that of its key, texts by their bytes."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: frozenset[str]  #: tables that its rows point into, perhaps itself

    @property
    def listed(self) -> str:
        """The columns' names, for a statement."""
        return ", ".join(f'"{column.name}"' for column in self.columns)

    def ordered(self, collation: str) -> str:
        """The key, for ORDER BY; `collation` is the one that compares bytes."""
        kinds = {column.name: column.kind for column in self.columns}
        return ", ".join(f'"{name}"{collation if kinds[name] == "text" else ""}' for name in self.key)


def agree(source: Mapping[str, Table], target: Mapping[str, Table]) -> list[Table]:
    """Give the source's tables as the target takes them, those that are pointed into first.

    Raises:
        DatabaseError: a table or a column has no place in the target.
    """
    agreed = dict[str, Table]()
    for name, table in source.items():
        if name in NOT_MOVED:
            continue
        if name not in target:
            raise DatabaseError(
                f"The table {name} is not one of Marquee's, and would be left behind. Move it out of there first."
            )
        takes = {column.name: column for column in target[name].columns}
        if takes.keys() != {column.name for column in table.columns} or target[name].key != table.key:
            odd = sorted(takes.keys() ^ {column.name for column in table.columns})
            raise DatabaseError(
                f"The table {name} is not as Marquee made it ({', '.join(odd) or 'its key'}). Make it so again first."
            )
        columns = tuple(takes[column.name] for column in table.columns)
        agreed[name] = Table(name, columns, table.key, table.references | target[name].references)
    return in_order(agreed)


def in_order(tables: Mapping[str, Table]) -> list[Table]:
    """Order them so that each comes after those that it points into, as far as there is such an order."""
    left, ordered = dict(sorted(tables.items())), list[Table]()
    while left:
        free = [table for table in left.values() if not (table.references - {table.name}) & left.keys()]
        # Where all that are left point at each other in a circle, one of them must begin.
        for table in free or [min(left.values(), key=lambda each: len(each.references & left.keys()))]:
            ordered.append(left.pop(table.name))
    return ordered


def pointing_ahead(ordered: Sequence[Table]) -> list[tuple[str, str]]:
    """List who points into a table that is not filled before it: into itself, or in a circle."""
    filled, ahead = set[str](), list[tuple[str, str]]()
    for table in ordered:
        ahead += [(table.name, other) for other in sorted(table.references - filled)]
        filled.add(table.name)
    return ahead
