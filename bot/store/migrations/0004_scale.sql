-- Reason: one bot in many processes, and in 100,000 servers.

-- Processes that run this bot now. Each writes its line every few seconds; an old one is of a process that is gone.
CREATE TABLE processes (
    owner TEXT PRIMARY KEY,             -- host:pid:random
    shards TEXT NOT NULL,               -- JSON list of shard numbers; [] if it has them all
    leads INTEGER NOT NULL,             -- 1: it plans and dispatches
    seen_at BIGINT NOT NULL
);

-- Discord lets so many shards identify every five seconds, whatever process they are in.
CREATE TABLE identify_turns (
    bucket BIGINT PRIMARY KEY,          -- shard number modulo Discord's max_concurrency
    free_ms BIGINT NOT NULL             -- epoch milliseconds: no earlier identify than this
);

-- Who is awake, in the order in which they are planned; neither the many who are not, nor servers that were left.
DROP INDEX subscribers_awake;
CREATE INDEX subscribers_awake ON subscribers (next_wake_at, id) WHERE left_at IS NULL AND next_wake_at IS NOT NULL;

-- Apart, so that a film's changes are read without those of 10,000 servers that trusted a date.
CREATE INDEX date_changes_of_all ON date_changes (film_id, id) WHERE subscriber_id IS NULL;
CREATE INDEX date_changes_of_one ON date_changes (subscriber_id, film_id) WHERE subscriber_id IS NOT NULL;

-- The line of what is due, by how pressing it is: a claim looks at its head, however long it is. Who waits for an hour, or
-- after a failure, stands where that ends.
DROP INDEX posts_due;
CREATE INDEX posts_line
ON posts (priority, (CASE WHEN not_before_at > due_at THEN not_before_at ELSE due_at END), id)
WHERE state = 'planned';
-- What one subscriber is still to be told.
CREATE INDEX posts_waiting ON posts (subscriber_id, due_at) WHERE state = 'planned';
