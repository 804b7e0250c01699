-- name: create_schema_migrations()!
-- The record of what has run; the first thing in a new database.
CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
);

-- name: list_schema_migrations()
-- What has run, in order.
SELECT number, name, checksum FROM schema_migrations ORDER BY number;

-- name: add_schema_migration(number, name, checksum)!
-- In the transaction that ran it, so that both are there or neither.
INSERT INTO schema_migrations (number, name, checksum) VALUES (:number, :name, :checksum);
