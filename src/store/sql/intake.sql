-- SPDX-License-Identifier: Apache-2.0

-- name: intake_key
-- doc: The public keys that are sealed to now, the newest epoch last.
-- roles: public, admin
-- out: kind int, epoch int, public_key blob
SELECT kind, epoch, public_key FROM key_epoch
WHERE closed_at_us = 0 AND kind IN (1, 2, 4) ORDER BY kind, epoch;

-- name: draft_new
-- doc: A form that has just been begun, or the memory of one that was sent.
-- roles: public
-- in: token_hash blob, submitted int, answers_sealed blob, expires_at_us int
INSERT INTO draft (token_hash, version, submitted, answers_sealed,
	expires_at_us)
VALUES ($1, 1, $2, $3, $4);

-- name: draft_get
-- doc: A draft that has not run out.
-- roles: public
-- in: token_hash blob, now_us int
-- out: version int, submitted int, answers_sealed blob, expires_at_us int
SELECT version, submitted, answers_sealed, expires_at_us FROM draft
WHERE token_hash = $1 AND expires_at_us > $2;

-- name: draft_save
-- doc: New answers in place of those of the given version.
-- roles: public
-- in: submitted int, answers_sealed blob, expires_at_us int,
-- in: token_hash blob, version int
-- expect: one
UPDATE draft SET version = version + 1, submitted = $1, answers_sealed = $2,
	expires_at_us = $3
WHERE token_hash = $4 AND version = $5 AND submitted = 0;

-- name: draft_keep
-- doc: Lets a draft live longer; its answers and its version stay.
-- roles: public
-- in: expires_at_us int, token_hash blob
UPDATE draft SET expires_at_us = $1 WHERE token_hash = $2;

-- name: draft_drop
-- doc: Forgets a draft; no matter whether there is one.
-- roles: public
-- in: token_hash blob
DELETE FROM draft WHERE token_hash = $1;

-- name: draft_purge
-- doc: Forgets the drafts that have run out.
-- roles: worker
-- in: now_us int
DELETE FROM draft WHERE expires_at_us <= $1;

-- name: report_put
-- doc: A report that has just come in; in no other state than "received".
-- roles: public, staff
-- in: id int, lookup blob, mailbox_key blob, received_at_us int,
-- in: channel int, danger int, place int, has_contact int, is_test int,
-- in: sender int
INSERT INTO report (id, lookup, mailbox_key, received_at_us, channel, danger,
	place, has_contact, is_test, sender, state, triage, triage_reason,
	triaged_at_us, triaged_by, digest, contact_asked_by,
	contact_granted_to, contact_granted_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0, 0, 0, 0, x'', 0, 0,
	0);

-- name: report_part_put
-- doc: A sealed part of a report; a conflict when the epoch of the key kind
-- doc: that it is sealed to has been closed meanwhile, or when the report
-- doc: has been looked at or never had such a part: nobody adds to a report
-- doc: that somebody else sent.
-- roles: public, staff
-- in: report_id int, part int, key_sealed blob, body_sealed blob,
-- in: kind int, epoch int
-- expect: one
INSERT INTO report_part (report_id, part, epoch, key_sealed, body_sealed)
SELECT $1, $2, k.epoch, $3, $4
FROM key_epoch k JOIN report r ON r.id = $1 AND r.state = 1
WHERE k.kind = $5 AND k.epoch = $6 AND k.closed_at_us = 0
	AND (($2 = 1 AND $5 = 1) OR ($2 = 2 AND $5 = 2 AND r.has_contact = 1));

-- name: report_by_lookup
-- doc: Whether the report of a receipt is there, and its state.
-- roles: public
-- in: lookup blob
-- out: id int, received_at_us int, state int, triage int, triaged_at_us int
SELECT id, received_at_us, state, triage, triaged_at_us FROM report
WHERE lookup = $1;

-- name: status_address
-- doc: What became of each address of a receipt's report. The time is never
-- doc: before the report was linked: an older one would tell that the address
-- doc: was known.
-- roles: public
-- in: lookup blob
-- out: position int, verdict int, public_status int, passed_to int, at_us int
SELECT a.position, a.verdict, coalesce(i.public_status, 0),
	coalesce(i.passed_to, 0),
	CASE WHEN coalesce(i.status_at_us, 0) > a.linked_at_us
		THEN i.status_at_us ELSE a.linked_at_us END
FROM report r JOIN report_item a ON a.report_id = r.id
LEFT JOIN item i ON i.id = a.item_id
WHERE r.lookup = $1 ORDER BY a.position;
