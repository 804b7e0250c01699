"""How PostgreSQL reads what runs every second, in a store of thousands of servers whose posts are told or far off."""

import re

import asyncpg

from bot.store.database import open_database
from bot.store.statements import each, load_statements
from tests.store.engines import PostgresServer

SERVERS = 20_000
NOW = 1_790_000_000
DAY = 86_400
EVERY_SECOND = (
    "list_awake", "list_due_priorities", "list_line", "skip_due_posts", "list_claimable", "list_subscribers",
    "list_due_posts", "take_due_posts", "settle_arrived", "settle_arrived_posts",
)  # fmt: skip
#: Five posts of each server: four are told, one waits for another day; nothing is due.
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
        {NOW} + g + CASE WHEN g / {SERVERS} < 4 THEN -90 ELSE 1 END * {DAY},
        {NOW} + g + 2 * {DAY}, 0, 0, CASE WHEN g / {SERVERS} < 4 THEN 'sent' ELSE 'planned' END, ''
    FROM generate_series(1, {5 * SERVERS}) g;
    ANALYZE
"""  # noqa: S608


async def test_no_second_reads_a_whole_table(postgres: PostgresServer) -> None:
    """PostgreSQL alone: SQLite takes an index where there is one, which test_statements asks of it."""
    url = await postgres.new()
    await (await open_database(url)).close()
    connection = await asyncpg.connect(url)
    await connection.execute(FILL)
    plans = {name: await explain(connection, name) for name in EVERY_SECOND}
    await connection.close()
    assert {name: plan for name, plan in plans.items() if re.search(r"Seq Scan on (posts|subscribers)\b", plan)} == {}


async def explain(connection: asyncpg.Connection, name: str) -> str:
    statement = load_statements("postgres")[name]
    some = each(range(1, 400))
    given = {"now": NOW, "until": NOW, "n": 400, "priority": 3, "after_at": -1, "after_id": 0, "owner": "us"}
    given |= {"priorities": each(range(10)), "post_ids": some, "subscriber_ids": some, "channel_ids": some}
    given |= {"message_ids": some, "attempt": 1}
    rows = await connection.fetch(f"EXPLAIN {statement.sql}", *(given[name] for name in statement.parameters))
    return "\n".join(row[0] for row in rows)
