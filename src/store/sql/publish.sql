-- SPDX-License-Identifier: Apache-2.0
-- What people decide about lists of addresses: src/publish. States as in
-- domain/list.h: list_entry.state 1 proposed, 2 in force, 3 waits for a third,
-- 4 refused, 5 ended; list_consumer.state 1 proposed, 2 in use, 3 refused, 4
-- ended; list_edition.state 1 held, 3 refused, 5 released; list_appeal.state 1
-- open, 2 upheld; list_consumer_change.state and list_rollback.state 1 waits,
-- 2 approved, 3 refused, 4 withdrawn. item.state 3 perhaps gone, 4 gone;
-- cases.state 5 agreed, 7 decided, 8 being referred, 9 being watched, 10
-- closed; outcomes 1 and 2 are illegal.

-- name: list_staff_sign
-- doc: The public half of what a person signs with.
-- roles: staff
-- in: sign_key blob, id int
-- expect: one
UPDATE staff SET sign_key = $1 WHERE id = $2;

-- name: list_head_get
-- doc: Which hotline this is, and whether publication is halted.
-- roles: staff
-- out: hotline blob, public_key blob, halted_by int, halted_at_us int,
-- out: halted_name text, resume_by int, resume_at_us int, resume_name text,
-- out: root_version int, root_expires_us int
SELECT h.hotline, h.public_key, h.halted_by, h.halted_at_us,
	coalesce(a.display_name, ''), h.resume_by, h.resume_at_us,
	coalesce(b.display_name, ''), h.root_version, h.root_expires_us
FROM list_head h LEFT JOIN staff a ON a.id = h.halted_by
LEFT JOIN staff b ON b.id = h.resume_by;

-- name: list_case_get
-- doc: What of a case and its item decides whether it may be listed. `sound`:
-- doc: judged by two people, or known by an entry of our own list that two
-- doc: people stand behind.
-- roles: staff
-- in: case_id int
-- out: item_id int, kind int, epoch int, url_sealed blob, item_state int,
-- out: version int, is_test int, sound int, seen_at_us int
SELECT i.id, i.kind, i.epoch, i.url_sealed, i.state, c.version, c.is_test,
	c.second_by > 0 OR c.third_by > 0 OR EXISTS (
		SELECT 1 FROM hash_resolution r
		JOIN hash_entry e ON e.id = r.entry_id
		JOIN hash_list l ON l.id = e.list_id
		WHERE r.case_id = c.id AND r.cycle = c.reopened
		AND r.undone_by = 0 AND l.kind = 1 AND e.state = 2
		AND e.n_deconfirmed = 0
		AND e.proposed_by > 0 AND e.approved_by > 0
		AND e.proposed_by <> e.approved_by),
	coalesce(w.last_seen_us, 0)
FROM cases c JOIN item i ON i.case_id = c.id
LEFT JOIN watch w ON w.item_id = i.id
WHERE c.id = $1;

-- name: list_entry_at
-- doc: What is listed, or waits, at a place; for all or for one consumer.
-- roles: staff
-- in: place_hash blob, consumer_id int
-- out: id int, state int, proposed_by int, approved_by int, third_by int
SELECT id, state, proposed_by, approved_by, third_by FROM list_entry
WHERE place_hash = $1 AND consumer_id = $2 AND state IN (1, 2, 3);

-- name: list_entry_add
-- doc: Proposes an entry of a case that is as it was read; conflict when it
-- doc: is not, or the place is listed or waits.
-- roles: staff
-- in: id int, scope int, keep int, reason int, place_hash blob,
-- in: place_sealed blob, commitment blob, popular int, proposed_by int,
-- in: proposed_at_us int, proposed_key blob, proposed_sig blob,
-- in: looked_at_us int, case_id int, version int
-- expect: one
INSERT INTO list_entry (id, kind, item_id, case_id, consumer_id, scope, keep,
	reason, place_hash, place_sealed, commitment, popular, state, version,
	proposed_by, proposed_at_us, proposed_key, proposed_sig, approved_by,
	approved_at_us, approved_key, approved_sig, third_by, third_at_us,
	looked_at_us, ended_by, ended_at_us, ended_why, first_edition,
	released_at_us)
SELECT $1, 1, i.id, c.id, 0, $2, $3, $4, $5, $6, $7, $8, 1, 1, $9, $10, $11,
	$12, 0, 0, x'', x'', 0, 0, $13, 0, 0, 0, 0, 0
FROM cases c JOIN item i ON i.case_id = c.id
WHERE c.id = $14 AND c.version = $15 AND c.is_test = 0
	AND c.outcome IN (1, 2) AND c.state IN (5, 7, 8, 9, 10)
	AND i.url_sealed <> x'' AND i.state NOT IN (3, 4);

-- name: list_canary_add
-- doc: Proposes a canary of a consumer.
-- roles: staff
-- in: id int, consumer_id int, scope int, keep int, reason int,
-- in: place_hash blob, place_sealed blob, commitment blob, proposed_by int,
-- in: proposed_at_us int, proposed_key blob, proposed_sig blob
INSERT INTO list_entry (id, kind, item_id, case_id, consumer_id, scope, keep,
	reason, place_hash, place_sealed, commitment, popular, state, version,
	proposed_by, proposed_at_us, proposed_key, proposed_sig, approved_by,
	approved_at_us, approved_key, approved_sig, third_by, third_at_us,
	looked_at_us, ended_by, ended_at_us, ended_why, first_edition,
	released_at_us)
VALUES ($1, 2, 0, 0, $2, $3, $4, $5, $6, $7, $8, 0, 1, 1, $9, $10, $11, $12,
	0, 0, x'', x'', 0, 0, 0, 0, 0, 0, 0, 0);

-- name: list_entry_get
-- doc: An entry with its case and item; watched: the watch looks, and can
-- doc: tell.
-- roles: staff
-- in: id int
-- out: id int, version int, kind int, item_id int, case_id int,
-- out: consumer_id int, scope int, keep int, reason int, place_hash blob,
-- out: commitment blob, popular int, state int, proposed_by int,
-- out: proposed_name text, proposed_at_us int, proposed_key blob,
-- out: proposed_sig blob, approved_by int, approved_name text,
-- out: approved_at_us int, approved_key blob, approved_sig blob,
-- out: third_by int, third_name text, third_at_us int, looked_at_us int,
-- out: ended_by int, ended_name text, ended_at_us int, ended_why int,
-- out: first_edition int, released_at_us int, epoch int, url_sealed blob,
-- out: item_state int, watched int, seen_at_us int, first_by int,
-- out: second_by int, judged_by int
SELECT e.id, e.version, e.kind, e.item_id, e.case_id, e.consumer_id, e.scope,
	e.keep, e.reason, e.place_hash, e.commitment, e.popular, e.state,
	e.proposed_by, coalesce(p.display_name, ''), e.proposed_at_us,
	e.proposed_key, e.proposed_sig, e.approved_by,
	coalesce(a.display_name, ''), e.approved_at_us, e.approved_key,
	e.approved_sig, e.third_by, coalesce(t.display_name, ''),
	e.third_at_us, e.looked_at_us, e.ended_by,
	coalesce(n.display_name, ''), e.ended_at_us, e.ended_why,
	e.first_edition, e.released_at_us, coalesce(i.epoch, 0),
	coalesce(i.url_sealed, x''), coalesce(i.state, 0),
	coalesce(w.active AND NOT w.wants_person, 0),
	coalesce(w.last_seen_us, 0), coalesce(c.first_by, 0),
	coalesce(c.second_by, 0), coalesce(c.third_by, 0)
FROM list_entry e LEFT JOIN staff p ON p.id = e.proposed_by
LEFT JOIN staff a ON a.id = e.approved_by
LEFT JOIN staff t ON t.id = e.third_by
LEFT JOIN staff n ON n.id = e.ended_by
LEFT JOIN item i ON i.id = e.item_id LEFT JOIN cases c ON c.id = e.case_id
LEFT JOIN watch w ON w.item_id = e.item_id
WHERE e.id = $1;

-- name: list_entries
-- doc: Entries; state 0: any; case 0: any; seen_before 0: any, else those that
-- doc: nobody has seen since, but somebody after seen_after. Oldest first while
-- doc: they wait.
-- roles: staff
-- in: state int, consumer_id int, case_id int, seen_before_us int,
-- in: seen_after_us int, n_most int, n_skip int
-- out: id int, version int, kind int, item_id int, case_id int,
-- out: consumer_id int, scope int, reason int, popular int, state int,
-- out: proposed_by int, proposed_name text, proposed_at_us int,
-- out: approved_by int, approved_name text, approved_at_us int,
-- out: third_by int, third_name text, third_at_us int, looked_at_us int,
-- out: ended_by int, ended_name text, ended_at_us int, ended_why int,
-- out: first_edition int, released_at_us int, watched int, seen_at_us int
SELECT e.id, e.version, e.kind, e.item_id, e.case_id, e.consumer_id, e.scope,
	e.reason, e.popular, e.state, e.proposed_by,
	coalesce(p.display_name, ''), e.proposed_at_us, e.approved_by,
	coalesce(a.display_name, ''), e.approved_at_us, e.third_by,
	coalesce(t.display_name, ''), e.third_at_us, e.looked_at_us,
	e.ended_by, coalesce(n.display_name, ''), e.ended_at_us, e.ended_why,
	e.first_edition, e.released_at_us,
	coalesce(w.active AND NOT w.wants_person, 0),
	coalesce(w.last_seen_us, 0)
FROM list_entry e LEFT JOIN staff p ON p.id = e.proposed_by
LEFT JOIN staff a ON a.id = e.approved_by
LEFT JOIN staff t ON t.id = e.third_by
LEFT JOIN staff n ON n.id = e.ended_by
LEFT JOIN watch w ON w.item_id = e.item_id
WHERE ($1 = 0 OR e.state = $1) AND e.consumer_id = $2
	AND ($3 = 0 OR e.case_id = $3)
	AND ($4 = 0 OR (max(coalesce(w.last_seen_us, 0), e.looked_at_us) < $4
		AND max(coalesce(w.last_seen_us, 0), e.looked_at_us) > $5))
ORDER BY CASE WHEN $1 IN (1, 3) THEN e.proposed_at_us ELSE 0 END,
	max(e.proposed_at_us, e.ended_at_us) DESC, e.id
LIMIT $6 OFFSET $7;

-- name: list_entry_told
-- doc: What consumers told of an entry since an hour, 2^40 an hour at most,
-- doc: and open appeals.
-- roles: staff
-- in: entry_id int, hour int
-- out: hits int, clients int, appeals int
SELECT coalesce(sum(max(0, min(hits, 1099511627776))), 0),
	coalesce(sum(max(0, min(clients, 1099511627776))), 0),
	(SELECT count(*) FROM list_appeal WHERE entry_id = $1 AND state = 1)
FROM list_count_entry WHERE entry_id = $1 AND hour >= $2;

-- name: list_entry_approve
-- doc: A second person's yes to what they saw; in force (2), or waits for a
-- doc: third (3). Conflict when it is the first's, or anything has changed.
-- roles: staff
-- in: state int, approved_by int, approved_at_us int, approved_key blob,
-- in: approved_sig blob, place_sealed blob, id int, version int
-- expect: one
UPDATE list_entry SET state = $1,
	popular = CASE WHEN $1 = 3 THEN 1 ELSE popular END,
	approved_by = $2, approved_at_us = $3, approved_key = $4,
	approved_sig = $5, place_sealed = $6, version = version + 1
WHERE id = $7 AND version = $8 AND state = 1 AND kind = 1
	AND proposed_by <> $2 AND proposed_key <> $4
	AND ($1 = 3 OR ($1 = 2 AND popular = 0))
	AND EXISTS (SELECT 1 FROM item i JOIN cases c ON c.id = i.case_id
		WHERE i.id = list_entry.item_id AND i.url_sealed <> x''
		AND i.state NOT IN (3, 4) AND c.outcome IN (1, 2)
		AND c.state IN (5, 7, 8, 9, 10));

-- name: list_entry_third
-- doc: A third person's yes to a popular host.
-- roles: staff
-- in: third_by int, third_at_us int, id int, version int
-- expect: one
UPDATE list_entry SET state = 2, third_by = $1, third_at_us = $2,
	version = version + 1
WHERE id = $3 AND version = $4 AND state = 3
	AND proposed_by <> $1 AND approved_by <> $1
	AND EXISTS (SELECT 1 FROM item i JOIN cases c ON c.id = i.case_id
		WHERE i.id = list_entry.item_id AND i.url_sealed <> x''
		AND i.state NOT IN (3, 4) AND c.outcome IN (1, 2)
		AND c.state IN (5, 7, 8, 9, 10));

-- name: list_canary_approve
-- doc: A second person's yes to a canary.
-- roles: staff
-- in: approved_by int, approved_at_us int, approved_key blob,
-- in: approved_sig blob, id int
-- expect: one
UPDATE list_entry SET state = 2, approved_by = $1, approved_at_us = $2,
	approved_key = $3, approved_sig = $4, version = version + 1
WHERE id = $5 AND state = 1 AND kind = 2 AND proposed_by <> $1
	AND proposed_key <> $3;

-- name: list_entry_refuse
-- doc: One that is not in force will not be.
-- roles: staff
-- in: ended_by int, ended_at_us int, id int, version int
-- expect: one
UPDATE list_entry SET state = 4, ended_by = $1, ended_at_us = $2,
	place_sealed = x'', place_hash = x'', version = version + 1
WHERE id = $3 AND version = $4 AND state IN (1, 3) AND kind = 1;

-- name: list_entry_end
-- doc: Ends an entry; why as enum hl_list_end. Of an erased case it forgets
-- doc: which that was.
-- roles: staff, worker, lists, admin
-- in: ended_by int, ended_at_us int, ended_why int, id int, version int
-- expect: one
UPDATE list_entry SET state = 5, ended_by = $1, ended_at_us = $2,
	ended_why = $3, place_sealed = x'', place_hash = x'',
	item_id = CASE WHEN $3 = 6 THEN 0 ELSE item_id END,
	case_id = CASE WHEN $3 = 6 THEN 0 ELSE case_id END,
	version = version + 1
WHERE id = $4 AND version = $5 AND state IN (1, 2, 3);

-- name: list_entry_look
-- doc: A person says that it is still there; conflict where the watch looks,
-- doc: and has seen it since, and where nobody has for so long that it counts
-- doc: no more.
-- roles: staff
-- in: looked_at_us int, id int, version int, since_us int, counts_us int
-- expect: one
UPDATE list_entry SET looked_at_us = $1, version = version + 1
WHERE id = $2 AND version = $3 AND state = 2 AND kind = 1
	AND NOT EXISTS (SELECT 1 FROM watch w WHERE w.item_id =
		list_entry.item_id AND w.active = 1 AND w.wants_person = 0
		AND w.last_seen_us > $4)
	AND max(looked_at_us, coalesce((SELECT w.last_seen_us FROM watch w
		WHERE w.item_id = list_entry.item_id), 0)) > $5
	AND EXISTS (SELECT 1 FROM item i JOIN cases c ON c.id = i.case_id
		WHERE i.id = list_entry.item_id AND i.url_sealed <> x''
		AND i.state NOT IN (3, 4) AND c.outcome IN (1, 2)
		AND c.state IN (5, 7, 8, 9, 10));

-- name: list_leaf_add
-- doc: The next leaf of the log; its places have no gaps.
-- roles: staff, worker, lists, admin
-- in: entry_id int, leaf blob
INSERT INTO list_leaf (place, entry_id, leaf)
VALUES ((SELECT coalesce(max(place), -1) + 1 FROM list_leaf), $1, $2);

-- name: list_sweep
-- doc: What is not to be listed any more and has not ended, and why: also
-- doc: what nobody has seen since unseen_us. A roll-back ends what came into
-- doc: force before it was decided and its edition did not have.
-- roles: worker, lists, admin
-- in: unseen_us int, n_most int
-- out: id int, version int, why int, logged int
SELECT id, version, why, state = 2 FROM (
	SELECT e.id, e.version, e.state, CASE
		WHEN e.kind = 2 THEN CASE WHEN u.id IS NULL OR
			u.state IN (3, 4) THEN 7 ELSE 0 END
		WHEN i.id IS NULL OR i.url_sealed = x'' OR c.state = 11 THEN 6
		WHEN c.outcome NOT IN (1, 2)
			OR c.state NOT IN (5, 7, 8, 9, 10) THEN 5
		WHEN i.state = 4 THEN 1
		WHEN e.state = 2 AND EXISTS (SELECT 1 FROM list_rollback b
			WHERE b.state = 2 AND (e.first_edition = 0
				OR e.first_edition > b.edition_id)
			AND max(e.approved_at_us, e.third_at_us)
				<= b.decided_at_us) THEN 4
		WHEN e.state = 2 AND max(e.looked_at_us,
			coalesce(w.last_seen_us, 0)) <= $1 THEN 11
		ELSE 0 END AS why
	FROM list_entry e LEFT JOIN item i ON i.id = e.item_id
	LEFT JOIN cases c ON c.id = i.case_id
	LEFT JOIN list_consumer u ON u.id = e.consumer_id
	LEFT JOIN watch w ON w.item_id = e.item_id AND e.item_id > 0
	WHERE e.state IN (1, 2, 3))
WHERE why > 0 ORDER BY id LIMIT $2;

-- name: list_consumers
-- doc: Consumers, of id 0 all, with what they have and asked today and in the
-- doc: seven days before.
-- roles: staff
-- in: today int, id int
-- out: id int, version int, name text, contact text, tier int, stage int,
-- out: state int, budget int, risk text, notify text, sign_key blob,
-- out: tsig_name text, has_token int, proposed_by int, proposed_name text,
-- out: proposed_at_us int, approved_by int, approved_name text,
-- out: approved_at_us int, ended_by int, ended_name text, ended_at_us int,
-- out: list_version int, made_at_us int, expires_at_us int, n_rows int,
-- out: asked_today int, refused_today int, refused_hour int,
-- out: asked_before int, counted_hour int, last_fetch int
SELECT u.id, u.version, u.name, u.contact, u.tier, u.stage, u.state, u.budget,
	u.risk, u.notify, u.sign_key, u.tsig_name, u.token_hash <> x'',
	u.proposed_by, coalesce(p.display_name, ''), u.proposed_at_us,
	u.approved_by, coalesce(a.display_name, ''), u.approved_at_us,
	u.ended_by, coalesce(n.display_name, ''), u.ended_at_us,
	coalesce(v.version, 0), coalesce(v.made_at_us, 0),
	coalesce(v.expires_at_us, 0), coalesce(v.n_rows, 0),
	(SELECT coalesce(sum(asked), 0) FROM list_use
		WHERE consumer_id = u.id AND hour >= $1),
	(SELECT coalesce(sum(refused), 0) FROM list_use
		WHERE consumer_id = u.id AND hour >= $1),
	(SELECT coalesce(max(hour), 0) FROM list_use
		WHERE consumer_id = u.id AND hour >= $1 AND refused > 0),
	(SELECT coalesce(sum(asked), 0) / 7 FROM list_use
		WHERE consumer_id = u.id AND hour >= $1 - 168 AND hour < $1),
	(SELECT coalesce(max(hour), 0) FROM list_count
		WHERE consumer_id = u.id), u.last_fetch
FROM list_consumer u LEFT JOIN staff p ON p.id = u.proposed_by
LEFT JOIN staff a ON a.id = u.approved_by
LEFT JOIN staff n ON n.id = u.ended_by
LEFT JOIN list_version v ON v.consumer_id = u.id AND v.version = (
	SELECT max(version) FROM list_version WHERE consumer_id = u.id)
WHERE $2 = 0 OR u.id = $2
ORDER BY CASE u.state WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE 2 END, u.name;

-- name: list_consumer_any
-- doc: One consumer of a state, if there is one.
-- roles: admin
-- in: state int
-- out: id int
SELECT id FROM list_consumer WHERE state = $1 ORDER BY id LIMIT 1;

-- name: list_consumer_add
-- doc: Proposes a consumer; conflict when the name is taken.
-- roles: staff
-- in: id int, name text, contact text, tier int, stage int, sign_key blob,
-- in: budget int, risk text, notify text, proposed_by int, proposed_at_us int
INSERT INTO list_consumer (id, name, contact, tier, stage, state, version,
	token_hash, sign_key, budget, risk, tsig_name, tsig_sealed, notify,
	proposed_by, proposed_at_us, approved_by, approved_at_us, ended_by,
	ended_at_us, last_fetch)
VALUES ($1, $2, $3, $4, $5, 1, 1, x'', $6, $7, $8, '', x'', $9, $10, $11,
	0, 0, 0, 0, 0);

-- name: list_consumer_approve
-- doc: A second supervisor's yes; conflict when the first gives it.
-- roles: staff
-- in: approved_by int, approved_at_us int, token_hash blob, tsig_name text,
-- in: tsig_sealed blob, id int, version int
-- expect: one
UPDATE list_consumer SET state = 2, approved_by = $1, approved_at_us = $2,
	token_hash = $3, tsig_name = $4, tsig_sealed = $5,
	version = version + 1
WHERE id = $6 AND version = $7 AND state = 1 AND proposed_by <> $1;

-- name: list_consumer_token
-- doc: A new token, and a new secret for transfers.
-- roles: staff
-- in: token_hash blob, tsig_name text, tsig_sealed blob, id int, version int
-- expect: one
UPDATE list_consumer SET token_hash = $1, tsig_name = $2, tsig_sealed = $3,
	version = version + 1
WHERE id = $4 AND version = $5 AND state = 2;

-- name: list_consumer_end
-- doc: It gets nothing any more: 3 refused, 4 ended.
-- roles: staff
-- in: state int, ended_by int, ended_at_us int, id int, version int
-- expect: one
UPDATE list_consumer SET state = $1, ended_by = $2, ended_at_us = $3,
	tsig_sealed = x'', version = version + 1
WHERE id = $4 AND version = $5
	AND (($1 = 3 AND state = 1) OR ($1 = 4 AND state = 2));

-- name: list_consumer_set
-- doc: Changes a consumer in use; conflict when it would be more: a larger
-- doc: budget, another stage, another tier than 1.
-- roles: staff
-- in: name text, contact text, notify text, sign_key blob, budget int,
-- in: tier int, id int, version int
-- expect: one
UPDATE list_consumer SET name = $1, contact = $2, notify = $3, sign_key = $4,
	budget = $5, tier = $6, risk = CASE WHEN $6 = 0 THEN risk ELSE '' END,
	version = version + 1
WHERE id = $7 AND version = $8 AND state = 2 AND budget >= $5
	AND (tier = $6 OR $6 = 1);

-- name: list_canaries
-- doc: Canaries of a consumer that are not over.
-- roles: staff
-- in: consumer_id int
-- out: id int, version int, scope int, place_hash blob, commitment blob,
-- out: proposed_by int, proposed_key blob, proposed_sig blob, state int
SELECT id, version, scope, place_hash, commitment, proposed_by, proposed_key,
	proposed_sig, state
FROM list_entry WHERE consumer_id = $1 AND consumer_id > 0 AND kind = 2
	AND state IN (1, 2)
ORDER BY id;

-- name: list_changes
-- doc: Changes of consumers that wait for a second supervisor; of 0: of all.
-- roles: staff
-- in: consumer_id int
-- out: id int, consumer_id int, name text, version int, tier int, stage int,
-- out: budget int, risk text, proposed_by int, proposed_name text,
-- out: proposed_at_us int
SELECT h.id, h.consumer_id, u.name, u.version, h.tier, h.stage, h.budget,
	h.risk, h.proposed_by, coalesce(s.display_name, ''), h.proposed_at_us
FROM list_consumer_change h JOIN list_consumer u ON u.id = h.consumer_id
LEFT JOIN staff s ON s.id = h.proposed_by
WHERE h.state = 1 AND ($1 = 0 OR h.consumer_id = $1) ORDER BY h.id;

-- name: list_change_add
-- doc: More for a consumer in use; conflict when something waits already.
-- roles: staff
-- in: id int, tier int, stage int, budget int, risk text, proposed_by int,
-- in: proposed_at_us int, consumer_id int, version int
-- expect: one
INSERT INTO list_consumer_change (id, consumer_id, tier, stage, budget, risk,
	state, proposed_by, proposed_at_us, decided_by, decided_at_us)
SELECT $1, u.id, $2, $3, $4, $5, 1, $6, $7, 0, 0
FROM list_consumer u WHERE u.id = $8 AND u.version = $9 AND u.state = 2;

-- name: list_change_apply
-- doc: Makes the consumer what was proposed; conflict when the proposer says
-- doc: so, or the consumer is not what the second one saw.
-- roles: staff
-- in: id int, approved_by int, version int
-- expect: one
UPDATE list_consumer SET
	tier = CASE WHEN h.tier < 0 THEN list_consumer.tier ELSE h.tier END,
	stage = CASE WHEN h.stage < 0 THEN list_consumer.stage
		ELSE h.stage END,
	budget = CASE WHEN h.budget < 0 THEN list_consumer.budget
		ELSE h.budget END,
	risk = CASE WHEN h.tier = 0 THEN h.risk WHEN h.tier > 0 THEN ''
		ELSE list_consumer.risk END,
	version = list_consumer.version + 1
FROM list_consumer_change h
WHERE h.id = $1 AND h.state = 1 AND h.proposed_by <> $2
	AND list_consumer.id = h.consumer_id AND list_consumer.version = $3
	AND list_consumer.state = 2;

-- name: list_change_end
-- doc: 2 approved, 3 refused, both by another; 4 withdrawn, by the proposer.
-- roles: staff
-- in: state int, decided_by int, decided_at_us int, id int
-- expect: one
UPDATE list_consumer_change SET state = $1, decided_by = $2,
	decided_at_us = $3
WHERE id = $4 AND state = 1
	AND (($1 = 4 AND proposed_by = $2) OR ($1 < 4 AND proposed_by <> $2));

-- name: list_change_end_all
-- doc: A consumer ends, and with it what was proposed for it.
-- roles: staff
-- in: decided_by int, decided_at_us int, consumer_id int
UPDATE list_consumer_change SET
	state = CASE WHEN proposed_by = $1 THEN 4 ELSE 3 END,
	decided_by = $1, decided_at_us = $2
WHERE consumer_id = $3 AND state = 1;

-- name: list_editions
-- doc: The newest editions and all that wait, newest first.
-- roles: staff
-- in: n_most int
-- out: id int, at_us int, n_entries int, n_hosts int, n_added int,
-- out: n_removed int, held int, state int, digest blob, decided_by int,
-- out: decided_name text, decided_at_us int
SELECT d.id, d.at_us, d.n_entries, d.n_hosts, d.n_added, d.n_removed, d.held,
	d.state, d.digest, d.decided_by, coalesce(s.display_name, ''),
	d.decided_at_us
FROM list_edition d LEFT JOIN staff s ON s.id = d.decided_by
WHERE d.state IN (1, 5) OR d.id IN (
	SELECT id FROM list_edition ORDER BY id DESC LIMIT $1)
ORDER BY d.id DESC;

-- name: list_edition_involves
-- doc: How many entries that are new in the next edition a person proposed or
-- doc: approved.
-- roles: staff
-- in: staff_id int
-- out: n int
SELECT count(*) FROM list_entry WHERE state = 2 AND first_edition = 0
	AND kind = 1 AND (proposed_by = $1 OR approved_by = $1
		OR third_by = $1);

-- name: list_edition_release
-- doc: A held edition goes out after all; conflict when it is not the newest
-- doc: of those that people were asked about, its digest is another, or who
-- doc: says so stands behind one of its new entries.
-- roles: staff
-- in: decided_by int, decided_at_us int, id int, digest blob
-- expect: one
UPDATE list_edition SET state = 5, decided_by = $1, decided_at_us = $2
WHERE id = $3 AND digest = $4 AND state = 1
	AND id = (SELECT max(id) FROM list_edition WHERE state IN (1, 3, 5))
	AND NOT EXISTS (SELECT 1 FROM list_entry WHERE state = 2
		AND first_edition = 0 AND kind = 1 AND (proposed_by = $1
			OR approved_by = $1 OR third_by = $1));

-- name: list_edition_refuse
-- doc: A held edition does not go out; conflict when it is not the newest of
-- doc: those that people were asked about.
-- roles: staff
-- in: decided_by int, decided_at_us int, id int
-- expect: one
UPDATE list_edition SET state = 3, decided_by = $1, decided_at_us = $2
WHERE id = $3 AND state = 1
	AND id = (SELECT max(id) FROM list_edition WHERE state IN (1, 3, 5));

-- name: list_halt
-- doc: Nothing is published from now on.
-- roles: staff
-- in: halted_by int, halted_at_us int
-- expect: one
UPDATE list_head SET halted_by = $1, halted_at_us = $2, resume_by = 0,
	resume_at_us = 0
WHERE halted_by = 0;

-- name: list_resume_propose
-- doc: Somebody wants publication to go on.
-- roles: staff
-- in: resume_by int, resume_at_us int
-- expect: one
UPDATE list_head SET resume_by = $1, resume_at_us = $2
WHERE halted_by > 0 AND resume_by = 0;

-- name: list_resume
-- doc: Another one does, too: it goes on.
-- roles: staff
-- in: by int
-- expect: one
UPDATE list_head SET halted_by = 0, halted_at_us = 0, resume_by = 0,
	resume_at_us = 0
WHERE halted_by > 0 AND resume_by > 0 AND resume_by <> $1;

-- name: list_rollback_get
-- doc: The roll-back that waits, and how many entries it would end.
-- roles: staff
-- out: id int, edition_id int, proposed_by int, proposed_name text,
-- out: proposed_at_us int, n int
SELECT b.id, b.edition_id, b.proposed_by, coalesce(s.display_name, ''),
	b.proposed_at_us, (SELECT count(*) FROM list_entry e
		WHERE e.state = 2 AND e.kind = 1 AND (e.first_edition = 0
			OR e.first_edition > b.edition_id))
FROM list_rollback b LEFT JOIN staff s ON s.id = b.proposed_by
WHERE b.state = 1;

-- name: list_rollback_add
-- doc: Proposes to go back to an edition that went out; conflict when
-- doc: something waits.
-- roles: staff
-- in: id int, proposed_by int, proposed_at_us int, edition_id int
-- expect: one
INSERT INTO list_rollback (id, edition_id, state, proposed_by, proposed_at_us,
	decided_by, decided_at_us)
SELECT $1, d.id, 1, $2, $3, 0, 0 FROM list_edition d
WHERE d.id = $4 AND d.state = 2;

-- name: list_rollback_end
-- doc: 2 approved, 3 refused, both by another; 4 withdrawn, by the proposer.
-- roles: staff
-- in: state int, decided_by int, decided_at_us int, id int
-- expect: one
UPDATE list_rollback SET state = $1, decided_by = $2, decided_at_us = $3
WHERE id = $4 AND state = 1
	AND (($1 = 4 AND proposed_by = $2) OR ($1 < 4 AND proposed_by <> $2));

-- name: list_appeal_add
-- doc: Somebody says that an entry blocks what it should not. entry_id is 0
-- doc: when there is no such entry of a case. A conflict when the epoch of
-- doc: the queue key that it is sealed to has been closed meanwhile.
-- roles: public
-- in: id int, entry_id int, lookup blob, key_sealed blob, body_sealed blob,
-- in: received_at_us int, kind int, epoch int
-- expect: one
INSERT INTO list_appeal (id, entry_id, lookup, epoch, key_sealed, body_sealed,
	received_at_us, state, version, decided_by, decided_at_us, why)
SELECT $1, coalesce((SELECT id FROM list_entry WHERE id = $2 AND kind = 1), 0),
	$3, k.epoch, $4, $5, $6, 1, 1, 0, 0, 0
FROM key_epoch k WHERE k.kind = $7 AND k.epoch = $8 AND k.closed_at_us = 0;

-- name: list_appeal_status
-- doc: What became of an appeal, by what follows from its receipt.
-- roles: public
-- in: lookup blob
-- out: entry_id int, received_at_us int, state int, decided_at_us int,
-- out: why int
SELECT entry_id, received_at_us, state, decided_at_us, why
FROM list_appeal WHERE lookup = $1;

-- name: list_appeals
-- doc: Appeals, open ones first and oldest first, then the newest decided.
-- roles: staff
-- in: n_most int
-- out: id int, version int, entry_id int, received_at_us int, state int,
-- out: decided_by int, decided_name text, decided_at_us int, why int,
-- out: entry_state int, proposed_by int, approved_by int, third_by int
SELECT a.id, a.version, a.entry_id, a.received_at_us, a.state, a.decided_by,
	coalesce(s.display_name, ''), a.decided_at_us, a.why,
	coalesce(e.state, 0), coalesce(e.proposed_by, 0),
	coalesce(e.approved_by, 0), coalesce(e.third_by, 0)
FROM list_appeal a LEFT JOIN list_entry e ON e.id = a.entry_id
LEFT JOIN staff s ON s.id = a.decided_by
ORDER BY a.state > 1, CASE a.state WHEN 1 THEN a.received_at_us
	ELSE -a.decided_at_us END, a.id LIMIT $1;

-- name: list_appeal_get
-- doc: One appeal with its words, sealed.
-- roles: staff
-- in: id int
-- out: id int, version int, entry_id int, received_at_us int, state int,
-- out: decided_by int, decided_name text, decided_at_us int, why int,
-- out: entry_state int, proposed_by int, approved_by int, third_by int,
-- out: epoch int, key_sealed blob, body_sealed blob
SELECT a.id, a.version, a.entry_id, a.received_at_us, a.state, a.decided_by,
	coalesce(s.display_name, ''), a.decided_at_us, a.why,
	coalesce(e.state, 0), coalesce(e.proposed_by, 0),
	coalesce(e.approved_by, 0), coalesce(e.third_by, 0), a.epoch,
	a.key_sealed, a.body_sealed
FROM list_appeal a LEFT JOIN list_entry e ON e.id = a.entry_id
LEFT JOIN staff s ON s.id = a.decided_by
WHERE a.id = $1;

-- name: list_appeal_decide
-- doc: 2 upheld, 3 rejected; conflict when who decides stands behind the
-- doc: entry, that is a canary, or it was decided meanwhile.
-- roles: staff
-- in: state int, entry_id int, decided_by int, decided_at_us int, why int,
-- in: id int, version int
-- expect: one
UPDATE list_appeal SET state = $1, entry_id = $2, decided_by = $3,
	decided_at_us = $4, why = $5, version = version + 1
WHERE id = $6 AND version = $7 AND state = 1
	AND NOT EXISTS (SELECT 1 FROM list_entry e
		WHERE e.id IN ($2, list_appeal.entry_id)
		AND (e.proposed_by = $3 OR e.approved_by = $3
			OR e.third_by = $3))
	AND NOT EXISTS (SELECT 1 FROM list_entry e
		WHERE e.id = $2 AND e.kind <> 1);

-- name: list_counts
-- doc: What waits for people.
-- roles: staff
-- in: seen_before_us int, seen_after_us int
-- out: proposed int, third int, active int, looks int, consumers int,
-- out: changes int, held int, rollbacks int, appeals int, halted int
SELECT (SELECT count(*) FROM list_entry WHERE state = 1 AND kind = 1),
	(SELECT count(*) FROM list_entry WHERE state = 3),
	(SELECT count(*) FROM list_entry WHERE state = 2 AND kind = 1),
	(SELECT count(*) FROM list_entry e
		LEFT JOIN watch w ON w.item_id = e.item_id
		WHERE e.state = 2 AND e.kind = 1 AND
		max(coalesce(w.last_seen_us, 0), e.looked_at_us) < $1
		AND max(coalesce(w.last_seen_us, 0), e.looked_at_us) > $2),
	(SELECT count(*) FROM list_consumer WHERE state = 1),
	(SELECT count(*) FROM list_consumer_change WHERE state = 1),
	(SELECT count(*) FROM list_edition WHERE state = 1),
	(SELECT count(*) FROM list_rollback WHERE state = 1),
	(SELECT count(*) FROM list_appeal WHERE state = 1),
	(SELECT halted_by > 0 FROM list_head);
