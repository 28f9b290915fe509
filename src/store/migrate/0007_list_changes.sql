-- SPDX-License-Identifier: Apache-2.0
-- What would let more cases be resolved, and waits for a second supervisor: a
-- list of known hashes counts for more, or what holds cases back for less:
-- docs/registry.md.
CREATE TABLE hash_list_proposal (
	id INTEGER PRIMARY KEY,
	list_id INTEGER NOT NULL REFERENCES hash_list (id),
	label INTEGER NOT NULL,            -- whose outcome; 0: the list itself
	radius INTEGER NOT NULL,           -- as in hash_list; -1 as it is
	resolve INTEGER NOT NULL,          -- 1: switched on; 0 as it is
	resolve_radius INTEGER NOT NULL,   -- -1 as it is
	outcome INTEGER NOT NULL,          -- -1 as it is
	retire INTEGER NOT NULL,           -- 1: goes out of use; 0 as it is
	entry_id INTEGER NOT NULL,         -- which is withdrawn; 0 none
	reason INTEGER NOT NULL,           -- why: enum hl_hash_reason, or 0
	state INTEGER NOT NULL,            -- enum hl_hash_list_proposal
	proposed_by INTEGER NOT NULL,      -- staff id
	proposed_at_us INTEGER NOT NULL,
	decided_by INTEGER NOT NULL,       -- who ended it, 0 not yet
	decided_at_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX hash_list_proposal_open
	ON hash_list_proposal (list_id, label, entry_id) WHERE state = 1;
