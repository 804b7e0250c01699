-- name: list_posts_since(subscriber_id, since)
-- What one subscriber was or is owed from a time on, in any state.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts WHERE subscriber_id = :subscriber_id AND due_at >= :since ORDER BY due_at, priority, id;

-- name: arm_post(subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id, since_at, doubt_id, note, dedup_key, due_at, fresh_until)^
-- Owed now. The unique key, not care, stops doubles; only what was cancelled can be owed again.
INSERT INTO posts (
    subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, doubt_id, note, dedup_key, due_at, fresh_until, not_before_at, attempts, state, reason, settled_at
) VALUES (
    :subscriber_id, :film_id, :kind, :priority, :milestone_days, :country, :type, :date, :old_date, :change_id,
    :channel_id, :since_at, :doubt_id, :note, :dedup_key, :due_at, :fresh_until, 0, 0, 'planned', '', NULL
)
ON CONFLICT (dedup_key) DO UPDATE SET
    state = 'planned', reason = '', settled_at = NULL, not_before_at = 0, due_at = excluded.due_at,
    fresh_until = excluded.fresh_until, channel_id = excluded.channel_id, country = excluded.country,
    old_date = excluded.old_date, change_id = excluded.change_id
WHERE posts.state = 'cancelled'
RETURNING id;

-- name: move_post(post_id, due_at, fresh_until, channel_id, country, old_date, change_id)^
-- Another time, channel or country, or more that it tells of, as long as nobody has taken it.
UPDATE posts SET due_at = :due_at, fresh_until = :fresh_until, channel_id = :channel_id, country = :country,
    old_date = :old_date, change_id = :change_id
WHERE id = :post_id AND state = 'planned' RETURNING id;

-- name: move_armed(dedup_key, due_at, fresh_until, channel_id)^
-- The same by its key.
UPDATE posts SET due_at = :due_at, fresh_until = :fresh_until, channel_id = :channel_id
WHERE dedup_key = :dedup_key AND state = 'planned' RETURNING id;

-- name: cancel_armed(dedup_key, reason, now)^
-- The same by its key, whoever planned it.
UPDATE posts SET state = 'cancelled', reason = :reason, settled_at = :now
WHERE dedup_key = :dedup_key AND state = 'planned' RETURNING id;

-- name: cancel_post(post_id, reason, now)^
-- No longer owed, as long as nobody has taken it.
UPDATE posts SET state = 'cancelled', reason = :reason, settled_at = :now
WHERE id = :post_id AND state = 'planned' RETURNING id;

-- name: settle_post(post_id, state, reason, now)^
-- It ends without a message, as long as nobody has taken it.
UPDATE posts SET state = :state, reason = :reason, settled_at = :now
WHERE id = :post_id AND state = 'planned' RETURNING id;

-- name: skip_due_posts(subscriber_ids, now)
-- What is due and cannot go out, and why, of these subscribers: those whose turn it may be. Not while a fact is newer than the plan: the planner goes first.
-- A pause that ended while nobody ran still counts for what fell due in it; one that began when a post was stale kept
-- nothing back. A live countdown waits for its channel.
UPDATE posts SET state = 'skipped', reason = blocked.why, settled_at = :now
FROM (
    SELECT p.id AS post_id,
        CASE
            WHEN p.kind <> 'resume' AND (
                s.paused_at <= :now AND (s.paused_until IS NULL OR s.paused_until > :now) AND p.fresh_until > :now
                OR s.paused_at <= p.due_at AND (s.paused_until IS NULL OR s.paused_until > p.due_at)
                OR f.paused_at <= :now AND (f.paused_until IS NULL OR f.paused_until > :now) AND p.fresh_until > :now
                OR f.paused_at <= p.due_at AND (f.paused_until IS NULL OR f.paused_until > p.due_at)
            ) THEN 'paused'
            WHEN p.kind <> 'live' AND d.state = 'paused' AND (p.fresh_until > :now OR p.due_at >= d.since)
                THEN 'paused: ' || d.reason
            WHEN p.channel_id IS NULL THEN 'no channel is set: /settings'
            WHEN p.fresh_until <= :now AND p.attempts > 0 THEN 'stale: Discord did not take it in time'
            WHEN p.fresh_until <= :now THEN 'stale: it could not be sent in time'
        END AS why
    FROM posts p
    JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision >= s.revision
    LEFT JOIN subscriptions f ON f.subscriber_id = p.subscriber_id AND f.film_id = p.film_id
    LEFT JOIN destinations d ON d.channel_id = p.channel_id
    WHERE p.subscriber_id IN (EACH(:subscriber_ids)) AND p.state = 'planned' AND p.due_at <= :now
) AS blocked
WHERE posts.id = blocked.post_id AND blocked.why IS NOT NULL AND posts.state = 'planned'
RETURNING
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note;

-- name: list_settled(subscriber_id, n)
-- The latest that came to an end; of what opens a film's own post in a forum only what failed.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts
WHERE subscriber_id = :subscriber_id AND state IN ('sent', 'skipped', 'failed', 'uncertain')
    AND (kind <> 'opening' OR state IN ('failed', 'uncertain'))
ORDER BY settled_at DESC, id DESC LIMIT :n;

-- name: list_kept_back(subscriber_id, since, until, film_id, channel_id)
-- What a pause of the server or of a film kept back, or, with a channel, a closed destination: the ends of pauses among
-- it, which tell of more.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts
WHERE subscriber_id = :subscriber_id AND state = 'skipped' AND kind NOT IN ('opening', 'digest')
    AND settled_at >= :since AND due_at <= :until
    AND (CAST(:film_id AS BIGINT) IS NULL OR film_id = :film_id)
    AND (
        CAST(:channel_id AS BIGINT) IS NULL AND reason = 'paused'
        OR channel_id = :channel_id AND reason LIKE 'paused: %'
    )
ORDER BY due_at, priority, id;
