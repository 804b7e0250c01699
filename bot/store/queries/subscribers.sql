-- name: find_subscriber(kind, discord_id)^
-- A guild or a user by Discord's id.
SELECT
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, revision, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, left_at
FROM subscribers WHERE kind = :kind AND discord_id = :discord_id;

-- name: get_subscriber(subscriber_id)^
-- By our own id.
SELECT
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, revision, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, left_at
FROM subscribers WHERE id = :subscriber_id;

-- name: list_subscribers(subscriber_ids)
-- Those with these ids.
SELECT
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, revision, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, left_at
FROM subscribers WHERE id IN (EACH(:subscriber_ids));

-- name: add_subscriber(kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right, paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, wanted, quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, created_at)^
-- Nothing comes back if another command got here first: the row is there then.
INSERT INTO subscribers (
    kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id,
    revision, planned_revision, next_wake_at, created_at
) VALUES (
    :kind, :discord_id, :channel_id, :country, :timezone, :posting_minute, :milestones, :ping_role_id, :track_right,
    :paused_at, :paused_until, :country_chosen, :timezone_chosen, :settings_changed_at, :wanted,
    :quiet_from, :quiet_to, :digest_weekday, :live, :daily_cap, :role_button, :crosspost, :admin_channel_id,
    0, 0, NULL, :created_at
)
ON CONFLICT (kind, discord_id) DO NOTHING
RETURNING
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, revision, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, left_at;

-- name: save_settings(subscriber_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right, paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, wanted, quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, now)^
-- Every setting, and awake.
UPDATE subscribers SET
    channel_id = :channel_id, country = :country, timezone = :timezone, posting_minute = :posting_minute,
    milestones = :milestones, ping_role_id = :ping_role_id, track_right = :track_right,
    paused_at = :paused_at, paused_until = :paused_until,
    country_chosen = :country_chosen, timezone_chosen = :timezone_chosen, settings_changed_at = :settings_changed_at,
    wanted = :wanted, quiet_from = :quiet_from, quiet_to = :quiet_to, digest_weekday = :digest_weekday, live = :live,
    daily_cap = :daily_cap, role_button = :role_button, crosspost = :crosspost, admin_channel_id = :admin_channel_id,
    revision = revision + 1, next_wake_at = :now
WHERE id = :subscriber_id
RETURNING
    id, kind, discord_id, channel_id, country, timezone, posting_minute, milestones, ping_role_id, track_right,
    paused_at, paused_until, country_chosen, timezone_chosen, settings_changed_at, revision, wanted,
    quiet_from, quiet_to, digest_weekday, live, daily_cap, role_button, crosspost, admin_channel_id, left_at;

-- name: save_pause(subscriber_id, paused_at, paused_until, now)^
-- The pause alone: whoever changes a setting at the same time keeps it.
UPDATE subscribers SET
    paused_at = :paused_at, paused_until = :paused_until, revision = revision + 1, next_wake_at = :now
WHERE id = :subscriber_id RETURNING id;

-- name: wake_subscriber(subscriber_id, now)!
-- A fact that matters to it changed: it is planned again before anything of it is claimed.
UPDATE subscribers SET revision = revision + 1, next_wake_at = :now WHERE id = :subscriber_id;

-- name: lock_revision(subscriber_id)^
-- As new as it gets: a fact that is being written is waited for, and one that comes later waits for this transaction.
UPDATE subscribers SET revision = revision WHERE id = :subscriber_id RETURNING revision;

-- name: end_planning(subscriber_id, seen_revision, next_wake_at)^
-- To sleep, unless a fact changed while the plan was made: nothing comes back then, and it stays awake.
UPDATE subscribers SET planned_revision = :seen_revision, next_wake_at = :next_wake_at
WHERE id = :subscriber_id AND revision = :seen_revision RETURNING id;

-- name: list_subscriptions(subscriber_id)
-- Each film followed, and the newest change of its date that was told or is being told.
SELECT
    f.id, f.title, f.year, f.original_title, f.original_language, f.alternative_titles, f.summary, f.runtime_minutes,
    f.genres, f.companies, f.distributors, f.countries, f.sources, f.as_of, f.checked_at,
    s.tracked_at, s.tracked_by, s.channel_id, s.paused_at, s.paused_until, s.wanted, s.country, s.chosen_at,
    l.message_id AS live_message_id, l.lost AS live_lost, l.lost_at AS live_lost_at, l.counted_on AS live_counted_on,
    (
        SELECT MAX(p.change_id) FROM posts p
        WHERE p.subscriber_id = s.subscriber_id AND p.film_id = s.film_id AND p.kind = 'date_change'
            AND p.state NOT IN ('planned', 'cancelled')
    ) AS told_change_id
FROM subscriptions s
JOIN films f ON f.id = s.film_id
JOIN subscribers u ON u.id = s.subscriber_id
LEFT JOIN live_messages l ON l.subscriber_id = s.subscriber_id AND l.film_id = s.film_id
    AND l.channel_id = COALESCE(s.channel_id, u.channel_id)
WHERE s.subscriber_id = :subscriber_id ORDER BY s.tracked_at, s.film_id;

-- name: find_subscription(subscriber_id, film_id)^
-- The same for one film.
SELECT
    f.id, f.title, f.year, f.original_title, f.original_language, f.alternative_titles, f.summary, f.runtime_minutes,
    f.genres, f.companies, f.distributors, f.countries, f.sources, f.as_of, f.checked_at,
    s.tracked_at, s.tracked_by, s.channel_id, s.paused_at, s.paused_until, s.wanted, s.country, s.chosen_at,
    l.message_id AS live_message_id, l.lost AS live_lost, l.lost_at AS live_lost_at, l.counted_on AS live_counted_on,
    (
        SELECT MAX(p.change_id) FROM posts p
        WHERE p.subscriber_id = s.subscriber_id AND p.film_id = s.film_id AND p.kind = 'date_change'
            AND p.state NOT IN ('planned', 'cancelled')
    ) AS told_change_id
FROM subscriptions s
JOIN films f ON f.id = s.film_id
JOIN subscribers u ON u.id = s.subscriber_id
LEFT JOIN live_messages l ON l.subscriber_id = s.subscriber_id AND l.film_id = s.film_id
    AND l.channel_id = COALESCE(s.channel_id, u.channel_id)
WHERE s.subscriber_id = :subscriber_id AND s.film_id = :film_id;

-- name: list_followed_releases(subscriber_id)
-- The releases of all films that one subscriber follows.
SELECT r.film_id, r.country, r.type, r.date, r.note, r.source, r.language, r.certification, r.since_at
FROM subscriptions s JOIN releases r ON r.film_id = s.film_id
WHERE s.subscriber_id = :subscriber_id ORDER BY r.film_id, r.id;

-- name: list_followed_date_changes(subscriber_id)
-- The changes of date of all films that one subscriber follows.
SELECT c.id, c.film_id, c.country, c.type, c.old_date, c.new_date, c.source, c.known_at, c.history
FROM subscriptions s JOIN date_changes c
    ON c.film_id = s.film_id AND (c.subscriber_id IS NULL OR c.subscriber_id = s.subscriber_id)
WHERE s.subscriber_id = :subscriber_id ORDER BY c.film_id, c.id;

-- name: list_followed_ids(subscriber_id)
-- What each source calls the films that one subscriber follows.
SELECT i.film_id, i.source, i.external_id
FROM subscriptions s JOIN film_ids i ON i.film_id = s.film_id
WHERE s.subscriber_id = :subscriber_id ORDER BY i.film_id, i.source;

-- name: count_subscriptions(subscriber_id)^
-- Against the limit.
SELECT COUNT(*) AS n FROM subscriptions WHERE subscriber_id = :subscriber_id;

-- name: add_subscription(subscriber_id, film_id, tracked_at, tracked_by, channel_id, country)^
-- Nothing comes back if the film is followed already.
INSERT INTO subscriptions (subscriber_id, film_id, tracked_at, tracked_by, channel_id, country, paused_at, paused_until)
VALUES (:subscriber_id, :film_id, :tracked_at, :tracked_by, :channel_id, :country, NULL, NULL)
ON CONFLICT (subscriber_id, film_id) DO NOTHING
RETURNING film_id;

-- name: remove_subscription(subscriber_id, film_id)^
-- What it owed is cancelled by the next plan.
DELETE FROM subscriptions WHERE subscriber_id = :subscriber_id AND film_id = :film_id RETURNING film_id;

-- name: pause_subscription(subscriber_id, film_id, paused_at, paused_until)^
-- One film's posts are kept back, or no longer.
UPDATE subscriptions SET paused_at = :paused_at, paused_until = :paused_until
WHERE subscriber_id = :subscriber_id AND film_id = :film_id RETURNING film_id;

-- name: move_subscription(subscriber_id, film_id, channel_id)^
-- One film's posts go elsewhere, or (NULL) where the others go.
UPDATE subscriptions SET channel_id = :channel_id
WHERE subscriber_id = :subscriber_id AND film_id = :film_id RETURNING film_id;

-- name: choose_release(subscriber_id, film_id, country, wanted, chosen_at)^
-- Whose dates are followed for one film, and which ways of release; NULL: the subscriber's.
UPDATE subscriptions SET country = :country, wanted = :wanted, chosen_at = :chosen_at
WHERE subscriber_id = :subscriber_id AND film_id = :film_id RETURNING film_id;

-- name: join_subscriptions(film_id, into_id, now)
-- A film turned out to be another one: who follows it follows that one from now on, if not already.
INSERT INTO subscriptions (
    subscriber_id, film_id, tracked_at, tracked_by, channel_id, paused_at, paused_until, wanted, country, chosen_at
)
SELECT s.subscriber_id, CAST(:into_id AS BIGINT), CAST(:now AS BIGINT), s.tracked_by, s.channel_id, s.paused_at,
    s.paused_until, s.wanted, s.country, s.chosen_at
FROM subscriptions s WHERE s.film_id = :film_id
ON CONFLICT (subscriber_id, film_id) DO NOTHING
RETURNING subscriber_id;

-- name: remove_subscriptions_of(film_id)!
-- After join_subscriptions.
DELETE FROM subscriptions WHERE film_id = :film_id;
