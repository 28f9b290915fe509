-- SPDX-License-Identifier: Apache-2.0
-- The house: from a report to a measured outcome.
--
-- Ids are random 40-bit integers unless said otherwise; *_us are UTC
-- microseconds since 1970, 0 for "not yet". Enumerations are the integers of
-- domain/vocab.h and domain/state.h. A column called *_sealed can be read
-- only with a key that is not in this file; see docs/keys.md.

-- The installation's own notes: what is public about it, checkpoints.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
	id INTEGER PRIMARY KEY,
	login TEXT NOT NULL UNIQUE,        -- lower case, typed at the door
	display_name TEXT NOT NULL,
	roles INTEGER NOT NULL,            -- bit set, domain/authz.h
	active INTEGER NOT NULL,           -- 0 after offboarding
	public_key BLOB NOT NULL,          -- X25519
	key_sealed BLOB NOT NULL,          -- secret key under Argon2id(password)
	totp_sealed BLOB NOT NULL,         -- to public_key; empty: not set up
	totp_step INTEGER NOT NULL,        -- last step that was used up
	must_change INTEGER NOT NULL,      -- 1: first login chooses a password
	failed INTEGER NOT NULL,           -- wrong tries since the last right one
	locked_until_us INTEGER NOT NULL,
	created_at_us INTEGER NOT NULL,
	last_login_us INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_code (
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	code_hash BLOB NOT NULL,           -- keyed hash
	used_at_us INTEGER NOT NULL,
	PRIMARY KEY (staff_id, code_hash)
) STRICT;

CREATE TABLE key_epoch (
	kind INTEGER NOT NULL,             -- enum hl_key_kind, store/store.h
	epoch INTEGER NOT NULL,            -- 1, 2, ...
	public_key BLOB NOT NULL,          -- empty for a symmetric key
	created_at_us INTEGER NOT NULL,
	closed_at_us INTEGER NOT NULL,
	PRIMARY KEY (kind, epoch)
) STRICT;

CREATE TABLE key_share (
	kind INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	key_sealed BLOB NOT NULL,          -- the epoch's secret, to the staff key
	PRIMARY KEY (kind, epoch, staff_id)
) STRICT;

CREATE TABLE session (
	token_hash BLOB PRIMARY KEY,       -- of the cookie; the cookie is not kept
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	stage INTEGER NOT NULL,            -- 1 password right, 2 second factor too
	key_sealed BLOB NOT NULL,          -- staff secret under the cookie
	created_at_us INTEGER NOT NULL,
	seen_at_us INTEGER NOT NULL,
	expires_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX session_staff ON session (staff_id);

CREATE TABLE draft (
	token_hash BLOB PRIMARY KEY,       -- of the cookie of a half-filled form
	version INTEGER NOT NULL,          -- 1, raised by each save
	submitted INTEGER NOT NULL,        -- 1: sent, holds the receipt only
	answers_sealed BLOB NOT NULL,      -- under the cookie
	expires_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_expires ON draft (expires_at_us);

CREATE TABLE report (
	id INTEGER PRIMARY KEY,
	lookup BLOB NOT NULL UNIQUE,       -- from the receipt, seal/receipt.h
	mailbox_key BLOB NOT NULL,         -- X25519 public key from the receipt
	received_at_us INTEGER NOT NULL,
	channel INTEGER NOT NULL,          -- 1 form, 2 API
	danger INTEGER NOT NULL,           -- a child in danger now: yes/no/unknown
	place INTEGER NOT NULL,            -- what kind of place
	has_contact INTEGER NOT NULL,
	is_test INTEGER NOT NULL,          -- 1: made by a rehearsal
	state INTEGER NOT NULL,            -- enum hl_report_state
	triage INTEGER NOT NULL,           -- enum hl_triage, 0 before it
	triage_reason INTEGER NOT NULL,
	triaged_at_us INTEGER NOT NULL,
	triaged_by INTEGER NOT NULL,       -- staff id
	digest BLOB NOT NULL,              -- keyed, domain/duplicate.h; x'' before
	contact_asked_by INTEGER NOT NULL, -- who asked to see the contact
	contact_granted_to INTEGER NOT NULL,
	contact_granted_by INTEGER NOT NULL
) STRICT;
CREATE INDEX report_digest ON report (digest) WHERE digest <> x'';
CREATE INDEX report_state ON report (state, danger, received_at_us);
CREATE INDEX report_received ON report (received_at_us);

-- Apart from `report` so that new rows are appended: random ids would
-- scatter the large parts over the file.
CREATE TABLE report_part (
	seq INTEGER PRIMARY KEY,
	report_id INTEGER NOT NULL REFERENCES report (id),
	part INTEGER NOT NULL,             -- 1 the answers, 2 the contact
	epoch INTEGER NOT NULL,            -- of the queue or the identity key
	key_sealed BLOB NOT NULL,          -- empty after erasure
	body_sealed BLOB NOT NULL,
	UNIQUE (report_id, part)
) STRICT;

CREATE TABLE cases (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,            -- enum hl_case_state
	state_at_us INTEGER NOT NULL,      -- when it entered that state
	version INTEGER NOT NULL,          -- raised by each change
	created_at_us INTEGER NOT NULL,
	priority INTEGER NOT NULL,         -- higher first
	reasons INTEGER NOT NULL,          -- bit set, domain/priority.h
	danger INTEGER NOT NULL,
	is_test INTEGER NOT NULL,
	holder INTEGER NOT NULL,           -- staff id, 0 nobody
	lease_until_us INTEGER NOT NULL,
	first_by INTEGER NOT NULL,         -- who assessed first, second, last
	second_by INTEGER NOT NULL,
	third_by INTEGER NOT NULL,
	outcome INTEGER NOT NULL,          -- enum hl_outcome, 0 before it
	closed_reason INTEGER NOT NULL,
	closed_at_us INTEGER NOT NULL,
	reopened INTEGER NOT NULL,         -- times
	legal_hold INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_queue ON cases (state, priority DESC, created_at_us);

CREATE TABLE item (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	url_hash BLOB NOT NULL UNIQUE,     -- keyed hash of the canonical URL
	host_hash BLOB NOT NULL,           -- keyed hash of its host
	canon_version INTEGER NOT NULL,
	kind INTEGER NOT NULL,             -- enum of url/extract.h
	epoch INTEGER NOT NULL,            -- queue key of url_sealed
	url_sealed BLOB NOT NULL,          -- to the queue key; empty when erased
	worker_sealed BLOB NOT NULL,       -- to the worker; empty when not needed
	state INTEGER NOT NULL,            -- enum hl_item_state
	public_status INTEGER NOT NULL,    -- enum hl_public_status
	status_at_us INTEGER NOT NULL DEFAULT 0, -- when that last changed
	passed_to INTEGER NOT NULL,        -- recipient kinds told so far, bit set
	n_reports INTEGER NOT NULL,        -- all that name it
	n_independent INTEGER NOT NULL,    -- without those sent again
	first_at_us INTEGER NOT NULL,
	last_at_us INTEGER NOT NULL,
	country TEXT NOT NULL,             -- ISO 3166-1 alpha-2, '' unknown
	asn INTEGER NOT NULL,              -- 0 unknown
	network TEXT NOT NULL,             -- its name, '' unknown
	provider_id INTEGER NOT NULL,      -- recipient, 0 unknown
	traced_at_us INTEGER NOT NULL,
	trace_due_us INTEGER NOT NULL DEFAULT 1, -- when the worker traces; 0 not
	trace_lease_us INTEGER NOT NULL DEFAULT 0, -- a worker has it until then
	removed_at_us INTEGER NOT NULL     -- last change to offline, 0 online
) STRICT;
CREATE INDEX item_trace ON item (trace_due_us) WHERE trace_due_us > 0;
CREATE INDEX item_case ON item (case_id);
CREATE INDEX item_host ON item (host_hash);

CREATE TABLE report_item (
	report_id INTEGER NOT NULL REFERENCES report (id),
	position INTEGER NOT NULL,         -- 1.. in the reporter's order
	item_id INTEGER NOT NULL,          -- 0: this address could not be read
	verdict INTEGER NOT NULL,          -- enum hl_triage for this address
	reason INTEGER NOT NULL,
	linked_at_us INTEGER NOT NULL,
	PRIMARY KEY (report_id, position)
) STRICT;
CREATE INDEX report_item_item ON report_item (item_id);

-- Who held a case in which step, for how long; ended_at_us 0 while it runs.
CREATE TABLE case_step (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	step INTEGER NOT NULL,             -- enum hl_step
	holder INTEGER NOT NULL,
	started_at_us INTEGER NOT NULL,
	ended_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX case_step_case ON case_step (case_id, started_at_us);
CREATE INDEX case_step_open ON case_step (ended_at_us, step);
-- one step runs at a time; found by its case without a walk over all others
CREATE UNIQUE INDEX case_step_running ON case_step (case_id)
	WHERE ended_at_us = 0;

CREATE TABLE assessment (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	item_id INTEGER NOT NULL REFERENCES item (id),
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	round INTEGER NOT NULL,            -- 1 first, 2 second, 3 adjudication
	cycle INTEGER NOT NULL,            -- cases.reopened at the time
	profile TEXT NOT NULL,             -- law profiles and their versions
	facts TEXT NOT NULL,               -- JSON of vocabulary names, no words
	note_sealed BLOB NOT NULL,         -- to the queue key; empty: none
	epoch INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	rules TEXT NOT NULL,               -- ids of the rules that decided
	made_at_us INTEGER NOT NULL,
	UNIQUE (case_id, cycle, round)
) STRICT;

-- Minutes of looking at material, started and stopped by the analyst.
CREATE TABLE viewing (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	started_at_us INTEGER NOT NULL,
	stopped_at_us INTEGER NOT NULL     -- 0 while it runs
) STRICT;
CREATE INDEX viewing_staff ON viewing (staff_id, started_at_us);

CREATE TABLE note (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	at_us INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	words_sealed BLOB NOT NULL         -- to the queue key
) STRICT;
CREATE INDEX note_case ON note (case_id, at_us);

CREATE TABLE trace (
	id INTEGER PRIMARY KEY,
	item_id INTEGER NOT NULL REFERENCES item (id),
	at_us INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	facts_sealed BLOB NOT NULL,        -- JSON of trace/trace.h, to the queue
	worker_sealed BLOB NOT NULL,       -- the same to the worker, for comparing
	source INTEGER NOT NULL,           -- 1 looked up, 2 typed in by a person
	                                   -- and in force, 3 typed in once
	country TEXT NOT NULL,
	asn INTEGER NOT NULL,
	network TEXT NOT NULL,
	missing INTEGER NOT NULL           -- how many things were not found out
) STRICT;
CREATE INDEX trace_item ON trace (item_id, at_us);

-- Whom referrals go to: police, providers, partner hotlines.
CREATE TABLE recipient (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,             -- enum hl_recipient
	name TEXT NOT NULL,
	mail TEXT NOT NULL,                -- '' for download only
	country TEXT NOT NULL,
	asn INTEGER NOT NULL,              -- 0 for any
	channel INTEGER NOT NULL,          -- 1 mail, 2 download
	state INTEGER NOT NULL,            -- enum hl_contact_state
	source INTEGER NOT NULL,           -- 1 typed in, 2 found by RDAP
	created_at_us INTEGER NOT NULL,
	decided_at_us INTEGER NOT NULL,
	decided_by INTEGER NOT NULL,       -- who approved or rejected the contact
	proposed_by INTEGER NOT NULL DEFAULT 0, -- who typed it in, 0 nobody
	UNIQUE (kind, mail, country, name)
) STRICT;

CREATE TABLE referral (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	item_id INTEGER NOT NULL REFERENCES item (id),
	recipient_id INTEGER NOT NULL REFERENCES recipient (id),
	kind INTEGER NOT NULL,             -- enum hl_recipient
	channel INTEGER NOT NULL,
	state INTEGER NOT NULL,            -- enum hl_referral_state
	version INTEGER NOT NULL,
	is_test INTEGER NOT NULL,          -- 1: a test message, says so itself
	idempotency BLOB NOT NULL UNIQUE,  -- of case, cycle, recipient
	hold_until_us INTEGER NOT NULL,    -- police-first hold, 0 none
	created_by INTEGER NOT NULL,
	created_at_us INTEGER NOT NULL,
	approved_by INTEGER NOT NULL,
	approved_at_us INTEGER NOT NULL,
	sent_at_us INTEGER NOT NULL,
	closed_at_us INTEGER NOT NULL,
	answer INTEGER NOT NULL,           -- the latest, enum hl_answer
	answered_at_us INTEGER NOT NULL,
	answer_hash BLOB NOT NULL,         -- of the answer link's token
	answer_until_us INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	last_code INTEGER NOT NULL,        -- SMTP reply code or 0
	last_error TEXT NOT NULL,          -- for a person, no content
	epoch INTEGER NOT NULL,
	document_sealed BLOB NOT NULL,     -- to the queue key, for reading
	worker_sealed BLOB NOT NULL        -- to the worker, emptied once sent
) STRICT;
CREATE INDEX referral_case ON referral (case_id);
CREATE INDEX referral_state ON referral (state, hold_until_us);
CREATE UNIQUE INDEX referral_answer ON referral (answer_hash)
	WHERE answer_hash <> x'';

-- Every effect on the outside, written in the transaction that decided it.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY,
	referral_id INTEGER NOT NULL REFERENCES referral (id),
	kind INTEGER NOT NULL,             -- 1 mail
	state INTEGER NOT NULL,            -- 1 waiting, 2 done, 3 given up
	attempts INTEGER NOT NULL,
	next_at_us INTEGER NOT NULL,
	lease_until_us INTEGER NOT NULL,
	created_at_us INTEGER NOT NULL,
	done_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_at_us);

-- Everything a recipient said, in order; referral.answer is the latest.
CREATE TABLE answer (
	id INTEGER PRIMARY KEY,
	referral_id INTEGER NOT NULL REFERENCES referral (id),
	at_us INTEGER NOT NULL,
	answer INTEGER NOT NULL,           -- enum hl_answer
	via INTEGER NOT NULL,              -- 1 page, 2 JSON, 3 typed in by staff
	epoch INTEGER NOT NULL,
	words_sealed BLOB NOT NULL,        -- reason, new address; to the queue key
	staff_id INTEGER NOT NULL DEFAULT 0, -- who typed it in, 0 the recipient
	digest BLOB NOT NULL DEFAULT x''   -- under the link's key: said before?
) STRICT;
CREATE INDEX answer_referral ON answer (referral_id, at_us);

CREATE TABLE watch (
	item_id INTEGER PRIMARY KEY REFERENCES item (id),
	active INTEGER NOT NULL,
	stage INTEGER NOT NULL,            -- place in the schedule
	misses INTEGER NOT NULL,
	first_miss_us INTEGER NOT NULL DEFAULT 0,
	last_miss_us INTEGER NOT NULL,
	last_at_us INTEGER NOT NULL,
	last_seen_us INTEGER NOT NULL DEFAULT 0,
	offline_at_us INTEGER NOT NULL DEFAULT 0,
	host_id INTEGER NOT NULL DEFAULT 0, -- hl_trace_host_id(), as signed
	checks INTEGER NOT NULL DEFAULT 0,
	unsure INTEGER NOT NULL DEFAULT 0, -- looks in a row that said nothing
	wants_person INTEGER NOT NULL DEFAULT 0, -- too many of those
	last_verdict INTEGER NOT NULL,     -- enum hl_watch_verdict + 1, 0 none
	next_at_us INTEGER NOT NULL,
	lease_until_us INTEGER NOT NULL,
	started_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX watch_due ON watch (active, next_at_us);

CREATE TABLE item_check (
	id INTEGER PRIMARY KEY,
	item_id INTEGER NOT NULL REFERENCES item (id),
	at_us INTEGER NOT NULL,
	verdict INTEGER NOT NULL,          -- enum hl_check
	http_status INTEGER NOT NULL,      -- 0: DNS only or no answer
	took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX item_check_item ON item_check (item_id, at_us);

-- Acts that need a second person: proposed by one, approved by another.
CREATE TABLE proposal (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,             -- 1 erase a case, 2 erase a report
	object_id INTEGER NOT NULL,
	proposed_by INTEGER NOT NULL,
	proposed_at_us INTEGER NOT NULL,
	decided_by INTEGER NOT NULL,
	decided_at_us INTEGER NOT NULL,
	state INTEGER NOT NULL             -- 1 open, 2 approved, 3 refused
) STRICT;
CREATE INDEX proposal_state ON proposal (state, proposed_at_us);

-- The audit log: ids and numbers only. hash = SHA-256 over the previous hash
-- and this row (store/chain.h), so that no row can be changed, removed or
-- moved unseen; the head lies apart and in signed checkpoints.
CREATE TABLE event (
	seq INTEGER PRIMARY KEY,           -- 1, 2, 3, ... without gaps
	at_us INTEGER NOT NULL,
	source INTEGER NOT NULL,           -- role of the process that wrote it
	actor INTEGER NOT NULL,            -- staff id, 0 nobody in person
	kind INTEGER NOT NULL,             -- enum hl_event
	object_kind INTEGER NOT NULL,      -- enum hl_object
	object_id INTEGER NOT NULL,
	a INTEGER NOT NULL,                -- details by kind: from-state, count,
	b INTEGER NOT NULL,                -- to-state, other object's id
	hash BLOB NOT NULL
) STRICT;
CREATE INDEX event_object ON event (object_kind, object_id, seq);
CREATE INDEX event_actor ON event (actor, seq);

CREATE TABLE event_head (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL
) STRICT;
INSERT INTO event_head (one, seq, hash) VALUES (1, 0, zeroblob(32));
