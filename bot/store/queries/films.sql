-- name: find_film_id(source, external_id)^
-- Which film a source's id stands for.
SELECT film_id FROM film_ids WHERE source = :source AND external_id = :external_id;

-- name: find_film(film_id)^
-- One film's own columns; of the film that it turned out to be.
SELECT
    id, title, year, original_title, original_language, alternative_titles, summary, runtime_minutes,
    genres, companies, distributors, countries, sources, as_of, checked_at
FROM films WHERE id = COALESCE((SELECT j.joined_into FROM films j WHERE j.id = :film_id), :film_id);

-- name: list_releases(film_id)
-- In the order in which the source gave them.
SELECT film_id, country, type, date, note, source, language, certification, since_at
FROM releases WHERE film_id = :film_id ORDER BY id;

-- name: list_date_changes(film_id)
-- Every change of date of one film, history included; not those of one server that trusts a doubtful date.
SELECT id, film_id, country, type, old_date, new_date, source, known_at, history
FROM date_changes WHERE film_id = :film_id AND subscriber_id IS NULL ORDER BY id;

-- name: list_own_date_changes(film_id, subscriber_id)
-- The same, with what concerns one server alone.
SELECT id, film_id, country, type, old_date, new_date, source, known_at, history
FROM date_changes WHERE film_id = :film_id AND (subscriber_id IS NULL OR subscriber_id = :subscriber_id) ORDER BY id;

-- name: list_film_ids(film_id)
-- What each source calls the film.
SELECT film_id, source, external_id FROM film_ids WHERE film_id = :film_id ORDER BY source;

-- name: list_credits(film_id)
-- Who did what, in billing order within each job.
SELECT c.person_id, p.name, c.job, c.position, c.character_name
FROM credits c JOIN people p ON p.id = c.person_id
WHERE c.film_id = :film_id ORDER BY c.job, c.position;

-- name: list_trivia(film_id)
-- In the source's order.
SELECT text, spoiler, source FROM trivia WHERE film_id = :film_id ORDER BY position;

-- name: find_franchise_of(film_id)^
-- The franchise that a film stands in; the first one, should there be several.
SELECT f.id, f.name
FROM franchise_entries e JOIN franchises f ON f.id = e.franchise_id
WHERE e.film_id = :film_id ORDER BY f.id LIMIT 1;

-- name: list_franchise_entries(franchise_id)
-- In release order.
SELECT kind, title, story, film_id, date, country, note
FROM franchise_entries WHERE franchise_id = :franchise_id ORDER BY position;

-- name: list_films_since(since)
-- For search and lists, what was taken over from then on: four statements, whatever the number of films.
SELECT
    id, title, year, original_title, original_language, alternative_titles, summary, runtime_minutes,
    genres, companies, distributors, countries, sources, as_of, checked_at, joined_into
FROM films WHERE checked_at >= :since ORDER BY id;

-- name: list_releases_since(since)
-- The releases of those films.
SELECT r.film_id, r.country, r.type, r.date, r.note, r.source, r.language, r.certification, r.since_at
FROM films f JOIN releases r ON r.film_id = f.id WHERE f.checked_at >= :since ORDER BY r.film_id, r.id;

-- name: list_date_changes_since(since)
-- The changes of date of those films.
SELECT c.id, c.film_id, c.country, c.type, c.old_date, c.new_date, c.source, c.known_at, c.history
FROM films f JOIN date_changes c ON c.film_id = f.id
WHERE f.checked_at >= :since AND c.subscriber_id IS NULL ORDER BY c.film_id, c.id;

-- name: list_film_ids_since(since)
-- What each source calls those films.
SELECT i.film_id, i.source, i.external_id
FROM films f JOIN film_ids i ON i.film_id = f.id WHERE f.checked_at >= :since ORDER BY i.film_id, i.source;

-- name: add_film(title, year, original_title, original_language, alternative_titles, summary, runtime_minutes, genres, companies, distributors, countries, sources, as_of, checked_at)^
-- A film that no id leads to yet.
INSERT INTO films (
    title, year, original_title, original_language, alternative_titles, summary, runtime_minutes,
    genres, companies, distributors, countries, sources, as_of, checked_at
) VALUES (
    :title, :year, :original_title, :original_language, :alternative_titles, :summary, :runtime_minutes,
    :genres, :companies, :distributors, :countries, :sources, :as_of, :checked_at
) RETURNING id;

-- name: update_film(film_id, title, year, original_title, original_language, alternative_titles, summary, runtime_minutes, genres, companies, distributors, countries, sources, as_of, checked_at)^
-- The film's own facts, all of them.
UPDATE films SET
    title = :title, year = :year, original_title = :original_title, original_language = :original_language,
    alternative_titles = :alternative_titles, summary = :summary, runtime_minutes = :runtime_minutes,
    genres = :genres, companies = :companies, distributors = :distributors, countries = :countries,
    sources = :sources, as_of = :as_of, checked_at = :checked_at
WHERE id = :film_id RETURNING id;

-- name: find_film_extras(film_id)^
-- What only a film's own card needs.
SELECT belongs_to, origins, offers FROM films WHERE id = :film_id;

-- name: save_film_extras(film_id, belongs_to, origins, offers)!
-- The same, written.
UPDATE films SET belongs_to = :belongs_to, origins = :origins, offers = :offers WHERE id = :film_id;

-- name: remove_film(film_id)!
-- Only a film that was added in this very transaction, when another process added it first.
DELETE FROM films WHERE id = :film_id;

-- name: add_film_id(source, external_id, film_id)^
-- Nothing comes back if the id is taken. Not an upsert: that would lock the row, and two who save one film would wait
-- for each other, one holding the film and one the id.
INSERT INTO film_ids (source, external_id, film_id) VALUES (:source, :external_id, :film_id)
ON CONFLICT (source, external_id) DO NOTHING
RETURNING film_id;

-- name: remove_releases(film_id)!
-- Before the new ones; date_changes keeps what they were.
DELETE FROM releases WHERE film_id = :film_id;

-- name: add_release(film_id, country, type, date, note, source, language, certification, since_at, checked_at)!
-- One release of a film.
INSERT INTO releases (film_id, country, type, date, note, source, language, certification, since_at, checked_at)
VALUES (:film_id, :country, :type, :date, :note, :source, :language, :certification, :since_at, :checked_at);

-- name: add_person(person_key, name)!
-- A person who may be there already, from another film.
INSERT INTO people (person_key, name) VALUES (:person_key, :name) ON CONFLICT (person_key) DO NOTHING;

-- name: rename_person(person_key, name)!
-- A spelling was corrected. Apart from add_person: an upsert would lock everybody's row on PostgreSQL.
UPDATE people SET name = :name WHERE person_key = :person_key AND name <> :name;

-- name: find_person_by_ref(ref)^
-- Whom a source calls so.
SELECT person_id FROM person_refs WHERE ref = :ref;

-- name: find_namesake(person_key, source)^
-- A person of that name whom this source has not named yet: then it is the same one.
SELECT p.id AS person_id FROM people p
WHERE p.person_key = :person_key
    AND NOT EXISTS (SELECT 1 FROM person_refs r WHERE r.person_id = p.id AND r.ref LIKE :source || ':%');

-- name: add_person_ref(ref, person_id)!
-- Another source's name for a person.
INSERT INTO person_refs (ref, person_id) VALUES (:ref, :person_id) ON CONFLICT (ref) DO NOTHING;

-- name: list_person_refs(film_id)
-- What each source calls the people of a film.
SELECT DISTINCT r.person_id, r.ref FROM credits c JOIN person_refs r ON r.person_id = c.person_id
WHERE c.film_id = :film_id ORDER BY r.person_id, r.ref;

-- name: find_person_id(person_key)^
-- Whether there is anybody of that key.
SELECT id FROM people WHERE person_key = :person_key;

-- name: find_person_key(person_id)^
-- The key of a person.
SELECT person_key FROM people WHERE id = :person_id;

-- name: remove_credits(film_id)!
-- Before the new ones.
DELETE FROM credits WHERE film_id = :film_id;

-- name: add_credit(film_id, person_key, job, position, character_name)!
-- One person in one job of a film.
INSERT INTO credits (film_id, person_id, job, position, character_name)
SELECT CAST(:film_id AS BIGINT), id, CAST(:job AS TEXT), CAST(:position AS INTEGER), CAST(:character_name AS TEXT)
FROM people WHERE person_key = :person_key;

-- name: remove_trivia(film_id)!
-- Before the new ones.
DELETE FROM trivia WHERE film_id = :film_id;

-- name: add_trivia(film_id, position, text, spoiler, source)!
-- One piece of trivia.
INSERT INTO trivia (film_id, position, text, spoiler, source) VALUES (:film_id, :position, :text, :spoiler, :source);

-- name: add_date_change(film_id, country, type, old_date, new_date, source, known_at, history, subscriber_id)^
-- A date that was not what it is now; for everybody, or for one subscriber.
INSERT INTO date_changes (film_id, country, type, old_date, new_date, source, known_at, history, subscriber_id)
VALUES (:film_id, :country, :type, :old_date, :new_date, :source, :known_at, :history, :subscriber_id)
RETURNING id;

-- name: update_history(change_id, source, known_at)!
-- A source knows better when or whence a change of long ago was.
UPDATE date_changes SET source = :source, known_at = :known_at WHERE id = :change_id AND history = 1;

-- name: take_turn()!
-- Until this transaction ends no other takes in a film: two that name the same people, or whose films have followers in
-- common, would each wait for the other on PostgreSQL. SQLite has one writer anyway.
INSERT INTO meta (name, value) VALUES ('taking in', '') ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: wake_followers(film_id, now)
-- A fact of the film changed: everyone who follows it is planned again before anything is claimed. Taken in the order
-- of their ids: PostgreSQL's own order is any, and two who take the same in two orders wait for each other.
UPDATE subscribers SET revision = revision + 1, next_wake_at = :now
WHERE id IN (
    SELECT s.id FROM subscribers s JOIN subscriptions f ON f.subscriber_id = s.id
    WHERE f.film_id = :film_id
    ORDER BY s.id FOR NO KEY UPDATE OF s
)
RETURNING id;

-- name: join_film_ids(film_id, into_id)!
-- What led to the one leads to the other.
UPDATE film_ids SET film_id = :into_id WHERE film_id = :film_id;

-- name: join_records(film_id, into_id)!
-- A source that had not been asked about the other film now has.
UPDATE source_records SET film_id = :into_id WHERE film_id = :film_id AND NOT EXISTS (
    SELECT 1 FROM source_records o WHERE o.film_id = :into_id AND o.source = source_records.source
);

-- name: join_film(film_id, into_id, now)!
-- Its row stays: posts, and buttons in channels, still name it, as they do those that had become it.
UPDATE films SET joined_into = :into_id, checked_at = :now WHERE id = :film_id OR joined_into = :film_id;

-- name: save_franchise(franchise_key, name, checked_at)^
-- Insert or rename.
INSERT INTO franchises (franchise_key, name, checked_at) VALUES (:franchise_key, :name, :checked_at)
ON CONFLICT (franchise_key) DO UPDATE SET name = excluded.name, checked_at = excluded.checked_at
RETURNING id;

-- name: list_franchise_keys()
-- To see which of them a catalogue no longer has.
SELECT id, franchise_key FROM franchises ORDER BY id;

-- name: remove_franchise(franchise_id)!
-- With its entries, by their reference; films stay.
DELETE FROM franchises WHERE id = :franchise_id;

-- name: remove_franchise_entries(franchise_id)!
-- Before the new ones.
DELETE FROM franchise_entries WHERE franchise_id = :franchise_id;

-- name: add_franchise_entry(franchise_id, position, kind, title, story, film_id, date, country, note)!
-- One place in a franchise.
INSERT INTO franchise_entries (franchise_id, position, kind, title, story, film_id, date, country, note)
VALUES (:franchise_id, :position, :kind, :title, :story, :film_id, :date, :country, :note);

-- name: list_shared_people(subscriber_id, film_id)
-- Who of this film directed or acts in other films that the subscriber follows.
SELECT DISTINCT theirs.person_id, f.id, f.title, f.year
FROM credits ours
JOIN credits theirs
    ON theirs.person_id = ours.person_id AND theirs.film_id <> ours.film_id AND theirs.job IN ('cast', 'director')
JOIN subscriptions s ON s.film_id = theirs.film_id AND s.subscriber_id = :subscriber_id
JOIN films f ON f.id = theirs.film_id
WHERE ours.film_id = :film_id
ORDER BY theirs.person_id, f.title, f.id;

-- name: find_meta(name)^
-- A note of Marquee to itself.
SELECT value FROM meta WHERE name = :name;

-- name: set_meta(name, value)!
-- Insert or replace.
INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
