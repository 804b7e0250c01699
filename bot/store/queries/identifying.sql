-- name: take_identify_turn(bucket, now_ms, free_ms, absurd_ms)^
-- The turn of a bucket, if it is free; of two that ask at once one gets it. One that nobody can have taken counts as free.
INSERT INTO identify_turns (bucket, free_ms) VALUES (:bucket, :free_ms)
ON CONFLICT (bucket) DO UPDATE SET free_ms = excluded.free_ms
WHERE identify_turns.free_ms <= :now_ms OR identify_turns.free_ms > :absurd_ms
RETURNING bucket;

-- name: find_identify_turn(bucket)^
-- When the bucket is free again.
SELECT free_ms FROM identify_turns WHERE bucket = :bucket;
