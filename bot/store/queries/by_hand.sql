-- name: list_stuck(subscriber_id, since, n)
-- What failed, or may be there or not, and nobody has decided about; what opens a forum's post is opened by itself.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts
WHERE subscriber_id = :subscriber_id AND state IN ('failed', 'uncertain') AND kind <> 'opening'
    AND settled_at >= :since AND reason NOT LIKE '%left by <@%'
ORDER BY settled_at DESC, id DESC LIMIT :n;

-- name: find_post(post_id, subscriber_id)^
-- By its id, if it is that subscriber's.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts WHERE id = :post_id AND subscriber_id = :subscriber_id;

-- name: decide_post(post_id, subscriber_id, state, reason, settled_at)^
-- A person's word. The fence: the first one counts, and only of what is stuck. Attempts, and when it was due, stay.
UPDATE posts SET state = :state, reason = :reason, settled_at = :settled_at, not_before_at = 0
WHERE id = :post_id AND subscriber_id = :subscriber_id AND state IN ('failed', 'uncertain') AND kind <> 'opening'
    AND reason NOT LIKE '%left by <@%'
RETURNING id;
