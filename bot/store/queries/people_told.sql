-- name: list_planned_reminders(subscriber_id)
-- What a person put off and was not told again yet.
SELECT
    id, subscriber_id, film_id, kind, priority, milestone_days, country, type, date, old_date, change_id, channel_id,
    since_at, dedup_key, due_at, fresh_until, attempts, state, reason, settled_at, doubt_id, note
FROM posts WHERE subscriber_id = :subscriber_id AND kind = 'reminder' AND state = 'planned' ORDER BY due_at, id;

-- name: remove_all_subscriptions(subscriber_id)
-- A person wants no reminders any more; what they owed is cancelled by the next plan.
DELETE FROM subscriptions WHERE subscriber_id = :subscriber_id RETURNING film_id;

-- name: remove_person(subscriber_id)^
-- All that is stored of a person, with whatever hangs on it; never a server.
DELETE FROM subscribers WHERE id = :subscriber_id AND kind = 'user' RETURNING id;

-- name: remove_destination(channel_id)!
-- A person's direct messages are nobody's any more.
DELETE FROM destinations WHERE channel_id = :channel_id;

-- name: name_destination(channel_id, subscriber_id, now)!
-- Direct messages arrived there a moment ago: whose they are. Its health is opened elsewhere.
INSERT INTO destinations (channel_id, state, reason, since, kind, subscriber_id)
VALUES (:channel_id, 'ok', '', :now, 'dm', :subscriber_id)
ON CONFLICT (channel_id) DO UPDATE SET kind = 'dm', subscriber_id = excluded.subscriber_id;
