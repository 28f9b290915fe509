-- SPDX-License-Identifier: Apache-2.0
-- The registry of known hashes: docs/registry.md. Hash values stand in clear,
-- since they must be found while nobody who holds a key is there.

-- Our own lists and those of partners.
CREATE TABLE hash_list (
	id INTEGER PRIMARY KEY,            -- 1 to 65535, as the index has them
	kind INTEGER NOT NULL,             -- 1 our own, 2 a partner's
	name TEXT NOT NULL UNIQUE,
	owner TEXT NOT NULL,               -- whose list; '' is this hotline
	source TEXT NOT NULL,              -- how it comes to us, for people
	negative INTEGER NOT NULL,         -- 1: what it has is harmless
	radius INTEGER NOT NULL,           -- farthest PDQ that is a match
	resolve INTEGER NOT NULL,          -- 1: may resolve without a view
	resolve_radius INTEGER NOT NULL,   -- farthest PDQ that does
	outcome INTEGER NOT NULL,          -- of entries that say none; 0 none
	state INTEGER NOT NULL,            -- enum hl_hash_list_state
	version INTEGER NOT NULL,          -- raised by each change
	proposed_by INTEGER NOT NULL,      -- who made it, staff id
	proposed_at_us INTEGER NOT NULL,
	approved_by INTEGER NOT NULL,      -- somebody else, 0 not yet
	approved_at_us INTEGER NOT NULL,
	imported_at_us INTEGER NOT NULL,   -- the last import, 0 never
	owner_version TEXT NOT NULL        -- what the owner calls that version
) STRICT;
INSERT INTO hash_list (id, kind, name, owner, source, negative, radius,
	resolve, resolve_radius, outcome, state, version, proposed_by,
	proposed_at_us, approved_by, approved_at_us, imported_at_us,
	owner_version)
VALUES (1, 1, 'Assessed here', '', 'Cases of this hotline', 0, 31, 1, 10, 0,
		2, 1, 0, 0, 0, 0, 0, ''),
	(2, 1, 'Known to be harmless', '', 'Cases of this hotline', 1, 31, 0,
		0, 5, 2, 1, 0, 0, 0, 0, 0, '');

-- What a partner's label means here; an entry names it by its number.
CREATE TABLE hash_label (
	list_id INTEGER NOT NULL REFERENCES hash_list (id),
	label INTEGER NOT NULL,            -- 1 to 65535
	text TEXT NOT NULL,                -- as the list's owner writes it
	outcome INTEGER NOT NULL,          -- enum hl_outcome; 0 proposes only
	PRIMARY KEY (list_id, label),
	UNIQUE (list_id, text)
) STRICT;

CREATE TABLE hash_entry (
	id INTEGER PRIMARY KEY,            -- 1, 2, 3 … over all lists
	list_id INTEGER NOT NULL REFERENCES hash_list (id),
	state INTEGER NOT NULL,            -- enum hl_hash_state
	version INTEGER NOT NULL,          -- raised by each change
	label INTEGER NOT NULL,            -- hash_label, 0 none
	outcome INTEGER NOT NULL,          -- of our own; 0: by list and label
	profile TEXT NOT NULL,             -- law profiles and their versions
	facts TEXT NOT NULL,               -- JSON of vocabulary names, no words
	series TEXT NOT NULL,              -- name of a group of entries, or ''
	foreign_id TEXT NOT NULL,          -- what its owner calls it, or ''
	origin INTEGER NOT NULL,           -- enum hl_hash_origin
	case_id INTEGER NOT NULL,          -- of ours, 0 none or erased
	proposed_by INTEGER NOT NULL,      -- staff id, 0 by import
	proposed_at_us INTEGER NOT NULL,
	approved_by INTEGER NOT NULL,      -- somebody else, 0 not yet, import
	approved_at_us INTEGER NOT NULL,
	withdrawn_by INTEGER NOT NULL,
	withdrawn_at_us INTEGER NOT NULL,
	withdrawn_reason INTEGER NOT NULL, -- enum hl_hash_reason
	n_confirmed INTEGER NOT NULL,      -- opinions that stand
	n_deconfirmed INTEGER NOT NULL     -- over 0: resolves nothing
) STRICT;
CREATE INDEX hash_entry_list ON hash_entry (list_id, state, id);
CREATE INDEX hash_entry_state ON hash_entry (state, id);
CREATE INDEX hash_entry_doubted ON hash_entry (id) WHERE n_deconfirmed > 0;
CREATE INDEX hash_entry_case ON hash_entry (case_id) WHERE case_id > 0;
CREATE UNIQUE INDEX hash_entry_foreign ON hash_entry (list_id, foreign_id)
	WHERE foreign_id <> '';

-- How many entries a list has in each state: counting millions at each look
-- would hold everybody up.
CREATE TABLE hash_count (
	list_id INTEGER NOT NULL REFERENCES hash_list (id),
	state INTEGER NOT NULL,            -- of the entries
	n INTEGER NOT NULL,
	PRIMARY KEY (list_id, state)
) STRICT, WITHOUT ROWID;
INSERT INTO hash_count (list_id, state, n)
VALUES (1, 1, 0), (1, 2, 0), (1, 3, 0), (2, 1, 0), (2, 2, 0), (2, 3, 0);
CREATE TRIGGER hash_list_counted AFTER INSERT ON hash_list BEGIN
	INSERT INTO hash_count (list_id, state, n)
	VALUES (new.id, 1, 0), (new.id, 2, 0), (new.id, 3, 0);
END;
CREATE TRIGGER hash_entry_added AFTER INSERT ON hash_entry BEGIN
	UPDATE hash_count SET n = n + 1
	WHERE list_id = new.list_id AND state = new.state;
END;
CREATE TRIGGER hash_entry_moved AFTER UPDATE OF state ON hash_entry
WHEN new.state <> old.state BEGIN
	UPDATE hash_count SET n = n - 1
	WHERE list_id = old.list_id AND state = old.state;
	UPDATE hash_count SET n = n + 1
	WHERE list_id = new.list_id AND state = new.state;
END;

-- The hashes of an entry: one of each kind for a picture, many PDQ parts for
-- a video.
CREATE TABLE hash_value (
	entry_id INTEGER NOT NULL REFERENCES hash_entry (id),
	kind INTEGER NOT NULL,             -- enum hl_hash_kind
	part INTEGER NOT NULL,             -- 0, or the frame
	value BLOB NOT NULL,
	quality INTEGER NOT NULL,          -- of PDQ, 0 to 100; -1 not known
	PRIMARY KEY (entry_id, kind, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX hash_value_value ON hash_value (value, kind);

-- What others say of an entry. Of one voice the newest stands.
CREATE TABLE hash_opinion (
	id INTEGER PRIMARY KEY,
	entry_id INTEGER NOT NULL REFERENCES hash_entry (id),
	opinion INTEGER NOT NULL,          -- enum hl_hash_opinion
	reason INTEGER NOT NULL,           -- enum hl_hash_reason
	hotline TEXT NOT NULL,             -- whose it is; '': of staff_id
	staff_id INTEGER NOT NULL,         -- who gave or wrote it down
	at_us INTEGER NOT NULL,
	stands INTEGER NOT NULL            -- 0: the same voice spoke again
) STRICT;
CREATE INDEX hash_opinion_entry ON hash_opinion (entry_id, at_us);

-- The change feed of the index and of replicas: what to read again.
CREATE TABLE hash_change (
	seq INTEGER PRIMARY KEY,           -- ascending, never used again
	list_id INTEGER NOT NULL,
	entry_id INTEGER NOT NULL          -- 0: the list itself or a label
) STRICT;
INSERT INTO hash_change (seq, list_id, entry_id) VALUES (1, 1, 0), (2, 2, 0);

-- The hashes that an item of ours has.
CREATE TABLE item_hash (
	item_id INTEGER NOT NULL REFERENCES item (id),
	kind INTEGER NOT NULL,             -- enum hl_hash_kind
	value BLOB NOT NULL,
	quality INTEGER NOT NULL,          -- of PDQ; -1 not known
	how INTEGER NOT NULL,              -- enum hl_hash_how
	vouched INTEGER NOT NULL,          -- 1: by staff or a known sender
	added_by INTEGER NOT NULL,         -- staff id; 0: came with a report
	report_id INTEGER NOT NULL,        -- that it came with, 0 none
	at_us INTEGER NOT NULL,
	looked INTEGER NOT NULL,           -- 1: looked up since it came
	PRIMARY KEY (item_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_hash_value ON item_hash (value, kind);
CREATE INDEX item_hash_looked ON item_hash (item_id) WHERE looked = 0;

-- Why a case was resolved without a view. In the place of both assessments
-- of its cycle; copied, since the entry may change later.
CREATE TABLE hash_resolution (
	case_id INTEGER NOT NULL REFERENCES cases (id),
	cycle INTEGER NOT NULL,            -- cases.reopened at the time
	entry_id INTEGER NOT NULL REFERENCES hash_entry (id),
	kind INTEGER NOT NULL,             -- of the hash that matched
	distance INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	profile TEXT NOT NULL,             -- laws that it was judged under
	facts TEXT NOT NULL,
	rules TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	undone_by INTEGER NOT NULL,        -- supervisor who took it back, 0
	PRIMARY KEY (case_id, cycle)
) STRICT;
CREATE INDEX hash_resolution_entry ON hash_resolution (entry_id, at_us);
CREATE INDEX hash_resolution_at ON hash_resolution (at_us);

-- The switch for all lists.
CREATE TABLE hash_policy (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	resolve INTEGER NOT NULL,          -- 0: nothing resolves without a view
	changed_by INTEGER NOT NULL,
	changed_at_us INTEGER NOT NULL
) STRICT;
INSERT INTO hash_policy (one, resolve, changed_by, changed_at_us)
VALUES (1, 1, 0, 0);

ALTER TABLE report ADD COLUMN sender INTEGER NOT NULL DEFAULT 0;
	-- the program's key under which it came, 0 none
