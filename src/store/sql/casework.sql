-- SPDX-License-Identifier: Apache-2.0
-- Triage, queue, assessment: src/casework. States are those of
-- domain/state.h: report 1 received, 2 triaged, 3 linked, 4 feedback ready,
-- 5 closed, 6 erased; case 1 new … 10 closed, 11 erased.

-- name: triage_list
-- doc: Reports that wait for triage and whose key epoch lies in a range,
-- doc: those with a child in danger first.
-- roles: staff
-- in: epoch_from int, epoch_to int, n_most int
-- out: id int
SELECT r.id FROM report r
LEFT JOIN report_part p ON p.report_id = r.id AND p.part = 1
WHERE r.state = 1 AND (p.epoch BETWEEN $1 AND $2 OR p.epoch IS NULL)
ORDER BY CASE r.danger WHEN 1 THEN 0 ELSE 1 END, r.received_at_us, r.id
LIMIT $3;

-- name: report_get
-- doc: A report without its sealed parts.
-- roles: staff, admin
-- in: id int
-- out: id int, received_at_us int, channel int, danger int, place int,
-- out: has_contact int, is_test int, state int, triage int,
-- out: triage_reason int, triaged_at_us int, triaged_by int,
-- out: contact_asked_by int, contact_granted_to int, sender int
SELECT id, received_at_us, channel, danger, place, has_contact, is_test,
	state, triage, triage_reason, triaged_at_us, triaged_by,
	contact_asked_by, contact_granted_to, sender
FROM report WHERE id = $1;

-- name: report_digest
-- doc: Whether the first batch of a report's triage has been written.
-- roles: staff
-- in: id int
-- out: digest blob
SELECT digest FROM report WHERE id = $1;

-- name: report_part_get
-- doc: One sealed part of a report.
-- roles: staff
-- in: report_id int, part int
-- out: epoch int, key_sealed blob, body_sealed blob
SELECT epoch, key_sealed, body_sealed FROM report_part
WHERE report_id = $1 AND part = $2;

-- name: report_links
-- doc: What became of each address of a report.
-- roles: staff, admin
-- in: report_id int
-- out: position int, item_id int, case_id int, verdict int, reason int
SELECT a.position, a.item_id, coalesce(i.case_id, 0), a.verdict, a.reason
FROM report_item a LEFT JOIN item i ON i.id = a.item_id
WHERE a.report_id = $1 ORDER BY a.position;

-- name: report_cases
-- doc: The cases of a report's addresses, as permissions need them.
-- roles: staff
-- in: report_id int
-- out: id int, state int, holder int, lease_until_us int, first_by int,
-- out: second_by int, third_by int, outcome int
SELECT DISTINCT c.id, c.state, c.holder, c.lease_until_us, c.first_by,
	c.second_by, c.third_by, c.outcome
FROM report_item a JOIN item i ON i.id = a.item_id
JOIN cases c ON c.id = i.case_id
WHERE a.report_id = $1 ORDER BY c.id;

-- name: report_twin
-- doc: Another report with the same digest, received around the same time.
-- roles: staff
-- in: digest blob, id int, from_us int, to_us int
-- out: received_at_us int
SELECT received_at_us FROM report
WHERE digest = $1 AND digest <> x'' AND id <> $2
	AND received_at_us BETWEEN $3 AND $4
LIMIT 1;

-- name: report_alone
-- doc: Holds only while there is no such report.
-- roles: staff
-- in: digest blob, id int, from_us int, to_us int
-- out: one int
-- expect: one
SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM report
	WHERE digest = $1 AND digest <> x'' AND id <> $2
	AND received_at_us BETWEEN $3 AND $4);

-- name: report_begin
-- doc: The first batch of a report's triage; conflict when there was one.
-- roles: staff
-- in: digest blob, triage int, triage_reason int, triaged_at_us int,
-- in: triaged_by int, id int
-- expect: one
UPDATE report SET digest = $1, triage = $2, triage_reason = $3,
	triaged_at_us = $4, triaged_by = $5
WHERE id = $6 AND state = 1 AND digest = x'';

-- name: report_finish
-- doc: The verdict on a report and its new state.
-- roles: staff
-- in: state int, triage int, triage_reason int, triaged_at_us int,
-- in: triaged_by int, id int, state_before int
-- expect: one
UPDATE report SET state = $1, triage = $2, triage_reason = $3,
	triaged_at_us = $4, triaged_by = $5
WHERE id = $6 AND state = $7;

-- name: report_move
-- doc: A report's new state.
-- roles: staff, worker
-- in: state int, id int, state_before int
-- expect: one
UPDATE report SET state = $1 WHERE id = $2 AND state = $3;

-- name: report_item_add
-- doc: One address of a report; conflict when it is there.
-- roles: staff
-- in: report_id int, position int, item_id int, verdict int, reason int,
-- in: linked_at_us int
INSERT INTO report_item (report_id, position, item_id, verdict, reason,
	linked_at_us)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: report_waiting
-- doc: Reports that a person must decide, those in danger first.
-- roles: staff
-- in: n_most int, n_skip int
-- out: id int, received_at_us int, danger int, place int,
-- out: triage_reason int, has_contact int, is_test int
SELECT id, received_at_us, danger, place, triage_reason, has_contact, is_test
FROM report WHERE state = 2 AND triage = 0
ORDER BY CASE danger WHEN 1 THEN 0 ELSE 1 END, received_at_us, id
LIMIT $1 OFFSET $2;

-- name: report_counts
-- doc: How many reports wait, by what they wait for.
-- roles: staff, admin
-- out: n_received int, n_person int, n_danger int
SELECT (SELECT count(*) FROM report WHERE state = 1),
	(SELECT count(*) FROM report WHERE state = 2 AND triage = 0),
	(SELECT count(*) FROM report WHERE state = 2 AND triage = 0
		AND danger = 1);

-- name: item_by_hash
-- doc: The item at a canonical address.
-- roles: staff
-- in: url_hash blob
-- out: id int, last_at_us int
SELECT id, last_at_us FROM item WHERE url_hash = $1;

-- name: item_add
-- doc: A new item; conflict when the address has one.
-- roles: staff
-- in: id int, case_id int, url_hash blob, host_hash blob,
-- in: canon_version int, kind int, epoch int, url_sealed blob,
-- in: worker_sealed blob, state int, public_status int, status_at_us int,
-- in: first_at_us int, last_at_us int
INSERT INTO item (id, case_id, url_hash, host_hash, canon_version, kind,
	epoch, url_sealed, worker_sealed, state, public_status, status_at_us,
	passed_to, n_reports, n_independent, first_at_us, last_at_us, country,
	asn, network, provider_id, traced_at_us, removed_at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1, 1, $13,
	$14, '', 0, '', 0, 0, 0);

-- name: item_count
-- doc: One more report of an item; conflict when its case has changed.
-- roles: staff
-- in: n_independent int, last_at_us int, id int, case_version int
-- expect: one
UPDATE item SET n_reports = n_reports + 1, n_independent = n_independent + $1,
	last_at_us = CASE WHEN last_at_us > $2 THEN last_at_us ELSE $2 END
WHERE id = $3 AND EXISTS (SELECT 1 FROM cases c
	WHERE c.id = item.case_id AND c.version = $4);

-- name: case_add
-- doc: A new case.
-- roles: staff
-- in: id int, state int, state_at_us int, created_at_us int, priority int,
-- in: reasons int, danger int, is_test int
INSERT INTO cases (id, state, state_at_us, version, created_at_us, priority,
	reasons, danger, is_test, holder, lease_until_us, first_by, second_by,
	third_by, outcome, closed_reason, closed_at_us, reopened, legal_hold)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

-- name: case_queue
-- doc: A page of cases by priority and age. Tabs are those of
-- doc: casework/queue.h; states bound the search.
-- roles: staff, admin
-- in: state_from int, state_to int, tab int, now_us int, me int,
-- in: outcome int, danger int, country text, after int, priority int,
-- in: created_at_us int, id int, n_most int
-- out: id int, item_id int, state int, step int, step_since_us int,
-- out: created_at_us int, priority int, reasons int, danger int,
-- out: is_test int, legal_hold int, holder int, lease_until_us int,
-- out: holder_name text, country text, n_reports int, n_independent int,
-- out: outcome int, first_by int, second_by int, third_by int, known int
SELECT c.id, i.id, c.state, coalesce(t.step, 0),
	coalesce(t.started_at_us, c.state_at_us), c.created_at_us, c.priority,
	c.reasons, c.danger, c.is_test, c.legal_hold, c.holder,
	c.lease_until_us, coalesce(s.display_name, ''), i.country,
	i.n_reports, i.n_independent, c.outcome, c.first_by, c.second_by,
	c.third_by, c.first_by = 0 AND c.outcome > 0 AND EXISTS (
		SELECT 1 FROM hash_resolution r WHERE r.case_id = c.id
			AND r.undone_by = 0)
FROM cases c JOIN item i ON i.case_id = c.id
LEFT JOIN staff s ON s.id = c.holder
LEFT JOIN case_step t ON t.case_id = c.id AND t.ended_at_us = 0
WHERE c.state BETWEEN $1 AND $2
	AND CASE $3
	WHEN 1 THEN c.state = 1 OR c.lease_until_us <= $4
	WHEN 2 THEN c.holder = $5 AND c.lease_until_us > $4
	WHEN 3 THEN c.first_by <> $5
		AND (c.holder = 0 OR c.lease_until_us <= $4)
	WHEN 5 THEN c.state <> 6
	ELSE c.id <> 0 END
	AND ($6 = 0 OR c.outcome = $6)
	AND ($7 = 0 OR c.danger = 1)
	AND ($8 = '' OR i.country = $8)
	AND ($9 = 0 OR c.priority < $10 OR (c.priority = $10
		AND (c.created_at_us > $11 OR (c.created_at_us = $11
		AND c.id > $12))))
ORDER BY c.priority DESC, c.created_at_us, c.id LIMIT $13;

-- name: case_row
-- doc: One case as the queue shows it.
-- roles: staff, admin
-- in: id int
-- out: id int, item_id int, state int, step int, step_since_us int,
-- out: created_at_us int, priority int, reasons int, danger int,
-- out: is_test int, legal_hold int, holder int, lease_until_us int,
-- out: holder_name text, country text, n_reports int, n_independent int,
-- out: outcome int, first_by int, second_by int, third_by int, known int
SELECT c.id, i.id, c.state, coalesce(t.step, 0),
	coalesce(t.started_at_us, c.state_at_us), c.created_at_us, c.priority,
	c.reasons, c.danger, c.is_test, c.legal_hold, c.holder,
	c.lease_until_us, coalesce(s.display_name, ''), i.country,
	i.n_reports, i.n_independent, c.outcome, c.first_by, c.second_by,
	c.third_by, c.first_by = 0 AND c.outcome > 0 AND EXISTS (
		SELECT 1 FROM hash_resolution r WHERE r.case_id = c.id
			AND r.undone_by = 0)
FROM cases c JOIN item i ON i.case_id = c.id
LEFT JOIN staff s ON s.id = c.holder
LEFT JOIN case_step t ON t.case_id = c.id AND t.ended_at_us = 0
WHERE c.id = $1;

-- name: case_counts
-- doc: How many cases stand in each tab of the queue.
-- roles: staff, admin
-- in: now_us int, me int
-- out: n_all int, n_unassigned int, n_mine int, n_verify int,
-- out: n_adjudicate int, n_act int, n_monitored int, n_closed int
SELECT (SELECT count(*) FROM cases),
	(SELECT count(*) FROM cases WHERE state = 1
		OR (state = 2 AND lease_until_us <= $1)),
	(SELECT count(*) FROM cases WHERE state BETWEEN 2 AND 6
		AND holder = $2 AND lease_until_us > $1),
	(SELECT count(*) FROM cases WHERE state = 4 AND first_by <> $2
		AND (holder = 0 OR lease_until_us <= $1)),
	(SELECT count(*) FROM cases WHERE state = 6),
	(SELECT count(*) FROM cases WHERE state IN (5, 7, 8)),
	(SELECT count(*) FROM cases WHERE state = 9),
	(SELECT count(*) FROM cases WHERE state = 10);

-- name: case_state_counts
-- doc: How many cases there are in each state.
-- roles: staff, admin
-- out: state int, n int
SELECT state, count(*) FROM cases GROUP BY state ORDER BY state;

-- name: case_next
-- doc: The most urgent cases that somebody could take.
-- roles: staff
-- in: assess int, now_us int, verify int, me int, adjudicate int, n_most int
-- out: id int
SELECT c.id FROM cases c
WHERE c.state BETWEEN 1 AND 6 AND (
	($1 = 1 AND (c.state = 1 OR (c.state = 2 AND c.lease_until_us <= $2)))
	OR ($3 = 1 AND c.state = 4 AND c.first_by <> $4
		AND (c.holder = 0 OR c.lease_until_us <= $2))
	OR ($5 = 1 AND c.state = 6 AND c.first_by <> $4 AND c.second_by <> $4
		AND (c.holder = 0 OR c.lease_until_us <= $2)))
ORDER BY c.priority DESC, c.created_at_us, c.id LIMIT $6;

-- name: case_of_item
-- doc: The case of an item.
-- roles: staff, admin
-- in: item_id int
-- out: case_id int
SELECT case_id FROM item WHERE id = $1;

-- name: case_of_referral
-- doc: The case of a referral and the referral's state.
-- roles: staff
-- in: referral_id int
-- out: case_id int, state int, created_by int
SELECT case_id, state, created_by FROM referral WHERE id = $1;

-- name: case_renew
-- doc: Prolongs a lease that still runs.
-- roles: staff
-- in: lease_until_us int, id int, holder int, now_us int
-- expect: one
UPDATE cases SET lease_until_us = $1
WHERE id = $2 AND holder = $3 AND lease_until_us > $4;

-- name: case_expired
-- doc: Cases whose lease ran out, or cannot be right.
-- roles: worker
-- in: now_us int, latest_us int, n_most int
-- out: id int
SELECT id FROM cases
WHERE state BETWEEN 2 AND 6 AND holder <> 0
	AND (lease_until_us <= $1 OR lease_until_us > $2)
ORDER BY lease_until_us LIMIT $3;

-- name: case_home
-- doc: Undecided cases whose priority knows another country of the host
-- doc: than was found. 16 is the bit of "hosted at home".
-- roles: worker
-- in: home text, n_most int
-- out: id int
SELECT c.id FROM cases c JOIN item i ON i.case_id = c.id
WHERE c.state BETWEEN 1 AND 9
	AND ((i.country = $1 AND c.reasons & 16 = 0)
	OR (i.country <> $1 AND i.country <> '' AND c.reasons & 16 <> 0))
LIMIT $2;

-- name: staff_able
-- doc: Active people with one of some roles, by name.
-- roles: staff
-- in: roles int
-- out: id int, display_name text, roles int
SELECT id, display_name, roles FROM staff
WHERE active = 1 AND roles & $1 <> 0 ORDER BY display_name, id;

-- name: assessment_add
-- doc: One assessment; conflict when the round has one.
-- roles: staff
-- in: id int, case_id int, item_id int, staff_id int, round int, cycle int,
-- in: profile text, facts text, note_sealed blob, epoch int, outcome int,
-- in: rules text, made_at_us int
INSERT INTO assessment (id, case_id, item_id, staff_id, round, cycle, profile,
	facts, note_sealed, epoch, outcome, rules, made_at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: assessment_list
-- doc: All assessments of a case, oldest first.
-- roles: staff
-- in: case_id int
-- out: id int, staff_id int, name text, round int, cycle int, profile text,
-- out: facts text, note_sealed blob, epoch int, outcome int, rules text,
-- out: made_at_us int
SELECT a.id, a.staff_id, s.display_name, a.round, a.cycle, a.profile, a.facts,
	a.note_sealed, a.epoch, a.outcome, a.rules, a.made_at_us
FROM assessment a JOIN staff s ON s.id = a.staff_id
WHERE a.case_id = $1 ORDER BY a.cycle, a.round;

-- name: viewing_add
-- doc: Starts a viewing clock.
-- roles: staff
-- in: id int, case_id int, staff_id int, started_at_us int
INSERT INTO viewing (id, case_id, staff_id, started_at_us, stopped_at_us)
VALUES ($1, $2, $3, $4, 0);

-- name: viewing_running
-- doc: A person's running clocks; there should be one at most. `until_us` is
-- doc: the end of their lease, or 0.
-- roles: staff
-- in: staff_id int
-- out: id int, case_id int, started_at_us int, until_us int
SELECT v.id, v.case_id, v.started_at_us,
	coalesce((SELECT c.lease_until_us FROM cases c
		WHERE c.id = v.case_id AND c.holder = v.staff_id), 0)
FROM viewing v WHERE v.staff_id = $1 AND v.stopped_at_us = 0;

-- name: viewing_today
-- doc: What a person has viewed since a time, finished clocks only.
-- roles: staff
-- in: from_us int, staff_id int
-- out: sum_us int
SELECT coalesce(sum(stopped_at_us
	- CASE WHEN started_at_us > $1 THEN started_at_us ELSE $1 END), 0)
FROM viewing WHERE staff_id = $2 AND stopped_at_us > $1;

-- name: viewing_of_case
-- doc: What everybody has viewed of a case, finished clocks only.
-- roles: staff
-- in: case_id int
-- out: sum_us int
SELECT coalesce(sum(stopped_at_us - started_at_us), 0)
FROM viewing WHERE case_id = $1 AND stopped_at_us > 0;

-- name: viewing_none
-- doc: Holds only while a person has no running clock.
-- roles: staff
-- in: staff_id int
-- out: one int
-- expect: one
SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM viewing
	WHERE staff_id = $1 AND stopped_at_us = 0);

-- name: note_add
-- doc: Words about a case.
-- roles: staff
-- in: id int, case_id int, staff_id int, at_us int, epoch int,
-- in: words_sealed blob
INSERT INTO note (id, case_id, staff_id, at_us, epoch, words_sealed)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: note_list
-- doc: The notes on a case, oldest first.
-- roles: staff
-- in: case_id int
-- out: id int, staff_id int, name text, at_us int, epoch int,
-- out: words_sealed blob
SELECT n.id, n.staff_id, s.display_name, n.at_us, n.epoch, n.words_sealed
FROM note n JOIN staff s ON s.id = n.staff_id
WHERE n.case_id = $1 ORDER BY n.at_us, n.id;

-- name: read_recently
-- doc: Whether a person has read an object within a span of time.
-- roles: staff
-- in: kind int, object_kind int, object_id int, actor int, from_us int,
-- in: to_us int
-- out: n int
SELECT count(*) FROM event
WHERE kind = $1 AND object_kind = $2 AND object_id = $3 AND actor = $4
	AND a = 0 AND at_us BETWEEN $5 AND $6;

-- name: page_item
-- doc: What a case page shows of its item.
-- roles: staff
-- in: case_id int
-- out: id int, kind int, epoch int, url_sealed blob, state int,
-- out: public_status int, passed_to int, asn int, network text,
-- out: provider_id int, provider_name text, traced_at_us int,
-- out: removed_at_us int, watched int, watch_active int,
-- out: watch_next_us int, n_worker int
SELECT i.id, i.kind, i.epoch, i.url_sealed, i.state, i.public_status,
	i.passed_to, i.asn, i.network, i.provider_id, coalesce(p.name, ''),
	i.traced_at_us, i.removed_at_us, w.item_id IS NOT NULL,
	coalesce(w.active, 0), coalesce(w.next_at_us, 0),
	length(i.worker_sealed)
FROM item i LEFT JOIN recipient p ON p.id = i.provider_id
LEFT JOIN watch w ON w.item_id = i.id
WHERE i.case_id = $1;

-- name: page_reports
-- doc: The reports of a case, newest first, and whether somebody has read
-- doc: them within a span of time.
-- roles: staff
-- in: actor int, from_us int, to_us int, case_id int, n_most int
-- out: id int, received_at_us int, position int, state int, verdict int,
-- out: danger int, place int, has_contact int, is_test int,
-- out: contact_asked_by int, contact_granted_to int, seen int
SELECT r.id, r.received_at_us, a.position, r.state, a.verdict, r.danger,
	r.place, r.has_contact, r.is_test, r.contact_asked_by,
	r.contact_granted_to,
	(SELECT count(*) FROM event e WHERE e.object_kind = 1
		AND e.object_id = r.id AND e.kind = 102 AND e.actor = $1
		AND e.a = 0 AND e.at_us BETWEEN $2 AND $3)
FROM item i JOIN report_item a ON a.item_id = i.id
JOIN report r ON r.id = a.report_id
WHERE i.case_id = $4 ORDER BY r.received_at_us DESC, r.id LIMIT $5;

-- name: page_bodies
-- doc: The sealed answers of the reports that page_reports gives.
-- roles: staff
-- in: case_id int, n_most int
-- out: id int, epoch int, key_sealed blob, body_sealed blob
SELECT r.id, p.epoch, p.key_sealed, p.body_sealed
FROM item i JOIN report_item a ON a.item_id = i.id
JOIN report r ON r.id = a.report_id
JOIN report_part p ON p.report_id = r.id AND p.part = 1
WHERE i.case_id = $1 ORDER BY r.received_at_us DESC, r.id LIMIT $2;

-- name: page_traces
-- doc: What is known of a case's host: what a person typed in and is in
-- doc: force, then look-ups and the rest, newest first.
-- roles: staff
-- in: case_id int, n_most int
-- out: id int, at_us int, source int, country text, network text, asn int,
-- out: missing int, epoch int, facts_sealed blob
SELECT t.id, t.at_us, t.source, t.country, t.network, t.asn, t.missing,
	t.epoch, t.facts_sealed
FROM item i JOIN trace t ON t.item_id = i.id
WHERE i.case_id = $1 ORDER BY t.source = 2 DESC, t.at_us DESC, t.id LIMIT $2;

-- name: page_events
-- doc: What happened to a case, its item and its referrals, newest first.
-- roles: staff
-- in: case_id int, n_most int
-- out: seq int, at_us int, actor int, name text, kind int,
-- out: object_kind int, object_id int, a int, b int
SELECT e.seq, e.at_us, e.actor, coalesce(s.display_name, ''), e.kind,
	e.object_kind, e.object_id, e.a, e.b
FROM event e LEFT JOIN staff s ON s.id = e.actor
WHERE (e.object_kind = 2 AND e.object_id = $1)
	OR (e.object_kind = 3 AND e.object_id IN
		(SELECT id FROM item WHERE case_id = $1))
	OR (e.object_kind = 4 AND e.object_id IN
		(SELECT id FROM referral WHERE case_id = $1))
ORDER BY e.seq DESC LIMIT $2;

-- name: page_steps
-- doc: Who held a case in which step, oldest first.
-- roles: staff, admin
-- in: case_id int
-- out: step int, started_at_us int, ended_at_us int, holder int, name text
SELECT t.step, t.started_at_us, t.ended_at_us, t.holder,
	coalesce(s.display_name, '')
FROM case_step t LEFT JOIN staff s ON s.id = t.holder
WHERE t.case_id = $1
ORDER BY t.started_at_us, CASE t.ended_at_us WHEN 0 THEN 1 ELSE 0 END,
	t.ended_at_us, t.id;

-- name: page_referrals
-- doc: The referrals of a case, oldest first.
-- roles: staff
-- in: case_id int
-- out: id int, recipient_id int, name text, kind int, state int, answer int,
-- out: is_test int, created_at_us int, sent_at_us int, answered_at_us int,
-- out: hold_until_us int, last_error text, n_moved int
SELECT f.id, f.recipient_id, p.name, f.kind, f.state, f.answer, f.is_test,
	f.created_at_us, f.sent_at_us, f.answered_at_us, f.hold_until_us,
	f.last_error, (SELECT count(*) FROM answer a
		WHERE a.referral_id = f.id AND a.answer = 2
			AND a.report_id = 0 AND length(a.words_sealed) > 0)
FROM referral f JOIN recipient p ON p.id = f.recipient_id
WHERE f.case_id = $1 ORDER BY f.created_at_us, f.id;

-- name: answer_moved
-- doc: A new address that was given in answer to a referral of a case, and
-- doc: the report that was made of it, 0 for none.
-- roles: staff
-- in: id int, referral_id int, case_id int
-- out: report_id int, is_test int
SELECT a.report_id, f.is_test FROM answer a
JOIN referral f ON f.id = a.referral_id
WHERE a.id = $1 AND f.id = $2 AND f.case_id = $3 AND a.answer = 2;

-- name: answer_followed
-- doc: Marks a new address as reported; conflict when it has been before.
-- roles: staff
-- in: report_id int, id int
-- expect: one
UPDATE answer SET report_id = $1
WHERE id = $2 AND answer = 2 AND report_id = 0;

-- name: page_checks
-- doc: The checks of a case's item, newest first.
-- roles: staff
-- in: case_id int, n_most int
-- out: at_us int, verdict int, http_status int, took_ms int
SELECT k.at_us, k.verdict, k.http_status, k.took_ms
FROM item i JOIN item_check k ON k.item_id = i.id
WHERE i.case_id = $1 ORDER BY k.at_us DESC, k.id LIMIT $2;

-- name: referral_pending
-- doc: How many referrals of a case are approved or on their way.
-- roles: staff
-- in: case_id int
-- out: n int
SELECT count(*) FROM referral
WHERE case_id = $1 AND state IN (2, 3, 4, 8);

-- name: referral_none_pending
-- doc: Holds only while there is none.
-- roles: staff
-- in: case_id int
-- out: one int
-- expect: one
SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM referral
	WHERE case_id = $1 AND state IN (2, 3, 4, 8));

-- name: watch_end
-- doc: Ends the watch of a case's item, if there is one.
-- roles: staff
-- in: case_id int
UPDATE watch SET active = 0, next_at_us = 0
WHERE item_id IN (SELECT id FROM item WHERE case_id = $1);

-- name: watch_soon
-- doc: Lets the watch look at an item now, if it was ever watched. Since when
-- doc: it counts as gone, 0 for not, so that being there would be news.
-- roles: staff
-- in: offline_at_us int, next_at_us int, item_id int
UPDATE watch SET active = 1, stage = 0, misses = 0, first_miss_us = 0,
	last_miss_us = 0, offline_at_us = $1, unsure = 0, wants_person = 0,
	next_at_us = $2
WHERE item_id = $3;

-- name: watch_was
-- doc: The watch of an item, if there ever was one.
-- roles: staff
-- in: item_id int
-- out: active int
SELECT active FROM watch WHERE item_id = $1;

-- name: proposal_add
-- doc: Proposes to erase a case; conflict when that was proposed.
-- roles: staff
-- in: id int, object_id int, proposed_by int, proposed_at_us int
-- expect: one
INSERT INTO proposal (id, kind, object_id, proposed_by, proposed_at_us,
	decided_by, decided_at_us, state)
SELECT $1, 1, $2, $3, $4, 0, 0, 1
WHERE NOT EXISTS (SELECT 1 FROM proposal
	WHERE kind = 1 AND object_id = $2 AND state = 1);

-- name: proposal_decide
-- doc: Approves (2) or refuses (3) the open proposal to erase a case.
-- roles: staff
-- in: state int, decided_by int, decided_at_us int, object_id int
-- expect: one
UPDATE proposal SET state = $1, decided_by = $2, decided_at_us = $3
WHERE kind = 1 AND object_id = $4 AND state = 1;

-- name: proposal_list
-- doc: Cases that somebody proposes to erase, oldest proposal first.
-- roles: staff
-- out: case_id int, proposed_by int, name text, proposed_at_us int
SELECT p.object_id, p.proposed_by, s.display_name, p.proposed_at_us
FROM proposal p JOIN staff s ON s.id = p.proposed_by
WHERE p.kind = 1 AND p.state = 1 ORDER BY p.proposed_at_us, p.id;

-- name: erase_item
-- doc: Forgets an address: a random value takes the hash's place.
-- roles: staff
-- in: url_hash blob, case_id int
UPDATE item SET url_hash = $1, host_hash = x'', url_sealed = x'',
	worker_sealed = x''
WHERE case_id = $2;

-- name: erase_notes
-- doc: Forgets the notes on a case.
-- roles: staff
-- in: case_id int
UPDATE note SET words_sealed = x'' WHERE case_id = $1;

-- name: erase_assessments
-- doc: Forgets the assessors' words.
-- roles: staff
-- in: case_id int
UPDATE assessment SET note_sealed = x'' WHERE case_id = $1;

-- name: erase_traces
-- doc: Forgets what look-ups found.
-- roles: staff
-- in: case_id int
UPDATE trace SET facts_sealed = x'', worker_sealed = x''
WHERE item_id IN (SELECT id FROM item WHERE case_id = $1);

-- name: erase_referrals
-- doc: Forgets what recipients were sent, and their answer links.
-- roles: staff
-- in: case_id int
UPDATE referral SET document_sealed = x'', worker_sealed = x'',
	answer_hash = x'', answer_before = x''
WHERE case_id = $1;

-- name: erase_answers
-- doc: Forgets what recipients wrote.
-- roles: staff
-- in: case_id int
UPDATE answer SET words_sealed = x''
WHERE referral_id IN (SELECT id FROM referral WHERE case_id = $1);

-- name: report_erase
-- doc: Marks a report as erased.
-- roles: staff, worker
-- in: state int, id int, state_before int
-- expect: one
UPDATE report SET state = $1, digest = x'' WHERE id = $2 AND state = $3;

-- name: report_part_erase
-- doc: Destroys the keys and the sealed parts of a report.
-- roles: staff, worker
-- in: report_id int
UPDATE report_part SET key_sealed = x'', body_sealed = x''
WHERE report_id = $1;

-- name: reports_erasable
-- doc: Reports of cases erased since a time, all of whose cases are erased.
-- roles: staff, worker
-- in: since_us int, n_most int
-- out: id int, state int
SELECT DISTINCT r.id, r.state
FROM cases c JOIN item i ON i.case_id = c.id
JOIN report_item a ON a.item_id = i.id
JOIN report r ON r.id = a.report_id
WHERE c.state = 11 AND c.state_at_us >= $1 AND r.state BETWEEN 3 AND 5
	AND NOT EXISTS (SELECT 1 FROM report_item a2
		JOIN item i2 ON i2.id = a2.item_id
		JOIN cases c2 ON c2.id = i2.case_id
		WHERE a2.report_id = r.id AND c2.state <> 11)
LIMIT $2;

-- name: reports_settled
-- doc: Linked reports whose cases are all closed.
-- roles: worker
-- in: n_most int
-- out: id int, state int
SELECT r.id, r.state FROM report r
WHERE r.state = 3 AND NOT EXISTS (SELECT 1 FROM report_item a
	JOIN item i ON i.id = a.item_id
	JOIN cases c ON c.id = i.case_id
	WHERE a.report_id = r.id AND c.state < 10)
LIMIT $1;

-- name: reports_unsettled
-- doc: Reports with feedback of which a case has been opened again.
-- roles: worker
-- in: n_most int
-- out: id int, state int
SELECT DISTINCT r.id, r.state
FROM cases c JOIN item i ON i.case_id = c.id
JOIN report_item a ON a.item_id = i.id
JOIN report r ON r.id = a.report_id
WHERE c.state < 10 AND c.reopened > 0 AND r.state IN (4, 5)
LIMIT $1;

-- name: contact_ask
-- doc: Somebody asks to see the contact; conflict when somebody else has.
-- roles: staff
-- in: contact_asked_by int, id int, asked_before int
-- expect: one
UPDATE report SET contact_asked_by = $1
WHERE id = $2 AND contact_asked_by = $3 AND has_contact = 1;

-- name: contact_grant
-- doc: Releases the contact to who asked.
-- roles: staff
-- in: contact_granted_to int, contact_granted_by int, id int, asked_by int
-- expect: one
UPDATE report SET contact_granted_to = $1, contact_granted_by = $2
WHERE id = $3 AND contact_asked_by = $4;

-- name: contact_part_put
-- doc: The contact sealed again for who asked.
-- roles: staff
-- in: report_id int, epoch int, key_sealed blob, body_sealed blob
INSERT INTO report_part (report_id, part, epoch, key_sealed, body_sealed)
VALUES ($1, 3, $2, $3, $4)
ON CONFLICT (report_id, part) DO UPDATE SET epoch = excluded.epoch,
	key_sealed = excluded.key_sealed, body_sealed = excluded.body_sealed;

-- name: contact_waiting
-- doc: Contacts that have been asked for and not been released.
-- roles: staff
-- out: report_id int, asked_by int, name text, asked_at_us int
SELECT r.id, r.contact_asked_by, s.display_name,
	coalesce((SELECT e.at_us FROM event e
		WHERE e.object_kind = 1 AND e.object_id = r.id
		AND e.kind = 110 ORDER BY e.seq DESC LIMIT 1), 0)
FROM report r JOIN staff s ON s.id = r.contact_asked_by
WHERE r.contact_asked_by <> 0 AND r.contact_granted_to <> r.contact_asked_by
ORDER BY r.received_at_us, r.id;

-- name: report_list
-- doc: Reports without content, newest first, from before a time on.
-- roles: staff, admin
-- in: state int, before_us int, n_most int
-- out: id int, received_at_us int, channel int, danger int, place int,
-- out: has_contact int, is_test int, state int, triage int,
-- out: triage_reason int, triaged_at_us int, n_addresses int
SELECT r.id, r.received_at_us, r.channel, r.danger, r.place, r.has_contact,
	r.is_test, r.state, r.triage, r.triage_reason, r.triaged_at_us,
	(SELECT count(*) FROM report_item a WHERE a.report_id = r.id)
FROM report r WHERE ($1 = 0 OR r.state = $1) AND r.received_at_us < $2
ORDER BY r.received_at_us DESC, r.id LIMIT $3;

-- name: report_state_counts
-- doc: How many reports there are in each state.
-- roles: staff, admin
-- out: state int, n int
SELECT state, count(*) FROM report GROUP BY state ORDER BY state;

-- name: item_again
-- doc: An address that is looked for anew: sealed to the worker again, if it
-- doc: has no such copy, and traced now.
-- roles: staff
-- in: worker_sealed blob, trace_due_us int, id int
UPDATE item SET worker_sealed =
	CASE length(worker_sealed) WHEN 0 THEN $1 ELSE worker_sealed END,
	trace_due_us = $2
WHERE id = $3;
