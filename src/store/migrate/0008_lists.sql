-- SPDX-License-Identifier: Apache-2.0
-- Lists of addresses that others block: docs/publish.md,
-- docs/protocol/urllist.md.

-- The public key of what a person signs when they approve for a list; follows
-- from the secret that their password opens. Empty before the next login.
ALTER TABLE staff ADD COLUMN sign_key BLOB NOT NULL DEFAULT x'';

-- One row. seq is raised by whatever may change what is published, so that
-- the publisher finds out with one small read.
CREATE TABLE list_head (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	hotline BLOB NOT NULL,             -- 16 random bytes, for ever
	public_key BLOB NOT NULL,          -- X25519 of the publisher, x'' none
	seq INTEGER NOT NULL,
	halted_by INTEGER NOT NULL,        -- staff id: nothing is published
	halted_at_us INTEGER NOT NULL,
	resume_by INTEGER NOT NULL,        -- staff id: wants it to go on; waits
	                                   -- for another supervisor
	resume_at_us INTEGER NOT NULL,
	root_version INTEGER NOT NULL,     -- the newest the publisher saw, 0 none
	root_expires_us INTEGER NOT NULL   -- when that ends
) STRICT;
INSERT INTO list_head (id, hotline, public_key, seq, halted_by, halted_at_us,
	resume_by, resume_at_us, root_version, root_expires_us)
VALUES (1, randomblob(16), x'', 1, 0, 0, 0, 0, 0, 0);

-- Who blocks. Brought in by one supervisor, in use when another approved.
CREATE TABLE list_consumer (
	id INTEGER PRIMARY KEY,            -- random, 40 bits
	name TEXT NOT NULL,                -- of one that waits or is in use
	contact TEXT NOT NULL,             -- a person there, for people here
	tier INTEGER NOT NULL,             -- 0 offline, 1 asks, 2 names in clear
	stage INTEGER NOT NULL,            -- 1 gets new entries first, 2 later
	state INTEGER NOT NULL,            -- enum hl_list_consumer_state
	version INTEGER NOT NULL,          -- raised by each change
	token_hash BLOB NOT NULL,          -- of its token, seal/token.h; x'' none
	sign_key BLOB NOT NULL,            -- Ed25519, of its counters; x'' none
	budget INTEGER NOT NULL,           -- hosts it may ask for in a day
	risk TEXT NOT NULL,                -- tier 0: why that is taken
	tsig_name TEXT NOT NULL,           -- tier 2: name of its key, '' none
	tsig_sealed BLOB NOT NULL,         -- its secret, to the publisher
	notify TEXT NOT NULL,              -- tier 2: address:port, one a line
	proposed_by INTEGER NOT NULL,      -- staff id
	proposed_at_us INTEGER NOT NULL,
	approved_by INTEGER NOT NULL,      -- somebody else, 0 not yet
	approved_at_us INTEGER NOT NULL,
	ended_by INTEGER NOT NULL,
	ended_at_us INTEGER NOT NULL,
	last_fetch INTEGER NOT NULL DEFAULT 0 -- of a manifest: hours since 1970, 0
	                                   -- never; no finer, so that the
	                                   -- file tells no rhythm
) STRICT;
CREATE UNIQUE INDEX list_consumer_name ON list_consumer (name)
	WHERE state IN (1, 2);
CREATE UNIQUE INDEX list_consumer_token ON list_consumer (token_hash)
	WHERE token_hash <> x'';

-- More for a consumer, which waits for a second supervisor.
CREATE TABLE list_consumer_change (
	id INTEGER PRIMARY KEY,
	consumer_id INTEGER NOT NULL REFERENCES list_consumer (id),
	tier INTEGER NOT NULL,             -- -1: as it is
	stage INTEGER NOT NULL,            -- -1: as it is
	budget INTEGER NOT NULL,           -- -1: as it is
	risk TEXT NOT NULL,                -- with tier 0: why
	state INTEGER NOT NULL,            -- 1 waits, 2 approved, 3 refused,
	                                   -- 4 withdrawn
	proposed_by INTEGER NOT NULL,      -- staff id
	proposed_at_us INTEGER NOT NULL,
	decided_by INTEGER NOT NULL,       -- somebody else, but for 4
	decided_at_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX list_consumer_change_waits
	ON list_consumer_change (consumer_id) WHERE state = 1;

-- What is, was or may be on the list.
CREATE TABLE list_entry (
	id INTEGER PRIMARY KEY,            -- random, 40 bits; people see it
	kind INTEGER NOT NULL,             -- 1 of a case, 2 a canary
	item_id INTEGER NOT NULL,          -- 0: a canary, or erased
	case_id INTEGER NOT NULL,
	consumer_id INTEGER NOT NULL,      -- whose canary; 0: for all
	scope INTEGER NOT NULL,            -- 1 page, 2 any query, 3 folder, 4 domain
	keep INTEGER NOT NULL,             -- of a folder: segments of the path
	                                   -- that it has; of a domain: labels
	reason INTEGER NOT NULL,           -- enum hl_list_reason; 0 for a page
	place_hash BLOB NOT NULL,          -- keyed hash of scope, host and path
	place_sealed BLOB NOT NULL,        -- host LF path, to the publisher;
	                                   -- empty when it has ended
	commitment BLOB NOT NULL,          -- s X of its host, 32 bytes
	popular INTEGER NOT NULL,          -- 1: on the list of popular hosts
	state INTEGER NOT NULL,            -- enum hl_list_state
	version INTEGER NOT NULL,
	proposed_by INTEGER NOT NULL,      -- staff id
	proposed_at_us INTEGER NOT NULL,
	proposed_key BLOB NOT NULL,        -- staff.sign_key then
	proposed_sig BLOB NOT NULL,        -- urllist.md, clause 8
	approved_by INTEGER NOT NULL,      -- somebody else, 0 not yet
	approved_at_us INTEGER NOT NULL,
	approved_key BLOB NOT NULL,
	approved_sig BLOB NOT NULL,
	third_by INTEGER NOT NULL,         -- for a popular host
	third_at_us INTEGER NOT NULL,
	looked_at_us INTEGER NOT NULL,     -- when a person last said: is there
	ended_by INTEGER NOT NULL,         -- staff id, 0 by itself
	ended_at_us INTEGER NOT NULL,
	ended_why INTEGER NOT NULL,        -- enum hl_list_end
	first_edition INTEGER NOT NULL,    -- in which it first went out, 0 none
	released_at_us INTEGER NOT NULL    -- when that was
) STRICT;
CREATE UNIQUE INDEX list_entry_place ON list_entry (place_hash, consumer_id)
	WHERE state IN (1, 2, 3);
CREATE INDEX list_entry_state ON list_entry (state, id);
CREATE INDEX list_entry_item ON list_entry (item_id) WHERE item_id > 0;
CREATE INDEX list_entry_consumer ON list_entry (consumer_id)
	WHERE consumer_id > 0;

-- The log of approvals and ends, clause 8; only grows.
CREATE TABLE list_leaf (
	place INTEGER PRIMARY KEY,         -- 0, 1, 2 …
	entry_id INTEGER NOT NULL,
	leaf BLOB NOT NULL CHECK (length(leaf) = 248)
) STRICT;
-- One that begins and one that ends an entry, never two.
CREATE UNIQUE INDEX list_leaf_entry ON list_leaf (entry_id, substr(leaf, 1, 1));

-- What went out, or was held back for a person to look at.
CREATE TABLE list_edition (
	id INTEGER PRIMARY KEY,            -- 1, 2, 3 …
	at_us INTEGER NOT NULL,
	n_entries INTEGER NOT NULL,
	n_hosts INTEGER NOT NULL,
	n_added INTEGER NOT NULL,          -- hosts, against the one before
	n_removed INTEGER NOT NULL,
	held INTEGER NOT NULL,             -- bit set, enum hl_list_breaker
	state INTEGER NOT NULL,            -- enum hl_list_edition_state
	seq INTEGER NOT NULL,              -- list_head.seq that it was made of
	digest BLOB NOT NULL,              -- of the set; a person's yes is to it
	decided_by INTEGER NOT NULL,
	decided_at_us INTEGER NOT NULL,
	mailed_at_us INTEGER NOT NULL DEFAULT 0 -- that it waits
) STRICT;
CREATE INDEX list_edition_state ON list_edition (state, id);

-- Back to an edition: what went out after it, or not yet, ends. By two
-- supervisors.
CREATE TABLE list_rollback (
	id INTEGER PRIMARY KEY,
	edition_id INTEGER NOT NULL,
	state INTEGER NOT NULL,            -- as list_consumer_change.state
	proposed_by INTEGER NOT NULL,      -- staff id
	proposed_at_us INTEGER NOT NULL,
	decided_by INTEGER NOT NULL,
	decided_at_us INTEGER NOT NULL     -- what came later stays
) STRICT;
CREATE UNIQUE INDEX list_rollback_waits ON list_rollback (state)
	WHERE state = 1;

-- What each consumer was given; the files are in the folder of the publisher.
CREATE TABLE list_version (
	consumer_id INTEGER NOT NULL REFERENCES list_consumer (id),
	version INTEGER NOT NULL,
	edition_id INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	n_rows INTEGER NOT NULL,
	size_bytes INTEGER NOT NULL,
	root BLOB NOT NULL,                -- 32 bytes
	manifest BLOB NOT NULL,            -- as it was signed
	made_at_us INTEGER NOT NULL,
	expires_at_us INTEGER NOT NULL,
	PRIMARY KEY (consumer_id, version)
) STRICT, WITHOUT ROWID;

-- How much each consumer asked, and was refused.
CREATE TABLE list_use (
	consumer_id INTEGER NOT NULL REFERENCES list_consumer (id),
	hour INTEGER NOT NULL,             -- hours since 1970
	asked INTEGER NOT NULL,            -- hosts
	refused INTEGER NOT NULL,
	PRIMARY KEY (consumer_id, hour)
) STRICT, WITHOUT ROWID;

-- Counters that consumers sent, clause 9.
CREATE TABLE list_count (
	consumer_id INTEGER NOT NULL REFERENCES list_consumer (id),
	hour INTEGER NOT NULL,
	hits INTEGER NOT NULL,
	clients INTEGER NOT NULL,
	entries INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	digest BLOB NOT NULL,              -- SHA-256 of the text
	PRIMARY KEY (consumer_id, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_count_hour ON list_count (hour);
CREATE TABLE list_count_entry (
	consumer_id INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	entry_id INTEGER NOT NULL,
	hits INTEGER NOT NULL,
	clients INTEGER NOT NULL,
	PRIMARY KEY (consumer_id, hour, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_count_entry_entry ON list_count_entry (entry_id, hour);

-- Somebody says that an entry blocks what it should not.
CREATE TABLE list_appeal (
	id INTEGER PRIMARY KEY,            -- random, 40 bits
	entry_id INTEGER NOT NULL,         -- 0: none was named, or it is unknown
	lookup BLOB NOT NULL UNIQUE,       -- from the receipt, seal/receipt.h
	epoch INTEGER NOT NULL,            -- of the queue key
	key_sealed BLOB NOT NULL,
	body_sealed BLOB NOT NULL,         -- JSON: address, words, contact
	received_at_us INTEGER NOT NULL,
	state INTEGER NOT NULL,            -- enum hl_list_appeal_state
	version INTEGER NOT NULL,
	decided_by INTEGER NOT NULL,       -- none of the entry's approvers
	decided_at_us INTEGER NOT NULL,
	why INTEGER NOT NULL               -- enum hl_list_appeal_why
) STRICT;
CREATE INDEX list_appeal_state ON list_appeal (state, received_at_us);
CREATE INDEX list_appeal_entry ON list_appeal (entry_id);

-- Whatever may change the list raises seq.
CREATE TRIGGER list_entry_made AFTER INSERT ON list_entry BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_entry_moved AFTER UPDATE OF state, looked_at_us
ON list_entry BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_consumer_moved AFTER UPDATE OF state, tier, stage,
	token_hash, budget, tsig_name, notify ON list_consumer BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_item_moved AFTER UPDATE OF state, url_sealed ON item
WHEN EXISTS (SELECT 1 FROM list_entry
	WHERE item_id = new.id AND item_id > 0) BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_case_moved AFTER UPDATE OF state, outcome ON cases
WHEN EXISTS (SELECT 1 FROM list_entry AS e JOIN item AS i ON i.id = e.item_id
	WHERE i.case_id = new.id AND e.item_id > 0) BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_rollback_decided AFTER UPDATE OF state ON list_rollback BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_head_halted AFTER UPDATE OF halted_by ON list_head BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
CREATE TRIGGER list_edition_decided AFTER UPDATE OF state ON list_edition BEGIN
	UPDATE list_head SET seq = seq + 1;
END;
