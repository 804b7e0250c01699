"""The books of the bot: its database, read beside it or after its end. SQL of its own: the bot's is on trial."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.messages import LEASE
from tests.chaos.books import Books

#: A post that was due this long ago has been seen by the planner: it runs every 5 seconds.
_ON_ITS_WAY = """
SELECT 'message ' || m.id || ' to ' || m.channel_id || ' is ' || m.state || ', attempt ' || m.attempt AS what
FROM messages m WHERE m.state IN ('sending', 'in_doubt')
UNION ALL
SELECT 'post ' || p.dedup_key || ' is ' || p.state || ', attempts ' || p.attempts
FROM posts p JOIN subscribers s ON s.id = p.subscriber_id
WHERE p.state = 'bundled' OR p.state = 'planned' AND p.due_at <= :now AND s.left_at IS NULL
UNION ALL
SELECT 'correction of message ' || c.message_id || ', attempts ' || c.attempts FROM corrections c
UNION ALL
SELECT 'notice ' || n.about || ' is to be told, attempts ' || n.attempts
FROM admin_notices n WHERE n.told_at IS NULL AND n.due_at <= :now
UNION ALL
SELECT 'subscriber ' || s.id || ' is not planned yet'
FROM subscribers s WHERE s.planned_revision <> s.revision AND s.left_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class BookedPost:
    """A post, with the message that settled it."""

    dedup_key: str
    channel_id: int
    state: str
    reason: str
    due_at: int
    title: str | None
    kind: str
    milestone_days: int | None
    #: Of the messages that carried it, those that are neither dissolved nor under way.
    message_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookedMessage:
    """A message, with the dedup keys of its posts."""

    id: int
    channel_id: int
    state: str
    message_key: str
    discord_message_id: int | None
    reason: str
    dedup_keys: frozenset[str]


class Ledger:
    """Reads the books; what makes them older, and that alone, writes."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def list_open(self) -> list[str]:
        """List, in words, what is due or under way and has not come to its end."""
        return [row["what"] for row in self.rows(_ON_ITS_WAY, now=int(time.time()))]

    def list_posts(self) -> list[BookedPost]:
        """List every post."""
        carried: dict[int, list[str]] = {}
        for row in self.rows(
            "SELECT mp.post_id, m.message_key FROM message_posts mp JOIN messages m ON m.id = mp.message_id "
            "WHERE m.state IN ('sent', 'failed', 'uncertain')"
        ):
            carried.setdefault(row["post_id"], []).append(row["message_key"])
        return [
            BookedPost(message_keys=tuple(carried.get(row.pop("id"), ())), **row)
            for row in self.rows(
                "SELECT p.id, p.dedup_key, p.channel_id, p.state, p.reason, p.due_at, f.title, p.kind, "
                "p.milestone_days FROM posts p LEFT JOIN films f ON f.id = p.film_id ORDER BY p.id"
            )
        ]

    def list_messages(self) -> list[BookedMessage]:
        """List every message."""
        keys: dict[int, set[str]] = {}
        for row in self.rows(
            "SELECT mp.message_id, p.dedup_key FROM message_posts mp JOIN posts p ON p.id = mp.post_id"
        ):
            keys.setdefault(row["message_id"], set()).add(row["dedup_key"])
        return [
            BookedMessage(dedup_keys=frozenset(keys.get(row["id"], ())), **row)
            for row in self.rows(
                "SELECT id, channel_id, state, message_key, discord_message_id, reason FROM messages ORDER BY id"
            )
        ]

    def paused(self) -> dict[int, str]:
        """Get the reason of every destination that is paused."""
        found = self.rows("SELECT channel_id, reason FROM destinations WHERE state = 'paused'")
        return {row["channel_id"]: row["reason"] for row in found}

    def count(self, table_where: str) -> int:
        """Count the rows of `table [WHERE …]`."""
        return self.rows(f"SELECT COUNT(*) AS n FROM {table_where}")[0]["n"]  # noqa: S608 - the tests' own words

    def let_time_pass(self, seconds: int) -> None:
        """Make all that is under way older, as if the bot had been dead that long; only while it is dead.

        No test can wait for RESEND_WINDOW. What Discord forgets meanwhile is `StandinClient.expire_nonces`.
        """
        self._books.write(
            "UPDATE messages SET first_sent_at = first_sent_at - :s, lease_until = lease_until - :s, "
            "retry_at = CASE WHEN retry_at > :s THEN retry_at - :s ELSE 0 END WHERE state IN ('sending', 'in_doubt')",
            {"s": seconds},
        )
        self._books.write("UPDATE corrections SET due_at = due_at - :s", {"s": seconds})
        self._books.write("UPDATE live_messages SET due_at = due_at - :s WHERE attempts > 0", {"s": seconds})
        self._books.write(
            "UPDATE admin_notices SET due_at = due_at - :s, tried_at = tried_at - :s WHERE told_at IS NULL",
            {"s": seconds},
        )

    def end_leases(self, pid: int | None = None) -> None:
        """Make what a dead process, or any, had under way older by a lease, so that nobody has to wait for its end."""
        self._books.write(
            "UPDATE messages SET first_sent_at = first_sent_at - :s, lease_until = lease_until - :s "
            "WHERE state = 'sending' AND owner LIKE :owner",
            {"s": int(LEASE.total_seconds()), "owner": "%" if pid is None else f"%:{pid}:%"},
        )

    def end_waits(self) -> None:
        """Make it time for every other try, as if the longest wait were over; only while the bot is dead."""
        self._books.write("UPDATE posts SET not_before_at = 0 WHERE state = 'planned'", {})
        self._books.write("UPDATE messages SET retry_at = 0 WHERE state = 'in_doubt'", {})

    def stop_heart(self, seconds: int) -> None:
        """Make the heartbeat that much older, as after a long absence; only while the bot is dead."""
        [alive] = self.rows("SELECT value FROM meta WHERE name = 'alive at'")
        earlier = datetime.fromisoformat(alive["value"]) - timedelta(seconds=seconds)
        self._books.write("UPDATE meta SET value = :value WHERE name = 'alive at'", {"value": earlier.isoformat()})

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Run a SELECT."""
        return self._books.rows(sql, values)
