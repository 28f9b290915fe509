/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_WORLD_H
#define HL_LISTS_WORLD_H

#include "lists/set.h"
#include "lists/tree.h"
#include "store/store.h"

/* What the store says that should be published, and to whom. */
struct hl_lists_consumer {
	uint64_t id;
	struct hl_str name; /* in the arena of the reading */
	int tier, stage;
	bool ended;
	bool has_token, has_sign_key;
	uint8_t token_hash[32], sign_key[32];
	uint64_t budget;
	/* of its zone, in that arena; the secret is to the publisher */
	struct hl_str tsig_name, tsig_sealed, notify;
};

/* The newest version that a consumer was given; version 0: none. */
struct hl_lists_version {
	uint64_t consumer, version, epoch, n_rows, bytes;
	int64_t edition, made_at_us, expires_at_us;
	int64_t epoch_at_us; /* its first list of this epoch was made */
	uint8_t root[32];
	struct hl_str manifest;
};

struct hl_lists_edition_row {
	int64_t id, n_hosts;
	unsigned held;
	int state;
	uint8_t digest[32];
};

struct hl_lists_head {
	uint8_t hotline[16];
	bool has_key, halted;
	int64_t seq;
};

/* Each reads in one or a few batches; what is handed out lives in the
 * arena. */
int hl_lists_head(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_head *out, struct hl_err *err);
int hl_lists_consumers(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_consumer **out, size_t *n, struct hl_err *err);
int hl_lists_versions(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_version **out, size_t *n, struct hl_err *err);
/* Newest first: the newest, the newest that went out, the newest that a person
 * was asked about, and all that wait for one or for us. */
int hl_lists_editions(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_edition_row **out, size_t *n, struct hl_err *err);
/* Entries in force that are fresh at now_us; those of popular hosts without a
 * third person are counted in *n_popular and left out. */
int hl_lists_wanted(struct hl_store *store, int64_t now_us,
	struct hl_lists_entries **out, size_t *n_popular, struct hl_err *err);
/* Tells of entries of `published` that are not in `wanted` whether they leave
 * whatever is held. */
int hl_lists_mark_ends(struct hl_store *store,
	struct hl_lists_entries *published,
	const struct hl_lists_entries *wanted, int64_t now_us,
	struct hl_err *err);
/* Adds the leaves that the tree does not have. */
int hl_lists_grow(
	struct hl_store *store, struct hl_lists_tree *tree, struct hl_err *err);
/* The text of a root; HL_NOTFOUND. */
int hl_lists_root_text(struct hl_store *store, struct hl_arena *arena,
	uint64_t version, struct hl_str *out, struct hl_err *err);
/* "lists.root.12" into out. */
#define HL_LISTS_ROOT_KEY 48
struct hl_str hl_lists_root_key(uint64_t version, char out[HL_LISTS_ROOT_KEY]);

#endif
