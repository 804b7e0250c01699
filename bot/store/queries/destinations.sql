-- name: find_destination(channel_id)^
-- A destination's health; no row: never anything wrong.
SELECT channel_id, state, reason, since, subscriber_id, probes, missed_since
FROM destinations WHERE channel_id = :channel_id;

-- name: list_closed_destinations(subscriber_id)
-- Those of a subscriber that cannot be written to.
SELECT channel_id, state, reason, since, subscriber_id, probes, missed_since
FROM destinations WHERE subscriber_id = :subscriber_id AND state = 'paused' ORDER BY channel_id;

-- name: open_destination(channel_id, probes, now)!
-- It can be written to again.
INSERT INTO destinations (channel_id, state, reason, since, probes) VALUES (:channel_id, 'ok', '', :now, :probes)
ON CONFLICT (channel_id) DO UPDATE SET
    state = 'ok', reason = '', since = excluded.since, probes = excluded.probes, next_probe_at = NULL;

-- name: close_destination(channel_id, subscriber_id, reason, next_probe_at, now)^
-- It cannot be written to. One that is paused already keeps its reason and since when: nothing comes back. If nothing
-- has arrived since it was opened, the trouble is the old one: looks go on as rarely, and what was missed grows.
INSERT INTO destinations (channel_id, state, reason, since, subscriber_id, next_probe_at, probes, missed_since)
VALUES (:channel_id, 'paused', :reason, :now, :subscriber_id, CAST(:next_probe_at AS BIGINT), 0, :now)
ON CONFLICT (channel_id) DO UPDATE SET
    state = 'paused', reason = excluded.reason, since = excluded.since, subscriber_id = excluded.subscriber_id,
    next_probe_at = excluded.next_probe_at,
    probes = CASE WHEN EXISTS (
        SELECT 1 FROM messages m
        WHERE m.channel_id = excluded.channel_id AND m.state = 'sent' AND m.settled_at >= destinations.since
    ) THEN 0 ELSE destinations.probes END,
    missed_since = CASE WHEN EXISTS (
        SELECT 1 FROM messages m
        WHERE m.channel_id = excluded.channel_id AND m.state = 'sent' AND m.settled_at >= destinations.since
    ) THEN excluded.since ELSE COALESCE(destinations.missed_since, excluded.since) END
WHERE destinations.state <> 'paused'
RETURNING channel_id, state, reason, since, subscriber_id, probes, missed_since;

-- name: has_due_probe(now)^
-- Whether there is anything to look at: this is asked every second.
SELECT channel_id FROM destinations WHERE state = 'paused' AND next_probe_at <= :now LIMIT 1;

-- name: take_due_probes(now, until, n)
-- Closed destinations to look at, the one that has waited longest first. What nobody looked at is due again `until`.
UPDATE destinations SET next_probe_at = :until
WHERE state = 'paused' AND next_probe_at <= :now AND channel_id IN (
    SELECT d.channel_id FROM destinations d
    WHERE d.state = 'paused' AND d.next_probe_at <= :now AND d.subscriber_id IS NOT NULL
    ORDER BY d.next_probe_at, d.channel_id LIMIT :n
)
RETURNING channel_id, state, reason, since, subscriber_id, probes, missed_since;

-- name: plan_probe(channel_id, probes, next_probe_at)!
-- When to look again at one that is still closed; NULL: never by itself.
UPDATE destinations SET probes = :probes, next_probe_at = CAST(:next_probe_at AS BIGINT)
WHERE channel_id = :channel_id AND state = 'paused';
