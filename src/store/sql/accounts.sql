-- SPDX-License-Identifier: Apache-2.0

-- name: staff_add
-- doc: A new user; conflict when the login is taken.
-- roles: staff, admin
-- in: id int, login text, display_name text, roles int, public_key blob,
-- in: key_sealed blob, must_change int, created_at_us int
INSERT INTO staff (id, login, display_name, roles, active, public_key,
	key_sealed, totp_sealed, totp_step, must_change, failed,
	locked_until_us, created_at_us, last_login_us)
VALUES ($1, $2, $3, $4, 1, $5, $6, x'', 0, $7, 0, 0, $8, 0);

-- name: staff_by_login
-- doc: What the door needs of one user.
-- roles: staff, admin
-- in: login text
-- out: id int, roles int, active int, public_key blob, key_sealed blob,
-- out: totp_sealed blob, totp_step int, must_change int, failed int,
-- out: locked_until_us int
SELECT id, roles, active, public_key, key_sealed, totp_sealed, totp_step,
	must_change, failed, locked_until_us
FROM staff WHERE login = $1;

-- name: staff_get
-- doc: One user.
-- roles: staff, admin
-- in: id int
-- out: id int, login text, display_name text, roles int, active int,
-- out: public_key blob, key_sealed blob, totp_sealed blob, totp_step int,
-- out: must_change int, last_login_us int
SELECT id, login, display_name, roles, active, public_key, key_sealed,
	totp_sealed, totp_step, must_change, last_login_us
FROM staff WHERE id = $1;

-- name: staff_list
-- doc: All users with the number of keys that they hold.
-- roles: staff, admin
-- out: id int, login text, display_name text, roles int, active int,
-- out: has_totp int, locked_until_us int, created_at_us int,
-- out: last_login_us int, n_keys int
SELECT s.id, s.login, s.display_name, s.roles, s.active,
	length(s.totp_sealed) > 0, s.locked_until_us, s.created_at_us,
	s.last_login_us,
	(SELECT count(*) FROM key_share k WHERE k.staff_id = s.id)
FROM staff s ORDER BY s.active DESC, s.display_name, s.id;

-- name: staff_count_roles
-- doc: Active users other than one, by role bit.
-- roles: staff, admin
-- in: id int
-- out: n_supervisors int, n_admins int
SELECT coalesce(sum(roles & 4 = 4), 0), coalesce(sum(roles & 16 = 16), 0)
FROM staff WHERE active = 1 AND id <> $1;

-- name: staff_failed
-- doc: Counts a wrong password or code, and locks for a while.
-- roles: staff
-- in: locked_until_us int, id int
UPDATE staff SET failed = failed + 1, locked_until_us = $1 WHERE id = $2;

-- name: staff_entered
-- doc: A full login; the step of the code cannot be used again.
-- roles: staff
-- in: totp_step int, last_login_us int, id int, totp_step_before int
-- expect: one
UPDATE staff SET failed = 0, locked_until_us = 0, totp_step = $1,
	last_login_us = $2
WHERE id = $3 AND totp_step = $4;

-- name: totp_use
-- doc: Uses a code up; a conflict when it has been used before.
-- roles: staff
-- in: staff_id int, step int
-- expect: one
INSERT INTO totp_used (staff_id, step) VALUES ($1, $2);

-- name: totp_tidy
-- doc: Forgets used codes of steps before `step`, but for the latest uses,
-- doc: which a clock that jumps back may make the present again.
-- roles: staff
-- in: staff_id int, step int, same_staff_id int
DELETE FROM totp_used WHERE staff_id = $1 AND step < $2 AND id NOT IN
	(SELECT id FROM totp_used WHERE staff_id = $3
	ORDER BY id DESC LIMIT 16);

-- name: totp_forget
-- doc: A new secret has no used codes.
-- roles: staff
-- in: staff_id int
DELETE FROM totp_used WHERE staff_id = $1;

-- name: staff_set_password
-- doc: The secret key under a new password.
-- roles: staff, admin
-- in: key_sealed blob, must_change int, id int, key_sealed_before blob
-- expect: one
UPDATE staff SET key_sealed = $1, must_change = $2, failed = 0,
	locked_until_us = 0
WHERE id = $3 AND key_sealed = $4;

-- name: staff_code_used
-- doc: A code was asked for again; its step cannot be used any more.
-- roles: staff
-- in: totp_step int, id int, totp_step_before int
-- expect: one
UPDATE staff SET failed = 0, totp_step = $1 WHERE id = $2 AND totp_step = $3;

-- name: staff_set_totp
-- doc: A new second factor in the place of the one that was looked at.
-- roles: staff
-- in: totp_sealed blob, totp_step int, id int, totp_sealed_before blob,
-- in: totp_step_before int
-- expect: one
UPDATE staff SET totp_sealed = $1, totp_step = $2, failed = 0
WHERE id = $3 AND totp_sealed = $4 AND totp_step = $5;

-- name: staff_set_roles
-- doc: Roles and whether the user may come in.
-- roles: staff, admin
-- in: roles int, active int, id int, roles_before int, active_before int
-- expect: one
UPDATE staff SET roles = $1, active = $2
WHERE id = $3 AND roles = $4 AND active = $5;

-- name: staff_end_leases
-- doc: Whoever leaves holds no case any more: their leases end now, and what
-- doc: was read of those cases before cannot be written.
-- roles: staff, admin
-- in: now_us int, id int
UPDATE cases SET lease_until_us = $1, version = version + 1
WHERE holder = $2 AND lease_until_us > $1;

-- name: recovery_add
-- doc: One recovery code.
-- roles: staff
-- in: staff_id int, code_hash blob
INSERT INTO recovery_code (staff_id, code_hash, used_at_us)
VALUES ($1, $2, 0);

-- name: recovery_clear
-- doc: Forgets a user's recovery codes.
-- roles: staff
-- in: staff_id int
DELETE FROM recovery_code WHERE staff_id = $1;

-- name: recovery_use
-- doc: Uses one up; conflict when it is wrong or used.
-- roles: staff
-- in: used_at_us int, staff_id int, code_hash blob
-- expect: one
UPDATE recovery_code SET used_at_us = $1
WHERE staff_id = $2 AND code_hash = $3 AND used_at_us = 0;

-- name: recovery_left
-- doc: How many recovery codes a user has left.
-- roles: staff
-- in: staff_id int
-- out: n int
SELECT count(*) FROM recovery_code WHERE staff_id = $1 AND used_at_us = 0;

-- name: key_epoch_add
-- doc: A new epoch of a key.
-- roles: staff, admin
-- in: kind int, epoch int, public_key blob, created_at_us int
INSERT INTO key_epoch (kind, epoch, public_key, created_at_us, closed_at_us)
VALUES ($1, $2, $3, $4, 0);

-- name: key_epoch_close
-- doc: Nothing new is sealed to the older epochs of a key.
-- roles: staff, admin
-- in: closed_at_us int, kind int, epoch int
UPDATE key_epoch SET closed_at_us = $1
WHERE kind = $2 AND epoch < $3 AND closed_at_us = 0;

-- name: key_epoch_current
-- doc: The epoch to which new things are sealed, by kind of key.
-- roles: staff, admin
-- out: kind int, epoch int, public_key blob
SELECT kind, epoch, public_key FROM key_epoch
WHERE closed_at_us = 0 ORDER BY kind, epoch DESC;

-- name: key_share_add
-- doc: Hands an epoch's secret to a user; conflict when they have it.
-- roles: staff, admin
-- in: kind int, epoch int, staff_id int, key_sealed blob
INSERT INTO key_share (kind, epoch, staff_id, key_sealed)
VALUES ($1, $2, $3, $4);

-- name: key_share_of
-- doc: The keys that a user holds, sealed to them, newest epoch first.
-- roles: staff, admin
-- in: staff_id int
-- out: kind int, epoch int, key_sealed blob, public_key blob
SELECT s.kind, s.epoch, s.key_sealed, e.public_key
FROM key_share s JOIN key_epoch e ON e.kind = s.kind AND e.epoch = s.epoch
WHERE s.staff_id = $1 ORDER BY s.kind, s.epoch DESC;

-- name: key_share_drop
-- doc: Takes all keys from a user.
-- roles: staff, admin
-- in: staff_id int
DELETE FROM key_share WHERE staff_id = $1;

-- name: key_share_drop_one
-- doc: Takes one epoch of a key from a user, before it is handed over anew.
-- roles: staff, admin
-- in: kind int, epoch int, staff_id int
DELETE FROM key_share WHERE kind = $1 AND epoch = $2 AND staff_id = $3;

-- name: key_share_sole
-- doc: The keys of a user that nobody else who is active holds, and whether
-- doc: escrow sheets bring them back.
-- roles: staff, admin
-- in: staff_id int
-- out: kind int, epoch int, on_sheets int
SELECT k.kind, k.epoch, EXISTS (
		SELECT 1 FROM meta m WHERE m.key = CASE k.kind
			WHEN 1 THEN 'escrow.queue.'
			WHEN 2 THEN 'escrow.identity.'
			ELSE 'escrow.url-hash.' END || k.epoch)
FROM key_share k
WHERE k.staff_id = $1 AND NOT EXISTS (
	SELECT 1 FROM key_share o JOIN staff s ON s.id = o.staff_id
	WHERE o.kind = k.kind AND o.epoch = k.epoch
		AND o.staff_id <> k.staff_id AND s.active = 1);

-- name: key_share_guard
-- doc: Conflict when a user is the last to hold a key of these kinds (bits),
-- doc: unless it is on escrow sheets and those may do.
-- roles: staff, admin
-- in: id int, kinds int, from_sheets int
-- expect: one
UPDATE staff SET active = active
WHERE id = $1 AND NOT EXISTS (
	SELECT 1 FROM key_share k
	WHERE k.staff_id = staff.id AND ($2 & (1 << k.kind)) <> 0
		AND NOT EXISTS (
			SELECT 1 FROM key_share o
			JOIN staff s ON s.id = o.staff_id
			WHERE o.kind = k.kind AND o.epoch = k.epoch
				AND o.staff_id <> k.staff_id
				AND s.active = 1)
		AND NOT ($3 = 1 AND EXISTS (
			SELECT 1 FROM meta m WHERE m.key = CASE k.kind
				WHEN 1 THEN 'escrow.queue.'
				WHEN 2 THEN 'escrow.identity.'
				ELSE 'escrow.url-hash.' END || k.epoch)));

-- name: key_share_drop_kind
-- doc: Takes one kind of key from a user.
-- roles: staff, admin
-- in: staff_id int, kind int
DELETE FROM key_share WHERE staff_id = $1 AND kind = $2;

-- name: session_add
-- doc: Somebody has come in.
-- roles: staff
-- in: token_hash blob, staff_id int, stage int, key_sealed blob,
-- in: created_at_us int, seen_at_us int, expires_at_us int
INSERT INTO session (token_hash, staff_id, stage, key_sealed, created_at_us,
	seen_at_us, expires_at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: session_get
-- doc: A session and whose it is, unless it has run out or they have left.
-- roles: staff
-- in: token_hash blob, now_us int, seen_after_us int
-- out: staff_id int, stage int, key_sealed blob, created_at_us int,
-- out: seen_at_us int, expires_at_us int, login text, display_name text,
-- out: roles int, must_change int, has_totp int
SELECT n.staff_id, n.stage, n.key_sealed, n.created_at_us, n.seen_at_us,
	n.expires_at_us, s.login, s.display_name, s.roles, s.must_change,
	length(s.totp_sealed) > 0
FROM session n JOIN staff s ON s.id = n.staff_id
WHERE n.token_hash = $1 AND n.expires_at_us > $2 AND n.seen_at_us > $3
	AND s.active = 1;

-- name: session_seen
-- doc: Keeps a session from going idle.
-- roles: staff
-- in: seen_at_us int, token_hash blob
UPDATE session SET seen_at_us = $1 WHERE token_hash = $2;

-- name: session_drop
-- doc: Logs out.
-- roles: staff
-- in: token_hash blob
DELETE FROM session WHERE token_hash = $1;

-- name: session_drop_all
-- doc: Logs a user out everywhere.
-- roles: staff, admin
-- in: staff_id int
DELETE FROM session WHERE staff_id = $1;

-- name: session_purge
-- doc: Forgets sessions that have run out.
-- roles: staff, worker
-- in: now_us int
DELETE FROM session WHERE expires_at_us <= $1;

-- name: staff_holders
-- doc: Active users who hold a kind of key, bar one who leaves.
-- roles: staff, admin
-- in: kind int, leaver int
-- out: id int, public_key blob
SELECT DISTINCT s.id, s.public_key
FROM staff s JOIN key_share k ON k.staff_id = s.id
WHERE k.kind = $1 AND s.id <> $2 AND s.active = 1;

-- name: staff_reset
-- doc: A new key pair under a new first password; the second factor has to
-- doc: be set up anew.
-- roles: staff, admin
-- in: public_key blob, key_sealed blob, id int
-- expect: one
UPDATE staff SET public_key = $1, key_sealed = $2, must_change = 1,
	totp_sealed = x'', totp_step = 0, failed = 0, locked_until_us = 0
WHERE id = $3;

-- name: session_drop_others
-- doc: Logs a user out everywhere but here.
-- roles: staff
-- in: staff_id int, token_hash blob
DELETE FROM session WHERE staff_id = $1 AND token_hash <> $2;
