-- name: find_untried(message_id, until)^
-- A post of a message that was due until then, and that no message before carried as far as these books know.
SELECT p.id
FROM message_posts mp JOIN posts p ON p.id = mp.post_id
WHERE mp.message_id = :message_id AND p.attempts = 0 AND p.due_at <= :until LIMIT 1;

-- name: list_known_keys(channel_id)
-- What the books know to be there.
SELECT message_key FROM messages WHERE channel_id = :channel_id AND state = 'sent';

-- name: adopt_message(subscriber_id, channel_id, sent_at, message_key, discord_message_id, now)^
-- Sent by a store of which this one is an older copy.
INSERT INTO messages (
    subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, retry_at, message_key, plain,
    discord_message_id, reason, settled_at
) VALUES (
    :subscriber_id, :channel_id, 'sent', '', :sent_at, 1, :sent_at, 0, :message_key, 0, :discord_message_id,
    'found in the channel', :now
)
RETURNING id;

-- name: adopt_post(post_id, now)^
-- It went out with that message, unless somebody has taken it meanwhile.
UPDATE posts SET state = 'sent', reason = '', settled_at = :now, not_before_at = 0
WHERE id = :post_id AND state IN ('planned', 'cancelled') RETURNING id;
