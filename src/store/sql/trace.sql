-- SPDX-License-Identifier: Apache-2.0

-- name: trace_take
-- doc: Leases the item whose trace has been due longest. A trace or a lease
-- doc: that lies further ahead than any can be is from a clock that was set
-- doc: back.
-- roles: worker
-- in: lease_until_us int, now_us int, far_us int, no_lease_us int,
-- in: absurd_us int
-- out: id int, worker_sealed blob
UPDATE item SET trace_lease_us = $1
WHERE id = (SELECT id FROM item
	WHERE trace_due_us > 0 AND (trace_due_us <= $2 OR trace_due_us > $3)
		AND (trace_lease_us <= $4 OR trace_lease_us > $5)
		AND length(worker_sealed) > 0
	ORDER BY trace_due_us LIMIT 1)
RETURNING id, worker_sealed;

-- name: trace_item
-- doc: What a trace of one item needs.
-- roles: worker
-- in: id int
-- out: worker_sealed blob, asn int, first_at_us int, provider_id int,
-- out: contact int
SELECT i.worker_sealed, i.asn, i.first_at_us, i.provider_id,
	coalesce(p.state, 0)
FROM item i LEFT JOIN recipient p ON p.id = i.provider_id WHERE i.id = $1;

-- name: trace_last
-- doc: The newest look-up of an item that the worker can open.
-- roles: worker
-- in: item_id int
-- out: id int, at_us int, worker_sealed blob
SELECT id, at_us, worker_sealed FROM trace
WHERE item_id = $1 AND length(worker_sealed) > 0
ORDER BY at_us DESC, id LIMIT 1;

-- name: trace_add
-- doc: One dated look-up.
-- roles: staff, worker
-- in: id int, item_id int, at_us int, epoch int, facts_sealed blob,
-- in: worker_sealed blob, source int, country text, asn int, network text,
-- in: missing int
INSERT INTO trace (id, item_id, at_us, epoch, facts_sealed, worker_sealed,
	source, country, asn, network, missing)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: trace_forget_older
-- doc: The worker needs only the newest look-up to compare with.
-- roles: staff, worker
-- in: item_id int, id int
UPDATE trace SET worker_sealed = x''
WHERE item_id = $1 AND id <> $2 AND length(worker_sealed) > 0;

-- name: trace_done
-- doc: A look-up has been made; trace_due_us 0: not again. Conflict when the
-- doc: item was erased meanwhile.
-- roles: worker
-- in: traced_at_us int, trace_due_us int, id int
-- expect: one
UPDATE item SET traced_at_us = $1, trace_due_us = $2, trace_lease_us = 0
WHERE id = $3 AND length(url_sealed) > 0;

-- name: trace_place
-- doc: Puts the place that a look-up found into the item, unless a person
-- doc: has typed one in.
-- roles: worker
-- in: country text, asn int, network text, id int
UPDATE item SET country = $1, asn = $2, network = $3
WHERE id = $4 AND NOT EXISTS (SELECT 1 FROM trace t
	WHERE t.item_id = item.id AND t.source = 2);

-- name: trace_answerer
-- doc: Who answers for that place, under the same condition.
-- roles: worker
-- in: provider_id int, id int
UPDATE item SET provider_id = $1
WHERE id = $2 AND NOT EXISTS (SELECT 1 FROM trace t
	WHERE t.item_id = item.id AND t.source = 2);

-- name: trace_set_place
-- doc: A place that a person decided on. Conflict when the item is erased.
-- roles: staff
-- in: country text, asn int, network text, provider_id int,
-- in: traced_at_us int, trace_due_us int, id int
-- expect: one
UPDATE item SET country = $1, asn = $2, network = $3, provider_id = $4,
	traced_at_us = $5, trace_due_us = $6, trace_lease_us = 0
WHERE id = $7 AND length(url_sealed) > 0;

-- name: trace_drop_typed
-- doc: What was typed in is in force no more.
-- roles: staff
-- in: item_id int
UPDATE trace SET source = 3 WHERE item_id = $1 AND source = 2;

-- name: trace_typed
-- doc: What a person typed in, while it is in force.
-- roles: staff
-- in: item_id int
-- out: id int, at_us int, country text, asn int, network text
SELECT id, at_us, country, asn, network FROM trace
WHERE item_id = $1 AND source = 2 ORDER BY at_us DESC, id LIMIT 1;

-- name: trace_found
-- doc: The newest look-up that found a place.
-- roles: staff
-- in: item_id int
-- out: at_us int, country text, asn int, network text
SELECT at_us, country, asn, network FROM trace
WHERE item_id = $1 AND source = 1
	AND (country <> '' OR asn <> 0 OR network <> '')
ORDER BY at_us DESC, id LIMIT 1;

-- name: trace_recipient
-- doc: Whether there is such a recipient that can answer for a place.
-- roles: staff
-- in: id int
-- out: state int
SELECT state FROM recipient WHERE id = $1 AND kind NOT IN (1, 3) AND state IN (1, 2);

-- name: trace_give_up
-- doc: This item cannot be traced, or not now.
-- roles: worker
-- in: trace_due_us int, id int
UPDATE item SET trace_due_us = $1, trace_lease_us = 0 WHERE id = $2;

-- name: trace_forget_closed
-- doc: After the last look-up of an item whose case is closed, and which
-- doc: nobody watches, the worker needs the address no more. A watch that is
-- doc: paused has a next look, and may go on.
-- roles: worker
-- in: id int
UPDATE item SET worker_sealed = x'' WHERE id = $1 AND trace_due_us = 0
	AND EXISTS (SELECT 1 FROM cases c
		WHERE c.id = item.case_id AND c.state >= 10)
	AND NOT EXISTS (SELECT 1 FROM watch w
		WHERE w.item_id = item.id
			AND (w.active = 1 OR w.next_at_us > 0));

-- name: trace_forget_facts
-- doc: Without the address there is nothing to compare.
-- roles: worker
-- in: item_id int
UPDATE trace SET worker_sealed = x''
WHERE item_id = $1 AND length(worker_sealed) > 0 AND EXISTS (SELECT 1
	FROM item i WHERE i.id = $1 AND length(i.worker_sealed) = 0);

-- name: trace_want
-- doc: Somebody asks for a fresh look-up; conflict when it is erased.
-- roles: staff
-- in: worker_sealed blob, now_us int, id int
-- expect: one
UPDATE item SET worker_sealed = $1, trace_due_us = $2, trace_lease_us = 0
WHERE id = $3 AND length(url_sealed) > 0;

-- name: trace_provider
-- doc: The provider of an item as known now.
-- roles: staff
-- in: id int
-- out: provider_id int
SELECT provider_id FROM item WHERE id = $1;

-- name: trace_contact
-- doc: A provider's contact by its mail address.
-- roles: worker
-- in: kind int, mail text
-- out: id int, state int
SELECT id, state FROM recipient WHERE kind = $1 AND mail = $2
ORDER BY state = 2 DESC, id LIMIT 1;

-- name: trace_propose
-- doc: A new abuse contact, which waits for a person's approval.
-- roles: worker
-- in: id int, kind int, name text, mail text, country text, asn int,
-- in: state int, created_at_us int
INSERT INTO recipient (id, kind, name, mail, country, asn, channel, state,
	source, created_at_us, decided_at_us, decided_by)
VALUES ($1, $2, $3, $4, $5, $6, 1, $7, 2, $8, 0, 0);
