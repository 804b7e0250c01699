"""A PostgreSQL server: what is said when it cannot be used, and what a lost connection costs."""

import sys

import asyncpg
import pytest

from bot.domain.errors import DatabaseError
from bot.store import films
from bot.store.database import open_database
from tests.store.engines import PostgresServer


async def refusal(url: str) -> str:
    with pytest.raises(DatabaseError) as refused:
        await open_database(url)
    return str(refused.value)


async def run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.close()


async def test_a_database_that_does_not_exist(postgres: PostgresServer) -> None:
    said = await refusal(postgres.url("nowhere"))
    assert said.startswith("The PostgreSQL database “nowhere” on this machine does not exist. Make it with createdb")


async def test_a_user_that_does_not_exist(postgres: PostgresServer) -> None:
    said = await refusal(postgres.url("postgres").replace("postgres:@", "nobody:open-sesame@"))
    assert "refuses this user" in said
    assert "open-sesame" not in said


async def test_a_server_that_is_not_there() -> None:
    said = await refusal("postgresql://marquee:open-sesame@127.0.0.1:9/marquee")
    assert said.startswith("The PostgreSQL database “marquee” on 127.0.0.1 cannot be reached")
    assert "open-sesame" not in said


async def test_a_user_without_rights(postgres: PostgresServer) -> None:
    url = await postgres.new()
    await run(url, "DROP ROLE IF EXISTS guest")
    await run(url, "CREATE ROLE guest LOGIN")
    said = await refusal(url.replace("postgres:@", "guest:@"))
    assert "does not let this user (permission denied for schema public)" in said


async def test_a_server_that_takes_no_writes(postgres: PostgresServer) -> None:
    url = await postgres.new()
    name = url.split("/")[3].split("?")[0]
    await run(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "can only be read" in await refusal(url)


async def test_a_lost_connection_costs_the_transaction_and_no_more(postgres: PostgresServer) -> None:
    url = await postgres.new()
    database = await open_database(url)

    async def write_while_it_is_lost() -> None:
        async with database.transaction() as tx:
            await films.set_meta(tx, "a", "there")
            await run(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            await films.set_meta(tx, "b", "there")

    with pytest.raises(DatabaseError, match="Look after that server"):
        await write_while_it_is_lost()
    async with database.transaction() as tx:
        assert await films.find_meta(tx, "a") is None
        await films.set_meta(tx, "c", "there")
    await database.close()


async def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    assert await refusal("postgresql://host/name") == (
        "PostgreSQL needs one more package: install marquee-bot[postgres]."
    )


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:open-sesame@host/name",
        "postgres://user:open-sesame@host/name",
        "mysql://host/name?user=me&password=open-sesame",
        "sqlite://marquee.db",
        "sqlite:///",
        "marquee.db",
        "",
        "http://[open-sesame",
    ],
)
async def test_an_address_of_something_else(url: str) -> None:
    said = await refusal(url)
    assert "is not the address of a database. For example: sqlite:///marquee.db or postgresql://" in said
    assert "open-sesame" not in said
