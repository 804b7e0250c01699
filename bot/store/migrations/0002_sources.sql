-- Reason: films are asked of several sources. What each one says is kept whole beside what came of it, a suspicious
-- date waits apart from the one in force, and a server may want other releases, or another country's, than the first.

CREATE TABLE source_records (
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    source TEXT NOT NULL,               -- bundled, wikidata, tmdb
    facts TEXT,                         -- JSON of what it says, its withdrawn dates among it; NULL: it never answered
    validator TEXT NOT NULL,            -- to be sent along the next time
    state TEXT NOT NULL,                -- asked, found, unknown, gone, failed
    reason TEXT NOT NULL,               -- of the last failure
    first_at BIGINT,                    -- its first answer: what it said then may be of any age
    checked_at BIGINT,                  -- its last good answer
    next_check_at BIGINT,               -- NULL: nobody follows the film, or the source is not asked
    PRIMARY KEY (film_id, source)
);
CREATE INDEX source_records_due ON source_records (source, next_check_at);

-- A change of date that a source reports and that is not believed yet: the old date stays in force.
CREATE TABLE doubts (
    id {id},
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    country TEXT NOT NULL,
    type TEXT NOT NULL,
    old_date TEXT,
    new_date TEXT,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,               -- jump, past, again, festival, disagree, withdrawn
    first_seen_at BIGINT NOT NULL,
    state TEXT NOT NULL,                -- open, passed, dropped
    settled_at BIGINT
);
CREATE INDEX doubts_by_film ON doubts (film_id);

-- What a server's admins said of it. A trusted date is in force for that server alone, until the doubt is settled.
CREATE TABLE doubt_answers (
    doubt_id BIGINT NOT NULL REFERENCES doubts (id) ON DELETE CASCADE,
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,               -- trust or wait
    user_id BIGINT NOT NULL,            -- Discord's
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (doubt_id, subscriber_id)
);
CREATE INDEX doubt_answers_by_subscriber ON doubt_answers (subscriber_id);

-- What sources answered to searches and lists, so that the same is not asked twice in an hour.
CREATE TABLE source_answers (
    source TEXT NOT NULL,
    question TEXT NOT NULL,
    body TEXT NOT NULL,                 -- JSON
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (source, question)
);
CREATE INDEX source_answers_by_age ON source_answers (answered_at);

-- One person under the ids of several sources.
CREATE TABLE person_refs (
    ref TEXT PRIMARY KEY,               -- '<source>:<id at that source>'
    person_id BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX person_refs_by_person ON person_refs (person_id);

-- Franchises and people whose new films a server tracks by themselves.
CREATE TABLE follows (
    id {id},
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                 -- franchise or person
    name TEXT NOT NULL,
    refs TEXT NOT NULL,                 -- JSON list of '<source>:<id>'
    main_ref TEXT NOT NULL,             -- the first of them
    channel_id BIGINT,                  -- overrides the subscriber's
    followed_by BIGINT NOT NULL,        -- Discord user id
    followed_at BIGINT NOT NULL,
    next_check_at BIGINT NOT NULL,
    UNIQUE (subscriber_id, kind, main_ref)
);
CREATE INDEX follows_due ON follows (next_check_at);

-- Films that a follow has met: one that somebody untracked does not come back by itself.
CREATE TABLE follow_films (
    follow_id BIGINT NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
    film_id BIGINT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    met_at BIGINT NOT NULL,
    PRIMARY KEY (follow_id, film_id)
);

-- Messages in a channel that say what is true no longer, to be edited.
CREATE TABLE corrections (
    message_id BIGINT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    due_at BIGINT NOT NULL,             -- not tried before this
    attempts INTEGER NOT NULL
);
CREATE INDEX corrections_due ON corrections (due_at);

ALTER TABLE films ADD COLUMN belongs_to TEXT NOT NULL DEFAULT '{}';     -- JSON: franchise at a source → its name
ALTER TABLE films ADD COLUMN origins TEXT NOT NULL DEFAULT '{}';        -- JSON: fact → whose word, and why theirs
ALTER TABLE films ADD COLUMN offers TEXT NOT NULL DEFAULT '{}';         -- JSON: country → kind → services
ALTER TABLE films ADD COLUMN joined_into BIGINT REFERENCES films (id);  -- it turned out to be this film

CREATE INDEX films_by_check ON films (checked_at);                      -- who keeps them in memory looks for news

ALTER TABLE releases ADD COLUMN language TEXT NOT NULL DEFAULT '';      -- ISO 639-1
ALTER TABLE releases ADD COLUMN certification TEXT NOT NULL DEFAULT '';
ALTER TABLE releases ADD COLUMN since_at BIGINT;                        -- when its source began to say so

-- NULL: for everybody. Else of a server that trusts a date, or whose trusted date came to nothing.
ALTER TABLE date_changes ADD COLUMN subscriber_id BIGINT REFERENCES subscribers (id) ON DELETE CASCADE;

ALTER TABLE subscribers ADD COLUMN wanted TEXT NOT NULL DEFAULT '["cinema"]';  -- JSON list: cinema, digital, physical
ALTER TABLE subscriptions ADD COLUMN wanted TEXT;                       -- NULL: the subscriber's
ALTER TABLE subscriptions ADD COLUMN country TEXT;                      -- NULL: the subscriber's
ALTER TABLE subscriptions ADD COLUMN chosen_at BIGINT;                  -- when those two were last chosen

ALTER TABLE posts ADD COLUMN doubt_id BIGINT REFERENCES doubts (id);
ALTER TABLE posts ADD COLUMN note TEXT NOT NULL DEFAULT '';             -- of a follow: what the film was tracked for
