-- SPDX-License-Identifier: Apache-2.0

-- name: watch_take
-- doc: Leases the item that has been due for a check the longest. A check
-- doc: or a lease that lies further ahead than any can be is from a clock
-- doc: that was set back.
-- roles: worker
-- in: lease_until_us int, now_us int, far_us int, no_lease_us int,
-- in: absurd_us int
-- out: item_id int, stage int, misses int, first_miss_us int,
-- out: last_miss_us int, last_at_us int, last_seen_us int,
-- out: offline_at_us int, host_id int, checks int, unsure int,
-- out: next_at_us int
UPDATE watch SET lease_until_us = $1
WHERE item_id = (SELECT w.item_id FROM watch w JOIN item i ON i.id = w.item_id
	WHERE w.active = 1 AND (w.next_at_us <= $2 OR w.next_at_us > $3)
		AND (w.lease_until_us <= $4 OR w.lease_until_us > $5)
		AND length(i.worker_sealed) > 0
	ORDER BY w.next_at_us LIMIT 1)
RETURNING item_id, stage, misses, first_miss_us, last_miss_us, last_at_us,
	last_seen_us, offline_at_us, host_id, checks, unsure, next_at_us;

-- name: watch_url
-- doc: The address of an item for the worker.
-- roles: worker
-- in: id int
-- out: worker_sealed blob
SELECT worker_sealed FROM item WHERE id = $1;

-- name: watch_note
-- doc: What a check found, and when the next is due. What was paused or
-- doc: ended while the check ran stays so: what ended has no next check, what
-- doc: is paused keeps it.
-- roles: worker
-- in: active int, stage int, misses int, first_miss_us int,
-- in: last_miss_us int, last_at_us int, last_seen_us int,
-- in: offline_at_us int, host_id int, checks int, unsure int,
-- in: wants_person int, last_verdict int, next_at_us int, item_id int
-- expect: one
UPDATE watch SET active = active * $1, stage = $2, misses = $3, first_miss_us = $4,
	last_miss_us = $5, last_at_us = $6, last_seen_us = $7,
	offline_at_us = $8, host_id = $9, checks = $10, unsure = $11,
	wants_person = $12, last_verdict = $13,
	next_at_us = CASE WHEN active = 0 AND next_at_us = 0 THEN 0 ELSE $14 END,
	lease_until_us = 0
WHERE item_id = $15;

-- name: watch_put_off
-- doc: A check that could not be made at all; tried again later.
-- roles: worker
-- in: next_at_us int, item_id int
UPDATE watch SET next_at_us =
	CASE WHEN active = 0 AND next_at_us = 0 THEN 0 ELSE $1 END,
	lease_until_us = 0
WHERE item_id = $2;

-- name: watch_check_add
-- doc: One look, in numbers only.
-- roles: worker
-- in: id int, item_id int, at_us int, verdict int, http_status int,
-- in: took_ms int
INSERT INTO item_check (id, item_id, at_us, verdict, http_status, took_ms)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: watch_set_active
-- doc: Pauses the watch of an item, or resumes it with a look at this time.
-- roles: staff, admin
-- in: active int, next_at_us int, item_id int
-- expect: one
UPDATE watch SET active = $1,
	next_at_us = CASE $1 WHEN 1 THEN $2 ELSE next_at_us END,
	lease_until_us = 0
WHERE item_id = $3;

-- name: watch_stop
-- doc: Ends the watch of an item, if there is one.
-- roles: staff
-- in: item_id int
UPDATE watch SET active = 0, next_at_us = 0 WHERE item_id = $1;

-- name: watch_share
-- doc: An address sealed to the worker again; conflict when it is erased.
-- roles: staff
-- in: worker_sealed blob, id int
-- expect: one
UPDATE item SET worker_sealed = $1 WHERE id = $2 AND length(url_sealed) > 0;

-- name: watch_unshared
-- doc: What is watched while the worker lacks its address, in the order of
-- doc: ids: what was passed on without the key, or before approving gave the
-- doc: address to the worker.
-- roles: staff
-- in: item_id int, n_most int
-- out: item_id int, epoch int
SELECT w.item_id, i.epoch FROM watch w JOIN item i ON i.id = w.item_id
JOIN cases c ON c.id = i.case_id
WHERE w.active = 1 AND w.item_id > $1 AND length(i.worker_sealed) = 0
	AND length(i.url_sealed) > 0
	AND (c.state < 10 OR c.state = 10 AND c.closed_reason = 1)
ORDER BY w.item_id LIMIT $2;

-- name: watch_give
-- doc: The address of such an item for the worker. Nothing happens when the
-- doc: worker got it, or its watch or its case ended meanwhile.
-- roles: staff
-- in: worker_sealed blob, id int
UPDATE item SET worker_sealed = $1
WHERE id = $2 AND length(worker_sealed) = 0 AND length(url_sealed) > 0
	AND EXISTS (SELECT 1 FROM watch w JOIN cases c ON c.id = item.case_id
		WHERE w.item_id = item.id AND w.active = 1 AND (c.state < 10
			OR c.state = 10 AND c.closed_reason = 1));

-- name: watch_waiting
-- doc: How many such items there are.
-- roles: staff, admin
-- out: n int
SELECT count(*) FROM watch w JOIN item i ON i.id = w.item_id
JOIN cases c ON c.id = i.case_id
WHERE w.active = 1 AND length(i.worker_sealed) = 0
	AND length(i.url_sealed) > 0
	AND (c.state < 10 OR c.state = 10 AND c.closed_reason = 1);

-- name: watch_one
-- doc: The watch of one item, for the administrator; and whether its address
-- doc: can be given to the worker, as watch_unshared has it, when it goes on.
-- roles: admin
-- in: item_id int
-- out: active int, has_address int, can_have_it int
SELECT w.active, length(i.worker_sealed) > 0,
	(w.active = 1 OR w.next_at_us > 0) AND length(i.url_sealed) > 0
	AND (c.state < 10 OR c.state = 10 AND c.closed_reason = 1)
FROM watch w JOIN item i ON i.id = w.item_id JOIN cases c ON c.id = i.case_id
WHERE w.item_id = $1;

-- name: watch_list
-- doc: What is watched or was, the next to be looked at first.
-- roles: staff, admin
-- in: n_most int, n_skip int
-- out: item_id int, case_id int, active int, wants_person int, checks int,
-- out: misses int, last_at_us int, last_verdict int, next_at_us int,
-- out: offline_at_us int, item_state int, started_at_us int, country text,
-- out: has_address int
SELECT w.item_id, i.case_id, w.active, w.wants_person, w.checks, w.misses,
	w.last_at_us, w.last_verdict, w.next_at_us, w.offline_at_us, i.state,
	w.started_at_us, i.country, length(i.worker_sealed) > 0
FROM watch w JOIN item i ON i.id = w.item_id
ORDER BY w.active DESC, w.wants_person DESC, w.next_at_us, w.item_id
LIMIT $1 OFFSET $2;

-- name: watch_counts
-- doc: How many are watched, overdue, and wait for a person.
-- roles: staff, admin
-- in: now_us int
-- out: n_active int, n_due int, n_person int, n_paused int
SELECT coalesce(sum(active), 0),
	coalesce(sum(active = 1 AND next_at_us <= $1), 0),
	coalesce(sum(active = 1 AND wants_person = 1), 0),
	coalesce(sum(active = 0), 0)
FROM watch;

-- name: watch_trace_again
-- doc: A changed host is traced anew.
-- roles: worker
-- in: now_us int, id int
UPDATE item SET trace_due_us = $1, trace_lease_us = 0 WHERE id = $2;
