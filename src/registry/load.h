/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_LOAD_H
#define HL_REGISTRY_LOAD_H

#include "registry/entry.h"

/*
 * A partner's list read in, by the host's administrator: docs/registry.md,
 * "Reading a partner's list in". Records are written in batches; one that
 * says what the store has already is left alone, so that reading a file again
 * after a crash goes on where it stopped. What a supervisor of ours withdrew
 * stays so.
 */
struct hl_registry_record {
	/* what its owner calls it; empty: named by its first hash */
	struct hl_str foreign_id;
	struct hl_str label, series; /* may be empty */
	bool gone;                   /* taken off the list */
	bool incomplete; /* what it does not have may be there all the same */
	const struct hl_hash *values;
	const int *parts; /* beside them; NULL: 0 for each kind's first */
	size_t n_values;
};

struct hl_registry_loaded {
	int64_t n_put, n_gone, n_same;
	int64_t n_kept;  /* withdrawn here, and stay so */
	int64_t n_torn;  /* incomplete, and would lose hashes: stay as they were
			  */
	int64_t n_empty; /* without a hash that can be used */
	int64_t n_void;  /* hashes left out: of blank pictures, empty files */
};

struct hl_registry_loading;

/* HL_NOTFOUND: no such list; HL_DENIED: our own, or retired. *out is owned. */
int hl_registry_load_begin(struct hl_store *store, int64_t list_id,
	struct hl_registry_loading **out, struct hl_err *err);
/* Those before a fault are written. HL_E_LIMIT: an entry of too many hashes,
 * or a list of too many labels. */
int hl_registry_load_put(struct hl_registry_loading *loading,
	const struct hl_registry_record *records, size_t n, struct hl_err *err);
/* Notes the import and what its owner calls the version, "" for nothing; new
 * cases are looked up again. */
int hl_registry_load_end(struct hl_registry_loading *loading,
	struct hl_str owner_version, struct hl_err *err);
const struct hl_registry_loaded *hl_registry_load_counts(
	const struct hl_registry_loading *loading);
void hl_registry_load_free(struct hl_registry_loading *loading);
void hl_registry_load_freep(struct hl_registry_loading **loading);
#define HL_REGISTRY_LOADING_AUTO \
	__attribute__((          \
		cleanup(hl_registry_load_freep))) struct hl_registry_loading

/* The list of that name or reference L-…; HL_NOTFOUND. */
int hl_registry_load_find(struct hl_store *store, struct hl_arena *arena,
	struct hl_str name, int64_t *id, struct hl_err *err);

#endif
