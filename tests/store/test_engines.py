"""Every test of the store and the services runs on both engines, but for what is about one of them."""

import re
from fnmatch import fnmatch
from pathlib import Path

TESTS = Path(__file__).parent.parent
#: Who names an engine, instead of taking `database`, `url` or `new_url`, and why.
NAMED = {
    "services/outbox_world.py": "is told by test_outbox_machine which one; mistakes are looked for on SQLite",
    "services/test_doubting_chain.py": "has one test for each: fewer examples on PostgreSQL",
    "services/test_planning.py": "compares a new database of either kind with another one",
    "services/test_leading.py": "who leads among processes; SQLite has one process",
    "services/test_search.py": "searches in memory; one test compares what both engines give it",
    "store/conftest.py": "makes both",
    "store/test_alive.py": "a container asks PostgreSQL whether its process lives",
    "store/engines.py": "makes both",
    "store/test_deadlocks.py": "has PostgreSQL end one of two; SQLite has one writer",
    "store/test_moving*.py": "carries a store from one engine to the other",
    "services/test_moved*.py": "carries a store from one engine to the other",
    "store/test_migrations.py": "compares the two",
    "store/test_plans.py": "asks PostgreSQL how it reads",
    "store/test_postgres*.py": "users, rights, and a server that goes away",
    "store/test_schema.py": "reads SQLite's own tables; test_migrations says that both have the same columns",
    "store/test_sqlite.py": "the file, its lock, its folder, a full disk",
    "store/test_statements.py": "has each engine explain its own statements",
}
ENGINE = re.compile(r"sqlite:///|\bpostgres(?:_server)?\.(?:new|emptied|url)\(|open_database\(f?\"|PostgresServer\(")


def test_whoever_names_an_engine_says_why() -> None:
    modules = sorted(path for folder in ("services", "store") for path in (TESTS / folder).glob("*.py"))
    named = {path.relative_to(TESTS).as_posix() for path in modules if ENGINE.search(path.read_text())}
    said = {name: {path for path in named if fnmatch(path, name)} for name in NAMED}
    assert [name for name, paths in said.items() if not paths] == [], "names no engine"
    assert named - {"store/test_engines.py"} == set().union(*said.values())


def test_the_fixtures_make_both(engine: str, url: str, new_url: str) -> None:
    assert url.startswith(f"{engine}")
    assert new_url.startswith(f"{engine}")
    assert url != new_url
