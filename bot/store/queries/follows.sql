-- name: list_follows(subscriber_id)
-- The franchises and people that one subscriber follows, the one followed longest first.
SELECT id, subscriber_id, kind, name, refs, channel_id, followed_by, followed_at, next_check_at
FROM follows WHERE subscriber_id = :subscriber_id ORDER BY followed_at, id;

-- name: find_follow(follow_id)^
-- By its id.
SELECT id, subscriber_id, kind, name, refs, channel_id, followed_by, followed_at, next_check_at
FROM follows WHERE id = :follow_id;

-- name: add_follow(subscriber_id, kind, name, refs, main_ref, channel_id, followed_by, followed_at, next_check_at)^
-- Nothing comes back if somebody else was first.
INSERT INTO follows (subscriber_id, kind, name, refs, main_ref, channel_id, followed_by, followed_at, next_check_at)
VALUES (:subscriber_id, :kind, :name, :refs, :main_ref, :channel_id, :followed_by, :followed_at, :next_check_at)
ON CONFLICT (subscriber_id, kind, main_ref) DO NOTHING
RETURNING id, subscriber_id, kind, name, refs, channel_id, followed_by, followed_at, next_check_at;

-- name: move_follow(follow_id, channel_id)!
-- What it adds from now on is posted elsewhere.
UPDATE follows SET channel_id = :channel_id WHERE id = :follow_id;

-- name: remove_follow(subscriber_id, follow_id)^
-- With what it has met; the films stay tracked.
DELETE FROM follows WHERE subscriber_id = :subscriber_id AND id = :follow_id RETURNING id;

-- name: take_due_follows(now, until, n)
-- Whose time to look has come, the one that has waited longest first. Taken until then: another process leaves it
-- alone, and one that is killed meanwhile loses nothing. The condition stands twice, for PostgreSQL checks only the
-- outer one again after it has waited for another process.
UPDATE follows SET next_check_at = :until
WHERE next_check_at <= :now AND id IN (
    SELECT f.id FROM follows f WHERE f.next_check_at <= :now ORDER BY f.next_check_at, f.id LIMIT :n
)
RETURNING id, subscriber_id, kind, name, refs, channel_id, followed_by, followed_at, next_check_at;

-- name: end_look(follow_id, refs, next_check_at)!
-- What else it is called by now, and when to look again.
UPDATE follows SET refs = :refs, next_check_at = :next_check_at WHERE id = :follow_id;

-- name: list_met(follow_id)
-- The films that a follow has met, by the films that they turned out to be.
SELECT COALESCE(f.joined_into, f.id) AS film_id
FROM follow_films m JOIN films f ON f.id = m.film_id WHERE m.follow_id = :follow_id;

-- name: add_met(follow_id, film_id, met_at)!
-- A film that it never adds again.
INSERT INTO follow_films (follow_id, film_id, met_at) VALUES (:follow_id, :film_id, :met_at)
ON CONFLICT (follow_id, film_id) DO NOTHING;

-- name: keep_untracked(subscriber_id, film_id, met_at)!
-- Somebody untracked a film: no follow of the server brings it back, whichever of them would add it.
INSERT INTO follow_films (follow_id, film_id, met_at)
SELECT id, CAST(:film_id AS BIGINT), CAST(:met_at AS BIGINT) FROM follows WHERE subscriber_id = :subscriber_id
ON CONFLICT (follow_id, film_id) DO NOTHING;

-- name: list_tracked_ids(subscriber_id)
-- What the server tracks, by number alone.
SELECT film_id FROM subscriptions WHERE subscriber_id = :subscriber_id;

-- name: list_films_of_franchise(ref, named)
-- The films of the franchise `ref`; `named` is the same as it stands in the JSON of belongs_to.
SELECT COALESCE(m.joined_into, m.id) AS film_id
FROM franchises f JOIN franchise_entries e ON e.franchise_id = f.id JOIN films m ON m.id = e.film_id
WHERE f.franchise_key = :ref
UNION
SELECT id AS film_id FROM films WHERE joined_into IS NULL AND belongs_to LIKE '%' || :named || '%';

-- name: list_parts_of_person(ref)
-- What somebody directs or acts in; `ref` is a person's key, or what a source calls them.
SELECT c.film_id, c.person_id, p.name, c.job, c.position, c.character_name
FROM people p JOIN credits c ON c.person_id = p.id JOIN films f ON f.id = c.film_id
WHERE (p.person_key = :ref OR p.id IN (SELECT r.person_id FROM person_refs r WHERE r.ref = :ref))
    AND c.job IN ('director', 'cast') AND f.joined_into IS NULL;

-- name: list_known_entries()
-- The catalogue's franchises with their films, in release order.
SELECT f.franchise_key, f.name, m.id AS film_id, m.title, m.year
FROM franchises f JOIN franchise_entries e ON e.franchise_id = f.id JOIN films m ON m.id = e.film_id
ORDER BY f.id, e.position;

-- name: list_belonging()
-- The films that a source puts into a franchise.
SELECT id AS film_id, title, year, belongs_to FROM films WHERE belongs_to <> '{}' AND joined_into IS NULL ORDER BY id;

-- name: list_known_parts(leads)
-- Who directs a film, or is billed so high that they may lead it.
SELECT c.film_id, c.person_id, p.name, c.job, c.position, c.character_name, p.person_key, f.title, f.year
FROM credits c JOIN people p ON p.id = c.person_id JOIN films f ON f.id = c.film_id
WHERE (c.job = 'director' OR c.job = 'cast' AND c.position < :leads) AND f.joined_into IS NULL
ORDER BY c.person_id, c.position, f.year DESC, f.id DESC;

-- name: list_all_person_refs()
-- What each source calls everybody.
SELECT person_id, ref FROM person_refs ORDER BY person_id, ref;

-- name: find_stamp_of_films()^
-- Changes whenever a film comes or changes, to the second.
SELECT COUNT(*) AS n, MAX(checked_at) AS checked_at FROM films;
