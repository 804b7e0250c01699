"""The named statements of queries/*.sql, each made ready once, and what runs them inside a transaction."""

import json
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, cast

Engine = Literal["sqlite", "postgres"]
Row = Mapping[str, Any]

QUERIES = Path(__file__).parent / "queries"
#: What `EACH(:name)` in a statement stands for: the whole numbers of a list that comes as one value, made by `each`.
_EACH = {
    "sqlite": r"SELECT value FROM json_each(\1)",
    "postgres": r"SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(\1 AS JSON))",
}
#: How a subselect takes its rows before the statement changes them. SQLite has one writer, and no word for it.
_LOCKING = re.compile(r"\s+FOR NO KEY UPDATE OF \w+")
_NAMED = re.compile(r"^-- name: (\w+)", re.MULTILINE)
#: A statement slower than this is logged: every one is a few milliseconds on an index.
SLOW_SECONDS = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with the placeholders of its engine, and its parameters in their order."""

    name: str
    sql: str
    parameters: tuple[str, ...]

    def bind(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check that `values` are this statement's parameters, no more and no fewer: SQLite alone would not mind more.

        Raises:
            TypeError: they are not.
        """
        if set(values) != set(self.parameters):
            raise TypeError(f"{self.name} takes {sorted(self.parameters)}, not {sorted(values)}")
        return values


def each(numbers: Iterable[int]) -> str:
    """The value of a parameter that stands in `IN (EACH(:name))`: no driver takes a list on both engines."""
    return json.dumps(list(numbers))


@cache
def load_statements(engine: Engine) -> Mapping[str, Statement]:
    """Read the statements of queries/*.sql, by name; each is made ready when it is first asked for.

    Raises:
        ValueError: two statements have one name, which aiosql lets pass when they are in two files.
    """
    return _Statements(engine)


class _Statements(Mapping[str, Statement]):
    def __init__(self, engine: Engine) -> None:
        self._engine: Engine = engine
        self._texts: dict[str, str] = {}
        self._ready: dict[str, Statement] = {}
        for path in sorted(QUERIES.glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            begins = list(_NAMED.finditer(text))
            for begin, end in zip(begins, [*(next_.start() for next_ in begins[1:]), len(text)], strict=True):
                if begin[1] in self._texts:
                    raise ValueError(f"two statements are called {begin[1]}")
                self._texts[begin[1]] = text[begin.start() : end]

    def __getitem__(self, name: str) -> Statement:
        if name not in self._ready:
            self._ready[name] = _make_ready(name, self._texts[name], self._engine)
        return self._ready[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _make_ready(name: str, text: str, engine: Engine) -> Statement:
    import aiosql

    driver = {"sqlite": "aiosqlite", "postgres": "asyncpg"}[engine]
    text = re.sub(r"\bEACH\((:\w+)\)", _EACH[engine], text)
    text = _LOCKING.sub("", text) if engine == "sqlite" else text
    queries: Any = aiosql.from_str(text, driver)  # pyright: ignore[reportUnknownMemberType]
    query = getattr(queries, name)
    parameters = tuple(cast(Iterable[str], query.__signature__.parameters))[1:]  # the first is aiosql's self
    return Statement(name, query.sql, parameters)


class OpenTransaction(ABC):
    """A transaction under way: finds statements by name, checks their values, and times them."""

    def __init__(self, statements: Mapping[str, Statement]) -> None:
        self._statements = statements
        self._ended = False

    async def all(self, name: str, /, **values: Any) -> list[Row]:  # noqa: ANN401 - what a column takes
        """Run the statement `name` and give every row."""
        statement = self._find(name)
        started = perf_counter()
        rows = await self._fetch(statement, statement.bind(values))
        _log_slow(statement, started)
        return rows

    async def one(self, name: str, /, **values: Any) -> Row | None:  # noqa: ANN401 - what a column takes
        """Run the statement `name` and give its first row, or None."""
        rows = await self.all(name, **values)
        return rows[0] if rows else None

    async def many(self, name: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Run the statement `name`, which gives nothing back, once for each of `rows`."""
        statement = self._find(name)
        bound = [statement.bind(values) for values in rows]
        if not bound:
            return
        started = perf_counter()
        await self._execute_many(statement, bound)
        _log_slow(statement, started)

    def end(self) -> None:
        """Refuse whatever comes after the commit or rollback: it would run outside any transaction."""
        self._ended = True

    def _find(self, name: str) -> Statement:
        if self._ended:
            raise RuntimeError(f"{name}: this transaction has ended")
        return self._statements[name]

    @abstractmethod
    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]: ...

    @abstractmethod
    async def _execute_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None: ...


def _log_slow(statement: Statement, started: float) -> None:
    seconds = perf_counter() - started
    if seconds > SLOW_SECONDS:
        logger.warning("The statement %s took %.1f s.", statement.name, seconds, extra={"statement": statement.name})
