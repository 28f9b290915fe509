-- SPDX-License-Identifier: Apache-2.0

-- name: apikey_add
-- doc: A new key; conflict when there are n_most that are good.
-- roles: staff, admin
-- in: id int, name text, key_hash blob, scopes int, rate int,
-- in: created_at_us int, created_by int, expires_at_us int, now_us int,
-- in: n_most int
-- expect: one
INSERT INTO api_key (id, name, key_hash, scopes, rate, created_at_us,
	created_by, expires_at_us, revoked_at_us, used_day)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, 0
WHERE (SELECT count(*) FROM api_key WHERE revoked_at_us = 0
	AND (expires_at_us = 0 OR expires_at_us > $9)) < $10;

-- name: apikey_list
-- doc: All keys, without what finds them, newest first.
-- roles: staff, admin
-- out: id int, name text, scopes int, rate int, created_at_us int,
-- out: created_by int, expires_at_us int, revoked_at_us int, used_day int
SELECT id, name, scopes, rate, created_at_us, created_by, expires_at_us,
	revoked_at_us, used_day
FROM api_key ORDER BY created_at_us DESC, id;

-- name: apikey_revoke
-- doc: From now on the key is refused; conflict when it is already.
-- roles: staff, admin
-- in: revoked_at_us int, id int
-- expect: one
UPDATE api_key SET revoked_at_us = $1 WHERE id = $2 AND revoked_at_us = 0;

-- name: apikey_good
-- doc: The keys to let in, by their hashes.
-- roles: match
-- in: now_us int
-- out: id int, key_hash blob, scopes int, rate int, expires_at_us int
SELECT id, key_hash, scopes, rate, expires_at_us FROM api_key
WHERE revoked_at_us = 0 AND (expires_at_us = 0 OR expires_at_us > $1)
ORDER BY id;

-- name: apikey_used
-- doc: Remembers the day on which a key was used, nothing finer.
-- roles: match
-- in: used_day int, id int, used_day_before int
UPDATE api_key SET used_day = $1 WHERE id = $2 AND used_day < $3;

-- name: apikey_sender
-- doc: The key of a sender of reports, by its hash, if it is good for that.
-- roles: public
-- in: key_hash blob, scope int, now_us int
-- out: id int
SELECT id FROM api_key WHERE key_hash = $1 AND scopes & $2 <> 0
	AND revoked_at_us = 0 AND (expires_at_us = 0 OR expires_at_us > $3);
