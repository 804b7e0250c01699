"""How PostgreSQL reads what runs every second, in a store of thousands of servers whose posts are told or far off."""

import re

import asyncpg

from bot.store.database import open_database
from bot.store.statements import load_statements
from tests.store.engines import PostgresServer

SERVERS = 4_000
NOW = 1_790_000_000
DAY = 86_400
#: Ten posts of each server: eight are told, two wait for another day; nothing is due.
FILL = f"""
    SET session_replication_role = replica;
    INSERT INTO subscribers (
        id, kind, discord_id, country, timezone, posting_minute, milestones, track_right, country_chosen,
        timezone_chosen, revision, planned_revision, next_wake_at, created_at
    ) OVERRIDING SYSTEM VALUE
    SELECT g, 'guild', g, 'US', 'Europe/Berlin', 540, '[7]', 'everyone', 0, 0, 1, 1, {NOW} + {DAY} + g, 0
    FROM generate_series(1, {SERVERS}) g;
    INSERT INTO posts (
        subscriber_id, film_id, kind, priority, country, date, channel_id, dedup_key, due_at, fresh_until,
        not_before_at, attempts, state, reason
    )
    SELECT 1 + g % {SERVERS}, 1, 'countdown', 3, 'US', '', g, g,
        {NOW} + g + CASE WHEN g % 10 < 8 THEN -90 ELSE 1 END * {DAY},
        {NOW} + g + 2 * {DAY}, 0, 0, CASE WHEN g % 10 < 8 THEN 'sent' ELSE 'planned' END, ''
    FROM generate_series(1, {10 * SERVERS}) g;
    ANALYZE
"""  # noqa: S608


async def test_no_second_reads_a_whole_table(postgres: PostgresServer) -> None:
    """PostgreSQL alone: SQLite takes an index where there is one, which test_statements asks of it."""
    url = await postgres.new()
    await (await open_database(url)).close()
    connection = await asyncpg.connect(url)
    await connection.execute(FILL)
    plans = {name: await explain(connection, name) for name in ("skip_due_posts", "list_claimable", "list_awake")}
    await connection.close()
    assert {name: plan for name, plan in plans.items() if re.search(r"Seq Scan on (posts|subscribers)\b", plan)} == {}


async def explain(connection: asyncpg.Connection, name: str) -> str:
    statement = load_statements("postgres")[name]
    given = {"now": NOW, "until": NOW, "n": 50}
    rows = await connection.fetch(f"EXPLAIN {statement.sql}", *(given[each] for each in statement.parameters))
    return "\n".join(row[0] for row in rows)
