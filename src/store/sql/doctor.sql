-- SPDX-License-Identifier: Apache-2.0

-- name: doctor_staff
-- doc: Active users with the shares that they hold of keys now in use.
-- roles: admin
-- out: id int, login text, roles int, has_totp int, must_change int,
-- out: n_queue int, n_identity int, n_url int
SELECT s.id, s.login, s.roles, length(s.totp_sealed) > 0, s.must_change,
	coalesce(sum(e.kind = 1), 0), coalesce(sum(e.kind = 2), 0),
	coalesce(sum(e.kind = 3), 0)
FROM staff s
LEFT JOIN key_share k ON k.staff_id = s.id
LEFT JOIN key_epoch e ON e.kind = k.kind AND e.epoch = k.epoch
	AND e.closed_at_us = 0
WHERE s.active = 1
GROUP BY s.id ORDER BY s.login;

-- name: doctor_unheld
-- doc: Epochs of the keys of people that nobody active holds.
-- roles: admin
-- out: kind int, epoch int, in_use int
SELECT e.kind, e.epoch, e.closed_at_us = 0 FROM key_epoch e
WHERE e.kind IN (1, 2, 3) AND NOT EXISTS (
	SELECT 1 FROM key_share k JOIN staff s ON s.id = k.staff_id
	WHERE k.kind = e.kind AND k.epoch = e.epoch AND s.active = 1)
ORDER BY e.kind, e.epoch;

-- name: doctor_log
-- doc: The newest entry of the audit log.
-- roles: admin
-- out: seq int, at_us int
SELECT seq, at_us FROM event ORDER BY seq DESC LIMIT 1;

-- name: doctor_outbox
-- doc: Messages by state, and when the oldest of them was due.
-- roles: admin
-- out: state int, n int, next_at_us int
SELECT state, count(*), min(next_at_us) FROM outbox
GROUP BY state ORDER BY state;

-- name: key_epoch_list
-- doc: All epochs of the keys, oldest first.
-- roles: staff, admin
-- out: kind int, epoch int, public_key blob, created_at_us int,
-- out: closed_at_us int
SELECT kind, epoch, public_key, created_at_us, closed_at_us
FROM key_epoch ORDER BY kind, epoch;
