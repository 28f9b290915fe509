-- SPDX-License-Identifier: Apache-2.0
-- Referrals, their recipients, the outbox and the answers.

-- name: referral_get
-- doc: One referral with its recipient and the try that waits, to change it.
-- roles: staff, worker, admin
-- in: id int
-- out: id int, case_id int, item_id int, recipient_id int, kind int,
-- out: channel int, state int, version int, is_test int, hold_until_us int,
-- out: created_by int, created_at_us int, approved_by int,
-- out: approved_at_us int, sent_at_us int, closed_at_us int, answer int,
-- out: answered_at_us int, answer_until_us int, attempts int,
-- out: last_code int, last_error text, n_worker int, name text, mail text,
-- out: contact int, next_at_us int, lease_until_us int
SELECT f.id, f.case_id, f.item_id, f.recipient_id, f.kind, f.channel, f.state,
	f.version, f.is_test, f.hold_until_us, f.created_by, f.created_at_us,
	f.approved_by, f.approved_at_us, f.sent_at_us, f.closed_at_us,
	f.answer, f.answered_at_us, f.answer_until_us, f.attempts,
	f.last_code, f.last_error, length(f.worker_sealed), p.name, p.mail,
	p.state, coalesce(o.next_at_us, 0), coalesce(o.lease_until_us, 0)
FROM referral f JOIN recipient p ON p.id = f.recipient_id
LEFT JOIN outbox o ON o.referral_id = f.id AND o.state = 1
WHERE f.id = $1;

-- name: referral_put
-- doc: Writes a referral back; conflict when somebody else was faster.
-- roles: staff, worker, admin
-- in: state int, hold_until_us int, approved_by int, approved_at_us int,
-- in: sent_at_us int, closed_at_us int, answer int, answered_at_us int,
-- in: answer_until_us int, attempts int, last_code int, last_error text,
-- in: id int, version int
-- expect: one
UPDATE referral SET version = version + 1, state = $1, hold_until_us = $2,
	approved_by = $3, approved_at_us = $4, sent_at_us = $5,
	closed_at_us = $6, answer = $7, answered_at_us = $8,
	answer_until_us = $9, attempts = $10, last_code = $11, last_error = $12
WHERE id = $13 AND version = $14;

-- name: referral_add
-- doc: A draft; conflict when this recipient has an open one in this cycle.
-- roles: staff
-- in: id int, case_id int, item_id int, recipient_id int, kind int,
-- in: channel int, state int, is_test int, idempotency blob,
-- in: created_by int, created_at_us int, epoch int, document_sealed blob
INSERT INTO referral (id, case_id, item_id, recipient_id, kind, channel,
	state, version, is_test, idempotency, hold_until_us, created_by,
	created_at_us, approved_by, approved_at_us, sent_at_us, closed_at_us,
	answer, answered_at_us, answer_hash, answer_until_us, attempts,
	last_code, last_error, epoch, document_sealed, worker_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, 0, $10, $11, 0, 0, 0, 0, 0, 0,
	x'', 0, 0, 0, '', $12, $13, x'');

-- name: referral_count
-- doc: Closed referrals of a case to a recipient, and open ones.
-- roles: staff
-- in: case_id int, recipient_id int
-- out: n_closed int, n_open int
SELECT coalesce(sum(state = 10), 0), coalesce(sum(state <> 10), 0)
FROM referral WHERE case_id = $1 AND recipient_id = $2;

-- name: referral_document
-- doc: The sealed document of a referral.
-- roles: staff
-- in: id int
-- out: epoch int, document_sealed blob
SELECT epoch, document_sealed FROM referral WHERE id = $1;

-- name: referral_seal
-- doc: The message for the worker and the hash of its answer link; the link
-- doc: before is kept when the recipient has it.
-- roles: staff
-- in: worker_sealed blob, has_link int, answer_hash blob, id int
-- expect: one
UPDATE referral SET worker_sealed = $1, answer_before =
	CASE $2 WHEN 0 THEN answer_before ELSE answer_hash END,
	answer_hash = $3
WHERE id = $4;

-- name: referral_link_arrived
-- doc: The newest link is with the recipient: the one before ends.
-- roles: staff, worker
-- in: id int
UPDATE referral SET answer_before = x'' WHERE id = $1;

-- name: referral_link_back
-- doc: The link before is the newest again.
-- roles: staff
-- in: id int
UPDATE referral SET answer_hash = answer_before, answer_before = x''
WHERE id = $1 AND answer_before <> x'';

-- name: referral_mail
-- doc: The message for the worker.
-- roles: worker
-- in: id int
-- out: worker_sealed blob
SELECT worker_sealed FROM referral WHERE id = $1;

-- name: referral_unseal
-- doc: Forgets the message once it has been sent or never will be.
-- roles: staff, worker
-- in: id int
UPDATE referral SET worker_sealed = x'' WHERE id = $1;

-- name: referral_unlink
-- doc: Withdraws the answer link of a referral that never left.
-- roles: staff, worker
-- in: id int
UPDATE referral SET answer_hash = x'', answer_until_us = 0
WHERE id = $1 AND sent_at_us = 0;

-- name: referral_pending_besides
-- doc: Referrals of a case, besides one, that are still to be sent.
-- roles: staff, worker
-- in: case_id int, id int
-- out: n int
SELECT count(*) FROM referral WHERE case_id = $1 AND id <> $2
	AND state IN (1, 2, 3, 4, 8, 9);

-- name: referral_held_besides
-- doc: Referrals of a case, besides one, on police hold.
-- roles: staff, worker
-- in: case_id int, id int
-- out: n int
SELECT count(*) FROM referral WHERE case_id = $1 AND id <> $2 AND state = 3;

-- name: referral_police
-- doc: When the police last came to know of a case since it was last opened
-- doc: again, 0 for not at all, and whether they last said "hold" or
-- doc: "cleared" since then. What bounced has told nobody; for a production
-- doc: notice a test has not either. Always one row.
-- roles: staff, worker
-- in: case_id int, is_test int
-- out: told_at_us int, said int, said_at_us int
WITH told AS (SELECT f.id, CASE WHEN f.sent_at_us > 0 AND f.state <> 7
		THEN f.sent_at_us ELSE f.answered_at_us END AS at_us
	FROM referral f WHERE f.case_id = $1 AND f.kind = 1
		AND f.is_test <= $2 AND f.created_at_us >= coalesce((
			SELECT max(e.at_us) FROM event e
			WHERE e.object_kind = 2 AND e.object_id = $1
				AND e.kind = 216), 0)),
said AS (SELECT a.answer, a.at_us FROM told t
	JOIN answer a ON a.referral_id = t.id WHERE a.answer IN (7, 8)
	ORDER BY a.at_us DESC, a.id LIMIT 1)
SELECT coalesce((SELECT max(at_us) FROM told), 0),
	coalesce((SELECT answer FROM said), 0),
	coalesce((SELECT at_us FROM said), 0);

-- name: referral_extend_holds
-- doc: Holds of a case last at least until a time; those of production
-- doc: notices are not moved by a test.
-- roles: staff, worker
-- in: hold_until_us int, case_id int, is_test int
UPDATE referral SET hold_until_us = $1, version = version + 1
WHERE case_id = $2 AND state = 3 AND hold_until_us < $1 AND is_test >= $3;

-- name: referral_holds
-- doc: Referrals on police hold that are due, that wait for the police to be
-- doc: told while they have been, or of whose case the police have said
-- doc: something since it was last opened again.
-- roles: worker
-- in: now_us int, n_most int
-- out: id int, case_id int, kind int, is_test int, hold_until_us int,
-- out: country text
SELECT f.id, f.case_id, f.kind, f.is_test, f.hold_until_us, i.country
FROM referral f JOIN item i ON i.id = f.item_id
WHERE f.state = 3 AND (f.hold_until_us BETWEEN 1 AND $1 OR EXISTS (SELECT 1
	FROM referral g WHERE g.case_id = f.case_id AND g.kind = 1
		AND g.is_test <= f.is_test AND g.created_at_us >= coalesce((
			SELECT max(e.at_us) FROM event e
			WHERE e.object_kind = 2 AND e.object_id = f.case_id
				AND e.kind = 216), 0)
		AND ((f.hold_until_us = 0 AND (g.answered_at_us > 0
				OR (g.sent_at_us > 0 AND g.state <> 7)))
			OR EXISTS (SELECT 1 FROM answer a
				WHERE a.referral_id = g.id
					AND a.answer IN (7, 8)))))
ORDER BY f.hold_until_us LIMIT $2;

-- name: referral_view
-- doc: Referrals for people, newest first, without content; those alone
-- doc: that nobody has answered since before a time, if there is one.
-- roles: staff, admin
-- in: id int, case_id int, state int, silent_since_us int, moved int,
-- in: n_most int, n_skip int
-- out: id int, case_id int, item_id int, version int, recipient_id int,
-- out: kind int, channel int, state int, is_test int, hold_until_us int,
-- out: created_by int, created_at_us int, created_name text,
-- out: approved_by int, approved_at_us int, approved_name text,
-- out: sent_at_us int, closed_at_us int, answer int, answered_at_us int,
-- out: answer_until_us int, attempts int, last_code int, last_error text,
-- out: next_at_us int, lease_until_us int, exported_at_us int,
-- out: reminded_at_us int, name text, mail text, country text, asn int,
-- out: contact int, case_state int, outcome int, n_moved int,
-- out: newer_host int
SELECT f.id, f.case_id, f.item_id, f.version, f.recipient_id, f.kind,
	f.channel, f.state, f.is_test, f.hold_until_us, f.created_by,
	f.created_at_us, coalesce(s.display_name, ''), f.approved_by,
	f.approved_at_us, coalesce(a.display_name, ''), f.sent_at_us,
	f.closed_at_us, f.answer, f.answered_at_us, f.answer_until_us,
	f.attempts, f.last_code, f.last_error, coalesce(o.next_at_us, 0),
	coalesce(o.lease_until_us, 0),
	coalesce((SELECT max(e.at_us) FROM event e WHERE e.object_kind = 4
		AND e.object_id = f.id AND e.kind = 414), 0),
	coalesce((SELECT max(e.at_us) FROM event e WHERE e.object_kind = 4
		AND e.object_id = f.id AND e.kind = 415), 0),
	p.name, p.mail, p.country, p.asn, p.state, c.state, c.outcome,
	(SELECT count(*) FROM answer m WHERE m.referral_id = f.id
		AND m.answer = 2 AND m.report_id = 0
		AND length(m.words_sealed) > 0),
	f.state = 1 AND EXISTS (SELECT 1 FROM trace t
		WHERE t.item_id = f.item_id AND t.at_us > f.created_at_us
			AND (t.country <> '' OR t.asn <> 0)
			AND NOT EXISTS (SELECT 1 FROM trace b
				WHERE b.item_id = t.item_id
					AND b.at_us <= f.created_at_us
					AND b.country = t.country
					AND b.asn = t.asn
					AND b.network = t.network))
FROM referral f JOIN recipient p ON p.id = f.recipient_id
JOIN cases c ON c.id = f.case_id
LEFT JOIN staff s ON s.id = f.created_by
LEFT JOIN staff a ON a.id = f.approved_by
LEFT JOIN outbox o ON o.referral_id = f.id AND o.state = 1
WHERE ($1 = 0 OR f.id = $1) AND ($2 = 0 OR f.case_id = $2)
	AND ($3 = 0 OR f.state = $3)
	AND ($4 = 0 OR (f.state = 5 AND f.answer = 0
		AND max(f.sent_at_us, coalesce((SELECT max(e.at_us)
			FROM event e WHERE e.object_kind = 4
			AND e.object_id = f.id AND e.kind = 415), 0)) < $4))
	AND ($5 = 0 OR EXISTS (SELECT 1 FROM answer m
		WHERE m.referral_id = f.id AND m.answer = 2
			AND m.report_id = 0 AND length(m.words_sealed) > 0))
ORDER BY f.created_at_us DESC, f.id LIMIT $6 OFFSET $7;

-- name: referral_silent
-- doc: How many nobody has answered since before a time.
-- roles: staff
-- in: silent_since_us int
-- out: n int
SELECT count(*) FROM referral f WHERE f.state = 5 AND f.answer = 0
	AND max(f.sent_at_us, coalesce((SELECT max(e.at_us) FROM event e
		WHERE e.object_kind = 4 AND e.object_id = f.id
		AND e.kind = 415), 0)) < $1;

-- name: referral_moved
-- doc: How many referrals have a new address that nobody has made a case of.
-- roles: staff
-- out: n int
SELECT count(DISTINCT referral_id) FROM answer
WHERE answer = 2 AND report_id = 0 AND length(words_sealed) > 0;

-- name: referral_counts
-- doc: How many referrals there are in each state.
-- roles: staff, admin
-- out: state int, n int
SELECT state, count(*) FROM referral GROUP BY state ORDER BY state;

-- name: referral_read_since
-- doc: How often somebody has read a referral since a time.
-- roles: staff
-- in: object_id int, actor int, since_us int
-- out: n int
SELECT count(*) FROM event WHERE object_kind = 4 AND object_id = $1
	AND kind = 413 AND actor = $2 AND at_us >= $3;

-- name: referral_item
-- doc: What a document tells about the item of a case.
-- roles: staff
-- in: case_id int
-- out: item_id int, epoch int, url_sealed blob, first_at_us int,
-- out: n_reports int, country text, asn int, network text,
-- out: provider_id int, traced_at_us int, url_kind int, opened_at_us int
SELECT id, epoch, url_sealed, first_at_us, n_reports, country, asn, network,
	provider_id, traced_at_us, kind,
	coalesce((SELECT max(e.at_us) FROM event e WHERE e.object_kind = 2
		AND e.object_id = item.case_id AND e.kind = 216), 0)
FROM item WHERE case_id = $1 ORDER BY first_at_us, id LIMIT 1;

-- name: referral_spelling
-- doc: The sealed answers of the first reports that name an item.
-- roles: staff
-- in: item_id int, n_most int
-- out: report_id int, epoch int, key_sealed blob, body_sealed blob
SELECT r.id, p.epoch, p.key_sealed, p.body_sealed
FROM report_item a JOIN report r ON r.id = a.report_id
JOIN report_part p ON p.report_id = r.id AND p.part = 1
WHERE a.item_id = $1 AND length(p.key_sealed) > 0
ORDER BY r.received_at_us, r.id LIMIT $2;

-- name: referral_trace
-- doc: The newest look-up of an item's host.
-- roles: staff
-- in: item_id int
-- out: id int, at_us int, epoch int, facts_sealed blob, country text,
-- out: asn int, network text
SELECT id, at_us, epoch, facts_sealed, country, asn, network
FROM trace WHERE item_id = $1 AND source = 1 ORDER BY at_us DESC, id LIMIT 1;

-- name: referral_assessment
-- doc: What decided a case: the last round of its last cycle with one, or a
-- doc: known hash in the place of both.
-- roles: staff
-- in: case_id int, cycle int
-- out: profile text, facts text, rules text, outcome int, made_at_us int,
-- out: first_at_us int, known int
SELECT profile, facts, rules, outcome, made_at_us, first_at_us, known
FROM (SELECT a.cycle AS cycle, a.round AS round, a.profile AS profile,
		a.facts AS facts, a.rules AS rules, a.outcome AS outcome,
		a.made_at_us AS made_at_us, (SELECT min(b.made_at_us)
			FROM assessment b WHERE b.case_id = a.case_id
				AND b.cycle = a.cycle) AS first_at_us,
		0 AS known
	FROM assessment a WHERE a.case_id = $1 AND a.cycle <= $2
	UNION ALL SELECT r.cycle, 0, r.profile, r.facts, r.rules, r.outcome,
		r.at_us, r.at_us, 1
	FROM hash_resolution r WHERE r.case_id = $1 AND r.cycle <= $2
		AND r.undone_by = 0) AS decided
ORDER BY cycle DESC, round DESC LIMIT 1;

-- name: referral_step_end
-- doc: Ends the running step of a case, never before it began.
-- roles: staff, worker
-- in: ended_at_us int, case_id int
UPDATE case_step SET ended_at_us =
	CASE WHEN started_at_us > $1 THEN started_at_us ELSE $1 END
WHERE case_id = $2 AND ended_at_us = 0;

-- name: referral_step_begin
-- doc: Begins a step of a case.
-- roles: staff, worker
-- in: id int, case_id int, step int, started_at_us int
INSERT INTO case_step (id, case_id, step, holder, started_at_us, ended_at_us)
VALUES ($1, $2, $3, 0, $4, 0);

-- name: referral_watch
-- doc: Begins to watch an item, or goes on with it.
-- roles: staff, worker
-- in: item_id int, next_at_us int, started_at_us int
INSERT INTO watch (item_id, active, stage, misses, last_miss_us, last_at_us,
	last_verdict, next_at_us, lease_until_us, started_at_us)
VALUES ($1, 1, 0, 0, 0, 0, 0, $2, 0, $3)
ON CONFLICT (item_id) DO UPDATE SET active = 1, stage = 0, misses = 0,
	offline_at_us = 0, unsure = 0, wants_person = 0, lease_until_us = 0,
	next_at_us = excluded.next_at_us WHERE watch.active = 0;

-- name: referral_watch_now
-- doc: Lets the watch look at an item at once, if it is watched.
-- roles: staff, worker
-- in: next_at_us int, item_id int
UPDATE watch SET next_at_us = $1
WHERE item_id = $2 AND active = 1 AND next_at_us > $1;

-- name: referral_watch_end
-- doc: Ends the watch of an item.
-- roles: staff
-- in: item_id int
UPDATE watch SET active = 0, next_at_us = 0 WHERE item_id = $1;

-- name: referral_watched
-- doc: Whether an item is watched now.
-- roles: staff
-- in: item_id int
-- out: active int
SELECT active FROM watch WHERE item_id = $1;

-- name: outbox_add
-- doc: A message to send; conflict when one of the referral waits already.
-- roles: staff, worker, admin
-- in: id int, referral_id int, next_at_us int, created_at_us int
-- expect: one
INSERT INTO outbox (id, referral_id, kind, state, attempts, next_at_us,
	lease_until_us, created_at_us, done_at_us)
SELECT $1, $2, 1, 1, 0, $3, 0, $4, 0
WHERE NOT EXISTS (SELECT 1 FROM outbox
	WHERE referral_id = $2 AND state = 1);

-- name: outbox_drop
-- doc: Gives up the try that waits; conflict while the worker has it.
-- roles: staff, worker, admin
-- in: done_at_us int, referral_id int, lease_until_us int
-- expect: one
UPDATE outbox SET state = 3, done_at_us = $1
WHERE referral_id = $2 AND state = 1 AND lease_until_us <= $3;

-- name: outbox_due
-- doc: Messages whose time has come, to the police first. Times too far
-- doc: ahead were written by a clock that has been set back since.
-- roles: worker
-- in: now_us int, far_us int, lease_far_us int, n_most int
-- out: id int, referral_id int, attempts int, created_at_us int,
-- out: lease_until_us int
SELECT o.id, o.referral_id, o.attempts, o.created_at_us, o.lease_until_us
FROM outbox o JOIN referral f ON f.id = o.referral_id
WHERE o.state = 1 AND (o.next_at_us <= $1 OR o.next_at_us > $2)
	AND (o.lease_until_us <= $1 OR o.lease_until_us > $3)
ORDER BY CASE f.kind WHEN 1 THEN 0 ELSE 1 END, o.next_at_us, o.id LIMIT $4;

-- name: outbox_lease
-- doc: Takes a message to send it; conflict when somebody else has it.
-- roles: worker
-- in: lease_until_us int, id int, lease_before_us int
-- expect: one
UPDATE outbox SET lease_until_us = $1
WHERE id = $2 AND state = 1 AND lease_until_us = $3;

-- name: outbox_done
-- doc: How a try went; conflict when the lease was lost.
-- roles: worker
-- in: state int, attempts int, next_at_us int, done_at_us int, id int,
-- in: lease_until_us int
-- expect: one
UPDATE outbox SET state = $1, attempts = $2, next_at_us = $3,
	lease_until_us = 0, done_at_us = $4
WHERE id = $5 AND state = 1 AND lease_until_us = $6;

-- name: outbox_next
-- doc: When the next message is due, 0 for none.
-- roles: worker, admin
-- out: next_at_us int, n int
SELECT coalesce(min(next_at_us), 0), count(*) FROM outbox WHERE state = 1;

-- name: answer_links_end
-- doc: Forgets answer links that have expired for a while.
-- roles: worker
-- in: until_us int
UPDATE referral SET answer_hash = x'', answer_before = x''
WHERE answer_hash <> x'' AND answer_until_us > 0 AND answer_until_us < $1;

-- name: answer_link
-- doc: What whoever holds an answer link may see.
-- roles: public, staff
-- in: answer_hash blob
-- out: id int, case_id int, kind int, name text, state int, version int,
-- out: is_test int, sent_at_us int, answer_until_us int, answer int,
-- out: answered_at_us int
SELECT f.id, f.case_id, f.kind, p.name, f.state, f.version, f.is_test,
	f.sent_at_us, f.answer_until_us, f.answer, f.answered_at_us
FROM referral f JOIN recipient p ON p.id = f.recipient_id
WHERE $1 <> x'' AND (f.answer_hash = $1 OR f.answer_before = $1);

-- name: answer_given
-- doc: What was answered by this link and by other ways, oldest first.
-- roles: public, staff
-- in: answer_hash blob
-- out: at_us int, answer int, digest blob
SELECT a.at_us, a.answer, a.digest
FROM referral f JOIN answer a ON a.referral_id = f.id
WHERE $1 <> x'' AND (f.answer_hash = $1 OR f.answer_before = $1)
ORDER BY a.at_us, a.id;

-- name: answer_key
-- doc: The queue key that answers are sealed to now.
-- roles: public, staff
-- out: epoch int, public_key blob
SELECT epoch, public_key FROM key_epoch
WHERE closed_at_us = 0 AND kind = 1 ORDER BY epoch DESC LIMIT 1;

-- name: answer_add
-- doc: An answer by link; conflict when the link is not good any more.
-- roles: public
-- in: id int, at_us int, answer int, via int, epoch int, words_sealed blob,
-- in: digest blob, answer_hash blob, now_us int
-- expect: one
INSERT INTO answer (id, referral_id, at_us, answer, via, epoch, words_sealed,
	staff_id, digest)
SELECT $1, f.id, $2, $3, $4, $5, $6, 0, $7 FROM referral f
WHERE $8 <> x'' AND (f.answer_hash = $8 OR f.answer_before = $8)
	AND (f.answer_until_us = 0 OR f.answer_until_us > $9);

-- name: answer_record
-- doc: Makes an answer by link the present one; conflict when somebody else
-- doc: was faster.
-- roles: public
-- in: state int, answer int, answered_at_us int, answer_hash blob,
-- in: version int
-- expect: one
UPDATE referral SET version = version + 1, state = $1, answer = $2,
	answered_at_us = $3
WHERE $4 <> x'' AND (answer_hash = $4 OR answer_before = $4) AND version = $5
	AND (state = $1 OR ($1 = 6 AND state IN (5, 7)));

-- name: answer_watch_now
-- doc: Lets the watch look at once at the item of an answer link.
-- roles: public
-- in: next_at_us int, answer_hash blob
UPDATE watch SET next_at_us = $1
WHERE active = 1 AND next_at_us > $1 AND item_id IN (SELECT item_id
	FROM referral WHERE $2 <> x''
		AND (answer_hash = $2 OR answer_before = $2));

-- name: answer_add_staff
-- doc: An answer that came by another way.
-- roles: staff
-- in: id int, referral_id int, at_us int, answer int, via int, epoch int,
-- in: words_sealed blob, staff_id int
INSERT INTO answer (id, referral_id, at_us, answer, via, epoch, words_sealed,
	staff_id, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, x'');

-- name: answer_list
-- doc: What was answered to a referral, oldest first, sealed; the case that
-- doc: was made of a new address, 0 for none.
-- roles: staff
-- in: referral_id int
-- out: id int, at_us int, answer int, via int, epoch int, words_sealed blob,
-- out: staff_id int, case_id int
SELECT a.id, a.at_us, a.answer, a.via, a.epoch, a.words_sealed, a.staff_id,
	coalesce((SELECT i.case_id FROM report_item l
		JOIN item i ON i.id = l.item_id
		WHERE l.report_id = a.report_id AND a.report_id <> 0
		ORDER BY l.position LIMIT 1), 0)
FROM answer a WHERE a.referral_id = $1 ORDER BY a.at_us, a.id;

-- name: recipient_list
-- doc: Recipients by kind, country and name.
-- roles: staff, admin
-- in: id int, kind int, state int
-- out: id int, kind int, name text, mail text, country text, asn int,
-- out: channel int, state int, source int, proposed_by int,
-- out: created_at_us int, decided_at_us int, decided_by int,
-- out: proposed_name text, decided_name text, n_referrals int
SELECT p.id, p.kind, p.name, p.mail, p.country, p.asn, p.channel, p.state,
	p.source, p.proposed_by, p.created_at_us, p.decided_at_us,
	p.decided_by, coalesce(s.display_name, ''),
	coalesce(d.display_name, ''),
	(SELECT count(*) FROM referral f WHERE f.recipient_id = p.id)
FROM recipient p LEFT JOIN staff s ON s.id = p.proposed_by
LEFT JOIN staff d ON d.id = p.decided_by
WHERE ($1 = 0 OR p.id = $1) AND ($2 = 0 OR p.kind = $2)
	AND ($3 = 0 OR p.state = $3)
ORDER BY p.kind, p.country, p.name, p.id;

-- name: recipient_add
-- doc: A contact, proposed; conflict when there is such a one.
-- roles: staff, admin
-- in: id int, kind int, name text, mail text, country text, asn int,
-- in: channel int, state int, source int, created_at_us int,
-- in: proposed_by int
INSERT INTO recipient (id, kind, name, mail, country, asn, channel, state,
	source, created_at_us, decided_at_us, decided_by, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11);

-- name: recipient_decide
-- doc: Approves, rejects or retires a contact that is in a state.
-- roles: staff, admin
-- in: state int, decided_at_us int, decided_by int, id int,
-- in: state_before int
-- expect: one
UPDATE recipient SET state = $1, decided_at_us = $2, decided_by = $3
WHERE id = $4 AND state = $5;

-- name: recipient_change
-- doc: New words for a contact, and the state that follows.
-- roles: staff
-- in: name text, mail text, country text, asn int, channel int, state int,
-- in: proposed_by int, id int, mail_before text, state_before int
-- expect: one
UPDATE recipient SET name = $1, mail = $2, country = $3, asn = $4,
	channel = $5, state = $6, proposed_by = $7
WHERE id = $8 AND mail = $9 AND state = $10;

-- name: recipient_unapproved
-- doc: Contacts that wait for approval.
-- roles: staff, admin
-- out: n int
SELECT count(*) FROM recipient WHERE state = 1;
