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
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain, digest,
    discord_message_id;

-- name: get_message(message_id)^
-- By our own id.
SELECT
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain, digest,
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

-- name: settle_arrived(message_ids, owner, attempt, now)
-- The same fence, for many that arrived.
UPDATE messages SET state = 'sent', reason = '', retry_at = 0, settled_at = :now
WHERE id IN (EACH(:message_ids)) AND state = 'sending' AND owner = :owner AND attempt = :attempt
RETURNING id;

-- name: name_message(message_id, discord_message_id)!
-- What Discord calls one that has just been settled.
UPDATE messages SET discord_message_id = :discord_message_id WHERE id = :message_id;

-- name: settle_arrived_posts(message_ids, now)!
-- What they carry is in its channel.
UPDATE posts SET state = 'sent', reason = '', settled_at = :now, not_before_at = 0
WHERE state = 'bundled' AND id IN (SELECT post_id FROM message_posts WHERE message_id IN (EACH(:message_ids)));

-- name: settle_message_posts(message_id, state, reason, settled_at, not_before_at, failed)!
-- What becomes of the posts; failed = 1: one more message that carried them surely never arrived.
UPDATE posts SET
    state = :state, reason = :reason, settled_at = :settled_at, not_before_at = :not_before_at,
    attempts = attempts + :failed
WHERE state = 'bundled' AND id IN (SELECT post_id FROM message_posts WHERE message_id = :message_id);

-- name: replan_posts(message_id)!
-- A fact took back what a message told; what was owed by what somebody did is owed still, and no plan would bring it.
UPDATE posts SET state = 'planned', settled_at = NULL
WHERE state = 'cancelled' AND kind IN ('resume', 'followed', 'reminder')
    AND id IN (SELECT post_id FROM message_posts WHERE message_id = :message_id);

-- name: mark_plain(message_id, owner, attempt, lease_until)^
-- Once more as plain text: no embeds, and of the buttons only the marker. The same fence, a new lease.
UPDATE messages SET plain = 1, attempt = attempt + 1, lease_until = :lease_until
WHERE id = :message_id AND state = 'sending' AND owner = :owner AND attempt = :attempt
RETURNING
    id, subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, message_key, plain, digest,
    discord_message_id;
