-- name: beat_process(owner, shards, leads, now)!
-- This process is here.
INSERT INTO processes (owner, shards, leads, seen_at) VALUES (:owner, :shards, :leads, :now)
ON CONFLICT (owner) DO UPDATE SET shards = excluded.shards, leads = excluded.leads, seen_at = excluded.seen_at;

-- name: list_processes(since)
-- Who is here, or was a moment ago.
SELECT owner, shards, leads, seen_at FROM processes WHERE seen_at >= :since ORDER BY owner;

-- name: remove_process(owner, before)!
-- This one, which stops, and those that were not heard of for long.
DELETE FROM processes WHERE owner = :owner OR seen_at < :before;
