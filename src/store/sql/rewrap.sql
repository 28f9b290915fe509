-- SPDX-License-Identifier: Apache-2.0
-- Open work is taken over to a new epoch of the queue key: docs/keys.md.

-- name: rewrap_list
-- doc: What of open work is sealed to an epoch of the queue key, by enum
-- doc: hl_rewrap of casework/rewrap.c.
-- roles: staff
-- in: epoch int, n_most int
-- out: what int, id int, part int
SELECT 1 AS what, p.report_id AS id, p.part AS part
FROM report r JOIN report_part p ON p.report_id = r.id
WHERE r.state BETWEEN 1 AND 3 AND p.part IN (1, 3) AND p.epoch = $1
	AND length(p.key_sealed) > 0
UNION ALL SELECT 2, i.id, 0 FROM cases c JOIN item i ON i.case_id = c.id
WHERE c.state < 10 AND i.epoch = $1 AND length(i.url_sealed) > 0
UNION ALL SELECT 3, n.id, 0 FROM cases c JOIN note n ON n.case_id = c.id
WHERE c.state < 10 AND n.epoch = $1 AND length(n.words_sealed) > 0
UNION ALL SELECT 4, a.id, 0 FROM cases c JOIN assessment a ON a.case_id = c.id
WHERE c.state < 10 AND a.epoch = $1 AND length(a.note_sealed) > 0
UNION ALL SELECT 5, t.id, 0 FROM cases c JOIN item i ON i.case_id = c.id
JOIN trace t ON t.item_id = i.id
WHERE c.state < 10 AND t.epoch = $1 AND length(t.facts_sealed) > 0
UNION ALL SELECT 6, f.id, 0 FROM cases c JOIN referral f ON f.case_id = c.id
WHERE c.state < 10 AND f.epoch = $1 AND length(f.document_sealed) > 0
UNION ALL SELECT 7, w.id, 0 FROM cases c JOIN referral f ON f.case_id = c.id
JOIN answer w ON w.referral_id = f.id
WHERE c.state < 10 AND w.epoch = $1 AND length(w.words_sealed) > 0
UNION ALL SELECT 8, l.id, 0 FROM list_appeal l
WHERE l.state = 1 AND l.epoch = $1 AND length(l.key_sealed) > 0
LIMIT $2;

-- name: rewrap_get
-- doc: One sealed value, or the wrapped key of a part of a report or of an
-- doc: appeal.
-- roles: staff
-- in: what int, id int, part int
-- out: sealed blob
SELECT coalesce(CASE $1
	WHEN 1 THEN (SELECT key_sealed FROM report_part
		WHERE report_id = $2 AND part = $3)
	WHEN 2 THEN (SELECT url_sealed FROM item WHERE id = $2)
	WHEN 3 THEN (SELECT words_sealed FROM note WHERE id = $2)
	WHEN 4 THEN (SELECT note_sealed FROM assessment WHERE id = $2)
	WHEN 5 THEN (SELECT facts_sealed FROM trace WHERE id = $2)
	WHEN 6 THEN (SELECT document_sealed FROM referral WHERE id = $2)
	WHEN 7 THEN (SELECT words_sealed FROM answer WHERE id = $2)
	WHEN 8 THEN (SELECT key_sealed FROM list_appeal WHERE id = $2)
	END, x'');

-- name: rewrap_part
-- doc: Nothing happens when it was erased or taken over meanwhile; so below.
-- roles: staff
-- in: sealed blob, epoch int, report_id int, part int, epoch_before int
UPDATE report_part SET key_sealed = $1, epoch = $2
WHERE report_id = $3 AND part = $4 AND epoch = $5 AND length(key_sealed) > 0;

-- name: rewrap_item
-- doc: An address.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE item SET url_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND length(url_sealed) > 0;

-- name: rewrap_note
-- doc: A note.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE note SET words_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND length(words_sealed) > 0;

-- name: rewrap_assessment
-- doc: An assessor's words.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE assessment SET note_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND length(note_sealed) > 0;

-- name: rewrap_trace
-- doc: What a look-up found.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE trace SET facts_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND length(facts_sealed) > 0;

-- name: rewrap_referral
-- doc: What a recipient was sent.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE referral SET document_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND length(document_sealed) > 0;

-- name: rewrap_answer
-- doc: What a recipient answered.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE answer SET words_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND length(words_sealed) > 0;

-- name: rewrap_appeal
-- doc: The key of an appeal that waits.
-- roles: staff
-- in: sealed blob, epoch int, id int, epoch_before int
UPDATE list_appeal SET key_sealed = $1, epoch = $2
WHERE id = $3 AND epoch = $4 AND state = 1 AND length(key_sealed) > 0;
