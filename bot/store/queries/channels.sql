-- name: find_kind(channel_id)^
-- What a channel is, as far as anybody has seen: ''.
SELECT kind FROM destinations WHERE channel_id = :channel_id;

-- name: set_kind(channel_id, kind, now)!
-- What it was when somebody chose it, or turned out to be.
INSERT INTO destinations (channel_id, state, reason, since, kind) VALUES (:channel_id, 'ok', '', :now, :kind)
ON CONFLICT (channel_id) DO UPDATE SET kind = excluded.kind WHERE destinations.kind <> excluded.kind;
