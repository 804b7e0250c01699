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
