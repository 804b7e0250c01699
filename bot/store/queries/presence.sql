-- name: list_guild_subscribers(after, n, ids, shard_count)
-- Every server with settings of some shards, by Discord's id, a page.
-- https://discord.com/developers/docs/events/gateway#sharding: (guild_id >> 22) % shards.
SELECT id, discord_id, left_at FROM subscribers
WHERE kind = 'guild' AND discord_id > :after AND (discord_id >> 22) % :shard_count IN (EACH(:ids))
ORDER BY discord_id LIMIT :n;

-- name: mark_left(subscriber_id, now)^
-- Removed from the server. The plan lags behind from now on, so that nothing is claimed or skipped.
UPDATE subscribers SET left_at = :now, revision = revision + 1
WHERE id = :subscriber_id AND left_at IS NULL RETURNING id;

-- name: mark_back(subscriber_id, now)^
-- There again, and awake.
UPDATE subscribers SET left_at = NULL, revision = revision + 1, next_wake_at = :now
WHERE id = :subscriber_id AND left_at IS NOT NULL RETURNING id;

-- name: list_left_before(until, n)
-- Servers that were left so long ago that their data is to go.
SELECT id, discord_id, left_at FROM subscribers
WHERE kind = 'guild' AND left_at <= :until ORDER BY left_at, id LIMIT :n;

-- name: remove_left_subscriber(subscriber_id)^
-- With all that hangs on it; films stay.
DELETE FROM subscribers WHERE id = :subscriber_id AND left_at IS NOT NULL RETURNING id;

-- name: join_missed(subscriber_id, since)!
-- What closed channels kept back is told with the rest, by the one message that a server's return has.
UPDATE posts SET reason = 'paused'
WHERE subscriber_id = :subscriber_id AND state = 'skipped' AND settled_at >= :since AND reason LIKE 'paused: %';
