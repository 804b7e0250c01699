-- name: list_claimable(now, n)
-- Destinations with something due and nothing on its way; of each the most pressing post, and whose it is.
-- NOT EXISTS alone would give a destination twice that two subscribers share.
SELECT subscriber_id, channel_id
FROM (
    SELECT p.id, p.subscriber_id, p.channel_id, p.priority, p.due_at,
        row_number() OVER (PARTITION BY p.channel_id ORDER BY p.priority, p.due_at, p.id) AS place
    FROM posts p
    JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision = s.revision
    WHERE p.state = 'planned' AND p.due_at <= :now AND p.not_before_at <= :now AND p.fresh_until > :now
        AND p.channel_id IS NOT NULL
        AND (p.kind <> 'resume' OR s.paused_at IS NULL OR s.paused_at > :now OR s.paused_until <= :now)
        AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = p.channel_id AND d.state = 'paused')
        AND NOT EXISTS (
            SELECT 1 FROM messages m WHERE m.channel_id = p.channel_id AND m.state IN ('sending', 'in_doubt')
        )
) AS due
WHERE place = 1 ORDER BY priority, due_at, id LIMIT :n;

-- name: open_message(subscriber_id, channel_id, owner, lease_until, now)^
-- Take the destination before the posts. Nothing comes back if another process got here first: messages_in_flight.
INSERT INTO messages (
    subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, retry_at, message_key, plain,
    discord_message_id, reason, settled_at
) VALUES (:subscriber_id, :channel_id, 'sending', :owner, :lease_until, 1, :now, 0, '', 0, NULL, '', NULL)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: take_due_posts(subscriber_id, channel_id, doubts, now, n)
-- The posts of a message. What another process has just taken, or a fact newer than the plan, leaves nothing.
-- doubts = 1: what admins are asked, and nothing else; 0: everything but that.
UPDATE posts SET state = 'bundled'
WHERE state = 'planned' AND id IN (
    SELECT p.id
    FROM posts p
    JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision = s.revision
    WHERE p.subscriber_id = :subscriber_id AND p.channel_id = :channel_id AND p.state = 'planned'
        AND CASE p.kind WHEN 'doubt' THEN 1 ELSE 0 END = :doubts
        AND p.due_at <= :now AND p.not_before_at <= :now AND p.fresh_until > :now
        AND (p.kind <> 'resume' OR s.paused_at IS NULL OR s.paused_at > :now OR s.paused_until <= :now)
        AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = p.channel_id AND d.state = 'paused')
    ORDER BY p.priority, p.due_at, p.dedup_key LIMIT :n
)
RETURNING
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note;

-- name: remove_message(message_id)!
-- Opened a moment ago, and there was nothing left to send.
DELETE FROM messages WHERE id = :message_id;

-- name: add_message_post(message_id, post_id)!
-- Membership never changes after this transaction.
INSERT INTO message_posts (message_id, post_id) VALUES (:message_id, :post_id);

-- name: seal_message(message_id, message_key, attempt)^
-- With the key that its posts make, and an attempt that counts theirs, for the backoff.
UPDATE messages SET message_key = :message_key, attempt = :attempt WHERE id = :message_id
RETURNING
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain,
    discord_message_id;

-- name: take_doubtful(owner, now, lease_until, n)
-- What nobody knows the end of: its owner's lease ran out, or the time to ask again has come. The conditions stand
-- twice, for PostgreSQL checks only the outer ones again after it has waited for another process.
UPDATE messages SET state = 'sending', owner = :owner, lease_until = :lease_until, attempt = attempt + 1
WHERE (state = 'sending' AND lease_until <= :now OR state = 'in_doubt' AND retry_at <= :now) AND id IN (
    SELECT m.id FROM messages m
    WHERE m.state IN ('sending', 'in_doubt')
        AND (m.state = 'sending' AND m.lease_until <= :now OR m.state = 'in_doubt' AND m.retry_at <= :now)
    ORDER BY m.lease_until, m.id LIMIT :n
)
RETURNING
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain,
    discord_message_id;

-- name: get_message(message_id)^
-- By our own id.
SELECT
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain,
    discord_message_id
FROM messages WHERE id = :message_id;

-- name: list_message_posts(message_id)
-- What a message carries.
SELECT
    p.id, p.subscriber_id, p.film_id, p.kind, p.priority, p.milestone_days, p.country, p.type, p.date, p.old_date,
    p.change_id, p.channel_id, p.since_at, p.dedup_key, p.due_at, p.fresh_until, p.attempts, p.state, p.reason,
    p.settled_at, p.doubt_id, p.note
FROM message_posts mp JOIN posts p ON p.id = mp.post_id WHERE mp.message_id = :message_id;

-- name: expire_leases(now)
-- Only where no other process can be alive.
UPDATE messages SET lease_until = :now WHERE state = 'sending' AND lease_until > :now RETURNING id;

-- name: settle_message(message_id, owner, attempt, state, discord_message_id, reason, retry_at, settled_at)^
-- The fence: only who owns this very attempt may end it.
UPDATE messages SET
    state = :state, discord_message_id = COALESCE(CAST(:discord_message_id AS BIGINT), discord_message_id),
    reason = :reason, retry_at = :retry_at, settled_at = :settled_at
WHERE id = :message_id AND state = 'sending' AND owner = :owner AND attempt = :attempt
RETURNING id;

-- name: settle_message_posts(message_id, state, reason, settled_at, not_before_at, failed)!
-- What becomes of the posts; failed = 1: one more message that carried them surely never arrived.
UPDATE posts SET
    state = :state, reason = :reason, settled_at = :settled_at, not_before_at = :not_before_at,
    attempts = attempts + :failed
WHERE state = 'bundled' AND id IN (SELECT post_id FROM message_posts WHERE message_id = :message_id);

-- name: mark_plain(message_id, owner, attempt, lease_until)^
-- Once more as plain text: no embeds, and of the buttons only the marker. The same fence, a new lease.
UPDATE messages SET plain = 1, attempt = attempt + 1, lease_until = :lease_until
WHERE id = :message_id AND state = 'sending' AND owner = :owner AND attempt = :attempt
RETURNING
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain,
    discord_message_id;

-- name: find_destination(channel_id)^
-- A destination's health; no row: never anything wrong.
SELECT channel_id, state, reason, since FROM destinations WHERE channel_id = :channel_id;

-- name: open_destination(channel_id, now)!
-- It can be written to again.
INSERT INTO destinations (channel_id, state, reason, since) VALUES (:channel_id, 'ok', '', :now)
ON CONFLICT (channel_id) DO UPDATE SET state = 'ok', reason = '', since = excluded.since;

-- name: close_destination(channel_id, reason, now)^
-- It cannot be written to. One that is paused already keeps its reason and since when: nothing comes back.
INSERT INTO destinations (channel_id, state, reason, since) VALUES (:channel_id, 'paused', :reason, :now)
ON CONFLICT (channel_id) DO UPDATE SET state = 'paused', reason = excluded.reason, since = excluded.since
WHERE destinations.state <> 'paused'
RETURNING channel_id;
