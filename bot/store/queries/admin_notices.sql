-- name: add_notice(subscriber_id, about, sentence, created_at, due_at)^
-- Nothing comes back if it was told, or is being told, already.
INSERT INTO admin_notices (subscriber_id, about, sentence, created_at, due_at, attempts, tried_at, told_at)
VALUES (:subscriber_id, :about, :sentence, :created_at, CAST(:due_at AS BIGINT), 0, NULL, NULL)
ON CONFLICT (subscriber_id, about) DO NOTHING
RETURNING id;

-- name: has_due_notice(now)^
-- Whether there is anything to tell: this is asked every second.
SELECT id FROM admin_notices WHERE told_at IS NULL AND due_at <= :now LIMIT 1;

-- name: take_due_notices(now, until, n)
-- Notices to be written somewhere. What nobody settles is due again `until`.
UPDATE admin_notices SET due_at = :until, attempts = attempts + 1
WHERE told_at IS NULL AND due_at <= :now AND id IN (
    SELECT n.id FROM admin_notices n WHERE n.told_at IS NULL AND n.due_at <= :now ORDER BY n.due_at, n.id LIMIT :n
)
RETURNING id, subscriber_id, about, sentence, created_at, attempts, tried_at;

-- name: try_notice(notice_id, now)!
-- An attempt is about to be made that may arrive.
UPDATE admin_notices SET tried_at = COALESCE(tried_at, CAST(:now AS BIGINT)) WHERE id = :notice_id;

-- name: put_off_notice(notice_id, due_at, tried_at)!
-- Again later, or (NULL) at a command; tried_at NULL: it is known that none arrived.
UPDATE admin_notices SET due_at = CAST(:due_at AS BIGINT), tried_at = CAST(:tried_at AS BIGINT)
WHERE id = :notice_id AND told_at IS NULL;

-- name: end_notice(notice_id, now)^
-- Told. Nothing comes back if it was already.
UPDATE admin_notices SET told_at = :now WHERE id = :notice_id AND told_at IS NULL RETURNING id;

-- name: list_waiting_notices(kind, discord_id, until, n)
-- What waits for a command there, if it has waited `until` then.
SELECT n.id, n.subscriber_id, n.about, n.sentence, n.created_at, n.attempts, n.tried_at
FROM admin_notices n JOIN subscribers s ON s.id = n.subscriber_id
WHERE s.kind = :kind AND s.discord_id = :discord_id AND n.told_at IS NULL AND n.due_at IS NULL
    AND n.created_at <= :until
ORDER BY n.created_at, n.id LIMIT :n;

-- name: remove_untold_notices(subscriber_id, about)!
-- It is over before anyone was told: `about` is how such notices begin.
DELETE FROM admin_notices
WHERE subscriber_id = :subscriber_id AND told_at IS NULL AND about LIKE CAST(:about AS TEXT) || '%';

-- name: remove_told_notices(before)!
-- So old that nobody asks.
DELETE FROM admin_notices WHERE told_at <= :before;

-- name: list_given_channels(subscriber_id)
-- Where a server lets Marquee write, and it can: its own channel first, then its films'.
SELECT given.channel_id
FROM (
    SELECT s.channel_id, 0 AS place, 0 AS since FROM subscribers s WHERE s.id = :subscriber_id
    UNION ALL
    SELECT f.channel_id, 1 AS place, f.tracked_at AS since FROM subscriptions f WHERE f.subscriber_id = :subscriber_id
) AS given
LEFT JOIN destinations d ON d.channel_id = given.channel_id
WHERE given.channel_id IS NOT NULL AND COALESCE(d.state, 'ok') <> 'paused'
GROUP BY given.channel_id ORDER BY MIN(given.place), MIN(given.since), given.channel_id;
