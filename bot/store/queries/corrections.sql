-- name: list_told(ids, since)
-- Countdowns and alerts that are in a channel or on their way, with their message; of a film that was joined, as part of
-- the one it turned out to be.
SELECT
    mp.message_id, COALESCE(f.joined_into, f.id) AS film_id, p.id, p.subscriber_id, p.kind, p.priority,
    p.milestone_days, p.country, p.type, p.date, p.old_date, p.change_id, p.channel_id, p.since_at, p.dedup_key,
    p.due_at, p.fresh_until, p.attempts, p.state, p.reason, p.settled_at, p.doubt_id, p.note
FROM posts p
JOIN films f ON f.id = p.film_id
JOIN message_posts mp ON mp.post_id = p.id
JOIN messages m ON m.id = mp.message_id AND m.state IN ('sending', 'in_doubt', 'sent')
WHERE p.subscriber_id IN (EACH(:ids)) AND p.due_at >= :since
    AND p.kind IN ('countdown', 'release') AND p.state IN ('bundled', 'sent')
ORDER BY p.subscriber_id, mp.message_id, p.id;

-- name: add_correction(message_id, now)!
-- Due at once. One that waits already reads what is true when its time comes.
INSERT INTO corrections (message_id, due_at, attempts) VALUES (:message_id, :now, 0)
ON CONFLICT (message_id) DO NOTHING;

-- name: drop_corrections(now)!
-- Of messages that never arrived, or of which nobody can tell.
DELETE FROM corrections
WHERE due_at <= :now AND message_id IN (
    SELECT c.message_id FROM corrections c JOIN messages m ON m.id = c.message_id
    WHERE c.due_at <= :now AND m.state IN ('dissolved', 'failed', 'uncertain')
);

-- name: take_corrections(now, lease_until, n)
-- Those of messages that are in their channel, each taken until its lease runs out. The condition stands twice, for
-- PostgreSQL checks only the outer one again after it has waited for another process.
UPDATE corrections SET due_at = :lease_until, attempts = attempts + 1
WHERE due_at <= :now AND message_id IN (
    SELECT c.message_id FROM corrections c JOIN messages m ON m.id = c.message_id AND m.state = 'sent'
    WHERE c.due_at <= :now ORDER BY c.due_at, c.message_id LIMIT :n
)
RETURNING message_id, attempts;

-- name: end_correction(message_id, attempt)^
-- The fence: nothing comes back if somebody else has taken it since.
DELETE FROM corrections WHERE message_id = :message_id AND attempts = :attempt RETURNING message_id;

-- name: postpone_correction(message_id, attempt, due_at)^
-- The same fence.
UPDATE corrections SET due_at = :due_at WHERE message_id = :message_id AND attempts = :attempt RETURNING message_id;

-- name: set_reason(post_id, reason)!
-- Whether a post that is in its channel is struck out there.
UPDATE posts SET reason = :reason WHERE id = :post_id AND state = 'sent';
