-- name: list_due_priorities(priorities, now)
-- Which of these have something due: most seconds none has.
SELECT k.value AS priority
FROM (EACH(:priorities)) AS k
WHERE EXISTS (
    SELECT 1 FROM posts p
    WHERE p.state = 'planned' AND p.priority = k.value
        AND CASE WHEN p.not_before_at > p.due_at THEN p.not_before_at ELSE p.due_at END <= :now
)
ORDER BY k.value;

-- name: list_line(priority, now, after_at, after_id, n)
-- The line of those that are due, from a place in it on, by the index posts_line, however long it is. Who waits for an
-- hour, or after a failure, stands where that ends.
SELECT id, subscriber_id, ready_at
FROM (
    SELECT id, subscriber_id, priority,
        CASE WHEN not_before_at > due_at THEN not_before_at ELSE due_at END AS ready_at
    FROM posts WHERE state = 'planned'
) AS line
WHERE priority = :priority AND ready_at <= :now AND ready_at >= :after_at AND (ready_at > :after_at OR id > :after_id)
ORDER BY ready_at, id LIMIT :n;

-- name: list_claimable(post_ids, now)
-- Of these posts: their destinations, if nothing is on its way there, with the most pressing post of each, and whose it
-- is. Everyone's first before anyone's second: a server with 200 channels does not hold up the others.
-- In a forum that is each film's own post, or the forum as long as there is none: what opens it is planned by then.
-- NOT EXISTS alone would give a destination twice that two subscribers share.
-- A plan is never newer than the facts. But PostgreSQL takes = for seldom true, and begins with all subscribers; not so >=.
SELECT subscriber_id, channel_id, film_id, thread_id, turn
FROM (
    SELECT id, subscriber_id, channel_id, priority, due_at, film_id, thread_id,
        row_number() OVER (PARTITION BY subscriber_id ORDER BY priority, due_at, id) AS turn
    FROM (
        SELECT p.id, p.subscriber_id, p.channel_id, p.priority, p.due_at, f.thread_id,
            CASE k.kind WHEN 'forum' THEN COALESCE(p.film_id, 0) END AS film_id,
            row_number() OVER (
                PARTITION BY COALESCE(f.thread_id, p.channel_id) ORDER BY p.priority, p.due_at, p.id
            ) AS place
        FROM posts p
        JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision >= s.revision
        LEFT JOIN destinations k ON k.channel_id = p.channel_id
        LEFT JOIN forum_posts f
            ON k.kind = 'forum' AND f.channel_id = p.channel_id AND f.film_id = COALESCE(p.film_id, 0)
        WHERE p.id IN (EACH(:post_ids)) AND p.state = 'planned'
            AND p.due_at <= :now AND p.not_before_at <= :now AND p.fresh_until > :now
            AND p.channel_id IS NOT NULL AND p.kind <> 'opening'
            AND (p.kind <> 'resume' OR s.paused_at IS NULL OR s.paused_at > :now OR s.paused_until <= :now)
            AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = p.channel_id AND d.state = 'paused')
            AND NOT EXISTS (
                SELECT 1 FROM messages m
                WHERE m.channel_id = COALESCE(f.thread_id, p.channel_id) AND m.state IN ('sending', 'in_doubt')
            )
    ) AS due
    WHERE place = 1
) AS due
ORDER BY priority, turn, due_at, id;

-- name: list_told_of_day(channel_ids, since, until)
-- What channels were told in that time, or may have been, and how often in brief; none that was told nothing.
SELECT channel_id, COUNT(*) AS messages, SUM(digest) AS digests
FROM messages
WHERE channel_id IN (EACH(:channel_ids)) AND state IN ('sent', 'uncertain')
    AND settled_at >= :since AND settled_at < :until
GROUP BY channel_id;

-- name: open_message(subscriber_id, channel_id, owner, lease_until, now)!
-- Take the destination before the posts. Nothing happens if another process got here first: messages_in_flight.
INSERT INTO messages (
    subscriber_id, channel_id, state, owner, lease_until, attempt, first_sent_at, retry_at, message_key, plain,
    discord_message_id, reason, settled_at
) VALUES (:subscriber_id, :channel_id, 'sending', :owner, :lease_until, 1, :now, 0, '', 0, NULL, '', NULL)
ON CONFLICT DO NOTHING;

-- name: list_opened(channel_ids, owner)
-- Those that this transaction opened: all others have their key.
SELECT id, channel_id, lease_until FROM messages
WHERE channel_id IN (EACH(:channel_ids)) AND state = 'sending' AND owner = :owner AND message_key = '';

-- name: list_due_posts(subscriber_ids, channel_ids, now, n)
-- What messages to these channels may carry, the most pressing first; of what shares a message at most n. alone: the
-- kind that shares none with others. forum_film_id: of a forum: the film whose own post it goes to; else NULL.
SELECT id, subscriber_id, channel_id, kind, alone, forum_film_id
FROM (
    SELECT id, subscriber_id, channel_id, kind, alone, forum_film_id, priority, due_at, dedup_key, row_number() OVER (
        PARTITION BY subscriber_id, channel_id, forum_film_id, alone ORDER BY priority, due_at, dedup_key
    ) AS place
    FROM (
        SELECT p.id, p.subscriber_id, p.channel_id, p.kind, p.priority, p.due_at, p.dedup_key,
            CASE WHEN p.kind IN ('live', 'digest', 'doubt', 'opening') THEN p.kind ELSE '' END AS alone,
            CASE k.kind WHEN 'forum' THEN COALESCE(p.film_id, 0) END AS forum_film_id
        FROM posts p
        JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision >= s.revision
        LEFT JOIN destinations k ON k.channel_id = p.channel_id
        WHERE p.subscriber_id IN (EACH(:subscriber_ids)) AND p.channel_id IN (EACH(:channel_ids))
            AND p.state = 'planned' AND p.due_at <= :now AND p.not_before_at <= :now AND p.fresh_until > :now
            AND (p.kind <> 'resume' OR s.paused_at IS NULL OR s.paused_at > :now OR s.paused_until <= :now)
            AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = p.channel_id AND d.state = 'paused')
    ) AS due
) AS due
WHERE place <= :n ORDER BY priority, due_at, dedup_key;

-- name: take_due_posts(post_ids, now)
-- The posts of messages. What another process has just taken, or a fact newer than the plan, leaves nothing.
UPDATE posts SET state = 'bundled'
WHERE state = 'planned' AND id IN (
    SELECT p.id
    FROM posts p
    JOIN subscribers s ON s.id = p.subscriber_id AND s.planned_revision >= s.revision
    WHERE p.id IN (EACH(:post_ids)) AND p.state = 'planned'
        AND p.due_at <= :now AND p.not_before_at <= :now AND p.fresh_until > :now
        AND (p.kind <> 'resume' OR s.paused_at IS NULL OR s.paused_at > :now OR s.paused_until <= :now)
        AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.channel_id = p.channel_id AND d.state = 'paused')
)
RETURNING
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note;

-- name: remove_messages(message_ids)!
-- Opened a moment ago, and there was nothing left to send.
DELETE FROM messages WHERE id IN (EACH(:message_ids));

-- name: add_message_post(message_id, post_id)!
-- Membership never changes after this transaction.
INSERT INTO message_posts (message_id, post_id) VALUES (:message_id, :post_id);

-- name: seal_message(message_id, message_key, attempt, digest)!
-- With the key that its posts make, and an attempt that counts theirs, for the backoff.
UPDATE messages SET message_key = :message_key, attempt = :attempt, digest = :digest WHERE id = :message_id;

-- name: skip_held(subscriber_id, channel_id, film_id, releases, revision, now, until, reason)
-- What is due and must wait until then, when it will be stale. channel_id NULL: everywhere; releases = 1: release days
-- too. Only by the settings of that revision, if the plan has seen them.
UPDATE posts SET state = 'skipped', reason = :reason, settled_at = :now
WHERE state = 'planned' AND subscriber_id = :subscriber_id
    AND (CAST(:channel_id AS BIGINT) IS NULL OR channel_id = :channel_id)
    AND (CAST(:film_id AS BIGINT) IS NULL OR COALESCE(film_id, 0) = :film_id)
    AND (:releases = 1 OR kind <> 'release')
    AND due_at <= :now AND not_before_at <= :now AND fresh_until <= :until
    AND EXISTS (
        SELECT 1 FROM subscribers s
        WHERE s.id = :subscriber_id AND s.revision = :revision AND s.planned_revision = s.revision
    )
RETURNING dedup_key;

-- name: hold_posts(subscriber_id, channel_id, film_id, releases, revision, now, until, reason)
-- The others: they are looked at again then, or after the next fact.
UPDATE posts SET not_before_at = :until, reason = :reason
WHERE state = 'planned' AND subscriber_id = :subscriber_id
    AND (CAST(:channel_id AS BIGINT) IS NULL OR channel_id = :channel_id)
    AND (CAST(:film_id AS BIGINT) IS NULL OR COALESCE(film_id, 0) = :film_id)
    AND (:releases = 1 OR kind <> 'release')
    AND due_at <= :now AND not_before_at <= :now AND fresh_until > :until
    AND EXISTS (
        SELECT 1 FROM subscribers s
        WHERE s.id = :subscriber_id AND s.revision = :revision AND s.planned_revision = s.revision
    )
RETURNING id;

-- name: free_held(subscriber_id)!
-- A fact is newer than the plan: perhaps the hours or the cap. What waited for them is looked at again; backoff stays.
UPDATE posts SET not_before_at = 0, reason = ''
WHERE subscriber_id = :subscriber_id AND state = 'planned' AND reason LIKE 'waits: %'
    AND EXISTS (SELECT 1 FROM subscribers s WHERE s.id = :subscriber_id AND s.planned_revision <> s.revision);
