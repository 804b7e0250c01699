-- name: add_live_message(message_id, now)
-- A live countdown has arrived: its edits begin. Nothing comes back for any other message.
INSERT INTO live_messages (
    subscriber_id, film_id, channel_id, message_id, due_at, attempts, shown, counted_on, lost, lost_at
)
SELECT p.subscriber_id, COALESCE(f.joined_into, f.id), p.channel_id, mp.message_id, CAST(:now AS BIGINT), 0, p.note,
    NULL, 0, NULL
FROM message_posts mp
JOIN posts p ON p.id = mp.post_id
JOIN films f ON f.id = p.film_id
WHERE mp.message_id = :message_id AND p.kind = 'live' AND p.channel_id IS NOT NULL
ON CONFLICT (subscriber_id, film_id, channel_id) DO UPDATE SET
    message_id = excluded.message_id, due_at = excluded.due_at, attempts = 0, shown = excluded.shown
RETURNING subscriber_id;

-- name: list_live(ids)
-- The live countdowns of subscribers: those that are in their channels, and how many somebody deleted.
SELECT l.subscriber_id, l.film_id, l.channel_id, l.message_id, l.due_at, l.attempts, l.shown, l.lost, m.first_sent_at
FROM live_messages l LEFT JOIN messages m ON m.id = l.message_id
WHERE l.subscriber_id IN (EACH(:ids)) ORDER BY l.subscriber_id, l.film_id, l.channel_id;

-- name: plan_live_edit(message_id, due_at)!
-- Another time for the next edit. One that is under way, or is tried again, reads what is true by itself.
UPDATE live_messages SET due_at = :due_at WHERE message_id = :message_id AND attempts = 0;

-- name: take_live(now, lease_until, n)
-- Those that are due, each taken until its lease runs out; of a channel one at a time, for Discord takes an edit a second
-- there. A closed channel is left alone. The condition stands twice, for PostgreSQL checks only the outer one again
-- after it has waited for another process.
UPDATE live_messages SET due_at = :lease_until, attempts = attempts + 1
WHERE due_at <= :now AND message_id IN (
    SELECT message_id FROM (
        SELECT l.message_id, l.due_at,
            row_number() OVER (PARTITION BY l.channel_id ORDER BY l.due_at, l.message_id) AS place
        FROM live_messages l
        WHERE l.message_id IS NOT NULL AND l.due_at <= :now
            AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = l.channel_id AND d.state = 'paused')
    ) AS due
    WHERE place = 1 ORDER BY due_at, message_id LIMIT :n
)
RETURNING subscriber_id, film_id, channel_id, message_id, attempts, shown;

-- name: settle_live(message_id, attempt, shown, counted_on, due_at)^
-- The fence: nothing comes back if somebody else has taken it since. NULL: it says what it said, or does not count.
UPDATE live_messages SET
    shown = :shown, counted_on = COALESCE(CAST(:counted_on AS TEXT), counted_on), due_at = :due_at, attempts = 0
WHERE message_id = :message_id AND attempts = :attempt RETURNING message_id;

-- name: postpone_live(message_id, attempt, due_at)^
-- The same fence.
UPDATE live_messages SET due_at = :due_at WHERE message_id = :message_id AND attempts = :attempt RETURNING message_id;

-- name: lose_live(message_id, attempt, now)^
-- Somebody deleted it. The same fence.
UPDATE live_messages SET
    message_id = NULL, due_at = NULL, attempts = 0, shown = '', lost = lost + 1, lost_at = :now
WHERE message_id = :message_id AND attempts = :attempt RETURNING message_id;

-- name: join_live_messages(film_id, into_id)
-- A film turned out to be another one: its countdown is that one's, unless there is one already.
UPDATE live_messages SET film_id = :into_id
WHERE film_id = :film_id AND NOT EXISTS (
    SELECT 1 FROM live_messages l
    WHERE l.subscriber_id = live_messages.subscriber_id AND l.channel_id = live_messages.channel_id
        AND l.film_id = :into_id
)
RETURNING subscriber_id;

-- name: rearm_live(dedup_key, due_at, fresh_until, channel_id)^
-- A live countdown that was skipped, and so never sent, is owed again: its channel is open, or its date has moved.
UPDATE posts SET
    state = 'planned', due_at = :due_at, fresh_until = :fresh_until, channel_id = :channel_id, not_before_at = 0,
    reason = '', settled_at = NULL
WHERE dedup_key = :dedup_key AND kind = 'live' AND state = 'skipped' RETURNING id;
