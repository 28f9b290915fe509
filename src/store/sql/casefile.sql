-- SPDX-License-Identifier: Apache-2.0
-- What every room that changes a case uses, through src/casefile.

-- name: casefile_get
-- doc: A case with its item, by either's id.
-- roles: staff, worker
-- in: case_id int, item_id int
-- out: id int, version int, created_at_us int, state int, state_at_us int,
-- out: priority int, reasons int, danger int, is_test int, holder int,
-- out: lease_until_us int, first_by int, second_by int, third_by int,
-- out: outcome int, closed_reason int, closed_at_us int, reopened int,
-- out: legal_hold int, item_id int, item_kind int, item_state int,
-- out: public_status int, passed_to int, removed_at_us int, n_reports int,
-- out: n_independent int, country text, erase_proposed_by int,
-- out: viewing_id int, viewing_from_us int
SELECT c.id, c.version, c.created_at_us, c.state, c.state_at_us, c.priority,
	c.reasons, c.danger, c.is_test, c.holder, c.lease_until_us, c.first_by,
	c.second_by, c.third_by, c.outcome, c.closed_reason, c.closed_at_us,
	c.reopened, c.legal_hold, i.id, i.kind, i.state, i.public_status,
	i.passed_to, i.removed_at_us, i.n_reports, i.n_independent, i.country,
	coalesce((SELECT max(p.proposed_by) FROM proposal p
		WHERE p.kind = 1 AND p.object_id = c.id AND p.state = 1), 0),
	coalesce((SELECT max(v.id) FROM viewing v WHERE v.case_id = c.id
		AND v.staff_id = c.holder AND v.stopped_at_us = 0), 0),
	coalesce((SELECT max(v.started_at_us) FROM viewing v
		WHERE v.case_id = c.id AND v.staff_id = c.holder
		AND v.stopped_at_us = 0), 0)
FROM cases c JOIN item i ON i.case_id = c.id
WHERE c.id = CASE WHEN $1 <> 0 THEN $1
	ELSE (SELECT case_id FROM item WHERE id = $2) END;

-- name: casefile_put
-- doc: Writes a case back; conflict when somebody else was faster.
-- roles: staff, worker
-- in: state int, state_at_us int, priority int, reasons int, danger int,
-- in: is_test int, holder int, lease_until_us int, first_by int,
-- in: second_by int, third_by int, outcome int, closed_reason int,
-- in: closed_at_us int, reopened int, legal_hold int, id int, version int
-- expect: one
UPDATE cases SET version = version + 1, state = $1, state_at_us = $2,
	priority = $3, reasons = $4, danger = $5, is_test = $6, holder = $7,
	lease_until_us = $8, first_by = $9, second_by = $10, third_by = $11,
	outcome = $12, closed_reason = $13, closed_at_us = $14, reopened = $15,
	legal_hold = $16
WHERE id = $17 AND version = $18;

-- name: casefile_put_item
-- doc: Writes the state of an item and what its reporters are told.
-- roles: staff, worker
-- in: state int, public_status int, status_at_us int, passed_to int,
-- in: removed_at_us int, id int, state_before int, passed_to_before int
-- expect: one
UPDATE item SET state = $1, public_status = $2, status_at_us = $3,
	passed_to = $4, removed_at_us = $5
WHERE id = $6 AND state = $7 AND passed_to = $8;

-- name: casefile_item_same
-- doc: Holds only while state and recipients told are as they were read.
-- roles: staff, worker
-- in: id int, state int, passed_to int
-- out: id int
-- expect: one
SELECT id FROM item WHERE id = $1 AND state = $2 AND passed_to = $3;

-- name: casefile_step_end
-- doc: Ends the running step of a case, never before it began.
-- roles: staff, worker
-- in: ended_at_us int, case_id int
UPDATE case_step SET ended_at_us =
	CASE WHEN started_at_us > $1 THEN started_at_us ELSE $1 END
WHERE case_id = $2 AND ended_at_us = 0;

-- name: casefile_step_begin
-- doc: Begins a step of a case.
-- roles: staff, worker
-- in: id int, case_id int, step int, holder int, started_at_us int
INSERT INTO case_step (id, case_id, step, holder, started_at_us, ended_at_us)
VALUES ($1, $2, $3, $4, $5, 0);

-- name: casefile_viewing_end
-- doc: Stops a viewing clock, never before it began.
-- roles: staff, worker
-- in: stopped_at_us int, id int
-- expect: one
UPDATE viewing SET stopped_at_us =
	CASE WHEN started_at_us > $1 THEN started_at_us ELSE $1 END
WHERE id = $2 AND stopped_at_us = 0;

-- name: casefile_forget_item
-- doc: The worker does not need the address of a case any more.
-- roles: staff, worker
-- in: case_id int
UPDATE item SET worker_sealed = x'', trace_due_us = 0 WHERE case_id = $1;

-- name: casefile_forget_traces
-- doc: Nor what look-ups found.
-- roles: staff, worker
-- in: case_id int
UPDATE trace SET worker_sealed = x'' WHERE length(worker_sealed) > 0
	AND item_id IN (SELECT id FROM item WHERE case_id = $1);

-- name: casefile_forget_mails
-- doc: Nor messages that are not on their way.
-- roles: staff, worker
-- in: case_id int
UPDATE referral SET worker_sealed = x'' WHERE length(worker_sealed) > 0
	AND case_id = $1 AND state NOT IN (2, 3, 4, 8);

-- name: casefile_keys
-- doc: The public keys that are sealed to now, the newest epoch last.
-- roles: staff, worker
-- out: kind int, epoch int, public_key blob
SELECT kind, epoch, public_key FROM key_epoch
WHERE closed_at_us = 0 AND kind IN (1, 2, 4) ORDER BY kind, epoch;

-- name: casefile_url
-- doc: The address of an item, as staff and as the worker can open it.
-- roles: staff
-- in: id int
-- out: epoch int, url_sealed blob, worker_sealed blob
SELECT epoch, url_sealed, worker_sealed FROM item WHERE id = $1;
