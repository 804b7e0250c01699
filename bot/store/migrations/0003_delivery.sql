-- Reason: delivery to the end. How a server wants to be told, channels that are looked at again after they were closed,
-- a forum's posts, messages that are edited daily or published, and what admins are told, once.

ALTER TABLE subscribers ADD COLUMN quiet_from INTEGER;                  -- minutes after local midnight; NULL: never quiet
ALTER TABLE subscribers ADD COLUMN quiet_to INTEGER;
ALTER TABLE subscribers ADD COLUMN digest_weekday INTEGER;              -- 0: Monday; NULL: no weekly digest
ALTER TABLE subscribers ADD COLUMN live INTEGER NOT NULL DEFAULT 0;     -- 1: one message a film, edited daily
ALTER TABLE subscribers ADD COLUMN daily_cap INTEGER NOT NULL DEFAULT 6;
ALTER TABLE subscribers ADD COLUMN role_button INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN crosspost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN admin_channel_id BIGINT;
ALTER TABLE subscribers ADD COLUMN left_at BIGINT;                      -- removed from the server; NULL: it is there

ALTER TABLE messages ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;      -- 1: all that was due, in brief: the day's cap
CREATE INDEX messages_of_day ON messages (channel_id, settled_at) WHERE state IN ('sent', 'uncertain');

ALTER TABLE destinations ADD COLUMN kind TEXT NOT NULL DEFAULT '';      -- text, news, thread, forum, dm; '': not known
ALTER TABLE destinations ADD COLUMN subscriber_id BIGINT REFERENCES subscribers (id) ON DELETE CASCADE;
ALTER TABLE destinations ADD COLUMN next_probe_at BIGINT;               -- of a paused one
ALTER TABLE destinations ADD COLUMN probes INTEGER NOT NULL DEFAULT 0;  -- looks since posts last arrived there
ALTER TABLE destinations ADD COLUMN missed_since BIGINT;                -- what fell due from then on was not told there
CREATE INDEX destinations_by_subscriber ON destinations (subscriber_id);
CREATE INDEX destinations_to_probe ON destinations (next_probe_at) WHERE state = 'paused';

-- A film's own post in a forum channel; film 0: news of the whole server.
CREATE TABLE forum_posts (
    channel_id BIGINT NOT NULL,
    film_id BIGINT NOT NULL,
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    thread_id BIGINT,                   -- NULL: somebody deleted it
    opened INTEGER NOT NULL,            -- how often it was opened
    PRIMARY KEY (channel_id, film_id)
);

-- A film's live countdown in a channel. It outlives its subscription: a film that is tracked again finds it.
CREATE TABLE live_messages (
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    channel_id BIGINT NOT NULL,
    message_id BIGINT UNIQUE REFERENCES messages (id) ON DELETE SET NULL,  -- NULL: somebody deleted it
    due_at BIGINT,                      -- when it is to be edited next; NULL: not before a fact changes
    attempts INTEGER NOT NULL,          -- of the edit that is under way, or is tried again
    shown TEXT NOT NULL,                -- what it says, in short: the same is not said again
    counted_on TEXT,                    -- the local day that it last counted from
    lost INTEGER NOT NULL,              -- how many of them somebody deleted
    lost_at BIGINT,                     -- when that was last found out
    PRIMARY KEY (subscriber_id, film_id, channel_id)
);
CREATE INDEX live_messages_due ON live_messages (due_at) WHERE message_id IS NOT NULL;

-- Messages in announcement channels that are to be published, and were.
CREATE TABLE crossposts (
    message_id BIGINT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    channel_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    done_at BIGINT                      -- NULL: not yet
);
CREATE INDEX crossposts_due ON crossposts (due_at) WHERE done_at IS NULL;
CREATE INDEX crossposts_of_hour ON crossposts (channel_id, done_at);

-- What those who look after a server, or a person, are told once: where it may be written, or at their next command.
CREATE TABLE admin_notices (
    id {id},
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    about TEXT NOT NULL,                -- what it is about: one is told once
    sentence TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT,                      -- when it is to be sent; NULL: it waits for a command
    attempts INTEGER NOT NULL,
    tried_at BIGINT,                    -- when an attempt may first have arrived; NULL: none may have
    told_at BIGINT,                     -- NULL: not yet
    UNIQUE (subscriber_id, about)
);
CREATE INDEX admin_notices_due ON admin_notices (due_at) WHERE told_at IS NULL;
CREATE INDEX admin_notices_waiting ON admin_notices (subscriber_id) WHERE told_at IS NULL;

-- What comes to a country's cinemas in a week: the weekly digest.
CREATE INDEX releases_by_day ON releases (country, date);
