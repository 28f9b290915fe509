-- SPDX-License-Identifier: Apache-2.0

-- name: meta_get
-- doc: One value of the installation's own notes.
-- roles: staff, admin
-- in: key text
-- out: value text
SELECT value FROM meta WHERE key = $1;

-- name: meta_put
-- doc: Writes or replaces one such value.
-- roles: staff, admin
-- in: key text, value text
INSERT INTO meta (key, value) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: event_head
-- doc: Number and hash of the newest entry of the audit log.
-- roles: staff, worker, admin
-- out: seq int, hash blob
SELECT seq, hash FROM event_head;

-- name: event_page
-- doc: Entries of the audit log from `seq` on, in order.
-- roles: staff, admin
-- in: seq int, n_most int
-- out: seq int, at_us int, source int, actor int, kind int,
-- out: object_kind int, object_id int, a int, b int, hash blob
SELECT seq, at_us, source, actor, kind, object_kind, object_id, a, b, hash
FROM event WHERE seq >= $1 ORDER BY seq LIMIT $2;

-- name: object_events
-- doc: What happened to an object (enum hl_object), newest first.
-- roles: staff, admin
-- in: object_kind int, object_id int, n_most int
-- out: seq int, at_us int, actor int, name text, kind int,
-- out: object_kind int, object_id int, a int, b int
SELECT e.seq, e.at_us, e.actor, coalesce(s.display_name, ''), e.kind,
	e.object_kind, e.object_id, e.a, e.b
FROM event e LEFT JOIN staff s ON s.id = e.actor
WHERE e.object_kind = $1 AND e.object_id = $2 ORDER BY e.seq DESC LIMIT $3;
