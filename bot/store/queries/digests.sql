-- name: list_told_changes(subscriber_id, since, until)
-- The changes of date that a server was told of, by when they were due, in the order in which it was.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts
WHERE subscriber_id = :subscriber_id AND kind = 'date_change' AND state = 'sent' AND due_at >= :since
    AND due_at < :until
ORDER BY settled_at, change_id, id;

-- name: list_openings(subscriber_id, country, first_on, last_on, n)
-- What comes to a country's cinemas on those days, by date, and was not there before, of films that are not followed.
SELECT
    r.film_id, f.title, f.year, r.country, r.type, r.date, r.note, r.source, r.language, r.certification, r.since_at
FROM releases r JOIN films f ON f.id = r.film_id
WHERE r.country = :country AND r.date >= :first_on AND r.date <= :last_on AND LENGTH(r.date) = 10
    AND r.type IN ('theatrical', 'limited') AND f.joined_into IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM releases e
        WHERE e.film_id = r.film_id AND e.country = :country AND e.type IN ('theatrical', 'limited')
            AND LENGTH(e.date) = 10 AND e.date < :first_on
    )
    AND NOT EXISTS (
        SELECT 1 FROM subscriptions s WHERE s.subscriber_id = :subscriber_id AND s.film_id = r.film_id
    )
ORDER BY r.date, CASE r.type WHEN 'theatrical' THEN 0 ELSE 1 END, r.film_id, r.id LIMIT :n;
