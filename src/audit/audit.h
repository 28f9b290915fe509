/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_AUDIT_AUDIT_H
#define HL_AUDIT_AUDIT_H

#include "base/arena.h"
#include "seal/sign.h"
#include "store/store.h"

/*
 * The audit log is a chain: each entry's hash covers the one before
 * (store/chain.h). Verifying recomputes it. Who can rewrite the whole store
 * can also rewrite the whole chain; checkpoints, signed and kept apart, show
 * that. docs/audit.md tells what is found and what is not.
 */
enum hl_audit_fault {
	HL_AUDIT_SOUND = 0,
	HL_AUDIT_CHANGED,    /* entry `seq` is not what was hashed */
	HL_AUDIT_MISSING,    /* there is no entry `seq`, though later ones */
	HL_AUDIT_CUT,        /* entries from `seq` on are gone from the end */
	HL_AUDIT_HEAD,       /* the head does not fit the last entry */
	HL_AUDIT_REWRITTEN,  /* a checkpoint has another hash for `seq` */
	HL_AUDIT_CHECKPOINT, /* a checkpoint's signature or form is wrong */
	HL_AUDIT_NO_CHECKPOINT, /* the log notes one of entry `seq` that the
				   file has not */
	HL_AUDIT_TIME,          /* entry `seq` is earlier than the one before */
};

struct hl_audit_result {
	enum hl_audit_fault fault; /* the first that was found */
	int64_t seq;               /* where */
	int64_t n_entries;         /* that were looked at */
	int64_t n_checkpoints;     /* that fit */
	int64_t covered_seq;       /* up to here a checkpoint vouches */
};

/* One sentence in English for people; static. */
const char *hl_audit_fault_text(enum hl_audit_fault fault);

/*
 * Looks at every entry and every checkpoint. checkpoints is the text of the
 * checkpoint file, absent or empty for none; pub the key that signs them.
 * 0 also when a fault in the log was found: that is in *out. `progress` (may
 * be NULL) is told the number of entries done.
 */
struct hl_audit_verify {
	struct hl_store *store;
	struct hl_str checkpoints;
	const struct hl_seal_sign_pub *pub;
	/* The checkpoints are all that were made up to this entry, which
	 * hl_audit_newest() gave before they were read; 0: they are a copy of
	 * any age, whose end says nothing. */
	int64_t complete_to;
	void (*progress)(void *arg, int64_t done);
	void *arg;
};
int hl_audit_verify(const struct hl_audit_verify *v,
	struct hl_audit_result *out, struct hl_err *err);

/*
 * Appends a checkpoint of the log's head to the file at path (mode 0600, made
 * if it is not there), unless nothing has happened since the last one. One
 * JSON object a line; durable when it returns. An entry of the log notes it,
 * so that a checkpoint that is taken away later is missed.
 */
int hl_audit_checkpoint(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_sign_key *key, const char *path,
	struct hl_err *err);

/* Number of the newest entry, 0: none. */
int hl_audit_newest(struct hl_store *store, struct hl_arena *arena,
	int64_t *seq, struct hl_err *err);

/* How many bytes of a checkpoint file's text are about entries up to seq:
 * whole lines from its beginning. For a copy of the store, beyond which the
 * file has gone on. */
size_t hl_audit_checkpoints_until(struct hl_str text, int64_t seq);

#endif
