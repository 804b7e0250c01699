"""A stage with servers that follow films of the bundled catalogue, all planned: as a bot finds it that starts again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice, product

from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.catalogue import load_catalogue
from bot.sources.bundled import digest_of, find_catalogue, read_catalogue
from bot.store import subscribers as subscriber_store
from bot.store.database import open_database
from tests.chaos.stage import Stage
from tests.standin.client import USUAL
from tests.standin.records import Guild

_SUBSCRIBE = "INSERT INTO subscriptions (subscriber_id, film_id, tracked_at, tracked_by) VALUES (?, ?, ?, ?)"


async def stock(stage: Stage, servers: int, subscriptions: int) -> list[tuple[Guild, int]]:
    """Add servers, with so many subscriptions in all; each with the channel of its posts. Nothing is due for a day."""
    added = await stage.standin.add_servers(servers, bot=USUAL)
    now = datetime.now(UTC)
    db = await open_database(stage.url)
    try:
        folder = find_catalogue()
        await load_catalogue(db, digest_of(folder), lambda: read_catalogue(folder), now)
        async with db.transaction() as tx:
            for guild, channel_id in added:
                subscriber = Subscriber(0, SubscriberKind.GUILD, guild.id, channel_id=channel_id)
                await subscriber_store.add_subscriber(tx, subscriber, now)
    finally:
        await db.close()
    with closing(sqlite3.connect(stage.database)) as connection, connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM subscribers ORDER BY id")]
        wanted = ((number, film, int(now.timestamp()), 1) for film, number in product(film_ids(stage), ids))
        connection.executemany(_SUBSCRIBE, islice(wanted, subscriptions))
        wakes_at = int((now + timedelta(days=1)).timestamp())
        connection.execute("UPDATE subscribers SET planned_revision = revision, next_wake_at = ?", (wakes_at,))
    return added


def film_ids(stage: Stage) -> Sequence[int]:
    """List the films in a stage's database."""
    with closing(sqlite3.connect(stage.database)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM films ORDER BY id")]
