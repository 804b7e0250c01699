-- name: list_records(film_id)
-- What each source said of a film, with what became of asking it.
SELECT film_id, source, facts, validator, state, reason, first_at, checked_at, next_check_at
FROM source_records WHERE film_id = :film_id ORDER BY source;

-- name: list_source_states()
-- Of each source: about how many films it said something, its last good answer, and about how many it gives none now.
SELECT source, COUNT(facts) AS films, MAX(checked_at) AS checked_at, SUM(CASE WHEN reason = '' THEN 0 ELSE 1 END) AS failing,
    MAX(reason) AS reason
FROM source_records GROUP BY source ORDER BY source;

-- name: save_record(film_id, source, facts, validator, state, reason, first_at, checked_at, next_check_at)!
-- A source's newest word, in the place of the one before.
INSERT INTO source_records (film_id, source, facts, validator, state, reason, first_at, checked_at, next_check_at)
VALUES (:film_id, :source, :facts, :validator, :state, :reason, :first_at, :checked_at, :next_check_at)
ON CONFLICT (film_id, source) DO UPDATE SET
    facts = excluded.facts, validator = excluded.validator, state = excluded.state, reason = excluded.reason,
    first_at = excluded.first_at, checked_at = excluded.checked_at, next_check_at = excluded.next_check_at;

-- name: note_record(film_id, source, state, reason, validator, checked_at, next_check_at)!
-- It was asked and said nothing new, or nothing of use: its word stays. NULL: as it was.
UPDATE source_records SET
    state = :state, reason = :reason, next_check_at = :next_check_at,
    validator = COALESCE(CAST(:validator AS TEXT), validator),
    checked_at = COALESCE(CAST(:checked_at AS BIGINT), checked_at)
WHERE film_id = :film_id AND source = :source;

-- name: ask_soon(film_id, source, next_check_at)!
-- A source is to be asked of a film by then; sooner stays sooner. One that has never been asked begins.
INSERT INTO source_records (film_id, source, facts, validator, state, reason, first_at, checked_at, next_check_at)
VALUES (:film_id, :source, NULL, '', 'asked', '', NULL, NULL, :next_check_at)
ON CONFLICT (film_id, source) DO UPDATE SET
    next_check_at = CASE
        WHEN source_records.next_check_at < excluded.next_check_at THEN source_records.next_check_at
        ELSE excluded.next_check_at
    END;

-- name: rest_unfollowed(source, now)
-- Nobody follows these any more: they are asked about no longer, until somebody does.
UPDATE source_records SET next_check_at = NULL
WHERE source = :source AND next_check_at <= :now
    AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.film_id = source_records.film_id)
RETURNING film_id;

-- name: list_due_records(source, now, n)
-- Which films a source is to be asked about, the one that has waited longest first.
SELECT film_id, source, facts, validator, state, reason, first_at, checked_at, next_check_at
FROM source_records WHERE source = :source AND next_check_at <= :now
    AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.film_id = source_records.film_id)
ORDER BY next_check_at, film_id LIMIT :n;

-- name: list_due_ids(source, now, n)
-- What each source calls those films.
SELECT i.film_id, i.source, i.external_id
FROM (
    SELECT film_id FROM source_records WHERE source = :source AND next_check_at <= :now
        AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.film_id = source_records.film_id)
    ORDER BY next_check_at, film_id LIMIT :n
) AS due JOIN film_ids i ON i.film_id = due.film_id ORDER BY i.film_id, i.source;

-- name: list_due_releases(source, now, n)
-- What is in force of their dates.
SELECT r.film_id, r.country, r.type, r.date, r.note, r.source, r.language, r.certification, r.since_at
FROM (
    SELECT film_id FROM source_records WHERE source = :source AND next_check_at <= :now
        AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.film_id = source_records.film_id)
    ORDER BY next_check_at, film_id LIMIT :n
) AS due JOIN releases r ON r.film_id = due.film_id ORDER BY r.film_id, r.id;

-- name: list_due_doubts(source, now, n)
-- And what is not believed yet.
SELECT d.id, d.film_id, d.country, d.type, d.old_date, d.new_date, d.source, d.reason, d.first_seen_at
FROM (
    SELECT film_id FROM source_records WHERE source = :source AND next_check_at <= :now
        AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.film_id = source_records.film_id)
    ORDER BY next_check_at, film_id LIMIT :n
) AS due JOIN doubts d ON d.film_id = due.film_id WHERE d.state = 'open' ORDER BY d.id;

-- name: list_unasked(source, since, n)
-- Films that somebody follows, since then, and that this source was never asked about: one of them is new here.
SELECT DISTINCT s.film_id FROM subscriptions s
WHERE s.tracked_at >= :since AND NOT EXISTS (
    SELECT 1 FROM source_records r WHERE r.film_id = s.film_id AND r.source = :source AND r.next_check_at IS NOT NULL
)
ORDER BY s.film_id LIMIT :n;

-- name: hasten_changed(source, external_id, rest, now)!
-- The source says that this film changed: it is asked at once, or so many seconds after it was last asked.
UPDATE source_records
SET next_check_at = CASE WHEN checked_at + :rest > :now THEN checked_at + :rest ELSE CAST(:now AS BIGINT) END
WHERE source = :source
    AND next_check_at > CASE WHEN checked_at + :rest > :now THEN checked_at + :rest ELSE CAST(:now AS BIGINT) END
    AND film_id = (SELECT f.film_id FROM film_ids f WHERE f.source = :source AND f.external_id = :external_id);

-- name: hasten_unknown(film_id, now)!
-- Another source has said by which ids the film goes: those that did not know it are asked again.
UPDATE source_records SET next_check_at = :now
WHERE film_id = :film_id AND state = 'unknown' AND next_check_at > :now;

-- name: find_source_answer(source, question)^
-- What a source answered to a search or a list, and when.
SELECT body, answered_at FROM source_answers WHERE source = :source AND question = :question;

-- name: save_source_answer(source, question, body, answered_at)!
-- In the place of an older one.
INSERT INTO source_answers (source, question, body, answered_at) VALUES (:source, :question, :body, :answered_at)
ON CONFLICT (source, question) DO UPDATE SET body = excluded.body, answered_at = excluded.answered_at;

-- name: forget_source_answers(before)!
-- None is of use for longer than this.
DELETE FROM source_answers WHERE answered_at < :before;
