/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_REGISTRY_H
#define HL_CLI_REGISTRY_H

#include "exchange/hashlist.h"
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
	uint64_t n_shown; /* of which it was said */
	const char *path; /* of the file that is read */
};

/* Reads one file in. HL_NOTFOUND: there is none. */
int hl_cli_registry_read(struct hl_cli_registry *c,
	struct hl_registry_loading *loading, const char *path,
	struct hl_err *err);
/* Writes the list to standard output; *n entries. */
int hl_cli_registry_write(
	struct hl_cli_registry *c, int64_t *n, struct hl_err *err);

#endif
