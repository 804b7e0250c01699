-- Reason: the first schema. One text for SQLite and PostgreSQL; {id} is the engine's own numbering primary key.
-- Instants are epoch seconds (BIGINT, UTC), days ISO text, truth values 0 or 1, lists JSON text.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,              -- 'catalogue': digest of the catalogue last loaded
    value TEXT NOT NULL
);

CREATE TABLE films (
    id {id},
    title TEXT NOT NULL,
    year INTEGER,
    original_title TEXT NOT NULL,
    original_language TEXT NOT NULL,
    alternative_titles TEXT NOT NULL,   -- JSON list
    summary TEXT NOT NULL,
    runtime_minutes INTEGER,
    genres TEXT NOT NULL,               -- JSON list
    companies TEXT NOT NULL,            -- JSON list
    distributors TEXT NOT NULL,         -- JSON list
    countries TEXT NOT NULL,            -- JSON list of ISO 3166-1 alpha-2
    sources TEXT NOT NULL,              -- JSON list of addresses
    as_of TEXT,                         -- day
    checked_at BIGINT NOT NULL          -- when these facts were last taken over
);

CREATE TABLE film_ids (
    source TEXT NOT NULL,               -- bundled, imdb, tmdb, wikidata
    external_id TEXT NOT NULL,
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    PRIMARY KEY (source, external_id)
);
CREATE INDEX film_ids_by_film ON film_ids (film_id);

CREATE TABLE releases (
    id {id},
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    country TEXT NOT NULL,
    type TEXT NOT NULL,
    date TEXT NOT NULL,                 -- 2027-06-25, 2027-06, 2027-Q2, 2027 or tba
    note TEXT NOT NULL,
    source TEXT NOT NULL,
    checked_at BIGINT NOT NULL
);
CREATE INDEX releases_by_film ON releases (film_id);

CREATE TABLE date_changes (
    id {id},
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    country TEXT NOT NULL,
    type TEXT NOT NULL,
    old_date TEXT,                      -- NULL: it was not known
    new_date TEXT,                      -- NULL: withdrawn
    source TEXT NOT NULL,
    known_at BIGINT,                    -- NULL: history whose time is not known
    history INTEGER NOT NULL            -- 1: came with the film's facts; on record, never told
);
CREATE INDEX date_changes_by_film ON date_changes (film_id);

CREATE TABLE people (
    id {id},
    person_key TEXT NOT NULL UNIQUE,    -- '<source>:<id at that source>'
    name TEXT NOT NULL
);

CREATE TABLE credits (
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    job TEXT NOT NULL,
    position INTEGER NOT NULL,          -- within the job, 0 first
    character_name TEXT NOT NULL,
    PRIMARY KEY (film_id, job, position)
);
CREATE INDEX credits_by_person ON credits (person_id);

CREATE TABLE trivia (
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    spoiler INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (film_id, position)
);

CREATE TABLE franchises (
    id {id},
    franchise_key TEXT NOT NULL UNIQUE, -- '<source>:<id at that source>'
    name TEXT NOT NULL,
    checked_at BIGINT NOT NULL
);

CREATE TABLE franchise_entries (
    franchise_id BIGINT NOT NULL REFERENCES franchises (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,          -- release order, 0 first
    kind TEXT NOT NULL,                 -- film or series; only films can be tracked
    title TEXT NOT NULL,
    story INTEGER NOT NULL,             -- story order, 1 first
    film_id BIGINT REFERENCES films (id),
    date TEXT NOT NULL,
    country TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (franchise_id, position)
);
CREATE INDEX franchise_entries_by_film ON franchise_entries (film_id);

CREATE TABLE subscribers (
    id {id},
    kind TEXT NOT NULL,                 -- guild or user
    discord_id BIGINT NOT NULL,
    channel_id BIGINT,
    country TEXT NOT NULL,
    timezone TEXT NOT NULL,
    posting_minute INTEGER NOT NULL,    -- minutes after local midnight
    milestones TEXT NOT NULL,           -- JSON list of days
    ping_role_id BIGINT,
    track_right TEXT NOT NULL,          -- everyone or managers
    paused_at BIGINT,
    paused_until BIGINT,                -- NULL with paused_at: until somebody resumes
    country_chosen INTEGER NOT NULL,
    timezone_chosen INTEGER NOT NULL,
    settings_changed_at BIGINT,         -- country, zone, hour or milestones
    revision BIGINT NOT NULL,           -- + 1 with every fact or setting that matters to it
    planned_revision BIGINT NOT NULL,   -- what the planner last saw: nothing is claimed while it lags
    next_wake_at BIGINT,                -- when to plan again; NULL: not before a fact changes
    created_at BIGINT NOT NULL,
    UNIQUE (kind, discord_id)
);
CREATE INDEX subscribers_awake ON subscribers (next_wake_at);

CREATE TABLE subscriptions (
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    film_id BIGINT NOT NULL REFERENCES films (id),
    tracked_at BIGINT NOT NULL,
    tracked_by BIGINT NOT NULL,         -- Discord user id
    channel_id BIGINT,                  -- overrides the subscriber's
    paused_at BIGINT,
    paused_until BIGINT,
    PRIMARY KEY (subscriber_id, film_id)
);
CREATE INDEX subscriptions_by_film ON subscriptions (film_id);

CREATE TABLE posts (
    id {id},
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    film_id BIGINT REFERENCES films (id),
    kind TEXT NOT NULL,                 -- release, date_change, countdown, resume
    priority INTEGER NOT NULL,          -- of the kind, 0 first
    milestone_days INTEGER,
    country TEXT NOT NULL,
    type TEXT,
    date TEXT,
    old_date TEXT,
    change_id BIGINT REFERENCES date_changes (id),
    channel_id BIGINT,
    since_at BIGINT,                    -- of a resume: when the pause began
    dedup_key TEXT NOT NULL UNIQUE,
    due_at BIGINT NOT NULL,
    fresh_until BIGINT NOT NULL,
    not_before_at BIGINT NOT NULL,      -- backoff after an attempt that surely failed
    attempts INTEGER NOT NULL,          -- messages that carried it and were dissolved
    state TEXT NOT NULL,                -- planned, bundled, sent, skipped, cancelled, failed, uncertain
    reason TEXT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX posts_due ON posts (due_at) WHERE state = 'planned';
CREATE INDEX posts_by_subscriber ON posts (subscriber_id, due_at);
CREATE INDEX posts_told ON posts (subscriber_id, film_id, change_id) WHERE kind = 'date_change';

CREATE TABLE messages (
    id {id},
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    channel_id BIGINT NOT NULL,
    state TEXT NOT NULL,                -- sending, in_doubt, sent, dissolved, failed, uncertain
    owner TEXT NOT NULL,                -- the process that may settle it
    lease_until BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    first_sent_at BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,           -- in doubt: not asked again before this
    message_key TEXT NOT NULL,          -- nonce and marker
    plain INTEGER NOT NULL,             -- 1: tried again as plain text after a 400
    discord_message_id BIGINT,
    reason TEXT NOT NULL,
    settled_at BIGINT
);
-- At most one message of a destination is on its way: a second would overtake or double the first.
CREATE UNIQUE INDEX messages_in_flight ON messages (channel_id) WHERE state IN ('sending', 'in_doubt');
CREATE INDEX messages_open ON messages (lease_until) WHERE state IN ('sending', 'in_doubt');

CREATE TABLE message_posts (
    message_id BIGINT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (message_id, post_id)
);
CREATE INDEX message_posts_by_post ON message_posts (post_id);

CREATE TABLE destinations (
    channel_id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,                -- ok or paused
    reason TEXT NOT NULL,               -- why it is paused, one sentence for an admin
    since BIGINT NOT NULL
);
