-- SPDX-License-Identifier: Apache-2.0
-- The registry of known hashes: src/registry, src/casework/hashes.c.
-- hash_list.state: 1 proposed, 2 active, 3 retired; hash_entry.state: 1
-- proposed, 2 active, 3 withdrawn; hash_list_proposal.state: 1 waits, 2
-- approved, 3 refused, 4 withdrawn; cases as in casework.sql.

-- name: hash_lists
-- doc: All lists with what is on them, our own first.
-- roles: staff, admin
-- out: id int, kind int, name text, owner text, source text, negative int,
-- out: radius int, resolve int, resolve_radius int, outcome int, state int,
-- out: version int, proposed_by int, proposed_name text,
-- out: proposed_at_us int, approved_by int, approved_name text,
-- out: approved_at_us int, imported_at_us int, owner_version text,
-- out: n_proposed int, n_active int, n_withdrawn int
SELECT l.id, l.kind, l.name, l.owner, l.source, l.negative, l.radius,
	l.resolve, l.resolve_radius, l.outcome, l.state, l.version,
	l.proposed_by, coalesce(p.display_name, ''), l.proposed_at_us,
	l.approved_by, coalesce(a.display_name, ''), l.approved_at_us,
	l.imported_at_us, l.owner_version,
	(SELECT n FROM hash_count k WHERE k.list_id = l.id AND k.state = 1),
	(SELECT n FROM hash_count k WHERE k.list_id = l.id AND k.state = 2),
	(SELECT n FROM hash_count k WHERE k.list_id = l.id AND k.state = 3)
FROM hash_list l LEFT JOIN staff p ON p.id = l.proposed_by
LEFT JOIN staff a ON a.id = l.approved_by
ORDER BY l.kind, l.id;

-- name: hash_list_add
-- doc: A new list; conflict when its number or name is taken.
-- roles: staff, admin
-- in: id int, kind int, name text, owner text, source text, negative int,
-- in: radius int, resolve_radius int, outcome int, proposed_by int,
-- in: proposed_at_us int
INSERT INTO hash_list (id, kind, name, owner, source, negative, radius,
	resolve, resolve_radius, outcome, state, version, proposed_by,
	proposed_at_us, approved_by, approved_at_us, imported_at_us,
	owner_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, 1, 1, $10, $11, 0, 0, 0, '');

-- name: hash_list_next
-- doc: The number of the next list and of the next entry.
-- roles: staff, admin
-- out: list_id int, entry_id int
SELECT (SELECT coalesce(max(id), 0) + 1 FROM hash_list),
	(SELECT coalesce(max(id), 0) + 1 FROM hash_entry);

-- name: hash_list_draft
-- doc: Changes a list that waits; who did proposes it from now on, so that
-- doc: another has to approve what it is now.
-- roles: staff
-- in: source text, radius int, resolve int, resolve_radius int,
-- in: outcome int, proposed_by int, proposed_at_us int, id int, version int
-- expect: one
UPDATE hash_list SET source = $1, radius = $2, resolve = $3,
	resolve_radius = $4, outcome = $5, proposed_by = $6,
	proposed_at_us = $7, version = version + 1
WHERE id = $8 AND version = $9 AND state = 1;

-- name: hash_list_approve
-- doc: A second supervisor's yes; conflict when the first gives it, or too
-- doc: late.
-- roles: staff
-- in: approved_by int, approved_at_us int, id int, version int
-- expect: one
UPDATE hash_list SET state = 2, approved_by = $1, approved_at_us = $2,
	version = version + 1
WHERE id = $3 AND version = $4 AND state = 1 AND proposed_by <> $1;

-- name: hash_list_lessen
-- doc: Changes a list in use; conflict when it would count for more. Of a
-- doc: list of harmless things every other radius is more.
-- roles: staff
-- in: source text, radius int, resolve int, resolve_radius int,
-- in: outcome int, id int, version int
-- expect: one
UPDATE hash_list SET source = $1, radius = $2, resolve = $3,
	resolve_radius = $4, outcome = $5, version = version + 1
WHERE id = $6 AND version = $7 AND state = 2 AND radius >= $2
	AND resolve >= $3 AND resolve_radius >= $4
	AND (outcome = $5 OR $5 = 0) AND (negative = 0 OR radius = $2);

-- name: hash_list_touch
-- doc: Holds only while a list is in use and nobody has changed it.
-- roles: staff
-- in: id int, version int
-- expect: one
UPDATE hash_list SET version = version + 1
WHERE id = $1 AND version = $2 AND state = 2;

-- name: hash_list_retire
-- doc: Takes a list out of use; conflict when it has harmless things in use,
-- doc: which takes two.
-- roles: staff
-- in: id int, version int
-- expect: one
UPDATE hash_list SET state = 3, version = version + 1
WHERE id = $1 AND version = $2 AND state < 3
	AND (state = 1 OR negative = 0 OR (SELECT n FROM hash_count k
		WHERE k.list_id = hash_list.id AND k.state = 2) = 0);

-- name: hash_proposal_list
-- doc: Changes of lists that wait for a second supervisor, of list 0: of all.
-- roles: staff
-- in: list_id int
-- out: id int, list_id int, list_name text, label int, label_text text,
-- out: radius int, resolve int, resolve_radius int, outcome int,
-- out: retire int, entry_id int, reason int, proposed_by int,
-- out: proposed_name text, proposed_at_us int
SELECT p.id, p.list_id, l.name, p.label, coalesce(b.text, ''), p.radius,
	p.resolve, p.resolve_radius, p.outcome, p.retire, p.entry_id, p.reason,
	p.proposed_by, coalesce(s.display_name, ''), p.proposed_at_us
FROM hash_list_proposal p JOIN hash_list l ON l.id = p.list_id
LEFT JOIN hash_label b ON b.list_id = p.list_id AND b.label = p.label
LEFT JOIN staff s ON s.id = p.proposed_by
WHERE p.state = 1 AND ($1 = 0 OR p.list_id = $1) ORDER BY p.id;

-- name: hash_proposal_add
-- doc: A change of a list in use, or an entry's withdrawal from it, for
-- doc: another to approve; conflict when one waits already.
-- roles: staff
-- in: label int, radius int, resolve int, resolve_radius int, outcome int,
-- in: retire int, entry_id int, reason int, proposed_by int,
-- in: proposed_at_us int, list_id int, version int
-- expect: one
INSERT INTO hash_list_proposal (list_id, label, radius, resolve,
	resolve_radius, outcome, retire, entry_id, reason, state, proposed_by,
	proposed_at_us, decided_by, decided_at_us)
SELECT l.id, $1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, 0, 0
FROM hash_list l WHERE l.id = $11 AND l.version = $12 AND l.state = 2
	AND ($1 = 0 OR EXISTS (SELECT 1 FROM hash_label b
		WHERE b.list_id = l.id AND b.label = $1))
	AND ($7 = 0 OR EXISTS (SELECT 1 FROM hash_entry e
		WHERE e.id = $7 AND e.list_id = l.id AND e.state = 2));

-- name: hash_proposal_apply
-- doc: Makes the list what was proposed; conflict when the proposer says so,
-- doc: or the list is not what the second one saw.
-- roles: staff
-- in: id int, approved_by int, version int
-- expect: one
UPDATE hash_list SET
	radius = CASE WHEN p.radius < 0 THEN hash_list.radius
		ELSE p.radius END,
	resolve = CASE WHEN p.resolve = 1 THEN 1 ELSE hash_list.resolve END,
	resolve_radius = CASE WHEN p.resolve_radius < 0
		THEN hash_list.resolve_radius ELSE p.resolve_radius END,
	outcome = CASE WHEN p.label > 0 OR p.outcome < 0
		THEN hash_list.outcome ELSE p.outcome END,
	state = CASE WHEN p.retire = 1 THEN 3 ELSE hash_list.state END,
	version = hash_list.version + 1
FROM hash_list_proposal p
WHERE p.id = $1 AND p.state = 1 AND p.proposed_by <> $2
	AND hash_list.id = p.list_id AND hash_list.version = $3
	AND hash_list.state = 2;

-- name: hash_proposal_apply_label
-- doc: The same of a label, if the proposal is about one.
-- roles: staff
-- in: id int, approved_by int
UPDATE hash_label SET outcome = p.outcome
FROM hash_list_proposal p
WHERE p.id = $1 AND p.state = 1 AND p.proposed_by <> $2 AND p.label > 0
	AND hash_label.list_id = p.list_id AND hash_label.label = p.label;

-- name: hash_proposal_apply_entry
-- doc: Withdraws the entry that a proposal is about; conflict when the
-- doc: proposer says so, or it is not in use.
-- roles: staff
-- in: approved_by int, approved_at_us int, id int
-- expect: one
UPDATE hash_entry SET state = 3, withdrawn_by = $1, withdrawn_at_us = $2,
	withdrawn_reason = p.reason, version = hash_entry.version + 1
FROM hash_list_proposal p
WHERE p.id = $3 AND p.state = 1 AND p.proposed_by <> $1
	AND hash_entry.id = p.entry_id AND hash_entry.list_id = p.list_id
	AND hash_entry.state = 2;

-- name: hash_proposal_end
-- doc: 2 approved, 3 refused, both by another; 4 withdrawn, by the proposer.
-- roles: staff
-- in: state int, decided_by int, decided_at_us int, id int
-- expect: one
UPDATE hash_list_proposal SET state = $1, decided_by = $2, decided_at_us = $3
WHERE id = $4 AND state = 1
	AND (($1 = 4 AND proposed_by = $2) OR ($1 < 4 AND proposed_by <> $2));

-- name: hash_proposal_end_all
-- doc: A list goes out of use, and with it what was proposed for it.
-- roles: staff
-- in: decided_by int, decided_at_us int, list_id int
UPDATE hash_list_proposal SET
	state = CASE WHEN proposed_by = $1 THEN 4 ELSE 3 END,
	decided_by = $1, decided_at_us = $2
WHERE list_id = $3 AND state = 1;

-- name: hash_list_imported
-- doc: Notes an import.
-- roles: admin
-- in: imported_at_us int, owner_version text, id int
-- expect: one
UPDATE hash_list SET imported_at_us = $1, owner_version = $2,
	version = version + 1
WHERE id = $3 AND state <> 3;

-- name: hash_list_usable
-- doc: Holds only while the list is a partner's and not retired.
-- roles: admin
-- in: id int
-- out: one int
-- expect: one
SELECT 1 FROM hash_list WHERE id = $1 AND kind = 2 AND state <> 3;

-- name: hash_labels
-- doc: What the labels of lists mean here; of list 0: of all.
-- roles: staff, admin, match
-- in: list_id int
-- out: list_id int, label int, text text, outcome int, n int
SELECT b.list_id, b.label, b.text, b.outcome,
	CASE $1 WHEN 0 THEN 0 ELSE (SELECT count(*) FROM hash_entry e
		WHERE e.list_id = b.list_id AND e.label = b.label
			AND e.state = 2) END
FROM hash_label b WHERE $1 = 0 OR b.list_id = $1
ORDER BY b.list_id, b.label;

-- name: hash_label_add
-- doc: A label that a list has not had.
-- roles: admin
-- in: list_id int, label int, text text
INSERT INTO hash_label (list_id, label, text, outcome) VALUES ($1, $2, $3, 0);

-- name: hash_label_put
-- doc: What a label means here; while its list waits, or nothing.
-- roles: staff
-- in: outcome int, list_id int, label int
-- expect: one
UPDATE hash_label SET outcome = $1
WHERE list_id = $2 AND label = $3 AND ($1 = 0 OR EXISTS (
	SELECT 1 FROM hash_list l WHERE l.id = $2 AND l.state = 1));

-- name: hash_policy
-- doc: Whether anything may be resolved without a view.
-- roles: staff, admin
-- out: resolve int, changed_by int, name text, changed_at_us int
SELECT p.resolve, p.changed_by, coalesce(s.display_name, ''), p.changed_at_us
FROM hash_policy p LEFT JOIN staff s ON s.id = p.changed_by WHERE p.one = 1;

-- name: hash_policy_put
-- doc: Switches that; conflict when it is so already.
-- roles: staff
-- in: resolve int, changed_by int, changed_at_us int, before int
-- expect: one
UPDATE hash_policy SET resolve = $1, changed_by = $2, changed_at_us = $3
WHERE one = 1 AND resolve = $4;

-- name: hash_entry_add
-- doc: A new entry; conflict when its number is taken.
-- roles: staff, admin
-- in: id int, list_id int, state int, label int, outcome int, profile text,
-- in: facts text, series text, foreign_id text, origin int, case_id int,
-- in: proposed_by int, proposed_at_us int
INSERT INTO hash_entry (id, list_id, state, version, label, outcome, profile,
	facts, series, foreign_id, origin, case_id, proposed_by,
	proposed_at_us, approved_by, approved_at_us, withdrawn_by,
	withdrawn_at_us, withdrawn_reason, n_confirmed, n_deconfirmed)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, 0,
	0, 0, 0);

-- name: hash_value_add
-- doc: One hash of an entry.
-- roles: staff, admin
-- in: entry_id int, kind int, part int, value blob, quality int
INSERT INTO hash_value (entry_id, kind, part, value, quality)
VALUES ($1, $2, $3, $4, $5);

-- name: hash_entry_get
-- doc: An entry with its list and the people in it.
-- roles: staff, admin
-- in: id int
-- out: id int, list_id int, state int, version int, label int, outcome int,
-- out: profile text, facts text, series text, foreign_id text, origin int,
-- out: case_id int, proposed_by int, proposed_name text,
-- out: proposed_at_us int, approved_by int, approved_name text,
-- out: approved_at_us int, withdrawn_by int, withdrawn_name text,
-- out: withdrawn_at_us int, withdrawn_reason int, n_confirmed int,
-- out: n_deconfirmed int, list_name text, list_kind int, list_owner text,
-- out: list_state int, negative int, radius int, resolve int,
-- out: resolve_radius int, list_outcome int, list_version int,
-- out: list_proposed text,
-- out: list_approved text, list_approved_at_us int, label_text text,
-- out: label_outcome int, first_by int, second_by int, third_by int
SELECT e.id, e.list_id, e.state, e.version, e.label, e.outcome, e.profile,
	e.facts, e.series, e.foreign_id, e.origin, e.case_id, e.proposed_by,
	coalesce(p.display_name, ''), e.proposed_at_us, e.approved_by,
	coalesce(a.display_name, ''), e.approved_at_us, e.withdrawn_by,
	coalesce(w.display_name, ''), e.withdrawn_at_us, e.withdrawn_reason,
	e.n_confirmed, e.n_deconfirmed, l.name, l.kind, l.owner, l.state,
	l.negative, l.radius, l.resolve, l.resolve_radius, l.outcome,
	l.version, coalesce(lp.display_name, ''), coalesce(la.display_name, ''),
	l.approved_at_us, coalesce(b.text, ''), coalesce(b.outcome, 0),
	coalesce(c.first_by, 0), coalesce(c.second_by, 0),
	coalesce(c.third_by, 0)
FROM hash_entry e JOIN hash_list l ON l.id = e.list_id
LEFT JOIN cases c ON c.id = e.case_id
LEFT JOIN hash_label b ON b.list_id = e.list_id AND b.label = e.label
LEFT JOIN staff p ON p.id = e.proposed_by
LEFT JOIN staff a ON a.id = e.approved_by
LEFT JOIN staff w ON w.id = e.withdrawn_by
LEFT JOIN staff lp ON lp.id = l.proposed_by
LEFT JOIN staff la ON la.id = l.approved_by
WHERE e.id = $1;

-- name: hash_entry_list
-- doc: Entries newest first, found by what is indexed: 1 by state, 2 by list
-- doc: and state, 3 those in use that somebody doubts.
-- roles: staff
-- in: by int, state int, n_most int, n_skip int, list_id int
-- out: id int, list_id int, list_name text, state int, outcome int,
-- out: label_text text, series text, origin int, proposed_by int,
-- out: proposed_name text, proposed_at_us int, n_values int,
-- out: n_confirmed int, n_deconfirmed int, n_resolved int
SELECT e.id, e.list_id, l.name, e.state,
	CASE WHEN e.outcome > 0 THEN e.outcome
		WHEN e.label > 0 THEN coalesce(b.outcome, 0)
		ELSE l.outcome END,
	coalesce(b.text, ''), e.series, e.origin, e.proposed_by,
	coalesce(p.display_name, ''), e.proposed_at_us,
	(SELECT count(*) FROM hash_value v WHERE v.entry_id = e.id),
	e.n_confirmed, e.n_deconfirmed,
	(SELECT count(*) FROM hash_resolution r WHERE r.entry_id = e.id)
FROM hash_entry e JOIN hash_list l ON l.id = e.list_id
LEFT JOIN hash_label b ON b.list_id = e.list_id AND b.label = e.label
LEFT JOIN staff p ON p.id = e.proposed_by
WHERE e.id IN (SELECT id FROM (SELECT id FROM hash_entry
		WHERE $1 = 1 AND state = $2 ORDER BY id DESC
		LIMIT $3 OFFSET $4)
	UNION ALL SELECT id FROM (SELECT id FROM hash_entry
		WHERE $1 = 2 AND list_id = $5 AND state = $2 ORDER BY id DESC
		LIMIT $3 OFFSET $4)
	UNION ALL SELECT id FROM (SELECT id FROM hash_entry
		WHERE $1 = 3 AND n_deconfirmed > 0 AND state = 2
		ORDER BY id DESC LIMIT $3 OFFSET $4))
ORDER BY e.id DESC;

-- name: hash_entry_count
-- doc: How many entries, lists and changes of lists wait for a second person,
-- doc: and how many entries are doubted.
-- roles: staff
-- out: n_proposed int, n_disputed int, n_lists int, n_changes int
SELECT (SELECT coalesce(sum(n), 0) FROM hash_count WHERE state = 1),
	(SELECT count(*) FROM hash_entry WHERE n_deconfirmed > 0 AND state = 2),
	(SELECT count(*) FROM hash_list WHERE state = 1),
	(SELECT count(*) FROM hash_list_proposal WHERE state = 1);

-- name: hash_entries_of_case
-- doc: The entries that were made of a case.
-- roles: staff
-- in: case_id int
-- out: id int, list_name text, state int
SELECT e.id, l.name, e.state FROM hash_entry e
JOIN hash_list l ON l.id = e.list_id WHERE e.case_id = $1 ORDER BY e.id;

-- name: hash_values
-- doc: The hashes of an entry.
-- roles: staff, admin, match
-- in: entry_id int
-- out: kind int, part int, value blob, quality int
SELECT kind, part, value, quality FROM hash_value
WHERE entry_id = $1 ORDER BY kind, part;

-- name: hash_value_taken
-- doc: Whether an entry of a list that is not withdrawn has a hash.
-- roles: staff, admin
-- in: list_id int, kind int, value blob
-- out: entry_id int, state int
SELECT e.id, e.state FROM hash_value v JOIN hash_entry e ON e.id = v.entry_id
WHERE e.list_id = $1 AND v.kind = $2 AND v.value = $3 AND e.state < 3
ORDER BY e.id LIMIT 1;

-- name: hash_entry_approve
-- doc: A second person's yes; conflict when the first gives it, or too late.
-- roles: staff
-- in: approved_by int, approved_at_us int, id int, version int
-- expect: one
UPDATE hash_entry SET state = 2, approved_by = $1, approved_at_us = $2,
	version = version + 1
WHERE id = $3 AND version = $4 AND state = 1 AND proposed_by <> $1;

-- name: hash_entry_withdraw
-- doc: Takes an entry out of use; conflict when it is one of harmless things
-- doc: in use, which takes two.
-- roles: staff
-- in: withdrawn_by int, withdrawn_at_us int, withdrawn_reason int, id int,
-- in: version int
-- expect: one
UPDATE hash_entry SET state = 3, withdrawn_by = $1, withdrawn_at_us = $2,
	withdrawn_reason = $3, version = version + 1
WHERE id = $4 AND version = $5 AND state < 3
	AND (state = 1 OR NOT EXISTS (SELECT 1 FROM hash_list l
		WHERE l.id = hash_entry.list_id AND l.negative = 1
			AND l.state = 2));

-- name: hash_entry_version
-- doc: Holds only while an entry is in use and nobody has changed it.
-- roles: staff
-- in: id int, version int
-- expect: one
UPDATE hash_entry SET version = version + 1
WHERE id = $1 AND version = $2 AND state = 2;

-- name: hash_opinion_outdate
-- doc: What the same voice said before no longer stands.
-- roles: staff
-- in: entry_id int, hotline text, staff_id int
UPDATE hash_opinion SET stands = 0
WHERE entry_id = $1 AND hotline = $2 AND (hotline <> '' OR staff_id = $3);

-- name: hash_opinion_add
-- doc: What somebody says of an entry.
-- roles: staff
-- in: id int, entry_id int, opinion int, reason int, hotline text,
-- in: staff_id int, at_us int
INSERT INTO hash_opinion (id, entry_id, opinion, reason, hotline, staff_id,
	at_us, stands)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1);

-- name: hash_opinion_count
-- doc: Counts the opinions that stand.
-- roles: staff
-- in: id int
-- expect: one
UPDATE hash_entry SET
	n_confirmed = (SELECT count(*) FROM hash_opinion o
		WHERE o.entry_id = hash_entry.id AND o.stands = 1
			AND o.opinion = 1),
	n_deconfirmed = (SELECT count(*) FROM hash_opinion o
		WHERE o.entry_id = hash_entry.id AND o.stands = 1
			AND o.opinion = 2)
WHERE id = $1;

-- name: hash_opinions
-- doc: What others said of an entry, newest first.
-- roles: staff
-- in: entry_id int
-- out: opinion int, reason int, hotline text, name text, at_us int,
-- out: stands int
SELECT o.opinion, o.reason, o.hotline, coalesce(s.display_name, ''), o.at_us,
	o.stands
FROM hash_opinion o LEFT JOIN staff s ON s.id = o.staff_id
WHERE o.entry_id = $1 ORDER BY o.at_us DESC, o.id;

-- name: hash_resolved_by
-- doc: Cases that an entry resolved, newest first.
-- roles: staff
-- in: entry_id int, n_most int
-- out: case_id int, kind int, distance int, at_us int, undone_by int
SELECT case_id, kind, distance, at_us, undone_by FROM hash_resolution
WHERE entry_id = $1 ORDER BY at_us DESC, case_id LIMIT $2;

-- name: hash_load_get
-- doc: An entry of a list by what its owner calls it.
-- roles: admin
-- in: list_id int, foreign_id text
-- out: id int, state int, withdrawn_by int, label int, series text
SELECT id, state, withdrawn_by, label, series FROM hash_entry
WHERE list_id = $1 AND foreign_id = $2 AND foreign_id <> '';

-- name: hash_load_again
-- doc: What the owner says of an entry now; unless we withdrew it.
-- roles: admin
-- in: label int, series text, id int
-- expect: one
UPDATE hash_entry SET state = 2, label = $1, series = $2,
	version = version + 1, withdrawn_at_us = 0, withdrawn_reason = 0
WHERE id = $3 AND withdrawn_by = 0;

-- name: hash_load_clear
-- doc: Forgets the hashes of an entry, before others are read in.
-- roles: admin
-- in: entry_id int
DELETE FROM hash_value WHERE entry_id = $1;

-- name: hash_load_gone
-- doc: Its owner took an entry off the list.
-- roles: admin
-- in: withdrawn_at_us int, withdrawn_reason int, id int
UPDATE hash_entry SET state = 3, withdrawn_at_us = $1, withdrawn_reason = $2,
	version = version + 1
WHERE id = $3 AND state <> 3;

-- name: hash_export
-- doc: Entries in use of a list, behind a number.
-- roles: admin
-- in: list_id int, after int, n_most int
-- out: id int, foreign_id text, outcome int, series text, label_text text,
-- out: approved_at_us int
SELECT e.id, e.foreign_id, e.outcome, e.series, coalesce(b.text, ''),
	e.approved_at_us
FROM hash_entry e
LEFT JOIN hash_label b ON b.list_id = e.list_id AND b.label = e.label
WHERE e.list_id = $1 AND e.state = 2 AND e.n_deconfirmed = 0 AND e.id > $2
ORDER BY e.id LIMIT $3;

-- name: hash_changed
-- doc: Tells the index and replicas to read a list or an entry again.
-- roles: staff, admin
-- in: list_id int, entry_id int
INSERT INTO hash_change (list_id, entry_id) VALUES ($1, $2);

-- name: hash_changed_all
-- doc: The same for all entries of a list in use, or those with a label.
-- roles: staff, admin
-- in: list_id int, label int
INSERT INTO hash_change (list_id, entry_id)
SELECT list_id, id FROM hash_entry
WHERE list_id = $1 AND state = 2 AND ($2 = 0 OR label = $2) ORDER BY id;

-- name: hash_feed
-- doc: Changes behind a number, in order.
-- roles: staff, admin, match
-- in: after int, n_most int
-- out: seq int, list_id int, entry_id int
SELECT seq, list_id, entry_id FROM hash_change
WHERE seq > $1 ORDER BY seq LIMIT $2;

-- name: hash_feed_head
-- doc: The number of the newest change.
-- roles: staff, admin, match
-- out: seq int
SELECT coalesce(max(seq), 0) FROM hash_change;

-- name: hash_feed_lists
-- doc: The lists in use.
-- roles: staff, admin, match
-- out: id int, version int, name text, owner text, negative int, radius int
SELECT id, version, name, owner, negative, radius FROM hash_list
WHERE state = 2 ORDER BY id;

-- name: hash_feed_entries
-- doc: Entries in use of a span of changes as they are now, each once.
-- roles: staff, admin, match
-- in: after int, last int
-- out: id int, list_id int, label int, label_text text, outcome int,
-- out: series text, foreign_id text, origin int, n_confirmed int,
-- out: n_deconfirmed int
SELECT e.id, e.list_id, e.label, coalesce(b.text, ''),
	CASE WHEN e.outcome > 0 THEN e.outcome
		WHEN e.label > 0 THEN coalesce(b.outcome, 0)
		ELSE l.outcome END,
	e.series, e.foreign_id, e.origin, e.n_confirmed, e.n_deconfirmed
FROM hash_entry e JOIN hash_list l ON l.id = e.list_id
LEFT JOIN hash_label b ON b.list_id = e.list_id AND b.label = e.label
WHERE e.state = 2 AND l.state = 2 AND e.id IN (SELECT c.entry_id FROM hash_change c
	WHERE c.seq > $1 AND c.seq <= $2 AND c.entry_id > 0)
ORDER BY e.id;

-- name: hash_feed_values
-- doc: Their hashes, of those in use.
-- roles: staff, admin, match
-- in: after int, last int
-- out: entry_id int, kind int, part int, value blob, quality int
SELECT v.entry_id, v.kind, v.part, v.value, v.quality
FROM hash_value v JOIN hash_entry e ON e.id = v.entry_id
JOIN hash_list l ON l.id = e.list_id
WHERE e.state = 2 AND l.state = 2 AND e.id IN (SELECT c.entry_id FROM hash_change c
	WHERE c.seq > $1 AND c.seq <= $2 AND c.entry_id > 0)
ORDER BY v.entry_id, v.kind, v.part;

-- name: hash_exact
-- doc: Entries in use on lists in use that have a hash.
-- roles: staff, admin
-- in: kind int, value blob, n_most int
-- out: entry_id int, quality int
SELECT v.entry_id, v.quality
FROM hash_value v JOIN hash_entry e ON e.id = v.entry_id
JOIN hash_list l ON l.id = e.list_id
WHERE v.kind = $1 AND v.value = $2 AND e.state = 2 AND l.state = 2
ORDER BY l.negative DESC, l.kind, v.entry_id LIMIT $3;

-- name: hash_near_one
-- doc: A hash of an entry that the index found, if it is still in use.
-- roles: staff, admin
-- in: entry_id int, kind int, part int
-- out: value blob, quality int
SELECT v.value, v.quality
FROM hash_value v JOIN hash_entry e ON e.id = v.entry_id
JOIN hash_list l ON l.id = e.list_id
WHERE v.entry_id = $1 AND v.kind = $2 AND v.part = $3 AND e.state = 2
	AND l.state = 2;

-- name: item_hash_put
-- doc: A hash of an item; if it has it already, the better word stands.
-- roles: staff
-- in: item_id int, kind int, value blob, quality int, how int, vouched int,
-- in: added_by int, report_id int, at_us int
INSERT INTO item_hash (item_id, kind, value, quality, how, vouched, added_by,
	report_id, at_us, looked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
ON CONFLICT (item_id, kind, value) DO UPDATE SET
	quality = excluded.quality, how = excluded.how,
	vouched = excluded.vouched, added_by = excluded.added_by,
	report_id = excluded.report_id, at_us = excluded.at_us, looked = 0
WHERE excluded.vouched > item_hash.vouched
	OR (excluded.vouched = item_hash.vouched
		AND excluded.quality > item_hash.quality);

-- name: item_hash_from_file
-- doc: A hash that the command computed from a file; as item_hash_put, but in
-- doc: nobody's name.
-- roles: admin
-- in: item_id int, kind int, value blob, quality int, at_us int
INSERT INTO item_hash (item_id, kind, value, quality, how, vouched, added_by,
	report_id, at_us, looked)
VALUES ($1, $2, $3, $4, 3, 1, 0, 0, $5, 0)
ON CONFLICT (item_id, kind, value) DO UPDATE SET
	quality = excluded.quality, how = excluded.how,
	vouched = excluded.vouched, added_by = excluded.added_by,
	report_id = excluded.report_id, at_us = excluded.at_us, looked = 0
WHERE excluded.vouched > item_hash.vouched
	OR (excluded.vouched = item_hash.vouched
		AND excluded.quality > item_hash.quality);

-- name: item_hash_room
-- doc: Holds while an item's case is not erased and it has no more hashes
-- doc: than this.
-- roles: admin
-- in: item_id int, n_most int
-- out: one int
-- expect: one
SELECT 1 FROM item i JOIN cases c ON c.id = i.case_id
WHERE i.id = $1 AND c.state <> 11
	AND (SELECT count(*) FROM item_hash WHERE item_id = $1) <= $2;

-- name: item_hash_there
-- doc: What an item has of one hash.
-- roles: admin
-- in: item_id int, kind int, value blob
-- out: quality int, vouched int
SELECT quality, vouched FROM item_hash
WHERE item_id = $1 AND kind = $2 AND value = $3;

-- name: item_hash_count
-- doc: How many hashes an item has.
-- roles: admin
-- in: item_id int
-- out: n int
SELECT count(*) FROM item_hash WHERE item_id = $1;

-- name: item_hash_drop
-- doc: Takes a hash off an item; conflict when it is not there.
-- roles: staff
-- in: item_id int, kind int, value blob
-- expect: one
DELETE FROM item_hash WHERE item_id = $1 AND kind = $2 AND value = $3;

-- name: item_hashes
-- doc: The hashes of a case's item.
-- roles: staff
-- in: case_id int
-- out: item_id int, kind int, value blob, quality int, how int,
-- out: vouched int, added_by int, name text, report_id int, at_us int
SELECT h.item_id, h.kind, h.value, h.quality, h.how, h.vouched, h.added_by,
	coalesce(s.display_name, ''), h.report_id, h.at_us
FROM item i JOIN item_hash h ON h.item_id = i.id
LEFT JOIN staff s ON s.id = h.added_by
WHERE i.case_id = $1 ORDER BY h.at_us, h.kind, h.value;

-- name: item_hash_looked
-- doc: The hashes that an item has had since a time have been looked up.
-- roles: staff
-- in: item_id int, at_us int
UPDATE item_hash SET looked = 1
WHERE item_id = $1 AND at_us <= $2 AND looked = 0;

-- name: item_hash_again
-- doc: Hashes that an entry has are looked up once more, for cases at their
-- doc: beginning.
-- roles: staff, admin
-- in: entry_id int
UPDATE item_hash SET looked = 0
WHERE value IN (SELECT v.value FROM hash_value v WHERE v.entry_id = $1)
	AND EXISTS (SELECT 1 FROM item i JOIN cases c ON c.id = i.case_id
		WHERE i.id = item_hash.item_id AND c.state IN (1, 2));

-- name: item_hash_all_again
-- doc: So are those of all new cases: a list has changed, or PDQ.
-- roles: staff, admin
UPDATE item_hash SET looked = 0
WHERE item_id IN (SELECT i.id FROM cases c JOIN item i ON i.case_id = c.id
	WHERE c.state = 1);

-- name: recognise_list
-- doc: New cases in nobody's hands with hashes that were not looked up.
-- roles: staff
-- in: n_most int
-- out: case_id int
SELECT DISTINCT c.id FROM item_hash h JOIN item i ON i.id = h.item_id
JOIN cases c ON c.id = i.case_id
WHERE h.looked = 0 AND c.state = 1 LIMIT $1;

-- name: erase_hashes
-- doc: Takes the hashes off an erased case's item, and its name off entries.
-- roles: staff
-- in: case_id int
DELETE FROM item_hash
WHERE item_id IN (SELECT id FROM item WHERE case_id = $1);

-- name: erase_hash_link
-- doc: Entries of the registry no longer say which case they came from.
-- roles: staff
-- in: case_id int
UPDATE hash_entry SET case_id = 0 WHERE case_id = $1;

-- name: resolution_add
-- doc: Why a case was resolved without a view; while nothing forbids it, and
-- doc: all that is in use is as it was when that was decided: the entry, its
-- doc: list, and by the number of the newest change whatever else matched.
-- roles: staff
-- in: case_id int, cycle int, kind int, distance int, outcome int,
-- in: profile text, facts text, rules text, at_us int, entry_id int,
-- in: entry_version int, list_version int, as_of int
-- expect: one
INSERT INTO hash_resolution (case_id, cycle, entry_id, kind, distance,
	outcome, profile, facts, rules, at_us, undone_by)
SELECT $1, $2, e.id, $3, $4, $5, $6, $7, $8, $9, 0
FROM hash_entry e JOIN hash_list l ON l.id = e.list_id
JOIN hash_policy p ON p.one = 1
WHERE e.id = $10 AND e.version = $11 AND e.state = 2 AND e.n_deconfirmed = 0
	AND l.version = $12 AND l.state = 2 AND l.resolve = 1 AND p.resolve = 1
	AND (SELECT coalesce(max(seq), 0) FROM hash_change) = $13;

-- name: resolution_list
-- doc: How a case was resolved without a view, newest first.
-- roles: staff
-- in: case_id int
-- out: cycle int, entry_id int, kind int, distance int, outcome int,
-- out: profile text, facts text, rules text, at_us int, undone_by int,
-- out: undone_name text
SELECT r.cycle, r.entry_id, r.kind, r.distance, r.outcome, r.profile, r.facts,
	r.rules, r.at_us, r.undone_by, coalesce(s.display_name, '')
FROM hash_resolution r LEFT JOIN staff s ON s.id = r.undone_by
WHERE r.case_id = $1 ORDER BY r.cycle DESC;

-- name: resolution_undo
-- doc: A supervisor wants the case assessed by people.
-- roles: staff
-- in: undone_by int, case_id int, cycle int
UPDATE hash_resolution SET undone_by = $1
WHERE case_id = $2 AND cycle = $3 AND undone_by = 0;
