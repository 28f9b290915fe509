/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_FEED_H
#define HL_REGISTRY_FEED_H

#include "registry/entry.h"

/*
 * The change feed: who has read it up to a number knows everything up to
 * there. For the roles match, admin and staff. A change says what is to be
 * read again, and what it is now stands beside it; a change that a later one
 * of the same answer overtakes is left out.
 */
struct hl_registry_change {
	int64_t seq;
	int64_t list_id;
	const struct hl_registry_feed_list *list;   /* NULL: not in use */
	int64_t entry_id;                           /* 0: about the list */
	const struct hl_registry_feed_entry *entry; /* NULL: not in use */
};

struct hl_registry_feed_list {
	int64_t id, version;
	struct hl_str name, owner;
	bool negative;
	int radius;
};

struct hl_registry_feed_entry {
	int64_t id, list_id;
	int label; /* number of label_text on its list, 0 none */
	struct hl_str label_text;
	enum hl_outcome outcome; /* as this hotline takes it, 0 none */
	struct hl_str series, foreign_id;
	enum hl_hash_origin origin;
	int64_t n_confirmed, n_deconfirmed;
	const struct hl_hash *values;
	const int *parts;
	size_t n_values;
};

struct hl_registry_feed {
	int64_t last; /* read up to here; `after` when there is nothing */
	int64_t head; /* the newest there is */
	const struct hl_registry_change *at; /* ascending by seq */
	size_t n;
};

#define HL_REGISTRY_FEED_MAX 5000
/*
 * At most n_most changes behind `after`. An entry of a list that is not in
 * use counts as not in use; when a list comes into use its entries are told
 * again. What it gives lives in the arena.
 */
int hl_registry_feed(struct hl_store *store, struct hl_arena *arena,
	int64_t after, size_t n_most, struct hl_registry_feed *out,
	struct hl_err *err);

#endif
