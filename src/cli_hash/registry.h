/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_REGISTRY_H
#define HL_CLI_HASH_REGISTRY_H

#include "domain/hash.h"
#include "exchange/hashlist.h"
#include "media/media.h"
#include "registry/load.h"

/* The verbs of `hotline registry`. */

struct hl_cli_registry {
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_hashlist_options options; /* --format, --kind */
	const char *label;                  /* of records without one */
	const char *version;                /* what the owner calls it */
	int64_t list_id;
	bool negative;
	uint64_t n_bad;   /* records that could not be read */
	uint64_t n_torn;  /* of which a part could not be */
	uint64_t n_shown; /* of which it was said */
	uint64_t n_weak;  /* hashes left out: of low quality */
	const char *path; /* of the file that is read */
};

/* Reads one file in. HL_NOTFOUND: there is none. */
int hl_cli_registry_read(struct hl_cli_registry *c,
	struct hl_registry_loading *loading, const char *path,
	struct hl_err *err);
/* Writes the list to standard output; *n entries. */
int hl_cli_registry_write(
	struct hl_cli_registry *c, int64_t *n, struct hl_err *err);

/*
 * hotline registry hash CASE FILE...: hashes files that somebody handed over
 * onto the case's item. Takes the arguments behind "hash"; the exit status.
 */
#define HL_CLI_REGISTRY_ITEM_MOST 64 /* hashes of an item */
#define HL_CLI_REGISTRY_FRAMES 12    /* of one film */
struct hl_cli_registry_hash {
	bool json, dry_run;
};
int hl_cli_registry_hash(
	const struct hl_cli_registry_hash *how, int n, char **words);

/*
 * What becomes a hash of the item: the digests; of a picture its PDQ; of a
 * film that of frames spread over it, without those of low quality and those
 * that are like one taken before. No PDQ of what was damaged. Hashes that any
 * content may have are left out. Adds each once; HL_E_LIMIT: *out is full.
 */
int hl_cli_registry_hashes_of(
	const struct hl_media_result *result, struct hl_hash_set *out);

#endif
