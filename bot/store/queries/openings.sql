-- name: add_forum_post(channel_id, film_id, subscriber_id)!
-- A film's own post in a forum is wanted; nothing happens if it is known.
INSERT INTO forum_posts (channel_id, film_id, subscriber_id, thread_id, opened)
VALUES (:channel_id, :film_id, :subscriber_id, NULL, 0)
ON CONFLICT (channel_id, film_id) DO NOTHING;

-- name: find_forum_post(channel_id, film_id)^
-- Where it is, and how often it was opened.
SELECT thread_id, opened FROM forum_posts WHERE channel_id = :channel_id AND film_id = :film_id;

-- name: list_due_in_forum(subscriber_id, channel_id, film_id, now)
-- What waits for a film's own post, by the film id, 0 for the whole server's; the most pressing first.
SELECT
    p.id, p.subscriber_id, p.film_id, p.kind, p.priority, p.milestone_days, p.country, p.type, p.date, p.old_date,
    p.change_id, p.channel_id, p.since_at, p.dedup_key, p.due_at, p.fresh_until, p.attempts, p.state, p.reason,
    p.settled_at, p.doubt_id, p.note
FROM posts p
JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision = s.revision
WHERE p.subscriber_id = :subscriber_id AND p.channel_id = :channel_id AND COALESCE(p.film_id, 0) = :film_id
    AND p.state = 'planned' AND p.kind <> 'opening'
    AND p.due_at <= :now AND p.not_before_at <= :now AND p.fresh_until > :now
ORDER BY p.priority, p.due_at, p.dedup_key;

-- name: find_opening(dedup_key)^
-- How an opening stands.
SELECT state, not_before_at FROM posts WHERE dedup_key = :dedup_key;

-- name: take_opening(dedup_key, fresh_until, now)^
-- It goes out now, and is worth it for as long as what waits for it.
UPDATE posts SET state = 'bundled', fresh_until = :fresh_until
WHERE dedup_key = :dedup_key AND state = 'planned' AND not_before_at <= :now
RETURNING
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note;

-- name: put_off_opening(dedup_key, not_before_at)!
-- The one before it failed.
UPDATE posts SET not_before_at = :not_before_at WHERE dedup_key = :dedup_key AND state = 'planned';

-- name: wait_for_opening(post_id, not_before_at)!
-- What cannot go before its film's own post is open.
UPDATE posts SET not_before_at = :not_before_at WHERE id = :post_id AND state = 'planned';

-- name: count_opening(channel_id, film_id)!
-- The last one came to nothing, or nobody knows: the next one is another post.
UPDATE forum_posts SET opened = opened + 1 WHERE channel_id = :channel_id AND film_id = :film_id;

-- name: note_thread(channel_id, film_id, thread_id)!
-- It is open. An earlier one that turns up late changes nothing.
UPDATE forum_posts SET thread_id = :thread_id
WHERE channel_id = :channel_id AND film_id = :film_id AND thread_id IS NULL;

-- name: lose_thread(channel_id, thread_id)!
-- Somebody deleted it: the next post opens it again.
UPDATE forum_posts SET thread_id = NULL, opened = opened + 1
WHERE channel_id = :channel_id AND thread_id = :thread_id;
