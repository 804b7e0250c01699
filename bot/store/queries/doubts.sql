-- name: list_doubts(film_id)
-- The changes of date of a film that are not believed yet.
SELECT id, film_id, country, type, old_date, new_date, source, reason, first_seen_at
FROM doubts WHERE film_id = :film_id AND state = 'open' ORDER BY id;

-- name: list_followed_doubts(subscriber_id)
-- Those of all films that one subscriber follows.
SELECT d.id, d.film_id, d.country, d.type, d.old_date, d.new_date, d.source, d.reason, d.first_seen_at
FROM subscriptions s JOIN doubts d ON d.film_id = s.film_id
WHERE s.subscriber_id = :subscriber_id AND d.state = 'open' ORDER BY d.id;

-- name: find_doubt(doubt_id)^
-- One doubt, settled or not.
SELECT id, film_id, country, type, old_date, new_date, source, reason, first_seen_at, state
FROM doubts WHERE id = :doubt_id;

-- name: add_doubt(film_id, country, type, old_date, new_date, source, reason, first_seen_at)^
-- A change that a source reports and that is not believed yet.
INSERT INTO doubts (film_id, country, type, old_date, new_date, source, reason, first_seen_at, state, settled_at)
VALUES (:film_id, :country, :type, :old_date, :new_date, :source, :reason, :first_seen_at, 'open', NULL)
RETURNING id;

-- name: settle_doubt(doubt_id, state, now)^
-- It passed or was dropped; nothing comes back if somebody else settled it.
UPDATE doubts SET state = :state, settled_at = :now WHERE id = :doubt_id AND state = 'open' RETURNING id;

-- name: answer_doubt(doubt_id, subscriber_id, answer, user_id, answered_at)^
-- The first answer of a server stands, but for waiting, which may still turn into trust.
INSERT INTO doubt_answers (doubt_id, subscriber_id, answer, user_id, answered_at)
VALUES (:doubt_id, :subscriber_id, :answer, :user_id, :answered_at)
ON CONFLICT (doubt_id, subscriber_id) DO UPDATE SET
    answer = excluded.answer, user_id = excluded.user_id, answered_at = excluded.answered_at
WHERE doubt_answers.answer = 'wait' AND excluded.answer = 'trust'
RETURNING doubt_id;

-- name: list_doubt_answers(subscriber_id)
-- What a server's admins said of the doubts that are still open.
SELECT a.doubt_id, a.answer, a.user_id
FROM doubt_answers a JOIN doubts d ON d.id = a.doubt_id
WHERE a.subscriber_id = :subscriber_id AND d.state = 'open';

-- name: find_doubt_answer(doubt_id, subscriber_id)^
-- The same for one doubt, settled or not.
SELECT doubt_id, answer, user_id FROM doubt_answers WHERE doubt_id = :doubt_id AND subscriber_id = :subscriber_id;

-- name: list_trusting(doubt_id)
-- The servers for which a doubtful date is in force.
SELECT subscriber_id FROM doubt_answers WHERE doubt_id = :doubt_id AND answer = 'trust' ORDER BY subscriber_id;
