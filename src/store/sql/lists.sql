-- SPDX-License-Identifier: Apache-2.0
-- What the publisher of lists reads and keeps: src/lists. States as in
-- domain/list.h: list_entry.state 2 in force, list_consumer.state 2 in use,
-- 4 ended; list_edition.state 1 held, 2 published, 3 refused, 5 released, 6 out
-- under a later number.

-- name: lists_head
-- doc: Which hotline this is, and whether anything has changed.
-- roles: lists, admin
-- out: hotline blob, public_key blob, seq int, halted_by int
SELECT hotline, public_key, seq, halted_by FROM list_head;

-- name: lists_key_put
-- doc: The public half of what places are sealed to; conflict when there is
-- doc: another one.
-- roles: admin
-- in: public_key blob
-- expect: one
UPDATE list_head SET public_key = $1, seq = seq + 1
WHERE public_key = x'' OR public_key = $1;

-- name: lists_stir
-- doc: Makes the publisher look again.
-- roles: admin
UPDATE list_head SET seq = seq + 1;

-- name: lists_root
-- doc: One of the roots that were installed: "lists.root." and its version.
-- roles: lists
-- in: key text
-- out: value text
SELECT value FROM meta WHERE key = $1 AND key LIKE 'lists.root.%';

-- name: lists_root_seen
-- doc: Which root is the newest, and until when: people are warned.
-- roles: lists
-- in: root_version int, root_expires_us int
UPDATE list_head SET root_version = $1, root_expires_us = $2
WHERE root_version <> $1 OR root_expires_us <> $2;

-- name: lists_consumers
-- doc: Those in use, and those that ended, so that they can be told.
-- roles: lists, admin
-- out: id int, name text, tier int, stage int, state int, token_hash blob,
-- out: sign_key blob, budget int, tsig_name text, tsig_sealed blob,
-- out: notify text
SELECT id, name, tier, stage, state, token_hash, sign_key, budget, tsig_name,
	tsig_sealed, notify
FROM list_consumer WHERE state IN (2, 4) ORDER BY id;

-- name: lists_entries
-- doc: Entries in force that are logged and were approved by two, behind `id`,
-- doc: with when they were last seen. An item that is gone is not there.
-- roles: lists, admin
-- in: id int, n_most int
-- out: id int, kind int, consumer_id int, scope int, popular int,
-- out: third_by int, commitment blob, place_sealed blob, seen_at_us int,
-- out: released_at_us int, place int
SELECT e.id, e.kind, e.consumer_id, e.scope, e.popular, e.third_by,
	e.commitment, e.place_sealed,
	max(e.looked_at_us, coalesce(w.last_seen_us, 0)), e.released_at_us,
	l.place
FROM list_entry e
JOIN list_leaf l ON l.entry_id = e.id AND substr(l.leaf, 1, 1) = x'01'
LEFT JOIN watch w ON w.item_id = e.item_id AND e.item_id > 0
LEFT JOIN item i ON i.id = e.item_id AND e.item_id > 0
WHERE e.id > $1 AND e.state = 2 AND e.approved_by > 0
	AND e.approved_by <> e.proposed_by AND coalesce(i.state, 0) <> 4
ORDER BY e.id LIMIT $2;

-- name: lists_entry_end
-- doc: Why an entry is not in force any more.
-- roles: lists
-- in: id int
-- out: state int, ended_by int, ended_why int
SELECT state, ended_by, ended_why FROM list_entry WHERE id = $1;

-- name: lists_entry_released
-- doc: It went out for the first time.
-- roles: lists
-- in: first_edition int, released_at_us int, id int
UPDATE list_entry SET first_edition = $1, released_at_us = $2
WHERE id = $3 AND first_edition = 0;

-- name: lists_leaves
-- doc: The log of approvals from a place on.
-- roles: lists, admin
-- in: place int, n_most int
-- out: place int, leaf blob
SELECT place, leaf FROM list_leaf WHERE place >= $1 ORDER BY place LIMIT $2;

-- name: lists_editions
-- doc: Those that matter, newest first: the newest, the newest that went out,
-- doc: the newest that a person was asked about, and all that wait.
-- roles: lists, admin
-- out: id int, at_us int, n_entries int, n_hosts int, n_added int,
-- out: n_removed int, held int, state int, digest blob
SELECT id, at_us, n_entries, n_hosts, n_added, n_removed, held, state, digest
FROM list_edition WHERE state IN (1, 5)
	OR id = (SELECT max(id) FROM list_edition)
	OR id = (SELECT max(id) FROM list_edition WHERE state = 2)
	OR id = (SELECT max(id) FROM list_edition WHERE state IN (1, 3, 5))
ORDER BY id DESC;

-- name: lists_edition_add
-- doc: What went out, or was held back.
-- roles: lists
-- in: id int, at_us int, n_entries int, n_hosts int, n_added int,
-- in: n_removed int, held int, state int, seq int, digest blob
INSERT INTO list_edition (id, at_us, n_entries, n_hosts, n_added, n_removed,
	held, state, seq, digest, decided_by, decided_at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0);

-- name: lists_edition_move
-- doc: A held one was overtaken, or a released one went out.
-- roles: lists
-- in: to_state int, id int, from_state int
-- expect: one
UPDATE list_edition SET state = $1 WHERE id = $2 AND state = $3
	AND $1 IN (4, 6);

-- name: lists_versions
-- doc: The newest version of each consumer.
-- roles: lists, admin
-- out: consumer_id int, version int, edition_id int, epoch int, n_rows int,
-- out: size_bytes int, root blob, manifest blob, made_at_us int,
-- out: expires_at_us int, epoch_at_us int
SELECT v.consumer_id, v.version, v.edition_id, v.epoch, v.n_rows, v.size_bytes,
	v.root, v.manifest, v.made_at_us, v.expires_at_us,
	(SELECT min(o.made_at_us) FROM list_version o
		WHERE o.consumer_id = v.consumer_id AND o.epoch = v.epoch)
FROM list_version v
WHERE v.version = (SELECT max(n.version) FROM list_version n
	WHERE n.consumer_id = v.consumer_id)
ORDER BY v.consumer_id;

-- name: lists_manifest
-- doc: What was signed of a version that is remembered.
-- roles: lists, admin
-- in: consumer_id int, version int
-- out: manifest blob
SELECT manifest FROM list_version WHERE consumer_id = $1 AND version = $2;

-- name: lists_version_add
-- doc: A version is out when this is done; conflict when there is a newer one.
-- roles: lists
-- in: consumer_id int, version int, edition_id int, epoch int, n_rows int,
-- in: size_bytes int, root blob, manifest blob, made_at_us int,
-- in: expires_at_us int
-- expect: one
INSERT INTO list_version (consumer_id, version, edition_id, epoch, n_rows,
	size_bytes, root, manifest, made_at_us, expires_at_us)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
WHERE NOT EXISTS (SELECT 1 FROM list_version
	WHERE consumer_id = $1 AND version >= $2);

-- name: lists_version_prune
-- doc: Forgets what went out long ago, never the newest.
-- roles: lists
-- in: before_us int
DELETE FROM list_version WHERE made_at_us < $1 AND version < (
	SELECT max(n.version) FROM list_version n
	WHERE n.consumer_id = list_version.consumer_id);

-- name: lists_use_add
-- doc: So many hosts more were asked and refused in an hour.
-- roles: lists
-- in: consumer_id int, hour int, asked int, refused int
INSERT INTO list_use (consumer_id, hour, asked, refused)
VALUES ($1, $2, $3, $4) ON CONFLICT (consumer_id, hour) DO UPDATE SET
	asked = asked + excluded.asked, refused = refused + excluded.refused;

-- name: lists_fetched
-- doc: In which hour a consumer last fetched a manifest.
-- roles: lists
-- in: last_fetch int, id int
UPDATE list_consumer SET last_fetch = $1 WHERE id = $2 AND last_fetch < $1;

-- name: lists_use_since
-- doc: What was asked from an hour on, oldest first.
-- roles: lists, admin
-- in: hour int
-- out: consumer_id int, hour int, asked int, refused int
SELECT consumer_id, hour, asked, refused FROM list_use
WHERE hour >= $1 ORDER BY hour, consumer_id;

-- name: lists_count_digest
-- doc: Whether counters of this hour were taken, and which.
-- roles: lists
-- in: consumer_id int, hour int
-- out: digest blob
SELECT digest FROM list_count WHERE consumer_id = $1 AND hour = $2;

-- name: lists_count_add
-- doc: Counters of an hour; conflict when it has some.
-- roles: lists
-- in: consumer_id int, hour int, hits int, clients int, entries int,
-- in: failed int, digest blob
INSERT INTO list_count (consumer_id, hour, hits, clients, entries, failed,
	digest)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: lists_count_entry_add
-- doc: What was told of one entry; nothing for one that never was.
-- roles: lists
-- in: consumer_id int, hour int, entry_id int, hits int, clients int
INSERT INTO list_count_entry (consumer_id, hour, entry_id, hits, clients)
SELECT $1, $2, $3, $4, $5 WHERE EXISTS (
	SELECT 1 FROM list_entry WHERE id = $3)
ON CONFLICT (consumer_id, hour, entry_id) DO UPDATE SET
	hits = excluded.hits, clients = excluded.clients;

-- name: lists_approvers
-- doc: Who has signed for the list, and with which key.
-- roles: admin
-- out: id int, login text, display_name text, sign_key blob, active int
SELECT id, login, display_name, sign_key, active FROM staff
WHERE sign_key <> x'' ORDER BY login;

-- name: lists_alarm
-- doc: The newest edition that waits for a person since a breaker (1 to 4)
-- doc: tripped, if nobody was mailed of any since a time.
-- roles: worker
-- in: since_us int
-- out: id int, held int, at_us int
SELECT id, held, at_us FROM list_edition
WHERE state = 1 AND (held & 7) <> 0 AND mailed_at_us = 0
	AND NOT EXISTS (SELECT 1 FROM list_edition WHERE mailed_at_us >= $1)
ORDER BY id DESC LIMIT 1;

-- name: lists_alarm_mailed
-- doc: Somebody was mailed that it waits.
-- roles: worker
-- in: mailed_at_us int, id int
-- expect: one
UPDATE list_edition SET mailed_at_us = $1 WHERE id = $2;
