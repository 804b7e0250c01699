-- name: add_crossposts(message_ids, now)!
-- To be published, if the server wants that and the channel is, or may be, one of announcements.
INSERT INTO crossposts (message_id, channel_id, due_at, attempts, done_at)
SELECT m.id, m.channel_id, CAST(:now AS BIGINT), 0, NULL
FROM messages m JOIN subscribers s ON s.id = m.subscriber_id
WHERE m.id IN (EACH(:message_ids)) AND s.crosspost = 1 AND s.kind = 'guild'
    AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = m.channel_id AND d.kind NOT IN ('news', ''))
ON CONFLICT (message_id) DO NOTHING;

-- name: take_crossposts(now, lease_until, hour_ago, an_hour, n)
-- Of each channel the most pressing one that is due, unless as many were published, or are being published, in the past
-- hour: then they wait. The condition stands twice, for PostgreSQL checks only the outer one again after it has waited.
UPDATE crossposts SET due_at = :lease_until, attempts = attempts + 1
WHERE done_at IS NULL AND due_at <= :now AND message_id IN (
    SELECT due.message_id
    FROM (
        SELECT c.message_id, c.channel_id, c.due_at,
            row_number() OVER (
                PARTITION BY c.channel_id ORDER BY (
                    SELECT MIN(p.priority) FROM message_posts mp JOIN posts p ON p.id = mp.post_id
                    WHERE mp.message_id = c.message_id
                ), c.message_id
            ) AS place
        FROM crossposts c
        WHERE c.done_at IS NULL AND c.due_at <= :now
    ) AS due
    WHERE due.place = 1 AND (
        SELECT COUNT(*) FROM crossposts o
        WHERE o.channel_id = due.channel_id
            AND (o.done_at > :hour_ago OR o.done_at IS NULL AND o.attempts > 0 AND o.due_at > :now)
    ) < :an_hour
    ORDER BY due.due_at, due.message_id LIMIT :n
)
RETURNING message_id, attempts;

-- name: has_due_crosspost(now)^
-- Whether there is anything to publish: this is asked every second.
SELECT message_id FROM crossposts WHERE done_at IS NULL AND due_at <= :now LIMIT 1;

-- name: end_crosspost(message_id, attempt, now)^
-- Published. The fence: nothing comes back if somebody else has taken it since.
UPDATE crossposts SET done_at = :now WHERE message_id = :message_id AND attempts = :attempt AND done_at IS NULL
RETURNING message_id;

-- name: postpone_crosspost(message_id, attempt, due_at)^
-- The same fence.
UPDATE crossposts SET due_at = :due_at WHERE message_id = :message_id AND attempts = :attempt AND done_at IS NULL
RETURNING message_id;

-- name: drop_crosspost(message_id, attempt)^
-- Given up; the same fence.
DELETE FROM crossposts WHERE message_id = :message_id AND attempts = :attempt AND done_at IS NULL
RETURNING message_id;

-- name: drop_crossposts_of(channel_id)!
-- It is no channel of announcements.
DELETE FROM crossposts WHERE channel_id = :channel_id AND done_at IS NULL;

-- name: forget_crossposts(before)!
-- They count towards nothing any more.
DELETE FROM crossposts WHERE done_at < :before;
