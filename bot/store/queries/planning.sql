-- name: list_awake(until, n)
-- Whose time to plan has come, the one that has waited longest first; not a server that was left.
SELECT id FROM subscribers
WHERE next_wake_at <= :until AND left_at IS NULL ORDER BY next_wake_at, id LIMIT :n;

-- name: list_just_woken(until, n)
-- The same from the other end: who has just typed something need not wait for 76,000 whom a film woke.
SELECT id FROM subscribers
WHERE next_wake_at <= :until AND left_at IS NULL ORDER BY next_wake_at DESC, id DESC LIMIT :n;

-- name: list_to_plan(ids)
-- The settings of those who are planned together.
SELECT
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, revision, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, left_at
FROM subscribers WHERE id IN (EACH(:ids)) ORDER BY id;

-- name: list_subscriptions_of(ids)
-- The films that they follow, without the films, and the newest change of date that was told or is being told.
SELECT
    s.subscriber_id, s.film_id, s.tracked_at, s.tracked_by, s.channel_id, s.paused_at, s.paused_until, s.wanted,
    s.country, s.chosen_at,
    l.message_id AS live_message_id, l.lost AS live_lost, l.lost_at AS live_lost_at, l.counted_on AS live_counted_on,
    (
        SELECT MAX(p.change_id) FROM posts p
        WHERE p.subscriber_id = s.subscriber_id AND p.film_id = s.film_id AND p.kind = 'date_change'
            AND p.state NOT IN ('planned', 'cancelled')
    ) AS told_change_id
FROM subscriptions s
JOIN subscribers u ON u.id = s.subscriber_id
LEFT JOIN live_messages l ON l.subscriber_id = s.subscriber_id AND l.film_id = s.film_id
    AND l.channel_id = COALESCE(s.channel_id, u.channel_id)
WHERE s.subscriber_id IN (EACH(:ids)) ORDER BY s.subscriber_id, s.tracked_at, s.film_id;

-- name: list_films_of(film_ids)
-- Each of those films once, and no more of it than its dates are judged by.
SELECT id, title, year, countries FROM films WHERE id IN (EACH(:film_ids));

-- name: list_releases_of(film_ids)
-- Their releases.
SELECT film_id, country, type, date, note, source, language, certification, since_at
FROM releases WHERE film_id IN (EACH(:film_ids)) ORDER BY film_id, id;

-- name: list_changes_of(film_ids)
-- Their changes of date, but for those of one server that trusts a doubtful date.
SELECT id, film_id, country, type, old_date, new_date, source, known_at, history
FROM date_changes WHERE film_id IN (EACH(:film_ids)) AND subscriber_id IS NULL ORDER BY film_id, id;

-- name: list_own_changes_of(ids)
-- Those of each server alone.
SELECT id, subscriber_id, film_id, country, type, old_date, new_date, source, known_at, history
FROM date_changes WHERE subscriber_id IN (EACH(:ids)) ORDER BY subscriber_id, film_id, id;

-- name: list_doubts_of(film_ids)
-- Their changes of date that are not believed yet.
SELECT id, film_id, country, type, old_date, new_date, source, reason, first_seen_at
FROM doubts WHERE film_id IN (EACH(:film_ids)) AND state = 'open' ORDER BY id;

-- name: list_answers_of(ids)
-- What each server's admins said of the doubts that are still open.
SELECT a.subscriber_id, a.doubt_id, a.answer, a.user_id
FROM doubt_answers a JOIN doubts d ON d.id = a.doubt_id
WHERE a.subscriber_id IN (EACH(:ids)) AND d.state = 'open';

-- name: list_waiting_of(ids, since)
-- What is planned of each; sent_again: a message that carried it failed, or is uncertain, and somebody decided so.
SELECT
    p.id, p.subscriber_id, p.film_id, p.kind, p.priority, p.milestone_days, p.country, p.type, p.date, p.old_date,
    p.change_id, p.channel_id, p.since_at, p.dedup_key, p.due_at, p.fresh_until, p.attempts, p.state, p.reason,
    p.settled_at, p.doubt_id, p.note,
    CASE WHEN p.kind = 'date_change' AND EXISTS (
        SELECT 1 FROM message_posts mp JOIN messages m ON m.id = mp.message_id AND m.state IN ('failed', 'uncertain')
        WHERE mp.post_id = p.id
    ) THEN 1 ELSE 0 END AS sent_again
FROM posts p
WHERE p.subscriber_id IN (EACH(:ids)) AND p.due_at >= :since AND p.state = 'planned'
ORDER BY p.subscriber_id, p.due_at, p.priority, p.id;

-- name: list_keys_of(ids, since)
-- What each was or is owed besides: no plan brings it again, unless it was cancelled.
SELECT subscriber_id, dedup_key, state
FROM posts WHERE subscriber_id IN (EACH(:ids)) AND due_at >= :since AND state <> 'planned';

-- name: list_revisions(ids)
-- After end_planning: whom no fact reached before it.
SELECT id, revision FROM subscribers WHERE id IN (EACH(:ids));
